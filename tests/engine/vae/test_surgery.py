"""ELBO surgery: the identity by quadrature, the limits of the mutual information, the sandwich of its estimators."""

import math
import os

import numpy as np
import pytest
from autograd.test_util import check_grads
from scipy.special import logsumexp

from minidgm.flows import AffineCoupling, GaussianAR
from minidgm.nn import MLP
from minidgm.tensor import plain, value_and_grad
from minidgm.vae import (
    AggregatedPosterior,
    FlowPosterior,
    elbo_surgery,
    gaussian_kl,
    gaussian_log_prob_table,
    leave_one_out_mutual_information,
    log_ratios,
    minibatch_mutual_information,
    mutual_information,
)
from minidgm.vae.surgery import estimate

to_the_bit = pytest.mark.skipif(
    os.environ.get("MINIDGM_PLAIN", "0") not in ("", "0"), reason="promised by fast/gaussians.py; the formula rounds"
)

GRID = np.linspace(-25, 25, 100001)[:, None]
CELL = GRID[1, 0] - GRID[0, 0]


def posteriors(n, d=1, spread=1.5, seed=0):
    rng = np.random.default_rng(seed)
    return spread * rng.standard_normal((n, d)), 0.4 * rng.standard_normal((n, d)) - 0.5


def quadrature(mu, log_sigma):
    """Mutual information, KL(q_agg ‖ N(0, 1)) and the mean KL(q_i ‖ N(0, 1)), each by its own integral."""
    log_q = gaussian_log_prob_table(GRID, mu, log_sigma)
    log_q_agg = logsumexp(log_q, axis=1) - math.log(len(mu))
    log_p = -0.5 * GRID[:, 0] ** 2 - 0.5 * math.log(2 * math.pi)
    information = np.sum(np.exp(log_q) * (log_q - log_q_agg[:, None])) * CELL / len(mu)
    marginal_kl = np.sum(np.exp(log_q_agg) * (log_q_agg - log_p)) * CELL
    mean_kl = np.sum(np.exp(log_q) * (log_q - log_p[:, None])) * CELL / len(mu)
    return information, marginal_kl, mean_kl


def noise(samples, mu, seed=1):
    return np.random.default_rng(seed).standard_normal((samples, *mu.shape))


@pytest.mark.parametrize("n", [1, 2, 7])
def test_mean_kl_is_marginal_kl_plus_mutual_information(n):
    mu, log_sigma = posteriors(n)
    information, marginal_kl, mean_kl = quadrature(mu, log_sigma)
    assert mean_kl == pytest.approx(marginal_kl + information, abs=1e-8)
    assert np.mean(gaussian_kl(mu, log_sigma)) == pytest.approx(mean_kl, abs=1e-8)


@pytest.mark.parametrize("spread", [0.1, 1.5, 10.0])
def test_mutual_information_is_the_integral_within_four_standard_errors(spread):
    mu, log_sigma = posteriors(12, spread=spread)
    value, error = estimate(log_ratios(mu, log_sigma, noise(2000, mu)))
    assert error < 0.02
    assert abs(value - quadrature(mu, log_sigma)[0]) < 4 * error


def test_standard_error_is_that_of_repeated_estimates():
    mu, log_sigma = posteriors(10)
    runs = [estimate(log_ratios(mu, log_sigma, noise(5, mu, seed))) for seed in range(400)]
    spread = np.std([run.value for run in runs], ddof=1)  # of 400 runs: known to 1/√800 of itself
    assert np.mean([run.error for run in runs]) == pytest.approx(spread, rel=4 / math.sqrt(800))


@to_the_bit
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n", [1, 2, 5, 64, 333, 1000])
@pytest.mark.parametrize("d", [1, 5, 40])
def test_equal_posteriors_give_exactly_zero_and_disjoint_ones_exactly_log_n(n, d, dtype):
    rng = np.random.default_rng(n)
    mu, log_sigma, eps = rng.standard_normal((1, d)), rng.standard_normal((1, d)), rng.standard_normal((2, n, d))
    mu, log_sigma, eps = (a.astype(dtype) for a in (np.repeat(mu, n, 0), np.repeat(log_sigma, n, 0), eps))
    apart = mu + 1000 * np.arange(n, dtype=dtype)[:, None] * np.exp(log_sigma)
    assert mutual_information(mu, log_sigma, eps) == 0
    assert mutual_information(apart, log_sigma, eps) == math.log(n)


