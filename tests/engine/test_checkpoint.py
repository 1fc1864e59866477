"""Interrupted work: killed runs go on bit for bit; NaN, full disks, damaged files and second runs lose nothing."""

import errno
import json
import os
import signal
import struct
import subprocess
import sys
import tempfile
import warnings
import zipfile
from pathlib import Path

import autograd.numpy as anp
import numpy as np
import pytest

from minidgm.checkpoint import load_arrays, locked, save_arrays, set_arrays
from minidgm.errors import UserError
from minidgm.nn import MLP
from minidgm.optim import Adam
from minidgm.tensor import Module, arrays, parameters
from minidgm.train import load_model, mean_loss, save_model, train

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
from tests_of_checkpoint import DATA, model, square
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
    (tmp_path / "code" / "tests_of_checkpoint.py").write_bytes(Path(__file__).read_bytes())
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


# ------------------------------------------------------------------ damaged and made-up files


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    file = tmp_path_factory.mktemp("saved") / "run.npz"
    train(model(), square, DATA, np.random.default_rng(0), steps=6, batch=20, every=3, validation=DATA, checkpoint=file)
    return file


def test_four_hundred_flipped_bits_are_refused_or_change_nothing(saved, tmp_path):
    content, rng, file = saved.read_bytes(), np.random.default_rng(0), tmp_path / "flipped.npz"
    whole, refused = load_arrays(saved), 0
    for bit in rng.choice(8 * len(content), 400, replace=False):
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << bit % 8
        file.write_bytes(flipped)
        try:
            found = load_arrays(file)
        except UserError as error:
            assert str(error).endswith("not an .npz file of arrays, or a damaged one")
            refused += 1
            continue
        same = {name for name in whole if name in found and np.array_equal(whole[name], found[name])}
        assert len(same) >= len(whole) - 1  # at most a name that nothing checks, which the model then misses
    assert refused > 300


def header(text):
    body = text.encode().ljust(118) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(body)) + body


@pytest.mark.parametrize(
    "entry",
    [
        header("{'descr': '<f8', 'fortran_order': False, 'shape': (549755813888,), }"),
        header("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }"),
        header("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }") + b"\x80\x04K\x01.",
        header("{'descr': '<f8', 'shape': (1,)"),
        header("{'descr': ('<f8', (9" + "9" * 50 + ",)), 'fortran_order': False, 'shape': (), }"),
        b"\x93NUMPY\x09\x00",
        b"",
    ],
)
def test_made_up_headers_are_a_damaged_file(entry, tmp_path):
    with zipfile.ZipFile(tmp_path / "made-up.npz", "w") as archive:
        archive.writestr("a.npy", entry)
    with pytest.raises(UserError, match="not an .npz file of arrays, or a damaged one"):
        load_arrays(tmp_path / "made-up.npz")


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_files_that_could_unpack_to_any_size_are_refused(method, tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.npz", "w", method) as archive:
        archive.writestr("a.npy", header("{'descr': '|u1', 'fortran_order': False, 'shape': (9,), }") + bytes(9))
    with pytest.raises(UserError, match="damaged one"):
        load_arrays(tmp_path / "bomb.npz")


def test_entries_that_share_their_bytes_are_refused(tmp_path):
    """A thousand names for one megabyte would fill a gigabyte of memory (Fifield 2019, without compression)."""
    file, names = tmp_path / "shared.npz", 1000
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("0000.npy", header("{'descr': '|u1', 'fortran_order': False, 'shape': (1048576,), }")
                         + bytes(1 << 20))  # fmt: skip
    raw = file.read_bytes()
    start, end = raw.rindex(b"PK\x01\x02"), raw.rindex(b"PK\x05\x06")
    entries = b"".join(raw[start:end].replace(b"0000", b"%04d" % k) for k in range(names))
    closing = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, names, names, len(entries), start, 0)
    file.write_bytes(raw[:start] + entries + closing)
    with pytest.raises(UserError, match="damaged one"):
        load_arrays(file)


