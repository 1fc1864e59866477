"""What students write for exercise 12: misconceptions, and other right answers."""

import math

import numpy as np
from scipy.special import expit, log_expit, logsumexp

from minidgm.course.bank import misconception, right_answer


def ends(y, mu, s):
    """a and b, the ends of the bins in scales, of the dtype of mu."""
    x = y.astype(np.result_type(mu))
    return (x + 0.5 - mu) / s, (x - 0.5 - mu) / s


def log_diff_sigmoid(a, b):
    return log_expit(a) + log_expit(-b) + np.log(-np.expm1(b - a))


def right_logistic(y, mu, s, levels):
    a, b = ends(y, mu, s)
    inner = log_diff_sigmoid(a, b)
    last = np.where(y == levels - 1, log_expit(-b), inner)
    return np.where(y == 0, log_expit(a) if levels > 1 else 0 * a, last)


# ------------------------------------------------------------------ discretized_logistic_log_prob

L = "discretized_logistic_log_prob"


@misconception(
    L,
    "Your outer bins are as narrow as the inner ones. Bin 0 reaches to −∞ and the last to +∞; without the tails the "
    "probabilities don't sum to one.",
)
def edges_missing(y, mu, s, levels):
    return log_diff_sigmoid(*ends(y, mu, s))


@misconception(L, "Your last bin doesn't reach to +∞. Is it the one you test for? The levels are 0 … levels−1.")
def upper_edge_missing(y, mu, s, levels):
    a, b = ends(y, mu, s)
    return np.where(y == 0, log_expit(a), log_diff_sigmoid(a, b))


@misconception(L, "Your first bin doesn't reach to −∞: for y = 0, F(y − ½) is replaced by F(−∞) = 0.")
def lower_edge_missing(y, mu, s, levels):
    a, b = ends(y, mu, s)
    return np.where(y == levels - 1, log_expit(-b), log_diff_sigmoid(a, b))


@misconception(
    L,
    "The level before the last has the upper tail: you test for y = levels−2. The levels are 0 … levels−1.",
)
def edge_one_too_early(y, mu, s, levels):
    a, b = ends(y, mu, s)
    return np.where(y == 0, log_expit(a), np.where(y >= levels - 2, log_expit(-b), log_diff_sigmoid(a, b)))


@misconception(
    L,
    "The outer bins have each other's tails. The first is everything below ½, the last everything above levels − 1½.",
)
def edges_exchanged(y, mu, s, levels):
    a, b = ends(y, mu, s)
    last = np.where(y == levels - 1, log_expit(a), log_diff_sigmoid(a, b))
    return np.where(y == 0, log_expit(-b), last)


@misconception(
    L,
    "You test for y = 255, the last of 256 levels. How many levels there are is an argument: the last is levels−1.",
)
def edge_at_255(y, mu, s, levels):
    a, b = ends(y, mu, s)
    last = np.where(y == 255, log_expit(-b), log_diff_sigmoid(a, b))
    return np.where(y == 0, log_expit(a), last)


@misconception(
    L,
    "You take log σ(b) where the formula has log σ(−b): its three terms are those of log(σ(a) − σ(b)) only with the "
    "minus sign.",
)
def sign_of_b_missing(y, mu, s, levels):
    a, b = ends(y, mu, s)
    inner = log_expit(a) + log_expit(b) + np.log(-np.expm1(b - a))
    last = np.where(y == levels - 1, log_expit(-b), inner)
    return np.where(y == 0, log_expit(a) if levels > 1 else 0 * a, last)


@misconception(
    L,
    "Your outer bins keep the term log(1 − e^{b−a}). It belongs to a difference of two sigmoids; with one end at "
    "infinity there's only one sigmoid left.",
)
def edges_keep_the_width(y, mu, s, levels):
    a, b = ends(y, mu, s)
    width = np.log(-np.expm1(b - a))
    below = np.where(y == levels - 1, 0 * a, log_expit(a))
    return below + np.where(y == 0, 0 * a, log_expit(-b)) + width


