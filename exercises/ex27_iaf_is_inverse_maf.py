"""Exercise 27: the inverse AR flow in one line (Kingma et al. 2016; Papamakarios et al. 2017).

Take the AR flow of exercise 05 and exchange its two directions: that is the inverse AR flow of exercise 06, whole. A
library needs no second class for it; a pull request that wrote one was withdrawn by its author for that reason. What
changes is only which direction is slow, and so what the flow is good for.

    MAF:  z = f(x) with mu, sigma read off x: one pass, all of x is known.     x = g(z): m passes, one for each x_j
    IAF:  its f is the MAF's g, its g the MAF's f

In the letters of exercise 06, x = sigma z + mu, the IAF's mu and sigma are then −mu/sigma and 1/sigma of the MAF's: a
net can be either, so the family is the same.

    A prior is evaluated at samples of the encoder: it needs f.       A posterior is sampled: it needs g.

Throughout, `maf_f` and `maf_g` return a pair: an array (n, m), and log_det (n,) of the map just applied. One call of
one of them is all that either function needs.
Read afterwards: minidgm/flows/base.py (Inverse).
"""


def iaf_f(x, maf_f, maf_g):
    """Map data to latent with the inverse AR flow that a MAF becomes when its directions are exchanged.

    x: (n, m); maf_f, maf_g: the MAF's two directions, (n, m) -> (n, m) and (n,).
    Returns z (n, m) and log_det (n,) = log|det ∂z/∂x|.

    With a MAF that halves on its way to latent, f(x) = x/2, the inverse AR flow doubles: log_det = log 2 for m = 1.

    >>> import numpy as np
    >>> maf_f = lambda x: (x / 2, np.full(len(x), -np.log(2)))
    >>> maf_g = lambda z: (z * 2, np.full(len(z), np.log(2)))
    >>> iaf_f(np.array([[3.0]]), maf_f, maf_g)
    (array([[6.]]), array([0.69314718]))
    """
    raise NotImplementedError("ex27: write iaf_f")


def iaf_g(z, maf_f, maf_g):
    """Map latent to data with the same inverse AR flow.

    z: (n, m); maf_f, maf_g: as for iaf_f. Returns x (n, m) and log_det (n,) = log|det ∂x/∂z|.

    >>> import numpy as np
    >>> maf_f = lambda x: (x / 2, np.full(len(x), -np.log(2)))
    >>> maf_g = lambda z: (z * 2, np.full(len(z), np.log(2)))
    >>> iaf_g(np.array([[6.0]]), maf_f, maf_g)
    (array([[3.]]), array([-0.69314718]))
    """
    raise NotImplementedError("ex27: write iaf_g")


def passes(kind, direction, m):
    """Count the passes of the net that one direction costs, however many objects there are.

    kind: "maf" or "iaf"; direction: "f" (data to latent, the density) or "g" (latent to data, a sample); m: how many
    dimensions. A sequential direction takes one pass for each of the m coordinates, because coordinate j waits for
    those before it; with nothing to wait for, one pass does for all. Returns a whole number.

    >>> passes("maf", "f", 784)
    1
    """
    raise NotImplementedError("ex27: write passes")
