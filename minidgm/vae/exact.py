"""VAEs whose evidence is known exactly: what bounds and gaps are measured against.

The linear-Gaussian VAE (probabilistic PCA, Tipping & Bishop 1999), all in closed form:

    p(z) = N(0, I),  p(x|z) = N(W z + b, s² I)
    p(x) = N(b, W Wᵀ + s² I)
    p(z|x) = N(P⁻¹ Wᵀ (x − b)/s², P⁻¹)  with the precision  P = I + WᵀW/s²
    the best diagonal Gaussian q has the same mean and σ_j² = 1/P_jj;  its gap is ½ (Σ_j log P_jj − log det P)

Any VAE with z on the line or in the plane, by quadrature: log p(x) = log Σ_grid p(x, z) Δ, and p(z|x) on the grid.
Lab posterior.
"""

import math

import autograd.numpy as np
from numpy import ndarray
from numpy.random import Generator

from minidgm.errors import check_array, check_number, check_whole
from minidgm.functional import HALF_LOG_2PI, logsumexp
from minidgm.vae.model import VAE


class LinearGaussianVAE:
    """The exact answers for p(z) = N(0, I), p(x|z) = N(W z + b, s² I): weight W (m, d), bias b (m,), s > 0; float64.

    Raises ValueError for other shapes.
    """

    def __init__(self, weight, bias, s: float):
        self.weight, self.bias, self.s = np.asarray(weight, np.float64), np.asarray(bias, np.float64), float(s)
        check_array("weight", self.weight, ("m", "d"))
        self.m, self.d = self.weight.shape
        check_array("bias", self.bias, (self.m,))
        check_number("s", self.s, "(0, inf)")
        self.precision = np.eye(self.d) + self.weight.T @ self.weight / self.s**2  # of p(z|x), for every x

    def log_prob(self, x: ndarray) -> ndarray:
        """The evidence log p(x) = log N(x; b, W Wᵀ + s² I): x (n, m) → (n,), in nats."""
        check_array("x", x, ("n", self.m), kinds="fiu")
        covariance = self.weight @ self.weight.T + self.s**2 * np.eye(self.m)
        centred = x - self.bias
        squares = np.sum(centred * np.linalg.solve(covariance, centred.T).T, axis=1)
        return -0.5 * (squares + np.linalg.slogdet(covariance)[1]) - self.m * HALF_LOG_2PI

    def sample(self, rng: Generator, n: int) -> ndarray:
        """n draws of x, (n, m)."""
        z = rng.standard_normal((n, self.d))
        return z @ self.weight.T + self.bias + self.s * rng.standard_normal((n, self.m))

    def posterior(self, x: ndarray) -> tuple[ndarray, ndarray]:
        """Mean (n, d) and covariance (d, d) of p(z|x); the covariance is the same for every x."""
        mean = np.linalg.solve(self.precision, self.weight.T @ (x - self.bias).T / self.s**2).T
        return mean, np.linalg.inv(self.precision)

    def gap(self, x: ndarray, mu: ndarray, covariance: ndarray) -> ndarray:
        """KL(q ‖ p(z|x)) = log p(x) − ELBO for q(z|x) = N(mu, covariance): mu (n, d), covariance (d, d) → (n,).

        The covariance may also be one for each row of x, (n, d, d).
        """
        mean, _ = self.posterior(x)
        squares = np.sum((mu - mean) * ((mu - mean) @ self.precision), axis=1)
        trace = np.sum(self.precision * covariance, axis=(-2, -1))
        log_det = np.linalg.slogdet(self.precision)[1] + np.linalg.slogdet(covariance)[1]
        return 0.5 * (trace - self.d - log_det + squares)

    def elbo(self, x: ndarray, mu: ndarray, covariance: ndarray) -> ndarray:
        """The ELBO of q(z|x) = N(mu, covariance), as reconstruction − KL(q ‖ p(z)): (n,), in nats."""
        residual = np.sum((x - self.bias - mu @ self.weight.T) ** 2, axis=1)
        spread = np.sum((self.weight @ covariance) * self.weight)
        reconstruction = -0.5 * (residual + spread) / self.s**2 - self.m * (math.log(self.s) + HALF_LOG_2PI)
        log_det = np.linalg.slogdet(covariance)[1]
        return reconstruction - 0.5 * (np.sum(mu**2, axis=1) + np.trace(covariance) - self.d - log_det)

    def best_diagonal(self, x: ndarray) -> tuple[ndarray, ndarray]:
        """Mean (n, d) and covariance (d, d) of the diagonal Gaussian with the largest ELBO."""
        return self.posterior(x)[0], np.diag(1 / np.diag(self.precision))

    def smallest_gap(self) -> float:
        """The gap of `best_diagonal`: ½ (Σ_j log P_jj − log det P), zero where P is diagonal."""
        return 0.5 * float(np.sum(np.log(np.diag(self.precision))) - np.linalg.slogdet(self.precision)[1])


