"""Misconceptions and other right answers for exercise 13."""

import numpy as np

from minidgm.course.bank import misconception, right_answer

# ------------------------------------------------------------------ causal_mask


def flat_position(k):
    return np.arange(k * k).reshape(k, k)


@misconception(
    "causal_mask",
    "Your kinds A and B are exchanged: A shows the centre and B hides it. Which of the two layers looks at the image "
    "itself, where the centre is the very pixel to be predicted?",
)
def kinds_exchanged(kernel_size, kind):
    position, middle = flat_position(kernel_size), kernel_size**2 // 2
    return position < middle if kind == "B" else position <= middle


@misconception(
    "causal_mask",
    "Your mask hides the centre in both kinds. With strict masks in every layer, each layer loses one more pixel, and "
    "a deep network can't use the nearest ones; look at what the centre holds from the second layer on.",
)
def strict_in_both_kinds(kernel_size, kind):
    return flat_position(kernel_size) < kernel_size**2 // 2


@misconception(
    "causal_mask",
    "Your mask shows the centre in both kinds. In the first layer the centre is the pixel to be predicted: the network "
    "then copies the answer, reaches probability one in training, and can't sample.",
)
def centre_in_both_kinds(kernel_size, kind):
    return flat_position(kernel_size) <= kernel_size**2 // 2


@misconception(
    "causal_mask",
    "Your mask uses the centre's own row and forgets the rows above it. All pixels of those rows have been read "
    "already, and without them every row of the image is modelled as if it stood alone.",
)
def forgets_the_rows_above(kernel_size, kind):
    mask, c = np.zeros((kernel_size, kernel_size), bool), kernel_size // 2
    mask[c, : c + (kind == "B")] = True
    return mask


@misconception(
    "causal_mask",
    "Your mask is transposed: it reads columns from left to right, each from top to bottom. Images are read row by "
    "row; check which index of your array is the row.",
)
def reads_columns(kernel_size, kind):
    position, middle = flat_position(kernel_size), kernel_size**2 // 2
    return (position < middle if kind == "A" else position <= middle).T


@misconception(
    "causal_mask",
    "Your mask shows the future and hides the past: True must stand where a weight may be nonzero. Every pixel would "
    "be predicted from pixels that have yet to be drawn.",
)
def shows_the_future(kernel_size, kind):
    position, middle = flat_position(kernel_size), kernel_size**2 // 2
    return position > middle if kind == "A" else position >= middle


@misconception(
    "causal_mask",
    "Your mask shows what is above AND to the left: one quadrant. The pixels above and to the right have been read as "
    "well; hiding them is a blind spot that grows with every layer.",
)
def only_a_quadrant(kernel_size, kind):
    mask, c = np.zeros((kernel_size, kernel_size), bool), kernel_size // 2
    mask[: c + 1, : c + 1] = True
    mask[c, c] = kind == "B"
    return mask


@misconception(
    "causal_mask",
    "Your mask shows the whole of the centre's row. Half of that row lies to the right of the pixel, and is read "
    "later.",
)
def whole_row(kernel_size, kind):
    mask, c = np.zeros((kernel_size, kernel_size), bool), kernel_size // 2
    mask[: c + 1] = True
    mask[c, c] = kind == "B"
    return mask


@misconception(
    "causal_mask",
    "Your mask is right in its places, but it holds floats 0 and 1. A float array is a parameter in this course's "
    "engine, and would be trained; a mask is structure.",
)
def mask_of_floats(kernel_size, kind):
    position, middle = flat_position(kernel_size), kernel_size**2 // 2
    return (position < middle if kind == "A" else position <= middle).astype(float)


@misconception(
    "causal_mask",
    "Your mask is a lower triangle. That is the mask of a matrix between sequences, row j for the j-th output; a "
    "kernel's two axes are the rows and columns of an image, with the predicted pixel in the middle.",
)
def lower_triangle(kernel_size, kind):
    return np.tri(kernel_size, k=-1 if kind == "A" else 0, dtype=bool)


