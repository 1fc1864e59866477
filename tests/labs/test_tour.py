"""The tour: two moons, then row by row; interrupted, broken and taken up again."""

import csv
import json
import signal

import numpy as np
import pytest

from minidgm.cli import main
from minidgm.distributions import StandardNormal
from minidgm.flows import FlowModel, maf
from minidgm.labs import LABS, Options, run, tour
from minidgm.labs.report import Report
from minidgm.labs.training import fit, negative_log_likelihood

SHORT = tuple(lab for lab in LABS if lab.name in ("pixels", "preprocessing"))


def quick_opening(report, steps):
    """In place of the two moons' flows."""
    report.folder.mkdir(exist_ok=True)


@pytest.fixture
def short(monkeypatch, tmp_path):
    """A tour of two labs, in an empty folder."""
    monkeypatch.setattr(tour, "LABS", SHORT)
    monkeypatch.setattr(tour, "opening", quick_opening)
    monkeypatch.setattr("minidgm.book.page.page", lambda results: "the page")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def minidgm(capsys, *argv):
    status = main(list(argv))
    out = capsys.readouterr()
    return status, out.out, out.err


def test_two_moons_beat_the_gaussian_within_a_few_steps_and_are_drawn(tmp_path):
    tour.opening(Report(tmp_path), steps=60)
    with open(tmp_path / "moons.csv", encoding="utf-8") as file:
        scores = {row["model"]: float(row["log p(x)"]) for row in csv.DictReader(file)}
    assert scores["RealNVP"] > scores["Gaussian, full covariance"]
    assert scores["the true density"] > max(scores["RealNVP"], scores["MAF"])
    assert (tmp_path / "moons.png").exists()
    assert "Two moons" in (tmp_path / "report.txt").read_text(encoding="utf-8")
    tour.opening(Report(tmp_path), steps=10**9)  # done already


def test_each_row_is_a_line_with_number_and_truth_and_the_page_is_written(short, capsys):
    status, out, err = minidgm(capsys, "tour", "--quick", "--out", "here")
    assert status == 0 and err == ""
    assert all(len(line) <= 80 for line in out.splitlines())
    assert "•  7  pixel values" in out and "•  +  every constant" in out and out.count("| known:") == 2
    assert (short / "here" / "book.html").read_text() == "the page"
    assert sorted(p.name for p in short.iterdir()) == ["here"]
    assert (short / "here" / "pixels" / "report.txt").exists()


def test_what_is_done_is_not_done_again(short, capsys, monkeypatch):
    assert minidgm(capsys, "tour", "--quick")[0] == 0
    monkeypatch.setattr(tour, "run_part", None)
    status, out, _ = minidgm(capsys, "tour", "--quick")
    assert status == 0 and "2 rows were done before." in out and out.count("| known:") == 2
    assert (short / "minidgm-results" / "book.html").exists()


def test_a_row_that_breaks_stops_no_other_and_is_tried_again(short, capsys, monkeypatch):
    def broken(lab, part, report, options):
        if lab.name == "pixels":
            raise FloatingPointError("no such number")
        run.run_part(lab, part, report, options)

    monkeypatch.setattr(tour, "run_part", broken)
    status, out, _ = minidgm(capsys, "tour", "--quick")
    assert status == 1 and "✗  7 could not be measured: FloatingPointError('no such number')" in out
    assert "•  +" in out and "could not be measured: 7; see error.txt" in out
    assert "Traceback" in (short / "minidgm-results" / "tour" / "pixels" / "error.txt").read_text(encoding="utf-8")
    monkeypatch.setattr(tour, "run_part", run.run_part)
    status, out, _ = minidgm(capsys, "tour", "--quick")
    assert status == 0 and "1 rows were done before." in out and "•  7" in out


def test_ctrl_c_within_a_training_keeps_the_rows_before_and_goes_on_from_there(short, capsys, monkeypatch):
    steps = []

    def train(lab, part, report, options):
        if lab.name == "pixels":
            return run.run_part(lab, part, report, options)

        def loss(model, x, rng):
            steps.append(1)
            if len(steps) == 3:
                signal.raise_signal(signal.SIGINT)
            return negative_log_likelihood(model, x, rng)

        rng = np.random.default_rng(0)
        fit(FlowModel(maf(2, 1, (4,), rng), StandardNormal(2)), loss, np.zeros((9, 2), np.float32), rng, steps=40)
        raise AssertionError("the training took the interrupt for its own end")

    monkeypatch.setattr(tour, "run_part", train)
    before = signal.getsignal(signal.SIGINT)
    status, out, err = minidgm(capsys, "tour", "--quick")
    assert status == 130 and "the same command goes on from" in out and len(steps) == 3
    assert signal.getsignal(signal.SIGINT) is before
    monkeypatch.setattr(tour, "run_part", run.run_part)
    status, out, _ = minidgm(capsys, "tour", "--quick")
    assert status == 0 and "1 rows were done before." in out


def test_a_tour_of_other_settings_is_left_alone(short, capsys):
    assert tour.prepare(None, Options(1, True)).name == "tour"
    assert tour.prepare(None, Options(3, True)).name == "tour-2"
    assert tour.prepare(None, Options(1, True)).name == "tour"
    status, _, err = minidgm(capsys, "tour", "--quick", "--out", "minidgm-results/tour-2")
    assert status == 2 and "holds a tour of 3 seeds; name another one" in err
    (short / "minidgm-results" / "tour-2" / "tour.json").write_text("[1]")  # no settings of a tour
    status, _, err = minidgm(capsys, "tour", "--quick", "--out", "minidgm-results/tour-2")
    assert status == 2 and "is there already and not an empty folder" in err
    (short / "mine").mkdir()
    (short / "mine" / "thesis.txt").write_text("mine")
    status, _, err = minidgm(capsys, "tour", "--out", "mine")
    assert status == 2 and "is there already and not an empty folder" in err
    assert [p.name for p in (short / "mine").iterdir()] == ["thesis.txt"]


def test_an_older_folder_of_the_same_name_is_left_alone(short):
    old = short / "minidgm-results" / "tour"
    old.mkdir(parents=True)
    (old / "moons.csv").write_text("of an earlier version")
    assert tour.prepare(None, Options(1, True)).name == "tour-2"
    assert json.loads((old.with_name("tour-2") / "tour.json").read_text()) == {"format": 1, "seeds": 1, "tour": False}
