"""Gaussian autoregressive flows (Papamakarios et al. 2017, MAF; Kingma et al. 2016, IAF).

AR          x_j = σ_j(x_<j) · z_j + μ_j(x_<j)       f: one pass of the net      g: m passes, one after the other
inverse AR  x_j = σ̃_j(z_<j) · z_j + μ̃_j(z_<j)       g: one pass of the net      f: m passes, one after the other
log|det ∂z/∂x| = −Σ_j log σ_j, because the Jacobian is triangular.
The slow way is slow in steps, not in work: what runs (fast/inversion.py) computes each hidden unit once, when its
inputs are known.

The AR flow is fast where maximum likelihood (forward KL) needs it, the inverse AR flow where sampling (reverse KL,
a VAE's posterior) needs it. Exercises 05 and 06; lab autoregressive.
"""

from collections.abc import Sequence

import autograd.numpy as np
from numpy import ndarray
from numpy.random import Generator

from minidgm import fast
from minidgm.errors import check_array
from minidgm.flows.affine import affine_f, affine_g, mu_and_log_sigma
from minidgm.flows.base import Flow
from minidgm.nn import MADE, start_at_zero
from minidgm.tensor import runs_as


class _ARFlow(Flow):
    """What both directions share: a MADE that gives μ_j and log σ_j, which have seen the dimensions before j only.

    hidden: widths of the MADE's hidden layers; order: the dimensions in the order of generation; context: length of a
    vector that μ and σ may depend on as well. It starts as the identity.
    """

    def __init__(
        self,
        m: int,
        hidden: Sequence[int],
        rng: Generator,
        order: Sequence[int] | ndarray | None = None,
        context: int = 0,
    ):
        self.net = MADE(m, hidden, 2, rng, order, context)
        start_at_zero(self.net)

    @property
    def m(self) -> int:  # type: ignore[override]
        return self.net.m

    @runs_as(fast.ar_mu_log_sigma, of_steps=True)
    def mu_log_sigma(self, x: ndarray, context: ndarray | None = None) -> tuple[ndarray, ndarray]:
        """μ(x), log σ(x), (n, m) each; column j has seen x_<j only."""
        return mu_and_log_sigma(self.net.table(x, context))


class GaussianAR(_ARFlow):
    """x_j = σ_j(x_<j) · z_j + μ_j(x_<j): density in one pass, sampling in m."""

    @runs_as(fast.ar_f, of_steps=True)
    def f(self, x: ndarray, context: ndarray | None = None) -> tuple[ndarray, ndarray]:
        """z = (x − μ(x)) / σ(x) and log|det ∂z/∂x| = −Σ_j log σ_j(x)."""
        mu, log_sigma = self.mu_log_sigma(x, context)
        return affine_f(x, mu, log_sigma)

    @runs_as(fast.gaussian_ar_g, gradient=False)
    def g(self, z: ndarray, context: ndarray | None = None) -> tuple[ndarray, ndarray]:
        """m passes of the net, each of which makes one more column of x final."""
        check_array("z", z, ("n", self.m))
        x = np.zeros_like(z)
        for j in self.net.order:  # x_<j are final: column j of mu and log_sigma is right, later ones are not yet
            mu, log_sigma = self.mu_log_sigma(x, context)
            x = np.where(np.arange(self.m) == j, np.exp(log_sigma) * z + mu, x)
        return x, np.sum(log_sigma, axis=1)


class InverseGaussianAR(_ARFlow):
    """x_j = σ̃_j(z_<j) · z_j + μ̃_j(z_<j): sampling in one pass, density in m."""

    @runs_as(fast.inverse_ar_g, of_steps=True)
    def g(self, z: ndarray, context: ndarray | None = None) -> tuple[ndarray, ndarray]:
        """x = σ̃(z) z + μ̃(z) and log|det ∂x/∂z| = Σ_j log σ̃_j(z)."""
        check_array("z", z, ("n", self.m))
        mu, log_sigma = self.mu_log_sigma(z, context)
        return affine_g(z, mu, log_sigma)

    @runs_as(fast.inverse_gaussian_ar_f, gradient=False)
    def f(self, x: ndarray, context: ndarray | None = None) -> tuple[ndarray, ndarray]:
        """m passes of the net, each of which makes one more column of z final."""
        check_array("x", x, ("n", self.m))
        z = np.zeros_like(x)
        for j in self.net.order:
            mu, log_sigma = self.mu_log_sigma(z, context)
            z = np.where(np.arange(self.m) == j, (x - mu) * np.exp(-log_sigma), z)
        return z, -np.sum(log_sigma, axis=1)
