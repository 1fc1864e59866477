"""The lab coupling on a few steps: the blocks of the Jacobian are exact, with a student's layer too."""

import pytest


@pytest.mark.parametrize("own", [False, True])
def test_blocks_determinant_and_special_case_are_exact(quick_lab, own):
    found = quick_lab("coupling", own=own)
    assert all(float(row["largest deviation"]) == 0 for row in found.table("blocks"))
    values = found.rows[3]["values"]
    assert values["determinant"] < 1e-12 and values["special_case"] < 1e-12
    assert len(found.table("times")) == 2
    assert ("Functions: yours, from ex07_coupling.py" in found.text) is own
    scores = {row["model"]: float(row["test log p(x), nats"]) for row in found.table("moons")}
    assert scores["Gaussian"] < scores["8 coupling layers"] < scores["the true density"]
    assert found.figures() == {"times", "jacobian", "moons"}
