"""Graders of exercise 26, by mutation: a check must reject the bug and its relatives, and accept what is right.

An exhibit is a function that makes a candidate. Of each number there is one published bug, some relatives, and some
right implementations.
"""

import numpy as np
from scipy.special import expit, log_ndtr, logsumexp, ndtri

from minidgm.course import answer as course
from minidgm.course.grading import Wrong, grades

BUGS, RELATIVES, RIGHT = {}, {}, {}


def exhibit(cases, number, words):
    """Put a candidate's maker into a showcase."""

    def put(make):
        cases.setdefault(number, []).append((words, make()))
        return make

    return put


# ------------------------------------------------------------------ 1: couplings


def net(a, out):
    """mu and log sigma, (n, out), of an array (n, k)."""
    h = np.sum(a, axis=1, keepdims=True) + np.arange(out)
    return np.sin(h), 0.5 * np.cos(2 * h)


def coupling(cut, join, cut_back=None, back=None, scale=net):
    """f and g of a coupling layer: `cut` an array in two, `join` the two; other ways back where there is a mistake."""

    def f(x):
        x1, x2 = cut(x)
        mu, log_sigma = net(x1, x2.shape[1])
        return join(x1, (x2 - mu) * np.exp(-log_sigma))

    def g(z):
        z1, z2 = (cut_back or cut)(z)
        mu, log_sigma = scale(z1, z2.shape[1])
        return (back or join)(z1, z2 * np.exp(log_sigma) + mu)

    return f, g


