"""What a student's own functions of exercises 10 to 13 do, beside the right ones; `basics`: what a panel is."""

import functools
import itertools

import numpy as np

from minidgm.data import load_digits
from minidgm.plots.answers.shared import bars, last, lines, matrix
from minidgm.plots.common import BLUE, GREY, ORANGE

digits = functools.cache(load_digits)

# ------------------------------------------------------------------ 10 degenerate


def spikes(ax, mine, truth) -> str:
    y, sigmas = digits().train.y.ravel()[:2000].astype(int), np.geomspace(1e-4, 3, 15)
    yours, right = (np.array([np.mean(own.spike_log_likelihood(y, 17, s)) for s in sigmas]) for own in (mine, truth))
    lines(ax, sigmas, yours, right, xscale="log", xlabel="σ of the spikes", ylabel="log p(y), nats per pixel",
          title="digits, a spike on each level")  # fmt: skip
    ax.invert_xaxis()
    return f"a hundredth of σ gains {yours[0] - np.interp(1e-2, sigmas, yours):.2f} nats (log 100 = 4.61), for nothing"


def counts(ax, mine, truth) -> str:
    y = digits().train.y.ravel().astype(int)
    y = y[y != 9]
    yours, right = mine.categorical_mle(y, 17), truth.categorical_mle(y, 17)
    bars(ax, [str(k) if k % 4 == 0 or k == 9 else "" for k in range(17)], yours, right, "P(y)")
    ax.set(title="digits without level 9 (0 is cut off)", xlabel="level y", ylim=(0, 0.12))
    return f"Σ P = {yours.sum():.3f}; P(9) = {yours[9]:.3g}, between {yours[8]:.3f} and {yours[10]:.3f}"


# ------------------------------------------------------------------ 11 logistic, 12 discretization

WEIGHTS = np.log(np.array([0.3, 0.5, 0.2]))
MEANS, SCALES = np.array([1.0, 7.0, 14.5]), np.array([0.5, 1.2, 0.4])


def logistic_tails(ax, mine, truth) -> str:
    x = np.linspace(-1500, 1500, 301)
    yours, right = (own.logistic_log_pdf(x, 0.0, 1.0) for own in (mine, truth))
    lines(ax, x, yours, right, xlabel="(x − μ)/s", ylabel="log p, nats", title="logistic_log_pdf, far out")
    return f"log p(1500) = {last(yours):.1f}"


def logistic_steps(ax, mine, truth) -> str:
    x = np.linspace(-60, 20, 321)
    with np.errstate(all="ignore"):
        yours, right = (np.log(own.logistic_cdf(x, 0.0, 1.0)) for own in (mine, truth))
    lines(ax, x, yours, right, xlabel="(x − μ)/s", ylabel="log F", title="logistic_cdf, its small values")
    at = float(np.exp(yours[80]))
    return f"F(−40) = {at:.4g}; right: {float(np.exp(right[80])):.4g}"


def mixture_density(ax, mine, truth) -> str:
    x = np.linspace(-6, 22, 500)
    yours, right = (np.exp(own.mixture_log_pdf(x, WEIGHTS, MEANS, SCALES)) for own in (mine, truth))
    lines(ax, x, yours, right, xlabel="x", ylabel="p(x)", title="mixture_log_pdf, three logistics")
    return f"area {np.trapezoid(yours, x):.4f}"


def mixture_steps(ax, mine, truth) -> str:
    x = np.linspace(-6, 22, 500)
    yours, right = (own.mixture_cdf(x, WEIGHTS, MEANS, SCALES) for own in (mine, truth))
    lines(ax, x, yours, right, xlabel="x", ylabel="F(x)", title="mixture_cdf")
    return f"from {yours[0]:.4f} to {yours[-1]:.4f}; {np.sum(np.diff(yours) < 0)} times falling"


def levels_of_one(ax, mine, truth) -> str:
    y = np.arange(16)
    yours, right = (np.exp(own.discretized_logistic_log_prob(y, 12.5, 1.5, 16)) for own in (mine, truth))
    bins(ax, yours, right, lambda x: np.exp(-np.logaddexp(0, (x - 12.5) / 1.5) * 2 + (x - 12.5) / 1.5) / 1.5)
    ax.set_title("one logistic, μ = 12.5")
    return f"Σ P = {yours.sum():.6f}; the last bin holds {yours[-1]:.3f}"


