"""Exercise 09 as new users answer it."""

import autograd.numpy as np

from minidgm.course.bank import misconception as wrong
from minidgm.course.bank import right_answer as right

D, N = "deterministic_elbo", "noisy_elbo"


def gauss(a, mean, tau):
    return np.sum(-0.5 * ((a - mean) / tau) ** 2 - np.log(tau) - 0.5 * np.log(2 * np.pi), axis=-1)


@wrong(D, "half the log_det")
def half(x, f, base_log_prob):
    z, log_det = f(x)
    return base_log_prob(z) + 0.5 * log_det


@wrong(D, "log_det subtracted")
def minus(x, f, base_log_prob):
    z, log_det = f(x)
    return base_log_prob(z) - log_det


@wrong(D, "a small Gaussian added: tau = 1e-3")
def small_noise(x, f, base_log_prob):
    z, log_det = f(x)
    z = z + 1e-3 * np.random.randn(*z.shape)
    return base_log_prob(z) + log_det


@wrong(D, "batch mean of log_det")
def mean_log_det(x, f, base_log_prob):
    z, log_det = f(x)
    return base_log_prob(z) + log_det.mean()


@wrong(D, "reconstruction 0: log p(z) alone")
def alone(x, f, base_log_prob):
    return base_log_prob(f(x)[0])


@wrong(D, "KL to the prior subtracted: ½Σz²")
def closed_kl(x, f, base_log_prob):
    z, log_det = f(x)
    return log_det - 0.5 * np.sum(z**2, axis=1)


@right(D)
def f_called_twice(x, f, base_log_prob):
    return f(x)[1] + base_log_prob(f(x)[0])


@wrong(N, "sum over samples")
def sum_over_samples(x, f, base_log_prob, tau, eps):
    z, log_det = f(x)
    total = 0
    for e in eps:
        total = total + base_log_prob(z + tau * e) + log_det
    return total


@wrong(N, "no log_det: decoder's Gaussian at f(x) only, all three terms")
def three_terms_without(x, f, base_log_prob, tau, eps):
    mu, log_det = f(x)
    out = []
    for e in eps:
        z = mu + tau * e
        out.append(gauss(mu, z, tau) + base_log_prob(z) - gauss(z, mu, tau))
    return np.mean(np.array(out), axis=0)


@wrong(N, "own noise")
def own_noise(x, f, base_log_prob, tau, eps):
    mu, log_det = f(x)
    e = np.random.normal(size=eps.shape)
    return np.mean(np.array([base_log_prob(mu + tau * k) for k in e]), axis=0) + log_det


@wrong(N, "own noise with a seed")
def own_noise_seeded(x, f, base_log_prob, tau, eps):
    mu, log_det = f(x)
    e = np.random.RandomState(0).normal(size=eps.shape)
    return np.mean(np.array([base_log_prob(mu + tau * k) for k in e]), axis=0) + log_det


@wrong(N, "the first sample")
def first_sample(x, f, base_log_prob, tau, eps):
    mu, log_det = f(x)
    return base_log_prob(mu + tau * eps[0]) + log_det


@wrong(N, "the decoder is a Gaussian around x: log N(x; x, tau²)")
def decoder_in_data_space(x, f, base_log_prob, tau, eps):
    mu, log_det = f(x)
    out = [gauss(x, x + tau * e, tau) + base_log_prob(mu + tau * e) - gauss(mu + tau * e, mu, tau) for e in eps]
    return np.mean(np.array(out), axis=0)


@wrong(N, "log q without the dimension: mean over dims in it")
def mean_for_sum(x, f, base_log_prob, tau, eps):
    mu, log_det = f(x)
    out = []
    for e in eps:
        log_q = np.mean(-0.5 * e**2 - np.log(tau) - 0.5 * np.log(2 * np.pi), axis=1)
        out.append(gauss(mu, mu + tau * e, tau) + base_log_prob(mu + tau * e) - log_q)
    return np.mean(np.array(out), axis=0) + log_det


@wrong(N, "mτ²/2 subtracted on top of the noise")
def gap_twice(x, f, base_log_prob, tau, eps):
    mu, log_det = f(x)
    out = np.mean(np.array([base_log_prob(mu + tau * e) for e in eps]), axis=0) + log_det
    return out - x.shape[1] * tau**2 / 2


