"""Rows 1 and 2: an AR flow has a parallel f and a sequential g; the inverse AR flow has them exchanged.

Measured for each: the time of f and g as m grows, by m passes of the net as on the slide and by the engine's inversion,
which computes each hidden unit once; the time of a gradient of the natural loss and of the other one; how close to the
truth the flow comes on the banana, the AR flow by forward KL, the inverse one by reverse KL. Exact: log|det| of the AR
flow against the Jacobian, and the inverse AR flow with exchanged nets against the AR flow.
"""

import autograd
import autograd.numpy as np
import numpy

from minidgm.data import Banana, banana
from minidgm.distributions import StandardNormal
from minidgm.flows import FlowModel, GaussianAR, InverseGaussianAR, iaf, maf
from minidgm.labs import Options, Part
from minidgm.labs.judge import mean_and_error
from minidgm.labs.report import Report
from minidgm.labs.timing import seconds
from minidgm.labs.training import fit, negative_log_likelihood
from minidgm.plots.common import drawn_images
from minidgm.plots.flows import densities_figure, shake, times_figure
from minidgm.tensor import value_and_grad


def density_flow(report: Report, options: Options) -> None:
    """Row 1: the AR flow, trained by forward KL."""
    sizes, ms = times(GaussianAR, options)
    step = losses(GaussianAR, options)
    exact, kl, model = determinant(), [], None
    for seed in range(options.seeds):
        rng = numpy.random.default_rng(seed)
        model, truth = FlowModel(maf(2, 3, (64, 64), rng), StandardNormal(2)), Banana()
        fit(model, negative_log_likelihood, banana(rng, 10_000), rng, steps=60 if options.quick else 1500, clip=1.0,
            batch=256, average=0.99, name=f"AR flow, seed {seed}")  # fmt: skip
        x = truth.sample(rng, 500 if options.quick else 20_000)
        kl.append(float(numpy.mean(truth.log_prob(x) - model.log_prob(x))))
    m, passes, engine = sizes[-1], ms["g, m passes"][-1] / ms["f"][-1], ms["g, engine"][-1] / ms["f"][-1]
    report.answer(
        1,
        passes > 4 * ms["g, m passes"][0] / ms["f"][0] and exact < 1e-12,
        f"for m = {m} g takes {passes:.0f} times as long as f ({engine:.0f} times by the engine's "
        f"inversion); KL(truth ‖ flow) = {mean_and_error(kl)}",
        number=f"g takes {passes:.0f}× f at m = {m}",
        truth=f"{m} passes against 1",
        times=ms, kl=kl, determinant=exact,
    )  # fmt: skip
    report.table("times-ar", ("m", *ms), rows_of(sizes, ms), "AR flow: ms per call, 256 objects, hidden 2×64, median")
    report.table("losses-ar", ("m", *step), rows_of(step_sizes(options), step),
                 "AR flow: ms per gradient; forward KL is the natural loss")  # fmt: skip
    report.say(f"log|det ∂z/∂x|, −Σ log σ_j against the LU factors of the Jacobian: they differ by {exact:.1e}.")
    report.figure("times-ar", times_figure(sizes, ms, "AR flow: density in one pass, sampling in m"), m=sizes, ms=ms)
    density(report, "banana-ar", "AR flow", model)


def sampling_flow(report: Report, options: Options) -> None:
    """Row 2: the inverse AR flow, trained by reverse KL."""
    sizes, ms = times(InverseGaussianAR, options)
    step = losses(InverseGaussianAR, options)
    exact, kl, model = exchanged(), [], None
    for seed in range(options.seeds):
        rng = numpy.random.default_rng(seed)
        model = FlowModel(iaf(2, 3, (64, 64), rng), StandardNormal(2))
        fit(model, reverse_kl, model.base.sample(rng, 10_000), rng, steps=60 if options.quick else 1500, clip=1.0,
            batch=256, average=0.99, name=f"inverse AR flow, seed {seed}")  # fmt: skip
        z = model.base.sample(rng, 500 if options.quick else 20_000)
        kl.append(float(reverse_kl(model, z, rng)))
    m, passes, engine = sizes[-1], ms["f, m passes"][-1] / ms["g"][-1], ms["f, engine"][-1] / ms["g"][-1]
    report.answer(
        2,
        passes > 4 * ms["f, m passes"][0] / ms["g"][0] and exact < 1e-12,
        f"for m = {m} f takes {passes:.0f} times as long as g ({engine:.0f} times by the engine's "
        f"inversion); KL(flow ‖ truth) = {mean_and_error(kl)}",
        number=f"f takes {passes:.0f}× g at m = {m}",
        truth=f"{m} passes against 1",
        times=ms, kl=kl, exchanged=exact,
    )  # fmt: skip
    report.table("times-inverse", ("m", *ms), rows_of(sizes, ms), "Inverse AR flow: ms per call, as above")
    report.table("losses-inverse", ("m", *step), rows_of(step_sizes(options), step),
                 "Inverse AR flow: ms per gradient; reverse KL is the natural loss")  # fmt: skip
    report.say(f"With exchanged nets it is the AR flow, f and g exchanged: they differ by {exact:.1e} at most.")
    title = "inverse AR flow: sampling in one pass, density in m"
    report.figure("times-inverse", times_figure(sizes, ms, title), m=sizes, ms=ms)
    density(report, "banana-inverse", "inverse AR flow", model)


