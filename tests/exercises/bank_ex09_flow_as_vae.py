"""What students write for exercise 09: misconceptions, and other right answers."""

import math

import autograd.numpy as np
from autograd.scipy.special import logsumexp

from minidgm.course.bank import misconception, right_answer

HALF_LOG_2PI = 0.5 * math.log(2 * math.pi)


def standard_normal(z):
    return np.sum(-0.5 * z**2 - HALF_LOG_2PI, axis=1)


# ------------------------------------------------------------------ deterministic_elbo

D = "deterministic_elbo"


@misconception(
    D,
    "You return the prior's log-density alone. The ratio p(x|z)/q(z|x) doesn't vanish in the limit: it says how f "
    "changes volumes.",
)
def log_det_missing(x, f, base_log_prob):
    return base_log_prob(f(x)[0])


@misconception(
    D,
    "You subtract log_det. f's log_det is log|det ∂z/∂x|, and p(x|z) has that determinant as a factor: it's added.",
)
def log_det_subtracted(x, f, base_log_prob):
    z, log_det = f(x)
    return base_log_prob(z) - log_det


@misconception(D, "You ask the prior about x. The prior is a density of the latent, z = f(x).")
def prior_at_x(x, f, base_log_prob):
    return base_log_prob(x) + f(x)[1]


@misconception(D, "You average over the batch. Asked is one ELBO an object, of shape (n,).")
def averaged(x, f, base_log_prob):
    z, log_det = f(x)
    return np.mean(base_log_prob(z) + log_det)


@misconception(D, "You return the negative ELBO, a loss. Asked is the ELBO itself, which grows with the likelihood.")
def negative(x, f, base_log_prob):
    z, log_det = f(x)
    return -base_log_prob(z) - log_det


@misconception(
    D,
    "You return the density. The ELBO is its logarithm (and the density of an image would be 0 in floating point).",
)
def density(x, f, base_log_prob):
    z, log_det = f(x)
    return np.exp(base_log_prob(z) + log_det)


@misconception(D, "You divide by m. The ELBO of an object belongs to all its dimensions together.")
def per_dimension(x, f, base_log_prob):
    z, log_det = f(x)
    return (base_log_prob(z) + log_det) / x.shape[1]


@misconception(D, "You add log_det summed over the batch to every object. Each object has its own.")
def log_det_of_the_batch(x, f, base_log_prob):
    z, log_det = f(x)
    return base_log_prob(z) + np.sum(log_det)


@misconception(
    D,
    "You assume a standard normal base. The prior is an argument, base_log_prob, and it's not always normal.",
)
def normal_base(x, f, base_log_prob):
    z, log_det = f(x)
    return standard_normal(z) + log_det


@misconception(
    D,
    "You keep the reconstruction term of an ordinary VAE, log N(x; x, I) = −½ m log 2π. Here decoder and encoder are "
    "deltas: what is left of both together is the determinant alone.",
)
def unit_gaussian_reconstruction(x, f, base_log_prob):
    z, log_det = f(x)
    return base_log_prob(z) + log_det - x.shape[1] * HALF_LOG_2PI


@misconception(
    D,
    "You take the prior's term twice, once as log p(z) and once as the KL to the prior. A delta has no entropy of its"
    " own to make a KL with: the prior counts once.",
)
def prior_twice(x, f, base_log_prob):
    z, log_det = f(x)
    return 2 * base_log_prob(z) + log_det


@misconception(D, "Your values are right, but float32 went in and float64 comes out.")
def upcast(x, f, base_log_prob):
    z, log_det = f(x)
    return base_log_prob(z).astype(np.float64) + log_det


@misconception(
    D,
    "You subtract the prior's log-density. In the ELBO, +log p(z) rewards codes that the prior finds likely; only log"
    " q(z|x) is subtracted.",
)
def prior_subtracted(x, f, base_log_prob):
    z, log_det = f(x)
    return log_det - base_log_prob(z)