@to_the_bit
def test_posteriors_too_far_apart_for_float32_are_disjoint_without_a_warning():
    mu, log_sigma = np.array([[0.0], [1.0]], np.float32), np.full((2, 1), -80, np.float32)  # 1/σ² = e^160
    assert mutual_information(mu, log_sigma, np.ones((1, 2, 1), np.float32)) == math.log(2)


@to_the_bit
@pytest.mark.parametrize("sigma", [1e-6, 1e-3, 1.0, 1e3])
def test_no_single_log_ratio_ever_passes_log_n(sigma):
    """q_agg(z) ≥ q(z|x_i)/n at every point, in float32 too, however the posteriors overlap."""
    rng = np.random.default_rng(0)
    mu = rng.standard_normal((300, 3)).astype(np.float32)
    log_sigma = (np.log(sigma) + 2 * rng.standard_normal((300, 3))).astype(np.float32)
    ratios = log_ratios(mu, log_sigma, noise(20, mu).astype(np.float32))
    assert np.max(ratios) <= math.log(300)


def test_own_posterior_bounds_the_aggregated_one_pointwise():
    mu, log_sigma = posteriors(40, d=2)
    log_q = gaussian_log_prob_table(np.random.default_rng(0).normal(0, 4, (500, 2)), mu, log_sigma)
    log_q_agg = logsumexp(log_q, axis=1) - math.log(40)
    assert np.all(log_q_agg[:, None] >= log_q - math.log(40))


@to_the_bit
def test_stratified_estimate_from_the_whole_data_set_is_the_exact_one():
    for n in (1, 2, 9):
        mu, log_sigma = posteriors(n, d=2)
        eps = noise(3, mu)
        assert minibatch_mutual_information(mu, log_sigma, eps, n) == mutual_information(mu, log_sigma, eps)


def estimates_from_minibatches(mu, log_sigma, batch, batches):
    """The three minibatch estimators, averaged over random minibatches, with standard errors: (3,), (3,)."""
    rng, values = np.random.default_rng(5), []
    for _ in range(batches):
        rows = rng.permutation(len(mu))[:batch]
        part = mu[rows], log_sigma[rows], rng.standard_normal((1, batch, mu.shape[1]))
        values.append(
            [
                mutual_information(*part),
                minibatch_mutual_information(*part, len(mu)),
                leave_one_out_mutual_information(*part),
            ]
        )
    return np.mean(values, axis=0), np.std(values, axis=0, ddof=1) / math.sqrt(batches)


@pytest.mark.parametrize("spread", [0.5, 2.0])
def test_naive_and_stratified_and_leave_one_out_sandwich_the_exact_value(spread):
    mu, log_sigma = posteriors(60, spread=spread)
    exact = quadrature(mu, log_sigma)[0]
    (naive, stratified, left_out), error = estimates_from_minibatches(mu, log_sigma, batch=8, batches=2000)
    assert naive + 4 * error[0] < exact < stratified - 4 * error[1]
    assert stratified < left_out


@to_the_bit
def test_naive_minibatch_is_capped_at_log_batch_where_the_stratified_one_reaches_log_n():
    mu, log_sigma = 1000.0 * np.arange(8)[:, None], np.zeros((8, 1))
    eps = noise(4, mu)
    assert mutual_information(mu, log_sigma, eps) == math.log(8)
    assert minibatch_mutual_information(mu, log_sigma, eps, 60000) == pytest.approx(math.log(60000), abs=1e-12)
    assert leave_one_out_mutual_information(mu, log_sigma, eps) > 1e5


@pytest.mark.parametrize(
    "estimator", [mutual_information, minibatch_mutual_information, leave_one_out_mutual_information]
)
def test_an_estimate_can_be_trained_on_and_has_right_gradients(estimator):
    mu, log_sigma = posteriors(4, d=2)
    eps, total = noise(2, mu), (10,) if estimator is minibatch_mutual_information else ()
    check_grads(lambda *q: estimator(*q, eps, *total), modes=["rev"], order=2)(mu, log_sigma)


def test_surgery_terms_add_up_to_the_elbo_and_agree_with_the_closed_form(small_vae, binary):
    vae, x = small_vae().astype(np.float64), binary(40).astype(np.float64)
    terms = elbo_surgery(vae, x, np.random.default_rng(0), samples=500)
    parts = terms.reconstruction.value - terms.mutual_information.value - terms.marginal_kl.value
    assert parts == pytest.approx(terms.elbo.value, abs=1e-10)
    mean_kl = np.mean(gaussian_kl(*vae.posterior.mu_log_sigma(x)))
    assert terms.mutual_information.value + terms.marginal_kl.value == pytest.approx(mean_kl, abs=0.03)


