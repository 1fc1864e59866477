"""Misconceptions and other right answers for exercise 14."""

import numpy as np
from scipy.special import logsumexp

from minidgm.course.bank import misconception, right_answer

# ------------------------------------------------------------------ dequantize


@misconception(
    "dequantize",
    "Your cells are centred on their levels: y − ½ to y + ½. That is the convention of the discretized mixtures; with "
    "uniform dequantization the slide's cell begins at y.",
)
def cells_centred_on_levels(y, u):
    return y.astype(u.dtype) + u - 0.5


@misconception(
    "dequantize",
    "You subtract the noise: the cell then ends at y, and level 0 becomes negative.",
)
def noise_subtracted(y, u):
    return y.astype(u.dtype) - u


@misconception(
    "dequantize",
    "You rescale to [0, 1] as well. That is a separate step, with a Jacobian of its own (log of the number of levels, "
    "once per dimension), which is easily lost when it hides in here.",
)
def rescaled_to_the_unit_interval(y, u):
    return (y.astype(u.dtype) + u) / (y.max() + 1).astype(u.dtype)


@misconception(
    "dequantize",
    "Your values are right, but float32 noise came out as float64: levels are int64 or float64, and the sum takes the "
    "wider of the two. The noise has to decide.",
)
def upcast_by_the_levels(y, u):
    return y + u.astype(np.result_type(u, y))


@misconception(
    "dequantize",
    "You convert the sum to the levels' type, which cuts the noise off again: x equals y.",
)
def noise_cut_off(y, u):
    return (y + u).astype(y.dtype)


@misconception(
    "dequantize",
    "You write the sum into the caller's noise, which is needed again: for log q(u|y), say. Make a new array.",
)
def noise_overwritten(y, u):
    u += y.astype(u.dtype)
    return u


@misconception(
    "dequantize",
    "You keep the first noise sample only. u may have an axis of samples in front, and each of them dequantizes the "
    "data.",
)
def first_sample_only(y, u):
    return y.astype(u.dtype) + (u[0] if u.ndim == 3 else u)


@misconception(
    "dequantize",
    "Your noise runs from −1 to 1, so neighbouring cells overlap and a point no longer says which level it came from.",
)
def noise_of_both_signs(y, u):
    return y.astype(u.dtype) + 2 * u - 1


@right_answer("dequantize")
def by_an_empty_copy(y, u):
    x = np.array(u, copy=True)
    x += y.astype(u.dtype)
    return x


@right_answer("dequantize")
def by_casting_the_sum(y, u):
    return (y + u).astype(u.dtype)


@right_answer("dequantize")
def by_np_add_with_a_dtype(y, u):
    return np.add(y, u, dtype=u.dtype, casting="unsafe")


# ------------------------------------------------------------------ uniform_bound


def table(y, u, log_p):
    """log p(y + u) for each sample and object, (samples, n), in the dtype of u."""
    return np.stack([log_p(y.astype(u.dtype) + one) for one in u])


@misconception(
    "uniform_bound",
    "You average the density and take the logarithm afterwards: an estimate of log P(y) itself. The bound has the "
    "logarithm inside the mean, and is smaller; look at which side of the theorem each one stands.",
)
def log_of_the_mean(y, u, log_p):
    return (logsumexp(table(y, u, log_p), axis=0) - np.log(len(u))).astype(u.dtype)


@misconception(
    "uniform_bound",
    "You average over the objects as well. Each object has its own bound: shape (n,).",
)
def mean_over_objects_too(y, u, log_p):
    return np.mean(table(y, u, log_p))


@misconception(
    "uniform_bound",
    "You average over the objects and keep the samples. The noise is what the expectation runs over: check the axis.",
)
def mean_over_the_wrong_axis(y, u, log_p):
    return np.mean(table(y, u, log_p), axis=1)


@misconception(
    "uniform_bound",
    "You add the samples up. An expectation is a mean: with more noise samples the bound must not grow, only calm "
    "down.",
)
def sum_over_samples(y, u, log_p):
    return np.sum(table(y, u, log_p), axis=0)


@misconception(
    "uniform_bound",
    "You evaluate log p at the mean noise. That is one point near the middle of the cell, and the bound is about the "
    "whole cell: apply log p first, then average.",
)
def at_the_mean_noise(y, u, log_p):
    return log_p(y.astype(u.dtype) + np.mean(u, axis=0))


@misconception(
    "uniform_bound",
    "You evaluate log p at the levels themselves, without noise: the very thing dequantization is there to avoid.",
)
def without_noise(y, u, log_p):
    return log_p(y.astype(u.dtype))


@misconception(
    "uniform_bound",
    "You use the first noise sample only. One is enough for training; here the mean over all of them is asked for.",
)
def first_noise_sample_only(y, u, log_p):
    return log_p(y.astype(u.dtype) + u[0])


