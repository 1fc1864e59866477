"""Exercise 06 as new users answer it."""

import autograd.numpy as np

from minidgm.course.bank import misconception as wrong
from minidgm.course.bank import right_answer as right

G, F = "iar_g", "iar_f"


@wrong(G, "that of the MAF: sequential, net given x")
def maf(z, net):
    x = np.zeros_like(z)
    for j in range(z.shape[1]):
        mu, sigma = net(x)
        x[:, j] = sigma[:, j] * z[:, j] + mu[:, j]
    return x, np.sum(np.log(sigma), axis=1)


@wrong(G, "f's affine step: (z - mu)/sigma")
def divides(z, net):
    mu, sigma = net(z)
    return (z - mu) / sigma, -np.sum(np.log(sigma), axis=1)


@wrong(G, "sign of log_det")
def sign(z, net):
    mu, sigma = net(z)
    return mu + sigma * z, -np.log(sigma).sum(axis=1)


@wrong(G, "mean over the batch and dimensions")
def mean(z, net):
    mu, sigma = net(z)
    return mu + sigma * z, np.log(sigma).mean()


@wrong(G, "log sigma times z")
def log_scale(z, net):
    mu, sigma = net(z)
    return mu + np.log(sigma) * z, np.log(sigma).sum(axis=1)


@wrong(G, "mu forgotten")
def no_shift(z, net):
    mu, sigma = net(z)
    return sigma * z, np.log(sigma).sum(axis=1)


@wrong(G, "log2")
def bits(z, net):
    mu, sigma = net(z)
    return mu + sigma * z, np.log2(sigma).sum(axis=1)


@wrong(G, "the net's outputs taken in the other order")
def other_order(z, net):
    sigma, mu = net(z)
    return mu + sigma * z, np.log(np.abs(sigma)).sum(axis=1)


@right(G)
def einsum(z, net):
    mu, sigma = net(z)
    return np.einsum("ij,ij->ij", sigma, z) + mu, np.einsum("ij->i", np.log(sigma))


@right(G)
def minus_of_inverse(z, net):
    mu, sigma = net(z)
    return z / (1 / sigma) - (-mu), -np.sum(np.log(1 / sigma), axis=1)


@wrong(F, "in one pass, net given x")
def one_pass(x, net):
    mu, sigma = net(x)
    return (x - mu) / sigma, -np.sum(np.log(sigma), axis=1)


@wrong(F, "x kept in the columns: net is given a mixture of z and x after the loop's start, last column stale")
def net_of_x(x, net):
    z = np.zeros_like(x)
    for j in range(x.shape[1]):
        mu, sigma = net(x)
        z[:, j] = (x[:, j] - mu[:, j]) / sigma[:, j]
    return z, -np.sum(np.log(sigma), axis=1)


@wrong(F, "log_det of g")
def sign_of_g(x, net):
    z = np.zeros_like(x)
    for j in range(x.shape[1]):
        mu, sigma = net(z)
        z[:, j] = (x[:, j] - mu[:, j]) / sigma[:, j]
    return z, np.sum(np.log(sigma), axis=1)


@wrong(F, "division by the variance")
def variance(x, net):
    z = np.zeros_like(x)
    for j in range(x.shape[1]):
        mu, sigma = net(z)
        z[:, j] = (x[:, j] - mu[:, j]) / sigma[:, j] ** 2
    return z, -np.sum(np.log(sigma), axis=1)


@wrong(F, "changes x in place")
def in_place(x, net):
    for j in range(x.shape[1]):
        mu, sigma = net(x)
        x[:, j] = (x[:, j] - mu[:, j]) / sigma[:, j]
    return x, -np.sum(np.log(sigma), axis=1)


@wrong(F, "one pass too few: the last column of the first guess")
def one_too_few(x, net):
    z = x
    for _ in range(x.shape[1] - 1):
        mu, sigma = net(z)
        z = (x - mu) / sigma
    mu, sigma = net(z)
    return z, -np.sum(np.log(sigma), axis=1)


@wrong(F, "mean for sum in the log_det")
def mean_log_det(x, net):
    z = np.zeros_like(x)
    for j in range(x.shape[1]):
        mu, sigma = net(z)
        z[:, j] = (x[:, j] - mu[:, j]) / sigma[:, j]
    return z, -np.mean(np.log(sigma), axis=1)


@wrong(F, "only the log_det")
def only_log_det(x, net):
    z = np.zeros_like(x)
    for j in range(x.shape[1]):
        mu, sigma = net(z)
        z[:, j] = (x[:, j] - mu[:, j]) / sigma[:, j]
    return -np.sum(np.log(sigma), axis=1)


@right(F)
def from_a_wild_guess(x, net):
    z = np.ones_like(x)
    for _ in range(x.shape[1]):
        mu, sigma = net(z)
        z = (x - mu) / sigma
    return z, -np.sum(np.log(sigma), axis=1)


@right(F)
def column_wise_sum(x, net):
    z, log_det = x * 0, x[:, 0] * 0
    for j in range(x.shape[1]):
        mu, sigma = (a[:, j] for a in net(z))
        z = np.concatenate([z[:, :j], ((x[:, j] - mu) / sigma)[:, None], z[:, j + 1 :]], axis=1)
        log_det -= np.log(sigma)
    return z, log_det


# ------------------------------------------------------------------ a third trial, after the second was mended


@wrong(G, "sqrt of sigma")
def root(z, net):
    mu, sigma = net(z)
    return mu + np.sqrt(sigma) * z, 0.5 * np.log(sigma).sum(axis=1)


@wrong(F, "mu added")
def adds(x, net):
    z = np.zeros_like(x)
    for j in range(x.shape[1]):
        mu, sigma = net(z)
        z[:, j] = (x[:, j] + mu[:, j]) / sigma[:, j]
    return z, -np.sum(np.log(sigma), axis=1)
