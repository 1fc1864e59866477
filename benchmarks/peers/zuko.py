"""zuko: its own transforms and networks; its affine map, with its soft bound, is written the lecture's way round."""

import torch
import zuko
from zuko.flows import GeneralCouplingTransform, MaskedAutoregressiveTransform, UnconditionalDistribution

from benchmarks.peers.torch import bounded, carried_by, flow_training, interleaved, no_grad, set_weights, threads
from benchmarks.problems import FLOWS

__all__ = ["PACKAGES", "TORCH", "build", "threads"]
PACKAGES = ["zuko", "torch"]
TORCH = True


class Affine(zuko.transforms.MonotonicAffineTransform):
    """zuko's affine transform with its parameters read as μ and log σ: z = (x − μ) e^{−log σ}."""

    def __init__(self, mu, log_sigma, **kwargs):
        torch.distributions.Transform.__init__(self, **kwargs)
        self.log_scale = -bounded(log_sigma)
        self.scale = self.log_scale.exp()
        self.shift = mu

    def _call(self, x):
        return (x - self.shift) * self.scale

    def _inverse(self, z):
        return z / self.scale + self.shift


def build(problem, data):
    """(run, outputs) for flows, None for everything else."""
    if problem.kind not in FLOWS:
        return None
    m, transforms = problem.m, []
    for i, layers in enumerate(data["nets"]):
        if problem.kind.startswith("coupling"):
            mask = (torch.arange(m) < m // 2) ^ (i % 2 == 1)
            transform = GeneralCouplingTransform(m, mask=mask, univariate=Affine, hidden_features=problem.hidden)
        else:
            order = torch.from_numpy(data["orders"][i])
            transform = MaskedAutoregressiveTransform(
                m, order=torch.argsort(order), univariate=Affine, hidden_features=problem.hidden
            )
        set_weights(list(transform.hyper)[::2], interleaved(layers))
        transforms.append(transform)
    base = UnconditionalDistribution(zuko.distributions.DiagNormal, torch.zeros(m), torch.ones(m), buffer=True)
    flow = zuko.flows.Flow(transforms, base)
    if problem.kind == "sample":
        z = torch.from_numpy(data["x"])
        return no_grad(lambda: flow().transform.inv(z))
    return flow_training(problem, data, flow, lambda x: flow().log_prob(x))


# ------------------------------------------------------------------ benchmarks.carry


def carried_flow(steps):
    """x → log p(x) in float64: zuko's couplings and masked autoregressive transforms with our weights."""
    return carried_by({"coupling": coupling, "ar": autoregressive, "inverse_ar": inverse_autoregressive}, steps)


def coupling(step):
    mask = torch.from_numpy(step.mask)
    return there(
        loaded(GeneralCouplingTransform(step.m, mask=mask, univariate=Affine, hidden_features=widths(step)), step)
    )


def masked(step):
    order = torch.argsort(torch.from_numpy(step.order.copy()))
    return loaded(
        MaskedAutoregressiveTransform(step.m, order=order, univariate=Affine, hidden_features=widths(step)), step
    )


def autoregressive(step):
    return there(masked(step))


def inverse_autoregressive(step):
    """z = (x − μ(z))/σ(z), one dimension after the other, with μ and σ of zuko's masked network."""
    transform = masked(step)

    def f(x):
        z = torch.zeros_like(x)
        for _ in range(step.m):
            mu, log_sigma = parameters(transform, z)
            z = (x - mu) * torch.exp(-log_sigma)
        return z, -log_sigma.sum(1)

    return f


def parameters(transform, z):
    """μ(z) and log σ(z) of a masked autoregressive transform."""
    mu, log_sigma = transform.hyper(z).unflatten(-1, (z.shape[1], 2)).unbind(-1)
    return mu, bounded(log_sigma)


def there(transform):
    return lambda x: transform().call_and_ladj(x)


def loaded(transform, step):
    transform = transform.double()
    set_weights(list(transform.hyper)[::2], interleaved(step.net))
    return transform


def widths(step):
    return [weight.shape[1] for weight, _, _ in step.net[:-1]]
