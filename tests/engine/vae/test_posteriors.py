"""Posteriors: the density a draw comes with is the density at that point, and the flow's change of variables."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from minidgm.flows import AffineCoupling, Chain, GaussianAR, InverseGaussianAR, Permutation
from minidgm.nn import MLP
from minidgm.tensor import value_and_grad
from minidgm.vae import FlowPosterior, GaussianPosterior, gaussian_kl, negative_elbo

M, D, CONTEXT = 6, 3, 4


def gaussian(rng):
    return GaussianPosterior(MLP((M, 8, 2 * D), rng))


def with_context(flow):
    return lambda rng: FlowPosterior(MLP((M, 8, 2 * D + CONTEXT), rng), flow(rng, CONTEXT), CONTEXT)


def coupling(rng, context=0):
    layers = [AffineCoupling(D, (8,), rng, mask=np.arange(D) % 2 == k, context=context) for k in (0, 1)]
    return Chain(layers)


POSTERIORS = {
    "gaussian": gaussian,
    "coupling": with_context(coupling),
    "coupling, no context": lambda rng: FlowPosterior(MLP((M, 8, 2 * D), rng), coupling(rng)),
    "inverse ar": with_context(lambda rng, context: InverseGaussianAR(D, (8,), rng, context=context)),
    "ar": with_context(lambda rng, context: GaussianAR(D, (8,), rng, context=context)),
    "chain": with_context(
        lambda rng, context: Chain(
            [InverseGaussianAR(D, (8,), rng, context=context), Permutation([2, 0, 1]), coupling(rng, context)]
        )
    ),
}


@pytest.fixture(params=POSTERIORS)
def posterior(request, shaken):
    return shaken(POSTERIORS[request.param](np.random.default_rng(0)), scale=0.1)


def test_a_draws_density_is_the_density_at_that_point(posterior, binary):
    posterior, x = posterior.astype(np.float64), binary(8).astype(np.float64)
    z, log_q = posterior.draw(np.random.default_rng(0), x)
    assert z.shape == (8, D) and log_q.shape == (8,)
    np.testing.assert_allclose(posterior.log_prob(z, x), log_q, atol=1e-9)


def test_the_density_of_each_object_integrates_to_one(posterior, binary):
    """By importance sampling from a wide normal: the mean weight is 1 within four standard errors."""
    posterior, x = posterior.astype(np.float64), binary(1).astype(np.float64)
    z, _ = posterior.draw(np.random.default_rng(0), np.repeat(x, 2000, axis=0))
    wide = multivariate_normal(z.mean(axis=0), 2 * np.cov(z.T))
    points = wide.rvs(20000, random_state=1)
    weights = np.exp(posterior.log_prob(points, np.repeat(x, 20000, axis=0)) - wide.logpdf(points))
    assert abs(np.mean(weights) - 1) < 4 * np.std(weights) / np.sqrt(20000)


def test_objects_keep_to_their_own_posterior(posterior, binary):
    x, eps = binary(5), np.random.default_rng(0).standard_normal((5, D)).astype(np.float32)
    z, log_q = posterior.reparameterize(x, eps)
    z_one, log_q_one = posterior.reparameterize(x[2:3], eps[2:3])
    np.testing.assert_allclose(z_one, z[2:3], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(log_q_one, log_q[2:3], rtol=1e-5)


def test_float32_stays_float32_through_a_training_step(posterior, binary, small_vae):
    vae = small_vae(posterior=posterior)
    value, grad = value_and_grad(negative_elbo())(vae, binary(5), np.random.default_rng(0))
    assert value.dtype == np.float32
    assert all(g.dtype == np.float32 for g in grad.values())
    assert all(np.any(g != 0) for path, g in grad.items() if path.endswith("bias"))


def test_a_flow_that_does_nothing_leaves_the_gaussian(binary):
    encoder = MLP((M, 8, 2 * D), np.random.default_rng(0))
    x, eps = binary(5), np.random.default_rng(0).standard_normal((5, D)).astype(np.float32)
    plain = GaussianPosterior(encoder).reparameterize(x, eps)
    moved = FlowPosterior(encoder, GaussianAR(D, (8,), np.random.default_rng(1))).reparameterize(x, eps)
    np.testing.assert_array_equal(plain[0], moved[0])
    np.testing.assert_array_equal(plain[1], moved[1])


def test_gaussian_kl_is_the_mean_log_ratio_within_four_standard_errors():
    rng = np.random.default_rng(0)
    mu, log_sigma = rng.standard_normal((1, 4)), 0.5 * rng.standard_normal((1, 4))
    z = mu + np.exp(log_sigma) * rng.standard_normal((50000, 4))
    log_q = multivariate_normal(mu[0], np.diag(np.exp(2 * log_sigma[0]))).logpdf(z)
    ratios = log_q - multivariate_normal(np.zeros(4)).logpdf(z)
    assert abs(np.mean(ratios) - gaussian_kl(mu, log_sigma)[0]) < 4 * np.std(ratios) / np.sqrt(50000)


def test_wrong_shapes_are_named(binary):
    posterior = gaussian(np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"eps: expected shape \(5, 3\), got \(5, 2\)"):
        posterior.reparameterize(binary(5), np.zeros((5, 2), np.float32))
    with pytest.raises(ValueError, match=r"encoder: expected \[μ, log σ\], an even number of outputs, got 7"):
        GaussianPosterior(MLP((M, 7), np.random.default_rng(0))).mu_log_sigma(binary(5))
    with pytest.raises(ValueError, match=r"z: expected shape \(5, 3\), got \(4, 3\)"):
        posterior.log_prob(np.zeros((4, 3), np.float32), binary(5))
    with pytest.raises(ValueError, match=r"x: expected shape \(n, 6\), got \(5,\)"):
        posterior.sample(np.random.default_rng(0), binary(5)[:, 0])