@misconception(
    L,
    "You take the logarithm of a difference of sigmoids. A few dozen scales above mu both are 1 and the difference is"
    " 0: use the form whose terms have one sign.",
)
def plain_difference(y, mu, s, levels):
    a, b = ends(y, mu, s)
    above = np.where(y == levels - 1, 1 + 0 * a, expit(a))
    return np.log(above - np.where(y == 0, 0 * b, expit(b)))


@misconception(
    L,
    "You take the difference of the sigmoids on the side of the mean where they are small. That saves the digits 40 "
    "scales out, but a few hundred scales out both are 0.",
)
def mirrored_difference(y, mu, s, levels):
    a, b = ends(y, mu, s)
    a, b = np.where(y == levels - 1, np.inf, a), np.where(y == 0, -np.inf, b)
    mirror = a + b > 0
    return np.log(np.where(mirror, expit(-b) - expit(-a), expit(a) - expit(b))).astype(np.result_type(mu))


@misconception(
    L,
    "You add a small number inside the logarithm. Far from mu it is all that remains, so a network that is badly "
    "wrong feels no slope; the exact form needs no such number.",
)
def epsilon_in_the_log(y, mu, s, levels):
    with_edges = plain_difference(y, mu, s, levels)
    return np.log(np.exp(with_edges) + 1e-12)


@misconception(
    L,
    "You cut small probabilities off at 10⁻¹². Far from mu the loss is then a constant, without a slope; the exact "
    "form needs no such number.",
)
def cut_off(y, mu, s, levels):
    return np.log(np.maximum(np.exp(plain_difference(y, mu, s, levels)), 1e-12))


@misconception(
    L,
    "Below a threshold you take the density at the middle of the bin, as the published code does. For a bin many "
    "scales wide that's far from its probability, which sits at the end nearer to mu.",
)
def density_below_a_threshold(y, mu, s, levels):
    p, c = np.exp(plain_difference(y, mu, s, levels)), (y.astype(np.result_type(mu)) - mu) / s
    inner = np.where(p > 1e-5, np.log(np.maximum(p, 1e-12)), log_expit(c) + log_expit(-c) - np.log(s))
    return np.where((y == 0) | (y == levels - 1), right_logistic(y, mu, s, levels), inner)


@misconception(
    L,
    "You compute log(1 − e^{b−a}) as it stands. For a large scale e^{b−a} is nearly 1 and the difference loses its "
    "digits (in float32 nearly all of them): look up numpy's expm1.",
)
def width_loses_digits(y, mu, s, levels):
    a, b = ends(y, mu, s)
    inner = log_expit(a) + log_expit(-b) + np.log(1 - np.exp(b - a))
    last = np.where(y == levels - 1, log_expit(-b), inner)
    return np.where(y == 0, log_expit(a) if levels > 1 else 0 * a, last)


@misconception(
    L,
    "You evaluate the density at y. That approximates the bin's probability for wide scales only: it isn't bounded by"
    " 1, and doesn't sum to one.",
)
def density_at_y(y, mu, s, levels):
    c = (y.astype(np.result_type(mu)) - mu) / s
    return log_expit(c) + log_expit(-c) - np.log(s)


@misconception(L, "Your bins go from y to y + 1. The slide's go from y − ½ to y + ½, with y in the middle.")
def bins_from_y(y, mu, s, levels):
    return right_logistic(y, mu - np.asarray(0.5, np.result_type(mu)), s, levels)


@misconception(L, "Your bins go from y − 1 to y + 1: they overlap, and the probabilities sum to nearly 2.")
def bins_twice_as_wide(y, mu, s, levels):
    x = y.astype(np.result_type(mu))
    a, b = (x + 1 - mu) / s, (x - 1 - mu) / s
    last = np.where(y == levels - 1, log_expit(-b), log_diff_sigmoid(a, b))
    return np.where(y == 0, log_expit(a) if levels > 1 else 0 * a, last)


