"""The list of exercises, and where a clone of the project is.

An exercise is on the list when it has a file in entries/; ORDER is the order in which they are meant to be done.
Everything else in minidgm.course (stubs, checker, hints, grading) walks this list.
"""

from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from minidgm.errors import UserError


class Exercise(NamedTuple):
    """One exercise: its number, file stem, title, functions, rows of `minidgm map`, and what to read afterwards."""

    number: int
    stem: str
    title: str
    functions: tuple[str, ...]
    rows: tuple[int, ...]
    read: tuple[str, ...]

    @property
    def key(self) -> str:
        """The short name, `ex07`."""
        return f"ex{self.number:02d}"

    @property
    def hints(self) -> dict[str, tuple[str, ...]]:
        """Three hints per function, weaker first."""
        return import_module(f"minidgm.course.entries.{self.key}").HINTS

    # Its four files, in the clone at `root`.

    def answer(self, root: Path) -> Path:
        """The student's file."""
        return root / "exercises" / f"{self.stem}.py"

    def solution(self, root: Path) -> Path:
        """The same file, answered."""
        return root / "solutions" / f"{self.stem}.py"

    def graders(self, root: Path) -> Path:
        """Its graders."""
        return root / "tests" / "exercises" / f"test_{self.stem}.py"

    def bank(self, root: Path) -> Path:
        """Its misconceptions and other right answers."""
        return root / "tests" / "exercises" / f"bank_{self.stem}.py"


def entry(number: int, topic: str, title: str, functions: str, rows: tuple[int, ...], read: str) -> Exercise:
    """An exercise's entry in the list, as `minidgm/course/entries/exNN.py` writes it; names are parted by spaces."""
    return Exercise(number, f"ex{number:02d}_{topic}", title, tuple(functions.split()), rows, tuple(read.split()))


def _listed() -> tuple[Exercise, ...]:
    """Every exercise that has a file in entries/, by number."""
    files = sorted((Path(__file__).parent / "entries").glob("ex*.py"))
    return tuple(import_module(f"minidgm.course.entries.{file.stem}").EXERCISE for file in files)


EXERCISES = _listed()

# The order of `minidgm next`: 03 first, since 01 is hard for whoever knows probability and not floating point.
ORDER = (EXERCISES[2], *EXERCISES[:2], *EXERCISES[3:])


def find(name: str | int) -> Exercise:
    """Find an exercise by number (7, "7", "07"), key ("ex07"), stem ("ex07_coupling") or one of its functions.

    Raises UserError when there is none.
    """
    text = str(name).removesuffix(".py").rsplit("/", 1)[-1]
    for exercise in EXERCISES:
        if text in (exercise.stem, exercise.key, *exercise.functions) or (
            text.isdigit() and int(text) == exercise.number
        ):
            return exercise
    raise UserError(f"{name}: no such exercise; they are numbered 1 to {len(EXERCISES)} (`minidgm status` lists them).")


FOLDERS = ("exercises", "solutions", "tests/exercises")  # of a clone, or of a folder to work in


def find_root(start: str | Path | None = None) -> Path:
    """Find the clone: the nearest folder, from `start` (default: here) upward, that holds exercises/ and the graders.

    Raises UserError when there is none.
    """
    here = Path(start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if all((folder / name).is_dir() for name in FOLDERS):
            return folder
    for folder in (here, *here.parents):
        missing = [name for name in FOLDERS if not (folder / name).is_dir()]
        if (folder / "minidgm" / "course").is_dir() or len(missing) < len(FOLDERS) and "solutions" not in missing:
            checkout = f"bring it back: git checkout {' '.join(missing)}"
            anew = checkout if (folder / ".git").exists() else "make a new folder to work in: minidgm start DIR"
            raise UserError(f"{folder}: {' and '.join(m + '/' for m in missing)} is gone; {anew}")
    raise UserError(
        f"{here}: no folder from here upward holds exercises/, solutions/ and tests/exercises/; "
        "run this inside your clone of minidgm, or make a folder to work in: minidgm start DIR."
    )
