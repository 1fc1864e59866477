"""A flow is a VAE in the limit, and a flow in the posterior is a flow in the prior: as equalities."""

import numpy as np
import pytest

from minidgm.distributions import StandardNormal
from minidgm.flows import ActNorm, AffineCoupling, Chain, FlowModel, GaussianAR, InverseGaussianAR
from minidgm.nn import MLP
from minidgm.tensor import parameters, value_and_grad
from minidgm.vae import (
    FlowPosterior,
    elbo,
    elbo_terms,
    flow_as_vae,
    iwae_bound,
    negative_elbo,
    posterior_flow_to_prior,
)
from minidgm.vae.equivalences import exact_gap

M = 3


@pytest.fixture
def flow_model(shaken):
    rng = np.random.default_rng(0)
    flow = Chain([GaussianAR(M, (8,), rng), AffineCoupling(M, (8,), rng)])
    return FlowModel(shaken(flow).astype(np.float64), StandardNormal(M))


def points(n):
    return np.random.default_rng(1).standard_normal((n, M))


@pytest.mark.parametrize("tau", [1.0, 0.1, 1e-3])
def test_gap_of_the_noisy_encoder_is_half_m_tau_squared(flow_model, tau):
    x, samples = points(1), 20000
    values = elbo(flow_as_vae(flow_model, tau), np.repeat(x, samples, axis=0), np.random.default_rng(0))
    gap = flow_model.log_prob(x)[0] - values
    assert abs(np.mean(gap) - exact_gap(M, tau)) < 4 * np.std(gap) / np.sqrt(samples)


def test_elbo_of_the_deterministic_encoder_is_the_flows_log_likelihood(flow_model):
    x = points(10)
    values = elbo(flow_as_vae(flow_model, 1e-7), x, np.random.default_rng(0))
    np.testing.assert_allclose(values, flow_model.log_prob(x), atol=1e-5)


def test_reconstruction_and_entropy_cancel_up_to_the_jacobian(flow_model):
    """Both hold the same noise: log p(x|z) − log q(z|x) = log|det J_f(x)|, whatever ε and τ are."""
    x = points(10)
    for tau in (1.0, 1e-4):
        terms = elbo_terms(flow_as_vae(flow_model, tau), x, np.random.default_rng(0))
        np.testing.assert_allclose(terms.log_lik - terms.log_q, flow_model.flow.f(x)[1], atol=1e-8)


def test_gradient_of_the_elbo_becomes_that_of_the_likelihood(flow_model):
    x = points(50)
    vae = flow_as_vae(flow_model, 1e-6)
    _, grad_vae = value_and_grad(negative_elbo())(vae, x, np.random.default_rng(0))
    _, grad = value_and_grad(lambda model, x: -model.log_prob(x).mean())(flow_model, x)
    by_id = {id(array): path for path, array in parameters(flow_model).items()}
    assert len(parameters(vae)) == len(grad)  # θ ≡ φ: encoder and decoder share everything
    for path, array in parameters(vae).items():
        np.testing.assert_allclose(grad_vae[path], grad[by_id[id(array)]], atol=1e-4)


@pytest.mark.parametrize("kind", [InverseGaussianAR, AffineCoupling, GaussianAR])
def test_a_flow_moved_from_posterior_to_prior_gives_the_same_elbo_for_the_same_noise(kind, small_vae, shaken, binary):
    rng = np.random.default_rng(0)
    posterior = FlowPosterior(MLP((6, 8, 2 * M), rng), shaken(kind(M, (8,), rng)))
    vae, x = small_vae(posterior=posterior).astype(np.float64), binary(20).astype(np.float64)
    moved = posterior_flow_to_prior(vae)
    for bound in (elbo, iwae_bound):
        a = bound(vae, x, np.random.default_rng(5), 4)
        np.testing.assert_allclose(bound(moved, x, np.random.default_rng(5), 4), a, atol=1e-12)


def test_only_a_flow_without_a_context_can_move(small_vae):
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="expected a FlowPosterior without a context"):
        posterior_flow_to_prior(small_vae())
    context = FlowPosterior(MLP((6, 8, 2 * M + 1), rng), AffineCoupling(M, (8,), rng, context=1), context=1)
    with pytest.raises(ValueError, match="expected a FlowPosterior without a context"):
        posterior_flow_to_prior(small_vae(posterior=context))


def test_a_flow_as_vae_wants_some_noise(flow_model):
    with pytest.raises(ValueError, match="tau: expected a number above 0, got 0"):
        flow_as_vae(flow_model, 0.0)


def test_decoder_of_a_flow_samples_around_g(flow_model):
    decoder = flow_as_vae(flow_model, 1e-9).decoder
    z = points(5)
    np.testing.assert_allclose(decoder.sample(np.random.default_rng(0), z), flow_model.flow.g(z)[0], atol=1e-6)


def test_a_tau_below_what_the_dtype_resolves_is_refused_and_the_sentence_says_which_would_do():
    vae, x = flow_as_vae(FlowModel(ActNorm(2), StandardNormal(2)), 0.001), np.full((4, 2), 1e5, np.float32)
    with pytest.raises(ValueError, match="^tau: 0.001 is too small for float32 where .* at least, or float64$"):
        elbo(vae, x, np.random.default_rng(0))
    assert np.all(np.isfinite(elbo(vae.astype(np.float64), x.astype(np.float64), np.random.default_rng(0))))


def test_near_a_hundred_the_elbo_of_the_smallest_tau_allowed_is_right_and_a_smaller_one_was_too_high():
    flow, x = ActNorm(2), (100 + np.random.default_rng(0).normal(size=(2000, 2))).astype(np.float32)
    model = FlowModel(flow, StandardNormal(2))
    with pytest.raises(ValueError, match="tau: 1e-06 is too small for float32"):
        elbo(flow_as_vae(model, 1e-6), x, np.random.default_rng(0))
    tau = 3e-4  # 32 times the distance between two float32 numbers near 100 is 2.4e-4
    gap = model.log_prob(x) - elbo(flow_as_vae(model, tau), x, np.random.default_rng(0))
    assert abs(np.mean(gap)) < 5 * np.std(gap) / 2000**0.5 + 1e-3


def test_the_decoder_of_a_flow_draws_g_of_the_mean_plus_tau_times_the_noise(flow_model):
    z, decoder = points(5), flow_as_vae(flow_model, 0.3).decoder
    noise = np.random.default_rng(0).standard_normal(z.shape)
    np.testing.assert_array_equal(decoder.sample(np.random.default_rng(0), z), flow_model.flow.g(z + 0.3 * noise)[0])
