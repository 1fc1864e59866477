"""Files by their path: a module loaded, a student's answer read."""

import functools
import importlib.util
import os
import stat
import sys
from pathlib import Path
from types import ModuleType

from minidgm.course.sandbox.lean import lean_autograd
from minidgm.errors import UserError

SOURCE_LIMIT = 1 << 20


@functools.cache
def load(path: Path) -> ModuleType:
    """Import one file by its path, once; its name is `minidgm_course_<folder>_<stem>`."""
    lean_autograd()
    name = f"minidgm_course_{path.parent.name}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def one_file(path: Path) -> tuple[bytes, str]:
    """A file's bytes, or why it is no answer."""
    kind = os.lstat(path).st_mode
    if stat.S_ISLNK(kind):
        where = "elsewhere" if os.path.exists(path) else "to nothing"
        return b"", f"{path.name}: a link {where}; an answer is a file of its own."
    if not stat.S_ISREG(kind):
        what = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
        return b"", f"{path.name}: {what.get(stat.S_IFMT(kind), 'a device')}, not a file."
    if os.path.getsize(path) > SOURCE_LIMIT:
        return b"", f"{path.name}: larger than {SOURCE_LIMIT >> 20} MB, which no answer is."
    try:
        return path.read_bytes(), ""
    except OSError as error:
        return b"", f"{path.name}: can't be read ({error.strerror})."


def read_answer(path: Path) -> str:
    """The text of a student's file.

    Raises UserError when it isn't a regular file of UTF-8 text and sensible size.
    """
    if not os.path.lexists(path):
        raise UserError(f"{path.name}: there is no such file.")
    content, problem = one_file(path)
    if problem:
        raise UserError(problem)
    return decoded(path.name, content)


def decoded(name: str, content: bytes) -> str:
    """A file's bytes as text. Raises UserError when they are none."""
    try:
        return content.decode("utf-8-sig")  # Windows editors put a mark in front
    except UnicodeDecodeError:
        raise UserError(f"{name}: not UTF-8 text; save it as UTF-8.") from None
