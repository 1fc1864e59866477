"""Graders of exercise 21: densities that integrate to one, one-component limits, tails, shapes and dtypes."""

import numpy as np

from minidgm.course.densities import multivariate_normal
from minidgm.course.grading import close, dtype, grades, reference, same, shape

solution = reference("ex21_learnable_prior")


def mixture(components, d, seed=0):
    """Unequal weights, means off the origin, unequal widths."""
    rng = np.random.default_rng(seed)
    log_pi = 0.8 * rng.normal(size=components)
    log_pi -= np.log(np.exp(log_pi).sum())
    return log_pi, 0.5 + rng.normal(size=(components, d)), -0.4 + 0.4 * rng.normal(size=(components, d))


def points(n, d, seed=1):
    return 0.5 + 1.5 * np.random.default_rng(seed).normal(size=(n, d))


def grid(d, low, high, count):
    """Points on a grid, (count^d, d), and the volume of a cell."""
    axis = np.linspace(low, high, count)
    mesh = np.stack(np.meshgrid(*[axis] * d, indexing="ij"), axis=-1).reshape(-1, d)
    return mesh, (axis[1] - axis[0]) ** d


def encoder_of(d, m, seed=2):
    """A small encoder with inputs (., m) and outputs mu, log_sigma (., d)."""
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(m, d)), 0.3 * rng.normal(size=(m, d))

    def encoder(u):
        return 0.5 + u @ a.astype(u.dtype), np.tanh(u @ b.astype(u.dtype)) - np.asarray(0.3, u.dtype)

    return encoder


# ------------------------------------------------------------------ mixture_log_prob


@grades("mixture_log_prob")
def test_mixture_log_prob_is_one_number_per_point(answer):
    for n, components, d in (5, 3, 2), (1, 4, 3), (6, 1, 1):
        got = answer.mixture_log_prob(points(n, d), *mixture(components, d))
        shape(got, (n,), f"log p(z) of {n} points, {components} components, {d} dimensions")


@grades("mixture_log_prob")
def test_mixture_log_prob_integrates_to_one(answer):
    for components, d, count in (4, 1, 2001), (3, 2, 161):
        z, cell = grid(d, -9, 9, count)
        total = np.exp(answer.mixture_log_prob(z, *mixture(components, d))).sum() * cell
        close(total, 1.0, f"the density of {components} components in {d} dimensions, integrated", rtol=1e-4)


@grades("mixture_log_prob")
def test_mixture_log_prob_of_one_component_is_its_gaussian(answer):
    z, (_, mu, log_sigma) = points(5, 3), mixture(1, 3)
    wanted = multivariate_normal(mu[0], np.diag(np.exp(2 * log_sigma[0]))).logpdf(z)
    close(answer.mixture_log_prob(z, np.zeros(1), mu, log_sigma), wanted, "one component of weight 1 is a Gaussian")


@grades("mixture_log_prob")
def test_mixture_log_prob_does_not_change_when_a_component_is_split(answer):
    z, (log_pi, mu, log_sigma) = points(5, 2), mixture(3, 2)
    halves = np.concatenate([log_pi[:2], [log_pi[2] - np.log(2)] * 2])
    split = halves, np.concatenate([mu, mu[2:]]), np.concatenate([log_sigma, log_sigma[2:]])
    before = answer.mixture_log_prob(z, log_pi, mu, log_sigma)
    same(answer.mixture_log_prob(z, *split), before, "a component cut into two equal ones of half the weight")


@grades("mixture_log_prob")
def test_mixture_log_prob_weighs_the_components(answer):
    centres = np.array([[-50.0], [0.0], [50.0]])
    got = answer.mixture_log_prob(centres, np.log([0.7, 0.2, 0.1]), centres, np.zeros((3, 1)))
    wanted = np.log([0.7, 0.2, 0.1]) - 0.5 * np.log(2 * np.pi)
    close(got, wanted, "at a component's centre, the others far away, only its own weight counts")


@grades("mixture_log_prob")
def test_mixture_log_prob_agrees_on_ordinary_mixtures(answer):
    for n, components, d in (6, 3, 4), (3, 5, 1), (4, 4, 4), (1, 2, 3):
        given = points(n, d), *mixture(components, d)
        got, wanted = answer.mixture_log_prob(*given), solution.mixture_log_prob(*given)
        close(got, wanted, f"log p(z) of {n} points, {components} components, {d} dimensions")


@grades("mixture_log_prob")
def test_mixture_log_prob_takes_a_component_of_weight_zero(answer):
    z, (log_pi, mu, log_sigma) = points(4, 2), mixture(3, 2)
    padded = np.append(log_pi, -np.inf), np.append(mu, z[:1], axis=0), np.append(log_sigma, [[0.0, 0.0]], axis=0)
    wanted = solution.mixture_log_prob(z, log_pi, mu, log_sigma)
    close(answer.mixture_log_prob(z, *padded), wanted, "a component of weight 0, log_pi = −inf, changes nothing")


@grades("mixture_log_prob")
def test_mixture_log_prob_is_exact_far_in_the_tails(answer):
    log_pi, mu, log_sigma = mixture(3, 2)
    z = np.array([[1e3, -1e3], [60.0, 0.0], [-1e5, 1e5]])
    wanted = solution.mixture_log_prob(z, log_pi, mu, log_sigma)
    close(answer.mixture_log_prob(z, log_pi, mu, log_sigma), wanted, "points far from every component")


