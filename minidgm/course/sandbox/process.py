"""The process in which a student's file runs: it takes calls from a pipe, makes them, and sends back what came of them.

It holds nothing worth stealing: neither solutions, graders, nor expected values ever come here, and nothing it sends is
believed but as "this is what the function returned". What a student's code prints goes elsewhere. `runner.py` is the
other end.
"""

import builtins
import linecache
import os
import sys
import traceback
from collections.abc import Callable
from types import ModuleType
from typing import IO, Any

import numpy as np

from minidgm.course.answer import copied, own_lines, plain, unchanged
from minidgm.course.sandbox.codec import decode, encode, receive, send
from minidgm.course.sandbox.lean import lean_autograd

# ------------------------------------------------------------------ callables of the grader's


class Proxy:
    """A callable that lives in the checker: a call goes there and back.

    autograd differentiates through it, to any order: its vector-Jacobian product is a callable in the checker too.
    """

    def __init__(self, pipe: "Pipe", number: int):
        self._pipe, self._number = pipe, number
        self._derivatives: dict[tuple[str, int], Proxy] = {}
        self._primitive: Callable | None = None

    def __call__(self, *args, **kwargs):
        if "autograd" not in sys.modules:  # then nothing can be traced
            return self._ask(*args, **kwargs)
        primitive = self._primitive = self._primitive or self._differentiable()
        return primitive(*args, **kwargs)

    def _ask(self, *args, **kwargs):
        return self._pipe.ask(("call", self._number, args, kwargs))

    def _derivative(self, kind: str, argnum: int) -> "Proxy":
        if (kind, argnum) not in self._derivatives:
            number = self._pipe.ask((kind, self._number, argnum))
            self._derivatives[kind, argnum] = Proxy(self._pipe, number)
        return self._derivatives[kind, argnum]

    def _differentiable(self) -> Callable:
        from autograd.core import defjvp_argnum, defvjp_argnum
        from autograd.extend import primitive

        f = primitive(self._ask)
        defvjp_argnum(f, lambda argnum, ans, args, kwargs: lambda g: self._derivative("vjp", argnum)(g, *args))
        defjvp_argnum(f, lambda argnum, g, ans, args, kwargs: self._derivative("jvp", argnum)(g, *args))
        return f


class Stopped(Exception):
    """A function of the student's own was to go to the checker, which can't call it."""


def number(f: Callable) -> int:
    """A callable's number in the checker, where it lives: the student's function hands on what it was given."""
    if not isinstance(f, Proxy):
        raise Stopped("was not judged: it hands a function of its own to another that is not right yet")
    return f._number


class Pipe:
    """The way to the checker and back."""

    def __init__(self, requests: IO[bytes], replies: IO[bytes]):
        self.requests, self.replies = requests, replies

    def take(self) -> Any:
        """The next thing the checker says; ends this process when it has gone."""
        parts = receive(self.requests)
        if parts is None:
            os._exit(0)
        return decode(*parts, proxy=lambda number: Proxy(self, number))

    def say(self, value: Any) -> None:
        """Tell the checker something."""
        send(self.replies, encode(value, number))

    def ask(self, question: tuple) -> Any:
        """Have the checker do something in the middle of a call; its exceptions are raised here."""
        self.say(question)
        verdict, *answer = self.take()
        if verdict == "raise":
            kind, message = answer
            known = getattr(builtins, kind, None)
            raised = known if isinstance(known, type) and issubclass(known, Exception) else type(kind, (Exception,), {})
            raise raised(message)
        return answer[0]


# ------------------------------------------------------------------ the student's file


def load(path: str, source: str) -> ModuleType:
    """Run the student's file as a module of its own."""
    linecache.cache[path] = (len(source), None, source.splitlines(keepends=True), path)
    name = os.path.basename(path).removesuffix(".py")
    module = ModuleType(name)
    module.__file__ = path
    sys.modules[name] = module
    sys.path.insert(0, os.path.dirname(path))
    exec(compile(source, path, "exec"), vars(module))
    return module


