"""Rows 5 and 6: a density on discrete data has no best likelihood; a discrete model gives an unseen level nothing.

Row 5. Spikes of width σ on the levels have the log-likelihood −log σ + const: it grows without bound, in closed form
first, then in training: an autoregressive network whose conditionals are spikes on the levels with one learned σ, on
raw images and on images with uniform noise, where it settles. And a trap: an AR flow, one Gaussian per conditional,
cannot put spikes on 17 levels. Its likelihood passes every bound too, but on pixels that are nearly constant alone.
Row 6. One level is removed from the training images, each such pixel becoming one of the two neighbouring levels. How
much probability does a test pixel of that level get from a categorical, and how much from a discretized mixture?
"""

import math

import autograd.numpy as np
import numpy

from minidgm.discrete import CategoricalOutput, MixtureOutput, PixelMADE, bits_per_dim
from minidgm.discrete.levels import centred
from minidgm.distributions import Normal, StandardNormal
from minidgm.flows import ActNorm, Chain, FlowModel, GaussianAR
from minidgm.functional import HALF_LOG_2PI, log_softmax, logsumexp
from minidgm.labs import Options, Part
from minidgm.labs.images import coarser, constancy, images_for, level_shares
from minidgm.labs.judge import every, mean_and_error, positive, told
from minidgm.labs.report import Report
from minidgm.labs.timing import announce
from minidgm.labs.training import fit, negative_log_likelihood, noisy, trained
from minidgm.nn import MADE
from minidgm.optim import Adam
from minidgm.plots.discrete import deleted_figure, divergence_figure, trap_figure
from minidgm.tensor import Module

HIDDEN = 128
RAW, NOISY = "raw levels", "with uniform noise"


def small_enough(options: Options):
    """The images with as many levels as a MADE can have outputs for, and the sentence that says so."""
    return coarser(images_for(options), lambda images: HIDDEN * images.train.y.shape[1] * (images.levels + 1))


# ------------------------------------------------------------------ row 5


