"""Take a model trained here to another library; both give the same densities.

    python -m benchmarks.carry CHECKPOINT PEER [--model MODEL] [--data FILE.npy]

CHECKPOINT is a file of `save_model`, or of a training (its best model so far).
Such a file holds numbers, not what they belong to: MODEL says that. It is
real_nvp, maf, iaf or vae (as `minidgm.flows` and `minidgm.vae` make them;
without it, what fits the file), or FILE.py:FUNCTION, a function of your own
without arguments that makes the model.

    jax        couplings, AR and inverse AR flows, the VAE
    torch      the VAE: Gaussian posterior, Bernoulli decoder, N(0, I)
    zuko       couplings, AR and inverse AR flows
    nflows     the same; in AR flows hidden layers of one width
    normflows  couplings

Couplings may have any mask, AR flows any order; ActNorm, Logit and Permutation
come along. Both sides compute in float64. Exit status 0 where they agree to
1e-6 nats, 1 where they do not, 2 where something cannot be carried.
"""

import argparse
import importlib
import importlib.util
import re
import sys
import textwrap
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.steps import Unable, net_of, steps_of
from minidgm.checkpoint import load_arrays, set_arrays
from minidgm.distributions import StandardNormal
from minidgm.errors import UserError
from minidgm.flows import FlowModel, iaf, maf, real_nvp
from minidgm.nn import MLP
from minidgm.vae import VAE, BernoulliDecoder, GaussianPosterior, StandardNormalPrior

PEERS = ("jax", "torch", "zuko", "nflows", "normflows")
NAMED = {"real_nvp": real_nvp, "maf": maf, "iaf": iaf}
TOLERANCE = 1e-6  # nats, or of log p where that is larger; in float64
OBJECTS = 256


def main(argv: list[str] | None = None) -> int:
    """Carry one model; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.carry", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("checkpoint", type=Path, metavar="CHECKPOINT", help="a file of save_model or of a training")
    parser.add_argument("peer", choices=PEERS, metavar="PEER", help=", ".join(PEERS))
    parser.add_argument("--model", metavar="MODEL", help="real_nvp, maf, iaf, vae, or FILE.py:FUNCTION")
    parser.add_argument("--data", type=Path, metavar="FILE.npy", help="objects (n, m) to compare on (default: samples)")
    args = parser.parse_args(argv)
    try:
        return carry(args.checkpoint, args.peer, args.model, args.data)
    except (UserError, Unable) as error:
        print(f"carry: {error}", file=sys.stderr)
        return 2


def carry(checkpoint: Path, peer: str, name: str | None, data: Path | None) -> int:
    """Rebuild the model here and there, compare, and say how far they are from each other."""
    model, words = read(checkpoint, name)
    model = model.astype(np.float64)
    print(textwrap.fill(f"{checkpoint}: {words}", 80, break_on_hyphens=False))
    compare = vae_pair if isinstance(model, VAE) else flow_pair
    ours, theirs = compare(model, peer, None if data is None else objects(data))
    difference = float(np.max(np.abs(ours - theirs)))
    label = "ELBO" if isinstance(model, VAE) else "log p(x)"
    print(f"{'object':>8}{'minidgm':>16}{peer:>16}   {label}, nats")
    for k in range(min(4, len(ours))):
        print(f"{k + 1:>8}{ours[k]:>16.6f}{theirs[k]:>16.6f}")
    same = bool(np.all(np.abs(ours - theirs) <= TOLERANCE * np.maximum(1, np.abs(ours))))
    verdict = "the same function" if same else f"NOT the same: more than {TOLERANCE:g}"
    print(f"{len(ours)} objects, largest difference {difference:.2g} nats: {verdict}")
    return 0 if same else 1


# ------------------------------------------------------------------ reading


def read(checkpoint: Path, name: str | None) -> tuple[Any, str]:
    """The model of a file, and what it was taken for. Raises UserError, one sentence, for what cannot be read."""
    found, which = weights(load_arrays(checkpoint))
    if name and ":" in name:
        model, words = made_by(name), f"the model that {name} makes"
    else:
        model, words = named(found, name, checkpoint)
    set_arrays(model, found, checkpoint)
    return model, words + which


def weights(found: dict[str, np.ndarray]) -> tuple[dict[str, np.ndarray], str]:
    """The model's arrays; of a training those that it would return: the best, else the averaged, else the last."""
    groups: dict[str, dict] = {}
    for key, array in found.items():
        group, _, member = key.partition("/")
        if member:
            groups.setdefault(group, {})[member] = array
    for group, words in (("best", "the best so far"), ("average", "the averaged"), ("model", "the last")):
        if groups.get(group):
            return groups[group], f", {words} of a training"
    return found, ""


def made_by(name: str) -> Any:
    """The model that a user's FILE.py:FUNCTION makes."""
    path, _, function = name.rpartition(":")
    try:
        spec = importlib.util.spec_from_file_location("carried_model", path)
        module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
        spec.loader.exec_module(module)  # type: ignore[union-attr]
        return getattr(module, function)()
    except Exception as error:
        raise UserError(f"--model {name}: makes no model ({type(error).__name__}: {error})") from error


