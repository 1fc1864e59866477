"""What a grader is written with.

A grader is a function `test_<function>_<property>(answer)` marked `@grades("<function>")`. It calls `answer.<function>`
and asserts properties with the helpers below; each raises Wrong with a sentence, the numbers got and those wanted.

    from minidgm.course.grading import close, grades, reference
    solution = reference("ex07_coupling")

    @grades("coupling_f")
    def test_coupling_f_keeps_the_first_part(answer):
        z, log_det = answer.coupling_f(x, d, net)
        close(z[:, :d], x[:, :d], "z[:, :d]: the first d coordinates must pass unchanged")
"""

import functools
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from minidgm.course.answer import Answer, Call, Counted, NotStarted, Wrong, copied, describe
from minidgm.course.exercises import Exercise, find_root
from minidgm.course.files import load

__all__ = ["Answer", "Counted", "NotStarted", "Wrong", "close", "dtype", "finite", "grades", "numerical_jacobian"]
__all__ += ["reference", "same", "shape"]

# ------------------------------------------------------------------ the solutions


def reference(stem: str) -> ModuleType:
    """The answered file of an exercise, `reference("ex07_coupling").coupling_f`. Graders run it, students never do."""
    grader = Path(sys._getframe(1).f_globals.get("__file__", "."))
    return load(find_root(grader.parent) / "solutions" / f"{stem}.py")


# ------------------------------------------------------------------ marking and running a grader


def grades(function: str, allow_nan: bool = False) -> Callable:
    """Mark a grader as one of `function`'s; `allow_nan` where NaN may be the right answer to finite input."""

    def mark(test: Callable) -> Callable:
        @functools.wraps(test)
        @np.errstate(all="ignore")  # a wrong answer's numbers may be anything: its sentence says so, not numpy
        def graded(answer):
            answer._allow_nan = allow_nan
            _remarks.clear()
            try:
                test(answer)
                if _remarks:
                    raise Remark(_remarks[0])
            except (NotStarted, Remark):
                raise
            except AssertionError as error:
                if form := _other_form(answer):  # two numbers unpacked from one array, say: that comes first
                    raise Wrong(form) from error
                raise
            except Exception as error:  # what came back has not the form the grader relies on
                raise Wrong(_wrong_form(answer, error)) from error

        graded.function = function  # type: ignore[attr-defined]
        return graded

    return mark


def _other_form(answer: Answer) -> str:
    """Say that the last call returned another kind of thing (an array for a tuple, say), if it did."""
    if not answer._calls or answer._reference is None or answer._calls[-1].outcome.error is not None:
        return ""
    call = answer._calls[-1]
    got = call.outcome.value
    if got is None or call.outcome.mutated:
        return ""
    wanted = _wanted(answer, call)
    if wanted is None:
        return ""
    same = _form(got) == _form(wanted) and not _exchanged(got, wanted)
    return "" if same else f"{call.function} returned {describe(got)}; wanted {describe(wanted)}."


def _exchanged(got: Any, wanted: Any) -> bool:
    """Whether a tuple has the wanted shapes in the opposite order, (log_det, z) for (z, log_det) say."""
    if not isinstance(got, tuple) or not isinstance(wanted, tuple):
        return False
    shapes, right = ([np.shape(v) if isinstance(v, np.ndarray) else None for v in pair] for pair in (got, wanted))
    return shapes != right and shapes == right[::-1]


def _form(value: Any) -> Any:
    """What kind of thing a value is, in so far as a caller must know to unpack it."""
    if isinstance(value, dict):
        return sorted(map(str, value))
    return len(value) if isinstance(value, (tuple, list)) else "one"


def _wrong_form(answer: Answer, error: Exception) -> str:
    """Explain a grader's stumble over a returned value, by the form of the reference's value on the same call."""
    if not answer._calls or answer._reference is None:
        return f"the returned value could not be used ({type(error).__name__}: {error})."
    call = answer._calls[-1]
    wanted = _wanted(answer, call)
    returned = f"{call.function} returned {describe(call.outcome.value)}"
    return f"{returned}, which can't be used." if wanted is None else f"{returned}; wanted {describe(wanted)}."


def _wanted(answer: Answer, call: Call) -> Any:
    """What the reference makes of a call; None where its arguments, made by the student, are too much for it."""
    try:
        return getattr(answer._reference, call.function)(*copied(call.args))
    except Exception:
        return None


class Remark(Wrong):
    """The values are right, their dtype is not: worth a sentence, no failure."""


_remarks: list[str] = []  # of the grader that runs


class Result(NamedTuple):
    """One grader's verdict: "passed", "failed", "remark" or "not started", its sentence, and the calls it made."""

    test: str
    status: str
    message: str
    calls: tuple[Call, ...]


def graders(module: Any) -> dict[str, list[Callable]]:
    """The graders of a module, by the function they grade, in the file's order."""
    found: dict[str, list[Callable]] = {}
    for test in vars(module).values():
        if callable(test) and hasattr(test, "function"):
            found.setdefault(test.function, []).append(test)
    return found


def graders_of(root: Path, exercise: Exercise) -> dict[str, list[Callable]]:
    """The graders of an exercise, by function."""
    return graders(load(exercise.graders(root)))


