"""Row 8: P(y) = F(y + ½) − F(y − ½) makes a discrete model of a continuous one; the edge bins take the tails.

Measured: mixtures of 1, 2, 3, 5 and 10 logistics, fitted to the levels of all training pixels by maximum likelihood,
in bits a pixel on the test images, beside a categorical that counts. With --mine the mixture is yours (exercise 12).
"""

import autograd.numpy as np
import numpy

from minidgm.data import load_images
from minidgm.discrete import DiscretizedLogisticMixture, bits_per_dim
from minidgm.functional import log_softmax
from minidgm.labs import Options, mine
from minidgm.labs.report import Report, mean_and_error
from minidgm.optim import Adam, warmup_cosine
from minidgm.plots.discrete import bins_figure
from minidgm.tensor import Module
from minidgm.train import train

COMPONENTS = (1, 2, 3, 5, 10)


def run(report: Report, options: Options) -> None:
    """Fit, compare, draw."""
    report.say("Row 8: discretization through the CDF, P(y) = F(y + ½) − F(y − ½), edges to ±∞")
    images = load_images(options.data)
    counts = [numpy.bincount(part.y.ravel(), minlength=images.levels) for part in (images.train, images.test)]
    train_shares, test_shares = (c / c.sum() for c in counts)
    answers = mine.load("ex12_discretize") if options.mine else None
    steps, levels = 100 if options.quick else 2000, numpy.arange(images.levels)

    with numpy.errstate(divide="ignore"):
        categorical = -float(numpy.sum(test_shares * numpy.log2(train_shares), where=test_shares > 0))
    rows, fitted, worst, means = [], {}, 0.0, {}
    for components in COMPONENTS:
        bits = {"train": [], "test": []}
        for seed in range(options.seeds):
            model = PixelMixture(components, images.levels, numpy.random.default_rng(seed), answers)
            fit(model, train_shares, steps, seed)
            exact = model.astype(numpy.float64)
            log_p = exact.log_prob(levels)
            worst = max(worst, abs(numpy.exp(log_p).sum() - 1))
            for name, shares in (("train", train_shares), ("test", test_shares)):
                bits[name].append(float(numpy.sum(shares * exact.bits(levels))))
        fitted[f"{components} logistic{'s' * (components > 1)}"] = exact.discretized()
        means[components] = numpy.mean(bits["test"])
        rows.append((components, 3 * components - 1, mean_and_error(bits["train"]), mean_and_error(bits["test"])))
    entropy = -float(numpy.sum(train_shares * numpy.log2(train_shares), where=train_shares > 0))
    rows.append(("counts (categorical)", images.levels - 1, f"{entropy:.4f}", f"{categorical:.4f}"))
    whose = "your functions" if options.mine else "the engine"
    report.table("discretize", ("components", "numbers", "bits/pixel, training", "bits/pixel, test"), rows,
                 f"One distribution for all pixels, {options.seeds} seeds, {steps} steps, {whose}")  # fmt: skip
    report.say(f"Σ_y P(y) differs from 1 by at most {worst:.1e} (float64).")
    best = min(means, key=means.get)
    report.say(
        f"Best on test pixels: {best} components with {means[best]:.4f} bits, {means[best] - categorical:+.4f} against "
        f"counting, with {3 * best - 1} numbers for {images.levels - 1}; one component: {means[1] - categorical:+.4f}."
    )
    report.figure("discretize", bins_figure({name: fitted[name] for name in list(fitted)[::2]}, train_shares))


class PixelMixture(Module):
    """One discretized mixture for every pixel; its functions are the engine's, or a student's."""

    def __init__(self, components: int, levels: int, rng, answers=None):
        self.log_pi = numpy.zeros(components, numpy.float32)
        self.mu = rng.uniform(-0.5, levels - 0.5, components).astype(numpy.float32)
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


def fit(model, shares, steps: int, seed: int) -> None:
    """Maximum likelihood: all pixels of one level have the same probability, so a level counts by its share."""
    data = (numpy.arange(len(shares)), shares.astype(numpy.float32))
    rng = numpy.random.default_rng(seed)
    schedule = warmup_cosine(0.05, steps // 20, steps)
    train(
        model, cross_entropy, data, rng, steps=steps, batch=len(shares), optimizer=Adam(schedule), name=f"seed {seed}"
    )


def cross_entropy(model, batch, rng):
    """−Σ_y share(y) log P(y)."""
    y, shares = batch
    return -np.sum(shares * model.log_prob(y))