@misconception(D, "log p(z) is missing: you have the ratio of decoder and encoder, but no prior.")
def prior_missing(x, f, base_log_prob):
    return f(x)[1]


@right_answer(D)
def object_by_object(x, f, base_log_prob):
    elbo = np.empty(len(x), x.dtype)
    for i in range(len(x)):
        z, log_det = f(x[i : i + 1])
        elbo[i] = log_det[0] + base_log_prob(z)[0]
    return elbo


@right_answer(D)
def minus_a_kl(x, f, base_log_prob):
    pair = f(x)
    return -(-pair[1] - base_log_prob(pair[0]))


# ------------------------------------------------------------------ noisy_elbo

N = "noisy_elbo"


def prior_table(z, base_log_prob):
    """log p(z) of every sample: (samples, n, m) -> (samples, n)."""
    return np.stack([base_log_prob(one) for one in z])


def log_normal(a, tau):
    """log N(·; ·, τ²I) of a difference of `a` widths τ."""
    return np.sum(-0.5 * a * a - math.log(tau) - HALF_LOG_2PI, axis=-1)


@misconception(N, "log_det is missing: p(x|z) is a density of x, so the change of variables from z to x belongs to it.")
def noisy_log_det_missing(x, f, base_log_prob, tau, eps):
    return np.mean(prior_table(f(x)[0] + tau * eps, base_log_prob), axis=0)


@misconception(N, "You subtract log_det. p(x|z) = N(f(x); z, τ²I) · |det J_f(x)|: f's log_det is added.")
def noisy_log_det_subtracted(x, f, base_log_prob, tau, eps):
    z, log_det = f(x)
    return np.mean(prior_table(z + tau * eps, base_log_prob), axis=0) - log_det


@misconception(
    N,
    "You score f(x) under the prior, without the noise. That is the limit τ = 0 already; the encoder's sample is z = "
    "f(x) + τε.",
)
def noisy_prior_without_noise(x, f, base_log_prob, tau, eps):
    z, log_det = f(x)
    return base_log_prob(z) + log_det


@misconception(N, "The decoder's term log p(x|z) is missing (its determinant you have, its Gaussian you don't).")
def noisy_reconstruction_missing(x, f, base_log_prob, tau, eps):
    z, log_det = f(x)
    return np.mean(prior_table(z + tau * eps, base_log_prob) - log_normal(eps, tau), axis=0) + log_det


@misconception(
    N,
    "−log q(z|x) is missing: you have E log p(x, z). Without the encoder's entropy it grows beyond all bounds as τ → "
    "0.",
)
def noisy_entropy_missing(x, f, base_log_prob, tau, eps):
    z, log_det = f(x)
    return np.mean(prior_table(z + tau * eps, base_log_prob) + log_normal(eps, tau), axis=0) + log_det


@misconception(N, "You add log q(z|x). The ELBO subtracts it: log p(x, z) − log q(z|x).")
def noisy_log_q_added(x, f, base_log_prob, tau, eps):
    z, log_det = f(x)
    return np.mean(prior_table(z + tau * eps, base_log_prob) + 2 * log_normal(eps, tau), axis=0) + log_det


@misconception(
    N,
    "Your two Gaussians don't cancel: one of them lacks its −m log τ. The density of N(·, τ²I) has the factor 1/τ^m.",
)
def noisy_log_tau_missing_in_one(x, f, base_log_prob, tau, eps):
    z, log_det = f(x)
    table = prior_table(z + tau * eps, base_log_prob) - eps.shape[2] * math.log(tau)
    return np.mean(table, axis=0) + log_det


@misconception(
    N,
    "Your two Gaussians don't cancel: one of them has the density of ε where that of z = f(x) + τε is asked. They "
    "differ by the factor τ^m.",
)
def noisy_log_q_of_eps(x, f, base_log_prob, tau, eps):
    z, log_det = f(x)
    table = prior_table(z + tau * eps, base_log_prob) + eps.shape[2] * math.log(tau)
    return np.mean(table, axis=0) + log_det


