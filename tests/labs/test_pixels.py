"""The lab pixels: the shares are the digits' own counts, and the answer follows from the numbers."""

import numpy as np
import pytest

from minidgm.data import Images, Split, load_digits
from minidgm.labs import Options, pixels
from minidgm.labs.report import Report


def test_the_shares_are_the_counts_and_both_ends_of_the_digits_are_spikes(quick_lab, tmp_path):
    shares = [float(row["share"]) for row in quick_lab("pixels").table("shares")]
    np.testing.assert_allclose(shares, np.bincount(load_digits().train.y[:300].ravel()) / (300 * 64))
    report = Report(tmp_path)
    pixels.histogram(report, Options())
    assert report.answers[7].verdict == "Yes"


@pytest.mark.parametrize("low, high, yes", [(1.1, 0.9, False), (1.1, 2.0, None), (2.0, 2.0, True)])
def test_no_spike_is_claimed_where_there_is_none(low, high, yes):
    assert pixels.verdict(low, high, roughness=0.1)[0] is yes


@pytest.mark.parametrize("levels, values", [(2, (0, 1)), (3, (0, 1, 2)), (256, (0, 255))])
@pytest.mark.filterwarnings("error")  # numpy's of an empty mean, say
def test_pixels_without_levels_between_the_ends_are_neither_smooth_nor_nan(levels, values, tmp_path, monkeypatch):
    y = np.random.default_rng(0).choice(values, (50, 4, 4, 1)).astype(np.int32)
    split = Split(y, np.zeros(50, np.int64))
    monkeypatch.setattr(pixels, "images_for", lambda options: Images(split, split, split, levels, (4, 4, 1)))
    report = Report(tmp_path)
    pixels.histogram(report, Options())
    assert report.answers[7].verdict == "Not shown here" and report.answers[7].values["roughness"] is None
    assert "nan" not in (tmp_path / "report.txt").read_text("utf-8")


def test_cifar_10_is_taken_from_a_folder(quick_lab, tmp_path):
    folder = tmp_path / "cifar-10-batches-bin"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for name in [*(f"data_batch_{k}.bin" for k in range(1, 6)), "test_batch.bin"]:
        records = rng.integers(0, 256, (20, 3073), dtype=np.uint8)
        records[:, 0] %= 10
        (folder / name).write_bytes(records.tobytes())
    assert "256 levels" in quick_lab("pixels", data=folder).text
