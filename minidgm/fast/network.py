"""A whole network as one step: the tracer sees it once, and nothing is stored that the gradient does not need.

Where weights are masked (MADE), sorted degrees make the masks stairs: column k of a layer needs the rows up to some
height only, and a product by pieces leaves the zeros out. The pieces are cut from the masks at each call, so that a
mask that is changed in place counts at once. The formula is in nn/dense.py.
"""

from typing import NamedTuple

import numpy as np

from minidgm.functional import column_sums


def relu_network(x, *layers):
    """The rows x through the layers, each a dictionary with `weight`, `bias` and, where it is masked, `mask`."""
    masks = [None if "mask" not in layer else cut(layer["mask"]) for layer in layers]
    weights = [layer["weight"] if mask is None else layer["weight"] * mask.array for layer, mask in zip(layers, masks)]
    inputs, h = [], x  # what goes into each layer
    for layer, weight, mask in zip(layers, weights, masks):
        inputs.append(np.maximum(h, np.zeros_like(h), out=h) if inputs else x)  # with a plain 0 it takes twice as long
        h = _times(inputs[-1], weight, mask)
        h = np.add(h, layer["bias"], out=h if h.dtype == layer["bias"].dtype else None)

    def backward(g):
        grads = []
        for i in reversed(range(len(weights))):
            grads = [{"weight": _gradient_by_weight(inputs[i], g, masks[i]), "bias": column_sums(g)}, *grads]
            if i:
                g = _times_transposed(g, weights[i], masks[i])
                g *= inputs[i] > 0
        return lambda: _times_transposed(g, weights[0], masks[0]), *grads

    return h, backward


class Mask(NamedTuple):
    """A boolean mask (inputs, outputs), and where it is zero: what a product may leave out.

    columns: (block of columns, height) pairs: the block uses the rows before `height` only
    rows:    (block of rows, left) pairs: the block is used by the columns from `left` on only
    """

    array: np.ndarray
    columns: list
    rows: list


def cut(mask) -> Mask:
    """Cut a mask into blocks; a small one stays whole, because each product has a cost of its own."""
    inputs, outputs = mask.shape
    if mask.size < 1 << 14:
        return Mask(mask, [(slice(0, outputs), inputs)], [(slice(0, inputs), 0)])
    columns, rows = _blocks(outputs), _blocks(inputs)
    used = np.logical_or.reduceat(mask, [block.start for block in columns], axis=1)  # (inputs, blocks of columns)
    heights = [int(np.flatnonzero(column)[-1]) + 1 if column.any() else 0 for column in used.T]
    used = np.logical_or.reduceat(mask, [block.start for block in rows], axis=0)  # (blocks of rows, outputs)
    lefts = [int(np.argmax(row)) if row.any() else outputs for row in used]
    return Mask(mask, list(zip(columns, heights)), list(zip(rows, lefts)))


def _blocks(units: int) -> list:
    """Blocks of 16 to 64 units: with narrower ones BLAS is slower than the zeros left out are worth."""
    width = min(64, 16 * max(1, units // 64))
    return [slice(k, min(k + width, units)) for k in range(0, units, width)]


def _times(x, weight, mask):
    """x · weight."""
    if mask is None or len(mask.columns) == 1:
        return np.dot(x, weight)
    y = np.empty((len(x), weight.shape[1]), np.result_type(x, weight))
    for block, height in mask.columns:
        np.matmul(x[:, :height], weight[:height, block], out=y[:, block])
    return y


def _times_transposed(g, weight, mask):
    """g · weightᵀ."""
    if mask is None or len(mask.rows) == 1:
        return np.dot(g, weight.T)
    y = np.empty((len(g), len(weight)), np.result_type(g, weight))
    for block, left in mask.rows:
        np.matmul(g[:, left:], weight[block, left:].T, out=y[:, block])
    return y


def _gradient_by_weight(x, g, mask):
    """xᵀ · g, zero where the mask is."""
    if mask is None:
        return np.dot(x.T, g)
    if len(mask.columns) == 1:
        grad = np.dot(x.T, g)
    else:
        grad = np.zeros(mask.array.shape, np.result_type(x, g))
        for block, height in mask.columns:
            np.matmul(x[:, :height].T, g[:, block], out=grad[:height, block])
    return np.multiply(grad, mask.array, out=grad)
