"""Wrong and other right answers to exercise 20."""

import numpy as np
from scipy.special import logsumexp

from minidgm.course.bank import misconception, right_answer
from minidgm.course.densities import norm


def pieces(mu, log_sigma, eps, log_prior):
    """log q(z_si|x_i), log q_agg(z_si) and log p(z_si), each (samples, n)."""
    z = mu + np.exp(log_sigma) * eps
    table = densities(z, mu, log_sigma)
    log_q_agg = logsumexp(table, axis=2) - np.log(len(mu))
    return np.diagonal(table, axis1=1, axis2=2), log_q_agg, prior_of(z, log_prior)


def densities(z, mu, log_sigma):
    """log q(z_si|x_k): (samples, n, n)."""
    u = (z[:, :, None] - mu) * np.exp(-log_sigma)
    return np.sum(-0.5 * u**2 - log_sigma - 0.5 * np.log(2 * np.pi), axis=-1)


def prior_of(z, log_prior):
    return np.stack([log_prior(sample) for sample in z])


def terms(reconstruction, information, kl, elbo=None):
    """The dict; the ELBO is the three parts' sum unless given."""
    elbo = reconstruction - information - kl if elbo is None else elbo
    values = {"reconstruction": reconstruction, "mutual_information": information, "marginal_kl": kl, "elbo": elbo}
    return {key: float(value) for key, value in values.items()}


def standard(log_lik, log_q, log_q_agg, log_p):
    """The dict from the pieces."""
    return terms(np.mean(log_lik), np.mean(log_q - log_q_agg), np.mean(log_q_agg - log_p))


# ------------------------------------------------------------------ wrong


@misconception(
    "elbo_surgery",
    "marginal_kl has its sign turned: KL(q_agg‖p) is the mean of log q_agg − log p, not of log p − log q_agg, and is "
    "not negative in expectation.",
)
def marginal_kl_turned(log_lik, mu, log_sigma, eps, log_prior):
    log_q, log_q_agg, log_p = pieces(mu, log_sigma, eps, log_prior)
    return terms(np.mean(log_lik), np.mean(log_q - log_q_agg), np.mean(log_p - log_q_agg))


@misconception(
    "elbo_surgery",
    "You take the absolute value of marginal_kl. A KL is never negative, an estimate of it may be: with its sign lost "
    "the mean is wrong, and the parts no longer add up to the ELBO.",
)
def absolute_marginal_kl(log_lik, mu, log_sigma, eps, log_prior):
    log_q, log_q_agg, log_p = pieces(mu, log_sigma, eps, log_prior)
    kl, elbo = np.mean(log_q_agg - log_p), np.mean(log_lik) - np.mean(log_q - log_p)
    return terms(np.mean(log_lik), np.mean(log_q - log_q_agg), abs(kl), elbo)


@misconception(
    "elbo_surgery",
    "You clip the estimates at 0. A KL and a mutual information are never negative, estimates of them may be: clipped, "
    "their means are wrong, and the parts no longer add up to the ELBO.",
)
def clipped_at_zero(log_lik, mu, log_sigma, eps, log_prior):
    log_q, log_q_agg, log_p = pieces(mu, log_sigma, eps, log_prior)
    information, kl = max(0.0, np.mean(log_q - log_q_agg)), max(0.0, np.mean(log_q_agg - log_p))
    return terms(np.mean(log_lik), information, kl, np.mean(log_lik) - np.mean(log_q - log_p))


@misconception(
    "elbo_surgery",
    "Under marginal_kl you return the mean KL of the single posteriors to the prior. That is the sum of both other "
    "terms: the mutual information is then subtracted twice, and the parts no longer add up to the ELBO.",
)
def whole_kl_as_marginal(log_lik, mu, log_sigma, eps, log_prior):
    log_q, log_q_agg, log_p = pieces(mu, log_sigma, eps, log_prior)
    return terms(np.mean(log_lik), np.mean(log_q - log_q_agg), np.mean(log_q - log_p), np.mean(log_lik - log_q + log_p))


