"""Mixtures of many Gaussians; the formulas are in vae/gaussians.py and vae/surgery.py.

A mixture needs the table log N(z_i; μ_k, σ_k²) of every point under every component. Multiplied out,

    −½ ((z − μ)/σ)² = −½ z²·(1/σ²) + z·(μ/σ²) − ½ μ²/σ²,

it is a product of matrices, [z², z, 1] with [−½/σ²; μ/σ²; the rest], which is fast, but whose terms cancel where |z| is
large beside σ. Three things keep the digits, for float32 too: z and μ are centred first; the product is summed in
float64, whatever the inputs; and what all components have in common goes into a column of its own, so that equal
components get equal entries to the last bit. Only the exponentials, after each row's largest term has been taken out,
are computed in the inputs' dtype. Memory stays flat, for the table is made one block of rows at a time.
"""

import math
from collections.abc import Iterator

import numpy as np

from minidgm.errors import check_array
from minidgm.functional import HALF_LOG_2PI

BLOCK = 1 << 19  # entries of the table at a time: 4 MB in float64, which the processor's cache can hold
ROWS = 64  # at least so many at a time: a product of fewer rows is far from BLAS's speed


def gaussian_mixture_log_prob(z, log_pi, mu, log_sigma):
    """∂log p(z_i)/∂table_ik = p(k|z_i); the rest is the chain rule through −½ ((z − μ)/σ)² − log σ."""
    check_array("z", z, ("n", mu.shape[1]))
    log_p = np.empty(len(z), z.dtype)
    for rows, common, table in tables(z, mu, log_sigma, log_pi):
        top = table.max(axis=1)
        log_p[rows] = common + top + np.log(_sum_exp(table, top, z.dtype))

    def backward(g):
        centre, tau = _middle(mu), np.exp(-2 * log_sigma.astype(np.float64))
        z_c, mu_c = z - centre, mu - centre
        g_z = np.empty(z.shape)
        total, mean, square = np.zeros(len(mu)), np.zeros(mu.shape), np.zeros(mu.shape)
        for rows, common, table in tables(z, mu, log_sigma, log_pi):
            p = np.exp(table + (common - log_p[rows])[:, None]) * g[rows, None]
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
    """The mixture with log π_k = −log n."""
    log_pi = np.full(len(mu), -math.log(len(mu)), z.dtype)
    log_p, backward = gaussian_mixture_log_prob(z, log_pi, mu, log_sigma)

    def without_log_pi(g):
        g_z, _, g_mu, g_log_sigma = backward(g)
        return g_z, g_mu, g_log_sigma

    return log_p, without_log_pi


# ------------------------------------------------------------------ log-ratios, for the mutual information
# q_agg(z) ≥ q(z|x_i)/n at every z, so no log-ratio passes log n; equal posteriors give 0 and disjoint ones log n to the
# last bit, because the density of an object itself is an entry of the same table as those of the others.


def log_ratios(mu, log_sigma, eps):
    """q_agg(z) = (1/n) Σ_k q(z|x_k)."""
    return _log_ratios(mu, log_sigma, eps, own=1, other=1, total=len(mu))


def mutual_information(mu, log_sigma, eps):
    """The mean of `log_ratios`."""
    return mean(log_ratios(mu, log_sigma, eps))


def minibatch_mutual_information(mu, log_sigma, eps, total):
    """q_agg(z) = [q(z|x_i) + (N − 1)/(B − 1) Σ_{k≠i} q(z|x_k)] / N, N = total."""
    other = (total - 1) / max(len(mu) - 1, 1)
    return mean(_log_ratios(mu, log_sigma, eps, own=1, other=other, total=total))


def leave_one_out_mutual_information(mu, log_sigma, eps):
    """q_agg(z) = (1/(B − 1)) Σ_{k≠i} q(z|x_k)."""
    return mean(_log_ratios(mu, log_sigma, eps, own=0, other=1, total=len(mu) - 1))


def mean(values) -> float:
    """The mean; of equal numbers exactly that number."""
    first = values.flat[0]
    return float(first + np.mean(values - first))


def _log_ratios(mu, log_sigma, eps, own, other, total):
    """log q(z|x_i) − log [(own · q(z|x_i) + other · Σ_{k≠i} q(z|x_k)) / total], (samples, n), float64; own 1 or 0."""
    sigma = np.exp(log_sigma.astype(np.float64))
    ratios = np.empty(eps.shape[:2])
    for values, e in zip(ratios, eps):
        for rows, _, table in tables(mu + sigma * e, mu, log_sigma):
            i, k = np.arange(len(table)), np.arange(rows.start, rows.stop)  # the places of the objects' own entries
            table -= table[i, k][:, None].copy()  # log q(z_i|x_k) − log q(z_i|x_i): 0 for the own entry
            table[i, k] = -math.inf
            top = np.maximum(np.max(table, axis=1), 0 if own else -math.inf)
            q_agg = other * _sum_exp(table, top, mu.dtype) + (np.exp(-top) if own else 0)  # e^top · q(z_i|x_i) is 1
            values[rows] = math.log(total) - (top + np.log(q_agg))
    return ratios


# ------------------------------------------------------------------ the table


def tables(z, mu, log_sigma, log_pi=0) -> Iterator[tuple]:
    """log π_k + log N(z_i; μ_k, σ_k²), one block of rows at a time, as `common[:, None] + table`, in float64.

    Yields (rows, common, table): a slice, a column (rows,), and an array (rows, n) which the next block overwrites.
    """
    centre = _middle(mu)
    z, mu, log_sigma = z - centre, mu - centre, log_sigma.astype(np.float64)
    tau = np.exp(-2 * log_sigma)
    constant = np.sum(-0.5 * mu**2 * tau - log_sigma - HALF_LOG_2PI, axis=1) + log_pi
    weights = np.concatenate([-0.5 * tau, mu * tau, constant[:, None]], axis=1)  # (n, 2d + 1)
    shared = np.append(_middle(weights[:, :-1]), constant.max())  # the largest, for log π may be −inf
    weights = np.ascontiguousarray((weights - shared).T)
    step = max(1, min(max(BLOCK // len(mu), ROWS), len(z)))
    space = np.empty((step, len(mu)))
    for start in range(0, len(z), step):
        part = z[start : start + step]
        powers = np.concatenate([part**2, part, np.ones((len(part), 1))], axis=1)
        table = np.dot(powers, weights, out=space[: len(part)])
        yield slice(start, start + len(part)), powers @ shared, table


def _sum_exp(table, top, dtype):
    """Σ_k exp(table_ik − top_i): (rows, n), (rows,) → (rows,), the exponentials in `dtype`."""
    with np.errstate(over="ignore"):  # beyond float32's range they are −inf, and count nothing
        shifted = np.subtract(table, top[:, None], out=np.empty(table.shape, dtype), casting="same_kind")
    return np.sum(np.exp(shifted, out=shifted), axis=1)


def _middle(a):
    """The middle between the least and the largest of each column, in float64: of equal numbers exactly that number."""
    low, high = a.min(axis=0).astype(np.float64), a.max(axis=0).astype(np.float64)
    return low + 0.5 * (high - low)
