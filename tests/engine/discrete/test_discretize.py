"""Discretized distributions: exact against 400-digit arithmetic at every scale, sums to one, gradients, samples."""

from decimal import Decimal, getcontext

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import elementwise_grad, grad
from autograd.test_util import check_grads
from scipy import stats

from minidgm.discrete import DiscretizedLogisticMixture, bits_per_dim, discretized_log_prob
from minidgm.distributions import Logistic, LogisticMixture, Normal
from minidgm.fast.mixture import _softmax
from minidgm.functional import log_softmax
from minidgm.tensor import plain

BOTH_WAYS = True  # as the engine is used, and with the formulas as written
LEVELS = 17
SCALES = [1e-6, 1e-3, 0.1, 1.0, 30.0, 1e3, 1e6]
AWAY = [-50.0, -7.3, -0.5, 0.0, 0.4, 3.0, 50.0]  # the bin's distance from the mean, in scales
ONE, HALF = Decimal(1), Decimal("0.5")


@pytest.fixture(autouse=True)
def digits():
    getcontext().prec = 400


def F(x, mu, s):
    a = max(min((x - mu) / s, Decimal(10**7)), Decimal(-(10**7)))
    return ONE / (ONE + (-a).exp())


def exact(y, mu, s, levels=None):
    """log P(y) and its derivatives by μ and s."""
    y, mu, s = Decimal(int(y)), Decimal(float(mu)), Decimal(float(s))
    top, bottom = F(y + HALF, mu, s), F(y - HALF, mu, s)
    a, b = (y + HALF - mu) / s, (y - HALF - mu) / s
    slope_top, slope_bottom = top * F(-a, Decimal(0), ONE), bottom * F(-b, Decimal(0), ONE)
    if levels and y == 0:
        bottom = slope_bottom = Decimal(0)
    if levels and y == levels - 1:
        top, slope_top = ONE, Decimal(0)
    p = top - bottom
    by_mu, by_s = -(slope_top - slope_bottom) / s / p, -(slope_top * a - slope_bottom * b) / s / p
    return p.ln(), by_mu, by_s


def rounding(mu, s):
    """What rounding allows: log P can be −e^{−a}, and then the last digit of a = (y ± ½ − μ)/s moves it a-fold."""
    return 2.0**-52 * (8 + min(745, np.max(np.abs(17.5 - mu)) / s))  # e^{−745} is the smallest number above 0


@pytest.mark.parametrize("s", SCALES)
def test_values_and_gradients_are_exact_to_rounding_at_every_scale_and_distance(s):
    mu = np.array([10.25 - away * s for away in AWAY])  # so that the mean is `away` scales below, or above
    y, scale = np.full(len(AWAY), 10), np.full(len(AWAY), s)
    log_p = lambda mu, s: discretized_log_prob(y, Logistic(mu, s))  # noqa: E731
    wanted = [exact(10, m, s) for m in mu]
    np.testing.assert_allclose(log_p(mu, scale), [float(w[0]) for w in wanted], rtol=rounding(mu, s))
    by_mu, by_s = elementwise_grad(log_p, 0)(mu, scale), elementwise_grad(log_p, 1)(mu, scale)
    np.testing.assert_allclose(by_mu, [float(w[1]) for w in wanted], rtol=1e-13, atol=1e-16 / s)
    np.testing.assert_allclose(by_s, [float(w[2]) for w in wanted], rtol=1e-13, atol=1e-16 / s)


@pytest.mark.parametrize("s", SCALES)
def test_edge_bins_are_exact_too_and_all_gradients_are_finite(s):
    y = np.repeat([0, LEVELS - 1], len(AWAY))
    mu, scale = y - 0.25 - np.tile(AWAY, 2) * s, np.full(len(y), s)
    log_p = lambda mu, s: discretized_log_prob(y, Logistic(mu, s), LEVELS)  # noqa: E731
    wanted = [exact(*args, LEVELS) for args in zip(y, mu, scale)]
    np.testing.assert_allclose(log_p(mu, scale), [float(w[0]) for w in wanted], rtol=rounding(mu, s))
    for k in (0, 1):
        grad = elementwise_grad(log_p, k)(mu, scale)
        np.testing.assert_allclose(grad, [float(w[1 + k]) for w in wanted], rtol=1e-13, atol=1e-16 / s)


