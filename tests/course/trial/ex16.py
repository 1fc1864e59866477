"""Exercise 16 as new users answer it."""

import math

import autograd.numpy as np
from autograd.scipy.special import expit

from minidgm.course.bank import misconception as wrong
from minidgm.course.bank import right_answer as right

S = "sigmoid_flow"
HALF = 0.5 * math.log(2 * math.pi)


def log_slope(a):
    return -np.logaddexp(0 * a, a) - np.logaddexp(0 * a, -a)


@wrong(S, "log det added")
def added(eps, mu, sigma):
    a = mu + sigma * eps
    return expit(a), np.sum(-0.5 * eps**2 - HALF + np.log(sigma) + log_slope(a), axis=-1)


@wrong(S, "log sigma left out")
def no_sigma(eps, mu, sigma):
    a = mu + sigma * eps
    return expit(a), np.sum(-0.5 * eps**2 - HALF - log_slope(a), axis=-1)


@wrong(S, "the sigmoid's slope left out")
def no_slope(eps, mu, sigma):
    a = mu + sigma * eps
    return expit(a), np.sum(-0.5 * eps**2 - HALF - np.log(sigma + 0 * a), axis=-1)


@wrong(S, "log(u (1-u)) as it stands")
def plain(eps, mu, sigma):
    u = expit(mu + sigma * eps)
    return u, np.sum(-0.5 * eps**2 - HALF - np.log(sigma) - np.log(u) - np.log(1 - u), axis=-1)


@wrong(S, "1e-8 in the logs")
def epsilon(eps, mu, sigma):
    u = expit(mu + sigma * eps)
    return u, np.sum(-0.5 * eps**2 - HALF - np.log(sigma) - np.log(u + 1e-8) - np.log(1 - u + 1e-8), axis=-1)


@wrong(S, "density of a standard normal at a, not eps")
def normal_at_a(eps, mu, sigma):
    a = mu + sigma * eps
    return expit(a), np.sum(-0.5 * a**2 - HALF - np.log(sigma) - log_slope(a), axis=-1)


@wrong(S, "mu + log sigma · eps")
def log_sigma_times(eps, mu, sigma):
    a = mu + np.log(sigma) * eps
    return expit(a), np.sum(-0.5 * eps**2 - HALF - np.log(sigma) - log_slope(a), axis=-1)


@wrong(S, "½ log 2π once for an object")
def one_constant(eps, mu, sigma):
    a = mu + sigma * eps
    return expit(a), np.sum(-0.5 * eps**2 - np.log(sigma) - log_slope(a), axis=-1) - HALF


@wrong(S, "log 2π without the half")
def no_half(eps, mu, sigma):
    a = mu + sigma * eps
    return expit(a), np.sum(-0.5 * eps**2 - 2 * HALF - np.log(sigma) - log_slope(a), axis=-1)


@wrong(S, "sigma as a variance")
def variance(eps, mu, sigma):
    a = mu + np.sqrt(sigma) * eps
    return expit(a), np.sum(-0.5 * eps**2 - HALF - 0.5 * np.log(sigma) - log_slope(a), axis=-1)


@wrong(S, "noise of its own")
def own_noise(eps, mu, sigma):
    eps = np.random.standard_normal(eps.shape)
    a = mu + sigma * eps
    return expit(a), np.sum(-0.5 * eps**2 - HALF - np.log(sigma) - log_slope(a), axis=-1)


@wrong(S, "own noise with a seed")
def own_noise_seeded(eps, mu, sigma):
    eps = np.random.RandomState(1).standard_normal(eps.shape)
    a = mu + sigma * eps
    return expit(a), np.sum(-0.5 * eps**2 - HALF - np.log(sigma) - log_slope(a), axis=-1)


@wrong(S, "log q a coordinate")
def not_summed(eps, mu, sigma):
    a = mu + sigma * eps
    return expit(a), -0.5 * eps**2 - HALF - np.log(sigma) - log_slope(a)