# ------------------------------------------------------------------ time


def times(kind, options: Options) -> tuple[tuple, dict]:
    """Sizes m, and name → ms per call of the map that takes one pass, of the other by m passes and by the engine."""
    one, other = ("f", "g") if kind is GaussianAR else ("g", "f")
    sizes = (2, 8) if options.quick else (2, 4, 8, 16, 32, 64, 128)
    rng, ms = numpy.random.default_rng(0), {one: [], f"{other}, m passes": [], f"{other}, engine": []}
    for m in sizes:
        x, flow = rng.standard_normal((256, m), dtype=numpy.float32), shake(kind(m, (64, 64), rng), rng, 0.02)
        formula = getattr(kind, other).__wrapped__  # the slide's: m passes; what runs for it is faster
        calls = (getattr(flow, one),), (formula, flow), (getattr(flow, other),)
        for name, (call, *first) in zip(ms, calls):
            ms[name].append(1e3 * seconds(call, *first, x))
    return sizes, ms


def step_sizes(options: Options) -> tuple:
    """The m at which gradients are timed."""
    return (2, 8) if options.quick else (2, 16, 64)


def losses(kind, options: Options) -> dict:
    """Name → ms of one value and gradient of each loss."""
    rng, ms = numpy.random.default_rng(2), {"forward KL": [], "reverse KL": []}
    for m in step_sizes(options):
        x = rng.standard_normal((256, m), dtype=numpy.float32)
        model = FlowModel(kind(m, (64, 64), rng), StandardNormal(m))
        for name, loss in (("forward KL", negative_log_likelihood), ("reverse KL", reverse_kl)):
            ms[name].append(1e3 * seconds(value_and_grad(loss), model, x, rng, repeats=3))
    return ms


def rows_of(sizes, columns: dict) -> list[tuple]:
    """A table's rows: a size, then one number of each column."""
    return list(zip(sizes, *columns.values()))


# ------------------------------------------------------------------ what must hold exactly


def determinant() -> float:
    """|log|det J| by LU − (−Σ log σ_j)| of an AR flow, the largest of five points, in float64."""
    rng = numpy.random.default_rng(1)
    flow = shake(GaussianAR(6, (32,), rng), rng).astype(numpy.float64)
    x = rng.standard_normal((5, 6))
    J = [autograd.jacobian(lambda v: flow.f(v[None])[0][0])(row) for row in x]
    return float(numpy.abs(numpy.linalg.slogdet(numpy.array(J))[1] - flow.f(x)[1]).max())


def exchanged() -> float:
    """The inverse AR flow with the nets σ̃ = 1/σ, μ̃ = −μ/σ less the AR flow with f and g exchanged: the largest."""
    m, rng = 6, numpy.random.default_rng(1)
    ar = shake(GaussianAR(m, (32,), rng), rng).astype(numpy.float64)
    inverse = InverseGaussianAR(m, (32,), rng).astype(numpy.float64)

    def mu_log_sigma(v, context=None):
        mu, log_sigma = ar.mu_log_sigma(v)
        return -mu * np.exp(-log_sigma), -log_sigma

    inverse.mu_log_sigma = mu_log_sigma
    v = rng.standard_normal((50, m))
    by_passes = InverseGaussianAR.f.__wrapped__(inverse, v)
    return max(float(numpy.abs(a - b).max()) for a, b in zip(inverse.g(v) + by_passes, ar.f(v) + ar.g(v)))


def reverse_kl(model, z, rng):
    """E_z [log p(z) − log|det ∂g/∂z| − log π(g(z))], the reverse KL to the banana π, for z from the base."""
    x, log_det = model.flow.g(z)
    return np.mean(model.base.log_prob(z) - log_det - Banana().log_prob(x[:, :2]))


def density(report: Report, name: str, label: str, model) -> None:
    """The banana, and what the flow has learned."""
    models = {"the truth": Banana(), label: model}
    samples = {key: one.sample(numpy.random.default_rng(0), 2000) for key, one in models.items()}
    figure = densities_figure(samples["the truth"], models, samples)
    report.figure(name, figure, samples=samples, densities=drawn_images(figure))


PARTS = (Part((1,), density_flow), Part((2,), sampling_flow))
