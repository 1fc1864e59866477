"""What students write for exercise 11: misconceptions, and other right answers."""

import numpy as np
from scipy.special import expit, logsumexp, ndtr

from minidgm.course.bank import misconception, right_answer
from minidgm.course.densities import norm


def log_pdf(x, mu, s):
    a = (x - mu) / s
    return -np.abs(a) - 2 * np.log1p(np.exp(-np.abs(a))) - np.log(s)


def cdf(x, mu, s):
    return expit((x - mu) / s)


# ------------------------------------------------------------------ logistic_log_pdf

P = "logistic_log_pdf"


@misconception(
    P,
    "−log s is missing. Squeezing a distribution makes it higher: without the 1/s the density doesn't integrate to 1.",
)
def pdf_log_s_missing(x, mu, s):
    return log_pdf(x, mu, s) + np.log(s)


@misconception(P, "You add log s. The density has the factor 1/s: the narrower, the higher.")
def pdf_log_s_added(x, mu, s):
    return log_pdf(x, mu, s) + 2 * np.log(s)


@misconception(
    P,
    "You take e^{−a} to huge negative a, where it overflows, and the result is −inf (or NaN). The density is "
    "symmetric: it can be written with numbers that never overflow.",
)
def pdf_overflows(x, mu, s):
    a = (x - mu) / s
    return -a - np.log(s) - 2 * np.log(1 + np.exp(-a))


@misconception(
    P,
    "You compute the density first and its logarithm second. Far from mu the density rounds to 0 (or to inf/inf): "
    "take the logarithm of the formula, not of the number.",
)
def pdf_log_of_the_density(x, mu, s):
    e = np.exp(-(x - mu) / s)
    return np.log(e / (s * (1 + e) ** 2))


@misconception(
    P,
    "You multiply sigmoid(a) with 1 − sigmoid(a) and take the logarithm. From 37 scales to the right on, 1 − sigmoid "
    "is 0: the logarithms of the two sigmoids have to be taken apart.",
)
def pdf_by_one_minus_sigmoid(x, mu, s):
    p = cdf(x, mu, s)
    return np.log(p * (1 - p)) - np.log(s)


@misconception(
    P,
    "You add a small number inside the logarithm. It keeps −inf away by replacing the tail with a constant: the loss "
    "has no slope there, where it's needed most.",
)
def pdf_epsilon_in_the_log(x, mu, s):
    p = cdf(x, mu, s)
    return np.log(p * (1 - p) / s + 1e-12)


@misconception(
    P,
    "You clip (x − μ)/s. That keeps numbers finite by giving all faraway points the same density, and so no gradient.",
)
def pdf_clipped(x, mu, s):
    return log_pdf(np.clip((x - mu) / s, -30, 30), 0, 1) - np.log(s)


@misconception(
    P,
    "The 2 before the softplus is missing: that is log σ(−a) − log s, one factor of the density. The denominator is "
    "squared.",
)
def pdf_not_squared(x, mu, s):
    a = (x - mu) / s
    return -np.logaddexp(0, a) - np.log(s)


@misconception(P, "This is log F(x), the logarithm of the cdf, less log s. The density is its derivative.")
def pdf_log_cdf(x, mu, s):
    a = (x - mu) / s
    return -np.logaddexp(0, -a) - np.log(s)


@misconception(P, "You add mu to x. The distribution lies around mu: its distance from there is x − mu.")
def pdf_mu_added(x, mu, s):
    return log_pdf(x, -mu, s)


@misconception(P, "You multiply by s where the slide divides. A large scale makes distances count less.")
def pdf_multiplied_by_s(x, mu, s):
    return log_pdf((x - mu) * s, 0, 1) - np.log(s)


@misconception(P, "You treat s as the logarithm of the scale. Here it's the scale itself.")
def pdf_s_taken_for_log(x, mu, s):
    return log_pdf(x, mu, np.exp(s))


@misconception(P, "You treat s as a variance and take its square root. Here it's the scale itself.")
def pdf_s_taken_for_variance(x, mu, s):
    return log_pdf(x, mu, np.sqrt(s))


