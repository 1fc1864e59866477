"""Densities in the plane that can be sampled, drawn, and evaluated exactly: what a flow learns can be compared.

Each class has `sample(rng, n)`, (n, 2) float32, and `log_prob(x)`, (n,) in nats, of the dtype of x. A model's best
possible test log-likelihood is the mean of the true `log_prob` over the test points. Lab `tour`.

    Moons          p(x) = ½ Σ_k 1/π ∫₀^π N(x; c_k(t), s² I) dt      two half circles in a Gaussian blur
    Banana         x_1 ~ N(0, 1), x_2 ~ N((x_1² − 1)/2, 0.3²)       one affine autoregressive step
    Pinwheel       v ~ N((1, 0), diag(0.3², 0.1²)), then turned by an angle that grows with |v|
    Checkerboard   uniform on the eight dark squares of a 4×4 board
    Picture        proportional to the grey level of the pixel under x
"""

import math
from pathlib import Path

import autograd.numpy as np
from numpy.polynomial.legendre import leggauss

from minidgm.distributions import normal_log_prob
from minidgm.errors import UserError, check_number
from minidgm.files import existing_file
from minidgm.functional import HALF_LOG_2PI, logsumexp


class Moons:
    """Two interleaved half circles of radius 1 with Gaussian noise s = 0.1 around them."""

    noise = 0.1
    nodes = 100  # Gauss-Legendre points on each half circle: at this noise the integral is exact to 1e-12

    def _half_circles(self, t):
        """Both curves at the angles t in [0, π]: (2, len(t), 2)."""
        upper = np.stack([np.cos(t), np.sin(t)], axis=-1)
        return np.stack([upper, np.array([1.0, 0.5]) - upper])

    def sample(self, rng, n):
        """n points, (n, 2) float32."""
        t, moon = rng.uniform(0, math.pi, n), rng.integers(0, 2, n)
        x = self._half_circles(t)[moon, np.arange(n)] + self.noise * rng.standard_normal((n, 2))
        return x.astype(np.float32)

    def log_prob(self, x):
        """The log-density at x (n, 2): the integral over the angle by Gauss-Legendre quadrature, (n,)."""
        x = _points(x)
        t, weight = leggauss(self.nodes)  # on [−1, 1], weights that sum to 2
        centres = self._half_circles((t + 1) * (math.pi / 2)).reshape(-1, 2).astype(x.dtype)
        log_weight = np.log(np.tile(weight, 2) / 4).astype(x.dtype)  # half of each moon, weights that sum to 1
        squares = np.sum((x[:, None, :] - centres) ** 2, axis=2)  # (n, 2 · nodes)
        log_normal = -squares / (2 * self.noise**2) - 2 * (math.log(self.noise) + HALF_LOG_2PI)
        return logsumexp(log_weight + log_normal, axis=1)


class Banana:
    """A Gaussian bent along a parabola: x_1 = z_1, x_2 = (z_1² − 1)/2 + 0.3 z_2."""

    sigma = 0.3

    def sample(self, rng, n):
        """n points, (n, 2) float32."""
        z = rng.standard_normal((n, 2))
        return np.stack([z[:, 0], (z[:, 0] ** 2 - 1) / 2 + self.sigma * z[:, 1]], axis=1).astype(np.float32)

    def log_prob(self, x):
        """The log-density at x (n, 2): log N(z_1) + log N(z_2) − log 0.3, (n,)."""
        x = _points(x)
        z_2 = (x[:, 1] - (x[:, 0] ** 2 - 1) / 2) / self.sigma
        return normal_log_prob(x[:, 0], 0.0) + normal_log_prob(z_2, math.log(self.sigma))


class Pinwheel:
    """Five arms: v ~ N((1, 0), diag(0.3², 0.1²)), turned by 2πk/5 + e^{|v|}/4 with k drawn uniformly.

    After Johnson et al. (2016), whose angle grows with v_1. With |v| the turn keeps areas: in polar coordinates it maps
    (r, φ) to (r, φ + a(r)), a triangular Jacobian with ones on its diagonal; so log|det| = 0, and turning is exact.
    """

    arms, rate = 5, 0.25
    mean, sigma = (1.0, 0.0), (0.3, 0.1)

    def _turn(self, v, k, sign):
        """v (n, 2) turned by sign · (2πk/5 + e^{|v|}/4)."""
        angle = sign * (2 * math.pi / self.arms * k + self.rate * np.exp(np.sqrt(np.sum(v**2, axis=1))))
        cos, sin = np.cos(angle), np.sin(angle)
        return np.stack([cos * v[:, 0] - sin * v[:, 1], sin * v[:, 0] + cos * v[:, 1]], axis=1)

    def sample(self, rng, n):
        """n points, (n, 2) float32."""
        v = np.array(self.mean) + np.array(self.sigma) * rng.standard_normal((n, 2))
        return self._turn(v, rng.integers(0, self.arms, n), +1).astype(np.float32)

    def log_prob(self, x):
        """The log-density at x (n, 2): logsumexp over the arms of log N(v_k) − log 5, x turned back to v_k, (n,)."""
        x = _points(x)
        log_normal = []
        for k in range(self.arms):
            v = self._turn(x, k, -1)
            eps = [(v[:, j] - self.mean[j]) / self.sigma[j] for j in (0, 1)]
            log_normal.append(sum(normal_log_prob(eps[j], math.log(self.sigma[j])) for j in (0, 1)))
        return logsumexp(np.stack(log_normal), axis=0) - math.log(self.arms)


