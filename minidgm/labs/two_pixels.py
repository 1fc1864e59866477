"""Two pixels whose density is known, and with it log P(y) and the noise's posterior: the start of the lab dequantize.

And one pixel, for a picture: levels, cells, a density.
"""

import numpy

from minidgm.data import Banana
from minidgm.discrete import discrete_log_prob
from minidgm.distributions import Normal
from minidgm.functional import normal_cdf


class TwoPixels:
    """The banana density, moved so that two pixels have levels in 0..6 (nearly always): smooth, steep in its cells."""

    levels = 7

    def sample(self, rng, n):
        return Banana().sample(rng, n) + self.corner(numpy.float32)

    def log_prob(self, x):
        return Banana().log_prob(x - self.corner(x.dtype))

    def corner(self, dtype):
        return numpy.array([3.5, 1.5], dtype)

    def draws(self):
        """Levels of two pixels, (n, 2), all in 0..6."""
        y = numpy.floor(self.sample(numpy.random.default_rng(0), 20_000)).astype(numpy.int32)
        return y[numpy.all((y >= 0) & (y < self.levels), axis=1)]

    def cells(self, points: int):
        """All cells that ever occur (n, 2), log P of each, and P normalized over them."""
        cells = numpy.unique(self.draws(), axis=0).astype(numpy.float64)
        exact = discrete_log_prob(self, cells, points)
        return cells, exact, numpy.exp(exact) / numpy.exp(exact).sum()


def by_cell(estimate, cells, p, draws: int) -> float:
    """The mean of estimate(y) over cells with probabilities p, each with rows in proportion."""
    counts = numpy.rint(numpy.maximum(p, 1e-3) * draws).astype(int) + 2
    values = numpy.split(estimate(numpy.repeat(cells, counts, axis=0)), numpy.cumsum(counts)[:-1])
    return float(p @ [value.mean() for value in values])


def line_of_cells() -> dict:
    """A picture in one dimension: levels, cells, a density with the same P(y)."""
    weights, mu, sigma, levels = numpy.array([0.6, 0.4]), numpy.array([2.2, 5.0]), numpy.array([0.9, 0.5]), 7
    ends = numpy.arange(levels + 1.0)
    P = numpy.diff(normal_cdf((ends[:, None] - mu) / sigma) @ weights)
    x = numpy.linspace(0, levels, 701)
    density = numpy.exp(Normal(mu, sigma).log_prob(x[:, None])) @ weights
    return {"P": P, "x": x, "density": density}


def noise_densities(model, noises: dict, cells, log_p) -> dict:
    """Name → densities over the unit square, one per cell: the exact posterior p(u|y) = p(y + u) / P(y), and each q."""
    u = (numpy.arange(60) + 0.5) / 60
    grid = numpy.stack(numpy.meshgrid(u, u, indexing="ij"), axis=-1).reshape(-1, 2)
    tiled = [numpy.tile(y, (len(grid), 1)) for y in cells]
    panels = {"p(u|y), exact": [numpy.exp(model.log_prob(y + grid) - value) for y, value in zip(tiled, log_p)]}
    for name in ("variational", "flow"):
        panels[f"q(u|y), {name}"] = [numpy.exp(noises[name].log_prob(grid, y)) for y in tiled]
    return {name: numpy.reshape(values, (-1, 60, 60)) for name, values in panels.items()}
