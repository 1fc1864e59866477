"""Pictures of flows: densities in the plane, samples of digits, the Jacobian's structure, two cost curves."""

import numpy as np
from autograd import jacobian

from minidgm.flows import AffineCoupling, Chain, GaussianAR, InverseGaussianAR, half_mask
from minidgm.plots.common import BLUE, ORANGE, bare, draw_density, draw_images, new_figure
from minidgm.tensor import parameters


def densities_figure(x, models: dict, samples: dict):
    """The data, and each model's density with its samples below."""
    low, high = x.min(axis=0) - 0.4, x.max(axis=0) + 0.4
    box = (low[0], high[0], low[1], high[1])
    figure, axes = new_figure(2, 1 + len(models))
    for ax in axes.ravel():
        ax.set_xlim(box[:2])
        ax.set_ylim(box[2:])
        bare(ax)
    axes[0, 0].scatter(*x.T, s=1, color=BLUE)
    axes[0, 0].set_title("data")
    axes[1, 0].axis("off")
    for k, (name, model) in enumerate(models.items(), start=1):
        draw_density(axes[0, k], model.log_prob, box)
        axes[0, k].set_title(f"{name}: density")
        drawn = samples[name] if name in samples else model.sample(np.random.default_rng(0), len(x))
        axes[1, k].scatter(*drawn.T, s=1, color=ORANGE)
        axes[1, k].set_title(f"{name}: samples")
    return figure


def digits_figure(data, samples, shape, levels: int):
    """Test images beside a model's samples, both (n, m) levels."""
    figure, axes = new_figure(1, 2, width=4, height=2.8)
    for ax, images, title in zip(axes[0], (data, samples), ("test images", "samples")):
        draw_images(ax, np.asarray(images).reshape(-1, *shape), columns=8, levels=levels)
        ax.set_title(title)
    return figure


def jacobians_figure(rng, m: int = 8):
    """|∂z/∂x| of a coupling layer, an AR flow, an inverse AR flow, and of two couplings: which entries are zero."""
    flows = {
        "coupling": AffineCoupling(m, (64,), rng),
        "AR flow": GaussianAR(m, (64,), rng),
        "inverse AR flow": InverseGaussianAR(m, (64,), rng),
        "two couplings": Chain([AffineCoupling(m, (64,), rng), AffineCoupling(m, (64,), rng, ~half_mask(m))]),
    }
    figure, axes = new_figure(1, len(flows))
    x = rng.standard_normal(m)
    for ax, (name, flow) in zip(axes[0], flows.items()):
        for theta in parameters(flow).values():  # flows start as the identity, whose picture says nothing
            theta += 0.15 * rng.standard_normal(theta.shape).astype(theta.dtype)
        flow = flow.astype(np.float64)
        J = np.abs(jacobian(lambda x, flow=flow: flow.f(x[None])[0][0])(x))
        draw_jacobian(ax, J)
        ax.set_title(f"{name}\n{np.mean(J == 0):.0%} exact zeros", fontsize=10)
    return figure


def draw_jacobian(ax, J, boundary: int | None = None):
    """A matrix, zeros white, the size of the others by their darkness; lines after row and column `boundary`."""
    ax.imshow(np.where(J == 0, np.nan, np.abs(J)), cmap="Blues", vmin=-0.3 * np.abs(J).max())
    ax.set_xlabel("x")
    ax.set_ylabel("z")
    bare(ax)
    if boundary is not None:
        ax.axhline(boundary - 0.5, color=ORANGE)
        ax.axvline(boundary - 0.5, color=ORANGE)
