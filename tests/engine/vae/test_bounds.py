"""Bounds: ELBO ≤ IWAE_2 ≤ IWAE_10 ≤ … ≤ evidence, the gap against quadrature, and the losses."""

import numpy as np
import pytest

from minidgm.tensor import parameters, value_and_grad
from minidgm.train import train
from minidgm.vae import (
    bound_gap,
    elbo,
    elbo_terms,
    grid_log_prob,
    importance_bound,
    iwae_bound,
    log_weights,
    negative_elbo,
    warm_up,
)


@pytest.fixture
def vae(small_vae):
    return small_vae(d=2).astype(np.float64)


def test_iwae_increases_in_k_and_stays_below_the_evidence(vae, binary):
    x = binary(5).astype(np.float64)
    evidence = grid_log_prob(vae, x, points=300, half_width=9.0)
    log_w = log_weights(vae, np.tile(x, (4000, 1)), np.random.default_rng(0), 32).reshape(32, 4000, 5)
    below = -np.inf
    for k in (1, 2, 8, 32):
        values = importance_bound(log_w[:k])  # (4000, 5)
        error = np.std(values, axis=0) / np.sqrt(4000)
        mean = np.mean(values, axis=0)
        assert np.all(mean > below)
        assert np.all(mean < evidence + 4 * error)
        below = mean
    elbo_gap = evidence - np.mean(log_w[0], axis=0)
    assert np.all(evidence - mean < 0.5 * elbo_gap)


def test_weights_average_to_the_evidence(vae, binary):
    x = binary(1).astype(np.float64)
    evidence = grid_log_prob(vae, x, points=300, half_width=9.0)[0]
    w = np.exp(log_weights(vae, np.repeat(x, 20000, axis=0), np.random.default_rng(0), 1) - evidence)
    assert abs(np.mean(w) - 1) < 4 * np.std(w) / np.sqrt(w.size)


def test_gap_is_never_negative_and_estimates_the_kl_to_the_posterior(vae, binary):
    x = binary(4).astype(np.float64)
    evidence = grid_log_prob(vae, x, points=300, half_width=9.0)
    log_w = elbo(vae, np.tile(x, (20000, 1)), np.random.default_rng(1)).reshape(20000, 4)
    exact = evidence - np.mean(log_w, axis=0)  # noise below 0.02
    gap = bound_gap(vae, x, np.random.default_rng(0), samples=2000)
    assert np.all(bound_gap(vae, x, np.random.default_rng(0), samples=2) >= 0)
    np.testing.assert_allclose(gap, exact, atol=0.1)


def test_elbo_is_the_mean_of_its_terms_from_the_same_noise(small_vae, binary):
    vae, x = small_vae(), binary(7)
    terms = elbo_terms(vae, x, np.random.default_rng(0))
    np.testing.assert_array_equal(elbo(vae, x, np.random.default_rng(0)), terms.log_lik + terms.log_prior - terms.log_q)
    one = elbo(vae, x, np.random.default_rng(0), samples=1)
    np.testing.assert_array_equal(one, iwae_bound(vae, x, np.random.default_rng(0), samples=1))


def test_loss_is_minus_the_mean_elbo_and_float32(small_vae, binary):
    vae, x = small_vae(), binary(7)
    value, grad = value_and_grad(negative_elbo())(vae, x, np.random.default_rng(0))
    assert value == pytest.approx(-np.mean(elbo(vae, x, np.random.default_rng(0))), rel=1e-6)
    assert value.dtype == np.float32
    assert all(g.dtype == np.float32 for g in grad.values())
    assert all(np.any(g != 0) for g in grad.values())


def test_no_samples_are_refused_in_a_sentence(small_vae, binary):
    for bound in (elbo, iwae_bound):
        with pytest.raises(ValueError, match="samples: expected a whole number from 1 on, got 0"):
            bound(small_vae(), binary(5), np.random.default_rng(0), 0)


