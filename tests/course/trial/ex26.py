"""Exercise 26 as new users answer it: tests that catch too little, or too much."""

import numpy as np
from autograd.scipy.special import logsumexp

from minidgm.course.bank import misconception as wrong
from minidgm.course.bank import right_answer as right


def points(n, m, seed=0):
    return np.random.RandomState(seed).randn(n, m)


@wrong("check_1", "only m = 2, where nothing is to be seen")
def two_dimensions(candidate):
    f, g = candidate
    x = points(5, 2)
    assert np.allclose(g(f(x)), x)


@wrong("check_1", "compares bit by bit")
def exactly(candidate):
    f, g = candidate
    for m in range(2, 7):
        x = points(4, m)
        assert np.array_equal(g(f(x)), x)


@wrong("check_1", "the shape only")
def shape_only(candidate):
    f, g = candidate
    assert f(points(3, 4)).shape == (3, 4)


@wrong("check_1", "returns False instead of raising")
def returns_false(candidate):
    f, g = candidate
    x = points(5, 5)
    return np.allclose(g(f(x)), x)


@right("check_1")
def round_trip(candidate):
    f, g = candidate
    for n in (1, 3):
        for m in range(2, 8):
            x = points(n, m, seed=m)
            assert f(x).shape == (n, m)
            assert np.allclose(g(f(x)), x, atol=1e-6) and np.allclose(f(g(x)), x, atol=1e-6)


@wrong("check_2", "only that both are finite")
def finite(candidate):
    f, g = candidate
    z, log_det = f(points(3, 3))
    assert np.isfinite(log_det).all()


@wrong("check_2", "sum is zero for f then g at the same point")
def wrong_point(candidate):
    f, g = candidate
    x = points(3, 3)
    assert np.allclose(f(x)[1] + g(x)[1], 0)


@wrong("check_2", "g's log_det against f's only: both may be wrong together")
def against_each_other(candidate):
    f, g = candidate
    x = points(4, 3)
    z, there = f(x)
    _, back = g(z)
    assert np.allclose(there + back, 0, atol=1e-6)


@wrong("check_3", "alpha taken to be 0.05")
def alpha_fixed(candidate):
    f, g = candidate
    x = np.full((1, 2), 0.5)
    x[0, 0] = 0.9
    s = 0.025 + 0.95 * x
    assert np.allclose(f(x)[0], np.log(s / (1 - s)))


@wrong("check_3", "back and forth, with a tolerance of 0.05")
def loose(candidate):
    f, g = candidate
    x = np.random.RandomState(0).uniform(size=(20, 3))
    assert np.allclose(g(f(x)[0])[0], x, atol=0.05)


@wrong("check_3", "values only, not log_det")
def values_only(candidate):
    f, g = candidate
    x = np.random.RandomState(0).uniform(0.01, 0.99, size=(20, 3))
    assert np.allclose(g(f(x)[0])[0], x, atol=1e-6)


@wrong("check_4", "one object only")
def one_object(candidate):
    side = np.linspace(-10, 10, 101)
    total = sum(np.exp(candidate(np.array([[a, b]]))[0]) for a in side for b in side) * 0.04
    assert abs(total - 1) < 1e-2


@wrong("check_4", "the same as a standard normal")
def standard_normal(candidate):
    x = points(10, 2)
    assert np.allclose(candidate(x), -0.5 * np.sum(x**2, axis=1) - np.log(2 * np.pi))


@wrong("check_4", "batch against single objects only")
def batch_against_single(candidate):
    x = points(6, 2)
    assert np.allclose(candidate(x), [candidate(row[None])[0] for row in x], atol=1e-6)


@wrong("check_5", "k = 3 only")
def three_only(candidate):
    assert np.array_equal(np.asarray(candidate(3)).astype(int), [[1, 1, 1], [1, 1, 0], [0, 0, 0]])


@wrong("check_5", "k = 1 and 3, counted only")
def counted(candidate):
    for k in (1, 3, 5):
        assert np.sum(candidate(k)) == k * k // 2 + 1


@right("check_5")
def by_hand(candidate):
    for k in (1, 3, 5, 7, 9):
        mask = np.asarray(candidate(k))
        assert mask.shape == (k, k)
        c = k // 2
        for i in range(k):
            for j in range(k):
                assert bool(mask[i, j]) == (i < c or (i == c and j <= c))


@wrong("check_6", "sums to one for one setting in the middle")
def in_the_middle(candidate):
    y = np.arange(256)
    assert np.isclose(np.exp(candidate(y, 128.0, 5.0, 256)).sum(), 1)


@wrong("check_6", "sums to one by a test of <= 1")
def at_most_one(candidate):
    y = np.arange(4)
    assert np.exp(candidate(y, 0.3, 1.0, 4)).sum() <= 1 + 1e-6


@wrong("check_7", "one sample")
def one_sample(candidate):
    log_p, log_q = points(1, 4), points(1, 4, 1)
    assert np.allclose(candidate(log_p, log_q), (log_p - log_q)[0])


@wrong("check_7", "must be the mean")
def must_be_mean(candidate):
    log_p, log_q = points(5, 4), points(5, 4, 1)
    assert np.allclose(candidate(log_p, log_q), np.mean(log_p - log_q, axis=0))


@right("check_7")
def either(candidate):
    for k, n in ((1, 3), (4, 2), (7, 7), (3, 1)):
        log_p, log_q = 3 * points(k, n, k), 2 * points(k, n, k + 1)
        got, w = candidate(log_p, log_q), log_p - log_q
        assert np.shape(got) == (n,)
        mean = np.allclose(got, w.mean(axis=0), atol=1e-6)
        assert mean or np.allclose(got, logsumexp(w, axis=0) - np.log(k), atol=1e-6)


@wrong("check_8", "one posterior")
def one_posterior(candidate):
    z = points(3, 2)
    got = candidate(z, np.zeros((1, 2)), np.zeros((1, 2)))
    assert np.allclose(got, -0.5 * np.sum(z**2, axis=1) - np.log(2 * np.pi))


@wrong("check_8", "equal posteriors, only finite")
def finite_8(candidate):
    assert np.isfinite(candidate(points(3, 2), points(4, 2), np.zeros((4, 2)))).all()


@wrong("check_8", "nothing asserted")
def nothing(candidate):
    candidate(points(3, 2), points(4, 2), np.zeros((4, 2)))


@right("check_8")
def the_formula(candidate):
    for n_z, n, d in ((3, 4, 2), (1, 1, 1), (5, 2, 3), (2, 6, 1)):
        z, mu, log_sigma = points(n_z, d, 1), points(n, d, 2), 0.5 * points(n, d, 3)
        a = (z[:, None] - mu) / np.exp(log_sigma)
        logs = np.sum(-0.5 * a**2 - log_sigma - 0.5 * np.log(2 * np.pi), axis=2)
        assert np.shape(candidate(z, mu, log_sigma)) == (n_z,)
        assert np.allclose(candidate(z, mu, log_sigma), logsumexp(logs, axis=1) - np.log(n), atol=1e-6)
