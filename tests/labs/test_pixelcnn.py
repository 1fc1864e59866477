"""The lab pixelcnn on a few steps: all models are measured, no output sees the future, finer levels cost log₂ 16."""

import numpy as np

from minidgm.data import load_digits
from minidgm.discrete import CategoricalOutput, PixelMADE, bits_per_dim
from minidgm.labs import pixelcnn


def test_all_networks_and_outputs_are_measured_and_learn_something(quick_lab):
    found = quick_lab("pixelcnn")
    rows = found.table("pixelcnn")
    assert len(rows) == 12
    assert all(float(row["test bits/dim"]) < np.log2(17) for row in rows if row["levels"] == "17")
    assert found.rows[9]["values"]["later_pixels"] == 0
    assert found.figures() == {"bits", "levels", "samples"}


def test_a_model_of_coarse_levels_is_one_of_the_finer_ones_for_exactly_four_bits_more():
    images = load_digits()
    finer = pixelcnn.refined(images, 16, np.random.default_rng(0))
    assert finer.levels == 272 and np.array_equal(finer.test.y // 16, images.test.y)
    model = PixelMADE(64, CategoricalOutput(17), (8,), np.random.default_rng(0))
    log_p = model.log_prob(images.test.y)  # P(finer) = P(finer // 16) / 16
    np.testing.assert_allclose(bits_per_dim(log_p - 64 * np.log(16), 64), bits_per_dim(log_p, 64) + 4, rtol=1e-6)


def test_images_of_many_levels_are_not_refined():
    images = load_digits()._replace(levels=256)
    assert {factor for _, _, factor in pixelcnn.plan(images)} == {1}
