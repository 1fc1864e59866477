"""Exercise 01: what students answer, wrong and right."""

import numpy as np

from minidgm.course.bank import misconception, right_answer


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


# ------------------------------------------------------------------ logsumexp


@misconception(
    "logsumexp",
    "You take the formula as it stands: e^1000 is infinite and e^-1000 is zero in floating point, though the result "
    "is an ordinary number. What may be taken out of the sum before anything is exponentiated?",
)
def as_it_stands(a, axis):
    return np.log(np.sum(np.exp(a), axis=axis))


@misconception(
    "logsumexp",
    "An added epsilon does not keep log 0 away, it puts log 1e-12 = -27.6 in its place, and large numbers overflow as "
    "before. Nothing needs adding once the exponents have a harmless size.",
)
def with_an_epsilon(a, axis):
    return np.log(np.sum(np.exp(a), axis=axis) + 1e-12)


@misconception(
    "logsumexp",
    "You take one maximum of the whole array out of every slice: a slice far below it still underflows to log 0. Each "
    "slice has its own largest number.",
)
def one_maximum_for_all(a, axis):
    return np.max(a) + np.log(np.sum(np.exp(a - np.max(a)), axis=axis))


@misconception(
    "logsumexp",
    "You take the maximum out of the sum and never put it back: the result no longer moves when all inputs are "
    "shifted. log(e^c · sum) is not log(sum).",
)
def maximum_not_put_back(a, axis):
    return np.log(np.sum(np.exp(a - np.max(a, axis=axis, keepdims=True)), axis=axis))


@misconception(
    "logsumexp",
    "Your result still has the summed axis, with length 1. Broadcast against an array of the right shape, (n, 1) and "
    "(n,) make (n, n), and nobody warns you.",
)
def axis_kept(a, axis):
    top = np.max(a, axis=axis, keepdims=True)
    return top + np.log(np.sum(np.exp(a - top), axis=axis, keepdims=True))


@misconception(
    "logsumexp",
    "You average the exponentials: that is smaller by the logarithm of the number of terms. The mean is what mixtures "
    "with equal weights need, and they get it by subtracting log n themselves.",
)
def mean_of_exponentials(a, axis):
    top = np.max(a, axis=axis, keepdims=True)
    return np.squeeze(top, axis=axis) + np.log(np.mean(np.exp(a - top), axis=axis))


@misconception(
    "logsumexp",
    "Your function gives NaN for a slice of nothing but -inf: there the largest number is -inf, and -inf - (-inf) is "
    "undefined. A sum of zeros has the logarithm -inf.",
)
def nothing_but_minus_infinity_is_nan(a, axis):
    top = np.max(a, axis=axis, keepdims=True)
    return np.squeeze(top, axis=axis) + np.log(np.sum(np.exp(a - top), axis=axis))


@misconception(
    "logsumexp",
    "You always sum over the last axis and never look at the argument `axis`: try it on an array along axis 0.",
)
def always_the_last_axis(a, axis):
    return good_logsumexp(a, -1)


@misconception(
    "logsumexp",
    "You give the maxima their axis back with [:, None], which fits only when the sum runs over the second of two "
    "axes. numpy can leave the axis in its place, wherever that is.",
)
def maximum_turned_into_a_column(a, axis):
    top = np.max(a, axis=axis)
    return top + np.log(np.sum(np.exp(a - top[:, None]), axis=axis))


@misconception(
    "logsumexp",
    "You subtract the maxima without the axis they were taken over: where the shapes happen to fit, as in a square "
    "array, each number loses the maximum of another slice.",
)
def maximum_without_its_axis(a, axis):
    top = np.max(a, axis=axis)
    return top + np.log(np.sum(np.exp(a - top), axis=axis))


