"""The lab blur: E[x|z] and its error by other code, Pythagoras at every z, the shares add up."""

import numpy as np
import pytest

from minidgm.labs import blur
from minidgm.nn import MLP
from minidgm.vae import VAE, BernoulliDecoder, GaussianPosterior, StandardNormalPrior


def test_the_best_mean_by_other_code():
    rng = np.random.default_rng(0)
    vae = VAE(GaussianPosterior(MLP((5, 8, 4), rng)), BernoulliDecoder(MLP((2, 8, 5), rng)), StandardNormalPrior(2))
    x = (rng.random((7, 5)) < 0.5).astype(np.float32)
    z = rng.standard_normal((3, 2)).astype(np.float32)
    mu, log_sigma = (part.astype(float) for part in vae.posterior.mu_log_sigma(x))
    best, r = blur.best_mean(vae, x, z)
    mean = blur.mean_of(vae, z)
    errors = []
    for j in range(3):
        q = [
            np.prod(np.exp(-0.5 * ((z[j] - mu[i]) / np.exp(log_sigma[i])) ** 2) / np.exp(log_sigma[i]))
            for i in range(7)
        ]
        weights = np.array(q) / np.sum(q)
        assert r[j] == pytest.approx(weights, rel=1e-9)
        assert best[j] == pytest.approx(sum(w * x_i for w, x_i in zip(weights, x)), rel=1e-9)
        errors.append(sum(w * np.sum((x_i - mean[j]) ** 2) for w, x_i in zip(weights, x)) / 5)
    assert blur.expected_error(x, r, mean) == pytest.approx(np.mean(errors), rel=1e-9)
    parts = blur.expected_error(x, r, best) + np.mean((best - mean) ** 2)
    assert parts == pytest.approx(np.mean(errors), rel=1e-9)  # no other mean errs less than E[x|z]


def test_blur_of_black_white_and_grey():
    assert blur.blur_of(np.array([0.0, 1.0])) == 0 and blur.blur_of(np.full(4, 0.5)) == 1


def test_quick_run(quick_lab):
    found = quick_lab("blur")
    values = found.rows["blur"]["values"]
    assert values["off"] < 1e-9
    for row in found.table("blur"):
        share = sum(float(row[name].split(" ±")[0]) for name in ("prior's share", "decoder's", "averaging's"))
        assert share == pytest.approx(float(row["samples, z ~ p"].split(" ±")[0]), abs=1e-3)
        assert 0 < float(row["best mean, z ~ q_agg"].split(" ±")[0]) < 1
    assert found.figures() == {"blur"}
