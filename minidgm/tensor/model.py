"""Models: objects whose float arrays are their parameters."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import numpy as np
from numpy.typing import DTypeLike

from minidgm.tensor.tracer import Box

Model = TypeVar("Model", bound="Module")


class Module:
    """A model: its float arrays are parameters, its integer and boolean arrays structure, its Modules are parts.

    Arrays and parts are found in attributes, and in lists, tuples and dictionaries of them. A float array that is data
    rather than a parameter is named in the class attribute `constants`.
    """

    constants: tuple[str, ...] = ()

    def astype(self: Model, dtype: DTypeLike) -> Model:
        """A copy of the model with every float array in `dtype` (np.float32 or np.float64)."""
        dtype = np.dtype(dtype)
        if dtype.kind != "f":
            raise ValueError(f"dtype: expected a float type such as np.float64, got {dtype}")
        return rebuild(self, lambda array, path, constant: array.astype(dtype))

    def copy(self: Model) -> Model:
        """A copy of the model with arrays of its own."""
        return rebuild(self, lambda array, path, constant: array.copy())

    def __repr__(self) -> str:
        """The structure, one line per part, with the shapes of the arrays."""
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
            check_new(path, found)
            found[path] = value, constant
    elif isinstance(value, CONTAINERS) and id(value) not in seen:
        seen.add(id(value))
        fixed = value.constants if isinstance(value, Module) else ()
        for name, part in _parts(value):
            _collect(part, f"{path}.{name}" if path else str(name), constant or name in fixed, found, seen)


def check_new(path: str, found: dict) -> None:
    """Raise ValueError if another array has that name already, as those of {1: a, "1": b} would."""
    if path in found:
        raise ValueError(f"model: two arrays would both be named {path!r}; use keys that differ as text")


def leaves(value) -> Iterator:
    """Everything in a model that is not a container."""
    if isinstance(value, CONTAINERS):
        for _, part in _parts(value):
            yield from leaves(part)
    else:
        yield value


def _parts(value):
    if isinstance(value, Module):
        return vars(value).items()
    return value.items() if isinstance(value, dict) else enumerate(value)


def rebuild(model, new_array: Callable):
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
