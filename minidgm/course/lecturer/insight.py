"""What a class has understood, read from what `minidgm grade` wrote: `minidgm insight results`.

    standing    per exercise, how many submissions are right, right with remarks, right so far, wrong, not started
    troubles    the functions on which most are stuck, each with the mistakes made there and their sentences

A function that is wrong because one that it calls is wrong counts for the other one: there its writer is stuck. The
pairs of submissions that share more than chance explains are in likeness.py; the page is in minidgm/book/insight.py.
"""

import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from minidgm.course.exercises import EXERCISES, ORDER, Exercise, find
from minidgm.course.explain import AS_TO, FIRST_OF_ALL
from minidgm.errors import UserError

ABSENT = ("", "not handed in")
STANDINGS = {"right": "right", "remark": "right, with a remark", "begun": "right so far"}  # and what they are called
STANDINGS |= {"wrong": "wrong", "not started": "not started"}
DAMAGED = (ValueError, TypeError, KeyError, AttributeError, RecursionError)  # what reading such a report may raise
# What stands before a misconception's own sentence, where it is said of a part or beside another function's mistake.
_BEFORE = re.compile(
    rf"^(?:[^\n]*? in (?:its|their) place: (?:see below.$)?)?(?:{FIRST_OF_ALL} |{AS_TO} [^:]+: )?", re.DOTALL
)


class Answer(NamedTuple):
    """One function of one submission, as it was graded."""

    student: str
    exercise: Exercise
    function: str
    status: str
    sentence: str = ""  # the misconception's own
    failing: str = ""  # the property that fails
    message: str = ""
    case: str = ""
    waits_for: tuple[str, ...] = ()  # wrong functions that it calls, where nothing else is known to be wrong
    code: str = ""  # a digest of it: equal where the code is the same but for names; "" for very short code

    @property
    def kind(self) -> str:
        """What was done wrong, equal for equal mistakes: the misconception, else the numbers that came out; or ""."""
        if self.status not in ("wrong", "remark") or self.waits_for:
            return ""
        if self.sentence or not self.message:
            return self.sentence
        return f"{self.failing}: {re.sub('(?m)^    .*$', '', self.message)}".strip()  # without lines of code


class Mistake(NamedTuple):
    """One mistake at a function, and who made it; without a name the sentence is empty."""

    sentence: str
    answers: tuple[Answer, ...]

    @property
    def words(self) -> str:
        """The sentence, or else the property that fails and its numbers, in one line."""
        return self.sentence or " ".join(f"No name for it; {self.answers[0].kind}".split())


class Trouble(NamedTuple):
    """A function on which `stuck` submissions are stuck, and for which functions of `waiting` submissions wait."""

    exercise: Exercise
    function: str
    stuck: tuple[Answer, ...]
    waiting: int

    @property
    def mistakes(self) -> list[Mistake]:
        """The mistakes made here, the most frequent first; what has no name comes after what has."""
        kinds: dict[str, list[Answer]] = {}
        for answer in self.stuck:
            kinds.setdefault(answer.kind, []).append(answer)
        found = [Mistake(group[0].sentence, tuple(group)) for group in kinds.values()]
        return sorted(found, key=lambda mistake: (not mistake.sentence, -len(mistake.answers)))


class Results(NamedTuple):
    """The graded submissions of one folder."""

    folder: Path
    students: tuple[str, ...]
    answers: tuple[Answer, ...]
    problems: tuple[tuple[str, Exercise, str], ...] = ()  # student, exercise, why the file could not be used

    @property
    def exercises(self) -> list[Exercise]:
        """The exercises that were graded."""
        return [e for e in EXERCISES if any(a.exercise == e for a in self.answers)]


# ------------------------------------------------------------------ reading


def read(folder: Path) -> Results:
    """Read every NAME/report.json of a folder that `minidgm grade` wrote.

    Raises UserError, one sentence, when it is another folder or when a report is damaged.
    """
    if not folder.is_dir():
        what = "not a folder" if folder.exists() else "no such folder"
        raise UserError(f"{folder}: {what}; name one that `minidgm grade` wrote, as in `minidgm insight results`.")
    paths = sorted(folder.glob("*/report.json"))
    if not paths:
        above = f"; try `minidgm insight {folder.parent}`" if (folder / "report.json").exists() else ""
        raise UserError(f"{folder}: holds no NAME/report.json, so `minidgm grade` did not write it{above}.")
    answers: list[Answer] = []
    problems: list[tuple[str, Exercise, str]] = []
    for path in paths:
        name = path.parent.name
        try:
            entries = json.loads(path.read_text(encoding="utf-8"))["exercises"]
            answers += [answer for entry in entries for answer in answers_of(name, entry)]
            problems += [(name, find(e["exercise"]), p) for e in entries if (p := _text(e, "problem")) not in ABSENT]
        except OSError as error:
            raise UserError(f"{path}: can't be read ({error.strerror}).") from error
        except DAMAGED as error:
            raise UserError(f"{path}: is damaged, or of another version of minidgm; grade again.") from error
    return Results(folder, tuple(path.parent.name for path in paths), tuple(answers), tuple(problems))


