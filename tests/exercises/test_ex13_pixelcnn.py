"""Graders of exercise 13: causal masks, the chain rule, and sampling pixel by pixel."""

import itertools

import numpy as np

from minidgm.course.grading import Wrong, close, dtype, grades, reference, same, shape

solution = reference("ex13_pixelcnn")


def make_conditional(m, levels, dtype=np.float64, flat=False):
    """Log-probabilities that depend on every pixel of the prefix and on its place; flat: of places alone."""
    rng = np.random.RandomState(10 * m + levels)
    first = rng.standard_normal((m + 1, levels))
    weights = 0 if flat else rng.standard_normal((m + 1, m, levels, levels))

    def conditional(prefix):
        j = prefix.shape[1]
        logits = np.tile(first[j], (len(prefix), 1))
        if not flat:
            seen = prefix[:, :, None] == np.arange(levels)
            logits = logits + np.einsum("nia,iab->nb", seen, weights[j, :j])
        logits = logits - logits.max(axis=1, keepdims=True)
        return (logits - np.log(np.sum(np.exp(logits), axis=1, keepdims=True))).astype(dtype)

    return conditional


def always(probabilities, dtype=np.float64):
    """A conditional that never changes."""
    with np.errstate(divide="ignore"):
        log_p = np.log(np.asarray(probabilities, dtype=float)).astype(dtype)
    return lambda prefix: np.tile(log_p, (len(prefix), 1))


def images(n, m, levels):
    return np.random.RandomState(7 * n + m).randint(0, levels, (n, m))


# ------------------------------------------------------------------ causal_mask


def each_mask(answer):
    for k, kind in itertools.product((3, 5, 7), "AB"):
        mask = answer.causal_mask(k, kind)
        shape(mask, (k, k), f"The mask for kernel_size={k}")
        yield k, kind, mask, f'causal_mask({k}, "{kind}")'


@grades("causal_mask")
def test_causal_mask_hides_what_has_not_been_read(answer):
    for k, _, mask, case in each_mask(answer):
        c = k // 2
        close(mask[c + 1 :].astype(bool), np.zeros((c, k), bool), f"{case}: rows below the centre come later")
        close(mask[c, c + 1 :].astype(bool), np.zeros(c, bool), f"{case}: places right of the centre come later")


@grades("causal_mask")
def test_causal_mask_shows_all_that_has_been_read(answer):
    for k, _, mask, case in each_mask(answer):
        c = k // 2
        close(mask[:c].astype(bool), np.ones((c, k), bool), f"{case}: rows above the centre came earlier, all of them")
        close(mask[c, :c].astype(bool), np.ones(c, bool), f"{case}: places left of the centre came earlier")


