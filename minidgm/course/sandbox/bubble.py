"""The strongest wall: bubblewrap, where it is installed, gives a student's process namespaces of its own.

It sees a file system that holds Python, its packages and its own folder, all read-only; no other process, so none to
signal, to look into or to set limits for; and no network. Debian, Fedora and Arch call the package `bubblewrap`.
"""

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/localtime")


@functools.cache
def available() -> bool:
    """Whether bubblewrap is installed and may make namespaces here (a container may forbid it)."""
    if os.environ.get("MINIDGM_NO_BUBBLEWRAP") or shutil.which("bwrap") is None:
        return False
    trial = [*command([], "/"), "/usr/bin/env", "true"]
    return subprocess.run(trial, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=20).returncode == 0


def command(readable: Sequence[str], folder: str) -> list[str]:
    """What to write before a command so that it runs shut in, with `readable` and `folder` in sight."""
    seen = [path for path in dict.fromkeys([*SYSTEM, sys.prefix, sys.base_prefix, *readable]) if os.path.exists(path)]
    binds = [word for path in seen for word in ("--ro-bind", path, path)]
    own = ["--ro-bind", folder, folder, "--chdir", folder] if folder != "/" else []
    walls = ["--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    fresh = ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]
    return ["bwrap", *walls, *fresh, *binds, *own, "--"]
