"""Exercise 17 as new users answer it."""

import autograd.numpy as np

from minidgm.course.bank import misconception as wrong
from minidgm.course.bank import right_answer as right

R, K, B, E = "reparameterize", "gaussian_kl", "bernoulli_log_prob", "elbo"


@wrong(R, "mu + log_sigma eps")
def log_sigma_times(mu, log_sigma, eps):
    return mu + log_sigma * eps


@wrong(R, "exp(log_sigma / 2): taken for the log-variance")
def half(mu, log_sigma, eps):
    return mu + np.exp(0.5 * log_sigma) * eps


@wrong(R, "own noise")
def own_noise(mu, log_sigma, eps):
    return mu + np.exp(log_sigma) * np.random.randn(*eps.shape)


@wrong(R, "own noise with a seed")
def own_noise_seeded(mu, log_sigma, eps):
    rng = np.random.default_rng(42)
    return mu + np.exp(log_sigma) * rng.standard_normal(eps.shape)


@wrong(R, "one eps for all objects")
def one_eps(mu, log_sigma, eps):
    return mu + np.exp(log_sigma) * eps[..., :1, :] + 0 * eps


@wrong(R, "the mean alone")
def mean_alone(mu, log_sigma, eps):
    return mu + 0 * eps


@wrong(R, "variance: exp(2 log_sigma)")
def squared(mu, log_sigma, eps):
    return mu + np.exp(2 * log_sigma) * eps


@wrong(R, "2**log_sigma")
def base_two(mu, log_sigma, eps):
    return mu + 2**log_sigma * eps


@right(R)
def add_and_multiply(mu, log_sigma, eps):
    return np.add(np.multiply(eps, np.exp(log_sigma)), mu)


@right(R)
def from_a_precision(mu, log_sigma, eps):
    return eps / np.exp(-log_sigma) + mu


@wrong(K, "log-variance convention")
def log_variance(mu, log_sigma):
    return 0.5 * np.sum(mu**2 + np.exp(log_sigma) - 1 - log_sigma, axis=1)


@wrong(K, "reverse: KL(p || q)")
def reverse(mu, log_sigma):
    return 0.5 * np.sum((1 + mu**2) / np.exp(2 * log_sigma) - 1 + 2 * log_sigma, axis=1)


@wrong(K, "mean over dimensions")
def mean(mu, log_sigma):
    return 0.5 * np.mean(mu**2 + np.exp(2 * log_sigma) - 1 - 2 * log_sigma, axis=1)


@wrong(K, "the half forgotten")
def no_half(mu, log_sigma):
    return np.sum(mu**2 + np.exp(2 * log_sigma) - 1 - 2 * log_sigma, axis=1)


@wrong(K, "negative")
def negative(mu, log_sigma):
    return 0.5 * np.sum(1 + 2 * log_sigma - mu**2 - np.exp(2 * log_sigma), axis=1)


@wrong(K, "batch mean")
def batch_mean(mu, log_sigma):
    return np.mean(0.5 * np.sum(mu**2 + np.exp(2 * log_sigma) - 1 - 2 * log_sigma, axis=1))


@wrong(K, "log of sigma² computed from sigma: -inf for e^-400")
def log_of_square(mu, log_sigma):
    variance = np.exp(log_sigma) ** 2
    return 0.5 * np.sum(mu**2 + variance - 1 - np.log(variance), axis=1)


@wrong(K, "mu not squared")
def mu_not_squared(mu, log_sigma):
    return 0.5 * np.sum(mu + np.exp(2 * log_sigma) - 1 - 2 * log_sigma, axis=1)


@wrong(K, "sum over objects")
def over_objects(mu, log_sigma):
    return 0.5 * np.sum(mu**2 + np.exp(2 * log_sigma) - 1 - 2 * log_sigma, axis=0)


@wrong(K, "sampled with its own noise")
def sampled(mu, log_sigma):
    eps = np.random.randn(1000, *mu.shape)
    z = mu + np.exp(log_sigma) * eps
    return np.mean(np.sum(0.5 * z**2 - 0.5 * eps**2 - log_sigma, axis=2), axis=0)


@right(K)
def expm1_form(mu, log_sigma):
    return np.sum(0.5 * mu * mu + 0.5 * np.expm1(2 * log_sigma) - log_sigma, axis=1)


@right(K)
def row_by_row(mu, log_sigma):
    rows = [0.5 * (np.dot(m, m) + np.sum(np.exp(s) ** 2) - len(m) - 2 * np.sum(s)) for m, s in zip(mu, log_sigma)]
    return np.array(rows, mu.dtype)


@wrong(B, "sigmoid, then log")
def plain(x, logits):
    p = 1 / (1 + np.exp(-logits))
    return np.sum(x * np.log(p) + (1 - x) * np.log(1 - p), axis=1)


@wrong(B, "clipped probabilities")
def clipped(x, logits):
    p = np.clip(1 / (1 + np.exp(-logits)), 1e-7, 1 - 1e-7)
    return np.sum(x * np.log(p) + (1 - x) * np.log(1 - p), axis=1)


@wrong(B, "logits taken for probabilities")
def probabilities(x, logits):
    return np.sum(x * np.log(logits) + (1 - x) * np.log(1 - logits), axis=1)


@wrong(B, "cross-entropy, positive")
def cross_entropy(x, logits):
    return np.sum(np.logaddexp(0 * logits, logits) - x * logits, axis=1)


@wrong(B, "mean over pixels")
def pixel_mean(x, logits):
    return np.mean(x * logits - np.logaddexp(0 * logits, logits), axis=1)


@wrong(B, "batch mean")
def batch(x, logits):
    return np.mean(np.sum(x * logits - np.logaddexp(0 * logits, logits), axis=1))


