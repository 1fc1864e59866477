"""Misconceptions and other right answers for exercise 16."""

import numpy as np
from scipy.special import expit, log_expit

from minidgm.course.bank import misconception, right_answer

HALF_LOG_2PI = float(0.5 * np.log(2 * np.pi))


def pieces(eps, mu, sigma):
    """u, and elementwise log N(eps), log sigma and the logarithm of the sigmoid's slope."""
    a = mu + sigma * eps
    log_sigma = np.log(sigma) + 0 * eps
    return expit(a), -0.5 * eps**2 - HALF_LOG_2PI, log_sigma, log_expit(a) + log_expit(-a)


@misconception(
    "sigmoid_flow",
    "You return −log q: the sign is turned around. Where the map is steep, the samples are spread out; is the density "
    "there large or small?",
)
def sign_of_log_q(eps, mu, sigma):
    u, log_p, log_sigma, log_slope = pieces(eps, mu, sigma)
    return u, -np.sum(log_p - log_sigma - log_slope, axis=-1)


@misconception(
    "sigmoid_flow",
    "You add the log-determinant of ε → u. You went from base to noise, so the density is divided by the determinant "
    "of that map; it would be multiplied by the determinant of the map back.",
)
def log_det_added(eps, mu, sigma):
    u, log_p, log_sigma, log_slope = pieces(eps, mu, sigma)
    return u, np.sum(log_p + log_sigma + log_slope, axis=-1)


@misconception(
    "sigmoid_flow",
    "Your log q is the base density of ε, without any log-determinant. It says how likely ε was; the density of u also "
    "knows how much the map stretched there.",
)
def base_density_alone(eps, mu, sigma):
    u, log_p, _, _ = pieces(eps, mu, sigma)
    return u, np.sum(log_p, axis=-1)


@misconception(
    "sigmoid_flow",
    "Your log-determinant is that of the sigmoid alone; the affine map before it stretches, too.",
)
def sigma_forgotten(eps, mu, sigma):
    u, log_p, _, log_slope = pieces(eps, mu, sigma)
    return u, np.sum(log_p - log_slope, axis=-1)


@misconception(
    "sigmoid_flow",
    "Your log q is that of a = μ + σε, before the sigmoid: a density on the whole line, which doesn't integrate to one "
    "over the unit cube.",
)
def sigmoid_forgotten(eps, mu, sigma):
    u, log_p, log_sigma, _ = pieces(eps, mu, sigma)
    return u, np.sum(log_p - log_sigma, axis=-1)


@misconception(
    "sigmoid_flow",
    "One of your two log-determinants has the wrong sign: log σ is added, the sigmoid's is subtracted. Both maps lead "
    "from base to noise.",
)
def sigma_on_the_wrong_side(eps, mu, sigma):
    u, log_p, log_sigma, log_slope = pieces(eps, mu, sigma)
    return u, np.sum(log_p + log_sigma - log_slope, axis=-1)


@misconception(
    "sigmoid_flow",
    "One of your two log-determinants has the wrong sign: the sigmoid's is added, log σ is subtracted. Both maps lead "
    "from base to noise.",
)
def slope_on_the_wrong_side(eps, mu, sigma):
    u, log_p, log_sigma, log_slope = pieces(eps, mu, sigma)
    return u, np.sum(log_p - log_sigma + log_slope, axis=-1)


@misconception(
    "sigmoid_flow",
    "You left the constant −½ log 2π out of the normal density. In a bound it counts, once for each dimension: q "
    "doesn't integrate to one without it.",
)
def constant_forgotten(eps, mu, sigma):
    u, log_p, log_sigma, log_slope = pieces(eps, mu, sigma)
    return u, np.sum(log_p + HALF_LOG_2PI - log_sigma - log_slope, axis=-1)


@misconception(
    "sigmoid_flow",
    "Your normal density has its constant once for the whole vector; a product of m densities has it m times.",
)
def constant_once(eps, mu, sigma):
    u, log_p, log_sigma, log_slope = pieces(eps, mu, sigma)
    return u, np.sum(log_p + HALF_LOG_2PI - log_sigma - log_slope, axis=-1) - HALF_LOG_2PI


@misconception(
    "sigmoid_flow",
    "You evaluate the standard normal at a = μ + σε. The base density belongs to the base sample, ε.",
)
def base_density_at_a(eps, mu, sigma):
    u, _, log_sigma, log_slope = pieces(eps, mu, sigma)
    return u, np.sum(-0.5 * (mu + sigma * eps) ** 2 - HALF_LOG_2PI - log_sigma - log_slope, axis=-1)


@misconception(
    "sigmoid_flow",
    "You evaluate the standard normal at u. The base density belongs to the base sample, ε, and the determinant takes "
    "it from there to u.",
)
def base_density_at_u(eps, mu, sigma):
    u, _, log_sigma, log_slope = pieces(eps, mu, sigma)
    return u, np.sum(-0.5 * u**2 - HALF_LOG_2PI - log_sigma - log_slope, axis=-1)


