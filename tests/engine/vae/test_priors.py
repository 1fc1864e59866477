"""Every prior through one loop: the density integrates to one, samples follow it, gradients reach what is learned."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from minidgm.flows import ActNorm, AffineCoupling, Chain, GaussianAR, Inverse, InverseGaussianAR, Logit, Permutation
from minidgm.nn import MLP
from minidgm.optim import Adam
from minidgm.tensor import arrays, parameters, value_and_grad
from minidgm.train import train
from minidgm.vae import (
    AggregatedPosterior,
    AutoregressivePrior,
    FlowPosterior,
    FlowPrior,
    GaussianPosterior,
    MixturePrior,
    StandardNormalPrior,
    VampPrior,
    elbo,
    negative_elbo,
)
from minidgm.vae.exact import grid

M, D = 6, 2


def posterior(rng):
    return GaussianPosterior(MLP((M, 8, 2 * D), rng))


def data(rng, n=7):
    return rng.random((n, M)).astype(np.float32)


def flow_posterior(rng):
    return FlowPosterior(MLP((M, 8, 2 * D), rng), AffineCoupling(D, (8,), rng))


PRIORS = {
    "standard": lambda rng: StandardNormalPrior(D),
    "gaussian": lambda rng: MixturePrior(D, 1, rng),
    "mixture": lambda rng: MixturePrior(D, 5, rng),
    "vamp": lambda rng: VampPrior(posterior(rng), data(rng, 4)),
    "coupling flow": lambda rng: FlowPrior(Chain([AffineCoupling(D, (8,), rng), ActNorm(D)])),
    "ar flow": lambda rng: FlowPrior(Chain([ActNorm(D), GaussianAR(D, (8,), rng), Permutation([1, 0])])),
    "inverse ar flow": lambda rng: FlowPrior(InverseGaussianAR(D, (8,), rng)),
    "autoregressive": lambda rng: AutoregressivePrior(D, (8,), 3, rng),
    "aggregated": lambda rng: AggregatedPosterior(posterior(rng), data(rng)),
    "aggregated flow posterior": lambda rng: AggregatedPosterior(flow_posterior(rng), data(rng)),
}


@pytest.fixture(params=PRIORS)
def prior(request, shaken):
    return shaken(PRIORS[request.param](np.random.default_rng(4)), scale=0.15)


def test_density_integrates_to_one(prior):
    z, log_cell = grid(D, 800, 40.0)  # logistic tails are long
    assert np.sum(np.exp(prior.astype(np.float64).log_prob(z) + log_cell)) == pytest.approx(1, abs=1e-4)


def test_samples_follow_the_density(prior):
    """The mean of φ(z) = (z, z²) under the grid's density, within five standard errors of 20,000 samples."""
    prior = prior.astype(np.float64)
    z, log_cell = grid(D, 400, 20.0)
    p = np.exp(prior.log_prob(z) + log_cell)
    draws = prior.sample(np.random.default_rng(0), 20000)
    assert draws.shape == (20000, D)
    for phi in (lambda a: a, np.cos, lambda a: np.minimum(a * a, 9)):
        expected, values = p @ phi(z), phi(draws)
        assert np.all(np.abs(values.mean(axis=0) - expected) < 5 * values.std(axis=0) / np.sqrt(20000) + 1e-4)


def test_float32_stays_float32_and_gradients_reach_every_parameter(prior):
    z = prior.sample(np.random.default_rng(0), 50)
    assert z.dtype == prior.log_prob(z).dtype == np.float32
    assert prior.log_prob(z).shape == (50,)
    _, grad = value_and_grad(lambda prior, z: -prior.log_prob(z).mean())(prior, z)
    assert all(g.dtype == np.float32 for g in grad.values())
    assert all(np.any(g != 0) for path, g in grad.items() if path.endswith(("bias", "mu")) or path == "x")


@pytest.mark.parametrize(
    "name", ["gaussian", "mixture", "coupling flow", "ar flow", "inverse ar flow", "autoregressive"]
)
def test_refitting_the_prior_never_lowers_the_elbo(name, shaken, small_vae):
    """Encoder and decoder fixed, the ELBO is −KL(q_agg ‖ p) and a constant: maximum likelihood on z ~ q_agg."""
    rng = np.random.default_rng(0)
    vae, x = small_vae(d=D), data(rng, 300)
    vae = vae.with_parts(prior=shaken(PRIORS[name](rng), scale=0.15))
    before = np.mean(elbo(vae, x, np.random.default_rng(1), samples=20))

    def loss(prior, batch, rng):
        return -prior.log_prob(vae.posterior.draw(rng, batch)[0]).mean()

    train(vae.prior, loss, x, rng, steps=200)
    assert np.mean(elbo(vae, x, np.random.default_rng(1), samples=20)) > before