@misconception(
    N,
    "You use tau as a variance: √τ is the width of your noise. z = f(x) + τε has the standard deviation τ.",
)
def noisy_tau_taken_for_variance(x, f, base_log_prob, tau, eps):
    z, log_det = f(x)
    return np.mean(prior_table(z + math.sqrt(tau) * eps, base_log_prob), axis=0) + log_det


@misconception(N, "You multiply ε by τ². The variance is τ², the width, which multiplies ε, is τ.")
def noisy_tau_squared(x, f, base_log_prob, tau, eps):
    z, log_det = f(x)
    return np.mean(prior_table(z + tau**2 * eps, base_log_prob), axis=0) + log_det


@misconception(N, "You add the noise to x and map the noisy x. The encoder adds it in latent space: z = f(x) + τε.")
def noisy_in_data_space(x, f, base_log_prob, tau, eps):
    return np.mean(prior_table([f(x + tau * e)[0] for e in eps], base_log_prob), axis=0) + f(x)[1]


@misconception(
    N,
    "You take the logarithm of the mean of the exponentials over the samples: that is the importance-weighted bound, "
    "which is tighter. The ELBO averages logarithms.",
)
def noisy_importance_weighted(x, f, base_log_prob, tau, eps):
    z, log_det = f(x)
    return logsumexp(prior_table(z + tau * eps, base_log_prob), axis=0) - math.log(len(eps)) + log_det


@misconception(N, "You sum over the samples. An expectation is estimated by their mean.")
def noisy_summed_over_samples(x, f, base_log_prob, tau, eps):
    z, log_det = f(x)
    return np.sum(prior_table(z + tau * eps, base_log_prob) + log_det, axis=0)


@misconception(
    N,
    "You average over the objects and keep the samples. The first axis of eps holds the samples: average over that "
    "one.",
)
def noisy_mean_over_objects(x, f, base_log_prob, tau, eps):
    z, log_det = f(x)
    return np.mean(prior_table(z + tau * eps, base_log_prob) + log_det, axis=1)


@misconception(N, "You average over everything. Asked is one ELBO an object, of shape (n,).")
def noisy_mean_over_everything(x, f, base_log_prob, tau, eps):
    z, log_det = f(x)
    return np.mean(prior_table(z + tau * eps, base_log_prob) + log_det)


@misconception(N, "You keep the samples apart: shape (samples, n). The ELBO is their mean.")
def noisy_samples_kept(x, f, base_log_prob, tau, eps):
    z, log_det = f(x)
    return prior_table(z + tau * eps, base_log_prob) + log_det


@misconception(N, "You use the first sample of ε only. All of them are there to be averaged.")
def noisy_first_sample(x, f, base_log_prob, tau, eps):
    z, log_det = f(x)
    return base_log_prob(z + tau * eps[0]) + log_det


@misconception(N, "All your objects share the noise of the first. eps has a noise for each object: (samples, n, m).")
def noisy_shared_by_objects(x, f, base_log_prob, tau, eps):
    z, log_det = f(x)
    return np.mean(prior_table(z + tau * eps[:, :1], base_log_prob), axis=0) + log_det


@misconception(
    N,
    "You average ε (or z) over the samples first and score the mean. The prior's log-density is curved: score each "
    "sample, then average.",
)
def noisy_mean_of_z(x, f, base_log_prob, tau, eps):
    z, log_det = f(x)
    return base_log_prob(z + tau * np.mean(eps, axis=0)) + log_det


@misconception(
    N,
    "You subtract the known gap mτ²/2 instead of using ε. That is the expectation for a standard normal base alone.",
)
def noisy_by_the_gap(x, f, base_log_prob, tau, eps):
    z, log_det = f(x)
    return base_log_prob(z) + log_det - 0.5 * x.shape[1] * tau**2


@misconception(
    N,
    "You hand base_log_prob an array with three axes. It maps (k, m) to (k,), so its sum ran over the objects: "
    "flatten the samples into the batch, or go through them one by one.",
)
def noisy_three_axes(x, f, base_log_prob, tau, eps):
    z, log_det = f(x)
    return np.mean(base_log_prob(z + tau * eps), axis=0) + log_det


