"""Graders of exercise 01: stable functions, against arithmetic of 400 digits."""

import functools
from decimal import Decimal, localcontext

import numpy as np

from minidgm.course.grading import close, dtype, finite, grades, same, shape

EVERYWHERE = np.array(
    [-700.0, -300.5, -50.0, -20.0, -6.0, -1.0, -1e-3, 0.0, 1e-3, 1.0, 6.0, 20.0, 30.0, 50.0, 300.5, 700.0]
)


def exact(f):
    """f with 400 digits at each number of the arrays, rounded to float64 at the end; each number is worked out once."""

    @functools.cache
    def at(*numbers):
        with localcontext() as context:
            context.prec = 400
            return float(f(*map(Decimal, numbers)))

    return lambda *arrays: np.vectorize(at, otypes=[float])(*(np.asarray(a, dtype=float) for a in arrays))


@exact
def exact_softplus(a):
    return (1 + a.exp()).ln()


@exact
def exact_log_sigmoid(a):
    return -(1 + (-a).exp()).ln()


@exact
def exact_log_diff(a, b):
    return (a.exp() - b.exp()).ln() - (1 + a.exp()).ln() - (1 + b.exp()).ln()


# ------------------------------------------------------------------ logsumexp

LOGS = np.log(np.array([[0.1, 0.2, 0.3, 0.4], [1.0, 2.0, 3.0, 4.0], [0.5, 0.25, 5.0, 0.125]]))


@grades("logsumexp")
def test_logsumexp_drops_the_axis_it_sums_over(answer):
    for axis, wanted in ((0, (4,)), (1, (3,)), (-1, (3,))):
        shape(answer.logsumexp(LOGS, axis), wanted, f"logsumexp of an array (3, 4) along axis {axis}")
    shape(answer.logsumexp(np.zeros((2, 3, 4)), 1), (2, 4), "logsumexp of an array (2, 3, 4) along axis 1")
    shape(answer.logsumexp(np.zeros((3, 1, 4)), 2), (3, 1), "logsumexp of an array (3, 1, 4) along axis 2")


@grades("logsumexp")
def test_logsumexp_adds_the_exponentials_along_its_axis(answer):
    close(answer.logsumexp(LOGS, 1), np.log([1.0, 10.0, 5.875]), "the logarithm of the sum of e^a along axis 1")
    close(answer.logsumexp(LOGS, 0), np.log([1.6, 2.45, 8.3, 4.525]), "the logarithm of the sum of e^a along axis 0")
    cube = np.random.default_rng(1).standard_normal((2, 3, 4))
    close(answer.logsumexp(cube, -2), np.log(np.exp(cube).sum(1)), "the same along axis -2 of three axes")
    close(answer.logsumexp(LOGS[:, :1], 1), LOGS[:, 0], "one term: log e^a = a")


@grades("logsumexp")
def test_logsumexp_moves_with_its_input(answer):
    for shift in (1000.0, -1000.0):
        close(
            answer.logsumexp(LOGS + shift, 1),
            np.log([1.0, 10.0, 5.875]) + shift,
            f"{shift:g} added to every a adds {shift:g} to the result",
            rtol=1e-10,
        )


@grades("logsumexp")
def test_logsumexp_is_right_when_numbers_are_far_apart(answer):
    a = np.array([[1000.0, 1001.0], [-1000.0, -1001.0], [0.0, 1.0], [-2000.0, 500.0]])
    wanted = np.array([1001.0, -1000.0, 1.0, 500.0]) + np.log1p(np.exp([-1.0, -1.0, -1.0, -2500.0]))
    close(answer.logsumexp(a, 1), wanted, "rows around 1000, -1000 and 0 at once: each row by its own numbers")
    close(answer.logsumexp(a.T, 0), wanted, "the same numbers transposed, along axis 0")


@grades("logsumexp")
def test_logsumexp_lets_probability_zero_count_nothing(answer):
    a = np.array([[-np.inf, 0.0, 0.0], [5.0, -np.inf, -np.inf]])
    close(answer.logsumexp(a, 1), np.array([np.log(2), 5.0]), "a = -inf is e^a = 0 and adds nothing")
    a = np.array([[-np.inf, -np.inf], [1.0, 1.0]])
    close(answer.logsumexp(a, 1), np.array([-np.inf, 1 + np.log(2)]), "a row of nothing but -inf: log 0 = -inf")


@grades("logsumexp")
def test_logsumexp_keeps_the_dtype(answer):
    dtype(answer.logsumexp(LOGS, 1), np.float64, "logsumexp of float64 numbers")
    got = answer.logsumexp((LOGS + 100).astype(np.float32), 1)
    dtype(got, np.float32, "logsumexp of float32 numbers")
    close(got, np.log([1.0, 10.0, 5.875]) + 100, "in float32, where e^a ends at a = 88")


# ------------------------------------------------------------------ softplus


@grades("softplus")
def test_softplus_is_log_of_one_plus_e_to_the_a(answer):
    a = np.array([[-2.0, -0.5, 0.0], [0.5, 2.0, 8.0]])
    got = answer.softplus(a)
    shape(got, (2, 3), "softplus of an array (2, 3)")
    close(got, np.log(1 + np.exp(a)), "log(1 + e^a) for moderate a")