@wrong(S, "log q summed over everything")
def total(eps, mu, sigma):
    a = mu + sigma * eps
    return expit(a), np.sum(-0.5 * eps**2 - HALF - np.log(sigma) - log_slope(a))


@wrong(S, "log sigma summed before it is broadcast")
def not_broadcast(eps, mu, sigma):
    a = mu + sigma * eps
    return expit(a), np.sum(-0.5 * eps**2 - HALF - log_slope(a), axis=-1) - np.sum(np.log(sigma), axis=-1)


@wrong(S, "a returned, not u")
def before_sigmoid(eps, mu, sigma):
    a = mu + sigma * eps
    return a, np.sum(-0.5 * eps**2 - HALF - np.log(sigma) - log_slope(a), axis=-1)


@wrong(S, "np.log(2π): float64")
def upcast(eps, mu, sigma):
    a = mu + sigma * eps
    return expit(a), np.sum(-0.5 * eps**2 - 0.5 * np.log(2 * np.pi) - np.log(sigma) - log_slope(a), axis=-1)


@wrong(S, "log det without abs of a: e^{-a} overflows")
def overflows(eps, mu, sigma):
    a = mu + sigma * eps
    slope = -a - 2 * np.log(1 + np.exp(-a))
    return expit(a), np.sum(-0.5 * eps**2 - HALF - np.log(sigma) - slope, axis=-1)


@right(S)
def absolute(eps, mu, sigma):
    a = mu + sigma * eps
    slope = -np.abs(a) - 2 * np.log1p(np.exp(-np.abs(a)))
    log_q = -0.5 * eps**2 - HALF - np.log(sigma) - slope
    return expit(a), log_q.sum(-1)


@right(S)
def constants_last(eps, mu, sigma):
    a = eps * sigma + mu
    m = eps.shape[-1]
    u = 1 / (1 + np.exp(-np.maximum(a, -700))) if a.dtype == np.float64 else expit(a)
    log_q = np.sum(np.abs(a) + 2 * np.log1p(np.exp(-np.abs(a))) - eps * eps / 2 - np.log(sigma + 0 * a), axis=-1)
    return u, log_q - m * HALF


# ------------------------------------------------------------------ a second trial, after the first was mended


@wrong(S, "the normal cdf for the sigmoid: tanh approximation")
def tanh_unit(eps, mu, sigma):
    a = mu + sigma * eps
    return 0.5 * (1 + np.tanh(a)), np.sum(-0.5 * eps**2 - HALF - np.log(sigma) - log_slope(a), axis=-1)


@wrong(S, "exp(sigma)")
def exponentiated(eps, mu, sigma):
    a = mu + np.exp(sigma) * eps
    return expit(a), np.sum(-0.5 * eps**2 - HALF - sigma - log_slope(a), axis=-1)


@wrong(S, "two mistakes: added, and constant once")
def added_and_once(eps, mu, sigma):
    a = mu + sigma * eps
    return expit(a), np.sum(-0.5 * eps**2 + np.log(sigma) + log_slope(a), axis=-1) - HALF


@wrong(S, "the uniform base: log q = -log slope")
def uniform_base(eps, mu, sigma):
    a = mu + sigma * eps
    return expit(a), np.sum(-np.log(sigma + 0 * a) - log_slope(a), axis=-1)


# ------------------------------------------------------------------ a third trial, after the second was mended


@wrong(S, "log(u) + log(1 - u) kept as density")
def slope_only(eps, mu, sigma):
    a = mu + sigma * eps
    return expit(a), np.sum(-0.5 * eps**2 - HALF - log_slope(a) + 0 * sigma, axis=-1) - np.log(sigma).sum()


@wrong(S, "mean over the last axis")
def mean(eps, mu, sigma):
    a = mu + sigma * eps
    return expit(a), np.mean(-0.5 * eps**2 - HALF - np.log(sigma) - log_slope(a), axis=-1)
