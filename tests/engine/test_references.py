"""Every density against its textbook formula, values and gradients: 1e-10 in float64, 1e-4 in float32.

The references are the formulas at their plainest, in complex numbers: where no digits cancel, the imaginary part of
f(x + i h) / h is the exact derivative at h = 1e-30, so gradients are compared as strictly as values (Squire & Trapp
1998). The references themselves are held to scipy.stats. Estimators are compared with closed forms and quadrature where
those have no noise: an ELBO at the exact posterior, a bound for noise on which the density is flat.
"""

import math

import autograd.numpy as anp
import numpy as np
import pytest
from scipy import special, stats

from minidgm.discrete import (
    DiscretizedLogisticMixture,
    UniformDequantizer,
    dequantization_bound,
    discrete_log_prob,
    discretized_log_prob,
    importance_weighted_bound,
    noise_posterior_kl,
)
from minidgm.distributions import (
    Bernoulli,
    Categorical,
    Logistic,
    LogisticMixture,
    Normal,
    StandardNormal,
    bernoulli_log_prob,
    normal_log_prob,
    standard_normal_log_prob,
)
from minidgm.flows import ActNorm
from minidgm.nn import Dense
from minidgm.tensor import Module, value_and_grad
from minidgm.vae import (
    VAE,
    AggregatedPosterior,
    AutoregressivePrior,
    FlowPosterior,
    FlowPrior,
    GaussianDecoder,
    GaussianPosterior,
    LinearGaussianVAE,
    MixturePrior,
    StandardNormalPrior,
    VampPrior,
    aggregated_log_prob,
    bound_gap,
    elbo,
    elbo_surgery,
    gaussian_kl,
    gaussian_log_prob_table,
    grid_log_prob,
    iwae_bound,
    log_weights,
    mixture_log_prob,
    mutual_information,
)

BOTH_WAYS = True  # as the engine is used, and with the formulas as written
RNG = np.random.default_rng(0)
N, D, K, LEVELS = 5, 3, 4, 9
X, MU, SIGMA = RNG.normal(size=(N, D)), RNG.normal(size=(N, D)), np.exp(0.5 * RNG.normal(size=(N, D)))
LOG_PI, MU_K, S_K = RNG.normal(size=(N, D, K)), RNG.uniform(0, 8, (N, D, K)), np.exp(0.5 * RNG.normal(size=(N, D, K)))
Y = RNG.integers(0, LEVELS, (N, D))
Y[0] = 0, LEVELS - 1, 4  # both edges
BITS = (RNG.random((N, D)) < 0.5).astype(float)
Z, CENTRES, LOG_SIGMA = RNG.normal(size=(N, D)), RNG.normal(size=(K, D)), 0.4 * RNG.normal(size=(K, D))
LOG_WEIGHTS = np.log([0.1, 0.2, 0.3, 0.4])


# ------------------------------------------------------------------ the formulas at their plainest


def normal(x, mu, sigma):
    return -0.5 * ((x - mu) / sigma) ** 2 - np.log(sigma) - 0.5 * math.log(2 * math.pi)


def phi(a):
    return 0.5 * (1 + special.erf(a / math.sqrt(2)))


def logistic_cdf(x, mu, s):
    return 1 / (1 + np.exp(-(x - mu) / s))


def logistic(x, mu, s):
    F = logistic_cdf(x, mu, s)
    return np.log(F * (1 - F) / s)


def softmax(a):
    return np.exp(a) / np.sum(np.exp(a), axis=-1, keepdims=True)


def in_bin(F):
    return np.where(Y == LEVELS - 1, 1, F(Y + 0.5)) - np.where(Y == 0, 0, F(Y - 0.5))


def discretized_mixture(log_pi, mu, s):
    y = Y[..., None]
    F_upper = np.where(y == LEVELS - 1, 1, logistic_cdf(y + 0.5, mu, s))
    F_lower = np.where(y == 0, 0, logistic_cdf(y - 0.5, mu, s))
    return np.log(np.sum(softmax(log_pi) * (F_upper - F_lower), axis=-1))


def table(z, mu, log_sigma):
    return np.sum(normal(z[:, None], mu, np.exp(log_sigma)), axis=2)


