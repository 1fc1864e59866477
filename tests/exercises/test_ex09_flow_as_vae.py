"""Graders of exercise 09: a flow is a VAE."""

import autograd.numpy as np

from minidgm.course.grading import close, dtype, grades, reference, shape

solution = reference("ex09_flow_as_vae")


def points(z):
    """What a base distribution can score: an axis of points, and one of dimensions."""
    if np.ndim(z) != 2:
        raise ValueError(f"base_log_prob: expected points of shape (k, m), got {np.shape(z)}")
    return z


def normal(mu=0.0, sigma=1.0):
    """log N(mu, sigma²) summed over axis 1, in the dtype of its argument."""

    def log_prob(z):
        a = (points(z) - mu) / sigma
        return np.sum(-0.5 * a * a - float(np.log(sigma)) - float(0.5 * np.log(2 * np.pi)), axis=1)

    return log_prob


def logistic(z):
    return np.sum(-points(z) - 2 * np.logaddexp(0 * z, -z), axis=1)


def affine(mu, sigma):
    return lambda x: ((x - mu) / sigma, 0 * x[:, 0] - x.shape[1] * float(np.log(sigma)))


def curved(x):
    """A bijection whose log_det differs from object to object: z = sinh(x)/2 + 1."""
    return np.sinh(x) / 2 + 1, np.sum(np.log(np.cosh(x) / 2), axis=1)


def data(n, m, dtype=np.float64):
    return np.random.RandomState(10 * n + m).standard_normal((n, m)).astype(dtype)


def noise(samples, n, m, dtype=np.float64):
    """Noise whose mean square is exactly 1 for every object: any way to treat E ε² = 1 gives the same number."""
    eps = np.random.RandomState(samples + 10 * n + m).standard_normal((samples, n, m))
    return (eps / np.sqrt(np.mean(eps**2, axis=(0, 2), keepdims=True))).astype(dtype)


def balanced_noise(samples, n, m):
    """Noise and its mirror image: mean exactly 0, mean square exactly 1."""
    eps = noise(samples, n, m)
    return np.concatenate([eps, -eps])


SIZES = ((5, 3), (1, 2), (4, 1), (1, 1), (3, 3))

# ------------------------------------------------------------------ deterministic_elbo


@grades("deterministic_elbo")
def test_deterministic_elbo_is_one_number_per_object(answer):
    for n, m in SIZES:
        shape(answer.deterministic_elbo(data(n, m), curved, normal()), (n,), f"The ELBO for n={n}, m={m}")


@grades("deterministic_elbo")
def test_deterministic_elbo_is_a_log_density(answer):
    x = np.linspace(-6, 6, 4001)[:, None]
    for name, base in (("standard normal", normal()), ("logistic", logistic)):
        elbo = answer.deterministic_elbo(x, curved, base)
        shape(elbo, (4001,), "The ELBO")
        total = np.sum(np.exp(elbo)) * 12 / 4000
        close(
            total, 1.0, f"{name} base, one dimension: e^ELBO is the flow's density, and must integrate to 1", rtol=1e-4
        )


@grades("deterministic_elbo")
def test_deterministic_elbo_is_the_log_likelihood_of_a_gaussian(answer):
    for n, m in SIZES:
        x = 1 + data(n, m)
        elbo = answer.deterministic_elbo(x, affine(0.7, 2.5), normal())
        close(elbo, normal(0.7, 2.5)(x), f"n={n}, m={m}, z = (x − 0.7)/2.5: the ELBO must be log N(x; 0.7, 2.5²)")


@grades("deterministic_elbo")
def test_deterministic_elbo_is_the_limit_of_small_noise(answer):
    x, eps = data(4, 3), balanced_noise(5, 4, 3)
    limit = solution.noisy_elbo(x, curved, logistic, 1e-6, eps)
    close(answer.deterministic_elbo(x, curved, logistic), limit, "the ELBO with noise of width τ = 1e-6 must be near")


@grades("deterministic_elbo")
def test_deterministic_elbo_survives_densities_that_are_no_longer_floats(answer):
    x = np.full((2, 400), 10.0)
    elbo = answer.deterministic_elbo(x, affine(0.0, 1.0), normal())
    close(elbo, normal()(x), "400 dimensions, 10 sigma off")