@misconception(L, "You scale the levels to [0, 1] first. Here mu and s are in units of levels, 0 … levels−1, as y is.")
def levels_scaled(y, mu, s, levels):
    unit = 1 / max(levels - 1, 1)
    x = (y * unit).astype(np.result_type(mu))
    a, b = (x + unit / 2 - mu) / s, (x - unit / 2 - mu) / s
    last = np.where(y == levels - 1, log_expit(-b), log_diff_sigmoid(a, b))
    return np.where(y == 0, log_expit(a) if levels > 1 else 0 * a, last)


@misconception(
    L,
    "You drop the tails and divide by what is left. That sums to one as well, but the slide gives the tails to the "
    "outer bins: a mean beyond the ends should make the end likely.",
)
def truncated(y, mu, s, levels):
    every = log_diff_sigmoid(*ends(np.arange(levels), np.asarray(mu)[..., None], np.asarray(s)[..., None]))
    return log_diff_sigmoid(*ends(y, mu, s)) - logsumexp(every, axis=-1)


@misconception(L, "You return the probability. Asked is its logarithm.")
def probability(y, mu, s, levels):
    return np.exp(right_logistic(y, mu, s, levels))


@misconception(L, "You return −log P, a loss. Asked is log P, which is never positive.")
def negative(y, mu, s, levels):
    return -right_logistic(y, mu, s, levels)


@misconception(L, "You treat s as the logarithm of the scale. Here it's the scale itself.")
def s_taken_for_log(y, mu, s, levels):
    return right_logistic(y, mu, np.exp(s), levels)


@misconception(L, "You multiply by s where the formula divides.")
def multiplied_by_s(y, mu, s, levels):
    return right_logistic(y, mu, 1 / s, levels)


@misconception(L, "You sum over the last axis. The function is elementwise; a model sums over its dimensions later.")
def summed(y, mu, s, levels):
    return np.sum(right_logistic(y, mu, s, levels), axis=-1)


@misconception(
    L,
    "Your values are right, but mu and s were float32 and the result is float64: an integer array plus a float32 "
    "array makes float64 in numpy. Give y the dtype of mu first.",
)
def upcast(y, mu, s, levels):
    return right_logistic(y, np.asarray(mu, np.float64), s, levels)


@misconception(L, "Your bins end at y: one side of them is missing. The slide's go from y − ½ to y + ½.")
def half_bins(y, mu, s, levels):
    x = y.astype(np.result_type(mu))
    a, b = (x + 0.5 - mu) / s, (x - mu) / s
    last = np.where(y == levels - 1, log_expit(-b), log_diff_sigmoid(a, b))
    return np.where(y == 0, log_expit(a) if levels > 1 else 0 * a, last)


@misconception(
    L,
    "You add a number like 10⁻¹⁰ inside the logarithm. Far from mu it is all that remains, so a network that is badly"
    " wrong feels no slope; and the probabilities no longer sum to one.",
)
def larger_epsilon_in_the_log(y, mu, s, levels):
    return np.log(np.exp(plain_difference(y, mu, s, levels)) + 1e-10)


@misconception(
    L,
    "You add 10⁻⁸ inside the logarithm. Far from mu it is all that remains, so a network that is badly wrong feels no"
    " slope; and the probabilities no longer sum to one.",
)
def large_epsilon_in_the_log(y, mu, s, levels):
    return np.log(np.exp(plain_difference(y, mu, s, levels)) + 1e-8)


@misconception(
    L,
    "With one level you treat its bin as an outer one on one side only. It is the first and the last: nothing is cut "
    "off on either side.",
)
def single_level_cut_on_one_side(y, mu, s, levels):
    a, b = ends(y, mu, s)
    last = np.where(y == levels - 1, log_expit(-b), log_diff_sigmoid(a, b))
    return last if levels == 1 else right_logistic(y, mu, s, levels)