def gaussian_mixture(z, log_pi, mu, log_sigma):
    return np.log(np.sum(np.exp(log_pi + table(z, mu, log_sigma)), axis=1))


# name: (ours, its reference, the arguments to differentiate by)
DENSITIES = {
    "normal_log_prob": (normal_log_prob, lambda e, ls: normal(e, 0, 1) - ls, (X, MU)),
    "standard_normal_log_prob": (standard_normal_log_prob, lambda z: normal(z, 0, 1).sum(axis=1), (Z,)),
    "StandardNormal": (lambda z: StandardNormal(D).log_prob(z), lambda z: normal(z, 0, 1).sum(axis=1), (Z,)),
    "Normal": (lambda x, mu, sigma: Normal(mu, sigma).log_prob(x), normal, (X, MU, SIGMA)),
    "Normal.cdf": (lambda x, m, s: Normal(m, s).cdf(x), lambda x, m, s: phi((x - m) / s), (X, MU, SIGMA)),
    "Normal.log_interval": (
        lambda x, m, s: Normal(m, s).log_interval(x, x + 1),
        lambda x, m, s: np.log(phi((x + 1 - m) / s) - phi((x - m) / s)),
        (X, MU, SIGMA),
    ),
    "Logistic": (lambda x, mu, s: Logistic(mu, s).log_prob(x), logistic, (X, MU, SIGMA)),
    "Logistic.cdf": (lambda x, mu, s: Logistic(mu, s).cdf(x), logistic_cdf, (X, MU, SIGMA)),
    "Logistic.log_interval": (
        lambda x, m, s: Logistic(m, s).log_interval(x, x + 1),
        lambda x, m, s: np.log(logistic_cdf(x + 1, m, s) - logistic_cdf(x, m, s)),
        (X, MU, SIGMA),
    ),
    "LogisticMixture": (
        lambda x, log_pi, mu, s: LogisticMixture(log_pi, mu, s).log_prob(x),
        lambda x, log_pi, mu, s: np.log(np.sum(softmax(log_pi) * np.exp(logistic(x[..., None], mu, s)), axis=-1)),
        (X, LOG_PI, MU_K, S_K),
    ),
    "LogisticMixture.cdf": (
        lambda x, log_pi, mu, s: LogisticMixture(log_pi, mu, s).cdf(x),
        lambda x, log_pi, mu, s: np.sum(softmax(log_pi) * logistic_cdf(x[..., None], mu, s), axis=-1),
        (X, LOG_PI, MU_K, S_K),
    ),
    "bernoulli_log_prob": (
        bernoulli_log_prob,
        lambda x, logits: x * np.log(logistic_cdf(logits, 0, 1)) + (1 - x) * np.log(logistic_cdf(-logits, 0, 1)),
        (BITS, 2 * X),
    ),
    "Bernoulli": (
        lambda logits: Bernoulli(logits).log_prob(BITS == 1),
        lambda logits: np.log(logistic_cdf((2 * BITS - 1) * logits, 0, 1)),
        (2 * X,),
    ),
    "Categorical": (
        lambda logits: Categorical(logits).log_prob(np.minimum(Y, K - 1)),
        lambda logits: np.log(np.take_along_axis(softmax(logits), np.minimum(Y, K - 1)[..., None], -1)[..., 0]),
        (LOG_PI,),
    ),
    "discretized normal": (
        lambda mu, sigma: discretized_log_prob(Y, Normal(mu, sigma), LEVELS),
        lambda mu, sigma: np.log(in_bin(lambda x: phi((x - mu) / sigma))),
        (3 + MU, 3 * SIGMA),
    ),
    "discretized logistic": (
        lambda mu, s: discretized_log_prob(Y, Logistic(mu, s), LEVELS),
        lambda mu, s: np.log(in_bin(lambda x: logistic_cdf(x, mu, s))),
        (3 + MU, 3 * SIGMA),
    ),
    "DiscretizedLogisticMixture": (
        lambda log_pi, mu, s: DiscretizedLogisticMixture(log_pi, mu, s, LEVELS).log_prob(Y),
        discretized_mixture,
        (LOG_PI, MU_K, S_K),
    ),
    "gaussian_log_prob_table": (gaussian_log_prob_table, table, (Z, CENTRES, LOG_SIGMA)),
    "mixture_log_prob": (mixture_log_prob, gaussian_mixture, (Z, LOG_WEIGHTS, CENTRES, LOG_SIGMA)),
    "aggregated_log_prob": (
        aggregated_log_prob,
        lambda z, mu, log_sigma: gaussian_mixture(z, math.log(1 / K), mu, log_sigma),
        (Z, CENTRES, LOG_SIGMA),
    ),
    "gaussian_kl": (
        gaussian_kl,
        lambda mu, ls: np.sum(0.5 * (mu**2 + np.exp(ls) ** 2 - 1) - ls, axis=1),
        (CENTRES, LOG_SIGMA),
    ),
}


