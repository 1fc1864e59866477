"""`minidgm reset`: an exercise begun anew, and nothing lost."""

import argparse
import os
from pathlib import Path

from minidgm.course.exercises import find, find_root


def run_reset(args: argparse.Namespace) -> int:
    """Write an exercise's stub anew; the file as it was is kept beside it, and no older copy is written over."""
    from minidgm.course.progress import Progress
    from minidgm.course.stub import write

    exercise, progress = find(args.exercise), Progress(find_root())
    if progress.untouched(exercise):
        print(f"exercises/{exercise.stem}.py is as it was at the beginning: nothing to do.")
        return 0
    path = progress.file(exercise)
    if path.exists():
        kept = keep(path)
        print(f"Kept your file as exercises/{kept.name}.")
    write(progress.root, exercise)
    progress.forget(exercise)
    print(f"Wrote exercises/{exercise.stem}.py anew.")
    return 0


def keep(path: Path) -> Path:
    """Move a file aside, to a name that is free."""
    number = 1
    while True:
        kept = path.with_name(f"{path.name}.old{number}")
        try:
            os.link(path, kept)  # fails when the name is taken, where a rename would write over it
        except FileExistsError:
            number += 1
            continue
        except OSError:  # no hard links on this disk
            with open(kept, "xb") as copy:
                copy.write(path.read_bytes())
        path.unlink()
        return kept
