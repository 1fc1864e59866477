"""What a question is: words, an experiment, how its numbers decide, and the thread where people asked it.

    @asks("Why is ...?", "The setting.", choices=(...), right=lambda v: ..., answer="... {loss:.1f} ...", thread=...)
    def negative_loss():
        ...
        return {"loss": loss}

Nothing is right by decree: `right` takes what the experiment measured and says which choice that is, or what number.
"""

import inspect
import textwrap
from collections.abc import Callable
from typing import NamedTuple


class Question(NamedTuple):
    """One question; without choices it wants a number, right within `tolerance` of it (relative to its size, or 1)."""

    name: str
    title: str
    setting: str
    choices: tuple[str, ...]
    right: Callable[[dict], float]
    answer: str
    thread: str
    read: str
    experiment: Callable[[], dict]
    tolerance: float

    @property
    def code(self) -> str:
        """The experiment's lines, as they run."""
        lines, _ = inspect.getsourcelines(self.experiment)
        start = next(i for i, line in enumerate(lines) if line.startswith("def "))
        return textwrap.dedent("".join(lines[start + 1 :])).rstrip()

    def is_right(self, guess: float, measured: dict) -> bool:
        """Whether a choice's number (from 1) or a number is the one measured."""
        wanted = self.right(measured)
        return guess == wanted if self.choices else abs(guess - wanted) <= self.tolerance * max(1.0, abs(wanted))


def asks(
    title: str,
    setting: str,
    *,
    right: Callable[[dict], float],
    answer: str,
    thread: str,
    read: str,
    choices: tuple[str, ...] = (),
    tolerance: float = 0.05,
) -> Callable[[Callable[[], dict]], Question]:
    """Make a question of an experiment; `right` gives the choice's number, from 1, or the number asked for."""

    def make(experiment: Callable[[], dict]) -> Question:
        name = experiment.__name__
        return Question(name, title, setting, choices, right, answer, thread, read, experiment, tolerance)

    return make


def of(module: dict) -> list[Question]:
    """The questions in a module's names, in the file's order."""
    return [value for value in module.values() if isinstance(value, Question)]
