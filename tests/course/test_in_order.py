"""A learner goes in order: each function can be written, and is graded right, while all later ones are still stubs."""

import pytest

from minidgm.course.answer import InProcess
from minidgm.course.exercises import EXERCISES, find_root
from minidgm.course.files import load
from minidgm.course.grading import graders, run

ROOT = find_root(__file__)


def unwritten(exercise, function):
    """A function as its stub has it."""

    def stub(*args):
        raise NotImplementedError(f"{exercise.key}: write {function}")

    return stub


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.stem)
def test_a_function_needs_none_that_come_after_it(exercise):
    path = ROOT / "solutions" / f"{exercise.stem}.py"
    tests = graders(load(ROOT / "tests" / "exercises" / f"test_{exercise.stem}.py"))
    for done, function in enumerate(exercise.functions, 1):
        answers = {"__name__": exercise.stem}
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), answers)
        answers.update({later: unwritten(exercise, later) for later in exercise.functions[done:]})
        results = [run(test, InProcess(answers), load(path)) for test in tests[function]]
        assert [r for r in results if r.status != "passed"] == []
