"""The aggregated posterior in torch by broadcasting, as it is usually written; by pieces, or it would not fit."""

import math

import torch

from benchmarks.peers.torch import LOG_2PI, no_grad, tensors, threads

__all__ = ["PACKAGES", "TORCH", "build", "threads"]
PACKAGES = ["torch"]
TORCH = False  # not counted as the fastest: it has a goal of its own
PIECE = 500


def build(problem, data):
    """(run, outputs) for the aggregated posterior; None for everything else."""
    if problem.kind != "aggregated":
        return None
    mu, log_sigma, z = tensors(data["mu"], data["log_sigma"], data["z"])

    def piece(z):
        a = (z[:, None, :] - mu[None]) / log_sigma.exp()[None]  # (points, Gaussians, m)
        table = (-0.5 * a**2 - log_sigma[None] - 0.5 * LOG_2PI).sum(-1)
        return torch.logsumexp(table, 1) - math.log(len(mu))

    return no_grad(lambda: torch.cat([piece(part) for part in z.split(PIECE)]))
