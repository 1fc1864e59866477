"""`python -m benchmarks.carry`: what a file is taken for, what cannot be carried, and the peers that are there."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import carry
from benchmarks.steps import Unable, steps_of
from minidgm.checkpoint import save_model
from minidgm.distributions import StandardNormal
from minidgm.flows import (
    AffineCoupling,
    Chain,
    FlowModel,
    GaussianAR,
    Inverse,
    InverseGaussianAR,
    Logit,
    Permutation,
    checkerboard_mask,
    iaf,
    maf,
    real_nvp,
)
from minidgm.labs.training import negative_log_likelihood
from minidgm.nn import MLP
from minidgm.optim import Adam
from minidgm.tensor import parameters
from minidgm.train import train
from minidgm.vae import VAE, BernoulliDecoder, GaussianDecoder, GaussianPosterior, StandardNormalPrior

ROOT = Path(__file__).resolve().parents[2]


def shaken(model):
    """The model with noise on its parameters: as they start, flows are the identity."""
    rng = np.random.default_rng(1)
    for array in parameters(model).values():
        array += (0.2 * rng.standard_normal(array.shape)).astype(array.dtype)
    return model


def flow(make, m, *args):
    return shaken(FlowModel(make(m, *args, np.random.default_rng(0)), StandardNormal(m)))


def vae():
    rng = np.random.default_rng(0)
    encoder, decoder = MLP((12, 20, 6), rng), MLP((3, 20, 12), rng)
    return shaken(VAE(GaussianPosterior(encoder), BernoulliDecoder(decoder), StandardNormalPrior(3)))


OWN = """
import numpy as np
from minidgm.distributions import StandardNormal
from minidgm.flows import *

def make():
    rng = np.random.default_rng(0)
    white = checkerboard_mask(2, 3)
    parts = [Logit(0.05, 17), real_nvp(6, 2, (16, 8), rng, masks=[white, ~white]), Permutation([3, 1, 0, 2, 5, 4])]
    return FlowModel(Chain([*parts, GaussianAR(6, (9, 9), rng, order=[2, 0, 1, 5, 3, 4])]), StandardNormal(6))
