"""Stable differentiable functions, each with the gradient derived by hand beside it.

Read a function as two lines: the value, and the vector-Jacobian product (what comes back times the derivative).
    logsumexp(a)           = log Σ exp(a)               ∂/∂a = softmax(a)
    softplus(a)            = log(1 + e^a)               ∂/∂a = sigmoid(a)
    log_sigmoid(a)         = −softplus(−a)              ∂/∂a = sigmoid(−a)
    log_diff_sigmoid(a, b) = log(σ(a) − σ(b)), a > b    = log σ(a) + log σ(−b) + log(1 − e^{b−a})
All are exact to rounding over the whole float range, and float32 stays float32. Exercise 01.
"""

import math

import autograd.numpy as np
import numpy
from numpy import ndarray
from numpy.typing import DTypeLike

from minidgm.tensor import WithGradient, differentiable, is_traced
from minidgm.tensor.tracer import unbroadcast

Index = ndarray | slice  # names columns
HALF_LOG_2PI = 0.5 * math.log(2 * math.pi)
LOG_SIGMA_LIMIT = 3.0  # of |log σ| in a flow layer, see `soft_bound`
LOG_SCALE_LIMIT = 7.0  # of |log s| of a logistic

# ------------------------------------------------------------------ exponentials and logarithms


@differentiable
def sigmoid(a: ndarray) -> WithGradient:
    """σ(a) = 1 / (1 + e^{−a}), elementwise; small values keep all their digits."""
    a = as_float(a)
    e = np.exp(-np.abs(a))  # never overflows
    return np.exp(np.minimum(a, 0)) / (1 + e), lambda g: (g * e / (1 + e) ** 2,)


@differentiable
def softplus(a: ndarray) -> WithGradient:
    """log(1 + e^a), elementwise: a for large a, e^a for very negative a."""
    a = as_float(a)
    return np.maximum(a, 0) + np.log1p(np.exp(-np.abs(a))), lambda g: (g * sigmoid(a),)


@differentiable
def log_sigmoid(a: ndarray) -> WithGradient:
    """log σ(a) = −softplus(−a), elementwise: never the logarithm of a rounded sigmoid."""
    a = as_float(a)
    return -softplus(-a), lambda g: (g * sigmoid(-a),)


@differentiable
def log1mexp(d: ndarray) -> WithGradient:
    """log(1 − e^{−d}) for d > 0, elementwise (Mächler 2012): −e^{−d} for large d, log d for small d."""
    d = as_float(d)
    with np.errstate(divide="ignore"):  # log 0 = −inf is the right answer at d = 0
        value = np.where(d > math.log(2), np.log1p(-np.exp(-d)), np.log(-np.expm1(-d)))
    return value, lambda g: (g * _exp_ratio(d),)


def _exp_ratio(d: ndarray) -> ndarray:
    """e^{−d} / (1 − e^{−d}), the derivative of log1mexp, without overflow for large d."""
    with np.errstate(divide="ignore"):
        return np.exp(-d) / -np.expm1(-d)


@differentiable
def log_diff_sigmoid(a: ndarray, b: ndarray) -> WithGradient:
    """log(σ(a) − σ(b)) for a > b, elementwise, as log σ(a) + log σ(−b) + log(1 − e^{b−a}).

    The difference itself rounds to 0 in the tails; this sum has terms of one sign only, so no digit is lost.
    a = +inf and b = −inf, the outer bins of a discretized distribution, are allowed.
    """
    a, b = as_float(a), as_float(b)

    def backward(g):
        r = _exp_ratio(a - b)
        return (
            lambda: unbroadcast(g * (sigmoid(-a) + r), np.metadata(a)),
            lambda: unbroadcast(-g * (sigmoid(b) + r), np.metadata(b)),
        )

    return log_sigmoid(a) + log_sigmoid(-b) + log1mexp(a - b), backward


