"""ELBO surgery (Hoffman & Johnson 2016): the mean ELBO over n objects, cut into three terms.

    (1/n) Σ_i ELBO_i = reconstruction − I_q[x, z] − KL(q_agg ‖ p),     0 ≤ I_q ≤ log n
    I_q              = (1/n) Σ_i E_q(z|x_i) [ log q(z|x_i) − log q_agg(z) ]
    KL(q_agg ‖ p)    = (1/n) Σ_i E_q(z|x_i) [ log q_agg(z) − log p(z) ]

Every estimator of I_q here is a mean of log-ratios; they differ in what stands for q_agg at z ~ q(z|x_i), when only B
of the N objects are at hand:

    exact              (1/N) Σ_k q(z|x_k)                                 all N posteriors
    naive minibatch    (1/B) Σ_k q(z|x_k)                                 too low; never above log B
    stratified         (1/N) q(z|x_i) + (N−1)/N · (1/(B−1)) Σ_{k≠i}       too high; never above log N
    leave-one-out      (1/(B−1)) Σ_{k≠i} q(z|x_k)                         higher still, without a bound

In expectation naive ≤ exact ≤ stratified ≤ leave-one-out: a sandwich. (Below: the entropy of q_agg is concave in it.
Above: −log is convex, and the batch's mean is unbiased.) Poole et al. 2019; stratified: Chen et al. 2018.

What runs for the formulas is in fast/gaussians.py. It keeps the limits to the last bit: q_agg(z) ≥ q(z|x_i)/n at
every z, so no log-ratio passes log n; equal posteriors give exactly 0, and disjoint ones exactly log n.
Exercises 19 and 20; lab surgery.
"""

import functools
import math
from typing import NamedTuple

import autograd.numpy as np
from numpy import ndarray
from numpy.random import Generator

from minidgm import fast
from minidgm.distributions import normal_log_prob
from minidgm.errors import check_array, checked
from minidgm.functional import logsumexp
from minidgm.tensor import is_traced, runs_as
from minidgm.vae.critics import itself
from minidgm.vae.gaussians import aggregated_log_prob, gaussian_log_prob_table
from minidgm.vae.model import VAE


class Estimate(NamedTuple):
    """A mean, and its standard error through the noise ε alone: the data are as given."""

    value: float
    error: float

    def __str__(self):
        return f"{self.value:.4f} ± {self.error:.4f}"


class Surgery(NamedTuple):
    """The terms of the mean ELBO, in nats: elbo = reconstruction − mutual_information − marginal_kl."""

    reconstruction: Estimate
    mutual_information: Estimate
    marginal_kl: Estimate
    elbo: Estimate


def elbo_surgery(model: VAE, x: ndarray, rng: Generator, samples: int = 2) -> Surgery:
    """The terms of a VAE's mean ELBO over the n objects x (n, m), all from the same noise, so that they add up.

    A flow posterior may have no context: then one bijection moves all posteriors alike, and I_q is that of the
    encoder's Gaussians. Raises ValueError for one with a context, for fewer than two samples, and inside a loss.
    """
    if is_traced(model, x):
        raise ValueError("model: its surgery is numbers without a gradient; train on elbo_terms and mutual_information")
    if getattr(model.posterior, "context", 0):
        raise ValueError("model: its flow posterior has a context, another map for each object; use one without")
    if samples < 2:
        raise ValueError(f"samples: expected at least 2, for the standard errors, got {samples}")
    if len(x) == 0:
        raise ValueError("x: expected at least one object, got none")
    mu, log_sigma = model.posterior.mu_log_sigma(x)
    eps = rng.standard_normal((samples, *mu.shape), dtype=mu.dtype)
    log_lik, log_kl = [], []  # log p(x|z) and log q(z|x) − log p(z)
    for noise in eps:
        z, log_q = model.posterior.reparameterize(x, noise)
        log_lik.append(model.decoder.log_prob(x, z))
        log_kl.append(log_q - model.prior.log_prob(z))
    reconstruction, kl = np.array(log_lik, np.float64), np.array(log_kl, np.float64)
    ratios = log_ratios(mu, log_sigma, eps)  # log q(z|x) − log q_agg(z)
    return Surgery(*map(estimate, (reconstruction, ratios, kl - ratios, reconstruction - kl)))


# ------------------------------------------------------------------ mutual information


