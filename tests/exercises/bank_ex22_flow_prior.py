"""Wrong and other right answers to exercise 22."""

import numpy as np

from minidgm.course.bank import misconception, right_answer
from minidgm.course.densities import norm

HALF_LOG_2PI = 0.9189385332046727  # a Python number: float32 stays float32


def normal(z):
    """log N(z; 0, I), a number per point."""
    return np.sum(-0.5 * z**2 - HALF_LOG_2PI, axis=1)


def log_prior(z, f):
    z_star, log_det = f(z)
    return normal(z_star) + log_det


# ------------------------------------------------------------------ flow_prior_log_prob, wrong


@misconception(
    "flow_prior_log_prob",
    "log_det has the wrong sign. f goes from z to z*, and log_det is that of f: where f stretches, a small piece of z "
    "is spread over a large piece of z*, and so holds more of its probability.",
)
def log_det_subtracted(z, f):
    z_star, log_det = f(z)
    return normal(z_star) - log_det


@misconception(
    "flow_prior_log_prob",
    "log_det is not used: this is the density of z*, in z*'s units. Integrated over z it is not one.",
)
def log_det_forgotten(z, f):
    return normal(f(z)[0])


@misconception(
    "flow_prior_log_prob",
    "The normal density is evaluated at z. The flow makes z* standard normal, not z: the base density belongs to what "
    "f returns.",
)
def base_at_z(z, f):
    return normal(z) + f(z)[1]


@misconception(
    "flow_prior_log_prob",
    "This is the standard normal's log density at z: the flow is not used at all.",
)
def flow_not_used(z, f):
    return normal(z)


@misconception(
    "flow_prior_log_prob",
    "f is applied twice. It is applied once to come to z*; log_det is that of this one map.",
)
def f_twice(z, f):
    z_star, log_det = f(z)
    return normal(f(z_star)[0]) + log_det


@misconception(
    "flow_prior_log_prob",
    "The normal density's constant, (d/2) log 2π, is missing: the density integrates to (2π)^(d/2).",
)
def two_pi_left_out(z, f):
    z_star, log_det = f(z)
    return -0.5 * np.sum(z_star**2, axis=1) + log_det


@misconception(
    "flow_prior_log_prob",
    "½ log 2π is subtracted once for each code; every one of the d dimensions brings its own. (In one dimension nobody "
    "notices.)",
)
def two_pi_once(z, f):
    z_star, log_det = f(z)
    return -0.5 * np.sum(z_star**2, axis=1) - HALF_LOG_2PI + log_det


@misconception(
    "flow_prior_log_prob",
    "The normal log density is averaged over the d dimensions; independent dimensions' log densities add up.",
)
def mean_over_dimensions(z, f):
    z_star, log_det = f(z)
    return normal(z_star) / z.shape[1] + log_det


@misconception(
    "flow_prior_log_prob",
    "The squares are not halved: this is the kernel of a normal of variance ½.",
)
def square_not_halved(z, f):
    z_star, log_det = f(z)
    return normal(z_star) - 0.5 * np.sum(z_star**2, axis=1) + log_det


@misconception(
    "flow_prior_log_prob",
    "log_det is summed over the batch: every code gets everybody's. It has one entry a code, to be added to that "
    "code's log density alone.",
)
def log_det_summed(z, f):
    z_star, log_det = f(z)
    return normal(z_star) + log_det.sum()


@misconception(
    "flow_prior_log_prob",
    "log_det is averaged over the batch. It differs from code to code, and each needs its own.",
)
def log_det_averaged(z, f):
    z_star, log_det = f(z)
    return normal(z_star) + log_det.mean()


@misconception(
    "flow_prior_log_prob",
    "The base density comes out as one number for the batch, the sum over codes and dimensions. A log_prob has one "
    "entry a code: which axis is summed?",
)
def base_summed_over_the_batch(z, f):
    z_star, log_det = f(z)
    return normal(z_star).sum() + log_det


