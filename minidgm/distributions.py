"""Distributions with `log_prob`, `sample`, and `cdf` where it exists, in nats and exact in the tails.

    Normal            log p(x) = −½ ((x − μ)/σ)² − log σ − ½ log 2π          F(x) = Φ((x − μ)/σ)
    Logistic          log p(x) = log σ(a) + log σ(−a) − log s, a = (x − μ)/s     F(x) = σ(a)
    LogisticMixture   log p(x) = log Σ_k π_k p(x | μ_k, s_k)                 F(x) = Σ_k π_k F_k(x)
    Bernoulli         log P(x) = x log σ(l) + (1 − x) log σ(−l)
    Categorical       log P(y) = log softmax(l)_y

All are elementwise: parameters broadcast against x, `log_prob(x)` is one number per number of x, and a model sums
over the dimensions where it can be seen; `sample(rng, n)` puts an axis of n draws in front of the parameters' shape.
`StandardNormal(m)`, the base of flows, is the exception: a density of whole vectors, log_prob (n,).
Exercises 10 and 11; lab discretize.
"""

import math

import autograd.numpy as np
import numpy
from numpy import ndarray
from numpy.random import Generator

from minidgm import fast
from minidgm.errors import check_array, check_whole
from minidgm.functional import (
    HALF_LOG_2PI,
    as_float,
    float_dtype,
    log1mexp,
    log_normal_cdf,
    log_sigmoid,
    log_softmax,
    logsumexp,
    normal_cdf,
    pick,
    sigmoid,
)
from minidgm.tensor import Module, is_traced, runs_as, stop_gradient


def normal_log_prob(eps: ndarray, log_sigma: ndarray | float) -> ndarray:
    """log N(x; μ, σ²) of x = μ + σ ε, elementwise: −½ ε² − log σ − ½ log 2π, in nats."""
    return -0.5 * eps**2 - log_sigma - HALF_LOG_2PI


@runs_as(fast.standard_normal_log_prob)
def standard_normal_log_prob(z: ndarray) -> ndarray:
    """log N(z; 0, I) = Σ_j [−½ z_j² − ½ log 2π]: (n, m) → (n,), in nats."""
    return np.sum(normal_log_prob(z, 0.0), axis=1)


@runs_as(fast.bernoulli_log_prob)
def bernoulli_log_prob(x: ndarray, logits: ndarray) -> ndarray:
    """x log σ(l) + (1 − x) log σ(−l), elementwise, in nats."""
    return _times(x, log_sigmoid(logits)) + _times(1 - x, log_sigmoid(-logits))


def _times(x: ndarray, log_p: ndarray) -> ndarray:
    """x log p, elementwise; 0 log 0 counts 0."""
    log_p = log_p + np.zeros_like(x)  # of one shape, for np.where's gradient does not undo a broadcast
    return x * np.where((x == 0) & np.isinf(log_p), 0, log_p)


class StandardNormal(Module):
    """N(0, I) on m dimensions: log p(z) = −½ Σ_j z_j² − ½ m log 2π."""

    def __init__(self, m: int):
        check_whole("m", m, 1)
        self.m = m

    def log_prob(self, z: ndarray) -> ndarray:
        """z (n, m) → (n,). Raises ValueError for another shape."""
        check_array("z", z, ("n", self.m))
        return standard_normal_log_prob(z)

    def sample(self, rng: Generator, n: int) -> ndarray:
        """n draws, (n, m) float32."""
        return rng.standard_normal((n, self.m), dtype=numpy.float32)


