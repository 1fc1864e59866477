"""Exercise 20 as new users answer it."""

import math

import autograd.numpy as np
from autograd.scipy.special import logsumexp

from minidgm.course.bank import misconception as wrong
from minidgm.course.bank import right_answer as right

S = "elbo_surgery"
LOG_2PI = math.log(2 * math.pi)


def parts(mu, log_sigma, eps, log_prior):
    z = mu + np.exp(log_sigma) * eps
    own = np.sum(-0.5 * eps**2 - log_sigma - 0.5 * LOG_2PI, axis=2)
    a = (z[:, :, None] - mu) * np.exp(-log_sigma)
    t = np.sum(-0.5 * a * a - log_sigma - 0.5 * LOG_2PI, axis=3)
    agg = logsumexp(t, axis=2) - math.log(len(mu))
    prior = np.stack([log_prior(one) for one in z])
    return z, own, agg, prior


def four(rec, mi, kl, elbo):
    return {
        "reconstruction": float(rec),
        "mutual_information": float(mi),
        "marginal_kl": float(kl),
        "elbo": float(elbo),
    }


def terms(log_lik, own, agg, prior):
    rec = np.mean(log_lik)
    return rec, np.mean(own - agg), np.mean(agg - prior), rec - np.mean(own - prior)


@wrong(S, "elbo = rec + KL")
def plus_kl(log_lik, mu, log_sigma, eps, log_prior):
    z, own, agg, prior = parts(mu, log_sigma, eps, log_prior)
    rec, mi, kl, elbo = terms(log_lik, own, agg, prior)
    return four(rec, mi, kl, rec + mi + kl)


@wrong(S, "elbo = rec - mi + marginal KL")
def one_sign(log_lik, mu, log_sigma, eps, log_prior):
    z, own, agg, prior = parts(mu, log_sigma, eps, log_prior)
    rec, mi, kl, elbo = terms(log_lik, own, agg, prior)
    return four(rec, mi, kl, rec - mi + kl)


@wrong(S, "the marginal KL's sign")
def kl_turned(log_lik, mu, log_sigma, eps, log_prior):
    z, own, agg, prior = parts(mu, log_sigma, eps, log_prior)
    rec, mi, kl, elbo = terms(log_lik, own, agg, prior)
    return four(rec, mi, -kl, elbo)


@wrong(S, "abs of the marginal KL")
def kl_absolute(log_lik, mu, log_sigma, eps, log_prior):
    z, own, agg, prior = parts(mu, log_sigma, eps, log_prior)
    rec, mi, kl, elbo = terms(log_lik, own, agg, prior)
    return four(rec, mi, abs(kl), elbo)


@wrong(S, "log n forgotten in q_agg")
def no_log_n(log_lik, mu, log_sigma, eps, log_prior):
    z, own, agg, prior = parts(mu, log_sigma, eps, log_prior)
    return four(*terms(log_lik, own, agg + math.log(len(mu)), prior))


@wrong(S, "moment-matched q_agg")
def moments(log_lik, mu, log_sigma, eps, log_prior):
    z, own, agg, prior = parts(mu, log_sigma, eps, log_prior)
    mean = np.mean(mu, axis=0)
    var = np.mean(np.exp(2 * log_sigma) + mu**2, axis=0) - mean**2
    agg = np.sum(-0.5 * (z - mean) ** 2 / var - 0.5 * np.log(var) - 0.5 * LOG_2PI, axis=2)
    return four(*terms(log_lik, own, agg, prior))


@wrong(S, "q_agg at mu")
def agg_at_mu(log_lik, mu, log_sigma, eps, log_prior):
    z, own, agg, prior = parts(mu, log_sigma, eps, log_prior)
    at_mu = parts(mu, log_sigma, 0 * eps, log_prior)[2]
    return four(*terms(log_lik, own, at_mu, prior))


@wrong(S, "closed-form KL in the elbo")
def closed_form(log_lik, mu, log_sigma, eps, log_prior):
    z, own, agg, prior = parts(mu, log_sigma, eps, log_prior)
    rec, mi, kl, elbo = terms(log_lik, own, agg, prior)
    closed = np.mean(0.5 * np.sum(mu**2 + np.exp(2 * log_sigma) - 1 - 2 * log_sigma, axis=1))
    return four(rec, mi, kl, rec - closed)


@wrong(S, "a standard normal for any prior")
def standard_normal(log_lik, mu, log_sigma, eps, log_prior):
    z, own, agg, prior = parts(mu, log_sigma, eps, log_prior)
    prior = np.sum(-0.5 * z**2 - 0.5 * LOG_2PI, axis=2)
    return four(*terms(log_lik, own, agg, prior))


@wrong(S, "reconstruction summed")
def rec_summed(log_lik, mu, log_sigma, eps, log_prior):
    z, own, agg, prior = parts(mu, log_sigma, eps, log_prior)
    rec, mi, kl, elbo = terms(log_lik, own, agg, prior)
    return four(np.sum(log_lik), mi, kl, np.sum(log_lik) - mi - kl)


@wrong(S, "everything summed over samples")
def summed(log_lik, mu, log_sigma, eps, log_prior):
    z, own, agg, prior = parts(mu, log_sigma, eps, log_prior)
    rec, s = np.mean(log_lik), len(eps)
    mi, kl = s * np.mean(own - agg), s * np.mean(agg - prior)
    return four(rec, mi, kl, rec - mi - kl)


