"""The lab preprocessing on a few steps: the constants add up, and a wrong formula's total mass is not one."""

import numpy as np
import pytest


def test_steps_add_up_and_every_mistake_has_another_mass(quick_lab):
    found = quick_lab("preprocessing")
    values = found.rows["preprocessing"]["values"]
    assert values["difference"] < 1e-9
    masses = values["masses"]
    assert masses["log L forgotten"] == pytest.approx(17) and masses["log(L − 1), data / L"] == pytest.approx(17 / 16)
    assert masses["squeeze's log(1 − 2α) forgotten"] == pytest.approx(1 / 0.9)
    costs = {name: cost[0] for name, cost in values["costs"].items()}
    assert costs["log L forgotten"] == pytest.approx(-np.log2(17))
    assert costs["squeeze's log(1 − 2α) forgotten"] == pytest.approx(np.log2(0.9))
    assert float(found.table("mistakes")[-1]["Σ_y P(y), one pixel"]) == 1
