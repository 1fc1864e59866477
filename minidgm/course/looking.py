"""What looks things up and writes no answer: `minidgm status`, `next`, `hint`, `case` and `solution`."""

import argparse
import os

from minidgm.course.checking import answer_file
from minidgm.course.exercises import EXERCISES, Exercise, find, find_root
from minidgm.errors import UserError


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
    hints = exercise.hints[name]
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


def run_solution(args: argparse.Namespace) -> int:
    """Print the answered file of an exercise."""
    exercise = find(args.exercise)
    path = exercise.solution(find_root())
    if not path.exists():
        raise UserError(f"solutions/{exercise.stem}.py is gone; `git checkout solutions` brings it back.")
    print(path.read_text(encoding="utf-8"), end="")
    return 0
