"""Errors a user can act on: one sentence that says what was wrong, what was wanted, and what to do."""

import functools
import math
from collections.abc import Callable
from numbers import Real


class UserError(ValueError):
    """A user's mistake; the command line prints its one sentence and exits with status 2."""


def check_array(name: str, x, shape: tuple, kinds: str = "f") -> None:
    """Raise ValueError unless `x` is an array of `shape`, its dtype among `kinds` ("f" float, "iu" integer, "b" bool).

    A letter in `shape` stands for any length: check_array("x", x, ("n", 64)) accepts (10, 64) and (1, 64).
    """
    got = getattr(x, "shape", ())
    fits = len(got) == len(shape) and all(s == w or isinstance(w, str) for w, s in zip(shape, got))
    if fits and hasattr(x, "dtype") and x.dtype.kind in kinds:
        return
    wanted = f"({', '.join(map(str, shape))}{',' * (len(shape) == 1)})"
    if not hasattr(x, "shape"):
        raise ValueError(f"{name}: expected an array of shape {wanted}, got {type(x).__name__}")
    if not fits:
        raise ValueError(f"{name}: expected shape {wanted}, got {tuple(got)}")
    kind = {"f": "a float array (x.astype(np.float32))", "b": "a boolean array"}.get(kinds, "an integer array")
    raise ValueError(f"{name}: expected {kind}, got {x.dtype}")


def check_context(context, n: int, length: int) -> None:
    """Raise ValueError unless `context` is (n, length), or None where the part was built without one, length 0."""
    if length:
        check_array("context", context, (n, length))
    elif context is not None:
        raise ValueError("context: this network was built without one; build it with context=length")


def check_whole(name: str, number, least: int = 0) -> None:
    """Raise ValueError unless `number` is a whole number from `least` on."""
    if not hasattr(number, "__index__") or number < least:
        raise ValueError(f"{name}: expected a whole number from {least} on, got {number!r}")


def check_odd(name: str, number, least: int = 1) -> None:
    """Raise ValueError unless `number` is an odd whole number from `least` on."""
    if not hasattr(number, "__index__") or number < least or number % 2 == 0:
        raise ValueError(f"{name}: expected an odd whole number from {least} on, got {number!r}")


def check_number(name: str, number, interval: str) -> None:
    """Raise ValueError unless `number` is a real number in an interval, written as "[0, 1)" or "(0, inf)"."""
    low, high = map(float, interval[1:-1].split(","))
    scalar = number.item() if getattr(number, "shape", None) == () else number  # of numpy, or an array without axes
    try:
        value = float(scalar) if isinstance(scalar, Real) else math.nan
    except OverflowError:
        raise ValueError(f"{name}: expected a number, got a whole one beyond all floats") from None
    above = value > low or (value == low and interval[0] == "[")
    below = value < high or (value == high and interval[-1] == "]")
    if above and below:
        return
    wanted = {"(0, inf)": "above 0", "[0, inf)": "from 0 on"}.get(interval, f"in {interval}")
    raise ValueError(f"{name}: expected a number {wanted}, got {number!r}")


def check_rng(rng) -> None:
    """Raise ValueError unless `rng` is a numpy.random.Generator: a seed, numpy.random and RandomState are none."""
    if not hasattr(rng, "integers"):
        raise ValueError(f"rng: expected a numpy.random.Generator, as np.random.default_rng(0) makes, got {rng!r}")


def check_widths(name: str, widths) -> None:
    """Raise ValueError unless `widths` is a list or a tuple of whole numbers from 1 on, as (64, 64) is; () will do."""
    if not isinstance(widths, list | tuple) or not all(hasattr(w, "__index__") and w > 0 for w in widths):
        raise ValueError(f"{name}: expected the widths of the layers, such as (64, 64), got {widths!r}")


def checked(check: Callable[..., None]) -> Callable[[Callable], Callable]:
    """Call `check` with the arguments of the function below before it runs, whichever way it runs."""

    def decorate(function):
        @functools.wraps(function)
        def run(*args, **settings):
            check(*args, **settings)
            return function(*args, **settings)

        return run

    return decorate
