"""Exercise 14: uniform dequantization (Uria et al. 2013; Theis et al. 2016).

A density fitted to raw pixel levels can grow without limit, by putting spikes on the levels. Uniform noise cures that:
x = y + u fills the unit cell that begins at y, and then the density has to pay for all of the cell. The theorem: what
it reaches on the noisy data never exceeds what the discrete model P, which integrates the density over the cell,
reaches on the levels themselves. So a flow's bits/dim may be compared with a discrete model's.

    x = y + u,  u ~ U[0, 1]^m         P(y) = ∫ p(y + u) du  over the unit cube

    E_u log p(y + u)  ≤  log E_u p(y + u)  =  log P(y)        (the logarithm is concave: Jensen)

Throughout, `log_p` maps points (any number of rows, m) to their log-densities, one for each row. It is a model's, so
it knows nothing of a samples axis.
Read afterwards: minidgm/discrete/dequantize.py.
"""

import autograd.numpy as np
from autograd.scipy.special import logsumexp


def dequantize(y, u):
    """Turn levels into points of their cells.

    The cell of the level y is [y, y + 1): it begins at y, as on the slide. The noise decides the precision: models are
    trained in float32, and integer plus float32 would become float64 without a word.

        x = y + u

    y: (n, m), integers of any kind or floats that hold integers; u: (n, m) or (samples, n, m), each in [0, 1).
    Returns x in the shape and dtype of u.

    >>> dequantize(np.array([[3, 0]]), np.array([[0.25, 0.5]]))
    array([[3.25, 0.5 ]])
    """
    return y.astype(u.dtype) + u


def uniform_bound(y, u, log_p):
    """Estimate E_u log p(y + u), the lower bound on log P(y), from given noise.

    This is what one minimizes (with one sample) and reports (with many). It is equal to log P(y) only where the density
    is flat on the cell: the bound rewards a density that is, which smooth models find hard.

        E_u log p(y + u)  ≈  (1 / samples) Σ_s log p(y + u_s)

    y: (n, m) integers; u: (samples, n, m); log_p: (rows, m) -> (rows,).
    Returns (n,), one number per object, in nats and in the dtype of log_p's values.

    One object, two samples, p(x) = e^{−x} for x > 0: −log p is 2.25 and 2.75.

    >>> uniform_bound(np.array([[2]]), np.array([[[0.25]], [[0.75]]]), lambda x: -x[:, 0])
    array([-2.5])
    """
    samples, n, m = u.shape
    log_p_x = np.reshape(log_p(np.reshape(dequantize(y, u), (-1, m))), (samples, n))
    return np.sum(log_p_x, axis=0) / samples  # autograd's gradient of np.mean would be float64


def discrete_log_prob(y, log_p, points):
    """Compute log P(y) by the midpoint rule, the truth that the bound is measured against.

    In one or two dimensions the integral over the cell can be had without randomness: cut every axis of the unit cube
    into `points` equal parts and take the density at the middle of each little cube. Densities such as e^{−2000} must
    do no harm.

        u on each axis: 1/2, 3/2, 5/2, ... in units of 1/points
        log P(y) ≈ log Σ p(y + u) · (volume of a little cube), the sum over the points^m little cubes

    y: (n, m) integers, m = 1 or 2; log_p: (rows, m) -> (rows,); points: on each axis. Returns (n,), in nats.

    The same p(x) = e^{−x}: P(2) = e^{−2} − e^{−3}, whose logarithm is −2.458675. A hundred points come close.

    >>> np.round(discrete_log_prob(np.array([[2]]), lambda x: -x[:, 0], 100), 4)
    array([-2.4587])
    """
    n, m = y.shape
    axis = (np.arange(points) + 0.5) / points
    u = np.stack(np.meshgrid(*[axis] * m, indexing="ij"), axis=-1).reshape(-1, 1, m)  # (points^m, 1, m)
    log_p_x = log_p((y + u).reshape(-1, m)).reshape(-1, n)  # (points^m, n)
    return logsumexp(log_p_x, axis=0) - m * np.log(points)
