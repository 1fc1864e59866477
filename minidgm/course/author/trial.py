"""Try answers that the banks have never seen, and show what is said of each.

    python -m minidgm.course.author trial 07

reads tests/course/trial/ex07.py: wrong answers with a line that says what is wrong with each, and right ones. Nobody
but a reader can tell whether a sentence fits, so the sentences are printed beside what was really done.
"""

from pathlib import Path
from typing import NamedTuple

from minidgm.course.answer import InProcess
from minidgm.course.bank import Entry, entries
from minidgm.course.exercises import EXERCISES, Exercise, find, find_root
from minidgm.course.explain import report
from minidgm.course.files import load
from minidgm.course.grading import graders
from minidgm.course.grading import run as grade
from minidgm.course.report import FunctionReport


class Trial(NamedTuple):
    """One answer and its verdict. entry.sentence says what is wrong with it, None where nothing is."""

    entry: Entry
    report: FunctionReport

    @property
    def good(self) -> bool:
        """Whether a wrong answer was not called right, and a right one was."""
        return (self.report.status == "right") == (self.entry.sentence is None)


def trials(root: Path, exercise: Exercise) -> list[Trial]:
    """Grade every answer of an exercise's trial, in this process, as `minidgm check` does."""
    tests = graders(load(root / "tests" / "exercises" / f"test_{exercise.stem}.py"))
    solution = load(root / "solutions" / f"{exercise.stem}.py")
    tried = []
    for entry in entries(root / "tests" / "course" / "trial" / f"{exercise.key}.py"):
        runner = InProcess({entry.function: entry.code})
        results = [grade(test, runner, solution) for test in tests[entry.function]]
        tried.append(Trial(entry, report(root, exercise, entry.function, results, solution, runner)))
    return tried


def run(names: list[str]) -> int:
    """Print what is said of each answer; 1 when a wrong one is called right, or a right one wrong."""
    root = find_root()
    tried = []
    for exercise in [find(name) for name in names] or EXERCISES:
        tried += (mine := trials(root, exercise))
        print(f"{exercise.stem}\n\n" + "\n".join(map(_shown, mine)))
    wrong = [t for t in tried if t.entry.sentence is not None]
    named = sum(bool(t.report.sentence) for t in wrong)
    print(
        f"{len(wrong)} wrong answers: {named} named, {len(wrong) - named} by their numbers, "
        f"{sum(not t.good for t in wrong)} accepted; "
        f"{len(tried) - len(wrong)} right ones: {sum(not t.good for t in tried if t not in wrong)} rejected."
    )
    return 0 if all(t.good for t in tried) else 1


def _shown(trial: Trial) -> str:
    """One answer: what was done, and what was said."""
    entry, said = trial.entry, trial.report
    lines = [f"  {'ok ' if trial.good else 'BAD'} {entry.function} {entry.name}: {entry.sentence or 'right'}"]
    if said.status != "right":
        lines.append(f"      {said.status} {said.held}/{said.properties}: {said.sentence or said.message}")
    return "\n".join(lines)
