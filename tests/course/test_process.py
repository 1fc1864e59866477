"""The student's end of the pipe, word by word: what it says to the checker, and what it makes of the answers."""

import builtins
import contextlib
import os
import sys
import threading

import numpy as np
import pytest

from minidgm.course.answer import Unusable, copied, plain, restore, unchanged
from minidgm.course.sandbox import process
from minidgm.course.sandbox.codec import decode, encode, receive, send

SOURCE = """
import autograd.numpy as np
from autograd import grad

def double(x): return 2 * x
def fails(x): raise ValueError("no " + str(x))
def spoils(x): x[0] = 7; return 1.0
def unsendable(x): return "\\udcff" * 40_000_000
def asks(f, x): return f(x, scale=3)
def slope(f, x): return grad(lambda x: np.sum(f(x)))(x)
def calls_double(x): return double(x) + 1
"""


class Checker:
    """The checker's end: it says something, and hears the next thing."""

    def __init__(self, out, back):
        self.out, self.back = out, back

    def hear(self):
        return decode(*receive(self.back))

    def ask(self, value):
        send(self.out, encode(value, name=lambda f: 0))
        return self.hear()


@pytest.fixture
def checker(monkeypatch):
    """The student's process as a thread of this one; what it would do to the process is left out."""
    (take, out), (back, give) = os.pipe(), os.pipe()
    here = process.Pipe(open(take, "rb", buffering=0), open(give, "wb", buffering=0))
    monkeypatch.setattr(process, "take_pipes", lambda: here)
    monkeypatch.setattr(process, "limit", lambda *args, **more: None)
    monkeypatch.setattr(process, "forget", lambda: None)
    monkeypatch.setattr(os, "_exit", sys.exit)
    monkeypatch.setattr(sys, "path", list(sys.path))

    def run():
        with contextlib.suppress(SystemExit):
            process.main()

    thread = threading.Thread(target=run)
    thread.start()
    with open(out, "wb", buffering=0) as write, open(back, "rb", buffering=0) as read:
        yield Checker(write, read)
        write.close()
        thread.join(timeout=20)
        assert not thread.is_alive()  # it ends when the checker has gone
    here.requests.close()
    here.replies.close()
    sys.modules.pop("ex99_answer", None)


def begun(checker, tmp_path, source=SOURCE):
    assert checker.hear() == ("ready",)
    return checker.ask((str(tmp_path / "ex99_answer.py"), source, "", 0, 0))


def test_calls_come_back_as_values_exceptions_and_arguments_that_were_changed(checker, tmp_path):
    verdict, walls, names = begun(checker, tmp_path)
    assert (verdict, walls) == ("loaded", "") and {"double", "fails", "slope"} <= set(names)
    assert checker.ask(("double", (4,), {})) == ("done", 8, None, ())
    done, value, (kind, message, lines), changed = checker.ask(("fails", (3,), {}))
    assert (done, value, kind, message, changed) == ("done", None, "ValueError", "no 3", ())
    assert lines == ('line 6: def fails(x): raise ValueError("no " + str(x))',)
    assert checker.ask(("spoils", (np.zeros(2),), {})) == ("done", 1.0, None, (0,))
    _, value, (kind, message, _), _ = checker.ask(("unsendable", (1,), {}))
    assert (value, kind) == (None, "ValueError") and message.startswith("the returned value can't be sent: more than")
    _, _, (kind, _, _), _ = checker.ask(("not_there", (), {}))
    assert kind == "AttributeError"


def test_the_checkers_callables_are_called_there_and_their_exceptions_raised_here(checker, tmp_path):
    begun(checker, tmp_path)
    assert checker.ask(("asks", (len, 2), {})) == ("call", 0, (2,), {"scale": 3})
    assert checker.ask(("return", 6)) == ("done", 6, None, ())
    for kind in ("ValueError", "Strange"):
        checker.ask(("asks", (len, 2), {}))
        _, _, error, _ = checker.ask(("raise", kind, "x: expected a number"))
        assert error[:2] == (kind, "x: expected a number")
    assert issubclass(builtins.ValueError, Exception) and not hasattr(builtins, "Strange")


def test_derivatives_of_the_checkers_callables_are_asked_for_there(checker, tmp_path):
    begun(checker, tmp_path)
    x = np.array([1.0, 2.0])
    kind, number, (given,), more = checker.ask(("slope", (len, x), {}))
    assert (kind, number, more) == ("call", 0, {}) and np.array_equal(given, x)
    assert checker.ask(("return", x**2)) == ("vjp", 0, 0)
    kind, number, (g, at), more = checker.ask(("return", 1))
    assert (kind, number) == ("call", 1) and np.array_equal(g, [1, 1]) and np.array_equal(at, x)
    done, value, error, _ = checker.ask(("return", 2 * x * g))
    assert done == "done" and error is None and np.array_equal(value, 2 * x)


def test_a_function_of_the_checkers_stands_in_for_one_of_the_file_during_the_call(checker, tmp_path):
    begun(checker, tmp_path)
    assert checker.ask(("calls_double", (5,), {"double": len})) == ("call", 0, (5,), {})
    assert checker.ask(("return", 100)) == ("done", 101, None, ())
    assert checker.ask(("calls_double", (5,), {})) == ("done", 11, None, ())


@pytest.mark.parametrize(
    "source, kind, words, line",
    [
        ("def f(:\n", "SyntaxError", "invalid syntax", "line 1: def f(:"),
        ("x = 1\nx.y\n", "AttributeError", "'int' object has no attribute 'y'", "line 2: x.y"),
    ],
)
def test_a_file_that_cannot_be_loaded_is_told_with_its_line(checker, tmp_path, source, kind, words, line):
    assert begun(checker, tmp_path, source) == ("unusable", kind, words, (line,))


@pytest.mark.skipif(os.name == "nt", reason="no such limits there")
@pytest.mark.parametrize("confined", [False, True])
def test_limits_are_set_one_by_one_and_one_that_cannot_be_leaves_the_others(monkeypatch, confined):
    import resource

    def set_limit(kind, values):
        found[kind] = values
        if kind == resource.RLIMIT_AS:
            raise ValueError("current limit exceeds maximum limit")

    found = {}
    monkeypatch.setattr(resource, "setrlimit", set_limit)
    process.limit(memory=1 << 30, seconds=7, confined=confined)
    assert found.pop(resource.RLIMIT_AS) == (1 << 30, 1 << 30) and found.pop(resource.RLIMIT_CPU) == (7, 7)
    assert found == {resource.RLIMIT_CORE: (0, 0)} | ({resource.RLIMIT_NPROC: (0, 0)} if confined else {})


@pytest.mark.parametrize(
    "value, what",
    [
        ({1, 2}, "a set"),
        (object(), "an object"),
        (np.array(["a"]), "an array of dtype <U1"),
        (np.array([1j]), "an array of dtype complex128"),
    ],
)
def test_what_is_not_plain_is_told_by_its_name(value, what):
    assert plain(value) == Unusable(what) and plain([1, (value,)]) == [1, (Unusable(what),)]


def test_a_changed_argument_is_noticed_and_put_back_whatever_its_kind():
    for before, change in (
        ({"a": np.zeros(2)}, lambda d: d.update(b=1)),
        ({"a": np.zeros(2)}, lambda d: d["a"].fill(3)),
        ([1, 2], lambda values: values.append(3)),
        (np.zeros(2), lambda array: array.fill(3)),
    ):
        (given,) = copied((before,))
        assert unchanged(given, before)
        change(given)
        assert not unchanged(given, before)
        restore(given, before)
        assert unchanged(given, before)
