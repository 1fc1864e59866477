"""Exercise 25 as new users answer it."""

import math

import autograd.numpy as np

from minidgm.course.bank import misconception as wrong
from minidgm.course.bank import right_answer as right

Z, Y, B = "to_latent", "to_levels", "bits_per_dim_of"


def squeezed(y, u, levels, alpha):
    return (alpha + (1 - 2 * alpha) * (y + u) / levels).astype(u.dtype)


def both_logs(s):
    return np.log(s) + np.log(1 - s)


@wrong(Z, "log levels forgotten")
def no_levels(y, u, levels, alpha):
    s = squeezed(y, u, levels, alpha)
    return np.log(s) - np.log(1 - s), np.sum(math.log(1 - 2 * alpha) - both_logs(s), axis=1)


@wrong(Z, "squeeze's constant forgotten")
def no_squeeze(y, u, levels, alpha):
    s = squeezed(y, u, levels, alpha)
    return np.log(s) - np.log(1 - s), np.sum(-math.log(levels) - both_logs(s), axis=1)


@wrong(Z, "constants once for an object")
def constants_once(y, u, levels, alpha):
    s = squeezed(y, u, levels, alpha)
    return np.log(s) - np.log(1 - s), -np.sum(both_logs(s), axis=1) + math.log(1 - 2 * alpha) - math.log(levels)


@wrong(Z, "divided by levels - 1")
def by_levels_minus_one(y, u, levels, alpha):
    s = squeezed(y, u, levels - 1, alpha)
    return np.log(s) - np.log(1 - s), np.sum(math.log(1 - 2 * alpha) - math.log(levels - 1) - both_logs(s), axis=1)


@wrong(Z, "log_det of the way back")
def sign(y, u, levels, alpha):
    s = squeezed(y, u, levels, alpha)
    return np.log(s) - np.log(1 - s), np.sum(math.log(levels) - math.log(1 - 2 * alpha) + both_logs(s), axis=1)


@wrong(Z, "1 - alpha for 1 - 2 alpha")
def one_alpha(y, u, levels, alpha):
    s = (alpha + (1 - alpha) * (y + u) / levels).astype(u.dtype)
    return np.log(s) - np.log(1 - s), np.sum(math.log(1 - alpha) - math.log(levels) - both_logs(s), axis=1)


@wrong(Z, "noise after the division")
def noise_after(y, u, levels, alpha):
    s = (alpha + (1 - 2 * alpha) * (y / levels + u)).astype(u.dtype)
    return np.log(s) - np.log(1 - s), np.sum(math.log(1 - 2 * alpha) - math.log(levels) - both_logs(s), axis=1)


@wrong(Z, "y - u")
def minus(y, u, levels, alpha):
    s = (alpha + (1 - 2 * alpha) * (y - u) / levels).astype(u.dtype)
    return np.log(s) - np.log(1 - s), np.sum(math.log(1 - 2 * alpha) - math.log(levels) - both_logs(s), axis=1)


@wrong(Z, "own noise")
def own_noise(y, u, levels, alpha):
    s = squeezed(y, np.random.uniform(size=u.shape).astype(u.dtype), levels, alpha)
    return np.log(s) - np.log(1 - s), np.sum(math.log(1 - 2 * alpha) - math.log(levels) - both_logs(s), axis=1)


@wrong(Z, "log2")
def log2(y, u, levels, alpha):
    s = squeezed(y, u, levels, alpha)
    each = math.log2(1 - 2 * alpha) - math.log2(levels) - np.log2(s) - np.log2(1 - s)
    return np.log(s) - np.log(1 - s), np.sum(each, axis=1)


@right(Z)
def by_the_ratio(y, u, levels, alpha):
    s = squeezed(y, u, levels, alpha)
    m = u.shape[1]
    return np.log(s / (1 - s)), m * math.log((1 - 2 * alpha) / levels) - np.sum(np.log(s * (1 - s)), axis=1)


@wrong(Y, "the squeeze not undone")
def not_unsqueezed(z, levels, alpha):
    s = 1 / (1 + np.exp(-z))
    y = np.clip(np.floor(s * levels), 0, levels - 1)
    return y, np.sum(-np.abs(z) - 2 * np.log1p(np.exp(-np.abs(z))) + math.log(levels / (1 - 2 * alpha)), axis=1)


@wrong(Y, "rounded")
def rounded(z, levels, alpha):
    s = 1 / (1 + np.exp(-z))
    y = np.clip(np.round((s - alpha) / (1 - 2 * alpha) * levels), 0, levels - 1)
    return y, back(z, levels, alpha)[1]


@wrong(Y, "not kept within the levels")
def not_clipped(z, levels, alpha):
    s = 1 / (1 + np.exp(-z))
    return np.floor((s - alpha) / (1 - 2 * alpha) * levels), back(z, levels, alpha)[1]


