"""The linear-Gaussian VAE in closed form against quadrature, and the grid against the closed form."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import elementwise_grad
from scipy.stats import multivariate_normal

from minidgm.nn import Dense
from minidgm.tensor import value_and_grad
from minidgm.vae import (
    VAE,
    GaussianDecoder,
    GaussianPosterior,
    LinearGaussianVAE,
    StandardNormalPrior,
    elbo,
    grid_log_joint,
    grid_log_prob,
    iwae_bound,
    zoomed_log_joint,
)
from minidgm.vae.exact import grid

WEIGHT = np.array([[1.0, 0.6], [0.4, -0.2], [0.2, 1.1]])
BIAS = np.array([0.5, -1.0, 0.2])
S = 0.7


@pytest.fixture
def exact():
    return LinearGaussianVAE(WEIGHT, BIAS, S)


def as_vae(exact, mu_of, covariance):
    """The same model built from the engine's parts, with q(z|x) = N(mu_of(x), diagonal of covariance); float64."""
    net = Dense(exact.d, exact.m, np.random.default_rng(0)).astype(np.float64)
    net.weight[...], net.bias[...] = exact.weight.T, exact.bias
    decoder = GaussianDecoder(net).astype(np.float64)
    decoder.log_sigma[...] = np.log(exact.s)
    log_sigma = 0.5 * np.log(np.diag(covariance))

    def encoder(x):
        return np.concatenate([mu_of(x), np.tile(log_sigma, (len(x), 1))], axis=1)

    return VAE(GaussianPosterior(encoder), decoder, StandardNormalPrior(exact.d))


def best_vae(exact):
    return as_vae(exact, lambda x: exact.posterior(x)[0], exact.best_diagonal(np.zeros((1, 3)))[1])


def test_evidence_is_the_integral_of_the_joint(exact):
    x = exact.sample(np.random.default_rng(0), 5)
    np.testing.assert_allclose(grid_log_prob(best_vae(exact), x, points=300), exact.log_prob(x), atol=1e-9)


def test_the_evidence_has_a_gradient_by_the_bias_of_inverse_covariance_times_x_minus_b(exact):
    x = exact.sample(np.random.default_rng(0), 5)
    _, grad = value_and_grad(lambda vae: anp.sum(grid_log_prob(vae, x, points=60)))(best_vae(exact))
    by_x = elementwise_grad(exact.log_prob)(x)
    np.testing.assert_allclose(by_x, -np.linalg.solve(WEIGHT @ WEIGHT.T + S**2 * np.eye(3), (x - BIAS).T).T, rtol=1e-10)
    np.testing.assert_allclose(grad["decoder.net.bias"], -by_x.sum(axis=0), rtol=1e-8)


def test_posterior_is_the_normalized_joint(exact):
    x = exact.sample(np.random.default_rng(0), 3)
    mean, covariance = exact.posterior(x)
    log_joint = grid_log_joint(best_vae(exact), x, points=60, half_width=6.0)
    z, log_cell = grid(2, 60, 6.0)
    for i in range(3):
        expected = multivariate_normal(mean[i], covariance).logpdf(z) + log_cell + exact.log_prob(x)[i]
        np.testing.assert_allclose(log_joint[i], expected, atol=1e-10)


def test_elbo_and_gap_add_up_to_the_evidence(exact):
    x, rng = exact.sample(np.random.default_rng(0), 6), np.random.default_rng(1)
    factor = rng.standard_normal((2, 2))
    mu, covariance = rng.standard_normal((6, 2)), factor @ factor.T
    np.testing.assert_allclose(exact.elbo(x, mu, covariance) + exact.gap(x, mu, covariance), exact.log_prob(x))


def test_gap_is_zero_at_the_exact_posterior_and_only_there(exact):
    x = exact.sample(np.random.default_rng(0), 6)
    mean, covariance = exact.posterior(x)
    np.testing.assert_allclose(exact.gap(x, mean, covariance), 0, atol=1e-12)
    assert np.all(exact.gap(x, mean + 0.1, covariance) > 0)
    assert np.all(exact.gap(x, mean, 1.2 * covariance) > 0)


def test_gap_takes_a_covariance_for_each_object(exact):
    x = exact.sample(np.random.default_rng(0), 3)
    mean, covariance = exact.posterior(x)
    several = np.array([1.0, 1.3, 2.0])[:, None, None] * covariance
    expected = [exact.gap(x[[i]], mean[[i]], several[i])[0] for i in range(3)]
    np.testing.assert_allclose(exact.gap(x, mean, several), expected, rtol=1e-12)


