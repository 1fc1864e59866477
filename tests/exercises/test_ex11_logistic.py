"""Graders of exercise 11: the logistic distribution and its mixtures."""

import numpy as np
from scipy.special import logsumexp

from minidgm.course.densities import logistic
from minidgm.course.grading import Wrong, close, dtype, grades, reference, shape

solution = reference("ex11_logistic")


def normals(seed, *size):
    return np.random.RandomState(seed).standard_normal(size)


def broadcasts():
    """x, mu, s of every kind of shape; mu isn't 0, s isn't 1."""
    for seed, sizes in enumerate((((5,), (), ()), ((4, 3), (3,), (3,)), ((4, 3), (4, 3), (4, 3)), ((1,), (1,), (1,)))):
        x, mu, s = (np.array(normals(10 * seed + i, *size)) for i, size in enumerate(sizes))
        yield 3 * x, mu + 2, np.exp(s)


def components(*size, seed=0):
    """log_pi, mu, s of a mixture, of shape (*size, K)."""
    logits, mu, log_s = (np.random.RandomState(seed + i).standard_normal(size) for i in range(3))
    return logits - logsumexp(logits, axis=-1, keepdims=True), 3 * mu + 1, np.exp(log_s)


def mixtures():
    """x and parameters of every kind of shape, equal sizes among them."""
    for x_size, size in (
        ((5,), (3,)),
        ((4,), (4, 2)),
        ((3, 3), (3, 3, 3)),
        ((2, 4), (4, 3)),
        ((1,), (1, 1)),
        ((6,), (1,)),
    ):
        yield 3 * normals(len(x_size), *x_size), *components(*size, seed=len(size))


def describe(x, parameter):
    return f"x {x.shape}, parameters {parameter.shape}"


def check_single_precision(answer, name, *args):
    """float32 in, float32 out, the values those of float64."""
    got = getattr(answer, name)(*(a.astype(np.float32) for a in args))
    shape(got, args[0].shape, f"The result of {name}")
    dtype(got, np.float32, f"The result of {name} for float32 input")
    close(got, getattr(solution, name)(*args), f"{name} in float32")


# ------------------------------------------------------------------ logistic_log_pdf


@grades("logistic_log_pdf")
def test_logistic_log_pdf_is_elementwise(answer):
    for x, mu, s in broadcasts():
        got = answer.logistic_log_pdf(x, mu, s)
        shape(got, x.shape, f"The result for x {x.shape}, mu {mu.shape}, s {s.shape}")


@grades("logistic_log_pdf")
def test_logistic_log_pdf_integrates_to_one(answer):
    for mu, s in ((0.0, 1.0), (2.0, 0.3), (-1.0, 4.0)):
        x = mu + s * np.linspace(-40, 40, 4001)
        total = np.sum(np.exp(answer.logistic_log_pdf(x, mu, s))) * s * 80 / 4000
        close(total, 1.0, f"mu={mu}, s={s}: the density must integrate to 1")


@grades("logistic_log_pdf")
def test_logistic_log_pdf_peaks_at_mu(answer):
    for mu, s in ((2.0, 0.3), (-1.0, 4.0)):
        got = answer.logistic_log_pdf(np.array([mu, mu + s, mu - s]), mu, s)
        close(got[0], -np.log(4 * s), f"mu={mu}, s={s}: the density at its peak, x = mu, is 1/(4s)")
        close(got[1], got[2], f"mu={mu}, s={s}: the density is symmetric about mu")


@grades("logistic_log_pdf")
def test_logistic_log_pdf_is_the_logistic_density(answer):
    for x, mu, s in broadcasts():
        wanted = logistic.logpdf(x, mu, s)
        close(answer.logistic_log_pdf(x, mu, s), wanted, f"x {x.shape}, mu {mu.shape}, s {s.shape}")


@grades("logistic_log_pdf")
def test_logistic_log_pdf_keeps_its_tails(answer):
    a = np.array([-1e6, -800.0, -50.0, 50.0, 800.0, 1e6])
    for mu, s in ((0.0, 1.0), (1.0, 2.0)):
        got = answer.logistic_log_pdf(mu + s * a, mu, s)
        close(got, -np.abs(a) - np.log(s), f"mu={mu}, s={s}, x far out at ±50, ±800, ±10⁶ scales: −|a| − log s")


@grades("logistic_log_pdf")
def test_logistic_log_pdf_takes_any_scale(answer):
    a = np.array([-3.0, 0.0, 0.5, 20.0])
    for s in (1e-9, 1e-6, 1e6):
        wanted = logistic.logpdf(a) - np.log(s)
        close(answer.logistic_log_pdf(s * a, 0.0, s), wanted, f"s={s:g}, x = −3s, 0, s/2 and 20s")


@grades("logistic_log_pdf")
def test_logistic_log_pdf_keeps_float32(answer):
    x, mu, s = 50 * normals(5, 4, 3), normals(6, 3), np.exp(normals(7, 3))
    check_single_precision(answer, "logistic_log_pdf", x, mu, s)


# ------------------------------------------------------------------ logistic_cdf


