"""The waits that people feel: whole commands, timed from outside, this tree and another one in turn.

    python -m benchmarks.waits                      # medians of this tree
    python -m benchmarks.waits --against ../old     # and those of another checkout, with the ratio run by run
    python -m benchmarks.waits --long               # also tour, book, the test suite, and the memory of two large runs

Each command runs in a fresh folder to work in, with the answers of solutions/; the first run of each is not counted.
Memory is the largest that the process had at any time, numpy and all.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

MEMORY = {
    "import minidgm.flows": "import minidgm.flows",
    "three steps of a MAF, 5 × (512, 512), m = 63, n = 256": """
import autograd.numpy as np, numpy
from minidgm.distributions import StandardNormal
from minidgm.flows import FlowModel, maf
from minidgm.optim import Adam
from minidgm.tensor import value_and_grad
rng = numpy.random.default_rng(0)
model, x, adam = FlowModel(maf(63, 5, (512, 512), rng), StandardNormal(63)), rng.random((256, 63), "f"), Adam()
for _ in range(3):
    adam.step(model, value_and_grad(lambda model: -np.mean(model.log_prob(x)))(model)[1])
""",
    "mutual information of 60,000 objects, d = 40": """
import numpy
from minidgm.vae import mutual_information
rng = numpy.random.default_rng(0)
mutual_information(*(rng.random((60_000, 40), "f") for _ in range(2)), rng.standard_normal((1, 60_000, 40), "f"))
""",
}
HERE = Path(__file__).resolve().parents[1]


class Wait(NamedTuple):
    """A command, how often it is timed, and the goal in seconds (None: no goal)."""

    name: str
    command: tuple[str, ...]
    runs: int
    goal: float | None


def waits(tree: Path, long: bool) -> list[Wait]:
    """All commands that a tree has; `long` adds those of a minute and more."""
    minidgm = ("-m", "minidgm")
    found = [
        Wait("import minidgm.flows", ("-c", "import minidgm.flows"), 9, None),
        Wait("minidgm next", (*minidgm, "next"), 9, 0.15),
        Wait("minidgm status", (*minidgm, "status"), 9, 0.15),
        Wait("minidgm map", (*minidgm, "map"), 9, 0.15),
    ]
    stems = sorted(path.stem for path in (tree / "solutions").glob("ex*.py"))
    found += [Wait(f"check {stem[2:4]}", (*minidgm, "check", stem[2:4]), 3, None) for stem in stems]
    numbers = [stem[2:4] for stem in stems]
    found += [Wait("check of all", (*minidgm, "check", *numbers), 3, 12.0)]
    if long:
        found += [
            Wait("minidgm tour", (*minidgm, "tour"), 1, 180.0),
            Wait("minidgm book", (*minidgm, "book", "--out", "book.html"), 1, None),
            Wait("pytest", ("-m", "pytest", "-q", "-p", "no:cacheprovider", str(tree)), 1, 70.0),
        ]
    return found


class Tree:
    """A checkout, and a folder in which its commands run: a copy of its exercises, all answered."""

    def __init__(self, root: Path, folder: Path):
        self.root, self.folder = root, folder
        for name in ("exercises", "solutions", "tests/exercises"):
            target = folder / name
            target.mkdir(parents=True)
            source = root / ("solutions" if name == "exercises" else name)
            for path in source.glob("*.py"):
                (target / path.name).write_bytes(path.read_bytes())

    def seconds(self, wait: Wait) -> float | None:
        """One run's seconds on the clock; None where the command fails (an older tree may not have it)."""
        shutil.rmtree(self.folder / ".minidgm", ignore_errors=True)  # what is known to be right is not graded again
        environment = os.environ | {"PYTHONPATH": str(self.root)}
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, *wait.command], cwd=self.folder, env=environment, capture_output=True, check=False
        )
        return time.perf_counter() - start if done.returncode == 0 else None


def mib(code: str, tree: Tree) -> float | None:
    """The most memory that a process had while it ran some code, in MiB; None where it fails."""
    environment = os.environ | {"PYTHONPATH": str(tree.root)}
    process = subprocess.Popen([sys.executable, "-c", code], cwd=tree.folder, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    return usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10) if status == 0 else None


def measure(wait: Wait, trees: list[Tree]) -> list[list[float | None]]:
    """Seconds of each run of each tree, in turn, without the first."""
    rounds = [[tree.seconds(wait) for tree in trees] for _ in range(wait.runs + (wait.runs > 1))]
    return [list(column) for column in zip(*rounds[wait.runs > 1 :])]


def row(name: str, columns: list[list[float | None]], goal: float | None) -> str:
    """A line of the table: medians, the ratio within each round, the goal."""
    medians = [None if None in column else statistics.median(s for s in column if s) for column in columns]
    cells = ["—" if median is None else f"{median:.2f}" for median in medians]
    if len(columns) == 2:
        ratios = [there / here for here, there in zip(*columns) if here and there]
        cells.append(f"{statistics.median(ratios):.2f}" if ratios else "—")
    cells.append("" if goal is None else f"{goal:g}")
    return f"| {name} | {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.waits", description=__doc__.split("\n")[0])
    parser.add_argument("--against", type=Path, metavar="DIR", help="another checkout, timed in turn with this one")
    parser.add_argument("--long", action="store_true", help="also tour, book and the test suite: some minutes each")
    options = parser.parse_args()
    roots = [HERE] + ([options.against.resolve()] if options.against else [])
    with tempfile.TemporaryDirectory() as folder:
        trees = [Tree(root, Path(folder, str(k))) for k, root in enumerate(roots)]
        heads = ["command", "seconds", *(["before", "before / now"] if len(roots) == 2 else []), "goal"]
        print(f"| {' | '.join(heads)} |\n|---|{'--:|' * (len(heads) - 1)}")
        checks: list[list[list[float | None]]] = []
        for wait in waits(HERE, options.long):
            columns = measure(wait, trees)
            if wait.name.startswith("check ") and wait.name != "check of all":
                checks.append(columns)
            else:
                print(row(wait.name, columns, wait.goal), flush=True)
        medians = [[[statistics.median(s or 0 for s in column)] for column in columns] for columns in checks]
        for name, pick, goal in (("median", statistics.median, 0.5), ("worst", max, 1.5)):
            picked = [[pick([columns[k][0] for columns in medians])] for k in range(len(roots))]
            print(row(f"check NN of a right answer, {name} of {len(checks)}", picked, goal), flush=True)
        if options.long:
            print(f"\n| memory, MiB | now |{' before |' * (len(roots) - 1)}\n|---|{'--:|' * len(roots)}")
            for name, code in MEMORY.items():
                found = [mib(code, tree) for tree in trees]
                print(f"| {name} | {' | '.join('—' if m is None else f'{m:,.0f}' for m in found)} |", flush=True)


if __name__ == "__main__":
    main()
