"""Discretization through the CDF: a density on the line becomes probabilities of the levels 0, ..., levels − 1.

    P(y) = F(y + ½) − F(y − ½);  at the edges  P(0) = F(½),  P(levels − 1) = 1 − F(levels − 3/2)

The density is cut into bins one level wide; the outer bins reach to ±∞ (Salimans et al. 2017, PixelCNN++), so the
probabilities sum to one whatever the density. Far from its mean both values of F round to 0 or to 1: a distribution
with a `log_interval` of its own (Normal, Logistic, LogisticMixture) keeps its digits there.
Exercise 12; lab discretize.
"""

import math
from typing import Any

import autograd.numpy as np
import numpy
from numpy import ndarray
from numpy.random import Generator

from minidgm import fast
from minidgm.discrete.levels import check_levels
from minidgm.distributions import Logistic, LogisticMixture
from minidgm.errors import check_whole
from minidgm.functional import as_float, log_softmax, logsumexp
from minidgm.tensor import Module, runs_as


def discretized_log_prob(y: ndarray, cdf: Any, levels: int | None = None) -> ndarray:
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


@runs_as(fast.discretized_mixture_log_prob)
def discretized_mixture_log_prob(log_pi: ndarray, mu: ndarray, s: ndarray, y: ndarray, levels: int) -> ndarray:
    """log Σ_k π_k (F_k(y + ½) − F_k(y − ½)), π = softmax(log_pi): parameters (..., K), y (...) → (...), in nats."""
    log_p = discretized_log_prob(y[..., None], Logistic(mu, s), levels)  # of each component: (..., K)
    return logsumexp(log_softmax(log_pi) + log_p, axis=-1)


class DiscretizedLogisticMixture(Module):
    """P(y) = Σ_k π_k (F_k(y + ½) − F_k(y − ½)) on the levels 0..levels−1, elementwise, F_k logistic with μ_k and s_k.

    The parameters (..., K) have the components on their last axis; μ and s are measured in levels. log_pi need not be
    normalized: its softmax are the weights π.
    """

    def __init__(self, log_pi: ndarray, mu: ndarray, s: ndarray, levels: int):
        check_whole("levels", levels, 1)
        self.mixture, self.levels = LogisticMixture(log_pi, mu, s), levels

    def log_prob(self, y: ndarray) -> ndarray:
        """log P(y) of integers y, of the shape of y. Raises ValueError for a level outside 0..levels−1."""
        y = _levels_as_floats(y, self.mixture, self.levels)
        return discretized_mixture_log_prob(self.mixture.log_pi, self.mixture.mu, self.mixture.s, y, self.levels)

    def sample(self, rng: Generator, n: int) -> ndarray:
        """n draws for each entry, int32 (n, *shape): a draw from the density is in the bin of the nearest level."""
        return numpy.clip(numpy.rint(self.mixture.sample(rng, n)), 0, self.levels - 1).astype(numpy.int32)


def bits_per_dim(log_prob: Any, m: int) -> Any:
    """−log P / (m log 2): nats of an object of m dimensions to bits per dimension, of the shape of log_prob."""
    check_whole("m", m, 1)
    if isinstance(log_prob, list | tuple):
        log_prob = numpy.asarray(log_prob)
    return log_prob / (-m * math.log(2))  # −log_prob of unsigned integers would wrap around


def _levels_as_floats(y, distribution, levels):
    y = numpy.asarray(y)
    check_levels(y, levels)
    return as_float(y, *getattr(distribution, "__dict__", {}).values())
