"""normflows: its RealNVP, with the bound on log σ that the others have; between two layers its halves change places."""

import normflows as nf
import torch

from benchmarks.peers.torch import bounded, flow_training, interleaved, set_weights, threads

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
