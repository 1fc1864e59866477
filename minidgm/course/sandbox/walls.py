"""A student's process shut in: what a submission's code can't do while a lecturer grades it.

Three walls. The kernel's for files (Linux 5.13 and later: Landlock): nothing can be read but Python, its packages and
the submission itself, nothing written, no program started. The kernel's list of refused calls (seccomp.py): no other
process touched, none started, no socket made. And Python's own (an audit hook, on every system): the same refused by
name, with a sentence. The hook alone stops plain attempts, not memory corrupted on purpose: see GRADING.md.
"""

import ctypes
import os
import sys
from collections.abc import Iterable

from minidgm.course.sandbox.seccomp import refuse_calls

READ_FILE, READ_DIR = 1 << 2, 1 << 3
_CREATE, _ADD, _RESTRICT = 444, 445, 446  # landlock's system calls, the same on every architecture
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}  # how many kinds of access to files each version knows; 16 from version 5 on


def wall(readable: Iterable[str]) -> bool:
    """Let this process, for good, only read beneath `readable`; False where the kernel has no such wall."""
    if not sys.platform.startswith("linux"):
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE, None, 0, 1)
    if version < 1:
        return False
    files = (1 << _RIGHTS.get(version, 16)) - 1
    handled = [files] + [0b11] * (version >= 4) + [0b11] * (version >= 6)  # files; TCP; signals and abstract sockets
    attribute = (ctypes.c_uint64 * len(handled))(*handled)
    ruleset = libc.syscall(_CREATE, attribute, ctypes.sizeof(attribute), 0)
    for path in readable:
        _allow(libc, ruleset, path)
    libc.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS, which the next call asks for
    done = libc.syscall(_RESTRICT, ruleset, 0) == 0
    os.close(ruleset)
    return done


def _allow(libc: ctypes.CDLL, ruleset: int, path: str) -> None:
    class Beneath(ctypes.Structure):
        _pack_ = 1
        _layout_ = "ms"  # what _pack_ means, said aloud as Python 3.14 wants it
        _fields_ = [("access", ctypes.c_uint64), ("fd", ctypes.c_int32)]

    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    access = READ_FILE | (READ_DIR if os.path.isdir(path) else 0)
    libc.syscall(_ADD, ruleset, 1, ctypes.byref(Beneath(access, fd)), 0)
    os.close(fd)


# How events begin that an answer has no need of.
_FORBIDDEN = tuple(
    """
    cpython.run_ ctypes. ftplib. gc.get_ mmap. os.chdir os.chflags os.chmod os.chown os.exec os.fchdir os.fork os.kill
    os.link os.mkdir os.posix_spawn os.remove os.removexattr os.rename os.rmdir os.setxattr os.spawn os.startfile
    os.symlink os.system os.truncate os.utime pty.spawn resource. shutil. socket. sqlite3. subprocess. syslog. urllib.
    webbrowser. winreg.
    """.split()
)

# What raises no audit event, or none in older Pythons.
_UNHEARD = tuple(
    """
    fork_exec _fork_exec pidfd_open pidfd_send_signal sched_setaffinity sched_setparam sched_setscheduler setpriority
    """.split()
)


def hook(readable: Iterable[str]) -> None:
    """Refuse, in this interpreter and for good, what an answer to an exercise has no need of.

    All that the hook uses is held in its own variables: names that are looked up later, a student could have replaced.
    """
    roots = tuple(os.path.realpath(path) for path in readable)
    listing, forbidden = ("os.listdir", "os.scandir", "glob.glob"), _FORBIDDEN
    writes = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    realpath, fsdecode, separator = os.path.realpath, os.fsdecode, os.sep
    text, whole, refused, starts, letters = str, int, PermissionError, str.startswith, frozenset("wax+")

    def audit(event: str, args: tuple) -> None:
        if event == "open":
            path, mode, flags = args
            if type(path) is whole:
                return
            if letters & {*text(mode or "")} or (flags or 0) & writes:
                raise refused(f"an answer writes no files ({path!r})")
            if not inside(path):
                raise refused(f"an answer reads no files ({path!r})")
        elif event in listing:
            if type(args[0]) is whole or not inside(args[0] or "."):
                raise refused(f"an answer reads no folders ({args[0]!r})")
        elif starts(event, forbidden):
            raise refused(f"an answer has no need of {event}")

    def inside(path: str | bytes) -> bool:
        name = fsdecode(path)
        if ".." in name.split(separator):  # relative to which folder, a descriptor may say
            return False
        real = realpath(name)
        for root in roots:
            if real == root or starts(real, root + separator):
                return True
        return False

    def unneeded(*args, **kwargs):
        raise refused("an answer starts no programs and touches no other process")

    for place in ("_posixsubprocess", "subprocess", "os", "posix", "signal", "_signal"):
        if module := sys.modules.get(place):
            vars(module).update({name: unneeded for name in _UNHEARD if hasattr(module, name)})
    sys.addaudithook(audit)


def confine(folder: str, hidden: str) -> str:
    """Shut this process in, so that it can read Python, its packages and `folder`, and not `hidden`.

    Says what holds: "kernel" or "hook", with ", seccomp" where calls are refused too; "" when `hidden` can be read.
    (sys.path[0], where this file is from, is left out.)
    """
    packages = [p for p in sys.path[1:] if os.path.exists(p)]
    system = ["/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/dev/null", "/dev/urandom", "/dev/zero"]
    readable = [sys.prefix, sys.base_prefix, folder, *packages, *system]
    walled, filtered = wall(readable), refuse_calls()
    hook(readable)
    try:
        os.scandir(os.path.join(hidden, "solutions")).close()
    except (PermissionError, FileNotFoundError):  # not to be read, or not even there
        return ("kernel" if walled else "hook") + ", seccomp" * filtered
    return ""
