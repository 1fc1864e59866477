"""Mixtures of many Gaussians; the formulas are in vae/gaussians.py and vae/surgery.py.

A mixture needs the table log N(z_i; μ_k, σ_k²) of every point under every component. Multiplied out,

    −½ ((z − μ)/σ)² = −½ z²·(1/σ²) + z·(μ/σ²) − ½ μ²/σ²,

it is a product of matrices, [z², z, 1] with [−½/σ²; μ/σ²; the rest], which is fast, but whose terms cancel where |z| is
large beside σ. Four things keep the digits, for float32 too: z and μ are centred first; the product is summed in
float64, whatever the inputs; what all components have in common goes into a column of its own, so that equal components
get equal entries to the last bit; and a bound on the error is kept beside each row: where it is too large, the row is
computed again from the differences z − μ. Only the exponentials, after each row's largest term has been taken out, are
computed in the inputs' dtype. Memory stays flat, for the table is made one block of rows at a time.
"""

import math
from collections.abc import Iterator

import numpy as np

from minidgm.functional import HALF_LOG_2PI

BLOCK = 1 << 19  # entries of the table at a time: 4 MB in float64, which the processor's cache can hold
EPS = np.finfo(float).eps
ROWS = 64  # at least so many at a time: a product of fewer rows is far from BLAS's speed


def gaussian_mixture_log_prob(z, log_pi, mu, log_sigma):
    """∂log p(z_i)/∂table_ik = p(k|z_i); the rest is the chain rule through −½ ((z − μ)/σ)² − log σ."""
    dtype = _dtype(z, log_pi, mu, log_sigma)
    log_p, top, total = np.empty(len(z), dtype), np.empty(len(z)), np.empty(len(z))
    for rows, common, table, _ in tables(z, mu, log_sigma, log_pi, dtype):
        top[rows] = _largest(table)
        total[rows] = _sum_exp(table, top[rows], dtype)
        with np.errstate(divide="ignore"):
            log_p[rows] = common + top[rows] + np.log(total[rows])

    def backward(g):
        centre, inverse_sigma = _middle(mu), np.exp(-log_sigma.astype(np.float64))
        z_c, mu_c, tau = z - centre, mu - centre, inverse_sigma**2
        g_z = np.empty(z.shape)
        g_log_pi, g_mu, g_log_sigma = np.zeros(len(mu)), np.zeros(mu.shape), np.zeros(mu.shape)
        n_k, mean, square = np.zeros((len(mu), 1)), np.zeros(mu.shape), np.zeros(mu.shape)
        share = g / np.where(total > 0, total, 1)
        for rows, _, table, hard in tables(z, mu, log_sigma, log_pi, dtype):
            p = np.exp(np.subtract(table, top[rows, None], out=table), out=table)
            p *= share[rows, None]
            p_k = p.sum(axis=0)
            g_log_pi += p_k
            if np.any(hard):  # from the differences
                for j in range(mu.shape[1]):
                    eps = (z[rows][hard, j, None] - mu[:, j].astype(np.float64)) * inverse_sigma[:, j]
                    p_eps = p[hard] * eps
                    g_z[rows.start + np.flatnonzero(hard), j] = -p_eps @ inverse_sigma[:, j]
                    g_mu[:, j] += p_eps.sum(axis=0) * inverse_sigma[:, j]
                    g_log_sigma[:, j] += np.sum(p_eps * eps - p[hard], axis=0)
            if not np.all(hard):  # from the sums over i of p_ik, p_ik z_i and p_ik z_i²
                easy = rows
                if np.any(hard):
                    p, easy = p[~hard], rows.start + np.flatnonzero(~hard)
                    p_k = p.sum(axis=0)
                g_z[easy] = p @ (mu_c * tau) - z_c[easy] * (p @ tau)
                n_k[:, 0] += p_k
                mean += p.T @ z_c[easy]
                square += p.T @ z_c[easy] ** 2
        if np.any(n_k):
            g_mu += (mean - n_k * mu_c) * tau
            g_log_sigma += (square - 2 * mean * mu_c + n_k * mu_c**2) * tau - n_k
        return tuple(a.astype(dtype) for a in (g_z, g_log_pi, g_mu, g_log_sigma))

    return log_p, backward


def aggregated_log_prob(z, mu, log_sigma):
    """The mixture with log π_k = −log n."""
    log_pi = np.full(len(mu), -math.log(len(mu)), _dtype(z, mu, log_sigma))
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
    sigma, dtype = np.exp(log_sigma.astype(np.float64)), _dtype(mu, log_sigma, eps)
    ratios = np.empty(eps.shape[:2])
    for values, e in zip(ratios, eps):
        for rows, _, table, _ in tables(mu + sigma * e, mu, log_sigma, 0, dtype):
            i, k = np.arange(len(table)), np.arange(rows.start, rows.stop)  # the places of the objects' own entries
            table -= table[i, k][:, None].copy()  # log q(z_i|x_k) − log q(z_i|x_i): 0 for the own entry
            table[i, k] = -math.inf
            top = np.maximum(np.max(table, axis=1), 0 if own else -math.inf)
            q_agg = other * _sum_exp(table, top, dtype) + (np.exp(-top) if own else 0)  # e^top · q(z_i|x_i) is 1
            values[rows] = math.log(total) - (top + np.log(q_agg))
    return ratios


