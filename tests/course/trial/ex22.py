"""Exercise 22 as new users answer it."""

import math

import autograd.numpy as np

from minidgm.course.bank import misconception as wrong
from minidgm.course.bank import right_answer as right

P, E = "flow_prior_log_prob", "flow_prior_elbo"
LOG_2PI = math.log(2 * math.pi)


def prior(z, f):
    w, log_det = f(z)
    return -0.5 * np.sum(w * w + LOG_2PI, axis=1) + log_det


@wrong(P, "log_det subtracted")
def minus(z, f):
    w, log_det = f(z)
    return -0.5 * np.sum(w * w + LOG_2PI, axis=1) - log_det


@wrong(P, "normal at z")
def at_z(z, f):
    w, log_det = f(z)
    return -0.5 * np.sum(z * z + LOG_2PI, axis=1) + log_det


@wrong(P, "constant for one dimension")
def one_constant(z, f):
    w, log_det = f(z)
    return -0.5 * np.sum(w * w, axis=1) - 0.5 * LOG_2PI + log_det


@wrong(P, "log 2π without the half")
def no_half(z, f):
    w, log_det = f(z)
    return -0.5 * np.sum(w * w, axis=1) - w.shape[1] * LOG_2PI + log_det


@wrong(P, "log(2 d)")
def log_of_2d(z, f):
    w, log_det = f(z)
    d = w.shape[1]
    return -0.5 * np.sum(w * w, axis=1) - 0.5 * d * math.log(2 * d) + log_det


@wrong(P, "½ forgotten at the square")
def no_half_square(z, f):
    w, log_det = f(z)
    return -np.sum(w * w, axis=1) - 0.5 * w.shape[1] * LOG_2PI + log_det


@wrong(P, "batch mean of log_det")
def mean_log_det(z, f):
    w, log_det = f(z)
    return -0.5 * np.sum(w * w + LOG_2PI, axis=1) + np.mean(log_det)


@wrong(P, "sum over the batch")
def axis_zero(z, f):
    w, log_det = f(z)
    return np.sum(-0.5 * w * w - 0.5 * LOG_2PI, axis=0) + log_det


@wrong(P, "np.log(2π)")
def upcast(z, f):
    w, log_det = f(z)
    return -0.5 * np.sum(w * w + np.log(2 * np.pi), axis=1) + log_det


@wrong(P, "standardized by the batch first")
def own_statistics(z, f):
    w, log_det = f(z)
    w = (w - w.mean(axis=0)) / (w.std(axis=0) + 1e-9)
    return -0.5 * np.sum(w * w + LOG_2PI, axis=1) + log_det


@right(P)
def norm_squared(z, f):
    w, log_det = f(z)
    return log_det - 0.5 * (np.linalg.norm(w, axis=1) ** 2 + w.shape[1] * LOG_2PI)


@right(P)
def coordinate_by_coordinate(z, f):
    w, out = f(z)
    for j in range(w.shape[1]):
        out = out - 0.5 * w[:, j] ** 2 - 0.5 * LOG_2PI
    return out


@wrong(E, "log q added")
def added(log_lik, z, log_q, f):
    return log_lik + prior(z, f) + log_q


@wrong(E, "log q left out")
def no_q(log_lik, z, log_q, f):
    return log_lik + prior(z, f)


@wrong(E, "elbo + KL")
def plus_kl(log_lik, z, log_q, f):
    return log_lik + (log_q - prior(z, f))


@wrong(E, "closed KL of z")
def normal_prior(log_lik, z, log_q, f):
    return log_lik - 0.5 * np.sum(z * z + LOG_2PI, axis=1) - log_q


@wrong(E, "exp(log q) as a weight on the KL")
def weighted(log_lik, z, log_q, f):
    return log_lik - np.exp(log_q) * (log_q - prior(z, f))


@wrong(E, "one number")
def batch_mean(log_lik, z, log_q, f):
    return np.mean(log_lik + prior(z, f) - log_q)


@wrong(E, "batch mean of the KL")
def mean_kl(log_lik, z, log_q, f):
    return log_lik + np.mean(prior(z, f) - log_q)


@wrong(E, "a loss")
def loss(log_lik, z, log_q, f):
    return log_q - prior(z, f) - log_lik


@wrong(E, "log_det counted twice")
def twice(log_lik, z, log_q, f):
    return log_lik + prior(z, f) + f(z)[1] - log_q


@wrong(E, "two mistakes: log_det subtracted and log q added")
def two_mistakes(log_lik, z, log_q, f):
    return log_lik + prior(z, f) - 2 * f(z)[1] + log_q


@right(E)
def stacked(log_lik, z, log_q, f):
    return np.sum(np.stack([log_lik, prior(z, f), -log_q]), axis=0)


@right(E)
def rearranged(log_lik, z, log_q, f):
    w, log_det = f(z)
    return (log_lik - log_q) + (log_det - np.einsum("ij,ij->i", w, w) / 2) - z.shape[1] * LOG_2PI / 2


# ------------------------------------------------------------------ a second trial, after the first was mended


@wrong(P, "mean of the squares")
def mean_square(z, f):
    w, log_det = f(z)
    return -0.5 * np.mean(w * w, axis=1) - 0.5 * w.shape[1] * LOG_2PI + log_det


@wrong(P, "the density of a logistic base")
def logistic(z, f):
    w, log_det = f(z)
    return np.sum(-w - 2 * np.logaddexp(0 * w, -w), axis=1) + log_det


@wrong(E, "log_det subtracted from the whole")
def minus_log_det(log_lik, z, log_q, f):
    return log_lik + prior(z, f) - 2 * f(z)[1] - log_q


@wrong(E, "log q halved")
def half_q(log_lik, z, log_q, f):
    return log_lik + prior(z, f) - 0.5 * log_q


# ------------------------------------------------------------------ a third trial, after the second was mended


@wrong(P, "log_det twice")
def log_det_twice(z, f):
    return prior(z, f) + f(z)[1]


@wrong(E, "log_lik averaged")
def mean_log_lik(log_lik, z, log_q, f):
    return np.mean(log_lik) + prior(z, f) - log_q
