"""Small VAEs for the tests: every parameter shaken, because flows start as the identity, which would test nothing."""

import numpy as np
import pytest

from minidgm.nn import MLP
from minidgm.tensor import parameters
from minidgm.vae import VAE, BernoulliDecoder, GaussianPosterior, StandardNormalPrior


@pytest.fixture
def shaken():
    def shake(model, seed=7, scale=0.2):
        rng = np.random.default_rng(seed)
        for theta in parameters(model).values():
            theta += scale * rng.standard_normal(theta.shape).astype(theta.dtype)
        return model

    return shake


@pytest.fixture
def small_vae(shaken):
    """small_vae(prior=None, posterior=None, d=3, m=6): float32, Bernoulli, random weights."""

    def make(prior=None, posterior=None, d=3, m=6):
        rng = np.random.default_rng(3)
        posterior = posterior or GaussianPosterior(MLP((m, 8, 2 * d), rng))
        decoder = BernoulliDecoder(MLP((d, 8, m), rng))
        return shaken(VAE(posterior, decoder, prior or StandardNormalPrior(d)))

    return make


@pytest.fixture
def binary():
    """binary(n, m=6): n objects of zeros and ones, float32."""
    return lambda n, m=6: (np.random.default_rng(1).random((n, m)) < 0.4).astype(np.float32)
