"""The course's commands, what each does: check, watch, status, next, hint, case, solution, see, reset.

Exit status: 0 when all that was asked for is right, 1 when something isn't, 2 for a user's mistake. `check` without a
number asks for "nothing wrong so far", so an exercise that isn't started counts as fine; `check 7` asks for exercise 7
to be right, so there it doesn't.
"""

import argparse
import os
import time
from collections.abc import Callable, Iterator
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
    see = command("see", run_see, "draw what your own functions do, beside the right ones", nargs=None)
    see.add_argument("--out", type=Path, metavar="DIR", help="where the picture goes (default: minidgm-results/see)")


def here():
    """The screen, and what the clone we are in remembers."""
    from minidgm.course.progress import Progress
    from minidgm.course.terminal import Screen

    return Screen(), Progress(find_root())


def answer_file(progress, exercise: Exercise) -> Path:
    """The student's file of an exercise. Raises UserError when it is gone."""
    path = progress.file(exercise)
    if not path.exists():
        raise UserError(f"exercises/{exercise.stem}.py is gone; `minidgm reset {exercise.number}` makes it anew.")
    return path


def unfinished_function(progress, exercise: Exercise) -> str:
    """The first function of an exercise that isn't right; the first of all when nothing is known."""
    report = progress.remembered(exercise)
    states = {f.name: f.status for f in report.functions} if report else {}
    return next((name for name in exercise.functions if states.get(name) != "right"), exercise.functions[0])


def chosen_function(args: argparse.Namespace, progress, exercise: Exercise) -> str:
    """The function that was named, in its own place or in the exercise's; else the first unfinished one.

    Raises UserError when the exercise has no such function.
    """
    name = args.function or (args.exercise if args.exercise in exercise.functions else "")
    name = name or unfinished_function(progress, exercise)
    if name not in exercise.functions:
        raise UserError(f"{name}: {exercise.key} has no such function; it has {', '.join(exercise.functions)}.")
    return name


# ------------------------------------------------------------------ check, watch


def run_check(args: argparse.Namespace) -> int:
    """Check exercises; without a number, go on from the first unfinished one."""
    screen, progress = here()
    if not args.exercise:
        return go_on(screen, progress)
    chosen = [find(name) for name in args.exercise]
    for exercise in chosen:
        answer_file(progress, exercise)  # a file that is gone is told before anything is graded
    verdicts = [check(screen, progress, exercise) for exercise in chosen]
    from minidgm.course.feedback import show_next

    show_next(screen, progress, chosen[-1])
    return 0 if set(verdicts) == {"right"} else 1


def go_on(screen, progress) -> int:
    """Check from the first unfinished exercise on, as far as they are right."""
    from minidgm.course.feedback import show_next

    while (exercise := progress.first_unfinished()) is not None:
        if progress.untouched(exercise):
            show_next(screen, progress)
            if changed := [str(e.number) for e in EXERCISES if progress.unchecked(e)]:
                screen.line(f"Written to, but not checked: minidgm check {' '.join(changed)}")
            return 0
        verdict = check(screen, progress, exercise)
        if verdict != "right":
            return 1 if verdict == "wrong" else 0
    show_next(screen, progress)
    return 0


def check(screen, progress, exercise: Exercise) -> str:
    """Check one exercise, print what came of it and remember it; returns the verdict."""
    from minidgm.course.sandbox.spawn import spawn

    report, digest = progress.remembered(exercise), progress.digest(exercise)
    known = report is not None and report.status == "right"
    if not known:
        with screen.waiting(f"Checking {exercise.key} ..."):
            path = answer_file(progress, exercise)
            started = spawn(path.parent)  # it imports numpy while the next line does
            from minidgm.course.checker import check_exercise

            report = check_exercise(progress.root, exercise, path, started=started)
        progress.remember(report, digest)
    from minidgm.course.feedback import finished, show

    show(screen, progress.root, report, remembered=known)
    if report.status == "right" and not known:
        finished(screen, report)
    return report.status


def run_watch(args: argparse.Namespace) -> int:
    """Check an exercise again whenever its file is saved, until Ctrl-C."""
    from minidgm.course.feedback import show_next

    screen, progress = here()
    screen.clear()
    try:
        go_on(screen, progress)
        screen.line(screen.style("\nWatching exercises/ (Ctrl-C ends it).", "dim"))
        for changed in saves(progress.root / "exercises"):
            screen, progress = here()
            screen.clear()
            for exercise in changed:
                check(screen, progress, exercise)
            show_next(screen, progress)
            screen.line(screen.style(f"\n{time.strftime('%H:%M:%S')}  Watching exercises/ (Ctrl-C ends it).", "dim"))
    except KeyboardInterrupt:
        screen.line()
    return 0


def saves(folder: Path) -> Iterator[list[Exercise]]:
    """Yield the exercises whose files were saved, as it happens."""
    before = stamps(folder)
    while True:
        time.sleep(0.3)
        now = stamps(folder)
        changed = [e for e in EXERCISES if e.key in now and now[e.key] != before.get(e.key)]
        before |= now
        if changed:
            yield changed


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """When each exercise's file was last written, and its size; one that an editor is replacing is left out."""
    found = {}
    for exercise in EXERCISES:
        try:
            stat = (folder / f"{exercise.stem}.py").stat()
        except OSError:
            continue
        found[exercise.key] = (stat.st_mtime_ns, stat.st_size)
    return found


