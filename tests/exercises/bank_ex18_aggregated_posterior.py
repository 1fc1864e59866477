"""Misconceptions and other right answers for exercise 18."""

import numpy as np
from scipy.special import logsumexp

from minidgm.course.bank import misconception, right_answer

HALF_LOG_2PI = float(0.5 * np.log(2 * np.pi))


def terms(z, mu, log_sigma):
    """The log-density of every coordinate of every pair, (n_z, n, d)."""
    return -0.5 * ((z[:, None] - mu) * np.exp(-log_sigma)) ** 2 - log_sigma - HALF_LOG_2PI


def table(z, mu, log_sigma):
    return np.sum(terms(z, mu, log_sigma), axis=2)


def expanded(z, mu, log_sigma):
    """The table by two matrix products, the square taken apart, in the arguments' precision."""
    precision = np.exp(-2 * log_sigma)
    squares = z**2 @ precision.T - 2 * z @ (mu * precision).T + np.sum(mu**2 * precision, axis=1)
    return -0.5 * squares - np.sum(log_sigma, axis=1) - mu.shape[1] * HALF_LOG_2PI


def log_n(mu):
    return float(np.log(len(mu)))


# ------------------------------------------------------------------ gaussian_log_prob_table


@misconception(
    "gaussian_log_prob_table",
    "Your table is transposed: points are rows, objects are columns.",
)
def transposed(z, mu, log_sigma):
    return table(z, mu, log_sigma).T


@misconception(
    "gaussian_log_prob_table",
    "You pair point i with object i. Every point meets every object: a table, not a list.",
)
def own_posterior_only(z, mu, log_sigma):
    return np.sum(-0.5 * ((z - mu) * np.exp(-log_sigma)) ** 2 - log_sigma - HALF_LOG_2PI, axis=1)


@misconception(
    "gaussian_log_prob_table",
    "The −log σ is missing: your densities don't integrate to one, and the narrow posteriors look too low.",
)
def log_sigma_forgotten(z, mu, log_sigma):
    return np.sum(terms(z, mu, log_sigma) + log_sigma, axis=2)


@misconception(
    "gaussian_log_prob_table",
    "The sign of log σ is turned around: a narrow posterior is high at its centre.",
)
def log_sigma_added(z, mu, log_sigma):
    return np.sum(terms(z, mu, log_sigma) + 2 * log_sigma, axis=2)


@misconception(
    "gaussian_log_prob_table",
    "You treat log_sigma as the logarithm of the variance. It's that of the standard deviation.",
)
def log_variance(z, mu, log_sigma):
    return table(z, mu, log_sigma / 2)


@misconception(
    "gaussian_log_prob_table",
    "You divide the squared distance by σ, not by σ².",
)
def sigma_not_squared(z, mu, log_sigma):
    return np.sum(-0.5 * (z[:, None] - mu) ** 2 * np.exp(-log_sigma) - log_sigma - HALF_LOG_2PI, axis=2)


@misconception(
    "gaussian_log_prob_table",
    "You multiply the distance by σ, where it's divided: the distance is to be measured in units of σ.",
)
def multiplied_by_sigma(z, mu, log_sigma):
    return np.sum(-0.5 * ((z[:, None] - mu) * np.exp(log_sigma)) ** 2 - log_sigma - HALF_LOG_2PI, axis=2)


@misconception(
    "gaussian_log_prob_table",
    "You average over the d coordinates. A product of densities has a logarithm that is a sum.",
)
def mean_over_coordinates(z, mu, log_sigma):
    return np.mean(terms(z, mu, log_sigma), axis=2)


@misconception(
    "gaussian_log_prob_table",
    "You return every coordinate of every pair. The coordinates are independent: their log-densities add up.",
)
def not_summed(z, mu, log_sigma):
    return terms(z, mu, log_sigma)


@misconception(
    "gaussian_log_prob_table",
    "The constant −½ log 2π is missing, once for every coordinate: the densities don't integrate to one.",
)
def constant_forgotten(z, mu, log_sigma):
    return np.sum(terms(z, mu, log_sigma) + HALF_LOG_2PI, axis=2)


@misconception(
    "gaussian_log_prob_table",
    "The constant −½ log 2π stands once for each pair. It belongs to each of the d coordinates.",
)
def constant_once(z, mu, log_sigma):
    return np.sum(terms(z, mu, log_sigma) + HALF_LOG_2PI, axis=2) - HALF_LOG_2PI


@misconception(
    "gaussian_log_prob_table",
    "You normalize with the sigmas of the row's object: −Σ log σ went along the points. Sigma belongs to the "
    "posterior, which is the column.",
)
def sigma_of_the_row(z, mu, log_sigma):
    return np.sum(terms(z, mu, log_sigma) + log_sigma, axis=2) - np.sum(log_sigma, axis=1)[:, None]