@misconception(
    P,
    "You treat s as the standard deviation. It is the scale of the slide's formula; the standard deviation is 1.81 "
    "times it.",
)
def pdf_s_taken_for_deviation(x, mu, s):
    return log_pdf(x, mu, s * (np.sqrt(3) / np.pi).astype(s.dtype if isinstance(s, np.ndarray) else float))


@misconception(
    P,
    "This is the Gaussian density. The logistic one looks similar, but its tails fall like e^{−|a|}, and its cdf is a"
    " sigmoid.",
)
def pdf_gaussian(x, mu, s):
    return norm.logpdf(x, mu, s)


@misconception(P, "You return the density. Asked is its logarithm.")
def pdf_without_log(x, mu, s):
    return np.exp(log_pdf(x, mu, s))


@misconception(P, "You sum over the last axis. The function is elementwise; what is summed, the model decides later.")
def pdf_summed(x, mu, s):
    return np.sum(log_pdf(x, mu, s), axis=-1)


@misconception(P, "You change x in place (x -= mu). Whoever called you still needs it.")
def pdf_in_place(x, mu, s):
    x -= mu
    x /= s
    return log_pdf(x, 0, 1) - np.log(s)


@misconception(P, "Your values are right, but float32 went in and float64 comes out.")
def pdf_upcast(x, mu, s):
    return log_pdf(np.asarray(x, np.float64), mu, s)


@misconception(P, "You divide mu alone by s: x - mu / s. The distance x − mu is what s scales, so it needs brackets.")
def pdf_only_mu_scaled(x, mu, s):
    return log_pdf(x - mu / s, 0, 1) - np.log(s)


@right_answer(P)
def pdf_by_the_absolute_value(x, mu, s):
    return log_pdf(x, mu, s)


@right_answer(P)
def pdf_by_two_sides(x, mu, s):
    a = (x - mu) / s
    a = np.where(a > 0, -a, a)
    return a - 2 * np.log1p(np.exp(a)) - np.log(s)


@right_answer(P)
def pdf_by_one_softplus(x, mu, s):
    a = np.divide(np.subtract(x, mu), s)
    return -a - np.log(s) - 2 * np.logaddexp(0, -a)


# ------------------------------------------------------------------ logistic_cdf

C = "logistic_cdf"


@misconception(
    C,
    "You return P(X > x), which falls from 1 to 0. A cdf is the probability of the left side: look at the sign of a.",
)
def cdf_of_the_other_side(x, mu, s):
    return cdf(-x, -mu, s)


@misconception(
    C,
    "e^a/(1 + e^a) is the right formula, but for a > 709 it is inf/inf. There is a way to write it that divides by "
    "e^a first.",
)
def cdf_overflows(x, mu, s):
    e = np.exp((x - mu) / s)
    return e / (1 + e)


@misconception(
    C,
    "Below mu your formula is a difference of numbers near 1 (1 − sigmoid, or 1 + tanh), and such a difference has no"
    " digits left: 40 scales below mu it gives 0 instead of 4·10⁻¹⁸.",
)
def cdf_by_tanh(x, mu, s):
    return 0.5 * (1 + np.tanh((x - mu) / (2 * s)))


@misconception(
    C,
    "You keep the probability away from 0 and 1 by clipping. Exactly the small probabilities are wanted here.",
)
def cdf_clipped(x, mu, s):
    return np.clip(cdf(x, mu, s), 1e-7, 1 - 1e-7)


@misconception(
    C,
    "You add a small number to the denominator (or to the result). Small probabilities drown in it, and s > 0 is "
    "promised.",
)
def cdf_epsilon(x, mu, s):
    return expit((x - mu) / (s + 1e-7))


@misconception(C, "You return the logarithm of the cdf. Asked is the cdf itself, between 0 and 1.")
def cdf_log(x, mu, s):
    return -np.logaddexp(0, -(x - mu) / s)


@misconception(C, "This is the density, F's derivative. The cdf rises from 0 to 1.")
def cdf_density(x, mu, s):
    return np.exp(log_pdf(x, mu, s))


@misconception(C, "You divide by s once more. The 1/s belongs to the density; the cdf rises to 1 whatever the scale.")
def cdf_divided_by_s(x, mu, s):
    return cdf(x, mu, s) / s


