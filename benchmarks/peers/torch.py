"""Plain torch, as its users write these things: no library between."""

import math

import numpy as np
import torch
import torch.nn.functional as F

from benchmarks.problems import LEVELS, LIMIT, LR, batches

PACKAGES = ["torch"]
TORCH = True
ADAM: dict = {}  # what peers named …-fused are given besides: fused=True, not torch's default, and faster
LOG_2PI = math.log(2 * math.pi)


def threads(count: int) -> None:
    torch.set_num_threads(count)


def build(problem, data):
    """(run, outputs) as in peers/minidgm.py; None for what plain torch does not offer."""
    kinds = {"vae": vae, "mixture": mixture, "aggregated": aggregated}
    return kinds[problem.kind](problem, data) if problem.kind in kinds else None


def tensors(*arrays):
    return [torch.from_numpy(a) for a in arrays]


def set_weights(linears, layers):
    """Our (inputs, outputs) weights into torch's (outputs, inputs)."""
    with torch.no_grad():
        for linear, (weight, bias, mask) in zip(linears, layers):
            linear.weight.copy_(torch.from_numpy(weight.T.copy()))
            linear.bias.copy_(torch.from_numpy(bias))
            if mask is not None:
                linear.mask.copy_(torch.from_numpy(mask.T.copy()))


def interleaved(layers):
    """The same layers, the last one's columns from (μ of all, log σ of all) to (μ, log σ) of each dimension in turn."""
    *first, (weight, bias, mask) = layers
    order = torch.arange(weight.shape[1]).reshape(2, -1).T.reshape(-1).numpy()
    return [*first, (weight[:, order], bias[order], None if mask is None else mask[:, order])]


def bounded(log_sigma):
    """The soft bound on log σ that minidgm's flows have."""
    return log_sigma / (1 + log_sigma.abs() / LIMIT)


