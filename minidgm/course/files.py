"""Files by their path: a module loaded, a student's answer read."""

import functools
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from minidgm.errors import UserError

SOURCE_LIMIT = 1 << 20


@functools.cache
def load(path: Path) -> ModuleType:
    """Import one file by its path, once; its name is `minidgm_course_<folder>_<stem>`."""
    name = f"minidgm_course_{path.parent.name}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def read_answer(path: Path) -> str:
    """The text of a student's file.

    Raises UserError when it isn't a regular file of UTF-8 text and sensible size, inside its folder.
    """
    if not path.is_file():
        raise UserError(f"{path.name}: there is no such file.")
    if path.resolve().parent != path.parent.resolve():
        raise UserError(f"{path.name}: a link to a file elsewhere; an answer is a file of its own.")
    if path.stat().st_size > SOURCE_LIMIT:
        raise UserError(f"{path.name}: larger than {SOURCE_LIMIT >> 20} MB, which no answer is.")
    try:
        return path.read_text(encoding="utf-8-sig")  # Windows editors put a mark in front
    except UnicodeDecodeError:
        raise UserError(f"{path.name}: not UTF-8 text; save it as UTF-8.") from None