@wrong(Y, "log det of plain logs: -inf at ±1000")
def plain(z, levels, alpha):
    s = 1 / (1 + np.exp(-z))
    return back(z, levels, alpha)[0], np.sum(both_logs(s) + math.log(levels / (1 - 2 * alpha)), axis=1)


@wrong(Y, "sign of log_det")
def back_sign(z, levels, alpha):
    y, log_det = back(z, levels, alpha)
    return y, -log_det


@wrong(Y, "int8 wraps: uint8 before the clip")
def uint8(z, levels, alpha):
    s = 1 / (1 + np.exp(-z))
    y = np.floor((s - alpha) / (1 - 2 * alpha) * levels).astype(np.int64).astype(np.uint8)
    return np.minimum(y, levels - 1), back(z, levels, alpha)[1]


@wrong(Y, "not floored")
def not_floored(z, levels, alpha):
    s = 1 / (1 + np.exp(-z))
    return (s - alpha) / (1 - 2 * alpha) * levels, back(z, levels, alpha)[1]


@wrong(Y, "truncation of the negatives, cut by int, one level off at the top")
def to_levels_included(z, levels, alpha):
    s = 1 / (1 + np.exp(-z))
    return np.clip(np.floor((s - alpha) / (1 - 2 * alpha) * levels), 0, levels), back(z, levels, alpha)[1]


@right(Y)
def back(z, levels, alpha):
    s = 0.5 * (1 + np.tanh(0.5 * z))
    y = np.clip(np.floor((s - alpha) / (1 - 2 * alpha) * levels), 0, levels - 1)
    slope = -np.abs(z) - 2 * np.log1p(np.exp(-np.abs(z)))
    return y, np.sum(slope + math.log(levels) - math.log(1 - 2 * alpha), axis=1)


@wrong(B, "log_det subtracted")
def bits_minus(log_p_z, log_det, m):
    return -(log_p_z - log_det) / (m * math.log(2))


@wrong(B, "log_det not divided")
def parenthesis(log_p_z, log_det, m):
    return -log_p_z / (m * math.log(2)) - log_det


@wrong(B, "nats")
def nats(log_p_z, log_det, m):
    return -(log_p_z + log_det) / m


@wrong(B, "log10")
def decimal(log_p_z, log_det, m):
    return -(log_p_z + log_det) / (m * math.log(10))


@wrong(B, "log_det left out")
def bits_no_log_det(log_p_z, log_det, m):
    return -log_p_z / (m * math.log(2))


@wrong(B, "8 bits added")
def eight(log_p_z, log_det, m):
    return -(log_p_z + log_det) / (m * math.log(2)) + 8


@wrong(B, "log of 2m")
def log_of_2m(log_p_z, log_det, m):
    return -(log_p_z + log_det) / math.log(2 * m)


@wrong(B, "mean")
def mean(log_p_z, log_det, m):
    return -np.mean(log_p_z + log_det) / (m * math.log(2))


@wrong(B, "sign")
def bits_sign(log_p_z, log_det, m):
    return (log_p_z + log_det) / (m * math.log(2))


@right(B)
def apart(log_p_z, log_det, m):
    return -log_p_z / m / math.log(2) - log_det / m / math.log(2)


@right(B)
def times_log2_e(log_p_z, log_det, m):
    return np.add(log_p_z, log_det) * (-math.log2(math.e) / m)


# ------------------------------------------------------------------ a second trial, after the first was mended


@wrong(Z, "255 for every number of levels")
def always_255(y, u, levels, alpha):
    s = squeezed(y, u, 256, alpha)
    return np.log(s) - np.log(1 - s), np.sum(math.log(1 - 2 * alpha) - math.log(256) - both_logs(s), axis=1)


@wrong(Z, "log_det of the sigmoid at z, not the logit at s, sign right but the squeeze inside")
def slope_of_x(y, u, levels, alpha):
    s = squeezed(y, u, levels, alpha)
    x = (y + u) / levels
    with np.errstate(divide="ignore"):
        return np.log(s) - np.log(1 - s), np.sum(-math.log(levels) - np.log(x) - np.log(1 - x), axis=1)


@wrong(Y, "ceil")
def ceil(z, levels, alpha):
    s = 0.5 * (1 + np.tanh(0.5 * z))
    y = np.clip(np.ceil((s - alpha) / (1 - 2 * alpha) * levels), 0, levels - 1)
    return y, back(z, levels, alpha)[1]


@wrong(B, "the sum over the batch")
def summed(log_p_z, log_det, m):
    return -np.sum(log_p_z + log_det) / (m * math.log(2))


# ------------------------------------------------------------------ a third trial, after the second was mended


@wrong(Z, "log10")
def log10(y, u, levels, alpha):
    s = squeezed(y, u, levels, alpha)
    each = math.log10(1 - 2 * alpha) - math.log10(levels) - np.log10(s) - np.log10(1 - s)
    return np.log(s) - np.log(1 - s), np.sum(each, axis=1)


@wrong(Y, "levels by 256")
def always_256(z, levels, alpha):
    return back(z, 256, alpha)
