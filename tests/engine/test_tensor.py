"""The tensor layer: parameters found, shared and constant ones, gradients, dtype, structure kept apart."""

import gc

import autograd.numpy as anp
import numpy as np
import pytest
from autograd.test_util import check_grads

from minidgm.functional import split
from minidgm.nn import MLP
from minidgm.optim import Adam
from minidgm.tensor import Module, arrays, differentiable, parameters, stop_gradient, value_and_grad


class Part(Module):
    def __init__(self, value):
        self.weight = np.array(value, np.float32)
        self.mask = np.array([True, False])
        self.places = np.array([1, 0])


class Whole(Module):
    constants = ("data",)

    def __init__(self):
        self.parts = [Part([1.0, 2.0]), Part([3.0, 4.0])]
        self.tied = self.parts[0]
        self.data = np.ones(2, np.float32)
        self.by_name = {"bias": np.zeros(1, np.float32)}
        self.size = 3.0


def loss(model, x):
    return anp.sum(x * model.parts[0].weight * model.tied.weight) + anp.sum(model.data * model.parts[1].weight)


def test_float_arrays_are_parameters_and_masks_indices_and_constants_are_not():
    assert list(parameters(Whole())) == ["parts.0.weight", "parts.1.weight", "by_name.bias"]
    assert list(arrays(Whole())) == ["parts.0.weight", "parts.1.weight", "data", "by_name.bias"]


def test_parameters_are_the_arrays_themselves():
    model = Whole()
    parameters(model)["parts.1.weight"][0] = 9
    assert model.parts[1].weight[0] == 9


def test_gradients_of_shared_unused_and_plain_parameters():
    x = np.array([5.0, 7.0], np.float32)
    value, grad = value_and_grad(loss)(Whole(), x)
    assert value == 5 * 1 + 7 * 4 + 3 + 4
    np.testing.assert_array_equal(grad["parts.0.weight"], 2 * x * [1, 2])  # used twice: both uses count
    np.testing.assert_array_equal(grad["parts.1.weight"], [1, 1])
    np.testing.assert_array_equal(grad["by_name.bias"], [0])
    assert all(g.dtype == np.float32 for g in grad.values())


@pytest.mark.parametrize("keys", [(1, "1"), ("a.weight", "a")])
def test_two_arrays_of_one_name_are_refused(keys):
    model = Part([1.0, 2.0])
    model.parts = {keys[0]: np.ones(2), keys[1]: np.ones(3) if keys[1] == "1" else {"weight": np.ones(3)}}
    for use in (parameters, arrays, value_and_grad(lambda model: anp.sum(model.weight))):
        with pytest.raises(ValueError, match="model: two arrays would both be named 'parts"):
            use(model)


def test_the_model_is_not_changed_by_differentiating_it():
    model = Whole()
    before = {path: array.copy() for path, array in arrays(model).items()}
    value_and_grad(loss)(model, np.ones(2, np.float32))
    assert all(type(a) is np.ndarray and np.array_equal(a, before[path]) for path, a in arrays(model).items())


def test_astype_and_copy_make_new_arrays_and_keep_sharing():
    model = Whole()
    exact, copy = model.astype(np.float64), model.copy()
    assert all(a.dtype == np.float64 for a in arrays(exact).values()) and exact.tied is exact.parts[0]
    copy.parts[0].weight[0] = 9
    assert model.parts[0].weight[0] == 1 and copy.tied.weight[0] == 9
    with pytest.raises(ValueError, match="dtype: expected a float type"):
        model.astype(int)


