"""Exercise 20: ELBO surgery, the bound cut into three parts that pull in different directions.

The lecture (ELBO revisiting), averaged over the n objects of the data set:

    ELBO = reconstruction − I_q[x, z] − KL(q_agg ‖ p)
    since  (1/n) Σ_i KL(q(z|x_i) ‖ p) = KL(q_agg ‖ p) + I_q[x, z].

The usual KL term hides two: how much z tells about x, which a good decoder lives on, and how far the aggregated
posterior is from the prior, which is why samples of a VAE look worse than its reconstructions. The prior stands in the
last term only, so the best prior is q_agg itself.

Read afterwards: minidgm/vae/surgery.py, the same terms with their standard errors.
"""

import autograd.numpy as np
from autograd.scipy.special import logsumexp


def elbo_surgery(log_lik, mu, log_sigma, eps, log_prior):
    """Estimate the terms of the mean ELBO of n objects, all from the same samples, so that they add up exactly.

    Each term is a mean over the samples z_si = μ_i + σ_i ε_si of the objects' own posteriors q(z|x_i) = N(μ_i, σ_i²):

        reconstruction      mean over i of  log p(x_i|z)
        mutual_information  mean over s, i of  log q(z_si|x_i) − log q_agg(z_si),    q_agg(z) = (1/n) Σ_k q(z|x_k)
        marginal_kl         mean over s, i of  log q_agg(z_si) − log p(z_si)
        elbo                reconstruction less the mean over s, i of  log q(z_si|x_i) − log p(z_si)

    Estimate the KL to the prior from the samples even where you know it in closed form: only with the same ε in every
    term is the identity exact, and the prior here may be anything.

    log_lik: (n,), each object's log p(x_i|z), averaged over its posterior already. mu, log_sigma: (n, d).
    eps: (samples, n, d). log_prior: a callable that maps (n, d) to (n,).
    Returns a dict with the four keys above, each value one number (a float), in nats. float32 and float64. (Mind:
    np.log(2 * np.pi) is a float64 number, and turns float32 arrays it meets into float64. The result is right then, but
    the table of all pairs takes twice the memory; float(np.log(2 * np.pi)) keeps float32.)

    Two objects, one far from where the prior expects it:

    >>> mu, log_sigma, eps = np.array([[0.0], [20.0]]), np.zeros((2, 1)), np.zeros((1, 2, 1))
    >>> log_prior = lambda z: np.sum(-0.5 * z**2 - 0.5 * np.log(2 * np.pi), axis=1)
    >>> terms = elbo_surgery(np.array([-1.0, -3.0]), mu, log_sigma, eps, log_prior)
    >>> {name: round(value, 4) for name, value in terms.items()}
    {'reconstruction': -2.0, 'mutual_information': 0.6931, 'marginal_kl': 99.3069, 'elbo': -102.0}
    """
    n = len(mu)
    z = mu + np.exp(log_sigma) * eps  # (samples, n, d)
    standardized = (z[:, :, None, :] - mu) * np.exp(-log_sigma)
    table = np.sum(-0.5 * standardized**2 - log_sigma - 0.5 * float(np.log(2 * np.pi)), axis=-1)
    log_q = np.diagonal(table, axis1=1, axis2=2)  # of (samples, n, n), entry s, i, k is log q(z_si|x_k)
    log_q_agg = logsumexp(table, axis=2) - float(np.log(n))
    log_p = np.stack([log_prior(sample) for sample in z])
    reconstruction = np.mean(log_lik)
    return {
        "reconstruction": float(reconstruction),
        "mutual_information": float(np.mean(log_q - log_q_agg)),
        "marginal_kl": float(np.mean(log_q_agg - log_p)),
        "elbo": float(reconstruction - np.mean(log_q - log_p)),
    }