@misconception(
    "elbo_surgery",
    "Your marginal_kl is the KL of the single posteriors, and the ELBO is made of the parts: it counts the mutual "
    "information twice. Whose density belongs in the marginal KL?",
)
def information_counted_twice(log_lik, mu, log_sigma, eps, log_prior):
    log_q, log_q_agg, log_p = pieces(mu, log_sigma, eps, log_prior)
    return terms(np.mean(log_lik), np.mean(log_q - log_q_agg), np.mean(log_q - log_p))


@misconception(
    "elbo_surgery",
    "Under mutual_information you return the mean KL to the prior. Mutual information compares each posterior with "
    "q_agg; no prior enters it.",
)
def whole_kl_as_information(log_lik, mu, log_sigma, eps, log_prior):
    log_q, log_q_agg, log_p = pieces(mu, log_sigma, eps, log_prior)
    elbo = np.mean(log_lik - log_q + log_p)
    return terms(np.mean(log_lik), np.mean(log_q - log_p), np.mean(log_q_agg - log_p), elbo)


@misconception(
    "elbo_surgery",
    "Mutual information is added to the ELBO where it is subtracted. It sounds like something good, but in the ELBO it "
    "is part of the KL, which is a cost.",
)
def information_added(log_lik, mu, log_sigma, eps, log_prior):
    log_q, log_q_agg, log_p = pieces(mu, log_sigma, eps, log_prior)
    rec, info, kl = np.mean(log_lik), np.mean(log_q - log_q_agg), np.mean(log_q_agg - log_p)
    return terms(rec, info, kl, rec + info - kl)


@misconception(
    "elbo_surgery",
    "The ELBO lacks the mutual information: the mean KL to the prior has two parts, and you subtract the marginal KL "
    "alone.",
)
def information_not_in_the_elbo(log_lik, mu, log_sigma, eps, log_prior):
    log_q, log_q_agg, log_p = pieces(mu, log_sigma, eps, log_prior)
    rec, info, kl = np.mean(log_lik), np.mean(log_q - log_q_agg), np.mean(log_q_agg - log_p)
    return terms(rec, info, kl, rec - kl)


@misconception(
    "elbo_surgery",
    "The ELBO is the negative of the one asked for: a loss to minimize. The bound itself is wanted.",
)
def loss_for_elbo(log_lik, mu, log_sigma, eps, log_prior):
    log_q, log_q_agg, log_p = pieces(mu, log_sigma, eps, log_prior)
    elbo = np.mean(log_lik - log_q + log_p)
    return terms(np.mean(log_lik), np.mean(log_q - log_q_agg), np.mean(log_q_agg - log_p), -elbo)


@misconception(
    "elbo_surgery",
    "Your q_agg is a sum of posteriors, not their average: its log lacks − log n. The ELBO hides it, since q_agg "
    "cancels there; mutual information and marginal KL are both off by log n.",
)
def forgotten_log_n(log_lik, mu, log_sigma, eps, log_prior):
    log_q, log_q_agg, log_p = pieces(mu, log_sigma, eps, log_prior)
    return standard(log_lik, log_q, log_q_agg + np.log(len(mu)), log_p)


@misconception(
    "elbo_surgery",
    "log q_agg is taken as the mean of the log densities; it is the logarithm of the mean density. The ELBO hides it, "
    "since q_agg cancels there, but the mutual information can now pass log n.",
)
def mean_of_logs(log_lik, mu, log_sigma, eps, log_prior):
    log_q, _, log_p = pieces(mu, log_sigma, eps, log_prior)
    log_q_agg = densities(mu + np.exp(log_sigma) * eps, mu, log_sigma).mean(axis=2)
    return standard(log_lik, log_q, log_q_agg, log_p)


@misconception(
    "elbo_surgery",
    "An object's own posterior is left out of its q_agg. All n belong to it; without its own the mutual information "
    "has no bound.",
)
def own_posterior_left_out(log_lik, mu, log_sigma, eps, log_prior):
    log_q, _, log_p = pieces(mu, log_sigma, eps, log_prior)
    table = densities(mu + np.exp(log_sigma) * eps, mu, log_sigma)
    table = np.where(np.eye(len(mu), dtype=bool), -np.inf, table)
    return standard(log_lik, log_q, logsumexp(table, axis=2) - np.log(max(len(mu) - 1, 1)), log_p)


