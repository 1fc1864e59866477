"""The densities of scipy.stats that graders and banks compare with, under scipy's names and with its arguments.

Importing scipy.stats takes longer than grading an exercise. `tests/course/test_densities.py` holds these equal to it.
"""

import math

import numpy as np

HALF_LOG_2PI = 0.5 * math.log(2 * math.pi)


def _standardized(x, loc, scale):
    """(x − loc) / scale in float64, as scipy has it: bytes would wrap around."""
    return (np.asarray(x, float) - loc) / scale


class norm:
    """The normal distribution with mean `loc` and standard deviation `scale`."""

    @staticmethod
    def logpdf(x, loc=0.0, scale=1.0):
        return -0.5 * _standardized(x, loc, scale) ** 2 - np.log(scale) - HALF_LOG_2PI


class logistic:
    """The logistic distribution with mean `loc` and scale `scale`."""

    @staticmethod
    def cdf(x, loc=0.0, scale=1.0):
        a = _standardized(x, loc, scale)
        e = np.exp(-np.abs(a))
        return np.where(a < 0, e, 1.0) / (1 + e)

    @staticmethod
    def logpdf(x, loc=0.0, scale=1.0):
        a = np.abs(_standardized(x, loc, scale))
        return -a - 2 * np.log1p(np.exp(-a)) - np.log(scale)

    @staticmethod
    def pdf(x, loc=0.0, scale=1.0):
        return np.exp(logistic.logpdf(x, loc, scale))


class multivariate_normal:
    """N(mean, cov) on d dimensions."""

    def __init__(self, mean, cov):
        self.mean, self.factor = np.asarray(mean), np.linalg.cholesky(cov)

    def logpdf(self, x):
        """x (..., d) → (...)."""
        eps = np.linalg.solve(self.factor, (np.asarray(x, float) - self.mean)[..., None])[..., 0]
        log_det = np.sum(np.log(np.diagonal(self.factor)))
        return np.sum(-0.5 * eps**2 - HALF_LOG_2PI, axis=-1) - log_det
