"""Rows 5 and 6: a density on discrete data has no best likelihood; a discrete model gives an unseen level nothing.

Row 5. Spikes of width σ on the levels have the log-likelihood −log σ + const: it grows without bound, in closed form
first, then in training: an AR flow on raw digits, its smallest σ_j(x_<j) beside it;
and the same flow on digits with uniform noise added, where it settles.
Row 6. One level is removed from the training images, each such pixel becoming one of the two neighbouring levels. How
much probability does a test pixel of that level get from a categorical, and how much from a discretized mixture?
"""

import math

import autograd.numpy as np
import numpy

from minidgm.data import load_images
from minidgm.discrete import CategoricalOutput, MixtureOutput, PixelMADE, bits_per_dim
from minidgm.distributions import Normal, StandardNormal
from minidgm.flows import ActNorm, Chain, FlowModel, GaussianAR
from minidgm.functional import logsumexp
from minidgm.labs import Options
from minidgm.labs.report import Report, mean_and_error
from minidgm.optim import Adam, warmup_cosine
from minidgm.plots.discrete import deleted_figure, divergence_figure
from minidgm.train import train

RAW, NOISY = "raw levels", "with uniform noise"


def run(report: Report, options: Options) -> None:
    """The closed form, the training, the deleted level."""
    report.say("Row 5: a density fitted to discrete data can have any likelihood: mass collapses on the grid values")
    images = load_images(options.data)
    spikes(report, images)
    diverge(report, images, options)
    report.say("\nRow 6: a value absent from the training data gets probability zero from a discrete model")
    delete(report, images, options)


# ------------------------------------------------------------------ row 5


def spikes(report: Report, images) -> None:
    """The mixture of N(level, σ²), weights by counting: its log-likelihood against −log σ + const."""
    levels = numpy.arange(images.levels)
    shares = numpy.bincount(images.train.y.ravel(), minlength=images.levels) / images.train.y.size
    there = shares > 0
    const = float(numpy.sum(shares[there] * numpy.log(shares[there]))) - 0.5 * math.log(2 * math.pi)
    rows = []
    for sigma in (1.0, 0.1, 1e-2, 1e-4, 1e-8, 1e-16):
        log_p = Normal(levels[None, there], sigma).log_prob(levels[there, None] * 1.0)  # (levels, spikes)
        log_likelihood = float(numpy.sum(shares[there] * logsumexp(numpy.log(shares[there]) + log_p, axis=1)))
        rows.append((f"{sigma:g}", log_likelihood, const - math.log(sigma)))
    report.table("spikes", ("σ", "log-likelihood, nats/pixel", "−log σ + const"), rows, "A spike on every level")


def diverge(report: Report, images, options: Options) -> None:
    """The same AR flow on raw and on dequantized images: log-likelihood and smallest σ along the training."""
    rounds, each = (3, 20) if options.quick else (10, 300)
    y = images.train.y.astype(numpy.float32)
    log_prob, sigma = {RAW: [], NOISY: []}, {RAW: [], NOISY: []}
    for seed in range(options.seeds):
        for name in (RAW, NOISY):
            curves = ar_flow_training(y, name == NOISY, rounds, each, seed)
            for store, curve in zip((log_prob, sigma), curves):
                store[name].append(curve)
    steps, rows = [each * (k + 1) for k in range(rounds)], []
    for k, step in enumerate(steps):
        row = [step]
        for name in (RAW, NOISY):
            row += [mean_and_error([c[k] for c in log_prob[name]]), f"{numpy.mean([c[k] for c in sigma[name]]):.3g}"]
        rows.append(row)
    header = ("step", f"{RAW}: nats/dim", "smallest σ", f"{NOISY}: nats/dim", "smallest σ")
    report.table("diverge", header, rows, f"An AR flow, training log-likelihood, {options.seeds} seeds")
    half = rounds // 2
    gains = {name: numpy.mean([c[-1] - c[half - 1] for c in log_prob[name]]) for name in log_prob}
    last = {name: numpy.mean([c[-1] for c in log_prob[name]]) for name in log_prob}
    passed = "past 0, which no discrete model can pass" if last[RAW] > 0 else "not past 0 in these few steps"
    shrunk = numpy.mean([c[half - 1] / c[-1] for c in sigma[RAW]])
    report.say(
        f"On raw levels the flow is at {last[RAW]:+.2f} nats/dim, {passed}. In the last {steps[-1] - steps[half - 1]} "
        f"steps it gained {gains[RAW]:+.3f}, and its smallest σ became {shrunk:.1f} times smaller. With uniform noise "
        f"it is at {last[NOISY]:+.2f} and gained {gains[NOISY]:+.3f}: its likelihood bounds that of a discrete model, "
        "and must stay below 0."
    )
    report.figure("diverge", divergence_figure(steps, log_prob, sigma))