@misconception(C, "You multiply by s where the slide divides. A large scale makes the step wide.")
def cdf_multiplied_by_s(x, mu, s):
    return expit((x - mu) * s)


@misconception(C, "You add mu to x. The distribution lies around mu: its distance from there is x − mu.")
def cdf_mu_added(x, mu, s):
    return cdf(x, -mu, s)


@misconception(C, "You divide x by s before you take mu away. The distance x − mu is what s scales.")
def cdf_brackets_missing(x, mu, s):
    return expit(x / s - mu)


@misconception(C, "You treat s as the logarithm of the scale. Here it's the scale itself.")
def cdf_s_taken_for_log(x, mu, s):
    return cdf(x, mu, np.exp(s))


@misconception(C, "You treat s as a variance and take its square root. Here it's the scale itself.")
def cdf_s_taken_for_variance(x, mu, s):
    return cdf(x, mu, np.sqrt(s))


@misconception(C, "This is the Gaussian's cdf. The logistic one is a sigmoid: that's why it was chosen.")
def cdf_gaussian(x, mu, s):
    return ndtr((x - mu) / s)


@misconception(C, "You change x in place (x -= mu). Whoever called you still needs it.")
def cdf_in_place(x, mu, s):
    x -= mu
    return expit(x / s)


@misconception(C, "Your values are right, but float32 went in and float64 comes out.")
def cdf_upcast(x, mu, s):
    return cdf(np.asarray(x, np.float64), mu, s)


@misconception(C, "You divide mu alone by s: x - mu / s. The distance x − mu is what s scales, so it needs brackets.")
def cdf_only_mu_scaled(x, mu, s):
    return expit(x - mu / s)


@right_answer(C)
def cdf_plainly(x, mu, s):
    return 1 / (1 + np.exp(-(x - mu) / s))


@right_answer(C)
def cdf_by_two_sides(x, mu, s):
    a = (x - mu) / s
    e = np.exp(-np.abs(a))
    return np.where(a < 0, e, 1) / (1 + e)


@right_answer(C)
def cdf_by_its_logarithm(x, mu, s):
    return np.exp(-np.logaddexp(0, (mu - x) / s))


# ------------------------------------------------------------------ mixture_log_pdf

M = "mixture_log_pdf"


def table(x, mu, s):
    """The components' log-densities, with the components on the last axis."""
    return log_pdf(x[..., None], mu, s)


@misconception(
    M,
    "You average the components' log-densities with the weights π: the weights stand outside, the logarithm inside. A"
    " mixture adds densities, then takes one logarithm.",
)
def mixture_of_logs(x, log_pi, mu, s):
    return np.sum(np.where(np.isneginf(log_pi), 0, np.exp(log_pi) * table(x, mu, s)), axis=-1)


@misconception(
    M,
    "The weights are missing: you add up the components' densities as if each had weight 1, and the result integrates"
    " to K.",
)
def mixture_weights_missing(x, log_pi, mu, s):
    return logsumexp(table(x, mu, s) + 0 * np.exp(log_pi), axis=-1)


@misconception(M, "All your components have the weight 1/K. The weights are an argument, log_pi.")
def mixture_equal_weights(x, log_pi, mu, s):
    return logsumexp(table(x, mu, s) + 0 * np.exp(log_pi), axis=-1) - np.log(mu.shape[-1]).astype(x.dtype)


@misconception(
    M,
    "You add π_k to the log-density. A product of a weight and a density is a sum of their logarithms, and log_pi is "
    "one already.",
)
def mixture_pi_added(x, log_pi, mu, s):
    return logsumexp(np.exp(log_pi) + table(x, mu, s), axis=-1)


@misconception(
    M,
    "You multiply the log-densities by log_pi. A product of a weight and a density is a sum of their logarithms.",
)
def mixture_log_pi_multiplied(x, log_pi, mu, s):
    return logsumexp(log_pi * table(x, mu, s), axis=-1)


@misconception(M, "You use log_pi as if it were π: the densities are weighted with a logarithm, a negative number.")
def mixture_log_pi_as_pi(x, log_pi, mu, s):
    return np.log(np.sum(log_pi * np.exp(table(x, mu, s)), axis=-1))