def levels_of_mixture(ax, mine, truth) -> str:
    y = np.arange(16)
    yours, right = (np.exp(own.discretized_mixture_log_prob(y, WEIGHTS, MEANS, SCALES, 16)) for own in (mine, truth))
    bins(ax, yours, right, None)
    ax.set_title("a mixture of three")
    bits = mine.bits_per_dim(np.array([-3 * np.log(16.0)]), 3)
    return f"Σ P = {yours.sum():.6f}; three uniform pixels cost {float(bits[0]):.3f} bits/dim (right: 4)"


def bins(ax, yours, right, density) -> None:
    """Probabilities of levels as bars, and the density whose areas they are."""
    y = np.arange(len(yours))
    ax.bar(y, right, width=1, color=GREY, alpha=0.4, edgecolor="white")
    ax.bar(y, yours, width=0.45, color=BLUE)
    if density is not None:
        x = np.linspace(-3, len(y) + 2, 300)
        ax.plot(x, density(x), color=ORANGE, linewidth=2)
        ax.text(0.55, 0.93, "p(x)", color=ORANGE, transform=ax.transAxes, fontsize=15)
    ax.text(0.05, 0.93, "yours", color=BLUE, transform=ax.transAxes, fontsize=15)
    ax.text(0.3, 0.93, "right", color=GREY, transform=ax.transAxes, fontsize=15)
    ax.set(xlabel="level y", ylabel="P(y)", ylim=(0, 1.25 * right.max()))


def far_bins(ax, mine, truth) -> str:
    mu = np.linspace(-400, 420, 165)
    yours, right = (own.discretized_logistic_log_prob(np.full(165, 9), mu, 0.5, 16) for own in (mine, truth))
    lines(ax, mu, yours, right, xlabel="μ", ylabel="log P(9), nats", title="level 9, the mean far away, s = ½")
    return f"log P(9) = {yours[0]:.1f} at μ = −400"


# ------------------------------------------------------------------ 13 pixels, one after the other


def masks(ax, mine, truth) -> str:
    yours, right = (
        np.concatenate([own.causal_mask(7, "A"), np.zeros((7, 1)), own.causal_mask(7, "B")], axis=1)
        for own in (mine, truth)
    )
    said = matrix(ax, yours, right, "rows, read from the top", "kind A: without itself | kind B: with itself")
    ax.plot([3, 11], [3, 3], "o", markerfacecolor="none", color=ORANGE, markersize=14, markeredgewidth=2)
    ax.set_title("causal_mask(7), centre ringed")
    return said


def next_pixel(prefix):
    """Three pixels of two levels, each likely to repeat the parity so far."""
    one = np.where(np.sum(prefix, axis=1) % 2 == 1, 0.8, 0.35)
    return np.log(np.stack([1 - one, one], axis=1))


IMAGES = np.array(list(itertools.product((0, 1), repeat=3)))
NAMES = ["".join(map(str, image)) for image in IMAGES]


def all_images(ax, mine, truth) -> str:
    yours, right = (np.exp(own.ar_log_prob(IMAGES, next_pixel)) for own in (mine, truth))
    bars(ax, NAMES, yours, right, "P(y)")
    ax.set_title("all images of 3 pixels")
    ax.tick_params(axis="x", labelsize=12)
    return f"Σ over all images {yours.sum():.6f}"


def drawn_images(ax, mine, truth) -> str:
    uniforms = np.random.default_rng(0).random((4000, 3))
    y = np.asarray(mine.ar_sample(next_pixel, uniforms))
    right = np.exp(truth.ar_log_prob(IMAGES, next_pixel))
    shares = np.array([np.mean(np.all(y == image, axis=1)) for image in IMAGES])
    bars(ax, NAMES, shares, right, "share of 4,000 samples")
    ax.set_title("ar_sample: shares beside P(y)")
    ax.tick_params(axis="x", labelsize=12)
    error = np.sqrt(right * (1 - right) / 4000)
    return f"largest distance {np.max(np.abs(shares - right) / error):.1f} standard errors"
