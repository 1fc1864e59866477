"""Do the tests notice? Small changes to the engine's formulas, one at a time, each of which some test must catch.

    python tests/mutate.py                   # 200 changes from seed 0, about half an hour on one core
    python tests/mutate.py --changes 20 --seed 1 --files 'flows/*.py'
    python tests/mutate.py --log tried.txt          # stopped, it goes on from there
    python tests/mutate.py --log tried.txt --again  # what survived is tried again, against new tests

A change is a sign, an operator, the strictness of an inequality, a constant, an axis or an index. It is made in a copy
of the tree. The tests that run the changed line come first (one run under `coverage` says which), those that mirror
the file before the others; if they pass, the rest of their files follow, as fixtures are shared there, and all of the
engine's tests for a line that none runs. The first failure ends it. Each change is tried in a fork of a process that
has imported numpy and pytest, but nothing of ours. The changes that no test catches are printed again at the end, and
their reasons stand in docs/trust.md.
"""

import argparse
import ast
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import autograd.numpy  # noqa: F401  (what the tests import is here when it is needed)
import autograd.scipy.stats  # noqa: F401
import matplotlib.pyplot  # noqa: F401
import numpy  # noqa: F401
import pytest
import scipy.integrate  # noqa: F401
import scipy.stats  # noqa: F401

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
        text = (ROOT / self.path).read_text(encoding="utf-8")
        line, column = text.splitlines()[self.line - 1].strip(), self.start - text.rfind("\n", 0, self.start)
        return f"{self.path}:{self.line}:{column}  {self.old} → {self.new}   in   {line}"


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


class FirstFailure:
    """A pytest plugin: the name of the first test that failed, or of the file that couldn't be collected."""

    name = ""

    def pytest_runtest_logreport(self, report):
        if report.failed:
            self.name = self.name or report.nodeid

    pytest_collectreport = pytest_runtest_logreport


class Reached:
    """A pytest plugin: which tests run which lines of minidgm/, as coverage sees them."""

    def __init__(self, tree: Path):
        import coverage

        self.coverage = coverage.Coverage(data_file=None, source=[str(tree / "minidgm")])
        self.coverage.start()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item):
        self.coverage.switch_context(item.nodeid.partition("[")[0])
        return (yield)

    def lines(self, tree: Path) -> dict[tuple[str, int], list[str]]:
        self.coverage.stop()
        found, data = defaultdict(list), self.coverage.get_data()
        for file in data.measured_files():
            for line, tests in data.contexts_by_lineno(file).items():
                found[str(Path(file).relative_to(tree)), line] = sorted(filter(None, tests))
        return found


def in_fork(tree: Path, work, seconds: float = SECONDS) -> str:
    """What `work` returns in a fork of this process whose working directory is `tree`."""
    answer = tree.parent / "answer"
    answer.write_text("")
    if (child := os.fork()) == 0:
        try:
            os.setsid()
            os.chdir(tree)
            nothing = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(nothing, stream)
            sys.path.insert(0, str(tree))
            answer.write_text(work())
            os._exit(0)
        finally:
            os._exit(1)
    end = time.monotonic() + seconds
    while (status := os.waitpid(child, os.WNOHANG)) == (0, 0):
        if time.monotonic() > end:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return f"no end after {seconds:.0f} s"
        time.sleep(0.02)
    return answer.read_text() if status[1] == 0 else f"the tests ended with status {status[1]}"


def run_tests(tree: Path, plugin, *arguments: str) -> int:
    """Run tests of the tree in this process."""
    options = ("-q", "-p", "no:cacheprovider", f"--basetemp={tree.parent / 'made'}")
    return int(pytest.main([*options, *arguments], plugins=[plugin]))


def map_of(tree: Path) -> dict[tuple[str, int], list[str]]:
    """Which tests run which line, found by running them all; they must pass."""

    def work() -> str:
        plugin = Reached(tree)
        status = run_tests(tree, plugin, "tests/engine")
        return repr((status, dict(plugin.lines(tree))))

    said = in_fork(tree, work, 10 * SECONDS)
    status, reached = ast.literal_eval(said) if said.startswith("(") else (said, {})
    if status != 0:
        sys.exit(f"The tests must pass before anything is changed: {status}")
    return reached


def first_failure(tree: Path, tests: list[str]) -> str:
    """The name of the first test that fails, "" where all pass."""
    sys.dont_write_bytecode = True
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    plugin = FirstFailure()
    status = run_tests(tree, plugin, "-x", *tests) if tests else 0
    return plugin.name or (f"exit status {status}" if status else "")


def caught_by(change: Change, tree: Path, reached: dict[tuple[str, int], list[str]]) -> str:
    """The name of a failed test, "" where all pass; the copy `tree` is as it was afterwards."""
    target, part = tree / change.path, change.path.parts[1].removesuffix(".py")
    mirrors = (f"tests/engine/{part}/", f"tests/engine/test_{part}.py")
    near = sorted(reached.get((str(change.path), change.line), []), key=lambda name: not name.startswith(mirrors))

    files = sorted({name.partition("::")[0] for name in near}) or ["tests/engine"]
    whole, times = target.read_text(encoding="utf-8"), target.stat()
    target.write_text(whole[: change.start] + change.new + whole[change.end :], encoding="utf-8")
    try:
        return next(filter(None, (in_fork(tree, partial(first_failure, tree, tests)) for tests in (near, files))), "")
    finally:
        target.write_text(whole, encoding="utf-8")
        os.utime(target, ns=(times.st_atime_ns, times.st_mtime_ns))  # so that its compiled form stays valid


def main() -> int:
    """Make the changes, print which were caught; 1 when fewer than 95 % were."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--changes", type=int, default=200, metavar="N")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--files", metavar="PATTERN", help="only files of minidgm/ that match, as in 'flows/*.py'")
    parser.add_argument("--log", type=Path, metavar="FILE", help="what was tried is kept here, and not tried twice")
    parser.add_argument("--again", action="store_true", help="try what survived once more")
    options = parser.parse_args()
    files = [f for part in PARTS for f in sorted((ROOT / "minidgm").glob(f"{part}/*.py" if "." not in part else part))]
    files = [f for f in files if options.files is None or f.match(f"minidgm/{options.files}")]
    every = [change for path in files for change in changes(path)]
    chosen = random.Random(options.seed).sample(every, min(options.changes, len(every)))
    before = options.log.read_text(encoding="utf-8").splitlines() if options.log and options.log.exists() else []
    known = {line[10:].partition("   by ")[0]: line.partition(" ")[0] for line in before}  # a change's last verdict
    survivors = []
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder, "tree")
        tree.mkdir()
        for name in COPIED:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
            copy(ROOT / name, tree / name)
        reached = map_of(tree)
        for done, change in enumerate(chosen, 1):
            if verdict := known.get(str(change)):
                if verdict == "SURVIVED" and not options.again:
                    survivors.append(change)
                if verdict == "caught" or not options.again:
                    continue
            catcher = caught_by(change, tree, reached)
            if not catcher:
                survivors.append(change)
            verdict = f"caught    {change}   by {catcher}" if catcher else f"SURVIVED  {change}"
            print(f"{done:>4}  {verdict}", flush=True)
            if options.log:
                with open(options.log, "a", encoding="utf-8") as stream:
                    stream.write(f"{verdict}\n")
    caught = len(chosen) - len(survivors)
    print(f"\n{caught} of {len(chosen)} changes caught ({caught / len(chosen):.1%}), of {len(every)} possible ones.")
    for change in survivors:
        print(f"  {change}")
    return 0 if caught >= 0.95 * len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
