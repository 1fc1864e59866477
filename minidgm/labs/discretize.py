"""Row 8: P(y) = F(y + ½) − F(y − ½) makes a discrete model of a continuous one; the edge bins take the tails.

Measured: mixtures of 1, 2, 3, 5 and 10 logistics, fitted to the levels of all training pixels by maximum likelihood
from several starts, the best kept, in bits per pixel beside a categorical that counts; and where numerical order pays:
test bits against the number of training pixels. With --mine the mixture is yours (exercise 12).
"""

import itertools

import autograd.numpy as np
import numpy

from minidgm.discrete import DiscretizedLogisticMixture, bits_per_dim
from minidgm.functional import log_softmax
from minidgm.labs import Options, Part, mine
from minidgm.labs.images import bits_of, images_for, level_shares
from minidgm.labs.judge import every, positive, signed
from minidgm.labs.report import Report
from minidgm.labs.training import fit
from minidgm.plots.discrete import bins_figure, few_pixels_figure
from minidgm.tensor import Module

COMPONENTS = (1, 2, 3, 5, 10)
FEW = (1, 3)  # components where data are few
RESAMPLED = 8  # training sets of each size, per seed


def discretization(report: Report, options: Options) -> None:
    """Row 8: fit, compare, take data away, answer."""
    images = images_for(options)
    answers = mine.load("ex12_discretize") if options.mine else None
    train_shares, test_shares = (level_shares(part, images.levels) for part in (images.train, images.test))
    steps, starts = (100, 2) if options.quick else (1500, 12)
    rows, fitted, worst = [], {}, 0.0
    for components in COMPONENTS:
        model, *others = best_first(train_shares, components, steps, starts, answers)
        worst = max(worst, abs(numpy.exp(model.log_prob(numpy.arange(images.levels))).sum() - 1))
        fitted[f"{components} logistic{'s' * (components > 1)}"] = model
        spread = cross_entropy(others[-1], train_shares) - cross_entropy(model, train_shares)
        rows.append((components, 3 * components - 1, cross_entropy(model, train_shares),
                     cross_entropy(model, test_shares), spread))  # fmt: skip
    entropy, counted = bits_of(train_shares, train_shares), bits_of(test_shares, train_shares)
    sizes, few = few_pixels(images, test_shares, options, answers)
    by_counting, by_logistic, _ = few.values()
    gain = {n: numpy.subtract(by_counting[k], by_logistic[k]) for k, n in enumerate(sizes)}
    shown, last = sizes[1], rows[-1]
    report.answer(
        8,
        every(worst < 1e-12, last[2] > entropy, positive(gain[shown])),
        f"Σ P = 1 to {worst:.1g}; from {shown} pixels numerical order saves {signed(gain[shown])} bits, "
        f"from {images.train.y.size:,} nothing ({counted - last[3]:+.4f})",
        number=f"{rows[3][2]:.4f} bits, 5 logistics",
        truth=f"entropy {entropy:.4f} bits; Σ P = 1",
        train={row[0]: row[2] for row in rows}, test={row[0]: row[3] for row in rows}, entropy=entropy, counted=counted,
        gain=gain, deviation_of_the_sum=worst,
    )  # fmt: skip
    header = ("components", "numbers", "bits, training", "bits, test", "worst start, more")
    rows = [tuple(row[:2]) + tuple(f"{x:.4f}" for x in row[2:]) for row in rows]
    rows.append(("counting", images.levels - 1, f"{entropy:.4f}", f"{counted:.4f}", ""))
    report.table("discretize", header, rows, f"One distribution for all pixels; the best of {starts} starts")
    report.table("few", ("pixels", *few), [(n, *(few[name][k] for name in few)) for k, n in enumerate(sizes)],
                 f"Test bits per pixel from few training pixels, {options.seeds} seeds")  # fmt: skip
    levels, x = numpy.arange(images.levels), numpy.linspace(-2.5, images.levels + 1.5, 800)
    curves = {}
    for name in ("1 logistic", "3 logistics", "10 logistics"):
        model = fitted[name].discretized()
        curves[name] = {"P": numpy.exp(model.log_prob(levels)), "density": numpy.exp(model.mixture.log_prob(x))}
    report.figure("discretize", bins_figure(x, curves, train_shares), x=x, curves=curves, shares=train_shares)
    report.figure("few", few_pixels_figure(sizes, few, counted), sizes=sizes, bits=few, counted=counted)


