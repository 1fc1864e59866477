"""Graders of exercise 24: between ELBO and best weight, growing with K, exact for linear-Gaussian models."""

import numpy as np
from scipy.special import ndtri

from minidgm.course.densities import norm
from minidgm.course.grading import Wrong, close, dtype, grades, reference, same, shape

solution = reference("ex24_bound_gap")


def terms(samples, n, seed=0, spread=1.5):
    """log p(x, z) and log q(z|x): unequal levels per object, unequal weights per sample."""
    rng = np.random.default_rng(seed)
    log_q = -2 + rng.normal(size=(samples, n))
    return log_q - 4 + 2 * rng.normal(size=n) + spread * rng.normal(size=(samples, n)), log_q


def linear_gaussian(samples, shift=0.0, stretch=1.0):
    """p(z) = N(0, 1), p(x|z) = N(x; z, 0.5²), a posterior that is off: both terms at its samples, and log p(x).

    The noise is the same for all, the middles of `samples` equal slices of the normal: means over it are integrals.
    """
    x, eps = np.array([-1.0, 0.3, 2.0]), ndtri((np.arange(samples) + 0.5) / samples)[:, None]
    mean, sigma = 0.8 * x + shift, stretch * np.sqrt(0.2)
    z = mean + sigma * eps
    return norm.logpdf(z) + norm.logpdf(x, z, 0.5), norm.logpdf(z, mean, sigma), norm.logpdf(x, 0, np.sqrt(1.25))


def elbo(log_joint, log_q):
    return np.mean(log_joint - log_q, axis=0)


# ------------------------------------------------------------------ iwae_bound


@grades("iwae_bound")
def test_iwae_bound_is_one_number_per_object(answer):
    for samples, n in (5, 3), (1, 4), (6, 1), (2, 7):
        shape(answer.iwae_bound(*terms(samples, n)), (n,), f"the bound of {n} objects from {samples} samples each")


@grades("iwae_bound")
def test_iwae_bound_of_one_sample_is_the_elbo(answer):
    given = terms(1, 5)
    close(answer.iwae_bound(*given), elbo(*given), "K = 1: the bound is log p(x, z) − log q(z|x), the ELBO")


@grades("iwae_bound")
def test_iwae_bound_is_the_evidence_for_the_exact_posterior(answer):
    log_joint, log_q, evidence = linear_gaussian(7)
    close(answer.iwae_bound(log_joint, log_q), evidence, "the exact posterior: every weight is p(x), so is their mean")


@grades("iwae_bound")
def test_iwae_bound_lies_between_the_elbo_and_the_best_weight(answer):
    for seed, (samples, n) in enumerate([(2, 4), (5, 3), (40, 6)]):
        given = terms(samples, n, seed)
        got = answer.iwae_bound(*given)
        shape(got, (n,), "the bound")
        low, high = elbo(*given), np.max(given[0] - given[1], axis=0)
        for i in range(n):
            if not low[i] - 1e-9 <= got[i] <= high[i] + 1e-9:
                raise Wrong(
                    f"a mean of weights lies between their geometric mean (log: the ELBO, {low[i]:.6g}) and the "
                    f"largest (log: {high[i]:.6g}); with K = {samples} got {got[i]:.6g}."
                )


@grades("iwae_bound")
def test_iwae_bound_does_not_fall_as_samples_are_added(answer):
    log_joint, log_q = terms(5, 4)
    whole = answer.iwae_bound(log_joint, log_q)
    shape(whole, (4,), "the bound")
    fewer = [answer.iwae_bound(np.delete(log_joint, k, axis=0), np.delete(log_q, k, axis=0)) for k in range(5)]
    for i, (a, b) in enumerate(zip(np.mean(fewer, axis=0), whole)):
        if a > b + 1e-9:
            raise Wrong(
                f"the bound grows with K: the five ways to leave one of 5 samples out give {a:.6g} on average, "
                f"all 5 give {b:.6g} for object {i}."
            )


@grades("iwae_bound")
def test_iwae_bound_does_not_change_when_every_sample_is_given_twice(answer):
    log_joint, log_q = terms(4, 3)
    twice = np.concatenate([log_joint, log_joint]), np.concatenate([log_q, log_q])
    same(answer.iwae_bound(*twice), answer.iwae_bound(log_joint, log_q), "every sample given twice: the mean weight")


@grades("iwae_bound")
def test_iwae_bound_tends_to_the_evidence(answer):
    log_joint, log_q, evidence = linear_gaussian(1000, shift=0.2, stretch=1.5)
    got = answer.iwae_bound(log_joint, log_q)
    close(got, evidence, "a posterior that is off, 1000 equally probable samples: log p(x)", rtol=1e-3)


@grades("iwae_bound")
def test_iwae_bound_agrees_on_ordinary_weights(answer):
    for samples, n in (5, 3), (4, 4), (3, 6), (8, 1):
        given = terms(samples, n, seed=n)
        close(answer.iwae_bound(*given), solution.iwae_bound(*given), f"{n} objects, {samples} samples each")


@grades("iwae_bound")
def test_iwae_bound_is_exact_for_weights_that_fit_no_float(answer):
    log_joint, log_q = terms(6, 4, spread=30.0)
    for level in -2000.0, 2000.0:
        wanted = solution.iwae_bound(log_joint + level, log_q)
        close(answer.iwae_bound(log_joint + level, log_q), wanted, f"log weights near {level:.0f}")