@wrong(B, "the black pixels forgotten")
def white_only(x, logits):
    return np.sum(-x * np.logaddexp(0 * logits, -logits), axis=1)


@wrong(B, "overflows: log(1 + e^l)")
def overflows(x, logits):
    return np.sum(x * logits - np.log(1 + np.exp(logits)), axis=1)


@wrong(B, "in bits")
def bits(x, logits):
    return np.sum(x * logits - np.logaddexp(0 * logits, logits), axis=1) / np.log(2)


@right(B)
def signed(x, logits):
    return -np.sum(np.logaddexp(0 * logits, (1 - 2 * x) * logits), axis=1)


@right(B)
def where(x, logits):
    a = np.where(x == 1, logits, -logits)
    return np.sum(np.minimum(a, 0) - np.log1p(np.exp(-np.abs(a))), axis=-1)


@wrong(E, "elbo + KL")
def plus_kl(x, mu, log_sigma, eps, decoder):
    z = mu + np.exp(log_sigma) * eps
    return signed(x, decoder(z)) + expm1_form(mu, log_sigma)


@wrong(E, "decoder at mu")
def at_mu(x, mu, log_sigma, eps, decoder):
    return signed(x, decoder(mu)) - expm1_form(mu, log_sigma)


@wrong(E, "own noise")
def elbo_own_noise(x, mu, log_sigma, eps, decoder):
    z = mu + np.exp(log_sigma) * np.random.normal(size=mu.shape)
    return signed(x, decoder(z)) - expm1_form(mu, log_sigma)


@wrong(E, "batch mean")
def elbo_mean(x, mu, log_sigma, eps, decoder):
    z = mu + np.exp(log_sigma) * eps
    return np.mean(signed(x, decoder(z)) - expm1_form(mu, log_sigma))


@wrong(E, "batch mean of the KL")
def mean_kl(x, mu, log_sigma, eps, decoder):
    z = mu + np.exp(log_sigma) * eps
    return signed(x, decoder(z)) - np.mean(expm1_form(mu, log_sigma))


@wrong(E, "the KL from the sample")
def sampled_kl(x, mu, log_sigma, eps, decoder):
    z = mu + np.exp(log_sigma) * eps
    return signed(x, decoder(z)) - np.sum(0.5 * z**2 - 0.5 * eps**2 - log_sigma, axis=1)


@wrong(E, "negative ELBO")
def loss(x, mu, log_sigma, eps, decoder):
    z = mu + np.exp(log_sigma) * eps
    return expm1_form(mu, log_sigma) - signed(x, decoder(z))


@wrong(E, "two mistakes: log variance in z, plus KL")
def two_mistakes(x, mu, log_sigma, eps, decoder):
    z = mu + np.exp(0.5 * log_sigma) * eps
    return signed(x, decoder(z)) + expm1_form(mu, log_sigma)


@wrong(E, "squared error for the Bernoulli")
def squared_error(x, mu, log_sigma, eps, decoder):
    z = mu + np.exp(log_sigma) * eps
    return -0.5 * np.sum((x - decoder(z)) ** 2, axis=1) - expm1_form(mu, log_sigma)


@right(E)
def one_expression(x, mu, log_sigma, eps, decoder):
    logits = decoder(mu + eps * np.exp(log_sigma))
    kl = (mu**2 + np.exp(2 * log_sigma) - 1) / 2 - log_sigma
    return np.sum(x * logits - np.logaddexp(np.zeros_like(logits), logits), axis=1) - np.sum(kl, axis=1)


# ------------------------------------------------------------------ a second trial, after the first was mended


@wrong(R, "eps for mu")
def swapped(mu, log_sigma, eps):
    return eps + np.exp(log_sigma) * mu


@wrong(K, "log sigma in base 10")
def base_ten(mu, log_sigma):
    return 0.5 * np.sum(mu**2 + 10 ** (2 * log_sigma) - 1 - 2 * log_sigma, axis=1)


@wrong(K, "maximum with 0.5 (free bits)")
def free_bits(mu, log_sigma):
    return np.maximum(expm1_form(mu, log_sigma), 0.5)


@wrong(B, "thresholded logits")
def hard_decision(x, logits):
    return np.sum(np.where(x == (logits > 0), 0.0, -np.abs(logits)), axis=1)


@wrong(E, "beta = 0.5 on the KL")
def half_kl(x, mu, log_sigma, eps, decoder):
    return signed(x, decoder(mu + np.exp(log_sigma) * eps)) - 0.5 * expm1_form(mu, log_sigma)


@wrong(E, "reconstruction in bits")
def bits_and_nats(x, mu, log_sigma, eps, decoder):
    return signed(x, decoder(mu + np.exp(log_sigma) * eps)) / np.log(2) - expm1_form(mu, log_sigma)


@wrong(E, "seeded own noise")
def elbo_own_noise_seeded(x, mu, log_sigma, eps, decoder):
    z = mu + np.exp(log_sigma) * np.random.RandomState(0).normal(size=mu.shape)
    return signed(x, decoder(z)) - expm1_form(mu, log_sigma)


# ------------------------------------------------------------------ a third trial, after the second was mended


@wrong(R, "clamped log_sigma")
def clamped(mu, log_sigma, eps):
    return mu + np.exp(np.clip(log_sigma, -5, 5)) * eps


@wrong(K, "absolute log sigma")
def absolute(mu, log_sigma):
    return np.sum(0.5 * mu**2 + 0.5 * np.exp(2 * log_sigma) - 0.5 + np.abs(log_sigma), axis=1)


@wrong(E, "the KL twice")
def kl_twice(x, mu, log_sigma, eps, decoder):
    return signed(x, decoder(mu + np.exp(log_sigma) * eps)) - 2 * expm1_form(mu, log_sigma)
