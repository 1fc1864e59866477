"""Exercise 14 as new users answer it."""

import autograd.numpy as np
from autograd.scipy.special import logsumexp

from minidgm.course.bank import misconception as wrong
from minidgm.course.bank import right_answer as right

D, U, P = "dequantize", "uniform_bound", "discrete_log_prob"


@wrong(D, "y - u")
def minus(y, u):
    return (y - u).astype(u.dtype)


@wrong(D, "own noise")
def own_noise(y, u):
    return (y + np.random.uniform(size=u.shape)).astype(u.dtype)


@wrong(D, "own noise with a seed")
def own_noise_seeded(y, u):
    return (y + np.random.default_rng(0).uniform(size=u.shape)).astype(u.dtype)


@wrong(D, "y ± ½")
def centred(y, u):
    return (y + u - 0.5).astype(u.dtype)


@wrong(D, "divided by 256")
def divided(y, u):
    return ((y + u) / 256).astype(u.dtype)


@wrong(D, "float64 out of float32")
def upcast(y, u):
    return y + u


@wrong(D, "the first noise only")
def first(y, u):
    return (y + (u[0] if u.ndim == 3 else u)).astype(u.dtype)


@wrong(D, "rounded down again")
def floored(y, u):
    return np.floor(y + u).astype(u.dtype)


@right(D)
def cast_first(y, u):
    return np.array(y, dtype=u.dtype) + u


@right(D)
def added_to_noise(y, u):
    out = u.copy()
    out += y.astype(u.dtype)
    return out


def flat(x, log_p):
    return np.reshape(log_p(np.reshape(x, (-1, x.shape[-1]))), x.shape[:-1])


@wrong(U, "log of the mean density")
def log_mean(y, u, log_p):
    return logsumexp(flat(y + u, log_p), axis=0) - float(np.log(len(u)))


@wrong(U, "sum over samples")
def summed(y, u, log_p):
    return np.sum(flat(y + u, log_p), axis=0)


@wrong(U, "mean over objects: axis 1")
def axis_one(y, u, log_p):
    return np.mean(flat(y + u, log_p), axis=1)


@wrong(U, "mean over everything")
def batch_mean(y, u, log_p):
    return np.mean(flat(y + u, log_p))


@wrong(U, "log_p at the mean of the noise")
def at_mean(y, u, log_p):
    return log_p(y + np.mean(u, axis=0))


@wrong(U, "y - u")
def minus_bound(y, u, log_p):
    return np.mean(flat(y - u, log_p), axis=0)


@wrong(U, "the first sample")
def first_sample(y, u, log_p):
    return log_p(y + u[0])


@wrong(U, "own noise")
def own_noise_bound(y, u, log_p):
    return np.mean(flat(y + np.random.uniform(size=u.shape), log_p), axis=0)


@wrong(U, "negative: a loss")
def loss(y, u, log_p):
    return -np.mean(flat(y + u, log_p), axis=0)


@wrong(U, "three axes handed to log_p")
def three_axes(y, u, log_p):
    return np.mean(log_p(y + u), axis=0)


@wrong(U, "the density's mean")
def density(y, u, log_p):
    return np.mean(np.exp(flat(y + u, log_p)), axis=0)


@right(U)
def loop(y, u, log_p):
    return sum(log_p(y + one) for one in u) / len(u)


@right(U)
def by_object(y, u, log_p):
    return np.array([np.mean(log_p(y[i] + u[:, i])) for i in range(len(y))])


def cubes(points, m):
    mid = (np.arange(points) + 0.5) / points
    return np.stack(np.meshgrid(*[mid] * m, indexing="ij"), axis=-1).reshape(-1, 1, m)


@wrong(P, "left ends of the intervals")
def left_ends(y, log_p, points):
    m = y.shape[1]
    return logsumexp(flat(y + cubes(points, m) - 0.5 / points, log_p), axis=0) - m * np.log(points)


@wrong(P, "volume 1/points also for m = 2")
def one_axis_volume(y, log_p, points):
    return logsumexp(flat(y + cubes(points, y.shape[1]), log_p), axis=0) - np.log(points)


