"""How feedback looks: colour and links on a terminal, plain text in a pipe."""

import os
import shutil
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from minidgm.course.spelling import has_letters, spelled

_STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
_MARKS = {
    "right": ("✓", "+", "green"),
    "remark": ("✓", "+", "yellow"),
    "wrong": ("✗", "x", "red"),
    "changed": ("~", "~", "yellow"),
    "not started": ("·", "-", "dim"),
    "measured": ("•", "*", "cyan"),  # without a verdict
}


class Screen:
    """Writes to one stream, knowing whether a person at a terminal reads it."""

    def __init__(self, stream=None):
        self.stream = stream or sys.stdout
        terminal = self.stream.isatty() and os.environ.get("TERM") != "dumb"
        self.terminal = terminal
        self.colour = terminal and "NO_COLOR" not in os.environ
        self.unicode = has_letters(self.stream)
        self.width = min(shutil.get_terminal_size((80, 24)).columns, 80)
        if self.colour and os.name == "nt":
            os.system("")  # has Windows' console read escape sequences

    def style(self, text: str, *styles: str) -> str:
        """The text in colour, on a terminal."""
        if not (self.colour and text and styles):
            return text
        return f"\033[{';'.join(_STYLES[s] for s in styles)}m{text}\033[0m"

    def mark(self, status: str) -> str:
        """A tick, a cross, or a dot."""
        sign, plain, colour = _MARKS[status]
        return self.style(sign if self.unicode else plain, colour)

    def bar(self, done: int, total: int) -> str:
        """How much is done, as a bar with one cell per item."""
        full, empty = ("█", "░") if self.unicode else ("#", ".")
        return self.style(full * done, "green") + self.style(empty * (total - done), "dim")

    def link(self, path: Path, shown: str) -> str:
        """A path that terminals and editors let one click."""
        shown = self.style(shown, "cyan")
        return f"\033]8;;{path.absolute().as_uri()}\033\\{shown}\033]8;;\033\\" if self.colour else shown

    def line(self, text: str = "") -> None:
        """Print one line as it is."""
        if not self.unicode:
            text = spelled(text)
        print(text, file=self.stream, flush=True)

    def paragraph(self, text: str, indent: int = 0, *styles: str, begin: str = "") -> None:
        """Print text, folded to the width; indented lines of it (code, numbers) are kept whole.

        begin: what stands in the first line's indent, the name of a thing in a list, say.
        """
        text = text if self.unicode else spelled(text)  # before it is folded: names are longer than letters
        for line in text.splitlines():
            pad = " " * indent
            if line.startswith("    "):
                self.line(self.style(pad + line, "dim"))
                continue
            for part in textwrap.wrap(line, self.width - indent, break_long_words=False, break_on_hyphens=False):
                self.line(begin.ljust(indent) + self.style(part, *styles))
                begin = ""

    @contextmanager
    def waiting(self, text: str) -> Iterator[None]:
        """Show, on a terminal, what is going on meanwhile; afterwards it is gone."""
        if self.terminal:
            print(self.style(text, "dim"), end="", file=self.stream, flush=True)
        try:
            yield
        finally:
            if self.terminal:
                print("\r\033[K", end="", file=self.stream, flush=True)

    def clear(self) -> None:
        """Begin at the top of an empty screen, on a terminal."""
        if self.terminal:
            print("\033[2J\033[H", end="", file=self.stream, flush=True)
