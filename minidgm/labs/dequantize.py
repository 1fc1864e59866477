"""Rows 10, 11 and 12: uniform ≤ variational ≤ flow dequantization ≤ exact log P(y).

On two pixels, where log P(y) and every KL are known by quadrature: the bounds of one fixed density, each gap beside the
KL(q(u|y) ‖ p(u|y)) that it should be, and the two densities of the slide drawn. On the images: a RealNVP trained with
uniform noise and held fixed while variational and flow noise are fitted to it (one model, so one P(y) under three
bounds, and importance-weighted ones); then each noise trained together with a RealNVP of its own. The digits take
five minutes on one core. With --mine the bounds are yours (exercises 14 and 15).
"""

from collections.abc import Callable
from typing import NamedTuple

import autograd.numpy as np
import numpy

from minidgm.data import Banana, load_images
from minidgm.discrete import (
    FlowDequantizer,
    UniformDequantizer,
    VariationalDequantizer,
    bits_per_dim,
    dequantization_bound,
    discrete_log_prob,
    importance_weighted_bound,
    noise_posterior_kl,
)
from minidgm.discrete.dequantize import dequantize
from minidgm.distributions import StandardNormal
from minidgm.flows import AffineCoupling, Chain, FlowModel, Logit, checkerboard_mask, real_nvp
from minidgm.labs import Options, mine
from minidgm.labs.report import Report, mean_and_error
from minidgm.optim import Adam, warmup_cosine
from minidgm.plots.discrete import noise_figure, slide_figure
from minidgm.tensor import Module
from minidgm.train import train

NAMES = ("uniform", "variational", "flow")


def run(report: Report, options: Options) -> None:
    """Two pixels, then images."""
    report.say("Rows 10–12: uniform ≤ variational ≤ flow dequantization ≤ log P(y); each gap is KL(q(u|y) ‖ p(u|y))")
    bounds = my_bounds() if options.mine else ENGINE
    two_pixels(report, options, bounds)
    on_images(report, options, bounds)


class Bounds(NamedTuple):
    """The two bounds, each (model, noise, y, rng, samples) → (n,): the engine's, or a student's."""

    bound: Callable
    importance: Callable


ENGINE = Bounds(dequantization_bound, importance_weighted_bound)


def my_bounds() -> Bounds:
    """The bounds of exercises 14 and 15, for the same arguments."""
    uniform, variational = mine.load("ex14_uniform_dequantization"), mine.load("ex15_variational_dequantization")

    def draws(noise, y, rng, samples):
        pairs = [noise.draw(rng, y) for _ in range(samples)]
        return np.stack([u for u, _ in pairs]), np.stack([log_q for _, log_q in pairs])

    def bound(model, noise, y, rng, samples=1):
        u, log_q = draws(noise, y, rng, samples)
        if isinstance(noise, UniformDequantizer):
            return uniform.uniform_bound(y, u, model.log_prob)
        return variational.variational_bound(y, u, log_q, model.log_prob)

    def importance(model, noise, y, rng, samples):
        return variational.importance_bound(y, *draws(noise, y, rng, samples), model.log_prob)

    return Bounds(bound, importance)


def make_noise(name: str, m: int, levels: int, width: int, layers: int, rng, masks=None):
    """The noise by name. The flow's first layer is the variational noise, μ(y) + σ(y) ε; couplings follow."""
    if name == "uniform":
        return UniformDequantizer()
    if name == "variational":
        return VariationalDequantizer(m, (width,), levels, rng)
    first = AffineCoupling(m, (width,), rng, mask=numpy.zeros(m, bool), context=m)
    couplings = real_nvp(m, layers, (width,), rng, masks, context=m).flows
    return FlowDequantizer(Chain([*couplings, first]), levels)


# ------------------------------------------------------------------ two pixels


class TwoPixels:
    """The banana density, moved so that two pixels have levels in 0..6 (nearly always): smooth, steep in its cells."""

    levels = 7

    def sample(self, rng, n):
        return Banana().sample(rng, n) + self.corner(numpy.float32)

    def log_prob(self, x):
        return Banana().log_prob(x - self.corner(x.dtype))

    def corner(self, dtype):
        return numpy.array([3.5, 1.5], dtype)