@pytest.mark.parametrize("s", [0.7, 0.01])
def test_a_zoomed_grid_finds_the_evidence_of_narrow_posteriors_too(s):
    exact = LinearGaussianVAE(WEIGHT, BIAS, s)
    x = exact.sample(np.random.default_rng(0), 4)
    z, log_joint = zoomed_log_joint(best_vae(exact), x)
    assert z.shape == (4, 80**2, 2) and log_joint.shape == (4, 80**2)
    p = np.exp(log_joint - exact.log_prob(x)[:, None])
    np.testing.assert_allclose(p.sum(axis=1), 1, atol=1e-9)
    np.testing.assert_allclose(np.einsum("ik,ikd->id", p, z), exact.posterior(x)[0], atol=1e-9)
    wide = grid_log_prob(best_vae(exact), x, points=80)
    assert (np.abs(wide - exact.log_prob(x)).max() < 1e-6) == (s == 0.7)  # its cells are too wide for the other


def test_best_diagonal_posterior_has_the_smallest_gap_of_all(exact):
    x = exact.sample(np.random.default_rng(0), 2)
    mean, covariance = exact.best_diagonal(x)
    smallest = exact.gap(x, mean, covariance)
    np.testing.assert_allclose(smallest, exact.smallest_gap(), atol=1e-12)
    assert exact.smallest_gap() > 0.01  # this posterior's precision is not diagonal
    for j in range(2):
        for factor in (0.9, 1.1):
            other = covariance.copy()
            other[j, j] *= factor
            assert np.all(exact.gap(x, mean, other) > smallest)


def test_orthogonal_columns_leave_no_gap():
    assert LinearGaussianVAE([[2.0, 0.0], [0.0, 0.5]], [0.0, 0.0], 0.3).smallest_gap() == pytest.approx(0, abs=1e-15)


def test_engines_elbo_is_the_closed_form_within_four_standard_errors(exact):
    x = exact.sample(np.random.default_rng(0), 1)
    vae, samples = best_vae(exact), 20000
    values = elbo(vae, np.repeat(x, samples, axis=0), np.random.default_rng(2))
    error = np.std(values) / np.sqrt(samples)
    assert error < 0.02
    assert abs(np.mean(values) - exact.elbo(x, *exact.best_diagonal(x))[0]) < 4 * error


def test_importance_weights_of_the_exact_posterior_are_constant():
    """In one dimension the best diagonal Gaussian is the posterior: one sample gives the evidence to rounding."""
    exact = LinearGaussianVAE([[1.0], [-2.0]], [0.0, 1.0], 0.5)
    x = exact.sample(np.random.default_rng(0), 4)
    vae = as_vae(exact, lambda x: exact.posterior(x)[0], exact.posterior(x)[1])
    np.testing.assert_allclose(elbo(vae, x, np.random.default_rng(0)), exact.log_prob(x), atol=1e-12)
    np.testing.assert_allclose(iwae_bound(vae, x, np.random.default_rng(0), 3), exact.log_prob(x), atol=1e-12)


def test_shapes_that_do_not_fit_are_named():
    with pytest.raises(ValueError, match=r"bias: expected shape \(2,\), got \(3,\)"):
        LinearGaussianVAE(np.ones((2, 1)), np.zeros(3), 1.0)
    with pytest.raises(ValueError, match="s: expected a number above 0, got 0.0"):
        LinearGaussianVAE(np.ones((2, 1)), np.zeros(2), 0.0)
    with pytest.raises(ValueError, match=r"x: expected shape \(n, 2\), got \(1, 3\)"):
        LinearGaussianVAE(np.ones((2, 1)), np.zeros(2), 1.0).log_prob(np.zeros((1, 3)))


@pytest.mark.parametrize(
    "settings, sentence",
    [
        ((3, 10, 1.0), "1 or 2 dimensions, got 3"),
        ((2, 0, 1.0), "^points: expected a whole number from 1 on, got 0"),
        ((2, 10, -1.0), "^half_width: expected a number above 0, got -1.0"),
    ],
)
def test_what_is_no_grid_is_refused_in_a_sentence(settings, sentence):
    with pytest.raises(ValueError, match=sentence):
        grid(*settings)


def test_no_objects_have_no_evidence(small_vae, binary):
    vae = small_vae(d=2)
    assert grid_log_prob(vae, binary(3)[:0], points=9).shape == (0,)
    assert grid_log_joint(vae, binary(3)[:0], points=9).shape == (0, 81)
    assert LinearGaussianVAE(np.ones((3, 2)), np.zeros(3), 0.5).log_prob(np.zeros((0, 3))).shape == (0,)


def test_a_grid_is_the_midpoints_of_its_cells():
    z, log_cell = grid(1, 4, 2.0)
    np.testing.assert_allclose(z[:, 0], [-1.5, -0.5, 0.5, 1.5])
    assert log_cell == 0
    z, log_cell = grid(2, 2, 3.0)
    np.testing.assert_allclose(z, [[-1.5, -1.5], [-1.5, 1.5], [1.5, -1.5], [1.5, 1.5]])
    assert log_cell == pytest.approx(np.log(9))