class Arrays(Module):
    def __init__(self, *values):
        self.values = [np.array(value) for value in values]


@pytest.mark.parametrize("dtype, rtol", [(np.float64, 1e-10), (np.float32, 1e-4)])
@pytest.mark.parametrize("name", DENSITIES)
def test_values_and_gradients_are_those_of_the_textbook_formula(name, dtype, rtol):
    ours, reference, args = DENSITIES[name]
    args = [a.astype(dtype) for a in args]
    exact = [a.astype(np.float64) for a in args]
    wanted = reference(*exact)
    weight = np.random.default_rng(1).normal(size=wanted.shape)
    loss = lambda model: anp.sum(weight.astype(dtype) * ours(*model.values))  # noqa: E731
    value, grads = ours(*args), value_and_grad(loss)(Arrays(*args))[1].values()
    assert value.dtype == dtype
    np.testing.assert_allclose(value, wanted, rtol=rtol, atol=rtol)
    for j, grad in enumerate(grads):
        derivative = np.empty(args[j].shape)
        for place in np.ndindex(args[j].shape):
            moved = [a.astype(complex) for a in exact]
            moved[j][place] += 1e-30j
            derivative[place] = np.sum(weight * reference(*moved)).imag * 1e30
        np.testing.assert_allclose(grad, derivative, rtol=rtol, atol=rtol)


def test_the_references_are_scipys():
    np.testing.assert_allclose(normal(X, MU, SIGMA), stats.norm(MU, SIGMA).logpdf(X), rtol=1e-13)
    np.testing.assert_allclose(phi(X), stats.norm.cdf(X), rtol=1e-13)
    np.testing.assert_allclose(logistic(X, MU, SIGMA), stats.logistic(MU, SIGMA).logpdf(X), rtol=1e-12)
    np.testing.assert_allclose(logistic_cdf(X, MU, SIGMA), stats.logistic(MU, SIGMA).cdf(X), rtol=1e-13)
    np.testing.assert_allclose(softmax(LOG_PI), special.softmax(LOG_PI, axis=-1), rtol=1e-13)
    for k in range(K):
        gaussian = stats.multivariate_normal(CENTRES[k], np.diag(np.exp(2 * LOG_SIGMA[k])))
        np.testing.assert_allclose(table(Z, CENTRES, LOG_SIGMA)[:, k], gaussian.logpdf(Z), rtol=1e-12)
    levels = np.arange(LEVELS)
    edges = np.concatenate([[0], stats.norm(3, 2).cdf(levels[:-1] + 0.5), [1]])
    ours = discretized_log_prob(levels, Normal(3.0, 2.0), LEVELS)
    np.testing.assert_allclose(np.exp(ours), np.diff(edges), rtol=1e-10)
    assert np.exp(ours).sum() == pytest.approx(1, abs=1e-14)


# ------------------------------------------------------------------ priors and posteriors


def constant_encoder(mu, log_sigma):
    """An encoder that gives every object the same Gaussian."""
    encoder = Dense(D, 2 * D, np.random.default_rng(0)).astype(np.float64)
    encoder.weight[...], encoder.bias[...] = 0, np.concatenate([mu, log_sigma])
    return encoder