def test_marginal_kl_to_the_aggregated_posterior_itself_is_zero(small_vae, binary):
    vae, x = small_vae().astype(np.float64), binary(40).astype(np.float64)
    optimal = vae.with_parts(prior=AggregatedPosterior(vae.posterior, x))
    terms = elbo_surgery(optimal, x, np.random.default_rng(0))
    assert terms.marginal_kl.value == pytest.approx(0, abs=1e-12)
    assert terms.elbo.value > elbo_surgery(vae, x, np.random.default_rng(0)).elbo.value


def test_one_flow_for_all_objects_leaves_the_mutual_information_alone(small_vae, binary, shaken):
    rng, x = np.random.default_rng(0), binary(25).astype(np.float64)
    flow = shaken(GaussianAR(3, (8,), rng))
    posterior = FlowPosterior(MLP((6, 8, 6), rng), flow)
    vae = small_vae(posterior=posterior).astype(np.float64)
    optimal = vae.with_parts(prior=AggregatedPosterior(vae.posterior, x))
    terms = elbo_surgery(optimal, x, np.random.default_rng(0))
    ratios = log_ratios(*vae.posterior.mu_log_sigma(x), np.random.default_rng(0).standard_normal((2, 25, 3)))
    assert terms.mutual_information.value == pytest.approx(np.mean(ratios), abs=1e-12)
    assert terms.marginal_kl.value == pytest.approx(0, abs=1e-10)


def test_what_cannot_be_estimated_is_said_in_a_sentence(small_vae, binary):
    rng = np.random.default_rng(0)
    mu, log_sigma = posteriors(3)
    with pytest.raises(ValueError, match=r"eps: expected shape \(samples, 3, 1\), got \(3, 1\)"):
        mutual_information(mu, log_sigma, noise(1, mu)[0])
    with pytest.raises(ValueError, match="at least 2 objects"):
        leave_one_out_mutual_information(mu[:1], log_sigma[:1], noise(1, mu[:1]))
    with pytest.raises(ValueError, match="2 to total = 2 objects, got 3"):
        minibatch_mutual_information(mu, log_sigma, noise(1, mu), 2)
    with pytest.raises(ValueError, match="at least 2, for the standard errors"):
        elbo_surgery(small_vae(), binary(5), rng, samples=1)
    with pytest.raises(ValueError, match="^model: its surgery is numbers without a gradient"):
        value_and_grad(lambda model: elbo_surgery(model, binary(5), rng).elbo.value)(small_vae())
    posterior = FlowPosterior(MLP((6, 8, 8), rng), AffineCoupling(3, (8,), rng, context=2), context=2)
    with pytest.raises(ValueError, match="has a context, another map for each object"):
        elbo_surgery(small_vae(posterior=posterior), binary(5), rng)


def test_no_objects_and_no_samples_are_refused(small_vae, binary):
    none = np.zeros((0, 2))
    for estimator in (mutual_information, log_ratios):
        with pytest.raises(ValueError, match="^mu: expected at least 1 object, got 0$"):
            estimator(none, none, np.zeros((1, 0, 2)))
        with pytest.raises(ValueError, match="^eps: expected at least one sample, got none$"):
            estimator(np.ones((3, 2)), np.ones((3, 2)), np.zeros((0, 3, 2)))
    with pytest.raises(ValueError, match="^x: expected at least one object, got none$"):
        elbo_surgery(small_vae(), binary(3)[:0], np.random.default_rng(0))


@pytest.mark.parametrize("scales", [(1e-6, 1.0), (1e-6, 1e6), (1e-3, 1e3)])
def test_very_unequal_posteriors_have_the_ratios_of_the_formula(scales):
    rng = np.random.default_rng(0)
    mu, log_sigma = rng.standard_normal((6, 2)), np.log(np.resize(scales, 6))[:, None] + np.zeros((1, 2))
    eps = rng.standard_normal((20, 6, 2))
    with plain():
        wanted = log_ratios(mu, log_sigma, eps)
    np.testing.assert_allclose(log_ratios(mu, log_sigma, eps), wanted, rtol=1e-9, atol=1e-8)
