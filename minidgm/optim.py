"""Optimizers by hand: SGD with momentum, Adam; gradient clipping, a learning-rate schedule, averaged parameters.

    momentum   v ← β v + g                    θ ← θ − lr · v
    Adam       m ← β_1 m + (1 − β_1) g        v ← β_2 v + (1 − β_2) g²
               θ ← θ − lr · m̂ / (√v̂ + ε),     m̂ = m / (1 − β_1^t),  v̂ = v / (1 − β_2^t),  t = 1, 2, ...

m and v start at zero, so the first averages are too small; the hats undo exactly that. Exercise 02.

An optimizer sees all parameters as one flat vector θ, whatever the model's structure: the formulas above are its code.
"""

import math
from collections.abc import Callable

import numpy as np

from minidgm.tensor import Module, arrays, parameters


class Optimizer:
    """What all optimizers share: `step(model, grad)` changes the model's parameters in place.

    lr is a number, or a schedule: a function of the step t = 1, 2, ... (see `warmup_cosine`).
    """

    def __init__(self, lr):
        self.lr, self.t = lr, 0

    def step(self, model, grad: dict) -> None:
        """One step down `grad`, a dictionary of arrays as `value_and_grad` returns it."""
        theta = parameters(model)
        if theta.keys() != grad.keys():
            wrong = sorted(theta.keys() ^ grad.keys())[0]
            raise ValueError(f"grad: expected one array a parameter of the model, got {wrong} in one of them only")
        for path, array in theta.items():
            if grad[path].shape != array.shape:
                raise ValueError(f"grad: {path}: expected shape {array.shape}, got {grad[path].shape}")
        self.t += 1
        lr = self.lr(self.t) if callable(self.lr) else self.lr
        delta = self.update(np.concatenate([grad[path].ravel() for path in theta]), lr)
        start = 0
        for array in theta.values():
            array -= delta[start : start + array.size].reshape(array.shape)
            start += array.size

    def update(self, g, lr):
        """What to subtract from the parameters, for the flat gradient g, which may be overwritten."""
        raise NotImplementedError(f"{type(self).__name__}: write update")

    def state(self) -> dict:
        """The arrays and numbers to save, with which a resumed training continues bit for bit."""
        return {name: value for name, value in vars(self).items() if isinstance(value, np.ndarray) or name == "t"}

    def restore(self, state: dict) -> None:
        """Take up a saved state."""
        for name, value in state.items():
            setattr(self, name, int(value) if name == "t" else np.array(value))


class SGD(Optimizer):
    """Stochastic gradient descent with momentum `beta` (0 for none): v ← β v + g, θ ← θ − lr · v."""

    def __init__(self, lr=0.01, beta: float = 0.0):
        super().__init__(lr)
        self.beta = beta

    def update(self, g, lr):
        if self.beta == 0:
            return lr * g
        if self.t == 1:
            self.v = np.zeros_like(g)
        self.v *= self.beta
        self.v += g
        return lr * self.v


class Adam(Optimizer):
    """Adam (Kingma & Ba 2015, algorithm 1).

    m and v are kept as plain sums, m ← β_1 m + g and v ← β_2 v + g², without the factors 1 − β. The hats divide by the
    sum of the weights, c = 1 + β + ... + β^{t−1} = (1 − β^t) / (1 − β), which makes m̂ and v̂ the same averages as above:

        lr · (m / c_1) / (√(v / c_2) + ε) = (lr √c_2 / c_1) · m / (√v + ε √c_2)
    """

    block = 1 << 15  # numbers at a time: they stay in the cache from the first line of the formula to the last

    def __init__(self, lr=1e-3, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8):
        super().__init__(lr)
        self.beta1, self.beta2, self.eps = beta1, beta2, eps

    def update(self, g, lr):
        if self.t == 1:
            self.m, self.v = np.zeros_like(g), np.zeros_like(g)
        for start in range(0, len(g), self.block):
            part = slice(start, start + self.block)
            self._update(g[part], self.m[part], self.v[part], lr)
        return g

    def _update(self, g, m, v, lr):
        """The last line of the formula, in place: g is replaced by what to subtract."""
        c1, c2 = ((1 - beta**self.t) / (1 - beta) for beta in (self.beta1, self.beta2))
        m *= self.beta1
        m += g
        v *= self.beta2
        v += np.multiply(g, g, out=g)
        np.sqrt(v, out=g)
        g += self.eps * math.sqrt(c2)
        np.divide(m, g, out=g)
        g *= lr * math.sqrt(c2) / c1


def clip_by_norm(grad: dict, max_norm: float) -> tuple[dict, float]:
    """Scale a gradient down to the norm `max_norm` if it is longer; returns it and its norm before (Pascanu 2013).

    The norm is that of all parameters together.
    """
    with np.errstate(over="ignore"):
        norm = math.sqrt(sum(float(np.vdot(g, g)) for g in grad.values()))
    if math.isinf(norm):  # squares beyond float32
        norm = math.hypot(*(float(np.linalg.norm(g.astype(np.float64))) for g in grad.values()))
    if not norm > max_norm:
        return grad, norm
    return {path: g * g.dtype.type(max_norm / norm) for path, g in grad.items()}, norm


def warmup_cosine(lr: float, warmup: int, steps: int) -> Callable[[int], float]:
    """A schedule: up to `lr` in a straight line over `warmup` steps, then down to 0 along half a cosine at `steps`."""
    if not 0 <= warmup < steps:
        raise ValueError(f"warmup: expected a number of steps from 0 to below steps = {steps}, got {warmup}")

    def schedule(t: int) -> float:
        if t <= warmup:
            return lr * t / warmup
        return lr * 0.5 * (1 + math.cos(math.pi * min(1, (t - warmup) / (steps - warmup))))

    return schedule


class MovingAverage:
    """An exponential moving average of a model's parameters, θ̄ ← d θ̄ + (1 − d) θ; `.model` is a model with them.

    It starts from the parameters themselves, so that there is no bias to correct.
    """

    def __init__(self, model: Module, decay: float = 0.999):
        if not 0 <= decay < 1:
            raise ValueError(f"decay: expected a number in [0, 1), got {decay}")
        self.model, self.decay = model.copy(), decay

    def update(self, model: Module) -> None:
        """Take in the parameters after a step."""
        for average, theta in zip(arrays(self.model).values(), arrays(model).values()):
            average += (1 - self.decay) * (theta - average)
