"""A convolution whose patches are laid out at once, without a border of zeros around the image first.

The formula, a product of patches and weights, is in nn/conv.py.
"""

import numpy as np

from minidgm.functional import column_sums


def conv(x, weight, bias, offsets):
    """x (n, height, width, inputs), weight (taps, inputs, outputs), bias (outputs,), offsets: pairs (di, dj)."""
    taps, inputs, outputs = weight.shape
    rows = patches(x, offsets)  # (n · height · width, taps · inputs)
    y = np.dot(rows, weight.reshape(taps * inputs, outputs)) + bias

    def backward(g):
        def g_x():
            back = [(-di, -dj) for di, dj in offsets]
            turned = np.ascontiguousarray(np.swapaxes(weight, 1, 2)).reshape(taps * outputs, inputs)
            return np.dot(patches(g, back), turned).reshape(x.shape)

        g_rows = g.reshape(-1, outputs)
        return g_x, lambda: np.dot(rows.T, g_rows).reshape(weight.shape), lambda: column_sums(g_rows)

    return y.reshape(*x.shape[:3], outputs), backward


def patches(x, offsets):
    """For each pixel of each image a row: the pixels at all offsets from it, beside each other, zeros beyond."""
    n, height, width, inputs = x.shape
    if list(offsets) == [(0, 0)]:
        return x.reshape(n * height * width, inputs)
    rows = np.zeros((n, height, width, len(offsets), inputs), x.dtype)
    for t, (di, dj) in enumerate(offsets):
        (to_i, from_i), (to_j, from_j) = overlap(height, di), overlap(width, dj)
        rows[:, to_i, to_j, t] = x[:, from_i, from_j]
    return rows.reshape(n * height * width, len(offsets) * inputs)


def overlap(length: int, shift: int) -> tuple[slice, slice]:
    """Which places have a neighbour at `shift`, and which neighbours those are."""
    first, last = max(0, -shift), min(length, length - shift)
    last = max(first, last)
    return slice(first, last), slice(first + shift, last + shift)
