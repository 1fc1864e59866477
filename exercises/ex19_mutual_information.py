"""Exercise 19: mutual information, how much the latent code knows about which object it came from.

The lecture (ELBO surgery):  I_q[x, z] = (1/n) Σ_i KL(q(z|x_i) ‖ q_agg(z)),  which lies in [0, log n].

Pick one of n objects at random and draw z from its posterior q(z|x_i). I_q says how many nats z tells about i. It is 0
when all posteriors are equal: the decoder learns nothing from z, the posterior has collapsed. It is log n when they do
not overlap: z gives the object away. It can never pass log n, since q_agg(z) ≥ q(z|x_i)/n at every z.

An estimate that sees only a minibatch of B objects as if it were the whole data set can never pass log B. The second
function mends that.

Read afterwards: minidgm/vae/surgery.py, where the same thing runs for 60,000 objects in little memory.
"""

import autograd.numpy as np
from autograd.scipy.special import logsumexp


def mutual_information(mu, log_sigma, eps):
    """Estimate the mutual information between objects and latent codes from n diagonal Gaussian posteriors.

    Draw codes from each object's own posterior, and compare its density there with the aggregated posterior's. Every
    object's posterior is part of q_agg, the object's own as well: that is what holds I_q between 0 and log n.

        z_si = μ_i + σ_i ε_si
        I_q  = mean over s and i of  [ log q(z_si|x_i) − log q_agg(z_si) ],    q_agg(z) = (1/n) Σ_k q(z|x_k)

    q(z|x_k) is the product over the d dimensions of normal densities with means μ_k and standard deviations σ_k.

    mu, log_sigma: (n, d), the posteriors' means and the logarithms of their standard deviations, float32 or float64.
    eps: (samples, n, d), standard normal noise, one for each sample and object. Returns one number, a float, in nats.
    Densities far out in the tails are far below the smallest float: stay with their logarithms. n = 1 gives 0. With
    unlucky noise an estimate may lie below 0: return it as it is, for a clipped one is no mean any more.
    (Mind: np.log(2 * np.pi) is a float64 number, and turns float32 arrays it meets into float64. The result is right
    then, but the table of all pairs takes twice the memory; float(np.log(2 * np.pi)) keeps float32.)

    Two posteriors that hardly overlap: one code tells which, log 2 nats. Two equal ones: 0.

    >>> mu, log_sigma, eps = np.array([[0.0], [20.0]]), np.zeros((2, 1)), np.array([[[0.5], [-1.0]]])
    >>> round(mutual_information(mu, log_sigma, eps), 6)
    0.693147
    >>> round(mutual_information(0 * mu, log_sigma, eps), 6)
    0.0
    """
    raise NotImplementedError("ex19: write mutual_information")


def minibatch_mutual_information(mu, log_sigma, eps, total):
    """Estimate the mutual information over a data set of N = `total` objects from a minibatch of B of them.

    A data set of 60,000 has too many posteriors for every training step. In q_agg an object's own posterior weighs 1/N
    as before; the other B − 1 of the batch stand for all the other N − 1 objects, and share their weight equally. Seen
    over the whole data set an object is rare, so the estimate can reach log N, though only B posteriors are at hand.

        q_agg(z_si) ≈ (1/N) q(z_si|x_i) + Σ_{k≠i} (N−1)/N · 1/(B−1) · q(z_si|x_k)
        I_q         = mean over s and i of  [ log q(z_si|x_i) − log q_agg(z_si) ]

    mu, log_sigma: (B, d). eps: (samples, B, d). total: N, an integer ≥ B. Returns one number, a float, in nats.
    With B = N it is `mutual_information` (so for B = N = 1, an object without others, it is 0). With B = 1 and N > 1
    there are no others to share the weight (N−1)/N: q_agg is q(z|x_1)/N alone, and the estimate log N.

    Two objects that do not overlap, out of a data set of 1000: log 1000 nats, ten times what a batch of two "has".

    >>> mu, log_sigma, eps = np.array([[0.0], [200.0]]), np.zeros((2, 1)), np.array([[[0.5], [-1.0]]])
    >>> round(minibatch_mutual_information(mu, log_sigma, eps, 1000), 6)
    6.907755
    >>> round(minibatch_mutual_information(mu, log_sigma, eps, 2), 6)
    0.693147
    """
    raise NotImplementedError("ex19: write minibatch_mutual_information")