@misconception(
    "logsumexp",
    "You keep the axis for the maxima, and then drop the last axis of them, with [..., 0], whichever axis was summed: "
    "along axis 0 of a table every slice gets the first one's maximum back.",
)
def last_axis_dropped(a, axis):
    top = np.max(a, axis=axis, keepdims=True)
    top = np.where(np.isinf(top), np.zeros_like(top), top)
    return top[..., 0] + np.log(np.sum(np.exp(a - top), axis=axis))


@misconception(
    "logsumexp",
    "You sum over all axes, so one number comes back where one number a slice was asked for: where does `axis` go?",
)
def over_everything(a, axis):
    return good_logsumexp(np.ravel(a), 0)


@misconception(
    "logsumexp",
    "You take out the mean, not the maximum: when one number stands far above the others, its exponential overflows "
    "as before. Which number must be taken out so that no exponent is ever positive?",
)
def mean_taken_out(a, axis):
    middle = np.mean(a, axis=axis, keepdims=True)
    return np.squeeze(middle, axis=axis) + np.log(np.sum(np.exp(a - middle), axis=axis))


@misconception(
    "logsumexp",
    "You return the largest number alone. That is the limit when one term outweighs all others; two equal terms add "
    "log 2.",
)
def largest_only(a, axis):
    return np.max(a, axis=axis)


@misconception(
    "logsumexp",
    "float32 went in and float64 came out: from here on every network runs at half the speed without a sound. Look "
    "for the conversion, or for the float64 constant that your array meets.",
)
def upcast_logsumexp(a, axis):
    return good_logsumexp(a.astype(np.float64), axis)


@misconception(
    "logsumexp",
    "You subtract the maximum inside the caller's array: `a -= ...` changes the array that was passed in, and the "
    "caller still needs it. Make a new array.",
)
def logsumexp_in_place(a, axis):
    top = np.max(a, axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, np.zeros_like(top))
    a -= top
    return np.squeeze(top, axis=axis) + np.log(np.sum(np.exp(a), axis=axis))


@misconception(
    "logsumexp",
    "`squeeze()` drops every axis of length 1, not only the one you sum over: (3, 1, 4) along axis 2 must become "
    "(3, 1). Say which axis is to go.",
)
def squeezes_every_axis(a, axis):
    c = np.max(a, axis=axis, keepdims=True)
    c = np.where(np.isfinite(c), c, np.zeros_like(c))
    return c.squeeze() + np.log(np.sum(np.exp(a - c), axis=axis))


@right_answer("logsumexp")
def good_logsumexp(a, axis):
    return np.logaddexp.reduce(a, axis=axis)


@right_answer("logsumexp")
def one_term_after_another(a, axis):
    rows = np.moveaxis(a, axis, 0)
    total = rows[0]
    for row in rows[1:]:
        total = np.logaddexp(total, row)
    return total


@right_answer("logsumexp")
def smaller_terms_in_log1p(a, axis):
    a = np.sort(np.moveaxis(a, axis, -1), axis=-1)
    top = a[..., -1]
    safe = np.where(np.isinf(top), np.zeros_like(top), top)
    return top + np.log1p(np.sum(np.exp(a[..., :-1] - safe[..., None]), axis=-1))


# ------------------------------------------------------------------ softplus


@misconception(
    "softplus",
    "You take the formula as it stands: e^a overflows above a = 709, and below a = -37 the sum 1 + e^a rounds to 1, "
    "so its logarithm is 0 where it should be e^a. Both ends need a look.",
)
def log_of_one_plus_exp(a):
    return np.log(1 + np.exp(a))


@misconception(
    "softplus",
    "log1p keeps the digits at the small end, but e^a still overflows at the large one. What is log(1 + e^a) when e^a "
    "is taken out of the sum?",
)
def log1p_of_exp(a):
    return np.log1p(np.exp(a))


@misconception(
    "softplus",
    "Nothing overflows any more, but 1 + e^-|a| rounds to 1 far from zero: for very negative a you return 0 where e^a "
    "was wanted. numpy has a logarithm made for numbers near 1.",
)
def log_without_log1p(a):
    return np.maximum(a, 0) + np.log(1 + np.exp(-np.abs(a)))


