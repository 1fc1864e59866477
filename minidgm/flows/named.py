"""Flows that have a name: RealNVP (Dinh et al. 2017), MAF (Papamakarios et al. 2017), IAF (Kingma et al. 2016).

    RealNVP   coupling layers whose masks alternate, each dimension moved by every second layer
    MAF       Gaussian AR flows, the order reversed from one to the next
    IAF       the same with inverse AR flows: sampling in one pass

ActNorm stands before each layer and starts from the first batch (`initialize`). All take a context like their parts.
"""

from collections.abc import Sequence

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from minidgm.errors import check_whole
from minidgm.flows.autoregressive import GaussianAR, InverseGaussianAR
from minidgm.flows.base import Chain, Flow
from minidgm.flows.coupling import AffineCoupling, half_mask
from minidgm.flows.elementwise import ActNorm


def real_nvp(
    m: int, layers: int, hidden: Sequence[int], rng: Generator, masks: Sequence[ndarray] | None = None, context: int = 0
) -> Chain:
    """Coupling layers on m dimensions; layer k has masks[k mod len(masks)] (None: the two halves, or all of m = 1)."""
    check_whole("layers", layers)
    if masks is None:
        masks = [half_mask(m), ~half_mask(m)] if m > 1 else [half_mask(m)]
    if len(masks) == 0:
        raise ValueError("masks: expected at least one, (m,) boolean each, or None for the two halves, got none")
    couplings = [AffineCoupling(m, hidden, rng, masks[k % len(masks)], context) for k in range(layers)]
    return _with_actnorm(m, couplings)


def maf(m: int, layers: int, hidden: Sequence[int], rng: Generator, context: int = 0) -> Chain:
    """Gaussian AR flows on m dimensions, the order reversed from one to the next."""
    check_whole("layers", layers)
    return _with_actnorm(m, [GaussianAR(m, hidden, rng, _order(m, k), context) for k in range(layers)])


def iaf(m: int, layers: int, hidden: Sequence[int], rng: Generator, context: int = 0) -> Chain:
    """Inverse Gaussian AR flows on m dimensions, the order reversed from one to the next."""
    check_whole("layers", layers)
    return _with_actnorm(m, [InverseGaussianAR(m, hidden, rng, _order(m, k), context) for k in range(layers)])


def _order(m: int, k: int) -> ndarray:
    return np.arange(m) if k % 2 == 0 else np.arange(m)[::-1]


def _with_actnorm(m: int, flows: Sequence[Flow]) -> Chain:
    return Chain([part for flow in flows for part in (ActNorm(m), flow)])
