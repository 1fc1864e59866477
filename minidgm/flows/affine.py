"""The affine map of every flow layer with its log-determinant, both ways.

    z = (x − μ) · e^{−log σ}    log|det ∂z/∂x| = −Σ_j log σ_j
    x = e^{log σ} · z + μ       log|det ∂x/∂z| = Σ_j log σ_j

The coupling layer applies it to some of the columns, see coupling.py. Exercises 05 and 07.
"""

import autograd.numpy as np
from numpy import ndarray

from minidgm import fast
from minidgm.functional import LOG_SIGMA_LIMIT, soft_bound, split
from minidgm.tensor import runs_as


@runs_as(fast.affine_f)
def affine_f(x: ndarray, mu: ndarray, log_sigma: ndarray) -> tuple[ndarray, ndarray]:
    """x, μ, log σ, (n, m) each → z (n, m), log_det (n,)."""
    z = (x - mu) * np.exp(-log_sigma)
    return z, -np.sum(log_sigma, axis=1)


@runs_as(fast.affine_g)
def affine_g(z: ndarray, mu: ndarray, log_sigma: ndarray) -> tuple[ndarray, ndarray]:
    """z, μ, log σ, (n, m) each → x (n, m), log_det (n,)."""
    x = np.exp(log_sigma) * z + mu
    return x, np.sum(log_sigma, axis=1)


@runs_as(fast.mu_and_log_sigma)
def mu_and_log_sigma(table: ndarray) -> tuple[ndarray, ndarray]:
    """A network's outputs (n, 2m) → μ and log σ, (n, m) each, σ between e^−3 and e³.

    Unbounded, exp(log σ) overflows at the first outlier; layers in a row still stretch by e³ each.
    """
    mu, log_sigma = split(table, 2)
    return mu, soft_bound(log_sigma, limit=LOG_SIGMA_LIMIT)