def test_float32_has_float32s_digits_at_every_scale():
    for s in SCALES:
        mu, scale = (10.25 - np.array(AWAY) * s).astype(np.float32), np.full(len(AWAY), s, np.float32)
        log_p = lambda mu, s: discretized_log_prob(np.full(len(AWAY), 10), Logistic(mu, s), LEVELS)  # noqa: E731
        value, by_mu = log_p(mu, scale), elementwise_grad(log_p, 0)(mu, scale)
        wanted = [exact(10, m, w, LEVELS) for m, w in zip(mu, scale)]
        assert value.dtype == by_mu.dtype == np.float32
        np.testing.assert_allclose(value, [float(w[0]) for w in wanted], rtol=1e-6, atol=1e-40)
        np.testing.assert_allclose(by_mu, [float(w[1]) for w in wanted], rtol=1e-5, atol=1e-7 / s)


def exact_normal(y, mu, sigma):
    """log P(y) and its derivatives by μ and σ, by the power series of Φ, whose terms are as large as e^{x²/2}."""
    y, mu, sigma = Decimal(int(y)), Decimal(float(mu)), Decimal(float(sigma))
    a, b = (y - HALF - mu) / sigma, (y + HALF - mu) / sigma
    size = int(max(a * a, b * b) / 2 / Decimal(10).ln())  # e^{x²/2} in digits: so many are lost, and P is as small
    getcontext().prec = 2 * size + 40
    total, term_a, term_b, n = Decimal(0), a, b, 0
    while n < 10 or max(abs(term_a), abs(term_b)) > Decimal(10) ** (-size - 30):  # (−1)^n x^{2n+1} / (2^n n!)
        total += (term_b - term_a) / (2 * n + 1)
        n += 1
        term_a, term_b = -term_a * a * a / (2 * n), -term_b * b * b / (2 * n)
    phi_a, phi_b = (-a * a / 2).exp(), (-b * b / 2).exp()
    value = float(total.ln() - (2 * Decimal(np.pi)).ln() / 2)
    return value, float(-(phi_b - phi_a) / sigma / total), float(-(phi_b * b - phi_a * a) / sigma / total)


@pytest.mark.parametrize("sigma", [0.3, 1.0, 30.0, 1e6])
def test_a_normal_is_exact_at_every_scale_and_distance(sigma):
    mu = np.array([10.25 - away * sigma for away in (-50 if sigma > 0.3 else -12, -3, 0, 0.4, 8)])
    y, scale = np.full(len(mu), 10), np.full(len(mu), sigma)
    log_p = lambda mu, sigma: discretized_log_prob(y, Normal(mu, sigma))  # noqa: E731
    wanted = [exact_normal(10, m, sigma) for m in mu]
    for k, values in enumerate((log_p(mu, scale), *(elementwise_grad(log_p, k)(mu, scale) for k in (0, 1)))):
        np.testing.assert_allclose(values, [w[k] for w in wanted], rtol=1e-12, atol=1e-14 / sigma)
    mu, scale = mu.astype(np.float32), scale.astype(np.float32)
    single = log_p(mu, scale)
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, log_p(mu.astype(np.float64), scale.astype(np.float64)), rtol=1e-5, atol=1e-7)


def mixture(rng, components=4, shape=(3,), spread=1.0, levels=LEVELS):
    log_pi = rng.normal(size=(*shape, components))
    mu = rng.normal(levels / 2, spread * levels, (*shape, components))
    return DiscretizedLogisticMixture(log_pi, mu, np.exp(rng.normal(0, 2, mu.shape)), levels)


