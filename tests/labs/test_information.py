"""The lab information on a few steps: the exact I, the cap, and the naive estimate by other code."""

import math

import numpy as np
import pytest

from minidgm.labs.information import D, draw, rho_of, with_the_best_critic


@pytest.mark.parametrize("information", [1, 5, 10])
def test_pairs_share_so_many_nats(information):
    """Two Gaussians' mutual information from the determinants of their covariance: ½ log |Σx||Σz|/|Σ|."""
    rho, eye = rho_of(information), np.eye(D)
    joint = np.block([[eye, rho * eye], [rho * eye, eye]])
    assert -0.5 * np.linalg.slogdet(joint)[1] == pytest.approx(information, rel=1e-12)
    x, z, _ = draw(np.random.default_rng(0), rho, 20_000)
    assert np.mean(x * z) == pytest.approx(rho, abs=4 / math.sqrt(20_000 * D))
    assert np.mean(z * z) == pytest.approx(1, abs=4 * math.sqrt(2 / (20_000 * D)))


def test_one_batch_by_code_of_its_own():
    rho = rho_of(4)
    x, z, _ = draw(np.random.default_rng(5), rho)
    B = len(x)
    log_q = np.empty((B, B))
    for i in range(B):
        log_q[i] = -0.5 * np.sum((z - rho * x[i]) ** 2 / (1 - rho**2) + np.log(2 * np.pi * (1 - rho**2)), axis=1)
    log_p = -0.5 * np.sum(z**2 + np.log(2 * np.pi), axis=1)
    ratio = np.exp(log_q - log_p)
    nwj = 1 + np.mean(np.diag(log_q) - log_p) - (ratio.sum() - np.trace(ratio)) / (B * (B - 1))
    nce = np.mean(np.diag(log_q) - np.log(np.exp(log_q).mean(axis=0)))
    left_out = np.mean([log_q[j, j] - np.log(np.delete(np.exp(log_q[:, j]), j).mean()) for j in range(B)])
    found = with_the_best_critic(np.random.default_rng(5), rho)
    assert [found[k] for k in (0, 2, 3, 4)] == pytest.approx([nwj, nce, nce, left_out], rel=1e-9)


def test_quick_run(quick_lab):
    found = quick_lab("information")
    values = found.rows["information"]["values"]
    assert np.max(values["best"]["InfoNCE"]["mean"]) <= math.log(128)
    assert values["best"]["InfoNCE"]["mean"][-1][0] == pytest.approx(math.log(128), abs=0.2)
    assert {row["I"] for row in found.table("bias")} == {str(k) for k in range(1, 11)}
