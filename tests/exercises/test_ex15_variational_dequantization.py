"""Graders of exercise 15: variational dequantization and its importance-weighted bound."""

import numpy as np

from minidgm.course.grading import Wrong, close, dtype, grades, reference, same, shape

solution = reference("ex15_variational_dequantization")
SIZES = ((2, 3, 2), (5, 4, 3), (1, 3, 2), (6, 1, 2), (3, 3, 3), (4, 6, 1), (2, 5, 7))


def case(samples, n, m, dtype=np.float64):
    """(y, u, log_q): levels, noise and log-densities of q that differ from sample to sample and object to object."""
    rng = np.random.RandomState(100 * samples + 10 * n + m)
    y, u = rng.randint(0, 9, (n, m)), rng.random_sample((samples, n, m))
    return y, u.astype(dtype), (1.5 * rng.standard_normal((samples, n)) + 0.5).astype(dtype)


def curved(x):
    """A model's log-density: it takes rows (any number, m), refuses everything else, and keeps their dtype."""
    if np.ndim(x) != 2:
        raise ValueError(f"log_p: expected rows of points, shape (rows, m), got {np.shape(x)}")
    weights = (1 + np.arange(x.shape[1])).astype(x.dtype)
    return -np.sum((x - 4) ** 2, axis=1) / 3 + np.sin(np.sum(weights * x, axis=1)) - 1


def exponential(x):
    """log p(x) = −Σ x_j, for x > 0."""
    return -np.sum(x, axis=1)


def exact_noise(samples, n, m):
    """Noise from the exact posterior of the exponential density, e^{−u} / (1 − e^{−1}), and its log-density."""
    uniform = np.random.RandomState(samples + n + m).random_sample((samples, n, m))
    u = -np.log1p(-uniform * (1 - np.exp(-1)))
    return u, -np.sum(u, axis=2) - m * np.log(1 - np.exp(-1))


def shifted(log_p, by):
    """The same log-density moved up or down by a number."""
    return lambda x: log_p(x) + by


def terms(y, u, log_q):
    """log p(y + u) − log q, (samples, n)."""
    return np.stack([curved(y + one) for one in u]) - log_q


def each_size(bound):
    for samples, n, m in SIZES:
        y, u, log_q = case(samples, n, m)
        got = bound(y, u, log_q, curved)
        shape(got, (n,), f"The bound for samples={samples}, n={n}, m={m} (one number per object)")
        yield y, u, log_q, got, f"samples={samples}, n={n}, m={m}"


def check_exact_posterior(bound):
    for samples, n, m in SIZES:
        y = case(samples, n, m)[0]
        u, log_q = exact_noise(samples, n, m)
        wanted = np.sum(-y + np.log(1 - np.exp(-1)), axis=1)
        name = f"samples={samples}, n={n}, m={m}, q the exact posterior of the noise"
        got = bound(y, u, log_q, exponential)
        same(got, wanted, f"{name}: the bound is log P(y), whatever the samples")


def check_shifts(bound):
    y, u, log_q = case(4, 3, 2)
    wanted = bound(y, u, log_q, curved)
    same(bound(y, u, log_q, shifted(curved, -1.5)), wanted - 1.5, "log p lowered by 1.5 must lower the bound by 1.5")
    same(bound(y, u, log_q - 0.5, curved), wanted + 0.5, "log q lowered by 0.5 must raise the bound by 0.5")


def check_extremes(bound, name):
    y, u, log_q = case(4, 3, 2)
    for low in (-2000.0, 2000.0, -30.0):
        got = bound(y, u, log_q, shifted(curved, low))
        wanted = getattr(solution, name)(y, u, log_q, curved) + low
        close(got, wanted, f"log p raised by {low:g} everywhere must raise the bound by {low:g}", rtol=1e-9)
    got = bound(y, u, log_q, lambda x: curved(x) - 500 * np.floor(x[:, 0]))
    wanted = getattr(solution, name)(y, u, log_q, curved) - 500 * y[:, 0]
    close(got, wanted, "log p lowered by 500 times the first level: objects of very different likelihood", rtol=1e-9)


def check_single_precision(bound, name):
    y, u, log_q = case(5, 4, 3, np.float32)
    got = bound(y, u, log_q, curved)
    dtype(got, np.float32, "The bound for float32 noise and densities")
    wanted = getattr(solution, name)(y, u.astype(float), log_q.astype(float), curved)
    close(got, wanted, "The bound in float32", atol=1e-4)


# ------------------------------------------------------------------ variational_bound


@grades("variational_bound")
def test_variational_bound_is_one_number_per_object(answer):
    list(each_size(answer.variational_bound))


@grades("variational_bound")
def test_variational_bound_is_exact_for_the_posterior_of_the_noise(answer):
    check_exact_posterior(answer.variational_bound)


