"""Graders of exercise 20: the identity term by term, the optimal prior, the extremes, quadrature."""

import numpy as np
from scipy.special import logsumexp, ndtri

from minidgm.course.grading import Wrong, close, grades, reference, same, shape

solution = reference("ex20_elbo_surgery")
KEYS = ("reconstruction", "mutual_information", "marginal_kl", "elbo")


def problem(n, d, samples, seed=0):
    """Likelihoods, overlapping posteriors of unequal widths away from the origin, noise."""
    rng = np.random.default_rng(seed)
    mu, log_sigma = 1.5 + rng.normal(size=(n, d)), np.log(0.4) + 0.5 * rng.normal(size=(n, d))
    return -5 + 2 * rng.normal(size=n), mu, log_sigma, rng.normal(size=(samples, n, d))


def laplace(z):
    """A prior that is no Gaussian: a product of Laplace densities with centre 0.3 and scale 1.5."""
    return np.sum(-np.abs(codes(z) - 0.3) / 1.5 - np.log(3.0), axis=1)


def codes(z):
    """The argument of a prior, if it is what a prior takes."""
    if np.ndim(z) != 2:
        raise ValueError(f"log_prior: expected z of shape (n, d), got {np.shape(z)}")
    return z


def log_normal(z, mu, log_sigma):
    """Log density of diagonal Gaussians, summed over the last axis."""
    u = (z - mu) * np.exp(-log_sigma)
    return np.sum(-0.5 * u**2 - log_sigma - 0.5 * np.log(2 * np.pi), axis=-1)


def aggregated(mu, log_sigma):
    """log q_agg as a callable."""
    return lambda z: logsumexp(log_normal(codes(z)[:, None], mu, log_sigma), axis=1) - np.log(len(mu))


def checked(terms):
    """The returned dict, if it is one of four numbers."""
    if not isinstance(terms, dict) or not set(KEYS) <= set(terms):
        got = ", ".join(terms) if isinstance(terms, dict) else f"a {type(terms).__name__}"
        raise Wrong(f"elbo_surgery must return a dict with the keys {', '.join(KEYS)}; got {got}.")
    for key in KEYS:
        shape(terms[key], (), f"the mean over the objects, {key},")
    return terms


@grades("elbo_surgery")
def test_elbo_surgery_parts_add_up_to_the_elbo(answer):
    for n, d, samples in (5, 3, 4), (3, 1, 1):
        terms = checked(answer.elbo_surgery(*problem(n, d, samples), laplace))
        parts = terms["reconstruction"] - terms["mutual_information"] - terms["marginal_kl"]
        same(parts, terms["elbo"], "reconstruction − mutual_information − marginal_kl must be your elbo exactly")


@grades("elbo_surgery")
def test_elbo_surgery_reconstruction_is_the_mean_log_likelihood(answer):
    given = problem(5, 3, 4)
    terms = checked(answer.elbo_surgery(*given, laplace))
    close(terms["reconstruction"], given[0].mean(), "reconstruction: the mean of the objects' log-likelihoods")


@grades("elbo_surgery")
def test_elbo_surgery_elbo_is_that_of_the_definition(answer):
    log_lik, mu, log_sigma, eps = given = problem(5, 3, 4)
    z = mu + np.exp(log_sigma) * eps
    log_p = np.stack([laplace(sample) for sample in z])
    wanted = np.mean(log_lik - (log_normal(z, mu, log_sigma) - log_p))
    terms = checked(answer.elbo_surgery(*given, laplace))
    close(terms["elbo"], wanted, "elbo: mean of log p(x|z) + log p(z) − log q(z|x) at the given samples")


@grades("elbo_surgery")
def test_elbo_surgery_marginal_kl_is_zero_for_the_optimal_prior(answer):
    given = problem(5, 3, 4)
    terms = checked(answer.elbo_surgery(*given, aggregated(*given[1:3])))
    close(terms["marginal_kl"], 0.0, "with q_agg as the prior the marginal KL is KL(q_agg‖q_agg), 0", atol=1e-9)


@grades("elbo_surgery")
def test_elbo_surgery_mutual_information_is_zero_for_equal_posteriors(answer):
    log_lik, mu, log_sigma, eps = problem(4, 3, 4)
    same = np.tile(mu[:1], (4, 1)), np.tile(log_sigma[:1], (4, 1))
    terms = checked(answer.elbo_surgery(log_lik, *same, eps, laplace))
    message = "all posteriors equal: z tells nothing about x, so mutual_information is 0"
    close(terms["mutual_information"], 0.0, message, atol=1e-9)


