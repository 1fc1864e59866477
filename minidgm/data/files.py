"""Reading bytes from files that may be damaged, cut short, or built to fill the memory."""

import gzip
import zlib
from pathlib import Path

from minidgm.errors import UserError

CHUNK = 1 << 20


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


def open_maybe_gzip(path: Path):
    """Open for reading bytes, through gzip if the file's first two bytes, rather than its name, say so."""
    try:
        with open(path, "rb") as file:
            zipped = file.read(2) == b"\x1f\x8b"
        return gzip.open(path, "rb") if zipped else open(path, "rb")
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror})") from error


def read_at_most(file, size: int, path) -> bytearray:
    """The next `size` bytes of an open file, fewer if it ends; memory grows with what is there, never with `size`."""
    content = bytearray()
    try:
        while len(content) < size:
            chunk = file.read(min(CHUNK, size - len(content)))
            if not chunk:
                break
            content += chunk
    except EOFError as error:
        raise UserError(f"{path}: the gzip file is cut short; copy or download it again") from error
    except (OSError, zlib.error) as error:
        raise UserError(f"{path}: the file is damaged ({error}); copy or download it again") from error
    return content