def test_a_whole_training_step_in_float32_has_the_gradient_of_float64():
    rng = np.random.default_rng(0)
    model, x = MLP((3, 8, 2), rng), rng.normal(size=(6, 3))
    square = lambda model, x: anp.mean(model(x) ** 2)  # noqa: E731
    value, grad = value_and_grad(square)(model, x.astype(np.float32))
    exact_value, exact = value_and_grad(square)(model.astype(np.float64), x)
    assert value == pytest.approx(exact_value, rel=1e-5) and np.asarray(value).dtype == np.float32
    for path in grad:
        assert grad[path].dtype == np.float32
        np.testing.assert_allclose(grad[path], exact[path], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("function", [anp.mean, anp.std, anp.var, lambda a: anp.sum(anp.where(a > 0, a, 2.0 * a))])
def test_autograds_own_gradients_that_drift_to_float64_are_brought_back(function):
    model = Part([1.0, -2.0])
    _, grad = value_and_grad(lambda model: function(model.weight * np.float32(3)))(model)
    assert grad["weight"].dtype == np.float32


def test_a_step_with_its_own_gradient_rule():
    @differentiable
    def cube(a):
        return a**3, lambda g: (3 * a**2 * g,)

    check_grads(cube, modes=["rev"], order=2)(np.array([0.5, -1.0]))


def test_inside_a_loss_the_parameters_are_there_too_as_weight_decay_wants_them():
    decay = lambda model: sum(anp.sum(theta**2) for theta in parameters(model).values())  # noqa: E731
    value, grad = value_and_grad(decay)(Part([1.0, -2.0]))
    assert value == 5
    np.testing.assert_array_equal(grad["weight"], [2, -4])


def test_a_loss_may_itself_take_gradients():
    net, x = MLP((3, 5, 1), np.random.default_rng(0)).astype(np.float64), np.random.default_rng(1).normal(size=(4, 3))

    def squared_norm(net):
        _, grad = value_and_grad(lambda net: anp.sum(net(x) ** 2))(net)
        return sum(anp.sum(g**2) for g in grad.values())

    value, grad = value_and_grad(squared_norm)(net)
    ends = []
    for e in (1e-6, -1e-6):
        moved = net.copy()
        moved.layers[0].weight[1, 2] += e
        ends.append(squared_norm(moved))
    assert value == pytest.approx(squared_norm(net))
    assert grad["layers.0.weight"][1, 2] == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-6)


def test_a_step_that_the_loss_does_not_depend_on_is_not_walked_through():
    @differentiable
    def refuses(a):
        return a * 2, lambda g: pytest.fail("its gradient was asked for")

    def loss(model):
        refuses(model.weight)
        return anp.sum(model.weight)

    np.testing.assert_array_equal(value_and_grad(loss)(Part([1.0, 2.0]))[1]["weight"], [1, 1])


def test_a_training_step_leaves_nothing_to_the_garbage_collector():
    model, optimizer = MLP((3, 8, 2), np.random.default_rng(0)), Adam()
    loss = lambda model: anp.mean(sum(split(model(np.ones((4, 3), np.float32)), 2)) ** 2)  # noqa: E731
    optimizer.step(model, value_and_grad(loss)(model)[1])
    gc.collect()
    gc.disable()
    try:
        optimizer.step(model, value_and_grad(loss)(model)[1])
        assert gc.collect() == 0  # all arrays are free as soon as the step is done
    finally:
        gc.enable()


def test_stop_gradient_is_a_constant():
    _, grad = value_and_grad(lambda m: anp.sum(stop_gradient(m.weight) * m.weight))(Part([2.0, 3.0]))
    np.testing.assert_array_equal(grad["weight"], [2, 3])


def test_a_loss_must_be_one_number():
    with pytest.raises(ValueError, match=r"loss: expected one number, got an array of shape \(2,\); take its mean"):
        value_and_grad(lambda m: m.weight)(Part([1.0, 2.0]))
    with pytest.raises(ValueError, match="loss: expected one number, got None"):
        value_and_grad(lambda m: None)(Part([1.0, 2.0]))


def test_repr_shows_the_structure():
    text = repr(MLP((3, 8, 2), np.random.default_rng(0)))
    assert "weight=float32(3, 8)" in text and text.count("Dense(") == 2


def test_repr_of_a_module_without_parts_is_one_line():
    assert repr(type("Nothing", (Module,), {})()) == "Nothing()"
