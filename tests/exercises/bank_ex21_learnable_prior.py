"""Wrong and other right answers to exercise 21."""

import numpy as np
from scipy.special import logsumexp

from minidgm.course.bank import misconception, right_answer
from minidgm.course.densities import norm

HALF_LOG_2PI = 0.9189385332046727  # a Python number: float32 stays float32


def terms(z, mu, log_sigma):
    """log N(z_j; mu_kj, sigma_kj), not yet summed: (n, K, d)."""
    u = (z[:, None] - mu) * np.exp(-log_sigma)
    return -0.5 * u**2 - log_sigma - HALF_LOG_2PI


def components(z, mu, log_sigma):
    """(n, K)."""
    return terms(z, mu, log_sigma).sum(axis=2)


def naive(log_q, log_weights):
    """exp, weighted sum, log."""
    return np.log(np.sum(np.exp(log_weights) * np.exp(log_q), axis=1))


# ------------------------------------------------------------------ mixture_log_prob, wrong


@misconception(
    "mixture_log_prob",
    "The weights stand outside the logsumexp. Each component's density is multiplied by its own weight before the sum: "
    "its log weight has to be there before the logsumexp.",
)
def weights_outside(z, log_pi, mu, log_sigma):
    return logsumexp(components(z, mu, log_sigma), axis=1) + log_pi.mean()


@misconception(
    "mixture_log_prob",
    "The weights are not used: all components count fully, so the density integrates to K, not to one.",
)
def weights_forgotten(z, log_pi, mu, log_sigma):
    return logsumexp(components(z, mu, log_sigma), axis=1)


@misconception(
    "mixture_log_prob",
    "Every component gets the weight 1/K. The weights are an argument, log_pi.",
)
def equal_weights(z, log_pi, mu, log_sigma):
    return logsumexp(components(z, mu, log_sigma), axis=1) - float(np.log(len(log_pi)))


@misconception(
    "mixture_log_prob",
    "You divide by K although the weights sum to one already: the density integrates to 1/K.",
)
def weights_and_a_mean(z, log_pi, mu, log_sigma):
    return logsumexp(log_pi + components(z, mu, log_sigma), axis=1) - float(np.log(len(log_pi)))


@misconception(
    "mixture_log_prob",
    "You add the weights themselves to the log densities: log_pi was exponentiated first. A product of densities and "
    "weights is a sum of logarithms.",
)
def pi_instead_of_log_pi(z, log_pi, mu, log_sigma):
    return logsumexp(np.exp(log_pi) + components(z, mu, log_sigma), axis=1)


@misconception(
    "mixture_log_prob",
    "The log densities are averaged with the weights; the logarithm of the average density is wanted. By Jensen yours "
    "is a lower bound, and a far component drags it to minus infinity.",
)
def mean_of_logs(z, log_pi, mu, log_sigma):
    return np.sum(np.exp(log_pi) * components(z, mu, log_sigma), axis=1)


@misconception(
    "mixture_log_prob",
    "You mix in each dimension by itself and add up. That is a product of d mixtures, with K^d bumps; a component is a "
    "density of the whole z, so the sum over dimensions comes before the mixing.",
)
def mixture_in_each_dimension(z, log_pi, mu, log_sigma):
    return logsumexp(log_pi[:, None] + terms(z, mu, log_sigma), axis=1).sum(axis=1)


@misconception(
    "mixture_log_prob",
    "The weight is added in each dimension, so it counts d times: π_k to the power d. Sum over the dimensions first, "
    "then weigh. (In one dimension nobody notices.)",
)
def weight_counted_d_times(z, log_pi, mu, log_sigma):
    return logsumexp((log_pi[:, None] + terms(z, mu, log_sigma)).sum(axis=2), axis=1)


@misconception(
    "mixture_log_prob",
    "The log densities are averaged over the d dimensions; independent dimensions' log densities add up.",
)
def mean_over_dimensions(z, log_pi, mu, log_sigma):
    return logsumexp(log_pi + terms(z, mu, log_sigma).mean(axis=2), axis=1)


@misconception(
    "mixture_log_prob",
    "The normalizer −log σ is missing from the components: narrow ones weigh too little, wide ones too much, and the "
    "density does not integrate to one.",
)
def normalizer_left_out(z, log_pi, mu, log_sigma):
    return logsumexp(log_pi + components(z, mu, log_sigma) + log_sigma.sum(axis=1), axis=1)


