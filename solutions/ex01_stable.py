"""Exercise 01: stable functions, exponentials and logarithms that survive where floating-point numbers end.

Every density of the lecture is computed as a logarithm, and most of them contain one of these four: mixtures need
logsumexp, Bernoulli decoders log σ, variances softplus, and the discretization through the CDF (PixelCNN++) needs
    P(y) = F(y + ½) − F(y − ½),    F(x) = σ((x − μ) / s),    σ(a) = 1 / (1 + e^{−a}).
Written as the formula stands, each of them overflows, or loses all digits, far from zero; and an untrained model is far
from zero. The task is the same four times: rearrange the formula so that only harmless numbers are exponentiated.

No added epsilons: they hide the error and put another number in its place. Arrays in, arrays of the same dtype out.
Read afterwards: minidgm/functional.py, where each of these has its gradient beside it.
"""

import autograd.numpy as np


def logsumexp(a, axis):
    """The logarithm of a sum of exponentials, along one axis: log Σ_i e^{a_i}.

    It adds probabilities that are known as logarithms, as in every mixture: log Σ_k π_k p_k(x). Numbers such as
    a = 1000 or a = −1000 are everyday log-densities, and e^a is then infinite or zero although the result is
    an ordinary number.

    a: any shape, any size of numbers; −inf (probability zero) counts nothing, and a slice of nothing but −inf gives
    −inf. axis: an integer, may be negative. Returns the shape of `a` without that axis, in the dtype of `a`.

    >>> a = np.array([[1000.0, 1000.0], [-1000.0, -np.inf], [0.0, 1.0]])
    >>> np.round(logsumexp(a, 1), 4)
    array([ 1000.6931, -1000.    ,     1.3133])
    """
    top = np.max(a, axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, np.zeros_like(top))  # −inf − (−inf) would be NaN
    with np.errstate(divide="ignore"):  # log 0 = −inf is the right answer where all is −inf
        return np.squeeze(top, axis=axis) + np.log(np.sum(np.exp(a - top), axis=axis))


def softplus(a):
    """log(1 + e^a), elementwise: the smooth version of max(a, 0), always positive.

    It turns any number into a positive one (a scale, a rate), and it is −log(1 − σ(a)), half of every Bernoulli
    likelihood. For large a it is a (but e^a overflows); for very negative a it is e^a (but 1 + e^a rounds to 1). Find
    a form that is right at both ends: the only exponential needed is that of a number that is never positive.

    a: any shape; ±inf give inf and 0. Returns the same shape and dtype, right to rounding relative to its size,
    however small it is.

    >>> softplus(np.array([-100.0, 0.0, 1000.0]))
    array([3.72007598e-44, 6.93147181e-01, 1.00000000e+03])
    """
    return np.maximum(a, 0) + np.log1p(np.exp(-np.abs(a)))


def log_sigmoid(a):
    """log σ(a) = log 1 / (1 + e^{−a}), elementwise: the log-probability of "yes" under the logit a.

    σ(a) itself is 0 in floating point for a = −1000 and 1 for a = 40, so its logarithm must never be taken of it: the
    answers are −1000 and −4.2e−18. A confident wrong prediction costs about |a| nats.

    a: any shape; ±inf give 0 and −inf. Returns the same shape and dtype, never positive, right to rounding relative
    to its size.

    >>> log_sigmoid(np.array([-1000.0, 0.0, 40.0]))
    array([-1.00000000e+03, -6.93147181e-01, -4.24835426e-18])
    """
    return np.minimum(a, 0) - np.log1p(np.exp(-np.abs(a)))


def log_diff_sigmoid(a, b):
    """log(σ(a) − σ(b)) for a > b, elementwise: the log-probability of a bin of the logistic distribution.

    It is log P(y) of a discretized logistic with a = (y + ½ − μ) / s and b = (y − ½ − μ) / s. Far in either tail both
    sigmoids round to the same number and the difference to zero. Put the difference over its common denominator
    instead: it is a product of three factors, none of which is a difference of nearly equal numbers, so
        log(σ(a) − σ(b)) = log σ(a) + log σ(−b) + log(1 − e^{b−a}).
    In a narrow bin, a − b = 1e−12 say, the last term has its own trap: 1 − e^{b−a} has few digits left if it is
    computed as it stands.

    a, b: arrays of one shape; a may be +inf and b may be −inf (the outer bins). Returns the same shape and dtype.

    >>> log_diff_sigmoid(np.array([0.5, 100.5, np.inf]), np.array([-0.5, 99.5, 0.0]))
    array([ -1.40682911, -99.95867515,  -0.69314718])
    """
    log_sigmoid_a = np.minimum(a, 0) - np.log1p(np.exp(-np.abs(a)))
    log_sigmoid_minus_b = np.minimum(-b, 0) - np.log1p(np.exp(-np.abs(b)))
    return log_sigmoid_a + log_sigmoid_minus_b + np.log(-np.expm1(b - a))
