"""One exercise graded: the student's file in a process of its own, each function through its graders."""

import ast
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from minidgm.course.answer import Call, argument_name, printable
from minidgm.course.bank import Entry, collect
from minidgm.course.diagnose import diagnose, first_of_all, in_one_value
from minidgm.course.exercises import Exercise
from minidgm.course.grading import Result, graders, load, run
from minidgm.course.sandbox.runner import LIMITS, Limits, Worker
from minidgm.errors import UserError

SOURCE_LIMIT = 1 << 20
FIRST_OF_ALL, AS_TO = "First of all, judged by the case below alone:", "As to"  # how the less certain sentences begin


class FunctionReport(NamedTuple):
    """One function's verdict: "right", "wrong" or "not started"; how many of its properties hold; and what to say."""

    name: str
    status: str
    held: int = 0
    properties: int = 0
    sentence: str = ""  # the misconception's, where one matches
    property: str = ""  # the first that fails
    message: str = ""  # its numbers: got, and wanted
    case: str = ""  # the arguments of the failing call


class Report(NamedTuple):
    """One exercise's verdict; `problem` is set when the file can't be used at all."""

    exercise: Exercise
    functions: tuple[FunctionReport, ...]
    problem: str = ""
    printed: str = ""
    walls: str = ""

    @property
    def status(self) -> str:
        """ "right" when every function is, "not started" when none is begun, "wrong" when something is."""
        states = {f.status for f in self.functions}
        if self.problem or "wrong" in states:
            return "wrong"
        return "right" if states == {"right"} else "not started" if states == {"not started"} else "begun"

    @property
    def right(self) -> int:
        """How many functions are right."""
        return sum(f.status == "right" for f in self.functions)


def read_answer(path: Path) -> str:
    """The text of a student's file.

    Raises UserError when it isn't a regular file of UTF-8 text and sensible size, inside its folder.
    """
    if not path.is_file():
        raise UserError(f"{path.name}: there is no such file.")
    if path.resolve().parent != path.parent.resolve():
        raise UserError(f"{path.name}: a link to a file elsewhere; an answer is a file of its own.")
    if path.stat().st_size > SOURCE_LIMIT:
        raise UserError(f"{path.name}: larger than {SOURCE_LIMIT >> 20} MB, which no answer is.")
    try:
        return path.read_text(encoding="utf-8-sig")  # Windows editors put a mark in front
    except UnicodeDecodeError:
        raise UserError(f"{path.name}: not UTF-8 text; save it as UTF-8.") from None


def check_exercise(
    root: Path, exercise: Exercise, path: Path, limits: Limits = LIMITS, hidden: Path | None = None
) -> Report:
    """Grade one student's file with the clone's graders; `hidden` shuts its process in, away from that folder.

    A file that can't be used is a report too, one with a problem.
    """
    tests = graders(load(root / "tests" / "exercises" / f"test_{exercise.stem}.py"))
    solution = load(root / "solutions" / f"{exercise.stem}.py")
    blank = tuple(FunctionReport(name, "wrong", 0, len(tests.get(name, ()))) for name in exercise.functions)
    try:
        source = read_answer(path)
    except UserError as error:
        return Report(exercise, blank, str(error))
    with Worker(path, source, limits, hidden) as worker:
        if problem := worker.file_error():
            return Report(exercise, blank, problem.message, _text(worker.printed), worker.walls)
        reports = []
        for name in exercise.functions:
            results = _results(tests.get(name, ()), worker, solution)
            reports.append(report(root, exercise, name, results, solution))
        return Report(exercise, tuple(_blamed(reports, source)), "", _text(worker.printed), worker.walls)


def _text(printed: bytes) -> str:
    return printable(printed.decode("utf-8", "replace"), 2000)


def _results(tests: Sequence, worker: Worker, solution: Any) -> list[Result]:
    """A function's graders in order; a function that isn't started has but one result."""
    results: list[Result] = []
    for test in tests:
        results.append(run(test, worker, solution))
        if results[0].status == "not started":
            break
    return results


def report(root: Path, exercise: Exercise, name: str, results: list[Result], solution: Any) -> FunctionReport:
    """Sum up a function's results, and explain the first failure."""
    failed = [r for r in results if r.status != "passed"]
    if not failed:
        return FunctionReport(name, "right", len(results), len(results))
    if results[0].status == "not started":
        return FunctionReport(name, "not started")
    first, held = failed[0], len(results) - len(failed)
    if first.calls and _missing(first.calls[-1]):
        return FunctionReport(name, "wrong", held, len(results), message=first.message)
    rivals = [e for e in collect(root, exercise) if e.function == name and e.sentence is not None]
    sentence = explain(results, rivals, solution)
    title = first.test.removeprefix("test_").removeprefix(name).replace("_", " ").strip()
    calls = [call for call in first.calls if call.function == name]
    case = describe_call(calls[-1], solution) if calls else ""
    return FunctionReport(name, "wrong", held, len(results), sentence, title, first.message, case)


