"""Exercise 23 as new users answer it."""

import math

import autograd.numpy as np

from minidgm.course.bank import misconception as wrong
from minidgm.course.bank import right_answer as right

P, E = "flow_posterior", "flow_posterior_elbo"
LOG_2PI = math.log(2 * math.pi)


def posterior(mu, log_sigma, eps, f):
    z, log_det = f(mu + np.exp(log_sigma) * eps)
    return z, -np.sum(0.5 * eps**2 + log_sigma + 0.5 * LOG_2PI, axis=1) - log_det


def bernoulli(x, logits):
    return np.sum(x * logits - np.logaddexp(0 * logits, logits), axis=1)


def normal(z):
    return -0.5 * np.sum(z**2 + LOG_2PI, axis=1)


@wrong(P, "log_det added")
def added(mu, log_sigma, eps, f):
    z, log_q = posterior(mu, log_sigma, eps, f)
    return z, log_q + 2 * f(mu + np.exp(log_sigma) * eps)[1]


@wrong(P, "log_det left out")
def no_log_det(mu, log_sigma, eps, f):
    z, log_q = posterior(mu, log_sigma, eps, f)
    return z, -np.sum(0.5 * eps**2 + log_sigma + 0.5 * LOG_2PI, axis=1)


@wrong(P, "z returned, not z*")
def before_f(mu, log_sigma, eps, f):
    z, log_q = posterior(mu, log_sigma, eps, f)
    return mu + np.exp(log_sigma) * eps, log_q


@wrong(P, "mu + log_sigma eps")
def log_sigma_times(mu, log_sigma, eps, f):
    z, log_det = f(mu + log_sigma * eps)
    return z, -np.sum(0.5 * eps**2 + log_sigma + 0.5 * LOG_2PI, axis=1) - log_det


@wrong(P, "own noise")
def own_noise(mu, log_sigma, eps, f):
    return posterior(mu, log_sigma, np.random.randn(*mu.shape), f)


@wrong(P, "own noise with a seed")
def own_noise_seeded(mu, log_sigma, eps, f):
    return posterior(mu, log_sigma, np.random.RandomState(3).randn(*mu.shape), f)


@wrong(P, "log sigma left out of log q")
def no_log_sigma(mu, log_sigma, eps, f):
    z, log_det = f(mu + np.exp(log_sigma) * eps)
    return z, -np.sum(0.5 * eps**2 + 0.5 * LOG_2PI, axis=1) - log_det


@wrong(P, "f of the noise")
def f_of_noise(mu, log_sigma, eps, f):
    w, log_det = f(eps)
    return mu + np.exp(log_sigma) * w, -np.sum(0.5 * eps**2 + log_sigma + 0.5 * LOG_2PI, axis=1) - log_det


@wrong(P, "log q at z* by the base")
def base_at_star(mu, log_sigma, eps, f):
    z, log_det = f(mu + np.exp(log_sigma) * eps)
    a = (z - mu) / np.exp(log_sigma)
    return z, -np.sum(0.5 * a**2 + log_sigma + 0.5 * LOG_2PI, axis=1) - log_det


@wrong(P, "mean over d")
def mean(mu, log_sigma, eps, f):
    z, log_det = f(mu + np.exp(log_sigma) * eps)
    return z, -np.mean(0.5 * eps**2 + log_sigma + 0.5 * LOG_2PI, axis=1) - log_det


@wrong(P, "log(2 d)")
def log_of_2d(mu, log_sigma, eps, f):
    z, log_det = f(mu + np.exp(log_sigma) * eps)
    return z, -np.sum(0.5 * eps**2 + log_sigma + 0.5 * math.log(2 * mu.shape[1]), axis=1) - log_det


@wrong(P, "the order of the pair")
def exchanged(mu, log_sigma, eps, f):
    return posterior(mu, log_sigma, eps, f)[::-1]


@right(P)
def written_apart(mu, log_sigma, eps, f):
    z0 = mu + eps / np.exp(-log_sigma)
    z, log_det = f(z0)
    base = -0.5 * np.einsum("ij,ij->i", eps, eps) - mu.shape[1] * 0.5 * LOG_2PI - log_sigma.sum(axis=1)
    return z, base - log_det


@right(P)
def log_det_first(mu, log_sigma, eps, f):
    pair = f(np.exp(log_sigma) * eps + mu)
    return pair[0], -(pair[1] + np.sum(log_sigma + (eps**2 + LOG_2PI) / 2, axis=-1))


@wrong(E, "plus KL")
def plus_kl(x, mu, log_sigma, eps, f, decoder):
    z, log_q = posterior(mu, log_sigma, eps, f)
    return bernoulli(x, decoder(z)) - normal(z) + log_q


