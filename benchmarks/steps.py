"""A flow taken apart for other libraries: a list of steps from data to latent, in float64.

    affine       mu, log_sigma (m,)                    z = (x − μ) e^{−log σ}
    logit        alpha, levels
    permutation  order (m,)                            z_k = x_{order_k}
    coupling     mask (m,) True for x_1, net           net: x_1 → μ, log σ of x_2
    ar           net (m → 2m, masked)                  μ, log σ read off x
    inverse_ar   the same                              μ, log σ read off z

A net is a list of (weight (inputs, outputs), bias, mask or None), with relu between; log σ has the soft bound.
"""

from typing import Any, NamedTuple

import numpy as np

from minidgm.flows import ActNorm, AffineCoupling, Chain, GaussianAR, InverseGaussianAR, Logit, Permutation
from minidgm.functional import relu
from minidgm.nn import MLP


class Unable(Exception):
    """Something that cannot be carried; the message is one sentence."""


class Step(NamedTuple):
    """One step: its kind, and its numbers by name."""

    kind: str
    numbers: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.numbers[name]
        except KeyError:
            raise AttributeError(name) from None


def steps_of(flow: Any) -> list[Step]:
    """The steps of a flow. Raises Unable for a part that no peer has."""
    if isinstance(flow, Chain):
        return [step for part in flow.flows for step in steps_of(part)]
    if isinstance(flow, GaussianAR | InverseGaussianAR):
        if flow.net.context:
            raise Unable(f"{type(flow).__name__}: a flow with a context cannot be carried")
        layers = [(layer.weight, layer.bias, layer.mask) for layer in flow.net.layers]
        kind = "ar" if isinstance(flow, GaussianAR) else "inverse_ar"
        return [Step(kind, {"net": layers, "order": flow.net.order, "m": flow.m})]
    if isinstance(flow, AffineCoupling):
        if flow.context:
            raise Unable("AffineCoupling: a flow with a context cannot be carried")
        mask = np.zeros(flow.m, bool)
        mask[flow._kept] = True
        return [Step("coupling", {"net": net_of(flow.net), "mask": mask, "m": flow.m})]
    if isinstance(flow, ActNorm):
        return [Step("affine", {"mu": flow.mu, "log_sigma": flow.log_sigma})]
    if isinstance(flow, Logit):
        return [Step("logit", {"alpha": flow.alpha, "levels": flow.levels})]
    if isinstance(flow, Permutation):
        return [Step("permutation", {"order": flow.permutation})]
    raise Unable(f"{type(flow).__name__}: no peer has such a flow")


def net_of(net: Any) -> list[tuple]:
    """An MLP's layers."""
    if not isinstance(net, MLP) or net.activation is not relu:
        raise Unable(f"{type(net).__name__}: only an MLP with relu between its layers can be carried")
    return [(layer.weight, layer.bias, None) for layer in net.layers]