class Picture:
    """A 2-d histogram drawn from a picture: bright pixels are dense, black ones empty.

    `image` is a 2-d array of grey levels ≥ 0, the top row first, or the path of a PNG file. Pixels are squares, and the
    longer side of the picture spans [−half_width, half_width].
    """

    def __init__(self, image, half_width=1.0):
        image = _read_png(image) if isinstance(image, str | Path) else np.asarray(image, dtype=np.float64)
        if image.ndim != 2 or image.size == 0:
            raise ValueError(f"image: expected a 2-d array of grey levels, got shape {image.shape}")
        if not (np.all(np.isfinite(image)) and np.min(image) >= 0 and np.max(image) > 0):
            raise ValueError("image: expected grey levels that are finite, not negative, and not all zero")
        check_number("half_width", half_width, "(0, inf)")
        self.prob = image / np.sum(image)  # of each pixel
        self.side = 2 * half_width / max(image.shape)  # of a pixel
        self.corner = (-image.shape[1] * self.side / 2, image.shape[0] * self.side / 2)  # the upper left one

    def sample(self, rng, n):
        """n points, (n, 2) float32: a pixel by its probability, then a uniform place in it."""
        row, column = np.divmod(rng.choice(self.prob.size, n, p=self.prob.ravel()), self.prob.shape[1])
        margin = 2.0**-22 * max(self.prob.shape)  # so that rounding to float32 cannot move a point into the next pixel
        u = np.clip(rng.random((2, n)), margin, 1 - margin)
        x = [self.corner[0] + (column + u[0]) * self.side, self.corner[1] - (row + u[1]) * self.side]
        return np.stack(x, axis=1).astype(np.float32)

    def log_prob(self, x):
        """The log-density at x (n, 2): log of the pixel's probability over its area, −inf outside, (n,)."""
        x = _points(x)
        column = np.floor((x[:, 0] - self.corner[0]) / self.side)
        row = np.floor((self.corner[1] - x[:, 1]) / self.side)
        inside = (row >= 0) & (row < self.prob.shape[0]) & (column >= 0) & (column < self.prob.shape[1])
        prob = np.zeros(len(x), x.dtype)
        prob[inside] = self.prob[row[inside].astype(int), column[inside].astype(int)]
        with np.errstate(divide="ignore"):  # log 0 = −inf is the answer on a black pixel
            return np.log(prob) - 2 * math.log(self.side)


class Checkerboard(Picture):
    """Uniform on the eight dark squares, of side 1, of a 4×4 board over [−2, 2]²: log p = −log 8 there."""

    def __init__(self):
        super().__init__(np.indices((4, 4)).sum(axis=0) % 2, half_width=2.0)


# Points without a density in hand: moons(rng, n) is (n, 2) float32, and so are the others.
moons, banana, pinwheel, checkerboard = (density().sample for density in (Moons, Banana, Pinwheel, Checkerboard))


def _points(x):
    if np.ndim(x) != 2 or np.shape(x)[1] != 2:
        raise ValueError(f"x: expected shape (n, 2), got {np.shape(x)}")
    return x


def _read_png(path):
    """The grey levels of a PNG file: the mean of its colours, times its opacity."""
    from matplotlib.image import imread  # here, because most of a session never needs it

    path = existing_file(path)
    try:
        image = imread(path, format="png").astype(np.float64)
    except Exception as error:  # PIL has an exception of its own for each way a file can be broken
        raise UserError(f"{path}: not a PNG file, or a damaged one") from error
    if image.ndim == 2:
        return image
    opacity = image[:, :, 3] if image.shape[2] == 4 else 1.0
    return image[:, :, :3].mean(axis=2) * opacity
