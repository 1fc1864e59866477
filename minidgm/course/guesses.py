"""What `minidgm why` and `minidgm derive` share: a list to choose from, guesses that are typed, and what was right.

Each keeps a file under .minidgm/ of the guesses that were made, in their order. Outside a clone nothing is remembered,
and a damaged file costs the memory alone.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from minidgm.course.exercises import find_root
from minidgm.course.terminal import Screen
from minidgm.errors import UserError
from minidgm.files import written_whole

PAUSE = 3  # so many other guesses until a question answered wrongly comes again


class Guesses:
    """The guesses of one kind ("why", "derive"), the latest last."""

    def __init__(self, kind: str):
        self.made: list[tuple[str, bool]] = []
        self.path: Path | None = None
        try:
            self.path = find_root() / ".minidgm" / f"{kind}.json"
            stored = json.loads(self.path.read_text(encoding="utf-8"))
            self.made = [(str(name), bool(right)) for name, right in stored["guesses"]]
        except (UserError, OSError, ValueError, KeyError, TypeError):
            pass  # no clone, or nothing remembered

    def add(self, name: str, right: bool) -> None:
        """Remember one guess."""
        self.made.append((name, right))
        if self.path is None:
            return
        with written_whole(self.path) as file:
            file.write(json.dumps({"guesses": self.made}, indent=1).encode())

    def last(self, name: str) -> bool | None:
        """Whether the latest guess at a question was right; None when there was none."""
        return next((right for made, right in reversed(self.made) if made == name), None)

    def due(self, names: list[str]) -> str | None:
        """The question to ask now: one answered wrongly some guesses ago, else a new one, else any wrong one."""
        wrong = [name for name in names if self.last(name) is False]
        resting = {made for made, _ in self.made[-PAUSE:]}
        new = [name for name in names if self.last(name) is None]
        rested = [name for name in wrong if name not in resting]
        return next(iter(rested + new + wrong), None)


def chosen(number: str | None, things: Sequence[Any], guesses: Guesses, kind: str, what: str) -> Any:
    """The thing of a number in the list; without one the thing that is due, or None when all are done.

    kind: the command, "why" or "derive"; what: "question", say. Raises UserError when there is no such number.
    """
    if number is None:
        due = guesses.due([thing.name for thing in things])
        return next((thing for thing in things if thing.name == due), None)
    if not number.isdigit() or not 1 <= int(number) <= len(things):
        every = f"1 to {len(things)} (`minidgm {kind} --list`)"
        raise UserError(f"{number}: no such {what}; they are numbered {every}.")
    return things[int(number) - 1]


def typed(screen: Screen, prompt: str, parse: Callable[[str], Any]) -> str:
    """What is typed at a terminal, asked for until `parse` raises no UserError; "" where the line is left empty."""
    while True:
        try:
            text = input(prompt).strip()
            if text:
                parse(text)
            return text
        except EOFError:
            return ""
        except UserError as error:
            screen.paragraph(str(error), 4)


def show_list(screen: Screen, things: Sequence[Any], guesses: Guesses, said: str) -> int:
    """Print all, each with how the last guess was, and how many `said`."""
    marks = {None: "not started", True: "right", False: "wrong"}
    for number, thing in enumerate(things, 1):
        mark = screen.mark(marks[guesses.last(thing.name)])
        screen.paragraph(thing.title, 8, begin=f"  {mark} {number:02d}  ")
    screen.line()
    screen.line(f"{sum(guesses.last(thing.name) is True for thing in things)} of {len(things)} {said}.")
    return 0
