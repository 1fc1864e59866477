"""Mixtures of diagonal Gaussians, and the aggregated posterior, the mixture with a component an object.

    table_ik     = log N(z_i; μ_k, σ_k²) = Σ_j [ −½ ((z_ij − μ_kj)/σ_kj)² − log σ_kj − ½ log 2π ]
    log p(z_i)   = log Σ_k π_k N(z_i; μ_k, σ_k²) = logsumexp_k(log π_k + table_ik)
    q_agg(z)     = (1/n) Σ_k q(z|x_k), a mixture with log π_k = −log n

`mixture_log_prob` is the formula. `blocked_mixture_log_prob` is the same function for many components. Multiplied out,
    −½ ((z − μ)/σ)² = −½ z²·(1/σ²) + z·(μ/σ²) − ½ μ²/σ²,
the table is a product of matrices, [z², z, 1] with [−½/σ²; μ/σ²; the rest], which is fast, but whose terms cancel
where |z| is large beside σ. Three things keep the digits, for float32 too: z and μ are centred first; the product is
summed in float64, whatever the inputs; and what all components have in common goes into a column of its own, so that
equal components get equal entries to the last bit. Only the exponentials, after each row's largest term has been taken
out, are computed in the inputs' dtype. A block of rows at a time, memory stays flat. Exercises 18, 21; lab surgery.
"""

import math
from collections.abc import Iterator

import autograd.numpy as np
import numpy

from minidgm.errors import check_array
from minidgm.functional import HALF_LOG_2PI, logsumexp
from minidgm.tensor import fused

BLOCK = 1 << 19  # entries of the table at a time: 4 MB in float64, which the processor's cache can hold
ROWS = 64  # at least so many at a time: a product of fewer rows is far from BLAS's speed


def gaussian_log_prob_table(z, mu, log_sigma):
    """log N(z_i; μ_k, σ_k²) of every point under every Gaussian: z (n_z, d), mu and log_sigma (n, d) → (n_z, n)."""
    standardized = (z[:, None, :] - mu) * np.exp(-log_sigma)
    return np.sum(-0.5 * standardized**2 - log_sigma - HALF_LOG_2PI, axis=2)


def mixture_log_prob(z, log_pi, mu, log_sigma):
    """log Σ_k π_k N(z; μ_k, σ_k²): z (n, d), log_pi (K,), mu and log_sigma (K, d) → (n,), in nats."""
    return logsumexp(log_pi + gaussian_log_prob_table(z, mu, log_sigma), axis=1)


@fused(plain=mixture_log_prob)
def blocked_mixture_log_prob(z, log_pi, mu, log_sigma):
    """`mixture_log_prob` for many components, by a matrix product a block of rows; same arguments, same value."""
    check_array("z", z, ("n", mu.shape[1]))
    log_p = numpy.empty(len(z), z.dtype)
    for rows, common, table in blocks(z, mu, log_sigma, log_pi):
        top = table.max(axis=1)
        log_p[rows] = common + top + numpy.log(sum_exp(table, top, z.dtype))

    def backward(g):
        """∂log p(z_i)/∂table_ik = p(k|z_i); the rest is the chain rule through −½ ((z − μ)/σ)² − log σ."""
        centre, tau = _centre(mu), numpy.exp(-2 * log_sigma.astype(numpy.float64))
        z_c, mu_c = z - centre, mu - centre
        g_z = numpy.empty(z.shape)
        total, mean, square = numpy.zeros(len(mu)), numpy.zeros(mu.shape), numpy.zeros(mu.shape)
        for rows, common, table in blocks(z, mu, log_sigma, log_pi):
            p = numpy.exp(table + (common - log_p[rows])[:, None]) * g[rows, None]
            g_z[rows] = p @ (mu_c * tau) - z_c[rows] * (p @ tau)
            total += p.sum(axis=0)  # Σ_i p_ik, and the same of z_i and z_i²
            mean += p.T @ z_c[rows]
            square += p.T @ z_c[rows] ** 2
        n_k = total[:, None]
        g_mu = (mean - n_k * mu_c) * tau
        g_log_sigma = (square - 2 * mean * mu_c + n_k * mu_c**2) * tau - n_k
        return tuple(a.astype(z.dtype) for a in (g_z, total, g_mu, g_log_sigma))

    return log_p, backward


def aggregated_log_prob(z, mu, log_sigma):
    """log q_agg(z) = logsumexp over the n objects of log q(z|x_i), minus log n: z (n_z, d) → (n_z,), in nats."""
    log_pi = numpy.full(len(mu), -math.log(len(mu)), z.dtype)
    return blocked_mixture_log_prob(z, log_pi, mu, log_sigma)


def blocks(z, mu, log_sigma, log_pi=0) -> Iterator[tuple]:
    """log π_k + log N(z_i; μ_k, σ_k²) a block of rows at a time, as `common[:, None] + table`, in float64.

    Yields (rows, common, table): a slice, a column (rows,), and an array (rows, n) which the next block overwrites.
    """
    centre = _centre(mu)
    z, mu, log_sigma = z - centre, mu - centre, log_sigma.astype(numpy.float64)
    tau = numpy.exp(-2 * log_sigma)
    constant = numpy.sum(-0.5 * mu**2 * tau - log_sigma - HALF_LOG_2PI, axis=1) + log_pi
    weights = numpy.concatenate([-0.5 * tau, mu * tau, constant[:, None]], axis=1)  # (n, 2d + 1)
    shared = numpy.append(_centre(weights[:, :-1]), constant.max())  # the largest, for log π may be −inf
    weights = numpy.ascontiguousarray((weights - shared).T)
    step = max(1, min(max(BLOCK // len(mu), ROWS), len(z)))
    space = numpy.empty((step, len(mu)))
    for start in range(0, len(z), step):
        part = z[start : start + step]
        powers = numpy.concatenate([part**2, part, numpy.ones((len(part), 1))], axis=1)
        table = numpy.dot(powers, weights, out=space[: len(part)])
        yield slice(start, start + len(part)), powers @ shared, table


def sum_exp(table, top, dtype):
    """Σ_k exp(table_ik − top_i): (rows, n), (rows,) → (rows,), the exponentials in `dtype`."""
    with numpy.errstate(over="ignore"):  # beyond float32's range they are −inf, and count nothing
        shifted = numpy.subtract(table, top[:, None], out=numpy.empty(table.shape, dtype), casting="same_kind")
    return numpy.sum(numpy.exp(shifted, out=shifted), axis=1)


def _centre(a):
    """The middle between the least and the largest of each column, in float64: of equal numbers exactly that number."""
    low, high = a.min(axis=0).astype(numpy.float64), a.max(axis=0).astype(numpy.float64)
    return low + 0.5 * (high - low)
