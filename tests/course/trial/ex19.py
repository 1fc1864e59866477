"""Exercise 19 as new users answer it."""

import math

import autograd.numpy as np
from autograd.scipy.special import logsumexp

from minidgm.course.bank import misconception as wrong
from minidgm.course.bank import right_answer as right

I, B = "mutual_information", "minibatch_mutual_information"
LOG_2PI = math.log(2 * math.pi)


def table(z, mu, log_sigma):
    """(samples, n, d) -> (samples, n, n)."""
    a = (z[:, :, None] - mu) * np.exp(-log_sigma)
    return np.sum(-0.5 * a * a - log_sigma - 0.5 * LOG_2PI, axis=3)


def parts(mu, log_sigma, eps):
    z = mu + np.exp(log_sigma) * eps
    own = np.sum(-0.5 * eps**2 - log_sigma - 0.5 * LOG_2PI, axis=2)
    return z, own, table(z, mu, log_sigma)


@wrong(I, "log n forgotten")
def no_log_n(mu, log_sigma, eps):
    z, own, t = parts(mu, log_sigma, eps)
    return float(np.mean(own - logsumexp(t, axis=2)))


@wrong(I, "sum over samples")
def sum_over_samples(mu, log_sigma, eps):
    z, own, t = parts(mu, log_sigma, eps)
    return float(np.sum(np.mean(own - logsumexp(t, axis=2) + math.log(len(mu)), axis=1)))


@wrong(I, "sum over objects")
def sum_over_objects(mu, log_sigma, eps):
    z, own, t = parts(mu, log_sigma, eps)
    return float(np.mean(np.sum(own - logsumexp(t, axis=2) + math.log(len(mu)), axis=1)))


@wrong(I, "moment-matched q_agg")
def moment_matched(mu, log_sigma, eps):
    z, own, t = parts(mu, log_sigma, eps)
    mean = np.mean(mu, axis=0)
    var = np.mean(np.exp(2 * log_sigma) + mu**2, axis=0) - mean**2
    log_q = np.sum(-0.5 * (z - mean) ** 2 / var - 0.5 * np.log(var) - 0.5 * LOG_2PI, axis=2)
    return float(np.mean(own - log_q))


@wrong(I, "q_agg at mu")
def at_mu(mu, log_sigma, eps):
    z, own, t = parts(mu, log_sigma, eps)
    log_q = logsumexp(table(mu[None], mu, log_sigma), axis=2) - math.log(len(mu))
    return float(np.mean(own - log_q))


@wrong(I, "everything at mu, without noise")
def all_at_mu(mu, log_sigma, eps):
    z, own, t = parts(mu, log_sigma, 0 * eps)
    return float(np.mean(own - logsumexp(t, axis=2) + math.log(len(mu))))


@wrong(I, "own noise")
def own_noise(mu, log_sigma, eps):
    z, own, t = parts(mu, log_sigma, np.random.randn(*eps.shape))
    return float(np.mean(own - logsumexp(t, axis=2) + math.log(len(mu))))


@wrong(I, "own noise with a seed")
def own_noise_seeded(mu, log_sigma, eps):
    z, own, t = parts(mu, log_sigma, np.random.RandomState(0).randn(*eps.shape))
    return float(np.mean(own - logsumexp(t, axis=2) + math.log(len(mu))))


@wrong(I, "own object left out of q_agg")
def leave_one_out(mu, log_sigma, eps):
    z, own, t = parts(mu, log_sigma, eps)
    n = len(mu)
    t = np.where(np.eye(n, dtype=bool)[None], -np.inf, t)
    return float(np.mean(own - logsumexp(t, axis=2) + math.log(max(n - 1, 1))))


@wrong(I, "clipped to [0, log n]")
def clipped(mu, log_sigma, eps):
    z, own, t = parts(mu, log_sigma, eps)
    return float(np.clip(np.mean(own - logsumexp(t, axis=2) + math.log(len(mu))), 0, math.log(len(mu))))


@wrong(I, "log2: in bits")
def bits(mu, log_sigma, eps):
    z, own, t = parts(mu, log_sigma, eps)
    return float(np.mean(own - logsumexp(t, axis=2) + math.log(len(mu)))) / math.log(2)


@wrong(I, "the KL to the prior: its closed form")
def kl_to_prior(mu, log_sigma, eps):
    return float(np.mean(0.5 * np.sum(mu**2 + np.exp(2 * log_sigma) - 1 - 2 * log_sigma, axis=1)))


@wrong(I, "one number per object")
def kept(mu, log_sigma, eps):
    z, own, t = parts(mu, log_sigma, eps)
    return np.mean(own - logsumexp(t, axis=2) + math.log(len(mu)), axis=0)


@wrong(I, "weights normalized: own weight times the difference")
def softmax_weighted(mu, log_sigma, eps):
    z, own, t = parts(mu, log_sigma, eps)
    ratio = own - logsumexp(t, axis=2) + math.log(len(mu))
    weight = np.exp(own - logsumexp(own, axis=0, keepdims=True))
    return float(np.mean(np.sum(weight * ratio, axis=0)))


@wrong(I, "exp(log q) as weights")
def density_weighted(mu, log_sigma, eps):
    z, own, t = parts(mu, log_sigma, eps)
    return float(np.mean(np.exp(own) * (own - logsumexp(t, axis=2) + math.log(len(mu)))))


@wrong(I, "log_sigma times eps")
def log_sigma_times(mu, log_sigma, eps):
    z = mu + log_sigma * eps
    own = np.sum(-0.5 * eps**2 - log_sigma - 0.5 * LOG_2PI, axis=2)
    return float(np.mean(own - logsumexp(table(z, mu, log_sigma), axis=2) + math.log(len(mu))))


