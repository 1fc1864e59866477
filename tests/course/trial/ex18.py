"""Exercise 18 as new users answer it."""

import math

import autograd.numpy as np
from autograd.scipy.special import logsumexp

from minidgm.course.bank import misconception as wrong
from minidgm.course.bank import right_answer as right

T, A = "gaussian_log_prob_table", "aggregated_log_prob"
LOG_2PI = math.log(2 * math.pi)


def table(z, mu, log_sigma):
    a = (z[:, None] - mu) * np.exp(-log_sigma)
    return np.sum(-0.5 * a * a - log_sigma - 0.5 * LOG_2PI, axis=2)


@wrong(T, "transposed")
def transposed(z, mu, log_sigma):
    return table(z, mu, log_sigma).T


@wrong(T, "divided by the variance, not its square root")
def variance(z, mu, log_sigma):
    a = (z[:, None] - mu) * np.exp(-2 * log_sigma)
    return np.sum(-0.5 * a * a - log_sigma - 0.5 * LOG_2PI, axis=2)


@wrong(T, "no square of sigma: half-way")
def not_squared(z, mu, log_sigma):
    return np.sum(-0.5 * (z[:, None] - mu) ** 2 / np.exp(log_sigma) - log_sigma - 0.5 * LOG_2PI, axis=2)


@wrong(T, "log 2π once")
def one_constant(z, mu, log_sigma):
    return table(z, mu, log_sigma) + (z.shape[1] - 1) * 0.5 * LOG_2PI


@wrong(T, "log(2 d) slip")
def log_of_2d(z, mu, log_sigma):
    d = z.shape[1]
    return table(z, mu, log_sigma) + 0.5 * d * LOG_2PI - 0.5 * d * math.log(2 * d)


@wrong(T, "only pairs with the same index")
def same_index(z, mu, log_sigma):
    a = (z - mu) / np.exp(log_sigma)
    return np.sum(-0.5 * a**2 - log_sigma - 0.5 * LOG_2PI, axis=1)


@wrong(T, "mean over d")
def mean_over_d(z, mu, log_sigma):
    return table(z, mu, log_sigma) / z.shape[1]


@wrong(T, "np.log(2π)")
def upcast(z, mu, log_sigma):
    a = (z[:, None] - mu) * np.exp(-log_sigma)
    return np.sum(-0.5 * a * a - log_sigma - 0.5 * np.log(2 * np.pi), axis=2)


@wrong(T, "squares taken apart")
def taken_apart(z, mu, log_sigma):
    w = np.exp(-2 * log_sigma)
    square = np.dot(z**2, w.T) - 2 * np.dot(z, (mu * w).T) + np.sum(mu**2 * w, axis=1)
    return -0.5 * square - np.sum(log_sigma, axis=1) - 0.5 * z.shape[1] * LOG_2PI


@wrong(T, "log sigma forgotten")
def no_log_sigma(z, mu, log_sigma):
    a = (z[:, None] - mu) * np.exp(-log_sigma)
    return np.sum(-0.5 * a * a - 0.5 * LOG_2PI, axis=2)


@wrong(T, "log_sigma as sigma")
def as_sigma(z, mu, log_sigma):
    a = (z[:, None] - mu) / log_sigma
    return np.sum(-0.5 * a * a - np.log(np.abs(log_sigma)) - 0.5 * LOG_2PI, axis=2)


@right(T)
def column_by_column(z, mu, log_sigma):
    out = np.zeros((len(z), len(mu)), z.dtype)
    for j in range(z.shape[1]):
        a = (z[:, j][:, None] - mu[:, j][None]) / np.exp(log_sigma[:, j])[None]
        out = out - 0.5 * a**2 - log_sigma[:, j][None] - 0.5 * LOG_2PI
    return out


@right(T)
def scaled_first(z, mu, log_sigma):
    sigma = np.exp(log_sigma)
    log_p = np.transpose((z[None] - mu[:, None]) / sigma[:, None], (1, 0, 2))
    return -(np.sum(log_p**2, axis=-1) + z.shape[1] * LOG_2PI) / 2 - np.sum(log_sigma, axis=1)