# ------------------------------------------------------------------ by quadrature, for one or two latent dimensions


def grid(d: int, points: int, half_width: float) -> tuple[ndarray, float]:
    """The midpoints of `points`^d cells over [−half_width, half_width]^d, (points^d, d), and log of a cell's volume."""
    if d not in (1, 2):
        raise ValueError(f"d: a grid has 1 or 2 dimensions, got {d}")
    check_whole("points", points, 1)
    check_number("half_width", half_width, "(0, inf)")
    side = 2 * half_width / points
    line = -half_width + side * (np.arange(points) + 0.5)
    axes = np.meshgrid(*[line] * d, indexing="ij")
    return np.stack([axis.ravel() for axis in axes], axis=1), d * math.log(side)


def grid_log_joint(model: VAE, x: ndarray, points: int = 200, half_width: float = 6.0, centre=0.0) -> ndarray:
    """log p(x_i, z) + log Δ at every point of the grid: (n, points^d), whose logsumexp over the grid is log p(x_i).

    centre: the middle of the grid, a number or (d,).
    """
    dtype = model.posterior.mu_log_sigma(x[:1])[0].dtype
    z, log_cell = grid(latent_dimensions(model), points, half_width)
    z = (z + centre).astype(dtype)
    log_prior = model.prior.log_prob(z) + log_cell
    rows = [model.decoder.log_prob(np.repeat(row[None], len(z), axis=0), z) + log_prior for row in x]
    return np.stack(rows) if rows else np.zeros((0, len(z)), dtype)


def zoomed_log_joint(
    model: VAE, x: ndarray, points: int = 80, half_width: float = 6.0, depth: float = 30.0
) -> tuple[ndarray, ndarray]:
    """The same on a grid of its own for each row of x: its points (n, points^d, d), and log p(x_i, z) + log Δ there.

    Each grid shrinks, in a few rounds, to where log p(x_i, z) is at most `depth` nats below its highest point. So it
    is fine enough for posteriors that are narrow; one that lies between the points of the first grid, unseen, is lost.
    """
    cells, _ = grid(latent_dimensions(model), points, half_width)
    dtype = model.posterior.mu_log_sigma(x[:1])[0].dtype
    where, log_joint = np.empty((len(x), *cells.shape), dtype), np.empty((len(x), len(cells)), dtype)
    for i, row in enumerate(x):
        centre, width, wider = np.zeros(cells.shape[1]), half_width, math.inf
        while width < 0.7 * wider:
            where[i] = centre + cells * (width / half_width)
            log_joint[i] = grid_log_joint(model, row[None], points, width, centre)[0]
            high = where[i][log_joint[i] > log_joint[i].max() - depth]
            low, top = high.min(axis=0), high.max(axis=0)
            centre, wider = (low + top) / 2, width
            width = float(np.max(top - low)) / 2 + 2 * width / points
    return where, log_joint


def latent_dimensions(model: VAE) -> int:
    """How many dimensions z has."""
    return model.prior.sample(np.random.default_rng(0), 1).shape[1]


def grid_log_prob(model: VAE, x: ndarray, points: int = 200, half_width: float = 6.0) -> ndarray:
    """log p(x) by the midpoint rule: x (n, m) → (n,), in nats; exact as far as the grid is wide and fine enough."""
    return logsumexp(grid_log_joint(model, x, points, half_width), axis=1)
