"""Models to compare with those of other libraries."""

import numpy as np

from minidgm.tensor import Module, parameters


class Arrays(Module):
    def __init__(self, *values):
        self.values = [np.array(value) for value in values]


def randomized(model, dtype):
    """A model whose networks do something: a fresh flow is the identity."""
    model = model.astype(dtype)
    for array in parameters(model).values():
        array[...] = 0.4 * np.random.default_rng(array.size).normal(size=array.shape)
    return model