@misconception(
    "elbo_surgery",
    "The mixture runs over the objects whose samples they are, not over the posteriors: the two object axes of the "
    "table are exchanged. q_agg is wanted at one sample, over everybody's posteriors.",
)
def axes_exchanged(log_lik, mu, log_sigma, eps, log_prior):
    log_q, _, log_p = pieces(mu, log_sigma, eps, log_prior)
    table = densities(mu + np.exp(log_sigma) * eps, mu, log_sigma)
    return standard(log_lik, log_q, logsumexp(table, axis=1) - np.log(len(mu)), log_p)


@misconception(
    "elbo_surgery",
    "The prior is evaluated at the posteriors' means, the other densities at the samples. All terms are expectations "
    "over the same z.",
)
def prior_at_the_means(log_lik, mu, log_sigma, eps, log_prior):
    log_q, log_q_agg, _ = pieces(mu, log_sigma, eps, log_prior)
    return standard(log_lik, log_q, log_q_agg, prior_of(mu + 0 * eps, log_prior))


@misconception(
    "elbo_surgery",
    "The prior is evaluated at the noise ε, not at z = μ + σε. The ε are where the samples come from; the prior judges "
    "where they land.",
)
def prior_at_the_noise(log_lik, mu, log_sigma, eps, log_prior):
    log_q, log_q_agg, _ = pieces(mu, log_sigma, eps, log_prior)
    return standard(log_lik, log_q, log_q_agg, prior_of(eps, log_prior))


@misconception(
    "elbo_surgery",
    "You compute with N(0, I) as the prior whatever log_prior says. The prior is an argument: a learned one is the "
    "whole point of what follows in the lecture.",
)
def standard_normal_prior(log_lik, mu, log_sigma, eps, log_prior):
    log_q, log_q_agg, _ = pieces(mu, log_sigma, eps, log_prior)
    return standard(log_lik, log_q, log_q_agg, norm.logpdf(mu + np.exp(log_sigma) * eps).sum(axis=-1))


@misconception(
    "elbo_surgery",
    "The ELBO uses the closed-form KL to N(0, I). It ignores log_prior, and even for that prior it has no sampling "
    "noise while the two terms have: they then cannot add up.",
)
def closed_form_elbo(log_lik, mu, log_sigma, eps, log_prior):
    log_q, log_q_agg, log_p = pieces(mu, log_sigma, eps, log_prior)
    closed = 0.5 * np.sum(mu**2 + np.exp(2 * log_sigma) - 1 - 2 * log_sigma, axis=1)
    elbo = np.mean(log_lik) - np.mean(closed)
    return terms(np.mean(log_lik), np.mean(log_q - log_q_agg), np.mean(log_q_agg - log_p), elbo)


@misconception(
    "elbo_surgery",
    "Mutual information and marginal KL use different noise. Both estimates are fair, but log q_agg no longer cancels "
    "between them: the identity holds exactly only with the same ε in each.",
)
def different_noise(log_lik, mu, log_sigma, eps, log_prior):
    log_q, log_q_agg, log_p = pieces(mu, log_sigma, eps, log_prior)
    _, other_agg, other_p = pieces(mu, log_sigma, -eps, log_prior)
    elbo = np.mean(log_lik - log_q + log_p)
    return terms(np.mean(log_lik), np.mean(log_q - log_q_agg), np.mean(other_agg - other_p), elbo)


@misconception(
    "elbo_surgery",
    "Only the first sample of each object is used; the expectations are means over all of them. eps has an axis for "
    "samples.",
)
def first_sample_only(log_lik, mu, log_sigma, eps, log_prior):
    return standard(log_lik, *pieces(mu, log_sigma, eps[:1], log_prior))


@misconception(
    "elbo_surgery",
    "log_sigma is taken for the logarithm of the variance. It is that of the standard deviation: σ = exp(log_sigma).",
)
def log_variance(log_lik, mu, log_sigma, eps, log_prior):
    return standard(log_lik, *pieces(mu, 0.5 * log_sigma, eps, log_prior))


