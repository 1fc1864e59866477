"""Naming a mistake by its outputs: what decides, and what doesn't."""

import types

import numpy as np

from minidgm.course.answer import Call, Error, InProcess, Outcome
from minidgm.course.bank import Entry
from minidgm.course.diagnose import diagnose, first_of_all, in_one_value, value_called

X = np.linspace(0.5, 2, 4)


def entry(code):
    return Entry(code.__name__, "f", code, "a sentence")


def log_of_it(x):
    return np.log(x)


def square(x):
    return x * x


def calls(f, *args, error=None):
    run = InProcess({"f": f})
    return [Call("f", (x,), Outcome(error=error) if error else run.call("f", (x,))) for x in args]


SOLUTION = types.SimpleNamespace(f=lambda x: x + 1)
ENTRIES = [entry(log_of_it), entry(square)]


def test_equal_outputs_name_the_mistake_however_it_is_written():
    assert diagnose(calls(lambda x: x**2, X, X + 1), [], ENTRIES, SOLUTION).name == "square"


def test_one_call_that_differs_is_another_mistake():
    mixed = calls(lambda x: x**2, X) + calls(lambda x: x**3, X + 1)
    assert diagnose(mixed, [], ENTRIES, SOLUTION) is None


def test_another_dtype_does_not_hide_a_mistake_in_the_values():
    assert diagnose(calls(lambda x: (x**2).astype(np.float32), X), [], ENTRIES, SOLUTION).name == "square"


def test_right_values_are_no_mistake_of_values():
    assert diagnose(calls(lambda x: x + 1, X), [], [entry(SOLUTION.f)._replace(name="other")], SOLUTION) is not None
    assert diagnose(calls(lambda x: (x + 1).astype(np.float32), X), [], ENTRIES, SOLUTION) is None


def test_a_call_that_was_cut_short_decides_nothing():
    late = calls(square, X + 2, error=Error("Timeout", "took more than 10 seconds"))
    assert diagnose(calls(square, X) + late, [], ENTRIES, SOLUTION).name == "square"
    assert diagnose(late, [], ENTRIES, SOLUTION) is None
    same_at_one = calls(square, np.ones(3)), types.SimpleNamespace(f=lambda x: x)  # right there, then cut short
    assert diagnose(same_at_one[0] + late, [], ENTRIES, same_at_one[1]) is None


def test_of_two_mistakes_the_one_in_the_first_failing_test_is_named():
    first, later = calls(square, X), calls(lambda x: x**3, X + 1)
    assert diagnose(first + later, [], ENTRIES, SOLUTION) is None
    assert first_of_all(first, [], [], later, ENTRIES, SOLUTION).name == "square"


def test_of_two_mistakes_in_two_returned_values_the_first_is_named():
    right = types.SimpleNamespace(f=lambda x: (x, x + 1))
    codes = (lambda x: (x, x * x), lambda x: (x * x, x + 1), lambda x: (x**3, x + 1))
    pairs = [Entry(str(i), "f", code, "a sentence") for i, code in enumerate(codes)]
    said = calls(lambda x: (x * x, x - 1), X, X + 1)
    assert diagnose(said, [], pairs, right) is None
    for answers, value, name in (said, 0, "1"), (calls(lambda x: (x, x * x), X), 1, "0"):
        key, named = in_one_value(answers, [], pairs, right)
        assert (key, named.name) == (value, name)
    assert in_one_value(calls(square, X), [], pairs, right) is None


def test_thin_evidence_names_nothing():
    def cube(x):
        return x**3

    one = np.ones(3)  # where a square and a cube are equal
    rivals = [entry(square), entry(cube)._replace(sentence="another sentence")]
    assert first_of_all(calls(square, one), [], [], calls(np.exp, X), rivals, SOLUTION) is None
    assert first_of_all(calls(square, one), [], [], calls(cube, X), rivals, SOLUTION).name == "cube"
    assert first_of_all(calls(square, one, error=Error("ValueError", "no")), [], [], [], rivals, SOLUTION) is None


def test_a_number_made_of_float32_is_compared_as_such():
    def total(x):
        return float(np.sum(x * x))

    said = calls(lambda x: float(np.sum(x.astype(float) ** 2)), np.linspace(0, 1, 99, dtype=np.float32))
    assert diagnose(said, [], [entry(total)], SOLUTION).name == "total"


def test_float64_decides_where_float32_comes_out_otherwise():
    def tail(x):
        return np.log(1 - x)

    single = np.array([1 - 6e-8], np.float32)
    said = calls(lambda x: np.log(-(x.astype(float) * 0.999 - 1) if x.dtype == np.float32 else 1 - x), X / 3, single)
    assert diagnose(said, [], [entry(tail)], SOLUTION).name == "tail"


def test_how_often_a_callable_is_called_does_not_hide_a_wrong_dtype():
    def upcast(x, net):
        return net(x) + x.astype(float)

    def object_by_object(x, net):
        return np.stack([net(row) for row in x]) + x.astype(float)

    x = np.arange(3, dtype=np.float32)
    said = [Call("f", (x, np.sin), InProcess({"f": object_by_object}).call("f", (x, np.sin)))]
    right = types.SimpleNamespace(f=lambda x, net: net(x) + x)
    assert diagnose(said, [], [entry(upcast)], right).name == "upcast"


def test_each_of_several_returned_values_has_a_name_however_many_there_are():
    assert value_called("gap") == "gap" and value_called(3) == "the fourth value you return"
    assert value_called(6) == "value 7"
