"""A student's functions as a grader sees them: every call checked, recorded, and its failure turned into a sentence.

`Answer` wraps a *runner*, which carries out one call and tells what came of it. Two runners exist: `InProcess` here,
for answers that are trusted (solutions/, the banks), and sandbox.runner.Worker, which runs a student's file in a
process of its own. Graders cannot tell which one they got.
"""

import itertools
import re
import traceback
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np


class Wrong(AssertionError):
    """An answer is wrong: the message names the property that fails, with the case's numbers."""


class NotStarted(Exception):
    """A function still raises the NotImplementedError of its stub."""


class Error(NamedTuple):
    """An exception in the student's code: its type's name, its message, the student's own lines, outermost first."""

    kind: str
    message: str
    lines: tuple[str, ...] = ()

    def sentence(self, function: str) -> str:
        """Say what happened, in one sentence and at most three of the student's lines."""
        if self.kind in ("Timeout", "Stopped", "Import"):  # the checker's own words, not an exception of Python's
            return ended(f"{function} {self.message}") if self.kind != "Import" else self.message
        if self.kind == "BdbQuit":
            return (
                f"{function} stops at a breakpoint(), and nobody can answer it while it is checked. `minidgm case "
                f"{function}` writes this very call as a script, and there it works."
            )
        message = f"{function} raised {self.kind}" + (f": {self.message}" if self.message else ".")
        return "\n".join([message, *("    " + line for line in self.lines[-3:])])


def ended(sentence: str) -> str:
    """A sentence with its full stop, unless it ends already."""
    return sentence if sentence[-1:] in "?!." else sentence + "."


def listed(names: Sequence[str]) -> str:
    """Names in a sentence: a, b and c."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def unusable(name: str, error: Error) -> Error:
    """Say in one sentence why a file can't be imported."""
    if error.kind == "ModuleNotFoundError" and "minidgm" in error.message:
        why = "it imports minidgm; an answer stands on numpy and autograd alone"
    elif error.kind in ("SyntaxError", "IndentationError", "TabError"):
        why = f"{error.kind}: {error.message}"
    else:
        why = f"importing it raised {error.kind}" + (f": {error.message}" if error.message else "")
    return Error("Import", "\n".join([f"{name} can't be used: {why}.", *("    " + line for line in error.lines)]))


def reported(parts: Any) -> Error:
    """An error as the process reports it, made fit to print."""
    kind, message, lines = parts
    return Error(printable(kind, 80), printable(message, 500), tuple(printable(line, 200) for line in lines[-3:]))


# Control characters, halves of characters, and marks that turn the direction of text.
_UNPRINTABLE = r"[^\S\n]|[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"


def printable(text: Any, most: int) -> str:
    """Text from a student's process made harmless, at most so long."""
    clean = re.sub(_UNPRINTABLE, " ", str(text))
    return clean if len(clean) <= most else clean[:most] + " ..."


class Outcome(NamedTuple):
    """What came of one call: a value or an error, which arguments were changed, how often each callable was called."""

    value: Any = None
    error: Error | None = None
    mutated: tuple[int, ...] = ()
    counts: tuple[int, ...] = ()


class Call(NamedTuple):
    """One call of one function: its arguments as they were before it, and its outcome."""

    function: str
    args: tuple
    outcome: Outcome


class Unusable(NamedTuple):
    """Stands for a returned object that is neither a number, text, an array, nor a container of these."""

    what: str


class Counted:
    """A callable that counts its calls: `net = Counted(net); answer.ar_f(x, net); net.calls`."""

    def __init__(self, f: Callable):
        self.f = f
        self.calls = 0

    def __call__(self, *args, **kwargs):
        self.calls += 1
        return self.f(*args, **kwargs)


def counting(args: tuple) -> tuple[tuple, list[Counted]]:
    """Arguments with every callable among them counted, and these."""
    given = tuple(Counted(a) if callable(a) else a for a in args)
    return given, [a for a in given if isinstance(a, Counted)]


def plain(value: Any) -> Any:
    """Reduce a returned value to plain arrays, numbers and containers, so that no object of a student's can lie."""
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, (np.ndarray, np.generic)):
        array = np.array(value, subok=False)
        if array.dtype.kind not in "biuf":
            return Unusable(f"an array of dtype {array.dtype}")
        return array[()] if isinstance(value, np.generic) else array
    if type(value) in (list, tuple):
        return type(value)(plain(v) for v in value)
    if type(value) is dict:
        return {k if isinstance(k, str) else str(k): plain(v) for k, v in value.items()}
    if callable(value):
        return Unusable("a function (are the brackets of a call missing?)")
    article = "an" if type(value).__name__[:1].lower() in "aeiou" else "a"
    return Unusable(f"{article} {type(value).__name__}")


def own_lines(error: BaseException, path: str) -> tuple[str, ...]:
    """The lines of one file that an exception passed through, as `line 12: z = x - mu`."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"line {frame.lineno}: {frame.line}" for frame in frames if frame.filename == path]
    return tuple(line for line, _ in itertools.groupby(lines))  # a lambda's line, which calls it, once


class InProcess:
    """Runs trusted functions here: a mapping of names to functions, or a module's `vars`."""

    def __init__(self, functions: Mapping[str, Callable], path: str = ""):
        self.functions = functions
        self.path = path

    def call(self, name: str, args: tuple) -> Outcome:
        """Call one function; an exception is an outcome, never raised."""
        function = self.functions.get(name)
        if not callable(function):
            return Outcome(error=Error("NotImplementedError", f"no function {name}"))
        kept = copied(args)
        given, counted = counting(args)
        value, error = None, None
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                value = plain(function(*given))
        except (Exception, SystemExit) as e:
            error = Error(type(e).__name__, str(e), own_lines(e, self.path))
        mutated = tuple(i for i, (a, b) in enumerate(zip(args, kept)) if not unchanged(a, b))
        for i in mutated:
            restore(args[i], kept[i])
        return Outcome(value, error, mutated, tuple(c.calls for c in counted))