def changed(saved, tmp_path, **changes):
    """The saved state with some entries changed."""
    state = load_arrays(saved) | changes
    file = tmp_path / "changed.npz"
    save_arrays(file, {name: value for name, value in state.items() if value is not None})
    return file


def numbers(saved, **changes):
    content = json.loads(str(load_arrays(saved)["numbers"]))
    return {"numbers": np.array(json.dumps(content | changes))}


NAN = np.full((2, 4), np.nan, np.float32)


@pytest.mark.parametrize(
    "changes",
    [
        {"optimizer/update": np.array(1.0)},
        {"optimizer/t": None},
        {"optimizer/t": np.array(-1)},
        {"optimizer/m": np.array(["x"] * 17)},
        {"model/layers.0.weight": NAN},
        {"model/layers.0.weight": np.zeros((2, 4), complex)},
        {"model/layers.0.weight": np.full((2, 4), 1e300)},
        {"model/layers.0.weight": np.array([["a"] * 4] * 2)},
        {"model/layers.0.weight": np.zeros((4, 2), np.float32)},
        {"best/layers.0.weight": NAN},
        {"model/other": np.zeros(1)},
        {"unknown/group": np.zeros(1)},
        {"order": np.zeros(60, int)},
        {"order": None},
        {"rng": np.array("{}")},
        {"numbers": np.array("[]")},
        {"history": {"step": "three"}},
        {"history": None},
        {"history": {"step": -1}},
        {"history": {"step": 10**30}},
        {"history": {"best": float("nan")}},
        {"history": {"best": float("inf")}},
        {"history": {"best_step": 7}},
        {"history": {"loss": []}},
        {"history": {"loss": [[3, 1.0], [6, float("nan")]]}},
        {"history": {"validation": None}},
        {"history": {"more": 1}},
        {"history": {"loss": [[1]]}},
        {"made_with": ["Adam"]},
        {"made_with": {}},
        {"bad": None},
        {"bad": -3},
        {"position": -1000},
        {"position": 61},
        {"position": 1.5},
        {"numbers": np.array("[" * 100_000)},
        {"optimizer/m": np.zeros(3, np.float32), "optimizer/v": np.zeros(3, np.float32)},
    ],
    ids=lambda changes: "-".join(f"{k}={str(v)[:12]}" for k, v in changes.items()),
)
def test_a_state_is_taken_whole_or_not_at_all(changes, saved, tmp_path):
    inside = {"history", "made_with", "bad", "position"} & changes.keys()
    if "history" in changes:
        content = json.loads(str(load_arrays(saved)["numbers"]))["history"]
        changes = {"history": {} if changes["history"] is None else content | changes["history"]}
    file = changed(saved, tmp_path, **(numbers(saved, **changes) if inside else changes))
    net, optimizer, rng = model(), Adam(), np.random.default_rng(0)
    before = {name: theta.copy() for name, theta in parameters(net).items()}
    with pytest.raises(UserError):
        train(net, square, DATA, rng, steps=9, batch=20, optimizer=optimizer, validation=DATA, checkpoint=file,
              resume=True)  # fmt: skip
    assert all(np.array_equal(before[name], theta) for name, theta in parameters(net).items())
    assert callable(optimizer.update) and rng.bit_generator.state == np.random.default_rng(0).bit_generator.state


def test_another_batch_size_and_an_older_format_are_told(saved, tmp_path):
    with pytest.raises(UserError, match="made with the batch 20, not 30"):
        train(model(), square, DATA, np.random.default_rng(0), steps=9, batch=30, validation=DATA, checkpoint=saved,
              resume=True)  # fmt: skip
    made = json.loads(str(load_arrays(saved)["numbers"]))["made_with"]
    del made["format"]
    file = changed(saved, tmp_path, **numbers(saved, made_with=made))
    with pytest.raises(UserError, match="made with the format of an older minidgm, not 2"):
        train(model(), square, DATA, np.random.default_rng(0), steps=9, batch=20, validation=DATA, checkpoint=file,
              resume=True)  # fmt: skip


