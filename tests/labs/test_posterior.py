"""The lab posterior on a few steps: bounds lie below log p(x), the flow moved to the prior leaves the ELBO alone."""

import numpy as np
import pytest
from scipy import stats

from minidgm.data import load_digits
from minidgm.labs import posterior, posterior_exact
from minidgm.labs.vaes import tasks
from minidgm.vae import VAE, FlowPosterior, GaussianPosterior, StandardNormalPrior, elbo


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


@pytest.mark.parametrize("name", list(posterior.FLOWS))
def test_a_flow_started_at_the_gaussian_is_the_gaussian(name):
    task, rng = tasks(load_digits(), quick=True)[1], np.random.default_rng(0)
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


def test_the_best_gaussian_on_two_moons_is_a_local_optimum_of_the_kl():
    assert posterior_exact.best_gaussian_gap() == pytest.approx(1.7066, abs=2e-3)
