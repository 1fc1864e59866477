"""The lab prior on a few steps: KL(q_agg ‖ q_agg) = 0, and q_agg is the best of all when only the prior moves."""

import numpy as np
import pytest

from minidgm.data import load_digits
from minidgm.labs import Options, prior
from minidgm.labs.vaes import tasks


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


def test_the_students_priors_give_the_engines_numbers(solved):
    own, theirs = prior.my_priors(), {k: prior.PRIORS[k] for k in ("standard", "mixture", "VampPrior", "coupling flow")}
    task = tasks(load_digits(), quick=True)[0]
    mine, engine = (prior.compare(task, priors, Options(seeds=1, quick=True))[0] for priors in (own, theirs))
    for (_, a), (_, b) in zip(mine.items(), engine.items()):
        for column in ("train ELBO", "test ELBO", "KL(q_agg ‖ p)"):
            np.testing.assert_allclose(a[column], b[column], rtol=1e-3, atol=1e-3)
