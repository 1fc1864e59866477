"""Pictures of discrete data: pixel histograms, densities and their bins, diverging likelihoods, walls of samples."""

import numpy as np

from minidgm.plots.common import BLUE, GREY, ORANGE, draw_images, lecture_hall, new_figure, new_sheet


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


def bins_figure(mixtures: dict, shares):
    """Each discretized mixture's probabilities (bars) and density (line), with the data's shares as dots.

    mixtures: name → an object with log_prob(y), `mixture` (its density) and levels.
    """
    figure, axes = new_figure(1, len(mixtures), width=4)
    levels = len(shares)
    x = np.linspace(-2.5, levels + 1.5, 800)
    for ax, (name, model) in zip(axes[0], mixtures.items()):
        ax.bar(np.arange(levels), np.exp(model.log_prob(np.arange(levels))), width=1, color=BLUE, alpha=0.35,
               edgecolor="white", label="P(y)")  # fmt: skip
        ax.plot(x, np.exp(model.mixture.log_prob(x)), color=ORANGE, label="density p(x)")
        ax.plot(np.arange(levels), shares, "k.", markersize=4, label="data")
        ax.axvspan(x[0], -0.5, color=GREY, alpha=0.25)
        ax.axvspan(levels - 0.5, x[-1], color=GREY, alpha=0.25)
        ax.set_xlim(x[0], x[-1])
        ax.set_ylim(0, 1.25 * shares.max())
        ax.set_title(name)
    axes[0, 0].legend(fontsize=8)
    axes[0, 0].set_xlabel("grey: tails that belong to the edge bins", fontsize=8)
    return figure


def divergence_figure(steps, log_prob: dict, sigma: dict):
    """Log-likelihood a dimension and smallest σ against training steps; each value (seeds, steps) of name → values."""
    figure, axes = new_figure(1, 2, width=4.2)
    for ax, curves, label in zip(axes[0], (log_prob, sigma), ("log-likelihood, nats/dim", "smallest σ, in levels")):
        for (name, values), colour in zip(curves.items(), (ORANGE, BLUE)):
            for k, curve in enumerate(values):
                ax.plot(steps, curve, color=colour, label=name if k == 0 else None)
        ax.set_xlabel("training step")
        ax.set_ylabel(label)
    axes[0, 0].axhline(0, color=GREY, linestyle="--", label="no discrete model is above")
    axes[0, 1].set_yscale("log")
    axes[0, 0].legend(fontsize=9)
    return figure


def deleted_figure(probabilities: dict, deleted: int):
    """Mean conditional probability of each level at test pixels whose level was deleted from training."""
    figure, axes = new_figure(1, 1, width=6)
    ax = axes[0, 0]
    for (name, p), colour in zip(probabilities.items(), (BLUE, ORANGE)):
        ax.semilogy(np.arange(len(p)), p, "o-", color=colour, label=name)
    ax.axvline(deleted, color=GREY, linewidth=8, alpha=0.4, zorder=0, label=f"level {deleted}, never seen")
    ax.set_xlabel("level")
    ax.set_ylabel(f"mean probability where y = {deleted}")
    ax.legend(fontsize=9)
    return figure


def walls_figure(walls: dict, levels: int, columns: int = 8):
    """A wall of images for each name: name → (n, height, width, channels)."""
    across = min(len(walls), 3)
    figure, axes = new_figure(-(-len(walls) // across), across, width=3, height=3.2)
    for ax in axes.ravel():
        ax.axis("off")
    for ax, (name, images) in zip(axes.ravel(), walls.items()):
        ax.axis("on")
        draw_images(ax, images, columns, levels)
        ax.set_title(name, fontsize=10)
    return figure


def bits_figure(means: dict):
    """Test bits/dim of each output, seeds as dots: (network, output) → values."""
    figure, axes = new_figure(1, 1, width=6)
    ax = axes[0, 0]
    outputs = list(dict.fromkeys(output for _, output in means))
    for network, colour, shift in zip(dict.fromkeys(network for network, _ in means), (ORANGE, BLUE), (-0.1, 0.1)):
        bits = {k + shift: means[network, output] for k, output in enumerate(outputs) if (network, output) in means}
        ax.plot(
            list(bits), [np.mean(values) for values in bits.values()], "_", color=colour, markersize=22, label=network
        )
        for place, values in bits.items():
            ax.plot([place] * len(values), values, "o", color=colour, markersize=4)
    ax.set_xticks(range(len(outputs)), outputs)
    ax.set_ylabel("test bits/dim")
    ax.legend(fontsize=9)
    return figure


def slide_figure(model, side: int):
    """The slide's two densities of the same levels: uniform blocks on the cells, and a smooth density.

    Both on [0, side]², two pixels; the blocks are P(y) = ∫ p(y + u) du by the midpoint rule on 40 × 40 points a cell.
    """
    u = (np.arange(40 * side) + 0.5) / 40
    grid = np.stack(np.meshgrid(u, u, indexing="ij"), axis=-1).reshape(-1, 2)
    smooth = np.exp(model.log_prob(grid)).reshape(len(u), len(u))
    blocks = smooth.reshape(side, 40, side, 40).mean(axis=(1, 3))
    figure, axes = new_figure(1, 2, width=4, height=4.2)
    for ax, p, title in zip(axes[0], (blocks, smooth), ("uniform: P(y) on the cell y + [0, 1]²", "smooth: p(x)")):
        ax.imshow(p.T, origin="lower", extent=(0, side, 0, side), cmap="magma")
        ax.set_xticks(range(side + 1))
        ax.set_yticks(range(side + 1))
        ax.grid(color="white", alpha=0.25, linewidth=0.5)
        ax.set_title(title, fontsize=10)
    return figure


def noise_figure(model, noises: dict, cells, log_p):
    """The posterior of the noise p(u|y) = p(y + u) / P(y) in some cells, and each q(u|y) beside it."""
    u = (np.arange(60) + 0.5) / 60
    grid = np.stack(np.meshgrid(u, u, indexing="ij"), axis=-1).reshape(-1, 2)
    figure, axes = new_figure(len(cells), 1 + len(noises), width=2.2, height=2.3)
    for k, (row, y, log_p_y) in enumerate(zip(axes, cells, log_p)):
        tiled = np.tile(y, (len(grid), 1))
        densities = {"p(u|y), exact": np.exp(model.log_prob(tiled + grid) - log_p_y)}
        densities |= {f"q(u|y), {name}": np.exp(noise.log_prob(grid, tiled)) for name, noise in noises.items()}
        top = max(3.0, densities["p(u|y), exact"].max())
        for ax, (name, p) in zip(row, densities.items()):
            ax.imshow(p.reshape(60, 60).T, origin="lower", extent=(0, 1, 0, 1), cmap="magma", vmin=0, vmax=top)
            ax.set_xticks([0, 1])
            ax.set_yticks([0, 1])
            if k == 0:
                ax.set_title(name, fontsize=10)
        row[0].set_ylabel(f"y = ({y[0]:.0f}, {y[1]:.0f})")
    return figure
