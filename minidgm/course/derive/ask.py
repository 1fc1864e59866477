"""What `minidgm derive` does: ask for a closed form, compare it with exact values, name the mistake."""

import sys

import numpy as np

from minidgm.course.derive import discrete, flows, vae
from minidgm.course.derive.language import evaluate, parse
from minidgm.course.derive.task import Task, Values
from minidgm.course.guesses import Guesses, chosen, show_list, typed
from minidgm.course.terminal import Screen

TASKS = (*flows.TASKS, *discrete.TASKS, *vae.TASKS)
DRAWS, CLOSE = 8, 1e-6  # random parameters an answer is compared at; relative difference that rounding may make


def ask(number: str | None, answer: str | None, listed: bool, solution: bool) -> int:
    """Ask for a closed form (None: the one that is due); returns 1 for a wrong one."""
    screen, guesses = Screen(), Guesses("derive")
    if listed:
        return show_list(screen, TASKS, guesses, "are yours")
    task = chosen(number, TASKS, guesses, "derive", "closed form")
    if task is None:
        screen.line(f"All {len(TASKS)} closed forms are yours. `minidgm derive 1` asks for the first one again.")
        return 0
    if answer is not None:
        parse(answer, tuple(task.ranges))  # a slip of the pen is told before anything else, and not remembered
    show(screen, task)
    if solution:
        screen.line(f"    {task.answer}")
        screen.paragraph(task.why, 4)
        return 0
    if answer is not None:
        return 0 if judge(screen, guesses, task, answer) else 1
    return at_terminal(screen, guesses, task)


def show(screen: Screen, task: Task) -> None:
    """Print what is asked, and the names that may be used."""
    screen.paragraph(f"{TASKS.index(task) + 1:02d}  {task.title}", 0, "bold")
    screen.line()
    screen.paragraph(task.asked, 4)
    screen.line()
    screen.paragraph(f"Names: {', '.join(task.ranges)}; log is natural; also exp, sqrt, sigmoid, pi.", 4, "dim")
    screen.line()


def at_terminal(screen: Screen, guesses: Guesses, task: Task) -> int:
    """Let the learner try at a terminal until it is right or the line is empty; elsewhere say how to answer."""
    number = TASKS.index(task) + 1
    if not (sys.stdin.isatty() and screen.terminal):
        screen.line(f"    Your answer: minidgm derive {number} --answer='...'")
        return 0
    while text := typed(screen, "    Your answer (empty leaves): ", lambda text: parse(text, tuple(task.ranges))):
        if judge(screen, guesses, task, text):
            break
    return 0


def judge(screen: Screen, guesses: Guesses, task: Task, text: str) -> bool:
    """Compare one answer, say what came of it, and remember it."""
    right, sentence, case = compare(task, text)
    guesses.add(task.name, right)
    if right:
        screen.line(f"    {screen.mark('right')} {screen.style('Right', 'green')}, at {DRAWS} random parameters.")
        screen.paragraph(task.why, 4)
        screen.line()
        number = "" if guesses.path else f" {(TASKS.index(task) + 1) % len(TASKS) + 1}"  # no clone, no memory
        screen.line(f"    Next: minidgm derive{number}")
        return True
    screen.line(f"    {screen.mark('wrong')} {screen.style('Not yet.', 'red')}")
    if sentence:
        screen.paragraph(sentence, 4, "yellow")
    screen.paragraph(case, 4)
    screen.line()
    screen.line(screen.style(f"    An answer: minidgm derive {TASKS.index(task) + 1} --solution", "dim"))
    return False


def compare(task: Task, text: str) -> tuple[bool, str, str]:
    """Whether an answer is right; if not, the sentence that fits it at all parameters (or ""), and one case.

    Raises UserError when the text is no expression.
    """
    tree = parse(text, tuple(task.ranges))
    rng = np.random.default_rng(20)
    draws = [task.draw(rng) for _ in range(DRAWS)]
    got = np.array([evaluate(tree, values) for values in draws])
    wanted = np.array([task.exact(values) for values in draws])
    if same(got, wanted):
        return True, "", ""
    worst = int(np.argmax(~np.isclose(got, wanted, rtol=CLOSE, atol=CLOSE)))
    return False, explain(task, draws, got, wanted), case(draws[worst], got[worst], wanted[worst])


def explain(task: Task, draws: list[Values], got: np.ndarray, wanted: np.ndarray) -> str:
    """What is true of a wrong answer at every one of the random parameters, or ""."""
    for wrong, sentence in task.mistakes:
        if same(got, np.array([evaluate(parse(wrong, tuple(task.ranges)), values) for values in draws])):
            return sentence
    if not np.isfinite(got).all():
        return "Your expression is not a finite number at some of the parameters."
    with np.errstate(all="ignore"):
        ratio = got / wanted
    if np.any(got != 0) and same(ratio, np.full(DRAWS, ratio[0])):
        return f"Your expression is {ratio[0]:.4g} times the right one, whatever the parameters are."
    if same(got - wanted, np.full(DRAWS, got[0] - wanted[0])):
        return f"Your expression and the right one differ by {got[0] - wanted[0]:+.4g}, whatever the parameters are."
    return ""


def same(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether numbers agree up to rounding."""
    return bool(np.allclose(a, b, rtol=CLOSE, atol=1e-9))


def case(values: Values, got: float, wanted: float) -> str:
    """One set of parameters, and both numbers there."""
    given = ", ".join(f"{name} = {value:.4g}" for name, value in values.items())
    return f"With {given} it is {got:.6g}; the exact value is {wanted:.6g}."
