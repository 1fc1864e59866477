"""How every lab trains: one recipe, one loss for densities, one way to make levels continuous."""

import autograd.numpy as np

from minidgm.discrete import UniformDequantizer
from minidgm.discrete.dequantize import dequantize
from minidgm.optim import Adam, warmup_cosine
from minidgm.train import History, train

SHORTENED: list[str] = []  # trainings that Ctrl-C has ended before their last step: they decide nothing


def negative_log_likelihood(model, x, rng):
    """The forward KL up to a constant: −mean log p(x)."""
    return -np.mean(model.log_prob(x))


def dequantized_loss(model, y, rng):
    """The same for levels y, made continuous by uniform noise: E_u −log p(y + u) ≥ −log P(y) (row 10)."""
    return -np.mean(model.log_prob(noisy(y, rng)))


def noisy(y, rng):
    """y + u, u ~ U[0, 1), in float32."""
    return dequantize(y, UniformDequantizer().draw(rng, y)[0])


def fit(
    model, loss, data, rng, *, steps: int, lr: float = 3e-3, clip: float = 10.0, checks: int = 20, **more
) -> History:
    """Adam, warmed up over a twentieth of the steps and cooled along a cosine; averaged parameters; clipped gradients.

    With `validation` the best of `checks` looks is kept. `more` goes to `minidgm.train.train`, as name and batch do.
    """
    optimizer, more = Adam(warmup_cosine(lr, steps // 20, steps)), {"average": 0.98, **more}
    every = max(steps // checks, 1)
    return trained(model, loss, data, rng, steps=steps, optimizer=optimizer, clip=clip, every=every, **more)


def trained(*args, name: str = "train", **more) -> History:
    """`minidgm.train.train`, which remembers whether Ctrl-C has ended it early: then a lab gives no verdict."""
    history = train(*args, name=name, **more)
    if history.interrupted:
        SHORTENED.append(name)
    return history
