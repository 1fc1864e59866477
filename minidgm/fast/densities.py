"""Single densities as one step, value and gradient rule; the formulas are in distributions.py."""

import numpy as np
from autograd.numpy import metadata

from minidgm.functional import HALF_LOG_2PI, row_sums
from minidgm.tensor.tracer import unbroadcast


def standard_normal_log_prob(z):
    """∂/∂z = −z."""
    return -0.5 * row_sums(z * z) - z.shape[1] * HALF_LOG_2PI, lambda g: (-g[:, None] * z,)


def bernoulli_log_prob(x, logits):
    """∂/∂l = x − σ(l), exact for either sign of large logits.

    log σ(±l) = min(±l, 0) − log(1 + e^{−|l|}), so the sum is x l − max(l, 0) − log(1 + e^{−|l|}).
    """
    e, positive = np.exp(-np.abs(logits)), np.maximum(logits, np.zeros_like(logits))

    def backward(g):
        return (
            lambda: unbroadcast(g * logits, metadata(x)),
            lambda: unbroadcast(g * (x - np.exp(logits - positive) / (1 + e)), metadata(logits)),
        )

    return x * logits - positive - np.log1p(e), backward