def unbounded(report: Report, options: Options) -> None:
    """Row 5: spikes in closed form, spikes that are learned, and the trap."""
    images, merged = small_enough(options)
    rounds, each = options.size((3, 20), (8, 120), (16, 250 if images.train.y.shape[1] <= 100 else 60))
    steps = [each * (k + 1) for k in range(rounds)]
    curves: dict = {name: {"nats": [], "sigma": []} for name in (RAW, NOISY)}
    varying, groups = [], []
    for seed in range(options.seeds):
        for name in curves:
            model, nats, sigma = spikes_training(images, name == NOISY, rounds, each, seed)
            curves[name]["nats"].append(nats)
            curves[name]["sigma"].append(sigma)
            if name == RAW:
                varying.append(float(numpy.mean(by_pixel(model, images)[constancy(images.train) < 1])))
        groups.append(trap(images, rounds, each, seed))
    last = {name: [curve[-1] for curve in found["nats"]] for name, found in curves.items()}
    half = {name: [curve[-1] - curve[rounds // 2 - 1] for curve in found["nats"]] for name, found in curves.items()}
    sigma = {name: [curve[-1] for curve in found["sigma"]] for name, found in curves.items()}
    direction = "rising" if numpy.mean(half[RAW]) > 0 else "falling"
    report.answer(
        5,
        every(positive(varying), positive(half[RAW]), positive(numpy.subtract(half[RAW], half[NOISY]))),
        f"spikes on raw levels reach {mean_and_error(last[RAW])} nats/pixel after {steps[-1]} steps, "
        f"{numpy.mean(half[RAW]):+.1f} in the last half, σ = {numpy.mean(sigma[RAW]):.0e}; with noise "
        f"{numpy.mean(last[NOISY]):+.2f}, σ = {numpy.mean(sigma[NOISY]):.2f}",
        number=told(f"{numpy.mean(last[RAW]):+.1f} nats/pixel, {direction}", half[RAW]),
        last=last, gained=half, sigma=sigma, varying=varying,
        trap={name: [group[name][-1] for group in groups] for name in groups[0]},
    )  # fmt: skip
    if merged:
        report.say(f"{merged}\n")
    report.table("spikes", ("σ", "log-likelihood", "−log σ + const"), spikes(images),
                 "A spike on every level, weights by counting: nats per pixel")  # fmt: skip
    rows = [(steps[k], *(value for found in curves.values() for value in look(found, k)))
            for k in range(rounds) if (k + 1) % (rounds // 4 or 1) == 0]  # fmt: skip
    report.table("learned", ("step", "raw: nats/pixel", "σ", "noisy: nats/pixel", "σ"), rows,
                 f"Spikes on the levels with one learned σ, training images, {options.seeds} seeds")  # fmt: skip
    report.say(f"On the pixels that vary, raw: {mean_and_error(varying)} nats/pixel.\n")
    explain_trap(report, images, groups, steps)
    report.figure("diverge", divergence_figure(steps, curves), steps=steps, curves=curves)
    report.figure("trap", trap_figure(steps, groups), steps=steps, groups={
        name: [group[name] for group in groups] for name in groups[0]})  # fmt: skip


def look(found: dict, k: int) -> tuple:
    """The k-th nats per pixel of each seed, and the mean σ."""
    return [curve[k] for curve in found["nats"]], f"{numpy.mean([curve[k] for curve in found['sigma']]):.2g}"


def spikes(images) -> list[tuple]:
    """The mixture of N(level, σ²), weights by counting: its log-likelihood against −log σ + const."""
    levels = numpy.arange(images.levels)
    shares = level_shares(images.train, images.levels)
    there = shares > 0
    const = float(numpy.sum(shares[there] * numpy.log(shares[there]))) - 0.5 * math.log(2 * math.pi)
    rows = []
    for sigma in (1.0, 0.1, 1e-2, 1e-4, 1e-8, 1e-16):
        log_p = Normal(levels[None, there], sigma).log_prob(levels[there, None] * 1.0)  # (levels, spikes)
        log_likelihood = float(numpy.sum(shares[there] * logsumexp(numpy.log(shares[there]) + log_p, axis=1)))
        rows.append((f"{sigma:g}", log_likelihood, const - math.log(sigma)))
    return rows


class Spikes(Module):
    """p(x_j | x_<j) = Σ_l π_l(x_<j) N(x_j; l + shift, σ²): weights from a MADE, spikes on the levels, one learned σ."""

    def __init__(self, m: int, levels: int, shift: float, rng):
        self.made, self.levels, self.shift = MADE(m, (HIDDEN,), levels, rng), levels, shift
        self.made.layers[-1].weight *= 0.1
        self.log_sigma = numpy.zeros(1, numpy.float32)

    def by_pixel(self, x):
        """log p(x_j | x_<j), (n, m) → (n, m)."""
        n, m = x.shape
        log_pi = log_softmax(np.reshape(self.made.table(centred(x, self.levels)), (n, self.levels, m)), axis=1)
        centres = numpy.arange(self.levels, dtype=x.dtype)[:, None] + x.dtype.type(self.shift)
        a = (x[:, None, :] - centres) * np.exp(-self.log_sigma)
        return logsumexp(log_pi - 0.5 * a * a, axis=1) - self.log_sigma - HALF_LOG_2PI

    def log_prob(self, x):
        """log p(x), (n,)."""
        return np.sum(self.by_pixel(x), axis=1)


def spikes_training(images, with_noise: bool, rounds: int, each: int, seed: int):
    """Train, stopping to look: the model, nats per pixel and σ at each look. The learning rate never falls."""
    rng, y = numpy.random.default_rng(seed), images.train.y.astype(numpy.float32)
    m = y.shape[1]
    model = Spikes(m, images.levels, 0.5 if with_noise else 0.0, rng)

    def loss(model, y, rng):
        return negative_log_likelihood(model, noisy(y, rng) if with_noise else y, rng) / m

    announce("spikes", model, loss, y[:64], rounds * each)
    optimizer, nats, sigma = Adam(3e-3), [], []
    for _ in range(rounds):
        trained(model, loss, y, rng, steps=each, batch=64, optimizer=optimizer, clip=10.0, name=f"spikes, seed {seed}")
        nats.append(-float(loss(model, y[:500], rng)))
        sigma.append(float(numpy.exp(model.log_sigma[0])))
    return model, nats, sigma


def by_pixel(model: Spikes, images) -> numpy.ndarray:
    """Each pixel's mean log-likelihood on raw training images, (m,)."""
    return numpy.mean(model.by_pixel(images.train.y[:500].astype(numpy.float32)), axis=0)


# ------------------------------------------------------------------ row 5: the trap


def trap(images, rounds: int, each: int, seed: int) -> dict:
    """An AR flow on raw levels: what each group of pixels adds to its nats/pixel, at each look."""
    rng, y = numpy.random.default_rng(seed), images.train.y.astype(numpy.float32)
    m, share = y.shape[1], constancy(images.train)
    groups = {"constant": share == 1, "99 % one level": (share < 1) & (share > 0.99), "the others": share <= 0.99}
    layers = [part for _ in range(3) for part in (ActNorm(m), GaussianAR(m, (HIDDEN,), rng))]  # all in one order
    model, optimizer = FlowModel(Chain(layers), StandardNormal(m)), Adam(lambda t: 5e-3 / (1 + t / 300))
    model.initialize(y)
    found: dict = {f"{name} ({numpy.sum(there)} pixels)": [] for name, there in groups.items()}
    for _ in range(rounds):
        trained(model, lambda model, y, rng: negative_log_likelihood(model, y, rng) / m, y, rng, steps=each, batch=128,
              clip=100.0, optimizer=optimizer, name=f"AR flow, seed {seed}")  # fmt: skip
        nats = flow_by_pixel(model, y[:500])
        for curve, there in zip(found.values(), groups.values()):
            curve.append(float(numpy.sum(nats[there]) / m))
    return found


def flow_by_pixel(model: FlowModel, x) -> numpy.ndarray:
    """Each pixel's mean log p(x_j | x_<j), (m,): layers of one order, so log σ's of a pixel add up."""
    total = 0
    for layer in model.flow.flows:
        total = total - (layer.log_sigma if isinstance(layer, ActNorm) else layer.mu_log_sigma(x)[1])
        x = layer.f(x)[0]
    return numpy.mean(total - 0.5 * x * x - HALF_LOG_2PI, axis=0)


def explain_trap(report: Report, images, groups: list[dict], steps) -> None:
    """A table of what the groups of pixels add, and the sentence."""
    rows = [(name, [group[name][-1] for group in groups]) for name in groups[0]]
    total = [sum(curve[-1] for curve in group.values()) for group in groups]
    title = f"The trap: an AR flow, one Gaussian per conditional, on raw levels after {steps[-1]} steps"
    report.table("trap", ("pixels", "adds, nats/pixel"), [*rows, ("all", total)], title)
    report.say(
        "Its likelihood is carried by pixels that hardly vary: elsewhere no Gaussian can sit on several levels.\n"
    )


# ------------------------------------------------------------------ row 6


def deleted_level(report: Report, options: Options) -> None:
    """Row 6: train on images without one level; what do test pixels of that level get?"""
    images, merged = small_enough(options)
    test_y = images.test.y[: 500 if images.test.y.shape[1] <= 100 else 100]
    deleted = inner_level(images, test_y)
    if deleted is None:
        report.answer(
            6, None, "no level between the ends occurs, so none can be taken away", number="nothing to delete"
        )
        return
    steps = 60 if options.quick else 500
    outputs = {"categorical": CategoricalOutput, "mixture of 5": lambda levels: MixtureOutput(levels, 5)}
    log_p: dict = {(name, whole): [] for name in outputs for whole in (True, False)}
    bits, table = {key: [] for key in log_p}, {key: [] for key in log_p}
    for seed in range(options.seeds):
        for name, whole in log_p:
            model = made_without(images, outputs[name](images.levels), None if whole else deleted, steps, seed)
            conditionals = level_log_probs(model, test_y)  # (pixels, levels)
            at = test_y.ravel() == deleted
            log_p[name, whole].append(float(numpy.mean(conditionals[at, deleted])))
            bits[name, whole].append(float(numpy.mean(bits_per_dim(model.log_prob(test_y), model.m))))
            table[name, whole].append(numpy.exp(conditionals[at]).mean(axis=0))
    lost = {name: numpy.subtract(log_p[name, True], log_p[name, False]) for name in outputs}
    factor = {
        name: f"{math.exp(numpy.mean(loss)):,.{0 if numpy.mean(loss) > 2 else 2}f}" for name, loss in lost.items()
    }
    report.answer(
        6,
        every(positive(lost["categorical"]), positive(lost["categorical"] - lost["mixture of 5"])),
        f"without level {deleted} in training its probability falls {factor['categorical']}-fold under the "
        f"categorical and {factor['mixture of 5']}-fold under the mixture",
        number=f"÷ {factor['categorical']} against ÷ {factor['mixture of 5']}",
        lost=lost,
    )  # fmt: skip
    if merged:
        report.say(f"{merged}\n")
    rows = [(name, "all levels" if whole else f"without {deleted}", values, f"{math.exp(numpy.mean(values)):.2g}",
             bits[name, whole]) for (name, whole), values in log_p.items()]  # fmt: skip
    header = ("output", "trained on", f"log P(y = {deleted})", "e to that", "test bits/dim")
    report.table("deleted", header, rows, f"MADE, {options.seeds} seeds, level {deleted} of {images.levels}")
    report.say(f"Counting gives a level that never occurs 0/{images.train.y.size}: exactly 0, and a test image that "
               "holds it log-probability −∞. A network stops on the way there.\n")  # fmt: skip
    drawn = {name: numpy.mean(table[name, False], axis=0) for name in outputs}
    report.figure("deleted", deleted_figure(drawn, deleted), **drawn)


def inner_level(images, test_y) -> int | None:
    """The level nearest to the middle, no end, that occurs in the training images and in test_y; None without one."""
    inner = numpy.arange(1, images.levels - 1)
    there = inner[numpy.isin(inner, images.train.y) & numpy.isin(inner, test_y)]
    return int(there[numpy.argmin(abs(there - images.levels // 2))]) if there.size else None


def made_without(images, output, deleted, steps: int, seed: int):
    """A trained PixelMADE; pixels of the level `deleted` become one of its neighbours in the training images."""
    rng = numpy.random.default_rng(seed)
    train_y, validation_y = images.train.y, images.validation.y
    if deleted is not None:
        for y in (train_y, validation_y):
            there = y == deleted
            y[there] += 2 * rng.integers(0, 2, numpy.sum(there)).astype(y.dtype) - 1
    model = PixelMADE(train_y.shape[1], output, (HIDDEN,), rng)
    fit(model, negative_log_likelihood, train_y, rng, steps=steps, batch=64, checks=10, validation=validation_y[:500],
        name=f"{type(output).__name__}, seed {seed}")  # fmt: skip
    return model


def level_log_probs(model, y):
    """log P(y_j = l | y_<j) for every pixel of every image and every level l: (n · m, levels)."""
    h = model.net(y).reshape(-1, model.output.size)
    levels = range(model.output.levels)
    return numpy.stack([model.output.log_prob(h, numpy.full((len(h), 1), level)) for level in levels], axis=1)


PARTS = (Part((5,), unbounded), Part((6,), deleted_level))
