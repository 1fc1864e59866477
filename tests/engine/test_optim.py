"""Optimizers against their formulas written out, float32 kept, schedules, clipping, the moving average."""

import numpy as np
import pytest

from minidgm.fast import adam
from minidgm.optim import SGD, Adam, MovingAverage, adam_step, clip_by_norm, warmup_cosine
from minidgm.tensor import Module, parameters

BOTH_WAYS = True


class Point(Module):
    def __init__(self, dtype=np.float64):
        self.a = np.array([1.0, -2.0, 3.0], dtype)
        self.b = np.array([[0.5], [4.0]], dtype)


def gradients(steps, dtype=np.float64):
    rng = np.random.default_rng(0)
    return [{"a": rng.normal(size=3).astype(dtype), "b": rng.normal(size=(2, 1)).astype(dtype)} for _ in range(steps)]


def test_adam_is_the_formula_of_the_paper():
    model, adam = Point(), Adam(0.1, 0.8, 0.95, 1e-3)
    theta, m, v = model.a.copy(), 0.0, 0.0
    for t, grad in enumerate(gradients(7), start=1):
        adam.step(model, grad)
        m, v = 0.8 * m + 0.2 * grad["a"], 0.95 * v + 0.05 * grad["a"] ** 2
        theta -= 0.1 * (m / (1 - 0.8**t)) / (np.sqrt(v / (1 - 0.95**t)) + 1e-3)
    np.testing.assert_allclose(model.a, theta, rtol=1e-12)


def test_the_first_step_of_adam_is_lr_long_whatever_the_gradients_scale():
    for scale in (1e-4, 1.0, 1e4):
        model = Point()
        Adam(0.1, eps=1e-12).step(model, {path: scale * g for path, g in gradients(1)[0].items()})
        np.testing.assert_allclose(np.abs(model.a - Point().a), 0.1, rtol=1e-6)


def test_blocks_do_not_change_adam(monkeypatch):
    one, many = Point(), Point()
    whole, blocked = Adam(0.1), Adam(0.1)
    for grad in gradients(3):
        whole.step(one, grad)
        with monkeypatch.context() as context:
            context.setattr(adam, "BLOCK", 2)
            blocked.step(many, grad)
    np.testing.assert_allclose(many.a, one.a, rtol=1e-14)
    np.testing.assert_allclose(many.b, one.b, rtol=1e-14)


def test_momentum_adds_up_the_gradients():
    model, sgd, v, theta = Point(), SGD(0.1, beta=0.9), 0.0, Point().b
    for grad in gradients(5):
        sgd.step(model, grad)
        v = 0.9 * v + grad["b"]
        theta = theta - 0.1 * v
    np.testing.assert_allclose(model.b, theta, rtol=1e-12)


@pytest.mark.parametrize("optimizer", [SGD(0.1), SGD(0.1, beta=0.9), Adam(0.1)])
def test_float32_parameters_and_state_stay_float32_and_are_changed_in_place(optimizer):
    model = Point(np.float32)
    array = model.a
    for grad in gradients(2, np.float32):
        optimizer.step(model, grad)
    assert model.a is array and array.dtype == np.float32
    assert all(s.dtype == np.float32 for name, s in optimizer.state().items() if name != "t")


def test_a_restored_optimizer_continues_bit_for_bit():
    model, adam = Point(), Adam(warmup_cosine(0.1, 2, 10))
    first, second = gradients(6)[:3], gradients(6)[3:]
    for grad in first:
        adam.step(model, grad)
    again, copy = Adam(warmup_cosine(0.1, 2, 10)), model.copy()
    again.restore({name: np.array(value) for name, value in adam.state().items()})
    for grad in second:
        adam.step(model, grad)
        again.step(copy, grad)
    assert np.array_equal(model.a, copy.a) and again.t == 6


def test_clipping_keeps_the_direction_and_a_short_gradient():
    grad = {"a": np.array([3.0, 0.0]), "b": np.array([4.0])}
    clipped, norm = clip_by_norm(grad, 1.0)
    assert norm == 5.0
    np.testing.assert_allclose([*clipped["a"], *clipped["b"]], [0.6, 0.0, 0.8])
    assert clip_by_norm(grad, 10.0)[0] is grad


def test_the_schedule_rises_in_a_line_and_falls_along_a_cosine():
    lr = warmup_cosine(2.0, 4, 12)
    assert [lr(t) for t in (1, 2, 4)] == [0.5, 1.0, 2.0]
    assert lr(8) == pytest.approx(1.0) and lr(12) == pytest.approx(0, abs=1e-15) and lr(99) == pytest.approx(0)
    with pytest.raises(ValueError, match="warmup: expected"):
        warmup_cosine(1.0, 5, 5)


def test_the_moving_average_of_constant_parameters_is_them_and_forgets_at_its_rate():
    model = Point()
    average = MovingAverage(model, decay=0.9)
    model.a += 1
    for _ in range(3):
        average.update(model)
    np.testing.assert_allclose(average.model.a, Point().a + 1 - 0.9**3)
    assert np.array_equal(average.model.b, model.b)