@misconception(
    "softplus", "You compute log(1 + e^-a), the mirror image: softplus grows with a. Look at the sign in the exponent."
)
def softplus_of_minus_a(a):
    return good_softplus(-a)


@misconception(
    "softplus",
    "You clip a before you exponentiate, so softplus stops growing at the clipping bound: above it the value is "
    "wrong, and the gradient is zero. Rearrange the formula; do not change its argument.",
)
def softplus_clipped(a):
    return np.log1p(np.exp(np.clip(a, -30, 30)))


@misconception(
    "softplus",
    "You return max(a, 0), which is what softplus approaches at both ends. Between them it is smooth, log 2 at 0, and "
    "never exactly 0 for negative a.",
)
def relu(a):
    return np.maximum(a, 0)


@misconception(
    "softplus",
    "You take a out of the sum for every a: that helps where a is positive, and overflows in e^-a where it is very "
    "negative. Only one of the two forms is safe on each side of 0.",
)
def a_taken_out_everywhere(a):
    return a + np.log1p(np.exp(-a))


@misconception(
    "softplus",
    "You switch to `a` above a threshold that lies too low: there the part you drop, e^-a, is still seen. A threshold "
    "can be avoided altogether.",
)
def threshold_too_low(a):
    return np.where(a > 5, a, np.log1p(np.exp(np.minimum(a, 5))))


@misconception(
    "softplus",
    "float32 went in and float64 came out. Look for the conversion, or for a float64 constant that meets your array.",
)
def softplus_upcast(a):
    return good_softplus(np.asarray(a, dtype=np.float64))


@misconception(
    "softplus",
    "You add max(a, 0) to log(1 + e^a): the maximum was to be taken out of the logarithm, so what remains inside is "
    "smaller.",
)
def maximum_added_twice(a):
    return np.maximum(a, 0) + np.log1p(np.exp(np.minimum(a, 700)))


@right_answer("softplus")
def good_softplus(a):
    return np.logaddexp(np.zeros_like(a), a)


@right_answer("softplus")
def softplus_on_each_side(a):
    out = np.empty_like(a)
    out[a > 0] = a[a > 0] + np.log1p(np.exp(-a[a > 0]))
    out[a <= 0] = np.log1p(np.exp(a[a <= 0]))
    return out


@right_answer("softplus")
def softplus_number_by_number(a):
    def one(v):
        return v + np.log1p(np.exp(-v)) if v > 0 else np.log1p(np.exp(v))

    return np.array([one(v) for v in a.ravel()], a.dtype).reshape(a.shape)


@misconception(
    "softplus",
    "From some threshold on you return a itself. That leaves out log(1 + e^−a), 2e−9 at a = 20 and 9e−14 at a = 30, "
    "more than rounding. It is exact for every a, so no threshold is needed: log(1 + e^a) = a + log(1 + e^−a).",
)
def itself_beyond_a_threshold(a):
    return np.where(a > 20, a, np.log1p(np.exp(np.minimum(a, 20))))


# ------------------------------------------------------------------ log_sigmoid


@misconception(
    "log_sigmoid",
    "You take the logarithm of a sigmoid that has been rounded already: to 0 for very negative a (so -inf), to 1 for "
    "large a (so 0). What was rounded away cannot be brought back: do not compute σ at all.",
)
def log_of_sigmoid(a):
    return np.log(1 / (1 + np.exp(-a)))


@misconception(
    "log_sigmoid",
    "The epsilon keeps you away from log 0 by answering log 1e-12 = -27.6 whenever the truth is lower: a model that "
    "is wrong with certainty pays 27.6 nats where it owes 1000.",
)
def log_of_sigmoid_with_epsilon(a):
    return np.log(1 / (1 + np.exp(-a)) + 1e-12)


