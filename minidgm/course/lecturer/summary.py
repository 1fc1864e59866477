"""What `minidgm insight` prints: how the class stands, what to discuss first, and no names."""

from minidgm.course.answer import listed
from minidgm.course.feedback import count
from minidgm.course.lecturer.insight import STANDINGS, Results, Trouble, standings, to_ask, to_show, troubles
from minidgm.course.lecturer.likeness import Pair
from minidgm.course.terminal import Screen

FIRST = 3  # as much as fits in five minutes


def print_summary(screen: Screen, results: Results, pairs: list[Pair]) -> None:
    """Print a results folder's summary, at most 80 columns wide."""
    screen.line(screen.style(f"{count(len(results.students), 'submission')} in {results.folder}", "bold"))
    screen.line()
    screen.line(" " * 34 + "right  remark  so far  wrong  not started")
    for exercise in results.exercises:
        n = dict(standings(results, exercise))
        cells = "".join(f"{n[name] or '·':>{w}}" for name, w in zip(STANDINGS, (6, 8, 8, 7, 13)))
        screen.line(f"{exercise.number:02d} {exercise.title:<30}{cells}")
    found = troubles(results)
    for place, trouble in enumerate(found[:FIRST], 1):
        exercise = trouble.exercise
        rows = f"row{'s' * (len(exercise.rows) > 1)} {listed([str(row) for row in exercise.rows])}"
        screen.line()
        screen.line(screen.style(f"{place}. {trouble.function}: {stuck(trouble)}", "bold"))
        screen.paragraph(f"{exercise.number:02d} {exercise.title}; {rows} of the lecture", 3, "dim")
        for mistake in trouble.mistakes[:3]:
            screen.paragraph(mistake.words, 9, begin=f"{len(mistake.answers):>6} × ")
        screen.paragraph(to_ask(trouble), 9, begin="   Ask: ")
        screen.paragraph(", ".join(to_show(exercise)), 9, begin="   Show: ")
    screen.line()
    if not found:
        screen.line("Nothing that was begun is wrong.")
    elif len(found) > FIRST:
        screen.line(f"On the page: {count(len(found) - FIRST, 'more function', 'more functions')}.")
    if results.problems:
        screen.line(f"{count(len(results.problems), 'file')} could not be used; the page says why.")
    if pairs:
        screen.paragraph(
            f"Pairs of submissions that share more mistakes than chance explains: {len(pairs)}. Their names are on the "
            "lecturer's page only: a hint, no proof."
        )


def stuck(trouble: Trouble) -> str:
    """How many are stuck, and how many wait."""
    n = len(trouble.stuck)
    wait = f", {trouble.waiting} more wait{'s' * (trouble.waiting == 1)} for it" if trouble.waiting else ""
    return f"{n} {'is' if n == 1 else 'are'} stuck{wait}"
