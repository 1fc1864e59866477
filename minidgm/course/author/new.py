"""The files of a new exercise: `python -m minidgm.course.author new 28 topic function...`.

Four files to write, each begun: the entry with its hints, the solution, the graders, the bank. The stub is made from
the solution by `python -m minidgm.course.author stubs 28`.
"""

from pathlib import Path

from minidgm.course.exercises import EXERCISES, find_root
from minidgm.errors import UserError

ENTRY = '''"""Exercise {number:02d}: its place in the list, and three hints per function, the weakest first."""

from minidgm.course.exercises import entry

EXERCISE = entry(
    {number},
    "{topic}",
    "{title}",
    functions="{functions}",
    rows=(1,),  # of `minidgm map`
    read="minidgm/flows/base.py",
)

HINTS = {{
{hints}}}
'''
HINT = """    "{function}": (
        "TODO: a question that points the way.",
        "TODO: the step that is missed most often.",
        "TODO: nearly the answer.",
    ),
"""
SOLUTION = '''"""Exercise {number:02d}: TODO what to build, and why it matters, in two or three sentences.

TODO the slide's formula.

Read afterwards: minidgm/flows/base.py.
"""

import autograd.numpy as np
{bodies}'''
BODY = '''

def {function}(x):
    """TODO: one sentence; the formula.

    x: (n, m). Returns (n,), in nats.

    >>> {function}(np.zeros((2, 3)))
    array([0., 0.])
    """
    return np.sum(x, axis=1)
'''
GRADER = '''"""Graders of exercise {number:02d}."""

import numpy as np

from minidgm.course.grading import close, grades, shape
{bodies}'''
GRADE = """

@grades("{function}")
def test_{function}_is_one_number_per_object(answer):
    shape(answer.{function}(np.ones((4, 3))), (4,), "{function} of x (4, 3)")


@grades("{function}")
def test_{function}_of_ones(answer):
    close(answer.{function}(np.ones((4, 3))), np.full(4, 3.0), "TODO: the property, in a student's words")
"""
BANK = '''"""Wrong and other right answers to exercise {number:02d}."""

import numpy as np

from minidgm.course.bank import misconception, right_answer
{bodies}'''
ENTRIES = """

@misconception("{function}", "TODO: the sentence a good teacher would say.")
def {function}_by_a_mean(x):
    return np.mean(x, axis=1)


@right_answer("{function}")
def {function}_by_a_loop(x):
    return np.array([row.sum() for row in x])
"""


def new(number: int, topic: str, functions: list[str]) -> list[Path]:
    """Begin the four files of an exercise; returns them. Raises UserError where one exists, or for a bad name."""
    root, stem = find_root(), f"ex{number:02d}_{topic}"
    if any(e.number == number for e in EXERCISES):
        raise UserError(f"{number}: taken; the next free number is {max(e.number for e in EXERCISES) + 1}")
    for name in (topic, *functions):
        if not name.isidentifier():
            raise UserError(f"{name}: expected a name as Python wants it, such as flow_prior")
    title = topic.replace("_", " ").capitalize()
    facts = {"number": number, "topic": topic, "title": title, "functions": " ".join(functions)}

    def each(template: str) -> str:
        return "".join(template.format(function=function) for function in functions)

    texts = {
        root / "minidgm" / "course" / "entries" / f"ex{number:02d}.py": ENTRY.format(**facts, hints=each(HINT)),
        root / "solutions" / f"{stem}.py": SOLUTION.format(**facts, bodies=each(BODY)),
        root / "tests" / "exercises" / f"test_{stem}.py": GRADER.format(**facts, bodies=each(GRADE)),
        root / "tests" / "exercises" / f"bank_{stem}.py": BANK.format(**facts, bodies=each(ENTRIES)),
    }
    for path in texts:
        if path.exists():
            raise UserError(f"{path.relative_to(root)}: exists already; nothing was written")
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    return [path.relative_to(root) for path in texts]
