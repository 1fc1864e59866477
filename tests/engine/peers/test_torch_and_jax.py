"""Densities, functions, layers and optimizers against torch's and JAX's, values and gradients.

Skipped where they are absent; tolerances are in conftest.py.
"""

from pathlib import Path

import autograd.numpy as anp
import numpy as np
import pytest

from minidgm import distributions as ours
from minidgm.course.files import load
from minidgm.discrete import discretized_log_prob
from minidgm.functional import log_sigmoid, log_softmax, logsumexp, softplus
from minidgm.nn import MLP, Conv2d
from minidgm.optim import SGD, Adam, clip_by_norm
from minidgm.tensor import value_and_grad
from minidgm.vae import gaussian_kl, mixture_log_prob

shared = load(Path(__file__).with_name("shared.py"))
Arrays, randomized = shared.Arrays, shared.randomized

RNG = np.random.default_rng(0)
N, M, K, LEVELS = 7, 4, 3, 9


# ------------------------------------------------------------------ densities and functions: torch and JAX


X, MU, SIGMA = RNG.normal(size=(N, M)), RNG.normal(size=(N, M)), np.exp(0.5 * RNG.normal(size=(N, M)))
LOGITS, BITS = 3 * RNG.normal(size=(N, M)), (RNG.random((N, M)) < 0.5).astype(float)
LOG_PI, MU_K, S_K = RNG.normal(size=(N, M, K)), RNG.normal(size=(N, M, K)), np.exp(0.5 * RNG.normal(size=(N, M, K)))
LEVEL, CENTRES, LOG_SIGMA = RNG.integers(0, K, (N, M)), RNG.normal(size=(K, M)), 0.4 * RNG.normal(size=(K, M))
Y = RNG.integers(0, LEVELS, (N, M))
OURS = {
    "normal": (lambda x, mu, sigma: ours.Normal(mu, sigma).log_prob(x), (X, MU, SIGMA)),
    "logistic": (lambda x, mu, s: ours.Logistic(mu, s).log_prob(x), (X, MU, SIGMA)),
    "logistic mixture": (
        lambda x, log_pi, mu, s: ours.LogisticMixture(log_pi, mu, s).log_prob(x),
        (X, LOG_PI, MU_K, S_K),
    ),
    "bernoulli": (lambda logits: ours.bernoulli_log_prob(BITS.astype(logits.dtype), logits), (LOGITS,)),
    "categorical": (lambda logits: ours.Categorical(logits).log_prob(LEVEL), (LOG_PI,)),
    "discretized normal": (lambda mu, s: discretized_log_prob(Y, ours.Normal(mu, s), LEVELS), (4 + MU, 3 * SIGMA)),
    "gaussian mixture": (
        lambda x, a, mu, log_sigma: mixture_log_prob(x, log_softmax(a), mu, log_sigma),
        (X, RNG.normal(size=K), CENTRES, LOG_SIGMA),
    ),
    "gaussian kl": (gaussian_kl, (CENTRES, LOG_SIGMA)),
    "softplus": (softplus, (9 * X,)),
    "log sigmoid": (log_sigmoid, (9 * X,)),
    "log softmax": (log_softmax, (9 * X,)),
    "logsumexp": (lambda a: logsumexp(a, axis=1), (9 * X,)),
}


