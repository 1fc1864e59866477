"""A whole network, dense layers with relu between them, as one step of the tracer.

    h_1 = x · weight_1 + bias_1,   h_{i+1} = relu(h_i) · weight_{i+1} + bias_{i+1}

`network` is the formula, one step a layer. `relu_network` is the same function with its gradient derived by hand, which
is what MLP and MADE run: the tracer sees it once, and nothing is stored that the gradient does not need.

Where weights are masked (MADE), sorted degrees make the masks stairs: column k of a layer needs the rows up to some
height only, and a product by pieces leaves the zeros out.
"""

from dataclasses import dataclass

import numpy as np

from minidgm.functional import column_sums, dense, relu
from minidgm.tensor import fused


def network(x, *layers, masks=None):
    """The last h, for layers weight_1, bias_1, weight_2, bias_2, ...: (n, inputs) → (n, outputs).

    masks: a Mask a layer; each weight is multiplied by its own.
    """
    for i in range(len(layers) // 2):
        weight = layers[2 * i] if masks is None else layers[2 * i] * masks[i].array
        x = dense(relu(x) if i else x, weight, layers[2 * i + 1])
    return x


def weights_and_biases(layers) -> list:
    """What `network` wants of a list of layers: weight_1, bias_1, weight_2, bias_2, ..."""
    return [array for layer in layers for array in (layer.weight, layer.bias)]


@fused(plain=network)
def relu_network(x, *layers, masks=None):
    """`network` as one step; same arguments, same value."""
    weights, biases = layers[::2], layers[1::2]
    masks = [None] * len(weights) if masks is None else masks
    weights = [weight if mask is None else weight * mask.array for weight, mask in zip(weights, masks)]
    inputs, h = [], x  # what goes into each layer
    for weight, bias, mask in zip(weights, biases, masks):
        inputs.append(np.maximum(h, np.zeros_like(h), out=h) if inputs else x)  # with a plain 0 it takes twice as long
        h = _times(inputs[-1], weight, mask)
        h += bias

    def backward(g):
        grads = []
        for i in reversed(range(len(weights))):
            grads = [_gradient_by_weight(inputs[i], g, masks[i]), column_sums(g), *grads]
            if i:
                g = _times_transposed(g, weights[i], masks[i])
                g *= inputs[i] > 0
        return lambda: _times_transposed(g, weights[0], masks[0]), *grads

    return h, backward


@dataclass(slots=True)
class Mask:
    """A boolean mask (inputs, outputs), and where it is zero: what a product may leave out.

    columns: (block of columns, height) pairs: the block uses the rows before `height` only
    rows:    (block of rows, left) pairs: the block is used by the columns from `left` on only
    """

    array: np.ndarray
    columns: list
    rows: list


def stairs(mask) -> Mask:
    """Cut a mask into blocks; a small one stays whole, because each product has a cost of its own."""
    inputs, outputs = mask.shape
    if mask.size < 1 << 14:
        return Mask(mask, [(slice(0, outputs), inputs)], [(slice(0, inputs), 0)])
    columns, rows = _cut(outputs), _cut(inputs)
    heights = [inputs - int(np.argmax(np.any(mask[::-1, block], axis=1))) for block in columns]
    lefts = [int(np.argmax(np.any(mask[block], axis=0))) for block in rows]
    return Mask(mask, list(zip(columns, heights)), list(zip(rows, lefts)))


def _cut(units: int) -> list:
    """Blocks of 16 to 64 units: with narrower ones BLAS is slower than the zeros left out are worth."""
    width = min(64, 16 * max(1, units // 64))
    return [slice(k, min(k + width, units)) for k in range(0, units, width)]


def _times(x, weight, mask):
    """x · weight."""
    if mask is None or len(mask.columns) == 1:
        return np.dot(x, weight)
    y = np.empty((len(x), weight.shape[1]), weight.dtype)
    for block, height in mask.columns:
        np.matmul(x[:, :height], weight[:height, block], out=y[:, block])
    return y


def _times_transposed(g, weight, mask):
    """g · weightᵀ."""
    if mask is None or len(mask.rows) == 1:
        return np.dot(g, weight.T)
    y = np.empty((len(g), len(weight)), weight.dtype)
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
        grad = np.zeros(mask.array.shape, g.dtype)
        for block, height in mask.columns:
            np.matmul(x[:, :height].T, g[:, block], out=grad[:height, block])
    return np.multiply(grad, mask.array, out=grad)
