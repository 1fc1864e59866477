"""The stable functions: exact against 1,000-digit arithmetic, gradients checked, float32 kept."""

from decimal import Decimal, getcontext

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import elementwise_grad
from autograd.test_util import check_grads

from minidgm import functional as F
from minidgm.tensor import value_and_grad

ENDS = [-700.0, -103.5, -37.0, -5.0, -1.0, -1e-3, -1e-12, 0.0, 1e-12, 1e-3, 1.0, 5.0, 37.0, 103.5, 700.0]
PAIRS = [(1e-9, 0.0), (0.1, -0.1), (3.0, -4.0), (40.0, 39.0), (-39.0, -40.0), (600.0, 599.0), (-599.5, -600.0)]
PAIRS += [(50.0, 50.0 - 2.0**-20), (-50.0, -50.0 - 2.0**-20), (600.0, -600.0)]

ONE = Decimal(1)


@pytest.fixture(autouse=True)
def digits():
    getcontext().prec = 1000


def exact_sigmoid(a):
    return ONE / (ONE + (-Decimal(a)).exp())


EXACT = {
    "sigmoid": exact_sigmoid,
    "softplus": lambda a: (ONE + Decimal(a).exp()).ln(),
    "log_sigmoid": lambda a: -(ONE + (-Decimal(a)).exp()).ln(),
}
EXACT_SLOPE = {
    "sigmoid": lambda a: exact_sigmoid(a) * exact_sigmoid(-a),
    "softplus": exact_sigmoid,
    "log_sigmoid": lambda a: exact_sigmoid(-a),
}


@pytest.mark.parametrize("name", EXACT)
def test_values_and_slopes_are_exact_to_rounding(name):
    a, function = np.array(ENDS), getattr(F, name)
    np.testing.assert_allclose(function(a), [float(EXACT[name](v)) for v in ENDS], rtol=4e-16)
    slope = elementwise_grad(function)(a)
    np.testing.assert_allclose(slope, [float(EXACT_SLOPE[name](v)) for v in ENDS], rtol=1e-15)


def test_log_diff_sigmoid_is_exact_in_both_tails():
    a, b = np.array(PAIRS).T
    exact = [float((exact_sigmoid(x) - exact_sigmoid(y)).ln()) for x, y in PAIRS]
    np.testing.assert_allclose(F.log_diff_sigmoid(a, b), exact, rtol=1e-15)
    by_a = [float(exact_sigmoid(x) * exact_sigmoid(-x) / (exact_sigmoid(x) - exact_sigmoid(y))) for x, y in PAIRS]
    by_b = [float(-exact_sigmoid(y) * exact_sigmoid(-y) / (exact_sigmoid(x) - exact_sigmoid(y))) for x, y in PAIRS]
    np.testing.assert_allclose(elementwise_grad(F.log_diff_sigmoid, 0)(a, b), by_a, rtol=2e-15)
    np.testing.assert_allclose(elementwise_grad(F.log_diff_sigmoid, 1)(a, b), by_b, rtol=2e-15)


def test_log_diff_sigmoid_with_an_infinite_side_is_a_tail():
    a = np.array(ENDS)
    np.testing.assert_allclose(F.log_diff_sigmoid(a, np.full_like(a, -np.inf)), F.log_sigmoid(a), rtol=1e-15)
    np.testing.assert_allclose(F.log_diff_sigmoid(np.full_like(a, np.inf), a), F.log_sigmoid(-a), rtol=1e-15)
    assert np.all(np.isfinite(elementwise_grad(F.log_diff_sigmoid, 0)(a, np.full_like(a, -np.inf))))


def test_log1mexp_is_exact_for_small_and_large_arguments():
    d = [1e-300, 1e-17, 1e-3, 0.5, 0.7, 5.0, 40.0, 700.0]
    exact = [float((ONE - (-Decimal(v)).exp()).ln()) for v in d]
    np.testing.assert_allclose(F.log1mexp(np.array(d)), exact, rtol=4e-16)


