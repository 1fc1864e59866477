"""Misconceptions and other right answers for exercise 25."""

import numpy as np

from minidgm.course.bank import misconception, right_answer

# ------------------------------------------------------------------ to_latent

L = "to_latent"


def parts(y, u, levels, alpha):
    """x in [0, 1], s, z, and the three terms of the slope, each (n, m) or a number."""
    x = (y.astype(u.dtype) + u) / levels
    s = alpha + (1 - 2 * alpha) * x
    logit = -np.log(s) - np.log(1 - s)
    return x, s, np.log(s) - np.log(1 - s), float(np.log(1 - 2 * alpha)), float(-np.log(levels)), logit


@misconception(
    L,
    "The division by levels is missing from your log_det: −log(levels), once for each dimension. "
    "For 256 levels it is worth 8 bits/dim.",
)
def division_forgotten(y, u, levels, alpha):
    _, _, z, squeeze, _, logit = parts(y, u, levels, alpha)
    return z, np.sum(squeeze + logit, axis=1)


@misconception(
    L,
    "The squeeze is missing from your log_det: log(1 − 2 alpha), once for each dimension.",
)
def squeeze_forgotten(y, u, levels, alpha):
    _, _, z, _, division, logit = parts(y, u, levels, alpha)
    return z, np.sum(division + logit, axis=1)


@misconception(
    L,
    "Your log_det is that of the logit alone. Dividing by levels and squeezing by 1 − 2 alpha stretch space, too.",
)
def logit_alone(y, u, levels, alpha):
    _, _, z, _, _, logit = parts(y, u, levels, alpha)
    return z, np.sum(logit, axis=1)


@misconception(
    L,
    "Your log_det takes −log(levels) and log(1 − 2 alpha) once per object. They belong to every dimension: m times.",
)
def constants_once(y, u, levels, alpha):
    _, _, z, squeeze, division, logit = parts(y, u, levels, alpha)
    return z, np.sum(logit, axis=1) + squeeze + division


@misconception(L, "Your log_det is that of the way back, from z to y + u: its sign is the opposite.")
def sign_of_the_way_back(y, u, levels, alpha):
    _, _, z, squeeze, division, logit = parts(y, u, levels, alpha)
    return z, -np.sum(squeeze + division + logit, axis=1)


@misconception(
    L,
    "In your log_det the logit's slope is s(1 − s). That is the sigmoid's; the logit's is 1/(s(1 − s)).",
)
def slope_of_the_sigmoid(y, u, levels, alpha):
    _, _, z, squeeze, division, logit = parts(y, u, levels, alpha)
    return z, np.sum(squeeze + division - logit, axis=1)


@misconception(L, "In your log_det log(levels) has the wrong sign: dividing makes things smaller.")
def division_with_plus(y, u, levels, alpha):
    _, _, z, squeeze, division, logit = parts(y, u, levels, alpha)
    return z, np.sum(squeeze - division + logit, axis=1)


@misconception(
    L,
    "You divide by levels − 1. With noise there are `levels` cells of width 1: white, levels − 1 + u, lies above 1.",
)
def divided_by_levels_minus_one(y, u, levels, alpha):
    x = (y.astype(u.dtype) + u) / (levels - 1)
    s = alpha + (1 - 2 * alpha) * x
    slope = float(np.log(1 - 2 * alpha) - np.log(levels - 1)) - np.log(s) - np.log(1 - s)
    return np.log(s) - np.log(1 - s), np.sum(slope, axis=1)


@misconception(
    L,
    "You divide y by levels and then add u. The noise fills a level's cell, of width 1: add it first.",
)
def noise_after_the_division(y, u, levels, alpha):
    _, _, _, squeeze, division, _ = parts(y, u, levels, alpha)
    s = alpha + (1 - 2 * alpha) * (y / levels + u)
    return np.log(s) - np.log(1 - s), np.sum(squeeze + division - np.log(s) - np.log(1 - s), axis=1)


@misconception(L, "The noise is missing: z is the same for all u.")
def noise_forgotten(y, u, levels, alpha):
    _, _, z, squeeze, division, logit = parts(y, 0 * u, levels, alpha)
    return z, np.sum(squeeze + division + logit, axis=1)


