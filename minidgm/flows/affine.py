"""The affine map of every flow layer with its log-determinant, both ways.

    z = (x − μ) · e^{−log σ}    log|det ∂z/∂x| = −Σ_j log σ_j
    x = e^{log σ} · z + μ       log|det ∂x/∂z| = Σ_j log σ_j

A coupling layer applies it to the columns `moved` and lets the others pass: their part of the Jacobian is the identity,
so the log-determinant is that of the moved ones. Exercises 05 and 07.
"""

import autograd.numpy as np
import numpy

from minidgm import fast
from minidgm.functional import LOG_SIGMA_LIMIT, columns, merge_columns, soft_bound, split
from minidgm.tensor import runs_as


@runs_as(fast.affine_f)
def affine_f(x, mu, log_sigma):
    """x, μ, log σ, (n, m) each → z (n, m), log_det (n,)."""
    z = (x - mu) * np.exp(-log_sigma)
    return z, -np.sum(log_sigma, axis=1)


@runs_as(fast.affine_g)
def affine_g(z, mu, log_sigma):
    """z, μ, log σ, (n, m) each → x (n, m), log_det (n,)."""
    x = np.exp(log_sigma) * z + mu
    return x, np.sum(log_sigma, axis=1)


@runs_as(fast.coupling_f)
def coupling_f(x, mu, log_sigma, moved):
    """x (n, m), μ and log σ (n, len(moved)) → z (n, m), log_det (n,); `moved`: integers or a slice."""
    x1, x2, place = _parts(x, moved)
    z2, log_det = affine_f(x2, mu, log_sigma)
    return merge_columns(x1, z2, *place), log_det


@runs_as(fast.coupling_g)
def coupling_g(z, mu, log_sigma, moved):
    """z (n, m), μ and log σ (n, len(moved)) → x (n, m), log_det (n,)."""
    z1, z2, place = _parts(z, moved)
    x2, log_det = affine_g(z2, mu, log_sigma)
    return merge_columns(z1, x2, *place), log_det


def _parts(x, moved):
    """The columns that pass and those that move, and the places of both in x."""
    moved = numpy.arange(x.shape[1])[moved]
    kept = numpy.delete(numpy.arange(x.shape[1]), moved)
    return columns(x, index=kept), columns(x, index=moved), (kept, moved)


@runs_as(fast.mu_and_log_sigma)
def mu_and_log_sigma(table):
    """A network's outputs (n, 2m) → μ and log σ, (n, m) each, σ between e^−3 and e³.

    Unbounded, exp(log σ) overflows at the first outlier; layers in a row still stretch by e³ each.
    """
    mu, log_sigma = split(table, 2)
    return mu, soft_bound(log_sigma, limit=LOG_SIGMA_LIMIT)