@misconception(
    "flow_prior_log_prob",
    "The log densities of all codes are summed to one number. One a code is wanted; the loss takes the mean later.",
)
def batch_summed(z, f):
    return log_prior(z, f).sum()


@misconception(
    "flow_prior_log_prob",
    "log_det is added in each of the d dimensions before they are summed: it counts d times. It is the log-determinant "
    "of the whole Jacobian.",
)
def log_det_in_each_dimension(z, f):
    z_star, log_det = f(z)
    return np.sum(-0.5 * z_star**2 - HALF_LOG_2PI + log_det[:, None], axis=1)


@misconception(
    "flow_prior_log_prob",
    "The logarithm is taken of a density: far out that is 0 and its logarithm −inf. Work with the log density from the "
    "start.",
)
def log_of_the_density(z, f):
    z_star, log_det = f(z)
    return np.log(np.prod(np.exp(-0.5 * z_star**2 - HALF_LOG_2PI), axis=1)) + log_det


@misconception(
    "flow_prior_log_prob",
    "The result of float32 input is float64: something of type float64 met the arrays, most likely np.log(2 * np.pi), "
    "which is a float64 number, not a Python one.",
)
def upcast_to_float64(z, f):
    z_star, log_det = f(z)
    return np.sum(-0.5 * z_star**2 - 0.5 * np.log(2 * np.pi), axis=1) + log_det


@misconception(
    "flow_prior_log_prob",
    "The squares are summed over the whole batch: np.sum without an axis. Each code's density depends on its own "
    "coordinates only.",
)
def squares_summed_over_the_batch(z, f):
    z_star, log_det = f(z)
    return -0.5 * np.sum(z_star**2) - z.shape[1] * HALF_LOG_2PI + log_det


# ------------------------------------------------------------------ flow_prior_log_prob, right


@right_answer("flow_prior_log_prob")
def constant_for_all_dimensions(z, f):
    z_star, log_det = f(z)
    d = z.shape[1]
    return log_det - 0.5 * (np.einsum("ij,ij->i", z_star, z_star) + d * float(np.log(2 * np.pi)))


@right_answer("flow_prior_log_prob")
def one_code_at_a_time(z, f):
    result = []
    z_star, log_det = f(z)
    for i in range(len(z)):
        result.append(sum(-0.5 * float(v) ** 2 - 0.5 * float(np.log(2 * np.pi)) for v in z_star[i]) + log_det[i])
    return np.array(result, z.dtype)


@right_answer("flow_prior_log_prob")
def in_float64_and_back(z, f):
    z_star, log_det = f(z)
    return (norm.logpdf(z_star.astype(np.float64)).sum(axis=-1) + log_det).astype(z.dtype)


# ------------------------------------------------------------------ flow_prior_elbo, wrong


@misconception(
    "flow_prior_elbo",
    "log q is added. The ELBO compares the joint density with the posterior's: log p(x, z) − log q(z|x). With the "
    "exact posterior that is log p(x) at every z.",
)
def log_q_added(log_lik, z, log_q, f):
    return log_lik + log_prior(z, f) + log_q


@misconception(
    "flow_prior_elbo",
    "log q is missing: this is log p(x, z), the joint density. It rewards an encoder of no width at all.",
)
def log_q_forgotten(log_lik, z, log_q, f):
    return log_lik + log_prior(z, f)


@misconception(
    "flow_prior_elbo",
    "The prior is the standard normal at z: the flow is not used. It is the flow that makes the prior learnable.",
)
def standard_prior(log_lik, z, log_q, f):
    return log_lik + normal(z) - log_q


@misconception(
    "flow_prior_elbo",
    "The normal density is evaluated at z, only log_det is the flow's. The base density belongs to z* = f(z).",
)
def elbo_base_at_z(log_lik, z, log_q, f):
    return log_lik + normal(z) + f(z)[1] - log_q


