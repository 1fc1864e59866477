"""What a student reads: a report of an exercise, the list of all of them, and the end."""

import os
import re
from pathlib import Path

from minidgm.course.exercises import EXERCISES, Exercise
from minidgm.course.progress import Progress
from minidgm.course.report import FunctionReport, Report
from minidgm.course.source import place
from minidgm.course.terminal import Screen

PARTS = {
    1: "Flows",
    10: "Discrete data",
    17: "ELBO surgery",
    21: "VAE prior",
    23: "VAE posterior",
    25: "And more",
}


def count(n: int, what: str, many: str | None = None) -> str:
    """A number and its noun."""
    return f"{n} {what if n == 1 else many or what + 's'}"


def where(screen: Screen, root: Path, exercise: Exercise, function: str = "") -> str:
    """The student's file as seen from here, with a function's line: editors open it by a click."""
    path = exercise.answer(root)
    line = f":{place(path, function)}" if function else ""
    return screen.link(path, os.path.relpath(path) + line)


def located(message: str, root: Path, exercise: Exercise) -> str:
    """A message whose lines of code, `line 12: z = x - mu`, are named as `path:12:`, which editors open by a click."""
    path = os.path.relpath(exercise.answer(root)).replace("\\", "/")
    return re.sub(r"^    line (\d+): ", lambda found: f"    {path}:{found[1]}: ", message, flags=re.MULTILINE)


def show(screen: Screen, root: Path, report: Report, remembered: bool = False) -> None:
    """Print one exercise's verdict, function by function."""
    exercise = report.exercise
    title = f"{exercise.number:02d} {exercise.title}"
    screen.line(f"{screen.style(title, 'bold')}  {where(screen, root, exercise)}")
    screen.line()
    if report.problem:
        screen.paragraph(located(report.problem, root, exercise), 2, "red")
        screen.line()
    else:
        for function in report.functions:
            hint = screen.style(f"minidgm hint {exercise.number} {function.name}", "cyan")
            width = max(map(len, exercise.functions)) + 3
            function = function._replace(message=located(function.message, root, exercise))
            show_function(screen, function, f"{where(screen, root, exercise, function.name)}   {hint}", width)
        if report.functions[-1].status != "wrong":
            screen.line()
        if any(function.status == "wrong" for function in report.functions):
            screen.line(screen.style(f"  See it: minidgm see {exercise.number}", "dim"))
            screen.line()
    if report.printed.strip():
        lines = report.printed.strip().splitlines()
        screen.line(screen.style("  Your code printed", "dim"))
        for line in lines[:12] + ["..."] * (len(lines) > 12):
            screen.line(screen.style(f"      {line}", "dim"))
        screen.line()
    if remembered:
        screen.line(screen.style("  Unchanged since it was found right.", "dim"))
        screen.line()


def show_function(screen: Screen, function: FunctionReport, further: str, width: int = 0) -> None:
    """Print one function's verdict; `further`: where to go on from a wrong one; `width`: of the names' column."""
    width = max(width, len(function.name) + 3)
    if function.status == "not started":
        note = screen.style(function.message or "not started", "dim")
    elif function.status == "remark":
        note = "right, but to finish it, mend this:"
    elif function.status == "right":
        note = screen.style(count(function.properties, "property holds", "properties hold"), "dim")
    else:
        note = f"{function.held} of {count(function.properties, 'property', 'properties')} hold"
    screen.line(f"  {screen.mark(function.status)} {function.name:<{width}}{note}")
    if function.status == "remark":
        screen.paragraph(function.sentence or function.message, 6, "yellow")
    if function.status != "wrong":
        return
    screen.line()
    if function.sentence:
        screen.paragraph(function.sentence, 6, "yellow")
        screen.line()
    screen.paragraph(f"fails: {function.property or function.name}", 6, "bold")
    screen.paragraph(function.message, 8)
    if function.case:
        screen.paragraph("in the case", 6)
        screen.paragraph(function.case, 4)
    for other in function.others[:3]:
        screen.paragraph(f"fails too: {other}", 6, "dim")
    if len(function.others) > 3:
        screen.paragraph(f"and {count(len(function.others) - 3, 'more property', 'more properties')}", 6, "dim")
    screen.line()
    screen.line(f"      {further}")
    screen.line()