@differentiable
def logsumexp(a: ndarray, axis: int | None = None, keepdims: bool = False) -> WithGradient:
    """log Σ e^a along `axis` (all axes if None), the largest term taken out first so that nothing overflows.

    Terms of −inf count nothing; a sum of nothing else is −inf.
    """
    if np.size(a) == 0:  # no terms, or no sums
        nothing = np.full(np.shape(np.sum(a, axis=axis, keepdims=keepdims)), -math.inf, a.dtype)
        return nothing, lambda g: (np.zeros(np.shape(a), a.dtype),)
    top, shifted = below_largest(a, axis)
    e = np.exp(shifted)  # from 0 to 1
    total = np.sum(e, axis=axis, keepdims=True)  # 1 or more
    value = top + np.log(total)

    def backward(g):
        return (np.reshape(g, np.shape(total)) / total * e,)  # the softmax: no large number was added and taken away

    return value if keepdims else np.squeeze(value, axis=axis), backward


@differentiable
def log_softmax(a: ndarray, axis: int = -1) -> WithGradient:
    """a − logsumexp(a): logits to log-probabilities, which sum to one along `axis`, however large the logits."""
    if np.size(a) == 0:
        return a, lambda g: (g,)
    _, shifted = below_largest(a, axis)
    value = shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))
    return value, lambda g: (g - np.exp(value) * np.sum(g, axis=axis, keepdims=True),)


def below_largest(a: ndarray, axis: int | None) -> tuple[ndarray, ndarray]:
    """The maximum of a along `axis`, and a − maximum, where inf − inf counts 0: equal terms, equal shares."""
    a = as_float(a)
    top = np.max(a, axis=axis, keepdims=True)
    infinite = np.isinf(top)
    if not np.any(infinite):
        return top, a - top
    shifted = np.where(infinite, np.where(a == top, 0.0, -math.inf), a - np.where(infinite, np.zeros_like(top), top))
    return top, shifted.astype(top.dtype)


def as_float(a, *like) -> ndarray:
    """A float array as it is; integers, booleans, lists and numbers in the float dtype of `like`, float64 without one.

    The minus of an unsigned integer would wrap around.
    """
    if hasattr(a, "dtype") and a.dtype.kind == "f":
        return a
    return numpy.asarray(a).astype(float_dtype(*like, otherwise=numpy.float64))


def float_dtype(*arrays, otherwise: DTypeLike) -> numpy.dtype:
    """The dtype of the float arrays among these together; numbers and integers have no say."""
    dtypes = [a.dtype for a in arrays if hasattr(a, "dtype") and a.dtype.kind == "f"]
    return numpy.result_type(*dtypes) if dtypes else numpy.dtype(otherwise)


@differentiable
def normal_cdf(a: ndarray) -> WithGradient:
    """Φ(a), the cumulative distribution of N(0, 1), elementwise; its derivative is the density."""
    return normal_cdf(a) if is_traced(a) else _scipy("ndtr", a), lambda g: (g * _normal_density(a),)


@differentiable
def _normal_density(a: ndarray) -> WithGradient:
    """N(a) = e^{−a²/2} / √(2π), whose derivative is −a N(a); both are 0 in floating point from 39 on."""
    near = np.minimum(np.maximum(a, -40), 40)
    return np.exp(-0.5 * near * near - HALF_LOG_2PI), lambda g: (-g * near * _normal_density(near),)


@differentiable
def log_normal_cdf(a: ndarray) -> WithGradient:
    """log Φ(a), elementwise, also where Φ(a) itself is 0 in floating point; its derivative is density / Φ."""
    return log_normal_cdf(a) if is_traced(a) else _scipy("log_ndtr", a), lambda g: (g * _normal_ratio(a),)


@differentiable
def _normal_ratio(a: ndarray) -> WithGradient:
    """r = N(a) / Φ(a) = √(2/π) / erfcx(−a/√2), about −a far to the left; 0 at −inf, where nothing is left to move.

    r' = −r (a + r), in which the sum cancels on the left: half of the digits are right there, where r' is −1.
    """
    if is_traced(a):
        r = _normal_ratio(a)
    else:
        tail = _scipy("erfcx", a * -math.sqrt(0.5))  # e^{a²/2} · 2 Φ(a)
        r = np.where(tail > 0, math.sqrt(2 / math.pi) / np.where(tail > 0, tail, 1), np.zeros_like(tail))

    def backward(g):
        near = np.minimum(np.maximum(a, -(np.finfo(r.dtype).eps ** -0.25)), 40)  # from 40 on r is 0
        r_near = _normal_ratio(near)
        return (-g * r_near * (near + r_near),)

    return r, backward