@misconception(
    "flow_prior_elbo",
    "log_det has the wrong sign. f runs from z to z*, and it is f's own log_det: it is added to the log density at z*.",
)
def elbo_log_det_subtracted(log_lik, z, log_q, f):
    z_star, log_det = f(z)
    return log_lik + normal(z_star) - log_det - log_q


@misconception(
    "flow_prior_elbo",
    "log_det is missing: the prior's density is that of z*, in other units than log q(z|x), which is one of z.",
)
def elbo_log_det_forgotten(log_lik, z, log_q, f):
    return log_lik + normal(f(z)[0]) - log_q


@misconception(
    "flow_prior_elbo",
    "Of the prior you use log_det alone; the normal density at z* is missing.",
)
def base_forgotten(log_lik, z, log_q, f):
    return log_lik + f(z)[1] - log_q


@misconception(
    "flow_prior_elbo",
    "The KL's estimate, log q − log p, is added to the likelihood. It is a cost: the prior has to raise the bound and "
    "log q to lower it.",
)
def kl_added(log_lik, z, log_q, f):
    return log_lik + log_q - log_prior(z, f)


@misconception(
    "flow_prior_elbo",
    "This is the negative ELBO, a loss. The bound itself is wanted.",
)
def loss_for_elbo(log_lik, z, log_q, f):
    return -(log_lik + log_prior(z, f) - log_q)


@misconception(
    "flow_prior_elbo",
    "The likelihood is missing: only the two terms of the KL are here.",
)
def likelihood_forgotten(log_lik, z, log_q, f):
    return log_prior(z, f) - log_q


@misconception(
    "flow_prior_elbo",
    "The bounds are averaged over the batch. One per object is wanted, shape (n,); the mean belongs to the loss.",
)
def batch_averaged(log_lik, z, log_q, f):
    return np.mean(log_lik + log_prior(z, f) - log_q)


@misconception(
    "flow_prior_elbo",
    "log_det is summed over the batch: every object gets everybody's. It has one entry per object.",
)
def elbo_log_det_summed(log_lik, z, log_q, f):
    z_star, log_det = f(z)
    return log_lik + normal(z_star) + log_det.sum() - log_q


@misconception(
    "flow_prior_elbo",
    "The constant (d/2) log 2π of the normal density is missing. log q has its own, so it does not cancel: the bound "
    "is too high, and may pass log p(x).",
)
def elbo_two_pi_left_out(log_lik, z, log_q, f):
    z_star, log_det = f(z)
    return log_lik - 0.5 * np.sum(z_star**2, axis=1) + log_det - log_q


@misconception(
    "flow_prior_elbo",
    "The normal log density is averaged over the d dimensions, where they add up.",
)
def elbo_mean_over_dimensions(log_lik, z, log_q, f):
    z_star, log_det = f(z)
    return log_lik + normal(z_star) / z.shape[1] + log_det - log_q


@misconception(
    "flow_prior_elbo",
    "log_det is in the prior and is once more subtracted from log q, as in a flow posterior: it counts twice. In this "
    "exercise the flow belongs to the prior only.",
)
def log_det_counted_twice(log_lik, z, log_q, f):
    z_star, log_det = f(z)
    return log_lik + normal(z_star) + log_det - (log_q - log_det)


@misconception(
    "flow_prior_elbo",
    "The result of float32 input is float64: most likely np.log(2 * np.pi), a float64 number, met the arrays.",
)
def elbo_upcast_to_float64(log_lik, z, log_q, f):
    z_star, log_det = f(z)
    return log_lik + np.sum(-0.5 * z_star**2 - 0.5 * np.log(2 * np.pi), axis=1) + log_det - log_q


