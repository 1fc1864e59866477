"""What the labs' tests share: run a lab on a few steps, and read what it has saved."""

import csv
import json
from pathlib import Path
from typing import NamedTuple

import pytest

from minidgm.labs import LABS, Options, mine
from minidgm.labs.report import Report
from minidgm.labs.run import run_lab


class Outcome(NamedTuple):
    """A lab's folder after a run."""

    folder: Path

    @property
    def text(self) -> str:
        return (self.folder / "report.txt").read_text("utf-8")

    @property
    def rows(self) -> dict:
        """Row → what results.json says about it."""
        return {
            row["row"]: row for row in json.loads((self.folder / "results.json").read_text("utf-8"))["rows"].values()
        }

    def table(self, name: str) -> list[dict]:
        """The lines of a table's CSV file: one for each row and seed."""
        with open(self.folder / f"{name}.csv", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def figures(self) -> set[str]:
        return {path.stem for path in self.folder.glob("*.png")}


@pytest.fixture(scope="session")
def quick_lab(tmp_path_factory):
    """`quick_lab("pixels")` runs a lab with --quick, one seed, once for all tests; own=True: --mine, of solutions/."""
    done: dict = {}

    def run(name: str, seeds: int = 1, own: bool = False, data: Path | None = None) -> Outcome:
        if (name, seeds, own, data) not in done:
            folder = tmp_path_factory.mktemp(name)
            (lab,) = [lab for lab in LABS if lab.name == name]
            with pytest.MonkeyPatch.context() as patch:
                if own:
                    patch.setattr(mine, "load", solution)
                run_lab(lab, Report(folder, quick=True), Options(seeds=seeds, quick=True, mine=own, data=data))
            check(folder, lab)
            done[name, seeds, own, data] = Outcome(folder)
        return done[name, seeds, own, data]

    return run


@pytest.fixture
def solved(monkeypatch):
    """A student who has solved every exercise."""
    monkeypatch.setattr(mine, "load", solution)


def check(folder: Path, lab) -> None:
    """What holds for every lab: its rows answered in two lines, nothing wider than 80 columns, figures with arrays."""
    outcome = Outcome(folder)
    assert set(lab.rows) <= set(outcome.rows)
    lines = [line for line in outcome.text.split("\n") if not line.startswith("figure: ")]
    assert [line for line in lines if len(line) > 80] == []
    for row in outcome.rows:
        (start,) = [
            k
            for k, line in enumerate(lines)
            if line.startswith(f"Row {row}." if isinstance(row, int) else row.capitalize())
        ]
        assert "" in lines[start + 1 : start + 3], f"row {row}: more than two lines: {lines[start : start + 4]}"
    for path in folder.glob("*.png"):
        assert path.with_suffix(".svg").exists() and path.with_suffix(".npz").exists(), path.name
    for path in folder.glob("*.csv"):
        assert path.with_suffix(".json").exists(), path.name


def solution(stem: str):
    """What `mine.load` gives a student who has solved the exercise."""
    from minidgm.course.exercises import find_root
    from minidgm.course.files import load

    return load(find_root() / "solutions" / f"{stem}.py")
