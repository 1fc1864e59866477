"""Exercise 07: the coupling layer (Dinh et al. 2017, RealNVP).

An AR flow is fast one way only. The coupling layer gives up a little flexibility and is fast both ways: the first d
coordinates pass unchanged, and tell a network how to shift and scale the others. RealNVP and Glow stack dozens of them.

    x = [x_1, x_2],  x_1 the first d coordinates, x_2 the other m − d

    z_1 = x_1                               x_1 = z_1
    z_2 = (x_2 − μ(x_1)) / σ(x_1)           x_2 = σ(z_1) · z_2 + μ(z_1)

    ∂z/∂x = [ I           0         ]       det ∂z/∂x = Π_j 1/σ_j(x_1)
            [ ∂z_2/∂x_1   diag(1/σ) ]

Throughout, `net` maps (n, d) to two arrays (n, m − d): mu, and sigma > 0 (sigma itself, not its logarithm).
Read afterwards: minidgm/flows/coupling.py.
"""

import autograd.numpy as np
from autograd import jacobian


def coupling_f(x, d, net):
    """Map data to latent: this is the direction that a likelihood needs.

    The layer is invertible whatever the network computes, because the network only ever sees coordinates that are the
    same on both sides. That is why mu and sigma may be as complicated as you like.

        z_1 = x_1,   z_2 = (x_2 − μ(x_1)) / σ(x_1),   log|det ∂z/∂x| = log Π_j 1/σ_j(x_1)

    x: (n, m); d: how many coordinates pass unchanged, 0 < d < m; net: (n, d) -> two arrays (n, m − d).
    Returns z (n, m) and log_det (n,), one number per object, both of the dtype of x. A product of several hundred
    sigmas leaves the range of floating-point numbers; its logarithm doesn't.

    With d = 1, x = [2, 7] and a net that says mu = 3 x_1 = 6, sigma = x_1 = 2: z_2 = (7 − 6)/2, log_det = −log 2.

    >>> net = lambda x1: (3 * x1, x1)
    >>> z, log_det = coupling_f(np.array([[2.0, 7.0]]), 1, net)
    >>> print(z, log_det)
    [[2.  0.5]] [-0.69314718]
    """
    raise NotImplementedError("ex07: write coupling_f")


def coupling_g(z, d, net):
    """Map latent to data: this is how a sample is drawn, and it takes one pass of the network, not m.

    It undoes coupling_f exactly, with the same d and the same net.

        x_1 = z_1,   x_2 = σ(z_1) · z_2 + μ(z_1)

    z: (n, m); d, net: as for coupling_f. Returns x (n, m) and log_det (n,) = log|det ∂x/∂z|, the log-determinant of
    the map just applied, both of the dtype of z.

    >>> net = lambda z1: (3 * z1, z1)
    >>> x, log_det = coupling_g(np.array([[2.0, 0.5]]), 1, net)
    >>> print(x, log_det)
    [[2. 7.]] [0.69314718]
    """
    raise NotImplementedError("ex07: write coupling_g")


def coupling_jacobian(x, d, net):
    """Compute the whole Jacobian of coupling_f at one point, to see its four blocks.

    Row i, column j holds ∂z_i/∂x_j. Three of the blocks are known without any work; the fourth, ∂z_2/∂x_1, contains the
    network's derivatives (of mu and of sigma), and the determinant doesn't care about it. autograd's `jacobian`
    differentiates a function from one array to one array: `net` is written with autograd.numpy, so it can be used.

    x: (m,), one point, without a batch axis (net still wants one); d, net: as for coupling_f.
    Returns an (m, m) array of the dtype of x.

    With d = 1, x = [2, 7], mu = 3 x_1 and sigma = x_1: z_2 = (x_2 − 3 x_1)/x_1 = x_2/x_1 − 3, so ∂z_2/∂x_1 = −7/4.

    >>> net = lambda x1: (3 * x1, x1)
    >>> print(coupling_jacobian(np.array([2.0, 7.0]), 1, net))
    [[ 1.    0.  ]
     [-1.75  0.5 ]]
    """
    raise NotImplementedError("ex07: write coupling_jacobian")