@grades("logistic_cdf")
def test_logistic_cdf_is_elementwise(answer):
    for x, mu, s in broadcasts():
        got = answer.logistic_cdf(x, mu, s)
        shape(got, x.shape, f"The result for x {x.shape}, mu {mu.shape}, s {s.shape}")


@grades("logistic_cdf")
def test_logistic_cdf_rises_from_zero_to_one(answer):
    for mu, s in ((2.0, 0.3), (-1.0, 4.0)):
        got = answer.logistic_cdf(mu + s * np.array([-60.0, 0.0, 60.0]), mu, s)
        message = f"mu={mu}, s={s}: the cdf far left of mu, at mu, and far right of it"
        close(got, np.array([0.0, 0.5, 1.0]), message, atol=1e-12)


@grades("logistic_cdf")
def test_logistic_cdf_has_the_density_as_its_slope(answer):
    for mu, s in ((2.0, 0.3), (-1.0, 4.0)):
        x, h = mu + s * np.array([-3.0, -0.5, 0.0, 1.0, 4.0]), 1e-5 * s
        slope = (answer.logistic_cdf(x + h, mu, s) - answer.logistic_cdf(x - h, mu, s)) / (2 * h)
        close(
            slope, np.exp(solution.logistic_log_pdf(x, mu, s)), f"mu={mu}, s={s}: dF/dx must be the density", atol=1e-8
        )


@grades("logistic_cdf")
def test_logistic_cdf_is_the_logistic_cdf(answer):
    for x, mu, s in broadcasts():
        close(answer.logistic_cdf(x, mu, s), logistic.cdf(x, mu, s), f"x {x.shape}, mu {mu.shape}, s {s.shape}")


@grades("logistic_cdf")
def test_logistic_cdf_keeps_small_probabilities(answer):
    a = np.array([-600.0, -40.0, -20.0])
    for mu, s in ((0.0, 1.0), (1.0, 2.0)):
        got = answer.logistic_cdf(mu + s * a, mu, s)
        wanted = np.exp(a)  # F = e^a/(1 + e^a)
        close(got, wanted, f"mu={mu}, s={s}, 600, 40 and 20 scales below mu: e^a, with all digits", rtol=1e-6, atol=0)


@grades("logistic_cdf")
def test_logistic_cdf_is_defined_everywhere(answer):
    got = answer.logistic_cdf(np.array([-1e6, -800.0, 800.0, 1e6]), 0.5, 0.7)
    close(got, np.array([0.0, 0.0, 1.0, 1.0]), "far outside: exactly 0 or 1, never NaN", rtol=0, atol=0)


@grades("logistic_cdf")
def test_logistic_cdf_takes_any_scale(answer):
    a = np.array([-3.0, 0.0, 0.5, 4.0])
    for s in (1e-9, 1e-6, 1e6):
        close(answer.logistic_cdf(s * a, 0.0, s), logistic.cdf(a), f"s={s:g}, x = −3s, 0, s/2 and 4s")


@grades("logistic_cdf")
def test_logistic_cdf_keeps_float32(answer):
    x, mu, s = 3 * normals(5, 4, 3), normals(6, 3), np.exp(normals(7, 3))
    check_single_precision(answer, "logistic_cdf", x, mu, s)


# ------------------------------------------------------------------ mixture_log_pdf


@grades("mixture_log_pdf")
def test_mixture_log_pdf_is_one_number_for_each_x(answer):
    for x, log_pi, mu, s in mixtures():
        got = answer.mixture_log_pdf(x, log_pi, mu, s)
        shape(got, x.shape, f"The result for {describe(x, mu)} (the components' axis is gone)")


@grades("mixture_log_pdf")
def test_mixture_log_pdf_of_one_component_is_that_component(answer):
    x = 3 * normals(1, 5)
    got = answer.mixture_log_pdf(x, np.zeros(1), np.array([0.7]), np.array([2.5]))
    close(got, logistic.logpdf(x, 0.7, 2.5), "K=1, mu=0.7, s=2.5: the logistic log-density")


@grades("mixture_log_pdf")
def test_mixture_log_pdf_of_equal_components_is_that_component(answer):
    x = 3 * normals(1, 5)
    log_pi = np.log(np.array([0.2, 0.5, 0.3]))
    got = answer.mixture_log_pdf(x, log_pi, np.full(3, 0.7), np.full(3, 2.5))
    close(got, logistic.logpdf(x, 0.7, 2.5), "three equal components, whatever their weights: the same as one")


@grades("mixture_log_pdf")
def test_mixture_log_pdf_integrates_to_one(answer):
    log_pi, mu, s = components(3)
    x = np.linspace(-200, 200, 20001)
    total = np.sum(np.exp(answer.mixture_log_pdf(x, log_pi, mu, s))) * 400 / 20000
    close(total, 1.0, "three components: the density must integrate to 1")


@grades("mixture_log_pdf")
def test_mixture_log_pdf_weighs_its_components(answer):
    for x, log_pi, mu, s in mixtures():
        density = np.sum(np.exp(log_pi) * logistic.pdf(x[..., None], mu, s), axis=-1)
        close(answer.mixture_log_pdf(x, log_pi, mu, s), np.log(density), f"log Σ π_k p_k(x) for {describe(x, mu)}")


