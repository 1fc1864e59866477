"""Adam's step in place, a block at a time, so that the numbers stay in the cache from the first line to the last.

The hats are folded into two factors, c = 1 − β^t:  lr · (m/c_1) / (√(v/c_2) + ε) = (lr √c_2 / c_1) · m / (√v + ε √c_2)
The formula is in optim.py.
"""

import math

import numpy as np

BLOCK = 1 << 15  # numbers at a time


def adam_step(g, m, v, t, lr, beta1, beta2, eps):
    """What to subtract, which is written over g; m and v are changed in place."""
    c1, c2 = 1 - beta1**t, 1 - beta2**t
    spare = np.empty(min(len(g), BLOCK), g.dtype)
    for start in range(0, len(g), BLOCK):
        block = slice(start, start + BLOCK)
        _block(g[block], m[block], v[block], spare, beta1, beta2, eps * math.sqrt(c2), lr * math.sqrt(c2) / c1)
    return g


def _block(g, m, v, spare, beta1, beta2, eps, lr):
    spare = spare[: len(g)]
    # Not by BLAS's y + a x: scipy has a BLAS of its own, whose threads spin on the processors that numpy's need.
    m *= beta1
    m += np.multiply(g, 1 - beta1, out=spare)
    g *= g
    v *= beta2
    v += np.multiply(g, 1 - beta2, out=spare)
    np.sqrt(v, out=g)
    g += eps
    np.divide(m, g, out=g)
    g *= lr
