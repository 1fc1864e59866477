"""`minidgm see NN`: one picture of what the student's own functions do, beside the right ones, with numbers in it.

The functions run in a process of their own, as for `check`: whatever they do (crash, hang, return NaN or another
shape), there is a picture, or a sentence in its place. What is drawn, `plots/answers` knows.
"""

import json
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from minidgm.course.answer import Answer, NotStarted, Wrong, describe
from minidgm.course.exercises import Exercise
from minidgm.course.files import load, read_answer
from minidgm.course.progress import Progress
from minidgm.course.sandbox.runner import Limits, Worker
from minidgm.errors import UserError

FOLDER = Path("minidgm-results/see")
LIMITS = Limits(seconds=10.0, total=40.0)
TOLERANCE = 1e-6  # relative: a smaller difference is rounding
MARKS = {"same": "right", "differs": "wrong", "failed": "wrong", "not started": "not started"}  # of what is said
MANY_ANSWERS = ("made_degrees",)  # functions with more than one right answer: what occurs is compared, not how often


class Panel(NamedTuple):
    """What came of one panel: "same", "differs", "failed" or "not started", and what is to be said."""

    status: str
    said: str


class Picture(NamedTuple):
    """A picture on disk, and what its panels say."""

    path: Path
    said: str


class Compared:
    """The student's functions; each call is made of the right one too, and the largest difference kept."""

    def __init__(self, answer: Answer, solution: Any):
        self._answer, self._solution = answer, solution
        self.called: list[str] = []
        self.differences: dict[str, tuple[float, float, float]] = {}  # how far apart, yours, right

    def __getattr__(self, name: str) -> Callable:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args: self._call(name, args)

    def _call(self, name: str, args: tuple) -> Any:
        self.called.append(name)
        got = getattr(self._answer, name)(*args)
        with np.errstate(all="ignore"):
            wanted = getattr(self._solution, name)(*args)
        pairs = list(_pairs(got, wanted))
        if any(a is None or np.shape(a) != np.shape(b) for a, b in pairs):
            raise Wrong(f"{name} returned {describe(got)}, where {describe(wanted)} was wanted.")
        if name in MANY_ANSWERS:
            pairs = [(np.isin(b, a).astype(float) - ~np.isin(a, b), np.ones(np.shape(b))) for a, b in pairs]
        for a, b in pairs:
            self._compare(name, np.asarray(a, float).ravel(), np.asarray(b, float).ravel())
        return got

    def _compare(self, name: str, got: np.ndarray, wanted: np.ndarray) -> None:
        """Keep the largest difference of a function's numbers, unless all of them are rounding."""
        with np.errstate(all="ignore"):
            distance = np.nan_to_num(np.where(got == wanted, 0.0, np.abs(got - wanted)), nan=np.inf)
        k = int(np.argmax(distance)) if distance.size else 0
        relevant = distance > 1e-9 + TOLERANCE * np.where(np.isfinite(wanted), np.abs(wanted), 0)
        if relevant.any() and distance[k] > self.differences.get(name, (0.0,))[0]:
            self.differences[name] = (float(distance[k]), float(got[k]), float(wanted[k]))

    def difference(self) -> str:
        """The calls since the last one that came out otherwise than the right ones; "" if none did."""
        words = [
            f"{name} gave {got:.5g}, right is {wanted:.5g}"
            for name, (_, got, wanted) in self.differences.items()
            if name in self.called
        ]
        return "; ".join(words)


class Museum(Compared):
    """Exercise 26: the checks, tried on the implementations that its graders hold."""

    def __init__(self, answer: Answer, tests: Any):
        super().__init__(answer, None)
        self._tests = tests

    def verdicts(self, number: int) -> list[tuple[bool, bool]] | None:
        """(is it wrong?, was it caught?) of each implementation, the bug first; None where the check isn't started."""
        t, name = self._tests, f"check_{number}"
        cases = [(True, c) for _, c in t.BUGS[number] + t.RELATIVES[number]] + [(False, c) for _, c in t.RIGHT[number]]
        found = []
        for wanted, candidate in cases:
            try:
                caught = t.rejects(self._answer, name, candidate)
            except NotStarted:
                return None
            except Wrong:  # the check itself fails
                caught = not wanted
            if caught != wanted:
                self.called.append(name)
                self.differences[name] = (1.0, float(caught), float(wanted))
            found.append((wanted, caught))
        return found

    def difference(self) -> str:
        """Which checks are wrong about something."""
        return f"{', '.join(self.differences)}: wrong about some" if self.differences else ""


def _pairs(got: Any, wanted: Any):
    """Numbers and arrays of two values of the same form, side by side; (None, …) where the form differs."""
    if isinstance(wanted, dict):
        got = got if isinstance(got, dict) else {}
        for key in wanted:
            yield from _pairs(got.get(key), wanted[key])
    elif isinstance(wanted, (tuple, list)):
        if not isinstance(got, (tuple, list)) or len(got) != len(wanted):
            yield None, 0.0
            return
        for a, b in zip(got, wanted):
            yield from _pairs(a, b)
    else:
        yield (got if isinstance(got, (np.ndarray, np.generic, bool, int, float)) else None), wanted


