"""The lab dequantize on a few steps: every gap is the KL by quadrature, the sentences follow from the numbers."""

import csv

import numpy as np
import pytest

from minidgm.labs import Options, dequantize, mine
from minidgm.labs.report import Report


def table(folder, name):
    with open(folder / f"{name}.csv", encoding="utf-8") as file:
        return list(csv.reader(file))[1:]


def test_each_gap_is_the_kl_and_the_images_are_measured(tmp_path):
    dequantize.run(Report(tmp_path), Options(seeds=1, quick=True))
    for name, _, gap, kl in table(tmp_path, "two_pixels")[:3]:
        gap, error = map(float, gap.split(" ± "))
        assert abs(gap - float(kl)) < 4.5 * error + 0.01 * float(kl), name  # 12 quadrature points: a percent
    for name in ("fixed", "together"):
        for _, bound, tighter in table(tmp_path, name):
            assert float(tighter) < float(bound)  # bits: fewer are better
    assert {file.stem for file in tmp_path.glob("*.png")} == {"slide", "noise"}


def test_the_students_bounds_are_the_engines(monkeypatch):
    from minidgm.course.exercises import find_root
    from minidgm.course.files import load

    monkeypatch.setattr(mine, "load", lambda stem: load(find_root() / "solutions" / f"{stem}.py"))
    own, engine = dequantize.my_bounds(), dequantize.ENGINE
    model, y = dequantize.TwoPixels(), np.array([[3, 1], [2, 2], [4, 0]], np.int32)
    for name in dequantize.NAMES:
        noise = dequantize.make_noise(name, 2, 7, 8, 2, np.random.default_rng(0))
        for mine_, theirs in zip(own, engine):
            rngs = [np.random.default_rng(1) for _ in range(2)]
            wanted = theirs(model, noise, y, rngs[0], 5)
            assert mine_(model, noise, y, rngs[1], 5) == pytest.approx(wanted, rel=1e-5)


def test_an_ordering_is_claimed_only_where_it_holds():
    values = {"uniform": -3.0, "variational": -2.0, "flow": -2.5}
    assert "does NOT hold" in dequantize.ordering(values, -1.0)
    assert "NOT" not in dequantize.ordering(values | {"flow": -1.5}, -1.0)
    assert "as expected" in dequantize.judged(np.array([0.1, 0.11, 0.1]))
    assert "NOT as expected" in dequantize.judged(np.array([-0.1, -0.11, -0.1]))
    assert "too small to tell" in dequantize.judged(np.array([-0.1, 0.11, 0.01]))
