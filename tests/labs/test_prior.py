"""The lab prior on a few steps: KL(q_agg ‖ q_agg) = 0, and q_agg is the best of all when only the prior moves."""

import numpy as np
import pytest

from minidgm.labs import Options, prior
from minidgm.labs.vaes import tasks
from minidgm.nn import MLP
from minidgm.vae import AggregatedPosterior, GaussianPosterior, MixturePrior, StandardNormalPrior


def test_every_prior_is_measured_and_the_aggregated_one_is_the_best_with_the_rest_fixed(quick_lab):
    found = quick_lab("prior")
    for name in ("priors-binarized", "refit"):
        rows = {row["prior"]: row for row in found.table(name)}
        assert set(rows) == set(prior.PRIORS)
        assert float(rows["aggregated"]["KL(q_agg ‖ p)"]) == pytest.approx(0, abs=1e-5)
    marginal_kl = {row["prior"]: float(row["KL(q_agg ‖ p)"]) for row in found.table("refit")}
    assert all(value > -0.2 for value in marginal_kl.values())  # KLs, estimated from two samples per object
    assert {15, 16, 17, 18} <= set(found.rows)
    assert found.figures() == {"latent", "samples-binarized", "optimal-prior"}


def test_mass_in_holes_of_gaussians_is_a_closed_form():
    """q_agg = N(0, s² I) in two dimensions: below its 1 % level lies |z|² > −2 s² log 0.01, of N(0, I) 0.01^(s²)."""
    encoder = MLP((1, 4), np.random.default_rng(0))
    for s in (0.3, 0.7, 1.0):
        q_agg = AggregatedPosterior(GaussianPosterior(encoder), np.zeros((1, 1), np.float32))
        encoder.layers[-1].bias[...] = [0, 0, np.log(s), np.log(s)]
        found = prior.mass_in_holes(StandardNormalPrior(2), q_agg, np.random.default_rng(1), n := 40_000)
        exact = 0.01 ** (s * s)
        of_quantile, of_share = (s * s * exact) ** 2 * 0.99 / 0.01, exact * (1 - exact)  # variances, times n
        assert found == pytest.approx(exact, abs=4 * np.sqrt((of_quantile + of_share) / n))


def test_the_gain_of_a_refit_is_the_fall_of_the_marginal_kl_by_quadrature():
    """With encoder and decoder held, ELBO(p) − ELBO(N(0, 1)) = KL(q_agg ‖ N) − KL(q_agg ‖ p): fine sums, no engine."""
    mu, sigma, z = np.array([-1.0, 2.0]), np.array([0.4, 0.6]), np.linspace(-9, 10, 400_001)
    dz = z[1] - z[0]

    def normal(m, s):
        return np.exp(-0.5 * ((z - m) / s) ** 2) / (s * np.sqrt(2 * np.pi))

    q = [normal(m, s) for m, s in zip(mu, sigma)]
    q_agg, standard, wide = (q[0] + q[1]) / 2, normal(0, 1), normal(0.5, 1.6)
    kl = [np.sum(q_agg * np.log(q_agg / p)) * dz for p in (standard, wide)]
    gain = np.mean([np.sum(q_i * np.log(wide / standard)) * dz for q_i in q])
    assert gain == pytest.approx(kl[0] - kl[1], abs=1e-9) and gain > 0
    eps = np.random.default_rng(0).standard_normal((2, 50_000))
    draws = mu[:, None] + sigma[:, None] * eps
    for (m, s), value in zip(((0, 1), (0.5, 1.6)), kl):
        fitted = MixturePrior(1, 1, np.random.default_rng(0)).astype(np.float64)
        fitted.mu[...], fitted.log_sigma[...] = m, np.log(s)
        log_q_agg = np.log(np.interp(draws, z, q_agg))
        log_ratio = log_q_agg - fitted.log_prob(draws.reshape(-1, 1)).reshape(draws.shape)
        assert np.mean(log_ratio) == pytest.approx(value, abs=4 * log_ratio.std() / np.sqrt(log_ratio.size))


def test_the_students_priors_give_the_engines_numbers(solved):
    own, theirs = prior.my_priors(), {k: prior.PRIORS[k] for k in ("standard", "mixture", "VampPrior", "coupling flow")}
    task = tasks(Options(quick=True))[0]
    mine, engine = (prior.compare(task, priors, Options(seeds=1, quick=True))[0] for priors in (own, theirs))
    for (_, a), (_, b) in zip(mine.items(), engine.items()):
        for column in ("train ELBO", "test ELBO", "KL(q_agg ‖ p)"):
            np.testing.assert_allclose(a[column], b[column], rtol=1e-3, atol=1e-3)
