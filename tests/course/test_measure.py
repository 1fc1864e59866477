"""What is measured on a wrong answer without knowing its mistake: each sentence where it holds, and only there."""

import types

import numpy as np
import pytest

from minidgm.course.answer import Answer, Call, InProcess, Wrong
from minidgm.course.grading import Result, grades
from minidgm.course.measure import Timed, completed, measured, own_randomness

EPS = np.linspace(-1, 2, 6).reshape(2, 3)
MU = np.array([[0.5, 1.0, 2.0]])


def draw(mu, eps):
    return np.sum(mu + 2 * eps, axis=1)


SOLUTION = types.SimpleNamespace(draw=draw)


def called(answer, *inputs):
    run = InProcess({"draw": answer})
    return [Call("draw", args, run.call("draw", args)) for args in inputs], run


def said(answer, passing=()):
    calls, run = called(answer, (MU, EPS), (MU + 1, EPS), (2 * MU, EPS - 1))
    fine, _ = called(answer, *passing)
    return measured(calls, fine, run, SOLUTION)


def test_random_numbers_of_its_own_are_seen_by_a_second_call():
    calls, run = called(lambda mu, eps: draw(mu, np.random.randn(*eps.shape)), (MU, EPS))
    assert "two different results" in own_randomness(calls[0], run, SOLUTION)
    assert "use eps" in own_randomness(calls[0], run, SOLUTION)
    calls, run = called(draw, (MU, EPS))
    assert own_randomness(calls[0], run, SOLUTION) == ""


def test_an_argument_plays_no_part_only_if_no_call_shows_that_it_does():
    seeded = np.random.RandomState(0).randn(2, 3)
    assert "when eps changes" in said(lambda mu, eps: draw(mu, seeded))
    assert "random numbers of your own" in said(lambda mu, eps: draw(mu, seeded))
    assert "when mu and eps change" in said(lambda mu, eps: np.arange(2.0))

    def capped(mu, eps):
        return np.minimum(
            draw(mu, eps), -3.0 - np.arange(2)
        )  # in the failing calls eps doesn't count, in this one it does

    assert said(capped, passing=[(MU - 9, EPS)]) == ""


@pytest.mark.parametrize(
    "what, words",
    [
        (lambda v: -v, "with the opposite sign"),
        (lambda v: v / np.log(2), "divided by log 2"),
        (lambda v: v / np.log(10), "divided by log 10"),
        (lambda v: v / 256, "times 0.00390625"),
        (lambda v: v + 8, "plus 8"),
        (lambda v: np.mean(v), "the mean over all objects"),
        (lambda v: np.sum(v), "the sum over all objects"),
        (lambda v: 0 * v, "is 0 in every case"),
    ],
)
def test_a_result_that_is_the_wanted_one_but_for_a_number(what, words):
    assert words in said(lambda mu, eps: what(draw(mu, eps)))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_not_called_zero(value):
    assert "is 0" not in said(lambda mu, eps: np.full(2, value))


def test_a_relation_that_a_passing_call_breaks_is_not_said():
    def absolute(mu, eps):
        return np.abs(draw(mu, eps))

    negative = [(MU - 9, EPS), (MU - 8, EPS), (MU - 7, EPS - 1)]
    calls, run = called(absolute, *negative)
    assert "opposite sign" in measured(calls, [], run, SOLUTION)
    fine, _ = called(absolute, (MU + 9, EPS))
    assert "opposite sign" not in measured(calls, fine, run, SOLUTION)


def test_another_mistake_is_no_relation():
    assert said(lambda mu, eps: np.sum(mu + 2 * eps**2, axis=1)) == ""


def test_a_failed_property_is_carried_on_to_its_other_cases():
    @grades("draw")
    def test_draw(answer):
        for shift in range(4):
            if not np.allclose(answer.draw(MU + shift, EPS), draw(MU + shift, EPS)):
                raise Wrong("no")

    from minidgm.course.grading import run

    runner = InProcess({"draw": lambda mu, eps: np.sum(mu + eps, axis=1)})
    result = run(test_draw, runner, SOLUTION)
    assert len(result.calls) == 1
    rest = completed(result, test_draw, Timed(runner), SOLUTION)
    assert [call.args[0][0, 0] for call in rest] == [1.5, 2.5, 3.5]
    assert all(np.array_equal(call.outcome.value, np.sum(call.args[0] + EPS, axis=1)) for call in rest)


def test_a_slow_answer_is_not_called_again_and_again():
    runner = Timed(InProcess({"draw": draw}), seconds=0.0)
    result = Result("test_draw", "failed", "", ())
    assert completed(result, lambda answer: answer.draw(MU, EPS), runner, SOLUTION) == []


def test_nan_out_of_an_array_that_holds_infinite_numbers_is_said_in_a_sentence():
    answer = Answer(InProcess({"draw": lambda mu, eps: mu * np.nan}), SOLUTION)
    with pytest.raises(Wrong, match="no number it was given is NaN"):
        answer.draw(np.array([np.inf, 1.0, -np.inf]), EPS)
    with pytest.raises(Wrong, match="every number it was given is fine"):
        answer.draw(MU, EPS)
