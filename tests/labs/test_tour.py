"""The tour and the labs on flows, on a few steps: tables and figures are there, and what must hold exactly, holds."""

import csv

from minidgm.labs import Options, autoregressive, coupling, tour
from minidgm.labs.report import Report, columns, mean_and_error, next_free


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


def test_reports_never_take_a_folder_that_is_there(tmp_path):
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab-2").mkdir()
    assert next_free(tmp_path / "lab").name == "lab-3"


def test_columns_and_errors_are_written_plainly():
    text = columns(("a", "b"), [("x", 1.23456), ("long", 7)])
    assert text.split("\n") == ["a         b", "────  ─────", "x     1.235", "long      7"]
    assert mean_and_error([1.0, 1.1, 1.2]) == "1.100 ± 0.058" and mean_and_error([2.0]) == "2"
