"""Pictures of discrete data: pixel histograms, densities and their bins, diverging likelihoods, walls of samples."""

import numpy as np

from minidgm.plots.common import (
    BLACK,
    BLUE,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    draw_bright,
    draw_images,
    label_ends,
    lecture_hall,
    new_figure,
    new_panels,
    new_sheet,
)


@lecture_hall
def histogram_figure(shares, title: str):
    """How often each level occurs: shares (levels,)."""
    figure, ax = new_sheet()
    ax.bar(np.arange(len(shares)), 100 * shares, width=1 if len(shares) > 32 else 0.85, color=BLUE)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.set_xlabel("level")
    ax.set_ylabel("share of pixels, %")
    ax.set_title(title)
    return figure


@lecture_hall
def bins_figure(x, curves: dict, shares):
    """Probabilities of the levels (bars), the density (line), the data's shares (dots); the edge bins take the tails.

    curves: name → {"P": (levels,), "density": at x}; one panel each.
    """
    figure, (axes,) = new_figure(1, len(curves), width=4.4, height=4.6)
    levels = len(shares)
    for ax, (name, found) in zip(axes, curves.items()):
        ax.bar(np.arange(levels), found["P"], width=1, color=SKY, alpha=0.6, edgecolor="white")
        ax.plot(x, found["density"], color=ORANGE)
        ax.plot(np.arange(levels), shares, "o", color=BLACK, markersize=5)
        for left, right in ((x[0], -0.5), (levels - 0.5, x[-1])):
            ax.axvspan(left, right, color=GREY, alpha=0.3, linewidth=0)
        ax.set(xlim=(x[0], x[-1]), ylim=(0, 1.25 * shares.max()), title=name, xlabel="level y")
        ax.xaxis.get_major_locator().set_params(integer=True)
    axes[0].set_ylabel("probability, density")
    middle = (levels - 1) / 2
    for y, text, colour in ((1.1, "density p(x)", ORANGE), (0.98, "P(y): a bin's area", BLUE), (0.86, "data", BLACK)):
        axes[0].text(middle, y * shares.max(), text, color=colour, ha="center")
    grey = "grey: tails, which\nthe edge bins take"
    axes[-1].text(middle, 1.1 * shares.max(), grey, color=GREY, ha="center", va="top")
    return figure


@lecture_hall
def few_pixels_figure(sizes, bits: dict, counted: float):
    """Test bits per pixel against the number of training pixels: name → per size one value per seed."""
    figure, ax = new_sheet()
    ends = {"counting,\nall pixels": (counted, GREY)}
    for (name, values), colour in zip(bits.items(), (BLUE, ORANGE, PURPLE)):
        values = np.array(values)
        ax.plot(sizes, values.mean(axis=1), "o-", color=colour)
        ax.plot(sizes, values, ".", color=colour, markersize=6, alpha=0.6)
        ends[name.replace(", ", ",\n")] = (values[-1].mean(), colour)
    ax.axhline(counted, color=GREY, linestyle="--", linewidth=2)
    ax.set(xscale="log", xlabel="training pixels", ylabel="test bits per pixel")
    ax.set_xticks(sizes, [f"{n:,}" for n in sizes])
    ax.minorticks_off()
    ax.set_title("numerical order pays where data are few")
    label_ends(ax, ends)
    return figure


@lecture_hall
def divergence_figure(steps, curves: dict):
    """Log-likelihood per pixel against training steps: name → {"nats": one curve per seed, "sigma": the same}."""
    figure, ax = new_sheet()
    ends = {}
    for (name, found), colour in zip(curves.items(), (ORANGE, BLUE)):
        for curve in found["nats"]:
            ax.plot(steps, curve, color=colour)
        sigma = np.mean([curve[-1] for curve in found["sigma"]])
        ends[f"{name}\nσ = {sigma:.2g} levels"] = (np.mean([curve[-1] for curve in found["nats"]]), colour)
    ax.axhline(0, color=GREY, linestyle="--", linewidth=2)
    ax.text(steps[-1], 0.1, "no discrete model is above", color=GREY, va="bottom", ha="right", fontsize=14)
    ax.set_xlabel("training step")
    ax.set_ylabel("log-likelihood, nats per pixel")
    ax.set_title("spikes on the levels: on raw data there is no best likelihood")
    label_ends(ax, ends)
    return figure


