"""The lab flow-is-vae on a few steps: the gap it measures is the exact one, and both objectives train the same flow."""

import csv

from minidgm.labs import Options, flow_is_vae
from minidgm.labs.report import Report


def test_gap_is_half_m_tau_squared_on_moons_and_on_images(tmp_path):
    flow_is_vae.run(Report(tmp_path), Options(seeds=1, quick=True))
    for name in ("moons", "images"):
        with open(tmp_path / f"{name}.csv", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == len(flow_is_vae.TAUS)
        for row in rows:
            gap, error, exact = (float(row[key]) for key in ("log p(x) − ELBO", "standard error", "½ m τ²"))
            assert abs(gap - exact) < 4 * error
    assert (tmp_path / "moons.png").exists()
    assert "The flow trained as a VAE minus the one trained by likelihood" in (tmp_path / "report.txt").read_text(
        "utf-8"
    )
