"""CIFAR-10 in its *binary* version (Krizhevsky 2009): records of one label byte and 3072 pixel bytes.

A record's pixels are 32×32 of red, then of green, then of blue. The format has no header, so what can be checked is
that a file is a whole number of records and that each label is 0 … 9.
"""

import tarfile
import zlib
from pathlib import Path

import numpy as np

from minidgm.data.files import CHUNK, open_maybe_gzip, read_at_most
from minidgm.data.images import Images, Split, hold_out_tenth
from minidgm.errors import UserError
from minidgm.files import existing_file

RECORD = 1 + 3 * 32 * 32
RECORD_100 = RECORD + 1  # CIFAR-100 has a coarse and a fine label
LARGEST = 10_000 * RECORD  # bytes of a published file
LARGEST_ARCHIVE = 7 * LARGEST  # of an unpacked archive: it has six such files, and little else
TRAIN = [f"data_batch_{k}.bin" for k in range(1, 6)]
TEST = "test_batch.bin"
WANTED = "wanted CIFAR-10's binary version, cifar-10-binary.tar.gz or its folder cifar-10-batches-bin"


def load_cifar10(path) -> Split | Images:
    """Read CIFAR-10: the folder of the binary version or its .tar.gz (`Images`), or one of its .bin files (`Split`).

    The last 5,000 training images become the validation split. Images are (n, 32, 32, 3). Raises UserError, one
    sentence, for anything missing, damaged, cut short, or of another version.
    """
    path = Path(path)
    if path.is_dir():
        path = cifar_place(path) or path
    if path.is_dir():
        parts = [_read_file(_find(path, name)) for name in [*TRAIN, TEST]]
    elif is_tar(existing_file(path)):
        parts = _read_tar(path)
    else:
        return _read_file(path)
    if len({len(part) for part in parts}) != 1:  # a copy cut exactly at the end of a record
        sizes = ", ".join(f"{len(part)}" for part in parts)
        raise UserError(f"{path}: its six files hold {sizes} images; wanted equally many, copy or download it again")
    *batches, test = parts
    train = Split(np.concatenate([s.images for s in batches]), np.concatenate([s.labels for s in batches]))
    return Images(*hold_out_tenth(train), test, 256, (32, 32, 3))


def _decode(content, source) -> Split:
    """Turn the bytes of one file into images (n, 32, 32, 3) and labels (n,)."""
    if content[:1] == b"\x80":  # the first byte of every pickle of the last twenty years; no label is 128
        raise UserError(f"{source}: this is the Python (pickle) version of CIFAR-10; {WANTED}")
    if len(content) == 0 or len(content) % RECORD:
        raise UserError(
            f"{source}: expected a whole number of {RECORD}-byte records, got {len(content)} bytes; "
            "the file is damaged or of another data set"
        )
    if len(content) % RECORD_100 == 0 and looks_like_cifar100(content):
        raise UserError(f"{source}: these are records of CIFAR-100, with two labels each; {WANTED}")
    records = np.frombuffer(content, np.uint8).reshape(-1, RECORD)
    labels = records[:, 0].copy()
    if labels.max() > 9:
        where = int(np.argmax(labels > 9))
        raise UserError(
            f"{source}: labels must lie in 0..9, got {labels[where]} in record {where}; the file is damaged"
        )
    return Split(records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1).copy(), labels)


def looks_like_cifar100(content) -> bool:
    """Whether bytes whose number fits both formats begin their records with two labels, 0..19 and 0..99."""
    records = np.frombuffer(content, np.uint8).reshape(-1, RECORD_100)
    return bool(np.all(records[:, 0] < 20) and np.all(records[:, 1] < 100))


def _read_file(path: Path) -> Split:
    with open_maybe_gzip(path) as file:
        return _read_whole(file, path)


def _read_whole(file, source) -> Split:
    """One open file, of the disk or of an archive, where a sparse one declares terabytes of zeros in a kilobyte."""
    content = read_at_most(file, LARGEST + 1, source)
    if len(content) > LARGEST:
        raise UserError(f"{source}: more than the {LARGEST} bytes of a CIFAR-10 file; {WANTED}")
    return _decode(content, source)


def _find(folder: Path, name: str) -> Path:
    found = {path.name.lower(): path for path in sorted(folder.iterdir())}
    if name in found:
        return existing_file(found[name])
    if name.removesuffix(".bin") in found:
        raise UserError(f"{folder}: this is the Python (pickle) version of CIFAR-10; {WANTED}")
    raise UserError(f"{folder}: no file {name}; {WANTED}")


def cifar_place(folder: Path) -> Path | None:
    """The folder, this one or the archive's below it, or the archive itself, with the batches; None without them."""
    for place in (folder, folder / "cifar-10-batches-bin", folder / "cifar-10-batches-py"):
        if place.is_dir() and any(path.name.lower().startswith("data_batch") for path in place.iterdir()):
            return place
    archive = folder / "cifar-10-binary.tar.gz"
    return archive if archive.is_file() else None


def is_tar(path: Path) -> bool:
    """Whether a file is a tar archive, gzipped or not."""
    with open_maybe_gzip(path) as file:
        return read_at_most(file, 512, path)[257:262] == b"ustar"  # where a tar header's magic word stands


def _read_tar(path: Path) -> list[Split]:
    """The five training files and the test file of an archive, which is read as a stream and never unpacked."""
    found: dict[str, Split] = {}
    try:
        with open_maybe_gzip(path) as file:
            stream = _Limited(file, path)
            archive = tarfile.open(fileobj=stream, mode="r|")  # type: ignore[call-overload]
            for member in archive:
                name = Path(member.name).name
                if name in [*TRAIN, TEST] and member.isfile():
                    found[name] = _read_whole(archive.extractfile(member), f"{path}: {name}")
                elif name == "data_batch_1":
                    raise UserError(f"{path}: this is the Python (pickle) version of CIFAR-10; {WANTED}")
            while stream.read(CHUNK):  # to the end, where gzip compares its checksum
                pass
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise UserError(f"{path}: the archive is damaged ({error}); copy or download it again") from error
    missing = [name for name in [*TRAIN, TEST] if name not in found]
    if missing:
        raise UserError(f"{path}: the archive lacks {', '.join(missing)}; {WANTED}")
    return [found[name] for name in [*TRAIN, TEST]]


class _Limited:
    """A file that refuses to give more than an archive of CIFAR-10 holds, however much gzip could unpack."""

    def __init__(self, file, path):
        self.file, self.path, self.left = file, path, LARGEST_ARCHIVE

    def read(self, size):
        content = self.file.read(size)
        self.left -= len(content)
        if self.left < 0:
            raise UserError(f"{self.path}: the archive unpacks to more than {LARGEST_ARCHIVE} bytes; {WANTED}")
        return content
