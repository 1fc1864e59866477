"""What a student's own functions of exercises 10 to 16 and 25 do, beside the right ones; `basics`: what a panel is."""

import functools
import itertools

import numpy as np

from minidgm.data import load_digits
from minidgm.plots.answers.shared import apart, bars, last, lines, matrix
from minidgm.plots.common import BLUE, COLOURS, GREY, ORANGE, bare, draw_images

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


# ------------------------------------------------------------------ 14, 15, 16 dequantization

CELLS = np.arange(8)[:, None]


def smooth(x):
    """Two bumps on eight levels, narrower than a cell: log p(x), (rows,)."""
    x = x[:, 0]
    return np.logaddexp(np.log(0.6) - 0.5 * ((x - 2.7) / 0.35) ** 2 - np.log(0.35),
                        np.log(0.4) - 0.5 * ((x - 5.5) / 0.8) ** 2 - np.log(0.8)) - 0.5 * np.log(2 * np.pi)  # fmt: skip


def cells(ax, mine, truth) -> str:
    u = np.random.default_rng(0).random((2000, 8, 1))
    bound, right = (own.uniform_bound(CELLS, u, smooth) for own in (mine, truth))
    exact = truth.discrete_log_prob(CELLS, smooth, 400)
    x = np.linspace(0.001, 7.999, 800)
    ax.plot(x, smooth(x[:, None]), color=GREY, linewidth=1.5)
    steps(ax, exact, "black", 2.5)
    steps(ax, right, GREY, 8)
    steps(ax, bound, BLUE, 2.5)
    ax.set(xlabel="x = y + u", ylabel="nats", ylim=(-12, 1), title="each cell: bound and log P(y)")
    words(ax, ("log P(y)", "black"), ("your bound", BLUE), ("right bound, log p(x)", GREY))
    over = int(np.sum(bound > exact + 1e-9))
    return f"below log P(y) by {np.mean(exact - bound):.2f} nats in the mean" + (
        f"; above it in {over} cells" * bool(over)
    )


def steps(ax, values, colour, width) -> None:
    """A level for each cell."""
    ax.hlines(values, np.arange(len(values)), np.arange(len(values)) + 1, color=colour, linewidth=width)


def words(ax, *names) -> None:
    """Names in their colours, below one another at the foot."""
    for k, (name, colour) in enumerate(names):
        ax.text(0.3, 0.05 + 0.08 * (len(names) - 1 - k), name, color=colour, transform=ax.transAxes, fontsize=14)


def integral(ax, mine, truth) -> str:
    points = np.array([1, 2, 4, 8, 16, 32, 64])
    yours, right = (
        np.array([np.logaddexp.reduce(own.discrete_log_prob(CELLS, smooth, int(k))) for k in points])
        for own in (mine, truth)
    )
    lines(ax, points, np.exp(yours), np.exp(right), xscale="log", xlabel="points in a cell", ylabel="Σ P(y)",
          title="discrete_log_prob: all eight cells")  # fmt: skip
    return f"Σ P = {np.exp(yours[-1]):.4f} with 64 points"


def noisy_points(ax, mine, truth) -> str:
    rng = np.random.default_rng(0)
    y, u = rng.integers(0, 4, (400, 2)), rng.random((400, 2))
    yours = mine.dequantize(y, u)
    inside = np.all((yours >= y) & (yours < y + 1), axis=1)
    ax.scatter(*yours[inside].T, s=10, color=BLUE)
    ax.scatter(*yours[~inside].T, s=30, color=ORANGE, marker="x")
    ax.set(xticks=range(5), yticks=range(5), xlabel="x_1", ylabel="x_2", title="dequantize: points in their cells")
    ax.grid(color=GREY, alpha=0.6)
    return f"{np.sum(~inside)} of 400 outside their cell [y, y + 1)"


def posterior_noise(power: float, samples: int):
    """u (samples, 8, 1) and log q (samples, 8) of q(u|y) ∝ p(y + u)^power: uniform at 0, the exact posterior at 1."""
    t = (np.arange(1000) + 0.5) / 1000
    log_p = power * smooth((CELLS + t).reshape(-1, 1)).reshape(8, 1000)
    q = np.exp(log_p - log_p.max(axis=1, keepdims=True))
    q /= q.mean(axis=1, keepdims=True)
    chosen = np.random.default_rng(0).random((samples, 8))
    index = np.stack([np.searchsorted(np.cumsum(q[k]) / 1000, chosen[:, k]).clip(0, 999) for k in range(8)], axis=1)
    return t[index][:, :, None], np.log(np.take_along_axis(q.T, index, axis=0))


def better_noise(ax, mine, truth) -> str:
    powers, exact = np.linspace(0, 1, 9), float(np.mean(truth_cells()))
    drawn = [posterior_noise(p, 500) for p in powers]
    yours, right = (
        np.array([np.mean(own.variational_bound(CELLS, *d, smooth)) for d in drawn]) for own in (mine, truth)
    )
    ax.axhline(exact, color="black", linewidth=2)
    lines(ax, powers, yours, right, xlabel="q(u|y): 0 uniform … 1 exact posterior", ylabel="bound, nats",
          title="variational_bound; log P(y) in black")  # fmt: skip
    return f"from {yours[0]:.3f} to {yours[-1]:.3f}; log P(y) = {exact:.3f} (means of 8 cells)"


