"""Variational posteriors q(z|x): a diagonal Gaussian, and a flow with the encoder as its base distribution.

    Gaussian   z = μ(x) + σ(x) ε                 log q(z|x) = log N(z; μ(x), σ²(x))
    flow       z = g(z_0), z_0 = μ(x) + σ(x) ε   log q(z|x) = log N(z_0; μ(x), σ²(x)) − log|det ∂g/∂z_0|

A posterior is sampled at each training step, and the sample's own density is all the ELBO wants. So a flow whose g
takes one pass belongs here: coupling, or inverse AR (Kingma et al. 2016). An AR flow works too, but samples in d
passes. The slide's f, from the encoder's sample to z, is this g: the flow generates z, as flows generate data.
Exercises 17 and 23; lab posterior.
"""

from typing import Any

import autograd.numpy as np
from numpy import ndarray
from numpy.random import Generator

from minidgm import fast
from minidgm.distributions import normal_log_prob
from minidgm.errors import check_array
from minidgm.functional import columns, split
from minidgm.tensor import Module, runs_as


class GaussianPosterior(Module):
    """q(z|x) = N(μ(x), σ²(x)) with a diagonal covariance; `encoder` maps x (n, m) to [μ, log σ], (n, 2d)."""

    def __init__(self, encoder):
        self.encoder = encoder

    def mu_log_sigma(self, x: ndarray) -> tuple[ndarray, ndarray]:
        """μ(x), log σ(x): two arrays (n, d)."""
        return _halves(self.encoder(x))

    def reparameterize(self, x: ndarray, eps: ndarray) -> tuple[ndarray, ndarray]:
        """z = μ + σ ε and log q(z|x), for noise eps (n, d): (n, d), (n,)."""
        return _gaussian(*self.mu_log_sigma(x), eps)

    def log_prob(self, z: ndarray, x: ndarray) -> ndarray:
        """log q(z|x) of row i of z under row i of x: (n,), in nats."""
        return _gaussian_log_prob(z, *self.mu_log_sigma(x))

    def draw(self, rng: Generator, x: ndarray) -> tuple[ndarray, ndarray]:
        """One z for each row of x, with its log-density: (n, d), (n,)."""
        mu, log_sigma = self.mu_log_sigma(x)
        return _gaussian(mu, log_sigma, noise(rng, mu))

    def sample(self, rng: Generator, x: ndarray) -> ndarray:
        """One z for each row of x: (n, d)."""
        return self.draw(rng, x)[0]


class FlowPosterior(Module):
    """q(z|x): the encoder's Gaussian sample z_0 moved by a flow, z = g(z_0).

    context: how many numbers the encoder gives beside [μ, log σ], for a flow built with a context of that length;
    with 0 the flow is one and the same for all objects.
    """

    def __init__(self, encoder, flow, context: int = 0):
        self.encoder, self.flow, self.context = encoder, flow, context

    def encode(self, x: ndarray) -> tuple[ndarray, ndarray, Any]:
        """μ(x), log σ(x) of the base distribution, (n, d) each, and the flow's context (n, context) or None."""
        code = self.encoder(x)
        if not self.context:
            return *_halves(code), None
        end = code.shape[1] - self.context
        return *_halves(columns(code, index=slice(end))), columns(code, index=slice(end, None))

    def mu_log_sigma(self, x: ndarray) -> tuple[ndarray, ndarray]:
        """μ(x), log σ(x) of the base distribution: two arrays (n, d)."""
        return self.encode(x)[:2]

    def reparameterize(self, x: ndarray, eps: ndarray) -> tuple[ndarray, ndarray]:
        """z = g(μ + σ ε) and log q(z|x), for noise eps (n, d): (n, d), (n,)."""
        return self._move(*self.encode(x), eps)

    def log_prob(self, z: ndarray, x: ndarray) -> ndarray:
        """log q(z|x) of row i of z under row i of x, by f: (n,), in nats."""
        mu, log_sigma, context = self.encode(x)
        z_0, log_det = self.flow.f(z, context)
        return _gaussian_log_prob(z_0, mu, log_sigma) + log_det

    def draw(self, rng: Generator, x: ndarray) -> tuple[ndarray, ndarray]:
        """One z for each row of x, with its log-density: (n, d), (n,)."""
        code = self.encode(x)
        return self._move(*code, noise(rng, code[0]))

    def sample(self, rng: Generator, x: ndarray) -> ndarray:
        """One z for each row of x: (n, d)."""
        return self.draw(rng, x)[0]

    def _move(self, mu, log_sigma, context, eps):
        z_0, log_q = _gaussian(mu, log_sigma, eps)
        z, log_det = self.flow.g(z_0, context)
        return z, log_q - log_det


def noise(rng: Generator, mu: ndarray) -> ndarray:
    """ε ~ N(0, I) of the shape and dtype of mu."""
    return rng.standard_normal(mu.shape, dtype=mu.dtype)


def gaussian_kl(mu: ndarray, log_sigma: ndarray) -> ndarray:
    """KL(N(μ, σ²) ‖ N(0, I)) = ½ Σ_j (μ_j² + σ_j² − 1 − 2 log σ_j): (n, d) → (n,), in nats (Kingma & Welling 2014)."""
    check_array("mu", mu, ("n", "d"))
    check_array("log_sigma", log_sigma, mu.shape)
    return 0.5 * np.sum(mu**2 + np.exp(2 * log_sigma) - 1 - 2 * log_sigma, axis=1)


def _halves(code):
    """The encoder's [μ, log σ] as two arrays."""
    if code.shape[1] % 2:
        raise ValueError(f"encoder: expected [μ, log σ], an even number of outputs, got {code.shape[1]}")
    return split(code, 2)


def _gaussian(mu, log_sigma, eps):
    check_array("eps", eps, mu.shape)
    return gaussian_draw(mu, log_sigma, eps)


@runs_as(fast.gaussian_draw)
def gaussian_draw(mu: ndarray, log_sigma: ndarray, eps: ndarray) -> tuple[ndarray, ndarray]:
    """z = μ + σ ε, (n, d), and its log-density, (n,), in which (z − μ)/σ is ε itself: nothing to cancel."""
    z = mu + np.exp(log_sigma) * eps
    return z, np.sum(normal_log_prob(eps, log_sigma), axis=1)


def _gaussian_log_prob(z, mu, log_sigma):
    check_array("z", z, mu.shape)
    eps = (z - mu) * np.exp(-log_sigma)
    return np.sum(normal_log_prob(eps, log_sigma), axis=1)