@misconception(
    "elbo_surgery",
    "Terms are summed over the objects. The lecture's surgery starts with (1/n) Σ: the mean over the data set.",
)
def summed_over_objects(log_lik, mu, log_sigma, eps, log_prior):
    right = standard(log_lik, *pieces(mu, log_sigma, eps, log_prior))
    return {key: value * len(mu) for key, value in right.items()}


@misconception(
    "elbo_surgery",
    "The reconstruction is summed over the objects while the KL terms are averaged: the ELBO mixes the two scales.",
)
def reconstruction_summed(log_lik, mu, log_sigma, eps, log_prior):
    return standard(len(mu) * log_lik, *pieces(mu, log_sigma, eps, log_prior))


@misconception(
    "elbo_surgery",
    "You return a number for each object; the terms are means over the data set, one number each. (An object has no "
    "marginal KL of its own.)",
)
def one_number_per_object(log_lik, mu, log_sigma, eps, log_prior):
    log_q, log_q_agg, log_p = pieces(mu, log_sigma, eps, log_prior)
    info, kl = np.mean(log_q - log_q_agg, axis=0), np.mean(log_q_agg - log_p, axis=0)
    return {
        "reconstruction": log_lik,
        "mutual_information": info,
        "marginal_kl": kl,
        "elbo": log_lik - info - kl,
    }


@misconception(
    "elbo_surgery",
    "Four numbers come back in a row, and a caller must guess which is which. A dict with the four keys is wanted.",
)
def tuple_returned(log_lik, mu, log_sigma, eps, log_prior):
    return tuple(standard(log_lik, *pieces(mu, log_sigma, eps, log_prior)).values())


@misconception(
    "elbo_surgery",
    "Densities are exponentiated before they are averaged. In hundreds of dimensions they leave the floats; stay with "
    "logarithms.",
)
def naive_exponentials(log_lik, mu, log_sigma, eps, log_prior):
    log_q, _, log_p = pieces(mu, log_sigma, eps, log_prior)
    table = densities(mu + np.exp(log_sigma) * eps, mu, log_sigma)
    return standard(log_lik, log_q, np.log(np.mean(np.exp(table), axis=2)), log_p)


@misconception(
    "elbo_surgery",
    "The prior is handed all samples as one array (samples, n, d). It takes (n, d): a learned prior is a network or a "
    "flow, and would fail or, worse, sum over the wrong axis.",
)
def prior_given_three_axes(log_lik, mu, log_sigma, eps, log_prior):
    log_prior(mu + np.exp(log_sigma) * eps)


@misconception(
    "elbo_surgery",
    "q(z_si|x_k) is given the mean of object k but the width of object i, the sample's. Both belong to the posterior: "
    "index σ like μ.",
)
def width_of_the_samples_object(log_lik, mu, log_sigma, eps, log_prior):
    log_q, _, log_p = pieces(mu, log_sigma, eps, log_prior)
    own = log_sigma[:, None]
    u = ((mu + np.exp(log_sigma) * eps)[:, :, None] - mu) * np.exp(-own)
    table = np.sum(-0.5 * u**2 - own - 0.5 * np.log(2 * np.pi), axis=-1)
    return standard(log_lik, log_q, logsumexp(table, axis=2) - np.log(len(mu)), log_p)


@misconception(
    "elbo_surgery",
    "½ log 2π is in one of the two densities q and q_agg and not in the other. q_agg is an average of the very same "
    "densities: constants and all.",
)
def two_pi_missing_in_q_agg(log_lik, mu, log_sigma, eps, log_prior):
    log_q, log_q_agg, log_p = pieces(mu, log_sigma, eps, log_prior)
    return standard(log_lik, log_q, log_q_agg + 0.5 * mu.shape[1] * np.log(2 * np.pi), log_p)