@misconception(
    "log_sigmoid",
    "Your value is positive: that is -log σ(a), a loss. A logarithm of a probability is never above 0.",
)
def minus_log_sigmoid(a):
    return good_softplus(-a)


@misconception(
    "log_sigmoid",
    "You compute log σ(-a) = log(1 - σ(a)), the log-probability of the other answer. Which sign of a makes σ(a) large?",
)
def log_sigmoid_of_minus_a(a):
    return -good_softplus(a)


@misconception(
    "log_sigmoid",
    "a - softplus(a) is the right formula and loses everything for large a: there two nearly equal numbers are "
    "subtracted, and their difference, -e^-a, is below the last digit of both. Find a form with no subtraction of "
    "large numbers.",
)
def a_minus_softplus(a):
    return a - good_softplus(a)


@misconception(
    "log_sigmoid",
    "e^-a overflows for a below -709, and you return -inf where a was wanted. What can be taken out of 1 + e^-a when "
    "a is negative?",
)
def minus_log1p_of_exp(a):
    return -np.log1p(np.exp(-a))


@misconception(
    "log_sigmoid",
    "You exponentiate -|a| whatever the sign of a, and so treat a and -a alike: for negative a something is missing "
    "in front of the logarithm.",
)
def absolute_value_only(a):
    return -np.log1p(np.exp(-np.abs(a)))


@misconception(
    "log_sigmoid",
    "1 + e^-|a| rounds to 1 when |a| is large: for a = 40 you return 0, and the answer is -4.2e-18. numpy has a "
    "logarithm made for numbers near 1.",
)
def log_sigmoid_without_log1p(a):
    return np.minimum(a, 0) - np.log(1 + np.exp(-np.abs(a)))


@misconception(
    "log_sigmoid",
    "float32 went in and float64 came out. Look for the conversion, or for a float64 constant that meets your array.",
)
def log_sigmoid_upcast(a):
    return -good_softplus(-np.asarray(a, dtype=np.float64))


@misconception(
    "log_sigmoid", "You clip a first: beyond the bound log σ(a) stays constant, where it should go on falling like a."
)
def log_sigmoid_clipped(a):
    return -np.log1p(np.exp(-np.clip(a, -30, 30)))


@right_answer("log_sigmoid")
def good_log_sigmoid(a):
    return -np.logaddexp(np.zeros_like(a), -a)


@right_answer("log_sigmoid")
def log_sigmoid_on_each_side(a):
    return np.where(a > 0, -np.log1p(np.exp(-np.abs(a))), a - np.log1p(np.exp(-np.abs(a))))


@right_answer("log_sigmoid")
def log_sigmoid_number_by_number(a):
    def one(v):
        return -np.log1p(np.exp(-v)) if v > 0 else v - np.log1p(np.exp(v))

    return np.array([one(v) for v in a.ravel()], a.dtype).reshape(a.shape)


@misconception(
    "log_sigmoid",
    "Below some threshold you return a itself. At a = −20 that leaves out e^−20 = 2e−9, far more than rounding: "
    "log σ(a) = a − log(1 + e^a), and the second term is exact there without a threshold.",
)
def itself_below_minus_20(a):
    return np.where(a < -20, a, -np.log1p(np.exp(-np.maximum(a, -20))))


# ------------------------------------------------------------------ log_diff_sigmoid


def good_log_diff(a, b):
    return good_log_sigmoid(a) + good_log_sigmoid(-b) + np.log(-np.expm1(b - a))


@misconception(
    "log_diff_sigmoid",
    "You subtract the two sigmoids and then take the logarithm: in the right tail both are rounded to 1 and their "
    "difference to 0, and every digit is gone before the logarithm sees it. Use the product of three factors.",
)
def log_of_the_difference(a, b):
    return np.log(sigmoid(a) - sigmoid(b))


