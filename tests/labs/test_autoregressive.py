"""The lab autoregressive on a few steps: m passes take longer than one, and what must hold exactly, holds."""


def test_passes_are_slower_and_the_exact_statements_hold(quick_lab):
    found = quick_lab("autoregressive")
    for name, one, other in (("times-ar", "f", "g, m passes"), ("times-inverse", "g", "f, m passes")):
        row = found.table(name)[-1]
        assert float(row[other]) > float(row[one])
    assert found.rows[1]["values"]["determinant"] < 1e-12
    assert found.rows[2]["values"]["exchanged"] < 1e-12
    assert found.figures() == {"times-ar", "times-inverse", "banana-ar", "banana-inverse"}
