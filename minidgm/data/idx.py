"""IDX files, the format of MNIST, Fashion-MNIST and their family (LeCun, Cortes, Burges 1998).

A file is: two zero bytes, a byte for the number type, a byte for the number of axes, the length of each axis as four
bytes, and then the numbers, all big-endian. Nothing here is trusted before it is compared with the file's real length.
"""

import math
from pathlib import Path

import numpy as np

from minidgm.data.files import open_maybe_gzip, read_at_most
from minidgm.data.images import Images, Split, hold_out_tenth
from minidgm.errors import UserError
from minidgm.files import existing_file

TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
LARGEST = 2**31  # bytes of numbers; the largest set of the family, EMNIST, has 0.6 · 10⁹
NAMES = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"]


def load_idx(path) -> np.ndarray | Images:
    """Read one IDX file (an array as the file shapes it), or a folder with MNIST's four files (`Images`).

    Files may be gzipped, whatever their names. A folder may be as torchvision leaves it (MNIST/raw/), as Kaggle packs
    it (each file in a folder of its name), or EMNIST's (emnist-digits-train-images-idx3-ubyte, also in gzip/ below it).
    EMNIST's images are stored column by column, and would lie on their side: files of its names are set upright. The
    last tenth of the training images becomes the validation split. Raises UserError, one sentence, for a file that is
    missing, damaged, cut short or not IDX.
    """
    path = Path(path)
    return _load_folder(path) if path.is_dir() else _load_file(existing_file(path))


def _load_file(path: Path) -> np.ndarray:
    with open_maybe_gzip(path) as file:
        dtype, shape = _read_header(file, path)
        size = math.prod(shape) * dtype.itemsize  # a Python integer: cannot overflow
        if math.prod(max(n, 1) for n in shape) * dtype.itemsize > LARGEST:  # numpy refuses 0 × 2³² × 2³², too
            raise UserError(
                f"{path}: the header declares {_times(shape)} numbers, more than the {LARGEST} bytes allowed"
            )
        content = read_at_most(file, size + 1, path)  # one more than declared, to see whether something follows
    if len(content) != size:
        got = f"only {len(content)}" if len(content) < size else "more"
        raise UserError(
            f"{path}: the header declares {_times(shape)} numbers in {size} bytes, got {got}; "
            "the file is damaged, copy or download it again"
        )
    array = np.frombuffer(content, dtype).reshape(shape).astype(dtype.newbyteorder("="), copy=False)
    on_their_side = _stem(path).startswith("emnist-") and "-images-" in _stem(path) and array.ndim == 3
    return array.transpose(0, 2, 1).copy() if on_their_side else array


def _read_header(file, path: Path) -> tuple[np.dtype, tuple[int, ...]]:
    """The type of the numbers and the length of each axis."""
    start = read_at_most(file, 4, path)
    if len(start) < 4 or start[:2] != b"\0\0" or start[2] not in TYPES or not 1 <= start[3] <= 4:
        raise UserError(
            f"{path}: not an IDX file: it starts with the bytes {start.hex(' ') or '(none)'}; "
            "wanted 00 00, a type from 08 to 0e, and 1 to 4 axes, as in MNIST's 00 00 08 03"
        )
    lengths = read_at_most(file, 4 * start[3], path)
    if len(lengths) < 4 * start[3]:
        raise UserError(f"{path}: the file ends inside its header; copy or download it again")
    return np.dtype(TYPES[start[2]]), tuple(int(n) for n in np.frombuffer(lengths, ">u4"))


def idx_folders(folder: Path) -> list[Path]:
    """The folders, this one or else torchvision's or EMNIST's below it, that hold training images."""
    found = [
        place for place in (folder, folder / "raw", folder / "gzip") if place.is_dir() and _candidates(place, NAMES[0])
    ]
    return found[:1] or [place for place in sorted(folder.glob("*/raw")) if _candidates(place, NAMES[0])]


def _load_folder(folder: Path) -> Images:
    places = idx_folders(folder)
    if len(places) > 1:
        raise UserError(f"{folder}: holds {' and '.join(str(p.relative_to(folder)) for p in places[:2])}; name one")
    folder = places[0] if places else folder
    train_images, train_labels, test_images, test_labels = (_load_file(_find(folder, name)) for name in NAMES)
    train, test = _pair(folder, train_images, train_labels), _pair(folder, test_images, test_labels)
    if train.images.shape[1:] != test.images.shape[1:]:
        raise UserError(
            f"{folder}: training images are {_times(train.images.shape[1:])} pixels "
            f"and test images {_times(test.images.shape[1:])}; wanted one size"
        )
    if len(train) < 2 or len(test) < 1 or 0 in train.images.shape:
        raise UserError(f"{folder}: wanted at least two training images and one test image with pixels in them")
    return Images(*hold_out_tenth(train), test, 256, (*train.images.shape[1:], 1))


def _find(folder: Path, name: str) -> Path:
    """The file of this name in the folder. UserError where there is none, or more than one."""
    found = _candidates(folder, name)
    if not found:
        raise UserError(f"{folder}: no file {name} or {name}.gz; a folder needs the four files {', '.join(NAMES)}")
    if len(found) > 1:
        both = " and ".join(file.name for file in found[:2])
        raise UserError(f"{folder}: holds {both}; name a folder with the files of one data set")
    return existing_file(found[0])


def _candidates(folder: Path, name: str) -> list[Path]:
    """The files of this name: as published, with a dot, upper case, with .gz behind, EMNIST's, or in a folder of it.

    Of a file and its .gz the file is taken.
    """
    emnist = name.replace("t10k", "test")  # emnist-digits-test-images-idx3-ubyte
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        stem = _stem(path)
        whole = stem == name or (stem.startswith("emnist-") and stem.endswith(f"-{emnist}"))
        if whole and path.is_dir():  # Kaggle's
            inner = [p for p in sorted(path.iterdir()) if _stem(p) == name]
            path = inner[0] if inner else path
        if whole and (stem not in found or not path.name.lower().endswith(".gz")):
            found[stem] = path
    return list(found.values())


def _stem(path: Path) -> str:
    """A file's name as LeCun published it: with a hyphen where Kaggle has a dot."""
    return path.name.lower().removesuffix(".gz").replace(".idx", "-idx")


def _pair(folder: Path, images: np.ndarray, labels: np.ndarray) -> Split:
    """Images and their labels, if they are bytes, equally many, and labels are digits."""
    if images.dtype != np.uint8 or images.ndim != 3:
        raise UserError(f"{folder}: images must be bytes on 3 axes, got {images.dtype} on {images.ndim}")
    if labels.dtype != np.uint8 or labels.ndim != 1:
        raise UserError(f"{folder}: labels must be bytes on 1 axis, got {labels.dtype} on {labels.ndim}")
    if len(images) != len(labels):
        raise UserError(f"{folder}: got {len(images)} images and {len(labels)} labels; wanted one label per image")
    most = 61 if any(folder.glob("[eE][mM][nN][iI][sS][tT]-*")) else 9  # EMNIST has capital and small letters
    if labels.size and labels.max() > most:
        raise UserError(f"{folder}: labels must lie in 0..{most}, got {labels.max()}")
    return Split(images, labels)


def _times(shape) -> str:
    return "×".join(map(str, shape))
