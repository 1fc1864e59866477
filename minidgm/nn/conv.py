"""Convolution by hand: it is one matrix product.

Output pixel (i, j) of a convolution looks at the input pixels around it, each through a matrix of its own:

    y[i, j] = Σ_t x[i + di_t, j + dj_t] · weight[t] + bias        t over the taps (di_t, dj_t) of the kernel

with zeros beyond the image's border. Lay the pixels that (i, j) looks at beside each other in a row, for all images and
all (i, j): a matrix `patches` (n · height · width, taps · inputs); lay the matrices weight[t] below each other: then
y = patches · weight + bias, a dense layer (this is called im2col). Its gradient needs nothing new either: a pixel that
sent something to (i, j) through the tap (di, dj) gets it back through (−di, −dj), a convolution the other way round.

A masked convolution leaves out the taps that its mask forbids. Exercise 13; used by PixelCNN.
"""

import math
from collections.abc import Sequence

import autograd.numpy as np
import numpy
from numpy import ndarray
from numpy.random import Generator

from minidgm import fast
from minidgm.errors import check_array, check_odd, check_rng, check_whole
from minidgm.tensor import Module, WithGradient, differentiable, runs_as


@runs_as(fast.conv)
@differentiable
def conv(x: ndarray, weight: ndarray, bias: ndarray, offsets: Sequence[tuple[int, int]]) -> WithGradient:
    """Σ_t x shifted by offsets[t] · weight[t] + bias, zeros beyond the border.

    x (n, height, width, inputs), weight (taps, inputs, outputs), bias (outputs,), offsets: taps pairs (di, dj)
    → (n, height, width, outputs).
    """
    taps, inputs, outputs = np.shape(weight)
    patches = _patches(x, offsets)  # (n · height · width, taps · inputs)
    y = np.dot(patches, np.reshape(weight, (taps * inputs, outputs))) + bias

    def backward(g):
        g_rows = np.reshape(g, (-1, outputs))
        back = [(-di, -dj) for di, dj in offsets]
        return (
            lambda: conv(g, np.swapaxes(weight, 1, 2), np.zeros(inputs, weight.dtype), offsets=back),
            lambda: np.reshape(np.dot(patches.T, g_rows), (taps, inputs, outputs)),
            lambda: np.sum(g_rows, axis=0),
        )

    return np.reshape(y, (*np.shape(x)[:3], outputs)), backward


def _patches(x, offsets):
    """For each pixel of each image a row: the pixels at all offsets from it, beside each other."""
    n, height, width, inputs = np.shape(x)
    border = max(max(abs(di), abs(dj)) for di, dj in offsets)
    if border == 0:
        return np.reshape(x, (n * height * width, inputs))
    padded = np.pad(x, ((0, 0), (border, border), (border, border), (0, 0)), "constant")
    shifted = [padded[:, border + i : border + i + height, border + j : border + j + width] for i, j in offsets]
    return np.reshape(np.concatenate(shifted, axis=3), (n * height * width, len(offsets) * inputs))


class MaskedConv2d(Module):
    """A convolution whose kernel sees only where `mask` (k, k), boolean, is True; k odd, the centre on the pixel.

    (n, height, width, inputs) → (n, height, width, outputs). Weights exist for the True places alone and start as
    N(0, 2 / numbers seen). Raises ValueError for a mask of another shape or one that sees nothing.
    """

    def __init__(self, mask: ndarray, inputs: int, outputs: int, rng: Generator):
        mask = numpy.asarray(mask)
        check_array("mask", mask, ("k", "k"), kinds="b")
        if mask.shape[0] != mask.shape[1] or mask.shape[0] % 2 == 0 or not mask.any():
            raise ValueError(f"mask: expected k × k with k odd and a True in it, got {mask.shape}, {mask.sum()} True")
        check_whole("inputs", inputs, 1)
        check_whole("outputs", outputs, 1)
        check_rng(rng)
        self.mask = mask
        taps = int(mask.sum())
        scale = math.sqrt(2 / (taps * inputs))
        self.weight = (scale * rng.standard_normal((taps, inputs, outputs))).astype(numpy.float32)
        self.bias = numpy.zeros(outputs, numpy.float32)

    def __call__(self, x: ndarray) -> ndarray:
        check_array("x", x, ("n", "height", "width", self.weight.shape[1]))
        offsets = numpy.argwhere(self.mask) - len(self.mask) // 2
        return conv(x, self.weight, self.bias, offsets=[(int(di), int(dj)) for di, dj in offsets])


class Conv2d(MaskedConv2d):
    """A convolution with a k × k kernel, k odd: (n, height, width, inputs) → (n, height, width, outputs).

    Raises ValueError for an even kernel_size, whose centre would lie between pixels.
    """

    def __init__(self, kernel_size: int, inputs: int, outputs: int, rng: Generator):
        check_odd("kernel_size", kernel_size)
        super().__init__(numpy.ones((kernel_size, kernel_size), bool), inputs, outputs, rng)
