"""`check(coupling_f)` in a notebook or a REPL: a function graded as it stands, in this very process."""

import html
import inspect
import io
from collections.abc import Callable

from minidgm.course.answer import InProcess
from minidgm.course.exercises import EXERCISES
from minidgm.course.explain import verdict
from minidgm.course.feedback import show_function
from minidgm.course.report import FunctionReport
from minidgm.course.start import origin
from minidgm.course.terminal import Screen
from minidgm.errors import UserError


class Verdict:
    """What came of a check; a REPL prints it, Jupyter shows it."""

    def __init__(self, report: FunctionReport, number: int):
        self.report = report
        self.number = number

    @property
    def right(self) -> bool:
        """Whether every property holds."""
        return self.report.status == "right"

    def __repr__(self) -> str:
        return self._text()

    def _repr_html_(self) -> str:
        colour = {"right": "#1a7f37", "wrong": "#b35900", "remark": "#b38600"}.get(self.report.status, "#777")
        style = f"border-left: 4px solid {colour}; padding-left: 1em; white-space: pre-wrap"
        return f'<pre style="{style}">{html.escape(self._text())}</pre>'

    def _text(self) -> str:
        stream = io.StringIO()
        screen = Screen(stream)
        screen.unicode = True
        show_function(screen, self.report, f"minidgm hint {self.number} {self.report.name}")
        return stream.getvalue().rstrip()


def check_function(function: Callable) -> Verdict:
    """Grade one function as it stands; its exercise is found by its name.

    It is called here, without the time limit and the walls of `minidgm check`; nothing is remembered of it.
    Raises UserError when it is no function, or no exercise has a function of its name.
    """
    name = getattr(function, "__name__", "")
    exercise = next((e for e in EXERCISES if name in e.functions), None)
    if not inspect.isfunction(function) or exercise is None:
        what = f"{name}: no exercise has a function of this name" if name else f"{function!r}: not a function"
        raise UserError(f"{what}; give check a function of an exercise, as in check(coupling_f).")
    around = {n: function.__globals__[n] for n in exercise.functions if n in function.__globals__}
    runner = InProcess(around | {name: function}, function.__code__.co_filename)
    return Verdict(verdict(origin(), exercise, name, runner), exercise.number)
