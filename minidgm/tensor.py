"""The tensor layer: a model is an object whose float arrays are its parameters; a loss is differentiated by them.

Reverse mode in four lines. A computation is a chain of steps, v_1 = h_1(v_0), v_2 = h_2(v_1), ..., loss = h_k(v_{k-1}).
By the chain rule, ∂loss/∂v_{i-1} = ∂loss/∂v_i · ∂h_i/∂v_{i-1}: a row vector times a Jacobian. Going from the loss
backwards, every step only needs that one product, its *vector-Jacobian product*, and never the Jacobian itself: all
gradients together cost about as much as two evaluations of the loss. A value used twice receives the sum of what
comes back.

autograd's tracer records the steps (each array is put into a box that remembers which step made it); this file keeps
what a model needs on top: where the parameters are, and the walk backwards. Exercise 03 takes a Jacobian with it.
"""

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from autograd.core import VJPNode, add_outgrads, primitive_vjps
from autograd.tracer import Box, isbox, new_box, notrace_primitives, trace_stack

__all__ = ["Module", "parameters", "arrays", "value_and_grad", "is_traced", "differentiable", "fused", "stop_gradient"]

# The C library (glibc) returns freed megabytes to the system, and a step then waits for fresh ones, page by page: a
# fifth of the time of a large step. Once an array of this size has been freed, it keeps 64 MB for the next step.
np.empty(31 << 20, np.uint8)


# ------------------------------------------------------------------ the idea: loss and gradient of a model


def value_and_grad(loss: Callable) -> Callable:
    """Turn `loss(model, *args)`, one number, into a function that returns the number and its gradient.

    The gradient is a dictionary with the keys and shapes of `parameters(model)`; a parameter that the loss does not use
    gets zeros. `loss` sees a copy of the model whose parameters are traced, so it reads like ordinary code.

    Raises ValueError when the loss is not a single number.
    """

    @functools.wraps(loss)
    def value_and_gradient(model, *args, **kwargs):
        theta, nodes, tape = {}, {}, []
        with trace_stack.new_trace() as trace:

            def boxed(array, path, constant):
                if constant:
                    return array
                theta[path], nodes[path] = array, Node.new_root(array, tape)
                return new_box(array, trace, nodes[path])

            end = loss(_rebuild(model, boxed), *args, **kwargs)
        if end is None:
            raise ValueError("loss: expected one number, got None; a function without `return` returns that")
        if np.shape(end) != ():
            raise ValueError(f"loss: expected one number, got an array of shape {np.shape(end)}; take its mean")
        if isbox(end) and end._trace == trace:
            _backward(end._node, tape)
        grad = {path: np.zeros_like(theta[path]) if node.g is None else node.g for path, node in nodes.items()}
        return getattr(end, "_value", end), grad

    return value_and_gradient


def _backward(end, tape: list) -> None:
    """Walk from the loss to the parameters, last step first, adding up what comes back to each value."""
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
        self.parents, self.vjp, self.tape = (), None, tape
        self.dtype, self.g, self.owned = value.dtype, None, False

    def receive(self, g):
        """Add ∂loss/∂value as it comes back from a step that used the value."""
        if getattr(g, "dtype", self.dtype) != self.dtype:
            g = g.astype(self.dtype)  # autograd's own rules drift from float32 to float64
        if self.g is None and type(g) is np.ndarray:
            self.g = g
        else:
            self.g, self.owned = add_outgrads(None if self.g is None else (self.g, self.owned), g)

    def received(self):
        """The sum of what has come back, None for nothing."""
        return self.g


class SeveralValues(Node):
    """The node of a step that returns several values, each of which has a node of its own."""

    __slots__ = ["nodes"]

    def boxes(self, values, trace) -> tuple:
        self.nodes = [Node.new_root(value, self.tape) for value in values]
        return tuple(new_box(value, trace, node) for value, node in zip(values, self.nodes))

    def received(self):
        """What has come back to each of the values, None for nothing to any of them."""
        if any(node.g is not None for node in self.nodes):
            return [node.g for node in self.nodes]


