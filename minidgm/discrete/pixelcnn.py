"""Autoregressive models of images: P(y) = Π_j P(y_j | y_<j), the pixels read row by row from the top.

`PixelCNN` (van den Oord et al. 2016; Salimans et al. 2017) computes all conditionals at once with convolutions whose
masks hide what has not been read. One masked stack alone is blind to pixels up to the right, so there are two:

    vertical stack     v[i, j] has seen the rows above i, all columns        masks: rows above;  then also the own row
    horizontal stack   h[i, j] has seen v[i, j], and row i left of j         masks: left only;   then also the centre

The first mask of a stack ("A") is strict, since the image itself enters; later ones ("B") include the centre, which
holds features made of earlier pixels. Row i of v enters h through a 1 × 1 convolution. Together they see every earlier
pixel within reach, and nothing else. `PixelMADE` is the same model with a fully connected network.
Exercise 13; lab pixelcnn.
"""

import autograd.numpy as np
import numpy
from numpy import ndarray
from numpy.random import Generator

from minidgm.discrete.levels import centred
from minidgm.errors import check_array, check_odd, check_whole
from minidgm.functional import relu
from minidgm.nn import MADE, Conv2d, MaskedConv2d
from minidgm.progress import Progress
from minidgm.tensor import Module


class PixelCNN(Module):
    """Images of `shape` (height, width, channels); `output` says what a pixel is (CategoricalOutput, MixtureOutput).

    width: channels of the hidden layers; blocks: residual blocks; kernel_size: odd, 3 at least. A pixel sees the
    earlier ones at most `reach` rows and columns away. y is (n, height, width, channels) or flat (n, m), integers.
    Raises ValueError for another shape or kernel_size.
    """

    def __init__(self, shape, output, rng: Generator, width: int = 32, blocks: int = 3, kernel_size: int = 3):
        if len(shape) != 3:
            raise ValueError(f"shape: expected (height, width, channels), got {tuple(shape)}")
        height, columns, channels = shape
        if output.channels != channels:
            raise ValueError(f"output: expected {channels} channels, as in shape {tuple(shape)}, got {output.channels}")
        check_odd("kernel_size", kernel_size, least=3)
        check_whole("width", width, 1)
        check_whole("blocks", blocks)
        self.shape, self.output = (height, columns, channels), output
        self.reach = (blocks + 1) * (kernel_size // 2)
        self.vertical = MaskedConv2d(vertical_mask(kernel_size, "A"), channels + 1, width, rng)
        self.horizontal = MaskedConv2d(horizontal_mask(kernel_size, "A"), channels + 1, width, rng)
        self.join = Conv2d(1, width, width, rng)
        self.blocks = [Block(width, kernel_size, rng) for _ in range(blocks)]
        self.last = Conv2d(1, width, output.size, rng)
        self.last.weight *= 0.1  # so that a fresh network's pixels are alike, whatever came before

    def net(self, y: ndarray) -> ndarray:
        """y (n, rows, width, channels), the whole image or its upper rows → (n, rows, width, output.size)."""
        x = centred(y, self.output.levels)
        x = np.concatenate([x, np.ones_like(x[..., :1])], axis=3)  # ones tell the border from a middle grey
        v, h = self.vertical(x), self.horizontal(x)
        h = h + self.join(v)
        for block in self.blocks:
            v, h = block(v, h)
        return self.last(relu(h))

    def log_prob(self, y: ndarray) -> ndarray:
        """log P(y) = Σ over pixels of log P(pixel | pixels before): (n,), in nats. One pass of the network."""
        y = self.images(y)
        log_p = self.output.log_prob(_rows(self.net(y)), _rows(y))
        return np.sum(np.reshape(log_p, (len(y), self.shape[0] * self.shape[1])), axis=1)

    def sample(self, rng: Generator, n: int) -> ndarray:
        """n images (n, height, width, channels), int32: one pass per pixel, over the rows down to it."""
        height, columns, channels = self.shape
        y = numpy.zeros((n, height, columns, channels), numpy.int32)
        with Progress("sample", height * columns) as progress:
            for i in range(height):
                for j in range(columns):
                    y[:, i, j] = self.output.sample(rng, self.net(y[:, : i + 1])[:, i, j])
                    progress.show(i * columns + j + 1)
        return y

    def images(self, y: ndarray) -> ndarray:
        """y as (n, height, width, channels)."""
        if getattr(y, "ndim", 0) == 2:
            check_array("y", y, ("n", int(numpy.prod(self.shape))), kinds="iu")
            return numpy.reshape(y, (-1, *self.shape))
        check_array("y", y, ("n", *self.shape), kinds="iu")
        return y


class Block(Module):
    """A residual block of both stacks: each adds what a masked convolution ("B") sees, and h takes in v."""

    def __init__(self, width: int, kernel_size: int, rng):
        self.vertical = MaskedConv2d(vertical_mask(kernel_size, "B"), width, width, rng)
        self.horizontal = MaskedConv2d(horizontal_mask(kernel_size, "B"), width, width, rng)
        self.join = Conv2d(1, width, width, rng)
        self.mix = Conv2d(1, width, width, rng)
        self.mix.weight *= 0.1  # near the identity at the start

    def __call__(self, v: ndarray, h: ndarray) -> tuple[ndarray, ndarray]:
        v = v + self.vertical(relu(v))
        return v, h + self.mix(relu(self.horizontal(relu(h)) + self.join(v)))


def vertical_mask(kernel_size: int, kind: str) -> ndarray:
    """(k, k) boolean: the rows above the centre's, and for kind "B" the centre's own row too."""
    row = numpy.arange(kernel_size)[:, None] - kernel_size // 2
    return numpy.broadcast_to(row < (kind == "B"), (kernel_size, kernel_size)).copy()


def horizontal_mask(kernel_size: int, kind: str) -> ndarray:
    """(k, k) boolean: in the centre's row what is left of the centre, and for kind "B" the centre too."""
    row, column = numpy.indices((kernel_size, kernel_size)) - kernel_size // 2
    return (row == 0) & (column < (kind == "B"))


class PixelMADE(Module):
    """The same model of m pixels with a MADE: y (n, m) integers, one channel; hidden: widths of its layers."""

    def __init__(self, m: int, output, hidden, rng):
        if output.channels != 1:
            raise ValueError(f"output: expected 1 channel, each number being a pixel of its own, got {output.channels}")
        self.m, self.output = m, output
        self.made = MADE(m, hidden, output.size, rng)
        self.made.layers[-1].weight *= 0.1

    def net(self, y: ndarray) -> ndarray:
        """y (n, m) → (n, m, output.size); row j has seen y_<j only."""
        table = np.reshape(self.made.table(centred(y, self.output.levels)), (len(y), self.output.size, self.m))
        return np.swapaxes(table, 1, 2)

    def log_prob(self, y: ndarray) -> ndarray:
        """log P(y) = Σ_j log P(y_j | y_<j): (n,), in nats."""
        check_array("y", y, ("n", self.m), kinds="iu")
        log_p = self.output.log_prob(_rows(self.net(y)), y.reshape(-1, 1))
        return np.sum(np.reshape(log_p, (len(y), self.m)), axis=1)

    def sample(self, rng: Generator, n: int) -> ndarray:
        """n draws (n, m), int32: one pass per pixel."""
        y = numpy.zeros((n, self.m), numpy.int32)
        with Progress("sample", self.m) as progress:
            for j in range(self.m):
                y[:, [j]] = self.output.sample(rng, self.net(y)[:, j])
                progress.show(j + 1)
        return y


def _rows(a):
    """All pixels of all images below each other: (..., size) → (pixels, size)."""
    return np.reshape(a, (-1, np.shape(a)[-1]))
