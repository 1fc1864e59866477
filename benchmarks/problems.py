"""What is measured: the problems, their weights and inputs (the same numbers for every peer), and the goals.

A problem is made from its name alone, so that each peer's process builds the same one: the same seed, the same arrays.
"""

from dataclasses import dataclass, replace

import numpy as np

from minidgm.nn import made_degrees, made_masks

LR = 1e-4
FLOWS = ("ar", "density", "sample", "coupling", "coupling-density")
BATCHES = 64  # training draws from so many different batches: a single one would be learned by heart, and diverge


@dataclass(frozen=True)
class Problem:
    """kind: which function of a peer answers it; n: objects (the batch, the samples, the Gaussians)."""

    name: str
    kind: str  # "ar", "coupling", "vae": a training step; "density", "sample": of an AR flow, without a gradient;
    #            "coupling-density"; "mixture": forward and backward; "aggregated": log q_agg of n points
    title: str
    n: int
    m: int
    hidden: tuple = ()
    layers: int = 0
    goal: float = 1.0  # how many times faster than the fastest torch-based peer
    goal_jax: float | None = None  # how many times faster than JAX's compiled step (0.5: within twice its time)
    tolerance: float = 2e-4  # largest difference between a peer's outputs and ours, relative to the largest output


PROBLEMS = [
    Problem("maf-63", "ar", "MAF step, 5 × (512, 512), m = 63, n = 256", 256, 63, (512, 512), 5, 1.3, 1.0),
    Problem("maf-8", "ar", "MAF step, 5 × (128, 128), m = 8, n = 256", 256, 8, (128, 128), 5, 2.0, 0.9),
    Problem("maf-2", "ar", "MAF step, 5 × (64, 64), m = 2, n = 256", 256, 2, (64, 64), 5, 3.0, 0.65),
    Problem("realnvp-2", "coupling", "RealNVP step, 8 × (64, 64), m = 2, n = 256", 256, 2, (64, 64), 8, 2.5, 0.65),
    Problem("realnvp-64", "coupling", "RealNVP step, 8 × (64, 64), m = 64, n = 256", 256, 64, (64, 64), 8, 2.2, 0.65),
    Problem("vae", "vae", "VAE step, 784-300-300-40, n = 100", 100, 784, (300, 300), 40, 1.2, 0.9),
    Problem("mixture-64", "mixture", "mixture of 10 logistics, 64 × 64 values", 64, 64, goal_jax=1.0, tolerance=1e-3),
    Problem(
        "mixture-3072", "mixture", "mixture of 10 logistics, 64 × 3072 values", 64, 3072, goal_jax=1.0, tolerance=1e-3
    ),
    Problem("sample-63", "sample", "1,000 samples of the first MAF, m = 63", 1000, 63, (512, 512), 5, 25.0),
    Problem("sample-8", "sample", "1,000 samples of the second MAF, m = 8", 1000, 8, (128, 128), 5, 5.0),
    Problem("aggregated", "aggregated", "q_agg of 10,000 Gaussians at as many points, m = 40", 10_000, 40, goal=3.0),
]
COMPONENTS, LEVELS = 10, 256  # of the mixture
LIMIT = 3.0  # log σ is a / (1 + |a| / LIMIT) of what a flow's network gives, in every peer


def small(problem: Problem) -> Problem:
    """The problem for --quick: the same, or with less to do where one run takes seconds."""
    smaller = {"aggregated": 2000}
    if problem.name not in smaller:
        return problem
    n = smaller[problem.name]
    return replace(problem, n=n, title=f"{problem.title} (here n = {n:,})")


def inputs(problem: Problem) -> dict:
    """All numbers a peer needs, float32: weights as nets[layer] = [(weight, bias, mask), ...], and data."""
    rng = np.random.default_rng(0)
    normal = lambda *shape: rng.standard_normal(shape, dtype=np.float32)  # noqa: E731
    n, m = problem.n, problem.m
    if problem.kind in ("ar", "density", "sample"):
        orders = [np.arange(m)[:: 1 if i % 2 == 0 else -1].copy() for i in range(problem.layers)]
        nets = [masked_net(normal, order, problem.hidden) for order in orders]
        return {"nets": nets, "orders": orders, "x": normal(n * BATCHES if problem.kind == "ar" else n, m)}
    if problem.kind in ("coupling", "coupling-density"):
        nets = [net(normal, (m // 2, *problem.hidden, 2 * (m - m // 2))) for _ in range(problem.layers)]
        return {"nets": nets, "x": normal(n * BATCHES if problem.kind == "coupling" else n, m)}
    if problem.kind == "vae":
        latent = problem.layers
        nets = [
            net(normal, (m, *problem.hidden, 2 * latent)),
            net(normal, (latent, *problem.hidden, m)),
        ]
        x = (rng.random((n * BATCHES, m)) < 0.3).astype(np.float32)
        return {"nets": nets, "x": x, "eps": normal(n * BATCHES, latent)}
    if problem.kind == "mixture":
        shape = (n, m, COMPONENTS)
        mu = (rng.random(shape) * 256).astype(np.float32)
        return {
            "log_pi": normal(*shape),
            "mu": mu,
            "log_s": 2.5 + 0.5 * normal(*shape),
            "y": rng.integers(0, LEVELS, (n, m)),
        }
    log_sigma = (-1 + 0.3 * normal(n, m)).astype(np.float32)
    mu = normal(n, m)
    return {"mu": mu, "log_sigma": log_sigma, "z": mu + np.exp(log_sigma) * normal(n, m)}


def net(normal, sizes, masks=None):
    """Weights (inputs, outputs), biases, masks: He's scale, the last layer small, as flows start near the identity."""
    layers = []
    for i, (inputs, outputs) in enumerate(zip(sizes[:-1], sizes[1:])):
        mask = None if masks is None else masks[i]
        scale = np.sqrt(2 / np.maximum(inputs if mask is None else mask.sum(axis=0), 1)).astype(np.float32)
        weight = scale * normal(inputs, outputs) * np.float32(0.1 if i == len(sizes) - 2 else 1)
        layers.append((weight.astype(np.float32), np.float32(0.1) * normal(outputs), mask))
    return layers


def masked_net(normal, order, hidden):
    """A MADE whose output is μ of every dimension, then log σ of every dimension."""
    m = len(order)
    masks = made_masks(made_degrees(order, hidden))
    masks[-1] = np.tile(masks[-1], (1, 2))
    return net(normal, (m, *hidden, 2 * m), masks)


def batches(problem: Problem, *arrays):
    """The arrays' batches, over and over."""
    while True:
        for start in range(0, problem.n * BATCHES, problem.n):
            yield tuple(a[start : start + problem.n] for a in arrays)