@right_answer("causal_mask")
def mask_by_slices(kernel_size, kind):
    mask, c = np.zeros((kernel_size, kernel_size), dtype=bool), kernel_size // 2
    mask[:c, :] = True
    mask[c, :c] = True
    mask[c, c] = kind == "B"
    return mask


@right_answer("causal_mask")
def mask_by_loops(kernel_size, kind):
    c = kernel_size // 2
    rows = range(kernel_size)
    return np.array([[(i, j) < (c, c) or (kind == "B" and i == j == c) for j in rows] for i in rows])


# ------------------------------------------------------------------ ar_log_prob


def picked(log_p, level):
    return log_p[np.arange(len(level)), level]


def terms(y, conditional):
    """The conditionals' log-probabilities of the levels at hand, (m, n)."""
    return np.array([picked(conditional(y[:, :j]), y[:, j]) for j in range(y.shape[1])])


@misconception(
    "ar_log_prob",
    "You average over the pixels, where the chain rule adds them up: a product of m conditionals has a logarithm of m "
    "terms. (The mean per dimension is for reports, as in bits/dim.)",
)
def mean_over_pixels(y, conditional):
    return np.mean(terms(y, conditional), axis=0)


@misconception(
    "ar_log_prob",
    "You sum over the batch as well. Objects are independent, and each wants its own log-probability: shape (n,).",
)
def batch_summed(y, conditional):
    return np.sum(terms(y, conditional))


@misconception(
    "ar_log_prob",
    "You return the m terms of every object, but not their sum: the chain rule multiplies the conditionals.",
)
def terms_not_summed(y, conditional):
    return terms(y, conditional).T


@misconception(
    "ar_log_prob",
    "The prefix you pass contains the pixel that is being predicted. A network that sees the answer predicts it "
    "perfectly; the probabilities of all images then no longer sum to one. Count how many columns come before column "
    "j.",
)
def prefix_holds_the_answer(y, conditional):
    return np.sum([picked(conditional(y[:, : j + 1]), y[:, j]) for j in range(y.shape[1])], axis=0)


@misconception(
    "ar_log_prob",
    "You condition on the last pixel only: that is a Markov chain. The conditional wants all the pixels before this "
    "one.",
)
def markov_chain(y, conditional):
    return np.sum([picked(conditional(y[:, max(j - 1, 0) : j]), y[:, j]) for j in range(y.shape[1])], axis=0)


@misconception(
    "ar_log_prob",
    "Your sum lacks the first pixel. Its prefix is empty, of shape (n, 0), and the conditional has an answer for that "
    "too.",
)
def first_pixel_forgotten(y, conditional):
    return np.sum([picked(conditional(y[:, :j]), y[:, j]) for j in range(1, y.shape[1])], axis=0) + np.zeros(len(y))


@misconception(
    "ar_log_prob",
    "You condition on the pixels that come after, not on those before. The order of the factorization is the order in "
    "which pixels are drawn.",
)
def conditions_on_the_future(y, conditional):
    m = y.shape[1]
    return np.sum([picked(conditional(y[:, j + 1 :]), y[:, j]) for j in range(m)], axis=0)


@misconception(
    "ar_log_prob",
    "You return the probability itself. For 64 pixels it is already about 1e-40, and for a photograph it is zero in "
    "floating point: keep the logarithm.",
)
def probability_itself(y, conditional):
    return np.exp(np.sum(terms(y, conditional), axis=0))


@misconception(
    "ar_log_prob",
    "You take the log-probability of the most likely level at each pixel. The question is how likely the levels are "
    "that this object has: y itself says which entry to take.",
)
def most_likely_level(y, conditional):
    return np.sum([np.max(conditional(y[:, :j]), axis=1) for j in range(y.shape[1])], axis=0)


@misconception(
    "ar_log_prob",
    "You take a logarithm of something that is a logarithm already: the conditional returns log-probabilities.",
)
def logarithm_twice(y, conditional):
    return np.sum(np.log(terms(y, conditional)), axis=0)