@lecture_hall
def trap_figure(steps, groups: list):
    """What groups of pixels add to an AR flow's log-likelihood: one dictionary per seed, name → curve."""
    figure, ax = new_sheet()
    ends = {}
    for name, colour in zip(groups[0], (ORANGE, PURPLE, BLUE)):
        for group in groups:
            ax.plot(steps, group[name], color=colour)
        ends[name.replace(" (", "\n(")] = (np.mean([group[name][-1] for group in groups]), colour)
    ax.axhline(0, color=GREY, linestyle="--", linewidth=2)
    ax.set_xlabel("training step")
    ax.set_ylabel("adds to the log-likelihood, nats/pixel")
    ax.set_title("the trap: an AR flow on raw levels grows on blank pixels")
    label_ends(ax, ends)
    return figure


@lecture_hall
def deleted_figure(probabilities: dict, deleted: int):
    """Mean conditional probability of each level at test pixels whose level was deleted from training."""
    figure, ax = new_sheet()
    for p, colour in zip(probabilities.values(), (BLUE, ORANGE)):
        ax.semilogy(np.arange(len(p)), p, "o-", color=colour)
    ax.axvspan(deleted - 0.5, deleted + 0.5, color=GREY, alpha=0.25, linewidth=0)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.set_xlabel("level")
    ax.set_ylabel(f"mean probability where y = {deleted}")
    ax.set_title(f"level {deleted} never occurred in training")
    label_ends(ax, {name: (p[-1], colour) for (name, p), colour in zip(probabilities.items(), (BLUE, ORANGE))})
    return figure


