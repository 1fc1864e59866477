"""Decoders: probabilities sum to one over all x, samples follow them, the right numbers reach the right pixel."""

import itertools

import autograd.numpy as anp
import numpy as np
import pytest
from autograd.test_util import check_grads

from minidgm.nn import MADE, MLP
from minidgm.tensor import value_and_grad
from minidgm.vae import (
    VAE,
    AutoregressiveDecoder,
    BernoulliDecoder,
    CategoricalDecoder,
    FromLevels,
    GaussianDecoder,
    GaussianPosterior,
    LogisticMixtureDecoder,
    StandardNormalPrior,
    negative_elbo,
)

D, M, LEVELS = 2, 3, 4


def net(outputs):
    return MLP((D, 8, outputs), np.random.default_rng(0))


def made(m=M, outputs=1, context=D):
    return MADE(m, (8,), outputs, np.random.default_rng(0), context=context)


DISCRETE = {
    "autoregressive": (lambda: AutoregressiveDecoder(made()), 2),
    "bernoulli": (lambda: BernoulliDecoder(net(M)), 2),
    "categorical": (lambda: CategoricalDecoder(net(M * LEVELS), LEVELS), LEVELS),
    "logistic mixture": (lambda: LogisticMixtureDecoder(net(3 * M * 2), LEVELS, 2), LEVELS),
}


def latent(n):
    return np.random.default_rng(1).standard_normal((n, D))


def all_objects(levels):
    return np.array(list(itertools.product(range(levels), repeat=M)))


@pytest.mark.parametrize("name", DISCRETE)
def test_probabilities_of_all_objects_sum_to_one(name):
    make, levels = DISCRETE[name]
    decoder, x = make().astype(np.float64), all_objects(levels)
    for z in latent(3):
        log_p = decoder.log_prob(x, np.tile(z, (len(x), 1)))
        assert np.sum(np.exp(log_p)) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("name", DISCRETE)
def test_samples_follow_the_probabilities(name):
    make, levels = DISCRETE[name]
    decoder, n = make().astype(np.float64), 20000
    z = latent(1)
    draws = decoder.sample(np.random.default_rng(2), np.repeat(z, n, axis=0))
    assert draws.shape == (n, M)
    x = all_objects(levels)
    p = np.exp(decoder.log_prob(x, np.repeat(z, len(x), axis=0)))
    for j, level in itertools.product(range(M), range(levels)):
        expected = p[x[:, j] == level].sum()
        error = np.sqrt(expected * (1 - expected) / n)
        assert abs(np.mean(draws[:, j] == level) - expected) < 5 * error + 1e-9


def test_levels_given_to_a_bernoulli_decoder_are_named():
    with pytest.raises(ValueError, match="x: expected numbers from 0 to 1, got 0 to 16; binarize them"):
        BernoulliDecoder(net(M)).log_prob(np.array([[0.0, 16.0, 3.0]]), latent(1).astype(np.float32))


def test_x_is_never_broadcast():
    z, decoder = np.zeros((5, 2), np.float32), GaussianDecoder(MLP((2, 3), np.random.default_rng(0)))
    for shape in [(5, 1), (1, 3), (3,)]:
        with pytest.raises(ValueError, match=r"x: expected shape \(5, 3\), got"):
            decoder.log_prob(np.zeros(shape, np.float32), z)


def test_gaussian_decoder_learns_one_scale_for_all_dimensions():
    decoder, rng = GaussianDecoder(net(M)), np.random.default_rng(0)
    vae = VAE(GaussianPosterior(MLP((M, 8, 2 * D), rng)), decoder, StandardNormalPrior(D))
    x = rng.standard_normal((5, M)).astype(np.float32)
    value, grad = value_and_grad(negative_elbo())(vae, x, rng)
    assert value.dtype == np.float32
    assert grad["decoder.log_sigma"].shape == (1,) and grad["decoder.log_sigma"] != 0


@pytest.mark.parametrize("name", ["categorical", "logistic mixture"])
def test_levels_train_in_float32_from_integers(name):
    rng = np.random.default_rng(0)
    encoder = FromLevels(MLP((M, 8, 2 * D), rng), LEVELS)
    vae = VAE(GaussianPosterior(encoder), DISCRETE[name][0](), StandardNormalPrior(D))
    y = rng.integers(0, LEVELS, (5, M))
    value, grad = value_and_grad(negative_elbo())(vae, y, rng)
    assert value.dtype == np.float32
    assert all(g.dtype == np.float32 and np.any(g != 0) for path, g in grad.items() if path.endswith("bias"))


def test_levels_enter_a_network_as_numbers_from_minus_one_to_one():
    seen = []
    network = FromLevels(MLP((M, 4), np.random.default_rng(0)), LEVELS)
    network.net, layers = (lambda x: seen.append(x) or x), network.net.layers
    network.net.layers = layers
    network(np.array([[0, 1, 3]]))
    np.testing.assert_allclose(seen[0], [[-1, -1 / 3, 1]], rtol=1e-6)
    assert seen[0].dtype == np.float32