def in_torch(torch):
    """The densities of torch.distributions, and torch's functions."""
    d, F = torch.distributions, torch.nn.functional

    def logistic(mu, s):
        uniform = d.Uniform(torch.zeros_like(mu), torch.ones_like(mu))
        return d.TransformedDistribution(uniform, [d.SigmoidTransform().inv, d.AffineTransform(mu, s)])

    def discretized(mu, sigma):
        y, normal = torch.from_numpy(Y), d.Normal(mu, sigma)
        upper, lower = normal.cdf(y + 0.5), normal.cdf(y - 0.5)
        return (torch.where(y == LEVELS - 1, 1, upper) - torch.where(y == 0, 0, lower)).log()

    def mixture(x, log_weights, mu, log_sigma):
        gaussians = d.Independent(d.Normal(mu, log_sigma.exp()), 1)
        return d.MixtureSameFamily(d.Categorical(logits=log_weights), gaussians).log_prob(x)

    def kl(mu, log_sigma):
        standard = d.Normal(torch.zeros_like(mu), torch.ones_like(mu))
        return d.kl_divergence(d.Normal(mu, log_sigma.exp()), standard).sum(1)

    return {
        "normal": lambda x, mu, sigma: d.Normal(mu, sigma).log_prob(x),
        "logistic": lambda x, mu, s: logistic(mu, s).log_prob(x),
        "logistic mixture": lambda x, log_pi, mu, s: d.MixtureSameFamily(
            d.Categorical(logits=log_pi), logistic(mu, s)
        ).log_prob(x),
        "bernoulli": lambda logits: d.Bernoulli(logits=logits).log_prob(torch.from_numpy(BITS).to(logits.dtype)),
        "categorical": lambda logits: d.Categorical(logits=logits).log_prob(torch.from_numpy(LEVEL)),
        "discretized normal": discretized,
        "gaussian mixture": mixture,
        "gaussian kl": kl,
        "softplus": lambda a: -F.logsigmoid(-a),  # F.softplus is the identity from 20 on
        "log sigmoid": F.logsigmoid,
        "log softmax": lambda a: F.log_softmax(a, -1),
        "logsumexp": lambda a: torch.logsumexp(a, 1),
    }


def in_jax(jax):
    """What jax.scipy.stats and jax.nn offer of it."""
    jnp, stats, nn = jax.numpy, jax.scipy.stats, jax.nn

    def mixture(x, log_weights, mu, log_sigma):
        table = stats.norm.logpdf(x[:, None], mu, jnp.exp(log_sigma)).sum(2)
        return jax.scipy.special.logsumexp(nn.log_softmax(log_weights) + table, axis=1)

    def logistic_mixture(x, log_pi, mu, s):
        parts = stats.logistic.logpdf(x[..., None], mu, s)
        return jax.scipy.special.logsumexp(nn.log_softmax(log_pi) + parts, axis=-1)

    return {
        "normal": stats.norm.logpdf,
        "logistic": stats.logistic.logpdf,
        "logistic mixture": logistic_mixture,
        "bernoulli": lambda logits: jnp.where(BITS == 1, nn.log_sigmoid(logits), nn.log_sigmoid(-logits)),
        "gaussian mixture": mixture,
        "softplus": nn.softplus,
        "log sigmoid": nn.log_sigmoid,
        "log softmax": nn.log_softmax,
        "logsumexp": lambda a: jax.scipy.special.logsumexp(a, axis=1),
    }


def value_and_gradients(name, args):
    f = OURS[name][0]
    value = f(*args)
    weight = np.random.default_rng(1).normal(size=value.shape).astype(value.dtype)
    grads = value_and_grad(lambda model: anp.sum(weight * f(*model.values)))(Arrays(*args))[1]
    return value, weight, list(grads.values())


@pytest.mark.parametrize("name", OURS)
def test_torch_has_the_same_values_and_gradients(name, dtype, equal):
    torch = pytest.importorskip("torch")
    args = [np.array(a, dtype) for a in OURS[name][1]]
    value, weight, grads = value_and_gradients(name, args)
    given = [torch.from_numpy(a).requires_grad_() for a in args]
    wanted = in_torch(torch)[name](*given)
    torch.sum(torch.from_numpy(weight) * wanted).backward()
    equal(value, wanted.detach())
    for grad, tensor in zip(grads, given, strict=True):
        equal(grad, tensor.grad)


