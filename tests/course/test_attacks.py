"""What a submission tries against the grader, one attack a test; grade.py says what is defended.

Every attacker hands in a momentum_step that is wrong, and code that tries to have it counted as right. Beside each, an
honest submission is graded at the same time: its points must not change.
"""

import json
import os
import shutil
from pathlib import Path

import pytest

from minidgm.course.exercises import find
from minidgm.course.files import read_answer
from minidgm.course.lecturer.grade import grade
from minidgm.course.sandbox import bubble
from minidgm.course.sandbox.runner import Limits
from minidgm.errors import UserError

ROOT = Path(__file__).resolve().parents[2]
EX = find(2)
LIMITS = Limits(seconds=3.0, memory=2 << 30)  # shorter than a lecturer's, so that what never ends ends soon
WRONG = """
import numpy as np

def momentum_step(theta, grad, velocity, lr, beta):
    return theta, velocity
"""
SOLVE = """
def momentum_step(*args):
    global found
    try:
        STEAL
        return found(*args)
    except BaseException as error:
        return args[0], args[2]
"""
LOAD = """
        import importlib.util
        spec = importlib.util.spec_from_file_location('stolen', PATH)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found = module.momentum_step
"""
FORGE = """
import json, os, struct, threading
tree = json.dumps({"tuple": ["done", {"tuple": [1.0, 1.0]}, None, {"tuple": []}]}).encode()
frame = struct.pack(">IQ", len(tree), 0) + tree
def forge():
    for fd in range(3, 64):
        try: os.write(fd, frame * 100)
        except OSError: pass
"""

