"""Graders of exercise 12: discretization through the cdf."""

import decimal

import numpy as np
from scipy.special import expit, logsumexp

from minidgm.course.grading import close, dtype, finite, grades, same, shape


def exact(y, mu, s, levels):
    """log P(y) in sixty digits, rounded at the end; one number."""
    with decimal.localcontext() as context:
        context.prec, context.Emax, context.Emin = 60, decimal.MAX_EMAX, decimal.MIN_EMIN
        y, mu, s = decimal.Decimal(int(y)), decimal.Decimal(float(mu)), decimal.Decimal(float(s))
        a, b = ((y + side / decimal.Decimal(2) - mu) / s for side in (1, -1))
        below_a, above_b = 1 / (1 + (-a).exp()), 1 / (1 + b.exp())
        if y == 0 or y == levels - 1:
            p = below_a if levels > 1 and y == 0 else above_b if levels > 1 else decimal.Decimal(1)
        elif a + b > 0:
            p = above_b - 1 / (1 + a.exp())  # the sides of a mirror: no digit lost
        else:
            p = below_a - 1 / (1 + (-b).exp())
        return float(p.ln())


def exacts(y, mu, s, levels):
    """log P(y) of arrays that broadcast."""
    return np.vectorize(exact, otypes=[float])(y, mu, s, levels)


def integers(seed, levels, *size):
    return np.random.RandomState(seed).randint(0, levels, size)


def normals(seed, *size):
    return np.random.RandomState(seed).standard_normal(size)


def components(*size, seed=0):
    """log_pi, mu, s of a mixture for 8 levels, of shape (*size, K)."""
    logits, mu, log_s = (normals(seed + i, *size) for i in range(3))
    return logits - logsumexp(logits, axis=-1, keepdims=True), 3.2 + 2.5 * mu, np.exp(0.7 * log_s)


def mixtures():
    """y and parameters of every kind of shape, equal sizes among them."""
    for y_size, size in (
        ((5,), (3,)),
        ((4,), (4, 2)),
        ((3, 3), (3, 3, 3)),
        ((2, 4), (4, 3)),
        ((1,), (1, 1)),
        ((6,), (1,)),
    ):
        yield integers(len(y_size), 8, *y_size), *components(*size, seed=len(size))


def exact_mixture(y, log_pi, mu, s, levels):
    return logsumexp(log_pi + exacts(y[..., None], mu, s, levels), axis=-1)


# ------------------------------------------------------------------ discretized_logistic_log_prob

L = "discretized_logistic_log_prob"


@grades(L)
def test_discretized_logistic_log_prob_is_elementwise(answer):
    for y_size, size in (((5,), ()), ((4, 3), (3,)), ((4, 3), (4, 3)), ((1,), (1,)), ((3, 3), (3, 3))):
        y, mu, s = integers(1, 8, *y_size), np.array(normals(2, *size)) + 3, np.exp(np.array(normals(3, *size)))
        got = answer.discretized_logistic_log_prob(y, mu, s, 8)
        shape(got, y.shape, f"The result for y {y.shape}, mu and s {mu.shape} (nothing is summed)")


@grades(L)
def test_discretized_logistic_log_prob_sums_to_one(answer):
    for levels in (4, 2, 17, 256):
        y = np.arange(levels)
        for mu, s in (
            (0.37 * levels, 2.0),
            (-3.0, 5.0),
            (levels + 40.0, 10.0),
            (0.4 * levels, 1e-6),
            (9.0, 1e6),
            (1.0, 0.1),
        ):
            total = np.sum(np.exp(answer.discretized_logistic_log_prob(y, np.float64(mu), np.float64(s), levels)))
            message = f"{levels} levels, mu={mu:g}, s={s:g}: the sum of all levels' probabilities, minus 1"
            close(total - 1, 0.0, message, atol=1e-12)


@grades(L)
def test_discretized_logistic_log_prob_of_inner_bins_is_a_difference_of_cdfs(answer):
    y, mu, s = np.arange(1, 9), 4.3, 1.7
    got = answer.discretized_logistic_log_prob(y, np.float64(mu), np.float64(s), 10)
    wanted = np.log(expit((y + 0.5 - mu) / s) - expit((y - 0.5 - mu) / s))
    close(got, wanted, "10 levels, mu=4.3, s=1.7, inner bins 1…8: log[F(y + ½) − F(y − ½)]")


@grades(L)
def test_discretized_logistic_log_prob_gives_the_tails_to_the_outer_bins(answer):
    for levels, mu, s in ((10, 4.3, 1.7), (256, 20.0, 30.0), (2, 0.1, 1.5)):
        got = answer.discretized_logistic_log_prob(np.array([0, levels - 1]), np.float64(mu), np.float64(s), levels)
        wanted = np.log(expit(np.array([0.5 - mu, mu - (levels - 1.5)]) / s))
        message = f"{levels} levels, mu={mu}, s={s}, y = 0 and y = {levels - 1}: P(X < ½) and P(X > {levels - 1.5})"
        close(got, wanted, message)


