"""Decoders p(x|z): a network's outputs are the parameters of a distribution of every dimension of x.

    Bernoulli                       x_j ∈ {0, 1}              logits = net(z)
    Gaussian                        x_j ∈ ℝ                   μ = net(z), one learned σ
    categorical                     x_j ∈ {0..levels − 1}     logits = net(z), `levels` per dimension
    discretized logistic mixture    x_j ∈ {0..levels − 1}     log π, μ, s = net(z), K of each per dimension

Given z the dimensions are independent: log p(x|z) = Σ_j log p(x_j|z). One decoder is not like that:

    autoregressive                  x_j ∈ {0, 1}              logits = net(x, z): log p(x|z) = Σ_j log p(x_j|x_<j, z)

It can model x without z, and then the best q(z|x) is the prior: the posterior collapses (Chen et al. 2017).
Exercise 17; labs prior, posterior and collapse.
"""

from typing import Any

import autograd.numpy as np
import numpy
from numpy import ndarray
from numpy.random import Generator

from minidgm.discrete import DiscretizedLogisticMixture, centred
from minidgm.discrete.outputs import in_levels
from minidgm.distributions import Bernoulli, Categorical, Normal
from minidgm.errors import check_array, check_whole
from minidgm.functional import as_float, split
from minidgm.nn import MADE
from minidgm.tensor import Module


class Decoder(Module):
    """What all decoders share; a decoder says what p(x|z) is in `given(z)`."""

    def given(self, z: ndarray) -> Any:
        """The distribution of x for each row of z (n, d): elementwise, of shape (n, m)."""
        raise NotImplementedError(f"{type(self).__name__}: write given")

    def log_prob(self, x: ndarray, z: ndarray) -> ndarray:
        """log p(x|z) = Σ_j log p(x_j|z), of row i of x under row i of z: (n,), in nats. ValueError for other shapes."""
        log_p = self.given(z).log_prob(x)
        if np.shape(log_p) != np.shape(x):
            raise ValueError(f"x: expected shape {np.shape(log_p)}, got {np.shape(x)}")
        return np.sum(log_p, axis=1)

    def sample(self, rng: Generator, z: ndarray) -> ndarray:
        """One x for each row of z: (n, m)."""
        return self.given(z).sample(rng, 1)[0]


class BernoulliDecoder(Decoder):
    """x of 0 and 1: P(x_j = 1|z) = σ(net(z)_j); `net` maps (n, d) to (n, m)."""

    def __init__(self, net):
        self.net = net

    def given(self, z: ndarray) -> Bernoulli:
        return Bernoulli(self.net(z))


class GaussianDecoder(Decoder):
    """Real x: N(net(z)_j, σ²) with one learned σ, shared by all dimensions; `net` maps (n, d) to (n, m)."""

    def __init__(self, net):
        self.net = net
        self.log_sigma = numpy.zeros(1, numpy.float32)

    def given(self, z: ndarray) -> Normal:
        return Normal(self.net(z), np.exp(self.log_sigma))


class CategoricalDecoder(Decoder):
    """Integer x of 0..levels−1, a softmax per dimension; `net` maps (n, d) to (n, m · levels)."""

    def __init__(self, net, levels: int):
        check_whole("levels", levels, 1)
        self.net, self.levels = net, levels

    def given(self, z: ndarray) -> Categorical:
        logits = whole(self.net(z), self.levels)
        return Categorical(np.reshape(logits, (len(z), logits.shape[1] // self.levels, self.levels)))


class LogisticMixtureDecoder(Decoder):
    """Integer x of 0..levels−1, K discretized logistics per dimension; `net` maps (n, d) to (n, 3 · m · K).

    What the network's numbers mean is said in `discrete.outputs.in_levels`: zeros spread K means over the levels.
    """

    def __init__(self, net, levels: int, components: int):
        check_whole("levels", levels, 1)
        check_whole("components", components, 1)
        self.net, self.levels, self.components = net, levels, components

    def given(self, z: ndarray) -> DiscretizedLogisticMixture:
        outputs = whole(self.net(z), 3 * self.components)
        shape = (len(z), outputs.shape[1] // (3 * self.components), self.components)
        log_pi, mu, log_s = (np.reshape(part, shape) for part in split(outputs, 3))
        return DiscretizedLogisticMixture(log_pi, *in_levels(mu, log_s, self.levels), self.levels)


class AutoregressiveDecoder(Module):
    """x of 0 and 1, each dimension in turn: P(x_j = 1|x_<j, z) = σ(net(x, z)_j).

    net: a MADE with one output for each of the m dimensions of x and z as its context, MADE(m, hidden, 1, rng,
    context=d). log p(x|z) takes one pass, a sample m passes. Raises ValueError for another number of outputs, or a net
    that does not see z.
    """

    def __init__(self, net: MADE):
        if net.outputs != 1 or not net.context:
            raise ValueError(
                f"net: expected a MADE with 1 output and a context, got {net.outputs} and {net.context or 'none'}"
            )
        self.net = net

    def log_prob(self, x: ndarray, z: ndarray) -> ndarray:
        """log p(x|z) = Σ_j log p(x_j|x_<j, z), of row i of x under row i of z: (n,), in nats."""
        check_array("x", x, (len(z), self.net.m), kinds="fiu")
        x = as_float(x, z)
        return np.sum(Bernoulli(self.net.table(x, z)).log_prob(x), axis=1)

    def sample(self, rng: Generator, z: ndarray) -> ndarray:
        """One x for each row of z, one dimension after the other: (n, m)."""
        x = numpy.zeros((len(z), self.net.m), z.dtype)
        for j in range(self.net.m):
            x[:, j] = Bernoulli(self.net.table(x, z)[:, j]).sample(rng, 1)[0]  # x_<j are final, so logit j is right
        return x


def whole(outputs: ndarray, size: int) -> ndarray:
    """A network's outputs (n, m · size) as they are; ValueError for a number of them that is no multiple of `size`."""
    if outputs.shape[1] % size:
        raise ValueError(f"net: expected a multiple of {size} outputs, got {outputs.shape[1]}")
    return outputs


class FromLevels(Module):
    """A network of discrete data: levels 0..levels−1 become numbers in [−1, 1] before they enter `net`."""

    def __init__(self, net, levels: int):
        self.net, self.levels = net, levels

    def __call__(self, y: ndarray) -> ndarray:
        return self.net(centred(y, self.levels, self.net.layers[0].weight.dtype))