@misconception(
    "mixture_log_prob",
    "The constant ½ log 2π is subtracted once; each of the d dimensions brings its own.",
)
def two_pi_once(z, log_pi, mu, log_sigma):
    d = z.shape[1]
    return logsumexp(log_pi + components(z, mu, log_sigma), axis=1) + (d - 1) * HALF_LOG_2PI


@misconception(
    "mixture_log_prob",
    "The constant ½ log 2π of the normal density is missing, once per dimension. It does not matter to gradients, but "
    "a density has to integrate to one, and priors are compared by these numbers.",
)
def two_pi_left_out(z, log_pi, mu, log_sigma):
    return logsumexp(log_pi + components(z, mu, log_sigma), axis=1) + z.shape[1] * HALF_LOG_2PI


@misconception(
    "mixture_log_prob",
    "log_sigma is taken for the logarithm of the variance. It is that of the standard deviation.",
)
def log_variance(z, log_pi, mu, log_sigma):
    return logsumexp(log_pi + components(z, mu, 0.5 * log_sigma), axis=1)


@misconception(
    "mixture_log_prob",
    "The square (z − μ)² is divided by σ, not by σ²: what is squared is the whole of (z − μ)/σ.",
)
def divided_by_sigma_once(z, log_pi, mu, log_sigma):
    square = (z[:, None] - mu) ** 2 * np.exp(-log_sigma)
    log_q = (-0.5 * square - log_sigma - HALF_LOG_2PI).sum(axis=2)
    return logsumexp(log_pi + log_q, axis=1)


@misconception(
    "mixture_log_prob",
    "Densities are exponentiated and summed before the logarithm: far out they are all 0 and the logarithm is −inf, in "
    "many dimensions they are inf. Stay with logarithms, as in exercise 01.",
)
def naive_exponentials(z, log_pi, mu, log_sigma):
    return naive(components(z, mu, log_sigma), log_pi)


@misconception(
    "mixture_log_prob",
    "A small number added inside the logarithm replaces the density in the tails: every far point gets the same value. "
    "Nothing need be added when the sum is done in logarithms.",
)
def epsilon_in_the_logarithm(z, log_pi, mu, log_sigma):
    density = np.sum(np.exp(log_pi) * np.exp(components(z, mu, log_sigma)), axis=1)
    return np.log(density + 1e-10).astype(z.dtype)


@misconception(
    "mixture_log_prob",
    "The nearest component alone is counted, a maximum instead of a sum. Where components overlap the density is "
    "higher than the best of them.",
)
def best_component(z, log_pi, mu, log_sigma):
    return np.max(log_pi + components(z, mu, log_sigma), axis=1)


@misconception(
    "mixture_log_prob",
    "The log densities of the points are summed. A log_prob has one number per object; the mean or sum over the batch "
    "comes later, in the loss.",
)
def summed_over_the_batch(z, log_pi, mu, log_sigma):
    return np.sum(logsumexp(log_pi + components(z, mu, log_sigma), axis=1))


@misconception(
    "mixture_log_prob",
    "The result of float32 input is float64: something of type float64 met the arrays, most likely np.log(2 * np.pi), "
    "which is a float64 number, not a Python one.",
)
def upcast_to_float64(z, log_pi, mu, log_sigma):
    u = (z[:, None] - mu) * np.exp(-log_sigma)
    log_q = np.sum(-0.5 * u**2 - log_sigma - 0.5 * np.log(2 * np.pi), axis=2)
    return logsumexp(log_pi + log_q, axis=1)


@misconception(
    "mixture_log_prob",
    "You take the logarithm of log_pi, which holds logarithms already: they are negative, hence the NaN.",
)
def log_of_log_pi(z, log_pi, mu, log_sigma):
    return logsumexp(np.log(log_pi) + components(z, mu, log_sigma), axis=1)


@misconception(
    "mixture_log_prob",
    "You divide by log_sigma where σ belongs, and take its logarithm once more. σ is exp(log_sigma), always positive.",
)
def log_sigma_for_sigma(z, log_pi, mu, log_sigma):
    u = (z[:, None] - mu) / log_sigma
    return logsumexp(log_pi + (-0.5 * u**2 - np.log(log_sigma) - HALF_LOG_2PI).sum(axis=2), axis=1)


@misconception(
    "mixture_log_prob",
    "log σ has the wrong sign: wide components are lower at their centre, not higher.",
)
def plus_log_sigma(z, log_pi, mu, log_sigma):
    return logsumexp(log_pi + components(z, mu, log_sigma) + 2 * log_sigma.sum(axis=1), axis=1)


