"""The truth that dequantization bounds are measured against, by quadrature, for data of one, two or three dimensions.

    log P(y) = log ∫ p(y + u) du                        over the unit cube
    KL(q(u|y) ‖ p(u|y)), p(u|y) = p(y + u) / P(y)       the gap between log P(y) and the bound

Exercise 14; lab dequantize.
"""

import itertools
from typing import Any

import autograd.numpy as np
from numpy import ndarray
from numpy.polynomial.legendre import leggauss

from minidgm.discrete.levels import check_levels
from minidgm.errors import check_array, check_whole
from minidgm.functional import logsumexp


def discrete_log_prob(model: Any, y: ndarray, points: int = 64) -> ndarray:
    """log P(y) = log ∫ p(y + u) du by Gauss-Legendre quadrature with `points` nodes per axis: (n,), float64, in nats.

    model: anything with log_prob(x) for float64 x (n, m); y (n, m), m ≤ 3. Raises ValueError for more dimensions.
    """
    log_weight, u = _nodes(y, points)
    log_p = np.stack([model.log_prob(y + row) for row in u])  # (points^m, n)
    return logsumexp(log_p + log_weight[:, None], axis=0)


def noise_posterior_kl(model: Any, dequantizer: Any, y: ndarray, points: int = 64) -> ndarray:
    """KL(q(u|y) ‖ p(u|y)) by the same quadrature: (n,), float64, in nats. Arguments as for `discrete_log_prob`."""
    log_weight, u = _nodes(y, points)
    log_p = np.stack([model.log_prob(y + row) for row in u])
    log_q = np.stack([dequantizer.log_prob(np.tile(row, (len(y), 1)), y) for row in u])
    log_posterior = log_p - logsumexp(log_p + log_weight[:, None], axis=0)
    return np.sum(np.exp(log_weight[:, None] + log_q) * (log_q - log_posterior), axis=0)


def _nodes(y, points):
    """Log-weights (points^m,) and nodes u (points^m, m) of the product rule on the unit cube."""
    check_array("y", y, ("n", "m"), kinds="iuf")
    check_levels(y)
    m = y.shape[1]
    if m > 3:
        raise ValueError(f"y: expected at most 3 dimensions for quadrature, got {m}")
    check_whole("points", points, 1)
    nodes, weights = leggauss(points)
    t = (nodes + 1) / 2
    u = t**3 * (10 - 15 * t + 6 * t**2)  # du = 30 t² (1 − t)² dt: dense at the faces, where q(u|y) may be infinite
    log_weights = np.log(weights / 2 * 30 * t**2 * (1 - t) ** 2)
    u = np.array(list(itertools.product(u, repeat=m)))
    log_weight = np.array(list(itertools.product(log_weights, repeat=m))).sum(axis=1)
    return log_weight, u