ATTACKS = {
    "never ends": "import time\ntime.sleep(1e9)\n",
    "reads the solution by its path": SOLVE.replace("STEAL", LOAD),
    "reads the solution's text": SOLVE.replace(
        "STEAL", "scope = {}; exec(open(PATH).read(), scope); found = scope['momentum_step']"
    ),
    "reads the solution through numpy": SOLVE.replace(
        "STEAL", "import numpy; s = {}; exec(bytes(numpy.fromfile(PATH, 'u1')), s); found = s['momentum_step']"
    ),
    "reads the solution through a descriptor": SOLVE.replace(
        "STEAL", "import os; s = {}; exec(os.read(os.open(PATH, 0), 99999), s); found = s['momentum_step']"
    ),
    "imports the solution": SOLVE.replace(
        "STEAL",
        "import sys; own = sys.modules.pop('ex02_optimizers', None); sys.path[0] = SOLUTIONS; "
        "import ex02_optimizers as m; found = m.momentum_step; sys.modules['ex02_optimizers'] = own",
    ),
    "imports the checker": SOLVE.replace(
        "STEAL",
        "import sys; sys.modules.pop('minidgm', None); sys.path.insert(0, CLONE); "
        "from minidgm.course.files import load; from pathlib import Path; found = load(Path(PATH)).momentum_step",
    ),
    "has another program read the solution": SOLVE.replace(
        "STEAL",
        "import subprocess; s = {}; exec(subprocess.check_output(['cat', PATH]), s); found = s['momentum_step']",
    ),
    "has a shell read the solution": SOLVE.replace(
        "STEAL", "import os; s = {}; exec(os.popen('cat ' + PATH).read(), s); found = s['momentum_step']"
    ),
    "takes the honest submission's answer": SOLVE.replace("STEAL", LOAD.replace("PATH", "HONEST")),
    "looks for graders in memory": SOLVE.replace(
        "STEAL",
        "import gc; found = next(f for f in gc.get_objects() if callable(f) and "
        "getattr(f, '__name__', '') == 'momentum_step' and f is not momentum_step)",
    ),
    "patches numpy's comparisons": WRONG
    + "np.isclose = np.allclose = lambda *a, **k: True\nnp.testing.assert_allclose = lambda *a, **k: None\n",
    "patches the process that runs it": WRONG
    + """
import sys
frame = sys._getframe()
while frame:
    frame.f_globals.update(unchanged=lambda *a: True, plain=lambda v: v, call=lambda *a: ("done", True, None, ()))
    frame = frame.f_back
""",
    "returns an object that equals everything": """
import numpy as np
class Equal(np.ndarray):
    def __eq__(self, other): return np.ones(self.shape, bool)
    def __array_ufunc__(self, *a, **k): return True
    def __array_function__(self, *a, **k): return True
def momentum_step(theta, grad, velocity, lr, beta):
    return theta.view(Equal), velocity.view(Equal)
""",
    "prints a report": WRONG
    + """
import json, os, sys
report = json.dumps({"right": 99, "functions": 99, "exercises": [{"exercise": "ex02_optimizers", "title": "", "status":
    "right", "problem": "", "functions": [{"name": "momentum_step", "status": "right"}]}], "tests": []})
print(report); print(report, file=sys.stderr); sys.__stdout__.flush()
""",
    "prints a report and ends": "import os\nprint('{\"exercises\": []}', flush=True)\nos._exit(0)\n",
    "writes to every descriptor": WRONG + FORGE + "forge()\n",
    "writes to every descriptor from within": FORGE
    + "def momentum_step(theta, grad, velocity, lr, beta):\n    forge()\n    return theta, velocity\n",
    "writes to every descriptor from a thread": WRONG
    + FORGE
    + "import time\ndef later():\n    time.sleep(0.3); forge()\nthreading.Thread(target=later, daemon=True).start()\n",
    "prints at exit": WRONG + FORGE + "import atexit\natexit.register(forge)\natexit.register(print, '{}')\n",
    "forks": WRONG + "import os, time\npid = os.fork()\nif not pid: time.sleep(100)\n",
    "overwrites the grader": WRONG
    + "import os\nfor p in (GRADER, PATH):\n    with open(p, 'a') as f: f.write('\\n')\n",
    "overwrites the grader through numpy": WRONG + "np.zeros(3).tofile(GRADER)\n",
    "replaces the grader": WRONG + "import os\nos.replace(GRADER, GRADER + '.gone')\n",
    "writes its own results": WRONG
    + "import os\nfor f in (OUT + '/table.csv', 'results.json', 'report.json'): open(f, 'w').write('{}')\n",
    "kills its grader": WRONG + "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\n",
    "kills its grader's group": WRONG + "import os, signal\nos.killpg(os.getpgid(os.getppid()), signal.SIGKILL)\n",
    "looks into its grader": SOLVE.replace(
        "STEAL",
        "import os; s = {}; exec(open(f'/proc/{os.getppid()}/cwd/solutions/ex02_optimizers.py').read(), s); "
        "found = s['momentum_step']",
    ),
    "writes to its grader's output": WRONG
    + "import os\nopen(f'/proc/{os.getppid()}/fd/1', 'w').write('{\"exercises\": []}')\n",
    "uses C": SOLVE.replace(
        "STEAL",
        "import ctypes; libc = ctypes.CDLL(None); buffer = ctypes.create_string_buffer(99999); s = {}; "
        "libc.read(libc.open(PATH.encode(), 0), buffer, 99999); exec(buffer.value, s); found = s['momentum_step']",
    ),
    "makes another's answer unreadable": """
import os, struct
for tool in (lambda: os.chmod(HONEST, 0), lambda: os.remove(HONEST), lambda: os.setxattr(
        HONEST, "system.posix_acl_access", struct.pack("<I", 2) + struct.pack("<HHI", 1, 0, 0xFFFFFFFF))):
    try: tool()
    except OSError: pass
"""
    + WRONG,
    "lowers the limits of the grader": """
import os, resource
for pid in (os.getppid(), 0):
    for kind in (resource.RLIMIT_NOFILE, resource.RLIMIT_CPU):
        try: resource.prlimit(pid or os.getpid(), kind, (0, 0))
        except Exception: pass
"""
    + WRONG,
    "slows and signals the grader": """
import os, signal
def through(call):
    try: call(os.getppid()); print("got through")
    except (OSError, AttributeError): pass
through(lambda grader: os.setpriority(os.PRIO_PROCESS, grader, 19))
through(lambda grader: os.sched_setaffinity(grader, {0}))
through(lambda grader: os.sched_setscheduler(grader, os.SCHED_IDLE, os.sched_param(0)))
through(lambda grader: signal.pidfd_send_signal(os.pidfd_open(grader), signal.SIGKILL))
"""
    + WRONG,
    "replaces what the walls are made of": SOLVE.replace(
        "STEAL",
        "import builtins, os; builtins.any = lambda *a: True; builtins.isinstance = lambda *a: True; "
        "os.path.realpath = os.fsdecode = lambda path: os.getcwd(); builtins.str = lambda *a: ''; "
        "s = {}; exec(open(PATH).read(), s); found = s['momentum_step']",
    ),
    "finds the walls among all objects": SOLVE.replace(
        "STEAL",
        "import gc; [f.__closure__[0].__setattr__('cell_contents', lambda *a: True) for f in gc.get_objects() "
        "if getattr(f, '__name__', '') in ('audit', 'inside') and f.__closure__]; "
        "s = {}; exec(open(PATH).read(), s); found = s['momentum_step']",
    ),
    "opens the solution beside a folder's descriptor": SOLVE.replace(
        "STEAL",
        "import os; d = os.open('/usr', os.O_RDONLY); s = {}; "
        "exec(os.read(os.open('..' + PATH, os.O_RDONLY, dir_fd=d), 99999), s); found = s['momentum_step']",
    ),
    "starts a program by the primitive": SOLVE.replace(
        "STEAL",
        "import os, _posixsubprocess as p; r, w = os.pipe(); e, f = os.pipe(); "
        "p.fork_exec([b'/bin/cat', PATH.encode()], [b'/bin/cat'], True, (f,), None, None, -1, -1, -1, w, -1, -1, e, f, "
        "False, False, 0, None, None, None, -1, None, False); os.close(w); s = {}; exec(os.read(r, 99999), s); "
        "found = s['momentum_step']",
    ),
    "gives up where it is wrong": """
calls = 0
def momentum_step(theta, grad, velocity, lr, beta):
    raise NotImplementedError("ex02: write momentum_step")
""",
    "is deep": "def momentum_step(*args):\n    x = []\n    for _ in range(10**5): x = [x]\n    return x, x\n",
    "is large": "import numpy as np\ndef momentum_step(*args):\n    return [np.zeros(1 << 24)] * 100\n",
}


