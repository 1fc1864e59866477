"""The VAE, put together from its three parts, and its lower bound on log p(x).

    log p(x) ≥ ELBO = E_q(z|x) [ log p(x|z) + log p(z) − log q(z|x) ]

Sampling goes z ~ p(z), x ~ p(x|z). Kingma & Welling (2014); exercise 17; labs surgery, prior and posterior.

    vae = VAE(GaussianPosterior(encoder), BernoulliDecoder(net), StandardNormalPrior(8))
    vae = VAE(FlowPosterior(encoder, flow), BernoulliDecoder(net), FlowPrior(other_flow))
    train(vae, negative_elbo(), x, rng, steps=2000)
"""

import copy
from typing import NamedTuple

import autograd.numpy as np
import numpy
from numpy import ndarray
from numpy.random import Generator

from minidgm.importance import draws
from minidgm.tensor import Module, is_traced


class VAE(Module):
    """A posterior q(z|x), a decoder p(x|z) and a prior p(z): any that agree in their shapes.

    Raises ValueError, one sentence, when they do not: each part is tried on one object.
    """

    def __init__(self, posterior, decoder, prior):
        check_parts(posterior, decoder, prior)
        self.posterior, self.decoder, self.prior = posterior, decoder, prior

    def sample(self, rng: Generator, n: int) -> ndarray:
        """n objects x ~ p(x|z), z ~ p(z): (n, m)."""
        return self.decoder.sample(rng, self.prior.sample(rng, n))

    def with_parts(self, posterior=None, decoder=None, prior=None) -> "VAE":
        """The same VAE with some of its parts exchanged, as in vae.with_parts(prior=other); nothing is copied.

        Raises ValueError for parts that do not fit the others.
        """
        new = copy.copy(self)
        new.posterior, new.decoder, new.prior = (
            posterior or self.posterior,
            decoder or self.decoder,
            prior or self.prior,
        )
        if not is_traced(new):  # inside a loss it would be done at every step
            check_parts(new.posterior, new.decoder, new.prior)
        return new


# ------------------------------------------------------------------ the bound


class Terms(NamedTuple):
    """What the ELBO is made of, for one z ~ q(z|x) per object; each of shape (n,), in nats."""

    log_lik: ndarray  # log p(x|z)
    log_prior: ndarray  # log p(z)
    log_q: ndarray  # log q(z|x)

    @property
    def log_weight(self) -> ndarray:
        """log w = log p(x|z) + log p(z) − log q(z|x): its mean over z is the ELBO."""
        return self.log_lik + self.log_prior - self.log_q


def elbo_terms(model: VAE, x: ndarray, rng: Generator) -> Terms:
    """log p(x|z), log p(z) and log q(z|x) at one z ~ q(z|x) for each row of x (n, m)."""
    z, log_q = model.posterior.draw(rng, x)
    return Terms(model.decoder.log_prob(x, z), model.prior.log_prob(z), log_q)


def elbo(model: VAE, x: ndarray, rng: Generator, samples: int = 1) -> ndarray:
    """E_q(z|x) [ log p(x|z) + log p(z) − log q(z|x) ] of each row of x (n, m): (n,), in nats.

    It is estimated, without bias, as the mean over `samples` draws of z.
    """
    log_w = log_weights(model, x, rng, samples)
    return np.mean(log_w, axis=0)


def log_weights(model: VAE, x: ndarray, rng: Generator, samples: int) -> ndarray:
    """log w of `samples` draws z ~ q(z|x) for each row of x (n, m): (samples, n), in nats. ValueError for none."""
    return draws(lambda: elbo_terms(model, x, rng).log_weight, samples)


# ------------------------------------------------------------------ do the parts fit?


def check_parts(posterior, decoder, prior) -> None:
    """Send one object through all three parts; ValueError that names the part which does not fit the others."""
    rng = numpy.random.default_rng(0)
    try:
        z = prior.sample(rng, 1)
    except ValueError as error:
        raise ValueError(f"prior: cannot be sampled, its own parts do not fit ({error})") from error
    d = z.shape[1]
    try:
        x = decoder.sample(rng, z)
    except ValueError as error:
        raise ValueError(f"decoder: cannot decode the prior's z of {d} dimensions ({error})") from error
    try:
        mu, _ = posterior.mu_log_sigma(x)
    except ValueError as error:
        raise ValueError(f"posterior: cannot encode the decoder's x of {x.shape[1]} dimensions ({error})") from error
    if mu.shape[1] != d:
        raise ValueError(f"posterior: has z of {mu.shape[1]} dimensions, the prior of {d}; build both with the same")
    try:
        posterior.draw(rng, x)
    except ValueError as error:
        raise ValueError(f"posterior: its flow does not take its {d} dimensions and context ({error})") from error
