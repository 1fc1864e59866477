"""Networks: shapes, errors, and MADE's dependence pattern, exactly strictly triangular for every ordering."""

import itertools

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import jacobian

from minidgm.nn import MADE, MLP, Dense, MaskedDense, made_degrees, made_masks, start_at_zero
from minidgm.tensor import parameters, value_and_grad

BOTH_WAYS = True


def connections(net):
    """How many paths lead from each input to each output: (m, outputs · m)."""
    paths = np.eye(net.m, dtype=int)
    for layer in net.layers:
        paths = paths @ layer.mask
    return paths


def strictly_earlier(order):
    """[i, j]: whether dimension i comes before dimension j in the order."""
    place = np.argsort(order)
    return place[:, None] < place[None, :]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
@pytest.mark.parametrize("hidden", [(), (3,), (7, 5), (9, 4, 8)])
def test_output_j_is_connected_to_exactly_the_inputs_before_j(order, hidden):
    net = MADE(4, hidden, 3, np.random.default_rng(0), order=order)
    for paths in np.split(connections(net), 3, axis=1):
        assert np.array_equal(paths > 0, strictly_earlier(order))


@pytest.mark.parametrize("order", [None, [4, 2, 0, 1, 3]])
def test_jacobian_of_made_is_strictly_triangular_in_the_order(order):
    rng = np.random.default_rng(0)
    net = MADE(5, (40, 40), 2, rng, order=order).astype(np.float64)
    for layer in net.layers:
        layer.bias += rng.normal(size=layer.bias.shape)
    x = rng.normal(size=5)
    for k in range(2):
        J = jacobian(lambda v, k=k: net(v[None])[k][0])(x)  # row j: the derivative of output j
        assert np.array_equal(J != 0, strictly_earlier(net.order).T)


def test_every_output_may_depend_on_the_context():
    net = MADE(4, (32,), 2, np.random.default_rng(0), context=3).astype(np.float64)
    x, context = np.ones((2, 4)), np.ones((2, 3))
    changed = np.abs(net.table(x, context + 1) - net.table(x, context))
    assert np.all(changed > 0)


def test_degrees_are_present_where_a_layer_is_wide_enough():
    degrees = made_degrees(np.array([2, 0, 1, 3]), (3, 8))
    assert degrees[0].tolist() == [2, 3, 1, 4]
    assert degrees[1].tolist() == [1, 2, 3] and set(degrees[2]) == {1, 2, 3}
    assert [mask.shape for mask in made_masks(degrees)] == [(4, 3), (3, 8), (8, 4)]


def test_a_layer_narrower_than_m_still_lets_the_last_output_see_every_input():
    order = np.random.default_rng(1).permutation(20)
    paths = connections(MADE(20, (6, 8), 1, np.random.default_rng(0), order=order)) > 0
    assert not np.any(paths & ~strictly_earlier(order))
    assert np.array_equal(paths[:, order[-1]], strictly_earlier(order)[:, order[-1]])
    assert made_degrees(np.arange(20), (4,))[1].tolist() == [1, 7, 13, 19]


@pytest.mark.parametrize("hidden", [(1,), (1, 1), (5, 1), (1, 7)])
def test_a_lone_unit_serves_the_last_output(hidden):
    order = np.array([2, 0, 3, 1])
    paths = connections(MADE(4, hidden, 1, np.random.default_rng(0), order=order)) > 0
    assert not np.any(paths & ~strictly_earlier(order))
    assert np.array_equal(paths[:, 1], strictly_earlier(order)[:, 1])  # all three before it


def test_made_of_one_dimension_learns_constants():
    net = MADE(1, (8,), 2, np.random.default_rng(0))
    assert not connections(net).any()
    _, grad = value_and_grad(lambda net, x: anp.sum(net(x)[0] + net(x)[1]))(net, np.ones((3, 1), np.float32))
    assert np.all(grad["layers.1.bias"] == 3)


def test_dense_and_mlp_compute_the_formula_in_float32():
    rng = np.random.default_rng(0)
    mlp = MLP((3, 5, 2), rng)
    x = rng.normal(size=(4, 3)).astype(np.float32)
    first, second = mlp.layers
    wanted = np.maximum(x @ first.weight + first.bias, 0) @ second.weight + second.bias
    np.testing.assert_allclose(mlp(x), wanted, rtol=1e-6)
    assert mlp(x).dtype == np.float32 and Dense(3, 5, rng)(x).shape == (4, 5)


def test_start_at_zero_zeroes_the_last_layer_only():
    mlp = MLP((3, 5, 2), np.random.default_rng(0))
    start_at_zero(mlp)
    assert {path: bool(a.any()) for path, a in parameters(mlp).items()} == {
        "layers.0.weight": True,
        "layers.0.bias": False,
        "layers.1.weight": False,
        "layers.1.bias": False,
    }


@pytest.mark.parametrize(
    "call, sentence",
    [
        (lambda rng: MLP((3,), rng), r"sizes: expected \(inputs, hidden..., outputs\), got \(3,\)"),
        (lambda rng: MLP((3, 2), rng)(np.zeros((5, 4))), r"x: expected shape \(n, 3\), got \(5, 4\)"),
        (lambda rng: MADE(3, (4,), 2, rng)(np.zeros(3)), r"x: expected shape \(n, 3\), got \(3,\)"),
        (lambda rng: MADE(3, (4,), 2, rng, order=[0, 1]), r"order: expected each of 0..2 once, got \[0, 1\]"),
        (
            lambda rng: MADE(3, (4,), 2, rng, context=2)(np.zeros((5, 3))),
            r"context: expected an array of shape \(5, 2\)",
        ),
        (
            lambda rng: MADE(3, (4,), 2, rng, context=2)(np.zeros((5, 3)), np.zeros((4, 2))),
            r"context: expected shape \(5, 2\), got \(4, 2\)",
        ),
        (lambda rng: MADE(3, 64, 2, rng), r"hidden: expected the widths of the layers, such as \(64, 64\), got 64"),
        (lambda rng: Dense(3, 0, rng), "outputs: expected a whole number from 1 on, got 0"),
        (lambda rng: MLP((3, 2.5), rng), r"sizes: expected the widths of the layers"),
        (lambda rng: MLP((3, 2), rng)([[1.0, 2.0, 3.0]]), r"x: expected an array of shape \(n, 3\), got list"),
        (lambda rng: MADE(3, (4,), 2, rng, context=-1), "context: expected a whole number from 0 on, got -1"),
        (lambda rng: MaskedDense(np.ones((3, 2)), rng), "mask: expected a boolean array, got float64"),
        (lambda rng: Dense(3, 2, rng)(np.zeros((5, 4))), r"x: expected shape \(n, 3\), got \(5, 4\)"),
    ],
)
def test_errors_say_what_was_wanted(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call(np.random.default_rng(0))
