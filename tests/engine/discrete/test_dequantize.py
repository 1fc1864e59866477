"""Dequantization on two pixels, where everything is known: bounds, gaps, noise that integrates to one."""

import autograd.numpy as anp
import numpy as np
import pytest
from scipy import stats

from minidgm.discrete import (
    FlowDequantizer,
    UniformDequantizer,
    VariationalDequantizer,
    bits_per_dim,
    dequantization_bound,
    discrete_log_prob,
    importance_weighted_bound,
    noise_posterior_kl,
)
from minidgm.discrete.dequantize import dequantize
from minidgm.distributions import Normal, StandardNormal
from minidgm.flows import Chain, FlowModel, Logit, real_nvp
from minidgm.tensor import parameters, value_and_grad

LEVELS = 4
Y = np.stack(np.meshgrid(*[np.arange(LEVELS)] * 2, indexing="ij"), axis=-1).reshape(-1, 2).astype(np.float64)


class Gaussian:
    """A correlated normal density on two pixels, steep inside the cells."""

    def __init__(self, mean=(1.6, 2.3), covariance=((0.8, 0.5), (0.5, 0.6))):
        self.normal = stats.multivariate_normal(mean, covariance)

    def log_prob(self, x):
        return self.normal.logpdf(x)


class Tilted:
    """p(x) ∝ e^{a·x} on the square: inside every cell the noise's posterior is the same, and a product."""

    def __init__(self, slope):
        self.slope = np.array(slope)

    def log_prob(self, x):
        return np.sum(self.slope * x - np.log((np.exp(LEVELS * self.slope) - 1) / self.slope), axis=1)


class Normals(Normal):
    """Two independent pixels."""

    def log_prob(self, x):
        return anp.sum(super().log_prob(x), axis=1)


def shaken(model, seed, scale=0.3):
    rng = np.random.default_rng(seed)
    for theta in parameters(model).values():
        theta += scale * rng.standard_normal(theta.shape).astype(theta.dtype)
    return model


def dequantizers():
    rng = np.random.default_rng(0)
    flows = [real_nvp(2, 3, (8,), rng, context=2) for _ in range(2)]
    noises = {
        "variational": VariationalDequantizer(2, (8,), LEVELS, rng),
        "flow": FlowDequantizer(flows[0], LEVELS),
        "variational, normal": VariationalDequantizer(2, (8,), LEVELS, rng, base=Normal),
        "flow, normal": FlowDequantizer(flows[1], LEVELS, base=Normal),
    }
    return {"uniform": UniformDequantizer()} | {
        name: shaken(noise, seed, 0.2 if "variational" in name else 0.05).astype(np.float64)
        for seed, (name, noise) in enumerate(noises.items(), start=1)
    }


NAMES = ["uniform", "variational", "flow", "variational, normal", "flow, normal"]


def mean_and_error(values):
    return values.mean(axis=0), values.std(axis=0, ddof=1) / np.sqrt(len(values))


