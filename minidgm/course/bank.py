"""What a bank is written with: wrong answers with a teacher's sentence each, and other right answers.

    @misconception("coupling_f", "Your log_det is that of g, the way back: ...")
    def log_det_of_g(x, d, net): ...

    @right_answer("coupling_f")
    def one_object_at_a_time(x, d, net): ...

One bank, two uses: the checker matches a student's outputs against it, and the tests prove that the graders reject
every misconception and accept every right answer.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from minidgm.course.exercises import Exercise
from minidgm.course.files import load


class Entry(NamedTuple):
    """One entry of a bank: its name, the function it answers, the code, and the sentence (None for a right answer)."""

    name: str
    function: str
    code: Callable
    sentence: str | None


def misconception(function: str, sentence: str) -> Callable:
    """Mark a wrong answer to `function`, with the sentence a good teacher would say to who gives it."""
    return _marked(function, sentence)


def right_answer(function: str) -> Callable:
    """Mark another right answer to `function`."""
    return _marked(function, None)


def _marked(function: str, sentence: str | None) -> Callable:
    def mark(code: Any) -> Any:
        code.entry = Entry(code.__name__, function, code, sentence)
        return code

    return mark


def collect(root: Path, exercise: Exercise) -> list[Entry]:
    """The bank of an exercise, in the file's order; empty when there is no file yet."""
    path = exercise.bank(root)
    return entries(path) if path.exists() else []


def entries(path: Path) -> list[Entry]:
    """The marked answers of one file, in its order."""
    return [code.entry for code in vars(load(path)).values() if isinstance(getattr(code, "entry", None), Entry)]
