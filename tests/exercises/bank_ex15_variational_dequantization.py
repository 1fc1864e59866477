"""Misconceptions and other right answers for exercise 15."""

import numpy as np
from scipy.special import logsumexp

from minidgm.course.bank import misconception, right_answer


def table(y, u, log_p):
    """log p(y + u) for each sample and object, (samples, n), in the dtype of u."""
    return np.stack([log_p(y.astype(u.dtype) + one) for one in u])


def log_k(u):
    return float(np.log(len(u)))


# ------------------------------------------------------------------ variational_bound


@misconception(
    "variational_bound",
    "You add log q where it's subtracted: q divides in the weight p/q. As it stands, noise that is piled up on one "
    "point is rewarded instead of paying for it.",
)
def log_q_added(y, u, log_q, log_p):
    return np.mean(table(y, u, log_p) + log_q, axis=0)


@misconception(
    "variational_bound",
    "You forgot log q: that is the bound of uniform noise, but the noise wasn't uniform. Without that term q would "
    "collapse on the highest point of the cell, and the result would be no bound.",
)
def log_q_forgotten(y, u, log_q, log_p):
    return np.mean(table(y, u, log_p), axis=0)


@misconception(
    "variational_bound",
    "The logarithm stands outside your mean: that is the importance-weighted bound, the next function. Here each "
    "sample's logarithm is taken first.",
)
def logarithm_outside(y, u, log_q, log_p):
    return logsumexp(table(y, u, log_p) - log_q, axis=0) - log_k(u)


@misconception(
    "variational_bound",
    "You add the samples up. An expectation is a mean: more samples make it calmer, not larger.",
)
def sum_over_samples(y, u, log_q, log_p):
    return np.sum(table(y, u, log_p) - log_q, axis=0)


@misconception(
    "variational_bound",
    "You average over the objects as well. Every object has its own bound: shape (n,).",
)
def mean_over_objects_too(y, u, log_q, log_p):
    return np.mean(table(y, u, log_p) - log_q)


@misconception(
    "variational_bound",
    "You average over the objects and keep the samples: check which axis of (samples, n) is the noise.",
)
def mean_over_the_wrong_axis(y, u, log_q, log_p):
    return np.mean(table(y, u, log_p) - log_q, axis=1)


@misconception(
    "variational_bound",
    "You weight each sample by q(u|y). The samples were drawn from q: likely noise is there more often already, and "
    "counts twice in your sum.",
)
def weighted_by_q(y, u, log_q, log_p):
    return np.mean(np.exp(log_q) * (table(y, u, log_p) - log_q), axis=0)


@misconception(
    "variational_bound",
    "You divide log p by log q. The logarithm of a quotient is a difference of logarithms.",
)
def quotient_of_logs(y, u, log_q, log_p):
    return np.mean(table(y, u, log_p) / log_q, axis=0)


@misconception(
    "variational_bound",
    "You average log q over the whole batch before you subtract it. Each object's noise has a density of its own.",
)
def log_q_of_the_batch(y, u, log_q, log_p):
    return np.mean(table(y, u, log_p), axis=0) - np.mean(log_q)


@misconception(
    "variational_bound",
    "You evaluate log p at the mean noise. The density has to be averaged over the samples, not evaluated at their "
    "middle.",
)
def at_the_mean_noise(y, u, log_q, log_p):
    return log_p(y.astype(u.dtype) + np.mean(u, axis=0)) - np.mean(log_q, axis=0)


@misconception(
    "variational_bound",
    "You evaluate log p at the noise u, not at the point y + u: a model of the data is given no data.",
)
def density_of_the_noise(y, u, log_q, log_p):
    return np.mean(np.stack([log_p(one) for one in u]) - log_q, axis=0)


@misconception(
    "variational_bound",
    "Your reshape mixes objects: the values come sample by sample. Which axis varies fastest in (samples · n,)?",
)
def reshaped_to_n_by_samples(y, u, log_q, log_p):
    samples, n, m = u.shape
    log_p_x = log_p((y.astype(u.dtype) + u).reshape(-1, m)).reshape(n, samples)
    return np.mean(log_p_x - log_q.T, axis=1)