@pytest.mark.parametrize("name", NAMES)
def test_the_noise_is_a_density_on_the_unit_cube_and_draws_carry_its_own_value(name):
    dequantizer = dequantizers()[name]
    v = np.linspace(-36, 36, 800)  # u = sigmoid(v), du = u (1 − u) dv: q(u|y) may be infinite at the faces
    one, weights = stats.logistic.cdf(v), stats.logistic.pdf(v) * (v[1] - v[0])
    u = np.stack(np.meshgrid(one, one), axis=-1).reshape(-1, 2)
    for y in Y[:3]:
        log_q = dequantizer.log_prob(u, np.tile(y, (len(u), 1)))
        total = np.outer(weights, weights).ravel() @ np.exp(log_q)
        np.testing.assert_allclose(total, 1, rtol=1e-5)  # relu's kinks are all that limits the quadrature
    u, log_q = dequantizer.draw(np.random.default_rng(3), Y)
    assert u.shape == Y.shape and log_q.shape == (len(Y),) and np.all((u >= 0) & (u <= 1))
    np.testing.assert_allclose(log_q, dequantizer.log_prob(u, Y), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_the_gap_between_the_exact_probability_and_the_bound_is_the_kl_to_the_noises_posterior(name):
    model, dequantizer = Gaussian(), dequantizers()[name]
    bound = dequantization_bound(model, dequantizer, np.repeat(Y, 4000, axis=0), np.random.default_rng(0))
    mean, error = mean_and_error(bound.reshape(len(Y), -1).T)
    exact, kl = discrete_log_prob(model, Y), noise_posterior_kl(model, dequantizer, Y)
    assert np.all(kl > 0) and np.all(np.abs(mean + kl - exact) < 4.5 * error + 1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_every_bound_is_below_and_more_samples_come_closer(name):
    model, dequantizer, exact = Gaussian(), dequantizers()[name], discrete_log_prob(Gaussian(), Y)
    many, gaps, errors = np.repeat(Y, 400, axis=0), [], []
    for samples in (1, 4, 16, 64):
        bound = importance_weighted_bound(model, dequantizer, many, np.random.default_rng(samples), samples)
        gap, error = mean_and_error(exact - bound.reshape(len(Y), -1).T)
        assert np.all(gap > -4.5 * error)
        gaps.append(gap.mean())
        errors.append(np.sqrt(np.sum(error**2)) / len(Y))
    assert all(gaps[k] - gaps[k + 1] > 3 * np.hypot(errors[k], errors[k + 1]) for k in range(3))


def test_quadrature_is_scipys_probability_of_the_cell():
    for point, log_p in zip(Y[:4], discrete_log_prob(Gaussian(), Y[:4])):
        wanted = Gaussian().normal.cdf(point + 1, lower_limit=point)
        np.testing.assert_allclose(np.exp(log_p), wanted, rtol=1e-5)
    wide = np.stack(np.meshgrid(*[np.arange(-9, 13)] * 2, indexing="ij"), axis=-1).reshape(-1, 2).astype(float)
    np.testing.assert_allclose(np.exp(discrete_log_prob(Gaussian(), wide, 24)).sum(), 1, rtol=1e-10)


def test_the_exact_answers_have_exact_gradients():
    model, uniform = Normals(np.array([1.6, 2.3]), np.array([0.8, 0.5])), UniformDequantizer()
    _, grad = value_and_grad(lambda model: anp.sum(discrete_log_prob(model, Y, 28)))(model)
    _, wanted = value_and_grad(lambda model: anp.sum(model.log_interval(Y, Y + 1)))(model)
    _, of_kl = value_and_grad(lambda model: anp.sum(noise_posterior_kl(model, uniform, Y, 28)))(model)
    nodes, weights = (np.polynomial.legendre.leggauss(8)[k] / 2 + (0.5, 0)[k] for k in (0, 1))

    def bound(model):  # log P(y) - KL
        return sum(w * anp.sum(Normal.log_prob(model, Y + u)) for u, w in zip(nodes, weights))

    _, of_bound = value_and_grad(bound)(model)
    for name in ("mu", "sigma"):
        np.testing.assert_allclose(grad[name], wanted[name], rtol=1e-10)
        np.testing.assert_allclose(of_kl[name], wanted[name] - of_bound[name], rtol=1e-9)


def test_a_flow_on_dequantized_levels_gives_levels_that_sum_to_one():
    flow = shaken(FlowModel(Chain([Logit(0.0, LEVELS), *real_nvp(2, 2, (8,), np.random.default_rng(0)).flows]),
                            StandardNormal(2)), 4, 0.1).astype(np.float64)  # fmt: skip
    np.testing.assert_allclose(np.exp(discrete_log_prob(flow, Y, 60)).sum(), 1, rtol=1e-4)


def test_uniform_noise_has_no_gap_where_the_density_is_flat_and_the_known_one_where_it_is_a_slope():
    flat = Tilted((1e-7, 1e-7))
    bound = dequantization_bound(flat, UniformDequantizer(), Y, np.random.default_rng(0))
    np.testing.assert_allclose(bound, -2 * np.log(LEVELS), rtol=1e-6)
    np.testing.assert_allclose(noise_posterior_kl(flat, UniformDequantizer(), Y), 0, atol=1e-9)
    slope = np.array([2.0, -1.0])
    gap = np.sum(np.log(np.expm1(slope) / slope) - slope / 2)  # log E e^{a u} − E a u
    np.testing.assert_allclose(noise_posterior_kl(Tilted(slope), UniformDequantizer(), Y), gap, rtol=1e-12)


class ExactNoise:
    """The noise's posterior under Tilted, by inverting its cdf."""

    def __init__(self, slope):
        self.slope = np.array(slope)

    def log_prob(self, u, y):
        return np.sum(self.slope * u - np.log(np.expm1(self.slope) / self.slope), axis=1)

    def draw(self, rng, y):
        u = np.log1p(rng.random(y.shape) * np.expm1(self.slope)) / self.slope
        return u, self.log_prob(u, y)


def test_the_exact_posterior_of_the_noise_closes_the_gap_with_every_single_sample():
    model, noise = Tilted((2.0, -1.0)), ExactNoise((2.0, -1.0))
    bound = dequantization_bound(model, noise, Y, np.random.default_rng(0))
    np.testing.assert_allclose(bound, discrete_log_prob(model, Y), rtol=1e-12)
    np.testing.assert_allclose(noise_posterior_kl(model, noise, Y), 0, atol=1e-12)


def test_a_models_own_scaling_is_paid_for():
    """A uniform density on [0, 256] to the power m has 8 bits per dimension, however its flow scales the data."""
    box = FlowModel(Logit(0.0, 256), _Logistic(3))
    y = np.array([[0, 100, 255]], np.uint8)
    bound = dequantization_bound(box, UniformDequantizer(), y, np.random.default_rng(0), samples=3)
    np.testing.assert_allclose(bits_per_dim(bound, 3), 8, rtol=1e-5)


class _Logistic:
    def __init__(self, m):
        self.m = m

    def log_prob(self, z):
        return stats.logistic.logpdf(z).sum(axis=1)


@pytest.mark.parametrize("name", NAMES)
def test_float32_stays_through_the_bound_and_its_gradient(name):
    rng = np.random.default_rng(0)
    flow = FlowDequantizer(real_nvp(2, 2, (8,), rng, context=2), LEVELS)
    noise = {"uniform": UniformDequantizer(), "variational": VariationalDequantizer(2, (8,), LEVELS, rng), "flow": flow}
    noise["variational, normal"] = VariationalDequantizer(2, (8,), LEVELS, rng, base=Normal)
    noise["flow, normal"] = FlowDequantizer(real_nvp(2, 2, (8,), rng, context=2), LEVELS, base=Normal)
    both = [FlowModel(Chain([Logit(0.05, LEVELS), *real_nvp(2, 2, (8,), rng).flows]), StandardNormal(2)), noise[name]]
    both = [shaken(both[0], 1, 0.1), shaken(both[1], 2, 0.1)]
    loss = lambda both, y: -anp.mean(dequantization_bound(*both, y, np.random.default_rng(1)))  # noqa: E731
    value, grad = value_and_grad(loss)(both, Y.astype(np.uint8))
    assert value.dtype == np.float32 and all(g.dtype == np.float32 for g in grad.values())
    assert all(np.any(g != 0) for path, g in grad.items() if "weight" in path)


def test_noise_with_a_logistic_base_starts_as_the_uniform_and_with_a_normal_base_never_is_it():
    rng = np.random.default_rng(0)
    for noise in (
        VariationalDequantizer(2, (8,), LEVELS, rng),
        FlowDequantizer(real_nvp(2, 2, (8,), rng, context=2), LEVELS),
    ):
        u, log_q = noise.astype(np.float64).draw(np.random.default_rng(1), np.repeat(Y, 500, axis=0))
        np.testing.assert_allclose(log_q, 0, atol=1e-12)
        assert stats.kstest(u.ravel(), "uniform").pvalue > 0.01
    # KL(sigmoid of N(0, σ²) ‖ U), by quadrature over v: 0.193 nats per pixel at σ = 1, 0.0095 at best
    v = np.linspace(-40, 40, 200_001)
    log_slope = stats.logistic.logpdf(v)
    kl = [np.trapezoid(stats.norm.pdf(v, 0, s) * (stats.norm.logpdf(v, 0, s) - log_slope), v) for s in (1.0, 1.7488)]
    np.testing.assert_allclose(kl, [0.1931798, 0.0095116], atol=1e-6)
    noise = VariationalDequantizer(2, (8,), LEVELS, rng, base=Normal).astype(np.float64)
    _, log_q = noise.draw(np.random.default_rng(1), np.repeat(Y, 2000, axis=0))
    mean, error = mean_and_error(log_q)
    assert abs(mean - 2 * kl[0]) < 4 * error


def test_samples_are_the_draws_without_their_densities():
    noise = UniformDequantizer()
    u, _ = noise.draw(np.random.default_rng(0), Y)
    assert np.array_equal(noise.sample(np.random.default_rng(0), Y), u)
    with pytest.raises(ValueError, match=r"y: expected shape \(n, m\), got \(16,\)"):
        noise.sample(np.random.default_rng(0), Y[:, 0])


def test_dequantize_keeps_the_noises_dtype():
    u = np.full((1, 3), 0.25, np.float32)
    x = dequantize(np.array([[0, 7, 255]], np.uint8), u)
    assert x.dtype == np.float32 and x.tolist() == [[0.25, 7.25, 255.25]]


def test_a_level_with_its_noise_stays_in_its_cell_where_float32_would_round_up():
    y, u = np.array([[0, 16, 255]]), np.array([[1.0, 1 - 2.0**-24, 1 - 2.0**-24]], np.float32)
    assert np.float32(255) + u[0, 2] == 256
    assert np.array_equal(np.floor(dequantize(y, u)), y)


def test_what_is_wrong_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match=r"y: expected shape \(n, m\), got \(2,\)"):
        dequantization_bound(Gaussian(), UniformDequantizer(), Y[0], np.random.default_rng(0))
    with pytest.raises(ValueError, match="y: expected at most 3 dimensions for quadrature, got 4"):
        discrete_log_prob(Gaussian(), np.zeros((1, 4)))
    with pytest.raises(ValueError, match="points: expected a whole number from 1 on, got 0"):
        discrete_log_prob(Gaussian(), Y, points=0)
    with pytest.raises(ValueError, match="m: expected a whole number from 1 on, got 0"):
        bits_per_dim(np.ones(3), 0)


FRACTIONS = np.array([[0.25, 0.5], [1.0, 0.0]])


@pytest.mark.parametrize(
    "call",
    [
        lambda y, rng: dequantization_bound(Gaussian(), UniformDequantizer(), y, rng),
        lambda y, rng: importance_weighted_bound(Gaussian(), UniformDequantizer(), y, rng, 2),
        lambda y, rng: discrete_log_prob(Gaussian(), y),
        lambda y, rng: noise_posterior_kl(Gaussian(), UniformDequantizer(), y),
        lambda y, rng: dequantize(y, rng.random(y.shape)),
        lambda y, rng: UniformDequantizer().draw(rng, y),
        lambda y, rng: UniformDequantizer().sample(rng, y),
        lambda y, rng: VariationalDequantizer(2, (4,), 5, rng).draw(rng, y),
        lambda y, rng: VariationalDequantizer(2, (4,), 5, rng).log_prob(np.full_like(y, 0.5), y),
        lambda y, rng: FlowDequantizer(real_nvp(2, 2, (4,), rng, context=2), 5).draw(rng, y),
        lambda y, rng: FlowDequantizer(real_nvp(2, 2, (4,), rng, context=2), 5).log_prob(np.full_like(y, 0.5), y),
    ],
)
def test_images_scaled_to_fractions_are_no_levels(call):
    with pytest.raises(ValueError, match="^y: expected whole numbers, got fractions; give the levels 0, 1, 2, "):
        call(FRACTIONS, np.random.default_rng(0))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, ">f4", ">f8", ">i2", np.uint8])
def test_levels_of_every_dtype_get_noise_in_their_cells(dtype):
    y, rng = Y.astype(dtype), np.random.default_rng(0)
    for noise in (UniformDequantizer(), VariationalDequantizer(2, (4,), 17, rng)):
        u, log_q = noise.draw(rng, y)
        assert u.dtype == (np.float64 if y.dtype.kind == "f" and y.dtype.itemsize == 8 else np.float32)
        assert np.array_equal(np.floor(dequantize(y, u)), Y) and np.all(np.isfinite(log_q))


def test_a_list_of_levels_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="^y: expected an array of levels, got list$"):
        UniformDequantizer().draw(np.random.default_rng(0), Y.tolist())
