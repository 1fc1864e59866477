"""`minidgm see NN`: draw what your own functions do."""

import argparse
import os
from pathlib import Path

from minidgm.course.exercises import find, find_root

MARKS = {"same": "right", "differs": "wrong", "failed": "wrong", "not started": "not started"}


def register(commands) -> None:
    """Add the command to argparse's subparsers."""
    see = commands.add_parser("see", help="draw what your own functions do, beside the right ones")
    see.add_argument("exercise", metavar="NN", help="an exercise: 7, ex07, or one of its functions")
    see.add_argument("--out", type=Path, metavar="DIR", help="where the picture goes (default: minidgm-results/see)")
    see.set_defaults(run=run_see)


def run_see(args: argparse.Namespace) -> int:
    """Draw what your functions of an exercise do, beside the right ones, into one picture."""
    from minidgm.course import picture
    from minidgm.course.checking import answer_file
    from minidgm.course.progress import Progress
    from minidgm.course.terminal import Screen

    exercise, screen, progress = find(args.exercise), Screen(), Progress(find_root())
    answer_file(progress, exercise)
    if progress.untouched(exercise):
        screen.line(f"{exercise.key} is not started: nothing to draw yet; minidgm next says where to begin.")
        return 1
    with screen.waiting(f"Drawing {exercise.key} ..."):
        path, panels = picture.draw(progress.root, exercise, args.out or picture.FOLDER)
    for panel in panels:
        screen.paragraph(f"{screen.mark(MARKS[panel.status])} {panel.said}", 2)
    if any(panel.status in ("differs", "failed") for panel in panels):
        screen.line(f"  Why: minidgm check {exercise.number}")
    if path is None:
        return 1
    screen.line(screen.link(path, os.path.relpath(path)))
    return 0
