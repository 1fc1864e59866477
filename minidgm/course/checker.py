"""One exercise graded: the student's file in a process of its own, each function through its graders."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from minidgm.course.answer import printable
from minidgm.course.callees import begun, culprits, functions_of, named
from minidgm.course.exercises import Exercise
from minidgm.course.explain import report
from minidgm.course.files import load, read_answer
from minidgm.course.grading import Result, graders, run
from minidgm.course.report import FunctionReport, Report
from minidgm.course.sandbox.runner import LIMITS, Limits, Worker
from minidgm.course.sandbox.spawn import Started
from minidgm.errors import UserError


def check_exercise(
    root: Path,
    exercise: Exercise,
    path: Path,
    limits: Limits = LIMITS,
    hidden: Path | None = None,
    source: str = "",
    started: Started | None = None,
) -> Report:
    """Grade one student's file with the clone's graders; `hidden` shuts its process in, away from that folder.

    source: the file's text, where it was read before; started: the process for it, where it was started before.
    A file that can't be used is a report too, one with a problem.
    """
    unreadable = ""
    try:
        source = source or read_answer(path)
    except UserError as error:
        unreadable = str(error)
    with Worker(path, source, limits, hidden, started) as worker:
        if not unreadable:
            worker.begin()
        tests = graders(load(root / "tests" / "exercises" / f"test_{exercise.stem}.py"))
        solution = load(root / "solutions" / f"{exercise.stem}.py")
        blank = tuple(FunctionReport(name, "wrong", 0, len(tests.get(name, ()))) for name in exercise.functions)
        if unreadable:
            return Report(exercise, blank, unreadable)
        if problem := worker.file_error():
            return Report(exercise, blank, problem.message, _text(worker.printed), worker.walls)
        reports = []
        for name in exercise.functions:
            results = _results(tests.get(name, ()), worker, solution)
            reports.append(report(root, exercise, name, results, solution, worker))
        blame = culprits(reports, source)
        for i, r in enumerate(reports):
            if blame.get(r.name) and r.status == "wrong":
                right = {name: getattr(solution, name) for name in blame[r.name]}
                with worker.standing_in(**right):
                    results = _results(tests.get(r.name, ()), worker, solution)
                    alone = report(root, exercise, r.name, results, solution, worker)
                reports[i] = _without_blame(r, alone, blame[r.name])
            elif r.status == "not started" and (blame.get(r.name) or begun(functions_of(source).get(r.name))):
                waits = f"waits for {named(blame[r.name])}" if blame.get(r.name) else ""
                reports[i] = r._replace(message=waits or "begun, but it still raises NotImplementedError")
        return Report(exercise, tuple(reports), "", _text(worker.printed), worker.walls)


def results_of(root: Path, exercise: Exercise, name: str) -> list[Result]:
    """One function's results, with the calls that its graders made.

    Raises UserError when the student's file can't be used.
    """
    tests = graders(load(root / "tests" / "exercises" / f"test_{exercise.stem}.py"))
    path = root / "exercises" / f"{exercise.stem}.py"
    with Worker(path, read_answer(path)) as worker:
        if problem := worker.file_error():
            raise UserError(problem.message)
        return _results(tests.get(name, ()), worker, load(root / "solutions" / f"{exercise.stem}.py"))


def _without_blame(own: FunctionReport, other: FunctionReport, culprits: Sequence[str]) -> FunctionReport:
    """The verdict on a function that calls others which are not right; `other`: with right ones in their place."""
    names, is_are = named(culprits), "is" if len(culprits) == 1 else "are"
    calls = f"{own.name} calls your {names}, not right yet"
    if other.status != "wrong":
        sentence = f"Right, once {names} {is_are}: {calls}. Mend that first."
        return own._replace(sentence=sentence, waits_for=tuple(culprits))
    if other.cut_short:  # no right one could be put in its place
        return own._replace(sentence=f"{calls}: mend that first.", waits_for=tuple(culprits))
    note = (
        f"{calls}. With right ones in their place:" if len(culprits) > 1 else f"{calls}. With a right one in its place:"
    )
    return other._replace(sentence=f"{note} {other.sentence or 'see below.'}")


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
