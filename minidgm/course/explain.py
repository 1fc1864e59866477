"""From failing calls to the sentence a student reads: `explain`; and the case in which it happened."""

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from minidgm.course.answer import Call, Error, argument_name, first
from minidgm.course.bank import Entry, collect
from minidgm.course.diagnose import cut_short, diagnose, first_of_all, in_one_value, value_called
from minidgm.course.exercises import Exercise
from minidgm.course.files import load
from minidgm.course.grading import Result, graders_of, run_all
from minidgm.course.measure import Timed, completed, measured, own_randomness
from minidgm.course.report import FunctionReport

FIRST_OF_ALL, AS_TO = "First of all, judged by the case below alone:", "As to"  # how the less certain sentences begin


def verdict(root: Path, exercise: Exercise, name: str, runner: Any) -> FunctionReport:
    """Run a function's graders, and report what came of them."""
    solution = load(exercise.solution(root))
    results = run_all(graders_of(root, exercise).get(name, ()), runner, solution)
    return report(root, exercise, name, results, solution, runner)


def report(
    root: Path, exercise: Exercise, name: str, results: list[Result], solution: Any, runner: Any
) -> FunctionReport:
    """Sum up a function's results, and explain the first failure; `runner` can call the function again."""
    failed = [r for r in results if r.status != "passed"]
    if not failed:
        return FunctionReport(name, "right", len(results), len(results))
    if results[0].status == "not started":
        return FunctionReport(name, "not started")
    worst, held = next((r for r in failed if r.status == "failed"), failed[0]), len(results) - len(failed)
    if worst.calls and _missing(worst.calls[-1]):
        return FunctionReport(name, "wrong", held, len(results), message=worst.message)
    rivals = [e for e in collect(root, exercise) if e.function == name and e.sentence is not None]
    tests = {test.__name__: test for test in graders_of(root, exercise)[name]}
    sentence = explain(results, rivals, solution, runner, tests)
    calls = [call for call in worst.calls if call.function == name]
    case = describe_call(calls[-1], solution) if calls else ""
    ended = any(cut_short(call) for r in failed for call in r.calls)
    status = "wrong" if worst.status == "failed" else "remark"
    titles = tuple(property_of(r, name) for r in failed if r is not worst)
    return FunctionReport(
        name, status, held, len(results), sentence, property_of(worst, name), worst.message, case, titles, ended
    )


def property_of(result: Result, function: str) -> str:
    """A grader's property in words: `does not overflow`."""
    return result.test.removeprefix("test_").removeprefix(function).replace("_", " ").strip()


def explain(
    results: Sequence[Result], rivals: Sequence[Entry], solution: Any, runner: Any, tests: Mapping[str, Callable]
) -> str:
    """The sentence that explains all failures, or else one wrong value, or the first failing test; or "".

    rivals: the bank's misconceptions; tests: the graders by name, to see what the answer does in the rest of their
    cases. A sentence is said only if it holds in all of them.
    """
    failed = [r for r in results if r.status == "failed"] or [r for r in results if r.status == "remark"]
    calls = [call for r in failed for call in r.calls]
    others = [call for r in results if r.status == "passed" for call in r.calls]
    more: dict[str, list[Call]] = {}
    runner = Timed(runner)
    if calls and not any(cut_short(call) for r in results for call in r.calls):
        wrong = failed[0].calls[-1]
        if failed[0].status == "failed" and (sentence := own_randomness(wrong, runner, solution)):
            return sentence
        more = {r.test: completed(r, tests[r.test], runner, solution) for r in failed if r.status == "failed"}
    unseen = [call for extra in more.values() for call in extra]
    if named := diagnose(calls, others + unseen, rivals, solution):
        return named.sentence or ""
    if part := in_one_value(calls + unseen, others, rivals, solution):
        key, named = part
        return f"{AS_TO} {value_called(key)}: {named.sentence}"
    if runner.left <= 0:  # too slow to be looked at more closely
        return ""
    if more and (sentence := measured(calls + unseen, others, runner, solution)):
        return sentence
    later = [call for r in failed[1:] for call in r.calls]
    if named := first_of_all(failed[0].calls, more.get(failed[0].test, []), others, later, rivals, solution):
        return f"{FIRST_OF_ALL} {named.sentence}"
    return not_differentiable(failed[0].calls[-1].outcome.error) if failed and failed[0].calls else ""