def _scipy(name: str, a: ndarray) -> ndarray:
    """The function of scipy.special of this name, which knows no traced arrays: a second derivative brings them."""
    from scipy import special  # by who needs it: it takes as long to import as numpy

    return getattr(special, name)(a)


# ------------------------------------------------------------------ what networks are made of


@differentiable
def relu(a: ndarray) -> WithGradient:
    """max(a, 0), elementwise; its derivative at 0 is taken as 0."""
    return np.maximum(a, 0), lambda g: (g * (a > 0),)


@differentiable
def soft_bound(a: ndarray, limit: float) -> WithGradient:
    """a / (1 + |a|/limit), elementwise: a itself near 0, never beyond ±limit; NaN for an infinite a."""
    d = 1 + np.abs(a) / limit
    return a / d, lambda g: (g / (d * d),)


def row_sums(a: ndarray) -> ndarray:
    """Σ_j a_ij of an array (n, m) → (n,), by BLAS: for short rows several times as fast as np.sum; not traced."""
    return numpy.dot(a, numpy.ones(a.shape[1], a.dtype))


def column_sums(a: ndarray) -> ndarray:
    """Σ_i a_ij of an array (n, m) → (m,), likewise."""
    return numpy.dot(numpy.ones(len(a), a.dtype), a)


@differentiable
def total(*terms: ndarray) -> WithGradient:
    """The sum of arrays of one shape, as one step."""
    return sum(terms[1:], terms[0]), lambda g: (g,) * len(terms)


@differentiable
def dense(x: ndarray, weight: ndarray, bias: ndarray) -> WithGradient:
    """x · weight + bias: (n, inputs) · (inputs, outputs) + (outputs,) → (n, outputs)."""

    def backward(g):
        return lambda: np.dot(g, weight.T), lambda: np.dot(x.T, g), lambda: np.sum(g, axis=0)

    return np.dot(x, weight) + bias, backward


# ------------------------------------------------------------------ taking arrays apart and putting them together
# autograd's own gradient of x[:, index] adds number by number (numpy.add.at); these copy whole columns.


@differentiable
def columns(x: ndarray, index: Index) -> WithGradient:
    """x[:, index] for an integer array `index` in which no column stands twice, or a slice."""
    return x[:, index], lambda g: (_spread(g, index=index, m=np.shape(x)[1]),)


@differentiable
def _spread(x: ndarray, index: Index, m: int) -> WithGradient:
    """The transpose of `columns`: (n, len(index)) → (n, m) with x in the columns `index` and 0 elsewhere."""
    z = np.zeros((len(x), m), x.dtype)
    z[:, index] = x
    return z, lambda g: (columns(g, index=index),)


def merge_columns(x1: ndarray, x2: ndarray, index1: ndarray, index2: ndarray) -> ndarray:
    """The array with x1 in the columns `index1` and x2 in `index2`; together they name each column once."""
    place = np.argsort(np.concatenate([index1, index2]))
    return columns(np.concatenate([x1, x2], axis=1), index=place)


def split(x: ndarray, parts: int) -> tuple[ndarray, ...]:
    """Cut (n, parts · m) into `parts` arrays (n, m), one beside the other."""
    m = x.shape[1] // parts
    return tuple(columns(x, index=slice(k * m, (k + 1) * m)) for k in range(parts))


@differentiable
def pick(a: ndarray, index: ndarray) -> WithGradient:
    """a[..., index]: of each row (the last axis) the entry that its integer in `index` names: (..., K) → (...)."""

    def backward(g):
        return (_place(g, index=index, length=a.shape[-1]),)

    return a[(*numpy.indices(index.shape, sparse=True), index)], backward


@differentiable
def _place(x: ndarray, index: ndarray, length: int) -> WithGradient:
    """The transpose of `pick`: each number of x at its index in a row of zeros."""
    a = np.zeros((*x.shape, length), x.dtype)
    np.put_along_axis(a, index[..., None], x[..., None], axis=-1)
    return a, lambda g: (pick(g, index=index),)