@grades("iwae_bound")
def test_iwae_bound_counts_an_excluded_sample_as_weight_zero(answer):
    log_joint, log_q = terms(4, 3)
    log_joint[2, 1] = -np.inf
    wanted = solution.iwae_bound(log_joint, log_q)
    close(answer.iwae_bound(log_joint, log_q), wanted, "log p(x, z) = −inf for one sample: weight 0, counted in K")
    log_joint[:, 0] = -np.inf
    wanted[0] = -np.inf
    close(answer.iwae_bound(log_joint, log_q), wanted, "log p(x, z) = −inf for all samples of an object: log 0 = −inf")


@grades("iwae_bound")
def test_iwae_bound_keeps_the_dtype(answer):
    given = terms(5, 3)
    got = answer.iwae_bound(*(a.astype(np.float32) for a in given))
    close(got, solution.iwae_bound(*given).astype(np.float32), "float32: the bound", rtol=1e-4)
    dtype(got, np.float32, "float32 input: the bound")
    dtype(answer.iwae_bound(*given), np.float64, "float64 input: the bound")


@grades("iwae_bound")
def test_iwae_bound_takes_arrays_that_are_not_contiguous(answer):
    log_joint, log_q = terms(8, 6)
    views = log_joint[::2, ::-2], np.asfortranarray(log_q)[1::2, ::2]
    close(answer.iwae_bound(*views), solution.iwae_bound(*views), "views of larger arrays")


# ------------------------------------------------------------------ bound_gap


@grades("bound_gap")
def test_bound_gap_is_one_number_per_object(answer):
    for samples, n in (5, 3), (1, 4), (6, 1), (2, 7):
        shape(answer.bound_gap(*terms(samples, n)), (n,), f"the gap of {n} objects from {samples} samples each")


@grades("bound_gap")
def test_bound_gap_is_zero_for_the_exact_posterior(answer):
    log_joint, log_q, _ = linear_gaussian(7)
    got = answer.bound_gap(log_joint, log_q)
    close(got, np.zeros(3), "the exact posterior: ELBO and log p(x) are equal, the gap is 0", atol=1e-9)


@grades("bound_gap")
def test_bound_gap_is_never_negative(answer):
    for seed, (samples, n) in enumerate([(2, 4), (5, 3), (40, 6), (3, 3)]):
        got = answer.bound_gap(*terms(samples, n, seed))
        shape(got, (n,), "the gap")
        if (got < -1e-9).any():
            raise Wrong(f"the ELBO never passes log p(x), so no gap is negative: got {got.min():.6g}, K = {samples}.")


@grades("bound_gap")
def test_bound_gap_is_the_kl_to_the_exact_posterior(answer):
    for shift, stretch in (0.2, 1.0), (0.0, 1.5), (-0.3, 1.3):
        log_joint, log_q, _ = linear_gaussian(4000, shift, stretch)
        kl = -np.log(stretch) + 0.5 * (stretch**2 + shift**2 / 0.2 - 1)
        got = answer.bound_gap(log_joint, log_q)
        message = f"posterior mean off by {shift}, σ by a factor {stretch}: the gap is KL(q‖p(z|x)), to 0.5 %"
        close(got, np.full(3, kl), message, rtol=5e-3)


@grades("bound_gap")
def test_bound_gap_does_not_depend_on_the_level_of_the_weights(answer):
    log_joint, log_q = terms(5, 4)
    before = answer.bound_gap(log_joint, log_q)
    after = answer.bound_gap(log_joint + np.arange(4.0), log_q)
    same(after, before, "log p(x, z) raised by the same for all samples of an object: evidence and ELBO rise alike")


@grades("bound_gap")
def test_bound_gap_of_one_sample_is_zero(answer):
    close(answer.bound_gap(*terms(1, 4)), np.zeros(4), "K = 1: both bounds are the same number", atol=1e-9)


@grades("bound_gap")
def test_bound_gap_agrees_on_ordinary_weights(answer):
    for samples, n in (5, 3), (4, 4), (3, 6), (8, 1):
        given = terms(samples, n, seed=n)
        close(answer.bound_gap(*given), solution.bound_gap(*given), f"{n} objects, {samples} samples each")


@grades("bound_gap")
def test_bound_gap_is_exact_for_weights_that_fit_no_float(answer):
    log_joint, log_q = terms(6, 4, spread=30.0)
    for level in -2000.0, 2000.0:
        wanted = solution.bound_gap(log_joint + level, log_q)
        close(answer.bound_gap(log_joint + level, log_q), wanted, f"log weights near {level:.0f}")


@grades("bound_gap")
def test_bound_gap_keeps_the_dtype(answer):
    given = terms(5, 3)
    got = answer.bound_gap(*(a.astype(np.float32) for a in given))
    close(got, solution.bound_gap(*given).astype(np.float32), "float32: the gap", rtol=1e-3)
    dtype(got, np.float32, "float32 input: the gap")
    dtype(answer.bound_gap(*given), np.float64, "float64 input: the gap")


@grades("bound_gap")
def test_bound_gap_takes_arrays_that_are_not_contiguous(answer):
    log_joint, log_q = terms(8, 6)
    views = log_joint[::2, ::-2], np.asfortranarray(log_q)[1::2, ::2]
    close(answer.bound_gap(*views), solution.bound_gap(*views), "views of larger arrays")
