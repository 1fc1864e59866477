"""Exercise 23: a flow as the posterior of a VAE.

The lecture (Variational posterior): log p(x) = ELBO + KL(q(z|x) ‖ p(z|x)), and a diagonal Gaussian q is unimodal, so
the gap stays open however long one trains. Let the encoder be the base distribution of a flow, z ~ q(z|x), z* = f(z):

    log q(z*|x) = log q(z|x) − log|det(dz*/dz)|

z* is what the decoder and the prior see from here on. Only samples of the posterior are ever scored, and f makes them
directly, so it never has to be inverted: an inverse autoregressive flow is fast here. A flow in the posterior does to
the ELBO what its inverse does in the prior, with the decoder shifted along (KL duality).

Read afterwards: minidgm/vae/posteriors.py (FlowPosterior). Rezende and Mohamed, 2015; Kingma et al., 2016.
"""

import autograd.numpy as np


def flow_posterior(mu, log_sigma, eps, f):
    """Sample the flow posterior of n objects, and compute its log density at the samples.

    The encoder's reparameterized sample goes through f. Where f stretches the space, probability is thinned out. The
    base density is known at the noise that made the sample; there is no need to recover it from the sample, and in
    float32 a narrow posterior far from zero would not survive that.

        z = μ + σ ε,    log q(z|x) = Σ_j [ −½ ε_j² − log σ_j − ½ log 2π ]
        z*, log_det = f(z),    log q(z*|x) = log q(z|x) − log_det

    mu, log_sigma, eps: (n, d). f maps (n, d) to z* (n, d) and log_det (n,), the log|det| of its own Jacobian.
    Returns z* (n, d) and log q(z*|x) (n,), in nats, float32 if the input is.
    (Mind: np.log(2 * np.pi) is a float64 number, and turns float32 arrays it meets into float64.)

    A sample 1 ± ½, then stretched by 4, as of N(4, 2²); its log density −½ − log 2 − ½ log 2π:

    >>> stretch = lambda z: (4 * z, np.full(len(z), np.log(4.0)))
    >>> z, log_q = flow_posterior(np.array([[1.0]]), np.log(np.array([[0.5]])), np.array([[1.0]]), stretch)
    >>> z, log_q.round(6)
    (array([[6.]]), array([-2.112086]))
    """
    z = mu + np.exp(log_sigma) * eps
    log_q = np.sum(-0.5 * eps**2 - log_sigma - 0.5 * float(np.log(2 * np.pi)), axis=-1)
    z_star, log_det = f(z)
    return z_star, log_q - log_det


def flow_posterior_elbo(x, mu, log_sigma, eps, f, decoder):
    """Compute the one-sample ELBO of n binary objects with a flow as the posterior.

    The prior is N(0, I) and the decoder a Bernoulli for each of the m pixels. The KL has no closed form any more: every
    term is evaluated at the sample that came out of the flow.

        ELBO_i = log p(x_i|z*_i) + log N(z*_i; 0, I) − log q(z*_i|x_i)
        log p(x|z*) = Σ_j [ x_j l_j − softplus(l_j) ],    l = decoder(z*),    softplus(l) = log(1 + e^l)

    x: (n, m), 0 or 1. mu, log_sigma, eps: (n, d). f as in `flow_posterior`. decoder maps (n, d) to logits (n, m); they
    may be large (±1000), so e^l may overflow. Returns (n,), one bound per object, in nats, float32 if the input is.

    A decoder that ignores z, three pixels of probability ½, and a posterior that f makes equal to the prior: the bound
    is tight, log p(x) = −3 log 2.

    >>> x, mu, log_sigma = np.array([[1.0, 0.0, 1.0]]), np.array([[3.0]]), np.log(np.array([[0.5]]))
    >>> f = lambda z: ((z - 3.0) / 0.5, np.full(len(z), np.log(2.0)))
    >>> flow_posterior_elbo(x, mu, log_sigma, np.array([[0.7]]), f, lambda z: np.zeros((1, 3))).round(6)
    array([-2.079442])
    """
    z = mu + np.exp(log_sigma) * eps
    log_q = np.sum(-0.5 * eps**2 - log_sigma - 0.5 * float(np.log(2 * np.pi)), axis=-1)
    z_star, log_det = f(z)
    logits = decoder(z_star)
    log_lik = np.sum(x * logits - np.logaddexp(0, logits), axis=-1)
    log_prior = np.sum(-0.5 * z_star**2 - 0.5 * float(np.log(2 * np.pi)), axis=-1)
    return log_lik + log_prior - (log_q - log_det)
