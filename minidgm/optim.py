"""Optimizers by hand: SGD with momentum, Adam; gradient clipping, a learning-rate schedule, averaged parameters.

    momentum   v ← β v + g                    θ ← θ − lr · v
    Adam       m ← β_1 m + (1 − β_1) g        v ← β_2 v + (1 − β_2) g²
               θ ← θ − lr · m̂ / (√v̂ + ε),     m̂ = m / (1 − β_1^t),  v̂ = v / (1 − β_2^t),  t = 1, 2, ...

m and v start at zero, so the first averages are too small; the hats undo exactly that. Exercise 02.

An optimizer sees all parameters as one flat vector θ, whatever the model's structure, so that the formulas above are
its code.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray

from minidgm import fast
from minidgm.errors import check_number
from minidgm.tensor import Module, arrays, parameters, runs_as

Rate = float | Callable[[int], float]


class Optimizer:
    """What all optimizers share: `step(model, grad)` changes the model's parameters in place.

    lr is a number, or a schedule: a function of the step t = 1, 2, ... (see `warmup_cosine`). An optimizer belongs to
    one model: its moments are averages of that model's gradients. Raises ValueError for a setting that cannot be.
    """

    moments: tuple[str, ...] = ()  # names of the averages, flat arrays as long as θ that start at zero

    def __init__(self, lr: Rate):
        if not callable(lr):
            check_number("lr", lr, "[0, inf)")
        self.lr, self.t = lr, 0
        fast.keep_freed_memory()

    def step(self, model: Module, grad: dict[str, ndarray]) -> None:
        """One step down `grad`, a dictionary of arrays as `value_and_grad` returns it.

        Raises ValueError for a gradient, or moments, of another model.
        """
        theta = parameters(model)
        if theta.keys() != grad.keys():
            wrong = sorted(theta.keys() ^ grad.keys())[0]
            raise ValueError(f"grad: expected one array per parameter of the model, got {wrong} in one of them only")
        for path, array in theta.items():
            if getattr(grad[path], "shape", None) != array.shape:
                got = getattr(grad[path], "shape", type(grad[path]).__name__)
                raise ValueError(f"grad: {path}: expected shape {array.shape}, got {got}")
        if not theta:
            raise ValueError("model: expected one with parameters, which are its float arrays; this one has none")
        g = np.concatenate([grad[path].ravel() for path in theta])
        self._prepare_moments(g)
        self.t += 1
        lr = self.lr(self.t) if callable(self.lr) else self.lr
        delta = self.update(g, lr)
        start = 0
        for array in theta.values():
            array -= delta[start : start + array.size].reshape(array.shape)
            start += array.size

    def _prepare_moments(self, g: ndarray) -> None:
        for name in self.moments:
            if self.t == 0:
                setattr(self, name, np.zeros_like(g))
            average = getattr(self, name)
            if average.shape != g.shape:
                raise ValueError(
                    f"model: this optimizer has averages for {average.size} parameters, got a model of {g.size}; "
                    "make a new optimizer for another model"
                )
            if average.dtype != g.dtype:
                setattr(self, name, average.astype(g.dtype))

    def update(self, g: ndarray, lr: float) -> ndarray:
        """What to subtract from the parameters, for the flat gradient g, which may be overwritten."""
        raise NotImplementedError(f"{type(self).__name__}: write update")

    def state(self) -> dict[str, Any]:
        """The arrays and numbers to save, with which a resumed training continues bit for bit."""
        return {name: value for name, value in vars(self).items() if isinstance(value, np.ndarray) or name == "t"}

    def restore(self, state: dict[str, Any]) -> None:
        """Take up a saved state, whole or not at all; ValueError for one that is not of this kind of optimizer."""
        t = np.asarray(state.get("t"))
        if t.shape != () or t.dtype.kind not in "iu" or t < 0:
            raise ValueError(f"state: expected t, the number of steps taken, got {state.get('t')!r}")
        names = {"t", *self.moments} if t else {"t"}
        if state.keys() != names:
            raise ValueError(
                f"state: expected {sorted(names)} of {type(self).__name__} after {int(t)} steps, got {sorted(state)}"
            )
        averages = {name: np.array(state[name]) for name in names - {"t"}}
        for name, average in averages.items():
            if average.ndim != 1 or average.dtype.kind != "f" or not np.all(np.isfinite(average)):
                raise ValueError(
                    f"state: expected {name} as one row of finite floats, got {average.dtype}{average.shape}"
                )
        self.t = int(t)
        for name, average in averages.items():
            setattr(self, name, average)


class SGD(Optimizer):
    """Stochastic gradient descent with momentum `beta` (0 for none): v ← β v + g, θ ← θ − lr · v."""

    v: ndarray

    def __init__(self, lr: Rate = 0.01, beta: float = 0.0):
        super().__init__(lr)
        check_number("beta", beta, "[0, 1)")
        self.beta = beta
        self.moments = ("v",) if beta else ()

    def update(self, g: ndarray, lr: float) -> ndarray:
        if self.beta == 0:
            return lr * g
        self.v *= self.beta
        self.v += g
        return lr * self.v


class Adam(Optimizer):
    """Adam (Kingma & Ba 2015, algorithm 1)."""

    moments = ("m", "v")
    m: ndarray
    v: ndarray

    def __init__(self, lr: Rate = 1e-3, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8):
        super().__init__(lr)
        for name, number, interval in (
            ("beta1", beta1, "[0, 1)"),
            ("beta2", beta2, "[0, 1)"),
            ("eps", eps, "[0, inf)"),
        ):
            check_number(name, number, interval)
        self.beta1, self.beta2, self.eps = beta1, beta2, eps

    def update(self, g: ndarray, lr: float) -> ndarray:
        return adam_step(g, self.m, self.v, self.t, lr, self.beta1, self.beta2, self.eps)


@runs_as(fast.adam_step, gradient=False)
def adam_step(g: ndarray, m: ndarray, v: ndarray, t: int, lr: float, beta1: float, beta2: float, eps: float) -> ndarray:
    """Adam's step t = 1, 2, ...: brings m and v up to date, in place, and returns what to subtract from θ."""
    m[...] = beta1 * m + (1 - beta1) * g
    v[...] = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return lr * m_hat / (np.sqrt(v_hat) + eps)


def clip_by_norm(grad: dict[str, ndarray], max_norm: float) -> tuple[dict[str, ndarray], float]:
    """Scale a gradient down to the norm `max_norm` if it is longer; returns it and its norm before (Pascanu 2013).

    The norm is that of all parameters together. Raises ValueError unless max_norm is positive.
    """
    check_number("max_norm", max_norm, "(0, inf)")
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
        check_number("decay", decay, "[0, 1)")
        self.model, self.decay = model.copy(), decay

    def update(self, model: Module) -> None:
        """Take in the parameters after a step. Raises ValueError for another model."""
        averages, new = arrays(self.model), arrays(model)
        if [(path, a.shape) for path, a in averages.items()] != [(path, a.shape) for path, a in new.items()]:
            raise ValueError("model: expected the one that is averaged, got one with other arrays")
        for average, theta in zip(averages.values(), new.values()):
            average += (1 - self.decay) * (theta - average)
