"""What can be measured on any wrong answer without knowing its mistake: more calls of it, compared with the right ones.

A bank holds the mistakes somebody thought of. These facts need no bank, and hold in every call that was looked at: the
answer draws its own random numbers; an argument plays no part; the result is the wanted one times a number, say.
"""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from minidgm.course.answer import Call, InProcess, Outcome, argument_name, copied, listed
from minidgm.course.diagnose import VALUES, cut_short, keys_of, same_value, single, value_called
from minidgm.course.grading import Result, run

MOST = 8  # calls a property is completed by
NOISE = ("eps", "u", "uniforms")  # what graders hand over as random numbers
FACTORS = (
    (-1.0, "with the opposite sign"),
    (0.5, "halved"),
    (2.0, "doubled"),
    (1 / math.log(2), "divided by log 2: you count in bits (np.log2?) where nats are wanted"),
    (1 / math.log(10), "divided by log 10: your logarithms are those of base 10"),
    (math.log(2), "times log 2: nats where bits are wanted"),
    (math.log10(2), "times log 2 / log 10: your logarithm is that of base 10, bits want base 2"),
)


class Timed:
    """A runner whose further calls may take so many seconds in all: a slow answer must not use up the others' time."""

    def __init__(self, runner: Any, seconds: float = 5.0):
        self.runner = runner
        self.left = seconds

    def call(self, name: str, args: tuple) -> Outcome:
        """One call, whose time is taken."""
        begun = time.monotonic()
        outcome = self.runner.call(name, args)
        self.left -= time.monotonic() - begun
        return outcome


def completed(result: Result, test: Callable, runner: Timed, solution: Any) -> list[Call]:
    """The calls that a failed grader would have gone on to make, carried out by the answer, where numbers come out.

    A grader stops at its first wrong number. What the mistake is shows in all of its cases, but for those at the ends
    of floating point, where one and the same mistake comes out otherwise when it is written otherwise.
    """
    wanted = run(test, InProcess(vars(solution)), solution).calls[len(result.calls) :]
    calls: list[Call] = []
    for call in wanted[:MOST] if runner.left > 0 else []:
        calls.append(call._replace(outcome=runner.call(call.function, copied(call.args))))
        if cut_short(calls[-1]):
            return []
    return [call for call in calls if call.outcome.error is None and _finite(call.outcome.value)]


def own_randomness(call: Call, runner: Any, solution: Any) -> str:
    """Say that the same call comes out otherwise when it is made again, if it does."""
    again, outcome = runner.call(call.function, copied(call.args)), call.outcome
    if outcome.error is not None or again.error is not None or _same(outcome.value, again.value):
        return ""
    names = [argument_name(solution, call.function, i) for i in range(len(call.args))]
    noise = next((name for name in names if name in NOISE), None)
    use = f"The random numbers are given: use {noise}." if noise else "All it needs is among its arguments."
    return (
        f"Called twice with the same arguments, {call.function} returns two different results: it draws random numbers"
        f" of its own (or remembers earlier calls). {use}"
    )


def measured(failing: Sequence[Call], passing: Sequence[Call], runner: Any, solution: Any) -> str:
    """The first fact that holds in all these calls of one function, as a sentence; or ""."""
    if any(call.outcome.error is not None for call in failing):
        return ""
    pairs, fine = (list(_pairs(calls, solution)) for calls in (failing, passing))
    if not pairs:
        return ""
    fine = [p for p in fine if p.call.outcome.error is None and _finite([p.call.outcome.value, p.wanted])]
    return (
        _zero(pairs + fine)
        or _idle(pairs[:4] + fine[:6], runner, solution)
        or _mean(pairs + fine)
        or _related(pairs + fine)
    )


class Pair(NamedTuple):
    """A call with its outcome, and the wanted value."""

    call: Call
    wanted: Any


def _pairs(calls: Sequence[Call], solution: Any) -> Iterator[Pair]:
    """The calls whose right value is known: not those with arguments that a wrong answer made, which nobody takes."""
    right = InProcess(vars(solution))
    for call in calls:
        if not single(call):
            wanted = right.call(call.function, copied(call.args))
            if wanted.error is None:
                yield Pair(call, wanted.value)


def _zero(pairs: Sequence[Pair]) -> str:
    """Say that nothing but 0 came out, where other numbers were wanted."""
    got = [pair.call.outcome.value for pair in pairs]
    if not all(isinstance(value, (float, np.floating, np.ndarray)) for value in got):
        return ""
    return "Your result is 0 in every case tried." if all(_same(v, np.zeros_like(v)) for v in got) else ""


