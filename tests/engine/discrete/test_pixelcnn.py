"""Autoregressive models of pixels: what each pixel sees, sums to one over all images, samples, channels, dtype."""

import itertools

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import jacobian
from scipy import stats

from minidgm.discrete import CategoricalOutput, DiscretizedLogisticMixture, MixtureOutput, PixelCNN, PixelMADE
from minidgm.discrete.outputs import in_levels
from minidgm.tensor import parameters, value_and_grad


def shaken(model, seed=1, scale=0.5):
    rng = np.random.default_rng(seed)
    for theta in parameters(model).values():
        theta += scale * rng.standard_normal(theta.shape).astype(theta.dtype)
    return model.astype(np.float64)


def seen(model, shape, images=4):
    """Which pixels (last axis) each pixel's conditional depends on, by the Jacobian at random images: (m, m)."""
    height, width, channels = shape
    rng, m, any_of = np.random.default_rng(0), height * width, False
    weights = rng.normal(size=model.output.size)  # one number per pixel: a weighted sum of what the output is made of
    for y in rng.uniform(0, model.output.levels - 1, (images, 1, *shape)):
        J = jacobian(lambda y: anp.dot(model.net(y)[0], weights))(y)  # (height, width, 1, height, width, channels)
        any_of = any_of | np.any(J.reshape(m, m, channels) != 0, axis=2)
    return any_of


@pytest.mark.parametrize("channels", [1, 3])
def test_a_pixel_sees_exactly_all_earlier_pixels_without_a_blind_spot(channels):
    shape = (5, 6, channels)
    model = PixelCNN(shape, MixtureOutput(17, 2, channels), np.random.default_rng(0), width=6, blocks=4)
    assert model.reach >= 5
    earlier = np.tri(30, k=-1, dtype=bool)
    assert np.array_equal(seen(shaken(model), shape), earlier)


@pytest.mark.parametrize("kernel_size, blocks", [(3, 1), (5, 0), (5, 1), (3, 2)])
def test_a_pixel_sees_as_far_as_its_reach_and_no_further(kernel_size, blocks):
    shape = (7, 8, 1)
    model = PixelCNN(shape, CategoricalOutput(4), np.random.default_rng(0), 6, blocks, kernel_size)
    i, j = np.divmod(np.arange(56), 8)
    near = np.maximum(np.abs(i[:, None] - i), np.abs(j[:, None] - j)) <= model.reach
    assert np.array_equal(seen(shaken(model), shape), near & np.tri(56, k=-1, dtype=bool))


def test_made_sees_exactly_all_earlier_pixels():
    model = shaken(PixelMADE(6, CategoricalOutput(4), (16,), np.random.default_rng(0)))
    points = np.random.default_rng(1).uniform(0, 3, (20, 1, 6))
    J = np.stack([jacobian(lambda y: model.net(y)[0])(y) for y in points])  # (20, m, size, 1, m)
    assert np.array_equal(np.any(J != 0, axis=(0, 2, 3)), np.tri(6, k=-1, dtype=bool))


def models():
    rng = np.random.default_rng(0)
    cnn = dict(width=8, blocks=1)
    return {
        "cnn, categorical": (PixelCNN((2, 2, 1), CategoricalOutput(3), rng, **cnn), 3),
        "cnn, mixture": (PixelCNN((2, 2, 1), MixtureOutput(3, 2), rng, **cnn), 3),
        "cnn, categorical, colour": (PixelCNN((2, 2, 3), CategoricalOutput(2, 3), rng, **cnn), 2),
        "cnn, mixture, colour": (PixelCNN((2, 2, 3), MixtureOutput(2, 2, 3), rng, **cnn), 2),
        "made, categorical": (PixelMADE(4, CategoricalOutput(3), (9,), rng), 3),
        "made, mixture": (PixelMADE(4, MixtureOutput(3, 2), (9,), rng), 3),
    }


def all_images(model, levels):
    m = model.m if isinstance(model, PixelMADE) else int(np.prod(model.shape))
    return np.array(list(itertools.product(range(levels), repeat=m)))


@pytest.mark.parametrize("name", models())
def test_probabilities_of_all_images_sum_to_one(name):
    model, levels = models()[name]
    log_p = shaken(model).log_prob(all_images(model, levels))
    np.testing.assert_allclose(np.exp(log_p).sum(), 1, rtol=0, atol=1e-12)
    assert log_p.std() > 0.1  # a uniform model would prove nothing


