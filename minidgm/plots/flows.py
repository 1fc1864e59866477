"""Pictures of flows: densities in the plane, a Jacobian, cost curves, a flow seen as a VAE."""

import numpy as np
from matplotlib.ticker import LogLocator

from minidgm.plots.common import (
    BLUE,
    COLOURS,
    GREY,
    ORANGE,
    bare,
    draw_density,
    draw_points,
    label_ends,
    lecture_hall,
    new_figure,
    new_sheet,
)
from minidgm.tensor import parameters


@lecture_hall
def densities_figure(x, models: dict, samples: dict):
    """Each model's density, with its samples below, in the box of the data x."""
    low, high = x.min(axis=0) - 0.4, x.max(axis=0) + 0.4
    box = (low[0], high[0], low[1], high[1])
    figure, axes = new_figure(2, len(models), width=4, height=3.2)
    for k, (name, model) in enumerate(models.items()):
        draw_density(axes[0, k], model.log_prob, box)
        axes[0, k].set_title(name)
        drawn = samples[name] if name in samples else model.sample(np.random.default_rng(0), len(x))
        draw_points(axes[1, k], drawn, ORANGE)
        axes[1, k].set_xlim(box[:2])
        axes[1, k].set_ylim(box[2:])
        bare(axes[1, k])
    axes[0, 0].set_ylabel("density")
    axes[1, 0].set_ylabel("samples")
    return figure


def draw_jacobian(ax, J):
    """A matrix: exact zeros white with a dot, positive entries purple, negative ones orange; returns the image."""
    top = np.abs(J).max()
    image = ax.imshow(np.where(J == 0, np.nan, J), cmap="PuOr", vmin=-top, vmax=top)
    rows, columns = np.nonzero(J == 0)
    ax.plot(columns, rows, ".", color=GREY, markersize=3)
    ax.set_xlabel("x")
    ax.set_ylabel("z")
    bare(ax)
    return image


@lecture_hall
def blocks_figure(J, d: int):
    """The Jacobian (m, m) of a coupling layer, cut after d into the slide's four blocks, signs and all."""
    figure, ax = new_sheet(7.6, 5.6)
    m = len(J)
    image = draw_jacobian(ax, J)
    figure.colorbar(image, ax=ax, label="entry of ∂z/∂x", shrink=0.85)
    ax.axhline(d - 0.5, color="black")
    ax.axvline(d - 0.5, color="black")
    for row, text in ((d / 2, "$I_d$ | $0$"), (d + (m - d) / 2, "$\\partial z_2/\\partial x_1$ |\ndiag$(1/\\sigma)$")):
        ax.text(-0.9, row - 0.5, text, ha="right", va="center", fontsize=18)
    ax.set_ylabel("")
    ax.set_title("coupling layer: det ∂z/∂x = Π 1/σ")
    return figure


@lecture_hall
def times_figure(sizes, curves: dict, title: str):
    """Time of one call in ms against the number of dimensions, both axes logarithmic, names at the lines' ends."""
    figure, ax = new_sheet()
    for values, colour in zip(curves.values(), COLOURS):
        ax.loglog(sizes, values, "o-", color=colour)
    ax.set_xticks(sizes, [str(m) for m in sizes])
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    ax.yaxis.set_major_formatter("{x:g}")
    ax.minorticks_off()
    ax.set_xlabel("dimensions m")
    ax.set_ylabel("ms per call")
    ax.set_title(title)
    label_ends(ax, {name: (values[-1], colour) for (name, values), colour in zip(curves.items(), COLOURS)})
    return figure


@lecture_hall
def gap_figure(found: dict):
    """log p(x) − ELBO of a flow seen as a VAE, on the exact line ½ m τ²: name → rows with m, tau, gap, error, exact."""
    figure, ax = new_sheet()
    ends = {}
    for (name, rows), colour in zip(found.items(), COLOURS):
        tau, gap, error, exact = (np.array([row[key] for row in rows]) for key in ("tau", "gap", "error", "exact"))
        ax.plot(tau, exact, color=colour, linewidth=2, alpha=0.6)
        shown = gap > 0
        ax.errorbar(tau[shown], gap[shown], yerr=error[shown], fmt="o", color=colour)
        ends[f"{name}\n½ m τ², m = {rows[0]['m']}"] = (exact[0], colour)
    ax.set(xscale="log", yscale="log", xlabel="noise τ of encoder and decoder", ylabel="log p(x) − ELBO, nats")
    ax.set_title("the ELBO of a flow seen as a VAE: measured (dots), exact (lines)")
    label_ends(ax, ends)
    return figure


@lecture_hall
def noisy_pairs_figure(x, drawn: dict):
    """Data, and what encoder and decoder make of them for several τ: τ → points (n, 2)."""
    figure, (axes,) = new_figure(1, len(drawn) + 1, width=3.3, height=3.2)
    low, high = x.min(axis=0) - 0.4, x.max(axis=0) + 0.4
    panels = [("x", x, BLUE), *((f"x → z → x, τ = {tau:g}", points, ORANGE) for tau, points in drawn.items())]
    for ax, (title, points, colour) in zip(axes, panels):
        draw_points(ax, points, colour)
        ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), title=title)
        bare(ax)
    return figure


def shake(model, rng, scale: float = 0.15):
    """The model with noise on its parameters: flows start as the identity, whose picture says nothing."""
    for theta in parameters(model).values():
        theta += scale * rng.standard_normal(theta.shape).astype(theta.dtype)
    return model