def test_priors_are_the_mixtures_that_they_say():
    prior = MixturePrior(D, K, np.random.default_rng(0)).astype(np.float64)
    prior.log_pi[...], prior.mu[...], prior.log_sigma[...] = LOG_WEIGHTS + 3, CENTRES, LOG_SIGMA
    mixture = gaussian_mixture(Z, LOG_WEIGHTS, CENTRES, LOG_SIGMA)
    np.testing.assert_allclose(prior.log_prob(Z), mixture, rtol=1e-10)
    encoder = Dense(D, 2 * D, np.random.default_rng(0)).astype(np.float64)
    posterior = GaussianPosterior(encoder)
    mu, log_sigma = np.split(X @ encoder.weight + encoder.bias, 2, axis=1)
    wanted = gaussian_mixture(Z, -math.log(N), mu, log_sigma)
    for prior in (AggregatedPosterior(posterior, X), VampPrior(posterior, X)):
        np.testing.assert_allclose(prior.log_prob(Z), wanted, rtol=1e-10)
    np.testing.assert_allclose(posterior.log_prob(Z, X), normal(Z, mu, np.exp(log_sigma)).sum(axis=1), rtol=1e-10)


def test_flow_priors_and_posteriors_are_the_gaussians_of_a_linear_flow():
    flow = ActNorm(D).astype(np.float64)
    flow.mu[...], flow.log_sigma[...] = CENTRES[0], LOG_SIGMA[0]
    wanted = normal(Z, CENTRES[0], np.exp(LOG_SIGMA[0])).sum(axis=1)
    np.testing.assert_allclose(FlowPrior(flow).log_prob(Z), wanted, rtol=1e-10)
    posterior = FlowPosterior(constant_encoder(CENTRES[1], LOG_SIGMA[1]), flow)  # z = μ_0 + σ_0 (μ_1 + σ_1 ε)
    mean, log_sigma = CENTRES[0] + np.exp(LOG_SIGMA[0]) * CENTRES[1], LOG_SIGMA[0] + LOG_SIGMA[1]
    np.testing.assert_allclose(posterior.log_prob(Z, X), normal(Z, mean, np.exp(log_sigma)).sum(axis=1), rtol=1e-10)
    z, log_q = posterior.reparameterize(X, Z)
    np.testing.assert_allclose(z, mean + np.exp(log_sigma) * Z, rtol=1e-10)
    np.testing.assert_allclose(log_q, normal(z, mean, np.exp(log_sigma)).sum(axis=1), rtol=1e-10)


def test_a_fresh_autoregressive_prior_is_a_product_of_logistic_mixtures():
    prior = AutoregressivePrior(D, (8,), K, np.random.default_rng(0)).astype(np.float64)
    mu = prior.net.layers[-1].bias[K * D : 2 * K * D].reshape(K, D).T  # (D, K)
    wanted = np.log(np.mean(np.exp(logistic(Z[..., None], mu, 1)), axis=-1)).sum(axis=1)
    np.testing.assert_allclose(prior.log_prob(Z), wanted, rtol=1e-10)


# ------------------------------------------------------------------ bounds and estimators, where they have no noise


W, B, S = np.array([[0.8], [-0.3], [0.5]]), np.array([0.1, 0.2, -0.4]), 0.6


def exact_vae():
    """p(x|z) = N(W z + b, s² I) with the exact posterior as encoder: every log w is log p(x)."""
    rng, precision = np.random.default_rng(0), 1 + np.sum(W**2) / S**2
    encoder, net = Dense(3, 2, rng).astype(np.float64), Dense(1, 3, rng).astype(np.float64)
    net.weight[...], net.bias[...] = W.T, B
    encoder.weight[:, :1], encoder.weight[:, 1] = W / S**2 / precision, 0
    encoder.bias[...] = -(B @ W[:, 0]) / S**2 / precision, -0.5 * math.log(precision)
    decoder = GaussianDecoder(net).astype(np.float64)
    decoder.log_sigma[...] = math.log(S)
    return VAE(GaussianPosterior(encoder), decoder, StandardNormalPrior(1))


