"""Exercise 21 as new users answer it."""

import math

import autograd.numpy as np
from autograd.scipy.special import logsumexp

from minidgm.course.bank import misconception as wrong
from minidgm.course.bank import right_answer as right

M, V = "mixture_log_prob", "vamp_log_prob"
LOG_2PI = math.log(2 * math.pi)


def table(z, mu, log_sigma):
    a = (z[:, None] - mu) * np.exp(-log_sigma)
    return np.sum(-0.5 * a * a - log_sigma - 0.5 * LOG_2PI, axis=2)


@wrong(M, "weights left out")
def no_weights(z, log_pi, mu, log_sigma):
    return logsumexp(table(z, mu, log_sigma), axis=1)


@wrong(M, "average of the logs")
def average_of_logs(z, log_pi, mu, log_sigma):
    return np.sum(np.exp(log_pi) * table(z, mu, log_sigma), axis=1)


@wrong(M, "mixture in every coordinate, then summed")
def per_coordinate(z, log_pi, mu, log_sigma):
    a = (z[:, None] - mu) * np.exp(-log_sigma)
    logs = -0.5 * a * a - log_sigma - 0.5 * LOG_2PI
    return np.sum(logsumexp(log_pi[:, None] + logs, axis=1), axis=1)


@wrong(M, "plain")
def plain(z, log_pi, mu, log_sigma):
    return np.log(np.sum(np.exp(log_pi + table(z, mu, log_sigma)), axis=1))


@wrong(M, "divided by the variance and the log variance mixed up")
def variance(z, log_pi, mu, log_sigma):
    a = (z[:, None] - mu) ** 2 * np.exp(-log_sigma)
    return logsumexp(log_pi + np.sum(-0.5 * a - 0.5 * log_sigma - 0.5 * LOG_2PI, axis=2), axis=1)


@wrong(M, "log 2π once")
def one_constant(z, log_pi, mu, log_sigma):
    return logsumexp(log_pi + table(z, mu, log_sigma), axis=1) + 0.5 * (z.shape[1] - 1) * LOG_2PI


@wrong(M, "log 2π of K components")
def constant_of_k(z, log_pi, mu, log_sigma):
    t = table(z, mu, log_sigma) + 0.5 * z.shape[1] * LOG_2PI
    return logsumexp(log_pi + t, axis=1) - 0.5 * len(mu) * LOG_2PI


@wrong(M, "log(2 d)")
def log_of_2d(z, log_pi, mu, log_sigma):
    d = z.shape[1]
    t = table(z, mu, log_sigma) + 0.5 * d * LOG_2PI - 0.5 * d * math.log(2 * d)
    return logsumexp(log_pi + t, axis=1)


@wrong(M, "softmax of log_pi again, of exp")
def log_softmax(z, log_pi, mu, log_sigma):
    pi = np.exp(log_pi)
    return logsumexp(pi - logsumexp(pi) + table(z, mu, log_sigma), axis=1)


@wrong(M, "weights multiply the logs")
def weights_times_logs(z, log_pi, mu, log_sigma):
    return logsumexp(np.exp(log_pi) * table(z, mu, log_sigma), axis=1)


@wrong(M, "equal weights")
def equal(z, log_pi, mu, log_sigma):
    return logsumexp(table(z, mu, log_sigma), axis=1) - math.log(len(mu))


@wrong(M, "batch mean")
def batch_mean(z, log_pi, mu, log_sigma):
    return np.mean(logsumexp(log_pi + table(z, mu, log_sigma), axis=1))


@wrong(M, "two mistakes: no weights, variance")
def two_mistakes(z, log_pi, mu, log_sigma):
    a = (z[:, None] - mu) ** 2 * np.exp(-log_sigma)
    return logsumexp(np.sum(-0.5 * a - log_sigma - 0.5 * LOG_2PI, axis=2), axis=1)


@wrong(M, "log_pi = -inf gives NaN: 0 * inf")
def nan_for_zero(z, log_pi, mu, log_sigma):
    t = table(z, mu, log_sigma)
    joint = log_pi + t
    top = np.max(joint, axis=1, keepdims=True)
    return (top + np.log(np.sum(np.exp(log_pi) * np.exp(t - top) * np.exp(-log_pi) * np.exp(log_pi), axis=1)[:, None]))[
        :, 0
    ]


@right(M)
def one_component_at_a_time(z, log_pi, mu, log_sigma):
    out = None
    for k in range(len(mu)):
        a = (z - mu[k]) / np.exp(log_sigma[k])
        one = log_pi[k] + np.sum(-0.5 * a**2 - log_sigma[k], axis=1) - z.shape[1] * 0.5 * LOG_2PI
        out = one if out is None else np.logaddexp(out, one)
    return out


