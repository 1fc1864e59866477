"""Exercise 12 as new users answer it."""

import autograd.numpy as np
import numpy as onp
from autograd.scipy.special import expit, logsumexp

from minidgm.course.bank import misconception as wrong
from minidgm.course.bank import right_answer as right

L, M, B = "discretized_logistic_log_prob", "discretized_mixture_log_prob", "bits_per_dim"


def log_sigmoid(a):
    return np.minimum(a, 0) - np.log1p(np.exp(-np.abs(a)))


def ends(y, mu, s, levels):
    y = np.asarray(y).astype(np.asarray(mu).dtype)
    a, b = (y + 0.5 - mu) / s, (y - 0.5 - mu) / s
    return np.where(y + 0 * a == levels - 1, np.inf, a), np.where(y + 0 * b == 0, -np.inf, b)


def exact(y, mu, s, levels):
    a, b = ends(y, mu, s, levels)
    width = np.where(np.isfinite(a - b), a - b, np.inf)
    last = np.where(width > 0.7, np.log1p(-np.exp(-width)), np.log(-np.expm1(-np.minimum(width, 700))))
    return log_sigmoid(a) + log_sigmoid(-b) + last


@wrong(L, "difference of sigmoids")
def plain(y, mu, s, levels):
    a, b = ends(y, mu, s, levels)
    return np.log(expit(a) - expit(b))


@wrong(L, "1e-12 inside")
def with_epsilon(y, mu, s, levels):
    a, b = ends(y, mu, s, levels)
    return np.log(np.maximum(expit(a) - expit(b), 1e-12))


@wrong(L, "no open ends")
def closed_ends(y, mu, s, levels):
    y = np.asarray(y, float)
    a, b = (y + 0.5 - mu) / s, (y - 0.5 - mu) / s
    return log_sigmoid(a) + log_sigmoid(-b) + np.log(-np.expm1(b - a))


@wrong(L, "bins [y, y + 1)")
def shifted_bins(y, mu, s, levels):
    return exact(y, mu - 0.5, s, levels)


@wrong(L, "the density at the level")
def density(y, mu, s, levels):
    a = np.abs((np.asarray(y, float) - mu) / s)
    return -a - np.log(s) - 2 * np.log1p(np.exp(-a))


@wrong(L, "density at the level where the bin underflows, as in PixelCNN++'s code")
def pixelcnn_threshold(y, mu, s, levels):
    a, b = ends(y, mu, s, levels)
    bin_ = expit(a) - expit(b)
    mid = np.abs((np.asarray(y, float) - mu) / s)
    return np.where(bin_ > 1e-5, np.log(np.maximum(bin_, 1e-12)), -mid - np.log(s) - 2 * np.log1p(np.exp(-mid)))


@wrong(L, "summed over the last axis")
def summed(y, mu, s, levels):
    return np.sum(exact(y, mu, s, levels), axis=-1)


@wrong(L, "the last bin is `levels`, not levels - 1")
def last_bin(y, mu, s, levels):
    return exact(y, mu, s, levels + 1)


@wrong(L, "half-width 1/2 divided by levels")
def narrow(y, mu, s, levels):
    y = np.asarray(y, float)
    half = 0.5 / levels
    a, b = (y + half - mu) / s, (y - half - mu) / s
    a, b = np.where(y == levels - 1, np.inf, a + 0 * b), np.where(y == 0, -np.inf, b + 0 * a)
    return np.log(expit(a) - expit(b))


@right(L)
def uint8_wraps(y, mu, s, levels):
    y = np.asarray(y)
    low = (y - y.dtype.type(1) + 0.5 - mu) / s
    a, b = (y + 0.5 - mu) / s, low
    a, b = np.where(y == levels - 1, np.inf, a), np.where(y == 0, -np.inf, b)
    return log_sigmoid(a) + log_sigmoid(-b) + np.log(-np.expm1(b - a))


@right(L)
def by_symmetry(y, mu, s, levels):
    a, b = ends(y, mu, s, levels)
    turned = a + b > 0
    a, b = np.where(turned, -b, a), np.where(turned, -a, b)
    gap = b - a
    last = np.where(gap < -0.7, np.log1p(-np.exp(gap)), np.log(-np.expm1(np.where(gap < -700, -700, gap))))
    return log_sigmoid(a) + log_sigmoid(-b) + last


@wrong(M, "logs averaged")
def average_of_logs(y, log_pi, mu, s, levels):
    return np.sum(np.exp(log_pi) * exact(y[..., None], mu, s, levels), axis=-1)