@grades("deterministic_elbo")
def test_deterministic_elbo_keeps_float32(answer):
    x = data(5, 3, np.float32)
    elbo = answer.deterministic_elbo(x, curved, normal())
    shape(elbo, (5,), "The ELBO")
    dtype(elbo, np.float32, "The ELBO for float32 data")
    close(elbo, solution.deterministic_elbo(x.astype(float), curved, normal()), "The ELBO in float32")


# ------------------------------------------------------------------ noisy_elbo


@grades("noisy_elbo")
def test_noisy_elbo_is_one_number_per_object(answer):
    for samples, n, m in ((2, 5, 3), (1, 1, 2), (4, 4, 1), (1, 1, 1), (3, 3, 3), (6, 2, 4)):
        elbo = answer.noisy_elbo(data(n, m), curved, normal(), 0.3, noise(samples, n, m))
        shape(elbo, (n,), f"The ELBO for {samples} samples, n={n}, m={m}")


@grades("noisy_elbo")
def test_noisy_elbo_is_below_the_log_likelihood_by_half_m_tau_squared(answer):
    for n, m, tau in ((3, 4, 0.5), (1, 1, 2.0), (2, 2, 0.1), (4, 6, 1.0)):
        x = data(n, m)
        elbo = answer.noisy_elbo(x, curved, normal(), tau, balanced_noise(4, n, m))
        shape(elbo, (n,), f"The ELBO for n={n}, m={m}")
        gap = solution.deterministic_elbo(x, curved, normal()) - elbo
        message = f"m={m}, τ={tau}, ε of mean 0 and variance 1: log p(x) − ELBO must be mτ²/2"
        close(gap, np.full(n, m * tau**2 / 2), message)


@grades("noisy_elbo")
def test_noisy_elbo_tends_to_the_log_likelihood(answer):
    x = data(3, 4)
    for tau in (1e-6, 1e-12, 1e-100):
        elbo = answer.noisy_elbo(x, curved, logistic, tau, noise(3, 3, 4))
        message = f"τ = {tau:g}: the ELBO must tend to the flow's log-likelihood"
        close(elbo, solution.deterministic_elbo(x, curved, logistic), message, rtol=1e-5)


@grades("noisy_elbo")
def test_noisy_elbo_feels_the_curvature_of_the_prior(answer):
    x = data(3, 4)
    elbo = answer.noisy_elbo(x, affine(0.3, 1.5), normal(1.0, 0.5), 0.2, balanced_noise(3, 3, 4))
    log_prob = normal(1.0, 0.5)((x - 0.3) / 1.5) - 4 * np.log(1.5)
    wanted = log_prob - 4 * 0.2**2 / (2 * 0.5**2)
    close(elbo, wanted, "base N(1, 0.5²), m=4, τ=0.2: the gap must be mτ²/(2·0.5²)")


@grades("noisy_elbo")
def test_noisy_elbo_averages_the_prior_over_all_noise(answer):
    for samples, n, m in ((3, 4, 2), (4, 4, 4), (7, 1, 3), (1, 5, 2), (2, 3, 1)):
        x, eps = data(n, m), noise(samples, n, m)
        elbo = answer.noisy_elbo(x, curved, logistic, 0.8, eps)
        z, log_det = curved(x)
        wanted = np.mean([logistic(z + 0.8 * e) for e in eps], axis=0) + log_det
        close(
            elbo,
            wanted,
            f"{samples} samples, n={n}, m={m}, logistic base, τ=0.8: mean of log p(f(x) + τε), plus log_det",
        )


@grades("noisy_elbo")
def test_noisy_elbo_keeps_float32(answer):
    x, eps = data(5, 3, np.float32), noise(4, 5, 3, np.float32)
    elbo = answer.noisy_elbo(x, curved, normal(), 0.3, eps)
    shape(elbo, (5,), "The ELBO")
    dtype(elbo, np.float32, "The ELBO for float32 data and noise")
    wanted = solution.noisy_elbo(x.astype(float), curved, normal(), 0.3, eps.astype(float))
    close(elbo, wanted, "The ELBO in float32", rtol=1e-3)
