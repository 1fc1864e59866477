"""The affine map of every flow layer with its log-determinant, both ways, as one step of the tracer.

    z = (x − μ) · e^{−log σ}    log|det ∂z/∂x| = −Σ_j log σ_j
    x = e^{log σ} · z + μ       log|det ∂x/∂z| = Σ_j log σ_j

The functions named plain_… are the formulas; those without it are the same functions with the gradient derived by hand,
which is what the layers run. Exercise 05.
"""

import autograd.numpy as np
import numpy

from minidgm.flows.base import LIMIT, bounded
from minidgm.functional import split
from minidgm.tensor import fused


def plain_mu_and_log_sigma(table):
    """μ and log σ of one layer out of what its network gave: (n, 2m) → two arrays (n, m)."""
    return bounded(*split(table, 2))


def plain_affine_f(x, mu, log_sigma):
    """x, μ, log σ, (n, m) each → z (n, m), log_det (n,)."""
    z = (x - mu) * np.exp(-log_sigma)
    return z, -np.sum(log_sigma, axis=1)


def plain_affine_g(z, mu, log_sigma):
    """z, μ, log σ, (n, m) each → x (n, m), log_det (n,)."""
    x = np.exp(log_sigma) * z + mu
    return x, np.sum(log_sigma, axis=1)


@fused(plain=plain_mu_and_log_sigma)
def mu_and_log_sigma(table):
    """`plain_mu_and_log_sigma` as one step."""
    m = table.shape[1] // 2
    mu, a = table[:, :m], table[:, m:]
    d = 1 + numpy.abs(a) / LIMIT

    def backward(g_mu, g_log_sigma):
        return (numpy.concatenate([g_mu, g_log_sigma / (d * d)], axis=1),)

    return (mu, a / d), backward


@fused(plain=plain_affine_f)
def affine_f(x, mu, log_sigma):
    """`plain_affine_f` as one step: ∂z/∂x = 1/σ = −∂z/∂μ, ∂z/∂log σ = −z."""
    inverse_sigma = numpy.exp(-log_sigma)
    z = (x - mu) * inverse_sigma

    def backward(g_z, g_log_det):
        g_x = g_z * inverse_sigma
        return g_x, -g_x, -(g_z * z + g_log_det[:, None])

    return (z, -log_sigma.sum(axis=1)), backward


@fused(plain=plain_affine_g)
def affine_g(z, mu, log_sigma):
    """`plain_affine_g` as one step: ∂x/∂z = σ, ∂x/∂μ = 1, ∂x/∂log σ = σ z."""
    sigma = numpy.exp(log_sigma)
    sigma_z = sigma * z

    def backward(g_x, g_log_det):
        return g_x * sigma, g_x, g_x * sigma_z + g_log_det[:, None]

    return (sigma_z + mu, log_sigma.sum(axis=1)), backward
