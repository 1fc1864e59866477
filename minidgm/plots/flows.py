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
        flow = shake(flow, rng).astype(np.float64)
        J = np.abs(jacobian(lambda x, flow=flow: flow.f(x[None])[0][0])(x))
        draw_jacobian(ax, J)
        ax.set_title(f"{name}\n{np.mean(J == 0):.0%} exact zeros", fontsize=10)
    return figure


def draw_jacobian(ax, J):
    """A matrix: zeros white, the size of the others by their darkness."""
    ax.imshow(np.where(J == 0, np.nan, np.abs(J)), cmap="Blues", vmin=-0.3 * np.abs(J).max())
    ax.set_xlabel("x")
    ax.set_ylabel("z")
    bare(ax)


def blocks_figure(J, d: int):
    """The Jacobian (m, m) of a coupling layer, cut after d into the slide's four blocks."""
    figure, ((ax,),) = new_figure(1, 1, width=4, height=4)
    m = len(J)
    draw_jacobian(ax, J)
    ax.axhline(d - 0.5, color=ORANGE)
    ax.axvline(d - 0.5, color=ORANGE)
    for x, y, text in (
        (d, 0, "$0$"),
        (0, d, r"$\partial z_2 / \partial x_1$"),
        (0, 0, "$I_d$"),
        (d, d, r"diag$(1/\sigma)$"),
    ):
        ax.text(x + (m - d) / 2 - 0.5, y - 0.2, text, ha="center", va="top", color=ORANGE, fontsize=13)
    ax.set_title(r"coupling layer: $\partial z / \partial x$")
    return figure


def times_figure(sizes, curves: dict, title: str):
    """Time of one call in ms against the number of dimensions, both axes logarithmic."""
    figure, ((ax,),) = new_figure(1, 1, width=5, height=4)
    for name, values in curves.items():
        ax.loglog(sizes, values, "o-", label=name)
    ax.set_xlabel("dimensions m")
    ax.set_ylabel("ms a call")
    ax.set_title(title)
    ax.legend()
    ax.grid(alpha=0.3)
    return figure


def shake(model, rng, scale: float = 0.15):
    """The model with noise on its parameters: flows start as the identity, whose picture says nothing."""
    for theta in parameters(model).values():
        theta += scale * rng.standard_normal(theta.shape).astype(theta.dtype)
    return model
