"""Exercise 24: how loose is the bound?

The lecture (VAE limitations): log p(x) − ELBO = KL(q(z|x) ‖ p(z|x)) = ?  The evidence log p(x) is an integral that
nobody can do, but more samples come nearer to it: the importance-weighted bound with K samples

    IWAE_K = E log (1/K) Σ_k p(x, z_k)/q(z_k|x)

is the ELBO for K = 1, never falls as K grows, and tends to log p(x). Its distance from the ELBO at large K estimates
the gap, which says how much a better posterior could win with the same decoder and prior.

Read afterwards: minidgm/vae/bounds.py. IWAE: Burda, Grosse and Salakhutdinov, 2016.
"""

import autograd.numpy as np
from autograd.scipy.special import logsumexp


def iwae_bound(log_joint, log_q):
    """Compute the importance-weighted bound of n objects from K samples each.

    Each sample is weighed by how much likelier the model finds it than the posterior that proposed it; the weights are
    averaged before the logarithm is taken. For images log weights are in the hundreds below zero and differ by tens:
    no weight fits a float.

        log w_ki = log p(x_i, z_ki) − log q(z_ki|x_i),    bound_i = log (1/K) Σ_k w_ki

    log_joint, log_q: (K, n), samples first; log_joint may be −inf where the model excludes a sample (weight 0); where
    it excludes all of an object's, the bound is −inf. Returns (n,), in nats, float32 if the input is.
    (Mind: np.log of a number is a float64 number, and turns float32 arrays it meets into float64.)

    Weights 1 and 3 for the first object, e^−1000 twice for the second: log 2 and −1000.

    >>> log_joint = np.array([[0.0, -1001.0], [np.log(3.0), -1002.0]])
    >>> iwae_bound(log_joint, np.array([[0.0, -1.0], [0.0, -2.0]])).round(6)
    array([ 6.93147e-01, -1.00000e+03])
    """
    log_w = log_joint - log_q  # (K, n)
    return logsumexp(log_w, axis=0) - float(np.log(len(log_w)))


def bound_gap(log_joint, log_q):
    """Estimate how far the ELBO of n objects lies below the evidence, from K samples each.

    The importance-weighted bound of all samples stands for log p(x), the mean log weight is the ELBO; their difference
    estimates KL(q(z|x) ‖ p(z|x)). By Jensen it is never negative, and it is 0 when all weights of an object are equal,
    as they are for the exact posterior. Being a bound itself, the estimate of log p(x) makes the gap too small on
    average, less so the larger K.

        gap_i = log (1/K) Σ_k w_ki − (1/K) Σ_k log w_ki

    log_joint, log_q: (K, n), samples first. Returns (n,), in nats, float32 if the input is.

    Weights 1 and 3: log 2 − ½ log 3. Equal weights: 0.

    >>> bound_gap(np.array([[0.0, -7.0], [np.log(3.0), -7.0]]), np.zeros((2, 2))).round(6)
    array([0.143841, 0.      ])
    """
    log_w = log_joint - log_q
    evidence = logsumexp(log_w, axis=0) - float(np.log(len(log_w)))
    elbo = np.mean(log_w, axis=0)
    return evidence - elbo
