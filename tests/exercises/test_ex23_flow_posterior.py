"""Graders of exercise 23: a density that integrates to one, Gaussians through affine flows, an unbiased evidence."""

import numpy as np
from scipy.special import logsumexp

from minidgm.course.densities import multivariate_normal, norm
from minidgm.course.grading import close, dtype, finite, grades, reference, shape

solution = reference("ex23_flow_posterior")


def posteriors(n, d, seed=0):
    """Means off the origin, unequal widths, noise of each object's own."""
    rng = np.random.default_rng(seed)
    return 0.6 + 0.7 * rng.normal(size=(n, d)), -0.5 + 0.4 * rng.normal(size=(n, d)), rng.normal(size=(n, d))


def affine(d, seed=0):
    """f(z) = A z + b with |det A| far from 1: the callable, A and b."""
    rng = np.random.default_rng(seed)
    a, b = np.eye(d) * 1.7 + 0.3 * rng.normal(size=(d, d)), rng.normal(size=d)
    log_det = np.linalg.slogdet(a)[1]
    return lambda z: (z @ a.T.astype(z.dtype) + b.astype(z.dtype), np.full(len(z), log_det, z.dtype)), a, b


def bend(z):
    """A flow whose log_det changes from point to point: each coordinate z + z³/3, stretched by 1.5, then a shear."""
    z_star = 1.5 * (z + z**3 / 3)
    shear = np.concatenate([z_star[:, :1], z_star[:, 1:] + np.sin(z_star[:, :1])], axis=1)
    return shear, np.sum(np.log(1.5 + 1.5 * z**2), axis=1)


def decoder_of(d, m, seed=2, size=1.0):
    """A small decoder from (., d) to m logits."""
    rng = np.random.default_rng(seed)
    w, b = size * rng.normal(size=(d, m)), size * rng.normal(size=m)
    return lambda z: np.tanh(z) @ w.astype(z.dtype) + b.astype(z.dtype)


def binary(n, m, seed=3):
    return (np.random.default_rng(seed).random((n, m)) < 0.4).astype(float)


def evidence(x, decoder):
    """log p(x) of one object with one latent dimension, by a fine sum."""
    z = np.linspace(-10, 10, 20001)[:, None]
    logits = decoder(z)
    log_joint = np.sum(x * logits - np.logaddexp(0, logits), axis=1) + norm.logpdf(z[:, 0])
    return np.log(np.exp(log_joint).sum() * 0.001)


# ------------------------------------------------------------------ flow_posterior


@grades("flow_posterior")
def test_flow_posterior_returns_a_code_and_a_number_per_object(answer):
    for n, d in (5, 3), (1, 4), (6, 1):
        z, log_q = answer.flow_posterior(*posteriors(n, d), bend)
        shape(z, (n, d), f"z of {n} objects in {d} dimensions")
        shape(log_q, (n,), f"log q of {n} objects in {d} dimensions")


@grades("flow_posterior")
def test_flow_posterior_sample_is_the_encoders_sample_through_f(answer):
    for n, d in (5, 3), (1, 2):
        mu, log_sigma, eps = posteriors(n, d)
        z, _ = answer.flow_posterior(mu, log_sigma, eps, bend)
        close(z, bend(mu + np.exp(log_sigma) * eps)[0], "z: the encoder's sample μ + σε, carried through f")


@grades("flow_posterior")
def test_flow_posterior_of_the_identity_is_the_encoder(answer):
    for n, d in (5, 3), (4, 1), (3, 3):
        mu, log_sigma, eps = posteriors(n, d)
        z, log_q = answer.flow_posterior(mu, log_sigma, eps, lambda z: (z, np.zeros(len(z))))
        wanted = norm.logpdf(z, mu, np.exp(log_sigma)).sum(axis=1)
        close(log_q, wanted, f"f the identity, {d} dimensions: log q is the encoder's Gaussian at z")


