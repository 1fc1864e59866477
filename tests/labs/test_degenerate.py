"""The lab degenerate on a few steps: spikes follow −log σ, raw likelihood outruns the noisy one, a level is deleted."""

import csv

import pytest

from minidgm.labs import Options, degenerate
from minidgm.labs.report import Report


def table(folder, name):
    with open(folder / f"{name}.csv", encoding="utf-8") as file:
        return list(csv.reader(file))[1:]


def test_raw_levels_outrun_noisy_ones_and_a_deleted_level_is_missed_by_the_categorical_alone(tmp_path):
    degenerate.run(Report(tmp_path), Options(seeds=1, quick=True))
    for _, log_likelihood, formula in table(tmp_path, "spikes")[1:]:
        assert float(log_likelihood) == pytest.approx(float(formula), abs=1e-6)
    last = table(tmp_path, "diverge")[-1]
    raw, raw_sigma, noisy, noisy_sigma = (float(cell) for cell in last[1:])
    assert raw > noisy + 0.3 and raw_sigma < noisy_sigma / 10
    log_p = [float(row[2]) for row in table(tmp_path, "deleted")]
    assert log_p[1] < log_p[0] - 1  # the categorical
    assert abs(log_p[3] - log_p[2]) < 0.3  # the mixture
    assert {file.stem for file in tmp_path.glob("*.png")} == {"diverge", "deleted"}