@misconception(
    "gaussian_log_prob_table",
    "The factor ½ of the square is missing: your Gaussians are narrower than they say.",
)
def half_forgotten(z, mu, log_sigma):
    return np.sum(2 * (terms(z, mu, log_sigma) + log_sigma + HALF_LOG_2PI) - log_sigma - HALF_LOG_2PI, axis=2)


@misconception(
    "gaussian_log_prob_table",
    "You take the square apart, z² − 2zμ + μ², which is two quick matrix products, but in float32 subtracts numbers of "
    "10⁸ to get one near 1: nothing is left of it when the means are far from zero and sigma is small. Subtract first, "
    "or do this sum in float64, or move the origin into the data.",
)
def square_taken_apart(z, mu, log_sigma):
    return expanded(z, mu, log_sigma)


@misconception(
    "gaussian_log_prob_table",
    "You multiply the sigmas and take the logarithm of the product. In many dimensions the product leaves the range of "
    "floating-point numbers; the logarithms, which you were given, don't.",
)
def product_of_sigmas(z, mu, log_sigma):
    squares = np.sum(terms(z, mu, log_sigma) + log_sigma, axis=2)
    return squares - np.log(np.prod(np.exp(log_sigma), axis=1))


@misconception(
    "gaussian_log_prob_table",
    "You added a small constant to the variance. Narrow posteriors are then wider than the encoder said.",
)
def variance_with_an_epsilon(z, mu, log_sigma):
    variance = np.exp(2 * log_sigma) + np.asarray(1e-6, mu.dtype)
    return np.sum(-0.5 * (z[:, None] - mu) ** 2 / variance - 0.5 * np.log(variance) - HALF_LOG_2PI, axis=2)


@misconception(
    "gaussian_log_prob_table",
    "You return densities; their logarithms are asked for. Far from a posterior the density is zero in floating point.",
)
def densities(z, mu, log_sigma):
    return np.exp(table(z, mu, log_sigma))


@misconception(
    "gaussian_log_prob_table",
    "Your values are right, but float32 became float64: a NumPy scalar such as np.log(2 * np.pi) is float64, and "
    "decides the type of what it meets.",
)
def upcast_by_the_constant(z, mu, log_sigma):
    return np.sum(terms(z, mu, log_sigma) + HALF_LOG_2PI, axis=2) - mu.shape[1] * 0.5 * np.log(2 * np.pi)


@misconception(
    "gaussian_log_prob_table",
    "Your constant is log 2π where −½ log 2π belongs: a normal density divides by √(2π), and by no more. Your columns "
    "integrate to 1/√(2π) = 0.3989 in every dimension.",
)
def constant_not_halved(z, mu, log_sigma):
    return np.sum(terms(z, mu, log_sigma) - HALF_LOG_2PI, axis=2)


@right_answer("gaussian_log_prob_table")
def two_products_in_double(z, mu, log_sigma):
    wide = expanded(z.astype(float), mu.astype(float), log_sigma.astype(float))
    return wide.astype(z.dtype)


@right_answer("gaussian_log_prob_table")
def two_products_centred(z, mu, log_sigma):
    centre = np.mean(mu, axis=0, keepdims=True)
    return expanded(z - centre, mu - centre, log_sigma)


@right_answer("gaussian_log_prob_table")
def coordinate_by_coordinate(z, mu, log_sigma):
    result = np.zeros((len(z), len(mu)), z.dtype)
    for j in range(z.shape[1]):
        eps = np.subtract.outer(z[:, j], mu[:, j]) / np.exp(log_sigma[:, j])
        result += -(eps**2) / 2 - log_sigma[:, j] - HALF_LOG_2PI
    return result


@right_answer("gaussian_log_prob_table")
def object_by_object(z, mu, log_sigma):
    columns = []
    for m, s in zip(mu, log_sigma):
        eps = (z - m) / np.exp(s)
        columns.append(-0.5 * np.einsum("kd,kd->k", eps, eps) - s.sum() - HALF_LOG_2PI * len(m))
    return np.stack(columns, axis=1)


# ------------------------------------------------------------------ aggregated_log_prob


@misconception(
    "aggregated_log_prob",
    "You forgot log n: the sum of n densities integrates to n, the mixture to one. The mutual information comes out "
    "wrong by log n with it.",
)
def log_n_forgotten(z, mu, log_sigma):
    return logsumexp(table(z, mu, log_sigma), axis=1)


@misconception(
    "aggregated_log_prob",
    "You add log n where the weight 1/n wants it subtracted.",
)
def log_n_added(z, mu, log_sigma):
    return logsumexp(table(z, mu, log_sigma), axis=1) + log_n(mu)