@pytest.mark.parametrize(
    "name", [name for name in OURS if name not in ("categorical", "discretized normal", "gaussian kl")]
)
def test_jax_has_the_same_values_and_gradients(name, dtype, equal):
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    f, args = in_jax(jax)[name], [np.array(a, dtype) for a in OURS[name][1]]
    value, weight, grads = value_and_gradients(name, args)
    equal(value, f(*args))
    wanted = jax.grad(lambda *args: jax.numpy.sum(weight * f(*args)), tuple(range(len(args))))(*args)
    for grad, other in zip(grads, wanted, strict=True):
        equal(grad, other)


# ------------------------------------------------------------------ layers and optimizers: torch


@pytest.mark.parametrize("size", [1, 3, 5])
def test_a_convolution_is_torchs(size, dtype, equal):
    torch = pytest.importorskip("torch")
    layer = randomized(Conv2d(size, 2, 3, np.random.default_rng(0)), dtype)
    x = RNG.normal(size=(N, 6, 5, 2)).astype(dtype)
    weight = torch.from_numpy(layer.weight.reshape(size, size, 2, 3).transpose(3, 2, 0, 1).copy()).requires_grad_()
    bias, images = (
        torch.from_numpy(layer.bias.copy()).requires_grad_(),
        torch.from_numpy(x.transpose(0, 3, 1, 2).copy()),
    )
    wanted = torch.nn.functional.conv2d(images.requires_grad_(), weight, bias, padding=size // 2).permute(0, 2, 3, 1)
    torch.sum(wanted**2).backward()
    grads = value_and_grad(lambda layer: anp.sum(layer(x) ** 2))(layer)[1]
    equal(layer(x), wanted.detach())
    equal(grads["weight"].reshape(size, size, 2, 3), weight.grad.permute(2, 3, 1, 0))
    equal(grads["bias"], bias.grad)


@pytest.mark.parametrize("name", ["sgd", "momentum", "adam", "adam with other settings"])
def test_thirty_clipped_steps_end_where_torchs_do(name, dtype, equal):
    torch = pytest.importorskip("torch")
    mine, theirs = {
        "sgd": (SGD(0.05), lambda p: torch.optim.SGD(p, 0.05)),
        "momentum": (SGD(0.05, beta=0.9), lambda p: torch.optim.SGD(p, 0.05, momentum=0.9)),
        "adam": (Adam(0.01), lambda p: torch.optim.Adam(p, 0.01)),
        "adam with other settings": (
            Adam(0.02, beta1=0.8, beta2=0.95, eps=1e-3),
            lambda p: torch.optim.Adam(p, 0.02, betas=(0.8, 0.95), eps=1e-3),
        ),
    }[name]
    net, x = randomized(MLP((M, 8, 1), np.random.default_rng(0)), dtype), X.astype(dtype)
    other = torch.nn.Sequential(torch.nn.Linear(M, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1))
    other = other.to(getattr(torch, dtype.__name__))
    with torch.no_grad():
        for linear, layer in zip(other[::2], net.layers, strict=True):
            linear.weight.copy_(torch.from_numpy(layer.weight.T.copy()))
            linear.bias.copy_(torch.from_numpy(layer.bias.copy()))
    loss, optimizer = value_and_grad(lambda net: anp.mean((net(x) - x[:, :1]) ** 2)), theirs(other.parameters())
    for _ in range(30):
        _, grad = loss(net)
        mine.step(net, clip_by_norm(grad, 0.5)[0])
        optimizer.zero_grad()
        torch.mean((other(torch.from_numpy(x)) - torch.from_numpy(x[:, :1])) ** 2).backward()
        norm = torch.nn.utils.clip_grad_norm_(other.parameters(), float("inf"))  # clipping, it divides by norm + 1e-6
        for theta in other.parameters():
            theta.grad *= min(1, 0.5 / norm)
        optimizer.step()
    for linear, layer in zip(other[::2], net.layers, strict=True):
        equal(layer.weight, linear.weight.detach().T)
        equal(layer.bias, linear.bias.detach())
