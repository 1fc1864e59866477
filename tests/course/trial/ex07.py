"""Exercise 07 as new users answer it."""

import autograd.numpy as np
from autograd import jacobian

from minidgm.course.bank import misconception as wrong
from minidgm.course.bank import right_answer as right

F, G, J = "coupling_f", "coupling_g", "coupling_jacobian"


@wrong(F, "the halves exchanged: the second part passes")
def second_passes(x, d, net):
    x1, x2 = x[:, :d], x[:, d:]
    mu, sigma = net(x1)
    return np.concatenate([(x2 - mu) / sigma, x1], axis=1), -np.sum(np.log(sigma), axis=1)


@wrong(F, "split in the middle, whatever d")
def middle(x, d, net):
    d = x.shape[1] // 2
    x1, x2 = x[:, :d], x[:, d:]
    mu, sigma = net(x1)
    return np.concatenate([x1, (x2 - mu) / sigma], axis=1), -np.sum(np.log(sigma), axis=1)


@wrong(F, "every second coordinate")
def every_second(x, d, net):
    x1, x2 = x[:, ::2], x[:, 1::2]
    mu, sigma = net(x1)
    return np.concatenate([x1, (x2 - mu) / sigma], axis=1), -np.sum(np.log(sigma), axis=1)


@wrong(F, "multiplies by sigma")
def multiplies(x, d, net):
    mu, sigma = net(x[:, :d])
    return np.concatenate([x[:, :d], (x[:, d:] - mu) * sigma], axis=1), np.sum(np.log(sigma), axis=1)


@wrong(F, "exp of what is sigma already")
def exponentiates(x, d, net):
    mu, log_sigma = net(x[:, :d])
    z2 = (x[:, d:] - mu) * np.exp(-log_sigma)
    return np.concatenate([x[:, :d], z2], axis=1), -np.sum(log_sigma, axis=1)


@wrong(F, "log of a product")
def product(x, d, net):
    mu, sigma = net(x[:, :d])
    return np.concatenate([x[:, :d], (x[:, d:] - mu) / sigma], axis=1), -np.log(np.prod(sigma, axis=1))


@wrong(F, "sum over the batch")
def over_batch(x, d, net):
    mu, sigma = net(x[:, :d])
    return np.concatenate([x[:, :d], (x[:, d:] - mu) / sigma], axis=1), -np.sum(np.log(sigma), axis=0)


@wrong(F, "only the transformed part returned")
def part(x, d, net):
    mu, sigma = net(x[:, :d])
    return (x[:, d:] - mu) / sigma, -np.sum(np.log(sigma), axis=1)


@wrong(F, "clips sigma from below at 1e-3")
def clipped(x, d, net):
    mu, sigma = net(x[:, :d])
    sigma = np.maximum(sigma, 1e-3)
    return np.concatenate([x[:, :d], (x[:, d:] - mu) / sigma], axis=1), -np.sum(np.log(sigma), axis=1)


@right(F)
def padded(x, d, net):
    mu, sigma = net(x[:, :d])
    mu = np.hstack([np.zeros_like(x[:, :d]), mu])
    sigma = np.hstack([np.ones_like(x[:, :d]), sigma])
    return (x - mu) / sigma, -np.log(sigma).sum(1)


@right(F)
def split_by_numpy(x, d, net):
    first, second = np.split(x, [d], axis=1)
    mu, sigma = net(first)
    return np.hstack((first, (second - mu) / sigma)), np.sum(np.log(1 / sigma), axis=-1)


@wrong(G, "net given z2")
def net_of_second(z, d, net):
    z1, z2 = z[:, :d], z[:, d:]
    mu, sigma = net(z2)
    return np.concatenate([z1, sigma * z2 + mu], axis=1), np.sum(np.log(sigma), axis=1)


@wrong(G, "the sign of log_det")
def sign(z, d, net):
    z1, z2 = z[:, :d], z[:, d:]
    mu, sigma = net(z1)
    return np.concatenate([z1, sigma * z2 + mu], axis=1), -np.sum(np.log(sigma), axis=1)


@wrong(G, "sigma (z2 + mu)")
def parenthesis(z, d, net):
    z1, z2 = z[:, :d], z[:, d:]
    mu, sigma = net(z1)
    return np.concatenate([z1, sigma * (z2 + mu)], axis=1), np.sum(np.log(sigma), axis=1)


@wrong(G, "divides by sigma: f again")
def f_again(z, d, net):
    z1, z2 = z[:, :d], z[:, d:]
    mu, sigma = net(z1)
    return np.concatenate([z1, (z2 - mu) / sigma], axis=1), -np.sum(np.log(sigma), axis=1)