@misconception(
    "ar_log_prob",
    "You multiply log-probabilities by a one-hot vector and sum. For a level of probability zero that is 0 · (−inf), "
    "which is NaN, even for objects that don't contain the level: pick the entry instead.",
)
def one_hot_times_log(y, conditional):
    total = 0
    for j in range(y.shape[1]):
        log_p = conditional(y[:, :j])
        total = total + np.sum((y[:, j : j + 1] == np.arange(log_p.shape[1])) * log_p, axis=1)
    return total


@misconception(
    "ar_log_prob",
    "You multiply the probabilities and take the logarithm at the end. The product of a few hundred of them is zero in "
    "floating point, and its logarithm −inf.",
)
def logarithm_of_the_product(y, conditional):
    return np.log(np.prod(np.exp(terms(y, conditional)), axis=0))


@misconception(
    "ar_log_prob",
    "You leave the logarithms, pick the probability, and go back. A log-probability of −2000 is an ordinary number; "
    "its exponential is zero. There is no need to leave.",
)
def there_and_back(y, conditional):
    return np.sum(np.log(np.exp(terms(y, conditional))), axis=0)


@misconception(
    "ar_log_prob",
    "You take the first object's levels for every object. Rows and levels must be paired: row i with the level of "
    "object i.",
)
def levels_of_the_first_object(y, conditional):
    return np.sum([conditional(y[:, :j])[:, y[0, j]] for j in range(y.shape[1])], axis=0)


@misconception(
    "ar_log_prob",
    "You select columns for every row: an (n, n) table, object i's probabilities at object k's level, which you then "
    "add up. Only the pairs i = k are wanted.",
)
def every_pair(y, conditional):
    return np.sum([np.sum(conditional(y[:, :j])[:, y[:, j]], axis=1) for j in range(y.shape[1])], axis=0)


@misconception(
    "ar_log_prob",
    "Your values are right, but they became float64 on the way: an array made by np.zeros is float64, and so is its "
    "sum with float32 numbers.",
)
def float64_total(y, conditional):
    return np.zeros(len(y)) + np.sum(terms(y, conditional), axis=0)


@misconception(
    "ar_log_prob", "You count in bits. Log-probabilities are in nats here; only bits_per_dim divides by log 2."
)
def in_bits(y, conditional):
    return np.sum(terms(y, conditional), axis=0) / float(np.log(2))


@misconception(
    "ar_log_prob",
    "`[:, y[:, j]]` selects columns for every row: an (n, n) table, object i's probabilities at object k's level. "
    "Only the pairs i = k are wanted: one row for each of the levels.",
)
def every_pair_into_a_total(y, conditional):
    total = np.zeros(len(y))
    for j in range(y.shape[1]):
        total += conditional(y[:, :j])[:, y[:, j]]
    return total


@right_answer("ar_log_prob")
def object_by_object(y, conditional):
    m = y.shape[1]
    one = [sum(conditional(row[None, :j])[0, row[j]] for j in range(m)) for row in y]
    return np.array(one)


@right_answer("ar_log_prob")
def by_take_along_axis(y, conditional):
    log_p = np.stack([conditional(y[:, :j]) for j in range(y.shape[1])], axis=1)
    return np.take_along_axis(log_p, y[:, :, None], axis=2).sum(axis=(1, 2))


@right_answer("ar_log_prob")
def by_the_diagonal(y, conditional):
    total = 0
    for j in reversed(range(y.shape[1])):
        total = total + np.diag(conditional(y[:, :j].copy())[:, y[:, j]])
    return total


# ------------------------------------------------------------------ ar_sample


def sampled(conditional, uniforms, draw):
    """Ancestral sampling with a given way to draw from log-probabilities (n, levels) by uniforms (n, 1)."""
    n, m = uniforms.shape
    y = np.zeros((n, m), dtype=int)
    for j in range(m):
        y[:, j] = draw(conditional(y[:, :j]), uniforms[:, j : j + 1])
    return y