@misconception(
    "log_diff_sigmoid",
    "You take stable log-sigmoids and exponentiate them again before you subtract: that brings back the rounded "
    "sigmoids, and the difference is lost as before. Stay with logarithms to the end.",
)
def exponentiated_again(a, b):
    return np.log(np.exp(good_log_sigmoid(a)) - np.exp(good_log_sigmoid(b)))


@misconception(
    "log_diff_sigmoid",
    "log(a - b + 1e-12) is the field's favourite mistake: in both tails it returns log 1e-12 = -27.6 for every bin, "
    "so all unlikely values become equally likely, and training cannot tell bad from worse.",
)
def difference_with_epsilon(a, b):
    return np.log(sigmoid(a) - sigmoid(b) + 1e-12)


@misconception(
    "log_diff_sigmoid",
    "A floor under the difference replaces every smaller probability by the floor, and the gradient there is zero: "
    "the model never learns its way out of the tail. The exact value is within reach.",
)
def difference_with_floor(a, b):
    return np.log(np.maximum(sigmoid(a) - sigmoid(b), 1e-12))


@misconception(
    "log_diff_sigmoid",
    "You subtract the logarithms: log σ(a) - log σ(b) is the logarithm of the ratio σ(a)/σ(b), not of the difference.",
)
def log_of_the_ratio(a, b):
    return good_log_sigmoid(a) - good_log_sigmoid(b)


@misconception(
    "log_diff_sigmoid",
    "Your last term is log(1 - e^{a-b}): since a > b that exponential is above 1 and the logarithm is undefined. "
    "Which of b - a and a - b is negative?",
)
def last_term_swapped(a, b):
    return good_log_sigmoid(a) + good_log_sigmoid(-b) + np.log(-np.expm1(a - b))


@misconception(
    "log_diff_sigmoid",
    "You have log σ(a) + log σ(-b) and stop: that is the probability of 'below a' and, independently, 'above b'. The "
    "third factor, which goes to zero with the width of the bin, is missing.",
)
def last_term_missing(a, b):
    return good_log_sigmoid(a) + good_log_sigmoid(-b)


@misconception(
    "log_diff_sigmoid",
    "Your second term is log σ(b); the factor in the product is 1 - σ(b) = σ(-b). Bins below 0 come out far too "
    "unlikely.",
)
def sign_of_b_forgotten(a, b):
    return good_log_sigmoid(a) + good_log_sigmoid(b) + np.log(-np.expm1(b - a))


@misconception(
    "log_diff_sigmoid",
    "In a narrow bin e^{b-a} is so near 1 that 1 - e^{b-a} keeps only a few digits. numpy has a function that "
    "computes e^x - 1 directly; log1p does not help here, the digits are lost in the exponential.",
)
def last_term_as_it_stands(a, b):
    return good_log_sigmoid(a) + good_log_sigmoid(-b) + np.log1p(-np.exp(b - a))


@misconception(
    "log_diff_sigmoid",
    "You take the density in the middle of the bin times its width: close for a narrow bin, wrong for a wide one, and "
    "infinite bins at the edges have no middle. The exact probability costs no more.",
)
def density_times_width(a, b):
    middle = (a + b) / 2
    return good_log_sigmoid(middle) + good_log_sigmoid(-middle) + np.log(a - b)


@misconception(
    "log_diff_sigmoid",
    "You take log σ(a) out of the difference: exact in the left tail, but in the right tail both logarithms are "
    "nearly 0 and their difference has no digits. A form that is right on both sides treats a and -b alike.",
)
def right_in_the_left_tail_only(a, b):
    return good_log_sigmoid(a) + np.log(-np.expm1(good_log_sigmoid(b) - good_log_sigmoid(a)))