def _idle(pairs: Sequence[Pair], runner: Any, solution: Any) -> str:
    """Say which arguments play no part: the wanted value changes with them in some call, the answer's in none."""
    function, args = pairs[0].call.function, pairs[0].call.args
    numbers = [isinstance(a, float) or isinstance(a, np.ndarray) and a.dtype.kind == "f" for a in args]
    idle = [i for i in range(len(args)) if numbers[i] and _plays_no_part(i, pairs, runner, solution)]
    names = [argument_name(solution, function, i) for i in idle]
    if not names:
        return ""
    if len(names) > 1:
        return f"Your result stays the same when {listed(names)} change: they play no part in it."
    drawn = names[0] in NOISE and isinstance(args[idle[0]], np.ndarray)
    own = " Are there random numbers of your own, with a seed?" if drawn else ""
    return f"Your result stays the same when {names[0]} changes: it plays no part in it.{own}"


def _plays_no_part(position: int, pairs: Sequence[Pair], runner: Any, solution: Any) -> bool:
    right, counts = InProcess(vars(solution)), False
    for pair, args in _changed(pairs, position):
        got = pair.call.outcome.value
        if not _finite(got) or not _same(runner.call(pair.call.function, copied(args)).value, got):
            return False
        counts = counts or not _same(right.call(pair.call.function, copied(args)).value, pair.wanted)
    return counts


def _changed(pairs: Sequence[Pair], position: int) -> Iterator[tuple[Pair, tuple]]:
    """The calls with one argument moved, so that a number within (0, 1) stays there and a positive one positive."""
    for pair in pairs:
        args = pair.call.args
        moved = args[position] * 0.75 + 0.1
        if np.size(moved) and not _same(moved, args[position]):
            yield pair, (*args[:position], moved, *args[position + 1 :])


def _mean(pairs: Sequence[Pair]) -> str:
    """Say that one number came back where one per object was wanted, and which."""
    numbers = [(pair.call.outcome.value, pair.wanted) for pair in pairs]
    if not all(isinstance(v, (float, np.number, np.ndarray)) for pair in numbers for v in pair):
        return ""
    if any(np.ndim(wanted) != 1 for _, wanted in numbers):
        return ""
    if all(np.ndim(got) == 0 for got, _ in numbers) and any(len(wanted) > 1 for _, wanted in numbers):
        for what, f in (("mean", np.mean), ("sum", np.sum)):
            if all(_same(got, f(wanted)) for got, wanted in numbers):
                return f"You return one number, the {what} over all objects. Wanted is one number per object."
    return ""


def _related(pairs: Sequence[Pair]) -> str:
    """Say that a result is the wanted one times, or plus, one and the same number in every call."""
    keys = keys_of(pairs[0].wanted)
    if not keys:
        fact = _relation([(pair.call.outcome.value, pair.wanted) for pair in pairs])
        return f"Your result is the wanted one {fact}, in every case tried." if fact else ""
    if any(keys_of(pair.call.outcome.value) != keys for pair in pairs):
        return ""
    facts = {k: _relation([(pair.call.outcome.value[k], pair.wanted[k]) for pair in pairs]) for k in keys}
    for key, fact in facts.items():
        if fact:
            value = value_called(key)
            value = value if isinstance(key, str) else value[0].upper() + value[1:]
            return f"{value} is the wanted one {fact}, in every case tried."
    return ""


def _relation(numbers: Sequence[tuple[Any, Any]]) -> str:
    """What a result is of the wanted one, in words."""
    if not all(isinstance(v, (float, np.floating, np.ndarray)) for pair in numbers for v in pair):
        return ""
    if any(np.shape(got) != np.shape(wanted) or np.asarray(got).dtype.kind != "f" for got, wanted in numbers):
        return ""
    got, wanted = (np.concatenate([np.ravel(pair[i]) for pair in numbers]) for i in range(2))
    if not (np.isfinite(got).all() and np.isfinite(wanted).all()) or np.unique(wanted.round(6)).size < 4:
        return ""
    factor = float(np.dot(got, wanted) / np.dot(wanted, wanted))
    shift = float(np.mean(got - wanted))
    if abs(factor) > 1e-9 and abs(factor - 1) > 1e-6 and np.allclose(got, factor * wanted, rtol=1e-7, atol=1e-12):
        named = (words for value, words in FACTORS if math.isclose(factor, value, rel_tol=1e-6))
        return next(named, f"times {factor:.6g}")
    if (
        len(numbers) > 2
        and abs(shift) > 1e-6
        and np.allclose(got - wanted, shift, rtol=0, atol=1e-9 * (1 + float(np.abs(wanted).max())))
    ):
        return f"{'plus' if shift > 0 else 'minus'} {abs(shift):.6g}"
    return ""


def _same(a: Any, b: Any) -> bool:
    """Whether two values are equal up to rounding."""
    return same_value(a, b, VALUES, 1e-12, 1e-9)


def _finite(value: Any) -> bool:
    """Whether a value is made of finite numbers."""
    if isinstance(value, (tuple, list, dict)):
        return all(_finite(v) for v in (value.values() if isinstance(value, dict) else value))
    return np.asarray(value).dtype.kind in "biuf" and bool(np.isfinite(value).all())
