"""Ours: every problem as a reader of the library would write it."""

import autograd.numpy as anp
import numpy as np

from benchmarks.problems import LEVELS, LR, batches
from minidgm.discrete import DiscretizedLogisticMixture
from minidgm.distributions import StandardNormal
from minidgm.flows import AffineCoupling, Chain, FlowModel, GaussianAR, half_mask
from minidgm.nn import MLP
from minidgm.optim import Adam
from minidgm.tensor import Module, value_and_grad
from minidgm.vae import VAE, BernoulliDecoder, GaussianPosterior, StandardNormalPrior
from minidgm.vae.gaussians import aggregated_log_prob

PACKAGES = ["minidgm", "numpy", "scipy", "autograd"]
TORCH = False


def build(problem, data):
    """(run, outputs): `run()` is what is timed, `outputs()` what is compared."""
    others = {"sample": sample, "vae": vae, "mixture": mixture, "aggregated": aggregated}
    return others.get(problem.kind, flow)(problem, data)


def set_weights(net, layers):
    for layer, (weight, bias, _) in zip(net.layers, layers):
        layer.weight[...], layer.bias[...] = weight, bias


def flow_model(problem, data):
    rng, m, flows = np.random.default_rng(0), problem.m, []
    for i, layers in enumerate(data["nets"]):
        if problem.kind.startswith("coupling"):
            mask = half_mask(m) if i % 2 == 0 else ~half_mask(m)
            flows.append(AffineCoupling(m, problem.hidden, rng, mask))
        else:
            flows.append(GaussianAR(m, problem.hidden, rng, order=data["orders"][i]))
        set_weights(flows[-1].net, layers)
    return FlowModel(Chain(flows), StandardNormal(m))


def training(model, loss, stream):
    """A training step: value, gradient, Adam."""
    optimizer, step_of = Adam(LR), value_and_grad(loss)

    def run():
        value, grad = step_of(model, *next(stream))
        optimizer.step(model, grad)
        return value

    return run


def flow(problem, data):
    model = flow_model(problem, data)

    def loss(model, x):
        return -anp.mean(model.log_prob(x))

    def outputs():
        return model.log_prob(data["x"][: problem.n])

    if problem.kind in ("density", "coupling-density"):
        return outputs, outputs
    return training(model, loss, batches(problem, data["x"])), outputs


def sample(problem, data):
    flow = flow_model(problem, data).flow
    run = lambda: flow.g(data["x"])[0]  # noqa: E731
    return run, run


def vae(problem, data):
    rng, latent = np.random.default_rng(0), problem.layers
    encoder = MLP((problem.m, *problem.hidden, 2 * latent), rng)
    decoder = MLP((latent, *problem.hidden, problem.m), rng)
    for net, layers in zip((encoder, decoder), data["nets"]):
        set_weights(net, layers)
    model = VAE(GaussianPosterior(encoder), BernoulliDecoder(decoder), StandardNormalPrior(latent))

    def elbo(model, x, eps):  # the noise is given, so that all peers see the same
        z, log_q = model.posterior.reparameterize(x, eps)
        return model.decoder.log_prob(x, z) + model.prior.log_prob(z) - log_q

    def loss(model, x, eps):
        return -anp.mean(elbo(model, x, eps))

    x, eps = data["x"][: problem.n], data["eps"][: problem.n]
    return training(model, loss, batches(problem, data["x"], data["eps"])), lambda: elbo(model, x, eps)


def mixture(problem, data):
    log_pi, mu, log_s, y = (data[name] for name in ("log_pi", "mu", "log_s", "y"))

    class Parameters(Module):
        def __init__(self):
            self.log_pi, self.mu, self.log_s = log_pi, mu, log_s

        def log_prob(self):
            return DiscretizedLogisticMixture(self.log_pi, self.mu, anp.exp(self.log_s), LEVELS).log_prob(y)

    model, step_of = Parameters(), value_and_grad(lambda model: anp.mean(model.log_prob()))
    return lambda: step_of(model), model.log_prob


def aggregated(problem, data):
    run = lambda: aggregated_log_prob(data["z"], data["mu"], data["log_sigma"])  # noqa: E731
    return run, run
