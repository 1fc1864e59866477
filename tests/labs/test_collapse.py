"""The lab collapse on a few steps: the terms add up, and a decoder that ignores z does not mind another image's."""

import numpy as np
import pytest

from minidgm.labs import Options, collapse
from minidgm.labs.vaes import tasks
from minidgm.vae import VAE, GaussianPosterior, StandardNormalPrior, elbo


def test_terms_add_up_for_every_kind(quick_lab):
    found = quick_lab("collapse")
    rows = found.table("collapse")
    assert [row["decoder, objective"] for row in rows] == list(collapse.KINDS)
    for row in rows:
        reconstruction, information, marginal, elbo = (float(row[term]) for term in collapse.TERMS)
        assert reconstruction - information - marginal == pytest.approx(elbo, abs=1e-4)
    assert found.figures() == {"collapse"}


def test_with_weights_of_z_at_zero_and_the_prior_as_posterior_nothing_calls_for_z():
    """The collapsed state is stationary: the ELBO is log p(x) of the net without z, for any z, and I_q = 0."""
    task, rng = tasks(Options(quick=True))[0], np.random.default_rng(0)
    decoder, encoder = collapse.autoregressive(task, rng, 0.0), task.encoder(2 * task.d, rng)
    encoder.layers[-1].weight[...], encoder.layers[-1].bias[...] = 0, 0  # q(z|x) = N(0, I)
    vae = VAE(GaussianPosterior(encoder), decoder, StandardNormalPrior(task.d))
    values = [elbo(vae, task.test, np.random.default_rng(seed)) for seed in (0, 1)]
    np.testing.assert_allclose(values[0], values[1], rtol=1e-5)
    assert collapse.loss_from_another(vae, task.test) == 0
    other = collapse.autoregressive(task, rng, 1.0)
    assert collapse.loss_from_another(vae.with_parts(decoder=other), task.test) != 0


def test_the_weight_of_the_kl_term_rises_to_one_at_half_of_the_training():
    weights = [collapse.annealed(done, 100).beta(t) for done, t in ((0, 1), (20, 5), (40, 10), (90, 10))]
    assert weights == [0.02, 0.5, 1.0, 1.0]
