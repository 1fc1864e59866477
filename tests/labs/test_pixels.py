"""The lab pixels: the shares are the digits' own counts, and the sentence follows from the numbers."""

import csv

import numpy as np
import pytest

from minidgm.data import load_digits
from minidgm.labs import Options, pixels
from minidgm.labs.report import Report


def test_the_shares_are_the_counts_and_both_ends_of_the_digits_are_spikes(tmp_path):
    pixels.run(Report(tmp_path), Options())
    with open(tmp_path / "shares.csv", encoding="utf-8") as file:
        shares = [float(row["share"]) for row in csv.DictReader(file)]
    np.testing.assert_allclose(shares, np.bincount(load_digits().train.y.ravel()) / (1200 * 64))
    assert "a spike at the lower end and at the upper end" in (tmp_path / "report.txt").read_text("utf-8")
    assert (tmp_path / "pixels.png").exists()


@pytest.mark.parametrize("low, high, words", [(1.1, 0.9, "no spikes"), (1.1, 2.0, "smooth, with a spike at the upper")])
def test_no_spike_is_claimed_where_there_is_none(low, high, words):
    assert pixels.verdict(low, high, roughness=0.1).startswith(words)


def test_cifar_10_is_taken_from_a_folder(tmp_path):
    folder = tmp_path / "cifar-10-batches-bin"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for name in [*(f"data_batch_{k}.bin" for k in range(1, 6)), "test_batch.bin"]:
        records = rng.integers(0, 256, (20, 3073), dtype=np.uint8)
        records[:, 0] %= 10
        (folder / name).write_bytes(records.tobytes())
    (tmp_path / "out").mkdir()
    pixels.run(Report(tmp_path / "out"), Options(data=folder))
    report = (tmp_path / "out" / "report.txt").read_text("utf-8")
    assert "256 levels" in report and "no spikes" in report