def invert(log_p, u):
    return np.sum(np.cumsum(np.exp(log_p), axis=1)[:, :-1] <= u, axis=1)


@misconception(
    "ar_sample",
    "You take the most likely level at each pixel: that gives one and the same image every time. A sample uses the "
    "uniform numbers, and unlikely levels must come out as often as they are likely.",
)
def most_likely(conditional, uniforms):
    return sampled(conditional, uniforms, lambda log_p, u: np.argmax(log_p, axis=1))


@misconception(
    "ar_sample",
    "Every pixel uses the first uniform number of its object. Shared noise makes the pixels move together; each pixel "
    "needs one of its own.",
)
def one_uniform_for_all_pixels(conditional, uniforms):
    return sampled(conditional, np.repeat(uniforms[:, :1], uniforms.shape[1], axis=1), invert)


@misconception(
    "ar_sample",
    "All objects use the first object's uniform numbers, so the whole batch is the same image.",
)
def one_uniform_for_all_objects(conditional, uniforms):
    return sampled(conditional, np.repeat(uniforms[:1], len(uniforms), axis=0), invert)


@misconception(
    "ar_sample",
    "Your comparison is the wrong way at equality: for u = 0 a first level of probability zero is drawn. Its piece of "
    "[0, 1) is empty; the level drawn must have a cumulative sum strictly above u.",
)
def equality_on_the_wrong_side(conditional, uniforms):
    return sampled(conditional, uniforms, lambda log_p, u: np.sum(np.cumsum(np.exp(log_p), 1)[:, :-1] < u, axis=1))


@misconception(
    "ar_sample",
    "The conditional always sees zeros in place of the pixels you have drawn. Each pixel depends on the ones before "
    "it: the prefix has to be what was sampled.",
)
def prefix_never_filled(conditional, uniforms):
    n, m = uniforms.shape
    zeros = np.zeros((n, m), dtype=int)
    return np.stack([invert(conditional(zeros[:, :j]), uniforms[:, j : j + 1]) for j in range(m)], axis=1)


@misconception(
    "ar_sample",
    "Every pixel is drawn from the first pixel's distribution: you ask the conditional once, for the empty prefix. "
    "That makes the pixels independent and alike.",
)
def all_at_once(conditional, uniforms):
    log_p = conditional(np.zeros((len(uniforms), 0), dtype=int))
    return np.stack([invert(log_p, u[:, None]) for u in uniforms.T], axis=1)


@misconception(
    "ar_sample",
    "You add up log-probabilities. The pieces on [0, 1) are as long as the probabilities: exponentiate first.",
)
def cumulative_sum_of_logs(conditional, uniforms):
    return sampled(conditional, uniforms, lambda log_p, u: np.sum(np.cumsum(log_p, axis=1)[:, :-1] <= u, axis=1))


@misconception(
    "ar_sample",
    "You compare u with the probabilities themselves, not with their cumulative sum: pieces that all start at zero "
    "overlap.",
)
def probabilities_not_cumulated(conditional, uniforms):
    return sampled(conditional, uniforms, lambda log_p, u: np.sum(np.exp(log_p)[:, :-1] <= u, axis=1))


@misconception(
    "ar_sample",
    "Your cumulative sum runs over the objects. It belongs to the levels of one object: check the axis.",
)
def cumulative_sum_over_objects(conditional, uniforms):
    return sampled(conditional, uniforms, lambda log_p, u: np.sum(np.cumsum(np.exp(log_p), 0)[:, :-1] <= u, axis=1))


@misconception(
    "ar_sample",
    "You cut [0, 1) into equal pieces, one a level, and never use the probabilities: that is noise, not a sample.",
)
def equal_pieces(conditional, uniforms):
    return sampled(conditional, uniforms, lambda log_p, u: (u[:, 0] * log_p.shape[1]).astype(int))


