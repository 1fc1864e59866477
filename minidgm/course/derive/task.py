"""What a closed form to derive is, and the tools that give its exact value.

`exact` never uses the closed form: it integrates, counts or differentiates. So a wrong answer in the lists would show.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.integrate import quad

from minidgm.functional import logsumexp

Values = dict[str, float]
WHOLE = ("m", "k", "n", "B", "K", "L", "N")  # parameters that count something


class Task(NamedTuple):
    """One closed form: its parameters with their ranges, the exact value, an answer, why, and named mistakes."""

    name: str
    title: str
    asked: str
    ranges: dict[str, tuple[float, float]]
    exact: Callable[[Values], float]
    answer: str
    why: str
    mistakes: tuple[tuple[str, str], ...]

    def draw(self, rng) -> Values:
        """Random parameters."""
        return {
            name: float(rng.integers(low, high + 1)) if name in WHOLE else rng.uniform(low, high)
            for name, (low, high) in self.ranges.items()
        }


# ------------------------------------------------------------------ exact values, without the closed forms


def normal(x, mu, sigma):
    """The density of N(mu, sigma^2)."""
    return np.exp(-0.5 * ((x - mu) / sigma) ** 2) / (sigma * np.sqrt(2 * np.pi))


def log_normal(x, mu, sigma):
    """Its logarithm, exact in the tails too."""
    return -0.5 * ((x - mu) / sigma) ** 2 - np.log(sigma * np.sqrt(2 * np.pi))


def mean_under(f: Callable, mu: float, sigma: float) -> float:
    """E f(x) for x ~ N(mu, sigma^2), by Gauss-Hermite quadrature: exact for polynomials."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(64)
    return float(np.sum(weights * f(mu + sigma * nodes)) / np.sqrt(2 * np.pi))


def kl(mu, sigma, mu_2, sigma_2) -> float:
    """KL(N(mu, sigma^2) || N(mu_2, sigma_2^2)) in nats, as the mean of the log-ratio."""
    return mean_under(lambda x: log_normal(x, mu, sigma) - log_normal(x, mu_2, sigma_2), mu, sigma)


def posterior_moments(w, s, x) -> tuple[float, float]:
    """Mean and variance of p(z|x) for p(z) = N(0, 1), p(x|z) = N(w z, s^2), by integrating over z."""

    def moment(k):
        return quad(lambda z: z**k * normal(z, 0, 1) * normal(x, w * z, s), -9, 9, epsabs=0, epsrel=1e-11, limit=200)[0]

    evidence, mean = moment(0), moment(1)
    return mean / evidence, moment(2) / evidence - (mean / evidence) ** 2


def slope(f: Callable, y: float) -> float:
    """The derivative by five-point differences."""
    h = 1e-4
    return (8 * (f(y + h) - f(y - h)) - (f(y + 2 * h) - f(y - 2 * h))) / (12 * h)


def logit_chain(y: float, alpha: float, L: float) -> float:
    """x = logit(alpha + (1 - 2 alpha) y / L)."""
    s = alpha + (1 - 2 * alpha) * y / L
    return np.log(s) - np.log1p(-s)


def far_apart(own: float, other: float) -> float:
    """log q(z|x) - log q_agg(z) where only the own posterior matters: weights `own` against `other` far away."""
    return float(-logsumexp(np.array([np.log(own), np.log(max(other, 1e-300)) - 1e4])))


def fewest_levels(K: float) -> float:
    """The number of levels at which a mixture of K logistics has as many free parameters as a categorical."""
    return next(float(levels) for levels in range(1, 10_000) if levels - 1 == (K - 1) + K + K)


def calls_of_net(m: float, k: float) -> float:
    """How often the nets of k AR flows are called for one sample of m dimensions."""
    return float(sum(1 for _ in range(int(k)) for _ in range(int(m))))