# ------------------------------------------------------------------ mixture_log_prob, right


@misconception(
    "mixture_log_prob",
    "log_pi, one number per component, meets an array whose last axis counts dimensions. Sum over the dimensions "
    "first; what is left has an axis of components at its end.",
)
def weights_against_dimensions(z, log_pi, mu, log_sigma):
    return logsumexp(np.sum(terms(z, mu, log_sigma) + log_pi, axis=2), axis=1)


@right_answer("mixture_log_prob")
def loop_over_components(z, log_pi, mu, log_sigma):
    log_p = np.full(len(z), -np.inf, z.dtype)
    for k in range(len(mu)):
        u = (z - mu[k]) / np.exp(log_sigma[k])
        log_q = -0.5 * (u * u).sum(axis=1) - log_sigma[k].sum() - z.shape[1] * HALF_LOG_2PI
        log_p = np.logaddexp(log_p, log_pi[k] + log_q)
    return log_p


@right_answer("mixture_log_prob")
def largest_taken_out_by_hand(z, log_pi, mu, log_sigma):
    a = log_pi + components(z, mu, log_sigma)
    top = a.max(axis=1, keepdims=True)
    return (top + np.log(np.exp(a - top).sum(axis=1, keepdims=True)))[:, 0]


@right_answer("mixture_log_prob")
def by_scipy_and_back_to_the_dtype(z, log_pi, mu, log_sigma):
    log_q = norm.logpdf(z[:, None].astype(float), mu, np.exp(log_sigma.astype(float))).sum(axis=-1)
    return logsumexp(log_q + log_pi, axis=1).astype(z.dtype)


# ------------------------------------------------------------------ vamp_log_prob, wrong


@misconception(
    "vamp_log_prob",
    "The posteriors are summed, not averaged: the density integrates to K. With the same pseudo-input twice the prior "
    "must stay what it was.",
)
def forgotten_log_k(z, pseudo_inputs, encoder):
    return logsumexp(components(z, *encoder(pseudo_inputs)), axis=1)


@misconception(
    "vamp_log_prob",
    "You divide by the number of points z, not by the number of pseudo-inputs. They are equal in easy cases only.",
)
def divided_by_n(z, pseudo_inputs, encoder):
    return logsumexp(components(z, *encoder(pseudo_inputs)), axis=1) - float(np.log(len(z)))


@misconception(
    "vamp_log_prob",
    "You divide by m, the dimension of a pseudo-input, not by the number of pseudo-inputs: look at the shape's other "
    "entry.",
)
def divided_by_m(z, pseudo_inputs, encoder):
    return logsumexp(components(z, *encoder(pseudo_inputs)), axis=1) - float(np.log(pseudo_inputs.shape[1]))


@misconception(
    "vamp_log_prob",
    "The log densities are averaged over the pseudo-inputs. The average is of densities; its logarithm comes last.",
)
def vamp_mean_of_logs(z, pseudo_inputs, encoder):
    return components(z, *encoder(pseudo_inputs)).mean(axis=1)


@misconception(
    "vamp_log_prob",
    "The encoder's means and scales are averaged into one Gaussian. The average is of the densities: a mixture, with "
    "as many bumps as pseudo-inputs.",
)
def one_averaged_gaussian(z, pseudo_inputs, encoder):
    mu, log_sigma = encoder(pseudo_inputs)
    return components(z, mu.mean(axis=0, keepdims=True), log_sigma.mean(axis=0, keepdims=True))[:, 0]


@misconception(
    "vamp_log_prob",
    "The pseudo-inputs are averaged before the encoder sees them: one posterior comes out. Each pseudo-input has its "
    "own, and these are averaged.",
)
def averaged_pseudo_input(z, pseudo_inputs, encoder):
    return components(z, *encoder(pseudo_inputs.mean(axis=0, keepdims=True)))[:, 0]


@misconception(
    "vamp_log_prob",
    "Only the first pseudo-input's posterior is used.",
)
def first_pseudo_input(z, pseudo_inputs, encoder):
    return components(z, *encoder(pseudo_inputs[:1]))[:, 0]


@misconception(
    "vamp_log_prob",
    "The encoder's first output is used, its second is not: every component has σ = 1. The encoder says how wide each "
    "posterior is.",
)
def unit_widths(z, pseudo_inputs, encoder):
    mu, log_sigma = encoder(pseudo_inputs)
    return logsumexp(components(z, mu, 0 * log_sigma), axis=1) - float(np.log(len(mu)))


