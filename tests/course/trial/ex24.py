"""Exercise 24 as new users answer it."""

import math

import autograd.numpy as np
import numpy as onp
from autograd.scipy.special import logsumexp

from minidgm.course.bank import misconception as wrong
from minidgm.course.bank import right_answer as right

I, G = "iwae_bound", "bound_gap"


@wrong(I, "log K forgotten")
def no_log_k(log_joint, log_q):
    return logsumexp(log_joint - log_q, axis=0)


@wrong(I, "the ELBO")
def elbo(log_joint, log_q):
    return np.mean(log_joint - log_q, axis=0)


@wrong(I, "plain")
def plain(log_joint, log_q):
    return np.log(np.mean(np.exp(log_joint - log_q), axis=0))


@wrong(I, "axis 1")
def axis_one(log_joint, log_q):
    return logsumexp(log_joint - log_q, axis=1) - math.log(log_joint.shape[1])


@wrong(I, "log n for log K")
def log_n(log_joint, log_q):
    return logsumexp(log_joint - log_q, axis=0) - math.log(log_joint.shape[1])


@wrong(I, "normalized weights")
def normalized(log_joint, log_q):
    w = log_joint - log_q
    p = np.exp(w - logsumexp(w, axis=0, keepdims=True))
    return np.sum(p * np.where(p > 0, w, 0), axis=0)


@wrong(I, "weighted by q")
def weighted(log_joint, log_q):
    return logsumexp(log_joint, axis=0) - math.log(len(log_q))


@wrong(I, "exp(log q) times the log weight")
def q_weights(log_joint, log_q):
    return np.sum(np.exp(log_q) * (log_joint - log_q), axis=0)


@wrong(I, "batch mean")
def batch_mean(log_joint, log_q):
    return np.mean(logsumexp(log_joint - log_q, axis=0) - math.log(len(log_q)))


@wrong(I, "log2 K")
def log2_k(log_joint, log_q):
    return logsumexp(log_joint - log_q, axis=0) - math.log2(len(log_q))


@wrong(I, "the best weight")
def best(log_joint, log_q):
    return np.max(log_joint - log_q, axis=0)


@wrong(I, "log q added")
def added(log_joint, log_q):
    return logsumexp(log_joint + log_q, axis=0) - math.log(len(log_q))


@wrong(I, "NaN when all weights of an object are zero")
def nan_for_zero(log_joint, log_q):
    w = log_joint - log_q
    top = np.max(w, axis=0)
    return top + np.log(np.mean(np.exp(w - top), axis=0))


@right(I)
def pairwise(log_joint, log_q):
    return onp.logaddexp.reduce(log_joint - log_q, 0) - math.log(len(log_q))


@right(I)
def weights_first(log_joint, log_q):
    return logsumexp(log_joint - log_q - math.log(log_q.shape[0]), axis=0)


@wrong(G, "sign")
def sign(log_joint, log_q):
    return elbo(log_joint, log_q) - pairwise(log_joint, log_q)


@wrong(G, "ELBO of the first sample")
def first_sample(log_joint, log_q):
    w = log_joint - log_q
    return pairwise(log_joint, log_q) - w[0]


@wrong(G, "clipped at 0 by abs")
def absolute(log_joint, log_q):
    return np.abs(elbo(log_joint, log_q) - logsumexp(log_joint - log_q, axis=0))


@wrong(G, "the bound without log K")
def gap_no_log_k(log_joint, log_q):
    return logsumexp(log_joint - log_q, axis=0) - elbo(log_joint, log_q)


@wrong(G, "batch mean")
def gap_mean(log_joint, log_q):
    return np.mean(pairwise(log_joint, log_q) - elbo(log_joint, log_q))


@wrong(G, "batch mean of the ELBO")
def mean_elbo(log_joint, log_q):
    return pairwise(log_joint, log_q) - np.mean(log_joint - log_q)


@wrong(G, "variance of the weights over two")
def half_variance(log_joint, log_q):
    return 0.5 * np.var(log_joint - log_q, axis=0)


@wrong(G, "in bits")
def bits(log_joint, log_q):
    return (pairwise(log_joint, log_q) - elbo(log_joint, log_q)) / math.log(2)


@wrong(G, "ratio")
def ratio(log_joint, log_q):
    return pairwise(log_joint, log_q) / elbo(log_joint, log_q)


@wrong(G, "mean over axis 1 in the ELBO")
def gap_axis_one(log_joint, log_q):
    return pairwise(log_joint, log_q) - np.mean(log_joint - log_q, axis=1)


@right(G)
def centred(log_joint, log_q):
    w = log_joint - log_q
    mean = np.mean(w, axis=0)
    return logsumexp(w - mean, axis=0) - math.log(len(w))


@right(G)
def mean_distance(log_joint, log_q):
    w = log_joint - log_q
    top = onp.logaddexp.reduce(w, 0) - math.log(len(w))
    return np.mean(top - w, axis=0)


# ------------------------------------------------------------------ a second trial, after the first was mended


@wrong(I, "trimmed: the largest weight left out")
def trimmed(log_joint, log_q):
    w = np.sort(log_joint - log_q, axis=0)
    return logsumexp(w[:-1], axis=0) - math.log(max(len(w) - 1, 1)) if len(w) > 1 else w[0]


@wrong(I, "K - 1")
def k_minus_one(log_joint, log_q):
    return logsumexp(log_joint - log_q, axis=0) - math.log(max(len(log_q) - 1, 1))


@wrong(G, "clipped at zero with no K")
def clipped_gap(log_joint, log_q):
    return np.maximum(elbo(log_joint, log_q) - pairwise(log_joint, log_q), 0)


@wrong(G, "the whole variance")
def variance(log_joint, log_q):
    return np.var(log_joint - log_q, axis=0)


# ------------------------------------------------------------------ a third trial, after the second was mended


@wrong(I, "a softmax-weighted sum of joint")
def weighted_joint(log_joint, log_q):
    w = log_joint - log_q
    p = np.exp(w - logsumexp(w, axis=0, keepdims=True))
    return np.sum(p * np.where(p > 0, log_joint, 0), axis=0)


@wrong(G, "ELBO by the median")
def median(log_joint, log_q):
    return pairwise(log_joint, log_q) - np.median(log_joint - log_q, axis=0)
