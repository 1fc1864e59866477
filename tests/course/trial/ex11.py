"""Exercise 11 as new users answer it."""

import autograd.numpy as np
from autograd.scipy.special import expit, logsumexp

from minidgm.course.bank import misconception as wrong
from minidgm.course.bank import right_answer as right

P, F, MP, MF = "logistic_log_pdf", "logistic_cdf", "mixture_log_pdf", "mixture_cdf"


def log_pdf(x, mu, s):
    a = np.abs((x - mu) / s)
    return -a - np.log(s) - 2 * np.log1p(np.exp(-a))


@wrong(P, "the logarithm of the formula")
def plain(x, mu, s):
    e = np.exp(-(x - mu) / s)
    return np.log(e / (s * (1 + e) ** 2))


@wrong(P, "logs taken, but e^{-a} overflows")
def one_side(x, mu, s):
    a = (x - mu) / s
    return -a - np.log(s) - 2 * np.log1p(np.exp(-a))


@wrong(P, "log s forgotten")
def no_scale(x, mu, s):
    return log_pdf(x, mu, s) + np.log(s)


@wrong(P, "a Gaussian with that mean and scale")
def gaussian(x, mu, s):
    return -0.5 * ((x - mu) / s) ** 2 - np.log(s) - 0.5 * np.log(2 * np.pi)


@wrong(P, "s taken for the standard deviation")
def standard_deviation(x, mu, s):
    return log_pdf(x, mu, s * np.sqrt(3) / np.pi)


@wrong(P, "the softplus once, not twice")
def once(x, mu, s):
    a = (x - mu) / s
    return -a - np.log(s) - np.logaddexp(0 * a, -a)


@wrong(P, "mu - x over s in one place only")
def mixed_signs(x, mu, s):
    a = (x - mu) / s
    return a - np.log(s) - 2 * np.logaddexp(0 * a, -a)


@wrong(P, "summed over the last axis")
def summed(x, mu, s):
    return np.sum(log_pdf(x, mu, s), axis=-1)


@wrong(P, "log10")
def decimal(x, mu, s):
    a = np.abs((x - mu) / s)
    return -a - np.log10(s) - 2 * np.log10(1 + np.exp(-a))


@wrong(P, "1e-12 in the logarithm")
def epsilon(x, mu, s):
    p = expit((x - mu) / s)
    return np.log(p * (1 - p) / s + 1e-12)


@right(P)
def both_halves(x, mu, s):
    a = (x - mu) / s
    return -np.logaddexp(0 * a, a) - np.logaddexp(0 * a, -a) - np.log(s)


@wrong(F, "1 - F")
def survival(x, mu, s):
    return expit((mu - x) / s)


@wrong(F, "exp overflow: NaN-free, but 1/(1+inf) is fine; the tail by 1 - ...")
def complement(x, mu, s):
    return 1 - 1 / (1 + np.exp((x - mu) / s))


@wrong(F, "tanh form, no digits below 1e-16")
def tanh(x, mu, s):
    return 0.5 * (1 + np.tanh((x - mu) / (2 * s)))


@wrong(F, "divides by s twice")
def variance(x, mu, s):
    return expit((x - mu) / s**2)


@wrong(F, "mu and s exchanged")
def exchanged(x, mu, s):
    return expit((x - s) / mu)


@wrong(F, "the log of it")
def log_cdf(x, mu, s):
    return -np.logaddexp(0.0, -(x - mu) / s)


@right(F)
def exp_of_log(x, mu, s):
    a = (x - mu) / s
    return np.exp(-np.logaddexp(0 * a, -a))


@wrong(MP, "average of the log-densities")
def average_of_logs(x, log_pi, mu, s):
    return np.sum(np.exp(log_pi) * log_pdf(x[..., None], mu, s), axis=-1)


@wrong(MP, "log_pi left out")
def no_weights(x, log_pi, mu, s):
    return logsumexp(log_pdf(x[..., None], mu, s), axis=-1)


@wrong(MP, "log_pi multiplied")
def multiplied(x, log_pi, mu, s):
    return logsumexp(log_pi * log_pdf(x[..., None], mu, s), axis=-1)


@wrong(MP, "log of the sum of exponentials, plain")
def plain_mixture(x, log_pi, mu, s):
    return np.log(np.sum(np.exp(log_pi + log_pdf(x[..., None], mu, s)), axis=-1))