@wrong(M, "weights left out")
def no_weights(y, log_pi, mu, s, levels):
    return logsumexp(exact(y[..., None], mu, s, levels), axis=-1)


@wrong(M, "plain log of a sum")
def plain_mixture(y, log_pi, mu, s, levels):
    return np.log(np.sum(np.exp(log_pi + exact(y[..., None], mu, s, levels)), axis=-1))


@wrong(M, "log_pi for weights, not exp(log_pi)")
def log_pi_times(y, log_pi, mu, s, levels):
    return np.log(np.sum(log_pi * np.exp(exact(y[..., None], mu, s, levels)), axis=-1))


@wrong(M, "one logistic with the mean parameters")
def mean_parameters(y, log_pi, mu, s, levels):
    pi = np.exp(log_pi)
    return exact(y, np.sum(pi * mu, axis=-1), np.sum(pi * s, axis=-1), levels)


@wrong(M, "equal weights")
def equal_weights(y, log_pi, mu, s, levels):
    return logsumexp(exact(y[..., None], mu, s, levels), axis=-1) - np.log(mu.shape[-1])


@wrong(M, "normalized over the K components: a posterior")
def posterior(y, log_pi, mu, s, levels):
    joint = log_pi + exact(y[..., None], mu, s, levels)
    return np.max(joint - logsumexp(joint, axis=-1, keepdims=True), axis=-1)


@right(M)
def pairwise(y, log_pi, mu, s, levels):
    joint = log_pi + exact(y[..., None], mu, s, levels)
    return onp.logaddexp.reduce(joint, -1)


@wrong(B, "nats per dim")
def nats(log_prob, m):
    return -log_prob / m


@wrong(B, "log10")
def decimal(log_prob, m):
    return -log_prob / (m * np.log(10))


@wrong(B, "times log 2")
def times(log_prob, m):
    return -log_prob * np.log(2) / m


@wrong(B, "positive log-prob")
def sign(log_prob, m):
    return log_prob / (m * np.log(2))


@wrong(B, "mean over the objects")
def mean(log_prob, m):
    return -np.mean(log_prob) / (m * np.log(2))


@wrong(B, "log of 2m")
def log_of_2m(log_prob, m):
    return -log_prob / np.log(2 * m)


@wrong(B, "log2 of the log-prob")
def log2_of_it(log_prob, m):
    return -np.log2(np.abs(log_prob)) / m


@wrong(B, "m forgotten")
def per_object(log_prob, m):
    return -log_prob / np.log(2)


@wrong(B, "log 256 levels: 8 added")
def eight(log_prob, m):
    return -log_prob / (m * np.log(2)) + 8


@right(B)
def log2_e(log_prob, m):
    return -log_prob / m * float(np.log2(np.e))


@right(B)
def in_steps(log_prob, m):
    nats = np.negative(log_prob)
    return (nats / float(np.log(2))) / m


# ------------------------------------------------------------------ a second trial, after the first was mended


@wrong(L, "the lower end open for every bin: a cdf")
def cdf_only(y, mu, s, levels):
    a, _ = ends(y, mu, s, levels)
    return log_sigmoid(a)


@wrong(L, "bin of width 1 times the density: midpoint, open ends exact")
def midpoint(y, mu, s, levels):
    right_, y_ = exact(y, mu, s, levels), np.asarray(y, float)
    return np.where((y_ == 0) | (y_ == levels - 1), right_, density(y, mu, s, levels))


@wrong(M, "components on the first axis")
def first_axis(y, log_pi, mu, s, levels):
    return logsumexp(log_pi + exact(y[..., None], mu, s, levels), axis=0)


@wrong(B, "m + 1")
def one_more(log_prob, m):
    return -log_prob / ((m + 1) * np.log(2))


# ------------------------------------------------------------------ a third trial, after the second was mended


@wrong(L, "edges at ±1 for data scaled to [-1, 1]")
def scaled(y, mu, s, levels):
    x = 2 * np.asarray(y, float) / max(levels - 1, 1) - 1
    half = 1 / max(levels - 1, 1)
    a, b = (x + half - mu) / s, (x - half - mu) / s
    a, b = np.where(x >= 1, np.inf, a), np.where(x <= -1, -np.inf, b)
    return np.log(np.maximum(expit(a) - expit(b), 1e-300))


@wrong(B, "ceiled to whole bits")
def whole_bits(log_prob, m):
    return np.ceil(-log_prob / (m * np.log(2)))
