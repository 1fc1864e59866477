"""Discretization through the CDF: a density on the line becomes probabilities of the levels 0, ..., levels − 1.

    P(y) = F(y + ½) − F(y − ½);  at the edges  P(0) = F(½),  P(levels − 1) = 1 − F(levels − 3/2)

The density is cut into bins one level wide; the outer bins reach to ±∞ (Salimans et al. 2017, PixelCNN++), so the
probabilities sum to one whatever the density. Far from its mean both values of F round to 0 or to 1: a distribution
with a `log_interval` of its own (Normal, Logistic, LogisticMixture) keeps its digits there.
Exercise 12; lab discretize.
"""

import math

import autograd.numpy as np
import numpy

from minidgm.distributions import LogisticMixture
from minidgm.functional import log1mexp
from minidgm.tensor import Module, fused

BLOCK = 1 << 15  # numbers of each parameter at a time


def discretized_log_prob(y, cdf, levels: int | None = None):
    """log P(y) = log(F(y + ½) − F(y − ½)), elementwise, in nats.

    y: integers of any shape (in a float array they decide the dtype, else the distribution's parameters do).
    cdf: a function x → F(x), or a distribution, or its method `cdf`: one with a `log_interval` is exact in the tails,
        where the differences of F are not.
    levels: y is one of 0..levels−1, and the outer bins reach to ±∞; None for integers without an end.
    Raises ValueError for a level that is not whole or outside 0..levels−1.
    """
    if hasattr(getattr(cdf, "__self__", None), "log_interval"):
        cdf = cdf.__self__  # Logistic(mu, s).cdf means Logistic(mu, s)
    y = _levels_as_floats(y, cdf, levels)
    lowest, highest = (False, False) if levels is None else (y == 0, y == levels - 1)
    if hasattr(cdf, "log_interval"):
        return cdf.log_interval(np.where(lowest, -math.inf, y - 0.5), np.where(highest, math.inf, y + 0.5))
    cdf = getattr(cdf, "cdf", cdf)
    return np.log(np.where(highest, 1, cdf(y + 0.5)) - np.where(lowest, 0, cdf(y - 0.5)))


class DiscretizedLogisticMixture(Module):
    """P(y) = Σ_k π_k (F_k(y + ½) − F_k(y − ½)) on the levels 0..levels−1, elementwise, F_k logistic with μ_k and s_k.

    The parameters (..., K) have the components on their last axis; μ and s are measured in levels. log_pi need not be
    normalized: its softmax are the weights π.
    """

    def __init__(self, log_pi, mu, s, levels: int):
        self.mixture, self.levels = LogisticMixture(log_pi, mu, s), levels

    def log_prob(self, y):
        """log P(y) of integers y, of the shape of y. Raises ValueError for a level outside 0..levels−1."""
        log_pi, mu, s = self.mixture.log_pi, self.mixture.mu, self.mixture.s
        if not np.shape(log_pi) == np.shape(mu) == np.shape(s) == (*np.shape(y), np.shape(mu)[-1]):
            return plain_mixture_log_prob(log_pi, mu, s, y, self.levels)  # something is broadcast
        return mixture_log_prob(log_pi, mu, s, _levels_as_floats(y, self.mixture, self.levels), self.levels)

    def sample(self, rng, n: int):
        """n draws for each entry, int32 (n, *shape): a draw from the density is in the bin of the nearest level."""
        return numpy.clip(numpy.rint(self.mixture.sample(rng, n)), 0, self.levels - 1).astype(numpy.int32)


def plain_mixture_log_prob(log_pi, mu, s, y, levels):
    """log P(y) under the mixture, in small steps: parameters (..., K), y of the shape (...)."""
    return discretized_log_prob(y, LogisticMixture(log_pi, mu, s), levels)


