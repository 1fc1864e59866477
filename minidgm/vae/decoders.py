"""Decoders p(x|z): a network's outputs are the parameters of a distribution of every dimension of x.

    Bernoulli                       x_j ∈ {0, 1}              logits = net(z)
    Gaussian                        x_j ∈ ℝ                   μ = net(z), one learned σ
    categorical                     x_j ∈ {0..levels − 1}     logits = net(z), `levels` a dimension
    discretized logistic mixture    x_j ∈ {0..levels − 1}     log π, μ, s = net(z), K of each a dimension

Given z the dimensions are independent: log p(x|z) = Σ_j log p(x_j|z). Exercise 17; labs prior and posterior.
"""

import autograd.numpy as np
import numpy

from minidgm.discrete import DiscretizedLogisticMixture
from minidgm.distributions import Bernoulli, Categorical, Normal
from minidgm.functional import soft_bound, split
from minidgm.tensor import Module

LIMIT = 7.0


class Decoder(Module):
    """What all decoders share; a decoder says what p(x|z) is in `given(z)`."""

    def given(self, z):
        """The distribution of x for each row of z (n, d): elementwise, of shape (n, m)."""
        raise NotImplementedError(f"{type(self).__name__}: write given")

    def log_prob(self, x, z):
        """log p(x|z) = Σ_j log p(x_j|z), of row i of x under row i of z: (n,), in nats. ValueError for other shapes."""
        log_p = self.given(z).log_prob(x)
        if np.shape(log_p) != np.shape(x):
            raise ValueError(f"x: expected shape {np.shape(log_p)}, got {np.shape(x)}")
        return np.sum(log_p, axis=1)

    def sample(self, rng, z):
        """One x for each row of z: (n, m)."""
        return self.given(z).sample(rng, 1)[0]


class BernoulliDecoder(Decoder):
    """x of 0 and 1: P(x_j = 1|z) = σ(net(z)_j); `net` maps (n, d) to (n, m)."""

    def __init__(self, net):
        self.net = net

    def given(self, z):
        return Bernoulli(self.net(z))

    def log_prob(self, x, z):
        """log P(x|z): (n,), in nats. Raises ValueError for x outside [0, 1]: the formula would not complain."""
        if numpy.size(x) and not (numpy.min(x) >= 0 and numpy.max(x) <= 1):
            raise ValueError(
                f"x: expected numbers from 0 to 1, got {numpy.min(x):g} to {numpy.max(x):g}; binarize them, "
                "or use a decoder of levels"
            )
        return super().log_prob(x, z)


class GaussianDecoder(Decoder):
    """Real x: N(net(z)_j, σ²) with one learned σ, shared by all dimensions; `net` maps (n, d) to (n, m)."""

    def __init__(self, net):
        self.net = net
        self.log_sigma = numpy.zeros(1, numpy.float32)

    def given(self, z):
        return Normal(self.net(z), np.exp(self.log_sigma))


class CategoricalDecoder(Decoder):
    """Integer x of 0..levels−1, a softmax a dimension; `net` maps (n, d) to (n, m · levels)."""

    def __init__(self, net, levels: int):
        self.net, self.levels = net, levels

    def given(self, z):
        logits = whole(self.net(z), self.levels)
        return Categorical(np.reshape(logits, (len(z), -1, self.levels)))


class LogisticMixtureDecoder(Decoder):
    """Integer x of 0..levels−1, K discretized logistics a dimension; `net` maps (n, d) to (n, 3 · m · K).

    The network works in units of half the range, (levels − 1)/2: a fresh one, all zeros, has its K means spread evenly
    over the levels and s = 1/e; s stays softly between e^−7 and e^7, for exp(net) overflows at the first outlier.
    """

    def __init__(self, net, levels: int, components: int):
        self.net, self.levels, self.components = net, levels, components

    def given(self, z):
        half = max(self.levels - 1, 1) / 2
        shape = (len(z), -1, self.components)
        log_pi, mu, log_s = (np.reshape(part, shape) for part in split(whole(self.net(z), 3 * self.components), 3))
        spread = (2 * numpy.arange(self.components, dtype=mu.dtype) + 1) / self.components
        s = half * np.exp(soft_bound(log_s - 1, limit=LIMIT))
        return DiscretizedLogisticMixture(log_pi, half * (spread + mu), s, self.levels)


def whole(outputs, size: int):
    """A network's outputs (n, m · size) as they are; ValueError for a number of them that is no multiple of `size`."""
    if outputs.shape[1] % size:
        raise ValueError(f"net: expected a multiple of {size} outputs, got {outputs.shape[1]}")
    return outputs


class FromLevels(Module):
    """A network of discrete data: levels 0..levels−1 become numbers in [−1, 1] before they enter `net`."""

    def __init__(self, net, levels: int):
        self.net, self.levels = net, levels

    def __call__(self, y):
        if y.dtype.kind != "f":
            y = y.astype(self.net.layers[0].weight.dtype)
        return self.net(y * (2 / max(self.levels - 1, 1)) - 1)
