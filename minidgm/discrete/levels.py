"""Levels 0, 1, ..., levels − 1: checked, and on [−1, 1] as a network wants them."""

import numpy
from numpy import ndarray


def check_levels(y: ndarray, levels: int | None = None) -> None:
    """Raise ValueError unless y holds whole numbers, in 0..levels−1 unless that is None; their dtype may be float."""
    if not hasattr(y, "dtype"):
        raise ValueError(f"y: expected an array of levels, got {type(y).__name__}")
    if y.dtype.kind not in "iuf":
        raise ValueError(f"y: expected integers, got {y.dtype}")
    if y.dtype.kind == "f" and not (numpy.array_equal(y, numpy.rint(y)) and numpy.all(numpy.isfinite(y))):
        raise ValueError("y: expected whole numbers, got fractions; give the levels 0, 1, 2, ... themselves")
    if levels is not None and y.size and not (y.min() >= 0 and y.max() < levels):
        raise ValueError(f"y: expected levels 0..{levels - 1}, got {y.min():g} to {y.max():g}")


def centred(y: ndarray, levels: int, dtype=numpy.float32) -> ndarray:
    """The levels 0..levels−1 on [−1, 1], for a network; integers become floats of `dtype`."""
    if not hasattr(y, "dtype"):
        raise ValueError(f"y: expected an array of levels, got {type(y).__name__}")
    y = y if y.dtype.kind == "f" else y.astype(dtype)
    return 2 * y / max(levels - 1, 1) - 1


def noise_dtype(y: ndarray) -> type:
    """The dtype of noise for levels y: float64 for levels in float64, else float32."""
    return numpy.float64 if y.dtype.kind == "f" and y.dtype.itemsize > 4 else numpy.float32