# ------------------------------------------------------------------ status, next, hint, case, solution, see


def run_status(args: argparse.Namespace) -> int:
    """Print every exercise with what is known of it; grades nothing."""
    from minidgm.course import feedback

    feedback.status(*here())
    return 0


def run_next(args: argparse.Namespace) -> int:
    """Print the first unfinished exercise and its file."""
    from minidgm.course.feedback import show_next

    screen, progress = here()
    show_next(screen, progress)
    exercise = progress.first_unfinished()
    if args.edit and exercise is not None:
        edit(answer_file(progress, exercise), unfinished_function(progress, exercise))
    return 0


def edit(path: Path, function: str) -> None:
    """Open a file in the learner's editor, at a function where the editor is known to take a line.

    Raises UserError when no editor is set, or it can't be started.
    """
    import shlex
    import subprocess

    from minidgm.course.source import place

    editor = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "")
    if not editor:
        raise UserError("next --edit: no editor is set; set one, as in `export EDITOR=nano`.")
    takes_a_line = Path(editor[0]).name in ("vi", "vim", "nvim", "nano", "emacs", "micro")
    try:
        subprocess.call([*editor, *([f"+{place(path, function)}"] if takes_a_line else []), str(path)])
    except OSError as error:
        raise UserError(f"next --edit: {editor[0]} can't be started ({error.strerror}).") from error


def run_hint(args: argparse.Namespace) -> int:
    """Show one more hint for a function: three in all, weaker first."""
    screen, progress = here()
    exercise = find(args.exercise) if args.exercise else progress.first_unfinished() or EXERCISES[0]
    name = chosen_function(args, progress, exercise)
    hints = exercise.hints[name]
    shown = min(progress.hints(exercise, name) + 1, len(hints))
    progress.hint_shown(exercise, name, shown)
    for i, hint in enumerate(hints[:shown], 1):
        screen.line(screen.style(f"{name}, hint {i} of {len(hints)}", "bold" if i == shown else "dim"))
        screen.paragraph(hint, 2, *([] if i == shown else ["dim"]))
        screen.line()
    more = f"minidgm hint {exercise.number} {name}" if shown < len(hints) else f"minidgm solution {exercise.number}"
    screen.line(screen.style(f"More: {more}", "dim"))
    screen.paragraph(f"A case that fails, as a script to debug: minidgm case {name}", 0, "dim")
    return 0


def run_case(args: argparse.Namespace) -> int:
    """Write the case in which a function fails as a script beside the answers, to run and to debug."""
    from minidgm.course import case

    exercise, (_, progress) = find(args.exercise), here()
    answer_file(progress, exercise)
    name = chosen_function(args, progress, exercise)
    path = case.write(progress.root, exercise, name)
    if path is None:
        print(f"{name}: nothing fails.")
        return 0
    print(f"Wrote {os.path.relpath(path)}; run it:\n    python {os.path.relpath(path)}")
    return 0


def run_solution(args: argparse.Namespace) -> int:
    """Print the answered file of an exercise."""
    exercise = find(args.exercise)
    path = exercise.solution(find_root())
    if not path.exists():
        raise UserError(f"solutions/{exercise.stem}.py is gone; `git checkout solutions` brings it back.")
    print(path.read_text(encoding="utf-8"), end="")
    return 0


def run_see(args: argparse.Namespace) -> int:
    """Draw what your functions of an exercise do, beside the right ones, into one picture."""
    exercise, (screen, progress) = find(args.exercise), here()
    answer_file(progress, exercise)
    if progress.untouched(exercise):
        screen.line(f"{exercise.key} is not started: nothing to draw yet; minidgm next says where to begin.")
        return 1
    from minidgm.course import picture

    with screen.waiting(f"Drawing {exercise.key} ..."):
        path, panels = picture.draw(progress.root, exercise, args.out or picture.FOLDER)
    for panel in panels:
        screen.paragraph(f"{screen.mark(picture.MARKS[panel.status])} {panel.said}", 2)
    if any(panel.status in ("differs", "failed") for panel in panels):
        screen.line(f"  Why: minidgm check {exercise.number}")
    if path is None:
        return 1
    screen.line(screen.link(path, os.path.relpath(path)))
    return 0


# ------------------------------------------------------------------ reset


def run_reset(args: argparse.Namespace) -> int:
    """Write an exercise's stub anew; the file as it was is kept beside it, and no older copy is written over."""
    from minidgm.course import start

    exercise, (_, progress) = find(args.exercise), here()
    if progress.untouched(exercise):
        print(f"exercises/{exercise.stem}.py is as it was at the beginning: nothing to do.")
        return 0
    path = progress.file(exercise)
    if path.exists():
        print(f"Kept your file as exercises/{start.keep(path).name}.")
    start.write_stub(progress.root, exercise)
    progress.forget(exercise)
    print(f"Wrote exercises/{exercise.stem}.py anew.")
    return 0