class Normal(Module):
    """N(μ, σ²), elementwise."""

    def __init__(self, mu, sigma):
        _check_scale("sigma", sigma)
        self.mu, self.sigma = mu, sigma

    def log_prob(self, x: ndarray) -> ndarray:
        """−½ ((x − μ)/σ)² − log σ − ½ log 2π, of the shape of x."""
        x = as_float(x, self.mu, self.sigma)
        return normal_log_prob((x - self.mu) / self.sigma, _log(self.sigma))

    def cdf(self, x: ndarray) -> ndarray:
        """F(x) = Φ((x − μ)/σ)."""
        x = as_float(x, self.mu, self.sigma)
        return normal_cdf((x - self.mu) / self.sigma)

    def log_interval(self, lower: ndarray, upper: ndarray) -> ndarray:
        """log(F(upper) − F(lower)) for lower < upper, −inf and +inf allowed, in both tails.

        An interval right of μ is mirrored to the left, where the logarithm of Φ keeps its digits. In a narrow one the
        two values of Φ would cancel: there the density, nearly straight, is integrated by 8 Gauss-Legendre nodes.
        """
        lower, upper, has_lower, has_upper = _ends(lower, upper)
        a, b, width = (lower - self.mu) / self.sigma, (upper - self.mu) / self.sigma, (upper - lower) / self.sigma
        middle = ((lower + upper) / 2 - self.mu) / self.sigma
        narrow = width * (1 + np.abs(middle)) < 1  # the density changes by less than e over the interval
        right = a > -b
        log_lower = log_normal_cdf(np.where(right, -b, a))
        log_upper = log_normal_cdf(np.where(right, -a, b))
        wide = log_upper + log1mexp(np.where(narrow, 1, log_upper - log_lower))
        nodes, weights = (values.astype(a.dtype) for values in numpy.polynomial.legendre.leggauss(8))
        points = middle[..., None] + width[..., None] / 2 * nodes
        inside = np.log(width) + logsumexp(np.log(weights / 2) - 0.5 * points**2, axis=-1) - HALF_LOG_2PI
        tail = has_upper * log_normal_cdf(b) + has_lower * log_normal_cdf(-a)
        return np.where(has_lower * has_upper, np.where(narrow, inside, wide), tail)

    def sample(self, rng: Generator, n: int) -> ndarray:
        """n draws for each entry of μ and σ: (n, *shape)."""
        shape, dtype = _shape_and_dtype(self.mu, self.sigma)
        return self.mu + self.sigma * rng.standard_normal((n, *shape), _drawn(dtype)).astype(dtype, copy=False)


class Logistic(Module):
    """The logistic distribution with mean μ and scale s, elementwise: its cdf is the sigmoid."""

    def __init__(self, mu, s):
        _check_scale("s", s)
        self.mu, self.s = mu, s

    def log_prob(self, x: ndarray) -> ndarray:
        """log σ(a) + log σ(−a) − log s with a = (x − μ)/s, of the shape of x."""
        a = (as_float(x, self.mu, self.s) - self.mu) / self.s
        return log_sigmoid(a) + log_sigmoid(-a) - _log(self.s)

    def cdf(self, x: ndarray) -> ndarray:
        """F(x) = σ((x − μ)/s)."""
        return sigmoid((as_float(x, self.mu, self.s) - self.mu) / self.s)

    def log_interval(self, lower: ndarray, upper: ndarray) -> ndarray:
        """log(F(upper) − F(lower)) for lower < upper, −inf and +inf allowed, exact in both tails and for every scale.

        It is log_diff_sigmoid(a, b) at the two standardized ends, with the width a − b taken before the scaling, where
        it has all its digits, and without the terms of an infinite end, whose gradient would be 0 · inf.
        """
        lower, upper, has_lower, has_upper = _ends(lower, upper)
        a, b, width = (upper - self.mu) / self.s, (lower - self.mu) / self.s, (upper - lower) / self.s
        both = has_lower * has_upper
        return has_upper * log_sigmoid(a) + has_lower * log_sigmoid(-b) + both * log1mexp(width)

    def sample(self, rng: Generator, n: int) -> ndarray:
        """n draws for each entry of μ and s: (n, *shape)."""
        shape, dtype = _shape_and_dtype(self.mu, self.s)
        return self.mu + self.s * _standard_logistic(rng, (n, *shape), dtype)


class LogisticMixture(Module):
    """Σ_k π_k Logistic(μ_k, s_k), elementwise; the parameters (..., K) have the components on their last axis.

    log_pi need not be normalized: its softmax are the weights π.
    """

    def __init__(self, log_pi, mu, s):
        _check_scale("s", s)
        self.log_pi, self.mu, self.s = log_pi, mu, s

    def log_prob(self, x: ndarray) -> ndarray:
        """log Σ_k exp(log π_k + log p(x | μ_k, s_k)), of the shape of x."""
        log_p = Logistic(self.mu, self.s).log_prob(as_float(x, self.mu, self.s)[..., None])
        return logsumexp(log_softmax(self.log_pi) + log_p, axis=-1)

    def cdf(self, x: ndarray) -> ndarray:
        """F(x) = Σ_k π_k F_k(x)."""
        F = Logistic(self.mu, self.s).cdf(as_float(x, self.mu, self.s)[..., None])
        return np.sum(np.exp(log_softmax(self.log_pi)) * F, axis=-1)

    def log_interval(self, lower: ndarray, upper: ndarray) -> ndarray:
        """log(F(upper) − F(lower)): the components' intervals first, so that no digits are lost in the tails."""
        lower, upper = (as_float(end, self.mu, self.s)[..., None] for end in (lower, upper))
        log_p = Logistic(self.mu, self.s).log_interval(lower, upper)
        return logsumexp(log_softmax(self.log_pi) + log_p, axis=-1)

    def sample(self, rng: Generator, n: int) -> ndarray:
        """n draws for each entry: (n, *shape) for parameters (*shape, K); a component first, then a draw from it."""
        shape, dtype = _shape_and_dtype(self.log_pi, self.mu, self.s)
        k = Categorical(np.broadcast_to(self.log_pi, shape)).sample(rng, n)  # (n, ...)
        mu, s = (pick(np.broadcast_to(a, (n, *shape)), index=k) for a in (self.mu, self.s))
        return mu + s * _standard_logistic(rng, k.shape, dtype)


