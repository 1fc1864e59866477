"""`minidgm case`, names in place of numbers, and `check(f)` in a REPL."""

import subprocess
import sys
from pathlib import Path

import pytest

from minidgm.cli import main
from minidgm.course import case, check
from minidgm.course.exercises import find, find_root
from minidgm.course.spelling import spelled
from minidgm.errors import UserError

ROOT = Path(__file__).resolve().parents[2]
WRONG = "net_mu, sigma = net(x[:, :d])\nreturn x, np.log(sigma).sum(axis=1)"


def python(path, monkeypatch, commands=""):
    """Run one script: what it printed."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    done = subprocess.run([sys.executable, str(path)], input=commands, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_failing_case_runs_by_itself_with_its_net(clone, write, monkeypatch, capsys):
    write("ex07_coupling", coupling_f=WRONG)
    assert main(["case", "7", "coupling_f"]) == 0
    path = clone / "exercises" / "case_ex07_coupling_f.py"
    assert "case_ex07_coupling_f.py" in capsys.readouterr().out and "argument(" in path.read_text()
    assert "array" in python(path, monkeypatch)


def test_a_case_of_arrays_needs_nothing_but_numpy_and_stops_at_a_breakpoint(clone, write, monkeypatch):
    write("ex01_stable", softplus="return np.log(1 + np.exp(a))")
    path = case.write(clone, find(1), "softplus")
    assert "minidgm" not in path.read_text()
    text = python(path, monkeypatch)
    path.write_text(path.read_text().replace("\nprint(", "\nbreakpoint()\nprint("))
    assert "(Pdb)" in python(path, monkeypatch, "c\n") and text


def test_a_case_writes_over_nothing(clone, write):
    write("ex01_stable", softplus="return np.log(1 + np.exp(a))")
    path = case.write(clone, find(1), "softplus")
    assert case.write(clone, find(1), "softplus") == path
    path.write_text("mine")
    other = case.write(clone, find(1), "softplus")
    assert other != path and path.read_text() == "mine"


def test_a_function_names_its_exercise(clone, capsys):
    assert find("logsumexp").key == "ex01"
    assert main(["check", "logsumexp"]) == 1
    assert "Next: 01" in capsys.readouterr().out
    assert main(["hint", "logsumexp"]) == 0
    assert "logsumexp, hint 1" in capsys.readouterr().out
    assert main(["hint"]) == 0
    assert "hint 3" in capsys.readouterr().out


def test_a_clone_without_its_exercises_is_told_how_to_bring_them_back(clone):
    (clone / ".git").mkdir()
    (clone / "exercises").rename(clone / "elsewhere")
    with pytest.raises(UserError, match="exercises/ is gone; bring it back: git checkout exercises"):
        find_root(clone)


def test_a_function_is_checked_as_it_stands():
    import numpy as np

    def softplus(a):
        return np.log(1 + np.exp(a))

    verdict = check(softplus)
    assert not verdict.right and "overflow" in repr(verdict) and "<pre" in verdict._repr_html_()
    assert check(case.load(ROOT / "solutions" / "ex01_stable.py").softplus).right
    with pytest.raises(UserError, match="no exercise has a function of this name"):
        check(python)


def test_a_breakpoint_in_an_answer_leads_to_its_case(clone, write, capsys):
    write("ex01_stable", softplus="breakpoint()\nreturn np.log(1 + np.exp(a))")
    assert main(["check", "softplus"]) == 1
    assert "minidgm case" in capsys.readouterr().out.replace("\n", " ")


def test_an_exception_is_shown_where_an_editor_finds_it(clone, write, capsys):
    write("ex01_stable", softplus="return 1 / 0 * a")
    main(["check", "1"])
    assert "    exercises/ex01_stable.py:" in capsys.readouterr().out


def test_greek_letters_are_spelled_where_there_are_none():
    assert spelled("μ + σε, log σ² → −∞ …") == "mu + sigma eps, log sigma^2 -> -inf ..."
    assert spelled("xμ") == "x mu" and spelled("2πτ") == "2pi tau"


def test_the_file_to_work_on_opens_in_the_learners_editor(clone, monkeypatch, capsys):
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    assert main(["next", "--edit"]) == 2 and "EDITOR" in capsys.readouterr().err
    script = clone / "editor.py"
    script.write_text("import sys\nopen('opened', 'w').write(sys.argv[1])")
    monkeypatch.setenv("EDITOR", f"{sys.executable} {script}")
    assert main(["next", "--edit"]) == 0
    assert (clone / "opened").read_text().endswith("ex03_change_of_variables.py")


def test_a_function_that_is_right_or_not_started_has_no_failing_case(clone, write, capsys):
    assert main(["case", "softplus"]) == 2 and "not started" in capsys.readouterr().err
    write("ex01_stable", softplus="return np.logaddexp(np.zeros_like(a), a)")
    assert main(["case", "softplus"]) == 0 and "nothing fails" in capsys.readouterr().out
    assert not list(clone.glob("exercises/case_*"))