"""


@pytest.fixture
def files(tmp_path):
    """Checkpoints by name, and a file that makes a model."""
    (tmp_path / "own.py").write_text(OWN)
    models = {
        "real_nvp": flow(real_nvp, 5, 4, (16, 8)),
        "maf": flow(maf, 4, 3, (16, 16)),
        "iaf": flow(iaf, 4, 3, (16, 16)),
        "vae": vae(),
        "own": shaken(carry.made_by(f"{tmp_path / 'own.py'}:make")),
    }
    for name, model in models.items():
        save_model(tmp_path / f"{name}.npz", model)
    return tmp_path


@pytest.mark.parametrize("name, words", [
    ("real_nvp", "real_nvp of 4 layers, hidden (16, 8), m = 5"),
    ("maf", "maf of 3 layers, hidden (16, 16), m = 4, its orders reversed in turn; an iaf has the same arrays"),
    ("vae", "a VAE, 12-20-6 and 3-20-12, Bernoulli decoder"),
])  # fmt: skip
def test_a_file_of_save_model_is_taken_for_what_it_is(files, name, words):
    model, said = carry.read(files / f"{name}.npz", None)
    assert words in said
    original = {"real_nvp": lambda: flow(real_nvp, 5, 4, (16, 8)), "maf": lambda: flow(maf, 4, 3, (16, 16)), "vae": vae}
    ones, found, wanted = np.ones((5, 12), np.float32), parameters(model), parameters(original[name]())
    assert all(np.array_equal(found[key], wanted[key]) for key in wanted)
    if name == "vae":
        np.testing.assert_array_equal(model.decoder.log_prob(ones, ones[:, :3]),
                                      original[name]().decoder.log_prob(ones, ones[:, :3]))  # fmt: skip
    else:
        x = ones[:, : model.flow.m]
        np.testing.assert_array_equal(model.log_prob(x), original[name]().log_prob(x))


def test_of_a_training_the_best_model_is_taken(tmp_path):
    rng = np.random.default_rng(0)
    model = flow(maf, 2, 1, (8,))
    x = rng.standard_normal((64, 2)).astype(np.float32)
    train(model, negative_log_likelihood, x, rng, steps=6, batch=16, optimizer=Adam(1e-2), validation=x, every=2,
          checkpoint=tmp_path / "run.npz", name="test")  # fmt: skip
    found, said = carry.read(tmp_path / "run.npz", None)
    assert "the best so far of a training" in said
    np.testing.assert_array_equal(found.log_prob(x), model.log_prob(x))  # train leaves the best one behind


@pytest.mark.parametrize("argv, sentence", [
    (["nowhere.npz", "zuko"], "nowhere.npz: no such file"),
    (["own.npz", "zuko"], "neither a flow of `minidgm.flows.named` nor a VAE; say what makes the model, with --model"),
    (["own.npz", "zuko", "--model", "own.py:nothing"], "makes no model (AttributeError"),
    (["maf.npz", "zuko", "--model", "own.py:make"], "belongs to another model"),
    (["maf.npz", "zuko", "--model", "real_nvp"], "--model real_nvp does not fit: its nets have 4 inputs, for m = 4"),
    (["maf.npz", "zuko", "--model", "glow"], "expected real_nvp, maf, iaf, vae or FILE.py:FUNCTION"),
    (["maf.npz", "torch"], "torch: has no flow of its own; jax or zuko or nflows or normflows can take it"),
    (["vae.npz", "nflows"], "nflows: has no VAE of its own; jax or torch can take it"),
    (["maf.npz", "zuko", "--data", "own.py"], "not an array of numpy's"),
])  # fmt: skip
def test_what_cannot_be_carried_is_one_sentence(files, monkeypatch, capsys, argv, sentence):
    monkeypatch.chdir(files)
    assert carry.main(argv) == 2
    err = capsys.readouterr().err
    assert sentence in err and err.count("\n") == 1 and "Traceback" not in err


def test_a_peer_that_is_not_installed_is_one_sentence(files, monkeypatch, capsys):
    monkeypatch.delitem(sys.modules, "benchmarks.peers.zuko", raising=False)
    monkeypatch.setitem(sys.modules, "zuko", None)
    monkeypatch.setitem(sys.modules, "torch", None)
    assert carry.main([str(files / "maf.npz"), "zuko"]) == 2
    assert "is not installed here; pip install -e '.[bench]'" in capsys.readouterr().err


def test_parts_that_no_peer_has_are_named():
    rng = np.random.default_rng(0)
    for part, sentence in (
        (Inverse(GaussianAR(2, (4,), rng)), "Inverse: no peer has such a flow"),
        (GaussianAR(2, (4,), rng, context=3), "a flow with a context"),
        (AffineCoupling(2, (4,), rng, context=3), "a flow with a context"),
    ):
        with pytest.raises(Unable, match=sentence):
            steps_of(Chain([part]))
    decoder = GaussianDecoder(MLP((2, 4, 5), rng))
    model = VAE(GaussianPosterior(MLP((5, 4, 4), rng)), decoder, StandardNormalPrior(2))
    with pytest.raises(Unable, match="GaussianDecoder: of VAEs only those of GaussianPosterior, BernoulliDecoder"):
        carry.vae_pair(model, "torch", None)


def test_the_steps_are_the_flow():
    """Written out step by step in numpy, they give the same latent points and log-determinants."""
    rng = np.random.default_rng(0)
    white = checkerboard_mask(2, 2)
    parts = [Logit(0.05, 4), real_nvp(4, 2, (8,), rng, masks=[white, ~white]), Permutation([3, 1, 0, 2]),
             GaussianAR(4, (8,), rng, order=[2, 0, 1, 3]), InverseGaussianAR(4, (8,), rng)]  # fmt: skip
    model = shaken(FlowModel(Chain(parts), StandardNormal(4))).astype(np.float64)
    x = 4 * rng.random((6, 4))
    z, total = x, np.zeros(6)
    for step in steps_of(model.flow):
        z, log_det = numpy_step(step, z)
        total = total + log_det
    wanted, log_det = model.flow.f(x)
    np.testing.assert_allclose(z, wanted, atol=1e-11)
    np.testing.assert_allclose(total, log_det, atol=1e-11)


def numpy_step(step, x):
    def net(x):
        for k, (weight, bias, mask) in enumerate(step.net):
            x = (np.maximum(x, 0) if k else x) @ (weight if mask is None else weight * mask) + bias
        mu, a = np.split(x, 2, axis=1)
        return mu, a / (1 + np.abs(a) / 3)

    if step.kind == "affine":
        return (x - step.mu) * np.exp(-step.log_sigma), -step.log_sigma.sum()
    if step.kind == "logit":
        slope = (1 - 2 * step.alpha) / step.levels
        s = step.alpha + slope * x
        return np.log(s / (1 - s)), np.sum(np.log(slope / s / (1 - s)), axis=1)
    if step.kind == "permutation":
        return x[:, step.order], 0.0
    z = x.copy()
    if step.kind == "coupling":
        mu, log_sigma = net(x[:, step.mask])
        z[:, ~step.mask] = (x[:, ~step.mask] - mu) * np.exp(-log_sigma)
        return z, -log_sigma.sum(axis=1)
    for _ in range(step.m if step.kind == "inverse_ar" else 1):
        mu, log_sigma = net(x if step.kind == "ar" else z)
        z = (x - mu) * np.exp(-log_sigma)
    return z, -log_sigma.sum(axis=1)


PAIRS = [
    *(("real_nvp", peer) for peer in ("jax", "zuko", "nflows", "normflows")),
    *(("maf", peer) for peer in ("jax", "zuko", "nflows")),
    *(("iaf", peer) for peer in ("jax", "zuko", "nflows")),
    *(("own", peer) for peer in ("jax", "zuko", "nflows")),
    *(("vae", peer) for peer in ("jax", "torch")),
]


@pytest.mark.parametrize("name, peer", PAIRS)
def test_both_sides_give_the_same_log_likelihoods(files, name, peer):
    pytest.importorskip(peer)
    model = {"iaf": ["--model", "iaf"], "own": ["--model", "own.py:make"]}.get(name, [])
    done = subprocess.run([sys.executable, "-m", "benchmarks.carry", f"{name}.npz", peer, *model], cwd=files,
                          env={"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "PATH": "/usr/bin"},
                          capture_output=True, text=True)  # fmt: skip
    assert done.returncode == 0 and "the same function" in done.stdout, done.stdout + done.stderr


def test_a_difference_is_status_1(files, monkeypatch, capsys):
    def theirs(model, peer, x):
        return np.zeros(3), np.array([0.0, 0.0, 1e-3])

    monkeypatch.setattr(carry, "flow_pair", theirs)
    assert carry.main([str(files / "maf.npz"), "zuko"]) == 1
    assert "largest difference 0.001 nats: NOT the same" in capsys.readouterr().out
