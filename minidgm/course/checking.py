"""`minidgm check`, and `minidgm watch`, which checks again whenever a file is saved."""

import argparse
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from minidgm.course.exercises import EXERCISES, Exercise, find, find_root
from minidgm.errors import UserError


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
    from minidgm.course.feedback import finished, show
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
