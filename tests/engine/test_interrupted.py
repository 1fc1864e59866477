"""Interrupted work: killed runs go on bit for bit; NaN, full disks and second runs lose nothing."""

import errno
import json
import os
import signal
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import autograd.numpy as anp
import numpy as np
import pytest

from minidgm.checkpoint import load_arrays, locked, save_arrays
from minidgm.errors import UserError
from minidgm.nn import MLP
from minidgm.optim import Adam
from minidgm.tensor import parameters
from minidgm.train import save_model, train

posix = pytest.mark.skipif(os.name != "posix", reason="POSIX signals and limits")


def model():
    return MLP((2, 4, 1), np.random.default_rng(0))


def square(net, x, rng):
    return anp.mean((net(x) - x[:, :1]) ** 2)


DATA = np.random.default_rng(1).standard_normal((60, 2)).astype(np.float32)

# ------------------------------------------------------------------ steps that go wrong


class Poisoned:
    """A loss that is fine, with a gradient or a value that is not, at one step."""

    def __init__(self, step, what):
        self.step, self.what = step, what

    def at_step(self, step):
        self.now = step

    def __call__(self, net, x, rng):
        value = square(net, x, rng)
        if self.now != self.step:
            return value
        if self.what == "loss":
            return value * np.float32(np.nan)
        return value + anp.sqrt(anp.sum((net.layers[0].weight * 0) ** 2))  # finite, but not its gradient


@pytest.mark.parametrize("what", ["loss", "gradient"])
@pytest.mark.parametrize("validated", [False, True])
def test_a_step_that_goes_wrong_is_named_and_costs_nothing(what, validated, tmp_path):
    net, file = model(), tmp_path / "run.npz"
    more = {"validation": DATA, "validation_loss": square} if validated else {}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(FloatingPointError, match=f"{what}: .* at step 20.*still holds the last good state"):
            train(net, Poisoned(20, what), DATA, np.random.default_rng(0), steps=40, batch=20, every=5,
                  checkpoint=file, **more)  # fmt: skip
    assert all(np.all(np.isfinite(theta)) for theta in parameters(net).values())
    good = model()
    history = train(good, square, DATA, np.random.default_rng(0), steps=15, batch=20, every=5, **more)
    for name, theta in parameters(good).items():  # the best model, or the one of the last checkpoint
        np.testing.assert_array_equal(theta, parameters(net)[name])
    saved = json.loads(str(load_arrays(file)["numbers"]))["history"]
    assert saved["step"] == 15 and history.step == 15
    resumed = model()
    train(resumed, square, DATA, np.random.default_rng(0), steps=40, batch=20, every=5, checkpoint=file, resume=True,
          **more)  # fmt: skip
    whole = model()
    train(whole, square, DATA, np.random.default_rng(0), steps=40, batch=20, every=5, **more)
    assert all(np.array_equal(a, b) for a, b in zip(parameters(whole).values(), parameters(resumed).values()))


def test_a_learning_rate_that_blows_up_is_one_sentence(tmp_path):
    with pytest.raises(FloatingPointError, match="try a smaller lr, or clip=1.0"):
        train(model(), square, DATA, np.random.default_rng(0), steps=50, optimizer=Adam(1e30), every=5)


def test_squares_beyond_float32_are_named_and_cost_nothing(tmp_path):
    """g² overflows from |g| = 1.8e19 on: Adam's steps become 0, and stay 0; a file with such averages is no use."""
    file, net = tmp_path / "run.npz", model()
    large = lambda net, x, rng: square(net, x, rng) * np.float32(1e25)  # noqa: E731
    with pytest.raises(FloatingPointError, match="the optimizer's v: NaN or infinity by step 5; .*clip=1.0"):
        train(net, large, DATA, np.random.default_rng(0), steps=10, batch=20, every=5, checkpoint=file)
    assert not file.exists()
    assert all(np.array_equal(a, b) for a, b in zip(parameters(model()).values(), parameters(net).values()))
    with pytest.raises(FloatingPointError, match="clip=1.0$"):  # and no word of a file that there is not
        train(net, large, DATA, np.random.default_rng(0), steps=10, batch=20, every=5, checkpoint=file)
    train(net, large, DATA, np.random.default_rng(0), steps=10, batch=20, every=5, clip=1.0, checkpoint=file)


def test_a_validation_loss_that_is_no_number_ends_the_run():
    bad = lambda net, x, rng: np.float32(np.nan)  # noqa: E731
    with pytest.raises(FloatingPointError, match="validation loss: nan at step 5"):
        train(model(), square, DATA, np.random.default_rng(0), steps=9, every=5, validation=DATA, validation_loss=bad)


# ------------------------------------------------------------------ killed runs

