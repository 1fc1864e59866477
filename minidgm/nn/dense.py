"""Dense layers, and dense layers in a row with an activation between them: `network`, which MLP and MADE read.

h_1 = layer_1(x),   h_{i+1} = layer_{i+1}(relu(h_i))        layer(x) = x · weight + bias
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from minidgm import fast
from minidgm.errors import check_array, check_rng, check_whole, check_widths
from minidgm.functional import dense, relu
from minidgm.tensor import Module, runs_as


class Dense(Module):
    """x · weight + bias, (n, inputs) → (n, outputs); weights start as N(0, 2 / inputs) (He et al., 2015)."""

    def __init__(self, inputs: int, outputs: int, rng: Generator):
        check_whole("inputs", inputs, 0)
        check_whole("outputs", outputs, 1)
        check_rng(rng)
        scale = math.sqrt(2 / max(inputs, 1))
        self.weight = (scale * rng.standard_normal((inputs, outputs))).astype(np.float32)
        self.bias = np.zeros(outputs, np.float32)

    def __call__(self, x: ndarray) -> ndarray:
        check_array("x", x, ("n", len(self.weight)))
        return dense(x, self.weight, self.bias)


def network(x: ndarray, *layers: Callable, activation: Callable = relu) -> ndarray:
    """The last h of layers in a row: (n, inputs) → (n, outputs)."""
    h = layers[0](x)
    for layer in layers[1:]:
        h = layer(activation(h))
    return h


class MLP(Module):
    """Dense layers with an activation between them: sizes (inputs, hidden..., outputs), (n, inputs) → (n, outputs)."""

    def __init__(self, sizes: Sequence[int], rng: Generator, activation: Callable = relu):
        if not isinstance(sizes, list | tuple) or len(sizes) < 2:
            raise ValueError(f"sizes: expected (inputs, hidden..., outputs), got {sizes}")
        check_widths("sizes", sizes[1:])
        self.layers = [Dense(inputs, outputs, rng) for inputs, outputs in zip(sizes[:-1], sizes[1:])]
        self.activation = activation

    @runs_as(fast.mlp, of_steps=True)
    def __call__(self, x: ndarray) -> ndarray:
        check_array("x", x, ("n", len(self.layers[0].weight)))
        return network(x, *self.layers, activation=self.activation)


def start_at_zero(net) -> None:
    """Set a network's last layer to zero, so that a flow built on it starts as the identity: mu = 0, log_sigma = 0."""
    net.layers[-1].weight[...] = 0
    net.layers[-1].bias[...] = 0
