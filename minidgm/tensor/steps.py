"""Steps of the tracer with a gradient derived by hand, and formulas for which something faster runs.

    @differentiable                     @runs_as(fast.affine_f)
    def square(a):                      def affine_f(x, mu, log_sigma):
        return a * a, lambda g: ...         z = (x - mu) * np.exp(-log_sigma)
                                            return z, -np.sum(log_sigma, axis=1)

Left: a function written as value and gradient rule, side by side. Right: a formula, to be read; what runs in its place
is the function named in the line above it, which lives in `minidgm/fast/` and computes the same, faster. Inside
`with plain():`, or with MINIDGM_PLAIN=1 in the environment, the formulas themselves run: step through them in a
debugger. `tests/engine/test_pairs.py` holds every pair equal, in values, gradients and dtypes.
"""

import contextlib
import functools
import os
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, ParamSpec, TypeVar

import numpy as np

from minidgm.tensor.gradient import Node
from minidgm.tensor.model import Module, leaves
from minidgm.tensor.tracer import Box, isbox, new_box, primitive_vjps

Given = ParamSpec("Given")
Value = TypeVar("Value")
Formula = TypeVar("Formula", bound=Callable)
WithGradient = tuple[np.ndarray, Callable]  # what a step is written as: its value, and its gradient rule

# ------------------------------------------------------------------ a formula, and what runs in its place


class Pair(NamedTuple):
    """A formula and the function that runs in its place, also where gradients are wanted unless that is False."""

    formula: Callable
    fast: Callable
    gradient: bool


PAIRS: dict[str, Pair] = {}  # by the formula's name, as "flows.affine.affine_f"
_formulas_run = [os.environ.get("MINIDGM_PLAIN", "0") not in ("", "0")]


@contextlib.contextmanager
def plain() -> Iterator[None]:
    """`with plain():` the formulas run as they are read, and nothing of `minidgm/fast/`."""
    before, _formulas_run[0] = _formulas_run[0], True
    try:
        yield
    finally:
        _formulas_run[0] = before


def runs_as(fast: Callable, gradient: bool = True, of_steps: bool = False) -> Callable[[Formula], Formula]:
    """The function below is the formula, `fast` is what runs: same arguments, same values.

    fast takes plain arrays and returns `value, backward`, as a `differentiable` function does; a tuple of values is one
    step with several values, and `backward` then takes a gradient for each. An argument that is a Module reaches it as
    the dictionary of its attributes, and its gradient is one too. With gradient=False, fast takes what the formula
    takes and returns the value alone, and the formula itself runs wherever something is being differentiated.
    With of_steps=True, fast takes what the formula takes, traced or not, and is itself made of steps (`one_step`);
    where it returns NotImplemented, the formula runs. Gradients of gradients go through the formula too.
    """

    def decorate(formula):
        PAIRS[f"{formula.__module__.removeprefix('minidgm.')}.{formula.__qualname__}"] = Pair(formula, fast, gradient)
        if gradient and not of_steps:
            return functools.wraps(formula)(_step(fast, formula))

        @functools.wraps(formula)
        def run(*args, **settings):
            if not (_formulas_run[0] or (not of_steps and is_traced(*args, *settings.values()))):
                value = fast(*args, **settings)
                if value is not NotImplemented:
                    return value
            return formula(*args, **settings)

        run.fast = fast  # type: ignore[attr-defined]
        return run

    return decorate


def stands(method: Callable, fast: Callable) -> bool:
    """Whether a method is still the formula that `fast` runs for: not overridden, nor exchanged."""
    return getattr(method, "fast", None) is fast


# ------------------------------------------------------------------ a function with its gradient beside it


def differentiable(function: Callable[Given, tuple[Value, Callable]]) -> Callable[Given, Value]:
    """Make one step of the tracer out of a function that returns its value and its gradient rule, side by side.

    `function(*arrays, **settings)` returns `value, backward`; `backward(g)`, with g = ∂loss/∂value, returns one
    gradient for each array. An entry may be a function without arguments: it is called only if it is wanted.

        @differentiable
        def square(a):
            return a * a, lambda g: (2 * a * g,)
    """
    return functools.wraps(function)(_step(function))


def one_step(function: Callable) -> Callable:
    """As `differentiable`, for a function that works in place: NotImplemented for a gradient of a gradient."""
    return functools.wraps(function)(_step(function, lambda *args, **settings: NotImplemented))


def _step(function: Callable, formula: Callable | None = None) -> Callable:
    """The step itself; `formula` serves where `function`, which works in place, cannot take what it is given."""

    def step(*args, **settings):
        if formula and (_formulas_run[0] or (settings and any(map(isbox, settings.values())))):
            return formula(*args, **settings)
        boxes, values = _boxes(args)
        if not boxes:
            return function(*values, **settings)[0]
        trace = boxes[0][2]._trace if len(boxes) == 1 else max([box._trace for _, _, box in boxes])
        wanted, parents = [], []  # the arguments to differentiate by
        for i, name, box in boxes:
            if box._trace == trace:
                wanted.append((i, name))
                parents.append(box._node)
                box = box._value
                if name is None:
                    values[i] = box
                else:
                    values[i][name] = box
            if formula and isbox(box):  # the gradient of a gradient
                return formula(*args, **settings)
        value, backward = function(*values, **settings)
        several = isinstance(value, tuple)
        if formula and several and not isinstance(parents[0], Node):
            return formula(*args, **settings)  # autograd's own backward pass knows one value per step

        def vjp(g):
            if several:
                g = [np.zeros_like(v) if g_v is None else g_v for v, g_v in zip(value, g)]
            grads = backward(*g) if several else backward(g)
            found = []
            for i, name in wanted:
                g_i = grads[i] if name is None else grads[i][name]
                found.append(g_i() if callable(g_i) else g_i)
            return found

        if several:
            return SeveralValues(value, step, values, {"vjp": vjp}, wanted, parents).boxes(value, trace)
        return new_box(value, trace, type(parents[0])(value, step, values, {"vjp": vjp}, wanted, parents))

    primitive_vjps[step] = lambda argnums, ans, args, kwargs: kwargs["vjp"]
    return step


def _boxes(args) -> tuple[list, list]:
    """The traced arrays among the arguments of a step, each with its place; the arguments, each Module as a dict."""
    boxes: list = []
    values: list = list(args)
    for i, value in enumerate(args):
        if isinstance(value, Box):
            boxes.append((i, None, value))
        elif isinstance(value, Module):
            values[i] = attributes = vars(value)
            traced = [(i, name, part) for name, part in attributes.items() if isinstance(part, Box)]
            if traced:
                values[i] = dict(attributes)
                boxes += traced
    return boxes, values


class SeveralValues(Node):
    """The node of a step that returns several values, each of which has a node of its own."""

    __slots__ = ["nodes"]

    def boxes(self, values, trace) -> tuple:
        self.nodes = [Node.new_root(value, self.tape) for value in values]
        return tuple(new_box(value, trace, node) for value, node in zip(values, self.nodes))

    def received(self) -> Any:
        """What has come back to each of the values, None for nothing to any of them."""
        if any(node.g is not None for node in self.nodes):
            return [node.g for node in self.nodes]
        return None


# ------------------------------------------------------------------ what is traced


def is_traced(*values) -> bool:
    """Whether any of these arrays, or of the parameters of these Modules, is being differentiated."""
    return any(isbox(v) or (isinstance(v, Module) and any(map(isbox, leaves(v)))) for v in values)


def stop_gradient(a) -> Any:
    """The same value, seen as a constant by the tracer."""
    while isbox(a):
        a = a._value
    return a
