"""Models: objects whose float arrays are their parameters."""

import operator
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeVar

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
    __slots__ = ("__dict__", "__weakref__", "_structure")  # the last is no attribute of the model: `structure_of`

    def __getstate__(self):
        return vars(self)

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
    structure = structure_of(model)
    structure.check()
    return dict(structure.parameters)


def arrays(model: Any) -> dict[str, np.ndarray]:
    """All float arrays by name, the constants too: what a checkpoint keeps."""
    structure = structure_of(model)
    structure.check()
    return {path: array for array, path, _ in structure.arrays}


def rebuild(model, new_array: Callable):
    """A copy of the tree of parts, `new_array(array, path, constant)` in place of each float array; sharing is kept."""
    structure = structure_of(model)
    return structure.copy(model, [new_array(*found) for found in structure.arrays])


def leaves(value) -> Iterator:
    """Everything in a model that is not a container."""
    if isinstance(value, CONTAINERS):
        for _, part in _contents(value):
            yield from leaves(part)
    else:
        yield value


# ------------------------------------------------------------------ the tree of parts

CONTAINERS = (Module, list, tuple, dict)
ARRAYS = (np.ndarray, Box)  # a parameter that is being traced is one too


def _contents(container):
    if isinstance(container, Module):
        return vars(container).items()
    return container.items() if isinstance(container, dict) else enumerate(container)


class Found(NamedTuple):
    """A float array of a model."""

    array: np.ndarray
    path: str
    constant: bool


class Structure:
    """Where the arrays of a model are: its tree of parts, walked once and remembered.

    A training step asks for it twice, and it seldom changes. It fits a model as long as all its containers hold the
    things that they held, each under the name that it had.
    """

    def __init__(self, model):
        self.arrays: list[Found] = []  # each once, under its first name
        self.modules: list = []  # None for the model itself: what refers to it would keep it alive
        self.others: list = []  # lists, tuples and dictionaries, inner ones first
        inside: dict = {}  # by place: the names in a container that hold a place
        top = _visit(self, model, model, "", False, {}, inside)
        self.parameters = {path: array for array, path, constant in self.arrays if not constant}
        names = [found.path for found in self.arrays]
        self.clash = None if len(set(names)) == len(names) else max(names, key=names.count)  # a name of two arrays
        start = {"array": 0, "module": len(self.arrays), "other": len(self.arrays) + len(self.modules)}

        def numbered(place):  # a copy makes arrays, then modules, then other containers: its number in that order
            return None if place is None else start[place[0]] + place[1]

        self.top = numbered(top)
        self.in_modules, self.in_others = (
            [[(name, numbered(found)) for name, found in inside[kind, k]] for k in range(len(containers))]
            for kind, containers in (("module", self.modules), ("other", self.others))
        )
        self.changeable = [value for value in self.others if not isinstance(value, tuple)]
        self.seen = self._seen(model)

    def _seen(self, model) -> tuple[list, list, list]:
        """The names, the sizes and the things in all containers."""
        names: list = []
        sizes: list = []
        things: list = []
        for module in self.modules:
            module = model if module is None else module
            attributes = vars(module)
            names += attributes
            names.append(module.constants)
            things += attributes.values()
            sizes.append(len(attributes))
        for container in self.changeable:
            if isinstance(container, dict):
                names += container
                things += container.values()
            else:
                things += container
            sizes.append(len(container))
        return names, sizes, things

    def fits(self, model) -> bool:
        """Whether the model is still what was walked."""
        names, sizes, things = self._seen(model)
        return names == self.seen[0] and sizes == self.seen[1] and all(map(operator.is_, things, self.seen[2]))

    def copy(self, model, arrays: list):
        """A copy of the tree, with other arrays in the order of `self.arrays`; what is no container is shared."""
        modules = [object.__new__(type(model if module is None else module)) for module in self.modules]
        made = [*arrays, *modules]
        for value, inside in zip(self.others, self.in_others):
            parts: Any = dict(value) if isinstance(value, dict) else list(value)
            for name, number in inside:
                parts[name] = made[number]
            if not isinstance(value, dict):
                parts = value._make(parts) if hasattr(value, "_make") else type(value)(parts)
            made.append(parts)
        for module, new, inside in zip(self.modules, modules, self.in_modules):
            attributes = vars(new)
            attributes.update(vars(model if module is None else module))
            for name, number in inside:
                attributes[name] = made[number]
        return model if self.top is None else made[self.top]

    def check(self) -> None:
        """Raise ValueError if two arrays have one name, as those of {1: a, "1": b} would."""
        if self.clash is not None:
            raise ValueError(f"model: two arrays would both be named {self.clash!r}; use keys that differ as text")


def structure_of(model) -> Structure:
    """The model's structure, as it was the last time if that still fits."""
    if not isinstance(model, Module):
        return Structure(model)
    known = getattr(model, "_structure", None)
    if known is None or not known.fits(model):
        known = Structure(model)
        object.__setattr__(model, "_structure", known)
    return known


# A function of the module: inside another one it would refer to itself, and keep all that it has seen until the garbage
# collector comes by.


def _visit(found: Structure, model, value, path: str, constant: bool, places: dict, inside: dict):
    """The place, (kind, number), of an array or a container; None for anything else."""
    if not isinstance(value, ARRAYS + CONTAINERS):
        return None
    if id(value) in places:
        return places[id(value)]
    if isinstance(value, ARRAYS):
        if value.dtype.kind != "f":
            return None
        places[id(value)] = place = "array", len(found.arrays)
        found.arrays.append(Found(value, path, constant))
        return place
    fixed: tuple[str, ...] = ()
    if isinstance(value, Module):  # known before its parts are, which may refer to it
        fixed, places[id(value)] = value.constants, ("module", len(found.modules))
        found.modules.append(None if value is model else value)
    below, things = f"{path}." if path else "", []
    for name, part in _contents(value):
        place = _visit(found, model, part, f"{below}{name}", constant or name in fixed, places, inside)
        if place is not None:
            things.append((name, place))
    if not isinstance(value, Module):
        places[id(value)] = "other", len(found.others)
        found.others.append(value)
    inside[places[id(value)]] = things
    return places[id(value)]
