"""Dequantization: noise u in the unit cube turns levels y into continuous data x = y + u.

    uniform        u ~ U[0, 1]^m                      E_u log p(y + u)               ≤  log P(y)
    variational    u = sigmoid(μ(y) + σ(y) ε)         E_q log p(y + u) / q(u|y)      ≤  log P(y)
    flow           u = sigmoid(g(ε, y))               the same, with q(u|y) a flow

P(y) = ∫ p(y + u) du over the cube is the discrete model that belongs to the density p. q(u|y) is to this integral what
a VAE's encoder is to its own: the bound's gap is KL(q(u|y) ‖ p(u|y)), and it vanishes where q is the density's own
shape inside the cell. Uniform noise is the case q = 1, and with a standard logistic ε the case μ = 0, σ = 1, or g the
identity (Theis et al. 2016; Ho et al. 2019, Flow++).
Exercises 14, 15 and 16; lab dequantize.
"""

from typing import Any

import autograd.numpy as np
import numpy
from numpy import ndarray
from numpy.random import Generator

from minidgm.discrete.levels import centred, check_levels, noise_dtype
from minidgm.distributions import Logistic, Normal
from minidgm.errors import check_array
from minidgm.functional import log_sigmoid, sigmoid, split
from minidgm.importance import draws, importance_bound
from minidgm.nn import MLP, start_at_zero
from minidgm.tensor import Module

# ------------------------------------------------------------------ the bounds


def dequantization_bound(model: Any, dequantizer: Any, y: ndarray, rng: Generator, samples: int = 1) -> ndarray:
    """E_q [log p(y + u) − log q(u|y)] ≤ log P(y), as a mean over `samples` draws of u: (n,), in nats.

    model: anything with log_prob(x) for x (n, m); y: (n, m) levels. Raises ValueError for another shape.
    """
    return np.mean(log_weights(model, dequantizer, y, rng, samples), axis=0)


def importance_weighted_bound(model: Any, dequantizer: Any, y: ndarray, rng: Generator, samples: int) -> ndarray:
    """E log (1/K) Σ_k p(y + u_k) / q(u_k|y), K = samples: (n,), in nats (Burda et al. 2016).

    It is the bound above for K = 1, grows with K, and tends to log P(y).
    """
    return importance_bound(log_weights(model, dequantizer, y, rng, samples))


def log_weights(model: Any, dequantizer: Any, y: ndarray, rng: Generator, samples: int) -> ndarray:
    """log p(y + u) − log q(u|y) for `samples` draws of u: (samples, n). Raises ValueError for none."""
    check_array("y", y, ("n", "m"), kinds="iuf")
    check_levels(y)

    def log_w():
        u, log_q = dequantizer.draw(rng, y)
        return model.log_prob(dequantize(y, u)) - log_q

    return draws(log_w, samples)


def dequantize(y: ndarray, u: ndarray) -> ndarray:
    """x = y + u in the dtype of u, in the cell [y, y + 1) of y: y (n, m) levels, u (n, m) in [0, 1]."""
    check_levels(y)
    y = y.astype(u.dtype)
    x, end = y + u, y + 1
    return np.where(x < end, x, numpy.nextafter(end, y))  # float32's 255 + 0.99999994 would round up to 256


# ------------------------------------------------------------------ the noise


class Dequantizer(Module):
    """What all dequantizers share: a density q(u|y) on the unit cube for each row of the levels y (n, m).

    Integer levels get float32 noise, levels in a float array noise of their dtype.
    """

    def draw(self, rng: Generator, y: ndarray) -> tuple[ndarray, ndarray]:
        """u (n, m) and log q(u|y) (n,), in nats."""
        raise NotImplementedError(f"{type(self).__name__}: write draw")

    def log_prob(self, u: ndarray, y: ndarray) -> ndarray:
        """log q(u|y), u in (0, 1)^m: (n,), in nats."""
        raise NotImplementedError(f"{type(self).__name__}: write log_prob")

    def sample(self, rng: Generator, y: ndarray) -> ndarray:
        """One u for each row of y: (n, m)."""
        check_array("y", y, ("n", "m"), kinds="iuf")
        return self.draw(rng, y)[0]


class UniformDequantizer(Dequantizer):
    """q(u|y) = 1 on the unit cube."""

    def draw(self, rng: Generator, y: ndarray) -> tuple[ndarray, ndarray]:
        """u (n, m) and log q(u|y) = 0 (n,)."""
        check_levels(y)
        u = rng.random(y.shape, dtype=noise_dtype(y))
        return u, numpy.zeros(len(y), u.dtype)

    def log_prob(self, u: ndarray, y: ndarray) -> ndarray:
        """0 for each row: (n,)."""
        return numpy.zeros(len(y), u.dtype)