@misconception(
    "uniform_bound",
    "Your reshape mixes objects: the values come sample by sample, n of them at a time. Reshaped to (n, samples), a "
    "row holds the values of several objects. Which axis varies fastest?",
)
def reshaped_to_n_by_samples(y, u, log_p):
    samples, n, m = u.shape
    return np.mean(log_p((y.astype(u.dtype) + u).reshape(-1, m)).reshape(n, samples), axis=1)


@misconception(
    "uniform_bound",
    "You average densities, not log-densities: your result is P(y)'s estimate, never negative, and zero for an image.",
)
def mean_density(y, u, log_p):
    return np.mean(np.exp(table(y, u, log_p)), axis=0)


@misconception(
    "uniform_bound",
    "You take the best sample. The bound is an expectation over the noise; the largest value lies above it, and need "
    "not be a lower bound of anything.",
)
def best_sample(y, u, log_p):
    return np.max(table(y, u, log_p), axis=0)


@misconception(
    "uniform_bound",
    "You divide by the number of dimensions. The log-density of an object is about all of its dimensions together; a "
    "value per dimension is for reports.",
)
def per_dimension(y, u, log_p):
    return np.mean(table(y, u, log_p), axis=0) / y.shape[1]


@misconception(
    "uniform_bound",
    "You hand log_p the whole (samples, n, m) array. A model takes rows of points: make the samples rows too, or call "
    "it for one sample after the other.",
)
def whole_array_to_the_model(y, u, log_p):
    return np.mean(log_p(y.astype(u.dtype) + u), axis=0)


@misconception(
    "uniform_bound",
    "Your values are right, but float32 noise gave a float64 bound: integer levels plus float32 noise are float64. "
    "Give the levels the noise's dtype first, as `dequantize` does.",
)
def bound_upcast(y, u, log_p):
    return np.mean(np.stack([log_p(y + one) for one in u]), axis=0)


@right_answer("uniform_bound")
def sample_by_sample(y, u, log_p):
    total = 0
    for one in u:
        total = total + log_p(y.astype(u.dtype) + one)
    return total / len(u)


@right_answer("uniform_bound")
def object_by_object(y, u, log_p):
    return np.array([np.mean(log_p(y[i].astype(u.dtype) + u[:, i])) for i in range(len(y))])


@right_answer("uniform_bound")
def by_repeating_the_levels(y, u, log_p):
    samples, n, m = u.shape
    rows = np.tile(y.astype(u.dtype), (samples, 1)) + np.reshape(u, (samples * n, m))
    return np.einsum("sn->n", np.reshape(log_p(rows), (samples, n))) / samples


# ------------------------------------------------------------------ discrete_log_prob


def log_densities(y, log_p, axes):
    """log p(y + u) at every combination of the places on the axes, (places, n)."""
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, y.shape[1])
    return np.stack([log_p(y + u) for u in grid])


def middles(points):
    return (np.arange(points) + 0.5) / points


def log_mean(log_p_x):
    return logsumexp(log_p_x, axis=0) - np.log(len(log_p_x))


@misconception(
    "discrete_log_prob",
    "You average the log-densities: that is the bound, computed on a grid. The probability is the integral of the "
    "density, and its logarithm is taken last.",
)
def mean_of_logs(y, log_p, points):
    return np.mean(log_densities(y, log_p, [middles(points)] * y.shape[1]), axis=0)


@misconception(
    "discrete_log_prob",
    "You add up the densities and forget the volume of the little cubes: with more points your probability grows.",
)
def volume_forgotten(y, log_p, points):
    return logsumexp(log_densities(y, log_p, [middles(points)] * y.shape[1]), axis=0)


@misconception(
    "discrete_log_prob",
    "You multiply by 1/points, whatever m is. That is the volume of a little cube in one dimension; what is it in two?",
)
def volume_of_one_dimension(y, log_p, points):
    return logsumexp(log_densities(y, log_p, [middles(points)] * y.shape[1]), axis=0) - np.log(points)


@misconception(
    "discrete_log_prob",
    "You leave the logarithms before you sum. Densities such as e^{−2000} are zero in floating point, and e^{2000} is "
    "infinite, though their ratios are ordinary numbers.",
)
def naive_exponentials(y, log_p, points):
    return np.log(np.mean(np.exp(log_densities(y, log_p, [middles(points)] * y.shape[1])), axis=0))


@misconception(
    "discrete_log_prob",
    "You added a small constant inside the logarithm. It hides the underflow and puts its own logarithm, −27.6 for "
    "1e−12, in place of every small probability.",
)
def with_an_epsilon(y, log_p, points):
    return np.log(np.mean(np.exp(log_densities(y, log_p, [middles(points)] * y.shape[1])), axis=0) + 1e-12)


