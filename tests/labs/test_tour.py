"""The tour on a few steps: tables and figures are there, and a flow beats the Gaussian."""

import csv

from minidgm.labs import tour
from minidgm.labs.report import Report


def table(folder, name):
    with open(folder / f"{name}.csv", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_tour_beats_the_gaussian_within_a_few_steps_and_draws(tmp_path):
    tour.run(Report(tmp_path), quick=True)
    scores = {row["model"]: float(row["log p(x)"]) for row in table(tmp_path, "moons")}
    assert scores["RealNVP"] > scores["Gaussian, full covariance"]
    assert scores["the true density"] > max(scores["RealNVP"], scores["MAF"])
    assert {p.name for p in tmp_path.glob("*.png")} == {"moons.png", "digits.png", "jacobians.png"}
    assert "Two moons" in (tmp_path / "report.txt").read_text(encoding="utf-8")
