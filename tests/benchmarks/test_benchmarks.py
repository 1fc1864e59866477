"""The benchmark itself: it runs with no peer installed, refuses unequal outputs, and takes ratios within rounds."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))  # benchmarks/ is not part of the installed package

from benchmarks import measure, report  # noqa: E402
from benchmarks.problems import PROBLEMS, Problem, inputs  # noqa: E402

PROBLEM = Problem("tiny", "ar", "a tiny MAF", 8, 3, (5,), 2)


class FakePeer:
    """A peer that says what it is told to."""

    def __init__(self, name, outputs, seconds=1.0, offered=True):
        self.name, self.about = name, {"torch": name == "torch"}
        self.values, self.seconds, self.offered = np.array(outputs), seconds, offered

    def outputs(self):
        self.first = None
        return self.values

    def ask(self, request):
        return {"offered": self.offered, "first": 2.0, "seconds": [self.seconds], "memory": 1.0}


def test_the_command_runs_without_any_peer_and_writes_its_results(tmp_path):
    command = [sys.executable, "-m", "benchmarks", "--quick", "--rounds", "1", "--threads", "1", "--only", "maf-2"]
    done = subprocess.run([*command, "--peers", "none", "--out", tmp_path], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "not installed" in done.stdout and "MAF step" in (tmp_path / "results.md").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "results.json").read_text())["maf-2"]["minidgm"]["difference"] == 0


def test_a_peer_that_computes_something_else_ends_the_run():
    ours, theirs = FakePeer("minidgm", [1.0, 2.0]), FakePeer("torch", [1.0, 2.1])
    with pytest.raises(AssertionError, match="tiny: torch differs by 5.0e-02"):
        measure.measure(PROBLEM, [ours, theirs], rounds=1, seconds=0)


def test_ratios_are_taken_in_each_round_and_the_fastest_torch_peer_is_found():
    peers = [FakePeer("minidgm", [1.0]), FakePeer("torch", [1.0], seconds=3.0), FakePeer("jax", [1.0], offered=False)]
    result = measure.measure(PROBLEM, peers, rounds=4, seconds=0)
    assert (
        result["torch"]["rounds"] == [3.0, 3.0, 3.0] and len(result["minidgm"]["rounds"]) == 4 and "jax" not in result
    )
    assert report.fastest(result, result["minidgm"], fused=True) == (3.0, "torch")


def test_every_problem_has_the_same_inputs_each_time_in_float32():
    for problem in PROBLEMS:
        if problem.n * problem.m > 10**5:
            continue
        first, second = inputs(problem), inputs(problem)
        for name, value in first.items():
            if name == "nets":
                value, second[name] = (
                    [a for net in d[name] for layer in net for a in layer[:2]] for d in (first, second)
                )
            for a, b in zip(value, second[name]):
                assert np.array_equal(a, b) and a.dtype in (np.float32, np.int64)
