"""A whole network as one step: the tracer sees it once, and nothing is stored that the gradient does not need.

Where weights are masked (MADE), sorted degrees make the masks stairs: column k of a layer needs the rows up to some
height only, and a product by pieces leaves the zeros out. How a mask is cut is remembered together with what the mask
was, so that one that is changed in place is cut anew. The formula is in nn/dense.py.
"""

import weakref
from typing import NamedTuple

import numpy as np

from minidgm.errors import check_array
from minidgm.functional import column_sums, relu
from minidgm.tensor import one_step

SMALL = 1 << 14  # a smaller mask stays whole: each product has a cost of its own


def mlp(net, x):
    """All layers of an MLP, where its activation is relu."""
    if net.activation is not relu:
        return NotImplemented
    check_array("x", x, ("n", len(net.layers[0].weight)))
    return relu_network_step(x, *net.layers)


def made_table(net, x, context=None):
    """All layers of a MADE."""
    return relu_network_step(net.inputs(x, context), *net.layers)


def relu_network(x, *layers):
    """The rows x through the layers, each a dictionary with `weight`, `bias` and, where it is masked, `mask`."""
    inputs: list = []  # of each layer, as are these
    weights: list = []  # with the masks in them
    masks, stairs, h = [], [], x
    for layer in layers:
        weight, bias, mask, blocks = layer["weight"], layer["bias"], layer.get("mask"), None
        if mask is not None:
            if mask.size >= SMALL:
                blocks = stairs_of(mask, weight.dtype)
                mask = blocks.factor
            weight = weight * mask
        if inputs:
            np.maximum(h, np.zeros_like(h), out=h)  # with a plain 0 it takes twice as long
        inputs.append(h)
        weights.append(weight)
        masks.append(mask)
        stairs.append(blocks)
        h = np.dot(h, weight) if blocks is None else _times(h, weight, blocks)
        if h.dtype == bias.dtype:
            h += bias
        else:
            h = h + bias

    def backward(g):
        grads = []
        for i in reversed(range(len(weights))):
            x, blocks = inputs[i], stairs[i]
            g_weight = np.dot(x.T, g) if blocks is None else _gradient_by_weight(x, g, blocks)
            if masks[i] is not None:
                g_weight *= masks[i]
            grads.append({"weight": g_weight, "bias": column_sums(g)})
            if i:
                g = _times_transposed(g, weights[i], blocks)
                g *= x > 0
        return lambda: _times_transposed(g, weights[0], stairs[0]), *reversed(grads)

    return h, backward


relu_network_step = one_step(relu_network)


class Stairs(NamedTuple):
    """Where a boolean mask (inputs, outputs) is zero: what a product may leave out.

    columns: (block of columns, height) pairs: the block uses the rows before `height` only
    rows:    (block of rows, left) pairs: the block is used by the columns from `left` on only
    factor:  the mask as numbers: a product with them takes half of the time
    """

    columns: list
    rows: list
    factor: np.ndarray


_known: dict[tuple, tuple] = {}  # by the mask's id and the dtype: the mask, alive or not, its content, how it is cut


def stairs_of(mask, dtype) -> Stairs:
    """`cut(mask, dtype)`, as it was the last time unless the mask has changed."""
    key = id(mask), dtype
    known = _known.get(key)
    if known is None or (mask != known[1]).any():
        alive = weakref.ref(mask, lambda _: _known.pop(key, None))
        _known[key] = known = alive, mask.copy(), cut(mask, dtype)
    return known[2]


def cut(mask, dtype) -> Stairs:
    """Cut a mask into blocks."""
    inputs, outputs = mask.shape
    columns, rows = _blocks(outputs), _blocks(inputs)
    used = np.logical_or.reduceat(mask, [block.start for block in columns], axis=1)  # (inputs, blocks of columns)
    heights = [int(np.flatnonzero(column)[-1]) + 1 if column.any() else 0 for column in used.T]
    used = np.logical_or.reduceat(mask, [block.start for block in rows], axis=0)  # (blocks of rows, outputs)
    lefts = [int(np.argmax(row)) if row.any() else outputs for row in used]
    return Stairs(list(zip(columns, heights)), list(zip(rows, lefts)), mask.astype(dtype))


def _blocks(units: int) -> list:
    """Blocks of 16 to 64 units: with narrower ones BLAS is slower than the zeros left out are worth."""
    width = min(64, 16 * max(1, units // 64))
    return [slice(k, min(k + width, units)) for k in range(0, units, width)]


def _times(x, weight, stairs):
    """x · weight, but for the zeros that are left out."""
    y = np.empty((len(x), weight.shape[1]), np.result_type(x, weight))
    for block, height in stairs.columns:
        np.matmul(x[:, :height], weight[:height, block], out=y[:, block])
    return y


def _times_transposed(g, weight, stairs):
    """g · weightᵀ."""
    if stairs is None:
        return np.dot(g, weight.T)
    y = np.empty((len(g), len(weight)), np.result_type(g, weight))
    for block, left in stairs.rows:
        np.matmul(g[:, left:], weight[block, left:].T, out=y[:, block])
    return y


def _gradient_by_weight(x, g, stairs):
    """xᵀ · g, likewise."""
    grad = np.zeros((x.shape[1], g.shape[1]), np.result_type(x, g))
    for block, height in stairs.columns:
        np.matmul(x[:, :height].T, g[:, block], out=grad[:height, block])
    return grad
