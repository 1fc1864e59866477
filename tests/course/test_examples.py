"""Every worked example that a student reads is true: those in stubs and solutions, and the README's."""

import doctest
import re
import subprocess
import sys

import pytest

from minidgm.course.exercises import EXERCISES, find_root
from minidgm.course.files import load

ROOT = find_root(__file__)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.stem)
def test_the_examples_of_an_exercise(exercise):
    module = load(ROOT / "solutions" / f"{exercise.stem}.py")  # its docstrings are the stub's
    runner = doctest.DocTestRunner(verbose=False)
    for name in exercise.functions:
        text = getattr(module, name).__doc__
        runner.run(doctest.DocTestParser().get_doctest(text, dict(vars(module)), name, exercise.stem, 0))
    assert runner.tries >= len(exercise.functions) and runner.failures == 0


def test_every_function_to_write_has_an_example():
    without = []
    for exercise in EXERCISES:
        module = load(ROOT / "solutions" / f"{exercise.stem}.py")
        without += [
            f"{exercise.key} {name}" for name in exercise.functions if ">>>" not in getattr(module, name).__doc__
        ]
    assert without == []


def test_the_readmes_program_runs_as_it_stands(tmp_path):
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    loss = float(done.stdout.split()[0])
    assert loss < 2.0  # that of the untrained flow is 2.5
