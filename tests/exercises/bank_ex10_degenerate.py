"""What students write for exercise 10: misconceptions, and other right answers."""

import numpy as np
from scipy.special import logsumexp

from minidgm.course.bank import misconception, right_answer
from minidgm.course.densities import norm

HALF_LOG_2PI = 0.5 * np.log(2 * np.pi)


def table(y, centres, sigma):
    """log N(y_i; k, sigma²) for every object and centre."""
    return norm.logpdf((y[:, None] - centres) / sigma) - np.log(sigma)


def right_spikes(y, levels, sigma):
    return logsumexp(table(y, np.arange(levels), sigma), axis=1) - np.log(levels)


# ------------------------------------------------------------------ spike_log_likelihood

S = "spike_log_likelihood"


@misconception(
    S,
    "You count y's own spike only. In the limit that's all there is, but a wide spike reaches its neighbours: the "
    "density of a mixture is the sum over all components.",
)
def own_spike_only(y, levels, sigma):
    return np.full(len(y), -np.log(sigma) - HALF_LOG_2PI - np.log(levels))


@misconception(
    S,
    "The weights are missing: you add up the spikes, but each has only the weight 1/levels. As it stands, the density"
    " integrates to levels.",
)
def weights_missing(y, levels, sigma):
    return logsumexp(table(y, np.arange(levels), sigma), axis=1)


@misconception(
    S,
    "−log sigma is missing from your Gaussian. That is the very term that makes the likelihood grow without limit.",
)
def log_sigma_missing(y, levels, sigma):
    return right_spikes(y, levels, sigma) + np.log(sigma)


@misconception(S, "−½ log 2π is missing from your Gaussian.")
def two_pi_missing(y, levels, sigma):
    return right_spikes(y, levels, sigma) + HALF_LOG_2PI


@misconception(S, "You use sigma as the variance. It is the standard deviation: N(k, sigma²).")
def sigma_taken_for_variance(y, levels, sigma):
    return right_spikes(y, levels, np.sqrt(sigma))


@misconception(S, "The ½ is missing in the exponent: a Gaussian is exp(−½ a²), a = (y − k)/sigma.")
def half_missing(y, levels, sigma):
    a = (y[:, None] - np.arange(levels)) / sigma
    return logsumexp(-a * a, axis=1) - np.log(sigma) - HALF_LOG_2PI - np.log(levels)


@misconception(S, "The square is missing in the exponent: a Gaussian is exp(−½ a²), yours is exp(−½ |a|).")
def square_missing(y, levels, sigma):
    a = np.abs(y[:, None] - np.arange(levels)) / sigma
    return logsumexp(-0.5 * a, axis=1) - np.log(sigma) - HALF_LOG_2PI - np.log(levels)


@misconception(S, "Your spikes stand on 1 … levels. The levels are 0 … levels−1, as the pixels are.")
def spikes_from_one(y, levels, sigma):
    return logsumexp(table(y, np.arange(1, levels + 1), sigma), axis=1) - np.log(levels)


@misconception(S, "You have one spike too many, on 0 … levels. There are `levels` of them, the last on levels−1.")
def one_spike_too_many(y, levels, sigma):
    return logsumexp(table(y, np.arange(levels + 1), sigma), axis=1) - np.log(levels + 1)


@misconception(S, "The last level has no spike: yours stand on 0 … levels−2.")
def last_spike_missing(y, levels, sigma):
    centres = np.arange(max(levels - 1, 1))
    return logsumexp(table(y, centres, sigma), axis=1) - np.log(len(centres))


@misconception(S, "You scale the levels to [0, 1]. The spikes stand on the integers 0 … levels−1, where y lies.")
def levels_scaled(y, levels, sigma):
    return logsumexp(table(y, np.linspace(0, 1, levels), sigma), axis=1) - np.log(levels)


@misconception(
    S,
    "You average the logarithms of the spikes' densities. The logarithm of a mixture is the logarithm of the average:"
    " the two differ enormously when one spike is near and the others far.",
)
def mean_of_logs(y, levels, sigma):
    return np.mean(table(y, np.arange(levels), sigma), axis=1)


@misconception(
    S,
    "You multiply the spikes: the sum of their logarithms. A mixture adds densities; a product would ask y to be on "
    "all levels at once.",
)
def product_of_spikes(y, levels, sigma):
    return np.sum(table(y, np.arange(levels), sigma), axis=1)


@misconception(
    S,
    "You add a small number inside the logarithm. It does nothing for narrow spikes, and where the density itself is "
    "small it replaces it: the answer for a wide sigma is wrong.",
)
def epsilon_in_the_log(y, levels, sigma):
    return np.log(np.exp(right_spikes(y, levels, sigma)) + 1e-12)


@misconception(
    S,
    "You keep sigma from becoming small. That hides what the exercise wants to show: nothing in the likelihood stops "
    "it.",
)
def sigma_clipped(y, levels, sigma):
    return right_spikes(y, levels, max(sigma, 1e-6))