@pytest.mark.parametrize("top", [-1e4, 0.0, 1e4])
def test_logsumexp_neither_overflows_nor_underflows(top):
    a = top + np.array([[0.0, -1.0, -50.0], [-3.0, -3.0, -np.inf]])
    wanted = [top + np.log(1 + np.exp(-1) + np.exp(-50)), top - 3 + np.log(2)]
    np.testing.assert_allclose(F.logsumexp(a, axis=1), wanted, rtol=1e-15)
    assert F.logsumexp(a, axis=1, keepdims=True).shape == (2, 1)
    assert F.logsumexp(np.full((2, 3), -np.inf), axis=1).tolist() == [-np.inf, -np.inf]


def test_log_softmax_sums_to_one():
    a = np.random.default_rng(0).normal(0, 300, (5, 7))
    np.testing.assert_allclose(np.exp(F.log_softmax(a, axis=1)).sum(axis=1), 1, rtol=1e-12)


def test_softmax_keeps_its_digits_however_large_the_logits_are():
    for dtype in (np.float32, np.float64):
        a = np.array([[1e4, 1e4 - 1], [-1e30, -1e30], [0.0, -1.0]], dtype)
        exact = np.array([[0.0, -1.0], [0.0, 0.0], [0.0, -1.0]])
        exact = exact - np.log(np.sum(np.exp(exact), axis=1, keepdims=True))
        np.testing.assert_allclose(F.log_softmax(a, axis=1), exact, rtol=4 * np.finfo(dtype).eps)
        grad = elementwise_grad(lambda a: F.logsumexp(a, axis=1))(a)
        np.testing.assert_allclose(grad, np.exp(exact), rtol=8 * np.finfo(dtype).eps)


