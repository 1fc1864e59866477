"""Each wall around a student's process by itself, and the grading of an ordinary user, whom files can refuse."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from minidgm.course.exercises import find
from minidgm.course.lecturer import grade as grading
from minidgm.course.sandbox import seccomp

ROOT = Path(__file__).resolve().parents[2]
SOLUTION = str(ROOT / "solutions" / "ex02_optimizers.py")

KERNEL = """
import os, sys
sys.path.insert(0, {root!r})
from minidgm.course.sandbox.walls import wall
if not wall([sys.prefix, sys.base_prefix, "/usr", "/lib"]):
    sys.exit("none")
for attempt in (
    lambda: open({solution!r}),
    lambda: os.listdir({root!r}),
    lambda: open({folder!r} + "/new", "w"),
    lambda: os.execv("/bin/sh", ["sh", "-c", "exit 0"]),
    lambda: open("/proc/%d/environ" % os.getppid()),
):
    try:
        attempt()
    except PermissionError:
        continue
    sys.exit("got through")
"""


HOOK = """
import os, subprocess, sys
import numpy
sys.path.insert(0, {root!r})
from minidgm.course.sandbox.walls import hook
hook([sys.prefix, sys.base_prefix])
for attempt in (
    lambda: open({solution!r}),
    lambda: os.open({solution!r}, os.O_RDONLY),
    lambda: numpy.fromfile({solution!r}, "u1"),
    lambda: os.listdir({root!r}),
    lambda: open({folder!r} + "/new", "w"),
    lambda: os.remove({solution!r} + ".none"),
    lambda: subprocess.run(["true"]),
    lambda: os.system("true"),
    lambda: os.fork(),
    lambda: os.kill(os.getpid(), 0),
    lambda: os.setpriority(0, os.getppid(), 19),
    lambda: os.sched_setaffinity(os.getppid(), {{0}}),
    lambda: __import__("posix").pidfd_open(os.getppid()),
    lambda: __import__("ctypes").CDLL(None),
    lambda: __import__("socket").socket(),
):
    try:
        attempt()
    except (PermissionError, AttributeError):  # refused, or not there on this system
        continue
    sys.exit("got through")
"""


CALLS = """
import ctypes, errno, fcntl, os, signal, socket, sys, threading
sys.path.insert(0, {root!r})
from minidgm.course.sandbox.seccomp import MACHINES, OWN, REFUSED, refuse_calls
if not refuse_calls():
    sys.exit("none")
grader, own, column = os.getppid(), os.getpid(), MACHINES[os.uname().machine][0]
libc = ctypes.CDLL(None, use_errno=True)
def refused(number, *args):
    return libc.syscall(number, *args) == -1 and ctypes.get_errno() == errno.EPERM
assert all(refused(numbers[column]) for numbers in REFUSED.values() if numbers[column])
assert all(refused(numbers[column], grader) for numbers in OWN.values())
assert refused(OWN["prlimit64"][column], grader, 7, None, None) and not refused(OWN["prlimit64"][column], own, 7, None)
for attempt in (
    os.fork,
    lambda: os.execv("/bin/sh", ["sh", "-c", "exit 0"]),
    lambda: os.posix_spawn("/bin/sh", ["sh", "-c", "exit 0"], os.environ),
    lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
    lambda: os.kill(grader, 0),
    lambda: os.killpg(os.getpgid(grader), 0),
    lambda: fcntl.fcntl(0, fcntl.F_SETOWN, grader),
    lambda: os.setpriority(os.PRIO_PROCESS, grader, 19),
    lambda: os.chmod({folder!r}, 0),
):
    try:
        attempt()
    except PermissionError:
        continue
    sys.exit("got through")
