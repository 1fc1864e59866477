"""Single densities as one step, value and gradient rule; the formulas are in distributions.py."""

import numpy as np
from autograd.numpy import metadata

from minidgm.functional import HALF_LOG_2PI, row_sums
from minidgm.tensor.tracer import unbroadcast


def standard_normal_log_prob(z):
    """∂/∂z = −z."""
    return -0.5 * row_sums(z * z) - z.shape[1] * HALF_LOG_2PI, lambda g: (-g[:, None] * z,)


def gaussian_draw(mu, log_sigma, eps):
    """∂z/∂μ = 1, ∂z/∂log σ = σ ε; ∂log q/∂log σ = −1, ∂log q/∂ε = −ε."""
    sigma = np.exp(log_sigma)
    sigma_eps = sigma * eps
    log_q = -0.5 * row_sums(eps * eps) - row_sums(log_sigma) - eps.shape[1] * HALF_LOG_2PI

    def backward(g_z, g_log_q):
        g = g_log_q[:, None]
        return g_z, lambda: g_z * sigma_eps - g, lambda: g_z * sigma - g * eps

    return (mu + sigma_eps, log_q), backward


def bernoulli_log_prob(x, logits):
    """∂/∂l = x − σ(l), exact for either sign of large logits.

    log σ(±l) = min(±l, 0) − log(1 + e^{−|l|}), so the sum is x l − max(l, 0) − log(1 + e^{−|l|}).
    """
    e, zero = np.exp(-np.abs(logits)), np.zeros_like(logits)
    with np.errstate(invalid="ignore"):
        value = x * logits - np.maximum(logits, zero) - np.log1p(e)
    if np.isnan(np.sum(value)) and np.any(np.isinf(logits)):  # inf − inf: the outcome is certain, or impossible
        certain = np.where(x == (logits > 0), 0, -np.inf)
        value = np.where(np.isinf(logits), certain, value).astype(value.dtype)

    def backward(g):
        return (
            lambda: unbroadcast(g * np.where(np.isinf(logits), zero, logits), metadata(x)),
            lambda: unbroadcast(g * (x - np.exp(np.minimum(logits, zero)) / (1 + e)), metadata(logits)),
        )

    return value, backward
