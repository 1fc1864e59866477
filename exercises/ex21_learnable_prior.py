"""Exercise 21: a learnable prior, between a standard normal and the aggregated posterior.

The lecture (Optimal VAE prior): p(z) = N(0, I) over-regularizes; p(z) = q_agg(z) is optimal, overfits, and costs n
densities per evaluation. A prior p(z|λ) with K components, K far below n, stands between:

    mixture:    p(z|λ) = Σ_k π_k N(z; μ_k, σ_k²),             λ = {π_k, μ_k, σ_k}
    VampPrior:  p(z|λ) = (1/K) Σ_k q(z|u_k),                   λ = {u_k}, made-up inputs given to the encoder

Neither can be inverted as a flow can, and neither need be: the ELBO asks a prior for log p(z) alone.

Read afterwards: minidgm/vae/priors.py (MixturePrior, VampPrior). VampPrior: Tomczak and Welling, 2018.
"""

import autograd.numpy as np
from autograd.scipy.special import logsumexp


def mixture_log_prob(z, log_pi, mu, log_sigma):
    """Compute the log density of a mixture of K diagonal Gaussians at n points.

    Each component is a density over the whole of z; the mixture weighs these densities, and its logarithm is taken
    last. A component far from z has a density that no float can hold, so the sum has to be done on logarithms.

        log p(z) = log Σ_k π_k Π_j N(z_j; μ_kj, σ_kj²)
        log N(z; μ, σ²) = −½ ((z − μ)/σ)² − log σ − ½ log 2π

    z: (n, d). log_pi: (K,), the weights' logarithms; the weights sum to one, and one of them may be 0, log_pi = −inf.
    mu, log_sigma: (K, d), means and logarithms of standard deviations. Returns (n,), in nats, float32 if all input is.
    (Mind: np.log(2 * np.pi) is a float64 number, and turns float32 arrays it meets into float64.)

    At z = 0, two components in the plane, one there and one far away that adds nothing, half the weight each:
    −log 2 − log 2π.

    >>> z, log_pi = np.zeros((1, 2)), np.log(np.array([0.5, 0.5]))
    >>> mixture_log_prob(z, log_pi, np.array([[0.0, 0.0], [90.0, 0.0]]), np.zeros((2, 2))).round(6)
    array([-2.531024])
    """
    raise NotImplementedError("ex21: write mixture_log_prob")


def vamp_log_prob(z, pseudo_inputs, encoder):
    """Compute the log density of a VampPrior at n points: the encoder's own posteriors of K made-up objects, averaged.

    The optimal prior is the average of the posteriors of all n training objects. K learned pseudo-inputs stand in for
    them: the encoder turns each into a component, so the prior has no means and scales of its own.

        p(z) = (1/K) Σ_k q(z|u_k),    q(z|u_k) = N(z; μ(u_k), σ(u_k)²), diagonal

    z: (n, d). pseudo_inputs: (K, m), m the dimension of the data. encoder maps (K, m) to mu, log_sigma, each (K, d).
    Returns (n,), in nats, float32 if all input is.

    Three pseudo-inputs that this encoder sends to the same N(0, 1): the prior is N(0, 1), −½ log 2π at 0.

    >>> encoder = lambda u: (np.zeros((len(u), 1)), np.zeros((len(u), 1)))
    >>> vamp_log_prob(np.zeros((1, 1)), np.ones((3, 5)), encoder).round(6)
    array([-0.918939])
    """
    raise NotImplementedError("ex21: write vamp_log_prob")