@misconception(
    L,
    "With one level you treat its bin as the first, but it is the last as well: nothing is cut off on either side.",
)
def single_level_as_the_first(y, mu, s, levels):
    return log_expit(ends(y, mu, s)[0]) if levels == 1 else right_logistic(y, mu, s, levels)


@right_answer(L)
def with_infinite_ends(y, mu, s, levels):
    a, b = ends(y, mu, s)
    a, b = np.where(y == levels - 1, np.inf, a).astype(a.dtype), np.where(y == 0, -np.inf, b).astype(a.dtype)
    return log_diff_sigmoid(a, b)


@right_answer(L)
def by_the_width(y, mu, s, levels):
    a, b = ends(y, mu, s)
    d = 1 / (s + 0 * a)
    inner = (y > 0) & (y < levels - 1)
    width = np.where(d > 1, np.log1p(-np.exp(-d)), np.log(-np.expm1(-d)))
    parts = [-np.logaddexp(0, -a) * (y < levels - 1), -np.logaddexp(0, b) * (y > 0), np.where(inner, width, 0)]
    return sum(parts[1:], parts[0])


@right_answer(L)
def one_number_after_the_other(y, mu, s, levels):
    kind, (y, mu, s) = np.result_type(mu), np.broadcast_arrays(y, mu, s)
    result = np.empty(y.shape, kind)
    for i in np.ndindex(y.shape):
        a, b = (float(y[i]) + 0.5 - float(mu[i])) / float(s[i]), (float(y[i]) - 0.5 - float(mu[i])) / float(s[i])
        result[i] = 0 if y[i] == levels - 1 else log_expit(a)
        result[i] += 0 if y[i] == 0 else log_expit(-b)
        result[i] += math.log(-math.expm1(-1 / float(s[i]))) if 0 < y[i] < levels - 1 else 0
    return result


@right_answer(L)
def in_logarithms_of_the_smaller_tail(y, mu, s, levels):
    a, b = ends(y, mu, s)
    a, b = np.where(y == levels - 1, np.inf, a).astype(a.dtype), np.where(y == 0, -np.inf, b).astype(a.dtype)
    low, high = np.where(a > -b, -a, b), np.where(a > -b, -b, a)  # mirrored, so that the upper end is in the lower tail
    d = np.where(np.isinf(high - low), np.inf, 1 / (s + 0 * a)).astype(a.dtype)
    return log_expit(high) + log_expit(-low) + np.where(d > 0.7, np.log1p(-np.exp(-d)), np.log(-np.expm1(-d)))


# ------------------------------------------------------------------ discretized_mixture_log_prob

M = "discretized_mixture_log_prob"


def table(y, mu, s, levels):
    """The components' log P(y), with the components on the last axis."""
    return right_logistic(y[..., None], mu, s, levels)


@misconception(
    M,
    "You average the components' log-probabilities with the weights π: the weights stand outside, the logarithm "
    "inside. A mixture adds probabilities, then takes one logarithm.",
)
def mean_of_logs(y, log_pi, mu, s, levels):
    return np.sum(np.where(np.isneginf(log_pi), 0, np.exp(log_pi) * table(y, mu, s, levels)), axis=-1)


@misconception(
    M,
    "The weights are missing: you add up the components' probabilities, and the levels together get K instead of 1.",
)
def weights_missing(y, log_pi, mu, s, levels):
    return logsumexp(table(y, mu, s, levels) + 0 * np.exp(log_pi), axis=-1)


@misconception(M, "All your components have the weight 1/K. The weights are an argument, log_pi.")
def equal_weights(y, log_pi, mu, s, levels):
    return logsumexp(table(y, mu, s, levels) + 0 * np.exp(log_pi), axis=-1) - math.log(mu.shape[-1])


