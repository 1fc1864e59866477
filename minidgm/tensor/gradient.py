"""Reverse mode: the gradient of a loss by all parameters of a model, in one walk backwards.

A computation is a chain of steps, v_1 = h_1(v_0), v_2 = h_2(v_1), ..., loss = h_k(v_{k-1}). By the chain rule,

    ∂loss/∂v_{i-1} = ∂loss/∂v_i · ∂h_i/∂v_{i-1}        a row vector times a Jacobian

Going from the loss backwards, every step only needs that one product, its *vector-Jacobian product*, and never the
Jacobian itself: all gradients together cost about as much as two evaluations of the loss. A value used twice receives
the sum of what comes back. Each call starts from a new tape and ends with it empty, so nothing is left of one call that
could be added to the next.

autograd's tracer records the steps: each array is put into a box that remembers which step made it. Where the
parameters are is in `model.py`; steps with gradients of our own are in `steps.py`. Exercise 03 takes a Jacobian.
"""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from minidgm.tensor.model import structure_of
from minidgm.tensor.tracer import VJPNode, add_outgrads, isbox, new_box, notrace_primitives, trace_stack


def value_and_grad(loss: Callable) -> Callable[..., tuple[Any, dict[str, np.ndarray]]]:
    """Turn `loss(model, *args)`, one number, into a function that returns the number and its gradient.

    The gradient is a dictionary with the keys and shapes of `parameters(model)`; a parameter that the loss does not use
    gets zeros. `loss` sees a copy of the model whose parameters are traced, so it reads like ordinary code.

    Raises ValueError when the loss is not a single number.
    """

    @functools.wraps(loss)
    def value_and_gradient(model, *args, **kwargs):
        tape: list[Node] = []
        structure = structure_of(model)
        structure.check()
        nodes = {path: Node.new_root(theta, tape) for path, theta in structure.parameters.items()}
        with trace_stack.new_trace() as trace:
            boxed = [a if constant else new_box(a, trace, nodes[path]) for a, path, constant in structure.arrays]
            end = loss(structure.copy(model, boxed), *args, **kwargs)
        if end is None:
            raise ValueError("loss: expected one number, got None; a function without `return` returns that")
        if np.shape(end) != ():
            raise ValueError(f"loss: expected one number, got an array of shape {np.shape(end)}; take its mean")
        if not isbox(end) and np.asarray(end).dtype.kind not in "fiu":
            raise ValueError(f"loss: expected one number, got {type(end).__name__}")
        if isbox(end) and end._trace == trace:
            walk_backwards(end._node, tape)
        theta = structure.parameters
        grad = {path: np.zeros_like(theta[path]) if node.g is None else node.g for path, node in nodes.items()}
        return getattr(end, "_value", end), grad

    return value_and_gradient


def walk_backwards(end: "Node", tape: list) -> None:
    """Go from the loss to the parameters, last step first, adding up what comes back to each value."""
    end.g = np.ones((), end.dtype)  # ∂loss/∂loss
    while tape:
        node = tape.pop()
        g = node.received()  # complete, for every step that used its value was done later
        if g is not None:  # else the loss does not depend on it
            for parent, g_parent in zip(node.parents, node.vjp(g)):
                parent.receive(g_parent)
        node.parents, node.vjp, node.g = (), None, None  # what it kept for its gradient is not needed any more


class Node(VJPNode):
    """autograd's node of the graph (parents and vector-Jacobian product); the steps stand on a tape, in their order.

    dtype: that of the value; g: what has come back to it so far, None for nothing; owned: may g be added to in place?
    """

    __slots__ = ["tape", "dtype", "g", "owned"]

    def __init__(self, value, fun, args, kwargs, parent_argnums, parents):
        super().__init__(value, fun, args, kwargs, parent_argnums, parents)
        self.dtype, self.g, self.owned = getattr(value, "dtype", None), None, False
        self.tape = parents[0].tape
        self.tape.append(self)

    def initialize_root(self, value, tape):
        """A node that is no step: a parameter, or one of the several values of a step."""
        self.parents, self.vjp, self.tape = (), None, tape  # type: ignore[misc]
        self.dtype, self.g, self.owned = value.dtype, None, False

    def receive(self, g) -> None:
        """Add ∂loss/∂value as it comes back from a step that used the value."""
        if getattr(g, "dtype", self.dtype) != self.dtype:
            g = g.astype(self.dtype)  # autograd's own rules drift from float32 to float64
        if self.g is None and type(g) is np.ndarray:
            self.g = g
        else:
            self.g, self.owned = add_outgrads(None if self.g is None else (self.g, self.owned), g)

    def received(self) -> Any:
        """The sum of what has come back, None for nothing."""
        return self.g


notrace_primitives[Node] = notrace_primitives[VJPNode]  # comparisons, shapes, zeros_like: steps without a gradient
