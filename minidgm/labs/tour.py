"""The quick tour: two flows on two moons, one on digits, each beside a fitted Gaussian; densities, samples, Jacobians.

Rows 1 and 3 of the lecture. `minidgm tour` runs it; the numbers it prints are of this run.
"""

import time

import autograd.numpy as np
import numpy

from minidgm.data import Moons, load_digits, moons
from minidgm.discrete import UniformDequantizer, bits_per_dim
from minidgm.discrete.dequantize import dequantize
from minidgm.distributions import StandardNormal
from minidgm.flows import Chain, FlowModel, Logit, checkerboard_mask, maf, real_nvp
from minidgm.labs.baselines import Gaussian
from minidgm.labs.report import Report
from minidgm.optim import Adam, warmup_cosine
from minidgm.plots.flows import densities_figure, digits_figure, jacobians_figure
from minidgm.tensor import parameters
from minidgm.train import mean_loss, train

SEED = 0


def run(report: Report, quick: bool = False) -> None:
    """Train, print, draw. quick: a few steps only."""
    start = time.monotonic()
    report.say("minidgm tour: normalizing flows, trained here and now\n")
    two_moons(report, steps=60 if quick else 2000)
    digits(report, steps=20 if quick else 500)
    report.say(f"\n{time.monotonic() - start:.0f} seconds. Figures and tables: {report.folder}")
    report.say(
        "Next: `minidgm map` (which code is which slide), `minidgm next` (the exercises), `minidgm lab` (the labs)."
    )


def negative_log_likelihood(model, x, rng):
    """The forward KL up to a constant: −mean log p(x)."""
    return -np.mean(model.log_prob(x))


def dequantized_loss(model, y, rng):
    """The same for discrete y, made continuous by uniform noise: E_u −log p(y + u) ≥ −log P(y) (row 10)."""
    return -np.mean(model.log_prob(noisy(y, rng)))


def noisy(y, rng):
    """y + u, u ~ U[0, 1), in float32."""
    return dequantize(y, UniformDequantizer().draw(rng, y)[0])


def two_moons(report: Report, steps: int) -> None:
    """RealNVP and MAF on two moons, whose true density is known."""
    rng = numpy.random.default_rng(SEED)
    train_x, validation_x, test_x = (moons(rng, n) for n in (10_000, 2_000, 5_000))
    gaussian = Gaussian(train_x)
    flows = {
        "RealNVP": real_nvp(2, layers=8, hidden=(64, 64), rng=rng),
        "MAF": maf(2, layers=5, hidden=(64, 64), rng=rng),
    }
    models = {name: FlowModel(flow, StandardNormal(2)) for name, flow in flows.items()}
    rows = [("Gaussian, full covariance", 5, -mean_loss(gaussian, negative_log_likelihood, test_x), 0.0)]
    for name, model in models.items():
        model.initialize(train_x[:1000])
        optimizer = Adam(warmup_cosine(3e-3, steps // 20, steps))
        train(model, negative_log_likelihood, train_x, rng, steps=steps, batch=256, optimizer=optimizer, clip=1.0,
              validation=validation_x, every=max(steps // 10, 1), average=0.99, name=f"{name} on moons")  # fmt: skip
        score = -mean_loss(model, negative_log_likelihood, test_x)
        rows.append((name, size(model), score, score - rows[0][2]))
    truth = float(numpy.mean(Moons().log_prob(test_x)))
    rows.append(("the true density", "", truth, truth - rows[0][2]))
    title = f"Two moons: mean test log-likelihood of {len(test_x)} points, nats"
    report.table("moons", ("model", "parameters", "log p(x)", "above the Gaussian"), rows, title)
    samples = {name: model.sample(numpy.random.default_rng(SEED), 2000) for name, model in models.items()}
    report.figure("moons", densities_figure(test_x[:2000], {"Gaussian": gaussian, **models}, samples))


def digits(report: Report, steps: int) -> None:
    """RealNVP on uniformly dequantized digits."""
    rng, images = numpy.random.default_rng(SEED), load_digits()
    train_y, validation_y, test_y = (
        part.y.astype(numpy.float32) for part in (images.train, images.validation, images.test)
    )
    m = train_y.shape[1]
    white = checkerboard_mask(8, 8)
    flow = Chain([Logit(0.05, images.levels), real_nvp(m, 6, (256, 256), rng, masks=[white, ~white])])
    model, gaussian = FlowModel(flow, StandardNormal(m)), Gaussian(noisy(numpy.repeat(train_y, 10, axis=0), rng))
    model.initialize(noisy(train_y, rng))
    optimizer = Adam(warmup_cosine(1e-3, steps // 10, steps))
    train(model, dequantized_loss, train_y, rng, steps=steps, optimizer=optimizer, clip=20.0, validation=validation_y,
          every=max(steps // 10, 1), average=0.99, name="RealNVP on digits")  # fmt: skip
    rows = []
    for name, learned, candidate in (
        ("Gaussian, full covariance", m + m * (m + 1) // 2, gaussian),
        ("RealNVP", size(model), model),
    ):
        bits = [bits_per_dim(-mean_loss(candidate, dequantized_loss, y), m) for y in (train_y, test_y)]
        rows.append((name, learned, *bits, rows[0][3] - bits[1] if rows else 0.0))
    header = ("model", "parameters", "train", "test", "below the Gaussian")
    report.table("digits", header, rows, "Digits, uniformly dequantized: bits per pixel, an upper bound (row 10)")
    sample = numpy.clip(numpy.floor(model.sample(numpy.random.default_rng(SEED), 40)), 0, images.levels - 1)
    report.figure("digits", digits_figure(test_y[:40], sample, images.shape, images.levels))
    report.figure("jacobians", jacobians_figure(numpy.random.default_rng(SEED)))


def size(model) -> int:
    """How many numbers a model has learned."""
    return sum(array.size for array in parameters(model).values())