@misconception(
    "discrete_log_prob",
    "You take out the largest number of the whole table. An object that is e^{−4000} times less likely than another "
    "then has nothing but zeros to add up: each object needs its own largest.",
)
def one_maximum_for_all(y, log_p, points):
    log_p_x = log_densities(y, log_p, [middles(points)] * y.shape[1])
    top = np.max(log_p_x)
    return top + np.log(np.mean(np.exp(log_p_x - top), axis=0))


@misconception(
    "discrete_log_prob",
    "Your points are the left ends of the parts, 0, 1/points, ...: that is the rectangle rule, whose error shrinks "
    "with 1/points. The middles make it 1/points².",
)
def left_ends(y, log_p, points):
    return log_mean(log_densities(y, log_p, [np.arange(points) / points] * y.shape[1]))


@misconception(
    "discrete_log_prob",
    "Your points run from 0 to 1 with both ends included: the ends count fully though they own half a part each, and "
    "one of them is the next cell's. Take the middle of every part.",
)
def both_ends(y, log_p, points):
    return log_mean(log_densities(y, log_p, [np.linspace(0, 1, points)] * y.shape[1]))


@misconception(
    "discrete_log_prob",
    "Your cell is centred on the level, from y − ½ to y + ½; with uniform dequantization it begins at y.",
)
def cell_centred(y, log_p, points):
    return log_mean(log_densities(y, log_p, [middles(points) - 0.5] * y.shape[1]))


@misconception(
    "discrete_log_prob",
    "Both dimensions get the same noise: you integrate along the diagonal of the cell. All combinations of the two "
    "axes are wanted, points² of them.",
)
def along_the_diagonal(y, log_p, points):
    return log_mean(np.stack([log_p(y + u) for u in middles(points)]))


@misconception(
    "discrete_log_prob",
    "You take the density at the middle of the cell for its integral. `points` says how many places on each axis to "
    "use.",
)
def middle_of_the_cell(y, log_p, points):
    return log_p(y + 0.5)


@misconception(
    "discrete_log_prob",
    "You return the probability; its logarithm is asked for.",
)
def probability_itself(y, log_p, points):
    return np.exp(log_mean(log_densities(y, log_p, [middles(points)] * y.shape[1])))


@right_answer("discrete_log_prob")
def by_nested_loops(y, log_p, points):
    u = middles(points)
    total = np.full(len(y), -np.inf)
    for a in u:
        for b in u if y.shape[1] == 2 else [None]:
            total = np.logaddexp(total, log_p(y + (np.array([a]) if b is None else np.array([a, b]))))
    return total - y.shape[1] * np.log(points)


@right_answer("discrete_log_prob")
def by_one_level_at_a_time(y, log_p, points):
    m = y.shape[1]
    places = np.stack(np.meshgrid(*[middles(points)] * m), axis=-1).reshape(-1, m)
    result = []
    for row in y:
        log_p_x = log_p(row + places)
        top = np.max(log_p_x)
        result.append(top + np.log(np.mean(np.exp(log_p_x - top))))
    return np.array(result)


# ------------------------------------------------------------------ more of each


@misconception(
    "dequantize",
    "You divide by 256. Rescaling is a separate step, with a Jacobian of its own; and the number of levels isn't even "
    "an argument here.",
)
def divided_by_256(y, u):
    return (y.astype(u.dtype) + u) / 256


@misconception(
    "dequantize",
    "You round the sum down: that cuts the noise off again, and x equals y.",
)
def rounded_down(y, u):
    return np.floor(y.astype(u.dtype) + u)


@misconception(
    "uniform_bound",
    "You subtract the noise: y − u lies in the cell below. The cell of the level y begins at y: y + u.",
)
def bound_with_noise_subtracted(y, u, log_p):
    return np.mean(np.stack([log_p(y.astype(u.dtype) - one) for one in u]), axis=0)


@misconception("uniform_bound", "You return the loss, the negative of the bound. The bound itself is asked for.")
def bound_as_a_loss(y, u, log_p):
    return -np.mean(table(y, u, log_p), axis=0)


@misconception(
    "uniform_bound",
    "Your cells are centred on their levels, y − ½ to y + ½. With uniform dequantization the cell begins at y.",
)
def bound_of_centred_cells(y, u, log_p):
    return np.mean(np.stack([log_p(y.astype(u.dtype) + one - 0.5) for one in u]), axis=0)


@misconception(
    "uniform_bound",
    "You divide by the number of objects. The mean runs over the noise samples: how many of those are there?",
)
def bound_divided_by_n(y, u, log_p):
    return np.sum(table(y, u, log_p), axis=0) / len(y)