@wrong(E, "closed-form KL of the encoder")
def closed(x, mu, log_sigma, eps, f, decoder):
    z, log_q = posterior(mu, log_sigma, eps, f)
    return bernoulli(x, decoder(z)) - 0.5 * np.sum(mu**2 + np.exp(2 * log_sigma) - 1 - 2 * log_sigma, axis=1)


@wrong(E, "prior at z before the flow")
def prior_before(x, mu, log_sigma, eps, f, decoder):
    z, log_q = posterior(mu, log_sigma, eps, f)
    return bernoulli(x, decoder(z)) + normal(mu + np.exp(log_sigma) * eps) - log_q


@wrong(E, "decoder at z before the flow")
def decoder_before(x, mu, log_sigma, eps, f, decoder):
    z, log_q = posterior(mu, log_sigma, eps, f)
    return bernoulli(x, decoder(mu + np.exp(log_sigma) * eps)) + normal(z) - log_q


@wrong(E, "overflowing softplus")
def overflow(x, mu, log_sigma, eps, f, decoder):
    z, log_q = posterior(mu, log_sigma, eps, f)
    logits = decoder(z)
    return np.sum(x * logits - np.log(1 + np.exp(logits)), axis=1) + normal(z) - log_q


@wrong(E, "batch mean")
def batch_mean(x, mu, log_sigma, eps, f, decoder):
    z, log_q = posterior(mu, log_sigma, eps, f)
    return np.mean(bernoulli(x, decoder(z)) + normal(z) - log_q)


@wrong(E, "log q added")
def q_added(x, mu, log_sigma, eps, f, decoder):
    z, log_q = posterior(mu, log_sigma, eps, f)
    return bernoulli(x, decoder(z)) + normal(z) + log_q


@wrong(E, "own noise")
def elbo_own_noise(x, mu, log_sigma, eps, f, decoder):
    z, log_q = posterior(mu, log_sigma, np.random.normal(size=eps.shape), f)
    return bernoulli(x, decoder(z)) + normal(z) - log_q


@wrong(E, "the prior's constant left out")
def no_constant(x, mu, log_sigma, eps, f, decoder):
    z, log_q = posterior(mu, log_sigma, eps, f)
    return bernoulli(x, decoder(z)) - 0.5 * np.sum(z**2, axis=1) - log_q


@wrong(E, "exp(log q) as a weight")
def weighted(x, mu, log_sigma, eps, f, decoder):
    z, log_q = posterior(mu, log_sigma, eps, f)
    return bernoulli(x, decoder(z)) - np.exp(log_q) * (log_q - normal(z))


@right(E)
def constants_cancelled(x, mu, log_sigma, eps, f, decoder):
    z, log_det = f(mu + np.exp(log_sigma) * eps)
    minus_kl = 0.5 * np.sum(eps**2 - z**2, axis=1) + np.sum(log_sigma, axis=1) + log_det
    return bernoulli(x, decoder(z)) + minus_kl


# ------------------------------------------------------------------ a second trial, after the first was mended


@wrong(P, "log_det halved")
def half_log_det(mu, log_sigma, eps, f):
    z, log_det = f(mu + np.exp(log_sigma) * eps)
    return z, -np.sum(0.5 * eps**2 + log_sigma + 0.5 * LOG_2PI, axis=1) - 0.5 * log_det


@wrong(P, "two mistakes: log_det added and log sigma left out")
def two_mistakes(mu, log_sigma, eps, f):
    z, log_det = f(mu + np.exp(log_sigma) * eps)
    return z, -np.sum(0.5 * eps**2 + 0.5 * LOG_2PI, axis=1) + log_det


@wrong(E, "probabilities clipped")
def clipped(x, mu, log_sigma, eps, f, decoder):
    z, log_q = posterior(mu, log_sigma, eps, f)
    p = np.clip(1 / (1 + np.exp(-decoder(z))), 1e-6, 1 - 1e-6)
    return np.sum(x * np.log(p) + (1 - x) * np.log(1 - p), axis=1) + normal(z) - log_q


@wrong(E, "own noise with a seed")
def elbo_seeded(x, mu, log_sigma, eps, f, decoder):
    z, log_q = posterior(mu, log_sigma, np.random.RandomState(1).normal(size=eps.shape), f)
    return bernoulli(x, decoder(z)) + normal(z) - log_q


# ------------------------------------------------------------------ a third trial, after the second was mended


@wrong(P, "z and the encoder's mean mixed")
def f_of_mean_plus_noise(mu, log_sigma, eps, f):
    z, log_det = f(mu)
    return z + np.exp(log_sigma) * eps, -np.sum(0.5 * eps**2 + log_sigma + 0.5 * LOG_2PI, axis=1) - log_det


@wrong(E, "pixels averaged and the KL per latent")
def per_pixel_and_latent(x, mu, log_sigma, eps, f, decoder):
    z, log_q = posterior(mu, log_sigma, eps, f)
    return bernoulli(x, decoder(z)) / x.shape[1] + (normal(z) - log_q) / z.shape[1]
