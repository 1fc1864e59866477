"""The checker's end of a student's process: a runner like answer.InProcess, for code that isn't trusted.

A call that takes too long, prints without end, or ends Python costs that function alone: the process is started anew
for the next. A callable among the arguments stays here and is called from there (process.Proxy), so it is counted here.
"""

import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from minidgm.course.answer import Counted, Error, Outcome, counting, ended, first, reported, unusable
from minidgm.course.sandbox.codec import decode, encode, receive, send
from minidgm.course.sandbox.spawn import Started, spawn
from minidgm.errors import UserError


class Limits(NamedTuple):
    """What one student's file may use."""

    seconds: float = 10.0  # a call
    total: float = 60.0  # all calls of one exercise
    memory: int = 4 << 30  # bytes
    output: int = 1 << 20  # bytes printed


LIMITS = Limits()


class Gone(Exception):
    """The student's process ended, or had to be ended; the message says why, as the end of a sentence."""

    def __init__(self, kind: str, message: str):
        super().__init__(message)
        self.error = Error(kind, message)


class Worker:
    """Runs one student's file in a process of its own; use it in a `with`, or close it.

    hidden: a clone's folder, which the process must not be able to read: it is shut in (walls.py).
    started: a process for it, started before.
    """

    def __init__(
        self,
        path: Path,
        source: str,
        limits: Limits = LIMITS,
        hidden: Path | None = None,
        started: Started | None = None,
    ):
        self.path, self.source, self.limits, self.hidden = Path(path).absolute(), source, limits, hidden
        self.walls = ""  # which walls stand around a confined process: "kernel" or "hook"
        self.printed = b""  # the first of what it printed
        self._process: subprocess.Popen | None = None
        self._handed = self._loaded = False  # it has been given the file; it has run it
        self.stand_ins: dict[str, Callable] = {}  # what takes the place of some of the file's functions
        self._left = limits.total
        self._functions: list[str] = []
        self._broken: Error | None = None  # the file can't be used at all
        self._dead: dict[str, Error] = {}  # functions that ended the process once: not called again
        if started is not None:
            self._adopt(started)

    # ---------------------------------------------------------------- what graders use

    def call(self, name: str, args: tuple) -> Outcome:
        """Call one function; whatever happens is an outcome, never raised."""
        if error := self.file_error() or self._dead.get(name):
            return Outcome(error=error)
        if name not in self._functions:
            return Outcome(error=Error("Import", f"{self.path.name} has no function {name}: was it renamed?"))
        if self._left <= 0:
            message = f"was not called: this exercise has used up its {self.limits.total:.0f} seconds"
            return Outcome(error=Error("Timeout", message))
        given, counted = counting(args)
        begun = time.monotonic()
        try:
            value, error, mutated = self._exchange(name, given)
        except Gone as gone:
            self._dead[name] = gone.error
            return Outcome(error=gone.error, counts=tuple(c.calls for c in counted))
        finally:
            self._left -= time.monotonic() - begun
        return Outcome(value, error, mutated, tuple(c.calls for c in counted))

    @contextmanager
    def standing_in(self, **functions: Callable) -> Iterator[None]:
        """Within this, these take the place of the file's functions of those names; they are called in the checker."""
        self.stand_ins = functions
        try:
            yield
        finally:
            self.stand_ins = {}

    def begin(self) -> None:
        """Start the process and hand it the file, without waiting: it imports while the checker does something else."""
        if self._handed or self._broken is not None:
            return
        if self._process is None:
            self._adopt(spawn(self.path.parent, shut_in=self.hidden is not None))
        processor = int(self.limits.total) + 10
        self._say((str(self.path), self.source, str(self.hidden or ""), self.limits.memory, processor))
        self._handed = True

    def close(self) -> None:
        """End the process and everything it started."""
        process, self._process = self._process, None
        self._handed = self._loaded = False
        if process is None:
            return
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL) if hasattr(os, "killpg") else process.kill()
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5)
        limit = time.monotonic() + 2
        while self._reader.is_alive() and time.monotonic() < limit:  # it may wait for room
            with suppress(queue.Empty):
                self._frames.get(timeout=0.02)
        self._printer.join(timeout=2)
        for stream in (process.stdin, process.stdout if not self._reader.is_alive() else None):
            with suppress(OSError):
                stream and stream.close()

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *exception) -> None:
        self.close()

    # ---------------------------------------------------------------- starting

    def file_error(self) -> Error | None:
        """Have the process load the file, unless it has; why it can't be used at all (a syntax error, say), or None."""
        if self._loaded or self._broken is not None:
            return self._broken
        self.begin()
        try:
            self._next(60.0)  # "ready": Python and numpy have started, which is no fault of the student's
            verdict, *rest = self._next(self.limits.seconds)
            if verdict == "loaded":
                if self.hidden and not rest[0]:
                    solutions = self.hidden / "solutions"
                    raise UserError(f"{self.path.parent}: code from here can read {solutions}; grade a copy elsewhere.")
                self.walls, self._functions = str(rest[0]), [str(n) for n in rest[1]]
                if self._bubble:
                    self.walls = f"bubblewrap, {self.walls}"
                self._loaded = True
                return None
            if verdict != "unusable":
                raise ValueError(verdict)
            self._broken = unusable(self.path.name, reported(rest))
        except Gone as gone:
            self._broken = Error("Import", ended(f"{self.path.name} can't be used: importing it {gone}"))
        except UserError:
            self.close()
            raise
        except (TypeError, ValueError, IndexError):
            self._broken = Error("Import", f"{self.path.name} can't be used: it wrote into the checker's pipe.")
        self.close()
        return self._broken

    def _adopt(self, started: Started) -> None:
        """Take a process that was started, and begin to read what it says and prints."""
        self._process, self._bubble = started
        self._frames: queue.Queue = queue.Queue(2)  # so that a flood of frames waits in the pipe, not here
        self._overflow = False
        self._reader = threading.Thread(target=_read, args=(self._process, self._frames), daemon=True)
        self._reader.start()
        self._printer = threading.Thread(target=self._drain, args=(self._process,), daemon=True)
        self._printer.start()

    def _drain(self, process: subprocess.Popen) -> None:
        """Keep the beginning of what is printed, count the rest, and end a process that prints without end."""
        printed = 0
        stream = process.stderr
        assert stream is not None
        with suppress(OSError, ValueError), stream:
            while part := stream.read(1 << 16):
                printed += len(part)
                if len(self.printed) < 4000:
                    self.printed += part[:4000]
                if printed > self.limits.output:
                    self._overflow = True
                    process.kill()
                    return

    # ---------------------------------------------------------------- talking

    def _exchange(self, name: str, args: tuple) -> tuple[Any, Error | None, tuple[int, ...]]:
        """Send one call, answer what the process asks meanwhile, and read what came of it."""
        callables: list[Callable] = []

        def number(f: Callable) -> int:
            callables.append(f)
            return len(callables) - 1

        deadline = time.monotonic() + min(self.limits.seconds, self._left)
        self._say((name, args, self.stand_ins), number)
        while True:
            said = self._next(deadline - time.monotonic(), callables)
            try:
                if said[0] == "done":
                    _, value, error, mutated = said
                    if first(value, callable) is not None:
                        raise ValueError("a callable of the checker's")
                    changed = tuple(i for i in mutated if type(i) is int and 0 <= i < len(args))
                    return value, None if error is None else reported(error), changed
                begun = time.monotonic()
                answer = self._answer(said, callables)
                deadline += time.monotonic() - begun  # the checker's time is not the student's
            except (TypeError, ValueError, IndexError):
                raise self._ended("Stopped", "sent something that isn't an answer") from None
            self._say(answer)

    def _answer(self, question: tuple, callables: list[Callable]) -> tuple:
        """Call, or differentiate, one of the grader's callables for the student's code."""
        kind, key, *rest = question
        f = callables[key]
        if kind == "call":
            args, keywords = rest
            try:
                return ("return", f(*args, **keywords))
            except Exception as e:
                return ("raise", type(e).__name__, str(e))
        if kind not in ("vjp", "jvp") or type(rest[0]) is not int:
            raise ValueError(kind)
        callables.append(derivative(kind, f, rest[0]))
        return ("return", len(callables) - 1)

    def _say(self, value: Any, name: Callable | None = None) -> None:
        process = self._process
        assert process is not None and process.stdin is not None
        frame = encode(value, name)
        with suppress(OSError):  # it has ended: reading tells why
            send(process.stdin, frame)

    def _next(self, seconds: float, callables: Sequence[Callable] = ()) -> Any:
        """The next thing the process says, within `seconds`; it may name `callables` by their numbers."""
        try:
            parts = self._frames.get(timeout=max(seconds, 0.001))
        except queue.Empty:
            limit = f"{min(self.limits.seconds, max(self._left, 0.0)):.3g} seconds"
            raise self._ended("Timeout", f"took more than {limit}: a loop without end?") from None
        if parts is None:
            raise self._ended("Stopped", self._farewell())
        try:
            return decode(parts[0], parts[1], dict(enumerate(callables)).__getitem__)
        except ValueError:
            raise self._ended("Stopped", "sent something that isn't an answer") from None

    def _ended(self, kind: str, why: str) -> Gone:
        self.close()
        return Gone(kind, why)

    def _farewell(self) -> str:
        """Why the process ended by itself."""
        process = self._process
        assert process is not None
        try:
            status = process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            return "closed the way back to the checker"
        if self._overflow:
            return f"printed more than {self.limits.output >> 20} MB: a loop without end?"
        if self._bubble and status > 128:  # bubblewrap's way to tell of a signal
            status = 128 - status
        if status < 0:
            name = signal.Signals(-status).name if -status in set(signal.Signals) else str(-status)
            known = {
                "SIGSEGV": "crashed Python (segmentation fault: recursion without end?)",
                "SIGXCPU": "used up its processor time",
            }
            return known.get(name, f"crashed Python ({name})")
        return f"ended Python (exit status {status})"


def _read(process: subprocess.Popen, frames: queue.Queue) -> None:
    """Read frames until the process goes; None is the last one."""
    parts: tuple[bytes, bytes] | None
    with suppress(OSError, ValueError):
        while (parts := receive(process.stdout)) is not None:  # type: ignore[arg-type]
            frames.put(parts)
    frames.put(None)


def derivative(kind: str, f: Callable, argnum: int) -> Callable:
    """The vector-Jacobian or Jacobian-vector product of f in one argument, itself a callable: (vector, *args)."""
    import autograd.builtins
    from autograd.core import make_jvp, make_vjp

    while isinstance(f, Counted):  # a derivative is no call
        f = f.f

    def traced(args: tuple) -> Callable:
        def of_one(x):
            value = f(*args[:argnum], x, *args[argnum + 1 :])
            return autograd.builtins.tuple(value) if isinstance(value, (tuple, list)) else value

        return of_one

    if kind == "vjp":
        return lambda g, *args: make_vjp(traced(args), args[argnum])[0](g)
    return lambda g, *args: make_jvp(traced(args), args[argnum])(g)[1]
