"""normflows: its RealNVP, with the bound on log σ that the others have; between two layers its halves change places."""

import normflows as nf
import torch

from benchmarks.peers.torch import bounded, carried_by, flow_training, interleaved, mlp_of, set_weights, threads
from benchmarks.steps import Unable

__all__ = ["PACKAGES", "TORCH", "build", "threads"]
PACKAGES = ["normflows", "torch"]
TORCH = True


class Coupling(nf.flows.AffineCoupling):
    """normflows' coupling layer, RealNVP's exponential, with the soft bound."""

    def inverse(self, z):
        z1, z2 = z
        param = self.param_map(z1)
        mu, log_sigma = param[:, 0::2], bounded(param[:, 1::2])
        return [z1, (z2 - mu) * torch.exp(-log_sigma)], -log_sigma.sum(1)


def build(problem, data):
    """(run, outputs) for coupling flows, None for everything else."""
    if problem.kind not in ("coupling", "coupling-density"):
        return None
    m, flows = problem.m, []
    for layers in data["nets"]:
        net = nf.nets.MLP([m // 2, *problem.hidden, 2 * (m - m // 2)])
        set_weights(net.net[::2], interleaved(layers))
        block = nf.flows.AffineCouplingBlock(net)
        block.flows[1] = Coupling(net)
        flows += [block, nf.flows.Permute(m, mode="swap")]
    base = nf.distributions.DiagGaussian(m, trainable=False)
    model = nf.NormalizingFlow(base, flows[-2::-1])  # its density runs through the list from its end
    return flow_training(problem, data, model, model.log_prob)


# ------------------------------------------------------------------ benchmarks.carry


def carried_flow(steps):
    """x → log p(x) in float64: normflows' masked affine flows, which are couplings of any mask, with our weights."""
    if any(step.kind in ("ar", "inverse_ar") for step in steps):
        raise Unable("normflows: only couplings are carried to it; take zuko, nflows or jax for autoregressive flows")
    return carried_by({"coupling": coupling}, steps)


class Part(torch.nn.Module):
    """μ or bounded log σ of the columns that move, as normflows wants them: at all columns, 0 where nothing moves."""

    def __init__(self, net, mask, place):
        super().__init__()
        self.net, self.mask, self.place = net, mask, place

    def forward(self, x):
        numbers = self.net(x[:, self.mask]).chunk(2, dim=1)[self.place]
        full = torch.zeros_like(x)
        full[:, ~self.mask] = bounded(numbers) if self.place else numbers
        return full


def coupling(step):
    mask, net = torch.from_numpy(step.mask), mlp_of(step.net)
    return nf.flows.MaskedAffineFlow(mask.double(), t=Part(net, mask, 0), s=Part(net, mask, 1)).inverse
