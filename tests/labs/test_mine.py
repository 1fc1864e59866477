"""`--mine`: what a lab says when one of the student's own functions fails in it."""

import shutil

import autograd.numpy as np
import pytest
from autograd import grad

from minidgm.cli import main
from minidgm.course.exercises import FOLDERS, find, find_root
from minidgm.course.progress import Progress
from minidgm.course.report import FunctionReport, Report
from minidgm.errors import UserError
from minidgm.labs import mine


@pytest.fixture
def exercise(tmp_path, monkeypatch):
    """Exercise 12, answered, in a clone where we are; `broken(line)` puts a line first into its mixture."""
    root = find_root()
    for name in FOLDERS:
        shutil.copytree(root / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.chdir(tmp_path)
    found = find(12)
    text, head = found.solution(tmp_path).read_text(encoding="utf-8"), "def discretized_mixture_log_prob"
    start = text.index('"""\n', text.index(head) + 200) + 4

    def broken(line, right):
        found.answer(tmp_path).write_text(f"{text[:start]}    {line}\n{text[start:]}", encoding="utf-8")
        if right:
            progress = Progress(tmp_path)
            functions = tuple(FunctionReport(name, "right", 3, 3) for name in found.functions)
            progress.remember(Report(found, functions), progress.digest(found))
        return mine.load(found.stem).discretized_mixture_log_prob

    return broken


def failure(function):
    """What is said when a lab differentiates the function by mu."""
    y, log_pi, s = np.array([3.0]), np.log(np.array([0.5, 0.5])), np.ones(2)
    with pytest.raises(UserError) as raised:
        grad(lambda mu: np.sum(function(y, log_pi, mu, s, 8)))(np.array([1.0, 4.0]))
    return str(raised.value)


@pytest.mark.parametrize(
    "line, why",
    [("mu = np.asarray(mu)", "no derivative of asarray"), ("s = np.zeros(2); s[:] = mu", "nothing is written into")],
)
def test_what_check_finds_right_but_autograd_cannot_differentiate_is_told_as_such(exercise, line, why):
    said = failure(exercise(line, right=True))
    assert why in said and "try `minidgm check" not in said and said.endswith(line)


@pytest.mark.parametrize(
    "line",
    [
        "import numpy; mu = numpy.logaddexp(0, numpy.where(mu > 0, mu, 0))",
        "import numpy; return numpy.asarray([mu[0]])",
    ],
)
def test_plain_numpy_is_told_as_such(exercise, line):
    said = failure(exercise(line, right=True))
    assert "autograd.numpy" in said and "try `minidgm check" not in said


def test_a_form_that_the_lab_cannot_use_is_one_sentence(exercise, capsys):
    exercise("return None", right=False)
    assert main(["lab", "discretize", "--quick", "--seeds", "1", "--mine"]) == 2
    said = capsys.readouterr().err
    assert "can't use what came back" in said and "first `minidgm check 12`?" in said and "Traceback" not in said


def test_other_failures_send_to_check(exercise):
    said = failure(exercise("mu = mu.reshape(7)", right=False))
    assert "try `minidgm check 12` first" in said and "can't differentiate" not in said