@misconception(
    N,
    "You recover ε as (z − f(x))/τ in one of the Gaussians only. For a tiny τ the difference has no digits left; you "
    "were given ε itself.",
)
def noisy_eps_recovered(x, f, base_log_prob, tau, eps):
    z0, log_det = f(x)
    z = z0 + tau * eps
    table = prior_table(z, base_log_prob) + log_normal((z0 - z) / tau, tau) - log_normal(eps, tau)
    return np.mean(table, axis=0) + log_det


@misconception(N, "You scale eps in place. Whoever called you still needs it: make a new array.")
def noisy_in_place(x, f, base_log_prob, tau, eps):
    z, log_det = f(x)
    eps *= tau
    eps += z
    return np.mean(prior_table(eps, base_log_prob), axis=0) + log_det


@misconception(
    N,
    "Your values are right, but float32 went in and float64 comes out. np.log(2 * np.pi) and np.log(tau) are NumPy's "
    "float64 numbers and turn what they meet into float64 (float(...) around them, or math.log, doesn't); so does an "
    "np.zeros without a dtype.",
)
def noisy_upcast(x, f, base_log_prob, tau, eps):
    z, log_det = f(x)
    total = np.zeros(len(x))
    for e in eps:
        total = total + base_log_prob(z + tau * e)
    return total / len(eps) + log_det


@misconception(
    N,
    "You subtract the prior's log-density. In the ELBO, +log p(z) rewards codes that the prior finds likely; only log"
    " q(z|x) is subtracted.",
)
def noisy_prior_subtracted(x, f, base_log_prob, tau, eps):
    z, log_det = f(x)
    return log_det - np.mean(prior_table(z + tau * eps, base_log_prob), axis=0)


@misconception(
    N,
    "You divide the sum over the samples by the number of objects. eps is (samples, n, m): a mean over samples "
    "divides by the first.",
)
def noisy_divided_by_n(x, f, base_log_prob, tau, eps):
    z, log_det = f(x)
    return np.sum(prior_table(z + tau * eps, base_log_prob) + log_det, axis=0) / eps.shape[1]


@misconception(N, "log p(z) is missing: you have the ratio of decoder and encoder, but no prior.")
def noisy_prior_missing(x, f, base_log_prob, tau, eps):
    return f(x)[1]


@misconception(N, "tau is missing: your encoder's noise has the width 1. z = f(x) + τε.")
def noisy_tau_missing(x, f, base_log_prob, tau, eps):
    z, log_det = f(x)
    return np.mean(prior_table(z + eps, base_log_prob), axis=0) + log_det


@misconception(N, "You subtract the noise. Its distribution is symmetric, but eps is given: z = f(x) + τε.")
def noisy_noise_subtracted(x, f, base_log_prob, tau, eps):
    z, log_det = f(x)
    return np.mean(prior_table(z - tau * eps, base_log_prob), axis=0) + log_det


@right_answer(N)
def three_terms_written_out(x, f, base_log_prob, tau, eps):
    mu, log_det = f(x)
    z = mu + tau * eps
    reconstruction = log_normal((mu - z) / tau, tau) + log_det
    return np.mean(reconstruction + prior_table(z, base_log_prob) - log_normal((z - mu) / tau, tau), axis=0)


@right_answer(N)
def with_the_encoders_entropy(x, f, base_log_prob, tau, eps):
    m = eps.shape[2]
    mu, log_det = f(x)
    reconstruction = np.mean(log_normal(eps, tau), axis=0) + log_det
    entropy = m * (0.5 + HALF_LOG_2PI + math.log(tau))
    return reconstruction + np.mean(prior_table(mu + tau * eps, base_log_prob), axis=0) + entropy


