"""The lab posterior on a few steps: bounds lie below log p(x), the flow moved to the prior leaves the ELBO alone."""

import numpy as np
import pytest
from scipy import optimize, special, stats

from minidgm.data import load_digits
from minidgm.functional import logsumexp
from minidgm.labs import Options, posterior, posterior_exact, posterior_half
from minidgm.labs.vaes import tasks
from minidgm.vae import VAE, FlowPosterior, GaussianPosterior, StandardNormalPrior, elbo, grid_log_joint


@pytest.mark.parametrize("own", [False, True])
def test_bounds_lie_below_the_evidence_and_the_moved_flow_changes_nothing(quick_lab, own):
    found = quick_lab("posterior", own=own)
    for row in found.table("linear-gaussian"):
        assert float(row["limit"]) - 0.05 < float(row["after the E-step"]) < float(row["at the start"])
    ladder = [float(row["nats"]) for row in found.table("ladder")]
    assert ladder == sorted(ladder)
    for name in ("binarized", "17-levels"):
        gaps = [float(row["gap"]) for row in found.table(f"iwae-{name}")]
        assert gaps[0] == max(gaps) and min(gaps) > -0.1  # IWAE_K lies above the ELBO, and below log p(x)
        for row in found.table(f"gaps-{name}"):
            assert float(row["gap"]) > -0.1
    assert found.rows[21]["values"]["differences"]["float64"] < 1e-9
    assert {19, 20, 21, 22} <= set(found.rows)
    for row in found.table("half-image"):
        assert float(row["gap"]) > -0.1
    least = {row["the least gap, by quadrature, image by image"]: float(row["nats"])
             for row in found.table("half-image-limits")}  # fmt: skip
    gaussian, two, mode = least.values()
    assert 0 <= two < gaussian and 0 <= mode <= np.log(2)


@pytest.mark.parametrize("name", list(posterior.FLOWS))
def test_a_flow_started_at_the_gaussian_is_the_gaussian(name):
    task, rng = tasks(Options(quick=True))[1], np.random.default_rng(0)
    gaussian = GaussianPosterior(task.encoder(4, rng))
    started = posterior.started_at(gaussian, name, task, 2, rng, FlowPosterior)
    decoder, prior = task.decoder(2, rng), StandardNormalPrior(2)
    values = [elbo(VAE(q, decoder, prior), task.test, np.random.default_rng(1)) for q in (gaussian, started)]
    np.testing.assert_allclose(values[1], values[0], rtol=1e-4, atol=1e-3)


def test_the_linear_gaussians_evidence_and_limit_without_the_engine():
    """Recomputed by other code: log p(x) by scipy, the least gap from the precision matrix."""
    weight, s = posterior_exact.WEIGHT, posterior_exact.S
    exact = posterior_exact.LinearGaussianVAE(weight, np.zeros(4), s)
    x = np.random.default_rng(0).normal(size=(5, 4))
    covariance = weight @ weight.T + s**2 * np.eye(4)
    np.testing.assert_allclose(
        exact.log_prob(x), stats.multivariate_normal(np.zeros(4), covariance).logpdf(x), rtol=1e-10
    )
    precision = np.eye(3) + weight.T @ weight / s**2
    limit = 0.5 * (np.sum(np.log(np.diag(precision))) - np.log(np.linalg.det(precision)))
    assert exact.smallest_gap() == pytest.approx(limit, rel=1e-10)


def test_the_best_gaussian_on_two_moons_by_other_code():
    """KL(N(μ, σ²) ‖ moons) as a sum over a grid, its least value by its own search: no engine."""
    angle = (np.arange(160) + 0.5) / 160 * np.pi
    moon = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    centres = np.concatenate([moon, [1, 0.5] - moon]) - [0.5, 0.25]
    grid = np.linspace(-6, 6, 49)
    a, b = (part.ravel() for part in np.meshgrid(grid, grid))
    weights = np.exp(-0.5 * (a * a + b * b)) / (2 * np.pi) * (grid[1] - grid[0]) ** 2

    def log_density(z):
        squares = np.sum(z**2, axis=1)[:, None] - 2 * z @ centres.T + np.sum(centres**2, axis=1)
        return special.logsumexp(-squares / 0.02, axis=1) - np.log(len(centres)) - np.log(2 * np.pi * 0.01)

    def kl(s):
        z = np.stack([s[0] + np.exp(s[2]) * a, s[1] + np.exp(s[3]) * b], axis=1)
        return -(s[2] + s[3] + np.log(2 * np.pi * np.e)) - weights @ log_density(z)

    least = optimize.minimize(kl, (-0.5, 0.3, -1.5, -1.5), method="BFGS", options={"maxiter": 40}).fun
    assert posterior_exact.best_gaussian_gap() == pytest.approx(least, abs=3e-4)


