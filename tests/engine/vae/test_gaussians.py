"""Mixtures of Gaussians: the blocked product against the formula, also where its terms would cancel."""

import os
import tracemalloc

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from autograd.test_util import check_grads
from scipy.special import logsumexp
from scipy.stats import multivariate_normal, norm

from minidgm.fast import gaussians
from minidgm.functional import log_softmax
from minidgm.tensor import plain
from minidgm.vae import aggregated_log_prob, gaussian_log_prob_table, mixture_log_prob


def mixture(n, components, d, sigma=0.5, seed=0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    mu = rng.normal(1.0, 2.0, (components, d))
    log_sigma = np.log(sigma) + 0.3 * rng.standard_normal((components, d))
    log_pi = log_softmax(rng.standard_normal(components))
    k = rng.integers(0, components, n)
    z = mu[k] + np.exp(log_sigma[k]) * rng.standard_normal((n, d))
    return tuple(a.astype(dtype) for a in (z, log_pi, mu, log_sigma))


def test_table_holds_the_normal_log_densities():
    z, _, mu, log_sigma = mixture(4, 3, 2)
    for k in range(3):
        expected = multivariate_normal(mu[k], np.diag(np.exp(2 * log_sigma[k]))).logpdf(z)
        np.testing.assert_allclose(gaussian_log_prob_table(z, mu, log_sigma)[:, k], expected, rtol=1e-12)


@pytest.mark.parametrize("block", [1, 40, 1 << 20])
@pytest.mark.parametrize("sigma", [1.0, 1e-3])
def test_blocked_mixture_equals_the_formula(monkeypatch, block, sigma):
    monkeypatch.setattr(gaussians, "BLOCK", block)
    monkeypatch.setattr(gaussians, "ROWS", 1)
    z, log_pi, mu, log_sigma = mixture(50, 20, 5, sigma)
    with plain():
        expected = mixture_log_prob(z, log_pi, mu, log_sigma)
    np.testing.assert_allclose(mixture_log_prob(z, log_pi, mu, log_sigma), expected, rtol=1e-8)


@pytest.mark.parametrize("sigma", [1.0, 1e-2, 1e-3])
def test_float32_inputs_lose_no_digits_where_the_product_would_cancel(sigma):
    z, log_pi, mu, log_sigma = mixture(50, 20, 5, sigma, dtype=np.float32)
    mu, z = mu + np.float32(10), z + np.float32(10)
    with plain():
        exact = mixture_log_prob(*(a.astype(np.float64) for a in (z, log_pi, mu, log_sigma)))
    value = mixture_log_prob(z, log_pi, mu, log_sigma)
    assert value.dtype == np.float32
    np.testing.assert_allclose(value, exact, rtol=3e-7, atol=3e-7)


def test_a_component_of_weight_zero_counts_nothing():
    z, _, mu, log_sigma = mixture(6, 3, 2)
    with np.errstate(divide="ignore"):
        log_pi = np.log([0.4, 0.0, 0.6])
    expected = mixture_log_prob(z, log_pi[[0, 2]], mu[[0, 2]], log_sigma[[0, 2]])
    np.testing.assert_allclose(mixture_log_prob(z, log_pi, mu, log_sigma), expected, rtol=1e-12)


def test_gradients_of_the_blocked_mixture_are_those_of_the_formula(monkeypatch):
    monkeypatch.setattr(gaussians, "BLOCK", 12)
    monkeypatch.setattr(gaussians, "ROWS", 1)
    check_grads(lambda *args: anp.sum(anp.sin(mixture_log_prob(*args))), modes=["rev"])(*mixture(7, 4, 3))


def test_aggregated_posterior_is_the_mean_density_of_all_objects():
    z, _, mu, log_sigma = mixture(30, 12, 2)
    expected = logsumexp(gaussian_log_prob_table(z, mu, log_sigma), axis=1) - np.log(12)
    np.testing.assert_allclose(aggregated_log_prob(z, mu, log_sigma), expected, rtol=1e-10)


def test_aggregated_posterior_integrates_to_one():
    mu, log_sigma = np.array([[-1.0], [0.5], [2.0]]), np.log([[0.3], [1.0], [0.1]])
    z = np.linspace(-12, 12, 24001)[:, None]
    assert np.sum(np.exp(aggregated_log_prob(z, mu, log_sigma))) * 1e-3 == pytest.approx(1, abs=1e-12)


@pytest.mark.skipif(os.environ.get("MINIDGM_PLAIN", "0") not in ("", "0"), reason="the formula makes the whole table")
def test_memory_does_not_grow_with_the_number_of_points_squared():
    mu, log_sigma = np.zeros((5000, 2), np.float32), np.zeros((5000, 2), np.float32)
    tracemalloc.start()
    aggregated_log_prob(mu, mu, log_sigma)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5000**2 * 4 / 3  # the whole table would be 100 MB in float32, and it would have to be copied


SCALES = [(1e-6, 1), (1e-6, 1e3), (1e-6, 1e6), (1e-3, 1), (1e-6,), (1e6,), (1e-6, 1e-3, 1, 1e3, 1e6)]


@pytest.mark.parametrize("dtype, rtol", [(np.float64, 1e-11), (np.float32, 1e-6)])
@pytest.mark.parametrize("scales", SCALES)
def test_very_unequal_scales_have_the_value_and_the_gradients_of_the_formula(scales, dtype, rtol):
    """At points of every component and far from all of them: where the product of matrices has lost every digit."""
    rng = np.random.default_rng(0)
    mu = rng.normal(size=(len(scales), 2))
    log_sigma = np.log(np.array(scales))[:, None] + np.zeros((1, 2))
    z = np.concatenate([mu + np.exp(log_sigma) * rng.normal(size=mu.shape), rng.normal(size=(5, 2)), [[1e6, -1e6]]])
    log_pi = np.log(np.ones(len(scales)) / len(scales))
    args = [a.astype(dtype) for a in (z, log_pi, mu, log_sigma)]
    weight = rng.normal(size=len(z))
    loss = lambda *a: anp.sum(weight * mixture_log_prob(*a))  # noqa: E731
    got = [mixture_log_prob(*args), *grad(loss, (0, 1, 2, 3))(*args)]
    args = [a.astype(np.float64) for a in args]
    with plain():
        wanted = [mixture_log_prob(*args), *grad(loss, (0, 1, 2, 3))(*args)]
    for a, b in zip(got, wanted):
        np.testing.assert_allclose(a, b, rtol=10 * rtol, atol=rtol * np.max(np.abs(b)))


def test_the_value_that_was_wrong_by_millions_of_nats():
    args = np.zeros((1, 1)), np.log([0.5, 0.5]), np.ones((2, 1)), np.log([[1e-6], [1e6]])
    wanted = np.log(0.5) + norm(1, 1e6).logpdf(0)  # the narrow one is 10⁶ of its scales away
    np.testing.assert_allclose(mixture_log_prob(*args), wanted, rtol=1e-13)


def test_fifty_narrow_components_in_float32():
    rng = np.random.default_rng(0)
    mu, log_sigma = rng.normal(size=(50, 4)), np.full((50, 4), -13.0)
    z = (mu + np.exp(log_sigma) * rng.normal(size=(50, 4))).astype(np.float32)
    args = z, np.full(50, -np.log(50), np.float32), mu.astype(np.float32), log_sigma.astype(np.float32)
    with plain():
        exact = mixture_log_prob(*(a.astype(np.float64) for a in args))
    np.testing.assert_allclose(mixture_log_prob(*args), exact, rtol=3e-7)


@pytest.mark.parametrize("sigma, dtype", [(1.0, np.float32), (0.01, np.float32), (1.0, np.float64)])
def test_the_ordinary_case_is_the_product_of_matrices_alone(monkeypatch, sigma, dtype):
    def never(*args):
        raise AssertionError("a row was computed again")

    monkeypatch.setattr(gaussians, "_from_differences", never)
    z, log_pi, mu, log_sigma = mixture(200, 50, 8, sigma, dtype=dtype)
    mixture_log_prob(z, log_pi, mu, log_sigma)
    log_pi[0] = -np.inf  # a component of weight zero makes no difference
    mixture_log_prob(z, log_pi, mu, log_sigma)


def test_parameters_of_several_dtypes_have_the_wider_one():
    z, log_pi, mu, log_sigma = mixture(5, 3, 2)
    with plain():
        wanted = mixture_log_prob(z, log_pi, mu, log_sigma)
    got = mixture_log_prob(z.astype(np.float16), log_pi, mu, log_sigma)
    assert got.dtype == np.float64
    np.testing.assert_allclose(mixture_log_prob(z, log_pi, mu, log_sigma.astype(np.float32)), wanted, rtol=1e-5)


def test_points_without_any_component_have_the_density_zero_and_no_gaussians_at_all_are_refused():
    z, mu = np.zeros((2, 1)), np.zeros((3, 1))
    assert np.all(mixture_log_prob(z, np.full(3, -np.inf), mu, mu) == -np.inf)
    for call in (lambda a: aggregated_log_prob(z, a, a), lambda a: mixture_log_prob(z, a[:, 0], a, a)):
        with pytest.raises(ValueError, match="^mu: expected at least one Gaussian, got none$"):
            call(mu[:0])


def test_a_thousand_random_mixtures_have_the_value_of_the_formula():
    for seed in range(1000):
        rng = np.random.default_rng(seed)
        n, K, d = rng.integers(1, 6, 3)
        mu, log_sigma = 10 ** rng.uniform(-3, 3) * rng.normal(size=(K, d)), np.log(10) * rng.uniform(-6, 6, (K, d))
        z = mu[rng.integers(0, K, n)] + 10 ** rng.uniform(-6, 6, (n, 1)) * rng.normal(size=(n, d))
        args = z, log_softmax(rng.normal(size=K)), mu, log_sigma
        with plain():
            wanted = mixture_log_prob(*args)
        np.testing.assert_allclose(mixture_log_prob(*args), wanted, rtol=2e-11, atol=2e-11, err_msg=f"seed {seed}")


def test_a_row_is_computed_from_differences_where_its_error_passes_the_tolerance_of_log_p_or_of_one():
    common, error = np.array([-0.5, -10.0, -10.0, -10.0]), np.array([0.2, 0.2, 0.95, 0.05])
    hard = gaussians._too_inexact(error, np.zeros((4, 1)), common, 0.1)  # |log p| is at least 0.3, 9.8, 9.05
    np.testing.assert_array_equal(hard, [True, False, True, False])
