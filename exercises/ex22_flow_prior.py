"""Exercise 22: a flow as the prior of a VAE.

The lecture (Flow-based VAE prior): the prior p(z|λ) is a flow in latent space, z* = f(z, λ) with z* standard normal,

    log p(z|λ) = log p(z*) + log|det(dz*/dz)| = log p(f(z, λ)) + log|det J_f|.

Training the ELBO only ever evaluates log p(z|λ) at samples of the encoder, so a prior wants a fast f: coupling layers
or an autoregressive flow. To generate, go the other way: z* ~ N(0, I), z = g(z*, λ), x from the decoder.

Read afterwards: minidgm/vae/priors.py (FlowPrior) and minidgm/flows/base.py (FlowModel).
"""

import autograd.numpy as np


def flow_prior_log_prob(z, f):
    """Compute the prior's log density at n latent codes, by the change of variables.

    f carries a code to the place where the prior is a plain standard normal; log_det says by how much f stretches the
    space around the code, and with it how much denser or thinner the prior is there than the normal.

        z*, log_det = f(z)
        log p(z) = log N(z*; 0, I) + log_det,      log N(z*; 0, I) = −½ Σ_j z*_j² − (d/2) log 2π

    z: (n, d). f maps (n, d) to z* (n, d) and log_det (n,), the log|det| of f's own Jacobian. Returns (n,), in nats,
    float32 if z and what f returns are. (np.log(2 * np.pi) is a float64 number: mind what it meets.)

    f stretches everything by two, so z is narrower than a standard normal; at 0, log 2 − ½ log 2π:

    >>> stretch = lambda z: (2 * z, np.full(len(z), np.log(2.0)))
    >>> flow_prior_log_prob(np.array([[0.0], [1.0]]), stretch).round(6)
    array([-0.225791, -2.225791])
    """
    raise NotImplementedError("ex22: write flow_prior_log_prob")


def flow_prior_elbo(log_lik, z, log_q, f):
    """Compute the one-sample ELBO of n objects with a flow as the prior.

    It is the usual ELBO with the learnable prior in the standard normal's place; a KL in closed form there is none,
    so all three terms are evaluated at the encoder's samples z_i ~ q(z|x_i).

        ELBO_i = log p(x_i|z_i) + log p(f(z_i)) + log|det J_f(z_i)| − log q(z_i|x_i)

    log_lik: (n,), log p(x|z). z: (n, d). log_q: (n,), log q(z|x). f as in `flow_prior_log_prob`.
    Returns (n,), one bound per object, in nats, float32 if all input is.

    >>> stretch = lambda z: (2 * z, np.full(len(z), np.log(2.0)))
    >>> flow_prior_elbo(np.array([-3.0, -4.0]), np.array([[0.0], [1.0]]), np.array([-0.5, -1.0]), stretch).round(6)
    array([-2.725791, -5.225791])
    """
    raise NotImplementedError("ex22: write flow_prior_elbo")