@misconception(
    L,
    "Your squeeze is alpha + (1 − alpha) x: it ends at 1, where the logit is infinite. Keep alpha free on both sides.",
)
def squeezed_on_one_side(y, u, levels, alpha):
    x = (y.astype(u.dtype) + u) / levels
    s = alpha + (1 - alpha) * x
    slope = float(np.log(1 - alpha) - np.log(levels)) - np.log(s) - np.log(1 - s)
    return np.log(s) - np.log(1 - s), np.sum(slope, axis=1)


@misconception(
    L,
    "You squeeze to alpha/2 .. 1 − alpha/2, with the slope 1 − alpha. It is a good squeeze; the one asked for leaves "
    "alpha free on each side, s = alpha + (1 − 2 alpha) x.",
)
def squeezed_by_half_of_it(y, u, levels, alpha):
    _, s, z, squeeze, division, logit = parts(y, u, levels, alpha / 2)
    return z, np.sum(squeeze + division + logit, axis=1)


@misconception(
    L,
    "You cut x off at alpha and 1 − alpha. Different pixels become equal there, and no log-determinant can mend that: "
    "squeeze, s = alpha + (1 − 2 alpha) x.",
)
def cut_off(y, u, levels, alpha):
    _, _, _, _, division, _ = parts(y, u, levels, alpha)
    s = np.clip((y.astype(u.dtype) + u) / levels, alpha, 1 - alpha)
    return np.log(s) - np.log(1 - s), np.sum(division - np.log(s) - np.log(1 - s), axis=1)


@misconception(L, "There is no squeeze: a black pixel without noise goes to −infinity.")
def no_squeeze(y, u, levels, alpha):
    x = (y.astype(u.dtype) + u) / levels
    return np.log(x) - np.log(1 - x), np.sum(float(-np.log(levels)) - np.log(x) - np.log(1 - x), axis=1)


@misconception(L, "Your logit is upside down, log((1 − s)/s): bright pixels become negative.")
def logit_upside_down(y, u, levels, alpha):
    _, _, z, squeeze, division, logit = parts(y, u, levels, alpha)
    return -z, np.sum(squeeze + division + logit, axis=1)


@misconception(L, "You return s, before the logit, though your log_det has it.")
def logit_not_applied(y, u, levels, alpha):
    _, s, _, squeeze, division, logit = parts(y, u, levels, alpha)
    return s, np.sum(squeeze + division + logit, axis=1)


@misconception(L, "Your log_det is a mean over the dimensions. The logarithm of a product is a sum.")
def mean_over_dimensions(y, u, levels, alpha):
    _, _, z, squeeze, division, logit = parts(y, u, levels, alpha)
    return z, np.mean(squeeze + division + logit, axis=1)


@misconception(L, "Your log_det is (n, m), not summed over the dimensions yet.")
def not_summed(y, u, levels, alpha):
    _, _, z, squeeze, division, logit = parts(y, u, levels, alpha)
    return z, squeeze + division + logit


@misconception(L, "Your log_det is in bits: log2 instead of log. Bits come at the very end.")
def log_det_in_bits(y, u, levels, alpha):
    _, _, z, squeeze, division, logit = parts(y, u, levels, alpha)
    return z, np.sum(squeeze + division + logit, axis=1) / np.log(2)


@misconception(
    L,
    "Your values are right, but float32 noise went in and float64 comes out: integers plus float32 are float64, and so "
    "is an np.log(number) times or plus an array. y.astype(u.dtype) and float(np.log(...)) keep the dtype.",
)
def upcast(y, u, levels, alpha):
    _, _, z, squeeze, division, logit = parts(y, u.astype(np.float64), levels, alpha)
    return z, np.sum(squeeze + division + logit, axis=1)


@right_answer(L)
def by_differences_of_logs(y, u, levels, alpha):
    x = (y.astype(u.dtype) + u) / levels
    below, above = alpha + (1 - 2 * alpha) * x, alpha + (1 - 2 * alpha) * (1 - x)
    m = y.shape[1]
    constant = m * float(np.log1p(-2 * alpha)) - m * float(np.log(levels))
    return np.log(below / above), constant - np.sum(np.log(below * above), axis=1)