# ------------------------------------------------------------------ the table


def tables(z, mu, log_sigma, log_pi, dtype) -> Iterator[tuple]:
    """log π_k + log N(z_i; μ_k, σ_k²), one block of rows at a time, as `common[:, None] + table`, in float64.

    Yields (rows, common, table, hard): a slice, a column (rows,), an array (rows, n) which the next block overwrites,
    and for each row whether it was computed from the differences, since the product is less exact than `dtype` asks.
    """
    centre = _middle(mu)
    z_c, mu_c, log_sigma = z - centre, mu - centre, log_sigma.astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):  # then every row is hard
        tau = np.exp(-2 * log_sigma)
        constant = np.sum(-0.5 * mu_c**2 * tau - log_sigma - HALF_LOG_2PI, axis=1) + log_pi
        weights = np.concatenate([-0.5 * tau, mu_c * tau, constant[:, None]], axis=1)  # (n, 2d + 1)
        low, high = weights.min(axis=0), weights.max(axis=0)
        if low[-1] == -math.inf:  # some log π is
            others = constant[constant > -math.inf]
            low[-1], high[-1] = (others.min(), others.max()) if len(others) else (0, 0)
        shared, size = low + 0.5 * (high - low), np.maximum(-low, high)  # size: of what may cancel
        weights = np.ascontiguousarray((weights - shared).T)
        furthest = np.max(np.abs(z_c), axis=0, initial=0)
        tolerance = max(np.finfo(dtype).eps, 1e-11)
        safe = 8 * EPS * (np.concatenate([furthest**2, furthest, [1]]) @ size) <= tolerance  # no row can be hard
    step = max(1, min(max(BLOCK // len(mu), ROWS), len(z)))
    space = np.empty((step, len(mu)))
    for start in range(0, len(z), step):
        rows = slice(start, min(start + step, len(z)))
        part = z_c[rows]
        with np.errstate(over="ignore", invalid="ignore"):
            powers = np.concatenate([part**2, part, np.ones((len(part), 1))], axis=1)
            table, common = np.dot(powers, weights, out=space[: len(part)]), powers @ shared
            error = np.zeros(len(part)) if safe else 8 * EPS * (np.abs(powers) @ size)
            hard = _too_inexact(error, table, common, tolerance)
        if np.any(hard):
            table[hard], common[hard] = _from_differences(z[rows][hard], mu, log_sigma, log_pi), 0
        yield rows, common, table, hard


def _too_inexact(error, table, common, tolerance):
    """Whether a row's error bound passes `tolerance`, of log p, or of 1 where that is less; or is no number."""
    hard = ~(error <= tolerance)
    if np.any(hard):
        log_p = np.abs(common + _largest(table)) - error  # at least
        hard &= ~(error <= tolerance * log_p)
    return hard


def _from_differences(z, mu, log_sigma, log_pi):
    """The table as the formula has it, in float64."""
    constant, inverse_sigma = log_pi + np.sum(-log_sigma - HALF_LOG_2PI, axis=1), np.exp(-log_sigma)
    table = np.tile(constant, (len(z), 1))
    with np.errstate(over="ignore"):
        for j in range(mu.shape[1]):
            table -= 0.5 * ((z[:, j, None].astype(np.float64) - mu[:, j]) * inverse_sigma[:, j]) ** 2
    return table


def _sum_exp(table, top, dtype):
    """Σ_k exp(table_ik − top_i): (rows, n), (rows,) → (rows,), the exponentials in `dtype`, in float32 at least."""
    space = np.empty(table.shape, np.result_type(dtype, np.float32))
    with np.errstate(over="ignore"):  # beyond float32's range they are −inf, and count nothing
        shifted = np.subtract(table, top[:, None], out=space, casting="same_kind")
    return np.sum(np.exp(shifted, out=shifted), axis=1)


def _largest(table):
    """The largest entry of each row, 0 where all are −inf."""
    top = table.max(axis=1)
    top[top == -math.inf] = 0
    return top


def _middle(a):
    """The middle between the least and the largest of each column, in float64: of equal numbers exactly that number."""
    low, high = a.min(axis=0).astype(np.float64), a.max(axis=0).astype(np.float64)
    return low + 0.5 * (high - low)


def _dtype(*arrays):
    """The float dtype of all of them together."""
    dtype = np.result_type(*arrays)
    return dtype if dtype.kind == "f" else np.dtype(float)