@misconception(
    "aggregated_log_prob",
    "You subtract the logarithm of the number of points. The mixture has one component per object: n, not n_z.",
)
def log_of_the_number_of_points(z, mu, log_sigma):
    return logsumexp(table(z, mu, log_sigma), axis=1) - log_n(z)


@misconception(
    "aggregated_log_prob",
    "You subtract the logarithm of the number of coordinates. The mixture has one component per object: n of them, not "
    "d.",
)
def log_of_the_number_of_coordinates(z, mu, log_sigma):
    return logsumexp(table(z, mu, log_sigma), axis=1) - float(np.log(mu.shape[1]))


@misconception(
    "aggregated_log_prob",
    "You divide the logarithm by n. The mean is of the densities, so 1/n stands inside the logarithm.",
)
def logarithm_divided_by_n(z, mu, log_sigma):
    return logsumexp(table(z, mu, log_sigma), axis=1) / len(mu)


@misconception(
    "aggregated_log_prob",
    "You sum over the points and keep the objects: check the axis of the table.",
)
def over_the_points(z, mu, log_sigma):
    return logsumexp(table(z, mu, log_sigma), axis=0) - log_n(mu)


@misconception(
    "aggregated_log_prob",
    "You average log-densities. That's the logarithm of a geometric mean, which isn't a mixture: one posterior that is "
    "far away pulls it down without limit.",
)
def mean_of_logs(z, mu, log_sigma):
    return np.mean(table(z, mu, log_sigma), axis=1)


@misconception(
    "aggregated_log_prob",
    "You leave the logarithms before you average. Away from all posteriors every density is zero in floating point and "
    "the logarithm −inf; for narrow ones the densities overflow.",
)
def naive_exponentials(z, mu, log_sigma):
    return np.log(np.mean(np.exp(table(z, mu, log_sigma)), axis=1))


@misconception(
    "aggregated_log_prob",
    "You take out the largest number of the whole table. A point in the void beside a point in the middle then has "
    "nothing but zeros to add up: each point needs its own largest.",
)
def one_maximum_for_all(z, mu, log_sigma):
    log_q = table(z, mu, log_sigma)
    top = np.max(log_q)
    return top + np.log(np.mean(np.exp(log_q - top), axis=1))


@misconception(
    "aggregated_log_prob",
    "You added a small constant inside the logarithm. Away from all posteriors your density is then that constant, all "
    "over the infinite space.",
)
def with_an_epsilon(z, mu, log_sigma):
    return np.log(np.mean(np.exp(table(z, mu, log_sigma)), axis=1) + np.asarray(1e-12, mu.dtype))


@misconception(
    "aggregated_log_prob",
    "You take the highest posterior for the mixture. Where posteriors overlap the others count, and the weight 1/n "
    "always does.",
)
def highest_posterior(z, mu, log_sigma):
    return np.max(table(z, mu, log_sigma), axis=1)


@misconception(
    "aggregated_log_prob",
    "You take the highest posterior, times 1/n. That's the mixture only where posteriors don't overlap.",
)
def highest_share(z, mu, log_sigma):
    return np.max(table(z, mu, log_sigma), axis=1) - log_n(mu)


@misconception(
    "aggregated_log_prob",
    "You average the parameters: one Gaussian with the mean μ and the mean log σ. A mixture of Gaussians isn't a "
    "Gaussian.",
)
def mean_parameters(z, mu, log_sigma):
    return table(z, np.mean(mu, axis=0, keepdims=True), np.mean(log_sigma, axis=0, keepdims=True))[:, 0]


@misconception(
    "aggregated_log_prob",
    "You fit one Gaussian with the mixture's mean and variance. A mixture of Gaussians isn't a Gaussian: its holes are "
    "what the lecture is about.",
)
def moments_matched(z, mu, log_sigma):
    mean = np.mean(mu, axis=0, keepdims=True)
    variance = np.mean((mu - mean) ** 2 + np.exp(2 * log_sigma), axis=0, keepdims=True)
    return table(z, mean, 0.5 * np.log(variance))[:, 0]


@misconception(
    "aggregated_log_prob",
    "You average over the points, too. Every point has a density of its own: shape (n_z,).",
)
def mean_over_points(z, mu, log_sigma):
    return np.mean(logsumexp(table(z, mu, log_sigma), axis=1) - log_n(mu))


@misconception(
    "aggregated_log_prob",
    "You mix each coordinate by itself and add up: then the first coordinate may come from one object and the second "
    "from another. The mixture is over whole objects; sum over the coordinates first.",
)
def mixture_of_each_coordinate(z, mu, log_sigma):
    return np.sum(logsumexp(terms(z, mu, log_sigma), axis=1) - log_n(mu), axis=1)


