"""How feedback looks: colour and links on a terminal, plain text in a pipe."""

import os
import re
import shutil
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
_MARKS = {"right": ("✓", "+", "green"), "wrong": ("✗", "x", "red"), "not started": ("·", "-", "dim")}
_MARKS["changed"] = ("~", "~", "yellow")
_MARKS["remark"] = ("✓", "+", "yellow")


# What is printed for a letter or a sign where the stream knows none but ASCII.
_NAMES = "α alpha β beta γ gamma δ delta ε eps θ theta λ lambda μ mu π pi ρ rho σ sigma τ tau φ phi χ chi ψ psi ω omega"
_SIGNS = (
    "− - – - — - … ... · - × x ≤ <= ≥ >= ≈ ~ ≠ != → -> ∞ inf √ sqrt ½ 1/2 ² ^2 ³ ^3 ⁻ ^- ₁ _1 ₂ _2 ∑ sum Σ sum Δ Delta"
)
_SIGNS += " Φ Phi ∈ in ‖ || ∂ d ∫ int ▁▂▄▆█▆▄▂▁ noise ▁▆▇▂▁▂▇▆▁ data"
_WORDS = f"{_NAMES} {_SIGNS}".split()
_SPELLED = dict(zip(_WORDS[::2], _WORDS[1::2]))


def spelled(text: str) -> str:
    """Text with Greek letters and signs spelled in ASCII: μ is mu, two letters in a row are parted by a space."""
    text = re.sub("([α-ω])(?=[α-ωA-Za-z])", r"\1 ", text)
    text = re.sub("(?<=[A-Za-z])([α-ω])", r" \1", text)
    return re.sub("|".join(sorted(_SPELLED, key=len, reverse=True)), lambda found: _SPELLED[found[0]], text)


class Screen:
    """Writes to one stream, knowing whether a person at a terminal reads it."""

    def __init__(self, stream=None):
        self.stream = stream or sys.stdout
        terminal = self.stream.isatty() and os.environ.get("TERM") != "dumb"
        self.terminal = terminal
        self.colour = terminal and "NO_COLOR" not in os.environ
        self.unicode = "utf" in (getattr(self.stream, "encoding", "") or "").lower()
        self.width = min(shutil.get_terminal_size((80, 24)).columns, 80)
        if self.colour and os.name == "nt":
            os.system("")  # has Windows' console read escape sequences

    def style(self, text: str, *styles: str) -> str:
        """The text in colour, on a terminal."""
        if not self.colour or not text:
            return text
        return f"\033[{';'.join(_STYLES[s] for s in styles)}m{text}\033[0m"

    def mark(self, status: str) -> str:
        """A tick, a cross, or a dot."""
        sign, plain, colour = _MARKS[status]
        return self.style(sign if self.unicode else plain, colour)

    def bar(self, done: int, total: int) -> str:
        """How much is done, as a bar one cell an item."""
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
            text = text.encode(self.stream.encoding or "ascii", "replace").decode(self.stream.encoding or "ascii")
        print(text, file=self.stream, flush=True)

    def paragraph(self, text: str, indent: int = 0, *styles: str) -> None:
        """Print text, folded to the width; indented lines of it (code, numbers) are kept whole."""
        text = text if self.unicode else spelled(text)  # before it is folded: names are longer than letters
        for line in text.splitlines():
            pad = " " * indent
            if line.startswith("    "):
                self.line(self.style(pad + line, "dim"))
                continue
            for part in textwrap.wrap(line, self.width - indent, break_long_words=False, break_on_hyphens=False):
                self.line(pad + self.style(part, *styles))

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
