"""Data: the digits shipped inside, readers for MNIST-like and CIFAR-10 files, and densities in the plane."""

from pathlib import Path
from typing import cast

from minidgm.data.cifar import cifar_place, is_tar, load_cifar10
from minidgm.data.densities import (
    Banana,
    Checkerboard,
    Moons,
    Picture,
    Pinwheel,
    banana,
    checkerboard,
    moons,
    pinwheel,
)
from minidgm.data.digits import load_digits
from minidgm.data.idx import idx_folders, load_idx
from minidgm.data.images import Images, Split
from minidgm.errors import UserError
from minidgm.files import existing_file

__all__ = [
    "Banana",
    "Checkerboard",
    "Images",
    "Moons",
    "Picture",
    "Pinwheel",
    "Split",
    "banana",
    "checkerboard",
    "load_cifar10",
    "load_digits",
    "load_idx",
    "load_images",
    "moons",
    "pinwheel",
]


def load_images(path=None) -> Images:
    """What a lab's `--data PATH` means: the digits without one, else a folder of MNIST's files or CIFAR-10's.

    CIFAR-10 may also be its .tar.gz. Raises UserError, one sentence, for anything else.
    """
    if path is None:
        return load_digits()
    path = Path(path)
    if not path.exists():
        raise UserError(f"{path}: no such file or folder")
    if not path.is_dir():
        if is_tar(existing_file(path)):
            return cast(Images, load_cifar10(path))
        raise UserError(f"{path}: expected the folder of a data set or CIFAR-10's .tar.gz, got a single file")
    try:
        names = [file.name.lower() for file in path.iterdir()]
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror})") from error
    if idx_folders(path) or any("train-images" in name or "t10k-images" in name for name in names):
        return cast(Images, load_idx(path))
    if cifar_place(path) or any(name.startswith("test_batch") for name in names):
        return cast(Images, load_cifar10(path))
    raise UserError(
        f"{path}: found neither MNIST's files (train-images-idx3-ubyte, …) nor CIFAR-10's (data_batch_1.bin, …)"
    )
