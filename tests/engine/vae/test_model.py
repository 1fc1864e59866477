"""The VAE put together: parts that do not fit are named at once, parts that fit sample and train."""

import numpy as np
import pytest

from minidgm.flows import AffineCoupling
from minidgm.nn import MLP
from minidgm.optim import Adam
from minidgm.tensor import parameters, value_and_grad
from minidgm.vae import (
    VAE,
    BernoulliDecoder,
    CategoricalDecoder,
    FlowPosterior,
    FlowPrior,
    GaussianPosterior,
    LogisticMixtureDecoder,
    StandardNormalPrior,
    VampPrior,
    elbo,
    negative_elbo,
)


def parts(m=6, d=3, decoder_d=3, decoder_m=6, prior_d=3):
    rng = np.random.default_rng(0)
    posterior = GaussianPosterior(MLP((m, 8, 2 * d), rng))
    return posterior, BernoulliDecoder(MLP((decoder_d, 8, decoder_m), rng)), StandardNormalPrior(prior_d)


@pytest.mark.parametrize(
    "wrong, sentence",
    [
        ({"d": 4}, "posterior: has z of 4 dimensions, the prior of 3; build both with the same"),
        ({"prior_d": 5}, r"decoder: cannot decode the prior's z of 5 dimensions \(.*\(n, 3\), got \(1, 5\)\)"),
        ({"decoder_m": 7}, r"posterior: cannot encode the decoder's x of 7 dimensions \(.*\(n, 6\), got \(1, 7\)\)"),
    ],
)
def test_parts_that_do_not_fit_are_named_when_the_vae_is_built(wrong, sentence):
    with pytest.raises(ValueError, match=sentence) as error:
        VAE(*parts(**wrong))
    assert "\n" not in str(error.value)


def test_a_flow_of_the_wrong_size_or_context_is_named_when_the_vae_is_built():
    rng = np.random.default_rng(0)
    posterior, decoder, prior = parts()
    with pytest.raises(ValueError, match="posterior: its flow does not take its 3 dimensions and context"):
        VAE(FlowPosterior(posterior.encoder, AffineCoupling(4, (8,), rng)), decoder, prior)
    with pytest.raises(ValueError, match="posterior: its flow does not take its 3 dimensions and context"):
        VAE(FlowPosterior(posterior.encoder, AffineCoupling(3, (8,), rng, context=2)), decoder, prior)
    with pytest.raises(ValueError, match="decoder: cannot decode the prior's z of 4 dimensions"):
        VAE(posterior, decoder, FlowPrior(AffineCoupling(4, (8,), rng)))
    with pytest.raises(ValueError, match=r"prior: cannot be sampled, its own parts do not fit \(.*\(n, 6\), got"):
        VAE(posterior, decoder, VampPrior(posterior, np.zeros((4, 5), np.float32)))


def test_decoders_want_as_many_outputs_as_their_levels_and_components_need():
    rng, levels = np.random.default_rng(0), 5
    posterior, _, prior = parts()
    with pytest.raises(ValueError, match=r"decoder: .* \(net: expected a multiple of 5 outputs, got 31\)"):
        VAE(posterior, CategoricalDecoder(MLP((3, 31), rng), levels), prior)
    with pytest.raises(ValueError, match=r"decoder: .* \(net: expected a multiple of 6 outputs, got 37\)"):
        VAE(posterior, LogisticMixtureDecoder(MLP((3, 37), rng), levels, components=2), prior)


def test_samples_have_the_shape_of_the_data_and_follow_the_seed(small_vae):
    vae = small_vae()
    x = vae.sample(np.random.default_rng(5), 9)
    assert x.shape == (9, 6)
    assert set(np.unique(x)) <= {0, 1}
    np.testing.assert_array_equal(x, vae.sample(np.random.default_rng(5), 9))


def test_parts_can_be_exchanged_without_touching_the_original(small_vae, binary):
    vae, x = small_vae(), binary(5)
    rng = np.random.default_rng(0)
    other = vae.with_parts(prior=FlowPrior(AffineCoupling(3, (8,), rng)))  # a flow starts as the identity
    np.testing.assert_allclose(elbo(other, x, np.random.default_rng(1)), elbo(vae, x, np.random.default_rng(1)))
    assert isinstance(vae.prior, StandardNormalPrior)
    assert other.decoder is vae.decoder
    with pytest.raises(ValueError, match="decoder: cannot decode the prior's z of 4 dimensions"):
        vae.with_parts(prior=StandardNormalPrior(4))


def test_training_raises_the_elbo(small_vae, binary):
    vae, x, rng = small_vae(), binary(64), np.random.default_rng(0)
    before = np.mean(elbo(vae, x, np.random.default_rng(1), samples=20))
    optimizer, step = Adam(0.01), value_and_grad(negative_elbo())
    for _ in range(150):
        optimizer.step(vae, step(vae, x, rng)[1])
    assert np.mean(elbo(vae, x, np.random.default_rng(1), samples=20)) > before + 0.5


def test_parameters_of_all_parts_are_found(small_vae):
    assert {path.split(".")[0] for path in parameters(small_vae())} == {"posterior", "decoder"}
