"""The mixture of discretized logistics as one step, value and gradient rule; the formula is in discrete/discretize.py.

It works on a block of values at a time, so that all of it stays in the processor's cache.
"""

import numpy as np
from autograd.numpy import metadata

from minidgm.functional import below_largest, log1mexp, sigmoid
from minidgm.tensor.tracer import unbroadcast

BLOCK = 1 << 16  # numbers of each parameter at a time


def discretized_mixture_log_prob(log_pi, mu, s, y, levels):
    """With a and b the standardized ends of the bin, w = 1/s its width, and r_k = P(k|y) the share of component k,

        ∂/∂log π = r − π     ∂/∂μ = r (σ(b) − σ(−a)) / s     ∂/∂s = r (b σ(b) − a σ(−a) − w / (e^w − 1)) / s

    where the terms of an end that is infinite are left out.
    """
    given = log_pi, mu, s
    dtype = np.result_type(*given, y)
    dtype = dtype if dtype.kind == "f" else np.dtype(float)
    *shape, K = np.broadcast_shapes(*map(np.shape, given), (*np.shape(y), 1))
    parameters = [np.reshape(np.broadcast_to(np.asarray(a, dtype), (*shape, K)), (-1, K)) for a in given]
    y = np.reshape(np.broadcast_to(np.asarray(y, dtype), shape), -1)
    step = max(1, BLOCK // K)
    blocks = [slice(start, start + step) for start in range(0, len(y), step)]
    value, shares, weights = np.empty(len(y), dtype), [], []  # r and π, one block each: (K, step)
    for block in blocks:
        log_pi, mu, s = (np.ascontiguousarray(a[block].T) for a in parameters)
        w, a, b, has_lower, has_upper = _ends_of_bins(mu, s, y[block], levels)
        log_p = has_upper * _log_sigmoid(a)
        log_p += has_lower * _log_sigmoid(-b)
        log_p += has_lower * has_upper * log1mexp(w)
        _, log_pi = below_largest(log_pi, 0)  # large ones would swallow the digits of log_p
        pi, log_total = _softmax(log_pi, 0)
        log_p += log_pi
        r, log_sum = _softmax(log_p, _largest(log_p))
        value[block] = log_sum - log_total
        shares.append(r)
        weights.append(pi)

    def backward(g):
        g, grads = np.reshape(g, -1), [np.empty(a.shape, dtype) for a in parameters]
        for block, r, pi in zip(blocks, shares, weights):
            mu, s = (np.ascontiguousarray(a[block].T) for a in parameters[1:])
            w, a, b, has_lower, has_upper = _ends_of_bins(mu, s, y[block], levels)
            upper, lower, share = has_upper * sigmoid(-a), has_lower * sigmoid(b), r * g[block] * w
            with np.errstate(over="ignore"):  # a narrow component: e^w is inf, and the term 0
                width = has_lower * has_upper * w / np.expm1(w)
            grads[0][block] = ((r - pi) * g[block]).T
            grads[1][block] = (share * (lower - upper)).T
            grads[2][block] = (share * (b * lower - a * upper - width)).T
        return tuple(unbroadcast(np.reshape(d, (*shape, K)), metadata(a)) for d, a in zip(grads, given))

    return np.reshape(value, shape), backward


def _ends_of_bins(mu, s, y, levels):
    """w, a, b (K, n), and whether the lower and the upper end are finite, (n,)."""
    w = 1 / s
    return w, (y + 0.5 - mu) * w, (y - 0.5 - mu) * w, (y != 0).astype(mu.dtype), (y != levels - 1).astype(mu.dtype)


def _softmax(a, top):
    """Softmax and logsumexp over the first axis, whose largest entry is `top`."""
    e = np.exp(a - top)
    total = np.sum(e, axis=0)
    with np.errstate(divide="ignore"):
        log_sum = np.log(total) + top
    if not np.all(total):
        total[total == 0] = 1  # no component at all, and no shares
    e /= total
    return e, log_sum


def _largest(a):
    """The maximum over the first axis, 0 where all are −inf."""
    top = np.max(a, axis=0)
    top[top == -np.inf] = 0
    return top


def _log_sigmoid(a):
    e = np.abs(a)
    np.negative(e, out=e)
    np.log1p(np.exp(e, out=e), out=e)
    return np.subtract(np.minimum(a, 0), e, out=e)