def show_next(screen: Screen, progress: Progress, exercise: Exercise | None = None) -> None:
    """Say where to go on (in `exercise`, unless it is finished), or celebrate."""
    if exercise is None or progress.finished(exercise):
        exercise = progress.first_unfinished()
    if exercise is None:
        celebrate(screen)
        return
    report = progress.remembered(exercise)
    left = [f.name for f in report.functions if f.status != "right"] if report else list(exercise.functions)
    title, names = f"{exercise.number:02d} {exercise.title}", f"({', '.join(left)})"
    if len(f"Next: {title} {names}") > screen.width:
        screen.line(f"Next: {screen.style(title, 'bold')}")
        screen.paragraph(names, 6)
    else:
        screen.line(f"Next: {screen.style(title, 'bold')} {names}")
    screen.line(f"      {where(screen, progress.root, exercise, left[0])}")


def finished(screen: Screen, report: Report) -> None:
    """Say that an exercise is done, and what to read now."""
    screen.line(screen.style(f"  {report.exercise.key} is right.", "green", "bold"))
    screen.line(f"  To read now: {screen.style(' '.join(report.exercise.read), 'cyan')}")
    screen.line(f"  See it: {screen.style(f'minidgm see {report.exercise.number}', 'cyan')}")
    screen.line()


def celebrate(screen: Screen) -> None:
    """The end."""
    functions = sum(len(e.functions) for e in EXERCISES)
    screen.line()
    screen.line("      " + screen.style("▁▂▄▆█▆▄▂▁", "cyan") + "  g ->  " + screen.style("▁▆▇▂▁▂▇▆▁", "green"))
    screen.line()
    screen.line(
        screen.style(f"  All {len(EXERCISES)} exercises are right: {functions} functions, yours.", "green", "bold")
    )
    screen.paragraph(
        "You have written a flow three ways, given discrete data a density, cut the ELBO open, and put a flow on "
        "either side of it. `minidgm lab coupling --mine` trains with your functions in place of the engine's.",
        2,
    )


def status(screen: Screen, progress: Progress) -> None:
    """Print the list of exercises with what is known of each, without grading anything."""
    done = sum(progress.finished(e) for e in EXERCISES)
    screen.line(f"{screen.bar(done, len(EXERCISES))}  {done} of {len(EXERCISES)} exercises finished")
    width = max(len(e.title) for e in EXERCISES) + 2
    for exercise in EXERCISES:
        if part := PARTS.get(exercise.number):
            screen.line()
            screen.line(screen.style(part, "bold"))
        mark, note = _known(progress, exercise)
        title = f"{exercise.number:02d}  {exercise.title:<{width}}"
        begin = f"  {screen.mark(mark)} "
        if note:
            screen.paragraph(note, 4 + len(title), begin=begin + title)
        else:
            screen.line(begin + screen.style(title.rstrip(), *(["dim"] if mark == "not started" else [])))
    screen.line()
    show_next(screen, progress)


def _known(progress: Progress, exercise: Exercise) -> tuple[str, str]:
    """An exercise's mark and a few words."""
    report = progress.remembered(exercise)
    if report is None:
        if progress.untouched(exercise):
            return "not started", ""
        if not progress.file(exercise).exists():
            return "wrong", "the file is gone"
        checked = "digest" in progress.entries.get(exercise.key, {})
        return "changed", "changed since it was checked" if checked else "not checked yet"
    if report.problem:
        return "wrong", report.problem.splitlines()[0]
    wrong = [f.name for f in report.functions if f.status == "wrong"]
    note = f"{report.right} of {len(report.functions)}" + (f", wrong: {', '.join(wrong)}" if wrong else "")
    mark = {"begun": "changed"}.get(report.status, report.status)
    return mark, "" if mark == "not started" else note
