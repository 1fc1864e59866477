"""Exercise 03: the change of variables, how an invertible map turns one density into another.

All of the lecture's flows rest on this page. If z = f(x) is invertible and x = g(z), then
    p(x) = p(z) · |det ∂f/∂x|,    so    log p(x) = log p(f(x)) + log|det ∂f(x)/∂x|.
The determinant says by how much f stretches space around x: where f pulls points apart, more latent mass falls onto a
small piece of data space, and the density is high. f maps data to latent and g = f⁻¹ latent to data, always; and a
log_det belongs to the map that has just been applied, so that of g at z is minus that of f at x = g(z).

The simplest flow, x_j = σ_j z_j + μ_j, has a diagonal Jacobian. It is the core of every flow that follows, which only
compute μ and σ in cleverer ways; that is why they may differ from object to object here.
Read afterwards: minidgm/flows/base.py, minidgm/flows/elementwise.py.
"""

import autograd.numpy as np
from autograd import jacobian


def affine_f(x, mu, sigma):
    """Data to latent: shift by μ, then divide by σ, and say how much that stretches space.

    With the mean and the standard deviation of the data as μ and σ this is standardization. ∂z_j/∂x_j = 1/σ_j and all
    other derivatives are zero, so
        z_j = (x_j − μ_j) / σ_j,    log|det ∂z/∂x| = log Π_j 1/σ_j.
    Form a sum of logarithms: the product itself leaves the floating-point range at a few hundred dimensions.

    x: (n, m). mu, sigma: each of shape (m,), the same for all objects, or (n, m); sigma > 0.
    Returns z (n, m) and log_det (n,), one number per object even where all are equal, in the dtype of x.

    >>> affine_f(np.array([[1.0, 2.0], [3.0, 6.0]]), np.array([1.0, 0.0]), np.array([2.0, 4.0]))
    (array([[0. , 0.5],
           [1. , 1.5]]), array([-2.07944154, -2.07944154]))
    """
    z = (x - mu) / sigma
    log_det = -np.sum(np.log(sigma) * np.ones_like(x), axis=1)
    return z, log_det


def affine_g(z, mu, sigma):
    """Latent to data: how a sample is made of noise. It undoes affine_f exactly.

        x_j = σ_j z_j + μ_j,    log|det ∂x/∂z| = log Π_j σ_j

    z: (n, m). mu, sigma: each of shape (m,) or (n, m); sigma > 0.
    Returns x (n, m) and log_det (n,): that of this map, g, not that of f. Both in the dtype of z.

    >>> affine_g(np.array([[0.0, 0.5], [1.0, 1.5]]), np.array([1.0, 0.0]), np.array([2.0, 4.0]))
    (array([[1., 2.],
           [3., 6.]]), array([2.07944154, 2.07944154]))
    """
    x = sigma * z + mu
    log_det = np.sum(np.log(sigma) * np.ones_like(z), axis=1)
    return x, log_det


def jacobian_log_det(f, x):
    """log|det ∂f(x)/∂x| of any map at every object, by brute force: differentiate, then take the determinant.

    It costs m backward passes and an O(m³) determinant per object: flows are built so that nobody needs it.
    It is also the judge of every clever log_det: use it whenever you write a flow. `jacobian(f)` of autograd, at one
    point, is the matrix ∂f_i/∂x_j. The map may turn space over (negative determinant), and a determinant of sixty
    small numbers is 0 in floating point although its logarithm is an ordinary number: numpy has a function for both.

    f: maps one point, an array (m,), to an array (m,); it is written with autograd's numpy. x: (n, m).
    Returns (n,), in the dtype of x.

    >>> swap_and_square = lambda point: np.array([point[1], point[0] ** 2])
    >>> jacobian_log_det(swap_and_square, np.array([[0.5, 7.0], [2.0, 7.0]]))
    array([0.        , 1.38629436])
    """
    return np.array([np.linalg.slogdet(jacobian(f)(point))[1] for point in x])


def flow_log_prob(x, f, base_log_prob):
    """The log-density of data under a flow: go to the latent space, look there, correct for the stretching.

        log p(x) = log p(z) + log|det ∂f(x)/∂x|,    z = f(x)

    Maximum likelihood maximizes the mean of this. Without the second term the best flow would be one that maps
    everything to the mode of the base distribution.

    x: (n, m). f: a flow's f, which returns z (n, m) and log_det (n,). base_log_prob: maps z (n, m) to (n,), any base
    distribution. Returns (n,) in nats, in the dtype of x.

    >>> double = lambda x: (2 * x, np.full(len(x), np.log(4.0)))
    >>> flow_log_prob(np.array([[0.1, 0.2], [0.4, 0.8]]), double, lambda z: -np.sum(z, axis=1))
    array([ 0.78629436, -1.01370564])
    """
    z, log_det = f(x)
    return base_log_prob(z) + log_det