@lecture_hall
def walls_figure(walls: dict, levels: int):
    """A wall of images, eight in a row, for each name: name → (n, height, width, channels)."""
    across = min(len(walls), 3)
    n, height, width = next(iter(walls.values())).shape[:3]
    tall = 4.2 * -(-n // 8) * height / (min(8, n) * width) + 0.5
    figure, axes = new_panels(len(walls), across, width=4.2, height=tall)
    for ax, (name, images) in zip(axes, walls.items()):
        draw_images(ax, images, min(8, len(images)), levels)
        ax.set_title(name)
    return figure


@lecture_hall
def bits_figure(bits: dict):
    """Test bits/dim of each output, one dot per seed: (network, output) → values."""
    figure, ax = new_sheet()
    outputs, ends = list(dict.fromkeys(output for _, output in bits)), {}
    for network, colour in zip(dict.fromkeys(network for network, _ in bits), (ORANGE, BLUE)):
        values = {k: bits[network, output] for k, output in enumerate(outputs) if (network, output) in bits}
        means = [np.mean(v) for v in values.values()]
        ax.plot(list(values), means, color=colour, alpha=0.5)
        for place, v in values.items():
            ax.plot([place] * len(v), v, "o", color=colour)
        ends[network] = (means[-1], colour)
    ax.set_xticks(range(len(outputs)), outputs)
    ax.set_ylabel("test bits/dim")
    ax.set_title("fewer bits are better")
    label_ends(ax, ends)
    return figure


@lecture_hall
def levels_figure(gains: dict):
    """Bits/dim that a mixture saves over a categorical, by the number of levels: network → levels → values per seed."""
    figure, ax = new_sheet()
    ends = {}
    for (network, curve), colour in zip(gains.items(), (ORANGE, BLUE)):
        curve = {levels: values for levels, values in curve.items() if len(values)}
        ax.plot(list(curve), [np.mean(values) for values in curve.values()], color=colour)
        for levels, values in curve.items():
            ax.plot([levels] * len(values), values, "o", color=colour)
        ends[network] = (np.mean(list(curve.values())[-1]), colour)
    ticks = sorted({levels for curve in gains.values() for levels in curve})
    ax.axhline(0, color=GREY, linestyle="--", linewidth=2)
    ax.set_xscale("log")
    ax.set_xticks(ticks, [str(levels) for levels in ticks])
    ax.minorticks_off()
    ax.set(xlabel="levels", ylabel="bits/dim saved by a mixture of 5")
    ax.set_title("many levels: a categorical learns each by itself, a mixture shares")
    label_ends(ax, ends)
    return figure


@lecture_hall
def cells_figure(P, x, density):
    """One dimension: probabilities of levels, uniform blocks on the cells, a density; the area over a cell is P(y)."""
    figure, (axes,) = new_figure(1, 3, width=4.4, height=4.6)
    y, top = np.arange(len(P)), 1.15 * max(P.max(), density.max())
    axes[0].vlines(y, 0, P, color=BLUE, linewidth=5)
    axes[0].plot(y, P, "o", color=BLUE)
    axes[1].bar(y, P, width=1, align="edge", color=SKY, edgecolor="white")
    for k in range(len(P)):
        inside = (x >= k) & (x <= k + 1)
        axes[2].fill_between(x[inside], density[inside], color=SKY, edgecolor="white")
    axes[2].plot(x, density, color=ORANGE)
    for ax, title, label in zip(
        axes,
        ("levels: P(y)", "y + u, u uniform", "a density with the same P(y)"),
        ("level y", "x = y + u", "x = y + u"),
    ):
        ax.set(ylim=(0, top), xlim=(-0.6, len(P) + 0.1), title=title, xlabel=label)
        ax.set_xticks(range(len(P) + 1))
    axes[0].set_ylabel("probability")
    axes[1].set_ylabel("density")
    axes[2].text(0.05, 0.9 * top, "area over a cell = P(y)", color=BLUE, fontsize=14)
    return figure


@lecture_hall
def chain_figure(chain: dict):
    """Bits/dim of each bound, a line per seed: name → one value per seed; all bound the same P(y) from above."""
    figure, ax = new_sheet()
    names = [name.replace(", ", ",\n") for name in chain]
    values = np.array(list(chain.values()))
    ax.plot(range(len(names)), values, "o-", color=BLUE, alpha=0.6)
    for k, mean in enumerate(values.mean(axis=1)):
        ax.text(k + 0.07, values[k].max() + 0.03 * (values.max() - values.min()), f"{mean:.3f}", va="bottom")
    ax.set_xticks(range(len(names)), names)
    ax.margins(x=0.1, y=0.15)
    ax.set_ylabel("test bits/dim, at most")
    ax.set_title("one model, tighter and tighter bounds on the same P(y)")
    return figure


@lecture_hall
def slide_figure(smooth, side: int):
    """The slide's two densities of the same levels: uniform blocks on the cells, and the smooth one that they average.

    smooth: its values on a regular grid over [0, side]², two pixels.
    """
    points = len(smooth) // side
    blocks = smooth.reshape(side, points, side, points).mean(axis=(1, 3))
    figure, axes = new_figure(1, 2, width=5, height=5.2)
    for ax, p, title in zip(axes[0], (blocks, smooth), ("uniform: P(y) on each cell", "smooth: the same P(y)")):
        draw_bright(ax, p.T, (0, side, 0, side), "equal", vmin=0, vmax=smooth.max())
        ax.set_xticks(range(side + 1))
        ax.set_yticks(range(side + 1))
        ax.grid(color="white", alpha=0.25, linewidth=0.5)
        ax.set(title=title, xlabel="pixel 1")
    axes[0, 0].set_ylabel("pixel 2")
    return figure


@lecture_hall
def noise_figure(cells, panels: dict):
    """Densities of the noise over some cells, the exact posterior first: name → (cells, side, side)."""
    figure, axes = new_figure(len(cells), len(panels), width=3.6, height=3)
    for k, (row, y) in enumerate(zip(axes, cells)):
        top = max(3.0, next(iter(panels.values()))[k].max())
        for ax, (name, densities) in zip(row, panels.items()):
            draw_bright(ax, densities[k].T, (0, 1, 0, 1), "equal", vmin=0, vmax=top)
            ax.set_xticks([0, 1])
            ax.set_yticks([0, 1])
            if k == 0:
                ax.set_title(name)
        row[0].set_ylabel(f"y = ({y[0]:.0f}, {y[1]:.0f})")
    return figure


@lecture_hall
def ledger_figure(costs: dict):
    """What mistakes report, less the truth: name → bits/dim, as bars with their numbers."""
    figure, ax = new_sheet()
    names, values = list(costs), np.array(list(costs.values()))
    ax.barh(range(len(names)), values, color=[ORANGE if value < 0 else BLUE for value in values])
    ax.set_yticks(range(len(names)), names)
    ax.invert_yaxis()
    ax.axvline(0, color=BLACK, linewidth=1)
    for k, value in enumerate(values):
        ax.text(value, k, f" {value:+.3f} ", va="center", ha="left" if value > 0 else "right", fontsize=14)
    ax.margins(x=0.2)
    ax.set_xlabel("reported bits/dim, less the truth")
    ax.set_title("below zero: a mistake that looks like progress")
    return figure