def copied(args: Any) -> Any:
    """A copy of arguments: arrays are copied, containers rebuilt, callables and numbers shared."""
    if isinstance(args, np.ndarray):
        return args.copy(order="K")
    if isinstance(args, (list, tuple)):
        return type(args)(copied(a) for a in args)
    if isinstance(args, dict):
        return {k: copied(v) for k, v in args.items()}
    return args


def unchanged(now: Any, before: Any) -> bool:
    """Whether an argument still is what it was."""
    if isinstance(before, np.ndarray):
        return now.shape == before.shape and now.dtype == before.dtype and now.tobytes() == before.tobytes()
    if isinstance(before, (list, tuple)):
        return len(now) == len(before) and all(unchanged(a, b) for a, b in zip(now, before))
    if isinstance(before, dict):
        return now.keys() == before.keys() and all(unchanged(now[k], before[k]) for k in before)
    return now is before or type(now) is type(before) and (callable(before) or repr(now) == repr(before))


def restore(now: Any, before: Any) -> None:
    """Undo what a call did to an argument, so that the next grader line sees the original."""
    if isinstance(before, np.ndarray) and now.shape == before.shape:
        now[...] = before
    elif isinstance(before, list):
        now[:] = before
    elif isinstance(before, dict):
        now.clear()
        now.update(before)


class Answer:
    """The functions of one exercise: `answer.coupling_f(x, d, net)` is a checked and recorded call of the student's."""

    def __init__(self, runner: Any, reference: Any = None):
        self._runner = runner
        self._reference = reference
        self._allow_nan = False
        self._calls: list[Call] = []

    def __getattr__(self, name: str) -> Callable:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args: self._call(name, args)

    def _call(self, name: str, args: tuple) -> Any:
        kept = copied(args)
        outcome = self._runner.call(name, args)
        self._calls.append(Call(name, kept, outcome))
        error, value = outcome.error, outcome.value
        if error is not None:
            if error.kind == "NotImplementedError":
                raise NotStarted(f"{name}: not started")
            raise Wrong(error.sentence(name))
        if value is None:
            raise Wrong(f"{name} returned None: is its `return` missing?")
        if unusable := first(value, lambda v: isinstance(v, Unusable)):
            raise Wrong(f"{name} returned {unusable.what}, where plain numbers, arrays or tuples of them were wanted.")
        if outcome.mutated:
            names = listed([argument_name(self._reference, name, i) for i in outcome.mutated])
            what, it = ("arguments", "them") if len(outcome.mutated) > 1 else ("argument", "it")
            raise Wrong(f"{name} changed its {what} {names} in place: a caller still needs {it}; make a new array.")
        if not self._allow_nan and holds_nan(value) and not holds_nan(args):
            infinities = first(args, infinite) is not None
            given = "no number it was given is NaN" if infinities else "every number it was given is fine"
            raise Wrong(f"{name} returned NaN, though {given}.")
        return copied(value)


def infinite(value: Any) -> bool:
    """Whether a number or an array holds an infinite number."""
    return isinstance(value, (np.ndarray, np.generic, float)) and bool(np.any(np.isinf(value)))


def first(value: Any, test: Callable) -> Any:
    """The first leaf of nested containers that passes a test, or None. (An Unusable is a leaf.)"""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)) and not isinstance(value, Unusable):
        return next((found for v in value if (found := first(v, test)) is not None), None)
    return value if test(value) else None


def holds_nan(value: Any) -> bool:
    """Whether any number in nested containers is NaN."""
    return first(value, lambda v: isinstance(v, (float, np.ndarray, np.generic)) and bool(_nan(v).any())) is not None


def _nan(value: Any) -> np.ndarray:
    array = np.asarray(value)
    return np.isnan(array) if array.dtype.kind == "f" else np.zeros(1, bool)


def argument_name(reference: Any, function: str, position: int) -> str:
    """The name of an argument, read off the solution's signature."""
    code = getattr(getattr(reference, function, None), "__code__", None)
    return code.co_varnames[position] if code else f"number {position + 1}"


def describe(value: Any, contents: bool = True) -> str:
    """Say what a value is, and what a container holds, in a few words: for a message about the wrong kind of thing."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, (tuple, list)) and not isinstance(value, Unusable):
        what = f"a {type(value).__name__} of {len(value)}"
        inside = ", ".join(describe(v, False) for v in value[:4]) + (", ..." if len(value) > 4 else "")
        return f"{what} ({inside})" if contents else what
    if isinstance(value, dict):
        return "a dict with the keys " + (", ".join(map(str, value)) or "(none)")
    if isinstance(value, Unusable):
        return value.what
    if isinstance(value, int) and abs(value) >= 1 << 64:
        return f"a whole number of {value.bit_length()} bits"
    shown = f"{value:.6g}" if isinstance(value, float) else repr(value)
    return shown if len(shown) < 40 else f"a {type(value).__name__}"
