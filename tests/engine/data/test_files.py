"""Loaders: what they read, and the one sentence for each way a file can be wrong."""

import gzip
import io
import struct
import tarfile

import numpy as np
import pytest

from minidgm.data import digits, load_cifar10, load_digits, load_idx, load_images
from minidgm.errors import UserError


def idx(array, kind=0x08):
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, kind, array.ndim, *array.shape) + array.tobytes()


def mnist(folder, n=(20, 5), zipped=False):
    rng = np.random.default_rng(0)
    for part, count in zip(("train", "t10k"), n):
        images = rng.integers(0, 256, (count, 4, 3), dtype=np.uint8)
        labels = rng.integers(0, 10, count, dtype=np.uint8)
        for name, array in (("images-idx3", images), ("labels-idx1", labels)):
            path = folder / f"{part}-{name}-ubyte{'.gz' if zipped else ''}"
            path.write_bytes(gzip.compress(idx(array)) if zipped else idx(array))
    return folder


def cifar_record(label, value):
    return bytes([label]) + bytes([value] * 1024) + bytes([value + 1] * 1024) + bytes([value + 2] * 1024)


def cifar(folder, n=10):
    for name in [*(f"data_batch_{k}.bin" for k in range(1, 6)), "test_batch.bin"]:
        (folder / name).write_bytes(b"".join(cifar_record(k % 10, 10 * k) for k in range(n)))
    return folder


def test_digits_are_always_split_alike():
    a, b = load_digits(), load_digits()
    assert (a.levels, a.shape) == (17, (8, 8, 1))
    assert [len(part) for part in a[:3]] == [1200, 297, 300]
    assert all(np.array_equal(p.images, q.images) for p, q in zip(a[:3], b[:3]))
    y = a.train.y
    assert y.dtype == np.int32 and y.min() == 0 and y.max() == 16
    everything = np.concatenate([part.y for part in a[:3]])
    assert everything.shape == (1797, 64) and everything.sum() == 561718  # the sum of the published table


@pytest.mark.parametrize("zipped", [False, True])
def test_a_folder_of_mnist_files_becomes_images(tmp_path, zipped):
    images = load_idx(mnist(tmp_path, zipped=zipped))
    assert images.shape == (4, 3, 1) and images.levels == 256
    assert [part.images.shape for part in images[:3]] == [(18, 4, 3), (2, 4, 3), (5, 4, 3)]
    assert load_images(tmp_path).test.y.shape == (5, 12)


def test_one_idx_file_is_an_array_in_native_byte_order(tmp_path):
    array = np.arange(6, dtype=">i4").reshape(2, 3)
    (tmp_path / "a").write_bytes(idx(array, 0x0C))
    read = load_idx(tmp_path / "a")
    assert np.array_equal(read, array) and read.dtype == np.dtype("=i4")


@pytest.mark.parametrize(
    "content, sentence",
    [
        (b"", "not an IDX file: it starts with the bytes \\(none\\)"),
        (b"hello world, no idx", "not an IDX file: it starts with the bytes 68 65 6c 6c"),
        (struct.pack(">BBBBII", 0, 0, 8, 2, 3, 3) + bytes(8), "declares 3×3 numbers in 9 bytes, got only 8"),
        (struct.pack(">BBBBII", 0, 0, 8, 2, 3, 3) + bytes(10), "declares 3×3 numbers in 9 bytes, got more"),
        (struct.pack(">BBBBIII", 0, 0, 8, 3, *[2**32 - 1] * 3), "more than the 2147483648 bytes allowed"),
        (struct.pack(">BBBBIII", 0, 0, 8, 3, 0, *[2**32 - 1] * 2), "more than the 2147483648 bytes allowed"),
        (struct.pack(">BBBBH", 0, 0, 8, 3, 1), "the file ends inside its header"),
        (gzip.compress(idx(np.zeros((3, 3), np.uint8)))[:-9], "the gzip file is cut short"),
    ],
)
def test_a_damaged_idx_file_is_one_sentence(tmp_path, content, sentence):
    (tmp_path / "bad").write_bytes(content)
    with pytest.raises(UserError, match=sentence):
        load_idx(tmp_path / "bad")


