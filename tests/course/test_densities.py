"""What graders compare with is scipy's; and a check imports no more of scipy than it needs."""

import subprocess
import sys

import numpy as np
import pytest
from scipy import stats

from minidgm.course import densities

X = np.concatenate([np.linspace(-40, 40, 81), [-800.0, 0.3, 800.0]])


@pytest.mark.parametrize("name", ["norm.logpdf", "logistic.logpdf", "logistic.pdf", "logistic.cdf"])
@pytest.mark.parametrize("given", [(), (1.5,), (1.5, 0.01), (np.array([[0.0], [2.0]]), np.array([[0.5], [30.0]]))])
def test_a_density_is_scipys(name, given):
    kind, method = name.split(".")
    got = getattr(getattr(densities, kind), method)(X, *given)
    np.testing.assert_allclose(got, getattr(getattr(stats, kind), method)(X, *given), rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("name", ["norm", "logistic"])
def test_bytes_and_float32_are_numbers_as_for_scipy(name):
    for x in (np.array([3, 200], np.uint8), np.array([0.1, 3e3], np.float32), 2):
        got = getattr(densities, name).logpdf(x, 5, np.float32(0.3))
        np.testing.assert_allclose(got, getattr(stats, name).logpdf(x, 5, np.float32(0.3)), rtol=1e-12)


@pytest.mark.parametrize("d", [1, 2, 5])
def test_a_multivariate_normal_is_scipys(d):
    rng = np.random.default_rng(d)
    a, mean = rng.normal(size=(d, d)) + 2 * np.eye(d), rng.normal(size=d)
    for z in (rng.normal(size=(7, d)), 30 * rng.normal(size=d), rng.normal(size=(2, 3, d))):
        got = densities.multivariate_normal(mean, a @ a.T).logpdf(z)
        np.testing.assert_allclose(got, stats.multivariate_normal(mean, a @ a.T).logpdf(z), rtol=1e-9)


LEAN = """
import sys
from minidgm.course.sandbox.lean import lean_autograd
lean_autograd(); lean_autograd()
from autograd.scipy.special import logsumexp
import autograd.scipy, autograd
import autograd.numpy as np
assert "scipy.stats" not in sys.modules and "scipy.integrate" not in sys.modules
assert "numpy.testing._private" not in sys.modules and "numpy.f2py.f2py2e" not in sys.modules
import numpy
numpy.testing.assert_allclose(1.0, 1.0)
assert callable(numpy.f2py.compile if hasattr(numpy.f2py, "compile") else numpy.f2py.run_main)
assert autograd.grad(lambda a: logsumexp(a))(np.zeros(2)).tolist() == [0.5, 0.5]
assert autograd.scipy.special.logsumexp is logsumexp
assert abs(autograd.grad(autograd.scipy.stats.norm.logpdf)(1.0) + 1) < 1e-12
assert not hasattr(autograd.scipy, "nothing") and not hasattr(autograd.scipy, "_nothing")
from autograd.scipy import stats
try:
    from autograd.scipy import nothing
except ImportError:
    print("as it should")
"""


def test_autograd_without_all_of_scipy_has_all_its_parts():
    done = subprocess.run([sys.executable, "-c", LEAN], capture_output=True, text=True)
    assert done.stdout == "as it should\n", done.stderr