class Bernoulli(Module):
    """Of 0 or 1, elementwise: P(1) = σ(logits)."""

    def __init__(self, logits):
        self.logits = logits

    def log_prob(self, x: ndarray) -> ndarray:
        """x log σ(l) + (1 − x) log σ(−l), of the shape of x; x may be float, integer or boolean.

        Raises ValueError for x outside [0, 1]: the formula would not complain.
        """
        x = as_float(x, self.logits)
        value = stop_gradient(x)
        if numpy.size(value) and not (numpy.min(value) >= 0 and numpy.max(value) <= 1):
            raise ValueError(
                f"x: expected numbers from 0 to 1, got {numpy.min(value):g} to {numpy.max(value):g}; binarize them, "
                "or use a model of levels"
            )
        return bernoulli_log_prob(x, self.logits)

    def sample(self, rng: Generator, n: int) -> ndarray:
        """n draws for each logit, 0 or 1 in the logits' dtype: (n, *shape)."""
        shape, dtype = _shape_and_dtype(self.logits)
        return (rng.random((n, *shape), _drawn(dtype)) < sigmoid(self.logits)).astype(dtype)


class Categorical(Module):
    """Of 0..K−1, elementwise: P(y) = softmax(logits)_y, with the K logits on the last axis."""

    def __init__(self, logits):
        self.logits = logits

    def log_prob(self, y: ndarray) -> ndarray:
        """log softmax(logits)_y, of the shape of y. Raises ValueError unless y are integers from 0 to K − 1."""
        log_p, y = log_softmax(self.logits), numpy.asarray(y)
        levels = log_p.shape[-1]
        if y.dtype.kind not in "iu":
            raise ValueError(f"y: expected integers from 0 to {levels - 1}, got {y.dtype}")
        if not 0 <= numpy.min(y, initial=0) <= numpy.max(y, initial=0) < levels:
            raise ValueError(f"y: expected integers from 0 to {levels - 1}, got {y.min()} to {y.max()}")
        shape = numpy.broadcast_shapes(y.shape, log_p.shape[:-1])
        if shape != log_p.shape[:-1]:
            log_p = log_p + np.zeros((*shape, 1), log_p.dtype)  # the same logits for all
        return pick(log_p, index=numpy.broadcast_to(y, shape))

    def sample(self, rng: Generator, n: int) -> ndarray:
        """n draws for each row of logits: (n, *shape) integers for logits (*shape, K)."""
        (*shape, _), dtype = _shape_and_dtype(self.logits)
        cumulative = np.cumsum(np.exp(log_softmax(self.logits)), axis=-1)
        u = rng.random((n, *shape, 1), _drawn(dtype)) * cumulative[..., -1:]  # the last sum may be 1 − 1e-7
        return np.sum(u >= cumulative[..., :-1], axis=-1)


def _log(scale):
    """log of a parameter; a Python number gives one, which takes the dtype of the array it is added to."""
    return math.log(scale) if isinstance(scale, int | float) else np.log(scale)


def _ends(lower, upper):
    """An interval's ends, each with whether it is finite; a finite number stands in for an infinite one."""
    has_lower, has_upper = np.isfinite(lower), np.isfinite(upper)
    lower = np.where(has_lower, lower, np.where(has_upper, upper, 0) - 1)
    return lower, np.where(has_upper, upper, lower + 1), has_lower, has_upper


def _standard_logistic(rng, shape, dtype):
    """logit(u) of uniform u in (0, 1): the inverse of the cdf; in float64, whose grid near 0 and 1 is fine enough."""
    u = rng.uniform(numpy.finfo(float).tiny, 1, shape)
    return (np.log(u) - np.log1p(-u)).astype(dtype)


def _check_scale(name: str, scale) -> None:
    """Raise ValueError for a scale that is not above 0; not inside a loss, where it would be done at every step."""
    if not is_traced(scale) and numpy.any(numpy.asarray(scale) <= 0):
        raise ValueError(f"{name}: expected numbers above 0, got {numpy.min(scale):g}")


def _shape_and_dtype(*parameters):
    """The shape that the parameters broadcast to, and their float dtype: float32 for Python's numbers and integers."""
    return numpy.broadcast_shapes(*map(np.shape, parameters)), float_dtype(*parameters, otherwise=numpy.float32)


def _drawn(dtype):
    """The dtype in which numpy draws random numbers that become `dtype`."""
    return numpy.float64 if dtype.itemsize > 4 else numpy.float32