def test_bounds_at_the_exact_posterior_are_the_evidence_draw_by_draw():
    evidence = stats.multivariate_normal(B, W @ W.T + S**2 * np.eye(3)).logpdf(X)
    vae, rng = exact_vae(), np.random.default_rng(0)
    np.testing.assert_allclose(LinearGaussianVAE(W, B, S).log_prob(X), evidence, rtol=1e-10)
    np.testing.assert_allclose(elbo(vae, X, rng), evidence, rtol=1e-10)
    np.testing.assert_allclose(iwae_bound(vae, X, rng, 7), evidence, rtol=1e-10)
    np.testing.assert_allclose(log_weights(vae, X, rng, 3), np.tile(evidence, (3, 1)), rtol=1e-10)
    np.testing.assert_allclose(bound_gap(vae, X, rng, 4), np.zeros(N), atol=1e-10)
    np.testing.assert_allclose(grid_log_prob(vae, X, 2000, 12.0), evidence, rtol=1e-10)


def test_closed_forms_of_the_linear_vae_add_up_to_the_evidence():
    exact = LinearGaussianVAE(W, B, S)
    mu, covariance = CENTRES[:1, :1] + np.zeros((N, 1)), np.array([[0.3]])
    evidence = stats.multivariate_normal(B, W @ W.T + S**2 * np.eye(3)).logpdf(X)
    np.testing.assert_allclose(exact.elbo(X, mu, covariance) + exact.gap(X, mu, covariance), evidence, rtol=1e-10)


def test_surgery_of_one_noise_is_the_formula_of_each_term():
    vae = exact_vae()
    terms = elbo_surgery(vae, X, np.random.default_rng(5), samples=2)
    mu, log_sigma = vae.posterior.mu_log_sigma(X)
    eps = np.random.default_rng(5).standard_normal((2, N, 1))
    z = mu + np.exp(log_sigma) * eps
    log_q = np.stack([table(part, mu, log_sigma) for part in z])  # (2, N, N)
    own, log_q_agg = log_q[:, range(N), range(N)], np.log(np.mean(np.exp(log_q), axis=2))
    log_p = normal(z[..., 0], 0, 1)
    assert terms.mutual_information.value == pytest.approx(np.mean(own - log_q_agg), abs=1e-10)
    assert mutual_information(mu, log_sigma, eps) == pytest.approx(np.mean(own - log_q_agg), abs=1e-10)
    assert terms.marginal_kl.value == pytest.approx(np.mean(log_q_agg - log_p), abs=1e-10)
    log_lik = normal(X, z @ W.T + B, S).sum(axis=2)
    assert terms.reconstruction.value == pytest.approx(np.mean(log_lik), abs=1e-10)
    assert terms.elbo.value == pytest.approx(np.mean(log_lik + log_p - own), abs=1e-10)


class Exponential:
    """p(x) = Π_j a e^{a x_j}, unnormalized: its cell's integral is Π_j e^{a y_j} (e^a − 1)."""

    a = 0.7

    def log_prob(self, x):
        return np.sum(math.log(self.a) + self.a * x, axis=1)


class Staircase:
    """A density that is flat on every cell."""

    def log_prob(self, x):
        return np.sum(stats.poisson(2).logpmf(np.floor(x)), axis=1)


def test_dequantization_against_closed_forms():
    y, a = Y[:, :2], Exponential.a
    log_p = np.sum(a * y + math.log(math.expm1(a)), axis=1)
    np.testing.assert_allclose(discrete_log_prob(Exponential(), y), log_p, rtol=1e-10)
    gap = 2 * (-a / 2 + math.log(math.expm1(a) / a))  # KL(U[0, 1] ‖ e^{a u}), for each of two dimensions
    np.testing.assert_allclose(noise_posterior_kl(Exponential(), UniformDequantizer(), y), gap, rtol=1e-10)
    exact, rng = np.sum(stats.poisson(2).logpmf(y), axis=1), np.random.default_rng(0)
    np.testing.assert_allclose(dequantization_bound(Staircase(), UniformDequantizer(), y, rng, 3), exact, rtol=1e-6)
    np.testing.assert_allclose(
        importance_weighted_bound(Staircase(), UniformDequantizer(), y.astype(float), rng, 3), exact, rtol=1e-10
    )