@misconception(
    "sigmoid_flow",
    "You treat sigma as the logarithm of the scale. It is the scale itself here.",
)
def sigma_taken_for_its_logarithm(eps, mu, sigma):
    u, log_p, log_sigma, log_slope = pieces(eps, mu, np.exp(sigma))
    return u, np.sum(log_p - log_sigma - log_slope, axis=-1)


@misconception(
    "sigmoid_flow",
    "You treat sigma as a variance and take its square root. It is the scale itself here.",
)
def sigma_taken_for_a_variance(eps, mu, sigma):
    u, log_p, log_sigma, log_slope = pieces(eps, mu, np.sqrt(sigma))
    return u, np.sum(log_p - log_sigma - log_slope, axis=-1)


@misconception(
    "sigmoid_flow",
    "You average over the dimensions. Densities of independent coordinates multiply, so their logarithms add up.",
)
def mean_over_dimensions(eps, mu, sigma):
    u, log_p, log_sigma, log_slope = pieces(eps, mu, sigma)
    return u, np.mean(log_p - log_sigma - log_slope, axis=-1)


@misconception(
    "sigmoid_flow",
    "You sum over everything. Each object, and each sample, has its own log q: sum over the last axis only.",
)
def summed_over_everything(eps, mu, sigma):
    u, log_p, log_sigma, log_slope = pieces(eps, mu, sigma)
    return u, np.sum(log_p - log_sigma - log_slope)


@misconception(
    "sigmoid_flow",
    "You return log q of each coordinate. The noise of an object has one density: the coordinates' log-densities add "
    "up.",
)
def not_summed(eps, mu, sigma):
    u, log_p, log_sigma, log_slope = pieces(eps, mu, sigma)
    return u, log_p - log_sigma - log_slope


@misconception(
    "sigmoid_flow",
    "You sum over axis 1, which is the last one for (n, m) only. With samples in front it is the objects that you add "
    "up.",
)
def summed_over_axis_one(eps, mu, sigma):
    u, log_p, log_sigma, log_slope = pieces(eps, mu, sigma)
    return u, np.sum(log_p - log_sigma - log_slope, axis=1)


@misconception(
    "sigmoid_flow",
    "You subtract the sum of log σ over the whole array, objects and all. Each object pays for its own sigmas only.",
)
def log_sigma_of_the_whole_batch(eps, mu, sigma):
    u, log_p, _, log_slope = pieces(eps, mu, sigma)
    return u, np.sum(log_p - log_slope, axis=-1) - np.sum(np.log(sigma))


@misconception(
    "sigmoid_flow",
    "You sum log σ in its own shape. Where sigma has one column for all dimensions, (n, 1), it stretches every one of "
    "them, and its logarithm must count m times: broadcast first, sum afterwards.",
)
def log_sigma_summed_before_broadcasting(eps, mu, sigma):
    u, log_p, _, log_slope = pieces(eps, mu, sigma)
    return u, np.sum(log_p - log_slope, axis=-1) - np.sum(np.log(sigma), axis=-1)


@misconception(
    "sigmoid_flow",
    "You take log(u (1 − u)) of the rounded u. At a = 40 it is exactly 1, and the logarithm −inf: use a form of log "
    "σ(a) that never sees u.",
)
def logarithm_of_the_rounded_u(eps, mu, sigma):
    u, log_p, log_sigma, _ = pieces(eps, mu, sigma)
    return u, np.sum(log_p - log_sigma - np.log(u * (1 - u)), axis=-1)


@misconception(
    "sigmoid_flow",
    "You added a small constant inside the logarithm. Where u rounds to 0 or 1 your log q is then the constant's, 27.6 "
    "for 1e−12, whatever a is.",
)
def with_an_epsilon(eps, mu, sigma):
    u, log_p, log_sigma, _ = pieces(eps, mu, sigma)
    return u, np.sum(log_p - log_sigma - np.log(u * (1 - u) + np.asarray(1e-12, eps.dtype)), axis=-1)


@misconception(
    "sigmoid_flow",
    "You clip u away from 0 and 1, and take the logarithm of the clipped value: the sample and its density then no "
    "longer belong together, and small u lose their digits.",
)
def clipped(eps, mu, sigma):
    _, log_p, log_sigma, _ = pieces(eps, mu, sigma)
    u = np.clip(expit(mu + sigma * eps), 1e-6, 1 - 1e-6)
    return u, np.sum(log_p - log_sigma - np.log(u) - np.log(1 - u), axis=-1)


@misconception(
    "sigmoid_flow",
    "You map with tanh, (1 + tanh a)/2, which is the sigmoid of 2a: twice as steep. The density belongs to another "
    "map.",
)
def by_tanh(eps, mu, sigma):
    _, log_p, log_sigma, _ = pieces(eps, mu, sigma)
    a = 2 * (mu + sigma * eps)
    return expit(a), np.sum(log_p - log_sigma - log_expit(a) - log_expit(-a), axis=-1)


