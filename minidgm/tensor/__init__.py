"""The tensor layer: a model is an object whose float arrays are its parameters; a loss is differentiated by them.

gradient.py   reverse mode: `value_and_grad`, the walk backwards, in which float32 stays float32
model.py      `Module`: where the parameters are; copies, dtypes
steps.py      steps with a gradient by hand; `@runs_as`, formulas for which something faster runs
tracer.py     what is used of autograd
"""

from minidgm.tensor.gradient import value_and_grad
from minidgm.tensor.model import Module, arrays, parameters
from minidgm.tensor.steps import (
    PAIRS,
    WithGradient,
    differentiable,
    is_traced,
    one_step,
    plain,
    runs_as,
    stands,
    stop_gradient,
)

__all__ = [
    "PAIRS",
    "Module",
    "WithGradient",
    "arrays",
    "differentiable",
    "is_traced",
    "one_step",
    "parameters",
    "plain",
    "runs_as",
    "stands",
    "stop_gradient",
    "value_and_grad",
]
