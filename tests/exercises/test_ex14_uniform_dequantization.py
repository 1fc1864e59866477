"""Graders of exercise 14: uniform dequantization."""

import itertools

import numpy as np
from scipy.special import expit

from minidgm.course.grading import Wrong, close, dtype, grades, reference, shape

solution = reference("ex14_uniform_dequantization")


def levels(n, m, high=9):
    return np.random.RandomState(10 * n + m).randint(0, high, (n, m))


def noise(samples, n, m, dtype=np.float64):
    return np.random.RandomState(100 * samples + 10 * n + m).random_sample((samples, n, m)).astype(dtype)


def rows_only(log_p):
    """A model's log-density: it takes rows (any number, m) and refuses everything else."""

    def checked(x):
        if np.ndim(x) != 2:
            raise ValueError(f"log_p: expected rows of points, shape (rows, m), got {np.shape(x)}")
        return log_p(x)

    return checked


@rows_only
def curved(x):
    """A correlated density whose slope and height differ from place to place, in x's dtype."""
    weights = (1 + np.arange(x.shape[1])).astype(x.dtype)
    total = np.sum(weights * x, axis=1)
    return -np.sum((x - 4) ** 2, axis=1) / 3 + np.sin(total) - 1


@rows_only
def flat(x):
    """A density that is constant on each cell."""
    return -np.sum(np.floor(x), axis=1) - 2


@rows_only
def logistic(x):
    """Logistic of location 3 and scale 0.7, independent axes."""
    a = (x - 3) / 0.7
    return np.sum(-np.abs(a) - 2 * np.log1p(np.exp(-np.abs(a))) - np.log(0.7), axis=1)


def even_noise(points, n, m):
    """The midpoint rule's noise, (points^m, n, m), made here."""
    axis = (np.arange(points) + 0.5) / points
    return np.repeat(np.array(list(itertools.product(axis, repeat=m)))[:, None], n, axis=1)


# ------------------------------------------------------------------ dequantize


@grades("dequantize")
def test_dequantize_has_the_shape_of_the_noise(answer):
    for samples, n, m in ((3, 4, 5), (1, 4, 2), (4, 1, 3), (3, 3, 3)):
        shape(answer.dequantize(levels(n, m), noise(samples, n, m)), (samples, n, m), "x for u of (samples, n, m)")
        shape(answer.dequantize(levels(n, m), noise(1, n, m)[0]), (n, m), "x for u of (n, m)")


@grades("dequantize")
def test_dequantize_stays_in_the_cell_of_its_level(answer):
    y, u = levels(6, 4), noise(5, 6, 4)
    x = answer.dequantize(y, u)
    shape(x, (5, 6, 4), "x for u of (5, 6, 4)")
    close(np.floor(x), np.broadcast_to(y, x.shape).astype(float), "x lies in [y, y + 1), so rounding down gives y back")


@grades("dequantize")
def test_dequantize_keeps_the_noise(answer):
    y, u = levels(6, 4, 256), noise(5, 6, 4)
    close(answer.dequantize(y, u) - y, u, "x − y is the noise")
    close(answer.dequantize(y, u[1]) - y, u[1], "x − y is the noise, for u of (n, m)")


@grades("dequantize")
def test_dequantize_takes_the_noises_dtype(answer):
    for kind in (np.int64, np.uint8, np.float64):
        x = answer.dequantize(levels(4, 3).astype(kind), noise(2, 4, 3, np.float32))
        dtype(x, np.float32, f"x for {np.dtype(kind)} levels and float32 noise")
        close(x, levels(4, 3) + noise(2, 4, 3, np.float32), f"x for {np.dtype(kind)} levels and float32 noise")
    dtype(answer.dequantize(levels(4, 3).astype(np.uint8), noise(2, 4, 3)), np.float64, "x for float64 noise")


# ------------------------------------------------------------------ uniform_bound


SIZES = ((2, 3, 2), (5, 4, 3), (1, 3, 2), (6, 1, 2), (3, 3, 3), (4, 6, 1), (2, 5, 7))


@grades("uniform_bound")
def test_uniform_bound_is_one_number_per_object(answer):
    for samples, n, m in SIZES:
        got = answer.uniform_bound(levels(n, m), noise(samples, n, m), curved)
        shape(got, (n,), f"The bound for samples={samples}, n={n}, m={m} (one number per object)")


@grades("uniform_bound")
def test_uniform_bound_is_exact_for_a_density_flat_on_the_cells(answer):
    for samples, n, m in SIZES:
        y = levels(n, m)
        message = f"samples={samples}, n={n}, m={m}: on cells where log p is constant, the bound is that constant"
        close(answer.uniform_bound(y, noise(samples, n, m), flat), -y.sum(axis=1) - 2.0, message)


@grades("uniform_bound")
def test_uniform_bound_of_an_exponential_density_is_minus_the_mean(answer):
    y, u = levels(4, 3), noise(5, 4, 3)
    got = answer.uniform_bound(y, u, rows_only(lambda x: -np.sum(x, axis=1)))
    close(got, -np.sum(y + u.mean(axis=0), axis=1), "log p(x) = −Σ x_j: the bound is −Σ_j (y_j + the mean of u_j)")


