"""Prove an exercise's bank: is every misconception rejected and named, and every right answer accepted?

    python -m minidgm.course.author confusion 07

prints one line per entry: who rejected it, and which entry the diagnosis named.
"""

from pathlib import Path
from typing import NamedTuple

from minidgm.course.bank import Entry, collect
from minidgm.course.diagnose import answering
from minidgm.course.exercises import EXERCISES, Exercise, find, find_root
from minidgm.course.explain import explain
from minidgm.course.files import load
from minidgm.course.grading import Result, graders_of, run_all


class Row(NamedTuple):
    """What became of one entry: the tests that failed, their first message, and the sentence said."""

    entry: Entry
    tests: int
    failed: tuple[Result, ...]
    named: str

    @property
    def good(self) -> bool:
        """A misconception must be rejected and named by its own sentence, a right answer accepted."""
        if self.entry.sentence is None:
            return not self.failed and self.tests > 0
        return bool(self.failed) and self.named == self.entry.sentence


def confusion(root: Path, exercise: Exercise) -> list[Row]:
    """Run every entry of an exercise's bank through the graders of its function, in this process."""
    tests, solution = graders_of(root, exercise), load(exercise.solution(root))
    entries = collect(root, exercise)
    rows = []
    for entry in entries:
        runner = answering(entry)
        mine = {test.__name__: test for test in tests.get(entry.function, [])}
        results = run_all(list(mine.values()), runner, solution)
        failed = tuple(r for r in results if r.status != "passed")
        rivals = [e for e in entries if e.function == entry.function and e.sentence is not None]
        named = explain(results, rivals, solution, runner, mine) if failed else ""
        rows.append(Row(entry, len(results), failed, named))
    return rows


def table(rows: list[Row]) -> str:
    """The rows as text, with a verdict per line and the totals at the end."""
    lines = []
    for function in dict.fromkeys(row.entry.function for row in rows):
        lines.append(function)
        for row in (r for r in rows if r.entry.function == function):
            kind = "right answer " if row.entry.sentence is None else "misconception"
            verdict = f"rejected by {len(row.failed)} of {row.tests}" if row.failed else f"accepted by {row.tests}"
            named = "" if row.entry.sentence is None or row.good else f", named {row.named or 'by nothing'}"
            lines.append(f"  {'ok ' if row.good else 'BAD'} {kind} {row.entry.name}: {verdict}{named}")
            if not row.good and row.failed:
                lines.append(f"        {row.failed[0].test}: {row.failed[0].message}")
    wrong = [r for r in rows if r.entry.sentence is not None]
    right = [r for r in rows if r.entry.sentence is None]
    lines.append(
        f"{len(wrong)} misconceptions: {sum(bool(r.failed) for r in wrong)} rejected, "
        f"{sum(r.good for r in wrong)} rejected and named; "
        f"{len(right)} right answers: {sum(r.good for r in right)} accepted."
    )
    return "\n".join(lines)


def run(names: list[str]) -> int:
    """Print the tables of the exercises named (default: all); 1 when an entry is bad."""
    root = find_root()
    rows = []
    for exercise in [find(a) for a in names] or EXERCISES:
        if exercise.graders(root).exists():
            mine = confusion(root, exercise)
            rows += mine
            print(f"{exercise.stem}\n{table(mine)}\n")
    return 0 if all(row.good for row in rows) else 1
