"""Exercise 10 as new users answer it."""

import numpy as np
from autograd.scipy.special import logsumexp

from minidgm.course.bank import misconception as wrong
from minidgm.course.bank import right_answer as right

S, C = "spike_log_likelihood", "categorical_mle"
LOG_2PI = np.log(2 * np.pi)


def table(y, levels, sigma):
    a = (np.asarray(y, float)[:, None] - np.arange(levels)) / sigma
    return -0.5 * a**2 - np.log(sigma) - 0.5 * LOG_2PI


@right(S)
def plain(y, levels, sigma):
    return np.log(np.mean(np.exp(table(y, levels, sigma)), axis=1))


@wrong(S, "weights 1/levels left out")
def no_weights(y, levels, sigma):
    return logsumexp(table(y, levels, sigma), axis=1)


@wrong(S, "uint8 arithmetic: y - k wraps around")
def wraps(y, levels, sigma):
    a = (y[:, None] - np.arange(levels, dtype=y.dtype)) / sigma
    return logsumexp(-0.5 * a**2 - np.log(sigma) - 0.5 * LOG_2PI, axis=1) - np.log(levels)


@wrong(S, "own spike only")
def own_spike(y, levels, sigma):
    return np.full(len(y), -np.log(sigma) - 0.5 * LOG_2PI - np.log(levels))


@wrong(S, "log sigma forgotten")
def no_log_sigma(y, levels, sigma):
    return logsumexp(table(y, levels, sigma) + np.log(sigma), axis=1) - np.log(levels)


@wrong(S, "sigma taken for the variance")
def variance(y, levels, sigma):
    return logsumexp(table(y, levels, np.sqrt(sigma)), axis=1) - np.log(levels)


@wrong(S, "log(2 levels) for log(2 pi)")
def log_of_2m(y, levels, sigma):
    return logsumexp(table(y, levels, sigma) + 0.5 * LOG_2PI, axis=1) - np.log(levels) - 0.5 * np.log(2 * levels)


@wrong(S, "the product over the data: summed")
def summed(y, levels, sigma):
    return np.sum(logsumexp(table(y, levels, sigma), axis=1) - np.log(levels))


@wrong(S, "levels 1..L")
def from_one(y, levels, sigma):
    a = (np.asarray(y, float)[:, None] - np.arange(1, levels + 1)) / sigma
    return logsumexp(-0.5 * a**2, axis=1) - np.log(sigma) - 0.5 * LOG_2PI - np.log(levels)


@wrong(S, "log 2π without the half")
def no_half(y, levels, sigma):
    return logsumexp(table(y, levels, sigma) - 0.5 * LOG_2PI, axis=1) - np.log(levels)


@right(S)
def shifted_by_hand(y, levels, sigma):
    t = table(y, levels, sigma)
    return np.log(np.exp(t - t.max(1, keepdims=True)).mean(1)) + t.max(1)


@right(S)
def level_by_level(y, levels, sigma):
    total = np.full(len(y), -np.inf)
    for k in range(levels):
        with np.errstate(over="ignore"):
            total = np.logaddexp(total, -0.5 * ((y.astype(float) - k) / sigma) ** 2)
    return total - np.log(levels) - np.log(sigma) - 0.5 * LOG_2PI


@wrong(C, "add-one smoothing")
def smoothed(y, levels):
    counts = np.bincount(y, minlength=levels) + 1
    return counts / counts.sum()


@wrong(C, "counts")
def counts_only(y, levels):
    return np.bincount(y, minlength=levels)


@wrong(C, "as long as the largest level that occurs")
def too_short(y, levels):
    return np.bincount(y) / len(y)


@wrong(C, "only the levels that occur")
def unique(y, levels):
    return np.unique(y, return_counts=True)[1] / len(y)


@wrong(C, "divided by the levels")
def by_levels(y, levels):
    return np.bincount(y, minlength=levels) / levels


@wrong(C, "normalized by n - 1")
def n_minus_one(y, levels):
    return np.bincount(y, minlength=levels) / max(len(y) - 1, 1)


@wrong(C, "log probabilities")
def logs(y, levels):
    return np.log(np.bincount(y, minlength=levels) / len(y))


@wrong(C, "a softmax of the counts")
def softmax(y, levels):
    counts = np.bincount(y, minlength=levels)
    p = np.exp(counts - counts.max())
    return p / p.sum()


@wrong(C, "a list")
def a_list(y, levels):
    return [float(np.sum(y == k)) / len(y) for k in range(levels)]


@wrong(C, "1e-6 added so that no level has 0")
def tiny_added(y, levels):
    p = np.bincount(y, minlength=levels) / len(y) + 1e-6
    return p / p.sum()


@wrong(C, "a histogram over the data's own range")
def own_range(y, levels):
    return np.histogram(y, bins=levels)[0] / len(y)


@right(C)
def one_hot_mean(y, levels):
    return np.mean(np.eye(levels)[y.astype(int)], axis=0)


@right(C)
def equality(y, levels):
    return (y[:, None] == np.arange(levels)).mean(axis=0)


# ------------------------------------------------------------------ a second trial, after the first was mended


@wrong(S, "a Laplace spike")
def laplace(y, levels, sigma):
    a = np.abs(np.asarray(y, float)[:, None] - np.arange(levels)) / sigma
    return logsumexp(-a, axis=1) - np.log(2 * sigma) - np.log(levels)


@wrong(S, "the likelihood in bits")
def in_bits(y, levels, sigma):
    return (logsumexp(table(y, levels, sigma), axis=1) - np.log(levels)) / np.log(2)


@wrong(C, "percent")
def percent(y, levels):
    return 100 * np.bincount(y, minlength=levels) / len(y)


@wrong(C, "half a count added (Jeffreys)")
def jeffreys(y, levels):
    counts = np.bincount(y, minlength=levels) + 0.5
    return counts / counts.sum()
