"""nflows: its own transforms and masked networks; the affine map is the lecture's, to compare outputs."""

import torch
from nflows.distributions.normal import StandardNormal
from nflows.flows.base import Flow
from nflows.transforms import AffineCouplingTransform, CompositeTransform, MaskedAffineAutoregressiveTransform

from benchmarks.peers.torch import bounded, carried_by, flow_training, interleaved, mlp, no_grad, set_weights, threads
from benchmarks.problems import FLOWS
from benchmarks.steps import Unable

__all__ = ["PACKAGES", "TORCH", "build", "threads"]
PACKAGES = ["nflows", "torch"]
TORCH = True


def affine(x, mu, log_sigma):
    log_sigma = bounded(log_sigma)
    return (x - mu) * torch.exp(-log_sigma), -log_sigma.sum(1)


def affine_inverse(z, mu, log_sigma):
    log_sigma = bounded(log_sigma)
    return z * torch.exp(log_sigma) + mu, log_sigma.sum(1)


class AR(MaskedAffineAutoregressiveTransform):
    """nflows' MAF layer with our affine map."""

    def _elementwise_forward(self, inputs, autoregressive_params):
        mu, log_sigma = self._unconstrained_scale_and_shift(autoregressive_params)
        return affine(inputs, mu, log_sigma)

    def _elementwise_inverse(self, inputs, autoregressive_params):
        mu, log_sigma = self._unconstrained_scale_and_shift(autoregressive_params)
        return affine_inverse(inputs, mu, log_sigma)


class Coupling(AffineCouplingTransform):
    """nflows' coupling layer with our affine map."""

    def _coupling_transform_forward(self, inputs, transform_params):
        return affine(inputs, *transform_params.chunk(2, dim=1))


class Net(torch.nn.Module):
    """A network as nflows calls it: with a context, here None."""

    def __init__(self, *sizes):
        super().__init__()
        self.net = mlp(sizes)

    def forward(self, inputs, context=None):
        return self.net(inputs)


def build(problem, data):
    """(run, outputs) for flows, None for everything else."""
    if problem.kind not in FLOWS:
        return None
    m, transforms = problem.m, []
    for i, layers in enumerate(data["nets"]):
        if problem.kind.startswith("coupling"):
            moved = (torch.arange(m) >= m // 2) ^ (i % 2 == 1)
            transform = Coupling(moved.int(), lambda inputs, outputs: Net(inputs, *problem.hidden, outputs))
            set_weights(transform.transform_net.net[::2], layers)
        else:
            transform = AR(m, problem.hidden[0], num_blocks=len(problem.hidden) - 1, use_residual_blocks=False)
            net = transform.autoregressive_net
            linears = [net.initial_layer, *(block.linear for block in net.blocks), net.final_layer]
            set_weights(linears, interleaved(layers))
        transforms.append(transform)
    flow = Flow(CompositeTransform(transforms), StandardNormal([m]))
    if problem.kind == "sample":
        z = torch.from_numpy(data["x"])
        return no_grad(lambda: flow._transform.inverse(z)[0])
    return flow_training(problem, data, flow, flow.log_prob)


# ------------------------------------------------------------------ benchmarks.carry


def carried_flow(steps):
    """x → log p(x) in float64: nflows' couplings and masked autoregressive transforms with our weights."""
    return carried_by({"coupling": coupling, "ar": autoregressive, "inverse_ar": inverse_autoregressive}, steps)


def coupling(step):
    widths = [weight.shape[1] for weight, _, _ in step.net[:-1]]
    transform = Coupling((~torch.from_numpy(step.mask)).int(), lambda inputs, outputs: Net(inputs, *widths, outputs))
    transform = transform.double()
    set_weights(transform.transform_net.net[::2], step.net)
    return transform


def autoregressive(step):
    return masked(AR, step)


def inverse_autoregressive(step):
    """Its density runs through nflows' own loop over the dimensions."""
    return masked(InverseAR, step).inverse


class InverseAR(AR):
    """The same nets read off z: nflows' inverse, which goes dimension by dimension, is our z = (x − μ(z))/σ(z)."""

    def _elementwise_inverse(self, inputs, autoregressive_params):
        return AR._elementwise_forward(self, inputs, autoregressive_params)


def masked(kind, step):
    widths = {weight.shape[1] for weight, _, _ in step.net[:-1]}
    if len(widths) != 1:
        raise Unable("nflows: wants one or more hidden layers of the same width in an AR flow; take zuko or jax")
    transform = kind(step.m, widths.pop(), num_blocks=len(step.net) - 2, use_residual_blocks=False).double()
    net = transform.autoregressive_net
    set_weights([net.initial_layer, *(block.linear for block in net.blocks), net.final_layer], interleaved(step.net))
    return transform
