"""Exercise 06: the inverse AR flow, the same triangle with the conditions on the other side (Kingma et al. 2016).

    x_j = σ_j(z_<j) · z_j + μ_j(z_<j)                 g: latent to data
    z_j = (x_j − μ_j(z_<j)) / σ_j(z_<j)               f: data to latent
    log|det ∂x/∂z| = log Π_j σ_j(z_<j)                the Jacobian is triangular
Compare exercise 05: the network is now given z. So g, which has z, is done in one pass, and f has to recover z one
number after the other. That makes it cheap to sample and to know the density of its own samples, which is what the
reverse KL and a VAE's posterior need, and expensive to score data. There is no new mathematics in it: it is an AR flow
with f and g exchanged, once its affine step is written the other way round (1/σ for σ, −μ/σ for μ). The slides write μ̃
and σ̃ to tell the two networks apart.
Read afterwards: minidgm/flows/autoregressive.py.
"""

import autograd.numpy as np


def iar_g(z, net):
    """Latent to data, in one pass of the network: sampling is parallel.

        x_j = σ_j(z_<j) · z_j + μ_j(z_<j),    log|det ∂x/∂z| = log Π_j σ_j(z_<j)

    z: (n, m). net: maps z (n, m) to two arrays (n, m), mu and sigma (σ itself, positive); column j of both depends on
    the columns before j only. Call it once.
    Returns x (n, m) and log_det (n,) of this map, g. Both in the dtype of z.

    With μ_2 = 10 z_1 and σ_2 = 1 + z_1² (μ_1 = 0, σ_1 = 2), the point (3, −1) becomes (2 · 3, 10 · (−1) + 30).

    >>> def net(z):
    ...     zero, one = np.zeros_like(z[:, 0]), np.ones_like(z[:, 0])
    ...     return np.stack([zero, 10 * z[:, 0]], axis=1), np.stack([2 * one, 1 + z[:, 0] ** 2], axis=1)
    >>> iar_g(np.array([[3.0, -1.0]]), net)
    (array([[ 6., 20.]]), array([2.99573227]))
    """
    mu, sigma = net(z)
    x = sigma * z + mu
    log_det = np.sum(np.log(sigma), axis=1)
    return x, log_det


def iar_f(x, net):
    """Data to latent, one coordinate after the other: scoring data under an inverse AR flow takes m passes.

        z_j = (x_j − μ_j(z_<j)) / σ_j(z_<j)    for j = 1, 2, ..., m,    log|det ∂z/∂x| = log Π_j 1/σ_j(z_<j)

    net is the same as in iar_g and wants z, which is what we are looking for. Column 1 of its output needs nothing of
    z, column 2 needs z_1 only, and so on: give it an array of the full shape whose first columns are right; the others
    have no influence on the column that comes next. m calls for the whole batch are enough.

    x: (n, m). net: maps z (n, m) to mu and sigma (n, m), column j of both depending on columns before j only.
    Returns z (n, m) and log_det (n,) of this map, f. Both in the dtype of x.

    >>> def net(z):
    ...     zero, one = np.zeros_like(z[:, 0]), np.ones_like(z[:, 0])
    ...     return np.stack([zero, 10 * z[:, 0]], axis=1), np.stack([2 * one, 1 + z[:, 0] ** 2], axis=1)
    >>> iar_f(np.array([[6.0, 20.0]]), net)
    (array([[ 3., -1.]]), array([-2.99573227]))
    """
    m = x.shape[1]
    z = np.zeros_like(x)
    for j in range(m):
        mu, sigma = net(z)  # z_<j is final, so column j of mu and sigma is right
        z = np.where(np.arange(m) == j, (x - mu) / sigma, z)
    log_det = -np.sum(np.log(sigma), axis=1)
    return z, log_det