@misconception(
    "flow_prior_elbo",
    "The prior's squares are summed over the whole batch: np.sum without an axis. Each object's prior depends on its "
    "own code only.",
)
def elbo_squares_summed_over_the_batch(log_lik, z, log_q, f):
    z_star, log_det = f(z)
    return log_lik - 0.5 * np.sum(z_star**2) - z.shape[1] * HALF_LOG_2PI + log_det - log_q


@misconception(
    "flow_prior_elbo",
    "½ log 2π is subtracted once per object from the prior; every one of the d dimensions brings its own.",
)
def elbo_two_pi_once(log_lik, z, log_q, f):
    z_star, log_det = f(z)
    return log_lik - 0.5 * np.sum(z_star**2, axis=1) - HALF_LOG_2PI + log_det - log_q


# ------------------------------------------------------------------ flow_prior_elbo, right


@right_answer("flow_prior_elbo")
def likelihood_less_kl(log_lik, z, log_q, f):
    return log_lik - (log_q - log_prior(z, f))


@right_answer("flow_prior_elbo")
def object_by_object(log_lik, z, log_q, f):
    z_star, log_det = f(z)
    result = np.zeros_like(log_lik)
    for i in range(len(z)):
        base = norm.logpdf(z_star[i].astype(float)).sum()
        result[i] = log_lik[i] + base + log_det[i] - log_q[i]
    return result


@right_answer("flow_prior_elbo")
def shifted_decoder(log_lik, z, log_q, f):
    """KL duality: q pushed through f against the standard normal."""
    z_star, log_det = f(z)
    return log_lik + normal(z_star) - (log_q - log_det)


# ------------------------------------------------------------------ more of each


@misconception("flow_prior_log_prob", "The constant is log 2π a dimension where ½ log 2π belongs: it is 1/√(2π).")
def constant_not_halved(z, f):
    return log_prior(z, f) - z.shape[1] * HALF_LOG_2PI


@misconception("flow_prior_log_prob", "Your constant is ½ log(2d). Each dimension has ½ log 2π.")
def log_of_2d(z, f):
    d = z.shape[1]
    return log_prior(z, f) + d * HALF_LOG_2PI - d * float(0.5 * np.log(2 * d))


@misconception(
    "flow_prior_log_prob",
    "You standardize what f returns by the batch's own mean and standard deviation. f made z* standard normal; one "
    "code's density must not depend on who shares the batch.",
)
def standardized_by_the_batch(z, f):
    z_star, log_det = f(z)
    return normal((z_star - z_star.mean(axis=0)) / (z_star.std(axis=0) + 1e-9)) + log_det


@misconception("flow_prior_log_prob", "You count in bits. Log-densities are in nats here: no division by log 2.")
def log_prior_in_bits(z, f):
    return log_prior(z, f) / float(np.log(2))


@misconception(
    "flow_prior_elbo",
    "The KL's part is weighted by q(z|x). z was drawn from q: one sample counts once.",
)
def weighted_by_q(log_lik, z, log_q, f):
    return log_lik - np.exp(log_q) * (log_q - log_prior(z, f))


@misconception("flow_prior_elbo", "You add the batch's mean of log p − log q to every object. Each has its own.")
def kl_averaged_over_the_batch(log_lik, z, log_q, f):
    return log_lik + np.mean(log_prior(z, f) - log_q)


@misconception(
    "flow_prior_elbo",
    "Two things: log_det is subtracted where it is added, and log q is added where it is subtracted.",
)
def both_signs_turned(log_lik, z, log_q, f):
    z_star, log_det = f(z)
    return log_lik + normal(z_star) - log_det + log_q


PAIR = "f returns two things, z* and log_det, and you go on with both as if they were one: z_star, log_det = f(z)."


@misconception("flow_prior_log_prob", PAIR)
def pair_squared(z, f):
    return -0.5 * f(z) ** 2


@misconception("flow_prior_elbo", PAIR)
def elbo_pair_squared(log_lik, z, log_q, f):
    return log_lik - 0.5 * f(z) ** 2 - log_q
