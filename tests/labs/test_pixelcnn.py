"""The lab pixelcnn on a few steps: all models are measured, no output sees the future, images are moved."""

import numpy as np

from minidgm.data import load_digits
from minidgm.labs import pixelcnn


def test_all_networks_and_outputs_are_measured_and_learn_something(quick_lab):
    found = quick_lab("pixelcnn")
    rows = found.table("pixelcnn")
    assert len(rows) == 3 + 2 * 3 + 3 + 2 * 2
    assert all(float(row["test bits/dim"]) < np.log2(17) for row in rows if row["images"] == "17 levels")
    assert found.rows[9]["values"]["later_pixels"] == 0
    assert found.figures() == {"bits", "levels", "samples"}


def test_images_moved_by_part_of_a_pixel_keep_their_ink_and_their_range():
    images = load_digits()
    moved = pixelcnn.moved(images, 257, np.random.default_rng(0))
    assert moved.levels == 257 and moved.test.y.min() == 0 and moved.test.y.max() <= 256
    before, after = images.train.y / 16, moved.train.y / 256
    assert after.mean() <= before.mean()  # what is moved over the border is lost
    assert abs(after[:, 9:55].mean() / before[:, 9:55].mean() - 1) < 0.05
    nothing = pixelcnn.moved(images, 17, Still())
    assert np.array_equal(nothing.test.images, images.test.images)


class Still:
    """A generator that moves nothing."""

    def random(self, shape):
        return np.zeros(shape)


def test_images_of_many_levels_are_taken_as_they_are():
    images = load_digits()._replace(levels=256)
    assert {data for data, _, _ in pixelcnn.plan(images)} == {(False, 256)}
