"""The training loop: it learns, keeps the best, stops early, resumes bit for bit, refuses what is wrong."""

import autograd.numpy as anp
import numpy as np
import pytest

from minidgm.distributions import StandardNormal
from minidgm.errors import UserError
from minidgm.flows import GaussianAR
from minidgm.flows.base import FlowModel
from minidgm.optim import SGD, Adam, warmup_cosine
from minidgm.tensor import parameters
from minidgm.train import load_model, mean_loss, save_model, train


def model():
    return FlowModel(GaussianAR(2, (16,), np.random.default_rng(0)), StandardNormal(2))


def noisy_loss(model, x, rng):
    noise = 0.01 * rng.standard_normal(x.shape, dtype=np.float32)
    return -anp.mean(model.log_prob(x + noise))


def data(n=300, seed=1):
    x = np.random.default_rng(seed).normal(size=(n, 2))
    return np.stack([1 + 2 * x[:, 0], x[:, 0] + 0.5 * x[:, 1]], axis=1).astype(np.float32)


def equal(a, b):
    return all(np.array_equal(p, q) for p, q in zip(parameters(a).values(), parameters(b).values()))


def test_training_reaches_the_entropy_of_a_gaussian():
    m = model()
    history = train(m, noisy_loss, data(2000), np.random.default_rng(0), steps=1500, optimizer=Adam(5e-3))
    entropy = np.log(2 * np.pi * np.e) + np.log(2 * 0.5)  # ½ log det Σ = log(2 · ½)
    assert history.loss[-1][1] == pytest.approx(entropy, abs=0.08)
    assert all(theta.dtype == np.float32 for theta in parameters(m).values())


@pytest.mark.parametrize("average", [None, 0.9])
def test_a_resumed_run_is_the_uninterrupted_one_bit_for_bit(tmp_path, average):
    def run(m, rng, **more):
        optimizer = Adam(warmup_cosine(1e-2, 5, 40))
        return train(m, noisy_loss, data(), rng, batch=32, optimizer=optimizer, validation=data(50, 2), every=10,
                     average=average, **more)  # fmt: skip

    whole = model()
    one = run(whole, np.random.default_rng(7), steps=40)
    file, first, second = tmp_path / "run.npz", model(), model()
    run(first, np.random.default_rng(7), steps=20, checkpoint=file)
    two = run(second, np.random.default_rng(99), steps=40, checkpoint=file, resume=True)
    assert equal(whole, second) and one == two


@pytest.mark.parametrize("bits", [np.random.MT19937, np.random.Philox, np.random.SFC64, np.random.PCG64DXSM])
def test_a_run_resumes_with_any_of_numpys_generators(tmp_path, bits):
    def run(m, steps, **more):
        return train(m, noisy_loss, data(), np.random.Generator(bits(3)), batch=32, steps=steps, every=5, **more)

    whole, half, rest, file = model(), model(), model(), tmp_path / "run.npz"
    run(whole, 10)
    run(half, 5, checkpoint=file)
    run(rest, 10, checkpoint=file, resume=True)
    assert equal(whole, rest)


def test_a_run_is_not_continued_with_another_optimizer_or_generator(tmp_path):
    file = tmp_path / "run.npz"
    train(model(), noisy_loss, data(), np.random.default_rng(0), steps=5, checkpoint=file)
    with pytest.raises(UserError, match="made with the optimizer Adam, not SGD"):
        train(model(), noisy_loss, data(), np.random.default_rng(0), steps=9, optimizer=SGD(1e-2, 0.9),
              checkpoint=file, resume=True)  # fmt: skip
    with pytest.raises(UserError, match="made with the rng PCG64, not MT19937"):
        rng = np.random.Generator(np.random.MT19937(0))
        train(model(), noisy_loss, data(), rng, steps=9, checkpoint=file, resume=True)


@pytest.mark.parametrize("wrong", [{"batch": 0}, {"every": 0}, {"data": [[1.0, 2.0]]}])
def test_a_wrong_setting_is_one_sentence(wrong):
    settings = {"data": data(), "steps": 3} | wrong
    with pytest.raises(ValueError, match=f"{next(iter(wrong))}: expected"):
        train(model(), noisy_loss, rng=np.random.default_rng(0), **settings)


def test_the_best_model_is_kept_and_patience_ends_the_run():
    m, few = model(), data(20)
    history = train(m, noisy_loss, few, np.random.default_rng(0), steps=3000, batch=20, optimizer=Adam(3e-2),
                    validation=data(500, 2), every=20, patience=3)  # fmt: skip
    values = dict(history.validation)
    assert history.step < 3000 and history.step == history.best_step + 3 * 20
    assert history.best == min(values.values()) == mean_loss(m, noisy_loss, data(500, 2))


