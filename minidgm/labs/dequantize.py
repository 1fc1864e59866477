"""Rows 10, 11 and 12: uniform ≤ variational ≤ flow dequantization ≤ exact log P(y).

On two pixels, where log P(y) and every KL are known by quadrature: the bounds of one fixed density, each gap beside the
KL(q(u|y) ‖ p(u|y)) that it should be. Then images: noise is inference, as a VAE's encoder is. A RealNVP is trained with
uniform noise and held, and q(u|y) is fitted to the images that are evaluated: from the uniform, which a logistic base
starts as, to variational noise, and from there to a flow, with as many further steps for both. Last, noise trained
together with the model, where the images are few: what it gains on training images is not gained on others. With --mine
the bounds are yours (exercises 14 and 15).
"""

from collections.abc import Callable
from typing import NamedTuple

import autograd.numpy as np
import numpy

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
from minidgm.distributions import Logistic, Normal, StandardNormal
from minidgm.flows import AffineCoupling, Chain, FlowModel, Logit, checkerboard_mask, real_nvp
from minidgm.labs import Options, Part, mine
from minidgm.labs.images import images_for, varying
from minidgm.labs.judge import agrees, every, mean_and_error, positive, signed, told
from minidgm.labs.report import Report
from minidgm.labs.timing import announce
from minidgm.labs.training import fit, noisy
from minidgm.labs.two_pixels import TwoPixels, by_cell, line_of_cells, noise_densities
from minidgm.plots.discrete import cells_figure, chain_figure, noise_figure, slide_figure
from minidgm.tensor import Module


class Bounds(NamedTuple):
    """The two bounds, each (model, noise, y, rng, samples) → (n,): the engine's, or a student's."""

    bound: Callable
    importance: Callable


ENGINE = Bounds(dequantization_bound, importance_weighted_bound)


def bounds_of(options: Options) -> Bounds:
    """The engine's, or those of exercises 14 and 15, for the same arguments."""
    if not options.mine:
        return ENGINE
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


# ------------------------------------------------------------------ row 10: two pixels, uniform noise