def test_annealing_weighs_the_kl_by_the_step(small_vae, binary):
    vae, x = small_vae(), binary(7)
    terms = elbo_terms(vae, x, np.random.default_rng(0))
    kl, reconstruction = np.mean(terms.log_q - terms.log_prior), np.mean(terms.log_lik)
    loss = negative_elbo(beta=warm_up(4))
    values = []
    for step in range(1, 7):
        loss.at_step(step)
        values.append(loss(vae, x, np.random.default_rng(0)))
    np.testing.assert_allclose(values, [b * kl - reconstruction for b in (0.25, 0.5, 0.75, 1, 1, 1)], rtol=1e-5)


def test_a_schedule_goes_by_the_steps_of_the_run_whatever_is_validated_and_wherever_it_resumes(
    small_vae, binary, tmp_path
):
    x, vaes, seen = binary(40), [small_vae() for _ in range(3)], []

    def run(vae, steps, **settings):
        used, schedule = [], warm_up(6)
        loss = negative_elbo(beta=lambda t: used.append(t) or schedule(t))
        train(vae, loss, x, np.random.default_rng(2), batch=10, every=2, steps=steps, **settings)
        seen.append(used)

    run(vaes[0], 8)
    run(vaes[1], 4, checkpoint=tmp_path / "run.npz")
    run(vaes[1], 8, checkpoint=tmp_path / "run.npz", resume=True)
    run(vaes[2], 8, validation=x, validation_loss=negative_elbo())
    assert seen == [[1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3, 4], [5, 6, 7, 8], [1, 2, 3, 4, 5, 6, 7, 8]]
    for path, theta in parameters(vaes[0]).items():
        np.testing.assert_array_equal(theta, parameters(vaes[1])[path])


def test_validating_by_the_same_loss_does_not_move_its_schedule_on(small_vae, binary):
    x, used = binary(40), []
    loss = negative_elbo(beta=lambda t: used.append(t) or 1.0)
    train(small_vae(), loss, x, np.random.default_rng(2), batch=10, every=2, steps=4, validation=x)
    assert used == [1, 2, 2, 3, 4, 4]  # a validation after steps 2 and 4, with their weights


def test_no_steps_to_warm_up_are_refused():
    with pytest.raises(ValueError, match="steps: expected a number above 0, got 0"):
        warm_up(0)


def test_free_nats_take_the_gradient_off_a_kl_that_is_small_enough(small_vae, binary):
    vae, x = small_vae(), binary(7)
    plain, with_free = negative_elbo(), negative_elbo(free_nats=1e4)
    _, grad = value_and_grad(with_free)(vae, x, np.random.default_rng(0))
    log_lik = lambda vae, x, rng: -elbo_terms(vae, x, rng).log_lik.mean()  # noqa: E731
    _, expected = value_and_grad(log_lik)(vae, x, np.random.default_rng(0))
    for path in parameters(vae):
        np.testing.assert_allclose(grad[path], expected[path], rtol=1e-4, atol=1e-6)
    tiny = negative_elbo(free_nats=1e-3)
    assert tiny(vae, x, np.random.default_rng(0)) == plain(vae, x, np.random.default_rng(0))


@pytest.mark.parametrize("samples", [1, 3])
def test_no_objects_have_no_bounds(vae, binary, samples):
    x, rng = binary(5)[:0], np.random.default_rng(0)
    for bound in (elbo, iwae_bound, bound_gap):
        assert bound(vae, x, rng, samples).shape == (0,)
    assert log_weights(vae, x, rng, samples).shape == (samples, 0)
    assert vae.sample(rng, 0).shape == (0, 6)


@pytest.mark.parametrize("wrong", [{"beta": -1.0}, {"beta": float("nan")}, {"beta": "1"}, {"free_nats": -0.5}])
def test_a_weight_below_zero_is_refused(wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))}: expected a number from 0 on"):
        negative_elbo(**wrong)
