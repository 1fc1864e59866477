"""The affine map of every flow layer with its log-determinant, both ways, as one step of the tracer.

    z = (x − μ) · e^{−log σ}    log|det ∂z/∂x| = −Σ_j log σ_j
    x = e^{log σ} · z + μ       log|det ∂x/∂z| = Σ_j log σ_j

The functions named plain_… are the formulas; those without it are the same functions with the gradient derived by hand,
which is what the layers run. Exercise 05.
"""

import autograd.numpy as np
import numpy

from minidgm.flows.base import LIMIT, bounded
from minidgm.functional import columns, merge_columns, row_sums, split
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

    return (z, -row_sums(log_sigma)), backward


@fused(plain=plain_affine_g)
def affine_g(z, mu, log_sigma):
    """`plain_affine_g` as one step: ∂x/∂z = σ, ∂x/∂μ = 1, ∂x/∂log σ = σ z."""
    sigma = numpy.exp(log_sigma)
    sigma_z = sigma * z

    def backward(g_x, g_log_det):
        return g_x * sigma, g_x, g_x * sigma_z + g_log_det[:, None]

    return (sigma_z + mu, row_sums(log_sigma)), backward


def plain_coupling_f(x, mu, log_sigma, moved):
    """The columns `moved` of x (n, m) by the affine map, the others as they are: μ, log σ (n, len(moved))."""
    moved, kept = _columns_named(x, moved)
    z2, log_det = plain_affine_f(columns(x, index=moved), mu, log_sigma)
    return merge_columns(columns(x, index=kept), z2, index1=kept, index2=moved), log_det


def plain_coupling_g(z, mu, log_sigma, moved):
    """The way back."""
    moved, kept = _columns_named(z, moved)
    x2, log_det = plain_affine_g(columns(z, index=moved), mu, log_sigma)
    return merge_columns(columns(z, index=kept), x2, index1=kept, index2=moved), log_det


def _columns_named(x, moved):
    """The columns named by integers or a slice, and the others, as integers."""
    every = numpy.arange(x.shape[1])
    return every[moved], numpy.delete(every, moved)


@fused(plain=plain_coupling_f)
def coupling_f(x, mu, log_sigma, moved):
    """`plain_coupling_f` as one step."""
    inverse_sigma = numpy.exp(-log_sigma)
    z2 = (x[:, moved] - mu) * inverse_sigma

    def backward(g_z, g_log_det):
        g_z2 = g_z[:, moved]
        g_x2 = g_z2 * inverse_sigma
        return _with_columns(g_z, moved, g_x2), -g_x2, -(g_z2 * z2 + g_log_det[:, None])

    return (_with_columns(x, moved, z2), -row_sums(log_sigma)), backward


@fused(plain=plain_coupling_g)
def coupling_g(z, mu, log_sigma, moved):
    """`plain_coupling_g` as one step."""
    sigma = numpy.exp(log_sigma)
    sigma_z2 = sigma * z[:, moved]

    def backward(g_x, g_log_det):
        g_x2 = g_x[:, moved]
        return _with_columns(g_x, moved, g_x2 * sigma), g_x2, g_x2 * sigma_z2 + g_log_det[:, None]

    return (_with_columns(z, moved, sigma_z2 + mu), row_sums(log_sigma)), backward


def _with_columns(x, index, values):
    """x with other values in the columns `index`."""
    x = x.astype(numpy.result_type(x, values))  # a copy
    x[:, index] = values
    return x
