"""Tighter than the ELBO: the importance-weighted bound, what lies between; and the losses to train with.

    w_k     = p(x, z_k) / q(z_k|x),  z_k ~ q(z|x)
    ELBO    = E log w                        log p(x) − ELBO = KL(q(z|x) ‖ p(z|x))
    IWAE_K  = E log (1/K) Σ_k w_k            increasing in K, → log p(x) (Burda et al. 2016)

Neither ever exceeds log p(x), because the logarithm is concave and E w = p(x). Exercise 24; lab posterior.
"""

from collections.abc import Callable

import autograd.numpy as np
from numpy import ndarray
from numpy.random import Generator

from minidgm.errors import check_number
from minidgm.importance import importance_bound
from minidgm.vae.model import VAE, elbo_terms, log_weights


def iwae_bound(model: VAE, x: ndarray, rng: Generator, samples: int) -> ndarray:
    """log (1/K) Σ_k w_k with K = samples, for each row of x (n, m): (n,), in nats."""
    return importance_bound(log_weights(model, x, rng, samples))


def bound_gap(model: VAE, x: ndarray, rng: Generator, samples: int) -> ndarray:
    """An estimate of log p(x) − ELBO, as IWAE_K − ELBO from the same K = samples draws: (n,), never negative.

    Its expectation grows with K, up to KL(q(z|x) ‖ p(z|x)).
    """
    log_w = log_weights(model, x, rng, samples)
    return importance_bound(log_w) - np.mean(log_w, axis=0)


class negative_elbo:
    """The loss to train a VAE with: −(reconstruction − β · KL), a mean over the batch: `loss(model, x, rng)`.

    beta: the weight of the KL term, or a schedule for it, a function of the step 1, 2, ... (see `warm_up`): a KL term
          that comes in slowly keeps the decoder from learning to do without z (Bowman et al. 2016). `train` tells the
          step by `at_step`; validation is done with the weight of that step.
    free_nats: so many nats of KL cost nothing: max(KL, free_nats) of the batch (Kingma et al. 2016).

    With another setting than the default it is no bound: validate by `negative_elbo()`. Raises ValueError for a
    weight that is negative or infinite.
    """

    def __init__(self, beta: float | Callable[[int], float] = 1.0, free_nats: float = 0.0):
        if not callable(beta):
            check_number("beta", beta, "[0, inf)")
        check_number("free_nats", free_nats, "[0, inf)")
        self.beta, self.free_nats, self.step = beta, free_nats, 1

    def at_step(self, step: int) -> None:
        """Take the weight of the step 1, 2, ... from now on."""
        self.step = step

    def __call__(self, model, x, rng):
        weight = self.beta(self.step) if callable(self.beta) else self.beta
        terms = elbo_terms(model, x, rng)
        kl = np.mean(terms.log_q - terms.log_prior)
        if self.free_nats:
            kl = np.maximum(kl, self.free_nats)
        return weight * kl - np.mean(terms.log_lik)


def warm_up(steps: int) -> Callable[[int], float]:
    """A schedule for β: from 0 up to 1 in a straight line over the first `steps` steps. ValueError for none."""
    check_number("steps", steps, "(0, inf)")
    return lambda t: min(1.0, t / steps)