@wrong(A, "log n forgotten")
def no_log_n(z, mu, log_sigma):
    return logsumexp(table(z, mu, log_sigma), axis=1)


@wrong(A, "plain exponentials")
def plain(z, mu, log_sigma):
    return np.log(np.mean(np.exp(table(z, mu, log_sigma)), axis=1))


@wrong(A, "mean of the logs")
def mean_of_logs(z, mu, log_sigma):
    return np.mean(table(z, mu, log_sigma), axis=1)


@wrong(A, "over the points")
def over_points(z, mu, log_sigma):
    return logsumexp(table(z, mu, log_sigma), axis=0) - math.log(len(z))


@wrong(A, "divided by the number of points")
def number_of_points(z, mu, log_sigma):
    return logsumexp(table(z, mu, log_sigma), axis=1) - math.log(len(z))


@wrong(A, "moment-matched Gaussian")
def moments(z, mu, log_sigma):
    mean = np.mean(mu, axis=0)
    var = np.mean(np.exp(2 * log_sigma) + mu**2, axis=0) - mean**2
    return np.sum(-0.5 * (z - mean) ** 2 / var - 0.5 * np.log(var) - 0.5 * LOG_2PI, axis=1)


@wrong(A, "a Gaussian of the averaged parameters")
def averaged_parameters(z, mu, log_sigma):
    return table(z, np.mean(mu, axis=0)[None], np.mean(log_sigma, axis=0)[None])[:, 0]


@wrong(A, "the nearest posterior")
def nearest(z, mu, log_sigma):
    return np.max(table(z, mu, log_sigma), axis=1) - math.log(len(mu))


@wrong(A, "log2 n")
def log2_n(z, mu, log_sigma):
    return logsumexp(table(z, mu, log_sigma), axis=1) - float(np.log2(len(mu)))


@wrong(A, "log n divides")
def divided(z, mu, log_sigma):
    return logsumexp(table(z, mu, log_sigma), axis=1) / len(mu)


@right(A)
def running(z, mu, log_sigma):
    t = table(z, mu, log_sigma)
    out = t[:, 0]
    for i in range(1, t.shape[1]):
        out = np.logaddexp(out, t[:, i])
    return out - math.log(len(mu))


@right(A)
def point_by_point(z, mu, log_sigma):
    rows = [logsumexp(table(one[None], mu, log_sigma) - math.log(len(mu)), axis=1) for one in z]
    return np.concatenate(rows)


# ------------------------------------------------------------------ a second trial, after the first was mended


@wrong(T, "absolute distance (Laplace)")
def laplace(z, mu, log_sigma):
    a = np.abs((z[:, None] - mu) * np.exp(-log_sigma))
    return np.sum(-a - log_sigma - 0.5 * LOG_2PI, axis=2)


@wrong(T, "every object with the mean sigma")
def mean_sigma(z, mu, log_sigma):
    return table(z, mu, np.mean(log_sigma, axis=0, keepdims=True) + 0 * log_sigma)


@wrong(A, "minimum over the objects")
def farthest(z, mu, log_sigma):
    return np.min(table(z, mu, log_sigma), axis=1)


@wrong(A, "weights by distance: softmax mean of the logs")
def softmax_mean(z, mu, log_sigma):
    t = table(z, mu, log_sigma)
    return np.sum(np.exp(t - logsumexp(t, axis=1, keepdims=True)) * t, axis=1)


@wrong(A, "standardized by the batch of points")
def standardized(z, mu, log_sigma):
    z = (z - z.mean(axis=0)) / (z.std(axis=0) + 1e-9)
    return logsumexp(table(z, mu, log_sigma), axis=1) - math.log(len(mu))


# ------------------------------------------------------------------ a third trial, after the second was mended


@wrong(T, "the mean of z taken off")
def centred(z, mu, log_sigma):
    return table(z - z.mean(axis=0), mu, log_sigma)


@wrong(A, "log n of the squared")
def n_squared(z, mu, log_sigma):
    return logsumexp(table(z, mu, log_sigma), axis=1) - 2 * math.log(len(mu))