@misconception(S, "You return the density. Asked is its logarithm.")
def density(y, levels, sigma):
    return np.exp(right_spikes(y, levels, sigma))


@misconception(
    S,
    "You return minus the log-likelihood, a loss. Asked is the log-likelihood, which grows as sigma shrinks.",
)
def negative(y, levels, sigma):
    return -right_spikes(y, levels, sigma)


@misconception(S, "You average over the objects. Asked is one log-likelihood per object, shape (n,).")
def averaged(y, levels, sigma):
    return np.mean(right_spikes(y, levels, sigma))


@misconception(
    S,
    "You subtract in the dtype of y. With uint8 pixels 3 − 5 is 254: turn y into floats (or wide integers) first.",
)
def unsigned_differences(y, levels, sigma):
    return logsumexp(
        norm.logpdf((y[:, None] - np.arange(levels).astype(y.dtype)) / sigma) - np.log(sigma), axis=1
    ) - np.log(levels)


@misconception(
    S,
    "Your exponent multiplies by sigma² where it should divide: −(y − k)²/2*sigma**2 is read from left to right. Put "
    "brackets around 2*sigma**2.",
)
def brackets_missing(y, levels, sigma):
    squares = (y[:, None].astype(float) - np.arange(levels)) ** 2
    return logsumexp(-squares / 2 * sigma**2, axis=1) - np.log(sigma) - HALF_LOG_2PI - np.log(levels)


@misconception(
    S,
    "You add log sigma. A density has the factor 1/sigma: narrower is higher, and that's why the likelihood has no "
    "limit.",
)
def log_sigma_added(y, levels, sigma):
    return right_spikes(y, levels, sigma) + 2 * np.log(sigma)


@misconception(S, "You add log(levels). Each spike has the weight 1/levels: its logarithm is negative.")
def log_levels_added(y, levels, sigma):
    return right_spikes(y, levels, sigma) + 2 * np.log(levels)


@misconception(S, "You subtract log 2π, twice what the Gaussian has: its constant is 1/√(2π).")
def two_pi_without_the_root(y, levels, sigma):
    return right_spikes(y, levels, sigma) - HALF_LOG_2PI


@misconception(S, "You add ½ log 2π. It's in the denominator of the Gaussian: its logarithm is subtracted.")
def two_pi_added(y, levels, sigma):
    return right_spikes(y, levels, sigma) + 2 * HALF_LOG_2PI


@misconception(S, "The distance y − k isn't divided by sigma in your exponent: your spikes all have the width 1.")
def distance_not_scaled(y, levels, sigma):
    return logsumexp(norm.logpdf(y[:, None] - np.arange(levels).astype(float)), axis=1) - np.log(sigma) - np.log(levels)


@misconception(S, "You keep the spikes apart: shape (n, levels). The density at y is the sum over them.")
def spikes_not_summed(y, levels, sigma):
    return table(y, np.arange(levels), sigma) - np.log(levels)


@misconception(S, "You sum over the objects as well, and return one number. Sum over the levels only.")
def summed_over_everything(y, levels, sigma):
    return logsumexp(table(y, np.arange(levels), sigma)) - np.log(levels)


@misconception(S, "You sum over the objects instead of the levels: axis 0 of (n, levels) is the objects.")
def summed_over_objects(y, levels, sigma):
    return logsumexp(table(y, np.arange(levels), sigma), axis=0) - np.log(levels)


@right_answer(S)
def level_by_level(y, levels, sigma):
    total = np.full(len(y), -np.inf)
    for k in range(levels):
        total = np.logaddexp(total, norm.logpdf(y, loc=k, scale=sigma))
    return total - np.log(levels)


@right_answer(S)
def by_the_mean_density(y, levels, sigma):
    squares = (y.astype(float)[None, :] - np.arange(levels)[:, None]) ** 2
    return np.log(np.mean(np.exp(-squares / (2 * sigma**2)), axis=0) / np.sqrt(2 * np.pi)) - np.log(sigma)


@right_answer(S)
def own_spike_taken_out(y, levels, sigma):
    y = y.astype(np.float64)
    rest = np.zeros(len(y))
    for k in range(levels):
        rest += np.where(y == k, 0, np.exp(-0.5 * ((y - k) / sigma) ** 2))
    return np.log1p(rest) - np.log(sigma * np.sqrt(2 * np.pi)) - np.log(levels)


# ------------------------------------------------------------------ categorical_mle

C = "categorical_mle"


@misconception(C, "You return counts. Probabilities are shares: they sum to one.")
def counts(y, levels):
    return np.bincount(y, minlength=levels).astype(float)


@misconception(C, "You divide the counts by the number of levels. A share is a count divided by the number of objects.")
def divided_by_levels(y, levels):
    return np.bincount(y, minlength=levels) / levels


