"""Where a student begins: `minidgm start DIR` makes a folder to work in, `minidgm reset` a stub anew.

A wheel carries exercises, graders and solutions as `minidgm/course/clone/` (setup.py puts them there); in a clone they
are copied from its root.
"""

import os
import shutil
from pathlib import Path

from minidgm.course.exercises import EXERCISES, FOLDERS, Exercise
from minidgm.course.source import stub
from minidgm.errors import UserError

PACKAGED = Path(__file__).parent / "clone"


def origin() -> Path:
    """Where the three folders lie: inside the installed package, or in the clone around it.

    Raises UserError when they are in neither place.
    """
    for folder in (PACKAGED, Path(__file__).resolve().parents[2]):
        if all((folder / name).is_dir() for name in FOLDERS):
            return folder
    raise UserError("start: this installation holds no exercises; install minidgm from its wheel or from a clone")


def start(folder: Path) -> list[Path]:
    """Copy the exercises and what `check` needs into `folder`; returns the folders made.

    Raises UserError when `folder` exists and is not an empty folder, or cannot be made: nothing is written over.
    """
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UserError(f"{folder}: is there already and not an empty folder; name another one")
        made = []
        for name in FOLDERS:
            ignore = shutil.ignore_patterns("__pycache__", "*.old*", "case_*.py")
            made.append(Path(shutil.copytree(origin() / name, folder / name, ignore=ignore)))
        for exercise in EXERCISES:  # in a clone they may be answered
            write_stub(folder, exercise)
        return made
    except (OSError, shutil.Error) as error:
        raise UserError(f"{folder}: cannot be made ({getattr(error, 'strerror', None) or error})") from error


def write_stub(root: Path, exercise: Exercise) -> Path:
    """Write one stub; returns its path."""
    target = exercise.answer(root)
    target.write_text(stub(exercise.solution(root).read_text(encoding="utf-8"), exercise), encoding="utf-8")
    return target


def keep(path: Path) -> Path:
    """Move a file aside, to a name that is free: NAME.old1, NAME.old2, ..."""
    number = 1
    while os.path.lexists(kept := path.with_name(f"{path.name}.old{number}")):
        number += 1
    with open(kept, "xb") as copy:
        copy.write(path.read_bytes())
    path.unlink()
    return kept