@grades(L)
def test_discretized_logistic_log_prob_of_a_single_level_is_zero(answer):
    got = answer.discretized_logistic_log_prob(np.zeros(2, np.int64), np.array([5.0, -80.0]), np.array([0.3, 2.0]), 1)
    close(got, np.zeros(2), "levels=1: bin 0 is the first and the last at once, the whole line, so P = 1", atol=1e-12)


@grades(L)
def test_discretized_logistic_log_prob_is_symmetric(answer):
    y, mu, s = np.arange(17), np.float64(3.4), np.float64(0.8)
    got = answer.discretized_logistic_log_prob(y, mu, s, 17)
    mirrored = answer.discretized_logistic_log_prob(16 - y, 16 - mu, s, 17)
    same(mirrored, got, "17 levels mirrored (y → 16 − y, mu → 16 − mu): the probabilities must stay", rtol=1e-9)


@grades(L)
def test_discretized_logistic_log_prob_is_exact_far_from_mu(answer):
    y = np.array([0, 1, 100, 254, 255])
    for s in (1e-6, 0.01, 1.0, 1e3):
        for mu in (100 + 50 * s, 100 - 50 * s, 100 + 2000 * s, -2000 * s, 256 + 2000 * s):
            got = answer.discretized_logistic_log_prob(y, np.float64(mu), np.float64(s), 256)
            wanted = exacts(y, mu, s, 256)
            close(got, wanted, f"256 levels, s={s:g}, mu={mu:g}, bins many scales from mu", rtol=1e-9, atol=1e-300)


@grades(L)
def test_discretized_logistic_log_prob_is_exact_for_wide_scales(answer):
    y = np.array([0, 1, 100, 254, 255])
    for s in (1e4, 1e6):
        for mu in (100.2, 50 * s, -50 * s):
            got = answer.discretized_logistic_log_prob(y, np.float64(mu), np.float64(s), 256)
            wanted = exacts(y, mu, s, 256)
            close(got, wanted, f"256 levels, s={s:g}, mu={mu:g}: a bin much narrower than the scale", rtol=1e-9)


@grades(L)
def test_discretized_logistic_log_prob_is_exact_for_almost_certain_bins(answer):
    for y, mu, s in ((7, 7.0, 1 / 60), (0, -0.4, 1 / 40), (15, 15.3, 1 / 40)):
        got = answer.discretized_logistic_log_prob(np.array([y]), np.float64(mu), np.float64(s), 16)
        wanted = exacts(np.array([y]), mu, s, 16)
        close(
            got, wanted, f"16 levels, y={y}, mu={mu}, s={s:.4f}: P is almost 1, and log P almost 0", rtol=1e-6, atol=0
        )


@grades(L)
def test_discretized_logistic_log_prob_takes_bytes(answer):
    y = np.array([0, 1, 128, 254, 255], np.uint8)
    got = answer.discretized_logistic_log_prob(y, np.float64(120.5), np.float64(30.0), 256)
    close(got, exacts(y, 120.5, 30.0, 256), "uint8 pixels, 256 levels, mu=120.5, s=30")


@grades(L)
def test_discretized_logistic_log_prob_keeps_float32(answer):
    y = np.array([0, 1, 100, 254, 255])
    for mu, s in ((90.25, 8.0), (-20.0, 0.5), (100.5, 1e4), (64.0, 1e6)):
        got = answer.discretized_logistic_log_prob(y, np.full(5, mu, np.float32), np.full(5, s, np.float32), 256)
        shape(got, (5,), "The result")
        dtype(got, np.float32, "The result for float32 mu and s")
        close(got, exacts(y, mu, s, 256), f"float32, 256 levels, mu={mu:g}, s={s:g}")


# ------------------------------------------------------------------ discretized_mixture_log_prob

M = "discretized_mixture_log_prob"


@grades(M)
def test_discretized_mixture_log_prob_is_one_number_for_each_y(answer):
    for y, log_pi, mu, s in mixtures():
        got = answer.discretized_mixture_log_prob(y, log_pi, mu, s, 8)
        shape(
            got, y.shape, f"The result for y {y.shape}, parameters {mu.shape} (the components' axis is gone, no other)"
        )


@grades(M)
def test_discretized_mixture_log_prob_sums_to_one(answer):
    y = np.arange(8)
    for log_pi, mu, s in (components(3), components(1, seed=5), components(8, seed=7)):
        total = np.sum(np.exp(answer.discretized_mixture_log_prob(y, log_pi, mu, s, 8)))
        message = f"8 levels, {len(mu)} components: the sum of all levels' probabilities, minus 1"
        close(total - 1, 0.0, message, atol=1e-12)