os.kill(own, 0)
thread = threading.Thread(target=print, args=("a thread",))
thread.start()
thread.join()
"""


@pytest.mark.parametrize("script, wall", [(HOOK, "hook"), (KERNEL, "Landlock"), (CALLS, "seccomp for this machine")])
def test_a_wall_holds_without_the_others(script, wall, tmp_path):
    script = script.format(root=str(ROOT), solution=SOLUTION, folder=str(tmp_path))
    done = subprocess.run([sys.executable, "-B", "-c", script], capture_output=True, text=True)
    if done.stderr.strip() == "none":
        pytest.skip(f"this kernel has no {wall}")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("machine", seccomp.MACHINES)
def test_the_list_of_calls_decides_as_it_says_on_either_machine(machine):
    """The filter run by hand, for a process of number 7: an instruction at a time, as the kernel does."""
    column, architecture, _ = seccomp.MACHINES[machine]
    code = seccomp.program(column, architecture, (0, 7))

    def verdict(number, first=0, second=0, architecture=architecture):
        seen, at = {0: number, 4: architecture, 16: first, 24: second}, 0
        while True:
            kind, yes, no, operand = code[at]
            if kind == 0x06:
                return {0x7FFF0000: "allowed", 0x50001: "refused", 0x50026: "unknown"}[operand]
            if kind == 0x20:
                value, at = seen[operand], at + 1
            else:
                true = {0x15: value == operand, 0x35: value >= operand, 0x45: bool(value & operand)}[kind]
                at += 1 + (yes if true else no)

    for numbers in seccomp.REFUSED.values():
        assert numbers[column] is None or verdict(numbers[column], 7) == "refused"
    for numbers in seccomp.OWN.values():
        assert [verdict(numbers[column], pid) for pid in (0, 7, 8, 0xFFFFFFFF)] == ["allowed"] * 2 + ["refused"] * 2
    for numbers, values in seccomp.OWNER.values():
        assert {verdict(numbers[column], 0, v) for v in values} == {"refused"} and verdict(numbers[column]) == "allowed"
    assert verdict(seccomp.CLONE[column], 0x10000 | 0x100) == "allowed" and verdict(seccomp.CLONE[column]) == "refused"
    assert verdict(435) == "unknown"
    read, getpid = {"x86_64": (0, 39), "aarch64": (63, 172)}[machine]
    assert verdict(read) == verdict(getpid) == "allowed"
    assert verdict(getpid, architecture=0x40000003) == verdict(getpid | 0x40000000) == "refused"


# ------------------------------------------------------------------ what permissions can do


def class_of_two(base):
    for name in ("ada", "blaise"):
        (base / name).mkdir()
        (base / name / "ex02_optimizers.py").write_bytes(Path(SOLUTION).read_bytes())
    return [base / "ada", base / "blaise"]


def test_an_answer_counts_though_it_is_locked_and_removed_once_grading_has_begun(tmp_path, monkeypatch):
    graded_apart, folders = grading.graded_apart, class_of_two(tmp_path)
    waiting = list(folders)

    def late(root, submission, *rest):
        while waiting:
            (folder := waiting.pop()).joinpath("ex02_optimizers.py").unlink()
            folder.chmod(0)
        return graded_apart(root, submission, *rest)

    monkeypatch.setattr(grading, "graded_apart", late)
    assert grading.grade(ROOT, folders, tmp_path / "results", 1, [find(2)]) == 0
    for folder in folders:
        folder.chmod(0o755)
    rows = (tmp_path / "results" / "table.csv").read_text().splitlines()
    assert [row.split(",")[1] for row in rows[1:]] == ["2", "2"]


ORDINARY = """
import os, re, struct, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from minidgm.course.exercises import find
from minidgm.course.lecturer.grade import grade
assert os.geteuid() != 0
base = Path({folder!r})
answers = [base / name / "ex02_optimizers.py" for name in ("ada", "blaise", "carl")]
for path in answers:
    path.parent.mkdir()
    path.write_bytes(Path({solution!r}).read_bytes())
    path.chmod(0o644)
nobody = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", tag, 0, 0xFFFFFFFF) for tag in (1, 4, 0x20))
answers[0].chmod(0)
try:
    os.setxattr(answers[1], "system.posix_acl_access", nobody)  # an access list that lets nobody in
except (OSError, AttributeError):
    answers[1].chmod(0)  # no such lists on this disk
for path in answers[:2]:
    try:
        path.read_bytes()
        sys.exit("was not locked")
    except PermissionError:
        pass
attack = f'''
import os
for path in {{[str(p) for p in answers]!r}}:
    for lock in (lambda: os.chmod(path, 0), lambda: os.setxattr(path, "system.posix_acl_access", {{nobody!r}})):
        try: lock(); print("got through")
        except (OSError, AttributeError): pass
'''
(base / "attacker").mkdir()
(base / "attacker" / "ex02_optimizers.py").write_text(attack)
folders = [base / name for name in ("attacker", "ada", "blaise", "carl")]
status = grade(Path({root!r}), folders, base / "results", 1, [find(2)])
rows = (base / "results" / "table.csv").read_text().splitlines()[1:]
print("status", status, [row.split(",")[:2] for row in rows])
report = (base / "results" / "attacker" / "report.json").read_text()
print("through", "got through" in report, answers[2].stat().st_mode)
print((base / "results" / "ada" / "report.json").read_text())
"""


@pytest.mark.skipif(os.name == "nt", reason="no such permissions here")
@pytest.mark.parametrize("bubblewrap", ["", "1"], ids=["as it is", "without bubblewrap"])
def test_an_ordinary_users_locked_answers_cost_themselves_alone(bubblewrap):
    """Mode 000 and an access list, by their owners or by a submission; root, whom nothing refuses, becomes another."""
    somebody = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
    environment = os.environ | ({"MINIDGM_NO_BUBBLEWRAP": bubblewrap} if bubblewrap else {})
    with tempfile.TemporaryDirectory() as folder:
        if somebody:
            os.chown(folder, somebody["user"], somebody["group"])
        script = ORDINARY.format(root=str(ROOT), solution=SOLUTION, folder=folder)
        command = [sys.executable, "-B", "-c"]
        try:
            subprocess.run([*command, f"import numpy; open({SOLUTION!r})"], check=True, capture_output=True, **somebody)
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("this Python, or this folder, is root's alone")
        done = subprocess.run(
            [*command, script], cwd=folder, env=environment, capture_output=True, text=True, **somebody
        )
    assert done.returncode == 0, done.stderr
    points = re.search(r"status 0 (.*)", done.stdout)
    assert points and points[1] == "[['attacker', '0'], ['ada', '0'], ['blaise', '0'], ['carl', '2']]"
    assert f"through False {0o100644}" in done.stdout and "can't be read (Permission denied)" in done.stdout