@grades("softplus")
def test_softplus_of_a_minus_that_of_minus_a_is_a(answer):
    a = np.array([0.25, 1.0, 3.0, 30.0])
    close(answer.softplus(a) - answer.softplus(-a), a, "softplus(a) - softplus(-a) = a", rtol=1e-9)


@grades("softplus")
def test_softplus_does_not_overflow(answer):
    a = np.array([50.0, 100.0, 710.0, 1e5, 1e300])
    got = answer.softplus(a)
    finite(got, "softplus(a) for a up to 1e300")
    close(got, a, "for large a, log(1 + e^a) is a", rtol=1e-14)


@grades("softplus")
def test_softplus_is_right_to_rounding_where_it_is_nearly_a(answer):
    a = np.array([12.0, 16.5, 20.5, 22.0, 25.0, 30.0, 33.0])
    close(answer.softplus(a), exact_softplus(a), "softplus(a) = a + e^-a: e^-a still counts here", rtol=2e-15, atol=0)


@grades("softplus")
def test_softplus_of_infinity(answer):
    got = answer.softplus(np.array([np.inf, -np.inf, 0.0]))
    close(got, np.array([np.inf, 0.0, np.log(2)]), "softplus(inf) = inf, softplus(-inf) = 0")


@grades("softplus")
def test_softplus_keeps_its_digits_where_it_is_small(answer):
    a = np.array([-5.0, -20.0, -37.0, -100.0, -700.0])
    got = answer.softplus(a)
    close(got, exact_softplus(a), "for very negative a, log(1 + e^a) is e^a, small but not 0", rtol=1e-9, atol=0)
    close(answer.softplus(np.array([-1e5])), np.array([0.0]), "at a = -1e5 even e^a is 0", atol=0)


@grades("softplus")
def test_softplus_is_exact_everywhere(answer):
    wanted = exact_softplus(EVERYWHERE)
    close(answer.softplus(EVERYWHERE), wanted, "log(1 + e^a), from a = -700 to 700", rtol=1e-9, atol=0)
    twice = np.repeat(EVERYWHERE, 2)
    close(answer.softplus(twice[::2]), wanted, "the same for every second number of an array", rtol=1e-9, atol=0)


@grades("softplus")
def test_softplus_keeps_the_dtype(answer):
    a = np.array([-80.0, -20.0, -1.0, 0.0, 1.0, 20.0, 80.0, 1000.0], np.float32)
    got = answer.softplus(a)
    dtype(got, np.float32, "softplus of float32 numbers")
    close(got, np.logaddexp(0, a.astype(float)), "log(1 + e^a) in float32, from -80 to 1000", atol=0)


# ------------------------------------------------------------------ log_sigmoid


@grades("log_sigmoid")
def test_log_sigmoid_is_the_logarithm_of_the_sigmoid(answer):
    a = np.array([[-3.0, -1.0, 0.0], [0.5, 2.0, 5.0]])
    got = answer.log_sigmoid(a)
    shape(got, (2, 3), "log_sigmoid of an array (2, 3)")
    close(got, np.log(1 / (1 + np.exp(-a))), "log(1 / (1 + e^-a)) for moderate a")


@grades("log_sigmoid")
def test_log_sigmoid_of_both_answers_adds_up_to_one(answer):
    a = np.array([0.0, 0.7, 3.0, 9.0])
    total = np.exp(answer.log_sigmoid(a)) + np.exp(answer.log_sigmoid(-a))
    close(total, np.ones(4), "P(yes) + P(no) = σ(a) + σ(-a) = 1")


@grades("log_sigmoid")
def test_log_sigmoid_of_a_very_negative_number_is_that_number(answer):
    a = np.array([-25.0, -40.0, -100.0, -710.0, -1e5])
    got = answer.log_sigmoid(a)
    finite(got, "log_sigmoid(a) for a down to -1e5")
    close(got, a, "for very negative a, log σ(a) is a", rtol=1e-9)


@grades("log_sigmoid")
def test_log_sigmoid_is_right_to_rounding_where_it_is_nearly_a(answer):
    a = -np.array([12.0, 16.5, 20.5, 22.0, 25.0, 30.0, 33.0])
    wanted = exact_log_sigmoid(a)
    close(answer.log_sigmoid(a), wanted, "log σ(a) = a - e^a: e^a still counts here", rtol=2e-15, atol=0)


@grades("log_sigmoid")
def test_log_sigmoid_of_infinity(answer):
    got = answer.log_sigmoid(np.array([np.inf, -np.inf, 0.0]))
    close(got, np.array([0.0, -np.inf, -np.log(2)]), "log σ(inf) = log 1 = 0, log σ(-inf) = log 0 = -inf")


@grades("log_sigmoid")
def test_log_sigmoid_keeps_its_digits_where_it_is_nearly_zero(answer):
    a = np.array([5.0, 20.0, 30.0, 40.0, 100.0, 700.0])
    wanted = exact_log_sigmoid(a)
    close(answer.log_sigmoid(a), wanted, "for large a, log σ(a) is -e^-a, small but not 0", rtol=1e-9, atol=0)