@grades("mixture_log_pdf")
def test_mixture_log_pdf_takes_weights_of_zero(answer):
    x, log_pi = np.array([0.3, 5.0]), np.array([0.0, -np.inf])
    got = answer.mixture_log_pdf(x, log_pi, np.array([1.0, 0.3]), np.array([2.0, 0.1]))
    close(got, logistic.logpdf(x, 1.0, 2.0), "weights 1 and 0 (log_pi = 0 and −inf): the first component alone")


@grades("mixture_log_pdf")
def test_mixture_log_pdf_keeps_its_tails(answer):
    log_pi, mu, s = np.log(np.array([0.25, 0.75])), np.array([-1.0, 2.0]), np.array([1.0, 2.0])
    x = np.array([-3000.0, 1e5, 3000.0])
    wanted = np.log(0.75) - np.abs(x - 2) / 2 - np.log(2)  # the wider component is all that's left
    got = answer.mixture_log_pdf(x, log_pi, mu, s)
    close(got, wanted, "x = −3000, 10⁵ and 3000, where every component's density rounds to 0")
    got = answer.mixture_log_pdf(np.array([1.0, 3000.0]), log_pi, mu, s)[1:]
    close(got, wanted[2:], "x = 3000, far out, beside x = 1, between the components")


@grades("mixture_log_pdf")
def test_mixture_log_pdf_keeps_float32(answer):
    check_single_precision(answer, "mixture_log_pdf", 30 * normals(5, 4, 3), *components(3, 2))


# ------------------------------------------------------------------ mixture_cdf


@grades("mixture_cdf")
def test_mixture_cdf_is_one_number_for_each_x(answer):
    for x, log_pi, mu, s in mixtures():
        got = answer.mixture_cdf(x, log_pi, mu, s)
        shape(got, x.shape, f"The result for {describe(x, mu)} (the components' axis is gone)")


@grades("mixture_cdf")
def test_mixture_cdf_rises_from_zero_to_one(answer):
    log_pi, mu, s = components(3)
    got = answer.mixture_cdf(np.linspace(-300, 300, 61), log_pi, mu, s)
    close(got[[0, -1]], np.array([0.0, 1.0]), "far left of all components F is 0, far right of them 1", atol=1e-12)
    if np.any(np.diff(got) < -1e-12):
        raise Wrong("A cdf never falls, and this one does: F(x) is the probability of everything to the left of x.")


@grades("mixture_cdf")
def test_mixture_cdf_of_equal_components_is_that_component(answer):
    x = 3 * normals(1, 5)
    log_pi = np.log(np.array([0.2, 0.5, 0.3]))
    got = answer.mixture_cdf(x, log_pi, np.full(3, 0.7), np.full(3, 2.5))
    close(got, logistic.cdf(x, 0.7, 2.5), "three equal components, whatever their weights: the same as one")


@grades("mixture_cdf")
def test_mixture_cdf_has_the_density_as_its_slope(answer):
    log_pi, mu, s = components(3)
    x, h = np.array([-4.0, -1.0, 0.5, 2.0, 6.0]), 1e-5
    slope = (answer.mixture_cdf(x + h, log_pi, mu, s) - answer.mixture_cdf(x - h, log_pi, mu, s)) / (2 * h)
    wanted = np.exp(solution.mixture_log_pdf(x, log_pi, mu, s))
    close(slope, wanted, "three components: dF/dx must be the mixture's density", atol=1e-8)


@grades("mixture_cdf")
def test_mixture_cdf_weighs_its_components(answer):
    for x, log_pi, mu, s in mixtures():
        wanted = np.sum(np.exp(log_pi) * logistic.cdf(x[..., None], mu, s), axis=-1)
        close(answer.mixture_cdf(x, log_pi, mu, s), wanted, f"Σ π_k F_k(x) for {describe(x, mu)}")


@grades("mixture_cdf")
def test_mixture_cdf_takes_weights_of_zero(answer):
    x, log_pi = np.array([0.3, 5.0]), np.array([0.0, -np.inf])
    got = answer.mixture_cdf(x, log_pi, np.array([1.0, 0.3]), np.array([2.0, 0.1]))
    close(got, logistic.cdf(x, 1.0, 2.0), "weights 1 and 0 (log_pi = 0 and −inf): the first component alone")


@grades("mixture_cdf")
def test_mixture_cdf_keeps_small_probabilities(answer):
    log_pi, mu, s = np.log(np.array([0.25, 0.75])), np.array([-1.0, 2.0]), np.array([1.0, 2.0])
    got = answer.mixture_cdf(np.array([-98.0, -1e5]), log_pi, mu, s)
    wanted = np.array([0.75 * np.exp(-50.0), 0.0])
    close(got, wanted, "x = −98 (50 scales below the wider component) and x = −10⁵", rtol=1e-6, atol=0)


@grades("mixture_cdf")
def test_mixture_cdf_keeps_float32(answer):
    check_single_precision(answer, "mixture_cdf", 3 * normals(5, 4, 3), *components(3, 2))
