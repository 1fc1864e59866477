"""What a clone remembers of guesses: which question was answered, rightly or not, in the order they were made.

`minidgm why` and `minidgm derive` keep a file each under .minidgm/. Outside a clone nothing is remembered, and a
damaged file costs the memory alone.
"""

import json
from pathlib import Path

from minidgm.course.exercises import find_root
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
