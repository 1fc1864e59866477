"""The course's commands: check, status, next, hint, case, solution, reset, watch, grade.

Exit status: 0 when all that was asked for is right, 1 when something isn't, 2 for a user's mistake. `check` without a
number asks for "nothing wrong so far", so an exercise that isn't started counts as fine; `check 7` asks for exercise 7
to be right, so there it doesn't.
"""

import argparse
import importlib
import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from minidgm.course.exercises import EXERCISES, Exercise, find, find_root
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
    grade.add_argument("--jobs", type=int, metavar="N", help="how many at a time (default: one a processor)")
    grade.add_argument(
        "--bundle", choices=("gradescope", "actions", "classroom50"), help="write what that service needs to grade"
    )
    grade.add_argument("--remark", type=float, default=1.0, metavar="P", help="points where only a dtype is wrong (1)")
    grade.add_argument("--visibility", default="visible", metavar="WHEN", help="Gradescope's: visible, hidden, ...")


# ------------------------------------------------------------------ checking


def run_check(args: argparse.Namespace) -> int:
    """Check exercises; without a number, go on from the first unfinished one."""
    from minidgm.course.feedback import show_next
    from minidgm.course.progress import Progress
    from minidgm.course.terminal import Screen

    screen, progress = Screen(), Progress(find_root())
    if not args.exercise:
        return go_on(screen, progress)
    chosen = [find(name) for name in args.exercise]
    for exercise in chosen:
        answer_file(progress, exercise)  # a file that is gone is told before anything is graded
    verdicts = [check(screen, progress, exercise) for exercise in chosen]
    show_next(screen, progress, chosen[-1])
    return 0 if set(verdicts) == {"right"} else 1


def go_on(screen, progress) -> int:
    """Check from the first unfinished exercise on, as far as they are right."""
    from minidgm.course.feedback import show_next

    while (exercise := progress.first_unfinished()) is not None:
        if progress.untouched(exercise):
            show_next(screen, progress)
            changed = [e for e in EXERCISES if progress.unchecked(e)]
            if changed:
                numbers = " ".join(str(e.number) for e in changed)
                screen.line(f"Written to, but not checked: minidgm check {numbers}")
            return 0
        verdict = check(screen, progress, exercise)
        if verdict != "right":
            return 1 if verdict == "wrong" else 0
    show_next(screen, progress)
    return 0


def check(screen, progress, exercise: Exercise) -> str:
    """Check one exercise, print what came of it and remember it; returns the verdict."""
    from minidgm.course.checker import check_exercise
    from minidgm.course.feedback import finished, show

    report, digest = progress.remembered(exercise), progress.digest(exercise)
    known = report is not None and report.status == "right"
    if not known:
        with screen.waiting(f"Checking {exercise.key} ..."):
            report = check_exercise(progress.root, exercise, answer_file(progress, exercise))
        progress.remember(report, digest)
    show(screen, progress.root, report, remembered=known)
    if report.status == "right" and not known:
        finished(screen, report)
    return report.status


def answer_file(progress, exercise: Exercise) -> Path:
    """The student's file of an exercise.

    Raises UserError when it is gone.
    """
    path = progress.file(exercise)
    if not path.exists():
        raise UserError(f"exercises/{exercise.stem}.py is gone; `minidgm reset {exercise.number}` makes it anew.")
    return path


def run_watch(args: argparse.Namespace) -> int:
    """Check an exercise again whenever its file is saved, until Ctrl-C."""
    from minidgm.course.feedback import show_next
    from minidgm.course.progress import Progress
    from minidgm.course.terminal import Screen

    screen, root = Screen(), find_root()
    screen.clear()
    try:
        go_on(screen, Progress(root))
        screen.line(screen.style("\nWatching exercises/ (Ctrl-C ends it).", "dim"))
        for changed in saves(root / "exercises"):
            screen.clear()
            progress = Progress(root)
            for exercise in changed:
                check(screen, progress, exercise)
            show_next(screen, progress)
            screen.line(screen.style(f"\n{time.strftime('%H:%M:%S')}  Watching exercises/ (Ctrl-C ends it).", "dim"))
    except KeyboardInterrupt:
        screen.line()
    return 0


def saves(folder: Path, pause: float = 0.3) -> Iterator[list[Exercise]]:
    """Yield the exercises whose files were saved, as it happens."""
    before = stamps(folder, EXERCISES)
    while True:
        time.sleep(pause)
        now = stamps(folder, EXERCISES)
        changed = [e for e in EXERCISES if e.key in now and now[e.key] != before.get(e.key)]
        before |= now
        if changed:
            yield changed