def halves(x):
    return x[:, : x.shape[1] // 2], x[:, x.shape[1] // 2 :]


def even_odd(x):
    return x[:, ::2], x[:, 1::2]


def beside(a, b):
    return np.concatenate([a, b], axis=1)


def woven(a, b):
    x = np.empty((len(a), a.shape[1] + b.shape[1]))
    x[:, ::2], x[:, 1::2] = a, b
    return x


@exhibit(BUGS, 1, "even and odd columns, put side by side")
def columns_not_woven():
    return coupling(even_odd, beside)


@exhibit(RELATIVES, 1, "cuts at m // 2 on the way there and at (m + 1) // 2 on the way back: right for even m")
def cut_elsewhere():
    return coupling(halves, beside, cut_back=lambda z: (z[:, : (z.shape[1] + 1) // 2], z[:, (z.shape[1] + 1) // 2 :]))


@exhibit(RELATIVES, 1, "cuts in the middle there, and into even and odd columns on the way back")
def two_ways_of_cutting():
    return coupling(halves, beside, cut_back=even_odd, back=woven)


@exhibit(RELATIVES, 1, "the way back asks the net about the first object only: right for n = 1")
def first_object_for_all():
    return coupling(halves, beside, scale=lambda a, out: tuple(v + 0 * a[:, :1] for v in net(a[:1], out)))


@exhibit(RELATIVES, 1, "the way back has −mu where +mu belongs")
def shift_with_the_wrong_sign():
    return coupling(halves, beside, scale=lambda a, out: (-net(a, out)[0], net(a, out)[1]))


@exhibit(RELATIVES, 1, "the way back clips what the net is asked to [-2, 2]: right for small x")
def clipped_on_the_way_back():
    return coupling(halves, beside, scale=lambda a, out: net(np.clip(a, -2, 2), out))


@exhibit(RIGHT, 1, "halves")
def right_halves():
    return coupling(halves, beside)


@exhibit(RIGHT, 1, "even and odd columns, woven again")
def right_even_odd():
    return coupling(even_odd, woven)


@exhibit(RIGHT, 1, "all columns but the last pass unchanged, with rounding errors of 1e-9")
def right_last_column():
    f, g = coupling(lambda x: (x[:, :-1], x[:, -1:]), beside)
    return f, lambda z: g(z) + 1e-9


@exhibit(RIGHT, 1, "a rotation of the columns: no coupling at all, but invertible")
def right_rotation():
    return (lambda x: np.roll(2 * x, 1, axis=1)), (lambda z: np.roll(z, -1, axis=1) / 2)


# ------------------------------------------------------------------ 2: log-determinants


def elementwise(f, g, log_slope, there=1.0, back=-1.0, at=lambda x, z: x, gather=np.sum):
    """f and g of an elementwise map with log-determinants; `there` and `back` are their signs."""
    return (
        lambda x: (f(x), there * gather(log_slope(x), axis=1)),
        lambda z: (g(z), back * gather(log_slope(at(g(z), z)), axis=1)),
    )


def log_cosh(x):
    return np.logaddexp(x, -x) - np.log(2)


def bisected(f, steps=37):
    """The inverse of an increasing f by bisection, with 37 steps right to about 1e-9."""

    def g(z):
        low, high = np.full(z.shape, -40.0), np.full(z.shape, 40.0)
        for _ in range(steps):
            middle = (low + high) / 2
            low, high = np.where(f(middle) < z, middle, low), np.where(f(middle) < z, high, middle)
        return (low + high) / 2

    return g


@exhibit(BUGS, 2, "the way back by search, with the sign of the way there")
def sign_of_the_way_there():
    return elementwise(np.sinh, bisected(np.sinh), log_cosh, back=1.0)


@exhibit(RELATIVES, 2, "both signs are wrong: they cancel as they should")
def both_signs_wrong():
    return elementwise(np.sinh, np.arcsinh, log_cosh, there=-1.0, back=1.0)


@exhibit(RELATIVES, 2, "the sign of the way there is wrong, that of the way back is right")
def sign_there_wrong():
    return elementwise(np.sinh, np.arcsinh, log_cosh, there=-1.0)


@exhibit(RELATIVES, 2, "the way back takes the slope at z, not at x")
def slope_at_z():
    return elementwise(np.sinh, np.arcsinh, log_cosh, at=lambda x, z: z)


@exhibit(RELATIVES, 2, "means over the dimensions, both ways: right for m = 1")
def mean_of_log_slopes():
    return elementwise(np.sinh, np.arcsinh, log_cosh, gather=np.mean)


@exhibit(RELATIVES, 2, "the search stops early: x comes back with an error of 0.01")
def search_stopped_early():
    return elementwise(np.sinh, bisected(np.sinh, steps=13), log_cosh)


@exhibit(RELATIVES, 2, "a decreasing map, log(−2) instead of log|−2|: NaN, which is unequal to everything")
def log_of_a_negative_slope():
    def log_slope(x):
        with np.errstate(invalid="ignore"):
            return np.log(np.full(x.shape, -2.0))

    return elementwise(lambda x: -2 * x, lambda z: -z / 2, log_slope)


@exhibit(RIGHT, 2, "sinh and arcsinh")
def right_sinh():
    return elementwise(np.sinh, np.arcsinh, log_cosh)


@exhibit(RIGHT, 2, "an inverse by search, right to 1e-9")
def right_search():
    return elementwise(lambda x: x + x**3, bisected(lambda x: x + x**3), lambda x: np.log(1 + 3 * x**2))


@exhibit(RIGHT, 2, "a decreasing map")
def right_decreasing():
    return elementwise(lambda x: 1 - 3 * x, lambda z: (1 - z) / 3, lambda x: np.full(x.shape, np.log(3)))


@exhibit(RIGHT, 2, "the columns reversed, which stretches nothing")
def right_permutation():
    return (lambda x: (x[:, ::-1], np.zeros(len(x)))), (lambda z: (z[:, ::-1], np.zeros(len(z))))


@exhibit(RIGHT, 2, "a coupling layer, whose Jacobian is no diagonal")
def right_coupling():
    f, g = coupling(halves, beside)

    def log_det(x):
        return np.sum(net(halves(x)[0], x.shape[1] - x.shape[1] // 2)[1], axis=1)

    return (lambda x: (f(x), -log_det(x))), (lambda z: (g(z), log_det(z)))


# ------------------------------------------------------------------ 3: the squeeze


def squeezed(alpha, undone=True, in_f=True, in_g=True, often=True, middle=0.5):
    """The logit of alpha/2 + (1 − alpha) x and its inverse; what is not undone or left out of log_det is False."""
    scale = float(np.log(1 - alpha))

    def f(x):
        s = alpha / 2 + (1 - alpha) * x
        times = x.shape[1] if often else 1
        return np.log(s) - np.log(1 - s), -np.sum(np.log(s) + np.log(1 - s), axis=1) + in_f * times * scale

    def g(z):
        s = expit(z)
        times = z.shape[1] if often else 1
        x = (s - alpha * middle) / (1 - alpha) if undone else s
        return x, np.sum(np.log(s) + np.log(1 - s), axis=1) - in_g * times * scale

    return f, g


@exhibit(BUGS, 3, "the squeeze is not undone, alpha = 0.05")
def squeeze_not_undone():
    return squeezed(0.05, undone=False, in_g=False)


@exhibit(RELATIVES, 3, "the same with alpha = 0.00001, as it was published: it looks like rounding")
def tiny_squeeze_not_undone():
    return squeezed(1e-5, undone=False, in_g=False)


@exhibit(RELATIVES, 3, "undone in the values, not in the log-determinant")
def undone_in_the_values():
    return squeezed(0.05, in_g=False)


@exhibit(RELATIVES, 3, "left out of both log-determinants: they cancel as they should")
def left_out_of_both():
    return squeezed(0.05, in_f=False, in_g=False)


@exhibit(RELATIVES, 3, "counted once per object instead of once per dimension, in both: right for m = 1")
def counted_once():
    return squeezed(0.05, often=False)


@exhibit(RELATIVES, 3, "undone as if it began at alpha")
def undone_from_alpha():
    return squeezed(0.05, middle=1.0)


@exhibit(RIGHT, 3, "alpha = 0.05")
def right_squeeze():
    return squeezed(0.05)


@exhibit(RIGHT, 3, "alpha = 0.00001")
def right_tiny_squeeze():
    return squeezed(1e-5)


@exhibit(RIGHT, 3, "no squeeze at all, with rounding errors of 1e-9")
def right_without():
    f, g = squeezed(0.0)
    return f, lambda z: (g(z)[0] + 1e-9, g(z)[1] - 1e-9)


@exhibit(RIGHT, 3, "the normal quantile instead of the logit")
def right_probit():
    def log_slope(z):
        return np.sum(-0.5 * z**2 - 0.5 * np.log(2 * np.pi), axis=1)

    return (lambda x: (ndtri(x), -log_slope(ndtri(x)))), (lambda z: (np.exp(log_ndtr(z)), log_slope(z)))


# ------------------------------------------------------------------ 4: a batch's log-determinants


def layers(x):
    """Three coupling layers on the plane: z (n, 2), and their log-determinants (3, n)."""
    log_dets = []
    for k in range(3):
        mu, log_sigma = net(x[:, :1] + k, 1)
        x = beside((x[:, 1:] - mu) * np.exp(-log_sigma), x[:, :1])
        log_dets.append(-log_sigma[:, 0])
    return x, np.array(log_dets)


def log_normal(z):
    return -0.5 * np.sum(z**2, axis=1) - z.shape[1] * 0.5 * np.log(2 * np.pi)


def stacked(gather):
    """log_prob with the log-determinants gathered by `gather`, (3, n) -> (n,) when it is right."""
    return lambda: lambda x: log_normal(layers(x)[0]) + gather(layers(x)[1])


exhibit(BUGS, 4, "log-determinants summed over layers and objects")(stacked(np.sum))
exhibit(RELATIVES, 4, "log-determinants summed over layers, their mean over the objects")(
    stacked(lambda log_dets: np.mean(np.sum(log_dets, axis=0)))
)
exhibit(RELATIVES, 4, "each layer writes over the log-determinant of the one before")(
    stacked(lambda log_dets: log_dets[-1])
)
exhibit(RELATIVES, 4, "log-determinants subtracted")(stacked(lambda log_dets: -np.sum(log_dets, axis=0)))
exhibit(RELATIVES, 4, "the log-determinants are forgotten")(stacked(lambda log_dets: 0 * log_dets[0]))
exhibit(RELATIVES, 4, "log 2 pi is missing from the base")(
    stacked(lambda log_dets: np.sum(log_dets, axis=0) + np.log(2 * np.pi))
)
exhibit(RELATIVES, 4, "an axis is kept: (n, 1)")(lambda: lambda x: log_normal(x)[:, None])
exhibit(RIGHT, 4, "three coupling layers")(stacked(lambda log_dets: np.sum(log_dets, axis=0)))
exhibit(RIGHT, 4, "the standard normal")(lambda: log_normal)


@exhibit(RELATIVES, 4, "the batch is standardized by its own mean: right for one object, and in the mean")
def batch_centred():
    return lambda x: log_normal(x - 0.2 * np.mean(x, axis=0) * (len(x) < 100))


@exhibit(RIGHT, 4, "a mixture of two logistics, away from the origin")
def right_mixture():
    def log_logistic(a):
        return -np.abs(a) - 2 * np.log1p(np.exp(-np.abs(a)))

    def log_prob(x):
        parts = [np.sum(log_logistic((x - centre) / 0.4), axis=1) - 2 * np.log(0.4) for centre in (-3.0, 2.5)]
        return logsumexp(parts, axis=0) - np.log(2)

    return log_prob


# ------------------------------------------------------------------ 5: masks


def raster(k):
    return np.arange(k * k).reshape(k, k) <= k * k // 2


def changed(change):
    """A right mask with something done to it: change(mask, centre)."""

    def mask(k):
        m = raster(k).astype(float)
        change(m, k // 2)
        return m

    return lambda: mask


def own_row_cleared(m, c):
    m[:] = 1
    m[c] = 0


def set_to(place, value):
    def change(m, c):
        m[place(c)] = value

    return change


exhibit(BUGS, 5, "its own row is cleared instead of the rows below")(changed(own_row_cleared))
exhibit(RELATIVES, 5, 'kind "A": the pixel itself is not seen')(changed(set_to(lambda c: (c, c), 0)))
exhibit(RELATIVES, 5, "the pixel to the right is seen")(changed(set_to(lambda c: (c, slice(c, c + 2)), 1)))
exhibit(RELATIVES, 5, "the last row is seen: only the row just below was cleared")(
    changed(set_to(lambda c: slice(c + 2, None), 1))
)
exhibit(RELATIVES, 5, "above, nothing to the right is seen")(
    changed(set_to(lambda c: (slice(0, c), slice(c + 1, None)), 0))
)
exhibit(RELATIVES, 5, "rows and columns exchanged")(lambda: lambda k: raster(k).T)
exhibit(RELATIVES, 5, "the far left is not seen, from k = 5 on")(
    changed(set_to(lambda c: (c, slice(0, max(c - 1, 0))), 0))
)


@exhibit(RELATIVES, 5, "its centre is written as 2: right for k = 5")
def centre_written_as_2():
    def mask(k):
        m, c = np.ones((k, k)), min(2, k - 1)
        m[c, c + 1 :] = 0
        m[c + 1 :] = 0
        return m

    return mask


exhibit(RIGHT, 5, "booleans in raster order")(lambda: raster)
exhibit(RIGHT, 5, "whole numbers")(lambda: lambda k: raster(k).astype(np.int64))


@exhibit(RIGHT, 5, "float32, row by row")
def right_mask_by_rows():
    def mask(k):
        m = np.ones((k, k), np.float32)
        m[k // 2, k // 2 + 1 :] = 0
        m[k // 2 + 1 :] = 0
        return m

    return mask


# ------------------------------------------------------------------ 6: edge bins


def bins(lower, upper, from_=None, to=None):
    """log P(y) with the ends lower(y, levels), upper(y, levels), normalized by what lies in [from_, to], if given."""

    def log_prob(y, mu, s, levels):
        p = expit((upper(y, levels) - mu) / s) - expit((lower(y, levels) - mu) / s)
        whole = 1.0 if to is None else expit((to(levels) - mu) / s) - expit((from_ - mu) / s)
        return np.log(np.maximum(p, 1e-300)) - np.log(whole)

    return lambda: log_prob


def below(y, levels):
    return np.where(y == 0, -np.inf, y - 0.5)


def above(y, levels):
    return np.where(y == levels - 1, np.inf, y + 0.5)


exhibit(BUGS, 6, "normalized from 1/2 on: the lowest level does not count")(
    bins(lambda y, levels: y - 0.5, lambda y, levels: y + 0.5, 0.5, lambda levels: levels - 0.5)
)
exhibit(RELATIVES, 6, "normalized up to levels − 3/2: the highest level does not count")(
    bins(lambda y, levels: y - 0.5, lambda y, levels: y + 0.5, -0.5, lambda levels: levels - 1.5)
)
exhibit(RELATIVES, 6, "the first bin is not opened")(bins(lambda y, levels: y - 0.5, above))
exhibit(RELATIVES, 6, "the last bin is not opened")(bins(below, lambda y, levels: y + 0.5))
exhibit(RELATIVES, 6, "the last bin is opened at 255, however many levels there are")(
    bins(below, lambda y, levels: np.where(y == 255, np.inf, y + 0.5))
)
exhibit(RELATIVES, 6, "bins of width 2")(
    bins(lambda y, levels: np.where(y == 0, -np.inf, y - 1), lambda y, levels: np.where(y == levels - 1, np.inf, y + 1))
)
exhibit(RIGHT, 6, "the outer bins opened")(bins(below, above))


@exhibit(RELATIVES, 6, "the density at the level: right to 1e-3 where s is large and mu in the middle")
def density_at_the_level():
    def log_prob(y, mu, s, levels):
        a = np.abs((y - mu) / s)
        return -a - 2 * np.log1p(np.exp(-a)) - np.log(s)

    return log_prob


@exhibit(RIGHT, 6, "truncated and normalized over all levels")
def right_truncated():
    def log_prob(y, mu, s, levels):
        def log_bin(y):  # log(sigmoid(a) − sigmoid(b)), exact in the tails
            a, b = (y + 0.5 - mu) / s, (y - 0.5 - mu) / s
            return -np.logaddexp(0, -a) - np.logaddexp(0, b) + np.log(-np.expm1(b - a))

        return log_bin(y) - logsumexp(log_bin(np.arange(levels)))

    return log_prob


@exhibit(RIGHT, 6, "a softmax over the levels, off by rounding errors of 1e-9")
def right_softmax():
    def log_prob(y, mu, s, levels):
        scores = -np.abs(np.arange(levels) - mu) / s
        return scores[y] - logsumexp(scores) + 1e-9

    return log_prob


# ------------------------------------------------------------------ 7: the noise's own term


def mean(log_w):
    return np.mean(log_w, axis=0)


def weighed(gather, of=np.subtract):
    """A bound that gathers the weights of(log_p, log_q), (samples, n), by `gather`."""
    return lambda: lambda log_p, log_q: gather(of(log_p, log_q))


exhibit(BUGS, 7, "log q is left out")(weighed(mean, lambda log_p, log_q: log_p))
exhibit(RELATIVES, 7, "log q is added")(weighed(mean, np.add))
exhibit(RELATIVES, 7, "the samples are summed, not averaged: right for one sample")(
    weighed(lambda log_w: np.sum(log_w, axis=0))
)
exhibit(RELATIVES, 7, "the weights are summed, not averaged: right for one sample")(
    weighed(lambda log_w: logsumexp(log_w, axis=0))
)
exhibit(RELATIVES, 7, "log q is averaged over the objects: right for one object")(
    weighed(mean, lambda log_p, log_q: log_p - np.mean(log_q, axis=1, keepdims=True))
)
exhibit(RELATIVES, 7, "all samples get the first one's log q: right for one sample")(
    weighed(mean, lambda log_p, log_q: log_p - log_q[:1])
)
exhibit(RELATIVES, 7, "log q counts half: right where it is 0")(weighed(mean, lambda log_p, log_q: log_p - log_q / 2))
exhibit(RIGHT, 7, "the mean of the log-weights")(weighed(mean))
exhibit(RIGHT, 7, "the log of the mean weight")(weighed(lambda log_w: logsumexp(log_w, axis=0) - np.log(len(log_w))))
exhibit(RIGHT, 7, "sample after sample, with rounding errors of 1e-9")(
    weighed(lambda log_w: sum(log_w) / len(log_w) + 1e-9)
)


# ------------------------------------------------------------------ 8: the aggregated posterior


def log_table(z, mu, log_sigma):
    """log N(z; mu, sigma^2) of every point, object and dimension: (n_z, n, d)."""
    return -0.5 * ((z[:, None] - mu) * np.exp(-log_sigma)) ** 2 - log_sigma - 0.5 * np.log(2 * np.pi)


def aggregated(gather):
    """log q_agg gathered from the table (n_z, n, d) by `gather`."""
    return lambda: lambda z, mu, log_sigma: gather(log_table(z, mu, log_sigma))


exhibit(BUGS, 8, "the sum over the objects, not their mean")(
    aggregated(lambda table: logsumexp(np.sum(table, axis=2), axis=1))
)
exhibit(RELATIVES, 8, "divided by the number of points z instead of objects")(
    aggregated(lambda table: logsumexp(np.sum(table, axis=2), axis=1) - np.log(len(table)))
)
exhibit(RELATIVES, 8, "the mean of the logarithms instead of the logarithm of the mean: right for one object")(
    aggregated(lambda table: np.mean(np.sum(table, axis=2), axis=1))
)
exhibit(RELATIVES, 8, "the product of the dimensions' mixtures: right for d = 1")(
    aggregated(lambda table: np.sum(logsumexp(table, axis=1) - np.log(table.shape[1]), axis=1))
)
exhibit(RELATIVES, 8, "the largest term for the whole sum")(
    aggregated(lambda table: np.max(np.sum(table, axis=2), axis=1) - np.log(table.shape[1]))
)
exhibit(RELATIVES, 8, "log 2 pi once instead of d times: right for d = 1")(
    aggregated(
        lambda table: (
            logsumexp(np.sum(table, axis=2), axis=1)
            - np.log(table.shape[1])
            + 0.5 * (table.shape[2] - 1) * np.log(2 * np.pi)
        )
    )
)
exhibit(RELATIVES, 8, "log n once per dimension: right for d = 1")(
    aggregated(lambda table: logsumexp(np.sum(table, axis=2), axis=1) - table.shape[2] * np.log(table.shape[1]))
)
exhibit(RIGHT, 8, "logsumexp minus log n")(
    aggregated(lambda table: logsumexp(np.sum(table, axis=2), axis=1) - np.log(table.shape[1]))
)
exhibit(RIGHT, 8, "weights inside, with rounding errors of 1e-9")(
    aggregated(lambda table: logsumexp(np.sum(table, axis=2), axis=1, b=1 / table.shape[1]) + 1e-9)
)


@exhibit(RIGHT, 8, "one point after the other")
def right_point_by_point():
    def log_q_agg(z, mu, log_sigma):
        found = [np.logaddexp.reduce(np.sum(log_table(p[None], mu, log_sigma)[0], axis=1)) for p in z]
        return np.array(found) - np.log(len(mu))

    return log_q_agg


# ------------------------------------------------------------------ the graders


def rejects(answer, name, candidate):
    """Whether a check raises AssertionError for a candidate; the call is recorded, its message aside."""
    outcome = answer._runner.call(name, (candidate,))
    kind = "" if outcome.error is None else outcome.error.kind
    if kind == "NotImplementedError":
        raise course.NotStarted(f"{name}: not started")
    returned = not kind and outcome.value is not None
    if kind == "AssertionError" or returned:
        error = course.Error("AssertionError" if kind else "Returned", "")
        answer._calls.append(course.Call(name, (candidate,), course.Outcome(error=error)))
    else:
        answer._calls.append(course.Call(name, (candidate,), outcome))
    if returned:
        value = course.describe(outcome.value)
        raise Wrong(
            f"{name} returned {value}. A check returns nothing, and raises AssertionError if need be: `assert`."
        )
    if kind not in ("", "AssertionError"):
        shapes = " Compare shapes before numbers." if kind == "ValueError" else ""
        raise Wrong(f"{outcome.error.sentence(name)}\nA check raises AssertionError, or nothing.{shapes}")
    return kind == "AssertionError"


def grader(number, title, cases, wanted, sentence):
    """A grader that tries one check on every case, and only then says which of them it got wrong."""
    name = f"check_{number}"

    def test(answer):
        wrong = [words for words, candidate in cases if rejects(answer, name, candidate) != wanted]
        if wrong:
            listed = "\n".join(f"{i}. {words}" for i, words in enumerate(wrong, 1))
            raise Wrong(f"{name} {sentence}, {len(wrong)} of {len(cases)}:\n{listed}")

    test.__name__ = f"test_{name}_{title}"
    return grades(name)(test)


for k in range(1, 9):
    wrong_ones = [(f"the published bug: {words}", candidate) for words, candidate in BUGS[k]] + RELATIVES[k]
    made = (
        grader(k, "accepts_what_is_right", RIGHT[k], False, "rejects right implementations"),
        grader(k, "rejects_the_bug_and_its_relatives", wrong_ones, True, "accepts wrong implementations"),
    )
    globals().update({test.__name__: test for test in made})
    del made