def run_all(tests: Sequence[Callable], runner: Any, solution: Any) -> list[Result]:
    """Run a function's graders in order; a function that isn't started has but one result."""
    results: list[Result] = []
    for test in tests:
        results.append(run(test, runner, solution))
        if results[0].status == "not started":
            break
    return results


def run(test: Callable, runner: Any, solution: Any) -> Result:
    """Run one grader on the answer behind a runner."""
    return judge(test, Answer(runner, solution))


def judge(test: Callable, answer: Answer) -> Result:
    """Run one grader on an answer."""
    status, message = "passed", ""
    try:
        test(answer)
    except NotStarted as e:
        status, message = "not started", str(e)
    except Remark as e:
        status, message = "remark", str(e)
    except AssertionError as e:
        status, message = "failed", str(e) or f"{test.__name__.removeprefix('test_').replace('_', ' ')} does not hold."
    return Result(test.__name__, status, message, tuple(answer._calls))


# ------------------------------------------------------------------ assertions


def _numbers(got: Any, message: str) -> np.ndarray:
    """As an array of numbers, or Wrong."""
    if isinstance(got, (tuple, list, dict, str)) or got is None:
        raise Wrong(f"{message}: got {describe(got)}, wanted an array or a number.")
    return np.asarray(got)


def close(got: Any, wanted: Any, message: str, rtol: float | None = None, atol: float | None = None) -> None:
    """Assert that numbers agree, to 1e-6 in float64 and 1e-4 in float32 (relative; a hundredth of it absolute).

    Equal infinities agree; NaN agrees with nothing. `message` is the property, in a student's words; `wanted` is never
    made from the student's own numbers (`same` compares those).
    """
    got, wanted = _numbers(got, message), np.asarray(wanted)
    if got.shape != wanted.shape:
        raise Wrong(f"{message}: got shape {got.shape}, wanted {wanted.shape}.")
    single = np.float32 in (got.dtype, wanted.dtype) or bool(_remarks)
    rtol = (1e-4 if single else 1e-6) if rtol is None else rtol
    atol = rtol * 1e-2 if atol is None else atol
    with np.errstate(invalid="ignore"):
        bad = ~np.isclose(got, wanted, rtol=rtol, atol=atol)
        distance = np.where(bad, np.abs(got.astype(float) - wanted.astype(float)), -1.0)
    if not bad.any():
        return
    if got.ndim == 0:
        raise Wrong(f"{message}: {apart(got, wanted)}.")
    worst = np.unravel_index(np.argmax(np.where(np.isnan(distance), np.inf, distance)), got.shape)
    where = "[" + ", ".join(str(int(i)) for i in worst) + "]"
    count = f"; {bad.sum()} of {bad.size} numbers differ" if bad.size > 1 else ""
    raise Wrong(f"{message}: {apart(got[worst], wanted[worst])} at {where}{count}.")


def same(first: Any, second: Any, message: str, rtol: float | None = None, atol: float | None = None) -> None:
    """Assert that two of the student's own numbers agree; neither is called the wanted one."""
    try:
        close(first, second, message, rtol, atol)
    except Wrong as error:
        raise Wrong(str(error).replace(": got ", ": yours are ").replace(", wanted ", " and ")) from None


def apart(got: Any, wanted: Any) -> str:
    """Two numbers that differ, with as many digits as it takes to see that."""
    digits = next((d for d in (6, 9, 12) if number(got, d) != number(wanted, d)), 17)
    return f"got {number(got, digits)}, wanted {number(wanted, digits)}"


def number(value: Any, digits: int = 6) -> str:
    """A number as a student wants to read it: six digits."""
    value = np.asarray(value)
    return str(bool(value)) if value.dtype.kind == "b" else f"{value.item():.{digits}g}"


def shape(got: Any, wanted: tuple[int, ...], name: str) -> None:
    """Assert the shape of a returned array (a number has the shape ())."""
    if (actual := _numbers(got, name).shape) != tuple(wanted):
        raise Wrong(f"{name} has shape {actual}; wanted {tuple(wanted)}.")


def dtype(got: Any, wanted: Any, name: str) -> None:
    """Remark on the dtype of a returned array, if the rest of the grader finds the values right."""
    if (actual := _numbers(got, name).dtype) != np.dtype(wanted):
        _remarks.append(f"{name} has dtype {actual}; wanted {np.dtype(wanted)}, the dtype that went in.")


def finite(got: Any, name: str) -> None:
    """Assert that no number is NaN or infinite."""
    array = _numbers(got, name)
    if not np.isfinite(array).all():
        where = [int(i) for i in np.argwhere(~np.isfinite(array))[0]]
        raise Wrong(f"{name} must be finite: got {number(array[tuple(where)])}" + (f" at {where}." if where else "."))


def numerical_jacobian(f: Callable, x: np.ndarray, h: float = 1e-3) -> np.ndarray:
    """The Jacobian of f at one point by differences: f maps (m,) to (k,), returns (k, m), right to about 1e-9.

    Five-point central differences in float64: error O(h⁴), so h can stay far above rounding.
    """
    x = np.asarray(x, dtype=np.float64)
    columns = []
    for step in h * np.eye(x.size):
        near = np.asarray(f(x + step)) - np.asarray(f(x - step))
        far = np.asarray(f(x + 2 * step)) - np.asarray(f(x - 2 * step))
        columns.append((8 * near - far) / (12 * h))
    return np.stack(columns, axis=-1)
