"""The lab prior on a few steps: KL(q_agg ‖ q_agg) = 0, and q_agg is the best of all when only the prior moves."""

import csv

import pytest

from minidgm.labs import Options, mine, prior
from minidgm.labs.report import Report


def table(folder, name):
    with open(folder / f"{name}.csv", encoding="utf-8") as file:
        return {row["prior"]: row for row in csv.DictReader(file)}


def test_every_prior_is_measured_and_the_aggregated_one_is_the_best_with_the_rest_fixed(tmp_path):
    prior.run(Report(tmp_path), Options(seeds=1, quick=True))
    for name in ("priors-binarized", "priors-17-levels", "refit"):
        rows = table(tmp_path, name)
        assert set(rows) == set(prior.PRIORS)
        assert float(rows["aggregated"]["KL(q_agg ‖ p)"]) == pytest.approx(0, abs=1e-5)
    marginal_kl = {name: float(row["KL(q_agg ‖ p)"]) for name, row in table(tmp_path, "refit").items()}
    assert min(marginal_kl, key=marginal_kl.get) == "aggregated"
    report = (tmp_path / "report.txt").read_text(encoding="utf-8")
    for row in ("Row 15", "Row 16", "Row 17", "Row 18"):
        assert row in report
    assert {file.stem for file in tmp_path.glob("*.png")} == {"latent", "samples-binarized", "samples-17-levels"}


def test_the_students_priors_give_the_engines_numbers(tmp_path, monkeypatch):
    from minidgm.course.exercises import find_root
    from minidgm.course.files import load

    monkeypatch.setattr(mine, "load", lambda stem: load(find_root() / "solutions" / f"{stem}.py"))
    monkeypatch.setattr(
        prior, "PRIORS", {k: prior.PRIORS[k] for k in ("standard", "mixture", "VampPrior", "coupling flow")}
    )
    (tmp_path / "mine").mkdir()
    (tmp_path / "engine").mkdir()
    for own, folder in ((True, "mine"), (False, "engine")):
        priors = prior.my_priors() if own else prior.PRIORS
        task = prior.tasks(prior.load_images(), quick=True)[0]
        prior.compare(Report(tmp_path / folder), task, priors, Options(seeds=1, quick=True))
    for name, row in table(tmp_path / "engine", "priors-binarized").items():
        own = table(tmp_path / "mine", "priors-binarized")[name if name == "standard" else f"{name}, yours"]
        for column in ("train ELBO", "test ELBO", "KL(q_agg ‖ p)"):
            assert float(own[column]) == pytest.approx(float(row[column]), rel=1e-3, abs=1e-3)
