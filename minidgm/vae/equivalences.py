"""Flows seen as VAEs, and a flow moved from the posterior to the prior.

1. The MLE of a flow is the ELBO of a VAE with deterministic encoder and decoder (Nielsen et al. 2020). With some noise:
       encoder  z = f(x) + τ ε          q(z|x) = N(z; f(x), τ² I)
       decoder  x = g(z + τ · noise)    p(x|z) = N(f(x); z, τ² I) · |det ∂f/∂x|
       ELBO     E log p(x|z) = −m log τ − ½ m log 2πe + log|det ∂f/∂x|
                E log p(z)   = log N(f(x)) − ½ m τ²      for a standard normal prior
                −E log q     = +m log τ + ½ m log 2πe
   The two entropies cancel: log p(x) − ELBO = ½ m τ², zero in the limit. Exercise 09; lab flow-is-vae.

2. A flow in the posterior is a flow in the prior, and a decoder that sees its output (KL duality):
       q(z|x): z = g(z_0), p(z), p(x|z)   and   q(z_0|x), p(z_0) = p(g(z_0)) |det ∂g/∂z_0|, p(x|g(z_0))
   have the same ELBO, for the same noise to rounding. The flow turns round: an inverse AR flow (g in one pass) as
   posterior is an AR flow (f in one pass) as prior (Chen et al. 2017). Lab posterior.
"""

import math
from typing import Any

import autograd.numpy as np
import numpy
from numpy import ndarray
from numpy.random import Generator

from minidgm.distributions import normal_log_prob
from minidgm.errors import check_number
from minidgm.flows import FlowModel, Inverse
from minidgm.tensor import Module, stop_gradient
from minidgm.vae.decoders import Decoder
from minidgm.vae.model import VAE
from minidgm.vae.posteriors import FlowPosterior, GaussianPosterior


class FlowEncoder(Module):
    """An encoder for GaussianPosterior: μ(x) = f(x), σ = τ."""

    def __init__(self, flow, tau: float):
        self.flow, self.tau = flow, tau

    def __call__(self, x: ndarray) -> ndarray:
        z, _ = self.flow.f(x)
        check_resolved(self.tau, z)
        return np.concatenate([z, np.full(z.shape, math.log(self.tau), z.dtype)], axis=1)


class FlowDecoder(Module):
    """The decoder x = g(z + τ · noise): log p(x|z) = log N(f(x); z, τ² I) + log|det ∂f/∂x|."""

    def __init__(self, flow, tau: float):
        self.flow, self.tau = flow, tau

    def log_prob(self, x: ndarray, z: ndarray) -> ndarray:
        """log p(x|z) of row i of x under row i of z: (n,), in nats."""
        f_x, log_det = self.flow.f(x)
        return np.sum(normal_log_prob((f_x - z) / self.tau, math.log(self.tau)), axis=1) + log_det

    def sample(self, rng: Generator, z: ndarray) -> ndarray:
        """One x for each row of z: (n, m)."""
        return self.flow.g(z + self.tau * rng.standard_normal(z.shape, dtype=z.dtype))[0]


def check_resolved(tau: float, z: ndarray) -> None:
    """Raise ValueError for a τ so small that z + τ ε loses the digits of ε: the ELBO would come out too high."""
    spacing = numpy.max(numpy.spacing(numpy.abs(stop_gradient(z))), initial=0)
    if tau < 32 * spacing:
        raise ValueError(
            f"tau: {tau:g} is too small for {z.dtype} where |z| reaches {numpy.max(numpy.abs(stop_gradient(z))):.4g}: "
            f"use {32 * spacing:.1g} at least" + ", or float64" * (z.dtype.itemsize < 8)
        )


def flow_as_vae(model: FlowModel, tau: float) -> VAE:
    """The VAE with encoder z = f(x) + τ ε and decoder x = g(z + τ · noise) of a flow model, whose base is its prior.

    Raises ValueError unless τ > 0: without noise the encoder has no density.
    """
    check_number("tau", tau, "(0, inf)")
    return VAE(GaussianPosterior(FlowEncoder(model.flow, tau)), FlowDecoder(model.flow, tau), model.base)


class ShiftedDecoder(Decoder):
    """p(x|g(z_0)): a decoder that a flow stands before."""

    def __init__(self, flow, decoder):
        self.flow, self.decoder = flow, decoder

    def given(self, z: ndarray) -> Any:
        return self.decoder.given(self.flow.g(z)[0])


def posterior_flow_to_prior(vae: VAE) -> VAE:
    """The same VAE with the flow of its FlowPosterior moved into the prior, and before the decoder.

    Raises ValueError for another posterior, or a flow with a context: the prior has no x to take one from.
    """
    posterior = vae.posterior
    if not isinstance(posterior, FlowPosterior) or posterior.context:
        raise ValueError("vae: expected a FlowPosterior without a context")
    prior = FlowModel(Inverse(posterior.flow), vae.prior)  # log p(z_0) = log p(g(z_0)) + log|det ∂g/∂z_0|
    return VAE(GaussianPosterior(posterior.encoder), ShiftedDecoder(posterior.flow, vae.decoder), prior)


def exact_gap(m: int, tau: float) -> float:
    """log p(x) − E ELBO of `flow_as_vae` for a standard normal base on m dimensions: ½ m τ², in nats."""
    return 0.5 * m * tau**2
