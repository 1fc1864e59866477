"""Which misconception is this? Replay the failing calls through each one and compare what comes out.

A student's wrong answer and a misconception are the same mistake when they give the same outputs on the same inputs:
no reading of code, no guessing. Everything is compared first (values, dtypes, arguments changed, calls of net); if
nothing matches, all but the calls of net; and if the values themselves are wrong, values alone decide: those of float64
where there are such calls, since in float32 the same mistake written differently may come out otherwise.
"""

import re
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from minidgm.course.answer import Call, InProcess, Outcome, copied, first, holds_nan
from minidgm.course.bank import Entry

VALUES, DTYPES, COUNTS = range(3)  # how much of an outcome counts: arguments changed belong to the second


def diagnose(failing: Sequence[Call], others: Sequence[Call], entries: Sequence[Entry], solution: Any) -> Entry | None:
    """Name the misconception whose outcomes equal the student's on every call of the failing tests, or None.

    failing: the calls of the failing tests; others: of the passed ones, which a misconception must explain as well
    (float32 aside, where rounding may differ); entries: the misconceptions.
    """
    right = InProcess(vars(solution))
    double_others = [call for call in others if not single(call) and not cut_short(call)]
    whole = [call for call in failing if not cut_short(call)]
    if not whole or len(whole) < len(failing) and agrees(whole, right, VALUES):
        return None
    failing = whole
    for depth in (COUNTS, DTYPES, VALUES):
        if depth < COUNTS and agrees(failing, right, depth):
            return None  # so far all is right: what is wrong is finer
        if depth == VALUES:
            double = [call for call in failing if not single(call)]
            failing = failing if agrees(double, right, depth) else double
        matching = [e for e in entries if agrees(failing, answering(e), depth)]
        matching = [e for e in matching if agrees(double_others, answering(e), VALUES)]
        if len(matching) > 1:
            every = [*failing, *others]
            matching.sort(key=lambda e: -count(every, answering(e), depth, atol=0))
            matching.sort(key=lambda e: -count(others, answering(e), depth))
        if matching:
            return matching[0]
    return None


def answering(entry: Entry) -> InProcess:
    """A bank's entry as the answer."""
    return InProcess({entry.function: entry.code})


def cut_short(call: Call) -> bool:
    """Whether a call was ended from outside, so that its outcome says nothing about which mistake it is."""
    return call.outcome.error is not None and call.outcome.error.kind in ("Timeout", "Stopped")


def single(call: Call) -> bool:
    """Whether any argument is float32."""
    return first(call.args, lambda v: isinstance(v, (np.ndarray, np.generic)) and v.dtype == np.float32) is not None


def in_one_value(
    failing: Sequence[Call], others: Sequence[Call], entries: Sequence[Entry], solution: Any
) -> tuple[Any, Entry] | None:
    """Name the misconception in one of several returned values, where a second mistake spoils another of them.

    failing: the calls of the failing tests; others: of the passed ones, which it must explain, too. Returns the key of
    a value that is wrong (a position in a tuple, a key in a dict) and the misconception whose value there equals the
    student's on every call; where the student is right, it is.
    """
    values = [call.outcome.value for call in failing]
    if len({call.function for call in failing}) != 1 or len({keys_of(value) for value in values}) != 1:
        return None
    name, keys = failing[0].function, keys_of(values[0])

    def there(code, key):
        return lambda *args: code(*args)[key]

    def fits(code, key):
        return agrees(at[key], InProcess({name: there(code, key)}), VALUES)

    def known(code, key):  # as the student has it, or that with its sign turned, or right: what is said fits it, too
        rival, right = InProcess({name: there(code, key)}), InProcess({name: there(getattr(solution, name), key)})
        outcomes = [right.call(name, copied(call.args)) for call in failing]
        turned = [call.outcome._replace(value=_turned(call.outcome.value)) for call in at[key]]
        return fits(code, key) or any(
            agrees([call._replace(outcome=o) for call, o in zip(failing, made)], rival, VALUES)
            for made in (outcomes, turned)
        )

    others = [call for call in others if call.function == name and keys_of(call.outcome.value) == keys]
    at, also = ({k: [_part(c, k) for c in calls] for k in keys} for calls in (failing, others))
    wrong = [key for key in keys if not fits(getattr(solution, name), key)]
    rivals = [e for e in entries if all(fits(e.code, key) for key in keys if key not in wrong)]
    rivals = [e for e in rivals if all(known(e.code, key) for key in wrong)]
    for key in wrong:
        right = SimpleNamespace(**{name: there(getattr(solution, name), key)})
        if named := diagnose(at[key], also[key], [e._replace(code=there(e.code, key)) for e in rivals], right):
            return key, named
    return None