@right_answer(N)
def objects_repeated(x, f, base_log_prob, tau, eps):
    samples, n, m = eps.shape
    z, log_det = f(np.concatenate([x] * samples))
    elbo = base_log_prob(z + tau * eps.reshape(-1, m)) + log_det
    return elbo.reshape(samples, n).mean(axis=0)


# ------------------------------------------------------------------ more of each


@misconception(D, "You halve log_det. It is a logarithm of a determinant, not of a variance: it counts whole.")
def half_log_det(x, f, base_log_prob):
    z, log_det = f(x)
    return base_log_prob(z) + 0.5 * log_det


@misconception(D, "You average log_det over the batch. Each object has its own.")
def log_det_averaged(x, f, base_log_prob):
    z, log_det = f(x)
    return base_log_prob(z) + np.mean(log_det)


@misconception(
    D,
    "You subtract ½ Σ z², half of a standard normal's log-density: its constant is missing, and the prior, which is an "
    "argument, isn't used.",
)
def squares_for_the_prior(x, f, base_log_prob):
    z, log_det = f(x)
    return log_det - 0.5 * np.sum(z**2, axis=1)


@misconception(
    N,
    "One of your two Gaussians averages over the dimensions, the other sums. Both sum: then they cancel.",
)
def noisy_log_q_averaged(x, f, base_log_prob, tau, eps):
    z, log_det = f(x)
    m = eps.shape[2]
    log_p = log_normal(eps, tau)
    return np.mean(log_p + prior_table(z + tau * eps, base_log_prob) - log_p / m, axis=0) + log_det


@misconception(
    N,
    "You subtract mτ²/2 from an estimate that has the noise already: the gap counts twice.",
)
def noisy_gap_twice(x, f, base_log_prob, tau, eps):
    z, log_det = f(x)
    table = prior_table(z + tau * eps, base_log_prob)
    return np.mean(table, axis=0) + log_det - 0.5 * eps.shape[2] * tau**2


@misconception(
    N,
    "Your two Gaussians don't cancel: one of them has the constant ½ log 2π once for an object, the other once for "
    "each dimension.",
)
def noisy_two_pi_once_in_one(x, f, base_log_prob, tau, eps):
    z, log_det = f(x)
    table = prior_table(z + tau * eps, base_log_prob) - (eps.shape[2] - 1) * HALF_LOG_2PI
    return np.mean(table, axis=0) + log_det


@misconception(
    N,
    "Your two Gaussians don't cancel: one of them has log(2m) where log 2π belongs.",
)
def noisy_log_of_2m_in_one(x, f, base_log_prob, tau, eps):
    z, log_det = f(x)
    m = eps.shape[2]
    table = prior_table(z + tau * eps, base_log_prob) - m * HALF_LOG_2PI + 0.5 * m * math.log(2 * m)
    return np.mean(table, axis=0) + log_det


@misconception(
    N,
    "Two things: log_det is subtracted where it is added, and the samples are summed where their mean is wanted.",
)
def noisy_summed_and_subtracted(x, f, base_log_prob, tau, eps):
    z, log_det = f(x)
    return np.sum(prior_table(z + tau * eps, base_log_prob) - log_det, axis=0)


@misconception(
    N,
    "You weight the samples by q(z|x). They were drawn from it: each counts the same, in a plain mean.",
)
def noisy_weighted_by_q(x, f, base_log_prob, tau, eps):
    z, log_det = f(x)
    log_q = log_normal(eps, tau)
    weights = np.exp(log_q - logsumexp(log_q, axis=0))
    return np.sum(weights * prior_table(z + tau * eps, base_log_prob), axis=0) + log_det


PAIR = "f returns two things, z and log_det, and you go on with both as if they were one: z, log_det = f(x)."


@misconception(D, PAIR)
def pair_passed_on(x, f, base_log_prob):
    return base_log_prob(f(x))


@misconception(N, PAIR)
def noisy_pair_passed_on(x, f, base_log_prob, tau, eps):
    z = f(x)
    return np.mean(prior_table(z + tau * eps, base_log_prob), axis=0)
