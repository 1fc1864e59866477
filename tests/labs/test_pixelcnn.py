"""The lab pixelcnn on a few steps: all ten models are measured, below the bits of a uniform one, and drawn."""

import csv

import numpy as np

from minidgm.labs import Options, pixelcnn
from minidgm.labs.report import Report
from minidgm.plots.discrete import bits_figure


def test_all_networks_and_outputs_are_measured_and_learn_something(tmp_path):
    pixelcnn.run(Report(tmp_path), Options(seeds=1, quick=True))
    with open(tmp_path / "pixelcnn.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 10
    assert all(float(row["test bits/dim"]) < np.log2(17) for row in rows)
    assert {file.stem for file in tmp_path.glob("*.png")} == {"bits", "samples"}


def test_a_model_that_was_left_out_is_left_out_of_the_figure_and_the_sentences_too(tmp_path):
    means = {("MADE", "logistic"): [2.0], ("MADE", "mixture of 5"): [1.9], ("PixelCNN", "categorical"): [1.8]}
    means |= {("PixelCNN", "logistic"): [1.9], ("PixelCNN", "mixture of 5"): [1.7]}
    pixelcnn.conclude(Report(tmp_path), means)
    assert "PixelCNN against MADE, both with mixtures of 5: -0.200" in (tmp_path / "report.txt").read_text("utf-8")
    assert [text.get_text() for text in bits_figure(means).axes[0].get_legend().get_texts()] == ["MADE", "PixelCNN"]


def test_a_difference_counts_from_two_standard_errors_on():
    assert "better" in pixelcnn.difference([1.0, 1.1, 1.0], [2.0, 2.1, 2.1])
    assert "worse" in pixelcnn.difference([2.0, 2.1, 2.1], [1.0, 1.1, 1.0])
    assert "no clear difference" in pixelcnn.difference([1.0, 2.0, 1.0], [1.5, 1.0, 1.5])