notrace_primitives[Node] = notrace_primitives[VJPNode]  # comparisons, shapes, zeros_like: steps without a gradient


# ------------------------------------------------------------------ steps with a gradient derived by hand


def differentiable(function: Callable, plain: Callable | None = None) -> Callable:
    """Make one step of the tracer out of a function that returns its value and its gradient rule, side by side.

    `function(*arrays, **settings)` returns `value, backward`; `backward(g)`, with g = ∂loss/∂value, returns one
    gradient for each array. An entry may be a function without arguments: it is called only if it is wanted.

        @differentiable
        def square(a):
            return a * a, lambda g: (2 * a * g,)
    """

    @functools.wraps(function)
    def step(*args, **settings):
        boxes = [(i, a) for i, a in enumerate(args) if isbox(a)]
        if not boxes:
            return function(*args, **settings)[0]
        trace, values = max([box._trace for _, box in boxes]), list(args)
        wanted, parents = [], []  # the arguments to differentiate by
        for i, box in boxes:
            if box._trace == trace:
                wanted.append(i)
                parents.append(box._node)
                values[i] = box._value
        if plain is not None and any(map(isbox, values)):
            return plain(*args, **settings)
        value, backward = function(*values, **settings)
        several = isinstance(value, tuple)
        if several and not isinstance(parents[0], Node):  # autograd's own backward pass knows one value a step
            return plain(*args, **settings)

        def vjp(g):
            if several:
                g = [np.zeros_like(v) if g_v is None else g_v for v, g_v in zip(value, g)]
            grads = backward(*g) if several else backward(g)
            return [grads[i]() if callable(grads[i]) else grads[i] for i in wanted]

        if several:
            return SeveralValues(value, step, values, {"vjp": vjp}, wanted, parents).boxes(value, trace)
        return new_box(value, trace, type(parents[0])(value, step, values, {"vjp": vjp}, wanted, parents))

    primitive_vjps[step] = lambda argnums, ans, args, kwargs: kwargs["vjp"]
    return step


def fused(plain: Callable) -> Callable:
    """As `differentiable`, for a step that works in place and so on plain arrays only.

    `plain` is the same function in small steps: what it is read as, tested against, and what serves where the gradient
    of a gradient is wanted. Such a step may return several values, a tuple; `backward` then takes a gradient for each.
    """
    return functools.partial(differentiable, plain=plain)


def is_traced(*values) -> bool:
    """Whether any of these arrays, or of the parameters of these Modules, is being differentiated."""
    return any(isbox(v) or (isinstance(v, Module) and any(map(isbox, _leaves(v)))) for v in values)


def stop_gradient(a):
    """The same value, seen as a constant by the tracer."""
    while isbox(a):
        a = a._value
    return a


# ------------------------------------------------------------------ models


class Module:
    """A model: its float arrays are parameters, its integer and boolean arrays structure, its Modules are parts.

    Arrays and parts are found in attributes, and in lists, tuples and dictionaries of them. A float array that is data
    rather than a parameter is named in the class attribute `constants`.
    """

    constants: tuple[str, ...] = ()

    def astype(self, dtype):
        """A copy of the model with every float array in `dtype` (np.float32 or np.float64)."""
        dtype = np.dtype(dtype)
        if dtype.kind != "f":
            raise ValueError(f"dtype: expected a float type such as np.float64, got {dtype}")
        return _rebuild(self, lambda array, path, constant: array.astype(dtype))

    def copy(self):
        """A copy of the model with arrays of its own."""
        return _rebuild(self, lambda array, path, constant: array.copy())

    def __repr__(self):
        """The structure, a line a part, with the shapes of the arrays."""
        lines = [f"{type(self).__name__}("]
        for name, value in vars(self).items():
            if name.startswith("_"):
                continue
            lines += [f"    {line}" for line in f"{name}={_describe(value)}".split("\n")]
        return lines[0] + ")" if len(lines) == 1 else "\n".join([*lines, ")"])


