"""Rows 1 and 2: an AR flow has a parallel f and a sequential g; the inverse AR flow has them exchanged.

Measured: the time of f and g of both as m grows, by m passes of the net as on the slide (`plain_g`, `plain_f`) and by
the engine's inversion, which computes each hidden unit once; the time of a training step by the natural loss and by the
other one; and how close to the truth both come on the banana, the AR flow by forward KL, the inverse one by reverse KL.
"""

import autograd.numpy as np
import numpy

from minidgm.data import Banana, banana
from minidgm.distributions import StandardNormal
from minidgm.flows import FlowModel, GaussianAR, InverseGaussianAR, iaf, maf
from minidgm.labs import Options
from minidgm.labs.report import Report, mean_and_error
from minidgm.labs.timing import seconds
from minidgm.labs.tour import negative_log_likelihood
from minidgm.optim import Adam, warmup_cosine
from minidgm.plots.flows import densities_figure, shake, times_figure
from minidgm.tensor import value_and_grad
from minidgm.train import train


def run(report: Report, options: Options) -> None:
    """Time, exchange f and g, train by both losses."""
    report.say("Rows 1, 2: AR flow: density in one pass, sampling in m; inverse AR flow: the other way round")
    times(report, sizes=(2, 8) if options.quick else (2, 4, 8, 16, 32, 64, 128))
    exchanged(report)
    losses(report, sizes=(2, 8) if options.quick else (2, 16, 64))
    natural_losses(report, options)


def times(report: Report, sizes) -> None:
    """f and g of both flows as m grows."""
    rng, rows = numpy.random.default_rng(0), []
    for m in sizes:
        x = rng.standard_normal((256, m), dtype=numpy.float32)
        ar, inverse = (shake(flow(m, (64, 64), rng), rng, 0.02) for flow in (GaussianAR, InverseGaussianAR))
        calls = (ar.f, ar.plain_g, ar.g, inverse.g, inverse.plain_f, inverse.f)
        rows.append((m, *(1e3 * seconds(call, x) for call in calls)))
    header = ("m", "AR f", "AR g, m passes", "AR g, engine", "inverse g", "inverse f, m passes", "inverse f, engine")
    report.table("times", header, rows, "256 objects, hidden 2×64: ms a call, median")
    curves = {name: [row[k] for row in rows] for k, name in enumerate(header) if k}
    report.figure("times", times_figure(sizes, curves, "AR and inverse AR flow"))
    for name, k in (("AR flow, sampling", 1), ("inverse AR flow, density", 4)):
        one, passes, engine = rows[-1][k : k + 3]
        report.say(f"{name}, m = {rows[-1][0]}: m passes take {passes / one:.0f} times one pass; with each hidden unit "
                   f"computed once it is {engine / one:.0f} times.")  # fmt: skip


def exchanged(report: Report) -> None:
    """The inverse AR flow with the nets σ̃ = 1/σ, μ̃ = −μ/σ is the AR flow with f and g exchanged."""
    m, rng = 6, numpy.random.default_rng(1)
    ar = shake(GaussianAR(m, (32,), rng), rng).astype(numpy.float64)
    inverse = InverseGaussianAR(m, (32,), rng).astype(numpy.float64)

    def mu_log_sigma(v, context=None):
        mu, log_sigma = ar.mu_log_sigma(v)
        return -mu * np.exp(-log_sigma), -log_sigma

    inverse.mu_log_sigma = mu_log_sigma
    v = rng.standard_normal((50, m))
    pairs = zip(inverse.g(v) + inverse.plain_f(v), ar.f(v) + ar.g(v))
    difference = max(numpy.abs(a - b).max() for a, b in pairs)
    report.say(f"inverse AR flow with exchanged nets, against the AR flow: largest difference {difference:.1e}")


def reverse_kl(model, z, rng):
    """E_z [log p(z) − log|det ∂g/∂z| − log π(g(z))], the reverse KL to the banana π, for z from the base."""
    x, log_det = model.flow.g(z)
    return np.mean(model.base.log_prob(z) - log_det - Banana().log_prob(x[:, :2]))


def losses(report: Report, sizes) -> None:
    """One gradient of each loss for each flow."""
    rng, rows = numpy.random.default_rng(2), []
    for m in sizes:
        x = rng.standard_normal((256, m), dtype=numpy.float32)
        models = [FlowModel(flow(m, (64, 64), rng), StandardNormal(m)) for flow in (GaussianAR, InverseGaussianAR)]
        row = [1e3 * seconds(value_and_grad(loss), model, x, rng, repeats=3)
               for model in models for loss in (negative_log_likelihood, reverse_kl)]  # fmt: skip
        rows.append((m, *row))
    header = ("m", "AR, forward KL", "AR, reverse KL", "inverse AR, forward KL", "inverse AR, reverse KL")
    report.table(
        "losses", header, rows, "One value and gradient, 256 objects, ms: the natural losses are the cheap ones"
    )


def natural_losses(report: Report, options: Options) -> None:
    """Both flows on the banana, by their natural losses: KL to the truth, exact up to sampling."""
    steps, n, truth = (60, 500, Banana()) if options.quick else (1500, 5000, Banana())
    forward, reverse = [], []
    for seed in range(options.seeds):
        rng = numpy.random.default_rng(seed)
        ar = FlowModel(maf(2, 3, (64, 64), rng), StandardNormal(2))
        inverse = FlowModel(iaf(2, 3, (64, 64), rng), StandardNormal(2))
        x, z = banana(rng, 10_000), inverse.base.sample(rng, 10_000)
        for model, data, loss in ((ar, x, negative_log_likelihood), (inverse, z, reverse_kl)):
            optimizer = Adam(warmup_cosine(3e-3, steps // 20, steps))
            train(model, loss, data, rng, steps=steps, batch=256, optimizer=optimizer, clip=1.0, average=0.99,
                  name=f"seed {seed}")  # fmt: skip
        test_x, test_z = truth.sample(rng, n), inverse.base.sample(rng, n)
        forward.append(float(np.mean(truth.log_prob(test_x) - ar.log_prob(test_x))))
        reverse.append(float(reverse_kl(inverse, test_z, rng)))
    rows = [("AR flow, forward KL", "KL(truth ‖ flow)", mean_and_error(forward)),
            ("inverse AR flow, reverse KL", "KL(flow ‖ truth)", mean_and_error(reverse))]  # fmt: skip
    report.table("banana", ("trained by", "measured", "nats (0 is perfect)"), rows, f"Banana, {options.seeds} seeds")
    samples = {"inverse AR flow": inverse.sample(numpy.random.default_rng(0), 2000)}
    report.figure("banana", densities_figure(test_x[:2000], {"AR flow": ar, "inverse AR flow": inverse}, samples))
