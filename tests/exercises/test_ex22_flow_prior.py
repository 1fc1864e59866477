"""Graders of exercise 22: a density that integrates to one, affine flows as Gaussians, a bound that is tight."""

import numpy as np

from minidgm.course.densities import multivariate_normal, norm
from minidgm.course.grading import Wrong, close, dtype, grades, reference, shape

solution = reference("ex22_flow_prior")


def affine(d, seed=0):
    """f(z) = A z + b with |det A| far from 1, and the Gaussian that it makes of the prior."""
    rng = np.random.default_rng(seed)
    a, b = np.eye(d) * 1.7 + 0.3 * rng.normal(size=(d, d)), rng.normal(size=d)
    log_det = np.linalg.slogdet(a)[1]
    back = np.linalg.inv(a)
    return (
        lambda z: (z @ a.T.astype(z.dtype) + b.astype(z.dtype), np.full(len(z), log_det, z.dtype)),
        multivariate_normal(-back @ b, back @ back.T),
    )


def bend(z):
    """A flow whose log_det changes from point to point: each coordinate z + z³/3, stretched by 1.5, then a shear."""
    z_star = 1.5 * (z + z**3 / 3)
    shear = np.concatenate([z_star[:, :1], z_star[:, 1:] + np.sin(z_star[:, :1])], axis=1)
    return shear, np.sum(np.log(1.5 + 1.5 * z**2), axis=1)


def codes(n, d, seed=1):
    return 0.4 + 0.8 * np.random.default_rng(seed).normal(size=(n, d))


# ------------------------------------------------------------------ flow_prior_log_prob


@grades("flow_prior_log_prob")
def test_flow_prior_log_prob_is_one_number_a_code(answer):
    for n, d in (5, 3), (1, 4), (6, 1):
        shape(answer.flow_prior_log_prob(codes(n, d), bend), (n,), f"log p(z) of {n} codes in {d} dimensions")


@grades("flow_prior_log_prob")
def test_flow_prior_log_prob_integrates_to_one(answer):
    axis = np.linspace(-4, 4, 321)
    for d in 1, 2:
        z = np.stack(np.meshgrid(*[axis] * d, indexing="ij"), axis=-1).reshape(-1, d)
        total = np.exp(answer.flow_prior_log_prob(z, bend)).sum() * (axis[1] - axis[0]) ** d
        close(total, 1.0, f"the prior's density in {d} dimension{'s' * (d > 1)}, integrated over z", rtol=1e-4)


@grades("flow_prior_log_prob")
def test_flow_prior_log_prob_of_the_identity_is_the_standard_normal(answer):
    for d in 1, 2, 5:
        z = codes(6, d)
        got = answer.flow_prior_log_prob(z, lambda z: (z, np.zeros(len(z))))
        close(got, norm.logpdf(z).sum(axis=1), f"f the identity, {d} dimensions: the prior is N(0, I)")


@grades("flow_prior_log_prob")
def test_flow_prior_log_prob_of_an_affine_flow_is_a_gaussian(answer):
    for n, d in (5, 2), (3, 3), (1, 4):
        f, gaussian = affine(d)
        z = codes(n, d)
        message = f"f(z) = A z + b in {d} dimensions: the prior is the Gaussian that f makes standard"
        close(answer.flow_prior_log_prob(z, f), np.atleast_1d(gaussian.logpdf(z)), message)


@grades("flow_prior_log_prob")
def test_flow_prior_log_prob_gives_each_code_its_own_log_det(answer):
    for n, d in (6, 3), (4, 1), (3, 3):
        z = codes(n, d)
        wanted = solution.flow_prior_log_prob(z, bend)
        close(answer.flow_prior_log_prob(z, bend), wanted, f"{n} codes in {d} dimensions, a log_det for each")


@grades("flow_prior_log_prob")
def test_flow_prior_log_prob_is_exact_far_in_the_tails(answer):
    z, (f, gaussian) = np.array([[1e4, -1e4], [50.0, 80.0]]), affine(2)
    close(answer.flow_prior_log_prob(z, f), gaussian.logpdf(z), "codes far out, where the density itself is 0")


@grades("flow_prior_log_prob")
def test_flow_prior_log_prob_keeps_the_dtype(answer):
    z, (f, gaussian) = codes(4, 3), affine(3)
    got = answer.flow_prior_log_prob(z.astype(np.float32), f)
    close(got, gaussian.logpdf(z).astype(np.float32), "float32: log p(z)", rtol=1e-4)
    dtype(got, np.float32, "float32 input: log p(z)")
    dtype(answer.flow_prior_log_prob(z, f), np.float64, "float64 input: log p(z)")


@grades("flow_prior_log_prob")
def test_flow_prior_log_prob_takes_arrays_that_are_not_contiguous(answer):
    z = codes(8, 6)[::2, ::-2]
    close(answer.flow_prior_log_prob(z, bend), solution.flow_prior_log_prob(z, bend), "a view of a larger array")


