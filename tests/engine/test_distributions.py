"""Distributions against scipy and quadrature: values, tails, cdf = ∫ density, samples, dtype, gradients."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import elementwise_grad
from autograd.test_util import check_grads
from scipy import stats

from minidgm.distributions import Bernoulli, Categorical, Logistic, LogisticMixture, Normal, StandardNormal
from minidgm.functional import log_softmax
from minidgm.tensor import value_and_grad

BOTH_WAYS = True  # as the engine is used, and with the formulas as written
LOG_PI, MU, S = np.log([0.2, 0.5, 0.3]), np.array([-2.0, 0.5, 4.0]), np.array([0.3, 1.5, 0.7])
CONTINUOUS = {
    "normal": (Normal(0.7, 1.3), stats.norm(0.7, 1.3)),
    "logistic": (Logistic(0.7, 1.3), stats.logistic(0.7, 1.3)),
}
X = np.array([-300.0, -40.0, -2.0, 0.0, 0.7, 3.0, 50.0, 300.0])


@pytest.mark.parametrize("name", CONTINUOUS)
def test_log_prob_and_cdf_are_scipys(name):
    mine, scipys = CONTINUOUS[name]
    np.testing.assert_allclose(mine.log_prob(X), scipys.logpdf(X), rtol=1e-13)
    np.testing.assert_allclose(mine.cdf(X), scipys.cdf(X), rtol=1e-13)


def test_a_mixture_is_the_weighted_sum_of_its_components():
    parts = [stats.logistic(m, s) for m, s in zip(MU, S)]
    x = np.linspace(-9, 9, 7)
    mixture = LogisticMixture(LOG_PI + 5.0, MU, S)  # weights need not be normalized
    np.testing.assert_allclose(np.exp(mixture.log_prob(x)), sum(np.exp(w) * p.pdf(x) for w, p in zip(LOG_PI, parts)))
    np.testing.assert_allclose(mixture.cdf(x), sum(np.exp(w) * p.cdf(x) for w, p in zip(LOG_PI, parts)))


@pytest.mark.parametrize("distribution", [Normal(0.7, 1.3), Logistic(0.7, 1.3), LogisticMixture(LOG_PI, MU, S)])
def test_the_density_is_the_derivative_of_the_cdf(distribution):
    x = np.linspace(-6, 7, 11)
    np.testing.assert_allclose(elementwise_grad(distribution.cdf)(x), np.exp(distribution.log_prob(x)), rtol=1e-10)


@pytest.mark.parametrize("distribution", [Normal(0.7, 1.3), Logistic(0.7, 1.3), LogisticMixture(LOG_PI, MU, S)])
def test_log_interval_is_the_log_of_a_difference_of_cdfs_and_keeps_its_digits_in_the_tails(distribution):
    edges = np.linspace(-5, 6, 9)
    difference = np.diff(distribution.cdf(edges))
    np.testing.assert_allclose(distribution.log_interval(edges[:-1], edges[1:]), np.log(difference), rtol=1e-9)
    for far in (-200.0, 200.0):  # a narrow interval far out: probability = density · width
        a = np.array([far, far + 1e-6])
        middle = distribution.log_prob(a[:1] + 5e-7) + np.log(1e-6)
        np.testing.assert_allclose(distribution.log_interval(a[:1], a[1:]), middle, rtol=1e-6)
    ends = distribution.log_interval(np.array([-np.inf, -np.inf]), np.array([1.0, np.inf]))
    np.testing.assert_allclose(ends, [np.log(distribution.cdf(np.array([1.0]))[0]), 0], atol=1e-12)


def test_bernoulli_and_categorical_are_normalized_and_exact_for_large_logits():
    logits = np.array([-800.0, -30.0, 0.3, 30.0, 800.0])
    total = np.exp(Bernoulli(logits).log_prob(np.ones(5))) + np.exp(Bernoulli(logits).log_prob(np.zeros(5)))
    np.testing.assert_allclose(total, 1, rtol=1e-15)
    np.testing.assert_allclose(Bernoulli(logits).log_prob(np.ones(5)), stats.logistic.logcdf(logits), rtol=1e-13)
    table = np.random.default_rng(0).normal(0, 200, (4, 6))
    log_p = [Categorical(table).log_prob(np.full(4, y)) for y in range(6)]
    np.testing.assert_allclose(np.stack(log_p, 1), log_softmax(table))
    np.testing.assert_allclose(np.exp(log_p).sum(0), 1, rtol=1e-12)


def test_standard_normal_is_a_density_of_vectors():
    z = np.random.default_rng(0).normal(size=(5, 3))
    np.testing.assert_allclose(StandardNormal(3).log_prob(z), stats.multivariate_normal(np.zeros(3)).logpdf(z))
    with pytest.raises(ValueError, match=r"z: expected shape \(n, 3\), got \(3,\)"):
        StandardNormal(3).log_prob(z[0])


@pytest.mark.parametrize("distribution", [Normal(0.7, 1.3), Logistic(0.7, 1.3), LogisticMixture(LOG_PI, MU, S)])
def test_samples_follow_the_cdf(distribution):
    u = np.sort(distribution.cdf(distribution.sample(np.random.default_rng(0), 20_000)))
    assert stats.kstest(u, "uniform").pvalue > 1e-3


def test_discrete_samples_have_their_probabilities():
    rng, n = np.random.default_rng(0), 20_000
    p = np.exp(LOG_PI)
    counts = np.bincount(Categorical(LOG_PI).sample(rng, n), minlength=3)
    assert np.all(np.abs(counts / n - p) < 4 * np.sqrt(p * (1 - p) / n))
    ones = Bernoulli(np.array([-1.0, 2.0])).sample(rng, n).mean(0)
    p = stats.logistic.cdf([-1.0, 2.0])
    assert np.all(np.abs(ones - p) < 4 * np.sqrt(p * (1 - p) / n))


def test_samples_put_the_draws_in_front_of_the_parameters_shape():
    rng = np.random.default_rng(0)
    mu, sigma = np.zeros((4, 3), np.float32), np.ones(3, np.float32)
    draws = {
        "normal": Normal(mu, sigma).sample(rng, 5),
        "logistic": Logistic(mu, sigma).sample(rng, 5),
        "bernoulli": Bernoulli(mu).sample(rng, 5),
        "mixture": LogisticMixture(np.zeros((4, 3, 2), np.float32), mu[..., None], sigma[..., None]).sample(rng, 5),
    }
    for name, x in draws.items():
        assert x.shape == (5, 4, 3) and x.dtype == np.float32, name
    assert Categorical(mu).sample(rng, 5).shape == (5, 4)
    assert Normal(0.0, 1.0).sample(rng, 5).dtype == np.float32


DENSITIES = {
    "normal": lambda a, b: Normal(a, anp.exp(b)).log_prob(X[:2] / 100),
    "logistic": lambda a, b: Logistic(a, anp.exp(b)).log_prob(X[:2]),
    "mixture": lambda a, b: LogisticMixture(a * 1.0, b, anp.exp(a)).log_prob(X[2:4]),
    "normal interval": lambda a, b: Normal(a, anp.exp(b)).log_interval(X[2:4], X[2:4] + 1),
    "mixture interval": lambda a, b: LogisticMixture(a * 1.0, b, anp.exp(a)).log_interval(X[2:4], X[2:4] + 1),
    "bernoulli": lambda a, b: Bernoulli(a).log_prob(b),
    "categorical": lambda a, b: Categorical(a[None] * b[:, None]).log_prob(np.array([1, 0])),
}


@pytest.mark.parametrize("name", DENSITIES)
def test_gradients_are_right_and_float32_stays(name):
    a, b = np.array([0.3, -0.8]), np.array([0.4, 0.9])
    check_grads(DENSITIES[name], modes=["rev"], order=1)(a, b)
    loss = lambda ab: anp.sum(DENSITIES[name](*ab))  # noqa: E731
    _, exact = value_and_grad(loss)([a, b])
    _, grad = value_and_grad(loss)([a.astype(np.float32), b.astype(np.float32)])
    for path in exact:
        assert grad[path].dtype == np.float32
        np.testing.assert_allclose(grad[path], exact[path], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("distribution", [Normal(0, 1), Normal(0.5, 2.0), Logistic(0, 1), Logistic(0.5, 2.0)])
def test_parameters_that_are_python_numbers_take_the_datas_dtype(distribution):
    for dtype in (np.float32, np.float64):
        assert distribution.log_prob(X.astype(dtype)).dtype == distribution.cdf(X.astype(dtype)).dtype == dtype


def test_parameters_broadcast_against_the_data_and_get_gradients_of_their_own_shape():
    rng, logits, table = np.random.default_rng(0), np.array([-1.0, 0.3, 2.0]), np.array([0.0, 1.0, -1.0, 0.5])
    x, y = rng.random((5, 3)) < 0.5, Categorical(table).sample(rng, 6)
    for kind in (x, x.astype(np.int32), x.astype(np.float32)):
        assert Bernoulli(logits.astype(np.float32)).log_prob(kind).dtype == np.float32
    check_grads(lambda a: Bernoulli(a).log_prob(x.astype(float)), modes=["rev"], order=1)(logits)
    np.testing.assert_allclose(Categorical(table).log_prob(y), log_softmax(table)[y])
    assert Categorical(np.tile(table, (3, 1))).log_prob(np.zeros((5, 3), int)).shape == (5, 3)
    check_grads(lambda a: Categorical(a).log_prob(y), modes=["rev"], order=1)(table)


@pytest.mark.parametrize("y", [np.array([4]), np.array([-1]), np.array([1.0])])
def test_a_level_that_does_not_exist_is_one_sentence(y):
    with pytest.raises(ValueError, match="y: expected integers from 0 to 3, got"):
        Categorical(np.zeros(4)).log_prob(y)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_certain_outcome_has_log_probability_zero_and_an_impossible_one_minus_infinity(dtype):
    logits, x = np.array([np.inf, -np.inf, np.inf, -np.inf, 3], dtype), np.array([1, 0, 0, 1, 1])
    wanted = [0, 0, -np.inf, -np.inf, -np.log1p(np.exp(-3))]
    got = Bernoulli(logits).log_prob(x)
    assert got.dtype == dtype
    np.testing.assert_allclose(got, wanted, rtol=1e-6)
    slope = elementwise_grad(lambda a: Bernoulli(a).log_prob(x[[0, 1, 4]]))(logits[[0, 1, 4]])
    np.testing.assert_allclose(slope, [0, 0, 1 / (1 + np.exp(3))], rtol=1e-6)
    assert np.array_equal(Bernoulli(logits[:2]).sample(np.random.default_rng(0), 50), np.tile([1, 0], (50, 1)))


@pytest.mark.parametrize("x", [2, -1, 1.5, np.nan])
def test_bernoulli_refuses_what_is_neither_zero_nor_one_nor_between(x):
    with pytest.raises(ValueError, match="x: expected numbers from 0 to 1, got"):
        Bernoulli(np.zeros(3)).log_prob(np.full(3, x))


@pytest.mark.parametrize("make", [Normal, Logistic, lambda mu, s: LogisticMixture(np.zeros(1), mu, s)])
@pytest.mark.parametrize("scale", [-1, 0, np.array([1.0, -0.5])])
def test_a_scale_that_is_not_above_zero_is_refused(make, scale):
    with pytest.raises(ValueError, match=r"^(sigma|s): expected numbers above 0, got (-1|0|-0.5)$"):
        make(0.0, scale)


@pytest.mark.parametrize("dtype", [np.int64, np.uint8, np.float16, np.float32, np.float64, ">f4", ">f8"])
def test_parameters_of_every_dtype_can_be_sampled(dtype):
    zero, one, rng = np.zeros((2, 3)).astype(dtype), np.ones((2, 3)).astype(dtype), np.random.default_rng(0)
    for distribution in (Normal(zero, one), Logistic(zero, one), Bernoulli(zero), LogisticMixture(zero, zero, one)):
        draws = distribution.sample(rng, 4000)
        assert draws.dtype.kind == "f"
        mean = 0.5 if isinstance(distribution, Bernoulli) else 0.0
        assert np.all(np.abs(draws.mean(axis=0, dtype=float) - mean) < 5 * draws.std(axis=0, dtype=float) / 4000**0.5)
    counts = np.bincount(Categorical(zero).sample(rng, 4000)[:, 0])
    assert np.all(np.abs(counts - 4000 / 3) < 5 * (4000 * 2 / 9) ** 0.5)


def test_integers_and_lists_are_taken_in_the_parameters_dtype():
    for distribution in (
        Normal(np.float32(0), np.float32(1)),
        Logistic(np.zeros(3, np.float32), np.ones(3, np.float32)),
    ):
        for x in (np.array([0, 1, 2]), [0, 1, 2], np.array([0, 1, 2], np.uint8)):
            assert distribution.log_prob(x).dtype == distribution.cdf(x).dtype == np.float32
            np.testing.assert_allclose(
                distribution.log_prob(x), distribution.log_prob(np.array([0.0, 1.0, 2.0])), rtol=1e-6
            )
    np.testing.assert_allclose(Normal(0.0, 1.0).log_prob([0.3]), stats.norm.logpdf([0.3]), rtol=1e-14)


def test_a_draw_is_the_formula_of_its_noise():
    """μ + σ ε with the generator's ε, so that a seed names the same draws for good."""
    mu, sigma = np.array([0.5, -1.0, 3.0]), np.array([0.2, 1.0, 4.0])
    eps = np.random.default_rng(0).standard_normal((6, 3))
    np.testing.assert_array_equal(Normal(mu, sigma).sample(np.random.default_rng(0), 6), mu + sigma * eps)
    u = np.random.default_rng(0).uniform(size=(6, 3))
    draws = Logistic(mu, sigma).sample(np.random.default_rng(0), 6)
    np.testing.assert_allclose(draws, mu + sigma * np.log(u / (1 - u)), rtol=1e-12)