@pytest.mark.parametrize("levels", [1, 2, 17, 256])
@pytest.mark.parametrize("spread", [0.3, 100.0])
def test_probabilities_of_all_levels_sum_to_one(levels, spread):
    model = mixture(np.random.default_rng(levels), shape=(50,), spread=spread, levels=levels)
    log_p = np.stack([model.log_prob(np.full(50, y)) for y in range(levels)])
    np.testing.assert_allclose(np.exp(log_p).sum(axis=0), 1, rtol=0, atol=1e-12)
    for distribution in (Normal(levels / 3, spread), Logistic(levels / 3, spread)):
        total = np.exp(discretized_log_prob(np.arange(levels), distribution, levels)).sum()
        np.testing.assert_allclose(total, 1, rtol=0, atol=1e-12)


def test_a_mixture_is_the_weighted_sum_of_its_parts_in_400_digits():
    log_pi, mu, s = np.log([0.2, 0.5, 0.3]), np.array([-40.0, 7.0, 90.0]), np.array([2.0, 0.02, 1.5])
    log_p = DiscretizedLogisticMixture(log_pi, mu, s, LEVELS).log_prob(np.arange(LEVELS))
    for y in range(LEVELS):
        total = sum(Decimal(float(np.exp(w))) * exact(y, m, t, LEVELS)[0].exp() for w, m, t in zip(log_pi, mu, s))
        np.testing.assert_allclose(log_p[y], float(total.ln()), rtol=1e-13)


@pytest.mark.parametrize("name", ["norm", "logistic", "laplace"])
def test_any_cdf_will_do_and_agrees_with_scipy(name):
    scipys, y = getattr(stats, name)(6.3, 2.5), np.arange(LEVELS)
    edges = np.concatenate([[-np.inf], y[1:] - 0.5, [np.inf]])
    np.testing.assert_allclose(discretized_log_prob(y, scipys.cdf, LEVELS), np.log(np.diff(scipys.cdf(edges))))
    if name != "laplace":
        mine = {"norm": Normal, "logistic": Logistic}[name](6.3, 2.5)
        np.testing.assert_allclose(discretized_log_prob(y, mine, LEVELS), discretized_log_prob(y, scipys.cdf, LEVELS))
        inside = np.log(scipys.cdf(y + 0.5) - scipys.cdf(y - 0.5))
        np.testing.assert_allclose(discretized_log_prob(y, mine), inside)


@pytest.mark.parametrize("mu, s", [(6.3, 2.5), (-4.0, 0.3), (8.0, 1e-6), (20.0, 1e3)])
def test_the_mean_is_the_sum_of_the_upper_tails(mu, s):
    mean = np.exp(discretized_log_prob(np.arange(LEVELS), Logistic(mu, s), LEVELS)) @ np.arange(LEVELS)
    tails = stats.logistic(mu, s).sf(np.arange(LEVELS - 1) + 0.5)  # E y = Σ_k P(y > k)
    np.testing.assert_allclose(mean, tails.sum(), rtol=1e-12)


def test_gradients_of_a_mixture():
    rng, y = np.random.default_rng(0), np.array([0, 5, LEVELS - 1])
    log_pi, mu, log_s = rng.normal(size=(3, 4)), rng.normal(8, 4, (3, 4)), rng.normal(size=(3, 4))
    log_p = lambda a, b, c: DiscretizedLogisticMixture(a, b, np.e**c, LEVELS).log_prob(y)  # noqa: E731
    check_grads(log_p, modes=["rev"], order=1)(log_pi, mu, log_s)


def test_normal_edge_bins_have_finite_gradients():
    y = np.array([0, 5, LEVELS - 1])
    log_p = lambda mu, sigma: discretized_log_prob(y, Normal(mu, sigma), LEVELS)  # noqa: E731
    for sigma in (1e-3, 1.0, 1e3):
        mu, sigma = np.array([30.0, 4.8, -20.0]), np.full(3, sigma)
        assert all(np.all(np.isfinite(elementwise_grad(log_p, k)(mu, sigma))) for k in (0, 1))
    check_grads(log_p, modes=["rev"], order=1)(np.array([2.0, 4.8, 13.0]), np.full(3, 2.0))


