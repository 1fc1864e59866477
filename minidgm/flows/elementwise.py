"""Flows that treat each dimension by itself: ActNorm, Logit, and the permutation between layers.

ActNorm (Kingma & Dhariwal 2018):  z_j = (x_j − μ_j) / σ_j, started so that a first batch has mean 0 and variance 1.
Logit:                             z = logit(s), s = α + (1 − 2α) x/L;  dz/dx = (1 − 2α) / (L s (1 − s)).
Permutation:                       z_k = x_{p_k}, |det| = 1.   Exercise 03.
"""

import math
from collections.abc import Sequence

import autograd.numpy as np
from numpy import ndarray

from minidgm import fast
from minidgm.errors import check_array, check_number, check_whole
from minidgm.flows.base import Flow
from minidgm.functional import columns, log_sigmoid, sigmoid
from minidgm.tensor import runs_as, stop_gradient


class ActNorm(Flow):
    """z = (x − μ) / σ with learned μ and log σ of shape (m,); `initialize(x)` starts them from a first batch."""

    def __init__(self, m: int):
        check_whole("m", m, 1)
        self.m = m
        self.mu = np.zeros(m, np.float32)
        self.log_sigma = np.zeros(m, np.float32)

    @runs_as(fast.act_norm_f, of_steps=True)
    def f(self, x: ndarray, context: ndarray | None = None) -> tuple[ndarray, ndarray]:
        check_array("x", x, ("n", self.m))
        z = (x - self.mu) * np.exp(-self.log_sigma)
        return z, -np.sum(self.log_sigma) * np.ones(len(x), x.dtype)

    @runs_as(fast.act_norm_g, of_steps=True)
    def g(self, z: ndarray, context: ndarray | None = None) -> tuple[ndarray, ndarray]:
        check_array("z", z, ("n", self.m))
        x = np.exp(self.log_sigma) * z + self.mu
        return x, np.sum(self.log_sigma) * np.ones(len(z), z.dtype)

    def initialize(self, x: ndarray, context: ndarray | None = None) -> ndarray:
        """Set μ and σ to the mean and the standard deviation of x (n, m); a constant column gets σ = 1.

        The statistics are computed in float64. A column counts as constant where its standard deviation is no more than
        the rounding of its largest number, for a computed zero is seldom exact.
        Raises ValueError for NaN or infinity in x, for no rows, and for means beyond the model's dtype.
        """
        check_array("x", x, ("n", self.m))
        if len(x) == 0 or not np.all(np.isfinite(x)):
            raise ValueError("x: expected at least one object, and finite numbers; clean the data first")
        largest = np.max(np.abs(x), axis=0).astype(np.float64)
        if np.any(largest > np.finfo(self.mu.dtype).max):
            raise ValueError(
                f"x: expected numbers that {self.mu.dtype} can hold, got {np.max(largest):g}; scale the data"
            )
        unit = np.where(largest > 0, largest, 1.0)  # squares of the numbers themselves might overflow
        sigma = np.std(x / unit, axis=0)
        constant = sigma <= np.finfo(x.dtype).eps
        self.mu[...] = unit * np.mean(x / unit, axis=0)
        self.log_sigma[...] = np.where(constant, 0.0, np.log(np.where(constant, 1.0, sigma)) + np.log(unit))
        return self.f(x)[0]


class Logit(Flow):
    """z = logit(α + (1 − 2α) x/L) for x in [0, L]: data on an interval to the whole line.

    alpha in [0, ½) keeps the ends finite (RealNVP uses 0.05); levels is L: 1 for data scaled to [0, 1], 256 for
    dequantized bytes. The scaling's own log-derivative, −m log L, is part of log_det.
    Raises ValueError for x outside [0, L], and for x at an end that alpha = 0 maps to infinity.
    """

    def __init__(self, alpha: float = 0.05, levels: float = 1.0):
        check_number("alpha", alpha, "[0, 0.5)")
        if not 0 < levels < math.inf:
            raise ValueError(f"levels: expected a positive number, the upper end of the data, got {levels}")
        self.alpha, self.levels = float(alpha), float(levels)

    def f(self, x: ndarray, context: ndarray | None = None) -> tuple[ndarray, ndarray]:
        check_array("x", x, ("n", "m"))
        value = stop_gradient(x)
        if not (np.min(value, initial=0) >= 0 and np.max(value, initial=0) <= self.levels):
            raise ValueError(
                f"x: expected values in [0, {self.levels:g}], got {np.min(value):g} to {np.max(value):g}; "
                "Logit(alpha, levels) takes the upper end as levels"
            )
        slope = (1 - 2 * self.alpha) / self.levels
        if value.size and not self.alpha + slope * min(np.min(value), self.levels - np.max(value)) > 0:
            raise ValueError(
                f"x: expected values inside (0, {self.levels:g}), for alpha = {self.alpha:g} maps the ends to "
                "infinity; use alpha > 0, such as 0.05"
            )
        s = self.alpha + slope * x
        log_s, log_rest = np.log(s), np.log(self.alpha + slope * (self.levels - x))  # 1 − s, exact near the upper end
        return log_s - log_rest, np.sum(math.log(slope) - log_s - log_rest, axis=1)

    def g(self, z: ndarray, context: ndarray | None = None) -> tuple[ndarray, ndarray]:
        check_array("z", z, ("n", "m"))
        slope = (1 - 2 * self.alpha) / self.levels
        x = (sigmoid(z) - self.alpha) / slope
        return x, np.sum(log_sigmoid(z) + log_sigmoid(-z) - math.log(slope), axis=1)


class Permutation(Flow):
    """z_k = x_{p_k}: the dimensions in another order, so that the next layer moves other ones. log_det = 0.

    permutation: integers (m,), each of 0..m−1 once; np.arange(m)[::-1] reverses. Raises ValueError otherwise.
    """

    def __init__(self, permutation: Sequence[int] | ndarray):
        self.permutation = np.array(permutation)
        check_array("permutation", self.permutation, ("m",), kinds="iu")
        self.m = len(self.permutation)
        if not np.array_equal(np.sort(self.permutation), np.arange(self.m)):
            raise ValueError(f"permutation: expected each of 0..{self.m - 1} once, got {self.permutation.tolist()}")

    def f(self, x: ndarray, context: ndarray | None = None) -> tuple[ndarray, ndarray]:
        check_array("x", x, ("n", self.m))
        return columns(x, index=self.permutation), np.zeros(len(x), x.dtype)

    def g(self, z: ndarray, context: ndarray | None = None) -> tuple[ndarray, ndarray]:
        check_array("z", z, ("n", self.m))
        return columns(z, index=np.argsort(self.permutation)), np.zeros(len(z), z.dtype)
