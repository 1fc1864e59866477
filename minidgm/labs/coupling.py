"""Row 3: a coupling layer takes one pass each way, det ∂z/∂x = Π 1/σ_j, and it is a special case of an AR flow.

Measured: the time of f and of g as m grows; the Jacobian, drawn block by block; the largest difference between a
coupling layer and the AR flow whose nets see the first d dimensions only; RealNVP on moons. With --mine the layers that
are trained call your coupling_f and coupling_g (exercise 07).
"""

import autograd
import autograd.numpy as np
import numpy

from minidgm.data import Moons, moons
from minidgm.distributions import StandardNormal
from minidgm.flows import ActNorm, AffineCoupling, Chain, Flow, FlowModel, GaussianAR, Permutation
from minidgm.labs import Options, mine
from minidgm.labs.baselines import Gaussian
from minidgm.labs.report import Report, mean_and_error
from minidgm.labs.timing import seconds
from minidgm.labs.tour import negative_log_likelihood
from minidgm.optim import Adam, warmup_cosine
from minidgm.plots.flows import blocks_figure, shake, times_figure
from minidgm.train import mean_loss, train


def run(report: Report, options: Options) -> None:
    """Time, compare, draw, train."""
    report.say(
        "Row 3: a coupling layer takes one pass each way; det ∂z/∂x = Π 1/σ_j; it is a special case of an AR flow"
    )
    times(report, sizes=(2, 8) if options.quick else (2, 4, 8, 16, 32, 64, 128, 256))
    jacobian(report)
    special_case(report)
    moons_by_coupling(report, options)


def times(report: Report, sizes) -> None:
    """f against g as m grows."""
    rng, rows = numpy.random.default_rng(0), []
    for m in sizes:
        flow, x = AffineCoupling(m, (64, 64), rng), rng.standard_normal((256, m), dtype=numpy.float32)
        f, g = seconds(flow.f, x), seconds(flow.g, x)
        rows.append((m, 1e3 * f, 1e3 * g, g / f))
    report.table("times", ("m", "f, ms", "g, ms", "g / f"), rows, "256 objects, hidden 2×64, median time of one call")
    curves = {"f (density)": [r[1] for r in rows], "g (sampling)": [r[2] for r in rows]}
    report.figure("times", times_figure(sizes, curves, "coupling layer"))


def jacobian(report: Report) -> None:
    """The slide's block matrix, of a real layer."""
    m, d, rng = 8, 4, numpy.random.default_rng(1)
    flow = shake(AffineCoupling(m, (64,), rng), rng).astype(numpy.float64)
    x = rng.standard_normal(m)
    J = autograd.jacobian(lambda x: flow.f(x[None])[0][0])(x)
    log_det, exact = flow.f(x[None])[1][0], numpy.linalg.slogdet(J)[1]
    report.say(f"log|det| of the {m}×{m} Jacobian: {exact:.12f} by LU, −Σ log σ_j = {log_det:.12f}")
    blocks = {"∂z_1/∂x_1 = I": J[:d, :d] - numpy.eye(d), "∂z_1/∂x_2 = 0": J[:d, d:]}
    blocks["∂z_2/∂x_2 off its diagonal = 0"] = J[d:, d:] - numpy.diag(numpy.diag(J[d:, d:]))
    rows = [(name, float(numpy.abs(block).max())) for name, block in blocks.items()]
    report.table("blocks", ("block", "largest deviation"), rows)
    report.figure("jacobian", blocks_figure(J, d))


def special_case(report: Report) -> None:
    """An AR flow whose nets see the first d inputs only is the coupling layer: the largest difference."""
    m, d, width, rng = 6, 3, 32, numpy.random.default_rng(2)
    coupling = shake(AffineCoupling(m, (width,), rng), rng).astype(numpy.float64)
    ar = as_coupling(GaussianAR(m, (width,), rng).astype(numpy.float64), coupling, d)
    x = rng.standard_normal((100, m))
    differences = [numpy.abs(a - b).max() for a, b in zip(ar.f(x) + ar.g(x), coupling.f(x) + coupling.g(x))]
    report.say(
        f"AR flow whose nets see x_1:{d} only, against the coupling layer: largest difference {max(differences):.1e}"
    )


def as_coupling(ar: GaussianAR, coupling: AffineCoupling, d: int) -> GaussianAR:
    """Give an AR flow with one hidden layer the coupling's weights: x_{1:d} enters all hidden units, x_{d+1:m} none."""
    m = coupling.m
    first, last = ar.net.layers
    moved = numpy.r_[d:m, m + d : 2 * m]  # the columns of μ and log σ that belong to the second part
    first.mask[...], last.mask[...] = False, False
    first.mask[:d], last.mask[:, moved] = True, True
    first.weight[:d], first.bias[...] = coupling.net.layers[0].weight, coupling.net.layers[0].bias
    last.weight[:, moved], last.bias[...] = coupling.net.layers[1].weight, 0
    last.bias[moved] = coupling.net.layers[1].bias
    return ar


def moons_by_coupling(report: Report, options: Options) -> None:
    """RealNVP on moons, with the engine's layers or the student's."""
    steps = 60 if options.quick else 1500
    truth, scores, gaussians = [], [], []
    answers = mine.load("ex07_coupling") if options.mine else None
    for seed in range(options.seeds):
        rng = numpy.random.default_rng(seed)
        train_x, validation_x, test_x = (moons(rng, n) for n in (10_000, 2_000, 5_000))
        model = FlowModel(chain(rng, answers), StandardNormal(2))
        model.initialize(train_x[:1000])
        train(model, negative_log_likelihood, train_x, rng, steps=steps, batch=256, clip=1.0, average=0.99,
              optimizer=Adam(warmup_cosine(3e-3, steps // 20, steps)), validation=validation_x,
              every=max(steps // 10, 1), name=f"seed {seed}")  # fmt: skip
        scores.append(-mean_loss(model, negative_log_likelihood, test_x))
        gaussians.append(-mean_loss(Gaussian(train_x), negative_log_likelihood, test_x))
        truth.append(float(numpy.mean(Moons().log_prob(test_x))))
    whose = "your coupling layers" if options.mine else "8 coupling layers"
    rows = [(name, mean_and_error(values)) for name, values in
            (("Gaussian", gaussians), (whose, scores), ("the true density", truth))]  # fmt: skip
    report.table("moons", ("model", "test log p(x), nats"), rows, f"Two moons, {options.seeds} seeds, {steps} steps")
    above = numpy.array(scores) - numpy.array(truth)
    if numpy.all(above > 0):
        report.say(f"{whose.capitalize()} score {above.mean():.3f} nats above the true density, which no "
                   "density can on average: a log_det is wrong.")  # fmt: skip


def chain(rng, answers) -> Chain:
    """Eight couplings of two dimensions, which change places in between."""
    layer = (lambda: AffineCoupling(2, (64, 64), rng)) if answers is None else (lambda: Mine(rng, answers))
    return Chain([part for _ in range(8) for part in (ActNorm(2), layer(), Permutation([1, 0]))])


class Mine(Flow):
    """A coupling layer of two dimensions that computes with a student's coupling_f and coupling_g."""

    def __init__(self, rng, answers):
        self.net, self.answers = AffineCoupling(2, (64, 64), rng), answers

    def mu_sigma(self, x1):
        mu, log_sigma = self.net.mu_log_sigma(x1)
        return mu, np.exp(log_sigma)

    def f(self, x, context=None):
        return self.answers.coupling_f(x, 1, self.mu_sigma)

    def g(self, z, context=None):
        return self.answers.coupling_g(z, 1, self.mu_sigma)
