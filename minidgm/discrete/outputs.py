"""What an autoregressive model says about a pixel: a categorical, or PixelCNN++'s discretized logistic mixture.

A network gives `size` numbers for each pixel; an output turns them into log P(pixel | pixels before) and into draws.

    categorical   P(y) = softmax(l)_y: one free number per level; it does not know that 7 lies between 6 and 8
    mixture       P(y) = Σ_k π_k (F_k(y + ½) − F_k(y − ½)): neighbouring levels share their probability

A pixel of several channels is generated channel by channel, each knowing those before it, linearly: for the mixture
(Salimans et al. 2017, eq. 3), with x the levels on [−1, 1] and one component k for the whole pixel,

    μ_green = μ_g + α x_red,   μ_blue = μ_b + β x_red + γ x_green     α, β, γ in (−1, 1), from the network

and for the categorical l_green = l_g + A[y_red]: a learned row of logits for each level of an earlier channel.
Exercises 12 and 13; lab pixelcnn.
"""

import autograd.numpy as np
import numpy
from numpy import ndarray
from numpy.random import Generator

from minidgm.discrete.discretize import DiscretizedLogisticMixture, discretized_log_prob
from minidgm.discrete.levels import centred
from minidgm.distributions import Categorical, Logistic
from minidgm.errors import check_array, check_whole
from minidgm.functional import LOG_SCALE_LIMIT, log_softmax, logsumexp, pick, soft_bound, split, total
from minidgm.tensor import Module


class CategoricalOutput(Module):
    """A softmax over the levels for each channel."""

    def __init__(self, levels: int, channels: int = 1):
        check_whole("levels", levels, 1)
        check_whole("channels", channels, 1)
        self.levels, self.channels, self.size = levels, channels, levels * channels
        pairs = [(b, c) for c in range(channels) for b in range(c)]  # channel c knows channel b
        self.tables = {f"{b}{c}": numpy.zeros((levels, levels), numpy.float32) for b, c in pairs}

    def log_prob(self, h: ndarray, y: ndarray) -> ndarray:
        """h (n, size), y (n, channels) integers → log P(y) of the whole pixel, (n,), in nats."""
        check_array("y", y, ("n", self.channels), kinds="iu")
        return total(*(Categorical(self.logits(h, y, c)).log_prob(y[:, c]) for c in range(self.channels)))

    def sample(self, rng: Generator, h: ndarray) -> ndarray:
        """A pixel for each row of h (n, size): (n, channels) integers."""
        y = numpy.zeros((len(h), self.channels), numpy.int32)
        for c in range(self.channels):
            y[:, c] = Categorical(self.logits(h, y, c)).sample(rng, 1)[0]
        return y

    def logits(self, h: ndarray, y: ndarray, c: int) -> ndarray:
        """The logits of channel c, which has seen the channels before it: (n, levels)."""
        logits = split(h, self.channels)[c]
        for b in range(c):
            one_hot = (y[:, b, None] == numpy.arange(self.levels)).astype(h.dtype)
            logits = logits + np.dot(one_hot, self.tables[f"{b}{c}"])
        return logits


class MixtureOutput(Module):
    """A mixture of `components` discretized logistics; see above for several channels."""

    def __init__(self, levels: int, components: int, channels: int = 1):
        check_whole("levels", levels, 1)
        check_whole("components", components, 1)
        check_whole("channels", channels, 1)
        self.levels, self.components, self.channels = levels, components, channels
        self.parts = 1 + 2 * channels + channels * (channels - 1) // 2  # log_pi, μ's, log s's, linear coefficients
        self.size = self.parts * components

    def log_prob(self, h: ndarray, y: ndarray) -> ndarray:
        """h (n, size), y (n, channels) integers → log P(y) of the whole pixel, (n,), in nats."""
        check_array("y", y, ("n", self.channels), kinds="iuf")
        log_pi, *rest = split(h, self.parts)  # (n, K) each
        if self.channels == 1:
            return DiscretizedLogisticMixture(log_pi, *self.mu_s(rest, y, 0), self.levels).log_prob(y[:, 0])
        log_p = log_softmax(log_pi)  # several channels: the same for their product, with one component for all
        for c in range(self.channels):
            mu, s = self.mu_s(rest, y, c)
            log_p = log_p + discretized_log_prob(y[:, c, None], Logistic(mu, s), self.levels)
        return logsumexp(log_p, axis=1)

    def sample(self, rng: Generator, h: ndarray) -> ndarray:
        """A pixel for each row of h (n, size): (n, channels) integers: a component first, then its channels in turn."""
        log_pi, *rest = split(h, self.parts)
        k = Categorical(log_pi).sample(rng, 1)[0]
        y = numpy.zeros((len(h), self.channels), numpy.int32)
        for c in range(self.channels):
            mu, s = (pick(a, index=k) for a in self.mu_s(rest, y, c))
            y[:, c] = numpy.clip(numpy.rint(Logistic(mu, s).sample(rng, 1)[0]), 0, self.levels - 1)
        return y

    def mu_s(self, rest: list[ndarray], y: ndarray, c: int) -> tuple[ndarray, ndarray]:
        """μ and s of channel c's components, in levels, given the channels before it: (n, K) each."""
        mu, log_s = rest[c], rest[self.channels + c]
        for b in range(c):
            coefficient = np.tanh(rest[2 * self.channels + c * (c - 1) // 2 + b])
            mu = mu + coefficient * centred(y[:, b, None], self.levels, mu.dtype)
        return in_levels(mu, log_s, self.levels)


def in_levels(mu: ndarray, log_s: ndarray, levels: int) -> tuple[ndarray, ndarray]:
    """μ and s in levels, of K logistics whose numbers a network gives in units of half the range: (..., K) each.

    The network's zeros mean K means spread evenly over the levels, and s = 0.42 (e^−0.875) of half the range;
    s stays softly between e^−7 and e^7 of it, for exp(log s) overflows at the first outlier.
    """
    half, K = max(levels - 1, 1) / 2, np.shape(mu)[-1]
    spread = (2 * numpy.arange(K, dtype=mu.dtype) + 1) / K  # on [0, 2]
    return half * (spread + mu), half * np.exp(soft_bound(log_s - 1, limit=LOG_SCALE_LIMIT))
