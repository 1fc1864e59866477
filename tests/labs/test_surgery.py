"""The lab surgery on a few steps: the terms add up, I_q keeps between its limits, with the student's functions too."""

import csv
import math

import pytest

from minidgm.labs import Options, mine, surgery
from minidgm.labs.report import Report


def table(folder, name):
    with open(folder / f"{name}.csv", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def number(cell):
    return float(cell.split(" ±")[0])


@pytest.mark.parametrize("own", [False, True])
def test_terms_add_up_and_the_information_keeps_between_its_limits(tmp_path, monkeypatch, own):
    if own:
        monkeypatch.setattr(mine, "load", solution)
        monkeypatch.setattr(surgery, "LARGEST_MINE", 60)
    surgery.run(Report(tmp_path), Options(seeds=1, quick=True, mine=own))
    for name in ("terms-binarized", "terms-17-levels"):
        for row in table(tmp_path, name):
            reconstruction, information, marginal, elbo = (number(cell) for cell in list(row.values())[1:])
            assert reconstruction - information - marginal == pytest.approx(elbo, abs=2e-4)
    for row in table(tmp_path, "information-n"):
        assert float(row["I_q"]) <= math.log(int(row["n"])) + 1e-6
    by_sigma = [float(row["I_q"]) for row in table(tmp_path, "information-sigma")]
    assert by_sigma[0] == pytest.approx(math.log(60 if own else 300), abs=1e-6)
    assert by_sigma[-1] == pytest.approx(0, abs=1e-5)
    for row in table(tmp_path, "estimators"):
        assert number(row["naive"]) <= float(row["log B"])
    assert {file.name for file in tmp_path.glob("*.png")} == {"information.png", "estimators.png"}


def solution(stem):
    """What `mine.load` gives a student who has solved the exercise."""
    from minidgm.course.exercises import find_root
    from minidgm.course.files import load

    return load(find_root() / "solutions" / f"{stem}.py")