@pytest.mark.parametrize("name", models())
def test_samples_have_their_probabilities(name):
    model, levels = models()[name]
    model, n = shaken(model), 6000
    images = all_images(model, levels)
    y = model.sample(np.random.default_rng(2), n).reshape(n, -1)
    counts = np.bincount(np.ravel_multi_index(y.T, (levels,) * y.shape[1]), minlength=len(images))
    expected = n * np.exp(model.log_prob(images))
    rare = expected < 5  # chi-square wants no rare cells: they are put together
    counts, expected = (np.append(a[~rare], a[rare].sum()) for a in (counts, expected))
    chi2 = np.sum((counts - expected) ** 2 / expected)
    assert stats.chi2(len(counts) - 1).sf(chi2) > 1e-4


def test_one_channel_is_the_discretized_mixture_and_so_are_two_with_the_second_summed_out():
    h, y = np.random.default_rng(0).normal(size=(17, 9)), np.arange(17)
    output = MixtureOutput(17, 3)
    mu, s = output.mu_s([h[:, 3:6], h[:, 6:]], y[:, None], 0)
    wanted = DiscretizedLogisticMixture(h[:, :3], mu, s, 17).log_prob(y)
    np.testing.assert_allclose(output.log_prob(h, y[:, None]), wanted, rtol=1e-12)
    two = MixtureOutput(17, 3, channels=2)  # log_pi, μ_1, μ_2, log s_1, log s_2, α; the second channel summed out
    h = np.concatenate([h[:, :6], h[:, 3:6] ** 2, h[:, 6:], h[:, 6:] / 2, h[:, :3]], axis=1)
    both = [two.log_prob(h, np.stack([y, np.full(17, level)], axis=1)) for level in range(17)]
    np.testing.assert_allclose(np.log(np.exp(both).sum(axis=0)), wanted, rtol=1e-12)


def test_the_mean_of_a_channel_is_linear_in_the_channels_before_it():
    h = np.random.default_rng(0).normal(size=(1, 10))  # one component: log_pi, three μ, three log s, α, β, γ
    output, (alpha, beta, gamma) = MixtureOutput(5, 1, 3), np.tanh(h[0, 7:])
    rest = [h[:, [k]] for k in range(1, 10)]
    mean = lambda r, g, c: output.mu_s(rest, np.array([[r, g, 0]]), c)[0].item()  # noqa: E731
    for r, g in itertools.product(range(5), repeat=2):
        np.testing.assert_allclose(mean(r, g, 0), mean(0, 0, 0))
        np.testing.assert_allclose(mean(r, g, 1), mean(2, 2, 1) + alpha * (r - 2))
        np.testing.assert_allclose(mean(r, g, 2), mean(2, 2, 2) + beta * (r - 2) + gamma * (g - 2))


def test_a_new_model_spreads_its_probability_over_all_levels():
    for levels in (2, 17, 256):
        h = np.zeros((levels, 15), np.float32)
        p = np.exp(MixtureOutput(levels, 5).log_prob(h, np.arange(levels)[:, None]))
        assert p.min() > 0.1 / levels


@pytest.mark.parametrize("name", models())
def test_float32_stays_and_every_parameter_learns(name):
    model, levels = models()[name]
    y = all_images(model, levels).astype(np.uint8)
    loss = lambda model, y: -anp.mean(model.log_prob(y) * np.arange(len(y), dtype=np.float32))  # noqa: E731
    value, grad = value_and_grad(loss)(model, y)
    _, exact = value_and_grad(loss)(model.astype(np.float64), y)
    assert value.dtype == np.float32
    for path, g in grad.items():
        assert g.dtype == np.float32 and np.any(g != 0), path
        np.testing.assert_allclose(g, exact[path], rtol=1e-3, atol=1e-3)