@misconception(
    "ar_sample",
    "Your levels are one too low: you return the last level whose cumulative sum is still below u, and the one after "
    "it is wanted.",
)
def one_level_too_low(conditional, uniforms):
    return sampled(conditional, uniforms, lambda log_p, u: np.maximum(invert(log_p, u) - 1, 0))


@misconception(
    "ar_sample",
    "You lay the levels end to end from the top, the last level first. The samples have the right distribution, but "
    "these uniforms must give other ones: level 0 owns the piece that begins at u = 0.",
)
def levels_from_the_top(conditional, uniforms):
    return sampled(conditional, 1 - 2.0**-53 - uniforms, invert)


@misconception(
    "ar_sample",
    "For u close to 1 you return the level `levels`, which doesn't exist: in floating point the cumulative sum may end "
    "just below 1, and then u can be above all of it.",
)
def falls_off_the_end(conditional, uniforms):
    return sampled(conditional, uniforms, lambda log_p, u: np.sum(np.cumsum(np.exp(log_p), axis=1) <= u, axis=1))


@misconception(
    "ar_sample",
    "For u close to 1 you return level 0: in floating point the cumulative sum may end just below 1, no entry of it is "
    "then above u, and argmax of nothing but False is 0.",
)
def argmax_of_nothing(conditional, uniforms):
    return sampled(conditional, uniforms, lambda log_p, u: np.argmax(np.cumsum(np.exp(log_p), axis=1) > u, axis=1))


@misconception(
    "ar_sample",
    "Your levels are floats. A level is an index: it picks a column in the conditional's table.",
)
def levels_as_floats(conditional, uniforms):
    return sampled(conditional, uniforms, invert).astype(float)


@misconception(
    "ar_sample",
    "`uniforms[:, j]` has shape (n,) and the cumulative sums (n, levels): numpy sets the last axes against each other, "
    "objects against levels. Each object's number must meet all levels of its own row.",
)
def uniforms_against_levels(conditional, uniforms):
    return sampled(conditional, uniforms, lambda log_p, u: np.sum(np.cumsum(np.exp(log_p), 1) <= u[:, 0], axis=1))


@right_answer("ar_sample")
def object_by_object_searched(conditional, uniforms):
    images = []
    for row in uniforms:
        y = np.zeros((1, 0), dtype=np.int64)
        for u in row:
            cumulative = np.cumsum(np.exp(conditional(y)[0]))
            level = min(np.searchsorted(cumulative, u, side="right"), len(cumulative) - 1)
            y = np.concatenate([y, [[level]]], axis=1)
        images.append(y[0])
    return np.array(images)


@right_answer("ar_sample")
def by_argmax_of_a_comparison(conditional, uniforms):
    def draw(log_p, u):
        above = np.cumsum(np.exp(log_p), axis=1) > u
        above[:, -1] = True
        return np.argmax(above, axis=1)

    return sampled(conditional, uniforms, draw)


@right_answer("ar_sample")
def by_clipping_in_double(conditional, uniforms):
    def draw(log_p, u):
        p = np.exp(log_p.astype(float))
        return np.minimum(np.sum(np.cumsum(p, axis=1) <= u, axis=1), log_p.shape[1] - 1)

    return sampled(conditional, uniforms, draw)


# ------------------------------------------------------------------ more of each


@misconception(
    "causal_mask",
    "Your mask shows the rows above and nothing of the pixel's own row. What lies left of the centre was read before "
    "it, too.",
)
def nothing_left_of_the_centre(kernel_size, kind):
    mask = np.zeros((kernel_size, kernel_size), dtype=bool)
    mask[: kernel_size // 2] = True
    mask[kernel_size // 2, kernel_size // 2] = kind == "B"
    return mask


@misconception(
    "ar_log_prob",
    "Every pixel is scored by the first pixel's distribution: you ask the conditional with the empty prefix each "
    "time. That makes the pixels independent and alike.",
)
def empty_prefix_throughout(y, conditional):
    log_p = conditional(y[:, :0])
    return sum(log_p[np.arange(len(y)), y[:, j]] for j in range(y.shape[1]))
