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

Exact is meant literally: q_agg(z) ≥ q(z|x_i)/n at every z, so no log-ratio passes log n; equal posteriors give 0 and
disjoint ones log n to the last bit, because an object's own density is an entry of the same table as the others'.
Exercises 19 and 20; lab surgery.
"""

import math
from typing import NamedTuple

import numpy as np

from minidgm.errors import check_array
from minidgm.vae.gaussians import blocks, sum_exp


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


def elbo_surgery(model, x, rng, samples: int = 2) -> Surgery:
    """The terms of a VAE's mean ELBO over the n objects x (n, m), all from the same noise, so that they add up.

    A flow posterior may have no context: then one bijection moves all posteriors alike, and I_q is that of the
    encoder's Gaussians. Raises ValueError for one with a context, or for fewer than two samples.
    """
    if getattr(model.posterior, "context", 0):
        raise ValueError("model: its flow posterior has a context, another map for each object; use one without")
    if samples < 2:
        raise ValueError(f"samples: expected at least 2, for the standard errors, got {samples}")
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


def mutual_information(mu, log_sigma, eps) -> float:
    """I_q[x, z] of n Gaussian posteriors, q_agg over all of them: mu, log_sigma (n, d), eps (samples, n, d); in nats.

    Given a minibatch, it takes that for the whole data set: the naive estimate, which log B caps.
    """
    return _mean(log_ratios(mu, log_sigma, eps))


def minibatch_mutual_information(mu, log_sigma, eps, total: int) -> float:
    """I_q over N = `total` objects from a minibatch of B: own posterior 1/N, the other B − 1 share (N − 1)/N."""
    batch = len(mu)
    if not min(2, total) <= batch <= total:
        raise ValueError(f"mu: expected a minibatch of 2 to total = {total} objects, got {batch}")
    return _mean(log_ratios(mu, log_sigma, eps, own=1, other=(total - 1) / max(batch - 1, 1), total=total))


def leave_one_out_mutual_information(mu, log_sigma, eps) -> float:
    """I_q with an object's own posterior left out of q_agg: above the truth, and above every bound if none overlap."""
    if len(mu) < 2:
        raise ValueError(f"mu: expected at least 2 objects, for there must be others, got {len(mu)}")
    return _mean(log_ratios(mu, log_sigma, eps, own=0, total=len(mu) - 1))


def log_ratios(mu, log_sigma, eps, own: int = 1, other: float = 1.0, total: int | None = None):
    """log q(z|x_i) − log [(own · q(z|x_i) + other · Σ_{k≠i} q(z|x_k)) / total] at z = μ_i + σ_i ε.

    mu, log_sigma (n, d); eps (samples, n, d); own 1 or 0; total = n if None. Returns (samples, n), float64.
    """
    check_array("mu", mu, ("n", "d"))
    check_array("log_sigma", log_sigma, mu.shape)
    check_array("eps", eps, ("samples", *mu.shape))
    sigma = np.exp(log_sigma.astype(np.float64))
    return np.stack([_log_ratios(mu + sigma * e, mu, log_sigma, own, other, total or len(mu)) for e in eps])


def _log_ratios(z, mu, log_sigma, own, other, total):
    ratios = np.empty(len(z))
    for rows, _, table in blocks(z, mu, log_sigma):
        i, k = np.arange(len(table)), np.arange(rows.start, rows.stop)  # the places of the objects' own entries
        table -= table[i, k][:, None].copy()  # log q(z_i|x_k) − log q(z_i|x_i): 0 for the own entry
        table[i, k] = -math.inf
        top = np.maximum(np.max(table, axis=1), 0 if own else -math.inf)
        total_q = other * sum_exp(table, top, mu.dtype) + (np.exp(-top) if own else 0)  # in units of e^top · q(z_i|x_i)
        ratios[rows] = math.log(total) - (top + np.log(total_q))
    return ratios


def estimate(values) -> Estimate:
    """The mean of values (samples, n), and its standard error from the spread of each object's own samples."""
    values = np.asarray(values, np.float64)
    samples, n = values.shape
    error = math.sqrt(np.mean(np.var(values, axis=0, ddof=1)) / (samples * n))
    return Estimate(_mean(values), error)


def _mean(values) -> float:
    """The mean; of equal numbers exactly that number."""
    first = values.flat[0]
    return float(first + np.mean(values - first))