def test_learned_gaussian_finds_the_mean_and_variance_of_the_aggregated_posterior():
    rng = np.random.default_rng(0)
    z = (rng.standard_normal((2000, D)) * [0.5, 2.0] + [1.0, -1.0]).astype(np.float32)
    prior = MixturePrior(D, 1, rng)
    train(prior, lambda p, z, rng: -p.log_prob(z).mean(), z, rng, steps=600, batch=2000, optimizer=Adam(0.02))
    best = multivariate_normal(z.mean(axis=0), np.diag(z.var(axis=0))).logpdf(z).mean()
    assert prior.log_prob(z).mean() == pytest.approx(best, abs=1e-3)


def test_vamp_prior_of_all_objects_is_the_aggregated_posterior():
    rng = np.random.default_rng(0)
    q, x = posterior(rng), data(rng)
    z = rng.standard_normal((20, D)).astype(np.float32)
    np.testing.assert_array_equal(VampPrior(q, x).log_prob(z), AggregatedPosterior(q, x).log_prob(z))


def test_pseudo_inputs_are_learned_and_shared_with_nobody_but_data_are_constant(small_vae):
    rng = np.random.default_rng(0)
    vae, x = small_vae(d=D), data(rng)
    vamp = vae.with_parts(prior=VampPrior(vae.posterior, x))
    assert "prior.x" in parameters(vamp)
    assert vamp.prior.x is not x
    aggregated = vae.with_parts(prior=AggregatedPosterior(vae.posterior, x))
    assert "prior.x" not in parameters(aggregated) and "prior.x" in arrays(aggregated)
    assert not any(path.startswith("prior.posterior") for path in parameters(aggregated))  # the encoder, shared


def test_aggregated_prior_sends_its_gradient_into_the_encoder(small_vae, binary):
    vae, x = small_vae(d=D), binary(9)
    aggregated = vae.with_parts(prior=AggregatedPosterior(vae.posterior, x))
    _, grad = value_and_grad(negative_elbo())(aggregated, x[:4], np.random.default_rng(0))
    fixed = aggregated.with_parts(prior=aggregated.prior.copy())
    _, grad_fixed = value_and_grad(negative_elbo())(fixed, x[:4], np.random.default_rng(0))
    path = "posterior.encoder.layers.1.bias"
    assert np.max(np.abs(grad[path] - grad_fixed[path])) > 1e-4


def test_what_a_prior_cannot_be_is_said_in_a_sentence():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="flow: expected one whose m, its number of dimensions, is known"):
        FlowPrior(Chain([Logit()]))
    assert FlowPrior(Chain([Logit(), Inverse(Permutation([1, 0]))])).base.m == 2
    assert FlowPrior(Chain([ActNorm(3)])).sample(rng, 5).shape == (5, 3)
    with pytest.raises(ValueError, match=r"pseudo_inputs: expected shape \(K, m\), got \(6,\)"):
        VampPrior(posterior(rng), np.zeros(6, np.float32))
    with pytest.raises(ValueError, match=r"z: expected shape \(n, 2\), got \(4, 3\)"):
        MixturePrior(D, 3, rng).log_prob(np.zeros((4, 3), np.float32))
    context = FlowPosterior(MLP((M, 8, 2 * D + 1), rng), AffineCoupling(D, (8,), rng, context=1), context=1)
    with pytest.raises(ValueError, match="posterior: its flow has a context"):
        AggregatedPosterior(context, data(rng))


def test_no_draws_are_an_empty_array_with_an_empty_density(prior):
    z = prior.sample(np.random.default_rng(0), 0)
    assert z.shape == (0, D) and prior.log_prob(z).shape == (0,)


def test_sizes_and_data_that_no_prior_has_are_refused():
    rng = np.random.default_rng(0)
    for build, sentence in (
        (lambda: MixturePrior(D, 0, rng), "components: expected a whole number from 1 on, got 0"),
        (lambda: AutoregressivePrior(D, (8,), 0, rng), "components: expected a whole number from 1 on, got 0"),
        (lambda: MixturePrior(D, 3, 0), "rng: expected a numpy.random.Generator, as .* makes, got 0"),
        (lambda: StandardNormalPrior(0), "m: expected a whole number from 1 on, got 0"),
        (lambda: AggregatedPosterior(posterior(rng), data(rng, 0)), "x: expected at least one object, got none"),
        (lambda: VampPrior(posterior(rng), data(rng, 0)), "x: expected at least one object, got none"),
    ):
        with pytest.raises(ValueError, match=f"^{sentence}$"):
            build()