@grades("elbo_surgery")
def test_elbo_surgery_mutual_information_is_log_n_when_posteriors_do_not_overlap(answer):
    log_lik, mu, log_sigma, eps = problem(6, 2, 3)
    terms = checked(answer.elbo_surgery(log_lik, mu + 100 * np.arange(6)[:, None], log_sigma, eps, laplace))
    message = "6 posteriors that do not overlap: mutual_information is log 6"
    close(terms["mutual_information"], np.log(6), message, rtol=1e-9)


@grades("elbo_surgery")
def test_elbo_surgery_estimates_may_be_below_zero(answer):
    mu, log_sigma = np.array([[0.0], [1.0]]), np.zeros((2, 1))
    given = np.array([-1.0, -2.0]), mu, log_sigma, np.array([[[1.0], [-1.0]]])  # each code at the other's mean
    terms = checked(answer.elbo_surgery(*given, lambda z: 3 + aggregated(mu, log_sigma)(z)))
    message = "mutual_information: the mean of log q − log q_agg as the noise has it, here below 0"
    close(terms["mutual_information"], -np.log(0.5 + 0.5 * np.exp(0.5)), message)
    close(terms["marginal_kl"], -3.0, "marginal_kl: the mean of log q_agg − log p, below 0 where p(z) is e³ q_agg(z)")


@grades("elbo_surgery")
def test_elbo_surgery_prior_stands_in_the_marginal_kl_only(answer):
    given = problem(5, 3, 4)
    first = checked(answer.elbo_surgery(*given, laplace))
    second = checked(answer.elbo_surgery(*given, lambda z: laplace(z) - 2.0))
    for key, change in zip(KEYS, (0.0, 0.0, 2.0, -2.0)):
        message = f"log p(z) lowered by 2 everywhere: {key} must change by {change:+.0f}"
        close(second[key] - first[key], change, message, atol=1e-9)


@grades("elbo_surgery")
def test_elbo_surgery_terms_equal_their_quadrature_values(answer):
    mu, sigma = np.array([0.0, 1.0, 1.3, 4.0]), np.array([0.5, 1.2, 0.3, 0.8])
    levels = ndtri((np.arange(200) + 0.5) / 200)  # equally probable noise: the mean over it is an integral, to 1e-2
    eps = np.tile(levels[:, None, None], (1, 4, 1))
    given = np.array([-1.0, -2.0, -4.0, -9.0]), mu[:, None], np.log(sigma)[:, None], eps
    terms = checked(answer.elbo_surgery(*given, laplace))
    z = np.linspace(-15, 20, 20001)[:, None]
    log_q_agg = aggregated(*given[1:3])(z)
    kl = np.sum(np.exp(log_q_agg) * (log_q_agg - laplace(z))) * 35 / 20000
    close(terms["marginal_kl"], kl, "marginal_kl in one dimension against its integral", atol=1e-2, rtol=0)


@grades("elbo_surgery")
def test_elbo_surgery_agrees_on_ordinary_problems(answer):
    for n, d, samples in (5, 3, 4), (3, 5, 2), (1, 2, 3), (4, 4, 4):
        given = problem(n, d, samples, seed=n)
        terms, wanted = checked(answer.elbo_surgery(*given, laplace)), solution.elbo_surgery(*given, laplace)
        for key in KEYS:
            close(terms[key], wanted[key], f"{key} of {n} objects, {d} dimensions, {samples} samples each")


@grades("elbo_surgery")
def test_elbo_surgery_stays_exact_where_densities_leave_the_floats(answer):
    log_lik, mu, log_sigma, eps = problem(4, 400, 2)
    for shift, size in (0.0, "large"), (8.0, "tiny"):
        given = log_lik, mu, 0.1 * log_sigma - 3 + shift, eps, laplace
        terms, wanted = checked(answer.elbo_surgery(*given)), solution.elbo_surgery(*given)
        for key in KEYS:
            close(terms[key], wanted[key], f"{key} in 400 dimensions, where densities are too {size} for a float")


@grades("elbo_surgery")
def test_elbo_surgery_takes_float32_and_views(answer):
    given = [a.astype(np.float32) for a in problem(8, 6, 3)]
    views = given[0][::2], given[1][::2, ::2], given[2][::2, 1::2], given[3][::-1, ::2, ::2]
    terms = checked(answer.elbo_surgery(*views, laplace))
    wanted = solution.elbo_surgery(*(a.astype(np.float64) for a in views), laplace)
    for key in KEYS:
        close(terms[key], wanted[key], f"{key}, from float32 arrays that are views of larger ones", rtol=1e-3)
