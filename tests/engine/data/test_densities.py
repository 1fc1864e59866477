"""Densities in the plane: they integrate to one, samples follow them, pictures become histograms."""

import numpy as np
import pytest
from matplotlib.image import imsave

from minidgm.data import Banana, Checkerboard, Moons, Picture, Pinwheel, banana, checkerboard, moons, pinwheel
from minidgm.errors import UserError

DENSITIES = {"moons": Moons(), "banana": Banana(), "pinwheel": Pinwheel(), "checkerboard": Checkerboard()}


def grid(half, points):
    """Midpoints of squares over [−half, half]² and the area of one."""
    side = (np.arange(points) + 0.5) / points * 2 * half - half
    return np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2), (2 * half / points) ** 2


@pytest.mark.parametrize("name", DENSITIES)
def test_densities_integrate_to_one(name):
    points, area = grid(14 if name == "banana" else 4, 600 if name == "banana" else 240)
    with np.errstate(divide="ignore"):
        assert np.sum(np.exp(DENSITIES[name].log_prob(points))) * area == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("name", DENSITIES)
def test_samples_follow_the_density(name):
    density, rng = DENSITIES[name], np.random.default_rng(0)
    x = density.sample(rng, 20_000)
    assert x.shape == (20_000, 2) and x.dtype == np.float32
    points, area = grid(14 if name == "banana" else 4, 600 if name == "banana" else 240)
    p = np.exp(density.log_prob(points)) * area
    for function in (lambda v: v[:, 0], lambda v: v[:, 1], lambda v: v[:, 0] * v[:, 1], lambda v: v[:, 1] ** 2):
        exact, values = np.sum(p * function(points)), function(x.astype(np.float64))
        assert abs(values.mean() - exact) < 4 * values.std() / np.sqrt(len(x)) + 1e-3


def test_functions_draw_from_their_densities():
    for function, density in ((moons, Moons), (banana, Banana), (pinwheel, Pinwheel), (checkerboard, Checkerboard)):
        a, b = function(np.random.default_rng(3), 50), density().sample(np.random.default_rng(3), 50)
        assert np.array_equal(a, b)


def test_a_picture_is_a_histogram_and_keeps_its_orientation(tmp_path):
    image = np.zeros((2, 4), np.uint8)
    image[0, 3], image[1, 0] = 3, 1  # bright at the upper right, dim at the lower left
    density = Picture(image)
    x = density.sample(np.random.default_rng(0), 4000)
    upper_right = (x[:, 0] > 0.5) & (x[:, 1] > 0)
    assert abs(upper_right.mean() - 0.75) < 4 * np.sqrt(0.75 * 0.25 / 4000)
    assert np.all(np.isfinite(density.log_prob(x)))
    with np.errstate(divide="ignore"):
        assert density.log_prob(np.array([[0.0, 0.3], [5.0, 5.0]])).tolist() == [-np.inf, -np.inf]
    imsave(tmp_path / "picture.png", np.array([[0.0, 1.0], [1.0, 0.0]]), cmap="gray", vmin=0, vmax=1)
    assert Picture(tmp_path / "picture.png").prob.round(6).tolist() == [[0, 0.5], [0.5, 0]]


def test_what_is_no_picture_is_one_sentence(tmp_path):
    (tmp_path / "no.png").write_bytes(b"no picture")
    with pytest.raises(UserError, match="not a PNG file, or a damaged one"):
        Picture(tmp_path / "no.png")
    with pytest.raises(UserError, match="no such file"):
        Picture(tmp_path / "nothing.png")
    with pytest.raises(UserError, match="expected a file, got a folder"):
        Picture(tmp_path)
    with pytest.raises(ValueError, match="half_width: expected a number above 0, got 0"):
        Picture(np.ones((2, 2)), half_width=0)
    for image, sentence in ((np.zeros((2, 2)), "not all zero"), (np.ones(3), "2-d array of grey levels")):
        with pytest.raises(ValueError, match=sentence):
            Picture(image)