@wrong(S, "own noise")
def own_noise(log_lik, mu, log_sigma, eps, log_prior):
    z, own, agg, prior = parts(mu, log_sigma, np.random.randn(*eps.shape), log_prior)
    return four(*terms(log_lik, own, agg, prior))


@wrong(S, "own noise with a seed")
def own_noise_seeded(log_lik, mu, log_sigma, eps, log_prior):
    z, own, agg, prior = parts(mu, log_sigma, np.random.RandomState(0).randn(*eps.shape), log_prior)
    return four(*terms(log_lik, own, agg, prior))


@wrong(S, "a key misspelled")
def other_key(log_lik, mu, log_sigma, eps, log_prior):
    z, own, agg, prior = parts(mu, log_sigma, eps, log_prior)
    out = four(*terms(log_lik, own, agg, prior))
    out["mi"] = out.pop("mutual_information")
    return out


@wrong(S, "two mistakes: the sign of the marginal KL, elbo = rec + everything")
def two_mistakes(log_lik, mu, log_sigma, eps, log_prior):
    z, own, agg, prior = parts(mu, log_sigma, eps, log_prior)
    rec, mi, kl, elbo = terms(log_lik, own, agg, prior)
    return four(rec, mi, -kl, rec + mi + kl)


@wrong(S, "log-variance")
def log_variance(log_lik, mu, log_sigma, eps, log_prior):
    z, own, agg, prior = parts(mu, 0.5 * log_sigma, eps, log_prior)
    return four(*terms(log_lik, own, agg, prior))


@wrong(S, "log sigma times eps for z")
def log_sigma_times(log_lik, mu, log_sigma, eps, log_prior):
    z = mu + log_sigma * eps
    a = (z[:, :, None] - mu) * np.exp(-log_sigma)
    t = np.sum(-0.5 * a * a - log_sigma - 0.5 * LOG_2PI, axis=3)
    own = np.einsum("sii->si", t)
    agg = logsumexp(t, axis=2) - math.log(len(mu))
    prior = np.stack([log_prior(one) for one in z])
    return four(*terms(log_lik, own, agg, prior))


@wrong(S, "the prior given three axes")
def three_axes(log_lik, mu, log_sigma, eps, log_prior):
    z, own, agg, prior = parts(mu, log_sigma, eps, log_prior)
    return four(*terms(log_lik, own, agg, log_prior(z)))


@wrong(S, "a tuple")
def a_tuple(log_lik, mu, log_sigma, eps, log_prior):
    z, own, agg, prior = parts(mu, log_sigma, eps, log_prior)
    return terms(log_lik, own, agg, prior)


@right(S)
def from_the_parts(log_lik, mu, log_sigma, eps, log_prior):
    z, own, agg, prior = parts(mu, log_sigma, eps, log_prior)
    mi, kl = float(np.mean(own) - np.mean(agg)), float(np.mean(agg) - np.mean(prior))
    rec = float(np.mean(log_lik))
    return {"elbo": rec - mi - kl, "reconstruction": rec, "marginal_kl": kl, "mutual_information": mi}


@right(S)
def flattened(log_lik, mu, log_sigma, eps, log_prior):
    samples, n, d = eps.shape
    z, own, agg, prior = parts(mu, log_sigma, eps, log_prior)
    prior = log_prior(z.reshape(samples * n, d)).reshape(samples, n)
    return four(*terms(log_lik, own, agg, prior))


# ------------------------------------------------------------------ a second trial, after the first was mended


@wrong(S, "mutual information clipped at log n")
def clipped(log_lik, mu, log_sigma, eps, log_prior):
    z, own, agg, prior = parts(mu, log_sigma, eps, log_prior)
    rec, mi, kl, elbo = terms(log_lik, own, agg, prior)
    mi = min(max(mi, 0), math.log(len(mu)))
    return four(rec, mi, kl, rec - mi - kl)


@wrong(S, "reconstruction and mutual information exchanged")
def exchanged(log_lik, mu, log_sigma, eps, log_prior):
    z, own, agg, prior = parts(mu, log_sigma, eps, log_prior)
    rec, mi, kl, elbo = terms(log_lik, own, agg, prior)
    return four(mi, rec, kl, elbo)


@wrong(S, "the first sample in the marginal KL only")
def first_sample_in_kl(log_lik, mu, log_sigma, eps, log_prior):
    z, own, agg, prior = parts(mu, log_sigma, eps, log_prior)
    rec, mi, kl, elbo = terms(log_lik, own, agg, prior)
    return four(rec, mi, np.mean((agg - prior)[0]), elbo)


@wrong(S, "a list of four")
def a_list(log_lik, mu, log_sigma, eps, log_prior):
    z, own, agg, prior = parts(mu, log_sigma, eps, log_prior)
    return list(map(float, terms(log_lik, own, agg, prior)))


# ------------------------------------------------------------------ a third trial, after the second was mended


@wrong(S, "marginal KL of the aggregated mean object")
def kl_of_own(log_lik, mu, log_sigma, eps, log_prior):
    z, own, agg, prior = parts(mu, log_sigma, eps, log_prior)
    rec, mi, kl, elbo = terms(log_lik, own, agg, prior)
    return four(rec, mi, np.mean(own - prior), elbo)


@wrong(S, "elbo without the reconstruction")
def minus_kl(log_lik, mu, log_sigma, eps, log_prior):
    z, own, agg, prior = parts(mu, log_sigma, eps, log_prior)
    rec, mi, kl, elbo = terms(log_lik, own, agg, prior)
    return four(rec, mi, kl, -mi - kl)
