"""Exercise 13 as new users answer it."""

import numpy as np

from minidgm.course.bank import misconception as wrong
from minidgm.course.bank import right_answer as right

C, L, S = "causal_mask", "ar_log_prob", "ar_sample"


@wrong(C, "A and B exchanged")
def exchanged(kernel_size, kind):
    k = kernel_size
    flat = np.arange(k * k).reshape(k, k)
    return flat < k * k // 2 if kind == "B" else flat <= k * k // 2


@wrong(C, "the kind ignored")
def kind_ignored(kernel_size, kind):
    k = kernel_size
    return np.arange(k * k).reshape(k, k) < k * k // 2


@wrong(C, "lower half: bottom rows")
def bottom(kernel_size, kind):
    k = kernel_size
    flat = np.arange(k * k).reshape(k, k)
    return flat > k * k // 2 if kind == "A" else flat >= k * k // 2


@wrong(C, "whole rows above, and nothing of its own")
def rows_above(kernel_size, kind):
    k = kernel_size
    mask = np.zeros((k, k), bool)
    mask[: k // 2] = True
    if kind == "B":
        mask[k // 2, k // 2] = True
    return mask


@wrong(C, "a triangle: np.tril")
def triangle(kernel_size, kind):
    return np.tril(np.ones((kernel_size, kernel_size), bool), 0 if kind == "B" else -1)


@wrong(C, "floats")
def floats(kernel_size, kind):
    k = kernel_size
    mask = np.ones((k, k))
    mask[k // 2, k // 2 + (kind == "B") :] = 0
    mask[k // 2 + 1 :] = 0
    return mask


@wrong(C, "the whole centre row")
def centre_row(kernel_size, kind):
    k = kernel_size
    mask = np.zeros((k, k), bool)
    mask[: k // 2 + 1] = True
    mask[k // 2, k // 2] = kind == "B"
    return mask


@wrong(C, "columns: transposed")
def columns(kernel_size, kind):
    k = kernel_size
    flat = np.arange(k * k).reshape(k, k)
    return (flat < k * k // 2 + (kind == "B")).T


@right(C)
def loops(kernel_size, kind):
    c = kernel_size // 2
    return np.array(
        [[(i, j) < (c, c) or (kind == "B" and i == j == c) for j in range(kernel_size)] for i in range(kernel_size)]
    )


@wrong(L, "the conditional is given the pixel itself")
def sees_itself(y, conditional):
    out = 0
    for j in range(y.shape[1]):
        out = out + conditional(y[:, : j + 1])[np.arange(len(y)), y[:, j]]
    return out


@wrong(L, "mean over the pixels")
def mean(y, conditional):
    terms = [conditional(y[:, :j])[np.arange(len(y)), y[:, j]] for j in range(y.shape[1])]
    return np.mean(terms, axis=0)


@wrong(L, "probabilities multiplied, then their logarithm")
def product(y, conditional):
    p = 1.0
    for j in range(y.shape[1]):
        p = p * np.exp(conditional(y[:, :j]))[np.arange(len(y)), y[:, j]]
    return np.log(p)


@wrong(L, "one-hot times log-prob: 0 * -inf")
def one_hot(y, conditional):
    out = 0
    for j in range(y.shape[1]):
        log_p = conditional(y[:, :j])
        out = out + np.sum(np.eye(log_p.shape[1])[y[:, j]] * log_p, axis=1)
    return out


@wrong(L, "the first pixel left out")
def first_left_out(y, conditional):
    out = np.zeros(len(y))
    for j in range(1, y.shape[1]):
        out = out + conditional(y[:, :j])[np.arange(len(y)), y[:, j]]
    return out


@wrong(L, "independent pixels: empty prefix for all")
def independent(y, conditional):
    first = conditional(y[:, :0])
    return sum(first[np.arange(len(y)), y[:, j]] for j in range(y.shape[1]))


@wrong(L, "summed over the batch")
def over_batch(y, conditional):
    terms = [conditional(y[:, :j])[np.arange(len(y)), y[:, j]] for j in range(y.shape[1])]
    return np.sum(terms)


@wrong(L, "only one predecessor")
def markov(y, conditional):
    out = 0
    for j in range(y.shape[1]):
        out = out + conditional(y[:, max(j - 1, 0) : j])[np.arange(len(y)), y[:, j]]
    return out


@wrong(L, "column y of object 0: take along the wrong axis")
def wrong_axis(y, conditional):
    return sum(conditional(y[:, :j])[:, y[:, j]].sum(axis=1) for j in range(y.shape[1]))


@right(L)
def take_along(y, conditional):
    parts = [np.take_along_axis(conditional(y[:, :j]), y[:, j : j + 1].astype(int), 1) for j in range(y.shape[1])]
    return np.concatenate(parts, axis=1).sum(axis=1)


@wrong(S, "argmax")
def argmax(conditional, uniforms):
    n, m = uniforms.shape
    y = np.zeros((n, m), int)
    for j in range(m):
        y[:, j] = np.argmax(conditional(y[:, :j]), axis=1)
    return y


@wrong(S, "own random numbers: np.random.choice")
def own_random(conditional, uniforms):
    n, m = uniforms.shape
    y = np.zeros((n, m), int)
    for j in range(m):
        p = np.exp(conditional(y[:, :j]))
        y[:, j] = [np.random.choice(len(row), p=row / row.sum()) for row in p]
    return y


@wrong(S, "own random numbers with a seed")
def own_random_seeded(conditional, uniforms):
    rng = np.random.default_rng(0)
    n, m = uniforms.shape
    y = np.zeros((n, m), int)
    for j in range(m):
        p = np.exp(conditional(y[:, :j]))
        y[:, j] = [rng.choice(len(row), p=row / row.sum()) for row in p]
    return y


@wrong(S, "Gumbel trick with the one uniform")
def gumbel(conditional, uniforms):
    n, m = uniforms.shape
    y = np.zeros((n, m), int)
    for j in range(m):
        log_p = conditional(y[:, :j])
        y[:, j] = np.argmax(log_p - np.log(-np.log(uniforms[:, j : j + 1] + 1e-12)), axis=1)
    return y


@wrong(S, "all pixels from the empty prefix")
def empty_prefix(conditional, uniforms):
    n, m = uniforms.shape
    cdf = np.cumsum(np.exp(conditional(np.zeros((n, 0), int))), axis=1)
    return np.sum(uniforms[:, :, None] >= cdf[:, None], axis=2).clip(0, cdf.shape[1] - 1)


@wrong(S, "cdf >= u, argmax: level of probability zero drawn at u = 0")
def not_strict(conditional, uniforms):
    n, m = uniforms.shape
    y = np.zeros((n, m), int)
    for j in range(m):
        cdf = np.cumsum(np.exp(conditional(y[:, :j])), axis=1)
        y[:, j] = np.argmax(cdf >= uniforms[:, j : j + 1], axis=1)
    return y


@wrong(S, "argmax of cdf > u, 0 where the sum ends below u")
def falls_to_zero(conditional, uniforms):
    n, m = uniforms.shape
    y = np.zeros((n, m), int)
    for j in range(m):
        cdf = np.cumsum(np.exp(conditional(y[:, :j])), axis=1)
        y[:, j] = np.argmax(cdf > uniforms[:, j : j + 1], axis=1)
    return y


@wrong(S, "the level counted from the top")
def from_the_top(conditional, uniforms):
    n, m = uniforms.shape
    y = np.zeros((n, m), int)
    for j in range(m):
        p = np.exp(conditional(y[:, :j]))
        cdf = np.cumsum(p, axis=1)
        y[:, j] = np.minimum(np.sum(cdf <= 1 - uniforms[:, j : j + 1], axis=1), p.shape[1] - 1)
    return y


@wrong(S, "floats")
def floats_returned(conditional, uniforms):
    n, m = uniforms.shape
    y = np.zeros((n, m))
    for j in range(m):
        cdf = np.cumsum(np.exp(conditional(y[:, :j].astype(int))), axis=1)
        y[:, j] = np.minimum(np.sum(cdf <= uniforms[:, j : j + 1], axis=1), cdf.shape[1] - 1)
    return y


@right(S)
def searchsorted(conditional, uniforms):
    n, m = uniforms.shape
    y = np.zeros((n, 0), int)
    for j in range(m):
        cdf = np.cumsum(np.exp(conditional(y)), axis=1)
        last = [np.flatnonzero(np.diff(row, prepend=0) > 0)[-1] for row in cdf]
        new = [min(np.searchsorted(row, u, side="right"), k) for row, u, k in zip(cdf, uniforms[:, j], last)]
        y = np.column_stack([y, np.array(new, int)])
    return y


# ------------------------------------------------------------------ a second trial, after the first was mended


@wrong(C, "True for what is hidden")
def hidden(kernel_size, kind):
    k = kernel_size
    return np.arange(k * k).reshape(k, k) >= k * k // 2 + (kind == "B")


@wrong(C, "kind compared with lower case")
def lower_case(kernel_size, kind):
    k = kernel_size
    return np.arange(k * k).reshape(k, k) < k * k // 2 + (kind == "b")


@wrong(L, "each pixel given the first")
def given_the_first(y, conditional):
    return sum(conditional(y[:, : min(j, 1)])[np.arange(len(y)), y[:, j]] for j in range(y.shape[1]))


@wrong(S, "uniforms of the column before")
def late(conditional, uniforms):
    return searchsorted(conditional, np.roll(uniforms, 1, axis=1))


@wrong(S, "1 - u")
def mirrored(conditional, uniforms):
    return searchsorted(conditional, 1 - uniforms - 1e-12)


# ------------------------------------------------------------------ a third trial, after the second was mended


@wrong(L, "levels one too high")
def one_off(y, conditional):
    out = 0
    for j in range(y.shape[1]):
        log_p = conditional(y[:, :j])
        out = out + log_p[np.arange(len(y)), (y[:, j] + 1) % log_p.shape[1]]
    return out


@wrong(S, "searches with the left side on the sums without the last")
def rounded_up(conditional, uniforms):
    n, m = uniforms.shape
    y = np.zeros((n, m), int)
    for j in range(m):
        p = np.exp(conditional(y[:, :j]))
        y[:, j] = np.minimum((uniforms[:, j] * p.shape[1]).astype(int), p.shape[1] - 1)
    return y