@grades("flow_posterior")
def test_flow_posterior_of_an_affine_flow_is_a_gaussian(answer):
    for n, d in (5, 2), (3, 3), (1, 4):
        (f, a, b), (mu, log_sigma, eps) = affine(d), posteriors(n, d)
        z, log_q = answer.flow_posterior(mu, log_sigma, eps, f)
        shape(z, (n, d), "z")
        wanted = [
            multivariate_normal(a @ mu[i] + b, a @ np.diag(np.exp(2 * log_sigma[i])) @ a.T).logpdf(z[i])
            for i in range(n)
        ]
        close(
            log_q, wanted, f"f(z) = A z + b in {d} dimensions: log q is the Gaussian N(Aμ + b, AΣAᵀ) at the returned z"
        )


@grades("flow_posterior")
def test_flow_posterior_density_integrates_to_one(answer):
    eps = np.linspace(-8, 8, 4001)[:, None]
    z, log_q = answer.flow_posterior(np.full_like(eps, 0.4), np.full_like(eps, -0.7), eps, bend)
    density, z = np.exp(log_q), z[:, 0]
    total = np.sum(0.5 * (density[1:] + density[:-1]) * np.diff(z))
    close(total, 1.0, "q(z|x) in one dimension, integrated over the z that come out of f", rtol=1e-4)


@grades("flow_posterior")
def test_flow_posterior_gives_each_object_its_own_log_det(answer):
    for n, d in (6, 3), (4, 1), (3, 3):
        given = *posteriors(n, d, seed=n), bend
        _, log_q = answer.flow_posterior(*given)
        close(log_q, solution.flow_posterior(*given)[1], f"log q of {n} objects in {d} dimensions, a log_det for each")


@grades("flow_posterior")
def test_flow_posterior_keeps_the_dtype(answer):
    given, f = posteriors(4, 3), affine(3)[0]
    single = answer.flow_posterior(*(a.astype(np.float32) for a in given), f)
    double = answer.flow_posterior(*given, f)
    for name, got, wanted, at64 in zip(("z", "log q"), single, solution.flow_posterior(*given, f), double):
        close(got, wanted.astype(np.float32), f"float32: {name}", rtol=1e-4)
        dtype(got, np.float32, f"float32 input: {name}")
        dtype(at64, np.float64, f"float64 input: {name}")


@grades("flow_posterior")
def test_flow_posterior_takes_arrays_that_are_not_contiguous(answer):
    mu, log_sigma, eps = posteriors(8, 6)
    views = mu[::2, ::2], np.asfortranarray(log_sigma)[::2, 1::2], eps[::-2, ::2]
    got, wanted = answer.flow_posterior(*views, bend), solution.flow_posterior(*views, bend)
    for name, a, b in zip(("z", "log q"), got, wanted):
        close(a, b, f"views of larger arrays: {name}")


@grades("flow_posterior")
def test_flow_posterior_survives_a_narrow_posterior_far_from_zero_in_float32(answer):
    _, log_sigma, eps = (a.astype(np.float32) for a in posteriors(5, 3))
    mu = np.full((5, 3), 100, np.float32)
    _, log_q = answer.flow_posterior(mu, log_sigma - 10, eps, affine(3)[0])
    wanted = solution.flow_posterior(*(a.astype(np.float64) for a in (mu, log_sigma - 10, eps)), affine(3)[0])[1]
    message = "float32, μ = 100, σ near 3e-5: log q from the noise; z − μ has lost its digits"
    close(log_q, wanted, message, rtol=1e-4)


# ------------------------------------------------------------------ flow_posterior_elbo


def ordinary(n, d, m, seed=5):
    return binary(n, m), *posteriors(n, d, seed), bend, decoder_of(d, m)


@grades("flow_posterior_elbo")
def test_flow_posterior_elbo_is_one_bound_per_object(answer):
    for n, d, m in (5, 3, 4), (1, 2, 6), (6, 1, 2):
        shape(answer.flow_posterior_elbo(*ordinary(n, d, m)), (n,), f"the ELBO of {n} objects of {m} pixels")


@grades("flow_posterior_elbo")
def test_flow_posterior_elbo_is_the_evidence_for_the_exact_posterior(answer):
    mu, log_sigma, eps = posteriors(1, 3)
    mu, log_sigma, eps = np.repeat(mu, 5, axis=0), np.repeat(log_sigma, 5, axis=0), posteriors(5, 3)[2]
    logits = np.array([0.5, -1.0, 2.0, 0.0])

    def whiten(z):
        return (z - mu) * np.exp(-log_sigma), -np.sum(log_sigma, axis=1)

    x = binary(5, 4)
    got = answer.flow_posterior_elbo(x, mu, log_sigma, eps, whiten, lambda z: np.tile(logits, (len(z), 1)))
    message = "the decoder ignores z and f makes q the prior itself: every sample gives log p(x)"
    close(got, np.sum(x * logits - np.logaddexp(0, logits), axis=1), message)