DECODERS = {
    "bernoulli": lambda rng: BernoulliDecoder(MLP((2, 4, 3), rng)),
    "gaussian": lambda rng: GaussianDecoder(MLP((2, 4, 3), rng)),
    "categorical": lambda rng: CategoricalDecoder(MLP((2, 4, 3 * 5), rng), 5),
    "mixture": lambda rng: LogisticMixtureDecoder(MLP((2, 4, 3 * 6), rng), 5, 2),
}


@pytest.mark.parametrize("name", DECODERS)
def test_no_objects_have_no_densities_and_no_draws(name):
    decoder = DECODERS[name](np.random.default_rng(0))
    z = np.zeros((0, 2), np.float32)
    x = decoder.sample(np.random.default_rng(0), z)
    assert x.shape == (0, 3) and decoder.log_prob(x, z).shape == (0,)


@pytest.mark.parametrize("dtype", [np.int64, np.uint8, np.float32])
def test_integer_data_keeps_a_float32_model_in_float32(dtype):
    x, z = np.array([[0, 1, 1]]), np.ones((1, 2), np.float32)
    for name in ("bernoulli", "gaussian", "mixture"):
        decoder = DECODERS[name](np.random.default_rng(0))
        value = decoder.log_prob(x.astype(dtype), z)
        assert value.dtype == np.float32
        np.testing.assert_allclose(value, decoder.log_prob(x.astype(np.float32), z), rtol=1e-6)


def test_levels_in_fractions_or_outside_are_refused_by_the_decoders_of_levels():
    z = np.ones((1, 2), np.float32)
    mixture, categorical = (DECODERS[name](np.random.default_rng(0)) for name in ("mixture", "categorical"))
    with pytest.raises(ValueError, match="^y: expected whole numbers, got fractions"):
        mixture.log_prob(np.array([[0.5, 0, 1]]), z)
    with pytest.raises(ValueError, match=r"^y: expected levels 0\.\.4, got 0 to 5"):
        mixture.log_prob(np.array([[5, 0, 1]]), z)
    with pytest.raises(ValueError, match="^y: expected integers from 0 to 4, got float64"):
        categorical.log_prob(np.array([[0.5, 0, 1]]), z)


# ------------------------------------------------------------------ autoregressive


def test_each_conditional_has_seen_z_and_the_earlier_dimensions_only():
    """log p(x_j|x_<j, z) by sums over all completions of x_≤j, which know nothing of MADE: equal for all x_>j."""
    decoder, x = AutoregressiveDecoder(made()).astype(np.float64), all_objects(2)
    tables = []
    for z in latent(2):
        p = np.exp(decoder.log_prob(x, np.tile(z, (len(x), 1)))).reshape(2, 2, 2)
        logits = decoder.net.table(x.astype(float), np.tile(z, (len(x), 1)))
        for j in range(M):
            marginal = p.sum(axis=tuple(range(j + 1, M)))  # of x_≤j
            conditional = (marginal / marginal.sum(axis=j, keepdims=True))[..., 1].reshape(-1)  # P(x_j = 1|x_<j, z)
            np.testing.assert_allclose(1 / (1 + np.exp(-logits[:, j])), np.repeat(conditional, 2 ** (M - j)))
        tables.append(p)
    assert np.abs(tables[0] - tables[1]).max() > 0.01  # z is seen


def test_gradients_of_the_autoregressive_decoder():
    decoder, x, z = AutoregressiveDecoder(made()).astype(np.float64), all_objects(2)[[1, 6]].astype(float), latent(2)
    check_grads(lambda z: decoder.log_prob(x, z), modes=["rev"], order=2)(z)
    _, grad = value_and_grad(lambda decoder: anp.sum(decoder.log_prob(x, z)))(decoder)
    for layer, name in itertools.product((0, 1), ("weight", "bias")):
        array, path = getattr(decoder.net.layers[layer], name), f"net.layers.{layer}.{name}"
        for place in itertools.islice(np.ndindex(array.shape), 0, None, 5):
            values = []
            for step in (1e-5, -2e-5):  # up, then down from there
                array[place] += step
                values.append(np.sum(decoder.log_prob(x, z)))
            array[place] += 1e-5
            assert grad[path][place] == pytest.approx((values[0] - values[1]) / 2e-5, abs=1e-7)


def test_a_net_that_cannot_be_a_decoder_is_named():
    for net in (made(outputs=2), made(context=0)):
        with pytest.raises(ValueError, match="net: expected a MADE with 1 output and a context, got"):
            AutoregressiveDecoder(net)
    with pytest.raises(ValueError, match=r"x: expected shape \(2, 3\), got"):
        AutoregressiveDecoder(made()).log_prob(np.zeros((2, 4), np.float32), np.zeros((2, 2), np.float32))


def test_a_vae_with_an_autoregressive_decoder_stays_in_float32():
    net = MADE(M, (8,), 1, np.random.default_rng(0), context=D)
    vae = VAE(GaussianPosterior(MLP((M, 2 * D), np.random.default_rng(1))), AutoregressiveDecoder(net),
              StandardNormalPrior(D))  # fmt: skip
    value, grad = value_and_grad(negative_elbo())(vae, all_objects(2).astype(np.float32), np.random.default_rng(0))
    assert value.dtype == np.float32 and {g.dtype for g in grad.values()} == {np.dtype(np.float32)}
    assert vae.sample(np.random.default_rng(0), 5).dtype == np.float32
