"""Bounds on the logarithm of an integral from weights w at draws z ~ q: its two uses are a VAE and dequantization.

log p(x) = log ∫ p(x, z) dz      w = p(x, z) / q(z|x)      vae/model.py
log P(y) = log ∫ p(y + u) du     w = p(y + u) / q(u|y)     discrete/dequantize.py

E log w  ≤  E log (1/K) Σ_k w_k  ≤  log E w, which is the integral's: the logarithm is concave (Burda et al. 2016)
"""

import math
from collections.abc import Callable

import autograd.numpy as np
from numpy import ndarray

from minidgm.errors import check_array, check_whole
from minidgm.functional import logsumexp


def draws(log_w: Callable[[], ndarray], samples: int) -> ndarray:
    """log w of `samples` draws, each (n,) from a call of `log_w`: (samples, n), in nats. ValueError for none."""
    check_whole("samples", samples, 1)
    return np.stack([log_w() for _ in range(samples)])


def importance_bound(log_w: ndarray) -> ndarray:
    """log (1/K) Σ_k w_k, the logarithm of the mean weight: (K, n) → (n,), in nats."""
    check_array("log_w", log_w, np.shape(log_w))
    return logsumexp(log_w, axis=0) - math.log(len(log_w))
