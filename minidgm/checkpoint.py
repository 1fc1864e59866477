"""Arrays and models in files: .npz without pickle, written whole or not at all."""

import os
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from minidgm.errors import UserError
from minidgm.tensor import arrays


def save_model(path, model) -> None:
    """Write a model's arrays to an .npz file, without pickle. UserError if the file exists: nothing is overwritten."""
    if Path(path).exists():
        raise UserError(f"{path}: exists already; name another file")
    save_arrays(path, arrays(model))


def load_model(path, model) -> None:
    """Read arrays written by `save_model` into a model of the same shape; UserError, one sentence, otherwise."""
    set_arrays(model, load_arrays(path), path)


def save_arrays(path, named: dict) -> None:
    """Write arrays to `path` whole or not at all: into a new file first, which then takes the name."""
    path = Path(path)
    beside = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(beside, "wb") as file:
            np.savez(file, **named)
        os.replace(beside, path)
    except OSError as error:
        raise UserError(f"{path}: cannot be written ({error.strerror})") from error


def load_arrays(path) -> dict[str, np.ndarray]:
    """Read an .npz file of arrays, never a pickle; UserError if it is missing or damaged."""
    if not Path(path).is_file():
        raise UserError(f"{path}: no such file")
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as named:
            return dict(named)
    except (OSError, ValueError, KeyError, EOFError, BadZipFile, AttributeError, TypeError) as error:
        raise UserError(f"{path}: not an .npz file of arrays, or a damaged one") from error


def set_arrays(model, new: dict, path="state") -> None:
    """Copy arrays into a model's own, in place; UserError if names or shapes differ."""
    old = arrays(model)
    if old.keys() != new.keys():
        name = sorted(old.keys() ^ new.keys())[0]
        where = "the model" if name in old else "the file"
        raise UserError(f"{path}: belongs to another model: only {where} has {name}")
    for name, array in old.items():
        if array.shape != new[name].shape:
            raise UserError(f"{path}: {name}: expected shape {array.shape}, got {new[name].shape}")
    for name, array in old.items():
        array[...] = new[name]
