"""Every exercise's files hold each other: stub, solution, graders, misconceptions, right answers, hints."""

import pytest

from minidgm.course.answer import InProcess
from minidgm.course.author.confusion import confusion, table
from minidgm.course.author.stubs import problems, unlisted
from minidgm.course.exercises import EXERCISES, find_root
from minidgm.course.files import load
from minidgm.course.grading import graders, run
from minidgm.course.sandbox.runner import Worker

ROOT = find_root(__file__)
each_exercise = pytest.mark.parametrize("exercise", EXERCISES, ids=[e.key for e in EXERCISES])


@each_exercise
def test_every_misconception_is_rejected_and_named_and_every_right_answer_accepted(exercise):
    rows = confusion(ROOT, exercise)
    bad = [row for row in rows if not row.good]
    assert not bad, table(bad)
    for function in exercise.functions:
        mine = [row.entry for row in rows if row.entry.function == function]
        assert sum(entry.sentence is not None for entry in mine) >= 6, f"{function}: fewer than six misconceptions"
        assert sum(entry.sentence is None for entry in mine) >= 2, f"{function}: fewer than two other right answers"


@each_exercise
def test_stubs_solutions_graders_and_hints_agree(exercise):
    assert problems(ROOT, exercise) == []


@each_exercise
def test_what_an_exercise_says_to_read_is_there(exercise):
    missing = [path for path in exercise.read if not (ROOT / path).is_file()]
    assert not missing


def test_no_exercise_is_off_the_list():
    assert unlisted(ROOT) == []


def test_exercises_are_numbered_in_order_and_no_function_is_in_two():
    assert [e.number for e in EXERCISES] == list(range(1, len(EXERCISES) + 1))
    functions = [name for e in EXERCISES for name in e.functions]
    assert len(set(functions)) == len(functions)


@each_exercise
def test_a_solution_is_right_in_a_students_process_too(exercise, tmp_path):
    source = (ROOT / "solutions" / f"{exercise.stem}.py").read_text(encoding="utf-8")
    tests = graders(load(ROOT / "tests" / "exercises" / f"test_{exercise.stem}.py"))
    solution = load(ROOT / "solutions" / f"{exercise.stem}.py")
    with Worker(tmp_path / f"{exercise.stem}.py", source) as worker:
        for test in (test for name in exercise.functions for test in tests[name]):
            there, here = run(test, worker, solution), run(test, InProcess(vars(solution)), solution)
            assert (there.status, there.message) == ("passed", "")
            assert [c.outcome.counts for c in there.calls] == [c.outcome.counts for c in here.calls]
