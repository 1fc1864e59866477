"""Images with discrete levels: y ∈ {0, …, levels − 1}, the discrete data of the lecture's second part.

Nothing is scaled or made continuous here: that is a model's business (`minidgm.discrete`), and it belongs to the
likelihood. Exercises 10 to 16; lab `pixels` draws the levels' histogram.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np


@dataclass(frozen=True)
class Split:
    """One part of an image set: `images` (n, height, width) or (n, height, width, channels) uint8, `labels` (n,)."""

    images: np.ndarray
    labels: np.ndarray

    @property
    def y(self) -> np.ndarray:
        """The images flat, (n, m) int32 levels: a copy at each access, and wide enough to compute with."""
        return self.images.reshape(len(self.images), -1).astype(np.int32)

    def __len__(self) -> int:
        return len(self.images)

    def __repr__(self) -> str:
        return f"Split(images {self.images.shape}, labels {self.labels.shape})"


class Images(NamedTuple):
    """An image set: three splits, the number of levels of a pixel, the shape (height, width, channels) of an image."""

    train: Split
    validation: Split
    test: Split
    levels: int
    shape: tuple[int, int, int]


def hold_out_tenth(train: Split) -> tuple[Split, Split]:
    """Split training images in two: all but the last tenth to train on, the last tenth (at least one) to validate."""
    held = max(1, len(train) // 10)
    return Split(train.images[:-held], train.labels[:-held]), Split(train.images[-held:], train.labels[-held:])