def two_pixels(report: Report, options: Options, bounds: Bounds) -> None:
    """Fit each noise to one density, and compare its gap with the KL by quadrature."""
    model, rng = TwoPixels(), numpy.random.default_rng(0)
    steps, draws, points = (100, 1000, 12) if options.quick else (4000, 300_000, 128)
    y = numpy.floor(model.sample(rng, 20_000)).astype(numpy.int32)
    cells = numpy.unique(y, axis=0).astype(numpy.float64)
    exact = discrete_log_prob(model, cells, points)
    p, rows, noises, values = numpy.exp(exact) / numpy.exp(exact).sum(), [], {}, {}
    for name in NAMES:
        noise = make_noise(name, 2, model.levels, 32, 4, rng)
        if name != "uniform":
            fit(noise, lambda noise, y, rng: -np.mean(bounds.bound(model, noise, y, rng, 1)), y, None, steps, rng, name)
            noise = noise.astype(numpy.float64)
        mean, error = by_cell(lambda y, noise=noise: bounds.bound(model, noise, y, rng, 20), cells, p, draws)
        kl = float(p @ noise_posterior_kl(model, noise, cells, points))
        noises[name], values[name] = noise, mean
        rows.append((name, mean, f"{p @ exact - mean:.4f} ± {error:.4f}", f"{kl:.4f}"))
    for k in (10, 100):
        tighter = lambda y, k=k: bounds.importance(model, noises["uniform"], y, rng, k)  # noqa: E731
        mean, error = by_cell(tighter, cells, p, draws // k)
        rows.append((f"uniform, importance-weighted, K = {k}", mean, f"{p @ exact - mean:.4f} ± {error:.4f}", ""))
    rows.append(("exact, by quadrature", float(p @ exact), "0", ""))
    header = ("noise", "bound, nats", "gap to exact", "KL by quadrature")
    report.table("two_pixels", header, rows, f"Two pixels, {len(cells)} cells, one density, mean over P(y)")
    report.say("On two pixels: " + ordering(values, p @ exact))
    report.figure("slide", slide_figure(model, model.levels))
    chosen = cells[numpy.argsort(exact)[::-1][[0, 3, 8]]]
    report.figure("noise", noise_figure(model, noises, chosen, discrete_log_prob(model, chosen, points)))


def by_cell(estimate, cells, p, draws: int):
    """The mean of estimate(y) over cells with probabilities p, each with rows in proportion, and its standard error."""
    counts = numpy.rint(numpy.maximum(p, 1e-3) * draws).astype(int) + 2
    values = numpy.split(estimate(numpy.repeat(cells, counts, axis=0)), numpy.cumsum(counts)[:-1])
    mean = p @ [v.mean() for v in values]
    return float(mean), float(numpy.sqrt(p**2 @ [v.var(ddof=1) / len(v) for v in values]))


# ------------------------------------------------------------------ images


class Pair(Module):
    """A model and the noise it is trained with."""

    def __init__(self, model, noise):
        self.model, self.noise = model, noise


def on_images(report: Report, options: Options, bounds: Bounds) -> None:
    """The same model under three noises, then each noise with a model of its own."""
    images = load_images(options.data)
    steps, samples, K = (40, 2, 4) if options.quick else (2000, 20, 64)
    data = [part.y[:limit] for part, limit in ((images.train, 20_000), (images.validation, 1000), (images.test, 500))]
    fixed, together = ({name: [] for name in NAMES} for _ in range(2))
    for seed in range(options.seeds):
        for name, pair, apart in train_all(images, data, steps, seed, bounds):
            rng, m = numpy.random.default_rng(1000 + seed), data[2].shape[1]
            bound = numpy.mean(bounds.bound(pair.model, pair.noise, data[2], rng, samples))
            tighter = numpy.mean(bounds.importance(pair.model, pair.noise, data[2], rng, K))
            (fixed if apart else together)[name].append(bits_per_dim(numpy.array([bound, tighter], float), m))
    together["uniform"] = fixed["uniform"]
    titles = {"fixed": "One RealNVP, trained with uniform noise, under three noises fitted to it"}
    titles["together"] = "A RealNVP for each noise, trained together"
    for name, results in (("fixed", fixed), ("together", together)):
        rows = [(noise, *map(mean_and_error, numpy.transpose(results[noise]))) for noise in NAMES]
        header = ("noise", "test bits/dim, at most", f"importance-weighted, K = {K}")
        report.table(name, header, rows, f"{titles[name]}, {options.seeds} seeds")
        report.say(f"{titles[name].split(',')[0]}: " + differences(results))


def train_all(images, data, steps: int, seed: int, bounds: Bounds):
    """Train everything of one seed; yields (noise, pair, whether its model is the one trained with uniform noise)."""
    y, validation, _ = data
    rng, m = numpy.random.default_rng(seed), y.shape[1]
    white = checkerboard_mask(*images.shape)
    masks = [white, ~white]
    new_noise = lambda name: make_noise(name, m, images.levels, 128, 4, rng, masks)  # noqa: E731

    def loss(pair, y, rng):
        return -np.mean(bounds.bound(pair.model, pair.noise, y, rng, 1)) / m

    layers = real_nvp(m, 4, (64,), rng, masks).flows
    model = FlowModel(Chain([Logit(0.05, levels=images.levels), *layers]), StandardNormal(m))
    model.initialize(dequantize(y, UniformDequantizer().draw(rng, y)[0]))
    pairs = {name: Pair(model.copy(), new_noise(name)) for name in NAMES}
    for name, pair in pairs.items():
        fit(pair, loss, y, validation, steps, rng, f"{name} noise, seed {seed}")
        yield name, pair, name == "uniform"
    model = pairs["uniform"].model
    for name in NAMES[1:]:
        noise = new_noise(name)
        alone = lambda noise, y, rng: loss(Pair(model, noise), y, rng)  # noqa: E731
        fit(noise, alone, y, validation, 3 * steps, rng, f"{name} noise alone, seed {seed}")  # it converges slowly
        yield name, Pair(model, noise), True


def fit(model, loss, y, validation, steps: int, rng, name: str) -> None:
    """Adam along a whole cosine: noise gains most at its end; the best on the validation images, if any, is kept."""
    train(model, loss, y, rng, steps=steps, batch=128, validation=validation, every=max(steps // 20, 1),
          optimizer=Adam(warmup_cosine(3e-3, steps // 20, steps)), clip=10.0, average=0.98, name=name)  # fmt: skip


# ------------------------------------------------------------------ what the numbers say


def ordering(values: dict, exact: float) -> str:
    """Whether uniform ≤ variational ≤ flow ≤ exact, with the numbers."""
    numbers = [*(values[name] for name in NAMES), exact]
    chain = " ≤ ".join(f"{name} {value:.4f}" for name, value in zip((*NAMES, "exact"), numbers))
    return chain + "." if numbers == sorted(numbers) else f"{chain} does NOT hold; these are the numbers."


def differences(results: dict) -> str:
    """The steps from noise to noise, and to the importance-weighted bound, in bits/dim, seed by seed."""
    bits = {name: numpy.array(values) for name, values in results.items()}  # (seeds, 2)
    parts = []
    for before, after in zip(NAMES[:-1], NAMES[1:]):
        parts.append(f"{before} − {after} = {judged(bits[before][:, 0] - bits[after][:, 0])}")
    tighter = numpy.concatenate([values[:, 0] - values[:, 1] for values in bits.values()])
    return "; ".join(parts) + f"; importance weighting gains {tighter.min():.3f} to {tighter.max():.3f}."


def judged(delta) -> str:
    """Mean ± standard error of differences that should be ≥ 0, and whether they are."""
    error = delta.std(ddof=1) / numpy.sqrt(len(delta)) if len(delta) > 1 else 0.0
    sure = "too small to tell"
    if abs(delta.mean()) > 2 * error:
        sure = "as expected" if delta.mean() > 0 else "NOT as expected"
    return f"{mean_and_error(delta)} bits/dim ({sure})"
