"""Misconceptions and other right answers for exercise 26: tests that miss too much, or reject too much, and good ones.

A sentence says what all the implementations have in common that a check got wrong, and no more: how the check is
written cannot be seen from its verdicts.
"""

import numpy as np
from scipy.special import logsumexp

from minidgm.course.bank import misconception, right_answer
from minidgm.course.grading import reference

solution = reference("ex26_museum")


def complains(number, candidate):
    """Whether the solution's check rejects a candidate."""
    try:
        getattr(solution, f"check_{number}")(candidate)
    except AssertionError:
        return True
    return False


def demand(condition):
    if not condition:
        raise AssertionError


# ------------------------------------------------------------------ what goes wrong with any test


def silent(number):
    def check(candidate):
        complains(number, candidate)

    return check


def hostile(number):
    def check(candidate):
        raise AssertionError

    return check


def upside_down(number):
    def check(candidate):
        demand(complains(number, candidate))

    return check


GENERAL = (
    (
        silent,
        "Your check complains about nothing. Either what it demands holds for the bug as well, or it does not tell: "
        "only a raised AssertionError does (`assert condition`), no `print`, and no `except` around it.",
    ),
    (
        hostile,
        "Your check complains about everything, right implementations included. Work out by hand what it demands of a "
        "right one.",
    ),
    (
        upside_down,
        "Your check is upside down: it complains about what is right and lets the bug pass. `assert` wants what must "
        "be true.",
    ),
)

for k in range(1, 9):
    for make, sentence in GENERAL:
        check = misconception(f"check_{k}", sentence)(make(k))
        check.entry = check.entry._replace(name=f"{make.__name__}_{k}")
        globals()[f"{make.__name__}_{k}"] = check
    del check


def data(n, m, seed=1, scale=1.0):
    return scale * np.random.RandomState(seed).standard_normal((n, m))


# ------------------------------------------------------------------ 1


@misconception(
    "check_1",
    "All that your check lets pass is right for m = 2, as its authors had it: even and odd columns are the halves "
    "there. Take more columns, an even number and an odd one.",
)
def two_columns_only(candidate):
    f, g = candidate
    x = data(5, 2, scale=3.0)
    demand(np.allclose(g(f(x)), x, atol=1e-6))


@misconception(
    "check_1",
    "What your check lets pass is right for even m. Where the halves are unequal more can go wrong: take m = 3, too.",
)
def even_columns_only(candidate):
    f, g = candidate
    for m in (2, 4, 6):
        x = data(5, m, scale=3.0)
        demand(np.allclose(g(f(x)), x, atol=1e-6))


@misconception(
    "check_1",
    "What your check lets pass is right for a single object. Mistakes between the objects of a batch need several.",
)
def one_object_only(candidate):
    f, g = candidate
    for m in (2, 3, 5):
        x = data(1, m, scale=3.0)
        demand(np.allclose(g(f(x)), x, atol=1e-6))


@misconception(
    "check_1",
    "What your check lets pass is right for small numbers. Take some of size 5 or 10: what is clipped shows nowhere "
    "else.",
)
def small_numbers_only(candidate):
    f, g = candidate
    for m in (2, 3, 5):
        x = data(5, m, scale=0.1)
        demand(np.allclose(g(f(x)), x, atol=1e-6))


@misconception(
    "check_1",
    "What your check rejects is off by rounding errors only, at most 1e-8. Compare with np.allclose and a tolerance.",
)
def compared_exactly(candidate):
    f, g = candidate
    for m in (2, 3, 5):
        x = data(5, m, scale=3.0)
        demand(np.array_equal(g(f(x)), x))


