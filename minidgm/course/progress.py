"""What a clone remembers of a student's progress: .minidgm/progress.json, one entry per exercise.

An entry holds a digest of the answer and of its graders, so a finished exercise is graded again only when one of them
has changed. A damaged or missing file costs the memory, never an answer.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from minidgm.course.exercises import ORDER, Exercise
from minidgm.course.report import FunctionReport, Report
from minidgm.course.source import stub
from minidgm.files import written_whole


class Progress:
    """The memory of one clone."""

    def __init__(self, root: Path):
        self.root = root
        self.path = root / ".minidgm" / "progress.json"
        self.entries: dict[str, dict] = {}
        try:
            stored = json.loads(self.path.read_text(encoding="utf-8"))
            self.entries = {k: v for k, v in stored["exercises"].items() if isinstance(v, dict)}
        except (OSError, ValueError, KeyError, AttributeError, TypeError):
            pass  # nothing remembered

    def file(self, exercise: Exercise) -> Path:
        """The student's file."""
        return exercise.answer(self.root)

    def digest(self, exercise: Exercise) -> str:
        """A digest of the student's file and of its graders."""
        found = hashlib.sha256()
        for path in (self.file(exercise), exercise.graders(self.root)):
            found.update(path.read_bytes() if path.exists() else b"")
            found.update(b"\0")
        return found.hexdigest()

    def remembered(self, exercise: Exercise) -> Report | None:
        """The last verdict, if neither the file nor its graders have changed since."""
        entry = self.entries.get(exercise.key, {})
        if entry.get("digest") != self.digest(exercise):
            return None
        try:
            functions = tuple(FunctionReport(*values) for values in entry["functions"])
            return Report(exercise, functions, str(entry["problem"]))
        except (KeyError, TypeError):
            return None

    def finished(self, exercise: Exercise) -> bool:
        """Whether it was found right and hasn't changed since."""
        report = self.remembered(exercise)
        return report is not None and report.status == "right"

    def untouched(self, exercise: Exercise) -> bool:
        """Whether the student's file still is the stub."""
        try:
            mine = self.file(exercise).read_text(encoding="utf-8")
            return mine == stub(exercise.solution(self.root).read_text(encoding="utf-8"), exercise)
        except (OSError, UnicodeDecodeError):
            return False

    def unchecked(self, exercise: Exercise) -> bool:
        """Whether the student has written something that wasn't graded."""
        return self.file(exercise).exists() and self.remembered(exercise) is None and not self.untouched(exercise)

    def first_unfinished(self) -> Exercise | None:
        """The first exercise, in order, that isn't finished."""
        return next((e for e in ORDER if not self.finished(e)), None)

    def remember(self, report: Report, digest: str) -> None:
        """Keep a verdict on the file that had this digest."""
        functions = [list(f) for f in report.functions]
        self._update(report.exercise, digest=digest, functions=functions, problem=report.problem)

    def hints(self, exercise: Exercise, function: str) -> int:
        """How many of a function's hints were shown."""
        seen = self.entries.get(exercise.key, {}).get("hints", {}).get(function, 0)
        return seen if isinstance(seen, int) else 0

    def hint_shown(self, exercise: Exercise, function: str, number: int) -> None:
        """Keep how many of a function's hints were shown."""
        hints = self.entries.get(exercise.key, {}).get("hints", {})
        self._update(exercise, hints={**hints, function: number})

    def forget(self, exercise: Exercise) -> None:
        """Begin an exercise anew."""
        if self.entries.pop(exercise.key, None) is not None:
            self._save()

    def _update(self, exercise: Exercise, **values: Any) -> None:
        self.entries.setdefault(exercise.key, {}).update(values)
        self._save()

    def _save(self) -> None:
        """Write the whole memory at once, so that a crash leaves the old one or the new one."""
        with written_whole(self.path) as file:
            file.write(json.dumps({"exercises": self.entries}, indent=1).encode())