@misconception(
    "elbo_surgery",
    "½ log 2π, once per dimension, is missing from the posteriors' densities. It cancels in the mutual information, "
    "but not against the prior, which has its own: marginal KL and ELBO are off by (d/2) log 2π.",
)
def two_pi_missing_in_both(log_lik, mu, log_sigma, eps, log_prior):
    log_q, log_q_agg, log_p = pieces(mu, log_sigma, eps, log_prior)
    constant = 0.5 * mu.shape[1] * np.log(2 * np.pi)
    return standard(log_lik, log_q + constant, log_q_agg + constant, log_p)


# ------------------------------------------------------------------ right


@misconception(
    "elbo_surgery",
    "You subtract the logarithm of the number of samples from log q_agg. Its average is over the n posteriors; the "
    "samples are averaged outside the logarithm.",
)
def log_of_the_samples(log_lik, mu, log_sigma, eps, log_prior):
    log_q, log_q_agg, log_p = pieces(mu, log_sigma, eps, log_prior)
    return standard(log_lik, log_q, log_q_agg + np.log(len(mu)) - np.log(len(eps)), log_p)


@misconception(
    "elbo_surgery",
    "Your marginal_kl is the closed-form KL to N(0, I), less the mutual information. It ignores log_prior, and even "
    "for that prior the parts of the identity need the same samples.",
)
def marginal_kl_by_the_closed_form(log_lik, mu, log_sigma, eps, log_prior):
    log_q, log_q_agg, log_p = pieces(mu, log_sigma, eps, log_prior)
    closed = 0.5 * np.sum(mu**2 + np.exp(2 * log_sigma) - 1 - 2 * log_sigma, axis=1)
    information = np.mean(log_q - log_q_agg)
    return terms(np.mean(log_lik), information, np.mean(closed) - information)


@misconception(
    "elbo_surgery",
    "You add the whole KL to the ELBO. A KL is a cost: both of its parts, mutual information and marginal KL, are "
    "subtracted from the reconstruction.",
)
def kl_added_to_the_elbo(log_lik, mu, log_sigma, eps, log_prior):
    log_q, log_q_agg, log_p = pieces(mu, log_sigma, eps, log_prior)
    rec, info, kl = np.mean(log_lik), np.mean(log_q - log_q_agg), np.mean(log_q_agg - log_p)
    return terms(rec, info, kl, rec + info + kl)


@misconception(
    "elbo_surgery",
    "The marginal KL is added to the ELBO where it is subtracted: it is the rest of the KL to the prior, a cost.",
)
def marginal_kl_added(log_lik, mu, log_sigma, eps, log_prior):
    log_q, log_q_agg, log_p = pieces(mu, log_sigma, eps, log_prior)
    rec, info, kl = np.mean(log_lik), np.mean(log_q - log_q_agg), np.mean(log_q_agg - log_p)
    return terms(rec, info, kl, rec - info + kl)


@misconception(
    "elbo_surgery",
    "q_agg is evaluated at the posteriors' means, the other densities at the samples. All terms are expectations over "
    "the same z.",
)
def q_agg_at_the_means(log_lik, mu, log_sigma, eps, log_prior):
    log_q, _, log_p = pieces(mu, log_sigma, eps, log_prior)
    _, log_q_agg, _ = pieces(mu, log_sigma, 0 * eps, log_prior)
    return standard(log_lik, log_q, log_q_agg, log_p)


@right_answer("elbo_surgery")
def loops(log_lik, mu, log_sigma, eps, log_prior):
    n, info, kl = len(mu), [], []
    for sample in eps:
        z = mu + np.exp(log_sigma) * sample
        log_p = log_prior(z)
        for i in range(n):
            log_q = [norm.logpdf(z[i], mu[k], np.exp(log_sigma[k])).sum() for k in range(n)]
            log_q_agg = logsumexp(log_q) - np.log(n)
            info.append(log_q[i] - log_q_agg)
            kl.append(log_q_agg - log_p[i])
    return terms(np.mean(log_lik), np.mean(info), np.mean(kl))


@right_answer("elbo_surgery")
def prior_in_one_call(log_lik, mu, log_sigma, eps, log_prior):
    z = mu + np.exp(log_sigma) * eps
    log_q, log_q_agg, _ = pieces(mu, log_sigma, eps, log_prior)
    log_p = log_prior(z.reshape(-1, z.shape[-1])).reshape(log_q.shape)
    return standard(log_lik, log_q, log_q_agg, log_p)


