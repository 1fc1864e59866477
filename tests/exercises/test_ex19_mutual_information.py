"""Graders of exercise 19: 0 and log n at the extremes, the bound, invariance, quadrature, a minibatch's weights."""

import numpy as np
from scipy.special import ndtri

from minidgm.course.grading import Wrong, close, grades, reference, shape

solution = reference("ex19_mutual_information")


def posteriors(n, d, samples, seed=0, width=0.4):
    """Overlapping posteriors of unequal widths, away from the origin, and noise."""
    rng = np.random.default_rng(seed)
    mu = 1.5 + rng.normal(size=(n, d))
    return mu, np.log(width) + 0.5 * rng.normal(size=(n, d)), rng.normal(size=(samples, n, d))


def apart(n, d, samples, seed=0):
    """Posteriors so far apart that no two overlap: 60 standard deviations at least."""
    mu, log_sigma, eps = posteriors(n, d, samples, seed)
    return mu + 100.0 * np.arange(n)[:, None], log_sigma, eps


def one(got, name):
    """A number, not an array."""
    shape(got, (), f"{name}: the returned value must be one number; it")
    return float(got)


def quadrature(mu, sigma):
    """I_q of one-dimensional posteriors by a fine sum; mu, sigma: (n,)."""
    z = np.linspace((mu - 12 * sigma).min(), (mu + 12 * sigma).max(), 40001)
    q = np.exp(-0.5 * ((z[:, None] - mu) / sigma) ** 2) / (sigma * np.sqrt(2 * np.pi))
    q_agg = q.mean(axis=1, keepdims=True)
    terms = np.where(q > 0, q * np.log(np.where(q > 0, q, 1) / np.where(q_agg > 0, q_agg, 1)), 0.0)
    return terms.mean(axis=1).sum() * (z[1] - z[0])


# ------------------------------------------------------------------ mutual_information


@grades("mutual_information")
def test_mutual_information_is_zero_when_all_posteriors_are_equal(answer):
    for n, d, samples in (3, 2, 2), (5, 3, 4):
        mu, log_sigma, eps = posteriors(n, d, samples)
        same = np.tile(mu[:1], (n, 1)), np.tile(log_sigma[:1], (n, 1))
        got = one(answer.mutual_information(*same, eps), "mutual_information")
        close(got, 0.0, "z tells nothing about x when all posteriors are equal, so I_q is 0", atol=1e-9)


@grades("mutual_information")
def test_mutual_information_is_log_n_when_posteriors_do_not_overlap(answer):
    for n, d in (2, 1), (5, 3), (7, 2):
        got = one(answer.mutual_information(*apart(n, d, 3)), "mutual_information")
        close(got, np.log(n), f"{n} posteriors that do not overlap: z gives the object away, so I_q is log {n}", 1e-9)


@grades("mutual_information")
def test_mutual_information_never_passes_log_n(answer):
    for seed in range(6):
        n = 2 + seed
        mu, log_sigma, eps = posteriors(n, 2, 1, seed, width=0.1 + 0.2 * seed)
        for stretch in 1.0, 4.0:
            got = one(answer.mutual_information(mu, log_sigma, stretch * eps), "mutual_information")
            if got > np.log(n) + 1e-9:
                raise Wrong(
                    f"I_q can never pass log n, for any noise, since q_agg(z) is at least q(z|x_i)/n: "
                    f"got {got:.6g} with n = {n}, log n = {np.log(n):.6g}."
                )


@grades("mutual_information")
def test_mutual_information_does_not_depend_on_the_units_of_z(answer):
    mu, log_sigma, eps = posteriors(6, 3, 5)
    scale, shift = np.array([0.2, 3.0, 1.5]), np.array([4.0, -2.0, 0.5])
    before = one(answer.mutual_information(mu, log_sigma, eps), "mutual_information")
    after = one(answer.mutual_information(mu * scale + shift, log_sigma + np.log(scale), eps), "mutual_information")
    close(after, before, "stretching and shifting every z, with the posteriors, leaves I_q as it was")


