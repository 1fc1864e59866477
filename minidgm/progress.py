"""A line that shows how far long work has come: on a terminal only, on standard error, never in a pipe."""

import os
import sys
import time


class Progress:
    """`progress = Progress("train", total)`, then `progress.show(done, "loss 1.23")` as often as one likes.

    As a context manager it removes its line at the end, whatever happened.
    """

    every = 0.1  # seconds between two drawings

    def __init__(self, name: str, total: int):
        self.name, self.total = name, total
        self.start = self.last = time.monotonic()
        self.on = sys.stderr.isatty()
        self.width = 0

    def show(self, done: int, text: str = "") -> None:
        """Draw the line: a bar, the steps done, `text`, and the time left at the average speed so far."""
        now = time.monotonic()
        if not self.on or (now - self.last < self.every and done < self.total):
            return
        self.last = now
        share = min(1.0, done / max(self.total, 1))
        bar = ("━" * round(20 * share)).ljust(20, "╌")
        left = clock((now - self.start) / share * (1 - share)) if share > 0 else "?"
        self._write(f"{self.name} {bar} {done}/{self.total}  {left} left  {text}")

    def _write(self, line: str) -> None:
        line = line[: terminal_width() - 1]  # a longer one would wrap, and scroll at each drawing
        sys.stderr.write("\r" + line.ljust(self.width))
        sys.stderr.flush()
        self.width = len(line)

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        if self.on and self.width:
            sys.stderr.write("\r" + " " * self.width + "\r")
            sys.stderr.flush()


def terminal_width() -> int:
    """The columns of the terminal behind standard error; 80 where it does not say."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80
    except (OSError, ValueError, AttributeError):
        return 80


def clock(seconds: float) -> str:
    """Seconds as 0:07, 2:05 or 1:02:03."""
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
