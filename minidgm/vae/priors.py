"""Priors p(z|λ): what the latent code looks like before an object is seen. All offer log_prob(z) and sample(rng, n).

    standard          N(0, I)
    mixture           Σ_k π_k N(z; μ_k, σ_k²); with one component, a learned Gaussian
    aggregated        q_agg(z) = (1/n) Σ_i q(z|x_i), over the training data: the best one there, and the most expensive
    VampPrior         (1/K) Σ_k q(z|u_k), over K learned pseudo-inputs u_k (Tomczak & Welling 2018)
    flow              log p(z) = log N(f(z)) + log|det ∂f/∂z|: coupling, AR, inverse AR (d passes for f)
    autoregressive    Π_j p(z_j|z_<j) with mixtures of logistics as conditionals: not invertible, need not be

The ELBO wants log p(z) at the encoder's samples, and generation a sample: that is all a prior must be able to do.
Exercises 21 and 22; lab prior.
"""

import autograd.numpy as np
import numpy
from numpy import ndarray
from numpy.random import Generator

from minidgm.distributions import LogisticMixture, StandardNormal
from minidgm.errors import check_array, check_rng, check_whole
from minidgm.flows import Flow, FlowModel
from minidgm.functional import LOG_SCALE_LIMIT, log_softmax, soft_bound, split
from minidgm.nn import MADE, start_at_zero
from minidgm.tensor import Module
from minidgm.vae.gaussians import aggregated_log_prob, mixture_log_prob


class StandardNormalPrior(StandardNormal):
    """N(0, I) on d dimensions: the prior without parameters."""


class MixturePrior(Module):
    """Σ_k π_k N(z; μ_k, σ_k²) on d dimensions with learned π, μ, σ; means start as draws from N(0, I)."""

    def __init__(self, d: int, components: int, rng):
        check_whole("d", d, 1)
        check_whole("components", components, 1)
        check_rng(rng)
        self.log_pi = numpy.zeros(components, numpy.float32)  # before the softmax
        self.mu = rng.standard_normal((components, d), dtype=numpy.float32)
        self.log_sigma = numpy.zeros((components, d), numpy.float32)

    def log_prob(self, z: ndarray) -> ndarray:
        """z (n, d) → (n,), in nats."""
        return mixture_log_prob(z, log_softmax(self.log_pi), self.mu, self.log_sigma)

    def sample(self, rng: Generator, n: int) -> ndarray:
        """n draws, (n, d): a component first, then a draw from it."""
        pi = numpy.exp(log_softmax(self.log_pi.astype(numpy.float64)))
        k = rng.choice(len(pi), n, p=pi)
        eps = rng.standard_normal((n, self.mu.shape[1]), dtype=self.mu.dtype)
        return self.mu[k] + numpy.exp(self.log_sigma[k]) * eps


class AggregatedPosterior(Module):
    """q_agg(z) = (1/n) Σ_i q(z|x_i) over the objects x (n, m): a mixture with one component per object.

    posterior: a GaussianPosterior, or a FlowPosterior without a context: one flow f for all objects moves the whole
    mixture, so that q_agg(z) = q_agg of the base at f(z), times |det ∂f/∂z|. Raises ValueError for one with a context.
    """

    constants: tuple[str, ...] = ("x",)

    def __init__(self, posterior, x):
        if getattr(posterior, "context", 0):
            raise ValueError("posterior: its flow has a context, another map for each object; use one without")
        if len(x) == 0:
            raise ValueError("x: expected at least one object, got none")
        self.posterior, self.x = posterior, x

    def log_prob(self, z: ndarray) -> ndarray:
        """log q_agg(z): z (n_z, d) → (n_z,), in nats."""
        log_det = 0
        if hasattr(self.posterior, "flow"):
            z, log_det = self.posterior.flow.f(z)
        return aggregated_log_prob(z, *self.posterior.mu_log_sigma(self.x)) + log_det

    def sample(self, rng: Generator, n: int) -> ndarray:
        """n draws, (n, d): an object first, then a draw from its posterior."""
        return self.posterior.sample(rng, self.x[rng.integers(0, len(self.x), n)])


class VampPrior(AggregatedPosterior):
    """(1/K) Σ_k q(z|u_k): the aggregated posterior of K learned pseudo-inputs, (K, m) floats, instead of the data."""

    constants: tuple[str, ...] = ()

    def __init__(self, posterior, pseudo_inputs):
        check_array("pseudo_inputs", pseudo_inputs, ("K", "m"))
        super().__init__(posterior, numpy.array(pseudo_inputs))


class FlowPrior(FlowModel):
    """z = g(z*) with z* ~ N(0, I), so that log p(z) = log N(f(z)) + log|det ∂f/∂z|.

    The ELBO evaluates f, at every training step; generation g. The number of dimensions is the flow's own, `flow.m`.
    Raises ValueError for a flow that takes any number of them.
    """

    def __init__(self, flow: Flow):
        if flow.m is None:
            raise ValueError(
                "flow: expected one whose m, its number of dimensions, is known; this one takes any number"
            )
        super().__init__(flow, StandardNormalPrior(flow.m))


class AutoregressivePrior(Module):
    """p(z) = Π_j p(z_j|z_<j) with a mixture of K logistics for each conditional: one pass for log p, d to sample.

    It is no flow: no f maps z to noise, and the ELBO does not miss it. hidden: widths of the MADE's hidden layers.
    """

    def __init__(self, d: int, hidden, components: int, rng):
        check_whole("components", components, 1)
        self.net = MADE(d, hidden, 3 * components, rng)
        start_at_zero(self.net)
        size = d * components
        self.net.layers[-1].bias[size : 2 * size] = rng.standard_normal(size)  # different means: components can part

    def conditionals(self, z: ndarray) -> LogisticMixture:
        """p(z_j|z_<j) for all j at once: a LogisticMixture of shape (n, d)."""
        parts = split(self.net.table(z), 3)  # (n, K · d) each, component by component
        shape = (len(z), parts[0].shape[1] // self.net.m, self.net.m)
        log_pi, mu, log_s = (np.swapaxes(np.reshape(a, shape), 1, 2) for a in parts)
        return LogisticMixture(log_pi, mu, np.exp(soft_bound(log_s, limit=LOG_SCALE_LIMIT)))

    def log_prob(self, z: ndarray) -> ndarray:
        """Σ_j log p(z_j|z_<j): z (n, d) → (n,), in nats."""
        check_array("z", z, ("n", self.net.m))
        return np.sum(self.conditionals(z).log_prob(z), axis=1)

    def sample(self, rng: Generator, n: int) -> ndarray:
        """n draws, (n, d), one dimension after the other."""
        z = numpy.zeros((n, self.net.m), self.net.layers[0].weight.dtype)
        for j in range(self.net.m):
            z[:, j] = self.conditionals(z).sample(rng, 1)[0][:, j]  # z_<j are final, so column j is right
        return z
