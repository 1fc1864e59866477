"""Exercise 15 as new users answer it."""

import autograd.numpy as np
from autograd.scipy.special import logsumexp

from minidgm.course.bank import misconception as wrong
from minidgm.course.bank import right_answer as right

V, B = "variational_bound", "importance_bound"


def table(x, log_p):
    return np.reshape(log_p(np.reshape(x, (-1, x.shape[-1]))), x.shape[:-1])


@wrong(V, "log q left out")
def no_q(y, u, log_q, log_p):
    return np.mean(table(y + u, log_p), axis=0)


@wrong(V, "log q added")
def added(y, u, log_q, log_p):
    return np.mean(table(y + u, log_p) + log_q, axis=0)


@wrong(V, "weighted by q once more")
def weighted(y, u, log_q, log_p):
    return np.mean(np.exp(log_q) * (table(y + u, log_p) - log_q), axis=0)


@wrong(V, "weighted by q, weights normalized")
def weighted_normalized(y, u, log_q, log_p):
    w = np.exp(log_q - logsumexp(log_q, axis=0, keepdims=True))
    return np.sum(w * (table(y + u, log_p) - log_q), axis=0)


@wrong(V, "noise drawn inside")
def own_noise(y, u, log_q, log_p):
    noise = np.random.uniform(size=u.shape)
    return np.mean(table(y + noise, log_p) - log_q, axis=0)


@wrong(V, "the noise taken off: y - u")
def minus(y, u, log_q, log_p):
    return np.mean(table(y - u, log_p) - log_q, axis=0)


@wrong(V, "the noise added to x = y + u again")
def noise_twice(y, u, log_q, log_p):
    x = y + u
    return np.mean(table(x + u, log_p) - log_q, axis=0)


@wrong(V, "noise centred: y + u - ½")
def centred(y, u, log_q, log_p):
    return np.mean(table(y + u - 0.5, log_p) - log_q, axis=0)


@wrong(V, "axis 1")
def axis_one(y, u, log_q, log_p):
    return np.mean(table(y + u, log_p) - log_q, axis=1)


@wrong(V, "sum over samples")
def summed(y, u, log_q, log_p):
    return np.sum(table(y + u, log_p) - log_q, axis=0)


@wrong(V, "one number for the batch")
def batch_mean(y, u, log_q, log_p):
    return np.mean(table(y + u, log_p) - log_q)


@wrong(V, "the batch's mean of log q")
def mean_log_q(y, u, log_q, log_p):
    return np.mean(table(y + u, log_p), axis=0) - np.mean(log_q)


@wrong(V, "a ratio of the logarithms")
def ratio_of_logs(y, u, log_q, log_p):
    return np.mean(table(y + u, log_p) / log_q, axis=0)


@wrong(V, "two mistakes: log q added, and summed")
def two_mistakes(y, u, log_q, log_p):
    return np.sum(table(y + u, log_p) + log_q, axis=0)


@right(V)
def two_means(y, u, log_q, log_p):
    return np.mean(table(y + u, log_p), axis=0) - np.mean(log_q, axis=0)


@right(V)
def sample_by_sample(y, u, log_q, log_p):
    return np.mean(np.stack([log_p(y + one) - q for one, q in zip(u, log_q)]), axis=0)


@wrong(B, "exp of weights as they are")
def plain(y, u, log_q, log_p):
    return np.log(np.mean(np.exp(table(y + u, log_p) - log_q), axis=0))


@wrong(B, "log K forgotten")
def no_log_k(y, u, log_q, log_p):
    return logsumexp(table(y + u, log_p) - log_q, axis=0)


@wrong(B, "axis 1")
def importance_axis_one(y, u, log_q, log_p):
    return logsumexp(table(y + u, log_p) - log_q, axis=1) - float(np.log(len(u)))


@wrong(B, "weights normalized: a softmax-weighted mean of the logs")
def normalized(y, u, log_q, log_p):
    w = table(y + u, log_p) - log_q
    p = np.exp(w - logsumexp(w, axis=0, keepdims=True))
    return np.sum(p * w, axis=0)


@wrong(B, "that of exercise 15's first function")
def variational(y, u, log_q, log_p):
    return np.mean(table(y + u, log_p) - log_q, axis=0)


@wrong(B, "log q added")
def q_added(y, u, log_q, log_p):
    return logsumexp(table(y + u, log_p) + log_q, axis=0) - float(np.log(len(u)))


@wrong(B, "log q left out")
def q_left_out(y, u, log_q, log_p):
    return logsumexp(table(y + u, log_p), axis=0) - float(np.log(len(u)))


@wrong(B, "log2 K")
def log2_k(y, u, log_q, log_p):
    return logsumexp(table(y + u, log_p) - log_q, axis=0) - float(np.log2(len(u)))


@wrong(B, "divided by n, not K")
def by_n(y, u, log_q, log_p):
    return logsumexp(table(y + u, log_p) - log_q, axis=0) - float(np.log(len(y)))


@wrong(B, "ratio of the means: mean p over mean q")
def ratio_of_means(y, u, log_q, log_p):
    return logsumexp(table(y + u, log_p), axis=0) - logsumexp(log_q, axis=0)


@wrong(B, "the largest weight")
def largest(y, u, log_q, log_p):
    return np.max(table(y + u, log_p) - log_q, axis=0)


@right(B)
def shifted(y, u, log_q, log_p):
    w = table(y + u, log_p) - log_q
    top = np.max(w, axis=0)
    return top + np.log(np.mean(np.exp(w - top), axis=0))


@right(B)
def logaddexp(y, u, log_q, log_p):
    w = [log_p(y + one) - q for one, q in zip(u, log_q)]
    out = w[0]
    for more in w[1:]:
        out = np.logaddexp(out, more)
    return out - float(np.log(len(w)))


# ------------------------------------------------------------------ a second trial, after the first was mended


@wrong(V, "exp(log q) subtracted")
def density_subtracted(y, u, log_q, log_p):
    return np.mean(table(y + u, log_p) - np.exp(log_q), axis=0)


@wrong(V, "log q of the first sample for all")
def first_log_q(y, u, log_q, log_p):
    return np.mean(table(y + u, log_p) - log_q[0], axis=0)


@wrong(B, "log q subtracted after the mean of p")
def mean_of_log_q(y, u, log_q, log_p):
    return logsumexp(table(y + u, log_p), axis=0) - float(np.log(len(u))) - np.mean(log_q, axis=0)


@wrong(B, "own noise")
def importance_own_noise(y, u, log_q, log_p):
    return logsumexp(table(y + np.random.uniform(size=u.shape), log_p) - log_q, axis=0) - float(np.log(len(u)))


@wrong(B, "own noise with a seed")
def importance_own_noise_seeded(y, u, log_q, log_p):
    noise = np.random.RandomState(0).uniform(size=u.shape)
    return logsumexp(table(y + noise, log_p) - log_q, axis=0) - float(np.log(len(u)))


@wrong(B, "median weight")
def median(y, u, log_q, log_p):
    return np.median(table(y + u, log_p) - log_q, axis=0)


# ------------------------------------------------------------------ a third trial, after the second was mended


@wrong(V, "log q divided by m")
def q_per_dimension(y, u, log_q, log_p):
    return np.mean(table(y + u, log_p) - log_q / y.shape[1], axis=0)


@wrong(B, "importance weights clipped at 1")
def clipped_weights(y, u, log_q, log_p):
    return logsumexp(np.minimum(table(y + u, log_p) - log_q, 0), axis=0) - float(np.log(len(u)))
