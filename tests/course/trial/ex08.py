"""Exercise 08 as new users answer it."""

import autograd.numpy as np

from minidgm.course.bank import misconception as wrong
from minidgm.course.bank import right_answer as right

F, R = "forward_kl_loss", "reverse_kl_loss"


@wrong(F, "summed over the batch")
def summed(x, f, base_log_prob):
    z, log_det = f(x)
    return -np.sum(base_log_prob(z) + log_det)


@wrong(F, "per dimension")
def per_dimension(x, f, base_log_prob):
    z, log_det = f(x)
    return -np.mean(base_log_prob(z) + log_det) / x.shape[1]


@wrong(F, "per dimension in bits")
def bits(x, f, base_log_prob):
    z, log_det = f(x)
    return -np.mean(base_log_prob(z) + log_det) / np.log(2)


@wrong(F, "the log-likelihood, not a loss")
def likelihood(x, f, base_log_prob):
    z, log_det = f(x)
    return np.mean(base_log_prob(z) + log_det)


@wrong(F, "not averaged")
def kept(x, f, base_log_prob):
    z, log_det = f(x)
    return -(base_log_prob(z) + log_det)


@wrong(F, "sign of log_det")
def sign(x, f, base_log_prob):
    z, log_det = f(x)
    return -np.mean(base_log_prob(z) - log_det)


@wrong(F, "a parenthesis: -mean(log p) + mean(log_det)")
def parenthesis(x, f, base_log_prob):
    z, log_det = f(x)
    return -np.mean(base_log_prob(z)) + np.mean(log_det)


@wrong(F, "log of the mean density")
def log_mean(x, f, base_log_prob):
    z, log_det = f(x)
    return -np.log(np.mean(np.exp(base_log_prob(z) + log_det)))


@wrong(F, "a mean squared z for the base")
def squared(x, f, base_log_prob):
    z, log_det = f(x)
    return np.mean(0.5 * np.sum(z**2, axis=1) - log_det)


@wrong(F, "a shape (1,)")
def one_element(x, f, base_log_prob):
    z, log_det = f(x)
    return -np.mean(base_log_prob(z) + log_det, keepdims=True)


@right(F)
def two_means(x, f, base_log_prob):
    z, log_det = f(x)
    return -(np.mean(base_log_prob(z)) + np.mean(log_det))


@right(F)
def dot_product(x, f, base_log_prob):
    z, log_det = f(x)
    log_prob = base_log_prob(z) + log_det
    return -np.sum(log_prob / len(x))


@wrong(R, "target at z")
def target_at_z(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    return np.mean(base_log_prob(z) - log_det - target_log_prob(z))


@wrong(R, "base at x")
def base_at_x(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    return np.mean(base_log_prob(x) - log_det - target_log_prob(x))


@wrong(R, "log_det added")
def added(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    return np.mean(base_log_prob(z) + log_det - target_log_prob(x))


@wrong(R, "the entropy's term dropped: base left out")
def base_dropped(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    return np.mean(-log_det - target_log_prob(x))


@wrong(R, "negative")
def negative(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    return np.mean(target_log_prob(x) + log_det - base_log_prob(z))


@wrong(R, "weighted by the density, a second expectation")
def weighted(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    log_q = base_log_prob(z) - log_det
    return np.mean(np.exp(log_q) * (log_q - target_log_prob(x)))


@wrong(R, "weights normalized over the batch")
def normalized(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    log_q = base_log_prob(z) - log_det
    weight = np.exp(log_q - np.max(log_q))
    return np.sum(weight / np.sum(weight) * (log_q - target_log_prob(x)))


@wrong(R, "draws z of its own")
def draws(z, g, base_log_prob, target_log_prob):
    z = np.random.randn(*z.shape)
    x, log_det = g(z)
    return np.mean(base_log_prob(z) - log_det - target_log_prob(x))


@wrong(R, "clipped at zero, since a KL can't be negative")
def clipped(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    return np.maximum(np.mean(base_log_prob(z) - log_det - target_log_prob(x)), 0)


@wrong(R, "absolute value")
def absolute(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    return abs(np.mean(base_log_prob(z) - log_det - target_log_prob(x)))


@wrong(R, "forward KL's formula")
def like_forward(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    return -np.mean(target_log_prob(x) + log_det)


@right(R)
def three_means(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    return np.mean(base_log_prob(z)) - np.mean(log_det) - np.mean(target_log_prob(x))


@right(R)
def averaged_by_hand(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    terms = base_log_prob(z) - log_det - target_log_prob(x)
    return terms.mean(axis=0)


# ------------------------------------------------------------------ a second trial, after the first was mended


@wrong(F, "mean over all axes of z for the base, m times too small")
def everything_averaged(x, f, base_log_prob):
    z, log_det = f(x)
    return -np.mean(base_log_prob(z)) / x.shape[1] - np.mean(log_det)


@wrong(F, "median")
def median(x, f, base_log_prob):
    z, log_det = f(x)
    return -np.median(base_log_prob(z) + log_det)


@wrong(R, "f's role: log_det of g at x")
def g_of_x(z, g, base_log_prob, target_log_prob):
    x, _ = g(z)
    return np.mean(base_log_prob(z) - g(x)[1] - target_log_prob(x))


@wrong(R, "variance of the log ratio")
def variance(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    return 0.5 * np.var(base_log_prob(z) - log_det - target_log_prob(x))


@wrong(R, "exp(log p) - weighted difference, unnormalized sum of two mistakes: sum and log_det added")
def summed_and_added(z, g, base_log_prob, target_log_prob):
    x, log_det = g(z)
    return np.sum(base_log_prob(z) + log_det - target_log_prob(x))