@wrong(G, "log_det a mean over dimensions")
def mean(z, d, net):
    z1, z2 = z[:, :d], z[:, d:]
    mu, sigma = net(z1)
    return np.concatenate([z1, sigma * z2 + mu], axis=1), np.mean(np.log(sigma), axis=1)


@wrong(G, "z changed in place")
def in_place(z, d, net):
    mu, sigma = net(z[:, :d])
    z[:, d:] = z[:, d:] * sigma + mu
    return z, np.sum(np.log(sigma), axis=1)


@right(G)
def on_a_copy(z, d, net):
    x = np.array(z)
    mu, sigma = net(z[:, :d])
    x[:, d:] *= sigma
    x[:, d:] += mu
    return x, np.log(sigma).sum(axis=1)


@wrong(J, "transposed")
def transposed(x, d, net):
    return jacobian(lambda one: padded(one[None], d, net)[0][0])(x).T


@wrong(J, "the lower left block zero")
def diagonal(x, d, net):
    mu, sigma = net(x[None, :d])
    return np.diag(np.concatenate([np.ones(d), 1 / sigma[0]]))


@wrong(J, "the derivative of sigma forgotten")
def sigma_constant(x, d, net):
    mu, sigma = net(x[None, :d])
    jac = np.diag(np.concatenate([np.ones(d, x.dtype), 1 / sigma[0]]))
    d_mu = jacobian(lambda x1: net(x1[None])[0][0])(x[:d])
    jac[d:, :d] = -d_mu / sigma[0][:, None]
    return jac


@wrong(J, "sigma for 1/sigma on the diagonal")
def of_g(x, d, net):
    return jacobian(lambda one: on_a_copy_free(one[None], d, net)[0])(x)


def on_a_copy_free(z, d, net):
    mu, sigma = net(z[:, :d])
    return np.concatenate([z[:, :d], sigma * z[:, d:] + mu], axis=1)


@wrong(J, "differences of 1e-3")
def differences(x, d, net):
    h = 1e-3
    return np.stack(
        [(padded((x + h * e)[None], d, net)[0][0] - padded(x[None], d, net)[0][0]) / h for e in np.eye(len(x))], axis=1
    )


@wrong(J, "no batch axis given to net")
def no_batch_axis(x, d, net):
    def f(one):
        mu, sigma = net(one[:d])
        return np.concatenate([one[:d], (one[d:] - mu) / sigma])

    return jacobian(f)(x)


@wrong(J, "a batch axis kept: (1, m, 1, m)")
def axes_kept(x, d, net):
    return jacobian(lambda batch: padded(batch, d, net)[0])(x[None])


@right(J)
def block_by_block(x, d, net):
    m = len(x)
    mu, sigma = (a[0] for a in net(x[None, :d]))
    d_mu = jacobian(lambda x1: net(x1[None])[0][0])(x[:d])
    d_sigma = jacobian(lambda x1: net(x1[None])[1][0])(x[:d])
    out = np.eye(m, dtype=x.dtype)
    out[d:, d:] = np.diag(1 / sigma)
    out[d:, :d] = -(d_mu + ((x[d:] - mu) / sigma)[:, None] * d_sigma) / sigma[:, None]
    return out


# ------------------------------------------------------------------ a second trial, after the first was mended


@wrong(F, "shuffles the halves by a flip")
def flipped(x, d, net):
    mu, sigma = net(x[:, :d])
    return np.concatenate([x[:, :d], (x[:, d:] - mu) / sigma], axis=1)[:, ::-1], -np.sum(np.log(sigma), axis=1)


@wrong(F, "softplus over sigma once more")
def softplus_again(x, d, net):
    mu, sigma = net(x[:, :d])
    sigma = np.logaddexp(0 * sigma, sigma)
    return np.concatenate([x[:, :d], (x[:, d:] - mu) / sigma], axis=1), -np.sum(np.log(sigma), axis=1)


@wrong(G, "log_det counts the first part as 1, not 0")
def one_for_identity(z, d, net):
    mu, sigma = net(z[:, :d])
    return np.concatenate([z[:, :d], sigma * z[:, d:] + mu], axis=1), np.sum(np.log(sigma), axis=1) + d


@wrong(J, "returns the log of the diagonal")
def log_diagonal(x, d, net):
    return np.log(np.abs(jacobian(lambda one: padded(one[None], d, net)[0][0])(x)) + 1e-300)
