"""Do the tests notice? Small changes to the engine's formulas, one at a time, each of which some test must catch.

    python tests/mutate.py                   # 200 changes from seed 0, about half an hour on two cores
    python tests/mutate.py --changes 20 --seed 1 --files 'flows/*.py'

A change is a sign, an operator, the strictness of an inequality, a constant, an axis or an index. It is made in a copy
of the tree, where the tests that mirror the file run first, then all of the engine's; the first failure ends it. The
changes that no test catches are listed, and their reasons stand in docs/trust.md.
"""

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("tensor", "functional.py", "fast", "nn", "flows", "distributions.py", "discrete", "vae", "optim.py")
COPIED = ("minidgm", "tests", "solutions", "exercises", "setup.cfg")
SECONDS = 600  # a change that makes the tests hang is caught, too
ARITHMETIC = {ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*"), ast.Pow: ("**", "*")}
COMPARISONS = {ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"), ast.Gt: (">", ">="), ast.GtE: (">=", ">")}


class Change(NamedTuple):
    """One small change: the characters from start to end of the file become `new`."""

    path: Path
    line: int
    start: int
    end: int
    old: str
    new: str

    def __str__(self):
        text = (ROOT / self.path).read_text(encoding="utf-8").splitlines()[self.line - 1].strip()
        return f"{self.path}:{self.line}  {self.old} → {self.new}   in   {text}"


def changes(path: Path) -> Iterator[Change]:
    """Every change that can be made to the formulas of one file; sentences of errors and annotations are none."""
    source = path.read_text(encoding="utf-8")
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    lines = source.splitlines()

    def place(line: int, column: int) -> int:  # ast counts columns in bytes
        return starts[line - 1] + len(lines[line - 1].encode()[:column].decode())

    def change(line: int, start: int, end: int, new: str) -> Change:
        return Change(path.relative_to(ROOT), line, start, end, source[start:end], new)

    def between(left: ast.expr, right: ast.expr, old: str, new: str) -> Iterator[Change]:
        assert left.end_lineno is not None and left.end_col_offset is not None
        start, end = place(left.end_lineno, left.end_col_offset), place(right.lineno, right.col_offset)
        at = source.find(old, start, end)
        if at >= 0:
            yield change(source.count("\n", 0, at) + 1, at, at + len(old), new)

    def walk(node: ast.AST) -> Iterator[Change]:
        if isinstance(node, ast.Raise | ast.JoinedStr | ast.AnnAssign | ast.Assert):
            return
        if isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
            yield from between(node.left, node.right, *ARITHMETIC[type(node.op)])
        if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARISONS:
            yield from between(node.left, node.comparators[0], *COMPARISONS[type(node.ops[0])])
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            start = place(node.lineno, node.col_offset)
            yield change(node.lineno, start, start + 1, "")
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            new = {0: "1", 1: "0"}.get(node.value) or repr(type(node.value)(node.value * 1.5))
            start = place(node.lineno, node.col_offset)
            yield change(node.lineno, start, place(node.end_lineno or 0, node.end_col_offset or 0), new)
        for name, child in ast.iter_fields(node):
            if name not in ("annotation", "returns", "decorator_list"):
                for part in child if isinstance(child, list) else [child]:
                    if isinstance(part, ast.AST):
                        yield from walk(part)

    yield from walk(ast.parse(source))


def tests_of(path: Path) -> list[str]:
    """The tests to run, those that mirror the file first: flows/coupling.py is tested in tests/engine/flows."""
    part = path.parts[1].removesuffix(".py")
    mirrors = [name for name in (f"tests/engine/{part}", f"tests/engine/test_{part}.py") if (ROOT / name).exists()]
    return [*mirrors, "tests/engine"]


def caught_by(change: Change, tree: Path) -> str:
    """The first line that names a failed test, "" where all pass; the copy `tree` is as it was afterwards."""
    target, environment = tree / change.path, os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"}
    whole = target.read_text(encoding="utf-8")
    target.write_text(whole[: change.start] + change.new + whole[change.end :], encoding="utf-8")
    try:
        for tests in tests_of(change.path):
            command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider", tests]
            try:
                run = subprocess.run(
                    command, cwd=tree, env=environment, capture_output=True, text=True, timeout=SECONDS
                )
            except subprocess.TimeoutExpired:
                return f"no end after {SECONDS} s"
            if run.returncode:
                found = [line for line in run.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
                return found[0] if found else f"exit status {run.returncode}"
        return ""
    finally:
        target.write_text(whole, encoding="utf-8")


def main() -> int:
    """Make the changes, print which were caught; 1 when fewer than 95 % were."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--changes", type=int, default=200, metavar="N")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--files", metavar="PATTERN", help="only files of minidgm/ that match, as in 'flows/*.py'")
    options = parser.parse_args()
    files = [f for part in PARTS for f in sorted((ROOT / "minidgm").glob(f"{part}/*.py" if "." not in part else part))]
    files = [f for f in files if options.files is None or f.match(f"minidgm/{options.files}")]
    every = [change for path in files for change in changes(path)]
    chosen = random.Random(options.seed).sample(every, min(options.changes, len(every)))
    with tempfile.TemporaryDirectory() as folder:
        trees: Queue[Path] = Queue()
        for k in range(options.jobs):
            trees.put(tree := Path(folder, str(k)))
            tree.mkdir()
            for name in COPIED:
                copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
                copy(ROOT / name, tree / name)

        def tried(change: Change) -> tuple[Change, str]:
            tree = trees.get()
            try:
                return change, caught_by(change, tree)
            finally:
                trees.put(tree)

        survivors = []
        with ThreadPoolExecutor(options.jobs) as pool:
            for done, (change, catcher) in enumerate(pool.map(tried, chosen), 1):
                if not catcher:
                    survivors.append(change)
                print(f"{done:>4}  {'caught' if catcher else 'SURVIVED'}  {change}", flush=True)
    caught = len(chosen) - len(survivors)
    print(f"\n{caught} of {len(chosen)} changes caught ({caught / len(chosen):.1%}), of {len(every)} possible ones.")
    for change in survivors:
        print(f"  {change}")
    return 0 if caught >= 0.95 * len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
