"""The lab discretize on a few steps: probabilities sum to one, no mixture beats the entropy, --mine gives the same."""

import csv

import pytest

from minidgm.labs import Options, discretize, mine
from minidgm.labs.report import Report


def bits(folder):
    with open(folder / "discretize.csv", encoding="utf-8") as file:
        return {row["components"]: float(row["bits/pixel, training"]) for row in csv.DictReader(file)}


def test_no_mixture_beats_the_entropy_and_the_students_functions_give_the_engines_numbers(tmp_path, monkeypatch):
    from minidgm.course.exercises import find_root
    from minidgm.course.files import load

    monkeypatch.setattr(mine, "load", lambda stem: load(find_root() / "solutions" / f"{stem}.py"))
    for own in (False, True):
        folder = tmp_path / str(own)
        folder.mkdir()
        discretize.run(Report(folder), Options(seeds=1, quick=True, mine=own))
        report = (folder / "report.txt").read_text("utf-8")
        assert float(report.split("differs from 1 by at most ")[1].split()[0]) < 1e-12
        entropy = bits(folder).pop("counts (categorical)")
        assert all(value > entropy for name, value in bits(folder).items() if name.isdigit())
    for name, value in bits(tmp_path / "True").items():
        assert value == pytest.approx(bits(tmp_path / "False")[name], abs=0.01)
