"""The lab posterior on a few steps: bounds lie below log p(x), the flow moved to the prior leaves the ELBO alone."""

import csv
import re

import pytest

from minidgm.labs import Options, mine, posterior
from minidgm.labs.report import Report
from minidgm.vae import FlowPosterior


def table(folder, name):
    with open(folder / f"{name}.csv", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def number(cell):
    return [float(part) for part in cell.split(" ± ")]


def test_bounds_lie_below_the_evidence_and_the_moved_flow_changes_nothing(tmp_path):
    posterior.run(Report(tmp_path), Options(seeds=1, quick=True))
    for row in table(tmp_path, "linear-gaussian"):
        start, (gap, error) = number(row["gap at the start"])[0], number(row["gap after the E-step"])
        assert float(row["limit, closed form"]) - 4 * error < gap < start
    gaps = [float(row["mean"]) for row in table(tmp_path, "iwae")]
    assert gaps == sorted(gaps, reverse=True)  # IWAE_K grows with K
    assert gaps[-1] > -0.1
    for row in table(tmp_path, "e-step"):
        assert float(row["log p(x) − ELBO"]) > -0.1
    assert {row["posterior"] for row in table(tmp_path, "posteriors-binarized")} == {"Gaussian", *posterior.FLOWS}
    report = (tmp_path / "report.txt").read_text(encoding="utf-8")
    assert float(re.search(r"one image is (\S+) nats in float64", report).group(1)) < 1e-10
    for row in ("Rows 19 and 22", "Row 20", "Row 21", "Row 22"):
        assert row in report


def test_the_students_flow_posterior_gives_the_engines_numbers(tmp_path, monkeypatch):
    from minidgm.course.exercises import find_root
    from minidgm.course.files import load

    monkeypatch.setattr(mine, "load", lambda stem: load(find_root() / "solutions" / f"{stem}.py"))
    task = posterior.tasks(posterior.load_images(), quick=True)[0]
    for folder, kind in (("mine", posterior.my_flow_posterior()), ("engine", FlowPosterior)):
        (tmp_path / folder).mkdir()
        posterior.compare(Report(tmp_path / folder), task, Options(seeds=1, quick=True), kind)
    for own, row in zip(*(table(tmp_path / folder, "posteriors-binarized") for folder in ("mine", "engine"))):
        for column in ("train ELBO", "test ELBO", "test IWAE"):
            assert float(own[column]) == pytest.approx(float(row[column]), rel=1e-3)