@wrong(MP, "equal weights")
def equal_weights(x, log_pi, mu, s):
    return logsumexp(log_pdf(x[..., None], mu, s), axis=-1) - np.log(mu.shape[-1])


@wrong(MP, "x given no axis")
def no_axis(x, log_pi, mu, s):
    return logsumexp(log_pi + log_pdf(x, mu, s), axis=-1)


@wrong(MP, "the weights renormalized by a softmax of exp(log_pi)")
def softmaxed(x, log_pi, mu, s):
    pi = np.exp(log_pi)
    return logsumexp(pi - logsumexp(pi, axis=-1, keepdims=True) + log_pdf(x[..., None], mu, s), axis=-1)


@wrong(MP, "the likeliest component")
def likeliest(x, log_pi, mu, s):
    return np.max(log_pi + log_pdf(x[..., None], mu, s), axis=-1)


@right(MP)
def folded(x, log_pi, mu, s):
    joint = log_pi + log_pdf(np.expand_dims(x, -1), mu, s)
    out = joint[..., 0]
    for k in range(1, joint.shape[-1]):
        out = np.logaddexp(out, joint[..., k])
    return out


@wrong(MF, "product of the cdfs")
def product(x, log_pi, mu, s):
    return np.prod(expit((x[..., None] - mu) / s) ** np.exp(log_pi), axis=-1)


@wrong(MF, "cdf of the mean component")
def mean_component(x, log_pi, mu, s):
    pi = np.exp(log_pi)
    return expit((x - np.sum(pi * mu, axis=-1)) / np.sum(pi * s, axis=-1))


@wrong(MF, "log_pi as weights")
def log_weights(x, log_pi, mu, s):
    return np.sum(log_pi * expit((x[..., None] - mu) / s), axis=-1)


@wrong(MF, "the logarithm of the cdf")
def logarithm(x, log_pi, mu, s):
    a = (x[..., None] - mu) / s
    return logsumexp(log_pi - np.logaddexp(0 * a, -a), axis=-1)


@wrong(MF, "a plain mean over components")
def plain_mean(x, log_pi, mu, s):
    return np.mean(expit((x[..., None] - mu) / s), axis=-1)


@wrong(MF, "summed over axis 0")
def axis_zero(x, log_pi, mu, s):
    return np.sum(np.exp(log_pi) * expit((x[..., None] - mu) / s), axis=0)


@right(MF)
def on_logs(x, log_pi, mu, s):
    return np.exp(logarithm(x, log_pi, mu, s))


@right(MF)
def einsum(x, log_pi, mu, s):
    parts = expit((x[..., None] - mu) / s)
    return np.einsum("...k,...k->...", parts, np.broadcast_to(np.exp(log_pi), parts.shape))


# ------------------------------------------------------------------ a second trial, after the first was mended


@wrong(P, "sech^2 without the quarter")
def sech(x, mu, s):
    a = np.abs((x - mu) / (2 * s))
    return -np.log(s) - 2 * (a + np.log1p(np.exp(-2 * a)) - np.log(2))


@wrong(F, "rounded to 0 or 1")
def step(x, mu, s):
    return np.round(expit((x - mu) / s))


@wrong(MP, "log_pi twice")
def twice(x, log_pi, mu, s):
    return logsumexp(2 * log_pi + log_pdf(x[..., None], mu, s), axis=-1)


@wrong(MF, "log_pi exponentiated with base 2")
def base_two(x, log_pi, mu, s):
    return np.sum(2**log_pi * expit((x[..., None] - mu) / s), axis=-1)


# ------------------------------------------------------------------ a third trial, after the second was mended


@wrong(P, "a Cauchy density")
def cauchy(x, mu, s):
    a = (x - mu) / s
    return -np.log(np.pi * s) - np.log1p(a * a)


@wrong(MP, "the mean of s for all components")
def mean_s(x, log_pi, mu, s):
    return logsumexp(log_pi + log_pdf(x[..., None], mu, np.mean(s, axis=-1, keepdims=True)), axis=-1)


@wrong(MF, "sorted weights")
def sorted_weights(x, log_pi, mu, s):
    return np.sum(np.exp(np.sort(log_pi, axis=-1)) * expit((x[..., None] - mu) / s), axis=-1)
