"""The digits that come with minidgm: 1,797 images of 8×8 pixels, levels 0 … 16. SOURCE.txt says where they are from."""

from pathlib import Path

import numpy as np

from minidgm.data.images import Images, Split
from minidgm.errors import UserError

LEVELS = 17
FILE = Path(__file__).with_name("digits.npz")


def load_digits() -> Images:
    """The UCI handwritten digits, always split alike: 1,200 to train, 297 to validate, 300 to test.

    >>> digits = load_digits()
    >>> digits.levels, digits.shape
    (17, (8, 8, 1))
    >>> digits.train.y.shape, digits.validation.y.shape, digits.test.y.shape
    ((1200, 64), (297, 64), (300, 64))
    >>> digits.train.images[0].max(), digits.train.labels.shape
    (np.uint8(16), (1200,))
    """
    try:
        with np.load(FILE, allow_pickle=False) as file:
            if file.zip.testzip():  # numpy stops reading before a checksum is compared
                raise ValueError("a checksum is wrong")
            images, labels, order = file["images"], file["labels"], file["order"]
    except Exception as error:  # whatever a damaged file makes zipfile, zlib and numpy raise
        raise UserError(f"{FILE}: the digits are missing or damaged; install minidgm again") from error
    train, validation, test = (Split(images[i], labels[i]) for i in np.split(order, [1200, 1497]))
    return Images(train, validation, test, LEVELS, (8, 8, 1))
