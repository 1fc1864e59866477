"""Graders of exercise 18: the aggregated posterior."""

import numpy as np
from scipy.special import logsumexp

from minidgm.course.densities import multivariate_normal
from minidgm.course.grading import Wrong, close, dtype, grades, reference, shape

solution = reference("ex18_aggregated_posterior")
SIZES = ((6, 4, 3), (4, 4, 3), (1, 5, 2), (5, 1, 2), (3, 3, 3), (2, 7, 1))


def case(points, n, d, dtype=np.float64):
    """(z, mu, log_sigma): points among posteriors of different places and widths, none of them standard."""
    rng = np.random.RandomState(100 * points + 10 * n + d)
    mu, log_sigma = 1.5 * rng.standard_normal((n, d)) + 0.5, 0.5 * rng.standard_normal((n, d)) - 0.3
    return (1.5 * rng.standard_normal((points, d))).astype(dtype), mu.astype(dtype), log_sigma.astype(dtype)


def far_and_narrow():
    """float32 posteriors with means near 100 and sigma near 0.007, and a sample of each; the exact table in float64."""
    rng = np.random.RandomState(5)
    mu = (100 + rng.standard_normal((5, 3))).astype(np.float32)
    log_sigma = (-5 + 0.2 * rng.standard_normal((5, 3))).astype(np.float32)
    z = (mu + np.exp(log_sigma) * rng.standard_normal((5, 3))).astype(np.float32)
    exact = solution.gaussian_log_prob_table(z.astype(float), mu.astype(float), log_sigma.astype(float))
    return z, mu, log_sigma, exact


def name(z, mu):
    return f"n_z={len(z)}, n={len(mu)}, d={mu.shape[1]}"


# ------------------------------------------------------------------ gaussian_log_prob_table


@grades("gaussian_log_prob_table")
def test_gaussian_log_prob_table_has_a_row_per_point_and_a_column_per_object(answer):
    for size in SIZES:
        z, mu, log_sigma = case(*size)
        got = answer.gaussian_log_prob_table(z, mu, log_sigma)
        shape(got, size[:2], f"The table for {name(z, mu)} (n_z rows, n columns)")


@grades("gaussian_log_prob_table")
def test_gaussian_log_prob_table_integrates_to_one_in_every_column(answer):
    z = np.linspace(-15, 15, 3001)[:, None]
    mu, log_sigma = np.array([[0.0], [3.0], [-2.0]]), np.array([[0.0], [0.5], [-1.5]])
    got = answer.gaussian_log_prob_table(z, mu, log_sigma)
    shape(got, (3001, 3), "The table for 3001 points and 3 objects")
    area = np.sum(np.exp(got), axis=0) * 0.01
    close(area, np.ones(3), "∫ q(z|x_i) dz over a fine grid of points, for each column")


@grades("gaussian_log_prob_table")
def test_gaussian_log_prob_table_at_the_mean_is_the_height_of_the_peak(answer):
    _, mu, log_sigma = case(4, 4, 3)
    got = answer.gaussian_log_prob_table(mu, mu, log_sigma)
    shape(got, (4, 4), "The table at the four means")
    wanted = -np.sum(log_sigma, axis=1) - 1.5 * np.log(2 * np.pi)
    close(np.diag(got), wanted, "The diagonal of the table at z = mu, d = 3: −Σ log σ − (3/2) log 2π")


@grades("gaussian_log_prob_table")
def test_gaussian_log_prob_table_holds_every_pair(answer):
    for size in SIZES:
        z, mu, log_sigma = case(*size)
        wanted = [multivariate_normal(m, np.diag(np.exp(2 * s))).logpdf(z) for m, s in zip(mu, log_sigma)]
        wanted = np.stack([np.atleast_1d(w) for w in wanted], axis=1)
        message = f"{name(z, mu)}: entry [k, i] is the log-density of point k under posterior i"
        close(answer.gaussian_log_prob_table(z, mu, log_sigma), wanted, message)


@grades("gaussian_log_prob_table")
def test_gaussian_log_prob_table_takes_many_pairs(answer):
    z, mu, log_sigma = case(300, 400, 5)
    got = answer.gaussian_log_prob_table(z, mu, log_sigma)
    shape(got, (300, 400), "The table for 300 points and 400 objects")
    close(
        got, solution.gaussian_log_prob_table(z, mu, log_sigma), "The table for 300 points and 400 objects", rtol=1e-6
    )