def stamps(folder: Path, exercises: Iterable[Exercise]) -> dict[str, tuple[int, int]]:
    """When each file was last written, and its size; a file that an editor is replacing is left out."""
    found = {}
    for exercise in exercises:
        try:
            stat = (folder / f"{exercise.stem}.py").stat()
        except OSError:
            continue
        found[exercise.key] = (stat.st_mtime_ns, stat.st_size)
    return found


# ------------------------------------------------------------------ looking things up


def run_status(args: argparse.Namespace) -> int:
    """Print every exercise with what is known of it; grades nothing."""
    from minidgm.course import feedback
    from minidgm.course.progress import Progress
    from minidgm.course.terminal import Screen

    feedback.status(Screen(), Progress(find_root()))
    return 0


def run_next(args: argparse.Namespace) -> int:
    """Print the first unfinished exercise and its file."""
    from minidgm.course.feedback import show_next
    from minidgm.course.progress import Progress
    from minidgm.course.terminal import Screen

    progress = Progress(find_root())
    show_next(Screen(), progress)
    exercise = progress.first_unfinished()
    if args.edit and exercise is not None:
        from minidgm.course.editor import edit

        edit(answer_file(progress, exercise), unfinished_function(progress, exercise))
    return 0


def run_hint(args: argparse.Namespace) -> int:
    """Show one more hint for a function: three in all, weaker first."""
    from minidgm.course.progress import Progress
    from minidgm.course.terminal import Screen

    screen, progress = Screen(), Progress(find_root())
    exercise = find(args.exercise) if args.exercise else progress.first_unfinished() or EXERCISES[0]
    name = chosen_function(args, progress, exercise)
    hints = hints_of(exercise)[name]
    shown = min(progress.hints(exercise, name) + 1, len(hints))
    progress.hint_shown(exercise, name, shown)
    for i, hint in enumerate(hints[:shown], 1):
        title = screen.style(f"{name}, hint {i} of {len(hints)}", "bold" if i == shown else "dim")
        screen.line(title)
        screen.paragraph(hint, 2, *([] if i == shown else ["dim"]))
        screen.line()
    more = f"minidgm hint {exercise.number} {name}" if shown < len(hints) else f"minidgm solution {exercise.number}"
    screen.line(screen.style(f"More: {more}", "dim"))
    screen.paragraph(f"A case that fails, as a script to debug: minidgm case {name}", 0, "dim")
    return 0


def chosen_function(args: argparse.Namespace, progress, exercise: Exercise) -> str:
    """The function that was named, in its own place or in the exercise's; else the first unfinished one.

    Raises UserError when the exercise has no such function.
    """
    name = args.function or (args.exercise if args.exercise in exercise.functions else "")
    name = name or unfinished_function(progress, exercise)
    if name not in exercise.functions:
        raise UserError(f"{name}: {exercise.key} has no such function; it has {', '.join(exercise.functions)}.")
    return name


def run_case(args: argparse.Namespace) -> int:
    """Write the case in which a function fails as a script beside the answers, to run and to debug."""
    from minidgm.course import case
    from minidgm.course.progress import Progress

    exercise, progress = find(args.exercise), Progress(find_root())
    answer_file(progress, exercise)
    name = chosen_function(args, progress, exercise)
    path = case.write(progress.root, exercise, name)
    if path is None:
        print(f"{name}: nothing fails.")
        return 0
    print(f"Wrote {os.path.relpath(path)}; run it:\n    python {os.path.relpath(path)}")
    return 0


def unfinished_function(progress, exercise: Exercise) -> str:
    """The first function of an exercise that isn't right; the first of all when nothing is known."""
    report = progress.remembered(exercise)
    states = {f.name: f.status for f in report.functions} if report else {}
    return next((name for name in exercise.functions if states.get(name) != "right"), exercise.functions[0])


def hints_of(exercise: Exercise) -> dict[str, tuple[str, ...]]:
    """An exercise's hints, by function."""
    return importlib.import_module(f"minidgm.course.entries.{exercise.key}").HINTS


def run_solution(args: argparse.Namespace) -> int:
    """Print the answered file of an exercise."""
    exercise = find(args.exercise)
    path = find_root() / "solutions" / f"{exercise.stem}.py"
    if not path.exists():
        raise UserError(f"solutions/{exercise.stem}.py is gone; `git checkout solutions` brings it back.")
    print(path.read_text(encoding="utf-8"), end="")
    return 0


# ------------------------------------------------------------------ beginning anew


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


# ------------------------------------------------------------------ for lecturers


def graders_root() -> Path:
    """The clone to grade with: the one this package is in, lest a submission be graded with graders of its own."""
    try:
        return find_root(__file__)
    except UserError:  # installed apart from its clone
        return find_root()


def run_grade(args: argparse.Namespace) -> int:
    """Grade submissions, a folder each, and write a table, a JSON a submission, and Gradescope's results.json."""
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
