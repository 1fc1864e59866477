"""Submissions read into memory, all of them before anybody's code runs: what is graded can no longer be touched."""

import base64
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from minidgm.course.exercises import Exercise
from minidgm.course.files import one_file

FILES, BYTES = 200, 8 << 20  # at the most, of one submission: no answer is larger


class Submission(NamedTuple):
    """One student's files by name, and a sentence on each that can't be used."""

    name: str
    files: dict[str, bytes]
    problems: dict[str, str]

    def as_json(self) -> dict:
        """For the pipe to the process that grades it."""
        files = {name: base64.b64encode(content).decode() for name, content in self.files.items()}
        return {"name": self.name, "files": files, "problems": self.problems}

    @classmethod
    def from_json(cls, sent: dict) -> "Submission":
        return cls(sent["name"], {k: base64.b64decode(v) for k, v in sent["files"].items()}, sent["problems"])


def collect(folders: Sequence[Path], exercises: Sequence[Exercise]) -> tuple[list[Submission], list[str]]:
    """Read every submission that is one; returns them, and a sentence on each folder that isn't."""
    found: list[Submission] = []
    skipped = []
    taken = {"table.csv"}
    for folder in folders:
        try:
            place = answers(folder)
            if isinstance(place, str):
                skipped.append(place)
                continue
            name = free_name(folder, taken)
            found.append(Submission(name, *read(place, exercises)))
        except OSError as error:
            skipped.append(f"{shown(folder)}: can't be read ({error.strerror}).")
    return found, skipped


def answers(folder: Path) -> Path | str:
    """Where a submission's files are: the folder itself, its exercises/, or one folder further down; or why nowhere."""
    if not folder.is_dir():
        what = "no such folder" if not os.path.lexists(folder) else "not a folder"
        return f"{shown(folder)}: {what}; a submission is a folder with a student's exNN_topic.py files."
    if holds_answers(folder):
        return folder
    inner = folder / "exercises"
    if inner.is_symlink():
        return f"{shown(folder)}: its exercises/ is a link; a submission holds its own files."
    if inner.is_dir():
        return inner
    below = [p for p in sorted(folder.iterdir()) if p.is_dir() and not p.is_symlink()]
    places = [place for p in below for place in (p, p / "exercises") if place.is_dir() and holds_answers(place)]
    if len(places) > 1:
        return f"{shown(folder)}: holds submissions, not answers; name them, as in `minidgm grade {shown(folder)}/*`."
    return places[0] if places else folder  # empty: nothing was handed in


def holds_answers(folder: Path) -> bool:
    """Whether any file in a folder is named like an answer."""
    return any(folder.glob("ex[0-9]*.py"))


def read(folder: Path, exercises: Sequence[Exercise]) -> tuple[dict[str, bytes], dict[str, str]]:
    """The .py files of a folder, and what is wrong with those answers that can't be read."""
    files: dict[str, bytes] = {}
    problems: dict[str, str] = {}
    stems = {f"{e.stem}.py": e.stem for e in exercises}
    names = sorted(set(stems) | {p.name for p in folder.glob("*.py")}, key=lambda name: (name not in stems, name))
    for name in names:
        if not os.path.lexists(folder / name):
            continue
        content, problem = one_file(folder / name)
        if problem and name in stems:
            problems[stems[name]] = problem
        elif not problem and len(files) < FILES and sum(map(len, files.values())) + len(content) <= BYTES:
            files[name] = content
    return files, problems


def free_name(folder: Path, taken: set[str]) -> str:
    """A name for a submission's results that none has yet: its folder's, the one's above too, or with a number."""
    path = folder.resolve()
    name = plain_name(path.name)
    if name in taken:
        name = plain_name(f"{path.parent.name}-{path.name}")
    number = 2
    while name in taken:
        name, number = f"{plain_name(path.name)}-{number}", number + 1
    taken.add(name)
    return name


def plain_name(name: str) -> str:
    """A name that is safe in a path, a table and a terminal."""
    return re.sub(r"[^\w.@+-]", "_", name).lstrip(".=+-@") or "submission"


def shown(folder: Path) -> str:
    """A path as it may be printed: a name is the student's text."""
    return "".join(c if c.isprintable() else "_" for c in str(folder))
