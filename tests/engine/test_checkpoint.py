"""Files of arrays, models and runs, damaged or made up: read with suspicion, taken whole or refused in a sentence."""

import json
import struct
import zipfile

import autograd.numpy as anp
import numpy as np
import pytest

from minidgm.checkpoint import load_arrays, save_arrays, set_arrays
from minidgm.errors import UserError
from minidgm.nn import MLP
from minidgm.optim import Adam
from minidgm.tensor import Module, arrays, parameters
from minidgm.train import load_model, mean_loss, save_model, train


def model():
    return MLP((2, 4, 1), np.random.default_rng(0))


def square(net, x, rng):
    return anp.mean((net(x) - x[:, :1]) ** 2)


DATA = np.random.default_rng(1).standard_normal((60, 2)).astype(np.float32)

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


@pytest.mark.parametrize("first, then", [(None, 0.9), (0.9, None)])
def test_a_run_with_an_average_is_no_continuation_of_one_without(first, then, tmp_path):
    more = {"steps": 3, "batch": 20, "checkpoint": tmp_path / "run.npz", "resume": True}
    train(model(), square, DATA, np.random.default_rng(0), average=first, **more)
    with pytest.raises(UserError, match="made with another setting of `average`"):
        train(model(), square, DATA, np.random.default_rng(0), average=then, **more)