@misconception(
    "vamp_log_prob",
    "The encoder's second output is taken for the logarithm of the variance. It is log_sigma, of the standard "
    "deviation.",
)
def vamp_log_variance(z, pseudo_inputs, encoder):
    mu, log_sigma = encoder(pseudo_inputs)
    return logsumexp(components(z, mu, 0.5 * log_sigma), axis=1) - float(np.log(len(mu)))


@misconception(
    "vamp_log_prob",
    "The encoder's second output is used as σ itself. It is log_sigma, and may be negative: hence the NaN.",
)
def sigma_is_log_sigma(z, pseudo_inputs, encoder):
    mu, sigma = encoder(pseudo_inputs)
    u = (z[:, None] - mu) / sigma
    log_q = (-0.5 * u**2 - np.log(sigma) - HALF_LOG_2PI).sum(axis=2)
    return logsumexp(log_q, axis=1) - float(np.log(len(mu)))


@misconception(
    "vamp_log_prob",
    "You mix in each dimension by itself and add up: a product of d mixtures. Sum over the dimensions first, then "
    "average over the pseudo-inputs.",
)
def vamp_in_each_dimension(z, pseudo_inputs, encoder):
    mu, log_sigma = encoder(pseudo_inputs)
    return (logsumexp(terms(z, mu, log_sigma), axis=1) - float(np.log(len(mu)))).sum(axis=1)


@misconception(
    "vamp_log_prob",
    "The densities are averaged over the points z, not over the pseudo-inputs: you get a number for each component. "
    "Look at the axis of the logsumexp.",
)
def over_the_points(z, pseudo_inputs, encoder):
    return logsumexp(components(z, *encoder(pseudo_inputs)), axis=0) - float(np.log(len(pseudo_inputs)))


@misconception(
    "vamp_log_prob",
    "Densities are exponentiated and averaged before the logarithm: far out they are all 0, in many dimensions inf. "
    "Stay with logarithms.",
)
def vamp_naive_exponentials(z, pseudo_inputs, encoder):
    return np.log(np.mean(np.exp(components(z, *encoder(pseudo_inputs))), axis=1))


@misconception(
    "vamp_log_prob",
    "The constant ½ log 2π of the normal density is missing, once per dimension: the density doesn't integrate to one.",
)
def vamp_two_pi_left_out(z, pseudo_inputs, encoder):
    mu, log_sigma = encoder(pseudo_inputs)
    log_q = components(z, mu, log_sigma) + z.shape[1] * HALF_LOG_2PI
    return logsumexp(log_q, axis=1) - float(np.log(len(mu)))


@misconception(
    "vamp_log_prob",
    "The normalizer −log σ is missing from the components: narrow posteriors weigh too little.",
)
def vamp_normalizer_left_out(z, pseudo_inputs, encoder):
    mu, log_sigma = encoder(pseudo_inputs)
    log_q = components(z, mu, log_sigma) + log_sigma.sum(axis=1)
    return logsumexp(log_q, axis=1) - float(np.log(len(mu)))


@misconception(
    "vamp_log_prob",
    "The result of float32 input is float64: something of that type met the arrays, most likely np.log of a Python "
    "number, which is a float64 of NumPy's.",
)
def vamp_upcast_to_float64(z, pseudo_inputs, encoder):
    return logsumexp(components(z, *encoder(pseudo_inputs)), axis=1) - np.log(len(pseudo_inputs))


# ------------------------------------------------------------------ vamp_log_prob, right


@right_answer("vamp_log_prob")
def one_pseudo_input_at_a_time(z, pseudo_inputs, encoder):
    log_p = np.full(len(z), -np.inf, z.dtype)
    mu, log_sigma = encoder(pseudo_inputs)
    for mu_k, log_sigma_k in zip(mu, log_sigma):
        log_q = norm.logpdf(z.astype(float), mu_k, np.exp(log_sigma_k.astype(float))).sum(axis=1)
        log_p = np.logaddexp(log_p, log_q.astype(z.dtype))
    return log_p - np.log(len(mu)).astype(z.dtype)


@right_answer("vamp_log_prob")
def as_a_mixture_of_equal_weights(z, pseudo_inputs, encoder):
    mu, log_sigma = encoder(pseudo_inputs)
    log_pi = np.full(len(mu), -np.log(len(mu)), z.dtype)
    return logsumexp(components(z, mu, log_sigma) + log_pi, axis=1)