@wrong(P, "mean of the logs")
def mean_of_logs(y, log_p, points):
    return np.mean(flat(y + cubes(points, y.shape[1]), log_p), axis=0)


@wrong(P, "exp before the sum: underflow")
def plain(y, log_p, points):
    return np.log(np.mean(np.exp(flat(y + cubes(points, y.shape[1]), log_p)), axis=0))


@wrong(P, "linspace from 0 to 1, both ends")
def linspace(y, log_p, points):
    m = y.shape[1]
    mid = np.linspace(0, 1, points)
    u = np.stack(np.meshgrid(*[mid] * m, indexing="ij"), axis=-1).reshape(-1, 1, m)
    return logsumexp(flat(y + u, log_p), axis=0) - m * np.log(points)


@wrong(P, "the diagonal of the cube only")
def diagonal(y, log_p, points):
    mid = ((np.arange(points) + 0.5) / points)[:, None, None]
    return logsumexp(flat(y + mid + np.zeros((1, 1, y.shape[1])), log_p), axis=0) - np.log(points)


@wrong(P, "Monte Carlo instead of the rule")
def monte_carlo(y, log_p, points):
    u = np.random.uniform(size=(points ** y.shape[1], 1, y.shape[1]))
    return logsumexp(flat(y + u, log_p), axis=0) - np.log(len(u))


@wrong(P, "the cell around y, y ± ½")
def around(y, log_p, points):
    m = y.shape[1]
    return logsumexp(flat(y - 0.5 + cubes(points, m), log_p), axis=0) - m * np.log(points)


@wrong(P, "volume forgotten")
def no_volume(y, log_p, points):
    return logsumexp(flat(y + cubes(points, y.shape[1]), log_p), axis=0)


@right(P)
def point_by_point(y, log_p, points):
    total = None
    for u in cubes(points, y.shape[1]):
        one = log_p(y + u)
        total = one if total is None else np.logaddexp(total, one)
    return total - y.shape[1] * np.log(points)


# ------------------------------------------------------------------ a second trial, after the first was mended


@wrong(D, "y times u")
def product(y, u):
    return (y * u).astype(u.dtype)


@wrong(D, "noise scaled down to a tenth")
def small_noise(y, u):
    return (y + 0.1 * u).astype(u.dtype)


@wrong(U, "max over samples")
def best(y, u, log_p):
    return np.max(flat(y + u, log_p), axis=0)


@wrong(U, "log_p of y minus the noise's mean half")
def half_cell(y, u, log_p):
    return np.mean(flat(y + u / 2, log_p), axis=0)


@wrong(P, "trapezoid with weights on a grid of points + 1")
def trapezoid(y, log_p, points):
    m = y.shape[1]
    axis = np.linspace(0, 1, points + 1)
    weight = np.where((axis == 0) | (axis == 1), 0.5, 1.0) / points
    u = np.stack(np.meshgrid(*[axis] * m, indexing="ij"), axis=-1).reshape(-1, 1, m)
    w = np.prod(np.stack(np.meshgrid(*[weight] * m, indexing="ij"), axis=-1).reshape(-1, m), axis=1)
    return logsumexp(flat(y + u, log_p) + np.log(w)[:, None], axis=0)


@wrong(P, "points in total, not per axis: a random diagonal")
def per_axis(y, log_p, points):
    m = y.shape[1]
    few = max(int(round(points ** (1 / m))), 1)
    return logsumexp(flat(y + cubes(few, m), log_p), axis=0) - m * np.log(few)


# ------------------------------------------------------------------ a third trial, after the second was mended


@wrong(U, "jitter of the noise: u squared")
def squared_noise(y, u, log_p):
    return np.mean(flat(y + u**2, log_p), axis=0)


@wrong(P, "midpoints of [0, 1] in units of points + 1")
def inner_points(y, log_p, points):
    m = y.shape[1]
    mid = np.arange(1, points + 1) / (points + 1)
    u = np.stack(np.meshgrid(*[mid] * m, indexing="ij"), axis=-1).reshape(-1, 1, m)
    return logsumexp(flat(y + u, log_p), axis=0) - m * np.log(points)