class VariationalDequantizer(Dequantizer):
    """u = sigmoid(μ(y) + σ(y) ε): an MLP with widths `hidden` maps y, (n, m) levels, to μ and log σ.

    base: Logistic or Normal, ε's distribution. At the start μ = 0 and σ = 1. The sigmoid is the cdf of a standard
    logistic ε, so u is uniform then, and training can only gain; u of a normal ε is not uniform for any μ and σ.
    """

    def __init__(self, m: int, hidden, levels: int, rng, base: type[Logistic] | type[Normal] = Logistic):
        self.net, self.levels, self.base = MLP((m, *hidden, 2 * m), rng), levels, base
        start_at_zero(self.net)

    def mu_log_sigma(self, y: ndarray) -> tuple[ndarray, ndarray]:
        """μ(y), log σ(y): two arrays (n, m)."""
        check_levels(y, self.levels)
        mu, log_sigma = split(self.net(centred(y, self.levels)), 2)
        return mu, log_sigma

    def draw(self, rng: Generator, y: ndarray) -> tuple[ndarray, ndarray]:
        """u (n, m) and log q(u|y) = log p(ε) − log|det ∂u/∂ε| (n,)."""
        mu, log_sigma = self.mu_log_sigma(y)
        eps, log_p = standard_draws(self.base, rng, y)
        v = mu + np.exp(log_sigma) * eps
        return sigmoid(v), log_p - np.sum(log_sigma, axis=1) - log_slope(v)

    def log_prob(self, u: ndarray, y: ndarray) -> ndarray:
        """log q(u|y), u in (0, 1)^m: (n,)."""
        mu, log_sigma = self.mu_log_sigma(y)
        v = np.log(u) - np.log1p(-u)
        log_p = standard_log_prob(self.base, (v - mu) * np.exp(-log_sigma))
        return log_p - np.sum(log_sigma, axis=1) - log_slope(v)


class FlowDequantizer(Dequantizer):
    """u = sigmoid(g(ε, y)): `flow` is any flow on m dimensions whose context is y, so of length m; base as above.

    FlowDequantizer(real_nvp(m, 4, (64,), rng, context=m), levels) is the lab's.
    """

    def __init__(self, flow, levels: int, base: type[Logistic] | type[Normal] = Logistic):
        self.flow, self.levels, self.base = flow, levels, base

    def draw(self, rng: Generator, y: ndarray) -> tuple[ndarray, ndarray]:
        """u (n, m) and log q(u|y) = log p(ε) − log|det ∂u/∂ε| (n,)."""
        check_levels(y, self.levels)
        eps, log_p = standard_draws(self.base, rng, y)
        v, log_det = self.flow.g(eps, centred(y, self.levels))
        return sigmoid(v), log_p - log_det - log_slope(v)

    def log_prob(self, u: ndarray, y: ndarray) -> ndarray:
        """log q(u|y), u in (0, 1)^m: (n,)."""
        check_levels(y, self.levels)
        v = np.log(u) - np.log1p(-u)
        eps, log_det = self.flow.f(v, centred(y, self.levels))
        return standard_log_prob(self.base, eps) + log_det - log_slope(v)


def standard_draws(base: type[Logistic] | type[Normal], rng: Generator, y: ndarray) -> tuple[ndarray, ndarray]:
    """ε from the base with location 0 and scale 1, one per level of y (n, m), and log p(ε) (n,)."""
    m, dtype = y.shape[1], noise_dtype(y)
    eps = base(numpy.zeros(m, dtype), numpy.ones(m, dtype)).sample(rng, len(y))
    return eps, standard_log_prob(base, eps)


def standard_log_prob(base: type[Logistic] | type[Normal], eps: ndarray) -> ndarray:
    """log p(ε) of the base with location 0 and scale 1, summed over the dimensions: (n, m) → (n,)."""
    return np.sum(base(0, 1).log_prob(eps), axis=1)


def log_slope(v: ndarray) -> ndarray:
    """log|det ∂ sigmoid(v)/∂v| = Σ_j log σ(v_j) + log σ(−v_j): (n, m) → (n,)."""
    return np.sum(log_sigmoid(v) + log_sigmoid(-v), axis=1)
