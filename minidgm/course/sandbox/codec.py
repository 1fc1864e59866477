"""What passes between the checker and a student's process: arrays, numbers, text and containers, as JSON and bytes.

Nothing is unpickled, so what arrives can be wrong but can't run. A frame is two lengths, a JSON tree, and the arrays'
bytes in the order in which the tree names them. A callable travels as a number; only the checker's callables do.
"""

import json
import re
import struct
from collections.abc import Callable
from math import prod
from typing import IO, Any

import numpy as np

from minidgm.course.answer import Unusable

HEAD = struct.Struct(">IQ")  # length of the JSON tree, length of the arrays' bytes
TREE_LIMIT, BYTES_LIMIT = 32 << 20, 256 << 20
_DTYPE = re.compile(r"[<>|][biuf]\d{1,2}\Z")


def encode(value: Any, name: Callable[[Callable], int] | None = None) -> bytes:
    """Make a frame; `name` gives a callable its number.

    Raises TypeError for what isn't plain, ValueError for what is too large.
    """
    blobs: list[bytes] = []
    tree = json.dumps(_tree(value, blobs, name)).encode()
    if sum(map(len, blobs)) > BYTES_LIMIT or len(tree) > TREE_LIMIT:
        raise ValueError(f"more than {BYTES_LIMIT >> 20} MB of arrays, or {TREE_LIMIT >> 20} MB of numbers and text")
    blob = b"".join(blobs)
    return HEAD.pack(len(tree), len(blob)) + tree + blob


def _tree(value: Any, blobs: list[bytes], name: Callable | None) -> Any:
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, (np.ndarray, np.generic)):
        array = np.asarray(value)
        if array.dtype.kind not in "biuf":
            raise TypeError(f"an array of dtype {array.dtype}")
        if array.nbytes > BYTES_LIMIT:
            raise ValueError(f"an array of more than {BYTES_LIMIT >> 20} MB")
        layout = "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"
        if not (array.flags.c_contiguous or array.flags.f_contiguous):
            layout = "strided"
        blobs.append(array.tobytes(order="F" if layout == "F" else "C"))
        form = "scalar" if isinstance(value, np.generic) else "array"
        return {form: [array.dtype.str, list(array.shape), layout, bool(array.flags.writeable)]}
    if isinstance(value, Unusable):
        return {"unusable": str(value.what)}
    if isinstance(value, (list, tuple)):
        return {"list" if isinstance(value, list) else "tuple": [_tree(v, blobs, name) for v in value]}
    if isinstance(value, dict):
        return {"dict": [[str(k), _tree(v, blobs, name)] for k, v in value.items()]}
    if callable(value) and name is not None:
        return {"callable": name(value)}
    raise TypeError(f"{type(value).__name__} is neither a number, text, an array, nor a container of these")


def decode(tree: bytes, blob: bytes, proxy: Callable[[int], Any] | None = None) -> Any:
    """Read a frame's two parts; `proxy` makes something to call of a callable's number.

    Raises ValueError for what no frame can hold.
    """
    try:
        rest = memoryview(blob)
        value, rest = _value(json.loads(tree), rest, proxy)
    except (TypeError, KeyError, AttributeError, RecursionError, UnicodeError, OverflowError) as error:
        raise ValueError(f"not a frame: {error}") from None
    if len(rest):
        raise ValueError("not a frame: bytes are left over")
    return value


def _value(tree: Any, rest: memoryview, proxy: Callable | None) -> tuple[Any, memoryview]:
    if not isinstance(tree, dict):
        if isinstance(tree, list):
            raise ValueError("not a frame: a bare list")
        return tree, rest
    ((form, inside),) = tree.items()
    if form in ("list", "tuple"):
        values = []
        for v in inside:
            value, rest = _value(v, rest, proxy)
            values.append(value)
        return (values if form == "list" else tuple(values)), rest
    if form == "dict":
        found = {}
        for key, v in inside:
            found[str(key)], rest = _value(v, rest, proxy)
        return found, rest
    if form in ("array", "scalar"):
        array, rest = _array(inside, rest)
        return (array[()] if form == "scalar" else array), rest
    if form == "unusable":
        return Unusable(str(inside)), rest
    if form == "callable" and proxy is not None:
        return proxy(int(inside)), rest
    raise ValueError(f"not a frame: a {form!r}")


def _array(inside: list, rest: memoryview) -> tuple[np.ndarray, memoryview]:
    """Rebuild an array with its dtype, shape, memory layout and writeability."""
    dtype, shape, layout, writeable = inside
    if not _DTYPE.match(dtype) or any(type(n) is not int or n < 0 for n in shape):
        raise ValueError("not a frame: no such array")
    size = prod(shape) * np.dtype(dtype).itemsize
    if size > len(rest):
        raise ValueError("not a frame: bytes are missing")
    flat = np.frombuffer(rest[:size], dtype)
    array = flat.reshape(shape, order="F" if layout == "F" else "C").copy(order="F" if layout == "F" else "C")
    if layout == "strided" and array.ndim:  # every second number of a wider array
        wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
        wide[..., ::2] = array
        array = wide[..., ::2]
    array.flags.writeable = bool(writeable)
    return array, rest[size:]


def send(stream: IO[bytes], frame: bytes) -> None:
    """Write a whole frame to an unbuffered stream."""
    left = memoryview(frame)
    while left:
        left = left[stream.write(left) :]


def receive(stream: IO[bytes]) -> tuple[bytes, bytes] | None:
    """Read one frame's two parts, or None at the end of the stream.

    Raises ValueError when a length is beyond the limits.
    """
    head = _read(stream, HEAD.size)
    if head is None:
        return None
    tree, blob = HEAD.unpack(head)
    if tree > TREE_LIMIT or blob > BYTES_LIMIT:
        raise ValueError(f"more than {BYTES_LIMIT >> 20} MB at once")
    parts = _read(stream, tree), _read(stream, blob)
    return None if None in parts else parts  # type: ignore[return-value]


def _read(stream: IO[bytes], size: int) -> bytes | None:
    data = bytearray()
    while len(data) < size:
        part = stream.read(min(size - len(data), 1 << 20))
        if not part:
            return None
        data += part
    return bytes(data)
