"""Exercise 01 as new users answer it."""

import autograd.numpy as np
import numpy as onp

from minidgm.course.bank import misconception as wrong
from minidgm.course.bank import right_answer as right


@wrong("logsumexp", "the formula as it stands, which overflows")
def plain(a, axis):
    return np.log(np.exp(a).sum(axis))


@wrong("logsumexp", "the maximum over the whole array, so slices far below it underflow")
def one_maximum(a, axis):
    top = a.max()
    return np.log(np.sum(np.exp(a - top), axis=axis)) + top


@wrong("logsumexp", "the maximum subtracted and never added back")
def never_added_back(a, axis):
    top = np.max(a, axis=axis, keepdims=True)
    return np.log(np.sum(np.exp(a - top), axis=axis))


@wrong("logsumexp", "NaN for a slice of nothing but -inf")
def nan_for_minus_inf(a, axis):
    top = np.max(a, axis=axis, keepdims=True)
    return np.log(np.sum(np.exp(a - top), axis=axis)) + np.squeeze(top, axis)


@wrong("logsumexp", "log2")
def in_bits(a, axis):
    top = np.max(a, axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)
    return np.log2(np.sum(np.exp(a - top), axis=axis)) + np.squeeze(top, axis)


@wrong("logsumexp", "always axis 1")
def axis_one(a, axis):
    top = np.max(a, axis=1, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)
    return np.log(np.sum(np.exp(a - top), axis=1)) + np.squeeze(top, 1)


@wrong("logsumexp", "the logarithm of the mean")
def mean_for_sum(a, axis):
    top = np.max(a, axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)
    return np.log(np.mean(np.exp(a - top), axis=axis)) + np.squeeze(top, axis)


@wrong("logsumexp", "the axis kept")
def axis_kept(a, axis):
    top = np.max(a, axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)
    return np.log(np.sum(np.exp(a - top), axis=axis, keepdims=True)) + top


@wrong("logsumexp", "a small number added inside the logarithm")
def with_an_epsilon(a, axis):
    top = np.max(a, axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)
    return np.log(np.sum(np.exp(a - top), axis=axis) + 1e-8) + np.squeeze(top, axis)


@wrong("logsumexp", "numbers clipped to [-700, 700]")
def clipped(a, axis):
    return np.log(np.sum(np.exp(np.clip(a, -700, 700)), axis=axis))


@right("logsumexp")
def two_at_a_time(a, axis):
    out = None
    for row in np.moveaxis(a, axis, 0):
        out = row if out is None else np.logaddexp(out, row)
    return out


@right("logsumexp")
def by_the_library(a, axis):
    return onp.logaddexp.reduce(a, axis)


@wrong("softplus", "the formula as it stands")
def log_of_one_plus(a):
    return np.log(1 + np.exp(a))


@wrong("softplus", "log1p of an exponential that overflows")
def log1p_only(a):
    return np.log1p(np.exp(a))


@wrong("softplus", "a threshold at 20, as in a framework")
def threshold(a):
    return np.where(a > 20, a, np.log1p(np.exp(np.minimum(a, 20))))


@wrong("softplus", "that of -a")
def of_minus_a(a):
    return np.maximum(-a, 0) + np.log1p(np.exp(-np.abs(a)))


@wrong("softplus", "log sigma(a), its negative at -a")
def sign_lost(a):
    return -np.maximum(-a, 0) - np.log1p(np.exp(-np.abs(a)))


@wrong("softplus", "log for log1p, so no digits in the tail")
def log_for_log1p(a):
    return np.maximum(a, 0) + np.log(1 + np.exp(-np.abs(a)))


@wrong("softplus", "the hard version max(a, 0)")
def relu(a):
    return np.maximum(a, 0)


@wrong("softplus", "a number, not an array: it works with one number only")
def with_an_if(a):
    if a > 0:
        return a + np.log1p(np.exp(-a))
    return np.log1p(np.exp(a))


@right("softplus")
def logaddexp_with_zero(a):
    return np.logaddexp(a, 0 * a) if np.all(np.isfinite(a)) else np.logaddexp(a, np.zeros_like(a))


@right("softplus")
def half_and_half(a):
    out = np.array(a)
    positive = a > 0
    out[positive] = a[positive] + np.log1p(np.exp(-a[positive]))
    out[~positive] = np.log1p(np.exp(a[~positive]))
    return out


@wrong("log_sigmoid", "the logarithm of the sigmoid")
def log_of_sigmoid(a):
    return np.log(1 / (1 + np.exp(-a)))


@wrong("log_sigmoid", "a - log1p(e^a), which is inf - inf")
def difference(a):
    return a - np.log1p(np.exp(a))


@wrong("log_sigmoid", "log(1 - sigma)")
def of_the_complement(a):
    return -np.logaddexp(a, np.zeros_like(a))


