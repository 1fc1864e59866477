"""The kernel's list of refused calls (Linux: seccomp, which needs no rights of root): no other process can be touched.

Landlock says which files may be read; this says what may not be asked at all, for good, of this process and its
threads: limits, priorities, signals and memory of other processes; new processes and programs; sockets; and rights of
files. Each refused call ends in PermissionError, as does any call of another architecture's table.
"""

import ctypes
import os
import platform
import struct
import sys

# Calls by their numbers: x86_64's, and the one of aarch64 and most others (None: there is no such call).
REFUSED = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424), "pidfd_getfd": (438, 438), "tkill": (200, 130),
    "process_madvise": (440, 440), "process_mrelease": (448, 448), "migrate_pages": (256, 238),
    "move_pages": (279, 239), "setpriority": (141, 140), "ioprio_set": (251, 30), "perf_event_open": (298, 241),
    "bpf": (321, 280), "io_uring_setup": (425, 425), "unshare": (272, 97), "setns": (308, 268),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219), "socket": (41, 198),
    "fork": (57, None), "vfork": (58, None), "execve": (59, 221), "execveat": (322, 281),
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452), "setxattr": (188, 5),
    "lsetxattr": (189, 6), "fsetxattr": (190, 7), "setxattrat": (463, 463), "utime": (132, None),
    "utimes": (235, None), "futimesat": (261, None), "utimensat": (280, 88),
}  # fmt: skip
OWN = {  # refused unless their first argument, a process, is this one
    "kill": (62, 129), "tgkill": (234, 131), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
    "prlimit64": (302, 261), "sched_setaffinity": (203, 122), "sched_setscheduler": (144, 119),
    "sched_setparam": (142, 118), "sched_setattr": (314, 274),
}  # fmt: skip
OWNER = {  # refused when their second argument names a process that signals go to
    "fcntl": ((72, 25), (8, 10, 15)), "ioctl": ((16, 29), (0x8901, 0x8902)),
}  # fmt: skip
CLONE, CLONE3, CLONE_THREAD = (56, 220), (435, 435), 0x10000  # clone3 hides its flags: libc then asks for clone
MACHINES = {"x86_64": (0, 0xC000003E, 317), "aarch64": (1, 0xC00000B7, 277)}  # column, audit number, seccomp's own

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06  # of the kernel's packet filters
_ALLOW, _NO, _UNKNOWN = 0x7FFF0000, 0x50000 | 1, 0x50000 | 38  # allowed; EPERM; ENOSYS
_NUMBER, _ARCHITECTURE, _FIRST, _SECOND = 0, 4, 16, 24  # where they stand in what a filter sees


def program(column: int, architecture: int, own: tuple[int, ...]) -> list[tuple[int, int, int, int]]:
    """The filter: instructions (code, jump if true, jump if false, operand)."""
    no, allow = (_RETURN, 0, 0, _NO), (_RETURN, 0, 0, _ALLOW)
    code = [(_LOAD, 0, 0, _ARCHITECTURE), (_EQUAL, 1, 0, architecture), no, (_LOAD, 0, 0, _NUMBER)]
    code += [(_AT_LEAST, 0, 1, 0x40000000), no]  # x86_64's second table

    def case(numbers, *then):
        if numbers[column] is not None:
            code.extend([(_EQUAL, 0, len(then), numbers[column]), *then])

    for numbers in REFUSED.values():
        case(numbers, no)
    for numbers in OWN.values():
        case(numbers, (_LOAD, 0, 0, _FIRST), *(part for pid in own for part in ((_EQUAL, 0, 1, pid), allow)), no)
    for numbers, values in OWNER.values():
        case(numbers, (_LOAD, 0, 0, _SECOND), *(part for v in values for part in ((_EQUAL, 0, 1, v), no)), allow)
    case(CLONE, (_LOAD, 0, 0, _FIRST), (_ANY_BIT, 0, 1, CLONE_THREAD), allow, no)
    case(CLONE3, (_RETURN, 0, 0, _UNKNOWN))
    return [*code, allow]


def refuse_calls() -> bool:
    """Install the filter in this process and all its threads, for good; False where it can't be."""
    machine = platform.machine()
    if not sys.platform.startswith("linux") or machine not in MACHINES or sys.maxsize < 1 << 32:
        return False
    column, architecture, seccomp = MACHINES[machine]
    code = program(column, architecture, (0, os.getpid()))
    instructions = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *part) for part in code))
    filter = ctypes.create_string_buffer(struct.pack("@HP", len(code), ctypes.addressof(instructions)))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS, which the next call asks for
    return libc.syscall(seccomp, 1, 1, filter) == 0  # SECCOMP_SET_MODE_FILTER, for all threads