@wrong(N, "tau² noise and log(2m): a slip in the constant of one Gaussian")
def log_of_2m(x, f, base_log_prob, tau, eps):
    mu, log_det = f(x)
    m = x.shape[1]
    out = []
    for e in eps:
        z = mu + tau * e
        log_q = np.sum(-0.5 * e**2 - np.log(tau), axis=1) - 0.5 * m * np.log(2 * m)
        out.append(gauss(mu, z, tau) + base_log_prob(z) - log_q)
    return np.mean(np.array(out), axis=0) + log_det


@wrong(N, "log(2π) once for an object, not once per dimension")
def one_constant(x, f, base_log_prob, tau, eps):
    mu, log_det = f(x)
    out = []
    for e in eps:
        z = mu + tau * e
        log_q = np.sum(-0.5 * e**2 - np.log(tau), axis=1) - 0.5 * np.log(2 * np.pi)
        out.append(gauss(mu, z, tau) + base_log_prob(z) - log_q)
    return np.mean(np.array(out), axis=0) + log_det


@wrong(N, "two mistakes: log_det subtracted and summed over samples")
def two_mistakes(x, f, base_log_prob, tau, eps):
    mu, log_det = f(x)
    return np.sum(np.array([base_log_prob(mu + tau * e) - log_det for e in eps]), axis=0)


@wrong(N, "z - mu over tau: no digits for small tau")
def digits_lost(x, f, base_log_prob, tau, eps):
    mu, log_det = f(x)
    out = []
    for e in eps:
        z = mu + tau * e
        log_q = np.sum(-0.5 * ((z - mu) / tau) ** 2, axis=1)
        log_p = np.sum(-0.5 * e**2, axis=1)
        out.append(log_p - log_q + base_log_prob(z))
    return np.mean(np.array(out), axis=0) + log_det


@right(N)
def running_mean(x, f, base_log_prob, tau, eps):
    mu, log_det = f(x)
    elbo = log_det
    for e in eps:
        elbo = elbo + base_log_prob(mu + tau * e) / len(eps)
    return elbo


@right(N)
def repeated_rows(x, f, base_log_prob, tau, eps):
    samples, n, m = eps.shape
    mu, log_det = f(x)
    z = np.swapaxes(mu + tau * eps, 0, 1).reshape(-1, m)
    return base_log_prob(z).reshape(n, samples).mean(axis=1) + log_det


# ------------------------------------------------------------------ a second trial, after the first was mended


@wrong(N, "antithetic noise of its own: eps and -eps")
def antithetic(x, f, base_log_prob, tau, eps):
    mu, log_det = f(x)
    both = [base_log_prob(mu + tau * s * e) for e in eps for s in (1, -1)]
    return np.mean(np.array(both), axis=0) + log_det


@wrong(N, "tau times m")
def tau_times_m(x, f, base_log_prob, tau, eps):
    mu, log_det = f(x)
    return np.mean(np.array([base_log_prob(mu + tau * x.shape[1] * e) for e in eps]), axis=0) + log_det


@wrong(N, "median over the samples")
def median(x, f, base_log_prob, tau, eps):
    mu, log_det = f(x)
    return np.median(np.array([base_log_prob(mu + tau * e) for e in eps]), axis=0) + log_det


@wrong(D, "f applied twice")
def twice(x, f, base_log_prob):
    z, log_det = f(f(x)[0])
    return base_log_prob(z) + log_det


# ------------------------------------------------------------------ a third trial, after the second was mended


@wrong(N, "tau's logarithm added for every dimension")
def tau_in_it(x, f, base_log_prob, tau, eps):
    mu, log_det = f(x)
    out = np.mean(np.array([base_log_prob(mu + tau * e) for e in eps]), axis=0) + log_det
    return out + x.shape[1] * np.log(tau)


@wrong(N, "log_det at the noisy z: f applied again")
def log_det_of_z(x, f, base_log_prob, tau, eps):
    mu, _ = f(x)
    return np.mean(np.array([base_log_prob(mu + tau * e) + f(mu + tau * e)[1] for e in eps]), axis=0)