# ------------------------------------------------------------------ models


def test_a_model_takes_another_dtypes_numbers_if_they_fit(tmp_path):
    save_model(tmp_path / "m.npz", model())
    exact = model().astype(np.float64)
    load_model(tmp_path / "m.npz", exact)
    assert all(a.dtype == np.float64 for a in arrays(exact).values())
    state = {name: array.copy() for name, array in arrays(exact).items()}
    state["layers.0.weight"] = np.full((2, 4), 1e300)
    set_arrays(exact, state)
    with pytest.raises(UserError, match="expected numbers that are finite in float32"):
        set_arrays(model(), state)


class Named(Module):
    """Its arrays have names that numpy.savez keeps for itself, and one that is not ASCII."""

    def __init__(self):
        self.file, self.allow_pickle, self.σ = (np.full(n, n, np.float32) for n in (1, 2, 3))


def test_an_array_may_have_any_name(tmp_path):
    save_model(tmp_path / "m.npz", Named())
    net = Named()
    net.file[...] = net.σ[...] = 0
    load_model(tmp_path / "m.npz", net)
    assert net.file.tolist() == [1] and net.σ.tolist() == [3, 3, 3]
    with np.load(tmp_path / "m.npz") as plain:
        assert sorted(plain) == ["allow_pickle", "file", "σ"]


def test_what_is_no_number_is_not_written_as_a_pickle(tmp_path):
    with pytest.raises(ValueError):
        save_arrays(tmp_path / "a.npz", {"a": np.array([{}])})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "wrong, sentence",
    [
        ({"rng": 0}, "rng: expected a numpy.random.Generator"),
        ({"batch": 7.5}, "batch: expected a whole number from 1 on, got 7.5"),
        ({"patience": 0, "validation": DATA}, "patience: expected a whole number .* got 0"),
        ({"steps": -1}, "steps: expected a whole number from 0 on, got -1"),
        ({"clip": -1.0}, "clip: expected a positive number, .* got -1.0"),
        ({"clip": "a"}, "clip: expected a positive number, .* got 'a'"),
        ({"average": 1.5}, r"average: expected a decay in \[0, 1\), .* got 1.5"),
        ({"average": "a"}, r"average: expected a decay in \[0, 1\), .* got 'a'"),
        ({"validation_loss": 3, "validation": DATA}, "validation_loss: expected a function of .* got 3"),
        ({"resume": True}, "resume: expected a checkpoint to go on from, got none"),
        ({"data": np.array(["a"] * 5)}, "data: expected real numbers, got <U1"),
        ({"data": DATA.astype(complex)}, "data: expected real numbers, got complex128"),
        ({"patience": 3}, "patience: expected a whole number .* got no validation data"),
        ({"optimizer": 0.01}, r"optimizer: expected an optimizer such as Adam\(1e-3\), got 0.01"),
        ({}, None),
    ],
)
def test_wrong_arguments_are_one_sentence(wrong, sentence):
    settings = {"model": model(), "data": DATA, "rng": np.random.default_rng(0), "steps": 3} | wrong
    if sentence is None:
        settings["model"].layers = []
        sentence = "model: has no parameters to train"
    with pytest.raises(ValueError, match=sentence):
        train(settings.pop("model"), square, settings.pop("data"), settings.pop("rng"), **settings)


def test_the_mean_loss_of_the_best_model_is_what_was_kept(saved):
    net = model()
    history = train(net, square, DATA, np.random.default_rng(0), steps=6, batch=20, every=3, validation=DATA)
    assert mean_loss(net, square, DATA) == pytest.approx(history.best, rel=1e-6)