def ar_flow_training(y, noisy: bool, rounds: int, each: int, seed: int):
    """Train, stopping `rounds` times to look: two lists, log-likelihood (nats/dim) and smallest σ (in levels)."""
    rng = numpy.random.default_rng(seed)
    m = y.shape[1]
    layers = [part for _ in range(3) for part in (ActNorm(m), GaussianAR(m, (128,), rng))]  # all in one order
    model, optimizer = FlowModel(Chain(layers), StandardNormal(m)), Adam(lambda t: 5e-3 / (1 + t / 300))

    def points(y, rng):
        return y + rng.random(y.shape, dtype=numpy.float32) if noisy else y

    def loss(model, y, rng):
        return -np.mean(model.log_prob(points(y, rng))) / m

    model.initialize(points(y, rng))
    log_prob, sigma = [], []
    for _ in range(rounds):
        train(model, loss, y, rng, steps=each, batch=128, clip=100.0, optimizer=optimizer, name=f"seed {seed}")
        log_prob.append(-float(loss(model, y, rng)))
        sigma.append(smallest_sigma(model, points(y, rng)))
    return log_prob, sigma


def smallest_sigma(model, x) -> float:
    """The smallest σ_j(x_<j) = ∂x_j/∂z_j of all dimensions and objects: layers of one order, so their σ's multiply."""
    total = 0
    for layer in model.flow.flows:
        total = total + (layer.log_sigma if isinstance(layer, ActNorm) else layer.mu_log_sigma(x)[1])
        x = layer.f(x)[0]
    return float(numpy.exp(numpy.min(total)))


# ------------------------------------------------------------------ row 6


def delete(report: Report, images, options: Options) -> None:
    """Train on images without one level; what do test pixels of that level get?"""
    deleted = images.levels // 2
    steps = 60 if options.quick else 600
    outputs = {"categorical": CategoricalOutput, "mixture of 5": lambda levels: MixtureOutput(levels, 5)}
    test_y = images.test.y[:1000]
    rows, drawn, means = [], {}, {}
    for name, output in outputs.items():
        for whole in (True, False):
            log_p, bits, table = [], [], []
            for seed in range(options.seeds):
                model = made_without(images, output(images.levels), None if whole else deleted, steps, seed)
                conditionals = level_log_probs(model, test_y)  # (pixels, levels)
                at = test_y.ravel() == deleted
                log_p.append(float(numpy.mean(conditionals[at, deleted])))
                bits.append(float(numpy.mean(bits_per_dim(model.log_prob(test_y), model.m))))
                table.append(numpy.exp(conditionals[at]).mean(axis=0))
            means[name, whole] = numpy.mean(log_p)
            typical = f"{math.exp(means[name, whole]):.2g}"
            rows.append((name, "all levels" if whole else f"without {deleted}", mean_and_error(log_p), typical,
                         mean_and_error(bits)))  # fmt: skip
            if not whole:
                drawn[name] = numpy.mean(table, axis=0)
    report.say(
        f"Counting gives a level that never occurs the maximum-likelihood probability 0/{images.train.y.size}: exactly "
        "0, and a test image that holds it log-probability −∞."
    )
    header = ("output", "trained on", f"mean log P at y = {deleted}", "e to that", "test bits/dim")
    report.table("deleted", header, rows, f"MADE on images, {options.seeds} seeds, level {deleted} of {images.levels}")
    factors = {name: math.exp(means[name, True] - means[name, False]) for name in outputs}
    report.say(
        f"Deleting the level divides its probability by {factors['categorical']:,.1f} under the categorical, which "
        f"learns nothing from {deleted - 1} and {deleted + 1}, and by {factors['mixture of 5']:.2f} under the mixture."
    )
    report.figure("deleted", deleted_figure(drawn, deleted))


def made_without(images, output, deleted, steps: int, seed: int):
    """A trained PixelMADE; pixels of the level `deleted` become one of its neighbours in the training images."""
    rng = numpy.random.default_rng(seed)
    train_y, validation_y = images.train.y, images.validation.y
    if deleted is not None:
        for y in (train_y, validation_y):
            there = y == deleted
            y[there] += 2 * rng.integers(0, 2, numpy.sum(there)).astype(y.dtype) - 1
    model = PixelMADE(train_y.shape[1], output, (256,), rng)
    train(model, negative_log_likelihood, train_y, rng, steps=steps, batch=64, validation=validation_y[:1000],
          optimizer=Adam(warmup_cosine(3e-3, steps // 20, steps)), every=max(steps // 12, 1), patience=4, average=0.98,
          name=f"seed {seed}")  # fmt: skip
    return model


def negative_log_likelihood(model, y, rng):
    return -np.mean(model.log_prob(y))


def level_log_probs(model, y):
    """log P(y_j = l | y_<j) for every pixel of every image and every level l: (n · m, levels)."""
    h = model.net(y).reshape(-1, model.output.size)
    levels = range(model.output.levels)
    return numpy.stack([model.output.log_prob(h, numpy.full((len(h), 1), level)) for level in levels], axis=1)