@misconception(M, "You divide by K after weighting. The weights sum to one: the weighted sum is the mixture.")
def mixture_divided_by_k(x, log_pi, mu, s):
    return logsumexp(log_pi + table(x, mu, s), axis=-1) - np.log(mu.shape[-1]).astype(x.dtype)


@misconception(
    M,
    "You take the largest component alone. It's a fair approximation far out, and wrong where components overlap.",
)
def mixture_largest_component(x, log_pi, mu, s):
    return np.max(log_pi + table(x, mu, s), axis=-1)


@misconception(
    M,
    "You average the components' parameters and evaluate one logistic. A mixture has as many bumps as components, not"
    " one in the middle.",
)
def mixture_of_parameters(x, log_pi, mu, s):
    pi = np.exp(log_pi)
    return log_pdf(x, np.sum(pi * mu, axis=-1), np.sum(pi * s, axis=-1))


@misconception(M, "You multiply the components' densities: the sum of their logarithms. A mixture adds densities.")
def mixture_product(x, log_pi, mu, s):
    return np.sum(log_pi + table(x, mu, s), axis=-1)


@misconception(
    M,
    "You exponentiate, add, and take the logarithm. Far out every term rounds to 0, and the logarithm of 0 is −inf: "
    "log Σ exp has a safe form.",
)
def mixture_naive(x, log_pi, mu, s):
    return np.log(np.sum(np.exp(log_pi + table(x, mu, s)), axis=-1))


@misconception(
    M,
    "You add a small number inside the logarithm. It keeps −inf away by replacing the tails with a constant.",
)
def mixture_epsilon(x, log_pi, mu, s):
    return np.log(np.sum(np.exp(log_pi + table(x, mu, s)), axis=-1) + 1e-12)


@misconception(
    M,
    "You add a small number to the weights. A weight of 0 is allowed, and logsumexp takes its −inf without complaint.",
)
def mixture_epsilon_in_weights(x, log_pi, mu, s):
    return logsumexp(np.log(np.exp(log_pi) + 1e-4) + table(x, mu, s), axis=-1)


@misconception(
    M,
    "Your components' 1/s is missing. With one component it would only be a constant; in a mixture it decides which "
    "component counts.",
)
def mixture_log_s_missing(x, log_pi, mu, s):
    return logsumexp(log_pi + table(x, mu, s) + np.log(s), axis=-1)


@misconception(
    M,
    "x has no axis for the components: it broadcast against them as it was (or couldn't). Each x must meet all K "
    "components.",
)
def mixture_axis_missing(x, log_pi, mu, s):
    return logsumexp(log_pi + log_pdf(x, mu, s), axis=-1)


@misconception(
    M,
    "You sum over all axes and return a single number. Only the components are summed, one result remains for each x.",
)
def mixture_one_number(x, log_pi, mu, s):
    return logsumexp(log_pi + table(x, mu, s))


@misconception(M, "You sum over the first axis. The components are on the last one.")
def mixture_first_axis(x, log_pi, mu, s):
    return logsumexp(log_pi + table(x, mu, s), axis=0)


@misconception(M, "You keep the components apart: the result still has the axis of K. Sum their densities.")
def mixture_not_summed(x, log_pi, mu, s):
    return log_pi + table(x, mu, s)


@misconception(M, "You return the density. Asked is its logarithm.")
def mixture_density(x, log_pi, mu, s):
    return np.exp(logsumexp(log_pi + table(x, mu, s), axis=-1))


@misconception(M, "Your values are right, but float32 went in and float64 comes out.")
def mixture_upcast(x, log_pi, mu, s):
    return logsumexp(log_pi + table(x.astype(np.float64), mu, s), axis=-1)


@misconception(
    M,
    "You take one maximum out of all terms together. Where one x is likely and another far out, the other's terms "
    "still round to 0: each x needs the maximum over its own components.",
)
def mixture_one_maximum(x, log_pi, mu, s):
    terms = log_pi + table(x, mu, s)
    return np.max(terms) + np.log(np.sum(np.exp(terms - np.max(terms)), axis=-1))