def draw(root: Path, exercise: Exercise, folder: Path = FOLDER) -> tuple[Path | None, list[Panel]]:
    """Draw one exercise's picture into a folder: its path (None where nothing is started), and what its panels say.

    Raises UserError when the student's file can't be used, or the folder not be written.
    """
    from minidgm.plots.answers import PICTURES
    from minidgm.plots.common import lecture_hall

    path = exercise.answer(root)
    source = read_answer(path)
    if exercise.number not in PICTURES:
        raise UserError(f"{exercise.key}: nothing of it is drawn; minidgm check {exercise.number} says how it is.")
    drawn: list[Panel] = []
    with Worker(path, source, LIMITS) as worker, np.errstate(all="ignore"):
        if problem := worker.file_error():
            raise UserError(problem.message)
        functions = [_functions(root, exercise, worker) for _ in PICTURES[exercise.number]]
        figure = lecture_hall(_figure)(exercise, PICTURES[exercise.number], functions, drawn)
        if all(panel.status == "not started" for panel in drawn):
            return None, drawn
        out = folder / f"{exercise.key}.png"
        _save(figure, out, {"digest": Progress(root).digest(exercise), "said": [p.said for p in drawn]})
    return out, drawn


def _figure(exercise: Exercise, panels, functions, drawn: list[Panel]):
    """All panels side by side, each with what it says below; what came of them is added to `drawn`."""
    from minidgm.plots.common import BLACK, ORANGE, new_panels

    columns = min(len(panels), 2)
    figure, places = new_panels(len(panels), columns, 6.2 if columns > 1 else 10, 5.2)
    figure.suptitle(f"Exercise {exercise.number:02d} · {exercise.title}: your functions", x=0.01, ha="left")
    for ax, panel, (mine, truth) in zip(places, panels, functions):
        drawn.append(_panel(ax, panel, mine, truth))
        if drawn[-1].status in ("same", "differs"):
            colour = BLACK if drawn[-1].status == "same" else ORANGE
            ax.set_title(ax.get_title("left"), fontsize=16)
            under = f"{ax.get_xlabel()}\n" if ax.get_xlabel() else ""
            ax.set_xlabel(under + textwrap.fill(drawn[-1].said, 50), color=colour, fontsize=14)
    return figure


def _functions(root: Path, exercise: Exercise, worker: Worker) -> tuple[Any, Any]:
    solution = load(exercise.solution(root))
    answer = Answer(worker, solution)
    if exercise.number == 26:
        return Museum(answer, load(exercise.graders(root))), solution
    return Compared(answer, solution), solution


def _panel(ax, panel: Callable, mine: Compared, truth: Any) -> Panel:
    """Draw one panel; what goes wrong in it is written into its place."""
    try:
        said = panel(ax, mine, truth)
        if not ax.has_data():
            raise Wrong("nothing that could be drawn came back.")
        difference = mine.difference()
        if isinstance(mine, Museum) and all(mine.verdicts(k) is None for k in range(1, 9)):
            raise NotStarted("no check is started")
        return Panel("differs" if difference else "same", f"{said}. {difference}" if difference else said)
    except NotStarted:
        found = Panel("not started", f"{(mine.called or ['a check'])[-1]}: not started, nothing to draw yet")
    except Wrong as error:
        found = Panel("failed", str(error))
    except Exception as error:  # values of the right shape that no picture can be made of: infinities, huge numbers
        found = Panel("failed", f"{(mine.called or ['it'])[-1]}: what came back can't be drawn ({error})")
    ax.clear()
    ax.axis("off")
    ax.text(0.5, 0.5, textwrap.fill(found.said, 34), ha="center", va="center", fontsize=15, transform=ax.transAxes)
    return found


def _save(figure, out: Path, about: dict) -> None:
    """Write a picture, and beside it what it says and of which answer it is."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(out, dpi=80)
        figure.set_layout_engine("none")  # it is laid out; once more would take as long again
        figure.savefig(out.with_suffix(".svg"))  # the page takes it, in its own colours
        out.with_suffix(".json").write_text(json.dumps(about, ensure_ascii=False, indent=1), encoding="utf-8")
    except OSError as error:
        raise UserError(f"{out}: cannot be written ({error.strerror}); name another folder with --out") from error


def picture_of(progress: Progress, exercise: Exercise) -> Picture | None:
    """The picture that `see` has drawn of the answer as it is now; None if there is none."""
    out = FOLDER / f"{exercise.key}.png"
    try:
        about = json.loads(out.with_suffix(".json").read_text(encoding="utf-8"))
        if out.exists() and about["digest"] == progress.digest(exercise):
            return Picture(out, "; ".join(map(str, about["said"])))
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None
