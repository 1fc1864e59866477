"""Files that are there to be read, and files written whole or not at all: into a new one beside it first."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from minidgm.errors import UserError


def existing_file(path) -> Path:
    """`path` as a Path; UserError if there is no ordinary file."""
    path = Path(path)
    if path.is_dir():
        raise UserError(f"{path}: expected a file, got a folder")
    if not path.exists():
        raise UserError(f"{path}: no such file")
    if not path.is_file():
        raise UserError(f"{path}: expected an ordinary file, got a device or a pipe")
    return path


@contextlib.contextmanager
def written_whole(path: Path) -> Iterator[IO[bytes]]:
    """A file to write to; afterwards it is at `path`, or, after any error, nothing has changed there.

    UserError, one sentence, where the operating system refuses.
    """
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")  # of this process alone
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(beside, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException as error:  # Ctrl-C, too, leaves nothing behind
        with contextlib.suppress(OSError):
            beside.unlink()
        if isinstance(error, OSError):
            raise UserError(f"{path}: cannot be written ({error.strerror or error})") from error
        raise