@grades("mutual_information")
def test_mutual_information_equals_its_quadrature_value(answer):
    mu, sigma = np.array([0.0, 1.0, 1.3, 4.0]), np.array([0.5, 1.2, 0.3, 0.8])
    levels = ndtri((np.arange(200) + 0.5) / 200)  # equally probable noise: the mean over it is an integral, to 1e-3
    eps = np.tile(levels[:, None, None], (1, 4, 1))
    got = one(answer.mutual_information(mu[:, None], np.log(sigma)[:, None], eps), "mutual_information")
    wanted = quadrature(mu, sigma)
    close(got, wanted, "four posteriors in one dimension, I_q against its integral", atol=3e-3, rtol=0)


@grades("mutual_information")
def test_mutual_information_agrees_on_ordinary_posteriors(answer):
    for n, d, samples in (6, 3, 4), (3, 5, 2), (4, 1, 1):
        mu, log_sigma, eps = posteriors(n, d, samples, seed=n)
        got = one(answer.mutual_information(mu, log_sigma, eps), "mutual_information")
        wanted = solution.mutual_information(mu, log_sigma, eps)
        close(got, wanted, f"I_q of {n} posteriors in {d} dimensions, {samples} samples each")


@grades("mutual_information")
def test_mutual_information_of_unlucky_noise_is_below_zero(answer):
    mu, log_sigma = np.array([[0.0], [1.0]]), np.zeros((2, 1))
    got = one(answer.mutual_information(mu, log_sigma, np.array([[[1.0], [-1.0]]])), "mutual_information")
    wanted = -np.log(0.5 + 0.5 * np.exp(0.5))  # each code lies at the other's mean, e^½ times as likely there
    message = "each code drawn at the other posterior's mean: the mean of the log-ratios, as the noise has it"
    close(got, wanted, message)


@grades("mutual_information")
def test_mutual_information_of_one_object_is_zero(answer):
    got = one(answer.mutual_information(*posteriors(1, 2, 3)), "mutual_information")
    close(got, 0.0, "with one object there is nothing to tell apart: I_q is 0", atol=1e-9)


@grades("mutual_information")
def test_mutual_information_stays_exact_where_densities_leave_the_floats(answer):
    mu, log_sigma, eps = posteriors(4, 400, 2)  # densities of 400 dimensions: e^400 and e^-4000
    for shift, size in (0.0, "large"), (8.0, "tiny"):
        given = mu, log_sigma * 0.1 - 3 + shift, eps
        got = one(answer.mutual_information(*given), "mutual_information")
        wanted = solution.mutual_information(*given)
        close(got, wanted, f"400 dimensions, where the densities themselves are too {size} for a float")


@grades("mutual_information")
def test_mutual_information_survives_narrow_posteriors_far_from_zero_in_float32(answer):
    mu, log_sigma, eps = posteriors(5, 2, 4)
    given = [a.astype(np.float32) for a in (100 + 0.05 * mu, log_sigma - 2.5, eps)]
    got = one(answer.mutual_information(*given), "mutual_information")
    wanted = solution.mutual_information(*(a.astype(np.float64) for a in given))
    message = "float32, means near 100, sigma near 0.03: z²−2zμ+μ² cancels there, z−μ does not"
    close(got, wanted, message, rtol=0, atol=2e-2)


@grades("mutual_information")
def test_mutual_information_takes_arrays_that_are_not_contiguous(answer):
    mu, log_sigma, eps = posteriors(8, 6, 3)
    views = mu[::2, ::2], np.asfortranarray(log_sigma[::2, 1::2]), eps[::-1, ::2, ::2]
    got = one(answer.mutual_information(*views), "mutual_information")
    close(got, solution.mutual_information(*views), "arrays that are views of larger ones")


# ------------------------------------------------------------------ minibatch_mutual_information


@grades("minibatch_mutual_information")
def test_minibatch_mutual_information_is_the_exact_one_for_the_whole_data_set(answer):
    for n, d in (2, 1), (6, 3):
        given = posteriors(n, d, 4)
        got = one(answer.minibatch_mutual_information(*given, n), "minibatch_mutual_information")
        close(
            got, solution.mutual_information(*given), f"a batch that is the whole data set, B = N = {n}: the exact I_q"
        )


@grades("minibatch_mutual_information")
def test_minibatch_mutual_information_is_zero_when_all_posteriors_are_equal(answer):
    mu, log_sigma, eps = posteriors(4, 3, 4)
    same = np.tile(mu[:1], (4, 1)), np.tile(log_sigma[:1], (4, 1))
    got = one(answer.minibatch_mutual_information(*same, eps, 1000), "minibatch_mutual_information")
    close(got, 0.0, "equal posteriors, B = 4 of N = 1000: the weights sum to one, so I_q is 0", atol=1e-9)


