"""`minidgm book`: the lecture as one page that stands by itself: formula, code, what was measured, your own answer."""

import base64
import hashlib
from pathlib import Path

from minidgm.book.ends import asked, head, part, tail
from minidgm.book.measured import measured
from minidgm.book.row import new_book, section
from minidgm.book.script import SCRIPT
from minidgm.book.style import CSS, document
from minidgm.course.exercises import find_root
from minidgm.course.progress import Progress
from minidgm.errors import UserError
from minidgm.labs.report import DEFAULT
from minidgm.map import ROWS


def write_book(out: Path, results: Path = DEFAULT) -> Path:
    """Write the page, with what was measured below the folder `results`.

    Raises UserError when `out` is a folder or cannot be written.
    """
    if out.is_dir():
        raise UserError(f"--out {out}: expected the name of a file, got a folder")
    text = page(results)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(f"{out}: cannot be written ({error.strerror}); name another file with --out") from error
    return out


def page(results: Path = DEFAULT) -> str:
    """The whole page as text."""
    try:
        progress = Progress(find_root())
    except UserError:  # not in a clone: then nothing is known of exercises
        progress = None
    found = measured(results)
    book = new_book(found, progress)
    rows = "".join(part(row) + section(row, book) for row in ROWS)
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    body = f"{head(progress)}{asked(found)}{rows}{tail(found, book)}<script>{SCRIPT}</script>"
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    return document("minidgm: the lecture on one page", meta, CSS, body)