@misconception(
    "variational_bound",
    "Your sign is that of a loss: the bound itself is asked for, and it lies below log P(y), not above −log P(y).",
)
def as_a_loss(y, u, log_q, log_p):
    return np.mean(log_q - table(y, u, log_p), axis=0)


@misconception(
    "variational_bound",
    "Your values are right, but float32 became float64: integer levels plus float32 noise are float64. Give the "
    "levels the noise's dtype first.",
)
def bound_upcast(y, u, log_q, log_p):
    return np.mean(np.stack([log_p(y + one) for one in u]) - log_q, axis=0)


@right_answer("variational_bound")
def sample_by_sample(y, u, log_q, log_p):
    total = 0
    for one, log_q_one in zip(u, log_q):
        total = total + (log_p(y.astype(u.dtype) + one) - log_q_one) / len(u)
    return total


@right_answer("variational_bound")
def two_means(y, u, log_q, log_p):
    return table(y, u, log_p).mean(axis=0) - log_q.mean(axis=0)


@right_answer("variational_bound")
def objects_first(y, u, log_q, log_p):
    x = np.swapaxes(y.astype(u.dtype) + u, 0, 1)  # (n, samples, m), not contiguous
    log_p_x = log_p(x.reshape(-1, x.shape[2])).reshape(x.shape[:2])
    return np.average(log_p_x - log_q.T, axis=1)


# ------------------------------------------------------------------ importance_bound


@misconception(
    "importance_bound",
    "You forgot the number of samples: the logarithm of a sum of weights grows by log K, and passes log P(y). A mean "
    "is asked for.",
)
def number_of_samples_forgotten(y, u, log_q, log_p):
    return logsumexp(table(y, u, log_p) - log_q, axis=0)


@misconception(
    "importance_bound",
    "You add the logarithm of the number of samples; dividing by K subtracts it.",
)
def number_of_samples_added(y, u, log_q, log_p):
    return logsumexp(table(y, u, log_p) - log_q, axis=0) + log_k(u)


@misconception(
    "importance_bound",
    "You average the logarithms of the weights: that is the variational bound again. Here the weights are averaged, "
    "and the logarithm comes last.",
)
def mean_of_logarithms(y, u, log_q, log_p):
    return np.mean(table(y, u, log_p) - log_q, axis=0)


@misconception(
    "importance_bound",
    "You exponentiate the log-weights as they are. For an image they are around −2000: every weight is zero, the "
    "logarithm of their mean −inf. (And +2000 is infinite.)",
)
def naive_exponentials(y, u, log_q, log_p):
    return np.log(np.mean(np.exp(table(y, u, log_p) - log_q), axis=0))


@misconception(
    "importance_bound",
    "You take out the largest log-weight of the whole batch. An object that is far less likely than another then has "
    "nothing but zeros to average: each object needs its own largest.",
)
def one_maximum_for_all(y, u, log_q, log_p):
    log_w = table(y, u, log_p) - log_q
    top = np.max(log_w)
    return top + np.log(np.mean(np.exp(log_w - top), axis=0))


@misconception(
    "importance_bound",
    "You added a small constant inside the logarithm. Whenever the weights are small it replaces them: log 1e−12 = "
    "−27.6, whatever the data.",
)
def with_an_epsilon(y, u, log_q, log_p):
    return np.log(np.mean(np.exp(table(y, u, log_p) - log_q), axis=0) + np.asarray(1e-12, u.dtype))


@misconception(
    "importance_bound",
    "You subtract the mean of log q outside of the logarithm. Each sample's density has its own q to be divided by: "
    "the weight p/q is formed first.",
)
def log_q_outside(y, u, log_q, log_p):
    return logsumexp(table(y, u, log_p), axis=0) - log_k(u) - np.mean(log_q, axis=0)


