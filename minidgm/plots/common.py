"""What the pictures share: letters for the back row, colours for the colour-blind, names on the lines, walls.

A picture has one message, on a slide's sheet. Its function is decorated with `@lecture_hall`, which sets sizes while it
draws and leaves matplotlib's own settings alone.
"""

import logging

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # a font that is missing is replaced, silently

# Okabe and Ito's palette, told apart with every kind of colour vision
BLUE, ORANGE, GREEN, PURPLE, SKY = "#0072b2", "#d55e00", "#009e73", "#aa4499", "#56b4e9"
GREY, BLACK = "#8c8c8c", "#222222"
COLOURS = (BLUE, ORANGE, GREEN, PURPLE, SKY, BLACK)

lecture_hall = rc_context(
    {
        "font.size": 16,
        "axes.titlesize": 17,
        "axes.labelsize": 16,
        "xtick.labelsize": 14,
        "ytick.labelsize": 14,
        "legend.fontsize": 14,
        "lines.linewidth": 3,
        "lines.markersize": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlelocation": "left",
        "svg.hashsalt": "minidgm",  # the same picture is the same file
    }
)


def new_figure(rows: int, columns: int, width: float = 3.0, height: float = 3.0):
    """A figure of rows × columns axes, (rows, columns) always; it needs no display and leaves no global state."""
    figure = Figure(figsize=(columns * width, rows * height), layout="constrained")
    return figure, figure.subplots(rows, columns, squeeze=False)


def new_panels(count: int, columns: int, width: float = 3.0, height: float = 3.0):
    """A figure of so many panels in rows of `columns`, the rest of the last row empty: (figure, its axes in a row)."""
    figure, axes = new_figure(-(-count // columns), columns, width, height)
    for ax in axes.ravel()[count:]:
        ax.axis("off")
    return figure, axes.ravel()[:count]


def new_sheet(width: float = 10.0, height: float = 5.6):
    """A figure with one axes, of a slide's shape: (figure, ax)."""
    figure, axes = new_figure(1, 1, width, height)
    return figure, axes[0, 0]


def label_ends(ax, ends: dict, size: float | None = None) -> None:
    """A name at the end of each line, right of the axes, in the line's colour: name → (y of its end, colour).

    Names that would cover each other are moved apart. Call it last: it takes the limits of the axes as they are.
    """
    bottom, top = ax.get_ylim()
    to_axes = ax.transData + ax.transAxes.inverted()
    inside = {name: float(np.clip(y, min(bottom, top), max(bottom, top))) for name, (y, _) in ends.items()}
    places = {name: float(to_axes.transform((ax.get_xlim()[0], y))[1]) for name, y in inside.items()}
    size = size or 15
    height = 72 * ax.get_position().height * ax.figure.get_figheight()  # of the axes, in points
    gap = {name: (name.count("\n") + 1) * 1.25 * size / height for name in ends}
    order = sorted(places, key=lambda name: places[name])
    for lower, upper in zip(order, order[1:]):
        places[upper] = max(places[upper], places[lower] + (gap[lower] + gap[upper]) / 2)
    over = max(0.0, places[order[-1]] - 1.02)
    for k, name in enumerate(reversed(order)):  # what stands out above moves the crowd below it down
        limit = 1.02 if k == 0 else places[order[-k]] - (gap[name] + gap[order[-k]]) / 2
        places[name] = min(places[name], limit) if over else places[name]
    for name, (_, colour) in ends.items():
        ax.text(1.015, places[name], name, transform=ax.transAxes, color=colour, va="center", fontsize=size)


def draw_density(ax, log_prob, box):
    """The density exp(log_prob) over box = (left, right, bottom, top), in 200² squares."""
    draw_bright(ax, np.exp(log_prob(points_of(box, 200).astype(np.float32))).reshape(200, 200), box)
    bare(ax)


def points_of(box, points: int) -> np.ndarray:
    """Points of the plane over box = (left, right, bottom, top), (points², 2), row by row from the bottom."""
    left, right, bottom, top = box
    axes = np.meshgrid(np.linspace(left, right, points), np.linspace(bottom, top, points))
    return np.stack(axes, axis=-1).reshape(-1, 2)


def draw_bright(ax, p, box, aspect="auto", **more) -> None:
    """A density's values (rows, columns), the lowest row first, as brightness over box."""
    ax.imshow(p, origin="lower", extent=box, cmap="magma", aspect=aspect, **more)


def drawn_images(figure) -> dict:
    """Title → the array behind each axes that shows one: what `draw_density` has computed."""
    return {ax.get_title("left"): ax.images[0].get_array().data for ax in figure.axes if ax.images}


def draw_points(ax, x, colour=BLUE, size: float = 3):
    """Points (n, 2) of the plane, as pixels inside an SVG, which would hold thousands of circles otherwise."""
    ax.scatter(*np.asarray(x).T, s=size, color=colour, linewidths=0, alpha=0.5, rasterized=True)


def draw_images(ax, images, columns: int, levels: int = 256):
    """A wall of images (n, height, width[, channels]) with grey or colour levels 0..levels − 1, white in between.

    An incomplete last row stays white: what is no image is no grey one.
    """
    images = np.asarray(images).reshape(*np.shape(images)[:3], -1)
    n, height, width, channels = images.shape
    gap = max(1, height // 8)
    rows = -(-n // columns)
    wall = np.ones((rows * (height + gap) + gap, columns * (width + gap) + gap, channels), np.float32)
    for k, image in enumerate(images):
        top, left = gap + (k // columns) * (height + gap), gap + (k % columns) * (width + gap)
        wall[top : top + height, left : left + width] = image / (levels - 1)
    wall = np.clip(wall, 0, 1)
    ax.imshow(np.broadcast_to(wall, (*wall.shape[:2], 3)) if channels == 1 else wall, interpolation="nearest")
    bare(ax)
    for spine in ax.spines.values():
        spine.set_visible(False)


def bare(ax):
    """Without ticks."""
    ax.set_xticks([])
    ax.set_yticks([])