def test_samples_have_their_probabilities():
    model, n = mixture(np.random.default_rng(3), shape=()), 40_000
    p = np.exp(model.log_prob(np.arange(LEVELS)))
    y = model.sample(np.random.default_rng(0), n)
    counts = np.bincount(y, minlength=LEVELS)
    assert y.dtype == np.int32 and len(counts) == LEVELS
    assert np.all(np.abs(counts / n - p) < 4.5 * np.sqrt(p * (1 - p) / n) + 1e-12)
    assert mixture(np.random.default_rng(3), shape=(2, 5)).sample(np.random.default_rng(0), 7).shape == (7, 2, 5)


def test_dtype_is_decided_by_the_parameters_or_by_a_float_y():
    y = np.arange(LEVELS, dtype=np.uint8)
    assert discretized_log_prob(y, Logistic(np.float32(5), np.float32(2)), LEVELS).dtype == np.float32
    assert discretized_log_prob(y, Logistic(5.0, 2.0), LEVELS).dtype == np.float64
    assert discretized_log_prob(y.astype(np.float32), Normal(5.0, 2.0), LEVELS).dtype == np.float32
    mixture = LogisticMixture(np.zeros(2, np.float32), np.ones(2, np.float32), np.ones(2, np.float32))
    assert discretized_log_prob(y, mixture, LEVELS).dtype == np.float32
    assert np.allclose(log_softmax(mixture.log_pi), np.log(0.5))


def test_a_distributions_method_cdf_is_as_exact_as_the_distribution():
    y, logistic = np.array([0, 3, 16]), Logistic(np.array(900.0), np.array(2.0))
    np.testing.assert_array_equal(
        discretized_log_prob(y, logistic.cdf, LEVELS), discretized_log_prob(y, logistic, LEVELS)
    )
    normal = stats.norm(5, 2)
    np.testing.assert_array_equal(discretized_log_prob(y, normal, LEVELS), discretized_log_prob(y, normal.cdf, LEVELS))


@pytest.mark.parametrize("largest", [1e3, 1e30])
def test_unnormalized_weights_however_large_keep_the_digits(largest):
    y = np.arange(LEVELS)
    log_pi = np.tile([largest, 0.0, 0.0], (LEVELS, 1))
    before = log_pi.copy()
    mixture = DiscretizedLogisticMixture(log_pi, np.tile([3.0, 8.0, 12.0], (LEVELS, 1)), np.ones((LEVELS, 3)), LEVELS)
    alone = discretized_log_prob(y, Logistic(3.0, 1.0), LEVELS)
    np.testing.assert_allclose(mixture.log_prob(y), alone, rtol=1e-14)
    np.testing.assert_array_equal(log_pi, before)


def test_a_level_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match=r"y: expected levels 0..16, got 0 to 17"):
        discretized_log_prob(np.arange(18), Logistic(5.0, 2.0), LEVELS)


def test_a_fraction_is_no_level():
    with pytest.raises(ValueError, match="whole numbers"):
        discretized_log_prob(np.array([1.5]), Logistic(0.0, 1.0), LEVELS)


def test_bits_per_dim_of_a_uniform_model_are_the_bits_of_a_level():
    np.testing.assert_allclose(bits_per_dim(np.full(5, -64 * np.log(256)), 64), 8, rtol=1e-15)


KINDS = [np.int64, np.float32, np.float64]