@misconception(
    "importance_bound",
    "You add log q where the weight p/q wants it subtracted.",
)
def log_q_added_in_the_weight(y, u, log_q, log_p):
    return logsumexp(table(y, u, log_p) + log_q, axis=0) - log_k(u)


@misconception(
    "importance_bound",
    "You forgot log q: a mean of densities at noise that wasn't uniform estimates nothing; the weights correct for "
    "where the samples were drawn.",
)
def log_q_forgotten_in_the_weight(y, u, log_q, log_p):
    return logsumexp(table(y, u, log_p), axis=0) - log_k(u)


@misconception(
    "importance_bound",
    "You divide by the number of objects. The mean runs over the noise samples: how many of those are there?",
)
def log_n_for_log_k(y, u, log_q, log_p):
    return logsumexp(table(y, u, log_p) - log_q, axis=0) - float(np.log(len(y)))


@misconception(
    "importance_bound",
    "You sum over the objects and keep the samples: check which axis of (samples, n) is the noise.",
)
def over_the_wrong_axis(y, u, log_q, log_p):
    return logsumexp(table(y, u, log_p) - log_q, axis=1) - float(np.log(len(y)))


@misconception(
    "importance_bound",
    "You take the largest weight only. It dominates the sum when weights differ wildly, but the mean divides it by K.",
)
def largest_weight(y, u, log_q, log_p):
    return np.max(table(y, u, log_p) - log_q, axis=0)


@misconception(
    "importance_bound",
    "You normalize the weights and average the logarithms with them: that gives the likely samples more say, and is "
    "not a lower bound. The mean of the weights themselves is what estimates P(y).",
)
def self_normalized(y, u, log_q, log_p):
    log_w = table(y, u, log_p) - log_q
    return np.sum(np.exp(log_w - logsumexp(log_w, axis=0)) * log_w, axis=0)


@misconception(
    "importance_bound",
    "You sum the weights of all samples of all objects: without an axis the sum runs over everything.",
)
def over_everything(y, u, log_q, log_p):
    return logsumexp(table(y, u, log_p) - log_q) - log_k(u)


@misconception(
    "importance_bound",
    "You average over the objects as well; every object has its own bound.",
)
def one_bound_for_all(y, u, log_q, log_p):
    return np.mean(logsumexp(table(y, u, log_p) - log_q, axis=0) - log_k(u))


@misconception(
    "importance_bound",
    "Your values are right, but float32 became float64: integer levels plus float32 noise are float64, and so is what "
    "a NumPy scalar such as np.log(5) meets (a Python float, float(np.log(5)), doesn't).",
)
def importance_upcast(y, u, log_q, log_p):
    return logsumexp(table(y, u, log_p) - log_q, axis=0) - np.log(len(u))


@misconception(
    "importance_bound",
    "You divide a sum of densities p by a sum of densities q. Each sample has a weight of its own, p over q: divide "
    "first, then average.",
)
def ratio_of_sums(y, u, log_q, log_p):
    k, n, m = u.shape
    lp = log_p((y + u).reshape(-1, m)).reshape(k, n)
    return logsumexp(lp, axis=0) - logsumexp(log_q, axis=0)


@right_answer("importance_bound")
def largest_taken_out(y, u, log_q, log_p):
    log_w = table(y, u, log_p) - log_q
    top = np.max(log_w, axis=0)
    return top + np.log(np.mean(np.exp(log_w - top), axis=0))


@right_answer("importance_bound")
def by_logaddexp(y, u, log_q, log_p):
    log_w = table(y, u, log_p) - log_q
    return np.logaddexp.reduce(log_w - log_k(u), axis=0)


@right_answer("importance_bound")
def in_double_and_back(y, u, log_q, log_p):
    result = [logsumexp(log_p(y[i] + u[:, i]) - log_q[:, i], b=1 / len(u)) for i in range(len(y))]
    return np.array(result, dtype=u.dtype)


# ------------------------------------------------------------------ more of each