@grades("mixture_log_prob")
def test_mixture_log_prob_is_exact_for_narrow_components_in_many_dimensions(answer):
    log_pi, mu, log_sigma = mixture(3, 300)
    given = mu + 1e-5, log_pi, mu, log_sigma - 6.0
    wanted = solution.mixture_log_prob(*given)
    close(answer.mixture_log_prob(*given), wanted, "300 dimensions, narrow components: log densities near 1700")


@grades("mixture_log_prob")
def test_mixture_log_prob_keeps_the_dtype(answer):
    given = points(4, 3), *mixture(2, 3)
    got = answer.mixture_log_prob(*(a.astype(np.float32) for a in given))
    close(got, solution.mixture_log_prob(*given), "float32: log p(z)", rtol=1e-4)
    dtype(got, np.float32, "float32 input: log p(z)")
    dtype(answer.mixture_log_prob(*given), np.float64, "float64 input: log p(z)")


@grades("mixture_log_prob")
def test_mixture_log_prob_takes_arrays_that_are_not_contiguous(answer):
    log_pi, mu, log_sigma = mixture(6, 4)
    views = points(8, 4)[::2, ::-2], log_pi[::2], mu[::2, ::2], np.asfortranarray(log_sigma)[1::2, 1::2]
    close(answer.mixture_log_prob(*views), solution.mixture_log_prob(*views), "arrays that are views of larger ones")


# ------------------------------------------------------------------ vamp_log_prob


@grades("vamp_log_prob")
def test_vamp_log_prob_is_one_number_per_point(answer):
    for n, components, d, m in (5, 3, 2, 4), (1, 4, 3, 2), (6, 1, 1, 3):
        got = answer.vamp_log_prob(points(n, d), points(components, m, seed=3), encoder_of(d, m))
        shape(got, (n,), f"log p(z) of {n} points, {components} pseudo-inputs, {d} latent dimensions")


@grades("vamp_log_prob")
def test_vamp_log_prob_integrates_to_one(answer):
    for components, d, m, count in (4, 1, 3, 2001), (3, 2, 5, 201):
        z, cell = grid(d, -14, 14, count)
        total = np.exp(answer.vamp_log_prob(z, 0.7 * points(components, m, seed=3), encoder_of(d, m))).sum() * cell
        close(total, 1.0, f"the density of {components} pseudo-inputs in {d} dimensions, integrated", rtol=1e-3)


@grades("vamp_log_prob")
def test_vamp_log_prob_is_the_posterior_when_there_is_one_pseudo_input(answer):
    z, u, encoder = points(5, 2), points(1, 4, seed=3), encoder_of(2, 4)
    mu, log_sigma = encoder(u)
    wanted = multivariate_normal(mu[0], np.diag(np.exp(2 * log_sigma[0]))).logpdf(z)
    close(answer.vamp_log_prob(z, u, encoder), wanted, "one pseudo-input: the prior is its posterior q(z|u)")


@grades("vamp_log_prob")
def test_vamp_log_prob_is_unchanged_when_every_pseudo_input_is_doubled(answer):
    z, u, encoder = points(5, 2), points(3, 4, seed=3), encoder_of(2, 4)
    message = "every pseudo-input given twice: the average is the same"
    once = answer.vamp_log_prob(z, u, encoder)
    same(answer.vamp_log_prob(z, np.concatenate([u, u]), encoder), once, message)


@grades("vamp_log_prob")
def test_vamp_log_prob_agrees_on_ordinary_encoders(answer):
    for n, components, d, m in (6, 3, 4, 5), (3, 5, 1, 2), (4, 4, 4, 4), (7, 2, 3, 3):
        given = points(n, d), points(components, m, seed=3), encoder_of(d, m)
        got, wanted = answer.vamp_log_prob(*given), solution.vamp_log_prob(*given)
        close(got, wanted, f"log p(z) of {n} points, {components} pseudo-inputs, {d} latent dimensions")


@grades("vamp_log_prob")
def test_vamp_log_prob_is_exact_far_in_the_tails(answer):
    given = np.array([[1e3, -1e3], [60.0, 0.0]]), points(3, 4, seed=3), encoder_of(2, 4)
    close(answer.vamp_log_prob(*given), solution.vamp_log_prob(*given), "points far from every component")


@grades("vamp_log_prob")
def test_vamp_log_prob_is_exact_for_narrow_posteriors_in_many_dimensions(answer):
    means = points(3, 300, seed=4)
    given = means + 1e-5, points(3, 2, seed=3), lambda u: (means[: len(u)], np.full((len(u), 300), -6.0))
    wanted = solution.vamp_log_prob(*given)
    close(answer.vamp_log_prob(*given), wanted, "300 dimensions, narrow posteriors: log densities near 1500")


@grades("vamp_log_prob")
def test_vamp_log_prob_keeps_the_dtype(answer):
    z, u, encoder = points(4, 3), points(2, 5, seed=3), encoder_of(3, 5)
    got = answer.vamp_log_prob(z.astype(np.float32), u.astype(np.float32), encoder)
    close(got, solution.vamp_log_prob(z, u, encoder), "float32: log p(z)", rtol=1e-3)
    dtype(got, np.float32, "float32 input: log p(z)")
    dtype(answer.vamp_log_prob(z, u, encoder), np.float64, "float64 input: log p(z)")


@grades("vamp_log_prob")
def test_vamp_log_prob_takes_arrays_that_are_not_contiguous(answer):
    views = points(8, 4)[::2, ::-2], points(6, 8, seed=3)[::2, 1::2], encoder_of(2, 4)
    close(answer.vamp_log_prob(*views), solution.vamp_log_prob(*views), "arrays that are views of larger ones")