def check_posteriors(mu, log_sigma, eps, least: int = 1) -> None:
    """ValueError, one sentence, for wrong shapes, no samples, or fewer objects than the estimate needs."""
    check_array("mu", mu, ("n", "d"))
    check_array("log_sigma", log_sigma, mu.shape)
    check_array("eps", eps, ("samples", *mu.shape))
    if len(eps) == 0:
        raise ValueError("eps: expected at least one sample, got none")
    if len(mu) < least:
        raise ValueError(f"mu: expected at least {least} object{'s' * (least > 1)}, got {len(mu)}")


def check_minibatch(mu, log_sigma, eps, total: int) -> None:
    """The same for a minibatch: at least 2 objects, at most `total`."""
    check_posteriors(mu, log_sigma, eps)
    if not min(2, total) <= len(mu) <= total:
        raise ValueError(f"mu: expected a minibatch of 2 to total = {total} objects, got {len(mu)}")


@checked(check_posteriors)
@runs_as(fast.mutual_information, gradient=False)
def mutual_information(mu: ndarray, log_sigma: ndarray, eps: ndarray) -> float:
    """I_q[x, z] of n Gaussian posteriors, q_agg over all of them: mu, log_sigma (n, d), eps (samples, n, d); in nats.

    Of a minibatch of B objects it is the naive estimate: it takes them for all, and never passes log B.
    """
    log_q, log_q_agg = own_and_aggregated(mu, log_sigma, eps)
    return np.mean(log_q - log_q_agg)


@checked(check_minibatch)
@runs_as(fast.minibatch_mutual_information, gradient=False)
def minibatch_mutual_information(mu: ndarray, log_sigma: ndarray, eps: ndarray, total: int) -> float:
    """I_q over N = `total` objects from a minibatch of B: own posterior 1/N, the other B − 1 share (N − 1)/N."""
    log_q, log_q_others = own_and_others(mu, log_sigma, eps)
    N = total
    with np.errstate(divide="ignore", invalid="ignore"):  # log 0 = −inf is right where there are no others
        log_q_agg = np.logaddexp(np.log(1 / N) + log_q, np.log((N - 1) / N) + log_q_others)
    return np.mean(log_q - log_q_agg)


@checked(functools.partial(check_posteriors, least=2))
@runs_as(fast.leave_one_out_mutual_information, gradient=False)
def leave_one_out_mutual_information(mu: ndarray, log_sigma: ndarray, eps: ndarray) -> float:
    """I_q with an object's own posterior left out of q_agg: above the truth, and above every bound if none overlap."""
    log_q, log_q_others = own_and_others(mu, log_sigma, eps)
    return np.mean(log_q - log_q_others)


@checked(check_posteriors)
@runs_as(fast.log_ratios, gradient=False)
def log_ratios(mu: ndarray, log_sigma: ndarray, eps: ndarray) -> ndarray:
    """log q(z|x_i) − log q_agg(z) at z = μ_i + σ_i ε; arguments as above, → (samples, n), float64."""
    log_q, log_q_agg = own_and_aggregated(mu, log_sigma, eps)
    return log_q - log_q_agg


def own_and_aggregated(mu: ndarray, log_sigma: ndarray, eps: ndarray) -> tuple[ndarray, ndarray]:
    """log q(z_i|x_i) and log q_agg(z_i) at z_i = μ_i + σ_i ε: (samples, n) each, float64."""
    mu, log_sigma, eps = (a.astype(np.float64) for a in (mu, log_sigma, eps))
    log_q = np.sum(normal_log_prob(eps, log_sigma), axis=2)
    return log_q, np.stack([aggregated_log_prob(z, mu, log_sigma) for z in mu + np.exp(log_sigma) * eps])


def own_and_others(mu: ndarray, log_sigma: ndarray, eps: ndarray) -> tuple[ndarray, ndarray]:
    """log q(z_i|x_i), and log (1/(n − 1)) Σ_{k≠i} q(z_i|x_k): (samples, n) each, float64."""
    mu, log_sigma, eps = (a.astype(np.float64) for a in (mu, log_sigma, eps))
    log_q = np.sum(normal_log_prob(eps, log_sigma), axis=2)
    tables = [gaussian_log_prob_table(z, mu, log_sigma) for z in mu + np.exp(log_sigma) * eps]
    others = np.stack([table + itself(table) for table in tables])
    return log_q, logsumexp(others, axis=2) - math.log(max(len(mu) - 1, 1))


def estimate(values: ndarray) -> Estimate:
    """The mean of values (samples, n), and its standard error from the spread of each object's own samples."""
    values = np.asarray(values, np.float64)
    samples, n = values.shape
    error = math.sqrt(np.mean(np.var(values, axis=0, ddof=1)) / (samples * n))
    return Estimate(fast.mean(values), error)