def _part(call: Call, key: Any) -> Call:
    """A call as if one of the returned values were all that it returned."""
    return call._replace(outcome=call.outcome._replace(value=call.outcome.value[key]))


def _turned(value: Any) -> Any:
    """Numbers with their sign turned; other things as they are."""
    return -value if isinstance(value, (float, np.ndarray)) and np.asarray(value).dtype.kind == "f" else value


def keys_of(value: Any) -> tuple:
    """What the values in a tuple or a dict are called; nothing for other things."""
    return tuple(range(len(value))) if type(value) is tuple else tuple(value) if type(value) is dict else ()


def value_called(key: Any) -> str:
    """One of several returned values in words: its key in a dict, or its place in a tuple."""
    if isinstance(key, str):
        return key
    return f"the {('first', 'second', 'third', 'fourth')[key]} value you return" if key < 4 else f"value {key + 1}"


def first_of_all(
    failing: Sequence[Call],
    more: Sequence[Call],
    passing: Sequence[Call],
    others: Sequence[Call],
    entries: Sequence[Entry],
    solution: Any,
) -> Entry | None:
    """Name the misconception that the first failing test shows, where no single one explains all of them.

    failing: that test's calls; more: those it would have gone on to make; passing: of the passed tests, where it must
    fit, too; others: of the other failing ones, to which a second mistake may have been done. Where calls end in errors
    or NaN, or several misconceptions fit equally well, the evidence is too thin: None.
    """
    if any(call.outcome.error is not None or holds_nan(call.outcome.value) for call in failing):
        return None
    fitting, fits = list(entries), []
    while named := diagnose(failing, [*more, *passing], fitting, solution):
        fits.append((count([*passing, *others], answering(named), VALUES), named))
        fitting.remove(named)
    best = [named for n, named in fits if n == max(n for n, _ in fits)]
    return best[0] if len({named.sentence for named in best}) == 1 else None


def agrees(calls: Sequence[Call], runner: Any, depth: int) -> bool:
    """Whether a runner's outcomes equal the recorded ones on every call."""
    return all(replayed(call, runner, depth) for call in calls)


def count(calls: Sequence[Call], runner: Any, depth: int, atol: float | None = None) -> int:
    """On how many calls a runner's outcome equals the recorded one; with atol=0, in the digits of tiny numbers too."""
    return sum(replayed(call, runner, depth, atol) for call in calls)


def replayed(call: Call, runner: Any, depth: int, atol: float | None = None) -> bool:
    """Whether a runner's outcome on one call equals the recorded one."""
    outcome, rtol = runner.call(call.function, copied(call.args)), 1e-4 if single(call) else 1e-6
    return same(call.outcome, outcome, depth, atol, rtol)


def same(a: Outcome, b: Outcome, depth: int, atol: float | None, rtol: float) -> bool:
    """Whether two outcomes are equal, to a depth."""
    if a.error is not None or b.error is not None:
        return a.error is not None and b.error is not None and _kind(a) == _kind(b)
    if depth >= DTYPES and a.mutated != b.mutated or depth == COUNTS and a.counts != b.counts:
        return False
    return same_value(a.value, b.value, depth, atol, rtol)


def _kind(outcome: Outcome) -> tuple[str, str, list[str]]:
    """An error's type, its message without the numbers and names in it, and the numbers: shapes, in whichever order."""
    assert outcome.error is not None
    message = outcome.error.message
    return outcome.error.kind, re.sub(r"'[^']*'|[\d.]+", "_", message), sorted(re.findall(r"\d+", message))


def same_value(a: Any, b: Any, depth: int, atol: float | None, rtol: float) -> bool:
    """Whether two returned values are equal up to rounding."""
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(same_value(x, y, depth, atol, rtol) for x, y in zip(a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same_value(a[k], b[k], depth, atol, rtol) for k in a)
    if any(isinstance(v, (str, list, tuple, dict, type(None))) for v in (a, b)):
        return type(a) is type(b) and a == b
    x, y = np.asarray(a), np.asarray(b)
    if x.shape != y.shape or (depth >= DTYPES and x.dtype != y.dtype):
        return False
    if "O" in (x.dtype.kind, y.dtype.kind):  # whole numbers that no float can hold, or anything else
        return bool(np.all(x == y))
    rtol = 1e-4 if np.float32 in (x.dtype, y.dtype) else rtol
    atol = (1e-5 if rtol == 1e-4 else 1e-9) if atol is None else atol
    return bool(np.allclose(x, y, rtol=rtol, atol=atol, equal_nan=True))
