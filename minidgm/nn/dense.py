"""Dense layers, and dense layers in a row with an activation between them (MLP)."""

import math

import numpy as np

from minidgm.errors import check_array
from minidgm.functional import dense, relu
from minidgm.nn.network import relu_network, weights_and_biases
from minidgm.tensor import Module


class Dense(Module):
    """x · weight + bias, (n, inputs) → (n, outputs); weights start as N(0, 2 / inputs) (He et al., 2015)."""

    def __init__(self, inputs: int, outputs: int, rng):
        scale = math.sqrt(2 / max(inputs, 1))
        self.weight = (scale * rng.standard_normal((inputs, outputs))).astype(np.float32)
        self.bias = np.zeros(outputs, np.float32)

    def __call__(self, x):
        check_array("x", x, ("n", len(self.weight)))
        return dense(x, self.weight, self.bias)


class MLP(Module):
    """Dense layers with an activation between them: sizes (inputs, hidden..., outputs), (n, inputs) → (n, outputs)."""

    def __init__(self, sizes, rng, activation=relu):
        if not isinstance(sizes, list | tuple) or len(sizes) < 2:
            raise ValueError(f"sizes: expected (inputs, hidden..., outputs), got {sizes}")
        self.layers = [Dense(inputs, outputs, rng) for inputs, outputs in zip(sizes[:-1], sizes[1:])]
        self.activation = activation

    def __call__(self, x):
        check_array("x", x, ("n", self.layers[0].weight.shape[0]))
        if self.activation is relu:
            return relu_network(x, *weights_and_biases(self.layers))
        for layer in self.layers[:-1]:
            x = self.activation(layer(x))
        return self.layers[-1](x)


def start_at_zero(net) -> None:
    """Set a network's last layer to zero, so that a flow built on it starts as the identity: mu = 0, log_sigma = 0."""
    net.layers[-1].weight[...] = 0
    net.layers[-1].bias[...] = 0