def answers_of(student: str, entry: dict) -> list[Answer]:
    """One exercise of one submission; an error of some kind where it is not what `minidgm grade` writes."""
    found = []
    exercise = find(_text(entry, "exercise"))
    if {f["name"] for f in entry["functions"]} != set(exercise.functions):
        raise ValueError("functions of another version")
    for f in entry["functions"]:
        status = _text(f, "status")
        if status not in STANDINGS:
            raise ValueError(status)
        failing, message, case, code = (_text(f, key) for key in ("property", "message", "case", "code"))
        waits_for = tuple(map(str, f.get("waits_for", ())))
        sentence = "" if waits_for else _BEFORE.sub("", _text(f, "sentence"))
        found.append(Answer(student, exercise, f["name"], status, sentence, failing, message, case, waits_for, code))
    return found


def _text(entry: dict, key: str) -> str:
    text = entry.get(key, "")
    if not isinstance(text, str):
        raise TypeError(key)
    return text


# ------------------------------------------------------------------ the class


def standing(answers: Sequence[Answer]) -> str:
    """How one submission stands in one exercise."""
    states = {answer.status for answer in answers}
    if "wrong" in states or len(states) == 1:
        return "wrong" if "wrong" in states else states.pop()
    return "begun" if "not started" in states else "remark"


def standings(results: Results, exercise: Exercise) -> dict[str, int]:
    """How many submissions stand how in an exercise, in the order of STANDINGS."""
    mine: dict[str, list[Answer]] = {}
    for answer in results.answers:
        if answer.exercise == exercise:
            mine.setdefault(answer.student, []).append(answer)
    counted = Counter(standing(answers) for answers in mine.values())
    return {name: counted[name] for name in STANDINGS}


def troubles(results: Results) -> list[Trouble]:
    """What to discuss, in this order: most are stuck there; of equals, what comes first in the course."""
    wrong = [a for a in results.answers if a.status == "wrong"]
    found = []
    for exercise in (e for e in ORDER if e in results.exercises):
        for function in exercise.functions:
            stuck = tuple(a for a in wrong if a.function == function and a.kind)
            waiting = {a.student for a in wrong if a.exercise == exercise and function in a.waits_for}
            if stuck:
                found.append(Trouble(exercise, function, stuck, len(waiting)))
    return sorted(found, key=lambda trouble: -len(trouble.stuck))


def remarks(results: Results) -> list[Mistake]:
    """Right answers with a remark, one entry per function and sentence, the most frequent first."""
    kinds: dict[tuple[str, str], list[Answer]] = {}
    for answer in results.answers:
        if answer.status == "remark":
            kinds.setdefault((answer.function, answer.kind), []).append(answer)
    found = [Mistake(group[0].sentence or group[0].message, tuple(group)) for group in kinds.values()]
    return sorted(found, key=lambda mistake: -len(mistake.answers))


# ------------------------------------------------------------------ what to say


def to_ask(trouble: Trouble) -> str:
    """A question to put to the class: the function's first hint."""
    return trouble.exercise.hints[trouble.function][0]


def to_show(exercise: Exercise) -> list[str]:
    """Commands that show an exercise's point: its picture, and the questions of `minidgm why` that belong to it."""
    from minidgm.course.why.ask import QUESTIONS

    by_number, by_file = [], []
    for k, question in enumerate(QUESTIONS, 1):
        listed = re.search(r"exercises? ([\d, and]+)", question.read)
        if listed and exercise.number in map(int, re.findall(r"\d+", listed[1])):
            by_number.append(f"minidgm why {k}")
        elif any(path in question.read for path in exercise.read):
            by_file.append(f"minidgm why {k}")
    return [f"minidgm see {exercise.number}", *(by_number or by_file)]
