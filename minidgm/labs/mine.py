"""`--mine`: a lab trains with the functions of the student's own exercises/ in place of the engine's."""

import functools
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import numpy

from minidgm.course.answer import Error, own_lines
from minidgm.course.exercises import find, find_root
from minidgm.course.explain import not_differentiable
from minidgm.course.files import load as load_file
from minidgm.course.progress import Progress
from minidgm.errors import UserError

PLAIN = (
    "is it written with autograd.numpy throughout? The lab differentiates it, and plain numpy's functions cut the way"
)


def load(stem: str) -> SimpleNamespace:
    """The functions of one exercise as the student wrote them, `load("ex07_coupling").coupling_f`.

    Raises UserError, one sentence and the student's own lines, when the file is missing, broken or not written yet, and
    when a function fails.
    """
    exercise, root = find(stem), find_root()
    path = exercise.answer(root)
    if not path.exists():
        raise UserError(f"{path}: no such file; `minidgm reset {exercise.number}` brings the stub back")
    try:
        module = load_file(path)
    except Exception as error:
        raise UserError(f"{path}: cannot be imported ({type(error).__name__}: {error})") from error
    missing = [name for name in exercise.functions if not callable(getattr(module, name, None))]
    if missing:
        raise UserError(f"{path}: has no function {missing[0]}")
    for name in exercise.functions:  # the stub's one line, before a lab has trained for a minute
        if f"{exercise.key}: write {name}" in getattr(module, name).__code__.co_consts:
            raise UserError(
                f"{path}: {name} is not written yet; `minidgm check {exercise.number}` tells when it is right"
            )
    right = Progress(root).finished(exercise)
    if not right:
        warn_once(f"{path.name} isn't known to be right: first `minidgm check {exercise.number}`?")
    return SimpleNamespace(
        **{name: _guarded(getattr(module, name), path, exercise, right) for name in exercise.functions}
    )


@contextmanager
def blamed(mine: bool) -> Iterator[None]:
    """Where a lab trains with functions not known to be right, whatever it stumbles over is told in one sentence."""
    try:
        yield
    except (UserError, OSError):
        raise
    except Exception as error:
        if not (mine and warned):
            raise
        raise UserError(f"the lab can't use what came back ({type(error).__name__}: {error}). {warned[0]}") from error


warned: list[str] = []  # what was said of exercises that are not known to be right


def warn_once(sentence: str) -> None:
    """Say it on standard error, the first time."""
    if sentence not in warned:
        warned.append(sentence)
        print(sentence, file=sys.stderr)


def _guarded(function, path, exercise, right):
    """The function, whose failures become a UserError; `right`: it passed `check`, so that one is autograd's matter."""

    @functools.wraps(function)
    def call(*args):
        try:
            value = function(*args)
        except Exception as error:
            own = own_lines(error, str(path))[-3:]
            what = f"{type(error).__name__}: {error}"
            if said := not_differentiable(Error(type(error).__name__, str(error), own), traced=right):
                what = f"{what}. {said}"
            else:
                what = f"{what}; {PLAIN if right else f'try `minidgm check {exercise.number}` first'}"
            lines = "".join(f"\n    {line}" for line in own)
            raise UserError(f"{path}: {function.__name__} raised {what}{lines}") from error
        returned = value if type(value) is tuple else (value,)
        if any(isinstance(v, numpy.ndarray) and v.dtype == object for v in returned):
            raise UserError(f"{path}: {function.__name__} returned an array of objects; {PLAIN}")
        return value

    return call
