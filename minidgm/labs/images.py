"""The one way to a lab's images: the digits or `--data`, as many of them as a laptop has time for."""

from collections.abc import Callable

import numpy as np

from minidgm.data import Images, Split, load_images
from minidgm.labs import Options

LIMITS = {"train": 10_000, "validation": 1000, "test": 1000}
QUICK = {"train": 300, "validation": 60, "test": 60}
LARGEST = 3_000_000  # weights of a network that a laptop trains in minutes


def images_for(options: Options) -> Images:
    """The images a lab looks at: LIMITS of them, QUICK of them with --quick."""
    images, limits = load_images(options.data), QUICK if options.quick else LIMITS

    def first(split: Split, n: int) -> Split:
        return Split(split.images[:n], split.labels[:n])

    return images._replace(**{part: first(getattr(images, part), limit) for part, limit in limits.items()})


def coarser(images: Images, weights: Callable[[Images], int]) -> tuple[Images, str]:
    """The images with their levels merged in pairs until a network of `weights(images)` numbers fits on a laptop.

    Returns them and the sentence that says so, "" if nothing was done. 28 × 28 images of 256 levels need a network of
    51 million weights where each pixel has outputs of its own for each level.
    """
    merged, wanted = images, weights(images)
    while weights(merged) > LARGEST and merged.levels > 2:
        halves = [Split(part.images // 2, part.labels) for part in merged[:3]]
        merged = Images(*halves, -(-merged.levels // 2), merged.shape)
    if merged.levels == images.levels:
        return images, ""
    return merged, (
        f"{images.levels} levels would need {wanted:,} weights: merged to {merged.levels}, for {weights(merged):,}."
    )


def level_shares(split: Split, levels: int) -> np.ndarray:
    """P(y) = n_y / (n m): how often each level occurs among all pixels, (levels,)."""
    return np.bincount(split.y.ravel(), minlength=levels) / split.y.size


def bits_of(shares, model_shares) -> float:
    """−Σ share(y) log₂ P(y) of a model that is its own table; infinite where P(y) = 0 meets a share."""
    with np.errstate(divide="ignore", invalid="ignore"):  # 0 · log 0, which is left out
        return -float(np.sum(shares * np.log2(model_shares), where=shares > 0))


def constancy(split: Split) -> np.ndarray:
    """The share of each pixel's most frequent level, (m,)."""
    return np.array([np.bincount(pixel).max() for pixel in split.y.T]) / len(split)


def varying(images: Images) -> tuple[np.ndarray, str]:
    """Which pixels a flow with a number of its own for each pixel can be judged on, (m,) boolean, and the sentence.

    All of small images. Of 28 × 28 ones those that differ from their most frequent level in a percent of the training
    images: on the others a Gaussian's σ shrinks to nothing, and one bright test pixel costs a hundred bits/dim.
    """
    m = images.train.y.shape[1]
    if m <= 100:
        return np.ones(m, bool), ""
    kept = constancy(images.train) <= 0.99
    return kept, f"{np.sum(~kept)} of {len(kept)} pixels are constant in 99 % of the training images: left out."
