"""The affine coupling layer (Dinh et al. 2017, RealNVP): one pass each way.

    z_1 = x_1                               x_1 = z_1
    z_2 = (x_2 − μ(x_1)) / σ(x_1)           x_2 = σ(z_1) · z_2 + μ(z_1)
    ∂z/∂x = [ I 0 ; ∂z_2/∂x_1  diag(1/σ) ],  so log|det ∂z/∂x| = −Σ log σ_j(x_1)

It is the AR flow whose nets see the first part only. log σ is what the net says, softly bounded (affine.py).
Exercise 07; lab coupling.
"""

from collections.abc import Sequence

import autograd.numpy as np
from numpy import ndarray
from numpy.random import Generator

from minidgm import fast
from minidgm.errors import check_array, check_context, check_whole, check_widths
from minidgm.flows.affine import mu_and_log_sigma
from minidgm.flows.base import Flow
from minidgm.functional import Index, columns, merge_columns
from minidgm.nn import MLP, start_at_zero
from minidgm.tensor import runs_as


@runs_as(fast.coupling_f)
def coupling_f(x: ndarray, mu: ndarray, log_sigma: ndarray, moved: Index) -> tuple[ndarray, ndarray]:
    """x (n, m) → z (n, m), log_det (n,); μ and log σ (n, len(moved)) belong to x_2, the columns `moved`."""
    x1, x2, place = _parts(x, moved)
    z2 = (x2 - mu) * np.exp(-log_sigma)
    log_det = -np.sum(log_sigma, axis=1)
    return merge_columns(x1, z2, *place), log_det


@runs_as(fast.coupling_g)
def coupling_g(z: ndarray, mu: ndarray, log_sigma: ndarray, moved: Index) -> tuple[ndarray, ndarray]:
    """z (n, m) → x (n, m), log_det (n,); μ and log σ (n, len(moved)) belong to z_2, the columns `moved`."""
    z1, z2, place = _parts(z, moved)
    x2 = np.exp(log_sigma) * z2 + mu
    log_det = np.sum(log_sigma, axis=1)
    return merge_columns(z1, x2, *place), log_det


def _parts(x: ndarray, moved: Index) -> tuple[ndarray, ndarray, tuple[ndarray, ndarray]]:
    """The columns that pass and those that move, and the places of both in x."""
    everywhere = np.arange(x.shape[1])
    second = everywhere[moved]
    first = everywhere[~np.isin(everywhere, second)]
    return columns(x, index=first), columns(x, index=second), (first, second)


class AffineCoupling(Flow):
    """One coupling layer on m dimensions: those in `mask` pass through as x_1 and move the others, x_2.

    hidden: widths of the network's hidden layers; mask (m,) boolean, True for x_1, half_mask(m) if None; context:
    length of a vector that μ and σ may depend on as well. It starts as the identity.
    Raises ValueError when the mask leaves one of the parts empty.
    """

    def __init__(self, m: int, hidden: Sequence[int], rng: Generator, mask: ndarray | None = None, context: int = 0):
        check_whole("m", m, 1)
        check_whole("context", context)
        if m == 1 and not context:
            raise ValueError(
                "m: expected 2 or more, for one part moves the other, or a context that moves the one, got 1"
            )
        mask = half_mask(m) if mask is None else np.asarray(mask)
        check_array("mask", mask, (m,), kinds="b")
        check_widths("hidden", hidden)
        first, second = np.flatnonzero(mask), np.flatnonzero(~mask)
        if len(second) == 0 or (len(first) == 0 and not context):
            raise ValueError(f"mask: expected both True and False among its {m} entries, got {len(first)} True")
        self.m, self.context = m, context
        self._kept, self._moved = as_slice(first), as_slice(second)
        self.net = MLP((len(first) + context, *hidden, 2 * len(second)), rng)
        start_at_zero(self.net)

    @runs_as(fast.coupling_layer_f, of_steps=True)
    def f(self, x: ndarray, context: ndarray | None = None) -> tuple[ndarray, ndarray]:
        check_array("x", x, ("n", self.m))
        x1 = columns(x, index=self._kept)
        mu, log_sigma = self.mu_log_sigma(x1, context)
        return coupling_f(x, mu, log_sigma, moved=self._moved)

    @runs_as(fast.coupling_layer_g, of_steps=True)
    def g(self, z: ndarray, context: ndarray | None = None) -> tuple[ndarray, ndarray]:
        check_array("z", z, ("n", self.m))
        z1 = columns(z, index=self._kept)
        mu, log_sigma = self.mu_log_sigma(z1, context)
        return coupling_g(z, mu, log_sigma, moved=self._moved)

    @runs_as(fast.coupling_mu_log_sigma, of_steps=True)
    def mu_log_sigma(self, x1: ndarray, context: ndarray | None = None) -> tuple[ndarray, ndarray]:
        """μ(x_1), log σ(x_1): (n, d) → two arrays (n, m − d)."""
        check_context(context, len(x1), self.context)
        return mu_and_log_sigma(self.net(x1 if context is None else np.concatenate([x1, context], axis=1)))


def as_slice(index: ndarray) -> slice | ndarray:
    """The slice that names the same columns, where they are evenly spaced: no copy is made of what it takes."""
    step = int(index[1] - index[0]) if len(index) > 1 else 1
    even = len(index) > 0 and np.array_equal(index, index[0] + step * np.arange(len(index)))
    return slice(int(index[0]), int(index[-1]) + 1, step) if even else index


def half_mask(m: int) -> ndarray:
    """The slide's split: True for the first ⌊m/2⌋ of m dimensions."""
    return np.arange(m) < m // 2


def checkerboard_mask(height: int, width: int, channels: int = 1) -> ndarray:
    """True on the white fields of a checkerboard over the image, all channels alike: (height · width · channels,)."""
    white = (np.arange(height)[:, None] + np.arange(width)[None, :]) % 2 == 0
    return np.repeat(white[:, :, None], channels, axis=2).ravel()