def at_points(x, log_p):
    """log p of points (samples, n, m), as (samples, n)."""
    return np.stack([log_p(one) for one in x])


NOISE_SUBTRACTED = "You subtract the noise: y − u lies in the cell below. The cell of the level y begins at y: y + u."
NOISE_TWICE = "You add the noise twice: x = y + u has it already, and x + u reaches into the next cell."
CELLS_CENTRED = "Your cells are centred on their levels, y − ½ to y + ½. With dequantization the cell begins at y."


@misconception("variational_bound", NOISE_SUBTRACTED)
def noise_subtracted(y, u, log_q, log_p):
    return np.mean(at_points(y.astype(u.dtype) - u, log_p) - log_q, axis=0)


@misconception("variational_bound", NOISE_TWICE)
def noise_added_twice(y, u, log_q, log_p):
    return np.mean(at_points(y.astype(u.dtype) + 2 * u, log_p) - log_q, axis=0)


@misconception("variational_bound", CELLS_CENTRED)
def cells_centred(y, u, log_q, log_p):
    return np.mean(at_points(y.astype(u.dtype) + u - 0.5, log_p) - log_q, axis=0)


@misconception(
    "variational_bound",
    "You weight each sample by q(u|y), the weights normalized. The samples were drawn from q: each counts the same, in "
    "a plain mean.",
)
def weighted_by_normalized_q(y, u, log_q, log_p):
    weights = np.exp(log_q - logsumexp(log_q, axis=0))
    return np.sum(weights * (table(y, u, log_p) - log_q), axis=0)


@misconception(
    "variational_bound",
    "Two things: log q is added where it is subtracted, and the samples are summed where their mean is wanted.",
)
def log_q_added_and_summed(y, u, log_q, log_p):
    return np.sum(table(y, u, log_p) + log_q, axis=0)


@misconception(
    "variational_bound",
    "Two things: the noise is subtracted, y − u for y + u, and log q is missing.",
)
def noise_subtracted_without_log_q(y, u, log_q, log_p):
    return np.mean(at_points(y.astype(u.dtype) - u, log_p), axis=0)


@misconception("importance_bound", NOISE_SUBTRACTED)
def importance_noise_subtracted(y, u, log_q, log_p):
    return logsumexp(at_points(y.astype(u.dtype) - u, log_p) - log_q, axis=0) - log_k(u)


@misconception("importance_bound", NOISE_TWICE)
def importance_noise_twice(y, u, log_q, log_p):
    return logsumexp(at_points(y.astype(u.dtype) + 2 * u, log_p) - log_q, axis=0) - log_k(u)


@misconception("importance_bound", CELLS_CENTRED)
def importance_cells_centred(y, u, log_q, log_p):
    return logsumexp(at_points(y.astype(u.dtype) + u - 0.5, log_p) - log_q, axis=0) - log_k(u)


@misconception(
    "importance_bound",
    "You average over the objects, not over the samples: the samples are on the first axis, (samples, n).",
)
def importance_over_the_objects(y, u, log_q, log_p):
    return logsumexp(table(y, u, log_p) - log_q, axis=1) - log_k(u)


@misconception(
    "importance_bound",
    "You subtract log2 K, after natural exponentials. The logarithm that divides the sum by K is the natural one.",
)
def importance_log2_k(y, u, log_q, log_p):
    return logsumexp(table(y, u, log_p) - log_q, axis=0) - float(np.log2(len(u)))


WITHOUT_NOISE = "You score the levels themselves, log p(y). The noise fills the cell: log p(y + u), at the u of log q."


@misconception("variational_bound", WITHOUT_NOISE)
def levels_without_noise(y, u, log_q, log_p):
    return log_p(y.astype(u.dtype)) - np.mean(log_q, axis=0)


@misconception("importance_bound", WITHOUT_NOISE)
def importance_levels_without_noise(y, u, log_q, log_p):
    return log_p(y.astype(u.dtype)) + logsumexp(-log_q, axis=0) - log_k(u)