@grades("gaussian_log_prob_table")
def test_gaussian_log_prob_table_takes_narrow_posteriors_as_they_are(answer):
    mu, log_sigma = np.zeros((2, 2)), np.array([[-20.0, -20.0], [-25.0, 0.0]])
    got = answer.gaussian_log_prob_table(np.zeros((1, 2)), mu, log_sigma)
    wanted = np.array([[40.0, 25.0]]) - np.log(2 * np.pi)
    close(got, wanted, "The table at z = mu = 0 for log_sigma = −20, −20 and −25, 0")


@grades("gaussian_log_prob_table")
def test_gaussian_log_prob_table_takes_many_dimensions(answer):
    for log_sigma in (-4.0, 4.0):  # a product of 200 such sigmas is e^−800 or e^800
        got = answer.gaussian_log_prob_table(np.zeros((1, 200)), np.zeros((2, 200)), np.full((2, 200), log_sigma))
        wanted = np.full((1, 2), -200 * (log_sigma + 0.5 * np.log(2 * np.pi)))
        close(got, wanted, f"The table at z = mu = 0 in 200 dimensions with log_sigma = {log_sigma:g}")


@grades("gaussian_log_prob_table")
def test_gaussian_log_prob_table_keeps_float32(answer):
    z, mu, log_sigma = case(6, 4, 3, np.float32)
    got = answer.gaussian_log_prob_table(z, mu, log_sigma)
    dtype(got, np.float32, "The table for float32 arguments")
    wanted = solution.gaussian_log_prob_table(z.astype(float), mu.astype(float), log_sigma.astype(float))
    close(got, wanted, "The table in float32", atol=1e-4)


@grades("gaussian_log_prob_table")
def test_gaussian_log_prob_table_is_right_far_from_zero_in_float32(answer):
    z, mu, log_sigma, exact = far_and_narrow()
    got = answer.gaussian_log_prob_table(z, mu, log_sigma)
    shape(got, (5, 5), "The table for 5 points and 5 objects")
    message = "float32, means near 100, sigma near 0.007 (are large numbers subtracted to get a small one?)"
    close(np.diag(got), np.diag(exact), f"{message}: each point under its own posterior", atol=0.05)
    close(got, exact, f"{message}: all pairs", rtol=1e-3)


@grades("gaussian_log_prob_table")
def test_gaussian_log_prob_table_takes_strided_views(answer):
    z, mu, log_sigma = case(8, 6, 6)
    z, mu, log_sigma = z[::2, ::2], np.asfortranarray(mu)[::-1, ::2], log_sigma[::-1, 1::2]
    wanted = solution.gaussian_log_prob_table(*map(np.ascontiguousarray, (z, mu, log_sigma)))
    close(answer.gaussian_log_prob_table(z, mu, log_sigma), wanted, "The table of strided views")


# ------------------------------------------------------------------ aggregated_log_prob


@grades("aggregated_log_prob")
def test_aggregated_log_prob_is_one_number_per_point(answer):
    for size in SIZES:
        z, mu, log_sigma = case(*size)
        shape(answer.aggregated_log_prob(z, mu, log_sigma), size[:1], f"log q_agg for {name(z, mu)}")


@grades("aggregated_log_prob")
def test_aggregated_log_prob_integrates_to_one(answer):
    z = np.linspace(-15, 15, 3001)[:, None]
    mu, log_sigma = np.array([[0.0], [3.0], [-2.0], [5.0]]), np.array([[0.0], [0.5], [-1.5], [-0.3]])
    got = answer.aggregated_log_prob(z, mu, log_sigma)
    shape(got, (3001,), "log q_agg for 3001 points")
    close(np.sum(np.exp(got)) * 0.01, 1.0, "∫ q_agg(z) dz over a fine grid of points, for n = 4 posteriors")


@grades("aggregated_log_prob")
def test_aggregated_log_prob_of_one_object_is_its_posterior(answer):
    z, mu, log_sigma = case(5, 1, 3)
    wanted = solution.gaussian_log_prob_table(z, mu, log_sigma)[:, 0]
    close(answer.aggregated_log_prob(z, mu, log_sigma), wanted, "With n = 1, q_agg is that posterior")


