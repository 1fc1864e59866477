"""What `minidgm why` does: ask, take a guess, run the experiment, say what it shows."""

import sys
import textwrap

from minidgm.course.guesses import Guesses, chosen, show_list, typed
from minidgm.course.terminal import Screen
from minidgm.course.why import discrete, flows, vae
from minidgm.course.why.question import Question, of
from minidgm.errors import UserError

QUESTIONS = [*of(vars(flows)), *of(vars(discrete)), *of(vars(vae))]


def ask(number: str | None, answer: str | None, listed: bool) -> int:
    """Ask a question (None: the one that is due); returns 1 for a wrong guess."""
    screen, guesses = Screen(), Guesses("why")
    if listed:
        return show_list(screen, QUESTIONS, guesses, "guessed right")
    question = chosen(number, QUESTIONS, guesses, "why", "question")
    if question is None:
        screen.line(f"All {len(QUESTIONS)} questions are answered. `minidgm why 1` asks the first one again.")
        return 0
    if answer is not None:
        parse(question, answer)  # a guess that is none is told before anything else
    show(screen, question)
    text = prompt(screen, question) if answer is None else answer
    return 0 if text is None else resolve(screen, guesses, question, parse(question, text))


def show(screen: Screen, question: Question) -> None:
    """Print the question and its choices."""
    number = QUESTIONS.index(question) + 1
    screen.paragraph(f"{number:02d}  {question.title}", 0, "bold")
    screen.line()
    screen.paragraph(question.setting, 4)
    screen.line()
    for i, choice in enumerate(question.choices, 1):
        for line in textwrap.wrap(f"{i}. {choice}", screen.width, initial_indent=6 * " ", subsequent_indent=9 * " "):
            screen.line(line)
    if question.choices:
        screen.line()


def prompt(screen: Screen, question: Question) -> str | None:
    """The guess typed at a terminal; elsewhere None, after saying how to give one."""
    what = f"1 to {len(question.choices)}" if question.choices else "a number"
    if not (sys.stdin.isatty() and screen.terminal):
        number = QUESTIONS.index(question) + 1
        screen.line(f"    Your guess ({what}): minidgm why {number} --answer GUESS")
        return None
    text = typed(screen, f"    Your guess ({what}; empty leaves): ", lambda text: parse(question, text))
    if text:
        screen.line()
    return text or None


def parse(question: Question, text: str) -> float:
    """The guess as a number.

    Raises UserError when it is none, or no choice.
    """
    try:
        guess = float(text.strip().rstrip(".").replace(",", "."))
    except ValueError:
        guess = float("nan")
    if question.choices and guess not in range(1, len(question.choices) + 1):
        raise UserError(f"{text or 'no answer'}: expected one of the choices, 1 to {len(question.choices)}.")
    if guess != guess:
        raise UserError(f"{text or 'no answer'}: expected a number, such as -1.5.")
    return guess


def resolve(screen: Screen, guesses: Guesses, question: Question, guess: float) -> int:
    """Run the experiment and print its lines, its numbers, and what they mean."""
    with screen.waiting("    Measuring ..."):
        measured = {name: float(value) + 0.0 for name, value in question.experiment().items()}
    right = question.is_right(guess, measured)
    guesses.add(question.name, right)
    screen.line(screen.style("    The experiment:", "dim"))
    screen.line()
    for line in question.code.splitlines():
        screen.line(screen.style(f"    {line}".rstrip(), "dim"))
    screen.line()
    width = max(map(len, measured))
    for name, value in measured.items():
        screen.line(f"      {name:<{width}}  {value:.6g}")
    screen.line()
    wanted = question.right(measured)
    shown = f"{wanted:.0f}" if question.choices else f"{wanted:.4g}"
    verdict = "Right" if right else "Not so: you guessed"
    said = f"{verdict} ({shown})." if right else f"{verdict} {guess:g}, it is {shown}."
    screen.line(f"    {screen.mark('right' if right else 'wrong')} {screen.style(said, 'green' if right else 'red')}")
    screen.paragraph(question.answer.format(**measured), 4)
    screen.line()
    screen.line(screen.style("    Asked in public:", "dim"))
    screen.line(screen.style(f"      {question.thread}", "dim"))
    screen.paragraph(f"To read: {question.read}", 4, "dim")
    screen.line()
    if guesses.path is None:  # no clone, no memory: the next one has to be named
        screen.line(f"    Next: minidgm why {(QUESTIONS.index(question) + 1) % len(QUESTIONS) + 1}")
    else:
        screen.line("    Next: minidgm why" if right else "    It comes again later. Next: minidgm why")
    return 0 if right else 1
