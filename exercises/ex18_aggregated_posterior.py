"""Exercise 18: the aggregated posterior (Hoffman and Johnson 2016; Makhzani et al. 2016).

Encode every object of the data set and mix the n posteriors: that is the distribution of codes the decoder really
meets in training. The lecture shows that it's the best prior for the ELBO, and that the mutual information between x
and z compares it with the single posteriors. Both need its log-density, at many points.

    q_agg(z) = (1/n) Σ_i q(z|x_i),   q(z|x_i) = N(μ_i, diag σ_i²)

    log q_agg(z) = log Σ_i q(z|x_i) − log n

Every point meets every posterior: n_z · n pairs of d coordinates. Exercise 19 goes on from here.
Read afterwards: minidgm/vae/surgery.py and minidgm/vae/priors.py, for n = 60,000 in little memory.
"""

import autograd.numpy as np
from autograd.scipy.special import logsumexp


def gaussian_log_prob_table(z, mu, log_sigma):
    """The log-density of every point under every posterior, as one table.

    Row k is a point, column i an object: entry [k, i] is log q(z_k|x_i). The points need not belong to the objects,
    and there may be more or fewer of them. Array operations do all pairs at once; a Python loop over pairs would take
    hours. Mind the precision: in float32, with posteriors narrow and far from zero (μ near 100, σ near 0.01), the
    square (z − μ)² must not be taken apart into z² − 2zμ + μ², three numbers a million times larger than their sum.

        log q(z|x_i) = Σ_j (−½ ((z_j − μ_ij) / σ_ij)² − log σ_ij − ½ log 2π)

    z: (n_z, d); mu, log_sigma: (n, d), log σ being that of the standard deviation. Returns (n_z, n), in nats and in the
    dtype of the arguments (np.log(2 * np.pi), a float64 number of NumPy's, would change it; a Python float doesn't).

    One point, two posteriors, d = 1: N(0, 1) at 1 is e^{−1/2} / √(2π), N(3, 2²) at 1 the same divided by 2.

    >>> gaussian_log_prob_table(np.array([[1.0]]), np.array([[0.0], [3.0]]), np.log([[1.0], [2.0]]))
    array([[-1.41893853, -2.11208571]])
    """
    raise NotImplementedError("ex18: write gaussian_log_prob_table")


def aggregated_log_prob(z, mu, log_sigma):
    """The log-density of the aggregated posterior: a mixture of n Gaussians, all of the same weight.

    It can't fall below any single posterior by more than log n, because each one has the share 1/n in it, nor exceed
    the highest one. Points far from every posterior have log-densities like −10⁵, narrow posteriors in many dimensions
    like +1000: both are wanted as they are.

        log q_agg(z) = log (1/n) Σ_i q(z|x_i)

    z: (n_z, d); mu, log_sigma: (n, d). Returns (n_z,), in nats and in the dtype of the arguments.

    The example above: (0.2420 + 0.1210) / 2 = 0.1815, whose logarithm is −1.7066.

    >>> np.round(aggregated_log_prob(np.array([[1.0]]), np.array([[0.0], [3.0]]), np.log([[1.0], [2.0]])), 4)
    array([-1.7066])
    """
    raise NotImplementedError("ex18: write aggregated_log_prob")
