"""The course's commands and their options: check, status, next, hint, case, solution, reset, watch, grade.

Exit status: 0 when all that was asked for is right, 1 when something isn't, 2 for a user's mistake. `check` without a
number asks for "nothing wrong so far", so an exercise that isn't started counts as fine; `check 7` asks for exercise 7
to be right, so there it doesn't.
"""

import argparse
import os
from collections.abc import Callable
from pathlib import Path

from minidgm.course.checking import run_check, run_watch
from minidgm.course.exercises import EXERCISES, find, find_root
from minidgm.course.looking import run_case, run_hint, run_next, run_solution, run_status
from minidgm.course.reset import run_reset
from minidgm.errors import UserError


def register(commands) -> None:
    """Add the course's commands to argparse's subparsers."""

    def command(name: str, run: Callable, help: str, **exercise) -> argparse.ArgumentParser:
        parser = commands.add_parser(name, help=help, description=run.__doc__)
        if exercise:
            parser.add_argument(
                "exercise", metavar="NN", help="an exercise: 7, ex07, or one of its functions", **exercise
            )
        parser.set_defaults(run=run)
        return parser

    command("check", run_check, "check your answers, and say what is wrong with them", nargs="*")
    following = command("next", run_next, "print the file to work on next")
    following.add_argument("--edit", action="store_true", help="open it in your editor ($VISUAL or $EDITOR)")
    command("status", run_status, "print how far you are")
    hint = command("hint", run_hint, "show the next of three hints for a function", nargs="?")
    hint.add_argument("function", nargs="?", help="one of the exercise's functions (default: the first unfinished)")
    case = command("case", run_case, "write the failing case of a function as a script to debug", nargs=None)
    case.add_argument("function", nargs="?", help="one of the exercise's functions (default: the first unfinished)")
    command("solution", run_solution, "print the answered file", nargs=None)
    command("reset", run_reset, "begin an exercise anew; your file is kept beside it", nargs=None)
    command("watch", run_watch, "check again whenever you save a file")
    grade = command("grade", run_grade, "grade many submissions, for lecturers")
    grade.add_argument("submissions", nargs="*", type=Path, metavar="DIR", help="a folder with one student's files")
    grade.add_argument("--out", type=Path, metavar="DIR", help="a new folder for the results (default: results)")
    grade.add_argument("--only", metavar="NN,NN", help="the exercises that were set, as in 1,2,7 (default: all)")
    grade.add_argument("--jobs", type=int, metavar="N", help="how many at a time (default: one per processor)")
    grade.add_argument(
        "--bundle", choices=("gradescope", "actions", "classroom50"), help="write what that service needs to grade"
    )
    grade.add_argument("--remark", type=float, default=1.0, metavar="P", help="points where only a dtype is wrong (1)")
    grade.add_argument("--visibility", default="visible", metavar="WHEN", help="Gradescope's: visible, hidden, ...")


# ------------------------------------------------------------------ for lecturers


def graders_root() -> Path:
    """The clone to grade with: the one this package is in, lest a submission be graded with graders of its own."""
    try:
        return find_root(__file__)
    except UserError:  # installed apart from its clone
        return find_root()


def run_grade(args: argparse.Namespace) -> int:
    """Grade submissions, a folder each, and write a table, a JSON per submission, and Gradescope's results.json."""
    from minidgm.course.lecturer import bundle, grade

    exercises = [find(name) for name in args.only.split(",")] if args.only else EXERCISES
    if args.visibility not in grade.VISIBILITIES:
        raise UserError(f"--visibility {args.visibility}: expected one of {', '.join(grade.VISIBILITIES)}.")
    if not 0 <= args.remark <= 1:
        raise UserError(f"--remark {args.remark:g}: expected points from 0 to 1.")
    marking = grade.Marking(args.remark, args.visibility)
    if args.bundle:
        if args.submissions:
            raise UserError("--bundle writes what a service needs to grade; leave the submissions out.")
        return bundle.write(graders_root(), args.bundle, args.out, exercises, marking)
    if not args.submissions:
        raise UserError("name the submissions' folders, as in `minidgm grade submissions/* --out results`.")
    jobs = args.jobs or os.cpu_count() or 1
    return grade.grade(graders_root(), args.submissions, args.out or Path("results"), jobs, exercises, marking)