# ------------------------------------------------------------------ flow_prior_elbo


def linear_gaussian(n, seed=3):
    """p(z) = N(a, b²) by a flow, p(x|z) = N(x; z, s²): the evidence, and samples with terms of any posterior."""
    a, b, s = 0.7, 1.6, 0.5
    rng = np.random.default_rng(seed)
    x, noise = a + 1.5 * rng.normal(size=n), rng.normal(size=n)

    def f(z):
        return (z - a) / b, np.full(len(z), -np.log(b))

    def terms(mean, scale):
        z = mean + scale * noise
        return norm.logpdf(x, z, s), z[:, None], norm.logpdf(z, mean, scale)

    precision = 1 / b**2 + 1 / s**2
    exact = (a / b**2 + x / s**2) / precision, np.sqrt(1 / precision)
    return f, terms, exact, norm.logpdf(x, a, np.sqrt(b**2 + s**2))


def ordinary(n, d, seed=4):
    rng = np.random.default_rng(seed)
    return -5 + rng.normal(size=n), codes(n, d), -1 + rng.normal(size=n)


@grades("flow_prior_elbo")
def test_flow_prior_elbo_is_one_bound_per_object(answer):
    for n, d in (5, 3), (1, 4), (6, 1):
        shape(answer.flow_prior_elbo(*ordinary(n, d), bend), (n,), f"the ELBO of {n} objects")


@grades("flow_prior_elbo")
def test_flow_prior_elbo_is_the_evidence_for_the_exact_posterior(answer):
    f, terms, exact, evidence = linear_gaussian(6)
    message = "prior N(0.7, 1.6²) by a flow, decoder N(z, 0.5²), the exact posterior: every sample gives log p(x)"
    close(answer.flow_prior_elbo(*terms(*exact), f), evidence, message)


@grades("flow_prior_elbo")
def test_flow_prior_elbo_lies_below_the_evidence_on_average(answer):
    f, terms, (mean, scale), evidence = linear_gaussian(4000)
    got = answer.flow_prior_elbo(*terms(mean + 0.4, 1.5 * scale), f)
    shape(got, (4000,), "the ELBO of 4000 objects")
    gap, error = np.mean(evidence - got), np.std(evidence - got) / np.sqrt(4000)
    ratio = 0.4 / scale  # KL of two normals, σ 1.5 times as large and the mean moved by 0.4
    wanted = -np.log(1.5) + 0.5 * (1.5**2 + ratio**2 - 1)
    if abs(gap - wanted) > 5 * error:
        raise Wrong(
            f"the ELBO must lie below log p(x) by KL(q‖p(z|x)), {wanted:.4g} here; over 4000 objects yours lies "
            f"{gap:.4g} below (5 standard errors: {5 * error:.2g})."
        )


@grades("flow_prior_elbo")
def test_flow_prior_elbo_takes_each_term_with_its_own_sign(answer):
    log_lik, z, log_q = ordinary(5, 3)
    before = answer.flow_prior_elbo(log_lik, z, log_q, bend)
    more = np.arange(1.0, 6.0)
    close(answer.flow_prior_elbo(log_lik + more, z, log_q, bend) - before, more, "log p(x|z) raised by 1, 2, 3, 4, 5")
    close(answer.flow_prior_elbo(log_lik, z, log_q + more, bend) - before, -more, "log q(z|x) raised by 1, 2, 3, 4, 5")

    def taller(z):
        z_star, log_det = bend(z)
        return z_star, log_det + more

    close(answer.flow_prior_elbo(log_lik, z, log_q, taller) - before, more, "log_det raised by 1, 2, 3, 4, 5")


@grades("flow_prior_elbo")
def test_flow_prior_elbo_agrees_on_ordinary_objects(answer):
    for n, d in (5, 3), (3, 3), (1, 2), (4, 1):
        given = *ordinary(n, d), bend
        close(answer.flow_prior_elbo(*given), solution.flow_prior_elbo(*given), f"{n} objects, {d} latent dimensions")


@grades("flow_prior_elbo")
def test_flow_prior_elbo_keeps_the_dtype(answer):
    given, (f, _) = ordinary(4, 3), affine(3)
    got = answer.flow_prior_elbo(*(a.astype(np.float32) for a in given), f)
    close(got, solution.flow_prior_elbo(*given, f).astype(np.float32), "float32: the ELBO", rtol=1e-4)
    dtype(got, np.float32, "float32 input: the ELBO")
    dtype(answer.flow_prior_elbo(*given, f), np.float64, "float64 input: the ELBO")


@grades("flow_prior_elbo")
def test_flow_prior_elbo_takes_arrays_that_are_not_contiguous(answer):
    log_lik, z, log_q = ordinary(8, 6)
    views = log_lik[::2], z[1::2, ::2], log_q[::-2]
    close(answer.flow_prior_elbo(*views, bend), solution.flow_prior_elbo(*views, bend), "views of larger arrays")
