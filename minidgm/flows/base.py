"""What a flow is, flows in a row, and the density that a flow makes of a base distribution.

Change of variables:  log p(x) = log p(f(x)) + log|det ∂f/∂x|,  and  x = g(z), z ~ p(z), draws from it.
In a chain the maps follow each other and the log-determinants add up. Exercises 03 and 08.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from minidgm import fast
from minidgm.errors import check_array
from minidgm.functional import total
from minidgm.tensor import Module, runs_as


class Flow(Module):
    """A bijection with a Jacobian that can be computed: f maps data to latent, g = f⁻¹ maps latent to data.

    z, log_det = flow.f(x)    x, z (n, m); log_det (n,) = log|det ∂z/∂x|, in nats
    x, log_det = flow.g(z)                 log_det (n,) = log|det ∂x/∂z| = −(that of f at the same point)

    Both take a `context` (n, length), a vector that the map may depend on, when the flow was built with one.
    m is the number of dimensions, None for a flow that takes any number.
    """

    m: int | None = None

    def f(self, x: ndarray, context: ndarray | None = None) -> tuple[ndarray, ndarray]:
        raise NotImplementedError(f"{type(self).__name__}: write f")

    def g(self, z: ndarray, context: ndarray | None = None) -> tuple[ndarray, ndarray]:
        raise NotImplementedError(f"{type(self).__name__}: write g")

    def initialize(self, x: ndarray, context: ndarray | None = None) -> ndarray:
        """Let parts with a data-dependent start (ActNorm) see a first batch x (n, m); returns z (n, m)."""
        return self.f(x, context)[0]


class Chain(Flow):
    """Flows in a row: f applies them first to last, g last to first, log-determinants add up."""

    def __init__(self, flows: Iterable[Flow]):
        self.flows = list(flows)
        sizes = sorted({flow.m for flow in self.flows if flow.m is not None})
        if len(sizes) > 1:
            raise ValueError(f"flows: expected all of one number of dimensions, got {' and '.join(map(str, sizes))}")

    @property
    def m(self) -> int | None:  # type: ignore[override]
        return next((flow.m for flow in self.flows if flow.m is not None), None)

    @runs_as(fast.chain_f, of_steps=True)
    def f(self, x: ndarray, context: ndarray | None = None) -> tuple[ndarray, ndarray]:
        check_array("x", x, ("n", "m"))
        log_dets = [np.zeros(len(x), x.dtype)]  # that of no flow
        for flow in self.flows:
            x, log_det = flow.f(x, context)
            log_dets.append(log_det)
        return x, total(*log_dets)

    @runs_as(fast.chain_g, of_steps=True)
    def g(self, z: ndarray, context: ndarray | None = None) -> tuple[ndarray, ndarray]:
        check_array("z", z, ("n", "m"))
        log_dets = [np.zeros(len(z), z.dtype)]  # that of no flow
        for flow in reversed(self.flows):
            z, log_det = flow.g(z, context)
            log_dets.append(log_det)
        return z, total(*log_dets)

    def initialize(self, x: ndarray, context: ndarray | None = None) -> ndarray:
        for flow in self.flows:
            x = flow.initialize(x, context)
        return x


class Inverse(Flow):
    """A flow with f and g exchanged."""

    def __init__(self, flow: Flow):
        self.flow = flow

    @property
    def m(self) -> int | None:  # type: ignore[override]
        return self.flow.m

    def f(self, x: ndarray, context: ndarray | None = None) -> tuple[ndarray, ndarray]:
        return self.flow.g(x, context)

    def g(self, z: ndarray, context: ndarray | None = None) -> tuple[ndarray, ndarray]:
        return self.flow.f(z, context)


class FlowModel(Module):
    """The density of x = g(z) for z from `base`: a distribution of (n, m) arrays such as StandardNormal(m)."""

    def __init__(self, flow: Flow, base: Any):
        self.flow, self.base = flow, base

    def log_prob(self, x: ndarray, context: ndarray | None = None) -> ndarray:
        """log p(x) = log p(f(x)) + log|det ∂f/∂x|: (n, m) → (n,), in nats."""
        z, log_det = self.flow.f(x, context)
        return self.base.log_prob(z) + log_det

    def sample(self, rng: Generator, n: int, context: ndarray | None = None) -> ndarray:
        """n draws x = g(z), z ~ base: (n, m); with a context (n, length), draw i belongs to row i."""
        return self.flow.g(self.base.sample(rng, n), context)[0]

    def initialize(self, x: ndarray, context: ndarray | None = None) -> None:
        """Let parts with a data-dependent start see a first batch x (n, m)."""
        self.flow.initialize(x, context)
