"""Masked dense layers, and MADE: the network whose output j has seen the inputs before j only.

MADE (Germain et al., 2015). Give every input its place in the order as a degree 1..m, and every hidden unit a degree
too: the number of inputs, in the order, that it may see. Then keep the connections
    input  i → hidden k     if degree(k) ≥ degree(i)
    hidden k → hidden l     if degree(l) ≥ degree(k)
    hidden k → output j     if degree(j) > degree(k)     (strict: output j must not see input j)
and set all others to zero. Degrees never fall along a path from input i to output j, and the last step is strict: so
degree(i) < degree(j), and the Jacobian is strictly triangular in the order. Exercise 04; in every autoregressive flow.
"""

from collections.abc import Sequence

import autograd.numpy as np
from numpy import ndarray
from numpy.random import Generator

from minidgm import fast
from minidgm.errors import check_array, check_context, check_rng, check_whole, check_widths
from minidgm.functional import dense, split
from minidgm.nn.dense import network
from minidgm.tensor import Module, runs_as


class MaskedDense(Module):
    """x · (weight ∘ mask) + bias: `mask` (inputs, outputs), boolean, says which connections exist."""

    def __init__(self, mask: ndarray, rng: Generator):
        check_array("mask", mask, ("inputs", "outputs"), kinds="b")
        check_rng(rng)
        inputs, outputs = mask.shape
        fan_in = np.maximum(np.sum(mask, axis=0), 1)
        self.mask = mask
        self.weight = (np.sqrt(2 / fan_in) * rng.standard_normal((inputs, outputs))).astype(np.float32)
        self.bias = np.zeros(outputs, np.float32)

    def __call__(self, x: ndarray) -> ndarray:
        check_array("x", x, ("n", len(self.weight)))
        return dense(x, self.weight * self.mask, self.bias)


class MADE(Module):
    """Masked network with `outputs` numbers for each of m dimensions, each of which has seen the dimensions before it.

    hidden: widths of the hidden layers, () for a linear one. order: the dimensions in the order in which they are
    generated (order[0] depends on nothing, order[-1] on all others), 0..m−1 if None. context: length of an additional
    vector that every output may depend on. Raises ValueError for an order that is not a permutation, and for widths
    that are not a tuple or list of whole numbers from 1 on.
    """

    def __init__(
        self,
        m: int,
        hidden: Sequence[int],
        outputs: int,
        rng: Generator,
        order: Sequence[int] | ndarray | None = None,
        context: int = 0,
    ):
        for name, number, least in (("m", m, 1), ("outputs", outputs, 1), ("context", context, 0)):
            check_whole(name, number, least)
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

    def __call__(self, x: ndarray, context: ndarray | None = None) -> tuple[ndarray, ...]:
        """x (n, m) → a tuple of `outputs` arrays (n, m), as in `mu, log_sigma = net(x)`; context (n, length)."""
        return split(self.table(x, context), self.outputs)

    @runs_as(fast.made_table, of_steps=True)
    def table(self, x: ndarray, context: ndarray | None = None) -> ndarray:
        """The same numbers in one array (n, outputs · m): first output 0 of every dimension, then output 1, ..."""
        return network(self.inputs(x, context), *self.layers)

    def inputs(self, x: ndarray, context: ndarray | None = None) -> ndarray:
        """What enters the first layer: [context, x]. Raises ValueError where one of them has the wrong shape."""
        check_array("x", x, ("n", self.m))
        check_context(context, len(x), self.context)
        return x if context is None else np.concatenate([context, x], axis=1)


def made_degrees(order: ndarray, hidden: Sequence[int], lowest: int = 1) -> list[ndarray]:
    """Degrees of the inputs and of each hidden layer's units, from `lowest` to m − 1, evenly spread and sorted.

    A layer with fewer units than degrees leaves some out, never the highest, so that the last output sees all inputs,
    nor, with two units or more, the lowest.
    """
    m = len(order)
    degrees = np.empty(m, int)
    degrees[order] = np.arange(1, m + 1)

    def spread(width):
        if width == 1:
            return np.array([max(m - 1, lowest)])
        if width < m - lowest:
            return np.rint(np.linspace(lowest, m - 1, width)).astype(int)
        return np.sort(lowest + np.arange(width) % (m - lowest))

    return [degrees] + [spread(width) for width in hidden]


def made_masks(degrees: Sequence[ndarray]) -> list[ndarray]:
    """Boolean masks (inputs, outputs) of each layer: ≥ into the hidden layers, strictly > into the m outputs."""
    masks = [outputs[None, :] >= inputs[:, None] for inputs, outputs in zip(degrees[:-1], degrees[1:])]
    return masks + [degrees[0][None, :] > degrees[-1][:, None]]
