"""Mixtures of diagonal Gaussians, and the aggregated posterior, the mixture with one component per object.

    table_ik     = log N(z_i; μ_k, σ_k²) = Σ_j [ −½ ((z_ij − μ_kj)/σ_kj)² − log σ_kj − ½ log 2π ]
    log p(z_i)   = log Σ_k π_k N(z_i; μ_k, σ_k²) = logsumexp_k(log π_k + table_ik)
    q_agg(z)     = (1/n) Σ_k q(z|x_k), a mixture with log π_k = −log n

What runs for them, in little memory however many the components, is in fast/gaussians.py.
Exercises 18 and 21; lab surgery.
"""

import math

import autograd.numpy as np
from numpy import ndarray

from minidgm import fast
from minidgm.distributions import normal_log_prob
from minidgm.errors import check_array, checked
from minidgm.functional import logsumexp
from minidgm.tensor import runs_as


def check_gaussians(z, mu, log_sigma) -> None:
    """ValueError, one sentence, for wrong shapes or no Gaussians at all."""
    check_array("mu", mu, ("K", "d"))
    check_array("log_sigma", log_sigma, mu.shape)
    check_array("z", z, ("n", mu.shape[1]))
    if len(mu) == 0:
        raise ValueError("mu: expected at least one Gaussian, got none")


def check_mixture(z, log_pi, mu, log_sigma) -> None:
    """The same for their mixture."""
    check_gaussians(z, mu, log_sigma)
    check_array("log_pi", log_pi, (len(mu),))


@checked(check_gaussians)
def gaussian_log_prob_table(z: ndarray, mu: ndarray, log_sigma: ndarray) -> ndarray:
    """log N(z_i; μ_k, σ_k²) of every point under every Gaussian: z (n_z, d), mu and log_sigma (n, d) → (n_z, n)."""
    eps = (z[:, None, :] - mu) * np.exp(-log_sigma)
    return np.sum(normal_log_prob(eps, log_sigma), axis=2)


@checked(check_mixture)
@runs_as(fast.gaussian_mixture_log_prob)
def mixture_log_prob(z: ndarray, log_pi: ndarray, mu: ndarray, log_sigma: ndarray) -> ndarray:
    """log Σ_k π_k N(z; μ_k, σ_k²): z (n, d), log_pi (K,), mu and log_sigma (K, d) → (n,), in nats."""
    return logsumexp(log_pi + gaussian_log_prob_table(z, mu, log_sigma), axis=1)


@checked(check_gaussians)
@runs_as(fast.aggregated_log_prob)
def aggregated_log_prob(z: ndarray, mu: ndarray, log_sigma: ndarray) -> ndarray:
    """log q_agg(z) = log (1/n) Σ_k N(z; μ_k, σ_k²): z (n_z, d), mu and log_sigma (n, d) → (n_z,), in nats."""
    n = len(mu)
    return logsumexp(gaussian_log_prob_table(z, mu, log_sigma), axis=1) - math.log(n)