@grades("uniform_bound")
def test_uniform_bound_never_exceeds_the_discrete_log_prob(answer):
    for m, n, points in ((1, 7, 60), (2, 4, 12)):
        y = levels(n, m)
        got = answer.uniform_bound(y, even_noise(points, n, m), curved)
        shape(got, (n,), f"The bound for n={n}, m={m}")
        exact = solution.discrete_log_prob(y, curved, points)
        if np.any(got >= exact):
            i = int(np.argmax(got - exact))
            raise Wrong(f"The bound of object {i} is {got[i]:.6g}, not below log P(y) = {exact[i]:.6g}: a lower bound.")


@grades("uniform_bound")
def test_uniform_bound_averages_the_log_density_over_the_noise(answer):
    for samples, n, m in SIZES:
        y, u = levels(n, m), noise(samples, n, m)
        wanted = np.mean([curved(y + one) for one in u], axis=0)
        close(
            answer.uniform_bound(y, u, curved),
            wanted,
            f"samples={samples}, n={n}, m={m}: mean over s of log p(y + u_s)",
        )


@grades("uniform_bound")
def test_uniform_bound_survives_unlikely_cells(answer):
    y, u = levels(3, 2), noise(4, 3, 2)
    got = answer.uniform_bound(y, u, rows_only(lambda x: curved(x) - 2000))
    close(got, solution.uniform_bound(y, u, curved) - 2000, "A log-density lowered by 2000 lowers the bound by 2000")


@grades("uniform_bound")
def test_uniform_bound_keeps_float32(answer):
    y, u = levels(4, 3), noise(5, 4, 3, np.float32)
    got = answer.uniform_bound(y, u, curved)
    dtype(got, np.float32, "The bound for float32 noise")
    close(got, solution.uniform_bound(y, u, curved), "The bound in float32")


# ------------------------------------------------------------------ discrete_log_prob


@grades("discrete_log_prob")
def test_discrete_log_prob_is_one_number_per_object(answer):
    for n, m, points in ((4, 1, 10), (1, 2, 5), (3, 2, 3), (5, 1, 5)):
        got = answer.discrete_log_prob(levels(n, m), curved, points)
        shape(got, (n,), f"log P(y) for n={n}, m={m}, points={points}")


@grades("discrete_log_prob")
def test_discrete_log_prob_of_a_constant_cell_is_its_log_density(answer):
    for n, m, points in ((4, 1, 10), (3, 2, 7), (1, 2, 2), (2, 1, 1)):
        y = levels(n, m)
        message = f"m={m}, points={points}: where the density is constant on the unit cell, log P(y) is its logarithm"
        close(answer.discrete_log_prob(y, flat, points), -y.sum(axis=1) - 2.0, message)


@grades("discrete_log_prob")
def test_discrete_log_prob_sums_to_one_over_all_levels(answer):
    line = np.arange(-20, 30)[:, None]
    got = answer.discrete_log_prob(line, logistic, 20)
    shape(got, (50,), "log P(y) for 50 levels")
    close(
        np.sum(np.exp(got)), 1.0, "The probabilities of all levels −20..29 of a logistic of scale 0.7 must sum to one"
    )
    square = np.array(list(itertools.product(range(-8, 16), repeat=2)))
    got = answer.discrete_log_prob(square, logistic, 8)
    shape(got, (576,), "log P(y) for 576 pairs of levels")
    close(np.sum(np.exp(got)), 1.0, "The probabilities of all pairs of levels must sum to one", rtol=1e-4)


@grades("discrete_log_prob")
def test_discrete_log_prob_is_the_difference_of_the_cdf(answer):
    y = np.arange(0, 8)[:, None]
    wanted = np.log(expit((y[:, 0] + 1 - 3) / 0.7) - expit((y[:, 0] - 3) / 0.7))
    message = "A logistic of location 3, scale 0.7, 40 points: P(y) = F(y + 1) − F(y)"
    close(answer.discrete_log_prob(y, logistic, 40), wanted, message, rtol=1e-3)
    pairs = levels(6, 2, 8)
    got = answer.discrete_log_prob(pairs, logistic, 16)
    close(got, wanted[pairs].sum(axis=1), "Two independent logistics, 16 points per axis: log P adds up", rtol=1e-3)


@grades("discrete_log_prob")
def test_discrete_log_prob_takes_the_middles_of_all_little_cubes(answer):
    for n, m, points in ((4, 1, 3), (3, 2, 4), (2, 2, 1), (1, 1, 5)):
        y = levels(n, m)
        wanted = np.log(np.mean([np.exp(curved(y + u)) for u in even_noise(points, n, m)], axis=0))
        message = f"m={m}, points={points}: the logarithm of the mean density at the {points**m} middles"
        close(answer.discrete_log_prob(y, curved, points), wanted, message)


@grades("discrete_log_prob")
def test_discrete_log_prob_survives_unlikely_cells(answer):
    y = levels(4, 2)
    for shift in (-2000, 2000, -25):
        got = answer.discrete_log_prob(y, rows_only(lambda x, shift=shift: curved(x) + shift), 5)
        message = f"A log-density raised by {shift} raises log P(y) by {shift}"
        close(got, solution.discrete_log_prob(y, curved, 5) + shift, message, rtol=1e-9)
    y = np.array([[0, 1], [3, 2], [8, 5]])
    steep = rows_only(lambda x: curved(x) - 500 * np.floor(x[:, 0]))
    wanted = solution.discrete_log_prob(y, curved, 5) - 500 * y[:, 0]
    message = "log p lowered by 500 times the first level: some objects are likely, others e^−4000"
    close(answer.discrete_log_prob(y, steep, 5), wanted, message, rtol=1e-9)