SCRIPT = """
import os, random, signal, sys, time
import numpy as np
sys.path.insert(0, sys.argv[1])
from tests_of_interruption import DATA, model, square
import minidgm.checkpoint
from minidgm.train import save_model, train

def run(name, loss=square):
    net = model()
    train(net, loss, DATA, np.random.default_rng(3), steps=150, batch=20, every=1, validation=DATA,
          checkpoint=f"{name}-run.npz", resume=True, average=0.9)
    save_model(f"{name}.npz", net)

def child(work):
    pid = os.fork()
    if pid == 0:
        work()
        os._exit(0)
    return pid

def deadly(module, call, after):  # kill -9 just before or after its third call, in the writing of a checkpoint
    def work():
        real, calls = getattr(module, call), []
        def last(*args, **more):
            calls.append(1)
            if len(calls) == 3 and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            real(*args, **more)
            if len(calls) == 3:
                os.kill(os.getpid(), signal.SIGKILL)
        setattr(module, call, last)
        run("killed")
    return work

def slow(net, x, rng):
    time.sleep(0.002)
    return square(net, x, rng)

run("whole")
random.seed(0)
kills = 0
for module, call in ((np.lib.format, "write_array"), (minidgm.checkpoint, "write_npz"), (os, "fsync"), (os, "replace")):
    for after in (False, True):
        kills += os.waitpid(child(deadly(module, call, after)), 0)[1] == signal.SIGKILL
for _ in range(20):
    before = os.stat("killed-run.npz").st_mtime_ns
    pid = child(lambda: run("killed", slow))
    while os.stat("killed-run.npz").st_mtime_ns == before and os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG |
                                                                        os.WNOWAIT) is None:
        time.sleep(0.0005)  # until it has gone on: a moment before would only repeat the last one
    time.sleep(random.uniform(0, 0.01))
    os.kill(pid, signal.SIGKILL)
    kills += os.waitpid(pid, 0)[1] == signal.SIGKILL
run("killed")
print(kills, *sorted(os.listdir(".")))
"""


@posix
def test_twenty_eight_kills_leave_the_run_as_it_would_have_been(tmp_path):
    """Eight at the calls that write a checkpoint, twenty at random moments; one interpreter, forked each time."""
    (tmp_path / "code").mkdir()
    (tmp_path / "files").mkdir()
    (tmp_path / "code" / "tests_of_interruption.py").write_bytes(Path(__file__).read_bytes())
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    environment |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", SCRIPT, tmp_path / "code"], cwd=tmp_path / "files", env=environment,
                          capture_output=True, text=True, timeout=100)  # fmt: skip
    assert done.stderr == "" and done.returncode == 0
    kills, *left = done.stdout.split()
    assert int(kills) >= 20  # of 28: a run may come to its end before
    assert left == ["killed-run.npz", "killed.npz", "whole-run.npz", "whole.npz"]  # no halves, no locks
    for file in ("{}.npz", "{}-run.npz"):
        whole, killed = (load_arrays(tmp_path / "files" / file.format(name)) for name in ("whole", "killed"))
        assert whole.keys() == killed.keys() and all(np.array_equal(whole[k], killed[k]) for k in whole)


def test_another_learning_rate_on_resume_holds_and_is_said(tmp_path, capsys):
    """The run goes on as one with the new rate from that step on, which a sentence names; the same one says nothing."""

    def run(steps, optimizer, **more):
        net = model()
        train(net, square, DATA, np.random.default_rng(0), steps=steps, batch=20, optimizer=optimizer,
              checkpoint=tmp_path / "run.npz", resume=True, **more)  # fmt: skip
        return parameters(net), capsys.readouterr().err

    run(5, Adam(1e-3), average=0.9)
    _, same = run(10, Adam(1e-3), average=0.9)
    resumed, said = run(15, Adam(1e-2, beta2=0.99), average=0.9)
    assert same == ""
    assert [line.partition(": made with ")[2] for line in said.splitlines()] == [
        "lr 0.001, now 0.01, which holds from step 11 on",
        "beta2 0.999, now 0.99, which holds from step 11 on",
    ]
    _, said = run(16, Adam(lambda t: 1e-2 if t < 16 else 0.5, beta2=0.99), average=0.5)
    assert (
        said.splitlines()[0].endswith("average 0.9, now 0.5, which holds from step 16 on")
        and len(said.split("\n")) == 2
    )


@posix
def test_ctrl_c_in_the_middle_of_writing_leaves_the_old_file_and_no_half(tmp_path, monkeypatch):
    def interrupt(_):
        raise KeyboardInterrupt

    file = tmp_path / "run.npz"
    save_arrays(file, {"a": np.arange(3)})
    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        save_arrays(file, {"a": np.arange(4)})
    assert [path.name for path in tmp_path.iterdir()] == ["run.npz"] and len(load_arrays(file)["a"]) == 3


# ------------------------------------------------------------------ two runs, full disks, folders that refuse


def test_a_second_run_into_one_checkpoint_is_refused(tmp_path):
    file = tmp_path / "run.npz"
    with locked(file), pytest.raises(UserError, match="another run writes this checkpoint; wait for it"):
        train(model(), square, DATA, np.random.default_rng(0), steps=3, checkpoint=file)
    train(model(), square, DATA, np.random.default_rng(0), steps=3, checkpoint=file)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run.npz"]