@right_answer(L)
def one_object_at_a_time(y, u, levels, alpha):
    rows, log_dets = [], []
    for levels_of_one, noise in zip(y, u):
        s = alpha + (1 - 2 * alpha) * (levels_of_one.astype(u.dtype) + noise) / levels
        rows.append(np.arctanh(2 * s - 1) * 2)
        slope = (1 - 2 * alpha) / levels / (s * (1 - s))
        log_dets.append(np.sum(np.log(slope)))
    return np.array(rows, u.dtype), np.array(log_dets, u.dtype)


# ------------------------------------------------------------------ to_levels

B = "to_levels"


def steps_back(z, levels, alpha):
    """levels · x before the floor, and the terms of the slope."""
    e = np.exp(-np.abs(z))
    s = np.where(z > 0, 1 / (1 + e), e / (1 + e))
    sigmoid = -np.abs(z) - 2 * np.log1p(e)
    return levels * (s - alpha) / (1 - 2 * alpha), sigmoid, float(np.log(levels)), float(-np.log(1 - 2 * alpha))


def to_whole(x, levels):
    return np.clip(np.floor(x), 0, levels - 1)


@misconception(
    B,
    "The squeeze is not undone: x = (s − alpha)/(1 − 2 alpha) comes before the multiplication. This is the published "
    "tutorial's bug, values and log_det.",
)
def squeeze_not_undone(z, levels, alpha):
    _, sigmoid, times, _ = steps_back(z, levels, alpha)
    s = 1 / (1 + np.exp(-np.abs(z)))
    s = np.where(z > 0, s, 1 - s)
    return to_whole(levels * s, levels), np.sum(sigmoid + times, axis=1)


@misconception(B, "The squeeze is missing from your log_det: −log(1 − 2 alpha) a dimension.")
def back_squeeze_forgotten(z, levels, alpha):
    x, sigmoid, times, _ = steps_back(z, levels, alpha)
    return to_whole(x, levels), np.sum(sigmoid + times, axis=1)


@misconception(B, "log(levels) is missing from your log_det, once for each dimension.")
def back_levels_forgotten(z, levels, alpha):
    x, sigmoid, _, squeeze = steps_back(z, levels, alpha)
    return to_whole(x, levels), np.sum(sigmoid + squeeze, axis=1)


@misconception(B, "Your log_det is that of to_latent, the way there: its sign is the opposite.")
def sign_of_the_way_there(z, levels, alpha):
    x, sigmoid, times, squeeze = steps_back(z, levels, alpha)
    return to_whole(x, levels), -np.sum(sigmoid + times + squeeze, axis=1)


@misconception(
    B,
    "You multiply by levels − 1. to_latent divides by levels; this is its inverse.",
)
def multiplied_by_levels_minus_one(z, levels, alpha):
    x, sigmoid, _, squeeze = steps_back(z, levels, alpha)
    x = x / levels * (levels - 1)
    return to_whole(x, levels), np.sum(sigmoid + float(np.log(levels - 1)) + squeeze, axis=1)


@misconception(B, "You return y + u: the noise is still in it. The whole part is the level.")
def noise_kept(z, levels, alpha):
    x, sigmoid, times, squeeze = steps_back(z, levels, alpha)
    return np.clip(x, 0, levels - 1), np.sum(sigmoid + times + squeeze, axis=1)


@misconception(
    B,
    "You round to the nearest whole number. The cell of a level begins at the level: y + 0.7 belongs to y, so cut off.",
)
def rounded(z, levels, alpha):
    x, sigmoid, times, squeeze = steps_back(z, levels, alpha)
    return np.clip(np.round(x), 0, levels - 1), np.sum(sigmoid + times + squeeze, axis=1)


@misconception(
    B,
    "You don't keep y within 0..levels−1. A flow's sample may lie where no pixel is, below alpha or above 1 − alpha.",
)
def not_kept_within(z, levels, alpha):
    x, sigmoid, times, squeeze = steps_back(z, levels, alpha)
    return np.floor(x), np.sum(sigmoid + times + squeeze, axis=1)