@misconception(
    "sigmoid_flow",
    "Your sigmoid is a difference, 1 − something near 1 for very negative a: u then has lost its digits, or is 0. "
    "Which form of the sigmoid is a quotient of small by ordinary numbers?",
)
def sigmoid_by_a_difference(eps, mu, sigma):
    u, log_p, log_sigma, log_slope = pieces(eps, mu, sigma)
    return 1 - expit(-(mu + sigma * eps)), np.sum(log_p - log_sigma - log_slope, axis=-1)


@misconception(
    "sigmoid_flow",
    "Your values are right, but float32 became float64: a NumPy scalar such as np.log(2 * np.pi) is float64, and "
    "decides the type of the sum.",
)
def upcast_by_the_constant(eps, mu, sigma):
    u, log_p, log_sigma, log_slope = pieces(eps, mu, sigma)
    return u, np.sum(log_p + HALF_LOG_2PI - 0.5 * np.log(2 * np.pi) - log_sigma - log_slope, axis=-1)


@right_answer("sigmoid_flow")
def by_scipys_functions(eps, mu, sigma):
    u, log_p, log_sigma, log_slope = pieces(eps, mu, sigma)
    return u, (log_p - log_sigma - log_slope).sum(axis=-1)


@right_answer("sigmoid_flow")
def coordinate_by_coordinate(eps, mu, sigma):
    mu, sigma = np.broadcast_to(mu, eps.shape), np.broadcast_to(sigma, eps.shape)
    u, log_q = np.empty_like(eps), np.zeros(eps.shape[:-1], eps.dtype)
    for j in range(eps.shape[-1]):
        a = mu[..., j] + sigma[..., j] * eps[..., j]
        e = np.exp(-np.abs(a))
        u[..., j] = np.where(a >= 0, np.ones_like(e), e) / (1 + e)
        log_q += -(eps[..., j] ** 2) / 2 - HALF_LOG_2PI - np.log(sigma[..., j]) + np.abs(a) + 2 * np.log1p(e)
    return u, log_q


@right_answer("sigmoid_flow")
def in_double_and_back(eps, mu, sigma):
    a = (mu + sigma * eps).astype(float)
    log_normal_a = -0.5 * ((a - mu) / sigma) ** 2 - np.log(sigma) - 0.5 * np.log(2 * np.pi)
    log_q = np.sum(log_normal_a + a + 2 * np.logaddexp(0, -a), axis=-1)
    return (1 / (1 + np.exp(-a))).astype(eps.dtype), log_q.astype(eps.dtype)


# ------------------------------------------------------------------ more of each

S = "sigmoid_flow"


@misconception(
    S,
    "You multiply ε by log σ. sigma is the scale itself: a = μ + σ ε. (Its logarithm belongs to log q.)",
)
def noise_times_log_sigma(eps, mu, sigma):
    _, log_p, log_sigma, _ = pieces(eps, mu, sigma)
    a = mu + np.log(sigma) * eps
    return expit(a), np.sum(log_p - log_sigma - log_expit(a) - log_expit(-a), axis=-1)


@misconception(S, "Your normal density has log 2π where ½ log 2π belongs: the constant is 1/√(2π).")
def constant_not_halved(eps, mu, sigma):
    u, log_p, log_sigma, log_slope = pieces(eps, mu, sigma)
    return u, np.sum(log_p - HALF_LOG_2PI - log_sigma - log_slope, axis=-1)


@misconception(S, "Your normal density has ½ log(2m) where ½ log 2π belongs.")
def log_of_2m(eps, mu, sigma):
    u, log_p, log_sigma, log_slope = pieces(eps, mu, sigma)
    wrong = float(0.5 * np.log(2 * eps.shape[-1]))
    return u, np.sum(log_p + HALF_LOG_2PI - wrong - log_sigma - log_slope, axis=-1)


@misconception(
    S, "You return a = μ + σ ε, from before the sigmoid. The noise of a cell lies in (0, 1): u = sigmoid(a)."
)
def before_the_sigmoid(eps, mu, sigma):
    _, log_p, log_sigma, log_slope = pieces(eps, mu, sigma)
    return mu + sigma * eps, np.sum(log_p - log_sigma - log_slope, axis=-1)


@misconception(
    S,
    "You take e^{−a} to a far below 0, where it overflows: log q is then infinite. The slope is the same for a and −a.",
)
def slope_overflows(eps, mu, sigma):
    u, log_p, log_sigma, _ = pieces(eps, mu, sigma)
    a = mu + sigma * eps
    return u, np.sum(log_p - log_sigma + a + 2 * np.log(1 + np.exp(-a)), axis=-1)


@misconception(S, "Your logarithms are those of base 2. Log-densities are in nats here: np.log.")
def in_bits(eps, mu, sigma):
    u, log_p, log_sigma, log_slope = pieces(eps, mu, sigma)
    return u, np.sum(log_p - (log_sigma + log_slope) / float(np.log(2)), axis=-1)