@misconception(
    M,
    "You add π_k to the log-probability. A product of a weight and a probability is a sum of their logarithms, and "
    "log_pi is one already.",
)
def pi_added(y, log_pi, mu, s, levels):
    return logsumexp(np.exp(log_pi) + table(y, mu, s, levels), axis=-1)


@misconception(M, "You divide by K after weighting. The weights sum to one: the weighted sum is the mixture.")
def divided_by_k(y, log_pi, mu, s, levels):
    return logsumexp(log_pi + table(y, mu, s, levels), axis=-1) - math.log(mu.shape[-1])


@misconception(
    M,
    "You multiply the components' probabilities: the sum of their logarithms. A mixture adds probabilities.",
)
def product(y, log_pi, mu, s, levels):
    return np.sum(log_pi + table(y, mu, s, levels), axis=-1)


@misconception(M, "You take the largest component alone. The others have their share in every bin.")
def largest_component(y, log_pi, mu, s, levels):
    return np.max(log_pi + table(y, mu, s, levels), axis=-1)


@misconception(
    M,
    "You average the components' parameters and discretize one logistic. A mixture has several bumps, not one in the "
    "middle.",
)
def mean_parameters(y, log_pi, mu, s, levels):
    pi = np.exp(log_pi)
    return right_logistic(y, np.sum(pi * mu, axis=-1), np.sum(pi * s, axis=-1), levels)


@misconception(
    M,
    "You take the mixture's cdf at both ends and subtract. That's the right probability, but far from all components "
    "both values are 1 (or 0), and no digit is left: subtract inside each component, in logarithms.",
)
def difference_of_mixture_cdfs(y, log_pi, mu, s, levels):
    a, b = ends(y[..., None], mu, s)
    above = np.where(y == levels - 1, 1, np.sum(np.exp(log_pi) * expit(a), axis=-1))
    below = np.where(y == 0, 0, np.sum(np.exp(log_pi) * expit(b), axis=-1))
    return np.log(above - below)


@misconception(
    M,
    "You exponentiate, add, and take the logarithm. Far from all components every term rounds to 0: log Σ exp has a "
    "safe form.",
)
def naive_sum(y, log_pi, mu, s, levels):
    return np.log(np.sum(np.exp(log_pi + table(y, mu, s, levels)), axis=-1))


@misconception(M, "You add a small number inside the logarithm. Far from all components it is all that remains.")
def epsilon_in_the_sum(y, log_pi, mu, s, levels):
    return np.log(np.sum(np.exp(log_pi + table(y, mu, s, levels)), axis=-1) + 1e-12)


@misconception(
    M,
    "Your outer bins are as narrow as the inner ones: bin 0 reaches to −∞ and the last to +∞, for every component.",
)
def mixture_edges_missing(y, log_pi, mu, s, levels):
    return logsumexp(log_pi + log_diff_sigmoid(*ends(y[..., None], mu, s)), axis=-1)


@misconception(M, "You mix densities at y. Asked are probabilities of bins.")
def mixture_of_densities(y, log_pi, mu, s, levels):
    return logsumexp(log_pi + density_at_y(y[..., None], mu, s, levels), axis=-1)


@misconception(
    M,
    "y has no axis for the components: it broadcast against them as it was (or couldn't). Each y must meet all K "
    "components.",
)
def axis_missing(y, log_pi, mu, s, levels):
    return logsumexp(log_pi + right_logistic(y, mu, s, levels), axis=-1)


@misconception(M, "You sum over the dimensions too. The function is elementwise: one result for each number in y.")
def summed_over_dimensions(y, log_pi, mu, s, levels):
    return np.sum(logsumexp(log_pi + table(y, mu, s, levels), axis=-1), axis=-1)


@misconception(M, "You sum over the first axis. The components are on the last one.")
def first_axis(y, log_pi, mu, s, levels):
    return logsumexp(log_pi + table(y, mu, s, levels), axis=0)