def test_a_folder_with_a_missing_file_or_bad_labels_is_one_sentence(tmp_path):
    mnist(tmp_path)
    (tmp_path / "t10k-labels-idx1-ubyte").write_bytes(idx(np.array([1, 2, 3, 4, 11], np.uint8)))
    with pytest.raises(UserError, match="labels must lie in 0..9, got 11"):
        load_idx(tmp_path)
    (tmp_path / "t10k-labels-idx1-ubyte").write_bytes(idx(np.array([1, 2], np.uint8)))
    with pytest.raises(UserError, match="got 5 images and 2 labels"):
        load_idx(tmp_path)
    (tmp_path / "t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(UserError, match="no file t10k-labels-idx1-ubyte"):
        load_idx(tmp_path)


def test_cifar_from_a_folder_and_from_its_archive(tmp_path):
    folder = tmp_path / "cifar-10-batches-bin"
    folder.mkdir()
    images = load_cifar10(cifar(folder))
    assert images.train.images.shape == (45, 32, 32, 3) and len(images.test) == 10
    assert images.test.images[3, 0, 0].tolist() == [30, 31, 32]  # red, green, blue
    with tarfile.open(tmp_path / "cifar.tar.gz", "w:gz") as archive:
        archive.add(folder, arcname=folder.name)
    again = load_images(tmp_path / "cifar.tar.gz")
    assert np.array_equal(again.train.images, images.train.images)


def test_damaged_cifar_files_are_one_sentence(tmp_path):
    cifar(tmp_path)
    cases = [
        (b"\x80\x04pickled", "the Python \\(pickle\\) version"),
        (cifar_record(1, 0)[:-1], "expected a whole number of 3073-byte records, got 3072 bytes"),
        (cifar_record(1, 0) + cifar_record(12, 0), "labels must lie in 0..9, got 12 in record 1"),
        (bytes(3073 * 10_001), "more than the 30730000 bytes"),
    ]
    for content, sentence in cases:
        (tmp_path / "data_batch_3.bin").write_bytes(content)
        with pytest.raises(UserError, match=sentence):
            load_cifar10(tmp_path)
    (tmp_path / "data_batch_3.bin").unlink()
    with pytest.raises(UserError, match="no file data_batch_3.bin"):
        load_cifar10(tmp_path)


def test_an_archive_that_would_fill_the_memory_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("minidgm.data.cifar.LARGEST_ARCHIVE", 10**6)
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as archive:
        info = tarfile.TarInfo("junk")
        info.size = 10**6
        archive.addfile(info, io.BytesIO(bytes(info.size)))
    (tmp_path / "bomb.tar.gz").write_bytes(gzip.compress(raw.getvalue(), 1))
    with pytest.raises(UserError, match="unpacks to more than"):
        load_cifar10(tmp_path / "bomb.tar.gz")


def test_an_archive_whose_checksum_is_wrong_is_refused(tmp_path):
    """Its pixels decompress, to others; so does an archive that lacks its last bytes."""
    (folder := tmp_path / "cifar-10-batches-bin").mkdir()
    with tarfile.open(tmp_path / "whole.tar", "w") as archive:
        archive.add(cifar(folder), arcname=folder.name)
    zipped = gzip.compress((tmp_path / "whole.tar").read_bytes(), 0)  # level 0: pixels as they are
    path, middle = tmp_path / "cifar.tar.gz", len(zipped) // 2
    path.write_bytes(zipped)
    assert len(load_cifar10(path).test) == 10
    for damaged in (zipped[:middle] + bytes([zipped[middle] ^ 1]) + zipped[middle + 1 :], zipped[:-1], zipped[:-8]):
        path.write_bytes(damaged)
        with pytest.raises(UserError, match="the archive is damaged .*; copy or download it again"):
            load_cifar10(path)


def test_a_sparse_entry_that_declares_a_terabyte_is_refused(tmp_path):
    """GNU tar writes a file's holes as two numbers, and tarfile makes zeros of them, as many as they say."""

    def number(n):
        return b"\x80" + n.to_bytes(11, "big")

    entry = tarfile.TarInfo("data_batch_1.bin")
    entry.type = tarfile.GNUTYPE_SPARSE
    header = bytearray(entry.tobuf(tarfile.GNU_FORMAT))
    header[386:398], header[398:410], header[483:495] = number(1 << 40), number(0), number(1 << 40)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    (tmp_path / "sparse.tar").write_bytes(bytes(header) + bytes(1024))
    with pytest.raises(UserError, match="data_batch_1.bin: more than the 30730000 bytes"):
        load_images(tmp_path / "sparse.tar")


@pytest.mark.parametrize("part", [400, None])
def test_flipped_bits_in_the_digits_file_are_one_sentence(tmp_path, monkeypatch, part):
    content, rng, refused, whole = digits.FILE.read_bytes(), np.random.default_rng(0), 0, load_digits()
    monkeypatch.setattr(digits, "FILE", tmp_path / "digits.npz")
    for bit in rng.choice(8 * (part or len(content)), 200, replace=False):
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << bit % 8
        digits.FILE.write_bytes(flipped)
        try:
            assert all(np.array_equal(p.y, q.y) for p, q in zip(load_digits()[:3], whole[:3]))  # a date, say
        except UserError as error:
            refused += str(error).endswith("the digits are missing or damaged; install minidgm again")
    assert refused > 150


@pytest.mark.parametrize("loader", [load_idx, load_cifar10, load_images])
def test_a_missing_file_is_one_sentence(tmp_path, loader):
    with pytest.raises(UserError, match="no such file"):
        loader(tmp_path / "nothing")


def test_an_empty_folder_says_what_was_looked_for(tmp_path):
    with pytest.raises(UserError, match="found neither MNIST's files .* nor CIFAR-10's"):
        load_images(tmp_path)


# ------------------------------------------------------------------ layouts that people have on disk


def moved(folder, rename):
    """MNIST's four files, each under another name."""
    files = mnist(folder / "made" if (folder / "made").mkdir() is None else folder)
    for path in sorted(files.iterdir()):
        target = folder / rename(path.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)
    files.rmdir()
    return folder


@pytest.mark.parametrize(
    "rename",
    [
        lambda name: f"MNIST/raw/{name}",  # torchvision, from the folder it was given
        lambda name: f"raw/{name}",  # and from its MNIST
        lambda name: f"FashionMNIST/raw/{name}",
        lambda name: f"{name}/{name}",  # Kaggle
        lambda name: name.upper(),
        lambda name: name.replace("-idx", ".idx"),
    ],
)
def test_a_layout_that_people_have_is_found(rename, tmp_path):
    images = load_images(moved(tmp_path, rename))
    assert [len(part) for part in images[:3]] == [18, 2, 5] and images.shape == (4, 3, 1)


@pytest.mark.parametrize("below", ["", "gzip/"])
def test_emnists_images_stand_upright(below, tmp_path):
    (tmp_path / "mnist").mkdir()
    (tmp_path / "emnist").mkdir()
    lying = load_images(mnist(tmp_path / "mnist"))
    folder = moved(tmp_path / "emnist", lambda name: f"{below}emnist-digits-{name.replace('t10k', 'test')}")
    images = load_images(folder)
    assert images.shape == (3, 4, 1) and [len(part) for part in images[:3]] == [18, 2, 5]
    np.testing.assert_array_equal(images.train.images, lying.train.images.swapaxes(1, 2))
    one = load_idx(folder / f"{below}emnist-digits-test-images-idx3-ubyte")
    np.testing.assert_array_equal(one, images.test.images)


def test_kaggles_folder_with_each_file_twice_is_read(tmp_path):
    for path in sorted(mnist(tmp_path).iterdir()):
        content = path.read_bytes()
        path.unlink()
        path.mkdir()
        (path / path.name).write_bytes(content)
        (tmp_path / path.name.replace("-idx", ".idx")).write_bytes(content)
    assert len(load_images(tmp_path).train) == 18


def test_of_two_data_sets_below_a_folder_none_is_chosen(tmp_path):
    for name in ("MNIST", "FashionMNIST"):
        (tmp_path / name / "raw").mkdir(parents=True)
        mnist(tmp_path / name / "raw")
    with pytest.raises(UserError, match="holds FashionMNIST/raw and MNIST/raw; name one"):
        load_images(tmp_path)
    assert len(load_images(tmp_path / "FashionMNIST").train) == 18


@pytest.mark.parametrize("rename", [str, str.upper])
def test_cifar_10_is_found_below_the_folder_that_was_named(rename, tmp_path):
    (below := tmp_path / "cifar-10-batches-bin").mkdir()
    for path in sorted(cifar(below).iterdir()):
        path.rename(path.with_name(rename(path.name)))
    assert len(load_images(tmp_path).test) == len(load_images(below).test) == 10


def test_two_data_sets_in_one_folder_are_not_mixed(tmp_path):
    for kind in ("digits", "letters"):
        (tmp_path / kind).mkdir()
        moved(tmp_path / kind, lambda name, kind=kind: f"emnist-{kind}-{name.replace('t10k', 'test')}")
        for path in (tmp_path / kind).iterdir():
            path.rename(tmp_path / path.name)
        (tmp_path / kind).rmdir()
    with pytest.raises(UserError, match="name a folder with the files of one data set"):
        load_images(tmp_path)


def test_cifar_100_is_not_taken_for_cifar_10(tmp_path):
    cifar(tmp_path)
    rng = np.random.default_rng(0)
    n = 3073  # so that the length fits both formats
    labels = np.stack([rng.integers(0, 20, n), rng.integers(0, 100, n)], axis=1).astype(np.uint8)
    records = np.concatenate([labels, np.zeros((n, 3072), np.uint8)], axis=1)
    (tmp_path / "test_batch.bin").write_bytes(records.tobytes())
    with pytest.raises(UserError, match="these are records of CIFAR-100, with two labels each"):
        load_images(tmp_path)


def test_a_batch_cut_at_the_end_of_a_record_is_seen(tmp_path):
    cifar(tmp_path)
    (tmp_path / "data_batch_3.bin").write_bytes(b"".join(cifar_record(k % 10, k) for k in range(7)))
    with pytest.raises(UserError, match="its six files hold 10, 10, 7, 10, 10, 10 images; wanted equally many"):
        load_images(tmp_path)


@pytest.mark.parametrize(
    "spoil, sentence",
    [
        (
            lambda f: (f / "train-labels-idx1-ubyte").write_bytes(idx(np.zeros((20, 2), np.uint8))),
            "labels must be bytes on 1 axis, got uint8 on 2",
        ),
        (
            lambda f: (f / "train-images-idx3-ubyte").write_bytes(idx(np.zeros((20, 4), np.uint8))),
            "images must be bytes on 3 axes, got uint8 on 2",
        ),
        (lambda f: mnist(f, n=(1, 5)), "at least two training images and one test image"),
        (lambda f: mnist(f, n=(20, 0)), "at least two training images and one test image"),
    ],
)
def test_a_folder_whose_files_are_no_data_set_is_one_sentence(spoil, sentence, tmp_path):
    spoil(mnist(tmp_path))
    with pytest.raises(UserError, match=sentence):
        load_idx(tmp_path)


def test_what_is_named_instead_of_a_data_set_is_one_sentence(tmp_path):
    (tmp_path / "digits.txt").write_text("7")
    with pytest.raises(UserError, match="expected the folder of a data set or CIFAR-10's .tar.gz, got a single file"):
        load_images(tmp_path / "digits.txt")
    (mnist(tmp_path) / "train-labels-idx1-ubyte").unlink()
    (tmp_path / "train-labels-idx1-ubyte").mkdir()
    with pytest.raises(UserError, match="expected a file, got a folder"):
        load_idx(tmp_path)
    (cifar_python := tmp_path / "cifar-10-batches-py").mkdir()
    (cifar_python / "data_batch_1").write_bytes(b"\x80\x02")
    with pytest.raises(UserError, match="this is the Python .pickle. version of CIFAR-10"):
        load_cifar10(cifar_python)
    assert len(load_images().train) == 1200  # the digits, without a path
