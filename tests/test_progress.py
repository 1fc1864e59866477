"""The line that shows progress: on a terminal only, and never wider than it, or it would scroll."""

import io

import pytest

from minidgm import progress
from minidgm.progress import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize("width", [30, 80, 200])
def test_a_long_line_is_clipped_to_the_terminal(monkeypatch, width):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr(progress, "terminal_width", lambda: width)
    with Progress("a lab's training with a long name, 17 levels, seed 0", 100) as line:
        line.show(100, "loss 1.2345  best 1.2345")
    lines = terminal.getvalue().split("\r")
    assert any("a lab's" in one for one in lines)
    assert max(map(len, lines)) < width


def test_a_pipe_stays_quiet(monkeypatch):
    pipe = io.StringIO()
    monkeypatch.setattr("sys.stderr", pipe)
    with Progress("train", 10) as line:
        line.show(10)
    assert pipe.getvalue() == ""


def test_where_the_terminal_does_not_say_it_has_eighty_columns(monkeypatch):
    monkeypatch.setattr("sys.stderr", Terminal())
    assert progress.terminal_width() == 80