@right_answer(M)
def mixture_component_by_component(x, log_pi, mu, s):
    total = np.full(x.shape, -np.inf, x.dtype)
    for k in range(mu.shape[-1]):
        total = np.logaddexp(total, log_pi[..., k] + log_pdf(x, mu[..., k], s[..., k]))
    return total


@right_answer(M)
def mixture_by_hand(x, log_pi, mu, s):
    terms = log_pi + np.stack([log_pdf(x, mu[..., k], s[..., k]) for k in range(mu.shape[-1])], axis=-1)
    top = terms.max(axis=-1)
    return top + np.log(np.einsum("...k->...", np.exp(terms - top[..., None])))


@right_answer(M)
def mixture_normalizes_again(x, log_pi, mu, s):
    log_pi = log_pi - logsumexp(log_pi, axis=-1, keepdims=True)
    return np.logaddexp.reduce(log_pi + table(np.ascontiguousarray(x), mu, s), axis=-1)


# ------------------------------------------------------------------ mixture_cdf

D = "mixture_cdf"


def cdf_table(x, mu, s):
    """The components' cdfs, with the components on the last axis."""
    return cdf(x[..., None], mu, s)


@misconception(D, "The weights are missing: you add up the components' cdfs, and the result rises to K.")
def sum_of_cdfs(x, log_pi, mu, s):
    return np.sum(cdf_table(x, mu, s) + 0 * np.exp(log_pi), axis=-1)


@misconception(D, "All your components have the weight 1/K. The weights are an argument, log_pi.")
def mean_of_cdfs(x, log_pi, mu, s):
    return np.mean(cdf_table(x, mu, s) + 0 * np.exp(log_pi), axis=-1)


@misconception(
    D,
    "You weight with log_pi as it is. It holds logarithms, negative numbers: the weights are their exponentials.",
)
def weighted_with_logs(x, log_pi, mu, s):
    return np.sum(np.where(np.isneginf(log_pi), 0, log_pi) * cdf_table(x, mu, s), axis=-1)


@misconception(
    D,
    "You put the weights through a softmax once more, after the exponential. log_pi are logarithms of weights that "
    "already sum to one.",
)
def softmax_of_weights(x, log_pi, mu, s):
    pi = np.exp(log_pi)
    return np.sum(np.exp(pi) / np.sum(np.exp(pi), axis=-1, keepdims=True) * cdf_table(x, mu, s), axis=-1)


@misconception(
    D,
    "You average the components' parameters and evaluate one logistic. A mixture adds the components' probabilities, "
    "not their means and scales.",
)
def cdf_of_mean_parameters(x, log_pi, mu, s):
    pi = np.exp(log_pi)
    return cdf(x, np.sum(pi * mu, axis=-1), np.sum(pi * s, axis=-1))


@misconception(
    D,
    "You average the logarithms of the cdfs and exponentiate. Probabilities of a mixture are added, not multiplied.",
)
def geometric_mean_of_cdfs(x, log_pi, mu, s):
    log_cdf = -np.logaddexp(0, -(x[..., None] - mu) / s)
    return np.exp(np.sum(np.where(np.isneginf(log_pi), 0, np.exp(log_pi) * log_cdf), axis=-1))


@misconception(
    D,
    "You take one component, the one with the largest weight. The others have their share of the probability.",
)
def cdf_of_the_heaviest(x, log_pi, mu, s):
    heaviest = log_pi == np.max(log_pi, axis=-1, keepdims=True)
    return np.sum(heaviest * cdf_table(x, mu, s), axis=-1)


@misconception(D, "You return P(X > x), which falls from 1 to 0. A cdf is the probability of the left side.")
def mixture_of_the_other_side(x, log_pi, mu, s):
    return np.sum(np.exp(log_pi) * cdf(-x[..., None], -mu, s), axis=-1)


@misconception(D, "You return the logarithm. Asked is the cdf itself, between 0 and 1.")
def log_of_the_cdf(x, log_pi, mu, s):
    return np.log(np.sum(np.exp(log_pi) * cdf_table(x, mu, s), axis=-1))