@wrong(I, "two mistakes: no log n, and the variance")
def two_mistakes(mu, log_sigma, eps):
    z = mu + np.exp(2 * log_sigma) * eps
    own = np.sum(-0.5 * eps**2 - log_sigma - 0.5 * LOG_2PI, axis=2)
    return float(np.mean(own - logsumexp(table(z, mu, log_sigma), axis=2)))


@right(I)
def entropies(mu, log_sigma, eps):
    z, own, t = parts(mu, log_sigma, eps)
    own = np.stack([np.diag(one) for one in table(z, mu, log_sigma)]) if z.dtype == np.float64 else own
    log_q = logsumexp(t - math.log(len(mu)), axis=2)
    return float(np.mean(own) - np.mean(log_q))


@right(I)
def posterior_over_objects(mu, log_sigma, eps):
    z, own, t = parts(mu, log_sigma, eps)
    n = len(mu)
    log_r = np.einsum("sii->si", t) - logsumexp(t, axis=2) if z.dtype == np.float64 else own - logsumexp(t, axis=2)
    return math.log(n) + float(np.mean(log_r))


@wrong(B, "as if the batch were all")
def batch_only(mu, log_sigma, eps, total):
    return posterior_over_objects(mu, log_sigma, eps)


@wrong(B, "all weights 1/N")
def all_over_total(mu, log_sigma, eps, total):
    z, own, t = parts(mu, log_sigma, eps)
    return float(np.mean(own - logsumexp(t, axis=2) + math.log(total)))


@wrong(B, "log(N/B) added to the batch's")
def rescaled(mu, log_sigma, eps, total):
    return posterior_over_objects(mu, log_sigma, eps) + math.log(total / len(mu))


@wrong(B, "others share the weight by B, not B - 1")
def by_b(mu, log_sigma, eps, total):
    z, own, t = parts(mu, log_sigma, eps)
    n = len(mu)
    w = np.where(np.eye(n, dtype=bool), 1 / total, (total - 1) / total / n)
    return float(np.mean(own - logsumexp(t + np.log(w), axis=2)))


@wrong(B, "own weight 1/B")
def own_one_over_b(mu, log_sigma, eps, total):
    z, own, t = parts(mu, log_sigma, eps)
    n = len(mu)
    w = np.where(np.eye(n, dtype=bool), 1 / n, (total - 1) / total / max(n - 1, 1))
    return float(np.mean(own - logsumexp(t + np.log(w), axis=2)))


@wrong(B, "breaks for B = 1")
def batch_of_one(mu, log_sigma, eps, total):
    z, own, t = parts(mu, log_sigma, eps)
    n = len(mu)
    w = np.where(np.eye(n, dtype=bool), 1 / total, (total - 1) / total / (n - 1))
    return float(np.mean(own - logsumexp(t + np.log(w), axis=2)))


@wrong(B, "capped at log B")
def capped(mu, log_sigma, eps, total):
    return min(weighted(mu, log_sigma, eps, total), math.log(len(mu)))


@wrong(B, "own noise")
def batch_own_noise(mu, log_sigma, eps, total):
    return weighted(mu, log_sigma, np.random.standard_normal(eps.shape), total)


@right(B)
def weighted(mu, log_sigma, eps, total):
    z, own, t = parts(mu, log_sigma, eps)
    n = len(mu)
    with np.errstate(divide="ignore"):
        off = np.log((total - 1) / total) - np.log(max(n - 1, 1)) if n > 1 else -np.inf
    w = np.where(np.eye(n, dtype=bool), -math.log(total), off)
    return float(np.mean(own - logsumexp(t + w, axis=2)))


# ------------------------------------------------------------------ a second trial, after the first was mended


@wrong(I, "the entropy of q_agg alone")
def entropy(mu, log_sigma, eps):
    z, own, t = parts(mu, log_sigma, eps)
    return float(-np.mean(logsumexp(t, axis=2) - math.log(len(mu))))


@wrong(I, "median over everything")
def median(mu, log_sigma, eps):
    z, own, t = parts(mu, log_sigma, eps)
    return float(np.median(own - logsumexp(t, axis=2) + math.log(len(mu))))


@wrong(I, "exp of the mean ratio: perplexity")
def perplexity(mu, log_sigma, eps):
    return math.exp(posterior_over_objects(mu, log_sigma, eps))


@wrong(B, "N and B exchanged")
def exchanged(mu, log_sigma, eps, total):
    z, own, t = parts(mu, log_sigma, eps)
    n = len(mu)
    w = np.where(np.eye(n, dtype=bool), 1 / n, (n - 1) / n / max(total - 1, 1))
    return float(np.mean(own - logsumexp(t + np.log(w), axis=2)))


@wrong(B, "scaled by N / B")
def scaled(mu, log_sigma, eps, total):
    return posterior_over_objects(mu, log_sigma, eps) * total / len(mu)


# ------------------------------------------------------------------ a third trial, after the second was mended


@wrong(I, "half")
def half(mu, log_sigma, eps):
    return 0.5 * posterior_over_objects(mu, log_sigma, eps)


@wrong(I, "log n minus, sign of the second term")
def other_sign(mu, log_sigma, eps):
    z, own, t = parts(mu, log_sigma, eps)
    return float(np.mean(own + logsumexp(t, axis=2) - math.log(len(mu))))


@wrong(B, "weights renormalized to the batch")
def renormalized(mu, log_sigma, eps, total):
    z, own, t = parts(mu, log_sigma, eps)
    n = len(mu)
    w = np.where(np.eye(n, dtype=bool), 1 / total, (total - 1) / total)
    w = w / w.sum(axis=1, keepdims=True)
    return float(np.mean(own - logsumexp(t + np.log(w), axis=2)))
