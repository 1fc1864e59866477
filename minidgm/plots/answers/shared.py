"""What the pictures of a student's answers share: two curves, two matrices, bars, a density on the plane.

The right value is wide and grey, the student's thin and blue upon it: where they agree, one sees blue on grey.
"""

import autograd.numpy as anp
import numpy as np

from minidgm.plots.common import BLUE, GREY, ORANGE, SKY, bare, draw_bright, label_ends, points_of

BOX = (-3.5, 3.5, -3.5, 3.5)


def lines(ax, x, yours, right, other=None, **axes) -> None:
    """Yours upon the right curve; `other`: name → curve, such as the formula as it stands; `axes`: what `set` takes."""
    other = other or {}
    ax.plot(x, right, color=GREY, linewidth=8, alpha=0.55, solid_capstyle="butt")
    for values in other.values():
        ax.plot(x, values, "--", color=ORANGE, linewidth=2)
    ax.plot(x, yours, color=BLUE, linewidth=2.5)
    ax.set(**axes)
    few_ticks(ax)
    ends = {name: (last(values), ORANGE) for name, values in other.items()}
    same = apart(yours, right) <= 1e-6 * (1 + np.max(np.abs(last(right))))
    both = (
        {"yours,\nright": (last(yours), BLUE)} if same else {"yours": (last(yours), BLUE), "right": (last(right), GREY)}
    )
    label_ends(ax, both | ends, 14)


def few_ticks(ax) -> None:
    """Numbers along the x-axis that do not touch each other."""
    if ax.get_xscale() == "linear":
        ax.locator_params(axis="x", nbins=5)


def last(values) -> float:
    """The last number of a curve that can be drawn; 0 if there is none."""
    values = np.asarray(values, float)
    finite = values[np.isfinite(values)]
    return float(finite[-1]) if finite.size else 0.0


def errors(ax, a, yours, right, naive, formula: str) -> str:
    """Relative errors against a, on a logarithmic axis, beside those of the formula as it stands; says the largest."""
    with np.errstate(all="ignore"):
        mine, others = (np.abs(values - right) / np.maximum(np.abs(right), 1e-300) for values in (yours, naive))
    ends = {}
    for name, values, colour in ((formula, others, ORANGE), ("yours", mine, BLUE)):
        shown = np.clip(np.nan_to_num(values, nan=1e3, posinf=1e3), 1e-17, 1e3)
        ax.plot(a, shown, color=colour, linewidth=2.5)
        ends[name] = (shown[-1], colour)
    ax.set(yscale="log", ylim=(3e-18, 3e3), xlabel="a", ylabel="relative error", yticks=[1e-16, 1e-8, 1])
    few_ticks(ax)
    label_ends(ax, ends, 14)
    useless = np.mean(~(others < 0.01))
    return (
        f"largest relative error {np.nan_to_num(mine, nan=np.inf).max():.1g}; the formula is useless at {useless:.0%}"
    )


def bars(ax, names, yours, right, ylabel: str) -> None:
    """Yours as narrow bars upon the right ones."""
    place = np.arange(len(names))
    ax.bar(place, right, width=0.85, color=GREY, alpha=0.45, label="right")
    ax.bar(place, yours, width=0.45, color=BLUE, label="yours")
    ax.set_xticks(place, names)
    ax.set_ylabel(ylabel)
    ax.axhline(0, color="black", linewidth=1)
    ax.legend(frameon=False, loc="best")


def matrix(ax, yours, right, rows: str, columns: str) -> str:
    """A matrix of zeros and ones: ones filled, and a cross of orange where it should be otherwise; counts these."""
    yours, right = (np.asarray(a, float) for a in (yours, right))
    ax.imshow(yours != 0, cmap="Blues", vmin=0, vmax=1.4, aspect="equal")
    wrong = np.argwhere((yours != 0) != (right != 0))
    ax.plot(wrong[:, 1], wrong[:, 0], "x", color=ORANGE, markersize=10, markeredgewidth=3)
    ax.set_xticks(np.arange(-0.5, yours.shape[1]), minor=True)
    ax.set_yticks(np.arange(-0.5, yours.shape[0]), minor=True)
    ax.grid(which="minor", color="white", linewidth=2)
    ax.tick_params(which="minor", length=0)
    bare(ax)
    ax.set(xlabel=columns, ylabel=rows)
    return f"{np.sum(yours != 0)} connections" + (f", {len(wrong)} of them wrong (x)" if len(wrong) else "")


def grid(box=BOX) -> np.ndarray:
    """Where a panel looks at a density: points of the plane, (81², 2)."""
    return points_of(box, 81)


def plane(ax, yours, right, box=BOX) -> float:
    """A density from log p at `grid(box)`: yours as brightness, the right one as contours; its integral."""
    points = int(round(len(yours) ** 0.5))
    with np.errstate(all="ignore"):
        p, truth = (np.nan_to_num(np.exp(a), posinf=0).reshape(points, points) for a in (yours, right))
    draw_bright(ax, p, box, vmax=1.2 * truth.max())
    ax.contour(truth, levels=truth.max() * np.array([0.05, 0.3, 0.7]), extent=box, colors=SKY, linewidths=1.2)
    bare(ax)
    cell = (box[1] - box[0]) * (box[3] - box[2]) / (points - 1) ** 2
    return float(p.sum() * cell)


def normal(z) -> np.ndarray:
    """log N(z; 0, I), (n,)."""
    return -0.5 * np.sum(z**2, axis=1) - 0.5 * z.shape[1] * np.log(2 * np.pi)


def apart(yours, right) -> float:
    """The largest difference of two arrays, inf where one is no number."""
    return float(np.max(np.abs(np.nan_to_num(np.asarray(yours, float) - right, nan=np.inf))))


def bend(x):
    """The nets of a banana: x_1 free, x_2 around x_1² / 2 − 1, narrower on the right."""
    zero, one = anp.zeros_like(x[:, 0]), anp.ones_like(x[:, 0])
    mu = anp.stack([zero, 0.5 * x[:, 0] ** 2 - 1], axis=1)
    return mu, anp.stack([1.1 * one, 0.7 * anp.exp(-0.25 * x[:, 0])], axis=1)


def maf_f(x):
    mu, sigma = bend(x)
    return (x - mu) / sigma, -anp.sum(anp.log(sigma), axis=1)


def maf_g(z):
    x1 = 1.1 * z[:, 0]
    mu, sigma = bend(anp.stack([x1, x1], axis=1))
    return anp.stack([x1, sigma[:, 1] * z[:, 1] + mu[:, 1]], axis=1), anp.sum(anp.log(sigma), axis=1)