@grades("causal_mask")
def test_causal_mask_shows_the_centre_in_kind_b_only(answer):
    for k, kind, mask, case in each_mask(answer):
        wanted = (
            "the first layer must not see the pixel it predicts" if kind == "A" else "features at the centre are fair"
        )
        close(bool(mask[k // 2, k // 2]), kind == "B", f"{case}: at the centre, {wanted}")


@grades("causal_mask")
def test_causal_mask_of_one_pixel(answer):
    for kind in "AB":
        mask = answer.causal_mask(1, kind)
        shape(mask, (1, 1), "The mask for kernel_size=1")
        close(bool(mask[0, 0]), kind == "B", f'causal_mask(1, "{kind}") holds the centre alone')


@grades("causal_mask")
def test_causal_mask_is_boolean(answer):
    if (got := np.asarray(answer.causal_mask(5, "A")).dtype).kind != "b":
        raise Wrong(
            f"The mask has dtype {got}; wanted bool: a mask says yes or no, it is not a number to compute with."
        )


# ------------------------------------------------------------------ ar_log_prob


@grades("ar_log_prob")
def test_ar_log_prob_is_one_number_per_object(answer):
    for n, m, levels in ((5, 3, 4), (1, 4, 3), (3, 3, 3), (2, 1, 5), (4, 6, 2)):
        got = answer.ar_log_prob(images(n, m, levels), make_conditional(m, levels))
        shape(got, (n,), f"log P(y) for n={n}, m={m}, levels={levels} (one number per object)")


@grades("ar_log_prob")
def test_ar_log_prob_sums_to_one_over_all_images(answer):
    for m, levels in ((1, 3), (3, 3), (4, 2), (2, 5)):
        every = np.array(list(itertools.product(range(levels), repeat=m)))
        got = answer.ar_log_prob(every, make_conditional(m, levels))
        shape(got, (levels**m,), f"log P(y) of all {levels**m} images with m={m}, levels={levels}")
        close(np.sum(np.exp(got)), 1.0, f"The probabilities of all {levels**m} images of {m} pixels must sum to one")


@grades("ar_log_prob")
def test_ar_log_prob_of_independent_pixels_is_the_sum_of_theirs(answer):
    y, conditional = images(6, 5, 4), make_conditional(5, 4, flat=True)
    wanted = sum(conditional(np.zeros((1, j)))[0, y[:, j]] for j in range(5))
    close(answer.ar_log_prob(y, conditional), wanted, "Pixels that don't depend on each other: log P(y) adds theirs up")


@grades("ar_log_prob")
def test_ar_log_prob_uses_the_whole_prefix(answer):
    for n, m, levels in ((5, 4, 3), (6, 6, 2), (1, 3, 7), (3, 3, 3)):
        y, conditional = images(n, m, levels), make_conditional(m, levels)
        message = f"n={n}, m={m}, levels={levels}: log P(y) with conditionals that look at every earlier pixel"
        close(answer.ar_log_prob(y, conditional), solution.ar_log_prob(y, conditional), message)


@grades("ar_log_prob")
def test_ar_log_prob_lets_a_level_have_probability_zero(answer):
    y = np.array([[0, 2, 0], [2, 1, 0]])
    got = answer.ar_log_prob(y, always([0.5, 0.0, 0.5]))
    shape(got, (2,), "log P(y) of two objects")
    close(got, [3 * np.log(0.5), -np.inf], "Level 1 has probability zero, and the second object alone contains it")


@grades("ar_log_prob")
def test_ar_log_prob_survives_many_pixels(answer):
    y = images(2, 400, 256)
    got = answer.ar_log_prob(y, always(np.full(256, 1 / 256)))
    close(got, np.full(2, -400 * np.log(256)), "400 pixels of 256 equally likely levels, whose probability is 1e-963")


@grades("ar_log_prob")
def test_ar_log_prob_survives_one_very_unlikely_pixel(answer):
    conditional = lambda prefix: np.tile([0.0, -2000.0], (len(prefix), 1))  # noqa: E731
    got = answer.ar_log_prob(np.array([[0, 1, 0], [0, 0, 0]]), conditional)
    close(got, [-2000.0, 0.0], "A level of log-probability −2000, which is zero as a probability")


@grades("ar_log_prob")
def test_ar_log_prob_keeps_float32(answer):
    y, conditional = images(4, 5, 3), make_conditional(5, 3, np.float32)
    got = answer.ar_log_prob(y, conditional)
    dtype(got, np.float32, "log P(y) from float32 log-probabilities")
    close(got, solution.ar_log_prob(y, conditional), "log P(y) in float32")


# ------------------------------------------------------------------ ar_sample


def check_levels(y, n, m, levels, case):
    shape(y, (n, m), f"y {case}")
    if (got := np.asarray(y).dtype).kind not in "iu":
        raise Wrong(f"y {case} has dtype {got}; wanted integers: a level is an index into the conditional's columns.")
    if y.min() < 0 or y.max() >= levels:
        raise Wrong(f"y {case} holds level {y.min() if y.min() < 0 else y.max()}; there are only 0..{levels - 1}.")


def grid(points, m):
    """Midpoints of a grid on the unit cube, (points^m, m): uniforms without randomness."""
    axis = (np.arange(points) + 0.5) / points
    return np.stack(np.meshgrid(*[axis] * m, indexing="ij"), axis=-1).reshape(-1, m)


@grades("ar_sample")
def test_ar_sample_gives_integer_levels(answer):
    for n, m, levels in ((5, 3, 4), (1, 4, 3), (3, 3, 3), (6, 1, 2)):
        u = np.random.RandomState(n).random_sample((n, m))
        y = answer.ar_sample(make_conditional(m, levels), u)
        check_levels(y, n, m, levels, f"for n={n}, m={m}, levels={levels}")


@grades("ar_sample")
def test_ar_sample_inverts_the_cumulative_sum(answer):
    u = np.array([[0.05], [0.15], [0.25], [0.45], [0.55], [0.95]])
    y = answer.ar_sample(always([0.1, 0.4, 0.5]), u)
    check_levels(y, 6, 1, 3, "for one pixel")
    close(y[:, 0], [0, 1, 1, 1, 2, 2], "Probabilities 0.1, 0.4, 0.5 and u = 0.05, 0.15, 0.25, 0.45, 0.55, 0.95")


@grades("ar_sample")
def test_ar_sample_draws_images_as_often_as_they_are_likely(answer):
    for m, levels, points in ((1, 4, 1000), (2, 3, 40), (3, 2, 12)):
        conditional = make_conditional(m, levels)
        y = answer.ar_sample(conditional, grid(points, m))
        check_levels(y, points**m, m, levels, f"for m={m}, levels={levels}")
        every = np.array(list(itertools.product(range(levels), repeat=m)))
        share = np.mean(np.all(y[:, None] == every, axis=2), axis=0)
        message = (
            f"m={m}, levels={levels}: the share of each image (in order 0..0 to {levels - 1}..{levels - 1}) among "
        )
        message += (
            f"samples whose uniforms are an even grid must be its probability, within the grid's {m / points:.3f}"
        )
        close(share, np.exp(solution.ar_log_prob(every, conditional)), message, rtol=0, atol=m / points)


@grades("ar_sample")
def test_ar_sample_conditions_on_what_it_has_drawn(answer):
    def repeat(prefix):
        if prefix.shape[1] == 0:
            return always([0.3, 0.3, 0.4])(prefix)
        return np.log(np.maximum(prefix[:, :1] == np.arange(3), 1e-300))

    y = answer.ar_sample(repeat, np.random.RandomState(3).random_sample((20, 4)))
    check_levels(y, 20, 4, 3, "for a model that repeats its first pixel")
    same(y, np.repeat(y[:, :1], 4, axis=1), "A model in which every pixel repeats the first one with certainty")


@grades("ar_sample")
def test_ar_sample_follows_every_uniform(answer):
    for n, m, levels in ((7, 5, 3), (4, 6, 4), (3, 3, 3), (1, 5, 6)):
        conditional, u = make_conditional(m, levels), np.random.RandomState(n + m).random_sample((n, m))
        y = answer.ar_sample(conditional, u)
        check_levels(y, n, m, levels, f"for n={n}, m={m}, levels={levels}")
        wanted = solution.ar_sample(conditional, u)
        close(y, wanted, f"n={n}, m={m}, levels={levels}: pixel j of object i is decided by uniforms[i, j]")


@grades("ar_sample")
def test_ar_sample_never_draws_a_level_of_probability_zero(answer):
    y = answer.ar_sample(always([0.0, 0.5, 0.0, 0.5]), np.array([[0.0, 0.2, 0.7]]))
    check_levels(y, 1, 3, 4, "with levels of probability zero")
    close(y, [[1, 1, 3]], "Probabilities 0, 0.5, 0, 0.5 and u = 0, 0.2, 0.7")


@grades("ar_sample")
def test_ar_sample_stays_within_the_levels(answer):
    conditional = always([0.1] * 10, np.float32)  # whose cumulative sum may end below 1
    short = lambda prefix: conditional(prefix) - np.float32(1e-6)  # noqa: E731  and here surely does
    u = np.full((2, 3), 1 - 2.0**-53)
    y = answer.ar_sample(short, u)
    check_levels(y, 2, 3, 10, "for u just below 1 and probabilities that sum to 0.999999 by rounding")
    close(y, np.full((2, 3), 9), "u just below 1 must give the last level")