@pytest.mark.parametrize("lr", [np.array(1e-3), np.float32(1e-3), 1])
def test_a_number_of_numpy_is_a_number(lr):
    Adam(lr)


@pytest.mark.parametrize("lr", [-1, np.nan, np.inf, "1e-3", np.array([1e-3]), np.array("a"), 10**400, None])
def test_a_learning_rate_that_cannot_be_is_a_sentence(lr):
    with pytest.raises(ValueError, match="^lr: expected a number"):
        Adam(lr)


def test_a_gradient_of_another_model_is_refused():
    with pytest.raises(ValueError, match="grad: expected one array per parameter of the model, got b in one of them"):
        SGD(0.1).step(Point(), {"a": np.zeros(3)})


def test_an_optimizer_that_has_averages_of_another_model_refuses():
    adam, other = Adam(0.1), Point()
    adam.step(Point(), gradients(1)[0])
    other.b = np.zeros((3, 1))
    with pytest.raises(
        ValueError, match="model: this optimizer has averages for 5 parameters, got a model of 6; make a"
    ):
        adam.step(other, {"a": np.ones(3), "b": np.ones((3, 1))})
    assert adam.t == 1 and not other.b.any()
    with pytest.raises(ValueError, match="model: expected one with parameters"):
        Adam().step(Module(), {})


def test_float32_averages_continue_in_float64():
    adam = Adam(0.1)
    adam.step(Point(np.float32), gradients(1, np.float32)[0])
    adam.step(Point(), gradients(1)[0])
    assert adam.m.dtype == adam.v.dtype == np.float64


@pytest.mark.parametrize(
    "change",
    [
        {"update": np.zeros(5)},
        {"t": "three"},
        {"t": -1},
        {"m": np.full(5, np.nan)},
        {"m": np.zeros(5, complex)},
        {"v": np.array("text")},
    ],
)
def test_a_state_that_is_not_adams_is_refused_whole(change):
    adam, again = Adam(0.1), Adam(0.1)
    adam.step(Point(), gradients(1)[0])
    with pytest.raises(ValueError, match="state: expected"):
        again.restore(adam.state() | change)
    assert again.t == 0 and not hasattr(again, "m") and callable(again.update)
    with pytest.raises(ValueError, match=r"state: expected \['m', 't', 'v'\] of Adam after 1 steps, got \['t'\]"):
        again.restore({"t": 1})


def test_adam_walks_down_a_valley():
    model, adam = Point(), Adam(0.1)
    for _ in range(500):
        adam.step(
            model,
            {
                path: theta * [1.0, 30.0, 0.1][: len(theta)] if theta.ndim == 1 else theta
                for path, theta in parameters(model).items()
            },
        )
    assert all(np.abs(theta).max() < 1e-2 for theta in parameters(model).values())


def test_clipping_of_a_gradient_whose_square_is_beyond_float32():
    clipped, norm = clip_by_norm({"a": np.array([3e30, 0], np.float32), "b": np.array([4e30], np.float32)}, 1.0)
    np.testing.assert_allclose(norm, 5e30, rtol=1e-6)
    np.testing.assert_allclose([*clipped["a"], *clipped["b"]], [0.6, 0, 0.8], rtol=1e-6)


def test_a_gradient_of_another_shape_is_one_sentence():
    model = Point()
    with pytest.raises(ValueError, match=r"grad: a: expected shape \(3,\), got \(2,\)"):
        Adam().step(model, {"a": np.zeros(2), "b": np.zeros(3)})
    assert np.array_equal(model.a, Point().a)


@pytest.mark.parametrize("dtype", [np.longdouble, np.float64, np.float32])
def test_adams_step_in_any_float_is_the_papers(dtype):
    rng = np.random.default_rng(0)
    g, m, v = (rng.random(5).astype(dtype) for _ in range(3))
    theirs = [a.astype(np.longdouble) for a in (g, m, v)]
    wanted_m, wanted_v = 0.9 * theirs[1] + 0.1 * theirs[0], 0.999 * theirs[2] + 0.001 * theirs[0] ** 2
    wanted = 0.01 * (wanted_m / (1 - 0.9**3)) / (np.sqrt(wanted_v / (1 - 0.999**3)) + 1e-8)
    got = adam_step(g, m, v, 3, 0.01, 0.9, 0.999, 1e-8)
    for a, b in ((got, wanted), (m, wanted_m), (v, wanted_v)):
        assert a.dtype == dtype
        np.testing.assert_allclose(a.astype(np.longdouble), b, rtol=1e-5 if dtype == np.float32 else 1e-13)


def test_a_schedule_may_do_without_a_warm_up():
    schedule = warmup_cosine(0.2, 0, 10)
    np.testing.assert_allclose([schedule(0 + t) for t in (5, 10)], [0.1, 0], atol=1e-15)
    assert schedule(1) == pytest.approx(0.1 * (1 + np.cos(np.pi / 10)))