@pytest.mark.parametrize("log_pi_dtype", KINDS)
@pytest.mark.parametrize("mu_dtype", KINDS)
@pytest.mark.parametrize("s_dtype", KINDS)
def test_parameters_of_any_dtypes_give_the_value_and_the_gradients_of_the_formula(log_pi_dtype, mu_dtype, s_dtype):
    log_pi, mu, s = np.array([[0, 1], [2, 0]]), np.array([[3, 5], [1, 7]]), np.array([[2, 1], [3, 2]])
    parameters = log_pi.astype(log_pi_dtype), mu.astype(mu_dtype), s.astype(s_dtype)
    y = np.array([1, 7])
    loss = lambda *a: anp.sum(DiscretizedLogisticMixture(*a, 8).log_prob(y))  # noqa: E731
    value = DiscretizedLogisticMixture(*parameters, 8).log_prob(y)
    exact = DiscretizedLogisticMixture(log_pi.astype(float), mu.astype(float), s.astype(float), 8).log_prob(y)
    np.testing.assert_allclose(value, exact, rtol=1e-5)
    assert value.dtype == (np.float32 if np.result_type(*parameters) == np.float32 else np.float64)
    for i, parameter in enumerate(parameters):
        if parameter.dtype.kind == "f":
            got = grad(loss, i)(*parameters)
            with plain():
                wanted = grad(loss, i)(*parameters)
            assert np.any(wanted != 0)
            np.testing.assert_allclose(got, wanted, rtol=1e-4, atol=1e-6)


def test_integer_means_are_not_rounded_away():
    found = DiscretizedLogisticMixture(np.zeros((2, 1)), np.array([[3], [5]]), np.array([[1.0], [1.0]]), 8)
    wanted = stats.logistic.cdf(0.5 - np.array([1, -6])) - stats.logistic.cdf(-0.5 - np.array([1, -6]))
    np.testing.assert_allclose(found.log_prob(np.array([4, 0]))[0], np.log(wanted[0]), rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float16, ">f4", ">f8", ">i4", np.uint8, np.int64])
def test_levels_of_every_dtype_have_the_same_probabilities(dtype):
    y = np.arange(5)
    wanted = discretized_log_prob(y, Logistic(np.float64(2), np.float64(1)), 5)
    for got in (
        discretized_log_prob(y.astype(dtype), Logistic(np.float64(2), np.float64(1)), 5),
        DiscretizedLogisticMixture(np.zeros((5, 1)), np.full((5, 1), 2.0), np.ones((5, 1)), 5).log_prob(
            y.astype(dtype)
        ),
        discretized_log_prob(y.tolist(), Logistic(np.float64(2), np.float64(1)), 5),
    ):
        np.testing.assert_allclose(got, wanted, rtol=1e-6)


def test_weights_that_are_all_zero_are_shared_equally():
    mu, s = np.array([[3.0, 4.0]]), np.array([[1.0, 2.0]])
    equal = DiscretizedLogisticMixture(np.zeros((1, 2)), mu, s, 8).log_prob(np.array([3]))
    nothing = np.full((1, 2), -np.inf)
    np.testing.assert_allclose(DiscretizedLogisticMixture(nothing, mu, s, 8).log_prob(np.array([3])), equal)
    got, wanted = (LogisticMixture(w, mu, s).log_prob(np.array([3.0])) for w in (nothing, np.zeros((1, 2))))
    np.testing.assert_allclose(got, wanted)


def test_the_outer_bins_reach_to_infinity():
    class Ends:
        def log_interval(self, lower, upper):
            return np.stack([lower, upper])

    lower, upper = discretized_log_prob(np.array([0.0, 1.0, 2.0]), Ends(), 3)
    np.testing.assert_array_equal(lower, [-np.inf, 0.5, 1.5])
    np.testing.assert_array_equal(upper, [0.5, 1.5, np.inf])


def test_where_every_component_is_impossible_none_has_a_share():
    shares, log_sum = _softmax(np.full((2, 1), -np.inf), np.zeros(1))
    assert np.all(shares == 0) and log_sum == -np.inf


def test_large_weights_keep_their_digits_beside_weights_that_are_all_zero():
    log_pi, mu, s = np.array([[1e300, 1e300], [-np.inf, -np.inf]]), np.full((2, 2), 3.0), np.ones((2, 2))
    got = DiscretizedLogisticMixture(log_pi, mu, s, 8).log_prob(np.array([3, 3]))
    np.testing.assert_allclose(got, discretized_log_prob(np.array([3, 3]), Logistic(3.0, 1.0), 8), rtol=1e-14)