def test_images_may_be_flat_and_what_is_wrong_is_refused_in_a_sentence():
    rng = np.random.default_rng(0)
    model = PixelCNN((2, 3, 1), CategoricalOutput(4), rng, width=4, blocks=1)
    y = model.sample(rng, 5)
    assert y.shape == (5, 2, 3, 1) and y.dtype == np.int32
    assert np.array_equal(model.log_prob(y), model.log_prob(y.reshape(5, 6)))
    assert model.log_prob(y[:0]).shape == (0,)
    with pytest.raises(ValueError, match=r"y: expected shape \(n, 2, 3, 1\), got \(5, 3, 2, 1\)"):
        model.log_prob(y.reshape(5, 3, 2, 1))
    with pytest.raises(ValueError, match="y: expected an integer array"):
        model.log_prob(y.astype(np.float32))
    with pytest.raises(ValueError, match=r"output: expected 3 channels, as in shape \(2, 3, 3\), got 1"):
        PixelCNN((2, 3, 3), CategoricalOutput(4), rng)
    with pytest.raises(ValueError, match=r"shape: expected \(height, width, channels\), got \(2, 3\)"):
        PixelCNN((2, 3), CategoricalOutput(4), rng)
    with pytest.raises(ValueError, match="kernel_size: expected an odd whole number from 3 on, got 1"):
        PixelCNN((2, 3, 1), CategoricalOutput(4), rng, kernel_size=1)
    with pytest.raises(ValueError, match="output: expected 1 channel"):
        PixelMADE(6, CategoricalOutput(4, 3), (8,), rng)


def test_a_networks_zeros_are_means_spread_evenly_over_the_levels_and_four_tenths_of_half_the_range_as_scale():
    mu, s = in_levels(np.zeros((1, 4)), np.zeros((1, 4)), 17)
    np.testing.assert_allclose(mu, [[2, 6, 10, 14]])
    np.testing.assert_allclose(s, 8 * np.exp(-0.875))  # softly bounded at 7, −1 becomes −1 / (1 + 1/7)
    mu, s = in_levels(np.full((1, 1), 0.5), np.full((1, 1), 1.0), 17)
    np.testing.assert_allclose((mu, s), [[[12]], [[8]]])


@pytest.mark.parametrize("log_s", [-90.0, 90.0])
def test_a_mixture_output_neither_overflows_nor_loses_a_level_whatever_the_network_says(log_s):
    output = MixtureOutput(16, 2)
    h = np.zeros((16, output.size), np.float32)
    h[:, 4:] = log_s
    with np.errstate(all="raise", under="ignore"):
        log_p = output.log_prob(h, np.arange(16)[:, None])
    assert np.all(np.isfinite(log_p)) and np.sum(np.exp(log_p)) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    "build, sentence",
    [
        (
            lambda rng: PixelCNN((2, 2, 1), CategoricalOutput(3), rng, width=0),
            "width: expected a whole number from 1 on",
        ),
        (
            lambda rng: PixelCNN((2, 2, 1), CategoricalOutput(3), rng, width=2.5),
            "width: expected a whole number from 1 on",
        ),
        (
            lambda rng: PixelCNN((2, 2, 1), CategoricalOutput(3), rng, blocks=-1),
            "blocks: expected a whole number from 0 on",
        ),
        (lambda rng: CategoricalOutput(0), "levels: expected a whole number from 1 on, got 0"),
        (lambda rng: MixtureOutput(5, 0), "components: expected a whole number from 1 on, got 0"),
        (lambda rng: MixtureOutput(5, 2, 0), "channels: expected a whole number from 1 on, got 0"),
    ],
)
def test_sizes_that_no_model_has_are_refused(build, sentence):
    with pytest.raises(ValueError, match=f"^{sentence}"):
        build(np.random.default_rng(0))


def test_a_model_of_one_level_is_certain():
    rng = np.random.default_rng(0)
    for output in (CategoricalOutput(1), MixtureOutput(1, 2)):
        model = PixelCNN((2, 2, 1), output, rng, width=4, blocks=0)
        np.testing.assert_allclose(model.log_prob(np.zeros((3, 4), int)), np.zeros(3), atol=1e-6)
        assert not np.any(model.sample(rng, 2))


def test_sampling_counts_its_pixels_up_to_the_last(monkeypatch):
    counted = []
    monkeypatch.setattr("minidgm.progress.Progress.show", lambda self, done, text="": counted.append(done))
    rng = np.random.default_rng(0)
    PixelCNN((2, 3, 1), CategoricalOutput(2), rng, width=4, blocks=1).sample(rng, 1)
    assert counted == [1, 2, 3, 4, 5, 6]