@misconception(
    "log_diff_sigmoid",
    "The three terms are right, but the log-sigmoids are logarithms of sigmoids that were rounded to 0 before: -inf "
    "far in the tails. Use the stable log_sigmoid of this file.",
)
def naive_log_sigmoids(a, b):
    return np.log(sigmoid(a)) + np.log(sigmoid(-b)) + np.log(-np.expm1(b - a))


@misconception(
    "log_diff_sigmoid",
    "float32 went in and float64 came out. Look for the conversion, or for a float64 constant that meets your arrays.",
)
def log_diff_upcast(a, b):
    return good_log_diff(np.asarray(a, np.float64), np.asarray(b, np.float64))


@right_answer("log_diff_sigmoid")
def minus_softplus_twice(a, b):
    return -good_softplus(-a) - good_softplus(b) + np.log(-np.expm1(b - a))


@right_answer("log_diff_sigmoid")
def last_term_in_two_pieces(a, b):
    narrow = a - b < 0.7
    last = np.where(narrow, np.log(-np.expm1(b - a)), np.log1p(-np.exp(b - a)))
    return good_log_sigmoid(a) + good_log_sigmoid(-b) + last


@right_answer("log_diff_sigmoid")
def mirrored_into_the_left_tail(a, b):
    flip = b > -a
    a, b = np.where(flip, -b, a), np.where(flip, -a, b)
    return good_log_sigmoid(a) + good_log_sigmoid(-b) + np.log(-np.expm1(b - a))


@right_answer("log_diff_sigmoid")
def bin_by_bin(a, b):
    pairs = zip(a.ravel(), b.ravel())
    return np.array([good_log_diff(x, y) for x, y in pairs], a.dtype).reshape(a.shape)


# ------------------------------------------------------------------ more of each


@misconception(
    "logsumexp",
    "You take the logarithm of base 2 (or 10) after natural exponentials. The two have to undo each other: np.log.",
)
def logsumexp_log2(a, axis):
    top = np.max(a, axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)
    return (np.log2(np.sum(np.exp(a - top), axis=axis)) + np.squeeze(top, axis)).astype(a.dtype)


@misconception(
    "logsumexp",
    "You take the logarithm of base 2 (or 10) after natural exponentials. The two have to undo each other: np.log.",
)
def logsumexp_log10(a, axis):
    top = np.max(a, axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)
    return (np.log10(np.sum(np.exp(a - top), axis=axis)) + np.squeeze(top, axis)).astype(a.dtype)


@misconception("logsumexp", "You always sum over axis 1 and never look at the argument `axis`: try it along axis 0.")
def always_axis_one(a, axis):
    return good_logsumexp(a, 1)


@misconception(
    "logsumexp",
    "You add a small number inside the logarithm. It keeps −inf away where −inf is the answer (a sum of zeros), and "
    "is in every other result as well: once the largest term is 1 nothing is needed.",
)
def epsilon_once_the_largest_is_out(a, axis):
    top = np.max(a, axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)
    return np.log(np.sum(np.exp(a - top), axis=axis) + a.dtype.type(1e-8)) + np.squeeze(top, axis)


@misconception(
    "logsumexp",
    "You clip the numbers before you exponentiate: nothing overflows, and every number beyond the limit becomes the "
    "limit. The largest can be taken out of the sum instead, however large it is.",
)
def clipped_before_the_exponential(a, axis):
    return np.log(np.sum(np.exp(np.clip(a, -700, 700)), axis=axis))


@misconception(
    "softplus",
    "That is log σ(a) = a − softplus(a), a logarithm of a probability: never positive. softplus is never negative.",
)
def log_sigmoid_for_softplus(a):
    return good_log_sigmoid(a)


@misconception(
    "log_sigmoid",
    "You clip σ from below before you take its logarithm. Every a that is far enough below 0 then costs the same, "
    "where it should cost |a|; and above, σ has rounded to 1. Do not compute σ at all.",
)
def log_of_a_clipped_sigmoid(a):
    return np.log(np.clip(sigmoid(a), 1e-12, 1))