@grades("log_sigmoid")
def test_log_sigmoid_is_exact_everywhere(answer):
    wanted = exact_log_sigmoid(EVERYWHERE)
    close(answer.log_sigmoid(EVERYWHERE), wanted, "log σ(a), from a = -700 to 700", rtol=1e-9, atol=0)
    twice = np.repeat(EVERYWHERE, 2)
    close(answer.log_sigmoid(twice[::2]), wanted, "the same for every second number of an array", rtol=1e-9, atol=0)


@grades("log_sigmoid")
def test_log_sigmoid_keeps_the_dtype(answer):
    a = np.array([-1000.0, -80.0, -20.0, -1.0, 0.0, 1.0, 20.0, 80.0], np.float32)
    got = answer.log_sigmoid(a)
    dtype(got, np.float32, "log_sigmoid of float32 numbers")
    close(got, -np.logaddexp(0, -a.astype(float)), "log σ(a) in float32, from -1000 to 80", atol=0)


# ------------------------------------------------------------------ log_diff_sigmoid


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


@grades("log_diff_sigmoid")
def test_log_diff_sigmoid_is_the_logarithm_of_the_difference(answer):
    a, b = np.array([[0.5, 1.0, 3.0], [0.0, -1.0, 4.0]]), np.array([[-0.5, 0.5, -2.0], [-3.0, -1.5, 2.0]])
    got = answer.log_diff_sigmoid(a, b)
    shape(got, (2, 3), "log_diff_sigmoid of two arrays (2, 3)")
    close(got, np.log(sigmoid(a) - sigmoid(b)), "log(σ(a) - σ(b)) for moderate a and b")


@grades("log_diff_sigmoid")
def test_log_diff_sigmoid_of_all_bins_adds_up_to_one(answer):
    edges = np.concatenate([[-np.inf], np.linspace(-4.0, 6.0, 8), [np.inf]])
    total = np.sum(np.exp(answer.log_diff_sigmoid(edges[1:], edges[:-1])))
    close(total, 1.0, "bins from -inf to +inf hold all the probability, 1")
    wanted = np.log([sigmoid(0.3), 1 - sigmoid(0.3), 1.0])
    got = answer.log_diff_sigmoid(np.array([0.3, np.inf, np.inf]), np.array([-np.inf, 0.3, -np.inf]))
    close(got, wanted, "the outer bins: log σ(a) for b = -inf, log(1 - σ(b)) for a = +inf")


@grades("log_diff_sigmoid")
def test_log_diff_sigmoid_is_exact_in_the_left_tail(answer):
    a, b = np.array([-30.0, -49.5, -300.0, -699.0]), np.array([-31.0, -50.5, -310.0, -700.0])
    close(answer.log_diff_sigmoid(a, b), exact_log_diff(a, b), "log(σ(a) - σ(b)) far below 0", rtol=1e-9)


@grades("log_diff_sigmoid")
def test_log_diff_sigmoid_is_exact_in_the_right_tail(answer):
    a, b = np.array([31.0, 50.5, 310.0, 700.0]), np.array([30.0, 49.5, 300.0, 699.0])
    got = answer.log_diff_sigmoid(a, b)
    close(got, exact_log_diff(a, b), "log(σ(a) - σ(b)) far above 0, where both σ are 1", rtol=1e-9)
    same(got, answer.log_diff_sigmoid(-b, -a), "a bin and its mirror image about 0 hold the same probability")


@grades("log_diff_sigmoid")
def test_log_diff_sigmoid_is_exact_for_narrow_bins(answer):
    b = np.array([-60.0, -2.0, -1e-3, 0.0, 1e-3, 3.0, 60.0])
    for width in (1e-3, 1e-8, 1e-12):
        a = b + width
        close(
            answer.log_diff_sigmoid(a, b),
            exact_log_diff(a, b),
            f"log(σ(a) - σ(b)) for narrow bins, a - b = {width:g}, wherever they lie",
            rtol=1e-9,
        )


@grades("log_diff_sigmoid")
def test_log_diff_sigmoid_is_exact_for_wide_bins(answer):
    a, b = np.array([3.0, 20.0, 5.0, 100.0]), np.array([-3.0, -4.0, -200.0, -100.0])
    close(answer.log_diff_sigmoid(a, b), exact_log_diff(a, b), "log(σ(a) - σ(b)) for wide bins", atol=0)


@grades("log_diff_sigmoid")
def test_log_diff_sigmoid_keeps_the_dtype(answer):
    a = np.array([1.0, -49.5, 50.5, 2.0009765625, 20.0, -1000.0], np.float32)
    b = np.array([0.0, -50.5, 49.5, 2.0, 10.0, -1001.0], np.float32)
    got = answer.log_diff_sigmoid(a, b)
    dtype(got, np.float32, "log_diff_sigmoid of float32 numbers")
    close(got, exact_log_diff(a, b), "log(σ(a) - σ(b)) in float32", atol=0)
