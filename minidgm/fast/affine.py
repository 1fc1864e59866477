"""The affine map of every flow layer as one step, value and gradient rule; the formulas are in flows/affine.py and
flows/coupling.py.
"""

import numpy as np

from minidgm.functional import LOG_SIGMA_LIMIT, row_sums


def mu_and_log_sigma(table):
    """log σ = a / (1 + |a|/limit), whose derivative is 1 / (1 + |a|/limit)²."""
    m = table.shape[1] // 2
    mu, a = table[:, :m], table[:, m:]
    d = 1 + np.abs(a) / LOG_SIGMA_LIMIT

    def backward(g_mu, g_log_sigma):
        return (np.concatenate([g_mu, g_log_sigma / (d * d)], axis=1),)

    return (mu, a / d), backward


def affine_f(x, mu, log_sigma):
    """∂z/∂x = 1/σ = −∂z/∂μ, ∂z/∂log σ = −z."""
    inverse_sigma = np.exp(-log_sigma)
    z = (x - mu) * inverse_sigma

    def backward(g_z, g_log_det):
        g_x = g_z * inverse_sigma
        return g_x, -g_x, -(g_z * z + g_log_det[:, None])

    return (z, -row_sums(log_sigma)), backward


def affine_g(z, mu, log_sigma):
    """∂x/∂z = σ, ∂x/∂μ = 1, ∂x/∂log σ = σ z."""
    sigma = np.exp(log_sigma)
    sigma_z = sigma * z

    def backward(g_x, g_log_det):
        return g_x * sigma, g_x, g_x * sigma_z + g_log_det[:, None]

    return (sigma_z + mu, row_sums(log_sigma)), backward


def coupling_f(x, mu, log_sigma, moved):
    """`affine_f` of the columns `moved`; the others pass, and so does what comes back to them."""
    inverse_sigma = np.exp(-log_sigma)
    z2 = (x[:, moved] - mu) * inverse_sigma

    def backward(g_z, g_log_det):
        g_z2 = g_z[:, moved]
        g_x2 = g_z2 * inverse_sigma
        return _with_columns(g_z, moved, g_x2), -g_x2, -(g_z2 * z2 + g_log_det[:, None])

    return (_with_columns(x, moved, z2), -row_sums(log_sigma)), backward


def coupling_g(z, mu, log_sigma, moved):
    """`affine_g` of the columns `moved`."""
    sigma = np.exp(log_sigma)
    sigma_z2 = sigma * z[:, moved]

    def backward(g_x, g_log_det):
        g_x2 = g_x[:, moved]
        return _with_columns(g_x, moved, g_x2 * sigma), g_x2, g_x2 * sigma_z2 + g_log_det[:, None]

    return (_with_columns(z, moved, sigma_z2 + mu), row_sums(log_sigma)), backward


def _with_columns(x, index, values):
    """x with other values in the columns `index`."""
    x = x.astype(np.result_type(x, values))  # a copy
    x[:, index] = values
    return x