@fused(plain=plain_mixture_log_prob)
def mixture_log_prob(log_pi, mu, s, y, levels):
    """`plain_mixture_log_prob` as one step, a block of values at a time, so that all of it stays in the cache.

    With a and b the standardized ends of the bin, w = 1/s its width, and r_k = P(k|y) the share of component k:
        ∂/∂log π = r − π     ∂/∂μ = r (σ(b) − σ(−a)) / s     ∂/∂s = r (b σ(b) − a σ(−a) − w / (e^w − 1)) / s
    and the terms of an end that is infinite are left out.
    """
    shape, K = mu.shape, mu.shape[-1]
    parameters, y = [numpy.reshape(a, (-1, K)) for a in (log_pi, mu, s)], numpy.reshape(y, -1)
    step = max(1, BLOCK // K)
    blocks = [slice(start, start + step) for start in range(0, len(y), step)]
    value, shares, weights = numpy.empty(len(y), mu.dtype), [], []  # r and π, a block each: (K, step)
    for block in blocks:
        log_pi, mu, s = (numpy.ascontiguousarray(a[block].T) for a in parameters)
        w, a, b, has_lower, has_upper = _ends_of_bins(mu, s, y[block], levels)
        log_p = has_upper * _log_sigmoid(a) + has_lower * _log_sigmoid(-b) + has_lower * has_upper * log1mexp(w)
        log_pi = log_pi - _largest(log_pi)  # large ones would swallow the digits of log_p
        pi, log_total = _softmax(log_pi)
        r, log_sum = _softmax(log_pi + log_p)
        value[block] = log_sum - log_total
        shares.append(r)
        weights.append(pi)

    def backward(g):
        g, grads = numpy.reshape(g, -1), [numpy.empty(a.shape, a.dtype) for a in parameters]
        for block, r, pi in zip(blocks, shares, weights):
            mu, s = (numpy.ascontiguousarray(a[block].T) for a in parameters[1:])
            w, a, b, has_lower, has_upper = _ends_of_bins(mu, s, y[block], levels)
            upper, lower, share = has_upper * _sigmoid(-a), has_lower * _sigmoid(b), r * g[block] * w
            with numpy.errstate(over="ignore"):  # a narrow component: e^w is inf, and the term 0
                width = has_lower * has_upper * w / numpy.expm1(w)
            grads[0][block] = ((r - pi) * g[block]).T
            grads[1][block] = (share * (lower - upper)).T
            grads[2][block] = (share * (b * lower - a * upper - width)).T
        return tuple(numpy.reshape(grad, shape) for grad in grads)

    return numpy.reshape(value, shape[:-1]), backward


def _ends_of_bins(mu, s, y, levels):
    """w, a, b (K, n), and whether the lower and the upper end are finite, (n,)."""
    w = 1 / s
    return w, (y + 0.5 - mu) * w, (y - 0.5 - mu) * w, (y != 0).astype(mu.dtype), (y != levels - 1).astype(mu.dtype)


def _softmax(a):
    """Softmax and logsumexp over the first axis."""
    top = _largest(a)
    e = numpy.exp(a - top)
    total = numpy.sum(e, axis=0)
    with numpy.errstate(divide="ignore"):
        return e / total, numpy.log(total) + top


def _largest(a):
    """The maximum over the first axis, 0 where all are −inf."""
    top = numpy.max(a, axis=0)
    top[top == -math.inf] = 0
    return top


def _sigmoid(a):
    return numpy.exp(numpy.minimum(a, 0)) / (1 + numpy.exp(-numpy.abs(a)))


def _log_sigmoid(a):
    return numpy.minimum(a, 0) - numpy.log1p(numpy.exp(-numpy.abs(a)))


def bits_per_dim(log_prob, m: int):
    """−log P / (m log 2): nats of an object of m dimensions to bits a dimension, of the shape of log_prob."""
    return -log_prob / (m * math.log(2))


def _levels_as_floats(y, distribution, levels):
    y = numpy.asarray(y)
    if levels is not None and y.size and not (y.min() >= 0 and y.max() < levels):
        raise ValueError(f"y: expected levels 0..{levels - 1}, got {y.min()} to {y.max()}")
    if y.dtype.kind == "f":
        if not numpy.array_equal(y, numpy.rint(y)):
            raise ValueError("y: expected whole numbers, got fractions; levels are not dequantized data")
        return y
    parameters = [p.dtype for p in getattr(distribution, "__dict__", {}).values() if hasattr(p, "dtype")]
    return y.astype(numpy.result_type(*parameters) if parameters else numpy.float64)
