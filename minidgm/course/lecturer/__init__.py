"""For lecturers: many submissions graded (`minidgm grade`, GRADING.md), and what the class has understood.

grade.py        every submission in a process of its own; submissions.py reads them, results.py writes what came of it
bundle.py       what Gradescope, GitHub Actions and Classroom 50 need to do the same
insight.py      where the class is stuck; likeness.py who shares rare mistakes; summary.py prints it
"""

import argparse
import os
from pathlib import Path

from minidgm.course.exercises import EXERCISES, find, find_root
from minidgm.errors import UserError


def register(commands) -> None:
    """Add `minidgm grade` to argparse's subparsers."""
    grade = commands.add_parser("grade", help="grade many submissions, for lecturers", description=run.__doc__)
    grade.add_argument("submissions", nargs="*", type=Path, metavar="DIR", help="a folder with one student's files")
    grade.add_argument("--out", type=Path, metavar="DIR", help="a new folder for the results (default: results)")
    grade.add_argument("--only", metavar="NN,NN", help="the exercises that were set, as in 1,2,7 (default: all)")
    grade.add_argument("--jobs", type=int, metavar="N", help="how many at a time (default: one per processor)")
    grade.add_argument(
        "--bundle", choices=("gradescope", "actions", "classroom50"), help="write what that service needs to grade"
    )
    grade.add_argument("--remark", type=float, default=1.0, metavar="P", help="points where only a dtype is wrong (1)")
    grade.add_argument("--visibility", default="visible", metavar="WHEN", help="Gradescope's: visible, hidden, ...")
    grade.set_defaults(run=run)


def graders_root() -> Path:
    """The clone to grade with: the one this package is in, lest a submission be graded with graders of its own."""
    try:
        return find_root(__file__)
    except UserError:  # installed apart from its clone
        return find_root()


def run(args: argparse.Namespace) -> int:
    """Grade submissions, a folder each, and write a table, a JSON per submission, and Gradescope's results.json."""
    from minidgm.course.lecturer import bundle, grade, results

    exercises = [find(name) for name in args.only.split(",")] if args.only else EXERCISES
    if args.visibility not in results.VISIBILITIES:
        raise UserError(f"--visibility {args.visibility}: expected one of {', '.join(results.VISIBILITIES)}.")
    if not 0 <= args.remark <= 1:
        raise UserError(f"--remark {args.remark:g}: expected points from 0 to 1.")
    if args.jobs is not None and args.jobs < 1:
        raise UserError(f"--jobs {args.jobs}: expected a whole number from 1 on.")
    marking = results.Marking(args.remark, args.visibility)
    if args.bundle:
        if args.submissions:
            raise UserError("--bundle writes what a service needs to grade; leave the submissions out.")
        return bundle.write(graders_root(), args.bundle, args.out, exercises, marking)
    if not args.submissions:
        raise UserError("name the submissions' folders, as in `minidgm grade submissions/* --out results`.")
    jobs = args.jobs or os.cpu_count() or 1
    return grade.grade(graders_root(), args.submissions, args.out or Path("results"), jobs, exercises, marking)
