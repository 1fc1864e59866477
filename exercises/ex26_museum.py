"""Exercise 26: a museum of real bugs.

Eight mistakes that were published in well-known code, each found by a user and told in a public thread. They are
rewritten here in a few lines of numpy. All of them ran, and the numbers looked like numbers.

You write the tests that would have caught them. `check_k(candidate)` is given an implementation, one function or a pair
of functions, and raises AssertionError if that implementation is wrong, as `assert` does; for a right one it returns
None. It is tried on the published bug, on relatives of it (the same slip a little further on), and on right
implementations of every kind: written differently, with rounding errors of their own (up to 1e-8), of another model.

So test what every right implementation has in common, a property, and not the numbers of one of them. Think of the
inputs for which the bug cannot be seen, and choose others. Make your own random numbers, with a seed.
Read afterwards: tests/exercises/test_ex07_coupling.py.
"""

import numpy as np
from autograd.scipy.special import logsumexp


def check_1(candidate):
    """Test a coupling layer: candidate = (f, g), f(x) -> z and g(z) -> x, arrays (n, m) for any n >= 1, m >= 2.

    Published in a teaching repository whose demonstration had m = 2, where nothing is to be seen.
    https://github.com/karpathy/pytorch-normalizing-flows/issues/5

        def f(x):                                             def g(z):
            x1, x2 = x[:, ::2], x[:, 1::2]                        z1, z2 = z[:, ::2], z[:, 1::2]
            mu, sigma = net(x1)                                   mu, sigma = net(z1)
            z2 = (x2 - mu) / sigma                                x2 = z2 * sigma + mu
            return np.concatenate([x1, z2], axis=1)               return np.concatenate([z1, x2], axis=1)

    >>> def doubles(x):
    ...     return 2 * x
    >>> def halves(z):
    ...     return z / 2
    >>> check_1((doubles, halves))
    """
    raise NotImplementedError("ex26: write check_1")


def check_2(candidate):
    """Test log-determinants: candidate = (f, g), f(x) -> (z, log_det) and g(z) -> (x, log_det), arrays (n, m) and (n,).

    f is any invertible map, g its inverse; log_det is log|det| of the Jacobian of the map just applied. The published
    inverse was found by search and got the log-determinant of f, with f's sign. There was a test. It used a map whose
    log-determinant is 0.
    https://github.com/danielward27/flowjax/issues/208

        def g(z):
            x = search(lambda x: f(x)[0], z)
            return x, f(x)[1]

    >>> def doubles(x):
    ...     return 2 * x, np.full(len(x), x.shape[1] * np.log(2))
    >>> def halves(z):
    ...     return z / 2, np.full(len(z), -z.shape[1] * np.log(2))
    >>> check_2((doubles, halves))
    """
    raise NotImplementedError("ex26: write check_2")


def check_3(candidate):
    """Test a way from the unit cube to R^m and back: candidate = (f, g), each returns (array (n, m), log_det (n,)).

    f squeezes x in (0, 1) to (alpha/2, 1 - alpha/2) and takes the logit; alpha is the implementation's own choice, and
    may be tiny. The published way back forgot the squeeze. x did not quite come back, and rounding was blamed.
    https://github.com/phlippe/uvadlc_notebooks/issues/57

        def g(z):
            x = sigmoid(z)
            return x, np.sum(np.log(x) + np.log(1 - x), axis=1)

    >>> def logit(x):
    ...     return np.log(x / (1 - x)), -np.sum(np.log(x * (1 - x)), axis=1)
    >>> def sigmoid(z):
    ...     x = 1 / (1 + np.exp(-z))
    ...     return x, np.sum(np.log(x * (1 - x)), axis=1)
    >>> check_3((logit, sigmoid))
    """
    raise NotImplementedError("ex26: write check_3")


