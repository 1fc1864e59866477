"""The lab pixelcnn on a few steps: all ten models are measured, below the bits of a uniform one, and drawn."""

import csv

import numpy as np

from minidgm.labs import Options, pixelcnn
from minidgm.labs.report import Report


def test_all_networks_and_outputs_are_measured_and_learn_something(tmp_path):
    pixelcnn.run(Report(tmp_path), Options(seeds=1, quick=True))
    with open(tmp_path / "pixelcnn.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 10
    assert all(float(row["test bits/dim"]) < np.log2(17) for row in rows)
    assert {file.stem for file in tmp_path.glob("*.png")} == {"bits", "samples"}


def test_a_difference_counts_from_two_standard_errors_on():
    assert "better" in pixelcnn.difference([1.0, 1.1, 1.0], [2.0, 2.1, 2.1])
    assert "worse" in pixelcnn.difference([2.0, 2.1, 2.1], [1.0, 1.1, 1.0])
    assert "no clear difference" in pixelcnn.difference([1.0, 2.0, 1.0], [1.5, 1.0, 1.5])