def test_ctrl_c_keeps_the_best_model_so_far_and_says_so(capsys, monkeypatch):
    monkeypatch.setattr("minidgm.train.PAUSE", 0.0)
    calls = []

    def loss(m, x, rng):
        calls.append(1)
        if len(calls) > 100:
            raise KeyboardInterrupt
        return noisy_loss(m, x, rng)

    m = model()
    history = train(m, loss, data(), np.random.default_rng(0), steps=1000, validation=data(50, 2), every=10,
                    validation_loss=noisy_loss)  # fmt: skip
    assert history.interrupted and 0 < history.step < 1000
    assert f"stopped at step {history.step} of 1000, goes on with the best model so far" in capsys.readouterr().err
    assert mean_loss(m, noisy_loss, data(50, 2)) == history.best


def test_ctrl_c_says_from_which_step_the_checkpoint_goes_on(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("minidgm.train.PAUSE", 0.0)
    monkeypatch.chdir(tmp_path)

    class Interrupted:
        def at_step(self, step):
            if step == 18:
                raise KeyboardInterrupt

        def __call__(self, m, x, rng):
            return noisy_loss(m, x, rng)

    train(model(), Interrupted(), data(), np.random.default_rng(0), steps=50, every=5, checkpoint="run.npz")
    assert capsys.readouterr().err.splitlines() == [
        "train: stopped at step 17 of 50, goes on with the model as it is",
        "run.npz holds step 15, from which resume=True goes on",
        "Ctrl-C once more, at once, stops everything",
    ]
    train(
        model(), Interrupted(), data(), np.random.default_rng(0), steps=17, every=5, checkpoint="run.npz", resume=True
    )


def test_a_second_ctrl_c_stops_everything(monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("minidgm.train.time.sleep", interrupt)
    with pytest.raises(KeyboardInterrupt):
        train(model(), interrupt, data(), np.random.default_rng(0), steps=3)


def test_the_same_seed_gives_the_same_numbers():
    a, b = model(), model()
    for m in (a, b):
        train(m, noisy_loss, data(), np.random.default_rng(3), steps=30)
    assert equal(a, b)


def test_tuples_of_arrays_are_cut_alike():
    seen = []

    def loss(m, batch, rng):
        x, labels = batch
        seen.append(bool(np.all(x[:, 0] == labels)))
        return -anp.mean(m.log_prob(x))

    train(model(), loss, (data(), data()[:, 0]), np.random.default_rng(0), steps=12)
    assert seen and all(seen)


def test_nothing_is_printed_in_a_pipe(capsys):
    train(model(), noisy_loss, data(), np.random.default_rng(0), steps=5)
    assert capsys.readouterr() == ("", "")


def test_models_are_saved_and_loaded_and_never_overwritten(tmp_path):
    m, other = model(), model()
    parameters(m)["flow.net.layers.0.weight"][...] = 3
    save_model(tmp_path / "m.npz", m)
    load_model(tmp_path / "m.npz", other)
    assert equal(m, other)
    with pytest.raises(UserError, match="exists already"):
        save_model(tmp_path / "m.npz", m)
    wider = FlowModel(GaussianAR(2, (17,), np.random.default_rng(0)), StandardNormal(2))
    with pytest.raises(UserError, match=r"layers.0.weight: expected shape \(2, 17\), got \(2, 16\)"):
        load_model(tmp_path / "m.npz", wider)
    (tmp_path / "bad.npz").write_bytes(b"PK\x03\x04 damaged")
    for name, sentence in [("bad.npz", "damaged"), ("none.npz", "no such file")]:
        with pytest.raises(UserError, match=sentence):
            load_model(tmp_path / name, m)


def test_what_is_wrong_is_refused_in_a_sentence(tmp_path):
    rng, x = np.random.default_rng(0), data()
    x[7, 1] = np.nan
    with pytest.raises(ValueError, match="data: expected finite numbers, got NaN or infinity in row 7"):
        train(model(), noisy_loss, x, rng, steps=1)
    with pytest.raises(ValueError, match="data: expected arrays with the same number of objects"):
        train(model(), noisy_loss, (data(), data(9)), rng, steps=1)
    with pytest.raises(FloatingPointError, match="loss: nan at step 1"):
        train(model(), lambda m, x, rng: anp.sum(m.log_prob(x)) * np.nan, data(), rng, steps=1)
    train(model(), noisy_loss, data(), rng, steps=10, every=5, checkpoint=tmp_path / "c.npz")
    with pytest.raises(UserError, match="resume=True continues it"):
        train(model(), noisy_loss, data(), rng, steps=10, checkpoint=tmp_path / "c.npz")
    with pytest.raises(UserError, match="made with 300 objects, the data has 40"):
        train(model(), noisy_loss, data(40), rng, steps=10, checkpoint=tmp_path / "c.npz", resume=True)