@misconception(D, "This is the mixture's density. The cdf is its integral, and rises from 0 to 1.")
def density_of_the_mixture(x, log_pi, mu, s):
    return np.exp(logsumexp(log_pi + table(x, mu, s), axis=-1))


@misconception(
    D,
    "x has no axis for the components: it broadcast against them as it was (or couldn't). Each x must meet all K "
    "components.",
)
def cdf_axis_missing(x, log_pi, mu, s):
    return np.sum(np.exp(log_pi) * cdf(x, mu, s), axis=-1)


@misconception(D, "You sum over all axes and return a single number. Only the components are summed.")
def cdf_one_number(x, log_pi, mu, s):
    return np.sum(np.exp(log_pi) * cdf_table(x, mu, s))


@misconception(D, "You keep the components apart: the result still has the axis of K. Sum over it.")
def cdf_not_summed(x, log_pi, mu, s):
    return np.exp(log_pi) * cdf_table(x, mu, s)


@misconception(D, "You sum over the first axis. The components are on the last one.")
def cdf_first_axis(x, log_pi, mu, s):
    return np.sum(np.exp(log_pi) * cdf_table(x, mu, s), axis=0)


@misconception(
    D,
    "Your sigmoid loses small probabilities (1 − …, or 1 + tanh): far left of all components F becomes exactly 0 "
    "where it should be tiny.",
)
def mixture_by_tanh(x, log_pi, mu, s):
    return np.sum(np.exp(log_pi) * 0.5 * (1 + np.tanh((x[..., None] - mu) / (2 * s))), axis=-1)


@misconception(D, "Your values are right, but float32 went in and float64 comes out.")
def mixture_cdf_upcast(x, log_pi, mu, s):
    return np.sum(np.exp(log_pi) * cdf_table(x.astype(np.float64), mu, s), axis=-1)


@right_answer(D)
def cdf_component_by_component(x, log_pi, mu, s):
    total = 0
    for k in range(mu.shape[-1]):
        total = total + np.exp(log_pi[..., k]) / (1 + np.exp(-(x - mu[..., k]) / s[..., k]))
    return total


@right_answer(D)
def cdf_in_logarithms(x, log_pi, mu, s):
    return np.exp(logsumexp(log_pi - np.logaddexp(0, -(x[..., None] - mu) / s), axis=-1))


@right_answer(D)
def cdf_by_einsum(x, log_pi, mu, s):
    table = cdf(np.expand_dims(x, -1), mu, s)
    return np.einsum("...k,...k->...", np.broadcast_to(np.exp(log_pi), table.shape), table)


# ------------------------------------------------------------------ more of each


@misconception(
    P,
    "You add a where the formula has −a. Its 1 + e^{−a} and −a belong together (or 1 + e^a and +a); mixed, the density "
    "grows without end on one side.",
)
def pdf_with_a_for_minus_a(x, mu, s):
    a = (x - mu) / s
    return a - np.log(s) - 2 * np.logaddexp(0 * a, -a)


@misconception(P, "Some of your logarithms are those of base 10. All of them are natural ones here: np.log, in nats.")
def pdf_log10(x, mu, s):
    a = np.abs((x - mu) / s)
    return -a - np.log10(s) - 2 * np.log10(1 + np.exp(-a))


@misconception(P, "Some of your logarithms are those of base 2. All of them are natural ones here: np.log, in nats.")
def pdf_log2(x, mu, s):
    a = np.abs((x - mu) / s)
    return -a - np.log2(s) - 2 * np.log2(1 + np.exp(-a))


@misconception(C, "You divide by s². The distance is counted in scales: divided by s once.")
def cdf_divided_by_s_squared(x, mu, s):
    return expit((x - mu) / s**2)


@misconception(C, "mu and s are exchanged: you take s away and divide by mu. Their order is x, mu, s.")
def cdf_mu_and_s_exchanged(x, mu, s):
    return expit((x - s) / mu)


@misconception(
    M,
    "You put the weights through a softmax, once more: log_pi holds their logarithms, and they sum to one already.",
)
def mixture_weights_through_a_softmax(x, log_pi, mu, s):
    pi = np.exp(log_pi)
    return logsumexp(pi - logsumexp(pi, axis=-1, keepdims=True) + table(x, mu, s), axis=-1)