@grades("variational_bound")
def test_variational_bound_with_uniform_noise_is_uniform_dequantization(answer):
    for samples, n, m in SIZES:
        y, u, log_q = case(samples, n, m)
        wanted = np.mean(terms(y, u, 0 * log_q), axis=0)
        close(
            answer.variational_bound(y, u, 0 * log_q, curved), wanted, "log q = 0 is uniform noise: the mean of log p"
        )


@grades("variational_bound")
def test_variational_bound_answers_to_log_p_and_log_q(answer):
    check_shifts(answer.variational_bound)


@grades("variational_bound")
def test_variational_bound_stays_below_log_p_on_an_even_grid(answer):
    y = np.arange(8)[:, None]
    edges = np.linspace(0, 1, 201)
    u = np.repeat(np.sqrt((edges[1:] + edges[:-1]) / 2)[:, None, None], 8, axis=1)  # quantiles of q(u) = 2u
    log_q = np.log(2 * u[:, :, 0])
    got = answer.variational_bound(y, u, log_q, curved)
    shape(got, (8,), "The bound for n=8")
    fine = (np.arange(2000) + 0.5) / 2000
    exact = np.log(np.mean(np.exp(curved((y + fine).reshape(-1, 1)).reshape(8, -1)), axis=1))
    if np.any(got > exact):
        i = int(np.argmax(got - exact))
        raise Wrong(f"For q(u) = 2u the bound of y = {i} is {got[i]:.6g}, above log P(y) = {exact[i]:.6g}.")


@grades("variational_bound")
def test_variational_bound_averages_log_p_minus_log_q(answer):
    for y, u, log_q, got, name in each_size(answer.variational_bound):
        close(got, np.mean(terms(y, u, log_q), axis=0), f"{name}: the mean over samples of log p(y + u) − log q(u|y)")


@grades("variational_bound")
def test_variational_bound_survives_extremes(answer):
    check_extremes(answer.variational_bound, "variational_bound")


@grades("variational_bound")
def test_variational_bound_keeps_float32(answer):
    check_single_precision(answer.variational_bound, "variational_bound")


# ------------------------------------------------------------------ importance_bound


@grades("importance_bound")
def test_importance_bound_is_one_number_per_object(answer):
    list(each_size(answer.importance_bound))


@grades("importance_bound")
def test_importance_bound_is_exact_for_the_posterior_of_the_noise(answer):
    check_exact_posterior(answer.importance_bound)


@grades("importance_bound")
def test_importance_bound_with_one_sample_is_the_variational_bound(answer):
    y, u, log_q = case(1, 5, 3)
    got = answer.importance_bound(y, u, log_q, curved)
    close(got, terms(y, u, log_q)[0], "With one sample: log p(y + u) − log q(u|y) of that sample")


@grades("importance_bound")
def test_importance_bound_is_not_below_the_variational_bound(answer):
    for y, u, log_q, got, name in each_size(answer.importance_bound):
        low, high = np.mean(terms(y, u, log_q), axis=0), np.max(terms(y, u, log_q), axis=0)
        if np.any(got < low - 1e-9) or np.any(got > high + 1e-9):
            i = int(np.argmax(np.maximum(low - got, got - high)))
            raise Wrong(
                f"{name}: the bound of object {i} is {got[i]:.6g}; the logarithm of a mean of weights lies between the "
                f"mean of their logarithms, {low[i]:.6g}, and the largest of them, {high[i]:.6g}."
            )


@grades("importance_bound")
def test_importance_bound_answers_to_log_p_and_log_q(answer):
    check_shifts(answer.importance_bound)


@grades("importance_bound")
def test_importance_bound_does_not_change_when_samples_are_repeated(answer):
    y, u, log_q = case(3, 4, 2)
    got = answer.importance_bound(y, np.concatenate([u, u]), np.concatenate([log_q, log_q]), curved)
    wanted = np.log(np.mean(np.exp(terms(y, u, log_q)), axis=0))
    close(got, wanted, "The same three samples given twice: a mean of weights must not notice")


@grades("importance_bound")
def test_importance_bound_is_the_logarithm_of_the_mean_weight(answer):
    for y, u, log_q, got, name in each_size(answer.importance_bound):
        wanted = np.log(np.mean(np.exp(terms(y, u, log_q)), axis=0))
        same(got, wanted, f"{name}: the logarithm of the mean of p(y + u) / q(u|y)")


@grades("importance_bound")
def test_importance_bound_survives_extremes(answer):
    check_extremes(answer.importance_bound, "importance_bound")


@grades("importance_bound")
def test_importance_bound_keeps_float32(answer):
    check_single_precision(answer.importance_bound, "importance_bound")
