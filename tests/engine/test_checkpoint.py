"""Interrupted work: killed runs go on bit for bit; NaN, full disks, damaged files and second runs lose nothing."""

import json
import os
import signal
import struct
import subprocess
import sys
import time
import warnings
import zipfile

import autograd.numpy as anp
import numpy as np
import pytest

from minidgm.checkpoint import load_arrays, locked, save_arrays, set_arrays
from minidgm.errors import UserError
from minidgm.nn import MLP
from minidgm.optim import Adam
from minidgm.tensor import arrays, parameters
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


def test_a_validation_loss_that_is_no_number_ends_the_run():
    bad = lambda net, x, rng: np.float32(np.nan)  # noqa: E731
    with pytest.raises(FloatingPointError, match="validation loss: nan at step 5"):
        train(model(), square, DATA, np.random.default_rng(0), steps=9, every=5, validation=DATA, validation_loss=bad)


# ------------------------------------------------------------------ killed runs

SCRIPT = """
import sys
import numpy as np
from tests_of_checkpoint import DATA, model, square
from minidgm.train import save_model, train

out, checkpoint, pause = sys.argv[1:]
def slow(net, x, rng):
    if float(pause): import time; time.sleep(float(pause))
    return square(net, x, rng)
net = model()
train(net, slow, DATA, np.random.default_rng(3), steps=60, batch=20, every=1, validation=DATA,
      checkpoint=checkpoint, resume=True, average=0.9)
save_model(out, net)
"""


@posix
def test_twenty_kills_at_random_moments_leave_the_run_as_it_would_have_been(tmp_path):
    (tmp_path / "tests_of_checkpoint.py").write_bytes(open(__file__, "rb").read())
    script = tmp_path / "run.py"
    script.write_text(SCRIPT)
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([root, str(tmp_path)]), "OMP_NUM_THREADS": "1"}

    def start(name, pause):
        command = [sys.executable, script, tmp_path / f"{name}.npz", tmp_path / f"{name}-run.npz", str(pause)]
        return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)

    assert start("whole", 0).wait() == 0
    rng, kills = np.random.default_rng(0), 0
    while kills < 20 and not (tmp_path / "killed.npz").exists():
        run = start("killed", 0.01)
        before = (tmp_path / "killed-run.npz").stat().st_mtime_ns if (tmp_path / "killed-run.npz").exists() else 0
        limit = time.monotonic() + 20
        while time.monotonic() < limit and run.poll() is None:  # until it has gone on, then a little more
            if (tmp_path / "killed-run.npz").exists() and (tmp_path / "killed-run.npz").stat().st_mtime_ns != before:
                break
            time.sleep(0.002)
        time.sleep(rng.uniform(0, 0.03))
        run.send_signal(signal.SIGKILL)
        run.communicate()
        kills += 1
    assert kills >= 10
    last = start("killed", 0)
    assert (last.wait(), last.stderr.read()) == (0, b"")
    whole, killed = (load_arrays(tmp_path / f"{name}.npz") for name in ("whole", "killed"))
    assert whole.keys() == killed.keys() and all(np.array_equal(whole[k], killed[k]) for k in whole)


# ------------------------------------------------------------------ two runs, full disks, folders that refuse


def test_a_second_run_into_one_checkpoint_is_refused(tmp_path):
    file = tmp_path / "run.npz"
    with locked(file), pytest.raises(UserError, match="another run writes this checkpoint; wait for it"):
        train(model(), square, DATA, np.random.default_rng(0), steps=3, checkpoint=file)
    train(model(), square, DATA, np.random.default_rng(0), steps=3, checkpoint=file)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run.npz"]


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


def test_a_folder_that_cannot_be_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file" / "run.npz", tmp_path / "file" / "deep" / "run.npz"):
        with pytest.raises(UserError, match="cannot be written"):
            train(model(), square, DATA, np.random.default_rng(0), steps=3, checkpoint=path)
    for wrong in ("", tmp_path):
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
        {"history": {}},
        {"history": {"loss": [[1]]}},
        {"made_with": ["Adam"]},
        {"made_with": {}},
        {"bad": None},
    ],
    ids=lambda changes: "-".join(f"{k}={str(v)[:12]}" for k, v in changes.items()),
)
def test_a_state_is_taken_whole_or_not_at_all(changes, saved, tmp_path):
    inside = {"history", "made_with", "bad"} & changes.keys()
    if "history" in changes:
        content = json.loads(str(load_arrays(saved)["numbers"]))["history"]
        changes = {"history": (content | changes["history"]) if changes["history"] else {"step": None}}
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


@pytest.mark.parametrize(
    "wrong, sentence",
    [
        ({"rng": 0}, "rng: expected a numpy.random.Generator"),
        ({"batch": 7.5}, "batch: expected a whole number from 1 on, got 7.5"),
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