def _describe(value) -> str:
    if isinstance(value, list | tuple) and any(isinstance(part, Module) for part in value):
        return "\n".join(["[", *(f"    {line}" for part in value for line in repr(part).split("\n")), "]"])
    if hasattr(value, "shape") and np.ndim(value):
        return f"{value.dtype}{tuple(value.shape)}"
    return getattr(value, "__name__", None) or repr(value)


def parameters(model: Any) -> dict[str, np.ndarray]:
    """The parameters by name, as {"net.layers.0.weight": array, ...}: the arrays themselves, not copies.

    An array that stands in two places (shared weights) is listed once, under the first name.
    """
    return {path: array for path, (array, constant) in _walk(model).items() if not constant}


def arrays(model: Any) -> dict[str, np.ndarray]:
    """All float arrays by name, the constants too: what a checkpoint keeps."""
    return {path: array for path, (array, _) in _walk(model).items()}


CONTAINERS = (Module, list, tuple, dict)
ARRAYS = (np.ndarray, Box)  # a parameter that is being traced is one too
ARRAYS_AND_CONTAINERS = (*ARRAYS, *CONTAINERS)

# The two walks below recurse as functions of the module: one inside the other would refer to itself, and keep all that
# it has seen, gradients too, until the garbage collector comes by.


def _walk(model) -> dict[str, tuple[np.ndarray, bool]]:
    """Each float array once, by name, and whether it is a constant."""
    found: dict = {}
    _collect(model, "", False, found, set())
    return found


def _collect(value, path: str, constant: bool, found: dict, seen: set) -> None:
    if isinstance(value, ARRAYS):
        if value.dtype.kind == "f" and id(value) not in seen:
            seen.add(id(value))
            found[path] = value, constant
    elif isinstance(value, CONTAINERS) and id(value) not in seen:
        seen.add(id(value))
        fixed = value.constants if isinstance(value, Module) else ()
        for name, part in _parts(value):
            _collect(part, f"{path}.{name}" if path else str(name), constant or name in fixed, found, seen)


def _leaves(value) -> Iterator:
    """Everything in a model that is not a container."""
    if isinstance(value, CONTAINERS):
        for _, part in _parts(value):
            yield from _leaves(part)
    else:
        yield value


def _parts(value):
    if isinstance(value, Module):
        return vars(value).items()
    return value.items() if isinstance(value, dict) else enumerate(value)


def _rebuild(model, new_array: Callable):
    """A copy of the tree of parts, `new_array(array, path, constant)` in place of each float array; sharing is kept."""
    return _copy(model, "", False, new_array, {})


def _copy(value, path: str, constant: bool, new_array: Callable, made: dict):
    if not isinstance(value, ARRAYS_AND_CONTAINERS):
        return value
    key = id(value)
    if key in made:
        return made[key]
    if isinstance(value, ARRAYS):
        made[key] = new = new_array(value, path, constant) if value.dtype.kind == "f" else value
        return new
    below = f"{path}." if path else ""
    if isinstance(value, Module):
        fixed = value.constants
        made[key] = part = object.__new__(type(value))
        for name, v in vars(value).items():
            part.__dict__[name] = _copy(v, below + name, constant or name in fixed, new_array, made)
        return part
    if isinstance(value, dict):
        made[key] = {k: _copy(v, f"{below}{k}", constant, new_array, made) for k, v in value.items()}
    else:
        parts = [_copy(v, f"{below}{k}", constant, new_array, made) for k, v in enumerate(value)]
        made[key] = value._make(parts) if hasattr(value, "_make") else type(value)(parts)
    return made[key]
