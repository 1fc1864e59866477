"""What the pictures share: a figure without a window, a density in the plane, a wall of images."""

import numpy as np
from matplotlib.figure import Figure

BLUE, ORANGE, GREY = "#2b6cb0", "#dd6b20", "#a0aec0"


def new_figure(rows: int, columns: int, width: float = 3.0, height: float = 3.0):
    """A figure of rows × columns axes, (rows, columns) always; it needs no display and leaves no global state."""
    figure = Figure(figsize=(columns * width, rows * height), layout="constrained")
    return figure, figure.subplots(rows, columns, squeeze=False)


def draw_density(ax, log_prob, box, points: int = 200):
    """The density exp(log_prob) over box = (left, right, bottom, top), `points` squares to a side."""
    left, right, bottom, top = box
    x, y = np.meshgrid(np.linspace(left, right, points), np.linspace(bottom, top, points))
    p = np.exp(log_prob(np.stack([x, y], axis=-1).reshape(-1, 2).astype(np.float32)))
    ax.imshow(p.reshape(points, points), origin="lower", extent=box, cmap="magma", aspect="auto")
    bare(ax)


def draw_images(ax, images, columns: int, levels: int = 256):
    """A wall of images (n, height, width[, channels]) with grey or colour levels 0..levels − 1."""
    images = np.asarray(images).reshape(*np.shape(images)[:3], -1)
    n, height, width, channels = images.shape
    rows = -(-n // columns)
    wall = np.full((rows * (height + 1) + 1, columns * (width + 1) + 1, channels), levels - 1, images.dtype)
    for k, image in enumerate(images):
        top, left = 1 + (k // columns) * (height + 1), 1 + (k % columns) * (width + 1)
        wall[top : top + height, left : left + width] = image
    if channels == 1:
        ax.imshow(wall[:, :, 0], cmap="gray", vmin=0, vmax=levels - 1)
    else:
        ax.imshow(np.clip(wall / (levels - 1), 0, 1))
    bare(ax)


def bare(ax):
    """Without ticks."""
    ax.set_xticks([])
    ax.set_yticks([])
