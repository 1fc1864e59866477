"""Masked dense layers, and MADE: the network whose output j has seen the inputs before j only.

MADE (Germain et al., 2015). Give every input its place in the order as a degree 1..m, and every hidden unit a degree
too: the number of inputs, in the order, that it may see. Then keep the connections
    input  i → hidden k     if degree(k) ≥ degree(i)
    hidden k → hidden l     if degree(l) ≥ degree(k)
    hidden k → output j     if degree(j) > degree(k)     (strict: output j must not see input j)
and set all others to zero. Every path from input i to output j climbs from degree(i) to below degree(j): the Jacobian
is strictly triangular in the order. Exercise 04; used by every autoregressive flow.
"""

import autograd.numpy as np

from minidgm.errors import check_array, check_widths
from minidgm.functional import dense, split
from minidgm.nn.network import relu_network, stairs, weights_and_biases
from minidgm.tensor import Module


class MaskedDense(Module):
    """x · (weight ∘ mask) + bias: `mask` (inputs, outputs), boolean, says which connections exist."""

    def __init__(self, mask, rng):
        inputs, outputs = mask.shape
        fan_in = np.maximum(np.sum(mask, axis=0), 1)
        self.mask = mask
        self.weight = (np.sqrt(2 / fan_in) * rng.standard_normal((inputs, outputs))).astype(np.float32)
        self.bias = np.zeros(outputs, np.float32)

    def __call__(self, x):
        check_array("x", x, ("n", len(self.weight)))
        return dense(x, self.weight * self.mask, self.bias)


class MADE(Module):
    """Masked network with `outputs` numbers for each of m dimensions, each of which has seen the dimensions before it.

    hidden: widths of the hidden layers, () for a linear one. order: the dimensions in the order in which they are
    generated (order[0] depends on nothing, order[-1] on all others), 0..m−1 if None. context: length of an additional
    vector that every output may depend on. Raises ValueError for an order that is not a permutation, and for widths
    that are not a tuple or list of whole numbers from 1 on.
    """

    def __init__(self, m: int, hidden, outputs: int, rng, order=None, context: int = 0):
        self.order = np.arange(m) if order is None else np.array(order)
        if self.order.dtype.kind not in "iu" or not np.array_equal(np.sort(self.order), np.arange(m)):
            raise ValueError(f"order: expected each of 0..{m - 1} once, got {self.order.tolist()}")
        check_widths("hidden", hidden)
        self.m, self.outputs, self.context = m, outputs, context
        self.degrees = made_degrees(self.order, hidden, lowest=0 if context or m == 1 else 1)
        masks = made_masks(self.degrees)
        masks[-1] = np.tile(masks[-1], (1, outputs))  # output 0 of all dimensions, then output 1 of all dimensions, ...
        masks[0] = np.concatenate([np.ones((context, masks[0].shape[1]), bool), masks[0]])  # all may see the context
        self.layers = [MaskedDense(mask, rng) for mask in masks]
        self._stairs = [stairs(mask) for mask in masks]

    def __call__(self, x, context=None):
        """x (n, m) → a tuple of `outputs` arrays (n, m), as in `mu, log_sigma = net(x)`; context (n, length)."""
        return split(self.table(x, context), self.outputs)

    def table(self, x, context=None):
        """The same numbers in one array (n, outputs · m): first output 0 of every dimension, then output 1, ..."""
        x = self.inputs(x, context)
        return relu_network(x, *weights_and_biases(self.layers), masks=self._stairs)

    def inputs(self, x, context=None):
        """What enters the first layer: [context, x]. Raises ValueError where one of them has the wrong shape."""
        check_array("x", x, ("n", self.m))
        if self.context:
            check_array("context", context, (len(x), self.context))
            return np.concatenate([context, x], axis=1)
        if context is not None:
            raise ValueError("context: this network was built without one; build it with context=length")
        return x


def made_degrees(order, hidden, lowest: int = 1) -> list:
    """Degrees of the inputs and of each hidden layer's units, from `lowest` to m − 1, evenly spread and sorted.

    A layer with fewer units than degrees leaves some out, but not the ends: the last output still sees all inputs.
    """
    m = len(order)
    degrees = np.empty(m, int)
    degrees[order] = np.arange(1, m + 1)

    def spread(width):
        if width < m - lowest:
            return np.rint(np.linspace(lowest, m - 1, width)).astype(int)
        return np.sort(lowest + np.arange(width) % (m - lowest))

    return [degrees] + [spread(width) for width in hidden]


def made_masks(degrees) -> list:
    """Boolean masks (inputs, outputs) of each layer: ≥ into the hidden layers, strictly > into the m outputs."""
    masks = [outputs[None, :] >= inputs[:, None] for inputs, outputs in zip(degrees[:-1], degrees[1:])]
    return masks + [degrees[0][None, :] > degrees[-1][:, None]]
