"""The lab flow-is-vae on a few steps: the gap it measures is the exact one, and both objectives train the same flow."""

import numpy as np
import pytest

from minidgm.labs import flow_is_vae


def test_gap_is_half_m_tau_squared_on_moons_and_on_images(quick_lab):
    found = quick_lab("flow-is-vae")
    for name, m in (("moons", 2), ("images", 64)):
        rows = found.table(name)
        assert len(rows) == len(flow_is_vae.TAUS)
        for row in rows:
            gap, error, exact = (float(row[key]) for key in ("gap", "error", "½ m τ²"))
            assert exact == pytest.approx(0.5 * m * float(row["τ"]) ** 2) and abs(gap - exact) < 4 * error
    assert found.figures() == {"gap", "pairs"}
    assert "Trained as a VAE minus by likelihood" in found.text


def test_every_tau_has_draws_of_its_own(quick_lab):
    """Gaps over τ² from one draw would all be off by the same share: twelve tests would be one."""
    rows = quick_lab("flow-is-vae").table("moons")
    off = [(float(row["gap"]) - float(row["½ m τ²"])) / float(row["error"]) for row in rows]
    assert np.std(off) > 0.1
