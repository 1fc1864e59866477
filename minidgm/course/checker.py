"""One exercise graded: the student's file in a process of its own, each function through its graders."""

from collections.abc import Sequence
from pathlib import Path

from minidgm.course.answer import listed, printable
from minidgm.course.exercises import Exercise
from minidgm.course.explain import verdict
from minidgm.course.files import load, read_answer
from minidgm.course.grading import graders_of
from minidgm.course.report import FunctionReport, Report
from minidgm.course.sandbox.runner import LIMITS, Limits, Worker
from minidgm.course.sandbox.spawn import Started
from minidgm.course.source import begun, names_used
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
        tests, solution = graders_of(root, exercise), load(exercise.solution(root))
        blank = tuple(FunctionReport(name, "wrong", 0, len(tests.get(name, ()))) for name in exercise.functions)
        if unreadable:
            return Report(exercise, blank, unreadable)
        if problem := worker.file_error():
            return Report(exercise, blank, problem.message, _text(worker.printed), worker.walls)
        reports = [verdict(root, exercise, name, worker) for name in exercise.functions]
        bad = [r.name for r in reports if r.status in ("wrong", "not started")]
        used = names_used(source)
        for i, r in enumerate(reports):
            culprits = [name for name in bad if name != r.name and name in used.get(r.name, ())]
            if culprits and r.status == "wrong":
                with worker.standing_in(**{name: getattr(solution, name) for name in culprits}):
                    alone = verdict(root, exercise, r.name, worker)
                reports[i] = _without_blame(r, alone, culprits)
            elif culprits and r.status == "not started":
                reports[i] = r._replace(message=f"waits for {listed(culprits)}")
            elif r.status == "not started" and begun(source, r.name):
                reports[i] = r._replace(message="begun, but it still raises NotImplementedError")
        return Report(exercise, tuple(reports), "", _text(worker.printed), worker.walls)


def _without_blame(own: FunctionReport, other: FunctionReport, culprits: Sequence[str]) -> FunctionReport:
    """The verdict on a function that calls others which are not right; `other`: with right ones in their place."""
    names, is_are = listed(culprits), "is" if len(culprits) == 1 else "are"
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
