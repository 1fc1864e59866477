"""Arrays, models and training states in files: .npz without pickle, written whole or not at all, read with suspicion.

A file is believed in nothing: its sizes are compared with its real length before memory is taken, and what it holds
with the model, before any of it is used.
"""

import contextlib
import glob
import math
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np

from minidgm.errors import UserError
from minidgm.files import existing_file, written_whole
from minidgm.tensor import arrays

NUMBERS = "biufU"  # booleans, integers, floats, and text: no objects


def save_model(path, model) -> None:
    """Write a model's arrays to an .npz file, without pickle. UserError if the file exists: nothing is overwritten."""
    if os.path.lexists(path):  # a link that leads nowhere, too
        raise UserError(f"{path}: exists already; name another file")
    save_arrays(path, arrays(model))


def load_model(path, model) -> None:
    """Read arrays written by `save_model` into a model of the same shape; UserError, one sentence, otherwise."""
    set_arrays(model, load_arrays(path), path)


# ------------------------------------------------------------------ writing


def save_arrays(path, named: dict) -> None:
    """Write arrays to `path` whole or not at all."""
    with written_whole(Path(path)) as file:
        write_npz(file, named)


def write_npz(file: IO[bytes], named: dict) -> None:
    """What numpy.savez writes; but that takes no array called `file`, and makes a pickle of what is no number."""
    with zipfile.ZipFile(file, "w") as archive:
        for name, array in named.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, np.asarray(array), allow_pickle=False)


@contextlib.contextmanager
def locked(path: Path | None) -> Iterator[None]:
    """Hold a checkpoint's path for this run alone; UserError while another one holds it.

    A killed run holds nothing, and the halves of files that it may have left are removed.
    """
    if path is None:
        yield
        return
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    beside = path.with_name(path.name + ".lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = open(beside, "w")
    except OSError as error:
        raise UserError(f"{path}: cannot be written ({error.strerror or error})") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not beside.exists() or not os.path.samestat(os.fstat(file.fileno()), beside.stat()):
                raise BlockingIOError  # the run that held it has just removed it
        except BlockingIOError as error:
            raise UserError(f"{path}: another run writes this checkpoint; wait for it, or name another file") from error
        except OSError:  # a network's file system without locks: the run goes on without one
            halves: list[Path] = []
        else:
            halves = list(path.parent.glob(f"{glob.escape(path.name)}.*.part"))
        try:
            for half in halves:
                with contextlib.suppress(OSError):
                    half.unlink()
            yield
        finally:
            with contextlib.suppress(OSError):
                beside.unlink()


# ------------------------------------------------------------------ reading


def load_arrays(path) -> dict[str, np.ndarray]:
    """Read an .npz file of arrays, never a pickle; UserError if it is missing, damaged, or claims more than it has."""
    path = existing_file(path)
    try:
        file = open(path, "rb")
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror})") from error
    try:
        with file, zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > path.stat().st_size:  # entries that share their bytes
                raise ValueError("declares more than it holds")
            return {entry.filename.removesuffix(".npy"): _read(archive, entry) for entry in entries}
    except Exception as error:  # whatever a damaged file makes zipfile and numpy raise
        raise UserError(f"{path}: not an .npz file of arrays, or a damaged one") from error


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> np.ndarray:
    """One array, stored as it is: a compressed entry could unpack to any size."""
    if entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1 or not entry.filename.endswith(".npy"):
        raise ValueError(f"{entry.filename}: not an array as numpy.savez writes it")
    with archive.open(entry) as file:
        dtype, shape, fortran = _header(file)
        content = file.read()  # as long as the entry really is; the checksum is compared at its end
    if len(content) != math.prod(shape) * dtype.itemsize:
        raise ValueError(f"{entry.filename}: declares {shape} numbers, holds {len(content)} bytes")
    array = np.frombuffer(content, dtype).reshape(shape, order="F" if fortran else "C")
    return array.astype(dtype.newbyteorder("="))  # a copy that may be written to


def _header(file: IO[bytes]) -> tuple[np.dtype, tuple, bool]:
    version = np.lib.format.read_magic(file)
    if version != (1, 0):
        raise ValueError(f"version {version}")
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(file)
    if dtype.kind not in NUMBERS or dtype.hasobject:
        raise ValueError(f"numbers of type {dtype}")
    return dtype, shape, fortran


def set_arrays(model, new: dict, path="state") -> None:
    """Copy arrays into a model's own, in place and all or none; UserError if names, shapes or numbers do not fit."""
    fitting = check_arrays(arrays(model), new, path)
    for name, array in arrays(model).items():
        array[...] = fitting[name]


def check_arrays(old: dict[str, np.ndarray], new: dict[str, Any], path) -> dict[str, np.ndarray]:
    """`new` in the dtypes of `old`; UserError unless it has the same names and shapes, and finite real numbers."""
    if old.keys() != new.keys():
        name = sorted(old.keys() ^ new.keys())[0]
        where = "the model" if name in old else "the file"
        raise UserError(f"{path}: belongs to another model: only {where} has {name}")
    fitting = {}
    for name, array in old.items():
        value = np.asarray(new[name])
        if value.shape != array.shape:
            raise UserError(f"{path}: {name}: expected shape {array.shape}, got {value.shape}")
        if value.dtype.kind not in "fiu":
            raise UserError(f"{path}: {name}: expected real numbers, got {value.dtype}")
        with np.errstate(over="ignore"):
            fitting[name] = value.astype(array.dtype)
        if not np.all(np.isfinite(fitting[name])):
            raise UserError(
                f"{path}: {name}: expected numbers that are finite in {array.dtype}, got NaN or larger ones"
            )
    return fitting