@wrong("log_sigmoid", "the sigmoid clipped to [1e-12, 1]")
def clipped_sigmoid(a):
    return np.log(np.clip(1 / (1 + np.exp(-a)), 1e-12, 1))


@wrong("log_sigmoid", "the sign forgotten: softplus(-a)")
def positive(a):
    return np.logaddexp(-a, np.zeros_like(a))


@wrong("log_sigmoid", "float64 out of float32")
def in_double(a):
    return -np.logaddexp(-a.astype(float), 0.0)


@right("log_sigmoid")
def minimum_form(a):
    return np.minimum(a, 0) - np.log1p(np.exp(-np.abs(a)))


@wrong("log_diff_sigmoid", "the difference of the sigmoids")
def logs_of_difference(a, b):
    return np.log(1 / (1 + np.exp(-a)) - 1 / (1 + np.exp(-b)))


@wrong("log_diff_sigmoid", "1e-12 inside the logarithm")
def with_epsilon(a, b):
    return np.log(1 / (1 + np.exp(-a)) - 1 / (1 + np.exp(-b)) + 1e-12)


@wrong("log_diff_sigmoid", "log sigma(b) for log sigma(-b)")
def b_for_minus_b(a, b):
    return minimum_form(a) + minimum_form(b) + np.log(-np.expm1(b - a))


@wrong("log_diff_sigmoid", "the last factor has the other sign, e^{a-b}")
def exponent_turned(a, b):
    return minimum_form(a) + minimum_form(-b) + np.log(-np.expm1(a - b))


@wrong("log_diff_sigmoid", "log(1 - e^{b-a}) as it stands: no digits in narrow bins")
def no_expm1(a, b):
    return minimum_form(a) + minimum_form(-b) + np.log(1 - np.exp(b - a))


@wrong("log_diff_sigmoid", "log1p everywhere: no digits in narrow bins")
def log1p_everywhere(a, b):
    return minimum_form(a) + minimum_form(-b) + np.log1p(-np.exp(b - a))


@wrong("log_diff_sigmoid", "the third factor left out")
def two_factors(a, b):
    return minimum_form(a) + minimum_form(-b)


@wrong("log_diff_sigmoid", "difference of the logarithms")
def difference_of_logs(a, b):
    return minimum_form(a) - minimum_form(b)


@right("log_diff_sigmoid")
def by_symmetry(a, b):
    width = a - b
    last = np.where(width > 0.7, np.log1p(-np.exp(-width)), np.log(-np.expm1(-width)))
    return (
        last
        - np.logaddexp(0 * b[()] if np.all(np.isfinite(b)) else np.zeros_like(b), b)
        - np.logaddexp(np.zeros_like(a), -a)
    )


# ------------------------------------------------------------------ a second trial, after the first was mended


@wrong("logsumexp", "the maximum of |a| taken out")
def largest_absolute(a, axis):
    top = np.max(np.abs(a), axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)
    return np.log(np.sum(np.exp(a - top), axis=axis)) + np.squeeze(top, axis)


@wrong("logsumexp", "returns the softmax")
def softmax(a, axis):
    e = np.exp(a - np.max(a, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


@wrong("logsumexp", "log1p of the sum")
def one_too_many(a, axis):
    top = np.max(a, axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)
    return np.log1p(np.sum(np.exp(a - top), axis=axis)) + np.squeeze(top, axis)


@wrong("softplus", "softplus of 2a halved, sharper")
def sharper(a):
    return (np.maximum(2 * a, 0) + np.log1p(np.exp(-np.abs(2 * a)))) / 2


@wrong("softplus", "log base 2")
def log2_softplus(a):
    return np.maximum(a, 0) + np.log2(1 + np.exp(-np.abs(a)))


@wrong("log_sigmoid", "the hard version min(a, 0)")
def hard(a):
    return np.minimum(a, 0)


@wrong("log_sigmoid", "tanh form with a loss in the tail")
def by_tanh(a):
    return np.log(0.5 * (1 + np.tanh(a / 2)))


@wrong("log_diff_sigmoid", "a and b swapped")
def swapped(a, b):
    return minimum_form(b) + minimum_form(-a) + np.log(-np.expm1(b - a))


@wrong("log_diff_sigmoid", "abs in the last factor to silence NaN")
def silenced(a, b):
    return minimum_form(a) + minimum_form(-b) + np.log(np.abs(1 - np.exp(a - b)))


# ------------------------------------------------------------------ a third trial, after the second was mended


@wrong("logsumexp", "the sum of log1p of exponentials")
def sum_of_softplus(a, axis):
    return np.sum(np.maximum(a, 0) + np.log1p(np.exp(-np.abs(a))), axis=axis)


@wrong("softplus", "sqrt-based smooth maximum")
def hyperbola(a):
    return (a + np.sqrt(a * a + 4)) / 2


@wrong("log_diff_sigmoid", "the density at the middle times the width")
def by_density(a, b):
    mid = (a + b) / 2
    return minimum_form(mid) + minimum_form(-mid) + np.log(a - b)