# ------------------------------------------------------------------ half an image


def two_hills(weight: float, distance: float):
    """log mass in the lab's cells of two round Gaussians of width ½ at ±distance, one with `weight`."""
    z = posterior_half.centres_of_cells()
    hills = [-2 * np.sum((z - [side * distance, 0]) ** 2, axis=1) for side in (-1, 1)]
    log_p = np.logaddexp(np.log(weight) + hills[0], np.log(1 - weight) + hills[1])
    return log_p - np.log(np.sum(np.exp(log_p)))


@pytest.mark.parametrize("weight", [0.5, 0.3])
def test_one_gaussian_of_two_hills_misses_minus_log_of_the_larger_and_two_miss_nothing(weight):
    log_mass = two_hills(weight, distance=2.5)
    found = posterior_half.least_gaps(log_mass)
    assert found["any Gaussian"] == pytest.approx(-np.log(1 - weight), abs=1e-4)
    assert found["two Gaussians"] == pytest.approx(0, abs=1e-6)
    assert posterior_half.larger_mode(log_mass[None])[0] == pytest.approx(1 - weight, abs=1e-5)


def test_upper_halves_are_exchanged_and_lower_ones_keep_their_class():
    images = load_digits()
    task, centres = posterior_half.half_images(images, np.random.default_rng(0))
    kept = np.isin(images.test.labels, posterior_half.CLASSES)
    before = (images.test.y[kept] >= images.levels / 2).astype(np.float32)
    assert np.array_equal(task.test[:, 32:], before[:, 32:]) and not np.array_equal(task.test, before)
    assert sorted(map(bytes, task.test[:, :32])) == sorted(map(bytes, before[:, :32]))
    eights = images.test.labels[kept] == 8
    assert np.array_equal(centres["test"], np.where(eights[:, None], [-2.5, 0], [2.5, 0]).astype(np.float32))


def test_the_posterior_of_half_an_image_without_the_engine():
    """Recomputed by other code: p(z|x_S) from the network's weights, with sums over the hidden half by its absence."""
    task, centres = posterior_half.half_images(load_digits(), np.random.default_rng(0))
    vae = posterior_half.trained_vae(task, centres, np.random.default_rng(0), 60, "few steps")
    first, last = ((layer.weight.astype(np.float64), layer.bias.astype(np.float64)) for layer in vae.decoder.net.layers)
    x = task.test[:3, :32]
    side = -6 + 0.12 * (np.arange(100) + 0.5)
    z = np.stack(np.meshgrid(side, side, indexing="ij"), axis=-1).reshape(-1, 2)
    p_on = 1 / (1 + np.exp(-(np.maximum(z @ first[0] + first[1], 0) @ last[0] + last[1])[:, :32]))
    prior = 0.5 * sum(stats.multivariate_normal([a, 0]).pdf(z) for a in (-2.5, 2.5))
    joint = prior * np.array([np.prod(np.where(row == 1, p_on, 1 - p_on), axis=1) for row in x])
    posterior_of_z = joint / joint.sum(axis=1, keepdims=True)

    half = posterior_half.of_upper_half(vae, posterior_half.families(32, FlowPosterior)["Gaussian"](
        np.random.default_rng(0), 0.0), 32)  # fmt: skip
    log_joint = grid_log_joint(half, x, 100, 6.0)
    log_p = logsumexp(log_joint, axis=1)
    np.testing.assert_allclose(log_p, np.log(np.sum(joint, axis=1) * 0.12**2), atol=1e-4)
    np.testing.assert_allclose(np.exp(log_joint - log_p[:, None]), posterior_of_z, atol=1e-6)
    left = posterior_of_z[:, z[:, 0] < 0].sum(axis=1)
    found = posterior_half.larger_mode(log_joint - log_p[:, None])
    np.testing.assert_allclose(found, np.maximum(left, 1 - left), atol=1e-4)