@misconception(M, "You keep the components apart: the result still has the axis of K. Sum their probabilities.")
def not_summed(y, log_pi, mu, s, levels):
    return log_pi + table(y, mu, s, levels)


@misconception(M, "You return the probability. Asked is its logarithm.")
def mixture_probability(y, log_pi, mu, s, levels):
    return np.exp(logsumexp(log_pi + table(y, mu, s, levels), axis=-1))


@misconception(
    M,
    "Your values are right, but the parameters were float32 and the result is float64: an integer array plus a "
    "float32 array makes float64 in numpy.",
)
def mixture_upcast(y, log_pi, mu, s, levels):
    return logsumexp(log_pi + table(y, mu.astype(np.float64), s, levels), axis=-1)


@misconception(
    M,
    "You take one maximum out of all terms together. Where one y is likely and another far out, the other's terms "
    "still round to 0: each y needs the maximum over its own components.",
)
def one_maximum(y, log_pi, mu, s, levels):
    terms = log_pi + table(y, mu, s, levels)
    return np.max(terms) + np.log(np.sum(np.exp(terms - np.max(terms)), axis=-1))


@misconception(M, "You sum over all axes and return a single number. Only the components are summed.")
def one_number(y, log_pi, mu, s, levels):
    return logsumexp(log_pi + table(y, mu, s, levels))


@right_answer(M)
def component_by_component(y, log_pi, mu, s, levels):
    total = np.full(y.shape, -np.inf, mu.dtype)
    for k in range(mu.shape[-1]):
        total = np.logaddexp(total, log_pi[..., k] + right_logistic(y, mu[..., k], s[..., k], levels))
    return total


@right_answer(M)
def sum_by_hand(y, log_pi, mu, s, levels):
    terms = log_pi + np.moveaxis(
        np.array([right_logistic(y, mu[..., k], s[..., k], levels) for k in range(mu.shape[-1])]), 0, -1
    )
    top = terms.max(axis=-1)
    return top + np.log(np.exp(terms - top[..., None]).sum(axis=-1))


@right_answer(M)
def normalizes_again(y, log_pi, mu, s, levels):
    log_pi = log_pi - logsumexp(log_pi, axis=-1, keepdims=True)
    return np.logaddexp.reduce(log_pi + table(y, mu, s, levels), axis=-1)


@misconception(
    M,
    "You multiply log π_k and log P_k. The component's share of the bin is π_k times P_k: logarithms of a product add.",
)
def logarithms_multiplied(y, log_pi, mu, s, levels):
    return logsumexp(log_pi * table(y, mu, s, levels), axis=-1)


# ------------------------------------------------------------------ bits_per_dim

B = "bits_per_dim"


@misconception(B, "You count in nats. One bit is log 2 nats.")
def nats_per_dim(log_prob, m):
    return -log_prob / m


@misconception(B, "These are bits per object. An object has m dimensions.")
def bits_per_object(log_prob, m):
    return -log_prob / math.log(2)


@misconception(B, "The sign is wrong: a log-probability is negative, a code length positive.")
def sign(log_prob, m):
    return log_prob / (m * math.log(2))


@misconception(B, "You multiply by log 2. A bit is less than a nat (0.69 of one), so there are more bits than nats.")
def multiplied_by_log_2(log_prob, m):
    return -log_prob * math.log(2) / m


@misconception(
    B,
    "You divide by 2, not by log 2. From the natural logarithm to the one of base 2 it's a factor of log 2.",
)
def divided_by_2(log_prob, m):
    return -log_prob / (2 * m)


@misconception(B, "You take the logarithm (base 2) of log_prob. It's a logarithm already, of another base.")
def log2_of_log(log_prob, m):
    return -np.log2(np.abs(log_prob)) / m