def explain(results: Sequence[Result], rivals: Sequence[Entry], solution: Any) -> str:
    """The sentence of the misconception that explains all failures, or else the first wrong value or test; or ""."""
    failed = [r for r in results if r.status != "passed"]
    calls = [call for r in failed for call in r.calls]
    others = [call for r in results if r.status == "passed" for call in r.calls]
    if named := diagnose(calls, others, rivals, solution):
        return named.sentence or ""
    if part := in_one_value(calls, rivals, solution):
        key, named = part
        which = key if isinstance(key, str) else f"the {('first', 'second', 'third')[key]} value you return"
        return f"{AS_TO} {which}: {named.sentence}"
    others += [call for r in failed[1:] for call in r.calls]
    if named := first_of_all(failed[0].calls, others, rivals, solution):
        return f"{FIRST_OF_ALL} {named.sentence}"
    return ""


def _missing(call: Call) -> bool:
    """Whether the file has no such function at all."""
    return call.outcome.error is not None and call.outcome.error.kind == "Import"


def _blamed(reports: list[FunctionReport], source: str) -> list[FunctionReport]:
    """Say of a function that isn't right which other functions that aren't right it calls: they come first."""
    bad = {r.name: r.status for r in reports if r.status != "right"}
    functions = _functions(source)
    uses = _uses(functions)
    for i, r in enumerate(reports):
        if r.status == "not started" and r.name in functions and _begun(functions[r.name]):
            reports[i] = r._replace(message="begun, but it still raises NotImplementedError")
        culprits = [name for name in bad if name != r.name and name in uses.get(r.name, ())]
        if not culprits or r.name not in bad:
            continue
        names = " and ".join(filter(None, [", ".join(culprits[:-1]), culprits[-1]]))
        if r.status == "not started":
            reports[i] = r._replace(message=f"waits for {names}")
        else:
            own = "" if r.sentence.startswith((FIRST_OF_ALL, AS_TO)) else r.sentence  # more likely it is theirs
            note = f"{r.name} calls your {names}, not right yet: mend that first."
            reports[i] = r._replace(sentence=f"{note} {own}".strip())
    return reports


def _functions(source: str) -> dict[str, ast.FunctionDef]:
    """A file's functions, by name."""
    try:
        return {node.name: node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # it was compiled before, but by another process
        return {}


def _begun(function: ast.FunctionDef) -> bool:
    """Whether there is anything in a function beside its docstring and a `raise`."""
    return any(not isinstance(statement, (ast.Expr, ast.Raise)) for statement in function.body)


def _uses(functions: dict[str, ast.FunctionDef]) -> dict[str, set[str]]:
    """The names that each function uses, those that its helpers use included."""
    found = {name: {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} for name, node in functions.items()}
    for _ in found:
        for names in found.values():
            names |= set().union(*(found[n] for n in names if n in found))
    return found


def describe_call(call: Call, solution: Any) -> str:
    """A call's arguments, a line each, small arrays in full."""
    names = [argument_name(solution, call.function, i) for i in range(len(call.args))]
    width = max(map(len, names), default=0)
    return "\n".join(f"    {name:<{width}} = {_value(arg, width + 7)}" for name, arg in zip(names, call.args))


def _value(value: Any, indent: int) -> str:
    if isinstance(value, np.ndarray) and value.ndim:
        about = f"{value.dtype} {value.shape}"
        if value.size > (12, 18)[value.ndim < 3]:
            ends = f", from {np.min(value):.4g} to {np.max(value):.4g}" if value.dtype.kind in "iuf" else ""
            return f"an array, {about}{ends}"
        numbers = np.array2string(value, precision=4, suppress_small=True, max_line_width=70, prefix=" " * indent)
        return f"{numbers}  {about}"
    if isinstance(value, (list, tuple)):
        inside = ", ".join(_value(v, indent) for v in value[:3]) + (", ..." if len(value) > 3 else "")
        return f"[{inside}]" if isinstance(value, list) else f"({inside},)" if len(value) == 1 else f"({inside})"
    if isinstance(value, (bool, str, type(None))):
        return repr(value)
    if isinstance(value, (int, float, np.generic, np.ndarray)):
        return f"{value:.6g}" if not isinstance(value, np.ndarray) else f"{value.item():.6g}"
    return "a function"