def named(found: dict[str, np.ndarray], name: str | None, checkpoint: Path) -> tuple[Any, str]:
    """The model of a file by the shapes of its arrays."""
    ask = "say what makes the model, with --model FILE.py:FUNCTION"
    rng = np.random.default_rng(0)
    if name not in (None, "vae", *NAMED):
        raise UserError(f"--model {name}: expected real_nvp, maf, iaf, vae or FILE.py:FUNCTION")
    encoder, decoder = sizes(found, "posterior.encoder."), sizes(found, "decoder.net.")
    if encoder and decoder:
        if decoder[-1] != encoder[0] or any(key.split(".")[1] not in ("encoder", "net") for key in found):
            raise Unable(f"{checkpoint}: not a VAE of a Gaussian posterior, Bernoulli decoder and N(0, I); {ask}")
        vae = VAE(GaussianPosterior(MLP(encoder, rng)), BernoulliDecoder(MLP(decoder, rng)),
                  StandardNormalPrior(decoder[0]))  # fmt: skip
        return vae, f"a VAE, {'-'.join(map(str, encoder))} and {'-'.join(map(str, decoder))}, Bernoulli decoder"
    layers = flow_layers(found)
    if not layers or "flow.flows.0.mu" not in found:
        raise Unable(f"{checkpoint}: neither a flow of `minidgm.flows.named` nor a VAE; {ask}")
    m = len(found["flow.flows.0.mu"])
    widths = sizes(found, f"flow.flows.{layers[0]}.net.")
    coupling = widths[0] < m
    kind = name or ("real_nvp" if coupling else "maf")
    if kind == "vae" or coupling != (kind == "real_nvp"):
        raise UserError(f"{checkpoint}: --model {kind} does not fit: its nets have {widths[0]} inputs, for m = {m}")
    model = FlowModel(NAMED[kind](m, len(layers), widths[1:-1], rng), StandardNormal(m))
    assumed = "its masks the two halves in turn" if coupling else "its orders reversed in turn"
    other = "; an iaf has the same arrays: --model iaf" if name is None and not coupling else ""
    return model, f"{kind} of {len(layers)} layers, hidden {tuple(widths[1:-1])}, m = {m}, {assumed}{other}"


def flow_layers(found: dict[str, np.ndarray]) -> list[int]:
    """The places of the layers with a net in a chain."""
    places = (re.match(r"flow\.flows\.(\d+)\.net\.layers\.0\.weight$", key) for key in found)
    return sorted(int(place[1]) for place in places if place)


def sizes(found: dict[str, np.ndarray], prefix: str) -> list[int]:
    """(inputs, hidden..., outputs) of the net below a prefix; [] if there is none."""
    shapes, k = [], 0
    while (weight := found.get(f"{prefix}layers.{k}.weight")) is not None and weight.ndim == 2:
        shapes.append(weight.shape)
        k += 1
    return [shapes[0][0], *(shape[1] for shape in shapes)] if shapes else []


def objects(path: Path) -> np.ndarray:
    """The data to compare on."""
    try:
        x = np.load(path, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise UserError(f"--data {path}: not an array of numpy's ({error})") from error
    if x.ndim != 2 or x.dtype.kind not in "fiub":
        raise UserError(f"--data {path}: expected numbers of shape (n, m), got {x.dtype} of shape {x.shape}")
    return x.astype(np.float64)


# ------------------------------------------------------------------ both sides


def flow_pair(model: Any, peer: str, x: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """log p(x) of a flow here and there."""
    if not isinstance(model, FlowModel) or not isinstance(model.base, StandardNormal):
        raise Unable(f"{type(model).__name__}: only a FlowModel on a StandardNormal, or a VAE, can be carried")
    steps = steps_of(model.flow)
    theirs = module_of(peer, "flow").carried_flow(steps)
    if x is None:
        x = model.sample(np.random.default_rng(0), OBJECTS)
        for step in steps[:1]:
            x = np.clip(x, 0, step.levels) if step.kind == "logit" else x  # samples may lie where no pixel is
    return scored(model.log_prob, x), np.asarray(theirs(x), np.float64)


def scored(log_prob, x: np.ndarray) -> np.ndarray:
    """Our own log p(x), float64; UserError where the data are not the model's."""
    try:
        return np.asarray(log_prob(x), np.float64)
    except ValueError as error:
        raise UserError(f"--data: {error}") from error


def vae_pair(model: VAE, peer: str, x: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """The ELBO of a VAE here and there, at the same noise; with it log p(x), and all that is estimated from both."""
    kinds = (GaussianPosterior, BernoulliDecoder, StandardNormalPrior)
    for part, kind in zip((model.posterior, model.decoder, model.prior), kinds):
        if type(part) is not kind:
            raise Unable(f"{type(part).__name__}: of VAEs only those of {', '.join(k.__name__ for k in kinds)} can be "
                         "carried")  # fmt: skip
    encoder, decoder = net_of(model.posterior.encoder), net_of(model.decoder.net)
    theirs = module_of(peer, "VAE").carried_vae(encoder, decoder)
    rng = np.random.default_rng(0)
    x = model.sample(rng, OBJECTS).astype(np.float64) if x is None else x
    eps = rng.standard_normal((len(x), model.prior.m))

    def elbo(x):
        z, log_q = model.posterior.reparameterize(x, eps)
        return model.decoder.log_prob(x, z) + model.prior.log_prob(z) - log_q

    return scored(elbo, x), np.asarray(theirs(x, eps), np.float64)


def module_of(peer: str, what: str) -> Any:
    """The peer's module. Raises Unable where it offers nothing of the kind, UserError where it is not installed."""
    offered = {"flow": ("jax", "zuko", "nflows", "normflows"), "VAE": ("jax", "torch")}
    if peer not in offered[what]:
        raise Unable(f"{peer}: has no {what} of its own; {' or '.join(offered[what])} can take it")
    try:
        return importlib.import_module(f"benchmarks.peers.{peer}")
    except ModuleNotFoundError as error:
        raise UserError(f"{peer}: {error.name} is not installed here; pip install -e '.[bench]'") from error


if __name__ == "__main__":
    sys.exit(main())
