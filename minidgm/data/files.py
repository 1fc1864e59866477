"""Reading bytes from files that may be damaged, cut short, or built to fill the memory."""

import gzip
import zlib
from pathlib import Path

from minidgm.errors import UserError

CHUNK = 1 << 20


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
