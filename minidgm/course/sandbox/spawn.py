"""A student's process started. Nothing heavy is imported here: it can import numpy while the checker does the same."""

import functools
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from minidgm.course.sandbox import bubble

PACKAGE_PARENT = str(Path(__file__).resolve().parents[3])


class Started(NamedTuple):
    """A process that loads numpy and waits for a file, and whether bubblewrap stands around it."""

    process: subprocess.Popen
    bubble: bool


def spawn(folder: Path, shut_in: bool = False) -> Started:
    """Start a process in `folder`, which holds the answer; `shut_in`: behind the outermost wall, if there is one.

    It gets none of the environment but what Python itself needs, and one thread for numpy.
    """
    start = f"import sys; sys.path[:] = {[PACKAGE_PARENT, *library()]!r}; "
    start += "from minidgm.course.sandbox.process import main; main()"
    kept = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "TEMP", "TMPDIR")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    environment |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    command = [sys.executable, "-I", "-B", "-X", "utf8", "-c", start]
    walled = shut_in and bubble.available()
    if walled:
        command = [*bubble.command([*own_code(), *library()], str(folder)), *command]
    process = subprocess.Popen(
        command,
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env=environment,
        start_new_session=True,  # so that what it starts can be ended with it
    )
    return Started(process, walled)


def own_code() -> list[str]:
    """The few files of this package that the process begins with."""
    course = Path(PACKAGE_PARENT, "minidgm", "course")
    files = [course.parent / "__init__.py", course / "__init__.py", course / "answer.py", *course.glob("sandbox/*.py")]
    return [str(path) for path in files]


@functools.cache
def library() -> list[str]:
    """The folders that hold Python's own modules, numpy, scipy and autograd."""
    found = [find_spec(name) for name in ("numpy", "scipy", "autograd")]
    packages = {str(Path(str(spec.origin)).parents[1]) for spec in found if spec is not None}
    own = [p for p in sys.path if p and any(Path(p).is_relative_to(python) for python in (sys.prefix, sys.base_prefix))]
    return [*own, *sorted(packages - set(own))]