@grades(M)
def test_discretized_mixture_log_prob_of_equal_components_is_that_component(answer):
    y, log_pi = np.arange(8), np.log(np.array([0.2, 0.5, 0.3]))
    got = answer.discretized_mixture_log_prob(y, log_pi, np.full(3, 2.6), np.full(3, 0.9), 8)
    close(got, exacts(y, 2.6, 0.9, 8), "three equal components, whatever their weights: the same as one")


@grades(M)
def test_discretized_mixture_log_prob_weighs_its_components(answer):
    for y, log_pi, mu, s in mixtures():
        got = answer.discretized_mixture_log_prob(y, log_pi, mu, s, 8)
        close(got, exact_mixture(y, log_pi, mu, s, 8), f"log Σ π_k P_k(y) for y {y.shape}, parameters {mu.shape}")


@grades(M)
def test_discretized_mixture_log_prob_takes_weights_of_zero(answer):
    y, log_pi = np.array([0, 3, 7]), np.array([0.0, -np.inf])
    got = answer.discretized_mixture_log_prob(y, log_pi, np.array([2.6, 3.0]), np.array([0.9, 0.1]), 8)
    close(got, exacts(y, 2.6, 0.9, 8), "weights 1 and 0 (log_pi = 0 and −inf): the first component alone")


@grades(M)
def test_discretized_mixture_log_prob_keeps_digits_above_all_components(answer):
    y, log_pi = np.array([60, 100, 101]), np.log(np.array([0.25, 0.75]))
    mu, s = np.array([10.0, 20.0]), np.array([1.0, 2.0])
    got = answer.discretized_mixture_log_prob(y, log_pi, mu, s, 256)
    wanted = exact_mixture(y, log_pi, mu, s, 256)
    close(got, wanted, "256 levels, y 20 to 40 scales above all components", rtol=1e-9)


@grades(M)
def test_discretized_mixture_log_prob_is_exact_far_from_all_components(answer):
    y, log_pi = np.array([0, 5, 200, 255]), np.log(np.array([0.25, 0.75]))
    for s in (np.array([1e-6, 2e-6]), np.array([0.05, 0.04]), np.array([1e6, 2e5])):
        for mu in (np.array([90.0, 110.0]), 120 + 50 * s, -50 * s):
            got = answer.discretized_mixture_log_prob(y, log_pi, mu, s, 256)
            finite(got, f"The result for s={s}, mu={mu}")
            wanted = exact_mixture(y, log_pi, mu, s, 256)
            close(got, wanted, f"256 levels, s={s}, mu={mu}", rtol=1e-9)


@grades(M)
def test_discretized_mixture_log_prob_keeps_float32(answer):
    y, (log_pi, mu, s) = integers(1, 8, 4, 3), components(3, 2)
    got = answer.discretized_mixture_log_prob(y, *(a.astype(np.float32) for a in (log_pi, mu, s)), 8)
    shape(got, (4, 3), "The result")
    dtype(got, np.float32, "The result for float32 parameters")
    close(got, exact_mixture(y, log_pi, mu, s, 8), "float32")


# ------------------------------------------------------------------ bits_per_dim


@grades("bits_per_dim")
def test_bits_per_dim_is_one_number_per_object(answer):
    for size in ((5,), (1,), (3, 2)):
        shape(answer.bits_per_dim(-np.abs(normals(1, *size)), 3), size, f"The result for log_prob of shape {size}")


@grades("bits_per_dim")
def test_bits_per_dim_of_a_fair_coin_is_one(answer):
    for m in (1, 3, 64):
        got = answer.bits_per_dim(np.full(2, -m * np.log(2.0)), m)
        close(got, np.ones(2), f"m={m}, fair coins, log P = −{m} log 2: one bit a coin")


@grades("bits_per_dim")
def test_bits_per_dim_of_bytes_is_eight(answer):
    for m in (1, 5, 3072):
        got = answer.bits_per_dim(np.full(3, -m * np.log(256.0)), m)
        close(got, np.full(3, 8.0), f"{m} dimensions with 256 equally likely levels each")


@grades("bits_per_dim")
def test_bits_per_dim_of_a_certain_object_is_zero(answer):
    close(answer.bits_per_dim(np.zeros(2), 7), np.zeros(2), "log P = 0, an object that is certain")


@grades("bits_per_dim")
def test_bits_per_dim_treats_every_object_by_itself(answer):
    log_prob = np.array([-3.0, -120.0, -7.5, 0.0])
    got = answer.bits_per_dim(log_prob, 4)
    close(got, -log_prob / np.log(16.0), "log_prob = −3, −120, −7.5, 0 with m=4")


@grades("bits_per_dim")
def test_bits_per_dim_keeps_float32(answer):
    log_prob = np.array([-2000.0, -3000.5, -1.25], np.float32)
    got = answer.bits_per_dim(log_prob, 64)
    shape(got, (3,), "The result")
    dtype(got, np.float32, "The result for float32 log-probabilities")
    close(got, log_prob.astype(float) / (-64 * np.log(2)), "float32")