def not_differentiable(error: Error | None, traced: bool = False) -> str:
    """Say that autograd stumbled over a line of the answer, if that is what an error tells; or "".

    traced: it is right where nothing is differentiated, so that an array that can't be filled tells it, too.
    """
    if error is None:
        return ""
    gap = re.match(r"[VJ]+P of (\w+)", error.message)
    filled = "setting an array element" in error.message
    traced = traced or bool(re.search(r"(jacobian|grad)\(", " ".join(error.lines[:-1])))
    if not (gap or "ArrayBox" in error.message or filled and traced):
        return ""
    why = (
        f"it knows no derivative of {gap[1]}. Do without it"
        if gap
        else "it needs autograd.numpy's functions, and arrays that nothing is written into"
    )
    return (
        f"autograd can't differentiate the last of the lines below: {why}. A result is built from its parts, with "
        "np.concatenate, say, not by filling a copy or np.zeros."
    )


def _missing(call: Call) -> bool:
    """Whether the file has no such function at all."""
    return call.outcome.error is not None and call.outcome.error.kind == "Import"


def describe_call(call: Call, solution: Any) -> str:
    """A call's arguments, a line each, small arrays in full; nothing where they are functions alone."""
    if first(call.args, lambda leaf: not callable(leaf)) is None:
        return ""
    names = [argument_name(solution, call.function, i) for i in range(len(call.args))]
    width = max(map(len, names), default=0)
    for digits in (4, 8, 16):  # until numbers that differ look different
        shown = [_value(arg, width + 7, digits) for arg in call.args]
        pairs = itertools.combinations(zip(call.args, shown), 2)
        if all(text != other or _equal(a, b) for (a, text), (b, other) in pairs):
            break
    return "\n".join(f"    {name:<{width}} = {text}" for name, text in zip(names, shown))


def _equal(a: Any, b: Any) -> bool:
    """Whether two arguments are the same; only numbers and arrays can be told apart."""
    both = isinstance(a, (np.ndarray, np.generic, int, float)) and isinstance(b, (np.ndarray, np.generic, int, float))
    return not both or np.array_equal(a, b, equal_nan=np.asarray(a).dtype.kind == "f" == np.asarray(b).dtype.kind)


def _value(value: Any, indent: int, digits: int = 4) -> str:
    if isinstance(value, np.ndarray) and value.ndim:
        about = f"{value.dtype} {value.shape}"
        if value.size > (12, 18)[value.ndim < 3]:
            ends = f", from {np.min(value):.4g} to {np.max(value):.4g}" if value.dtype.kind in "iuf" else ""
            return f"an array, {about}{ends}"
        tiny = np.any((value != 0) & (np.abs(value) < 0.5 * 10.0**-digits))  # must not look like 0
        numbers = np.array2string(
            value, precision=digits, suppress_small=not tiny, max_line_width=70, prefix=" " * indent
        )
        return f"{numbers}  {about}"
    if isinstance(value, (list, tuple)):
        inside = ", ".join(_value(v, indent) for v in value[:3]) + (", ..." if len(value) > 3 else "")
        return f"[{inside}]" if isinstance(value, list) else f"({inside},)" if len(value) == 1 else f"({inside})"
    if isinstance(value, (bool, str, type(None))):
        return repr(value)
    if isinstance(value, (int, float, np.generic, np.ndarray)):
        return f"{value:.6g}" if not isinstance(value, np.ndarray) else f"{value.item():.6g}"
    return "a function"