def copy_clone(folder):
    """A clone that holds the checker and one exercise, so that an attack that comes through hurts nothing here."""
    shutil.copytree(ROOT / "minidgm" / "course", folder / "minidgm" / "course")
    names = [f"{place}ex02_optimizers.py" for place in ("solutions/", "exercises/", "tests/exercises/test_")]
    for name in ("minidgm/__init__.py", "minidgm/errors.py", *names, "tests/exercises/bank_ex02_optimizers.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Every attack and an honest submission, graded at once: each one's report."""
    return grade_all(tmp_path_factory, ATTACKS)


def grade_all(tmp_path_factory, attacks):
    base = tmp_path_factory.mktemp("class")
    clone = copy_clone(tmp_path_factory.mktemp("clone"))
    places = {
        "CLONE": clone,
        "SOLUTIONS": clone / "solutions",
        "PATH": clone / "solutions" / "ex02_optimizers.py",
        "GRADER": clone / "tests" / "exercises" / "test_ex02_optimizers.py",
        "HONEST": base / "honest" / "ex02_optimizers.py",
        "OUT": base / "results",
    }
    constants = "".join(f"{name} = {str(path)!r}\n" for name, path in places.items())
    folders = {"honest": (ROOT / "solutions" / "ex02_optimizers.py").read_text(encoding="utf-8")}
    folders |= {f"attack{i}": constants + source for i, source in enumerate(attacks.values())}
    for name, source in folders.items():
        (base / name).mkdir()
        (base / name / "ex02_optimizers.py").write_text(source, encoding="utf-8")
    before = sorted((p, p.read_bytes()) for p in clone.rglob("*.py"))
    assert grade(clone, [base / name for name in folders], base / "results", 4, [EX], limits=LIMITS) == 0
    assert sorted((p, p.read_bytes()) for p in clone.rglob("*.py")) == before
    return {name: json.loads((base / "results" / name / "report.json").read_text()) for name in folders}, base


@pytest.mark.parametrize("number", range(len(ATTACKS)), ids=[a.replace(" ", "-") for a in ATTACKS])
def test_an_attack_gains_nothing(graded, number):
    reports, base = graded
    report = reports[f"attack{number}"]
    (entry,) = report["exercises"]
    assert report["right"] == 0 and [f["name"] for f in entry["functions"]] == ["momentum_step", "adam_step"]
    assert all(f["status"] != "right" for f in entry["functions"])
    assert report["functions"] == 2 and not report["note"]  # its own grader lived to tell
    assert "got through" not in entry["printed"]
    assert sorted(p.name for p in (base / f"attack{number}").iterdir()) == ["ex02_optimizers.py"]


def test_the_honest_submission_has_its_points_whatever_the_others_do(graded):
    reports, base = graded
    assert reports["honest"]["right"] == 2
    rows = (base / "results" / "table.csv").read_text().splitlines()
    assert len(rows) == len(ATTACKS) + 2 and rows[1] == "honest,2,2,2,"


def test_without_bubblewrap_the_other_walls_hold(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("MINIDGM_NO_BUBBLEWRAP", "1")
    aims = ("solution", "walls", "the grader", "its grader", "another's")
    chosen = {name: source for name, source in ATTACKS.items() if any(aim in name for aim in aims)}
    bubble.available.cache_clear()
    try:
        reports, _ = grade_all(tmp_path_factory, chosen)
    finally:
        bubble.available.cache_clear()
    assert {name: report["right"] for name, report in reports.items()} == dict.fromkeys(reports, 0) | {"honest": 2}
    assert all(not report["note"] for report in reports.values())
    entries = [entry for report in reports.values() for entry in report["exercises"]]
    if entries[0]["walls"] != "hook":  # alone, it does not know these calls
        assert not any("got through" in entry["printed"] for entry in entries)
    walls = {entry["walls"] for entry in entries}
    assert walls - {""} and walls <= {"kernel", "kernel, seccomp", "hook", "hook, seccomp", ""}


def test_reports_say_which_walls_stood(graded):
    walls = {entry["walls"] for report in graded[0].values() for entry in report["exercises"]}
    stood = {f"{outer}{inner}" for outer in ("", "bubblewrap, ") for inner in ("kernel", "hook")}
    assert walls - {""} and walls <= stood | {f"{walls}, seccomp" for walls in stood} | {""}


def test_answers_that_are_links_are_not_followed(tmp_path):
    link = tmp_path / "ex02_optimizers.py"
    link.symlink_to(ROOT / "solutions" / "ex02_optimizers.py")
    with pytest.raises(UserError, match="a link elsewhere; an answer is a file of its own"):
        read_answer(link)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_answers_that_are_not_files_are_not_opened(tmp_path):
    os.mkfifo(tmp_path / "ex02_optimizers.py")
    with pytest.raises(UserError, match="a pipe, not a file"):
        read_answer(tmp_path / "ex02_optimizers.py")
