"""Exercise 08: two ways to fit a flow, the forward and the reverse Kullback-Leibler divergence.

π is the truth, p(x|θ) the flow's density. Which divergence can be minimized depends on what you have of π. With samples
of π (a data set), take the forward one: it's maximum likelihood, it needs f, and so AR flows are its natural models.
With the density of π, even without its normalizing constant (physics, a VAE's posterior), take the reverse one: it
draws from the flow, so it needs g, and inverse AR flows are its natural models.

    forward   KL(π ‖ p) = E_π log π(x) − E_π log p(x|θ)      the first term does not depend on θ
              log p(x|θ) = log p(z) + log|det ∂f/∂x|,        z = f(x, θ)

    reverse   KL(p ‖ π) = E_{p(z)} [ log p(z) − log|det ∂g/∂z| − log π(x) ],   x = g(z, θ)

Expectations become means over a batch. (Mind: np.log(2 * np.pi) is a float64 number, and turns float32 arrays it meets
into float64. So do the bases in the examples below; float(np.log(2 * np.pi)) doesn't.)
Read afterwards: minidgm/flows/base.py.
"""

import autograd.numpy as np


def forward_kl_loss(x, f, base_log_prob):
    """Compute the forward KL up to the constant E_π log π, which no training can change: the loss of an MLE.

        loss = − mean over the batch of [ log p(f(x)) + log|det ∂f/∂x| ]

    x: (n, m), data; f: (n, m) -> z (n, m), log_det (n,); base_log_prob: (n, m) -> (n,), the density of z, which needn't
    be normal. Returns one number of the dtype of x, in nats per object: neither summed over the batch nor divided by m.

    Two objects in one dimension, z = (x − 2)/2 (so log_det = −log 2 each) and a standard normal base:

    >>> f = lambda x: ((x - 2) / 2, np.full(len(x), -np.log(2)))
    >>> base_log_prob = lambda z: np.sum(-z**2 / 2 - np.log(2 * np.pi) / 2, axis=1)
    >>> round(float(forward_kl_loss(np.array([[1.0], [3.0]]), f, base_log_prob)), 4)
    1.7371
    """
    z, log_det = f(x)
    log_prob = base_log_prob(z) + log_det
    return -np.mean(log_prob)


def reverse_kl_loss(z, g, base_log_prob, target_log_prob):
    """Estimate KL(p ‖ π) from draws z of the base: nothing is left out, so it's 0 for a flow that equals its target.

    The flow's own log-density at x = g(z) comes from z, without f: change of variables along the way that was gone.

        loss = mean over the batch of [ log p(z) − log|det ∂g/∂z| − log π(g(z)) ]

    z: (n, m), drawn from the base; g: (n, m) -> x (n, m), log_det (n,), that of g; base_log_prob and target_log_prob:
    (n, m) -> (n,), the first for points z, the second for points x; the target may lack its normalizing constant.
    Returns one number of the dtype of z, in nats. Being a mean over a few draws, it can come out negative.

    One dimension, x = 2z + 1, a standard normal base and target. KL(N(1, 2²) ‖ N(0, 1)) = (1 + 4 − 1)/2 − log 2, and
    the draws ±1 have just the mean 0 and the variance 1 that make the estimate exact:

    >>> g = lambda z: (2 * z + 1, np.full(len(z), np.log(2)))
    >>> normal = lambda z: np.sum(-z**2 / 2 - np.log(2 * np.pi) / 2, axis=1)
    >>> round(float(reverse_kl_loss(np.array([[1.0], [-1.0]]), g, normal, normal)), 4)
    1.3069
    """
    x, log_det = g(z)
    log_prob = base_log_prob(z) - log_det
    return np.mean(log_prob - target_log_prob(x))