def more_noise(ax, mine, truth) -> str:
    sizes, exact = (1, 2, 4, 8, 16, 32, 64), float(np.mean(truth_cells()))
    u, log_q = posterior_noise(0, 64 * 20)

    def curve(own):
        pieces = [[slice(k * start, k * (start + 1)) for start in range(20)] for k in sizes]
        return np.array(
            [np.mean([own.importance_bound(CELLS, u[p], log_q[p], smooth) for p in part]) for part in pieces]
        )

    yours = curve(mine)
    ax.axhline(exact, color="black", linewidth=2)
    lines(ax, sizes, yours, curve(truth), xscale="log", xlabel="samples K, uniform q", ylabel="bound, nats",
          title="importance_bound; log P(y) in black")  # fmt: skip
    return f"K = 1: {yours[0]:.3f}, K = 64: {yours[-1]:.3f}, log P(y) = {exact:.3f}"


def truth_cells():
    """log P(y) of the eight cells by the midpoint rule."""
    t = (np.arange(1000) + 0.5) / 1000
    return np.logaddexp.reduce(smooth((CELLS + t).reshape(-1, 1)).reshape(8, 1000), axis=1) - np.log(1000)


def noise_densities(ax, mine, truth) -> str:
    eps, areas = np.linspace(-8, 8, 801)[:, None], []
    for (mu, sigma), colour in zip(((0.0, 1.0), (1.0, 0.5), (0.0, 2.5)), COLOURS):
        (u, log_q), (right_u, right) = (
            own.sigmoid_flow(eps, np.array([mu]), np.array([sigma])) for own in (mine, truth)
        )
        ax.plot(right_u[:, 0], np.exp(right), color=GREY, linewidth=7, alpha=0.5)
        ax.plot(u[:, 0], np.exp(log_q), color=colour, linewidth=2)
        top = int(np.argmax(np.exp(right)))
        place = (float(np.clip(right_u[top, 0], 0.14, 0.86)), float(np.exp(right[top])) + 0.1)
        ax.text(*place, f"μ {mu:g}, σ {sigma:g}", color=colour, ha="center", fontsize=13)
        areas.append(float(np.trapezoid(np.exp(log_q), u[:, 0])))
    ax.set(xlabel="u", ylabel="q(u|y)", ylim=(0, 5), title="sigmoid_flow: densities of the noise")
    return "areas " + ", ".join(f"{a:.3f}" for a in areas)


def noise_tails(ax, mine, truth) -> str:
    mu = np.linspace(-1000, 1000, 201)
    zero = np.zeros((201, 1))
    yours, right = (own.sigmoid_flow(zero, mu[:, None], np.ones(1))[1] for own in (mine, truth))
    lines(ax, mu, yours, right, xlabel="μ", ylabel="log q, nats", title="log q where u rounds to 0 or 1")
    return f"log q = {yours[0]:.1f} at μ = −1000"


# ------------------------------------------------------------------ 25 preprocessing


def to_latent_curve(ax, mine, truth) -> str:
    u = np.linspace(0, 0.999, 40)
    y = np.repeat(np.arange(16), 40)[:, None]
    noise = np.tile(u, 16)[:, None]
    yours, right = (own.to_latent(y, noise, 16, 0.05) for own in (mine, truth))
    lines(ax, (y + noise)[:, 0], yours[0][:, 0], right[0][:, 0], xlabel="y + u", ylabel="z",
          title="to_latent, 16 levels, α = 0.05")  # fmt: skip
    slope = np.gradient(yours[0][:, 0], (y + noise)[:, 0])[1:-1]
    return f"log of the curve's slope is {apart(np.log(np.abs(slope) + 1e-300), yours[1][1:-1]):.2g} from your log_det"


def there_and_back(ax, mine, truth) -> str:
    images = digits().test
    y = images.y[:12].astype(int)
    u = np.random.default_rng(0).random(y.shape)
    back = mine.to_levels(truth.to_latent(y, u, 17, 0.05)[0], 17, 0.05)[0]
    draw_images(ax, np.clip(back, 0, 16).reshape(-1, 8, 8), columns=4, levels=17)
    bare(ax)
    ax.set_title("digits through z and back")
    return f"{np.sum(back != y)} of {y.size} levels changed"


def same_bits(ax, mine, truth) -> str:
    alphas, m = np.geomspace(1e-4, 0.3, 15), 4
    y, u = np.random.default_rng(0).integers(0, 16, (50, m)), np.random.default_rng(1).random((50, m))

    def curve(own):
        bits = []
        for alpha in alphas:
            exact = -truth.to_latent(y, u, 16, alpha)[1] - m * np.log(16.0)  # log p(z) if y + u is uniform
            bits.append(np.mean(own.bits_per_dim_of(exact, own.to_latent(y, u, 16, alpha)[1], m)))
        return np.array(bits)

    yours = curve(mine)
    lines(ax, alphas, yours, curve(truth), xscale="log", ylim=(0, 8), xlabel="α", ylabel="bits/dim",
          title="uniform levels cost 4 bits, at any α")  # fmt: skip
    return f"yours: {yours.min():.3f} to {yours.max():.3f}"