@posix
def test_a_lock_that_its_run_has_just_removed_is_not_taken(tmp_path, monkeypatch):
    """Else a third run could make the file anew, and lock it, too."""
    import fcntl

    monkeypatch.setattr(fcntl, "flock", lambda *_: (tmp_path / "run.npz.lock").unlink())
    with pytest.raises(UserError, match="another run writes this checkpoint"), locked(tmp_path / "run.npz"):
        pass


@posix
def test_a_full_disk_is_one_sentence_and_the_old_file_is_whole(tmp_path):
    import resource

    file = tmp_path / "run.npz"
    save_arrays(file, {"a": np.arange(3)})
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
    try:
        with pytest.raises(UserError, match=r"run.npz: cannot be written \(File too large\)"):
            save_arrays(file, {"a": np.zeros(100_000)})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)
    np.testing.assert_array_equal(load_arrays(file)["a"], [0, 1, 2])
    assert [path.name for path in tmp_path.iterdir()] == ["run.npz"]


@posix
def test_a_checkpoint_behind_a_link_is_written_where_it_leads(tmp_path):
    (disk := tmp_path / "disk").mkdir()
    (tmp_path / "run.npz").symlink_to(disk / "run.npz")
    more = {"batch": 20, "every": 5, "checkpoint": tmp_path / "run.npz", "resume": True}
    for steps in (5, 10):
        train(model(), square, DATA, np.random.default_rng(0), steps=steps, **more)
    assert (tmp_path / "run.npz").is_symlink() and [path.name for path in disk.iterdir()] == ["run.npz"]
    assert json.loads(str(load_arrays(disk / "run.npz")["numbers"]))["history"]["step"] == 10
    with locked(disk / "run.npz"), pytest.raises(UserError, match="another run writes this checkpoint"):
        train(model(), square, DATA, np.random.default_rng(0), steps=15, **more)
    (tmp_path / "none.npz").symlink_to(tmp_path / "nowhere" / "m.npz")
    with pytest.raises(UserError, match="exists already"):
        save_model(tmp_path / "none.npz", model())


@posix
def test_a_full_disk_in_training_keeps_the_last_checkpoint_and_the_best_model(tmp_path, monkeypatch):
    """What ENOSPC does at the second checkpoint: one sentence; file and model are those of the first."""

    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    class Filling(Poisoned):
        def at_step(self, step):
            if step == 6:
                monkeypatch.setattr(os, "fsync", full)
            super().at_step(step)

    net, file = model(), tmp_path / "run.npz"
    with pytest.raises(UserError, match=r"run.npz: cannot be written \(No space left on device\)"):
        train(net, Filling(0, "none"), DATA, np.random.default_rng(0), steps=40, batch=20, every=5, checkpoint=file)
    assert all(np.all(np.isfinite(theta)) for theta in parameters(net).values())
    assert [path.name for path in tmp_path.iterdir()] == ["run.npz"]
    monkeypatch.undo()
    history = train(model(), square, DATA, np.random.default_rng(0), steps=5, batch=20, checkpoint=file, resume=True)
    assert [step for step, _ in history.loss] == [5]


@posix
def test_a_read_only_folder_is_one_sentence():
    """As an ordinary user: root, whom no folder refuses, becomes one for the while."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        (file := Path(folder) / "run.npz").write_bytes(b"")
        os.chmod(file, 0o000)
        os.chmod(folder, 0o555)
        root = os.geteuid() == 0
        if root:
            os.seteuid(65534)
        try:
            with pytest.raises(UserError, match=r"other.npz: cannot be written \(Permission denied\)"):
                train(model(), square, DATA, np.random.default_rng(0), steps=3, checkpoint=Path(folder) / "other.npz")
            with pytest.raises(UserError, match=r"run.npz: cannot be read \(Permission denied\)"):
                load_arrays(file)
        finally:
            if root:
                os.seteuid(0)
            os.chmod(folder, 0o755)


@posix
def test_a_disk_without_locks_is_no_reason_to_stop(tmp_path, monkeypatch):
    import fcntl

    def none(*_):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", none)
    train(model(), square, DATA, np.random.default_rng(0), steps=3, batch=20, checkpoint=tmp_path / "run.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["run.npz"]


def test_a_folder_that_cannot_be_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file" / "run.npz", tmp_path / "file" / "deep" / "run.npz"):
        with pytest.raises(UserError, match="cannot be written"):
            train(model(), square, DATA, np.random.default_rng(0), steps=3, checkpoint=path)
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    for wrong in ("", tmp_path, 3, "a\0b", "x" * 300, tmp_path / "circle"):
        with pytest.raises(UserError, match="checkpoint: expected the path of a file"):
            train(model(), square, DATA, np.random.default_rng(0), steps=3, checkpoint=wrong)
