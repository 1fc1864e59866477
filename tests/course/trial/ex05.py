"""Exercise 05 as new users answer it."""

import autograd.numpy as np
import numpy as onp

from minidgm.course.bank import misconception as wrong
from minidgm.course.bank import right_answer as right

F, G = "ar_f", "ar_g"


@wrong(F, "log_det of g")
def sign(x, net):
    mu, sigma = net(x)
    return (x - mu) / sigma, np.sum(np.log(sigma), axis=1)


@wrong(F, "m calls of net")
def one_by_one(x, net):
    z, log_det = np.zeros_like(x), np.zeros(len(x), x.dtype)
    for j in range(x.shape[1]):
        mu, sigma = net(x)
        z[:, j] = (x[:, j] - mu[:, j]) / sigma[:, j]
        log_det = log_det - np.log(sigma[:, j])
    return z, log_det


@wrong(F, "net called twice")
def called_twice(x, net):
    return (x - net(x)[0]) / net(x)[1], -np.sum(np.log(net(x)[1]), axis=1)


@wrong(F, "sigma taken for log sigma")
def exponentiated(x, net):
    mu, sigma = net(x)
    return (x - mu) * np.exp(-sigma), -np.sum(sigma, axis=1)


@wrong(F, "sigma taken for a variance")
def root(x, net):
    mu, sigma = net(x)
    return (x - mu) / np.sqrt(sigma), -0.5 * np.sum(np.log(sigma), axis=1)


@wrong(F, "log_det summed over everything")
def total(x, net):
    mu, sigma = net(x)
    return (x - mu) / sigma, -np.sum(np.log(sigma))


@wrong(F, "abs of log sigma")
def absolute(x, net):
    mu, sigma = net(x)
    return (x - mu) / sigma, -np.sum(np.abs(np.log(sigma)), axis=1)


@wrong(F, "log_det first")
def exchanged(x, net):
    mu, sigma = net(x)
    return -np.sum(np.log(sigma), axis=1), (x - mu) / sigma


@wrong(F, "the input shifted by a column, though net hides already")
def shifted(x, net):
    mu, sigma = net(np.concatenate([0 * x[:, :1], x[:, :-1]], axis=1))
    return (x - mu) / sigma, -np.sum(np.log(sigma), axis=1)


@wrong(F, "a log base 10, and float64")
def base_ten(x, net):
    mu, sigma = net(x)
    return (x - mu) / sigma, -np.sum(np.log10(sigma), axis=1)


@right(F)
def log_of_reciprocals(x, net):
    mu, sigma = net(x)
    inverse = 1 / sigma
    return x * inverse - mu * inverse, onp.add.reduce(np.log(inverse), -1)


@wrong(G, "in one pass, net given z")
def one_pass(z, net):
    mu, sigma = net(z)
    return sigma * z + mu, np.sum(np.log(sigma), axis=1)


@wrong(G, "net of a half-made x twice: two passes only")
def two_passes(z, net):
    mu, sigma = net(0 * z)
    mu, sigma = net(sigma * z + mu)
    return sigma * z + mu, np.sum(np.log(sigma), axis=1)


@wrong(G, "log_det of f")
def sign_of_f(z, net):
    x = np.zeros_like(z)
    for j in range(z.shape[1]):
        mu, sigma = net(x)
        x[:, j] = sigma[:, j] * z[:, j] + mu[:, j]
    return x, -np.sum(np.log(sigma), axis=1)


@wrong(G, "starts at the second column")
def from_the_second(z, net):
    x = z.copy()
    for j in range(1, z.shape[1]):
        mu, sigma = net(x)
        x[:, j] = sigma[:, j] * z[:, j] + mu[:, j]
    mu, sigma = net(x)
    return x, np.sum(np.log(sigma), axis=1)


@wrong(G, "columns from the last to the first")
def backwards(z, net):
    x = np.zeros_like(z)
    for j in reversed(range(z.shape[1])):
        mu, sigma = net(x)
        x[:, j] = sigma[:, j] * z[:, j] + mu[:, j]
    return x, np.sum(np.log(sigma), axis=1)


@wrong(G, "log_det of the last column only")
def last_column(z, net):
    x = np.zeros_like(z)
    for j in range(z.shape[1]):
        mu, sigma = net(x)
        x[:, j] = sigma[:, j] * z[:, j] + mu[:, j]
        log_det = np.log(sigma[:, j])
    return x, log_det


@wrong(G, "np.zeros(z.shape) makes float64")
def float64(z, net):
    x = np.zeros(z.shape)
    for j in range(z.shape[1]):
        mu, sigma = net(x)
        x[:, j] = sigma[:, j] * z[:, j] + mu[:, j]
    return x, np.sum(np.log(sigma), axis=1)


@wrong(G, "noise of its own for z")
def draws_noise(z, net):
    noise = np.random.default_rng().standard_normal(z.shape)
    x = np.zeros_like(z)
    for j in range(z.shape[1]):
        mu, sigma = net(x)
        x[:, j] = sigma[:, j] * noise[:, j] + mu[:, j]
    return x, np.sum(np.log(sigma), axis=1)


@wrong(G, "two mistakes: one pass, and the sign")
def two_mistakes(z, net):
    mu, sigma = net(z)
    return sigma * z + mu, -np.sum(np.log(sigma), axis=1)


@right(G)
def each_object(z, net):
    xs, dets = [], []
    for row in z:
        x = np.zeros_like(row)[None]
        for j in range(z.shape[1]):
            mu, sigma = net(x)
            x[:, j] = sigma[:, j] * row[j] + mu[:, j]
        xs.append(x[0])
        dets.append(np.sum(np.log(sigma)))
    return np.array(xs), np.array(dets)


@right(G)
def fixed_point(z, net):
    x = np.zeros_like(z)
    for _ in range(z.shape[1]):
        mu, sigma = net(x)
        x = sigma * z + mu
    return x, np.sum(np.log(sigma), axis=1)


@right(G)
def columns_listed(z, net):
    n, m = z.shape
    done, log_det = [], np.zeros(n, z.dtype)
    for j in range(m):
        x = np.stack([*done, *[np.zeros(n, z.dtype)] * (m - j)], axis=1)
        mu, sigma = net(x)
        done.append(mu[:, j] + sigma[:, j] * z[:, j])
        log_det = log_det + np.log(sigma[:, j])
    return np.stack(done, axis=1), log_det


# ------------------------------------------------------------------ a second trial, after the first was mended


@wrong(F, "mean of mu over the batch")
def mean_mu(x, net):
    mu, sigma = net(x)
    return (x - mu.mean(axis=0)) / sigma, -np.sum(np.log(sigma), axis=1)


@wrong(F, "cumulative log_det")
def cumulated(x, net):
    mu, sigma = net(x)
    return (x - mu) / sigma, -np.cumsum(np.log(sigma), axis=1)[:, -2]


@wrong(G, "x given by two halves")
def halves(z, net):
    m = z.shape[1]
    x = np.zeros_like(z)
    for half in (slice(0, m // 2), slice(m // 2, m)):
        mu, sigma = net(x)
        x[:, half] = sigma[:, half] * z[:, half] + mu[:, half]
    return x, np.sum(np.log(sigma), axis=1)


@wrong(G, "z - mu over sigma: f's step in g's loop")
def f_step(z, net):
    x = np.zeros_like(z)
    for j in range(z.shape[1]):
        mu, sigma = net(x)
        x[:, j] = (z[:, j] - mu[:, j]) / sigma[:, j]
    return x, -np.sum(np.log(sigma), axis=1)
