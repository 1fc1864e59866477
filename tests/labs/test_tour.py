"""The tour and the labs on flows, on a few steps: tables and figures are there, and what must hold exactly, holds."""

import csv

from minidgm.labs import Options, autoregressive, coupling, tour
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


def test_coupling_lab(tmp_path):
    coupling.run(Report(tmp_path), Options(seeds=1, quick=True))
    assert all(float(row["largest deviation"]) == 0 for row in table(tmp_path, "blocks"))
    assert (tmp_path / "jacobian.png").exists() and len(table(tmp_path, "times")) == 2


def test_autoregressive_lab(tmp_path):
    autoregressive.run(Report(tmp_path), Options(seeds=1, quick=True))
    row = table(tmp_path, "times")[-1]
    assert float(row["AR g, m passes"]) > float(row["AR f"]) and float(row["inverse f, m passes"]) > float(
        row["inverse g"]
    )