@right_answer("vamp_log_prob")
def weights_by_b(z, pseudo_inputs, encoder):
    log_q = components(z, *encoder(pseudo_inputs))
    return logsumexp(log_q, axis=1, b=np.full(log_q.shape, 1 / len(pseudo_inputs), z.dtype))


# ------------------------------------------------------------------ more of each


@misconception(
    "mixture_log_prob",
    "Your constant ½ log 2π is counted K times, once for each component. A Gaussian has it once for each dimension.",
)
def two_pi_for_each_component(z, log_pi, mu, log_sigma):
    k, d = mu.shape
    return logsumexp(log_pi + components(z, mu, log_sigma), axis=1) + (d - k) * HALF_LOG_2PI


@misconception("mixture_log_prob", "Your constant is ½ log(2d). Each dimension has ½ log 2π.")
def log_of_2d(z, log_pi, mu, log_sigma):
    d = mu.shape[1]
    right = logsumexp(log_pi + components(z, mu, log_sigma), axis=1)
    return right + d * HALF_LOG_2PI - d * float(0.5 * np.log(2 * d))


@misconception(
    "mixture_log_prob",
    "You put the weights through a softmax, once more: log_pi holds their logarithms, and they sum to one already.",
)
def weights_through_a_softmax(z, log_pi, mu, log_sigma):
    pi = np.exp(log_pi)
    return logsumexp(pi - logsumexp(pi) + components(z, mu, log_sigma), axis=1)


@misconception(
    "mixture_log_prob",
    "You multiply log-densities by the weights before the logsumexp: that raises each density to the power π_k. A "
    "weight multiplies the density, so its logarithm is added.",
)
def densities_to_the_power_of_weights(z, log_pi, mu, log_sigma):
    return logsumexp(np.exp(log_pi) * components(z, mu, log_sigma), axis=1)


@misconception("mixture_log_prob", "You average over the points. One number per point is asked for, shape (n,).")
def mean_over_the_points(z, log_pi, mu, log_sigma):
    return np.mean(logsumexp(log_pi + components(z, mu, log_sigma), axis=1))


@misconception(
    "mixture_log_prob",
    "Two things: the weights are not used, and the squared distance is divided by σ where σ² belongs.",
)
def no_weights_and_half_a_variance(z, log_pi, mu, log_sigma):
    squares = (z[:, None] - mu) ** 2 * np.exp(-log_sigma)
    return logsumexp(np.sum(-0.5 * squares - log_sigma - HALF_LOG_2PI, axis=2), axis=1)


@misconception(
    "mixture_log_prob",
    "The difference is divided by σ², the variance, and squared then. (z − μ)/σ is squared: divide by σ first.",
)
def divided_by_the_variance(z, log_pi, mu, log_sigma):
    u = (z[:, None] - mu) * np.exp(-2 * log_sigma)
    return logsumexp(log_pi + np.sum(-0.5 * u**2 - log_sigma - HALF_LOG_2PI, axis=2), axis=1)


@misconception(
    "vamp_log_prob",
    "The encoder's second output is taken for σ itself. It is log σ, which may be negative.",
)
def log_sigma_taken_for_sigma(z, pseudo_inputs, encoder):
    mu, log_sigma = encoder(pseudo_inputs)
    return logsumexp(components(z, mu, np.log(np.abs(log_sigma))), axis=1) - float(np.log(len(mu)))


@misconception(
    "vamp_log_prob",
    "You give the encoder the codes z. It reads data: the pseudo-inputs.",
)
def encoder_of_the_codes(z, pseudo_inputs, encoder):
    mu, log_sigma = encoder(z)
    return logsumexp(components(z, mu, log_sigma), axis=1) - float(np.log(len(mu)))


@misconception("vamp_log_prob", "You average over the points. One number per point is asked for, shape (n,).")
def vamp_mean_over_the_points(z, pseudo_inputs, encoder):
    mu, log_sigma = encoder(pseudo_inputs)
    return np.mean(logsumexp(components(z, mu, log_sigma), axis=1) - float(np.log(len(mu))))


@misconception("vamp_log_prob", "You subtract log2 K. The logarithm that divides the sum by K is the natural one.")
def log2_of_k(z, pseudo_inputs, encoder):
    mu, log_sigma = encoder(pseudo_inputs)
    return logsumexp(components(z, mu, log_sigma), axis=1) - float(np.log2(len(mu)))
