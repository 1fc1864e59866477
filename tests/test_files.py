"""A file is written whole or not at all, whoever writes it: nothing half is left, and what was there stays."""

import errno
import os

import pytest

from minidgm.course.exercises import find
from minidgm.course.guesses import Guesses
from minidgm.course.progress import Progress
from minidgm.errors import UserError
from minidgm.files import written_whole
from minidgm.labs.report import save_json


def write(path, content):
    with written_whole(path) as file:
        file.write(content)


def remember(path, hints):
    progress = Progress(path.parent.parent)
    progress.hint_shown(find(2), "momentum_step", len(hints))


def guess(path, names):
    guesses = Guesses("why")
    guesses.path = path
    for name in names.decode():
        guesses.add(name, True)


@pytest.fixture
def full_disk(monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    return lambda: monkeypatch.setattr(os, "fsync", full)


@pytest.mark.parametrize(
    "name, writer",
    [
        ("any.bin", write),
        ("results.json", lambda path, content: save_json(path, content.decode())),
        (".minidgm/progress.json", remember),
        (".minidgm/why.json", guess),
    ],
)
def test_a_full_disk_leaves_the_old_file_and_nothing_beside_it(name, writer, full_disk, tmp_path):
    path = tmp_path / name
    writer(path, b"a")
    before = path.read_bytes()
    writer(path, b"ab")
    assert path.read_bytes() != before
    writer(path, b"a")
    full_disk()
    with pytest.raises(UserError, match=rf"{path.name}: cannot be written \(No space left on device\)"):
        writer(path, b"abc")
    assert path.read_bytes() == before and os.listdir(path.parent) == [path.name]


def test_an_error_while_writing_is_not_renamed(tmp_path):
    path = tmp_path / "deep" / "file"  # the folder is made
    with pytest.raises(ZeroDivisionError), written_whole(path) as file:
        file.write(b"half")
        raise ZeroDivisionError
    assert os.listdir(path.parent) == []
