"""Try answers that the banks were not made of, and show what is said of each.

    python -m minidgm.course.author trial 07             prints what was done beside what is said
    python -m minidgm.course.author trial 07 --record    keeps what is said as read and found true

reads tests/course/trial/ex07.py: wrong answers with a line that says what is wrong with each, and right ones. Only a
reader can tell whether a sentence is true of an answer; what was read and found true is in tests/course/trial/said.txt,
and anything else that is said of it fails.
"""

from pathlib import Path
from typing import NamedTuple

from minidgm.course.bank import Entry, collect, entries
from minidgm.course.diagnose import answering
from minidgm.course.exercises import EXERCISES, Exercise, find, find_root
from minidgm.course.explain import AS_TO, FIRST_OF_ALL, verdict
from minidgm.course.report import FunctionReport

NUMBERS = "(numbers)"  # what is said where no sentence is: got and wanted, which is true of anything


class Trial(NamedTuple):
    """One answer and its verdict. entry.sentence says what is wrong with it, None where nothing is."""

    exercise: Exercise
    entry: Entry
    report: FunctionReport
    said: str  # the bank's entry that was named, or the sentence itself where it is no bank's

    @property
    def key(self) -> str:
        """Its name in said.txt."""
        return f"{self.exercise.key} {self.entry.function} {self.entry.name}"

    @property
    def accepted(self) -> bool:
        """Whether it was called right (a remark on the dtype is no failure, unless that is what is wrong with it)."""
        return self.report.status == "right" or self.report.status == "remark" and self.entry.sentence is None

    def good(self, judged: dict[str, str]) -> bool:
        """Whether the verdict is right, and nothing was said that was not found true."""
        if self.entry.sentence is None:
            return self.accepted
        return not self.accepted and self.said in (NUMBERS, judged.get(self.key))


def trials(root: Path, exercise: Exercise, every: int = 1) -> list[Trial]:
    """Grade every answer of an exercise's trial (or each `every`-th), in this process, as `minidgm check` does."""
    names = {e.sentence: e.name for e in reversed(collect(root, exercise)) if e.sentence is not None}
    tried = []
    for entry in entries(root / "tests" / "course" / "trial" / f"{exercise.key}.py")[::every]:
        said = verdict(root, exercise, entry.function, answering(entry))
        tried.append(Trial(exercise, entry, said, _in_short(said.sentence, names)))
    return tried


def _in_short(sentence: str, names: dict[str, str]) -> str:
    """The entry whose sentence it is, after the words that narrow it down."""
    for start in (FIRST_OF_ALL, AS_TO):
        if sentence.startswith(start):
            narrowed, _, rest = sentence[len(start.rstrip(":")) :].partition(": ")
            return f"{start.rstrip(':')}{narrowed}: {names.get(rest, rest)}"
    return names.get(sentence, sentence) or NUMBERS


def judged(root: Path) -> dict[str, str]:
    """What was said of each answer when it was read and found true."""
    lines = (root / "tests" / "course" / "trial" / "said.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split(" | ", 1) for line in lines if " | " in line)  # type: ignore[misc]


def run(names: list[str], record: bool = False) -> int:
    """Print what is said of each answer; 1 when a verdict is wrong or a sentence was not found true before."""
    root = find_root()
    found, tried = judged(root), []
    for exercise in [find(name) for name in names] or EXERCISES:
        tried += (mine := trials(root, exercise))
        if record:
            found |= {t.key: t.said for t in mine if t.entry.sentence is not None}
        print(f"{exercise.stem}\n\n" + "\n".join(_shown(trial, found) for trial in mine), flush=True)
    if record:
        text = "\n".join(f"{key} | {said}" for key, said in sorted(found.items()))
        (root / "tests" / "course" / "trial" / "said.txt").write_text(text + "\n", encoding="utf-8")
    print(total(tried, found))
    return 0 if all(t.good(found) for t in tried) else 1


def total(tried: list[Trial], found: dict[str, str]) -> str:
    """The counts, in a line."""
    wrong, right = ([t for t in tried if (t.entry.sentence is None) == fine] for fine in (False, True))
    named = [t for t in wrong if t.said != NUMBERS]
    parts = sum(t.said.startswith((FIRST_OF_ALL.rstrip(":"), AS_TO)) for t in named)
    accepted, untrue = sum(t.accepted for t in wrong), sum(not t.good(found) for t in wrong if not t.accepted)
    return (
        f"{len(wrong)} wrong answers: {len(named)} named ({parts} in part), {len(wrong) - len(named)} by numbers, "
        f"{accepted} accepted, {untrue} not found true; {len(right)} right ones: "
        f"{sum(not t.accepted for t in right)} rejected."
    )


def _shown(trial: Trial, found: dict[str, str]) -> str:
    """One answer: what was done, and what was said."""
    entry, said = trial.entry, trial.report
    lines = [f"  {'ok ' if trial.good(found) else 'BAD'} {entry.function} {entry.name}: {entry.sentence or 'right'}"]
    if said.status != "right":
        lines.append(f"      {said.status} {said.held}/{said.properties}: {said.sentence or said.message}")
    return "\n".join(lines)
