"""Gaussian autoregressive flows (Papamakarios et al. 2017, MAF; Kingma et al. 2016, IAF).

AR          x_j = σ_j(x_<j) · z_j + μ_j(x_<j)       f: one pass of the net      g: m passes, one after the other
inverse AR  x_j = σ̃_j(z_<j) · z_j + μ̃_j(z_<j)       g: one pass of the net      f: m passes, one after the other
log|det ∂z/∂x| = −Σ_j log σ_j, because the Jacobian is triangular.
The slow way is slow in steps, not in work: `inversion.py` computes each hidden unit once, when its inputs are known.

The AR flow is fast where maximum likelihood (forward KL) needs it, the inverse AR flow where sampling (reverse KL,
a VAE's posterior) needs it. Exercises 05 and 06; lab autoregressive.
"""

import autograd.numpy as np

from minidgm.errors import check_array
from minidgm.flows.affine import affine_f, affine_g, mu_and_log_sigma
from minidgm.flows.base import Flow
from minidgm.flows.inversion import invert
from minidgm.nn import MADE, start_at_zero
from minidgm.nn.network import weights_and_biases
from minidgm.tensor import is_traced


class _ARFlow(Flow):
    """What both directions share: a MADE that gives μ_j and log σ_j, which have seen the dimensions before j only.

    hidden: widths of the MADE's hidden layers; order: the dimensions in the order of generation; context: length of a
    vector that μ and σ may depend on as well. It starts as the identity.
    """

    def __init__(self, m: int, hidden, rng, order=None, context: int = 0):
        self.net = MADE(m, hidden, 2, rng, order, context)
        start_at_zero(self.net)

    def mu_log_sigma(self, x, context=None):
        """μ(x), log σ(x), (n, m) each; column j has seen x_<j only."""
        return mu_and_log_sigma(self.net.table(x, context))


class GaussianAR(_ARFlow):
    """x_j = σ_j(x_<j) · z_j + μ_j(x_<j): density in one pass, sampling in m."""

    def f(self, x, context=None):
        mu, log_sigma = self.mu_log_sigma(x, context)
        return affine_f(x, mu, log_sigma)  # z = (x − μ) / σ (n, m), log_det = −Σ log σ (n,)

    def g(self, z, context=None):
        check_array("z", z, ("n", self.net.m))
        if is_traced(z, context, *weights_and_biases(self.net.layers)):  # `invert` has no gradient
            return self.plain_g(z, context)
        return invert(self.net, affine_g, z, context)

    def plain_g(self, z, context=None):
        """g as it is read: m passes of the net, each of which makes one more column of x final."""
        x = np.zeros_like(z)
        for j in self.net.order:  # x_<j are final: column j of mu and log_sigma is right, later ones are not yet
            mu, log_sigma = self.mu_log_sigma(x, context)
            x = np.where(np.arange(self.net.m) == j, np.exp(log_sigma) * z + mu, x)
        return x, np.sum(log_sigma, axis=1)


class InverseGaussianAR(_ARFlow):
    """x_j = σ̃_j(z_<j) · z_j + μ̃_j(z_<j): sampling in one pass, density in m."""

    def g(self, z, context=None):
        check_array("z", z, ("n", self.net.m))
        mu, log_sigma = self.mu_log_sigma(z, context)
        return affine_g(z, mu, log_sigma)  # x = σ z + μ (n, m), log_det = Σ log σ (n,)

    def f(self, x, context=None):
        check_array("x", x, ("n", self.net.m))
        if is_traced(x, context, *weights_and_biases(self.net.layers)):
            return self.plain_f(x, context)
        return invert(self.net, affine_f, x, context)

    def plain_f(self, x, context=None):
        """f as it is read: m passes of the net."""
        z = np.zeros_like(x)
        for j in self.net.order:
            mu, log_sigma = self.mu_log_sigma(z, context)
            z = np.where(np.arange(self.net.m) == j, (x - mu) * np.exp(-log_sigma), z)
        return z, -np.sum(log_sigma, axis=1)
