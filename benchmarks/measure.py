"""Peers in processes of their own, taking turns: a round gives each of them a short while, in an order that changes.

What the machine does besides is then felt by all alike, and the ratio is taken inside each round.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path

import numpy as np

PEERS = ["minidgm", "torch", "torch-fused", "torch_broadcast", "zuko", "zuko-fused", "nflows", "nflows-fused"]
PEERS += ["normflows", "normflows-fused", "jax"]
PAUSE = 0.05  # seconds between two turns: BLAS threads go on spinning for a while after their last product
SLOW, FEW = 1.0, 3  # a run longer than so many seconds is repeated so many times only,
LONG = 5.0  # and one longer than this once
TRAINING = ("ar", "coupling", "vae")


class Failed(Exception):
    """A peer's process ended; the message says where its own words are."""


class Peer:
    """A peer's process, and what it has answered."""

    def __init__(self, name: str, threads: int):
        self.name = name
        counts = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        environment = os.environ | dict.fromkeys(counts, str(threads)) | {"JAX_PLATFORMS": "cpu"}
        self.log = tempfile.NamedTemporaryFile("w+", suffix=f"-{name}.log", delete=False)
        command = [sys.executable, "-m", "benchmarks.worker", name, str(threads)]
        root = Path(__file__).parent.parent
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": self.log}
        self.process = subprocess.Popen(command, env=environment, cwd=root, text=True, **pipes)
        self.about = self.ask("hello")
        self.first = None  # seconds of the first run, where asking for the outputs was one

    def ask(self, request: str) -> dict:
        try:
            self.process.stdin.write(request + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise Failed(f"{self.name}: its process ended at `{request}`; its last words are in {self.log.name}")
        return json.loads(line)

    def outputs(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "outputs.npy"
            self.first = self.ask(f"outputs {path}").get("first")
            return np.load(path)

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()
        self.log.close()


def installed() -> tuple[list, list]:
    """Names of the peers that can be run here, and of those that cannot."""
    here = [name for name in PEERS if find_spec(re.split("[-_]", name)[0])]
    return here, [name for name in PEERS if name not in here]


def measure(problem, peers: list, rounds: int, seconds: float) -> dict:
    """Everything about one problem: {peer: {"rounds": [each round's median, in s], "first", "memory", ...}}.

    Raises AssertionError where a peer does not compute what minidgm computes.
    """
    load = f"load {json.dumps(asdict(problem))}"
    trains = problem.kind in TRAINING
    peers = [peer for peer in peers if trains or not peer.name.endswith("-fused")]
    taking_part = [peer for peer in peers if peer.ask(load)["offered"]]
    result = {peer.name: {"rounds": [], "torch": peer.about["torch"]} for peer in taking_part}
    check(problem, taking_part, result)
    for peer in taking_part:
        result[peer.name] |= peer.ask("first") if peer.first is None else {"first": peer.first}
    for turn in range(rounds):
        for peer in rotated(taking_part, turn):
            row = result[peer.name]
            if len(row["rounds"]) >= enough(row["rounds"], rounds):
                continue
            time.sleep(PAUSE)
            row["rounds"].append(float(np.median(peer.ask(f"run {seconds}")["seconds"])))
    for peer in taking_part:
        result[peer.name] |= peer.ask("memory")
    return result


def check(problem, peers, result) -> None:
    """All outputs equal to minidgm's, relative to the largest: same weights, same function."""
    wanted = peers[0].outputs()
    assert np.all(np.isfinite(wanted)), f"{problem.name}: minidgm's outputs are not finite"
    for peer in peers:
        got = peer.outputs()
        assert got.shape == wanted.shape, f"{problem.name}: {peer.name} gives shape {got.shape}, not {wanted.shape}"
        difference = float(np.max(np.abs(got - wanted)) / np.max(np.abs(wanted)))
        result[peer.name]["difference"] = difference
        assert difference <= problem.tolerance, (
            f"{problem.name}: {peer.name} differs by {difference:.1e} of the largest"
        )


def enough(done: list, rounds: int) -> int:
    """How many rounds a peer takes part in, by how long its runs are."""
    longest = max(done, default=0)
    return 1 if longest > LONG else min(FEW, rounds) if longest > SLOW else rounds


def rotated(items, turn: int):
    k = turn % len(items)
    return items[k:] + items[:k]
