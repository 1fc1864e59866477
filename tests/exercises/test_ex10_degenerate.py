"""Graders of exercise 10: continuous models on discrete data."""

import numpy as np

from minidgm.course.grading import close, grades, same, shape

HALF_LOG_2PI = 0.5 * np.log(2 * np.pi)


def data(n, levels, dtype=np.int64):
    return np.random.RandomState(n + 1000 * levels).randint(0, levels, n).astype(dtype)


def exact(y, levels, sigma):
    """The mixture's log-density, spike by spike."""
    density = [sum(np.exp(-(((int(v) - k) / sigma) ** 2) / 2) for k in range(levels)) / levels for v in y]
    return np.log(density) - np.log(sigma) - HALF_LOG_2PI


# ------------------------------------------------------------------ spike_log_likelihood


@grades("spike_log_likelihood")
def test_spike_log_likelihood_is_one_number_per_object(answer):
    for n, levels in ((5, 3), (1, 4), (3, 3), (7, 1), (2, 256)):
        shape(answer.spike_log_likelihood(data(n, levels), levels, 0.3), (n,), f"The result for n={n}, levels={levels}")


@grades("spike_log_likelihood")
def test_spike_log_likelihood_is_a_gaussian_when_there_is_one_level(answer):
    for sigma in (0.2, 1.0, 3.0):
        wanted = np.full(2, -np.log(sigma) - HALF_LOG_2PI)
        got = answer.spike_log_likelihood(np.zeros(2, np.int64), 1, sigma)
        close(got, wanted, f"one level only, sigma={sigma}: log N(0; 0, sigma²)")


@grades("spike_log_likelihood")
def test_spike_log_likelihood_grows_without_limit(answer):
    for levels, n in ((2, 3), (17, 40), (256, 5)):
        y = data(n, levels)
        wide = answer.spike_log_likelihood(y, levels, 1e-2)
        narrow = answer.spike_log_likelihood(y, levels, 1e-3)
        message = f"{levels} levels: spikes ten times narrower must raise every log-likelihood by log 10"
        close(narrow - wide, np.full(n, np.log(10.0)), message)
        close(wide, np.full(n, -np.log(1e-2) - np.log(levels) - HALF_LOG_2PI), f"{levels} levels, sigma=0.01")


@grades("spike_log_likelihood")
def test_spike_log_likelihood_counts_the_neighbours(answer):
    for levels, sigma in ((5, 1.0), (3, 0.5), (17, 4.0), (2, 0.7)):
        y = np.arange(levels)
        got = answer.spike_log_likelihood(y, levels, sigma)
        close(got, exact(y, levels, sigma), f"{levels} levels, sigma={sigma}: spikes overlap, and all count at every y")


@grades("spike_log_likelihood")
def test_spike_log_likelihood_is_the_same_from_both_ends(answer):
    y = np.arange(6)
    got = answer.spike_log_likelihood(y, 6, 1.5)
    same(got, got[::-1], "levels 0 to 5: the mixture is symmetric, so level k and level 5 − k are equally likely")


@grades("spike_log_likelihood")
def test_spike_log_likelihood_takes_any_sigma(answer):
    y = data(4, 17)
    for sigma in (1e-9, 1e-30, 1e-100):
        wanted = np.full(4, -np.log(sigma) - np.log(17) - HALF_LOG_2PI)
        close(answer.spike_log_likelihood(y, 17, sigma), wanted, f"17 levels, sigma={sigma:g}")
    for sigma in (1e3, 1e12):  # so wide that the levels are one point
        wanted = exact(y, 17, sigma)
        close(answer.spike_log_likelihood(y, 17, sigma), wanted, f"17 levels, sigma={sigma:g}", rtol=1e-9)


@grades("spike_log_likelihood")
def test_spike_log_likelihood_takes_bytes(answer):
    y = data(6, 256, np.uint8)
    for sigma in (0.8, 40.0):
        got = answer.spike_log_likelihood(y, 256, sigma)
        close(got, exact(y, 256, sigma), f"uint8 pixels, 256 levels, sigma={sigma}", rtol=1e-6, atol=1e-6)


# ------------------------------------------------------------------ categorical_mle


@grades("categorical_mle")
def test_categorical_mle_has_one_probability_a_level(answer):
    for n, levels in ((5, 3), (1, 4), (3, 3), (2, 256), (300, 17)):
        shape(answer.categorical_mle(data(n, levels), levels), (levels,), f"The result for n={n}, levels={levels}")


@grades("categorical_mle")
def test_categorical_mle_sums_to_one(answer):
    for n, levels in ((5, 3), (1, 4), (30, 2), (300, 17)):
        probabilities = answer.categorical_mle(data(n, levels), levels)
        close(np.sum(probabilities), 1.0, f"n={n}, levels={levels}: probabilities must sum to one")


@grades("categorical_mle")
def test_categorical_mle_gives_absent_levels_zero(answer):
    for absent in (0, 4, 7):
        y = np.array([k for k in [0, 1, 2, 3, 4, 5, 6, 7, 3, 5, 5] if k != absent])
        probability = answer.categorical_mle(y, 8)[absent]
        message = f"level {absent} of 0…7 isn't in the data: its probability must be exactly 0"
        close(probability, 0.0, message, rtol=0, atol=0)


@grades("categorical_mle")
def test_categorical_mle_gives_shares_of_the_data(answer):
    got = answer.categorical_mle(np.array([2, 0, 2, 3, 2]), 5)
    close(got, np.array([0.2, 0.0, 0.6, 0.2, 0.0]), "y = 2, 0, 2, 3, 2 with 5 levels: the share of each level")
    close(answer.categorical_mle(np.array([1]), 3), np.array([0.0, 1.0, 0.0]), "a single object, y = 1, with 3 levels")
    got = answer.categorical_mle(np.full(9, 4), 5)
    close(got, np.array([0.0, 0.0, 0.0, 0.0, 1.0]), "nine objects, all y = 4, with 5 levels")


@grades("categorical_mle")
def test_categorical_mle_maximizes_the_likelihood(answer):
    y = data(40, 4)
    probabilities = answer.categorical_mle(y, 4)
    shape(probabilities, (4,), "The result for levels=4")
    rng = np.random.RandomState(0)
    for other in (np.full(4, 0.25), *(0.8 * probabilities + 0.2 * rng.dirichlet(np.ones(4)) for _ in range(3))):
        with np.errstate(all="ignore"):  # not every answer is positive
            mine, rival = np.mean(np.log(probabilities[y])), np.mean(np.log(other[y]))
        assert mine >= rival, (
            f"the probabilities {np.round(other, 3)} give the data a greater mean log-likelihood ({rival:.6g}) "
            f"than yours, {np.round(probabilities, 3)} ({mine:.6g})."
        )


@grades("categorical_mle")
def test_categorical_mle_does_not_know_the_order_of_levels(answer):
    y, names = data(50, 6), np.array([3, 5, 0, 1, 4, 2])
    before, after = answer.categorical_mle(y, 6), answer.categorical_mle(names[y], 6)
    same(after[names], before, "the levels renamed: each must keep its probability")


@grades("categorical_mle")
def test_categorical_mle_counts_bytes(answer):
    y = np.array([255, 255, 255, 7] * 100, np.uint8)
    wanted = np.zeros(256)
    wanted[[7, 255]] = 0.25, 0.75
    close(answer.categorical_mle(y, 256), wanted, "400 uint8 pixels, of which 300 are 255 and 100 are 7")