def check_4(candidate):
    """Test a density on the plane: candidate = log_prob, x (n, 2) -> (n,), in nats.

    The density is smooth, and practically all of it lies within [-10, 10]^2. In the published code every object got the
    log-determinants of the whole batch.
    https://github.com/wohlert/semi-supervised-pytorch/issues/21

        def log_prob(x):
            log_dets = []
            for layer in layers:
                x, log_det = layer(x)                                 # (n,)
                log_dets.append(log_det)
            return log_normal(x) + np.sum(log_dets)

    >>> check_4(lambda x: -0.5 * np.sum(x**2, axis=1) - np.log(2 * np.pi))
    """
    raise NotImplementedError("ex26: write check_4")


def check_5(candidate):
    """Test a causal mask: candidate = mask, a whole number k = 1, 3, 5, ... -> (k, k) of 0 and 1 (or False and True).

    Kind "B": a pixel's kernel sees all rows above, in its own row what is left of it, and itself; nothing else. The
    published mask cleared its own row where the rows below were meant.
    https://github.com/j-min/PixelCNN/issues/3

        def mask(k):
            mask = np.ones((k, k))
            mask[k // 2, k // 2 + 1 :] = 0
            mask[k // 2] = 0
            return mask

    >>> check_5(lambda k: np.arange(k * k).reshape(k, k) <= k * k // 2)
    """
    raise NotImplementedError("ex26: write check_5")


def check_6(candidate):
    """Test a model of levels: candidate = log_prob(y, mu, s, levels), y (n,) in 0..levels-1 -> (n,), in nats.

    mu (any number, outside the levels too) and s > 0 are its location and scale, numbers. The published library left
    the lowest value out where a truncated distribution is normalized. There it was counts; here it is a logistic.
    https://github.com/paul-buerkner/brms/issues/1903

        def log_prob(y, mu, s, levels):
            bin = F((y + 0.5 - mu) / s) - F((y - 0.5 - mu) / s)
            return np.log(bin) - np.log(F((levels - 0.5 - mu) / s) - F((0.5 - mu) / s))

    >>> check_6(lambda y, mu, s, levels: np.full(len(y), -np.log(levels)))
    """
    raise NotImplementedError("ex26: write check_6")


def check_7(candidate):
    """Test a dequantization bound: candidate = bound(log_p, log_q) -> (n,), in nats.

    log_p (samples, n) holds log p(y + u) and log_q (samples, n) log q(u|y), at the same noise. Two bounds are in use,
    and both are right: the mean of log_p − log_q over the samples, and the logarithm of the mean of p/q. For one sample
    they are the same. The published number left the noise's own term out, until a reader asked; the author then took
    it back.
    https://github.com/Kim-Dongjun/Soft-Truncation/issues/2

        def bound(log_p, log_q):
            return np.mean(log_p, axis=0)

    >>> check_7(lambda log_p, log_q: np.mean(log_p - log_q, axis=0))
    """
    raise NotImplementedError("ex26: write check_7")


def check_8(candidate):
    """Test an aggregated posterior: candidate = log_q_agg(z, mu, log_sigma), z (n_z, d), mu and log_sigma (n, d).

    It returns (n_z,), log q_agg(z) in nats, where q_agg is the equal mixture of the n Gaussians. Published code summed
    over the objects and did not divide by their number: the total correlation that it printed was negative.
    https://github.com/YannDubs/disentangling-vae/issues/60

        def log_q_agg(z, mu, log_sigma):
            table = np.sum(log_normal(z[:, None], mu, log_sigma), axis=2)       # (n_z, n)
            return logsumexp(table, axis=1)

    >>> def one_at_a_time(z, mu, log_sigma):
    ...     log_q = -0.5 * ((z[:, None] - mu) / np.exp(log_sigma)) ** 2 - log_sigma - 0.5 * np.log(2 * np.pi)
    ...     return logsumexp(np.sum(log_q, axis=2), axis=1) - np.log(len(mu))
    >>> check_8(one_at_a_time)
    """
    raise NotImplementedError("ex26: write check_8")