@grades("aggregated_log_prob")
def test_aggregated_log_prob_of_equal_posteriors_is_any_of_them(answer):
    z, mu, log_sigma = case(5, 1, 3)
    wanted = solution.gaussian_log_prob_table(z, mu, log_sigma)[:, 0]
    got = answer.aggregated_log_prob(z, np.repeat(mu, 7, axis=0), np.repeat(log_sigma, 7, axis=0))
    close(got, wanted, "Seven times the same posterior: their mixture is that posterior")


@grades("aggregated_log_prob")
def test_aggregated_log_prob_lies_between_the_highest_posterior_and_its_share(answer):
    for size in SIZES:
        z, mu, log_sigma = case(*size)
        got = answer.aggregated_log_prob(z, mu, log_sigma)
        shape(got, size[:1], f"log q_agg for {name(z, mu)}")
        high = np.max(solution.gaussian_log_prob_table(z, mu, log_sigma), axis=1)
        low = high - np.log(len(mu))
        if np.any(got > high + 1e-9) or np.any(got < low - 1e-9):
            k = int(np.argmax(np.maximum(got - high, low - got)))
            raise Wrong(
                f"{name(z, mu)}: log q_agg at point {k} is {got[k]:.6g}; the highest posterior there has "
                f"{high[k]:.6g}, and its share 1/n alone is {low[k]:.6g}: q_agg lies between them."
            )


@grades("aggregated_log_prob")
def test_aggregated_log_prob_is_the_logarithm_of_the_mean_density(answer):
    for size in SIZES:
        z, mu, log_sigma = case(*size)
        wanted = np.log(np.mean(np.exp(solution.gaussian_log_prob_table(z, mu, log_sigma)), axis=1))
        message = f"{name(z, mu)}: the logarithm of the mean of the n densities at each point"
        close(answer.aggregated_log_prob(z, mu, log_sigma), wanted, message)


@grades("aggregated_log_prob")
def test_aggregated_log_prob_survives_points_in_the_void(answer):
    z, mu, log_sigma = case(6, 4, 3)
    for shift in (np.full((6, 1), 200.0), np.array([[0.0], [200.0]] * 3)):
        wanted = logsumexp(solution.gaussian_log_prob_table(z + shift, mu, log_sigma), axis=1) - np.log(4)
        message = f"{np.count_nonzero(shift)} of 6 points are 200 away from every posterior"
        close(answer.aggregated_log_prob(z + shift, mu, log_sigma), wanted, message, rtol=1e-9)


@grades("aggregated_log_prob")
def test_aggregated_log_prob_survives_narrow_posteriors_in_many_dimensions(answer):
    mu, log_sigma = np.zeros((2, 60)), np.stack([np.full(60, -20.0), np.full(60, -20.5)])
    top = 60 * (20.5 - 0.5 * np.log(2 * np.pi))
    wanted = np.array([top + np.log1p(np.exp(-30.0)) - np.log(2)])
    got = answer.aggregated_log_prob(np.zeros((1, 60)), mu, log_sigma)
    close(got, wanted, "z at the centre of two posteriors with sigma near 1e-9 in 60 dimensions", rtol=1e-9)


@grades("aggregated_log_prob")
def test_aggregated_log_prob_keeps_float32(answer):
    z, mu, log_sigma = case(6, 4, 3, np.float32)
    got = answer.aggregated_log_prob(z, mu, log_sigma)
    dtype(got, np.float32, "log q_agg for float32 arguments")
    wanted = solution.aggregated_log_prob(z.astype(float), mu.astype(float), log_sigma.astype(float))
    close(got, wanted, "log q_agg in float32", atol=1e-4)


@grades("aggregated_log_prob")
def test_aggregated_log_prob_is_right_far_from_zero_in_float32(answer):
    z, mu, log_sigma, exact = far_and_narrow()
    got = answer.aggregated_log_prob(z, mu, log_sigma)
    shape(got, (5,), "log q_agg for 5 points")
    message = "float32, means near 100, sigma near 0.007 (are large numbers subtracted to get a small one?)"
    close(got, logsumexp(exact, axis=1) - np.log(5), message, atol=0.05)