def mlp(sizes):
    layers = []
    for inputs, outputs in zip(sizes[:-1], sizes[1:]):
        layers += [torch.nn.Linear(inputs, outputs), torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


def training(model, loss, stream):
    """A training step: loss, backward, Adam."""
    optimizer = torch.optim.Adam(model.parameters(), lr=LR, **ADAM)

    def run():
        optimizer.zero_grad(set_to_none=True)
        value = loss(*next(stream))
        value.backward()
        optimizer.step()
        return value.item()

    return run


def flow_training(problem, data, model, log_prob):
    """(run, outputs) of a flow with a density `log_prob(x)`: its training step, or the density alone."""
    x = torch.from_numpy(data["x"])
    density = no_grad(lambda: log_prob(x[: problem.n]))
    if problem.kind in ("density", "coupling-density"):
        return density
    return training(model, lambda x: -log_prob(x).mean(), batches(problem, x)), density[1]


def no_grad(draw):
    """(run, outputs) of what needs no gradient."""

    def run():
        with torch.no_grad():
            return draw().numpy()

    return run, run


def vae(problem, data):
    latent = problem.layers
    encoder, decoder = mlp((problem.m, *problem.hidden, 2 * latent)), mlp((latent, *problem.hidden, problem.m))
    for net, layers in zip((encoder, decoder), data["nets"]):
        set_weights(net[::2], layers)
    x, eps = tensors(data["x"], data["eps"])

    def elbo(x, eps):
        mu, log_sigma = encoder(x).chunk(2, dim=1)
        z = mu + log_sigma.exp() * eps
        log_x = -F.binary_cross_entropy_with_logits(decoder(z), x, reduction="none").sum(1)
        log_prior = (-0.5 * z**2 - 0.5 * LOG_2PI).sum(1)
        log_q = (-0.5 * eps**2 - 0.5 * LOG_2PI - log_sigma).sum(1)
        return log_x + log_prior - log_q

    model = torch.nn.ModuleList([encoder, decoder])
    run = training(model, lambda x, eps: -elbo(x, eps).mean(), batches(problem, x, eps))
    return run, lambda: elbo(x[: problem.n], eps[: problem.n]).detach().numpy()


def mixture(problem, data):
    """PixelCNN++ (Salimans et al. 2017): both edges by themselves, and the density where the difference is small."""
    log_pi, mu, log_s = (t.requires_grad_() for t in tensors(data["log_pi"], data["mu"], data["log_s"]))
    y = torch.from_numpy(data["y"]).float()[..., None]

    def log_prob():
        centred, inverse_s = y - mu, torch.exp(-log_s)
        plus, minus = inverse_s * (centred + 0.5), inverse_s * (centred - 0.5)
        middle = inverse_s * centred
        log_cdf_plus = plus - F.softplus(plus)
        log_one_minus_cdf_minus = -F.softplus(minus)
        delta = torch.sigmoid(plus) - torch.sigmoid(minus)
        log_density = middle - log_s - 2 * F.softplus(middle)
        inner = torch.where(delta > 1e-5, torch.log(torch.clamp(delta, min=1e-12)), log_density)
        log_p = torch.where(y < 0.5, log_cdf_plus, torch.where(y > LEVELS - 1.5, log_one_minus_cdf_minus, inner))
        return torch.logsumexp(F.log_softmax(log_pi, -1) + log_p, -1)

    def run():
        log_pi.grad = mu.grad = log_s.grad = None
        log_prob().mean().backward()

    return run, lambda: log_prob().detach().numpy()


def aggregated(problem, data):
    """log q_agg(z) by two matrix products: Σ_j (z_j − μ_ij)² / σ_ij² multiplied out."""
    mu, log_sigma, z = tensors(data["mu"], data["log_sigma"], data["z"])

    def log_q_agg():
        a = torch.exp(-2 * log_sigma)
        constant = (-0.5 * a * mu**2 - log_sigma).sum(1) - 0.5 * problem.m * LOG_2PI
        table = z @ (a * mu).T - 0.5 * (z * z) @ a.T + constant
        return torch.logsumexp(table, 1) - math.log(len(mu))

    return no_grad(log_q_agg)


# ------------------------------------------------------------------ benchmarks.carry


def carried_vae(encoder, decoder):
    """(x, eps) → the ELBO of a VAE with a Bernoulli decoder, in float64, from our nets' layers."""
    nets = [mlp_of(layers) for layers in (encoder, decoder)]

    def elbo(x, eps):
        x, eps = tensors(x, eps)
        mu, log_sigma = nets[0](x).chunk(2, dim=1)
        log_x = -F.binary_cross_entropy_with_logits(nets[1](mu + log_sigma.exp() * eps), x, reduction="none").sum(1)
        log_prior = torch.distributions.Normal(0.0, 1.0).log_prob(mu + log_sigma.exp() * eps).sum(1)
        log_q = (-0.5 * eps**2 - 0.5 * LOG_2PI - log_sigma).sum(1)
        return (log_x + log_prior - log_q).detach().numpy()

    return elbo


def mlp_of(layers):
    """A torch network of our layers, in float64."""
    net = mlp([len(layers[0][0]), *(weight.shape[1] for weight, _, _ in layers)]).double()
    set_weights(net[::2], layers)
    return net


def carried_by(layers, steps):
    """x → log p(x) in float64: each step is what a library makes of it, in `layers`, or a line of torch."""
    maps = [layers[step.kind](step) if step.kind in layers else ELEMENTWISE[step.kind](step) for step in steps]

    def log_prob(x):
        z = torch.from_numpy(np.ascontiguousarray(x))
        total = torch.zeros(len(z), dtype=z.dtype)
        with torch.no_grad():
            for step in maps:
                z, log_det = step(z)
                total = total + log_det
            return (torch.distributions.Normal(0.0, 1.0).log_prob(z).sum(1) + total).numpy()

    return log_prob


def affine(step):
    mu, log_sigma = tensors(step.mu, step.log_sigma)
    return lambda x: ((x - mu) * torch.exp(-log_sigma), -log_sigma.sum().expand(len(x)))


def logit(step):
    slope = (1 - 2 * step.alpha) / step.levels

    def f(x):
        s = step.alpha + slope * x
        z = torch.logit(s)
        return z, (math.log(slope) - torch.log(s) - torch.log1p(-s)).sum(1)

    return f


def permutation(step):
    order = torch.from_numpy(np.array(step.order))
    return lambda x: (x[:, order], x.new_zeros(len(x)))


ELEMENTWISE = {"affine": affine, "logit": logit, "permutation": permutation}