@misconception(
    "check_1",
    "What your check rejects does not leave the first half in its place. Others cut elsewhere, or not at all: "
    "demand what holds for all of them, that g undoes f.",
)
def first_half_demanded(candidate):
    f, g = candidate
    for m in (2, 3, 5):
        x = data(5, m, scale=3.0)
        demand(np.allclose(f(x)[:, : m // 2], x[:, : m // 2]) and np.allclose(g(f(x)), x, atol=1e-6))


@right_answer("check_1")
def from_the_latent_side(candidate):
    f, g = candidate
    for n, m in ((1, 2), (6, 3), (6, 4), (3, 9)):
        for scale in (1.0, 8.0):
            z = data(n, m, m, scale)
            np.testing.assert_allclose(f(g(z)), z, atol=1e-5)


@right_answer("check_1")
def object_by_object(candidate):
    f, g = candidate
    x = data(20, 5, scale=4.0)
    together = g(f(x))
    for row, back in zip(x, together):
        demand(np.max(np.abs(back - row)) < 1e-6)


# ------------------------------------------------------------------ 2


@misconception(
    "check_2",
    "In all that your check lets pass the two log-determinants cancel, and both are wrong: hold one of them against "
    "a derivative.",
)
def cancelling_only(candidate):
    f, g = candidate
    for m in (1, 3):
        x = data(4, m)
        z, there = f(x)
        demand(np.allclose(g(z)[1], -there, atol=1e-6))


def jacobian_log_det(f, x):
    """log|det| of one direction at each object, by differences."""
    found = []
    for row in x:
        steps = 1e-4 * np.eye(len(row))
        found.append(np.linalg.slogdet((f(row + steps)[0] - f(row - steps)[0]) / 2e-4)[1])
    return np.array(found)


@misconception(
    "check_2",
    "All that your check lets pass is right on the way there. The published bug is in the way back: test g, too.",
)
def way_there_only(candidate):
    f, _ = candidate
    for m in (1, 3):
        x = data(4, m)
        demand(f(x)[1].shape == (4,) and np.allclose(f(x)[1], jacobian_log_det(f, x), atol=1e-5))


@misconception(
    "check_2",
    "What your check lets pass is wrong on the way there only. Test f's log_det as well as g's.",
)
def way_back_only(candidate):
    f, g = candidate
    for m in (1, 3):
        z = f(data(4, m))[0]
        demand(g(z)[1].shape == (4,) and np.allclose(g(z)[1], jacobian_log_det(g, z), atol=1e-5))


@misconception(
    "check_2",
    "In all that your check lets pass x comes back. It is the log-determinants that are wrong there.",
)
def arrays_only(candidate):
    f, g = candidate
    x = data(4, 3)
    demand(np.allclose(g(f(x)[0])[0], x, atol=1e-6))


@misconception(
    "check_2",
    "What your check lets pass is NaN, for which abs(a − b) > tolerance is False. Demand that the difference is "
    "small, instead of complaining when it is large.",
)
def nan_passes(candidate):
    f, g = candidate
    for m in (1, 3):
        x = data(4, m)
        z, there = f(x)
        for got, wanted in ((there, jacobian_log_det(f, x)), (g(z)[1], -there)):
            if got.shape != (4,) or np.any(np.abs(got - wanted) > 1e-5):
                raise AssertionError


@misconception(
    "check_2",
    "What your check rejects has a Jacobian that is not diagonal, a permutation's and a coupling layer's. The "
    "determinant of the whole matrix is meant: np.linalg.slogdet.",
)
def diagonal_demanded(candidate):
    f, g = candidate
    for m in (1, 3, 4):
        x = data(4, m)
        z, there = f(x)
        slopes = [(f(x + step)[0] - f(x - step)[0])[:, j] / 2e-4 for j, step in enumerate(1e-4 * np.eye(m))]
        with np.errstate(all="ignore"):
            demand(np.allclose(there, np.sum(np.log(np.abs(slopes)), axis=0), atol=1e-5))
        demand(np.allclose(g(z)[1], -there, atol=1e-6))


@misconception(
    "check_2",
    "All that your check lets pass is right at x = 0, where the slope is 1 and its logarithm 0. So was the "
    "published test. Choose points where the map stretches.",
)
def at_zero_only(candidate):
    f, g = candidate
    x = np.zeros((4, 3))
    z, there = f(x)
    demand(np.allclose(there, jacobian_log_det(f, x), atol=1e-5) and np.allclose(g(z)[1], -there, atol=1e-6))


@right_answer("check_2")
def both_against_derivatives(candidate):
    f, g = candidate
    for m in (1, 2, 4):
        x = data(3, m, m)
        z, there = f(x)
        back, log_det = g(z)
        np.testing.assert_allclose(there, jacobian_log_det(f, x), atol=1e-4)
        np.testing.assert_allclose(log_det, jacobian_log_det(g, z), atol=1e-4)
        np.testing.assert_allclose(back, x, atol=1e-6)


@right_answer("check_2")
def from_the_latent_side_with_one_sided_steps(candidate):
    f, g = candidate
    z, _ = f(data(3, 3, 5))
    x, log_det = g(z)
    for row, wanted in zip(z, log_det):
        h = 1e-6
        matrix = (g(row + h * np.eye(3))[0] - g(row[None])[0]) / h  # by search, right to 1e-9: 1e-3 is left
        demand(np.isclose(np.log(np.abs(np.linalg.det(matrix))), wanted, atol=0.02))
    demand(np.allclose(f(x)[1], -log_det, atol=1e-6) and np.allclose(f(x)[0], z, atol=1e-6))


# ------------------------------------------------------------------ 3


@misconception(
    "check_3",
    "All that your check lets pass is right at x = ½, which a squeeze about ½ leaves where it is: take x near 0 and 1.",
)
def in_the_middle_only(candidate):
    f, g = candidate
    x = np.full((3, 2), 0.5)
    z, there = f(x)
    demand(np.allclose(g(z)[0], x, atol=1e-7) and np.allclose(jacobian_log_det_of_unit(f, x), there, atol=1e-5))


def jacobian_log_det_of_unit(f, x):
    """log|det| of f at points of the unit cube, by small differences."""
    found = []
    for row in x:
        steps = 1e-5 * np.eye(len(row))
        found.append(np.linalg.slogdet((f(row + steps)[0] - f(row - steps)[0]) / 2e-5)[1])
    return np.array(found)


def unit(n, m):
    return np.random.RandomState(m).uniform(0.03, 0.97, (n, m))


@misconception(
    "check_3",
    "What your check lets pass is off by less than 0.00001. That is no rounding, which is 1e-15 here: a tolerance "
    "of 1e-7 is wide enough (np.allclose has rtol = 1e-5 unless told otherwise).",
)
def wide_tolerance(candidate):
    f, g = candidate
    for m in (1, 3):
        x = unit(4, m)
        z, there = f(x)
        back, log_det = g(z)
        demand(np.allclose(back, x, atol=1e-3) and np.allclose(log_det, -there, atol=1e-3))
        demand(np.allclose(there, jacobian_log_det_of_unit(f, x), atol=1e-3))


@misconception(
    "check_3",
    "In all that your check lets pass x comes back. The log-determinant can forget the squeeze when the values don't.",
)
def values_only(candidate):
    f, g = candidate
    for m in (1, 3):
        demand(np.allclose(g(f(unit(4, m))[0])[0], unit(4, m), atol=1e-7))


@misconception(
    "check_3",
    "In all that your check lets pass x comes back and the log-determinants cancel; both have the same mistake. "
    "Hold one of them against a derivative.",
)
def values_and_cancelling(candidate):
    f, g = candidate
    for m in (1, 3):
        x = unit(4, m)
        z, there = f(x)
        back, log_det = g(z)
        demand(np.allclose(back, x, rtol=0, atol=1e-7) and np.allclose(log_det, -there, rtol=0, atol=1e-7))


@misconception(
    "check_3",
    "What your check lets pass is right for m = 1. What is counted once per object instead of m times shows for m > 1.",
)
def one_dimension_only(candidate):
    f, g = candidate
    x = unit(6, 1)
    z, there = f(x)
    back, log_det = g(z)
    demand(np.allclose(back, x, rtol=0, atol=1e-7) and np.allclose(log_det, -there, rtol=0, atol=1e-7))
    demand(np.allclose(there, jacobian_log_det_of_unit(f, x), atol=1e-5))


@misconception(
    "check_3",
    "What your check rejects squeezes with another alpha, or in another way. That is the implementation's own choice.",
)
def own_alpha_demanded(candidate):
    f, g = candidate
    x = unit(4, 3)
    s = 0.025 + 0.95 * x
    demand(np.allclose(f(x)[0], np.log(s / (1 - s)), atol=1e-6) and np.allclose(g(f(x)[0])[0], x, atol=1e-7))


@right_answer("check_3")
def on_a_grid(candidate):
    f, g = candidate
    for m in (1, 2):
        x = np.repeat(np.linspace(0.02, 0.98, 9)[:, None], m, axis=1)
        z, there = f(x)
        back, log_det = g(z)
        np.testing.assert_allclose(back, x, rtol=0, atol=1e-6)
        np.testing.assert_allclose(log_det + there, np.zeros(9), atol=1e-6)
        np.testing.assert_allclose(there, jacobian_log_det_of_unit(f, x), atol=1e-3)


@right_answer("check_3")
def g_against_its_derivative(candidate):
    f, g = candidate
    for m in (1, 4):
        x = unit(5, m)
        z, there = f(x)
        back, log_det = g(z)
        demand(np.max(np.abs(back - x)) < 1e-7 and np.max(np.abs(log_det + there)) < 1e-7)
        demand(np.max(np.abs(log_det - jacobian_log_det_of_unit(g, z))) < 1e-4)


# ------------------------------------------------------------------ 4


def plane(points=120):
    """A grid over [-10, 10]^2, (points^2, 2), and the area of a cell."""
    line = np.linspace(-10, 10, points + 1)[:-1] + 10 / points
    return np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2), (20 / points) ** 2


@misconception(
    "check_4",
    "In all that your check lets pass an object's density is the same alone as in a batch, and is wrong by itself: "
    "it has to integrate to 1.",
)
def alone_as_in_a_batch(candidate):
    x = data(6, 2)
    alone = [candidate(x[i : i + 1])[0] for i in range(6)]
    demand(candidate(x).shape == (6,) and np.allclose(candidate(x), alone, atol=1e-6))


@misconception(
    "check_4",
    "What your check lets pass integrates to 1 on a large batch, but an object's density depends on who is with it: "
    "compare it with what it gets alone, in a small batch.",
)
def integral_only(candidate):
    x, area = plane()
    log_p = candidate(x)
    demand(log_p.shape == (len(x),) and abs(np.sum(np.exp(log_p)) * area - 1) < 1e-3)


@misconception(
    "check_4",
    "Your check lets everything pass that has the right shape. That is right with the bug, too.",
)
def shape_only(candidate):
    demand(candidate(data(6, 2)).shape == (6,))


@misconception(
    "check_4",
    "What your check rejects is another density than the standard normal. The density is the implementation's own; "
    "only what holds for all of them can be tested.",
)
def standard_normal_demanded(candidate):
    x = data(6, 2)
    demand(np.allclose(candidate(x), -0.5 * np.sum(x**2, axis=1) - np.log(2 * np.pi), atol=1e-6))


@right_answer("check_4")
def integral_and_company(candidate):
    x, area = plane()
    log_p = candidate(x)
    demand(log_p.ndim == 1 and abs(np.exp(log_p).sum() * area - 1) < 1e-2)
    a, b = data(5, 2, 3), data(5, 2, 4, 3.0)
    together = candidate(np.concatenate([a, b]))
    np.testing.assert_allclose(together[:5], candidate(a), atol=1e-5)


@right_answer("check_4")
def in_batches_of_a_row(candidate):
    x, area = plane(100)
    rows = [candidate(part) for part in x.reshape(100, 100, 2)]
    demand(all(row.shape == (100,) for row in rows))
    demand(abs(np.sum(np.exp(rows)) * area - 1) < 1e-2)
    some = x[5000 + 40 : 5000 + 60]
    np.testing.assert_allclose(candidate(some), [candidate(some[i : i + 1])[0] for i in range(20)], atol=1e-6)


# ------------------------------------------------------------------ 5


@misconception(
    "check_5",
    "What your check lets pass is right for k = 3. What is wrong two rows below, or two columns to the left, shows "
    "from k = 5 on.",
)
def kernel_3_only(candidate):
    demand(np.array_equal(candidate(3).astype(bool), np.arange(9).reshape(3, 3) <= 4))


@misconception(
    "check_5",
    "In all that your check lets pass the rows below are hidden, as they should be. The other rows and the pixel's "
    "own need a look, too.",
)
def rows_below_only(candidate):
    for k in (1, 3, 5):
        demand(not candidate(k)[k // 2 + 1 :].any())


@misconception(
    "check_5",
    "In all that your check lets pass the future is hidden. But not all of the past is seen: a mask that hides too "
    "much is causal, too, and not this one.",
)
def future_only(candidate):
    for k in (1, 3, 5, 7):
        demand(not candidate(k).ravel()[k * k // 2 + 1 :].any())


@misconception(
    "check_5",
    "All that your check lets pass has the right number of ones. The places matter, as in rows and columns exchanged.",
)
def counted_only(candidate):
    for k in (1, 3, 5, 7):
        demand(np.sum(candidate(k)) == k * k // 2 + 1)


@misconception(
    "check_5",
    'Your check wants the pixel itself hidden, which is kind "A". Kind "B" sees it.',
)
def kind_a_demanded(candidate):
    for k in (1, 3, 5):
        demand(np.array_equal(candidate(k).astype(bool), np.arange(k * k).reshape(k, k) < k * k // 2))


@misconception(
    "check_5",
    "What your check rejects is made of booleans or whole numbers, which is right as well.",
)
def floats_demanded(candidate):
    for k in (1, 3, 5, 7):
        demand(candidate(k).dtype.kind == "f")
        demand(np.array_equal(candidate(k), np.arange(k * k).reshape(k, k) <= k * k // 2))


@misconception(
    "check_5",
    "What your check lets pass is right for k = 5. A number that was written into the code shows for others: try 3 and "
    "7, too.",
)
def kernel_5_only(candidate):
    demand(np.array_equal(candidate(5).astype(bool), np.arange(25).reshape(5, 5) <= 12))


@right_answer("check_5")
def flattened(candidate):
    for k in (3, 5, 9):
        seen = np.asarray(candidate(k)).ravel().astype(int).tolist()
        demand(seen == [1] * (k * k // 2 + 1) + [0] * (k * k // 2))


@right_answer("check_5")
def in_four_parts(candidate):
    for k in (1, 3, 5, 7):
        mask, c = candidate(k), k // 2
        demand(np.all(mask[:c] == 1) and np.all(mask[c + 1 :] == 0))
        demand(np.all(mask[c, : c + 1] == 1) and np.all(mask[c, c + 1 :] == 0))


# ------------------------------------------------------------------ 6


def total(candidate, mu, s, levels):
    return np.sum(np.exp(candidate(np.arange(levels), mu, s, levels)))


@misconception(
    "check_6",
    "All that your check lets pass is right for a mu in the middle and a small s, where hardly anything lies at the "
    "edges. Put mu near 0, near levels − 1, and outside.",
)
def middle_only(candidate):
    demand(abs(total(candidate, 8.0, 0.4, 16) - 1) < 1e-3)


@misconception(
    "check_6",
    "All that your check lets pass is right at the lower edge. The highest level has an edge of its own: put mu "
    "near levels − 1, and above.",
)
def low_edge_only(candidate):
    for levels in (2, 16, 256):
        demand(abs(total(candidate, -1.0, 0.1, levels) - 1) < 1e-6)


@misconception(
    "check_6",
    "All that your check lets pass is right at the upper edge. The lowest level has an edge of its own: put mu near "
    "0, and below.",
)
def high_edge_only(candidate):
    for levels in (16, 256):
        demand(abs(total(candidate, levels + 0.0, 0.1, levels) - 1) < 1e-6)


@misconception(
    "check_6",
    "What your check lets pass is right for 256 levels. A number 255 that was written into the code shows for others.",
)
def levels_256_only(candidate):
    for mu in (-2.0, 100.0, 257.0):
        for s in (0.7, 4.0):
            demand(abs(total(candidate, mu, s, 256) - 1) < 1e-6)


@misconception(
    "check_6",
    "In all that your check lets pass no single probability is above 1 for mu in the middle. All of them together "
    "must sum to 1.",
)
def each_at_most_one(candidate):
    for levels in (2, 16, 256):
        demand(np.all(candidate(np.arange(levels), levels / 2, 0.7, levels) <= 1e-6))


@misconception(
    "check_6",
    "What your check rejects is no logistic with opened ends. Other models of levels are right as well: only what "
    "all of them share can be tested, that the probabilities sum to 1.",
)
def opened_ends_demanded(candidate):
    levels, mu, s = 16, 1.0, 2.0
    y = np.arange(levels)
    a, b = np.where(y == 15, np.inf, (y + 0.5 - mu) / s), np.where(y == 0, -np.inf, (y - 0.5 - mu) / s)
    demand(np.allclose(np.exp(candidate(y, mu, s, levels)), 1 / (1 + np.exp(-a)) - 1 / (1 + np.exp(-b)), atol=1e-6))


@right_answer("check_6")
def many_parameters(candidate):
    for levels in (2, 3, 10, 256):
        for mu in np.linspace(-4, levels + 3, 9):
            for s in (0.5, 2.0, 10.0):
                log_p = candidate(np.arange(levels), mu, s, levels)
                demand(log_p.shape == (levels,) and abs(logsumexp(log_p)) < 1e-5)


@right_answer("check_6")
def one_level_at_a_time(candidate):
    for levels in (4, 17):
        for mu in (-3.0, -0.2, 1.5, levels - 0.5, levels + 2.0):
            for s in (0.8, 3.0):
                p = [np.exp(candidate(np.array([y]), mu, s, levels)[0]) for y in range(levels)]
                demand(abs(sum(p) - 1) < 1e-6)


# ------------------------------------------------------------------ 7


def noisy(samples, n, spread=1.0):
    rng = np.random.RandomState(10 * samples + n)
    return rng.standard_normal((samples, n)), spread * rng.standard_normal((samples, n))


@misconception(
    "check_7",
    "All that your check lets pass is right where log_q is 0, as for uniform noise. Give it other values: that it "
    "is forgotten is the published bug.",
)
def uniform_noise_only(candidate):
    for samples in (1, 6):
        log_p, log_q = noisy(samples, 4, 0.0)
        log_w = log_p
        low, high = np.mean(log_w, axis=0), logsumexp(log_w, axis=0) - np.log(samples)
        got = candidate(log_p, log_q)
        demand(np.all((low - 1e-6 <= got) & (got <= high + 1e-6)))


@misconception(
    "check_7",
    "All that your check lets pass is right for one sample, where sums and means are the same: take several, too.",
)
def one_sample_only(candidate):
    log_p, log_q = noisy(1, 4)
    demand(np.allclose(candidate(log_p, log_q), log_p[0] - log_q[0], atol=1e-6))


@misconception(
    "check_7",
    "What your check rejects is the log of the mean weight. It is a bound as well: accept both, and what lies "
    "between them.",
)
def mean_demanded(candidate):
    for samples in (1, 6):
        log_p, log_q = noisy(samples, 4)
        log_w = log_p - log_q
        demand(np.allclose(candidate(log_p, log_q), np.mean(log_w, axis=0), atol=1e-6))


@misconception(
    "check_7",
    "What your check rejects is the mean of the log-weights. It is a bound as well: accept both, and what lies "
    "between them.",
)
def importance_demanded(candidate):
    for samples in (1, 6):
        log_p, log_q = noisy(samples, 4)
        log_w = log_p - log_q
        demand(np.allclose(candidate(log_p, log_q), logsumexp(log_w, axis=0) - np.log(samples), atol=1e-6))


@misconception(
    "check_7",
    "In all that your check lets pass a larger log_q gives a smaller bound. By how much matters, too: for one "
    "sample the value is known.",
)
def direction_only(candidate):
    log_p, log_q = noisy(6, 4)
    demand(np.all(candidate(log_p, log_q + 1) < candidate(log_p, log_q)))


@misconception(
    "check_7",
    "What your check lets pass is right for one object. What is mixed up between the objects needs several.",
)
def one_object_bound(candidate):
    for samples in (1, 6):
        log_p, log_q = noisy(samples, 1)
        log_w = log_p - log_q
        low, high = np.mean(log_w, axis=0), logsumexp(log_w, axis=0) - np.log(samples)
        got = candidate(log_p, log_q)
        demand(np.all((low - 1e-6 <= got) & (got <= high + 1e-6)))


@right_answer("check_7")
def between_the_two(candidate):
    for samples, n in ((1, 5), (4, 5), (9, 2)):
        log_p, log_q = noisy(samples, n, 0.5)
        log_w = log_p - log_q
        got = np.asarray(candidate(log_p, log_q))
        demand(got.shape == (n,))
        demand(np.all(got > log_w.mean(axis=0) - 1e-5) and np.all(got < np.log(np.exp(log_w).mean(axis=0)) + 1e-5))


@right_answer("check_7")
def shifted_and_single(candidate):
    log_p, log_q = noisy(1, 4)
    np.testing.assert_allclose(candidate(log_p, log_q), log_p[0] - log_q[0], atol=1e-6)
    log_p, log_q = noisy(8, 4)
    twins = np.repeat(log_p[:1], 8, axis=0), np.repeat(log_q[:1], 8, axis=0)  # all weights equal: one value is right
    np.testing.assert_allclose(candidate(*twins), log_p[0] - log_q[0], atol=1e-6)
    low = np.mean(log_p - log_q, axis=0)
    demand(
        np.all(candidate(log_p, log_q) > low - 1e-6) and np.all(candidate(log_p, log_q) < np.max(log_p - log_q, axis=0))
    )
    log_q[3] += 5  # another weight of the eight sinks, so does the bound, by what lies between the two
    demand(np.all(candidate(log_p, log_q) > low - 5 / 8 - 1e-6))
    high = logsumexp(log_p - log_q, axis=0) - np.log(8)
    demand(np.all(candidate(log_p, log_q) < high + 1e-6))


# ------------------------------------------------------------------ 8


def posteriors(n, d):
    rng = np.random.RandomState(n + d)
    return rng.standard_normal((n, d)), 0.4 * rng.standard_normal((n, d))


def mixture(z, mu, log_sigma):
    log_q = -0.5 * ((z[:, None] - mu) * np.exp(-log_sigma)) ** 2 - log_sigma - 0.5 * np.log(2 * np.pi)
    return logsumexp(np.sum(log_q, axis=2), axis=1) - np.log(len(mu))


@misconception(
    "check_8",
    "All that your check lets pass is right for one object, where log n is 0 and the bug cannot be seen: take several.",
)
def single_posterior(candidate):
    z, parameters = data(4, 3), posteriors(1, 3)
    demand(np.allclose(candidate(z, *parameters), mixture(z, *parameters), atol=1e-6))


@misconception(
    "check_8",
    "All that your check lets pass is right for d = 1, where a product over the dimensions is the mixture itself: "
    "take more.",
)
def one_dimensional(candidate):
    z, parameters = data(4, 1), posteriors(6, 1)
    demand(np.allclose(candidate(z, *parameters), mixture(z, *parameters), atol=1e-6))


@misconception(
    "check_8",
    "What your check lets pass is right where there are as many points as objects: let the two numbers differ.",
)
def as_many_points_as_objects(candidate):
    z, parameters = data(6, 3), posteriors(6, 3)
    demand(np.allclose(candidate(z, *parameters), mixture(z, *parameters), atol=1e-6))


@misconception(
    "check_8",
    "In all that your check lets pass log q_agg is nowhere above the largest log q(z|x_i). True and a good idea, "
    "but too weak: it has to be the mean.",
)
def below_the_largest(candidate):
    z, (mu, log_sigma) = data(4, 3), posteriors(6, 3)
    log_q = np.sum(-0.5 * ((z[:, None] - mu) * np.exp(-log_sigma)) ** 2 - log_sigma - 0.5 * np.log(2 * np.pi), axis=2)
    demand(np.all(candidate(z, mu, log_sigma) <= log_q.max(axis=1) + 1e-6))


@misconception(
    "check_8",
    "What your check rejects is off by rounding errors only, at most 1e-8. Compare with np.allclose and a tolerance.",
)
def mixtures_compared_exactly(candidate):
    z, parameters = data(4, 3), posteriors(6, 3)
    demand(np.array_equal(candidate(z, *parameters), mixture(z, *parameters)))


@right_answer("check_8")
def by_its_integral(candidate):
    line = np.linspace(-9, 9, 241)
    for d, z in ((1, line[:, None]), (2, np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2))):
        log_q = candidate(z, *posteriors(5, d))
        demand(log_q.shape == (len(z),) and abs(np.sum(np.exp(log_q)) * (line[1] - line[0]) ** d - 1) < 1e-3)
    z, parameters = data(3, 2), posteriors(5, 2)
    np.testing.assert_allclose(candidate(z, *parameters), mixture(z, *parameters), atol=1e-5)


@right_answer("check_8")
def by_the_mean_of_the_densities(candidate):
    for n_z, n, d in ((2, 7, 1), (5, 3, 2), (5, 1, 4)):
        z, (mu, log_sigma) = 0.5 * data(n_z, d), posteriors(n, d)
        sigma = np.exp(log_sigma)
        q = [np.prod(np.exp(-0.5 * ((p - mu) / sigma) ** 2) / (sigma * np.sqrt(2 * np.pi)), axis=1).mean() for p in z]
        np.testing.assert_allclose(np.exp(candidate(z, mu, log_sigma)), q, rtol=1e-5)
