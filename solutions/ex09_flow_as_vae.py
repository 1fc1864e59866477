"""Exercise 09: a flow is a VAE with a deterministic encoder and decoder (Nielsen et al. 2020, SurVAE flows).

A VAE maximizes a lower bound, a flow the likelihood itself. The slide's theorem says that the second is a special case
of the first: let the encoder be z = f(x) and the decoder x = g(z), without noise, and the ELBO is the log-likelihood.
Delta functions have no log-density, so take the limit with your own hands: give encoder and decoder a noise of width τ.

    q(z|x) = N(z; f(x), τ²I)                          encoder: z = f(x) + τ ε
    p(x|z) = N(f(x); z, τ²I) · |det J_f(x)|           decoder: x = g(z + τ · noise), by the change of variables
    ELBO   = E_q [ log p(x|z) + log p(z) − log q(z|x) ]
    τ → 0    ELBO → log p(f(x)) + log|det J_f(x)| = log p(x)

For a standard normal base the ELBO stays below log p(x) by mτ²/2, exactly. Throughout, `f` maps x (n, m) to z (n, m)
and log_det (n,). Read afterwards: minidgm/vae/model.py.
"""

import autograd.numpy as np


def deterministic_elbo(x, f, base_log_prob):
    """Compute the ELBO of the limit τ = 0, which is no bound any more but the flow's log-likelihood.

    p(x|z) and q(z|x) are both infinite there, but their ratio isn't: it tells how f changes volumes. What remains is
    that ratio's logarithm and the prior's log-density, where the prior is the flow's base.

        ELBO = log p(z) + log|det J_f(x)|,   z = f(x)

    x: (n, m); base_log_prob: (n, m) -> (n,). Returns (n,), one number per object, in nats, of the dtype of x.

    One dimension, z = (x − 2)/2 (log_det = −log 2) and a standard normal base: x = 3 has the density of N(2, 2²) there.

    >>> f = lambda x: ((x - 2) / 2, np.full(len(x), -np.log(2)))
    >>> base_log_prob = lambda z: np.sum(-z**2 / 2 - np.log(2 * np.pi) / 2, axis=1)
    >>> print(np.round(deterministic_elbo(np.array([[3.0]]), f, base_log_prob), 4))
    [-1.7371]
    """
    z, log_det = f(x)
    return base_log_prob(z) + log_det


def noisy_elbo(x, f, base_log_prob, tau, eps):
    """Estimate the ELBO for noise of width tau, as the mean over the given samples of ε.

    Write the three terms down before you compute them: two of them have much in common. tau may be so small that
    f(x) + τε rounds to f(x); the ELBO is an ordinary number even then.

        ELBO = mean over samples of [ log p(x|z) + log p(z) − log q(z|x) ],   z = f(x) + τ ε

    x: (n, m); base_log_prob: (k, m) -> (k,) for any k, the log-density of the prior (two axes: it doesn't know about
    samples); tau > 0, a number; eps: (samples, n, m), standard normal. Returns (n,), in nats, of the dtype of x.
    (Mind: np.log(2 * np.pi) and np.log(tau) are float64 numbers, and turn float32 arrays they meet into float64.)

    The example of deterministic_elbo with τ = 0.1 and ε = ±1. As ε has exactly the mean 0 and the variance 1 here, the
    ELBO is lower by exactly τ²/2 = 0.005:

    >>> f = lambda x: ((x - 2) / 2, np.full(len(x), -np.log(2)))
    >>> base_log_prob = lambda z: np.sum(-z**2 / 2 - np.log(2 * np.pi) / 2, axis=1)
    >>> print(np.round(noisy_elbo(np.array([[3.0]]), f, base_log_prob, 0.1, np.array([[[1.0]], [[-1.0]]])), 4))
    [-1.7421]
    """
    samples, n, m = eps.shape
    z, log_det = f(x)
    z = z + tau * eps  # (samples, n, m)
    log_prior = base_log_prob(np.reshape(z, (samples * n, m)))
    log_ratio = log_det  # log p(x|z) − log q(z|x): N(f(x); z, τ²I) and N(z; f(x), τ²I) are the same number
    return np.mean(np.reshape(log_prior, (samples, n)), axis=0) + log_ratio