@misconception(B, "You keep y within 0..levels. The largest level is levels − 1.")
def kept_within_one_too_many(z, levels, alpha):
    x, sigmoid, times, squeeze = steps_back(z, levels, alpha)
    return np.clip(np.floor(x), 0, levels), np.sum(sigmoid + times + squeeze, axis=1)


@misconception(
    B,
    "Your log_det is −infinity for far z: s or 1 − s rounds to 0 before its logarithm is taken. log s + log(1 − s) is "
    "−|z| − 2 log(1 + e^−|z|), which is exact everywhere.",
)
def log_of_a_rounded_slope(z, levels, alpha):
    x, _, times, squeeze = steps_back(z, levels, alpha)
    with np.errstate(all="ignore"):
        s = 1 / (1 + np.exp(-z))
        slope = np.log(s * (1 - s))
    return to_whole(x, levels), np.sum(slope + times + squeeze, axis=1)


@misconception(B, "Your log_det is a mean over the dimensions. The logarithm of a product is a sum.")
def back_mean(z, levels, alpha):
    x, sigmoid, times, squeeze = steps_back(z, levels, alpha)
    return to_whole(x, levels), np.mean(sigmoid + times + squeeze, axis=1)


@misconception(B, "Your log_det takes log(levels) and log(1 − 2 alpha) once per object instead of m times.")
def back_constants_once(z, levels, alpha):
    x, sigmoid, times, squeeze = steps_back(z, levels, alpha)
    return to_whole(x, levels), np.sum(sigmoid, axis=1) + times + squeeze


@misconception(
    B,
    "Your values are right, but float32 went in and float64 comes out: float(np.log(...)) keeps the dtype of an array.",
)
def back_upcast(z, levels, alpha):
    x, sigmoid, times, squeeze = steps_back(z.astype(np.float64), levels, alpha)
    return to_whole(x, levels), np.sum(sigmoid + times + squeeze, axis=1)


@right_answer(B)
def whole_numbers_as_integers(z, levels, alpha):
    s = 0.5 * (1 + np.tanh(z / 2))
    x = (s - alpha) / (1 - 2 * alpha)
    y = np.minimum(np.maximum((x * levels).astype(z.dtype), 0), levels - 1).astype(np.int64)  # towards 0, then within
    slope = -np.logaddexp(0, z) - np.logaddexp(0, -z)
    m = z.shape[1]
    return y, np.sum(slope, axis=1) + m * float(np.log(levels) - np.log1p(-2 * alpha))


@right_answer(B)
def by_counting_the_levels_below(z, levels, alpha):
    edges = alpha + (1 - 2 * alpha) * np.arange(1, levels) / levels
    at = np.log(edges) - np.log1p(-edges)  # where a new level begins, as z
    y = np.sum(z[..., None] >= at.astype(z.dtype), axis=-1)
    slope = np.where(z > 0, -z, z) - 2 * np.log1p(np.exp(-np.abs(z)))
    return y, np.sum(slope + float(np.log(levels / (1 - 2 * alpha))), axis=1)


# ------------------------------------------------------------------ bits_per_dim_of

P = "bits_per_dim_of"


@misconception(P, "You subtract log_det. It is that of the way to z, and log p(y + u) = log p(z) + log_det.")
def log_det_subtracted(log_p_z, log_det, m):
    return -(log_p_z - log_det) / (m * float(np.log(2)))


@misconception(P, "log_det is missing: these are the bits of z, not of the pixels.")
def log_det_forgotten(log_p_z, log_det, m):
    return -log_p_z / (m * float(np.log(2)))


@misconception(P, "The minus is missing: a code is as long as minus the logarithm.")
def minus_forgotten(log_p_z, log_det, m):
    return (log_p_z + log_det) / (m * float(np.log(2)))


@misconception(P, "These are nats per dimension. Bits want a division by log 2.")
def nats_per_dim(log_p_z, log_det, m):
    return -(log_p_z + log_det) / m


@misconception(P, "These are the bits of all m dimensions together: divide by m.")
def bits_of_all(log_p_z, log_det, m):
    return -(log_p_z + log_det) / float(np.log(2))


@misconception(P, "You multiply by log 2. A bit is log 2 = 0.69 nats, so there are more bits than nats: divide.")
def times_log_2(log_p_z, log_det, m):
    return -(log_p_z + log_det) * float(np.log(2)) / m