@misconception(C, "You divide by n − 1. That corrects a variance; a share is a count divided by n.")
def divided_by_n_minus_one(y, levels):
    return np.bincount(y, minlength=levels) / max(len(y) - 1, 1)


@misconception(
    C,
    "You add one to every count (Laplace's smoothing). It's often wise, but it isn't maximum likelihood: there an "
    "absent level gets exactly 0, which is the slide's point.",
)
def smoothed(y, levels):
    counts = np.bincount(y, minlength=levels) + 1
    return counts / np.sum(counts)


@misconception(
    C,
    "You add a small number to the probabilities so that none is 0. Maximum likelihood gives an absent level exactly "
    "0, which is the slide's point.",
)
def epsilon_added(y, levels):
    p = np.bincount(y, minlength=levels) / len(y) + 1e-8
    return p / np.sum(p)


@misconception(
    C,
    "Your result ends with the largest level that is in the data. Every level 0 … levels−1 has a probability, be it 0.",
)
def up_to_the_largest(y, levels):
    return np.bincount(y) / len(y)


@misconception(
    C,
    "Your result has an entry only for the levels that are in the data, so its positions no longer are the levels.",
)
def observed_levels_only(y, levels):
    return np.unique(y, return_counts=True)[1] / len(y)


@misconception(
    C,
    "You put the counts through a softmax. Softmax turns logits into probabilities; a count isn't a logit, its "
    "logarithm would be.",
)
def softmax_of_counts(y, levels):
    counts = np.bincount(y, minlength=levels)
    e = np.exp(counts - np.max(counts))
    return e / np.sum(e)


@misconception(C, "You return the logarithms of the probabilities. Asked are the probabilities, which sum to one.")
def logarithms(y, levels):
    return np.log(np.bincount(y, minlength=levels) / len(y))


@misconception(C, "You return cumulative shares. Asked is P(y = k), not P(y ≤ k).")
def cumulative(y, levels):
    return np.cumsum(np.bincount(y, minlength=levels)) / len(y)


@misconception(C, "You divide integers with //, which rounds every share down to 0 (or 1).")
def integer_division(y, levels):
    return np.bincount(y, minlength=levels) // len(y)


@misconception(
    C,
    "You divide the counts by the greatest one, so that the most frequent level gets 1. Probabilities sum to one.",
)
def divided_by_the_greatest(y, levels):
    counts = np.bincount(y, minlength=levels)
    return counts / np.max(counts)


@misconception(
    C,
    "You gave all probability to the most frequent level. That makes a good guess, not a good likelihood: any other y"
    " would be impossible.",
)
def most_frequent_only(y, levels):
    return np.eye(levels)[np.argmax(np.bincount(y, minlength=levels))]


@misconception(
    C,
    "You let the histogram choose its own range, from the smallest to the largest y, and cut that into `levels` bins."
    " Bin k is level k only if the bins are −½ … levels−½.",
)
def histogram_without_range(y, levels):
    return np.histogram(y, bins=levels)[0] / len(y)


@misconception(C, "You give level k the count of level k + 1: your levels start at 1. They start at 0.")
def levels_from_one(y, levels):
    return np.array([np.mean(y == k) for k in range(1, levels + 1)])


@misconception(C, "You give the levels that occur equal shares. How often each occurs matters.")
def equal_shares(y, levels):
    seen = np.bincount(y, minlength=levels) > 0
    return seen / np.sum(seen)


@misconception(C, "Level 0 is missing from your result. There are `levels` levels, 0 … levels−1.")
def level_zero_missing(y, levels):
    return np.array([np.mean(y == k) for k in range(1, levels)])


@misconception(C, "The last level is missing from your result. There are `levels` levels, 0 … levels−1.")
def last_level_missing(y, levels):
    return np.array([np.mean(y == k) for k in range(levels - 1)])


@right_answer(C)
def share_by_share(y, levels):
    return np.array([np.mean(y == k) for k in range(levels)])


@right_answer(C)
def mean_of_one_hots(y, levels):
    return np.eye(levels)[y].mean(axis=0)


@right_answer(C)
def histogram_with_edges(y, levels):
    return np.histogram(y, bins=np.arange(levels + 1) - 0.5)[0] / len(y)


@right_answer(C)
def added_one_by_one(y, levels):
    p = [0.0] * levels
    for value in y:
        p[int(value)] += 1 / len(y)
    return np.array(p, dtype=np.float32)


# ------------------------------------------------------------------ more of each


@misconception(S, "Your constant is ½ log(2 · levels). The Gaussian's is ½ log 2π, however many levels there are.")
def log_of_twice_the_levels(y, levels, sigma):
    return right_spikes(y, levels, sigma) + HALF_LOG_2PI - 0.5 * np.log(2 * levels)


@misconception(C, "You return a list. A caller wants to go on with an array: np.array.")
def shares_in_a_list(y, levels):
    return [float(np.mean(y == k)) for k in range(levels)]
