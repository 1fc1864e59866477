"""The lab degenerate on a few steps: spikes follow −log σ, the categorical alone misses a deleted level."""

import numpy as np
import pytest
from scipy import stats

from minidgm.data import Images, Split, load_digits
from minidgm.labs import Options, degenerate
from minidgm.labs.images import coarser
from minidgm.labs.report import Report


def test_spikes_are_the_closed_form_and_a_deleted_level_is_missed_by_the_categorical_alone(quick_lab):
    found = quick_lab("degenerate")
    for row in found.table("spikes")[1:]:
        assert float(row["log-likelihood"]) == pytest.approx(float(row["−log σ + const"]), abs=1e-6)
    lost = {name: values[0] for name, values in found.rows[6]["values"]["lost"].items()}
    assert lost["categorical"] > 1 > 0.3 > abs(lost["mixture of 5"])
    assert found.figures() == {"diverge", "trap", "deleted"}


def test_log_likelihood_of_spikes_on_the_digits_recomputed_from_the_counts(quick_lab):
    """Six numbers of the labs are recomputed without the engine; this is one: σ = 0.1, nats per pixel, 300 images."""
    levels = load_digits().train.images[:300].ravel()
    shares = np.bincount(levels) / len(levels)
    mixture = sum(share * stats.norm.pdf(levels.astype(float), level, 0.1) for level, share in enumerate(shares))
    row = quick_lab("degenerate").table("spikes")[1]
    assert row["σ"] == "0.1" and float(row["log-likelihood"]) == pytest.approx(np.log(mixture).mean(), abs=1e-9)


def test_conditionals_of_spikes_are_densities_that_see_earlier_pixels_only():
    model = degenerate.Spikes(3, 4, 0.0, np.random.default_rng(0)).astype(np.float64)
    model.log_sigma[...] = -1.0
    grid = np.linspace(-4, 7, 2201)
    before = np.array([1.0, 2.0])
    x = np.column_stack([np.tile(before, (len(grid), 1)), grid])
    total = np.exp(model.by_pixel(x)[:, 2]).sum() * (grid[1] - grid[0])
    assert total == pytest.approx(1, abs=1e-6)
    assert np.ptp(model.by_pixel(x)[:, :2], axis=0).max() == 0  # what comes later changes nothing


def test_the_traps_pixels_add_up_to_the_flows_own_likelihood():
    from minidgm.distributions import StandardNormal
    from minidgm.flows import ActNorm, Chain, FlowModel, GaussianAR
    from minidgm.plots.flows import shake

    rng = np.random.default_rng(0)
    model = FlowModel(Chain([ActNorm(5), GaussianAR(5, (8,), rng), GaussianAR(5, (8,), rng)]), StandardNormal(5))
    model = shake(model, rng).astype(np.float64)
    x = rng.standard_normal((40, 5))
    assert degenerate.flow_by_pixel(model, x).sum() == pytest.approx(model.log_prob(x).mean(), abs=1e-12)


def test_levels_are_merged_until_the_network_fits():
    part = Split(np.full((2, 28, 28), 255, np.uint8), np.zeros(2, int))
    images = Images(part, part, part, 256, (28, 28, 1))
    merged, sentence = coarser(images, lambda images: 128 * 784 * images.levels)
    assert merged.levels == 16 and merged.train.y.max() == 15
    assert sentence == "256 levels would need 25,690,112 weights: merged to 16, for 1,605,632."
    assert coarser(images, lambda images: 10) == (images, "")


@pytest.mark.parametrize(
    "values, deleted", [((0, 255), None), ((0, 1), 1), ((0, 100, 127, 255), 127), ((0, 128, 129), 128)]
)
def test_a_level_is_taken_away_that_occurs_between_the_ends(values, deleted, tmp_path, monkeypatch):
    y = np.random.default_rng(0).choice(values, (20, 3, 3, 1)).astype(np.int32)
    split = Split(y, np.zeros(20, np.int64))
    images = Images(split, split, split, 256, (3, 3, 1))
    assert degenerate.inner_level(images, split.y) == deleted
    if deleted is None:
        monkeypatch.setattr(degenerate, "images_for", lambda options: images)
        report = Report(tmp_path)
        degenerate.deleted_level(report, Options())
        assert (
            report.answers[6].verdict == "Not shown here" and "no level between the ends" in report.answers[6].because
        )
