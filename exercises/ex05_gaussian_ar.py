"""Exercise 05: the Gaussian AR flow, x_j Gaussian given all numbers before it (MAF; Papamakarios et al. 2017).

    x_j = σ_j(x_<j) · z_j + μ_j(x_<j)                 g: latent to data
    z_j = (x_j − μ_j(x_<j)) / σ_j(x_<j)               f: data to latent
    log|det ∂z/∂x| = log Π_j 1/σ_j(x_<j)              the Jacobian is triangular
One network gives all μ_j and σ_j at once (a MADE, exercise 04): column j of its output depends on columns before j of
its input and on no others. What the network is given is x, and that decides everything: f has x, so it is done in one
pass, and maximum likelihood (forward KL) is cheap. g has to make x first, one number after the other.
Read afterwards: minidgm/flows/autoregressive.py.
"""

import autograd.numpy as np


def ar_f(x, net):
    """Data to latent, in one pass of the network: all conditions x_<j are known from the start.

        z_j = (x_j − μ_j(x_<j)) / σ_j(x_<j),    log|det ∂z/∂x| = log Π_j 1/σ_j(x_<j)

    ∂z_j/∂x_i is zero for i > j, so the determinant is the product of the diagonal, however the network looks.

    x: (n, m). net: maps (n, m) to two arrays (n, m), mu and sigma (σ itself, positive); column j of both depends on
    the columns before j only, so nothing has to be shifted or masked here. Call it once.
    Returns z (n, m) and log_det (n,), in the dtype of x.

    With μ_2 = 10 x_1 and σ_2 = 1 + x_1² (μ_1 = 0, σ_1 = 2), the point (2, 30) becomes (2/2, (30 − 20)/5).

    >>> def net(x):
    ...     zero, one = np.zeros_like(x[:, 0]), np.ones_like(x[:, 0])
    ...     return np.stack([zero, 10 * x[:, 0]], axis=1), np.stack([2 * one, 1 + x[:, 0] ** 2], axis=1)
    >>> ar_f(np.array([[2.0, 30.0]]), net)
    (array([[1., 2.]]), array([-2.30258509]))
    """
    raise NotImplementedError("ex05: write ar_f")


def ar_g(z, net):
    """Latent to data, one coordinate after the other: this is what sampling from an AR flow costs.

        x_j = σ_j(x_<j) · z_j + μ_j(x_<j)    for j = 1, 2, ..., m,    log|det ∂x/∂z| = log Π_j σ_j(x_<j)

    net is the same as in ar_f and wants x, which does not exist yet. But column 1 of its output needs nothing of x,
    column 2 needs x_1 only, and so on: give it an array of the full shape whose first columns are right; whatever
    stands in the others has no influence on the column that comes next. m calls for the whole batch are enough.

    z: (n, m). net: maps x (n, m) to mu and sigma (n, m), column j of both depending on columns before j only.
    Returns x (n, m) and log_det (n,) of this map, g. Both in the dtype of z.

    >>> def net(x):
    ...     zero, one = np.zeros_like(x[:, 0]), np.ones_like(x[:, 0])
    ...     return np.stack([zero, 10 * x[:, 0]], axis=1), np.stack([2 * one, 1 + x[:, 0] ** 2], axis=1)
    >>> ar_g(np.array([[1.0, 2.0]]), net)
    (array([[ 2., 30.]]), array([2.30258509]))
    """
    raise NotImplementedError("ex05: write ar_g")
