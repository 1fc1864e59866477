"""What the comparisons with other libraries share: both dtypes with their tolerances, and what counts as equal."""

import numpy as np
import pytest


def pytest_generate_tests(metafunc):
    if "rtol" in metafunc.fixturenames:
        metafunc.parametrize("dtype, rtol", [(np.float64, 1e-10), (np.float32, 1e-4)], ids=["float64", "float32"])


@pytest.fixture
def equal(rtol):
    """Equal to the tolerance, relative to the largest number."""

    def check(got, wanted):
        wanted = np.asarray(wanted)
        np.testing.assert_allclose(np.asarray(got), wanted, rtol=rtol, atol=rtol * np.abs(wanted).max(initial=0))

    return check