def few_pixels(images, test_shares, options: Options, answers) -> tuple[tuple, dict]:
    """Sizes, and name → per size one value per seed: mean test bits of models that have seen that many pixels."""
    sizes, steps, repeats = ((20, 50), 50, 2) if options.quick else ((20, 50, 150, 500, 5000), 300, RESAMPLED)
    pixels = images.train.y.ravel()
    bits: dict = {"counting, plus one each": [], **{f"{k} logistic{'s' * (k > 1)}": [] for k in FEW}}
    for n in sizes:
        scores = numpy.zeros((options.seeds, repeats, len(bits)))
        for seed, repeat in itertools.product(range(options.seeds), range(repeats)):
            rng = numpy.random.default_rng((seed, repeat))
            counts = numpy.bincount(rng.choice(pixels, n), minlength=images.levels)
            best = [best_first(counts / n, k, steps, min(k, 2), answers)[0] for k in FEW]
            plus_one = (counts + 1) / (n + images.levels)
            scores[seed, repeat] = [bits_of(test_shares, plus_one), *(cross_entropy(b, test_shares) for b in best)]
        for values, found in zip(bits.values(), scores.mean(axis=1).T):
            values.append(found)
    return sizes, bits


class PixelMixture(Module):
    """One discretized mixture for every pixel; its functions are the engine's, or a student's."""

    def __init__(self, mu, levels: int, answers=None):
        components = len(mu)
        self.log_pi, self.mu = numpy.zeros(components, numpy.float32), numpy.asarray(mu, numpy.float32)
        self.log_s = numpy.full(components, numpy.log(levels / (4 * components)), numpy.float32)
        self.levels, self.answers = levels, answers

    def discretized(self):
        return DiscretizedLogisticMixture(self.log_pi, self.mu, np.exp(self.log_s), self.levels)

    def log_prob(self, y):
        """log P(y), elementwise."""
        if self.answers is None:
            return self.discretized().log_prob(y)
        log_pi = log_softmax(self.log_pi)
        return self.answers.discretized_mixture_log_prob(y, log_pi, self.mu, np.exp(self.log_s), self.levels)

    def bits(self, y):
        """Bits of each level."""
        return (bits_per_dim if self.answers is None else self.answers.bits_per_dim)(self.log_prob(y), 1)


def fitted_mixture(shares, components: int, steps: int, start: int, answers) -> PixelMixture:
    """Maximum likelihood from one start, in float64; a level counts by its share of the pixels.

    Start 0 has its means evenly over the levels, the others at random: a mixture's likelihood has many local optima.
    """
    levels, rng = len(shares), numpy.random.default_rng(start)
    even = levels * (2 * numpy.arange(components) + 1) / (2 * components) - 0.5
    mu = even if start == 0 else rng.uniform(-0.5, levels - 0.5, components)
    model, data = PixelMixture(mu, levels, answers), (numpy.arange(levels), shares.astype(numpy.float32))

    def loss(model, batch, rng):
        """−Σ_y share(y) log P(y)."""
        y, shares = batch
        return -np.sum(shares * model.log_prob(y))

    fit(model, loss, data, rng, steps=steps, lr=0.2, batch=levels, name=f"{components} logistics, start {start}")
    return model.astype(numpy.float64)


def best_first(shares, components: int, steps: int, starts: int, answers) -> list[PixelMixture]:
    """The mixtures from so many starts, that of the highest likelihood first."""
    found = [fitted_mixture(shares, components, steps, start, answers) for start in range(starts)]
    return sorted(found, key=lambda model: cross_entropy(model, shares))


def cross_entropy(model: PixelMixture, shares) -> float:
    """−Σ_y share(y) log₂ P(y): bits per pixel."""
    return float(numpy.sum(shares * model.bits(numpy.arange(len(shares)))))


PARTS = (Part((8,), discretization),)