@misconception(
    "aggregated_log_prob",
    "You return the density; its logarithm is asked for.",
)
def density_itself(z, mu, log_sigma):
    return np.exp(logsumexp(table(z, mu, log_sigma), axis=1) - log_n(mu))


@misconception(
    "aggregated_log_prob",
    "The squares were taken apart, z² − 2zμ + μ²: in float32, with means far from zero and small sigma, the large "
    "numbers cancel and leave noise. Subtract first, or do this sum in float64.",
)
def square_taken_apart_in_the_mixture(z, mu, log_sigma):
    return logsumexp(expanded(z, mu, log_sigma), axis=1) - log_n(mu)


@misconception(
    "aggregated_log_prob",
    "Your values are right, but float32 became float64: a NumPy scalar such as np.log(5) is float64, and decides the "
    "type of what it meets.",
)
def upcast_by_log_n(z, mu, log_sigma):
    return logsumexp(table(z, mu, log_sigma), axis=1) - np.log(len(mu))


@right_answer("aggregated_log_prob")
def by_logaddexp(z, mu, log_sigma):
    return np.logaddexp.reduce(table(z, mu, log_sigma) - log_n(mu), axis=1)


@right_answer("aggregated_log_prob")
def largest_taken_out(z, mu, log_sigma):
    log_q = table(z, mu, log_sigma)
    top = np.max(log_q, axis=1)
    return top + np.log(np.mean(np.exp(log_q - top[:, None]), axis=1))


@right_answer("aggregated_log_prob")
def point_by_point_in_double(z, mu, log_sigma):
    wide_mu, wide = mu.astype(float), log_sigma.astype(float)
    values = [logsumexp(table(row[None].astype(float), wide_mu, wide)[0], b=1 / len(mu)) for row in z]
    return np.array(values, dtype=z.dtype)


@right_answer("aggregated_log_prob")
def one_object_after_another(z, mu, log_sigma):
    total = np.full(len(z), -np.inf, z.dtype)
    for i in range(len(mu)):
        total = np.logaddexp(total, table(z, mu[i : i + 1], log_sigma[i : i + 1])[:, 0])
    return total - log_n(mu)


# ------------------------------------------------------------------ more of each


@misconception(
    "gaussian_log_prob_table",
    "You divide the difference by σ², the variance, and square that. (z − μ)/σ is squared: divide by σ first.",
)
def divided_by_the_variance(z, mu, log_sigma):
    u = (z[:, None] - mu) * np.exp(-2 * log_sigma)
    return np.sum(-0.5 * u**2 - log_sigma - HALF_LOG_2PI, axis=2)


@misconception("gaussian_log_prob_table", "Your constant is ½ log(2d). Each coordinate has ½ log 2π.")
def log_of_2d(z, mu, log_sigma):
    d = mu.shape[1]
    return table(z, mu, log_sigma) + d * HALF_LOG_2PI - d * float(0.5 * np.log(2 * d))


@misconception(
    "gaussian_log_prob_table",
    "You take log_sigma for σ itself. It is a logarithm, which may be negative or 0: σ = exp(log_sigma).",
)
def log_sigma_as_sigma(z, mu, log_sigma):
    u = (z[:, None] - mu) / log_sigma
    return np.sum(-0.5 * u**2 - np.log(log_sigma) - HALF_LOG_2PI, axis=2)


@misconception(
    "gaussian_log_prob_table",
    "You take log_sigma for σ itself. It is a logarithm, which may be negative or 0: σ = exp(log_sigma).",
)
def absolute_log_sigma_as_sigma(z, mu, log_sigma):
    u = (z[:, None] - mu) / log_sigma
    return np.sum(-0.5 * u**2 - np.log(np.abs(log_sigma)) - HALF_LOG_2PI, axis=2)


@misconception("gaussian_log_prob_table", "Your log-densities are in bits. They are in nats here: natural logarithms.")
def table_in_bits(z, mu, log_sigma):
    return table(z, mu, log_sigma) / float(np.log(2))


@misconception(
    "aggregated_log_prob",
    "You subtract log2 n. The logarithm that divides the sum by n is the natural one.",
)
def log2_of_n(z, mu, log_sigma):
    return logsumexp(table(z, mu, log_sigma), axis=1) - float(np.log2(len(mu)))


@misconception(
    "aggregated_log_prob",
    "You average over the points, not over the objects: the posteriors are on the table's second axis.",
)
def over_the_points_with_their_number(z, mu, log_sigma):
    return logsumexp(table(z, mu, log_sigma), axis=0) - float(np.log(len(z)))
