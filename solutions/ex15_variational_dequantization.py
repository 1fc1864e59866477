"""Exercise 15: variational dequantization (Ho et al. 2019, Flow++; Hoogeboom et al. 2021 for the importance weights).

Uniform noise asks the density to be flat on unit cells, and smooth models can't be. So let the noise be learned, too:
q(u|y) says which noise to add to the level y, and plays the part that the encoder plays in a VAE, with u as the latent
variable. Whatever q is, as long as it stays within the unit cube, the bound holds:

    log P(y) = log E_q [p(y + u) / q(u|y)]  ≥  E_q log [p(y + u) / q(u|y)]

The gap is KL(q(u|y) ‖ p(u|y)): zero for the q that is proportional to p on the cell. Uniform dequantization is the case
q = 1. Averaging several weights inside the logarithm gives a tighter bound without any better q.

In both functions u was drawn from q, `log_q` holds log q(u|y) of those very samples, and `log_p` maps points (any
number of rows, m) to their log-densities, one for each row.
Read afterwards: minidgm/discrete/dequantize.py.
"""

import autograd.numpy as np
from autograd.scipy.special import logsumexp


def variational_bound(y, u, log_q, log_p):
    """Estimate the variational lower bound on log P(y), from noise that was drawn from q(u|y).

    The samples come from q already: so an expectation under q is a plain mean over them. The term −log q rewards
    noise that is spread out, and keeps q from collapsing onto the highest point of the cell.

        E_q [log p(y + u) − log q(u|y)],   estimated by the mean over the samples

    y: (n, m) integers; u: (samples, n, m); log_q: (samples, n), in nats; log_p: (rows, m) -> (rows,).
    Returns (n,), one number per object, in nats; float32 noise and densities give a float32 bound.
    (Mind: integers plus float32 are float64 in numpy, and so is what a number such as np.log(5) meets.)

    One object, two samples: log p is −2.25 and −2.75, log q is 0.5 and −0.5, so the terms are −2.75 and −2.25.

    >>> y, u, log_q = np.array([[2]]), np.array([[[0.25]], [[0.75]]]), np.array([[0.5], [-0.5]])
    >>> variational_bound(y, u, log_q, lambda x: -x[:, 0])
    array([-2.5])
    """
    samples, n, m = u.shape
    x = y.astype(u.dtype) + u
    log_p_x = np.reshape(log_p(np.reshape(x, (-1, m))), (samples, n))
    return np.sum(log_p_x - log_q, axis=0) / samples  # autograd's gradient of np.mean would be float64


def importance_bound(y, u, log_q, log_p):
    """Estimate the importance-weighted bound on log P(y): the same weights, averaged before the logarithm.

    With one sample it is the variational bound; with more it is tighter (in expectation), and it approaches log P(y).
    If q is the exact posterior of the noise, all weights are equal, namely P(y). The logarithms of the weights may be
    −2000, and their mean must still come out.

        log (1/K) Σ_k p(y + u_k) / q(u_k|y),   K samples

    Arguments and result as for variational_bound.

    The example above: the weights are e^{−2.75} and e^{−2.25}, and their mean is e^{−2.4691}.

    >>> y, u, log_q = np.array([[2]]), np.array([[[0.25]], [[0.75]]]), np.array([[0.5], [-0.5]])
    >>> np.round(importance_bound(y, u, log_q, lambda x: -x[:, 0]), 4)
    array([-2.4691])
    """
    samples, n, m = u.shape
    x = y.astype(u.dtype) + u
    log_p_x = np.reshape(log_p(np.reshape(x, (-1, m))), (samples, n))
    return logsumexp(log_p_x - log_q, axis=0) - float(np.log(samples))  # a NumPy scalar would make float32 float64