def failure(error: BaseException, path: str) -> tuple[str, str, tuple[str, ...]]:
    """An exception as its type's name, its message, and the student's own lines."""
    kind = type(error).__name__.lstrip("_").replace("ArrayMemoryError", "MemoryError")
    try:
        message = str(error)
    except BaseException:
        message = ""
    frames = traceback.extract_tb(error.__traceback__, limit=-1)
    if kind == "NotImplementedError" and frames and frames[-1].filename != path:
        kind = "autograd's NotImplementedError"  # not a stub's
    if isinstance(error, SyntaxError) and error.filename == path:
        return kind, str(error.msg), (f"line {error.lineno}: {(error.text or '').strip()}",)
    return kind, message, own_lines(error, path)[-3:]


def call(module: ModuleType, path: str, name: str, args: tuple, stand_ins: dict[str, Callable]) -> tuple:
    """Make one call: the returned value made plain, or what was raised, and which arguments were changed.

    stand_ins: what takes the place of functions of the file while the call lasts.
    """
    own = {other: getattr(module, other, None) for other in stand_ins}
    vars(module).update(stand_ins)
    kept = copied(args)
    value, error = None, None
    try:
        with np.errstate(all="ignore"):
            value = plain(getattr(module, name)(*args))
    except BaseException as e:
        error = failure(e, path)
    finally:
        vars(module).update(own)
    mutated = tuple(i for i, (a, b) in enumerate(zip(args, kept)) if not unchanged(a, b))
    return ("done", value, error, mutated)


# ------------------------------------------------------------------ the process


def limit(memory: int, seconds: int, confined: bool) -> None:
    """Cap memory, processor time and core files, and the number of processes when confined, where the system can."""
    try:
        import resource
    except ImportError:  # Windows
        return
    limits = [(resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0)]
    for kind, value in limits + [(resource.RLIMIT_NPROC, 0)] * confined:
        try:
            resource.setrlimit(kind, (value, value))
        except (ValueError, OSError):
            pass  # a lower limit holds already, or the system has none of this kind


def take_pipes() -> Pipe:
    """Keep the pipes to the checker private: to a student's code, input is empty, and output is what it printed."""
    requests, replies = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdin = open(0, encoding="utf-8", closefd=False)
    sys.stdout = open(1, "w", encoding="utf-8", errors="replace", closefd=False)
    return Pipe(open(requests, "rb", buffering=0), open(replies, "wb", buffering=0))


def forget() -> None:
    """Make the engine and the checker impossible to import: an answer stands on numpy and autograd alone."""
    del sys.path[0]  # where they were imported from
    for name in [name for name in sys.modules if name.partition(".")[0] == "minidgm"]:
        del sys.modules[name]
    sys.modules["minidgm"] = None  # type: ignore[assignment]


def flush() -> None:
    """Let what was printed out, if the student's code has left something to print with."""
    try:
        sys.stdout.flush()
    except Exception:
        pass


def main() -> None:
    """Take a student's file from the checker, then calls of its functions, until the checker goes."""
    pipe = take_pipes()
    lean_autograd()
    pipe.say(("ready",))
    path, source, hidden, memory, seconds = pipe.take()
    walls = ""
    limit(memory, seconds, confined=bool(hidden))
    if hidden:
        from minidgm.course.sandbox.walls import confine

        walls = confine(os.path.dirname(path), hidden)
    forget()
    try:
        module = load(path, source)
    except BaseException as e:
        pipe.say(("unusable", *failure(e, path)))
        return
    flush()
    pipe.say(("loaded", walls, [n for n, v in vars(module).items() if callable(v)]))
    while True:
        name, args, stand_ins = pipe.take()
        outcome = call(module, path, name, args, stand_ins)
        flush()
        try:
            pipe.say(outcome)
        except (TypeError, ValueError, RecursionError, MemoryError) as e:
            pipe.say(("done", None, (type(e).__name__, f"the returned value can't be sent: {e}", ()), ()))