def test_logsumexp_with_infinite_terms_has_a_finite_gradient():
    a = np.array([[np.inf, 0.0, -np.inf], [np.inf, np.inf, 1.0], [-np.inf, -np.inf, -np.inf]])
    assert F.logsumexp(a, axis=1).tolist() == [np.inf, np.inf, -np.inf]
    grad = elementwise_grad(lambda a: F.logsumexp(a, axis=1))(a)
    np.testing.assert_allclose(grad, [[1, 0, 0], [0.5, 0.5, 0], [1 / 3, 1 / 3, 1 / 3]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_slope_of_log_normal_cdf_keeps_its_digits_far_out(dtype):
    a = np.array([-1e30, -1e8, -1e4, -100.0, 0.0, 1e30], dtype)
    tail = 1 + 1 / np.maximum(np.abs(a), 1).astype(np.float64) ** 2  # N(a)/Φ(a) = −a (1 + a⁻² + O(a⁻⁴)) on the left
    wanted = np.where(a < 0, -a * tail, np.where(a == 0, np.sqrt(2 / np.pi), 0))
    np.testing.assert_allclose(elementwise_grad(F.log_normal_cdf)(a), wanted, rtol=1e-6)
    assert elementwise_grad(F.log_normal_cdf)(a).dtype == elementwise_grad(F.normal_cdf)(a).dtype == dtype


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_curvature_of_log_normal_cdf_tends_to_minus_one_on_the_left(dtype):
    a = np.array([-np.inf, -1e30, -1e4, -200.0, -20.0, 0.0, 1e30, np.inf], dtype)
    left = -1 + 1 / np.maximum(np.abs(a), 1).astype(np.float64) ** 2  # and + O(a⁻⁴)
    curvature = elementwise_grad(elementwise_grad(F.log_normal_cdf))(a)
    np.testing.assert_allclose(curvature, np.where(a < 0, left, np.where(a == 0, -2 / np.pi, 0)), atol=1e-3)
    assert curvature.dtype == dtype
    assert elementwise_grad(elementwise_grad(F.log_normal_cdf))(0.0) == pytest.approx(-2 / np.pi)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_curvature_of_normal_cdf_is_minus_a_times_the_density(dtype):
    a = np.array([-np.inf, -1e30, -50.0, -1.0, 0.0, 2.0, 1e30, np.inf], dtype)
    near = np.clip(a, -50, 50).astype(np.float64)
    curvature = elementwise_grad(elementwise_grad(F.normal_cdf))(a)
    np.testing.assert_allclose(curvature, -near * np.exp(-0.5 * near**2) / np.sqrt(2 * np.pi), rtol=1e-6)
    assert curvature.dtype == dtype


def test_the_gradient_of_a_broadcast_argument_has_its_shape():
    a, b = np.array([[2.0], [3.0], [4.0]]), np.array([-1.0, 0.0, 1.0, 1.5])
    check_grads(F.log_diff_sigmoid, modes=["rev"], order=1)(a, b)
    assert elementwise_grad(F.log_diff_sigmoid, 1)(a, b).shape == (4,)


X, W, B = (np.random.default_rng(1).normal(size=s) for s in [(4, 6), (6, 3), (3,)])
INDEX1, INDEX2 = np.array([4, 0]), np.array([1, 5, 2, 3])
GRADIENTS = {
    "sigmoid": (F.sigmoid, X),
    "softplus": (F.softplus, X),
    "log_sigmoid": (F.log_sigmoid, X),
    "log1mexp": (F.log1mexp, np.abs(X) + 0.1),
    "log_diff_sigmoid": (F.log_diff_sigmoid, X + 3, X - 1),
    "logsumexp": (lambda a: F.logsumexp(a, axis=1), X),
    "logsumexp of all": (F.logsumexp, X),
    "log_softmax": (F.log_softmax, X),
    "normal_cdf": (F.normal_cdf, X),
    "log_normal_cdf": (F.log_normal_cdf, X),
    "relu": (F.relu, X),
    "soft_bound": (lambda a: F.soft_bound(a, limit=2.0), X),
    "dense": (F.dense, X, W, B),
    "columns": (lambda x: F.columns(x, index=INDEX1), X),
    "columns of a slice": (lambda x: F.columns(x, index=slice(1, 5, 2)), X),
    "pick": (lambda a: F.pick(a, index=np.array([4, 0, 5, 0])), X),
    "total": (lambda a: F.total(a, a, a), X),
    "split": (lambda x: F.split(x, 2)[0] * F.split(x, 2)[1], X),
    "merge_columns": (lambda a, b: F.merge_columns(a, b, index1=INDEX1, index2=INDEX2), X[:, :2], X[:, 2:]),
}


@pytest.mark.parametrize("name", GRADIENTS)
def test_gradients_and_their_gradients(name):
    function, *args = GRADIENTS[name]
    check_grads(lambda *args: function(*args) ** 2, modes=["rev"], order=2)(*args)


@pytest.mark.parametrize("name", GRADIENTS)
def test_float32_in_float32_out_and_gradients_as_in_float64(name):
    function, *args = GRADIENTS[name]
    loss = lambda args: anp.sum(function(*args) ** 2)  # noqa: E731
    value, grad = value_and_grad(loss)([a.astype(np.float32) for a in args])
    _, exact = value_and_grad(loss)([*args])
    assert function(*[a.astype(np.float32) for a in args]).dtype == np.asarray(value).dtype == np.float32
    for path in exact:
        assert grad[path].dtype == np.float32
        np.testing.assert_allclose(grad[path], exact[path], rtol=1e-4, atol=1e-5)


def test_split_and_merge_put_everything_back():
    a, b = F.columns(X, index=INDEX1), F.columns(X, index=INDEX2)
    assert np.array_equal(F.merge_columns(a, b, index1=INDEX1, index2=INDEX2), X)
    assert np.array_equal(np.concatenate(F.split(X, 3), axis=1), X)


def test_soft_bound_is_the_identity_near_zero_and_never_passes_the_limit():
    a = np.array([-1e30, -3.0, 1e-9, 0.0, 3.0, 1e30])
    np.testing.assert_allclose(F.soft_bound(a, limit=3.0), [-3, -1.5, 1e-9, 0, 1.5, 3], rtol=1e-8)


def test_a_total_is_one_step_with_the_gradient_of_a_sum():
    a, b, c = np.random.default_rng(0).standard_normal((3, 4))
    np.testing.assert_array_equal(F.total(a, b, c), a + b + c)
    check_grads(F.total, modes=["rev"], order=2)(a, b, a)
