"""Adam's step in place, a block at a time, so that the numbers stay in the cache from the first line to the last.

The hats are folded into two factors, c = 1 − β^t:  lr · (m/c_1) / (√(v/c_2) + ε) = (lr √c_2 / c_1) · m / (√v + ε √c_2)
The formula is in optim.py.
"""

import functools
import math

import numpy as np

BLOCK = 1 << 15  # numbers at a time


def adam_step(g, m, v, t, lr, beta1, beta2, eps):
    """What to subtract, which is written over g; m and v are changed in place."""
    c1, c2 = 1 - beta1**t, 1 - beta2**t
    for start in range(0, len(g), BLOCK):
        block = slice(start, start + BLOCK)
        _block(g[block], m[block], v[block], beta1, beta2, eps * math.sqrt(c2), lr * math.sqrt(c2) / c1)
    return g


def _block(g, m, v, beta1, beta2, eps, lr):
    m *= beta1
    _add(1 - beta1, g, m)
    g *= g
    v *= beta2
    _add(1 - beta2, g, v)
    np.sqrt(v, out=g)
    g += eps
    np.divide(m, g, out=g)
    g *= lr


def _add(a, x, y):
    """y ← y + a x, in place."""
    axpy = one_pass().get(x.dtype.char)
    if axpy is None:
        y += a * x
    else:
        axpy(x, y, a=a)


@functools.cache
def one_pass() -> dict:
    """BLAS's y ← y + a x, by dtype; imported by the first step, for scipy takes longer than all else of minidgm."""
    from scipy.linalg.blas import daxpy, saxpy

    return {"f": saxpy, "d": daxpy}