def uniform_noise(report: Report, options: Options) -> None:
    """Row 10: the gap of the uniform bound is KL(U ‖ p(u|y))."""
    bounds, model, noise = bounds_of(options), TwoPixels(), UniformDequantizer()
    points, draws = (12, 1000) if options.quick else (64, 100_000)
    cells, exact, p = model.cells(points)
    kl, gaps, weighted = float(p @ noise_posterior_kl(model, noise, cells, points)), [], {1: [], 10: [], 100: []}
    for seed in range(options.seeds):
        rng = numpy.random.default_rng(seed)
        gaps.append(
            float(p @ exact) - by_cell(lambda y, rng=rng: bounds.bound(model, noise, y, rng, 20), cells, p, draws)
        )
        for k, found in weighted.items():
            bound = by_cell(lambda y, rng=rng, k=k: bounds.importance(model, noise, y, rng, k), cells, p, draws // k)
            found.append(float(p @ exact) - bound)
    report.answer(
        10,
        every(agrees(gaps, kl), positive(gaps)),
        f"on two pixels the gap is {mean_and_error(gaps)} nats, KL(U ‖ p(u|y)) {kl:.5f} by quadrature; "
        f"100 importance weights leave {numpy.mean(weighted[100]):.4f}",
        number=f"gap {mean_and_error(gaps)} nats",
        truth=f"KL {kl:.5f} by quadrature",
        gaps=gaps, kl=kl, weighted=weighted,
    )  # fmt: skip
    rows = [("uniform noise", gaps), *((f"importance-weighted, K = {k}", found) for k, found in weighted.items())]
    title = f"Two pixels, {len(cells)} cells: mean log P(y) − bound, nats; KL(U ‖ p(u|y)) = {kl:.5f}"
    report.table("uniform", ("bound", "gap"), rows, title)
    line = line_of_cells()
    report.figure("cells", cells_figure(**line), **line)
    u = (numpy.arange(40 * model.levels) + 0.5) / 40
    grid = numpy.stack(numpy.meshgrid(u, u, indexing="ij"), axis=-1).reshape(-1, 2)
    smooth = numpy.exp(model.log_prob(grid)).reshape(len(u), len(u))
    report.figure("slide", slide_figure(smooth, model.levels), density=smooth)


# ------------------------------------------------------------------ rows 11 and 12: learned noise


def learned_noise(report: Report, options: Options) -> None:
    """Rows 11 and 12: variational noise and a flow's, exact on two pixels, and fitted to images with θ held."""
    bounds = bounds_of(options)
    exact, noises, cells = two_pixels(options, bounds)
    chain, joint = on_images(options, bounds)
    bits = {name: numpy.array(values) for name, values in chain.items()}
    saved = bits["uniform"] - bits["variational"]
    report.answer(
        11,
        every(positive(saved), *(agrees(gaps, kl, of=len(exact)) for gaps, kl in exact.values())),
        f"with θ held, noise that starts as the uniform saves {signed(saved)} bits/dim: "
        f"{bits['variational'].mean():.3f} instead of {bits['uniform'].mean():.3f}",
        number=told(f"{mean_and_error(saved)} bits/dim saved", saved),
        saved=saved, bits=chain, two_pixels={name: gaps for name, (gaps, _) in exact.items()},
    )  # fmt: skip
    more, weights = bits["variational"] - bits["flow"], bits["flow"] - bits["flow, importance-weighted"]
    report.answer(
        12,
        every(positive(more), positive(weights), positive(numpy.subtract(exact["variational"][0], exact["flow"][0]))),
        f"on two pixels a flow closes the gap from {exact['variational'][1]:.3f} to {exact['flow'][1]:.3f} nats; on "
        f"images it saves {signed(more)} bits/dim more",
        number=told(f"{mean_and_error(more)} bits/dim saved", more),
        saved=more, weights=weights,
    )  # fmt: skip
    report.table("two_pixels", ("noise", "gap", "KL by quadrature"),
                 [(name, gaps, f"{kl:.4f}") for name, (gaps, kl) in exact.items()],
                 "Two pixels, one density: log P(y) − bound, nats")  # fmt: skip
    left_out = varying(images_for(options))[1]
    if left_out:
        report.say(f"{left_out}\n")
    report.say(
        "A normal base is not the uniform for any μ and σ: 0.279 bits/dim from it at the start, 0.0137 at best.\n"
    )
    report.table("fixed", ("noise", "test bits/dim, at most"), list(chain.items()),
                 "One RealNVP trained with uniform noise and held; noise fitted to the test images")  # fmt: skip
    header = ("noise", "train bits/dim", "test bits/dim")
    report.table("together", header, [(name, *pair.values()) for name, pair in joint.items()],
                 "A RealNVP for each noise, trained together")  # fmt: skip
    overfit = {part: numpy.subtract(joint["uniform"][part], joint["variational"][part]) for part in ("train", "test")}
    report.say(f"Trained together, variational noise saves {signed(overfit['train'])} bits/dim on training images and "
               f"{signed(overfit['test'])} on test images: {overfitting(**overfit)}\n")  # fmt: skip
    report.figure("chain", chain_figure(chain), chain=chain)
    model, log_p = TwoPixels(), discrete_log_prob(TwoPixels(), cells, 64)
    panels = noise_densities(model, noises, cells, log_p)
    report.figure("noise", noise_figure(cells, panels), **panels)


def overfitting(train, test) -> str:
    """What the two gains say."""
    if positive(train) and not positive(test):
        return "it has overfitted."
    return f"{numpy.mean(test) / numpy.mean(train):.0%} of it survives." if positive(train) else "no clear gain."


def new_noise(name: str, m: int, levels: int, width: int, rng, masks=None):
    """The noise by name; the flow's first layer is the variational noise, μ(y) + σ(y) ε, and couplings follow."""
    if name == "uniform":
        return UniformDequantizer()
    if name.startswith("variational"):
        return VariationalDequantizer(m, (width,), levels, rng, base=Normal if "normal" in name else Logistic)
    first = AffineCoupling(m, (width,), rng, mask=numpy.zeros(m, bool), context=m)
    couplings = real_nvp(m, 4, (width,), rng, masks, context=m).flows
    return FlowDequantizer(Chain([*couplings, first]), levels)


def flow_from(variational, m: int, levels: int, width: int, rng, masks=None):
    """A flow dequantizer that starts at a fitted variational one: its first layer; couplings change nothing yet."""
    noise = new_noise("flow", m, levels, width, rng, masks)
    noise.flow.flows[-1].net = variational.net.copy()
    return noise


def two_pixels(options: Options, bounds: Bounds):
    """Name → (gaps to the exact log P(y), one per seed; KL by quadrature), the noises, and three cells to draw."""
    model, rng = TwoPixels(), numpy.random.default_rng(0)
    steps, draws, points = options.size((60, 1000, 12), (600, 8000, 24), (1500, 60_000, 64))
    cells, exact, p = model.cells(points)
    y, found, noises = model.draws(), {}, {}
    for name in ("variational, normal base", "variational", "flow"):
        noise = new_noise(name, 2, model.levels, 32, rng)

        def loss(noise, y, rng):
            return -np.mean(bounds.bound(model, noise, y, rng, 1))

        fit(noise, loss, y, rng, steps=steps, batch=256, name=f"two pixels: {name}")
        noises[name] = noise.astype(numpy.float64)
        kl = float(p @ noise_posterior_kl(model, noises[name], cells, points))
        gaps = [float(p @ exact) - by_cell(lambda y, seed=seed, name=name: bounds.bound(
            model, noises[name], y, numpy.random.default_rng(seed), 10), cells, p, draws)
            for seed in range(max(options.seeds, 3))]  # fmt: skip
        found[name] = gaps, kl
    return found, noises, cells[numpy.argsort(exact)[::-1][[0, 3, 8]]]


# ------------------------------------------------------------------ rows 11 and 12: images


class Pair(Module):
    """A model and the noise it is trained with."""

    def __init__(self, model, noise):
        self.model, self.noise = model, noise


def on_images(options: Options, bounds: Bounds) -> tuple[dict, dict]:
    """The chain of bounds with θ held, and of pairs trained together: name → bits/dim, one value per seed."""
    images = images_for(options)
    steps, samples, K = options.size((10, 2, 4), (250, 4, 8), (1500, 20, 64))
    kept, _ = varying(images)
    y, validation, test = images.train.y[:, kept], images.validation.y[:300, kept], images.test.y[:400, kept]
    white, m, width = checkerboard_mask(*images.shape)[kept], y.shape[1], 128
    masks = [white, ~white]
    names = ("uniform", "variational", "flow", "flow, importance-weighted")
    chain: dict = {name: [] for name in names}
    joint: dict = {name: {"train": [], "test": []} for name in ("uniform", "variational")}

    def loss(pair, y, rng):
        return -np.mean(bounds.bound(pair.model, pair.noise, y, rng, 1)) / m

    def bits(estimate, model, noise, y, count):
        values = estimate(model, noise, y, numpy.random.default_rng(0), count)
        return float(bits_per_dim(numpy.mean(values), m))

    for seed in range(options.seeds):
        rng = numpy.random.default_rng(seed)
        layers = real_nvp(m, 4, (64,), rng, masks).flows
        start = FlowModel(Chain([Logit(0.05, levels=images.levels), *layers]), StandardNormal(m))
        start.initialize(noisy(y, rng))
        for name, scores in joint.items():
            pair = Pair(start.copy(), new_noise(name, m, images.levels, width, rng))
            announce(f"{name} noise with a model", pair, loss, y[:128], steps)
            fit(pair, loss, y, rng, steps=steps, validation=validation, name=f"{name} noise, seed {seed}")
            for part, which in (("train", y[:400]), ("test", test)):
                scores[part].append(bits(bounds.bound, pair.model, pair.noise, which, samples))
            if name == "uniform":
                model = pair.model

        def alone(noise, y, rng, model=model):
            return loss(Pair(model, noise), y, rng)

        variational = new_noise("variational", m, images.levels, width, rng)
        fit(variational, alone, test, rng, steps=steps, name=f"variational noise, seed {seed}")
        flow = flow_from(variational, m, images.levels, width, rng, masks)
        fit(variational, alone, test, rng, steps=steps, name=f"variational noise, on, seed {seed}")
        fit(flow, alone, test, rng, steps=steps, name=f"flow noise, seed {seed}")
        for name, noise in zip(names, (UniformDequantizer(), variational, flow)):
            chain[name].append(bits(bounds.bound, model, noise, test, samples))
        chain[names[3]].append(bits(bounds.importance, model, flow, test, K))
    return chain, joint


PARTS = (Part((10,), uniform_noise), Part((11, 12), learned_noise))