@misconception(B, "You multiply by m. Bits per dimension are the object's bits shared among its dimensions.")
def multiplied_by_m(log_prob, m):
    return -log_prob * m / math.log(2)


@misconception(B, "You average over the objects. Asked is one number per object; the mean over a data set comes later.")
def averaged(log_prob, m):
    return -np.mean(log_prob) / (m * math.log(2))


@misconception(B, "You sum over the objects. Asked is one number per object.")
def bits_summed(log_prob, m):
    return -np.sum(log_prob) / (m * math.log(2))


@misconception(
    B,
    "You divide by the number of objects. m is the number of dimensions of one object, and it's an argument.",
)
def divided_by_n(log_prob, m):
    return -log_prob / (len(log_prob) * math.log(2))


@misconception(
    B,
    "You add 8 bits, as for a density of data scaled to [0, 1]. log_prob is that of the levels themselves: nothing is"
    " left to add.",
)
def eight_added(log_prob, m):
    return 8 - log_prob / (m * math.log(2))


@misconception(B, "You use the logarithm of base 10.")
def base_ten(log_prob, m):
    return -log_prob / (m * math.log(10))


@misconception(B, "You return 2 to the power of the bits, the perplexity. Asked are the bits.")
def perplexity(log_prob, m):
    return np.exp(-log_prob / m)


@misconception(
    B,
    "Your values are right, but float32 went in and float64 comes out: np.log(2) is a float64 scalar, and numpy lets "
    "it win over a float32 array. float(np.log(2)) doesn't.",
)
def bits_upcast(log_prob, m):
    return np.divide(-log_prob, m * math.log(2), dtype=np.float64)


@misconception(
    B,
    "You go through the probability itself. That of an image is 0 in floating point, and its logarithm −inf: change "
    "the unit of the logarithm you have.",
)
def through_the_probability(log_prob, m):
    return -np.log2(np.exp(log_prob)) / m


@misconception(
    B,
    "You return −log_prob as it is, in nats per object. Two conversions are missing: nats to bits, and object to "
    "dimension.",
)
def nats_per_object(log_prob, m):
    return -log_prob


@right_answer(B)
def by_log2_of_e(log_prob, m):
    return -log_prob * math.log2(math.e) / m


@right_answer(B)
def object_by_object(log_prob, m):
    return np.array([-p / (math.log(2) * m) for p in log_prob.ravel()], log_prob.dtype).reshape(log_prob.shape)


# ------------------------------------------------------------------ more of each


@misconception(
    L,
    "Your bins are 1/levels wide, as for data scaled to [0, 1]. y counts levels here: a bin goes from y − ½ to y + ½.",
)
def bins_of_scaled_data(y, mu, s, levels):
    x, half = y.astype(np.result_type(mu)), 0.5 / levels
    a, b = (x + half - mu) / s, (x - half - mu) / s
    inner = log_diff_sigmoid(a, b)
    return np.where(y == 0, log_expit(a), np.where(y == levels - 1, log_expit(-b), inner))


@misconception(
    M,
    "You multiply probabilities by log_pi as it is. It holds logarithms, negative numbers, and the logarithm of the "
    "sum is then undefined: add log_pi to the log-probabilities.",
)
def log_pi_as_weights(y, log_pi, mu, s, levels):
    return np.log(np.sum(log_pi * np.exp(table(y, mu, s, levels)), axis=-1))


@misconception(
    M,
    "You normalize over the components: that is how probable each component is once y is known. Asked is the "
    "probability of y, the sum over the components.",
)
def best_responsibility(y, log_pi, mu, s, levels):
    joint = log_pi + table(y, mu, s, levels)
    return np.max(joint - logsumexp(joint, axis=-1, keepdims=True), axis=-1)


@misconception(B, "You divide by log(2m). The m stands outside the logarithm: m · log 2.")
def log_of_2m(log_prob, m):
    return -log_prob / float(np.log(2 * m))