@right_answer("elbo_surgery")
def marginal_kl_as_the_difference(log_lik, mu, log_sigma, eps, log_prior):
    _, log_q_agg, log_p = pieces(mu, log_sigma, eps, log_prior)
    log_q = np.sum(-0.5 * eps**2 - log_sigma - 0.5 * np.log(2 * np.pi), axis=-1)
    kl, info = np.mean(log_q - log_p), np.mean(log_q - log_q_agg)
    return {
        "elbo": np.mean(log_lik) - kl,
        "mutual_information": info,
        "marginal_kl": kl - info,
        "reconstruction": np.mean(log_lik),
    }


# ------------------------------------------------------------------ more


@misconception(
    "elbo_surgery",
    "marginal_kl has its sign turned: KL(q_agg‖p) is the mean of log q_agg − log p; with the other sign the "
    "parts do not add up to the ELBO.",
)
def marginal_kl_turned_alone(log_lik, mu, log_sigma, eps, log_prior):
    log_q, log_q_agg, log_p = pieces(mu, log_sigma, eps, log_prior)
    elbo = np.mean(log_lik) - np.mean(log_q - log_p)
    return terms(np.mean(log_lik), np.mean(log_q - log_q_agg), np.mean(log_p - log_q_agg), elbo)


@misconception(
    "elbo_surgery",
    "q_agg is replaced by one Gaussian with its mean and spread. It is a mixture of n Gaussians, with holes between "
    "them, and those are what the marginal KL is about.",
)
def one_gaussian_for_q_agg(log_lik, mu, log_sigma, eps, log_prior):
    log_q, _, log_p = pieces(mu, log_sigma, eps, log_prior)
    z, mean = mu + np.exp(log_sigma) * eps, np.mean(mu, axis=0)
    spread = np.mean(np.exp(2 * log_sigma) + mu**2, axis=0) - mean**2
    return standard(log_lik, log_q, np.sum(norm.logpdf(z, mean, np.sqrt(spread)), axis=2), log_p)


@misconception(
    "elbo_surgery",
    "The samples' contributions are summed where their mean is wanted: more samples must not make a term larger.",
)
def summed_over_the_samples(log_lik, mu, log_sigma, eps, log_prior):
    log_q, log_q_agg, log_p = pieces(mu, log_sigma, eps, log_prior)
    samples = len(eps)
    return terms(np.mean(log_lik), samples * np.mean(log_q - log_q_agg), samples * np.mean(log_q_agg - log_p))


@misconception(
    "elbo_surgery",
    "Your codes are μ + log σ · ε. log_sigma is a logarithm: the scale of the noise is its exponential.",
)
def noise_times_log_sigma(log_lik, mu, log_sigma, eps, log_prior):
    z = mu + log_sigma * eps
    table = densities(z, mu, log_sigma)
    log_q = np.diagonal(table, axis1=1, axis2=2)
    return standard(log_lik, log_q, logsumexp(table, axis=2) - np.log(len(mu)), prior_of(z, log_prior))


@misconception(
    "elbo_surgery",
    "All terms are weighted by q(z|x_i). The samples were drawn from it: each counts the same, in a plain mean.",
)
def weighted_by_the_density(log_lik, mu, log_sigma, eps, log_prior):
    log_q, log_q_agg, log_p = pieces(mu, log_sigma, eps, log_prior)
    weights = np.exp(log_q)
    return terms(np.mean(log_lik), np.mean(weights * (log_q - log_q_agg)), np.mean(weights * (log_q_agg - log_p)))


@misconception("elbo_surgery", "Your KL terms are in bits. Everything is in nats here: no division by log 2.")
def parts_in_bits(log_lik, mu, log_sigma, eps, log_prior):
    log_q, log_q_agg, log_p = (a / np.log(2) for a in pieces(mu, log_sigma, eps, log_prior))
    return standard(log_lik, log_q, log_q_agg, log_p)
