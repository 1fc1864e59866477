"""Exercise 25: the price of preprocessing (Dinh et al. 2017, RealNVP; Papamakarios et al. 2017, MAF).

Every flow on images starts with the same four steps. Each one stretches space, so each one costs or earns bits, and a
constant that was forgotten makes a paper's bits/dim incomparable with all others: the commonest error in published
flows. Which unit the pixels were in, and which alpha was chosen, may not change the number of bits an image needs.

    levels y = 0..L−1   →   y + u   →   x = (y + u)/L   →   s = α + (1 − 2α) x   →   z = logit(s) = log s − log(1 − s)

    log dz/d(y + u) = log(1 − 2α) − log L − log s − log(1 − s)        for each dimension; the sum over all m is log_det

In bits/dim: the division by L = 256 is worth 8, the squeeze with α = 0.05 0.15, and the logit depends on the image.
Throughout, 0 < alpha < ½, and log_det is that of the map just applied, in nats. (Mind: np.log of a number is a float64
number, and turns float32 arrays it meets into float64, as integers do; float(np.log(levels)) doesn't.)
Read afterwards: minidgm/flows/elementwise.py (Logit).
"""

import autograd.numpy as np


def to_latent(y, u, levels, alpha):
    """Turn levels into points that a flow likes: continuous, and spread over the whole line.

    The noise fills the cells, dividing brings all to [0, 1], and the logit opens the interval. It is infinite at 0 and
    1, so the interval is squeezed a little first: by alpha on each side.

        x = (y + u)/levels,   s = α + (1 − 2α) x,   z = log s − log(1 − s)
        log_det = Σ_j [log(1 − 2α) − log(levels) − log s_j − log(1 − s_j)]

    y: (n, m) integers 0..levels−1; u: (n, m) in [0, 1); levels: a whole number; alpha: a number.
    Returns z (n, m) and log_det (n,) = log|det ∂z/∂(y + u)|, both of the dtype of u.

    One pixel y = 1 of 4 levels, u = 0, alpha = 0.1: x = 0.25, s = 0.3, z = log(0.3/0.7) and dz/d(y + u) =
    0.8/4/(0.3·0.7) = 0.952.

    >>> z, log_det = to_latent(np.array([[1]]), np.array([[0.0]]), 4, 0.1)
    >>> print(z, log_det)
    [[-0.84729786]] [-0.04879016]
    """
    x = (y.astype(u.dtype) + u) / levels
    s = alpha + (1 - 2 * alpha) * x
    z = np.log(s) - np.log(1 - s)
    slope = float(np.log(1 - 2 * alpha) - np.log(levels)) - np.log(s) - np.log(1 - s)
    return z, np.sum(slope, axis=1)


def to_levels(z, levels, alpha):
    """Turn a flow's sample back into levels: every step undone, in the opposite order, and the noise thrown away.

    A widely used tutorial forgot one step here, the squeeze, and blamed the difference on rounding. A flow may also put
    z where no pixel is (s below alpha, or above 1 − alpha): the nearest level is meant then.

        s = sigmoid(z),   x = (s − α)/(1 − 2α),   y = the whole part of levels · x, kept within 0..levels−1
        log_det = Σ_j [log s_j + log(1 − s_j) + log(levels) − log(1 − 2α)]

    z: (n, m); levels, alpha: as for to_latent.
    Returns y (n, m), whole numbers, and log_det (n,) = log|det ∂(y + u)/∂z|, the log-determinant before the noise is
    thrown away, of the dtype of z. At z = ±1000 the slope of the sigmoid is no float any more; its logarithm is −1000.

    >>> y, log_det = to_levels(np.array([[-0.84729786]]), 4, 0.1)
    >>> print(int(y[0, 0]), log_det)
    1 [0.04879016]
    """
    e = np.exp(-np.abs(z))
    s = np.where(z > 0, 1 / (1 + e), e / (1 + e))
    x = (s - alpha) / (1 - 2 * alpha)
    y = np.clip(np.floor(levels * x), 0, levels - 1)
    slope = -np.abs(z) - 2 * np.log1p(e) + float(np.log(levels) - np.log(1 - 2 * alpha))  # log s + log(1 − s), safely
    return y, np.sum(slope, axis=1)


def bits_per_dim_of(log_p_z, log_det, m):
    """Compute the bits per dimension of the levels from a density of z.

    The density of y + u is that of z times |det|, and a code's length is minus the logarithm of the density.

        log p(y + u) = log p(z) + log_det            bits/dim = −log p(y + u) / (m log 2)

    log_p_z: (n,), log p(z) in nats; log_det: (n,), of to_latent; m: how many dimensions.
    Returns (n,), one number per object, in the dtype of log_p_z.

    >>> bits_per_dim_of(np.array([-10.0]), np.array([-6.0]), 4)
    array([5.77078016])
    """
    return -(log_p_z + log_det) / (m * float(np.log(2)))
