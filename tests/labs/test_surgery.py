"""The lab surgery on a few steps: the terms add up, I_q keeps between its limits, with the student's functions too."""

import math

import numpy as np
import pytest

from minidgm.labs import surgery
from minidgm.labs.surgery import zero


@pytest.mark.parametrize("own", [False, True])
def test_terms_add_up_and_the_information_keeps_between_its_limits(quick_lab, monkeypatch, own):
    if own:
        monkeypatch.setattr(surgery, "LARGEST_MINE", 60)
    found = quick_lab("surgery", own=own)
    for name in ("terms-binarized", "terms-17-levels"):
        for row in found.table(name):
            reconstruction, information, marginal, elbo = (float(row[term]) for term in surgery.TERMS)
            assert reconstruction - information - marginal == pytest.approx(elbo, abs=2e-4)
    for row in found.table("information-n"):
        assert float(row["I_q"]) <= math.log(int(row["n"])) + 1e-4
    values = found.rows[14]["values"]
    for capped, free in zip(values["by_n"], values["by_subtraction"]):  # two estimates that share nothing but the VAE
        assert np.mean(free) == pytest.approx(capped, abs=0.15)
    by_sigma = found.rows[14]["values"]["by_sigma"]
    assert 0.98 * math.log(60 if own else 299) < by_sigma[0] <= math.log(60 if own else 300) + 1e-6
    assert by_sigma[-1] == pytest.approx(0, abs=1e-5)
    for row in found.table("estimators"):
        assert float(row["naive"].split(" ±")[0]) <= float(row["log B"]) + 1e-6
    assert found.figures() == {"information", "estimators"}


def test_a_zero_is_not_printed_as_a_negative_number():
    assert (zero(-5.7e-07), zero(1e-6), zero(-0.01), zero(2.5)) == ("0.0000", "0.0000", "-0.0100", "2.5000")


def test_both_sides_of_the_identity_by_quadrature_without_the_engine():
    """Recomputed by other code: two posteriors on the line, KL and I_q as fine sums."""
    mu, sigma = np.array([0.0, 1.5]), np.array([0.5, 1.2])
    z = np.linspace(-12, 14, 200_001)
    step = z[1] - z[0]
    q = np.exp(-0.5 * ((z[:, None] - mu) / sigma) ** 2) / (sigma * np.sqrt(2 * np.pi))
    p, q_agg = np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi), q.mean(axis=1)
    information = np.sum(q * (np.log(q + 1e-300) - np.log(q_agg + 1e-300)[:, None])) * step / 2
    marginal_kl = np.sum(q_agg * (np.log(q_agg + 1e-300) - np.log(p + 1e-300))) * step
    closed = 0.5 * np.mean(mu**2 + sigma**2 - 1 - 2 * np.log(sigma))
    assert information + marginal_kl == pytest.approx(closed, abs=1e-9)

    each = np.repeat(np.stack([mu, np.log(sigma)]), 100, axis=1)[:, :, None]  # a hundred of each have the same q_agg
    engine = surgery.mutual_information(*each, np.random.default_rng(0).standard_normal((2_000, 200, 1)))
    assert engine == pytest.approx(information, abs=4 * 0.5 / np.sqrt(400_000))  # spread of a log-ratio below 0.5