@grades("flow_posterior_elbo")
def test_flow_posterior_elbo_is_unbiased_for_the_evidence_once_exponentiated(answer):
    eps = np.linspace(-8, 8, 2001)[:, None]
    x, decoder = binary(1, 4), decoder_of(1, 4)
    given = np.repeat(x, 2001, axis=0), np.full_like(eps, 0.1), np.full_like(eps, -0.4), eps, bend, decoder
    got = answer.flow_posterior_elbo(*given)
    shape(got, (2001,), "the ELBO of 2001 objects")
    estimate = logsumexp(got + norm.logpdf(eps[:, 0])) + np.log(0.008)
    message = "the mean of exp(ELBO) over all noise is p(x), whatever the posterior: its logarithm"
    close(estimate, evidence(x, decoder), message, rtol=1e-4)


@grades("flow_posterior_elbo")
def test_flow_posterior_elbo_of_the_identity_is_the_ordinary_one(answer):
    x, (mu, log_sigma, eps), decoder = binary(5, 4), posteriors(5, 3), decoder_of(3, 4)
    z = mu + np.exp(log_sigma) * eps
    logits = decoder(z)
    log_lik = np.sum(x * logits - np.logaddexp(0, logits), axis=1)
    wanted = log_lik + norm.logpdf(z).sum(axis=1) - norm.logpdf(z, mu, np.exp(log_sigma)).sum(axis=1)
    got = answer.flow_posterior_elbo(x, mu, log_sigma, eps, lambda z: (z, np.zeros(len(z))), decoder)
    close(got, wanted, "f the identity: log p(x|z) + log N(z; 0, I) − log q(z|x)")


@grades("flow_posterior_elbo")
def test_flow_posterior_elbo_agrees_on_ordinary_objects(answer):
    for n, d, m in (5, 3, 4), (4, 4, 4), (1, 2, 7), (3, 1, 2):
        given = ordinary(n, d, m, seed=n)
        wanted = solution.flow_posterior_elbo(*given)
        close(answer.flow_posterior_elbo(*given), wanted, f"{n} objects of {m} pixels, {d} latent dimensions")


@grades("flow_posterior_elbo")
def test_flow_posterior_elbo_stays_exact_for_large_logits(answer):
    x, given = binary(6, 5), posteriors(6, 2)
    decoder = decoder_of(2, 5, size=1000.0)
    got = answer.flow_posterior_elbo(x, *given, bend, decoder)
    finite(got, "logits of ±1000: the ELBO")
    close(got, solution.flow_posterior_elbo(x, *given, bend, decoder), "logits of ±1000: the ELBO")


@grades("flow_posterior_elbo")
def test_flow_posterior_elbo_keeps_the_dtype(answer):
    x, *given, _, decoder = ordinary(4, 3, 5)
    f = affine(3)[0]
    single = [a.astype(np.float32) for a in (x, *given)]
    got = answer.flow_posterior_elbo(*single, f, decoder)
    wanted = solution.flow_posterior_elbo(x, *given, f, decoder)
    close(got, wanted.astype(np.float32), "float32: the ELBO", rtol=1e-4)
    dtype(got, np.float32, "float32 input: the ELBO")
    dtype(answer.flow_posterior_elbo(x, *given, f, decoder), np.float64, "float64 input: the ELBO")


@grades("flow_posterior_elbo")
def test_flow_posterior_elbo_takes_arrays_that_are_not_contiguous(answer):
    mu, log_sigma, eps = posteriors(8, 6)
    views = binary(8, 8)[::2, ::2], mu[::2, ::2], log_sigma[::2, 1::2], eps[::-2, ::2]
    given = *views, bend, decoder_of(3, 4)
    close(answer.flow_posterior_elbo(*given), solution.flow_posterior_elbo(*given), "views of larger arrays")