@misconception(P, "You add 8, as for 256 levels. The division by levels is in log_det already.")
def eight_added(log_p_z, log_det, m):
    return -(log_p_z + log_det) / (m * float(np.log(2))) + 8


@misconception(P, "You return the mean over the objects. Wanted is one number per object.")
def mean_over_objects(log_p_z, log_det, m):
    return np.mean(-(log_p_z + log_det) / (m * float(np.log(2))))


@misconception(P, "log_det is divided by m twice, or log p(z) not at all: both are sums over m dimensions.")
def divided_unequally(log_p_z, log_det, m):
    return -(log_p_z + log_det / m) / float(np.log(2))


@misconception(
    P, "You add the mean of log_det over the objects. Each object has its own: log p(y + u) = log p(z) + log_det."
)
def mean_log_det(log_p_z, log_det, m):
    return -(log_p_z + np.mean(log_det)) / (m * float(np.log(2)))


@misconception(
    P,
    "You go through the density itself, exp(log p), which is infinite or 0 in many dimensions. Stay in logarithms.",
)
def through_the_density(log_p_z, log_det, m):
    with np.errstate(all="ignore"):
        return -np.log2(np.exp(log_p_z + log_det)) / m


@misconception(
    P,
    "Your values are right, but float32 went in and float64 comes out: np.log(2) is a float64 of numpy's, which an "
    "array follows. float(np.log(2)) is a plain number, which it doesn't.",
)
def bits_upcast(log_p_z, log_det, m):
    return (-(log_p_z + log_det) / (m * float(np.log(2)))).astype(np.float64)


@right_answer(P)
def with_log2_of_e(log_p_z, log_det, m):
    return (log_p_z + log_det) * float(-np.log2(np.e)) / m


@right_answer(P)
def in_two_terms(log_p_z, log_det, m):
    nats = [-value / m for value in (log_p_z, log_det)]
    return sum(nats) / log_p_z.dtype.type(np.log(2))


# ------------------------------------------------------------------ more of each


@misconception(
    L,
    "You subtract the noise: y − u lies in the cell below. The cell of the level y begins at y: y + u.",
)
def noise_subtracted(y, u, levels, alpha):
    _, _, z, squeeze, division, logit = parts(y, -u, levels, alpha)
    return z, np.sum(squeeze + division + logit, axis=1)


@misconception(
    B,
    "The squeeze is not undone in your levels: x = (s − alpha)/(1 − 2 alpha) is missing between the sigmoid and the "
    "whole part.",
)
def values_squeezed_still(z, levels, alpha):
    s = 0.5 * (1 + np.tanh(0.5 * z))
    y = np.clip(np.floor(levels * s), 0, levels - 1)
    slope = -np.abs(z) - 2 * np.log1p(np.exp(-np.abs(z)))
    return y, np.sum(slope + float(np.log(levels)) - float(np.log(1 - 2 * alpha)), axis=1)


@misconception(
    B,
    "You keep what is not a whole number: y + u comes back, not y. Cut the noise off, and keep y within 0..levels−1.",
)
def neither_floored_nor_kept_within(z, levels, alpha):
    s = 0.5 * (1 + np.tanh(0.5 * z))
    slope = -np.abs(z) - 2 * np.log1p(np.exp(-np.abs(z)))
    log_det = np.sum(slope + float(np.log(levels)) - float(np.log(1 - 2 * alpha)), axis=1)
    return levels * (s - alpha) / (1 - 2 * alpha), log_det


@misconception(
    P,
    "Only log p(z) is divided by m log 2. log_det is in nats and of the whole object, too: add first, divide then.",
)
def log_det_left_in_nats(log_p_z, log_det, m):
    return -log_p_z / (m * float(np.log(2))) - log_det


@misconception(P, "Your logarithm is that of base 10. Bits want a division by log 2.")
def base_ten(log_p_z, log_det, m):
    return -(log_p_z + log_det) / (m * float(np.log(10)))


@misconception(P, "You divide by log(2m). The m stands outside the logarithm: m · log 2.")
def log_of_2m(log_p_z, log_det, m):
    return -(log_p_z + log_det) / float(np.log(2 * m))
