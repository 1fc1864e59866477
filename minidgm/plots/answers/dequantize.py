"""What a student's own functions of exercises 14 to 16 and 25 do, beside the right ones; `basics`: what a panel is."""

import numpy as np

from minidgm.plots.answers.discrete import digits
from minidgm.plots.answers.shared import apart, lines
from minidgm.plots.common import BLUE, COLOURS, GREY, ORANGE, bare, draw_images

# ------------------------------------------------------------------ 14, 15, 16 dequantization

CELLS = np.arange(8)[:, None]
MIDPOINTS = (np.arange(1000) + 0.5) / 1000  # of what a cell is cut into


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


def log_p_inside() -> np.ndarray:
    """log p(y + u) at the midpoints of every cell, (8, 1000)."""
    return smooth((CELLS + MIDPOINTS).reshape(-1, 1)).reshape(8, 1000)


def mean_log_prob() -> float:
    """The mean of log P(y) over the eight cells, by the midpoint rule."""
    return float(np.mean(np.logaddexp.reduce(log_p_inside(), axis=1) - np.log(1000)))


def posterior_noise(power: float, samples: int):
    """u (samples, 8, 1) and log q (samples, 8) of q(u|y) ∝ p(y + u)^power: uniform at 0, the exact posterior at 1."""
    log_p = power * log_p_inside()
    q = np.exp(log_p - log_p.max(axis=1, keepdims=True))
    q /= q.mean(axis=1, keepdims=True)
    chosen = np.random.default_rng(0).random((samples, 8))
    index = np.stack([np.searchsorted(np.cumsum(q[k]) / 1000, chosen[:, k]).clip(0, 999) for k in range(8)], axis=1)
    return MIDPOINTS[index][:, :, None], np.log(np.take_along_axis(q.T, index, axis=0))


def better_noise(ax, mine, truth) -> str:
    powers, exact = np.linspace(0, 1, 9), mean_log_prob()
    drawn = [posterior_noise(p, 500) for p in powers]
    yours, right = (
        np.array([np.mean(own.variational_bound(CELLS, *d, smooth)) for d in drawn]) for own in (mine, truth)
    )
    ax.axhline(exact, color="black", linewidth=2)
    lines(ax, powers, yours, right, xlabel="q(u|y): 0 uniform … 1 exact posterior", ylabel="bound, nats",
          title="variational_bound; log P(y) in black")  # fmt: skip
    return f"from {yours[0]:.3f} to {yours[-1]:.3f}; log P(y) = {exact:.3f} (means of 8 cells)"


def more_noise(ax, mine, truth) -> str:
    sizes, exact = (1, 2, 4, 8, 16, 32, 64), mean_log_prob()
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