@grades("minibatch_mutual_information")
def test_minibatch_mutual_information_reaches_log_of_the_data_set(answer):
    for batch, total in (3, 60000), (5, 40):
        got = one(answer.minibatch_mutual_information(*apart(batch, 2, 3), total), "minibatch_mutual_information")
        message = f"B = {batch} posteriors that do not overlap, of N = {total} objects: I_q is log N, not log B"
        close(got, np.log(total), message, 1e-9)


@grades("minibatch_mutual_information")
def test_minibatch_mutual_information_never_passes_log_of_the_data_set(answer):
    for seed in range(4):
        mu, log_sigma, eps = posteriors(3, 2, 1, seed, width=0.3)
        for stretch in 1.0, 5.0:
            got = one(answer.minibatch_mutual_information(mu, log_sigma, stretch * eps, 9), "the estimate")
            if got > np.log(9) + 1e-9:
                raise Wrong(f"I_q can never pass log N, for any noise: got {got:.6g}, log 9 = {np.log(9):.6g}.")


@grades("minibatch_mutual_information")
def test_minibatch_mutual_information_weighs_own_and_other_posteriors(answer):
    for batch, d, total in (4, 2, 10), (3, 1, 500), (6, 3, 7):
        given = posteriors(batch, d, 5, seed=batch)
        got = one(answer.minibatch_mutual_information(*given, total), "minibatch_mutual_information")
        wanted = solution.minibatch_mutual_information(*given, total)
        close(got, wanted, f"overlapping posteriors, B = {batch} of N = {total}, own one weighing 1/N")


@grades("minibatch_mutual_information")
def test_minibatch_mutual_information_of_one_object_is_zero(answer):
    got = one(answer.minibatch_mutual_information(*posteriors(1, 2, 3), 1), "minibatch_mutual_information")
    close(got, 0.0, "B = N = 1, no others to share anything: I_q is 0", atol=1e-9)


@grades("minibatch_mutual_information")
def test_minibatch_mutual_information_of_one_object_out_of_many_is_log_of_the_data_set(answer):
    got = one(answer.minibatch_mutual_information(*posteriors(1, 2, 3), 1000), "minibatch_mutual_information")
    close(got, np.log(1000), "B = 1 of N = 1000, no others in the batch: q_agg is q(z|x)/N alone, I_q is log 1000")


@grades("minibatch_mutual_information")
def test_minibatch_mutual_information_of_unlucky_noise_is_below_zero(answer):
    mu, log_sigma = np.array([[0.0], [1.0]]), np.zeros((2, 1))
    got = one(answer.minibatch_mutual_information(mu, log_sigma, np.array([[[1.0], [-1.0]]]), 4), "the estimate")
    wanted = -np.log(0.25 + 0.75 * np.exp(0.5))
    close(got, wanted, "each code drawn at the other posterior's mean, N = 4: the mean of the log-ratios as it is")


@grades("minibatch_mutual_information")
def test_minibatch_mutual_information_stays_exact_where_densities_leave_the_floats(answer):
    mu, log_sigma, eps = posteriors(4, 400, 2)
    for shift, size in (0.0, "large"), (8.0, "tiny"):
        given = mu, log_sigma * 0.1 - 3 + shift, eps, 50
        got = one(answer.minibatch_mutual_information(*given), "minibatch_mutual_information")
        wanted = solution.minibatch_mutual_information(*given)
        close(got, wanted, f"400 dimensions, where the densities themselves are too {size} for a float")


@grades("minibatch_mutual_information")
def test_minibatch_mutual_information_takes_float32_and_views(answer):
    mu, log_sigma, eps = (a.astype(np.float32) for a in posteriors(8, 6, 3))
    views = mu[::2, ::2], log_sigma[::2, 1::2], eps[::-1, ::2, ::2]
    got = one(answer.minibatch_mutual_information(*views, 30), "minibatch_mutual_information")
    wanted = solution.minibatch_mutual_information(*(a.astype(np.float64) for a in views), 30)
    close(got, wanted, "float32 arrays that are views of larger ones", rtol=1e-3)