@right(M)
def axes_the_other_way(z, log_pi, mu, log_sigma):
    a = (z[None] - mu[:, None]) / np.exp(log_sigma)[:, None]
    joint = log_pi[:, None] - 0.5 * np.sum(a**2, axis=2) - np.sum(log_sigma, axis=1)[:, None]
    return logsumexp(joint, axis=0) - z.shape[1] * 0.5 * LOG_2PI


@wrong(V, "log K forgotten")
def no_log_k(z, pseudo_inputs, encoder):
    return logsumexp(table(z, *encoder(pseudo_inputs)), axis=1)


@wrong(V, "the encoder's output taken for sigma")
def as_sigma(z, pseudo_inputs, encoder):
    mu, sigma = encoder(pseudo_inputs)
    return logsumexp(table(z, mu, np.log(np.abs(sigma))), axis=1) - math.log(len(mu))


@wrong(V, "encoder called for every pseudo-input and z")
def encoder_of_z(z, pseudo_inputs, encoder):
    mu, log_sigma = encoder(z)
    return logsumexp(table(z, mu, log_sigma), axis=1) - math.log(len(mu))


@wrong(V, "average of the logs")
def vamp_average(z, pseudo_inputs, encoder):
    return np.mean(table(z, *encoder(pseudo_inputs)), axis=1)


@wrong(V, "log n for log K")
def log_n(z, pseudo_inputs, encoder):
    return logsumexp(table(z, *encoder(pseudo_inputs)), axis=1) - math.log(len(z))


@wrong(V, "the mean of the encoder's outputs: one Gaussian")
def one_gaussian(z, pseudo_inputs, encoder):
    mu, log_sigma = encoder(pseudo_inputs)
    return table(z, mu.mean(0)[None], log_sigma.mean(0)[None])[:, 0]


@wrong(V, "encoder of the mean pseudo-input")
def mean_input(z, pseudo_inputs, encoder):
    return table(z, *encoder(np.mean(pseudo_inputs, axis=0, keepdims=True)))[:, 0]


@wrong(V, "log variance")
def vamp_variance(z, pseudo_inputs, encoder):
    mu, log_sigma = encoder(pseudo_inputs)
    return logsumexp(table(z, mu, 0.5 * log_sigma), axis=1) - math.log(len(mu))


@wrong(V, "float64: np.log(2π)")
def vamp_upcast(z, pseudo_inputs, encoder):
    return logsumexp(table(z, *encoder(pseudo_inputs)), axis=1) - np.log(len(pseudo_inputs))


@right(V)
def by_the_mixture(z, pseudo_inputs, encoder):
    mu, log_sigma = encoder(pseudo_inputs)
    k = len(mu)
    return axes_the_other_way(z, np.full(k, -math.log(k), z.dtype), mu, log_sigma)


# ------------------------------------------------------------------ a second trial, after the first was mended


@wrong(M, "log_sigma summed over the components too")
def sigma_of_all(z, log_pi, mu, log_sigma):
    a = (z[:, None] - mu) * np.exp(-log_sigma)
    t = np.sum(-0.5 * a * a - 0.5 * LOG_2PI, axis=2) - np.sum(log_sigma)
    return logsumexp(log_pi + t, axis=1)


@wrong(M, "1e-6 added to sigma")
def padded_sigma(z, log_pi, mu, log_sigma):
    return logsumexp(log_pi + table(z, mu, np.log(np.exp(log_sigma) + 1e-3)), axis=1)


@wrong(V, "weights by a softmax of z")
def weighted(z, pseudo_inputs, encoder):
    t = table(z, *encoder(pseudo_inputs))
    return np.sum(np.exp(t - logsumexp(t, axis=1, keepdims=True)) * t, axis=1)


@wrong(V, "the best pseudo-input")
def best(z, pseudo_inputs, encoder):
    return np.max(table(z, *encoder(pseudo_inputs)), axis=1)


# ------------------------------------------------------------------ a third trial, after the second was mended


@wrong(M, "the first component only")
def first_component(z, log_pi, mu, log_sigma):
    return log_pi[0] + table(z, mu, log_sigma)[:, 0]


@wrong(V, "mean pseudo-input's log_sigma for all")
def mean_sigma(z, pseudo_inputs, encoder):
    mu, log_sigma = encoder(pseudo_inputs)
    return logsumexp(table(z, mu, np.mean(log_sigma, axis=0) + 0 * log_sigma), axis=1) - math.log(len(mu))
