"""Row 3: a coupling layer takes one pass each way, det ∂z/∂x = Π 1/σ_j, and it is a special case of an AR flow.

Measured: the time of f and of g as m grows; the Jacobian, drawn block by block with its signs, its log|det| by LU; the
largest difference between a coupling layer and the AR flow whose nets see the first d dimensions only; RealNVP on two
moons beside the true density. With --mine all of it by your coupling_f and coupling_g (exercise 07).
"""

import autograd
import autograd.numpy as np
import numpy

from minidgm.data import Moons, moons
from minidgm.distributions import StandardNormal
from minidgm.flows import ActNorm, AffineCoupling, Chain, Flow, FlowModel, GaussianAR, Permutation
from minidgm.labs import Options, Part, mine
from minidgm.labs.baselines import Gaussian
from minidgm.labs.judge import every, positive, signed
from minidgm.labs.report import Report
from minidgm.labs.timing import seconds
from minidgm.labs.training import fit, negative_log_likelihood
from minidgm.plots.common import drawn_images
from minidgm.plots.flows import blocks_figure, densities_figure, shake, times_figure
from minidgm.train import mean_loss


def coupling_layer(report: Report, options: Options) -> None:
    """Row 3: time, compare, differentiate, train; then answer."""
    answers = mine.load("ex07_coupling") if options.mine else None

    def layer(m, hidden, rng):
        return AffineCoupling(m, hidden, rng) if answers is None else Mine(m, hidden, rng, answers)

    sizes, ms = times(layer, (2, 8) if options.quick else (2, 4, 8, 16, 32, 64, 128, 256))
    blocks, J, determinant = jacobian(layer)
    special = special_case(layer)
    scores, model = two_moons(layer, options)
    ratio = [g / f for f, g in zip(*ms.values())]
    exact, same = determinant < 1e-12, special < 1e-12
    above = numpy.subtract(scores["8 coupling layers"], scores["the true density"])
    report.answer(
        3,
        every(True if max(ratio) < 2 else None, exact, same, positive(above) is not True),
        f"g takes {min(ratio):.2f} to {max(ratio):.2f} times as long as f for m up to {sizes[-1]}; "
        f"log|det| is −Σ log σ to {determinant:.1g}, and the AR flow differs by {special:.1g}",
        number=f"g takes {ratio[-1]:.2f}× f at m = {sizes[-1]}",
        truth="1×; equal to an AR flow with nets of x_1:d",
        times=ms, determinant=determinant, special_case=special, scores=scores,
    )  # fmt: skip
    report.table("times", ("m", "f, ms", "g, ms", "g / f"), list(zip(sizes, *ms.values(), ratio)),
                 "One call, 256 objects, hidden 2×64, median")  # fmt: skip
    report.table("blocks", ("block of the Jacobian", "largest deviation"), list(blocks.items()))
    report.table("moons", ("model", "test log p(x), nats"), list(scores.items()),
                 f"Two moons, {options.seeds} seeds, training by maximum likelihood")  # fmt: skip
    if positive(above):
        report.say(f"The flow scores {signed(above)} nats above the true density, which no density can: a log_det is "
                   "wrong.\n")  # fmt: skip
    report.figure("times", times_figure(sizes, ms, "coupling layer: one pass each way"), m=sizes, ms=ms)
    report.figure("jacobian", blocks_figure(J, len(J) // 2), J=J)
    models = {"the truth": Moons(), "8 coupling layers": model}
    samples = {name: one.sample(numpy.random.default_rng(0), 2000) for name, one in models.items()}
    figure = densities_figure(samples["the truth"], models, samples)
    report.figure("moons", figure, samples=samples, densities=drawn_images(figure))


def times(layer, sizes) -> tuple[tuple, dict]:
    """Sizes m, and the ms of one call of f and of g."""
    rng, ms = numpy.random.default_rng(0), {"f, density": [], "g, sampling": []}
    for m in sizes:
        flow, x = layer(m, (64, 64), rng), rng.standard_normal((256, m), dtype=numpy.float32)
        for name, call in zip(ms, (flow.f, flow.g)):
            ms[name].append(1e3 * seconds(call, x))
    return sizes, ms


def jacobian(layer) -> tuple[dict, numpy.ndarray, float]:
    """The slide's block matrix, of a real layer: deviations of its blocks, the matrix, |log|det| by LU − log_det|."""
    m, d, rng = 8, 4, numpy.random.default_rng(1)
    flow = shake(layer(m, (64,), rng), rng).astype(numpy.float64)
    x = rng.standard_normal(m)
    J = autograd.jacobian(lambda x: flow.f(x[None])[0][0])(x)
    blocks = {"∂z_1/∂x_1 = I": J[:d, :d] - numpy.eye(d), "∂z_1/∂x_2 = 0": J[:d, d:]}
    blocks["∂z_2/∂x_2 = diag(1/σ): off its diagonal 0"] = J[d:, d:] - numpy.diag(numpy.diag(J[d:, d:]))
    deviations = {name: float(numpy.abs(block).max()) for name, block in blocks.items()}
    return deviations, J, abs(float(flow.f(x[None])[1][0] - numpy.linalg.slogdet(J)[1]))


def special_case(layer) -> float:
    """An AR flow whose nets see the first d inputs only, less the coupling layer: the largest difference."""
    m, d, width, rng = 6, 3, 32, numpy.random.default_rng(2)
    coupling = shake(layer(m, (width,), rng), rng).astype(numpy.float64)
    ar = as_coupling(GaussianAR(m, (width,), rng).astype(numpy.float64), coupling, d)
    x = rng.standard_normal((100, m))
    return max(float(numpy.abs(a - b).max()) for a, b in zip(ar.f(x) + ar.g(x), coupling.f(x) + coupling.g(x)))


def as_coupling(ar: GaussianAR, coupling, d: int) -> GaussianAR:
    """Give an AR flow with one hidden layer the coupling's weights: x_{1:d} enters all hidden units, x_{d+1:m} none."""
    m = ar.m
    first, last = ar.net.layers
    moved = numpy.r_[d:m, m + d : 2 * m]  # the columns of μ and log σ that belong to the second part
    first.mask[...], last.mask[...] = False, False
    first.mask[:d], last.mask[:, moved] = True, True
    first.weight[:d], first.bias[...] = coupling.net.layers[0].weight, coupling.net.layers[0].bias
    last.weight[:, moved], last.bias[...] = coupling.net.layers[1].weight, 0
    last.bias[moved] = coupling.net.layers[1].bias
    return ar


def two_moons(layer, options: Options) -> tuple[dict, FlowModel]:
    """Test log-likelihoods of a Gaussian, of RealNVP and of the truth, one per seed; and the last RealNVP."""
    steps = 60 if options.quick else 1500
    scores: dict[str, list] = {"Gaussian": [], "8 coupling layers": [], "the true density": []}
    for seed in range(options.seeds):
        rng = numpy.random.default_rng(seed)
        train_x, validation_x, test_x = (moons(rng, n) for n in (10_000, 2_000, 5_000))
        model = FlowModel(chain(layer, rng), StandardNormal(2))
        model.initialize(train_x[:1000])
        fit(model, negative_log_likelihood, train_x, rng, steps=steps, batch=256, clip=1.0, average=0.99,
            validation=validation_x, name=f"RealNVP, seed {seed}")  # fmt: skip
        for name, one in zip(scores, (Gaussian(train_x), model, Moons())):
            scores[name].append(-mean_loss(one, negative_log_likelihood, test_x))
    return scores, model


def chain(layer, rng) -> Chain:
    """Eight couplings of two dimensions, which change places in between."""
    return Chain([part for _ in range(8) for part in (ActNorm(2), layer(2, (64, 64), rng), Permutation([1, 0]))])


class Mine(Flow):
    """A coupling layer that computes with a student's coupling_f and coupling_g; its nets are the engine's."""

    def __init__(self, m: int, hidden, rng, answers):
        self.m, self.d = m, m // 2
        self.coupling, self.answers = AffineCoupling(m, hidden, rng), answers

    @property
    def net(self):
        return self.coupling.net

    def mu_sigma(self, x1):
        mu, log_sigma = self.coupling.mu_log_sigma(x1)
        return mu, np.exp(log_sigma)

    def f(self, x, context=None):
        return self.answers.coupling_f(x, self.d, self.mu_sigma)

    def g(self, z, context=None):
        return self.answers.coupling_g(z, self.d, self.mu_sigma)


PARTS = (Part((3,), coupling_layer),)
