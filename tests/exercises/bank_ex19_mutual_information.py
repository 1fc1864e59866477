"""Wrong and other right answers to exercise 19."""

import numpy as np
from scipy.special import log_softmax, logsumexp

from minidgm.course.bank import misconception, right_answer
from minidgm.course.densities import norm


def draw(mu, log_sigma, eps):
    return mu + np.exp(log_sigma) * eps


def terms(z, mu, log_sigma):
    """log N(z_j; mu_kj, sigma_kj), not yet summed: (samples, n, n, d)."""
    u = (z[:, :, None] - mu) * np.exp(-log_sigma)
    return -0.5 * u**2 - log_sigma - 0.5 * np.log(2 * np.pi)


def table(mu, log_sigma, eps):
    """log q(z_si|x_k): (samples, n, n)."""
    return terms(draw(mu, log_sigma, eps), mu, log_sigma).sum(axis=-1)


def diagonal(log_q):
    return np.diagonal(log_q, axis1=1, axis2=2)


def information(log_q, correction):
    """The estimate from a table, with what is subtracted from the logsumexp."""
    return float(np.mean(diagonal(log_q) - logsumexp(log_q, axis=2) + correction))


def without_own(log_q):
    """The table with each object's own posterior struck out."""
    return np.where(np.eye(log_q.shape[1], dtype=bool), -np.inf, log_q)


# ------------------------------------------------------------------ mutual_information, wrong


@misconception(
    "mutual_information",
    "Your q_agg is the sum of the posteriors, which integrates to n. An average is wanted: something that depends on n "
    "alone is missing. Try n equal posteriors: I_q must come out 0.",
)
def forgotten_log_n(mu, log_sigma, eps):
    return information(table(mu, log_sigma, eps), 0.0)


@misconception(
    "mutual_information",
    "log n enters with the wrong sign: dividing the sum of posteriors by n lowers log q_agg. Equal posteriors give you "
    "−2 log n where 0 is due.",
)
def log_n_added_to_q_agg(mu, log_sigma, eps):
    return information(table(mu, log_sigma, eps), -np.log(len(mu)))


@misconception(
    "mutual_information",
    "You average the log densities over the objects; log q_agg is the logarithm of the average density. By Jensen "
    "yours is lower, so the estimate leaves every bound as posteriors move apart.",
)
def mean_of_logs(mu, log_sigma, eps):
    log_q = table(mu, log_sigma, eps)
    return float(np.mean(diagonal(log_q) - log_q.mean(axis=2)))


@misconception(
    "mutual_information",
    "Your q_agg leaves out the object's own posterior. Then q_agg(z) ≥ q(z|x_i)/n no longer holds and the estimate can "
    "pass log n without limit. Every object's posterior belongs to q_agg.",
)
def own_posterior_left_out(mu, log_sigma, eps):
    log_q = table(mu, log_sigma, eps)
    others = logsumexp(without_own(log_q), axis=2) - np.log(max(len(mu) - 1, 1))
    return float(np.mean(diagonal(log_q) - others))


@misconception(
    "mutual_information",
    "log_sigma is taken for the logarithm of the variance: σ = exp(log_sigma), with no half. Compare the spread of "
    "your samples with exp(log_sigma).",
)
def log_variance(mu, log_sigma, eps):
    return information(table(mu, 0.5 * log_sigma, eps), np.log(len(mu)))


@misconception(
    "mutual_information",
    "The samples are drawn with log_sigma where sigma belongs. A standard deviation is positive: what turns log_sigma "
    "into it?",
)
def sampled_with_log_sigma(mu, log_sigma, eps):
    return information(terms(mu + log_sigma * eps, mu, log_sigma).sum(axis=-1), np.log(len(mu)))


@misconception(
    "mutual_information",
    "Every object is given the noise of the first one, so the samples of different objects move together. Each object "
    "has noise of its own: eps has an axis for objects.",
)
def noise_of_the_first_object(mu, log_sigma, eps):
    return information(table(mu, log_sigma, np.repeat(eps[:, :1], len(mu), axis=1)), np.log(len(mu)))


@misconception(
    "mutual_information",
    "Only the first sample of each object is used. The expectation over q(z|x_i) is the mean over all of them: eps has "
    "an axis for samples.",
)
def first_sample_only(mu, log_sigma, eps):
    return information(table(mu, log_sigma, eps[:1]), np.log(len(mu)))


@misconception(
    "mutual_information",
    "You evaluate the densities at the means, not at the samples: the noise plays no part. The expectation is over "
    "z ~ q(z|x_i).",
)
def means_for_samples(mu, log_sigma, eps):
    return information(table(mu, log_sigma, 0 * eps[:1]), np.log(len(mu)))


@misconception(
    "mutual_information",
    "This is the mean KL to the prior N(0, I). I_q compares each posterior with the aggregated posterior q_agg; no "
    "prior enters it. Stretch all z by ten: I_q must not change, yours does.",
)
def kl_to_the_prior(mu, log_sigma, eps):
    z = draw(mu, log_sigma, eps)
    log_prior = norm.logpdf(z).sum(axis=-1)
    return float(np.mean(diagonal(table(mu, log_sigma, eps)) - log_prior))


@misconception(
    "mutual_information",
    "The objects' contributions are summed where their mean is wanted: yours is n times too large. The definition "
    "starts with 1/n.",
)
def summed_over_objects(mu, log_sigma, eps):
    return len(mu) * information(table(mu, log_sigma, eps), np.log(len(mu)))


@misconception(
    "mutual_information",
    "The samples' contributions are summed where their mean is wanted: more samples must not make I_q larger, only "
    "less noisy.",
)
def summed_over_samples(mu, log_sigma, eps):
    return len(eps) * information(table(mu, log_sigma, eps), np.log(len(mu)))


@misconception(
    "mutual_information",
    "The −log σ of the normal density is missing. It cancels only when all posteriors are equally wide; in q_agg "
    "narrow posteriors are higher than wide ones.",
)
def normalizer_left_out(mu, log_sigma, eps):
    log_q = (terms(draw(mu, log_sigma, eps), mu, log_sigma) + log_sigma).sum(axis=-1)
    return information(log_q, np.log(len(mu)))


@misconception(
    "mutual_information",
    "log σ has the wrong sign inside the normal density: a wide posterior is lower, not higher, at its mean. Integrate "
    "your density over z: is it one?",
)
def plus_log_sigma(mu, log_sigma, eps):
    log_q = (terms(draw(mu, log_sigma, eps), mu, log_sigma) + 2 * log_sigma).sum(axis=-1)
    return information(log_q, np.log(len(mu)))


@misconception("mutual_information", "This is in bits. The convention is nats, natural logarithms: log 2 stays out.")
def counted_in_bits(mu, log_sigma, eps):
    return information(table(mu, log_sigma, eps), np.log(len(mu))) / np.log(2)


@misconception(
    "mutual_information",
    "Densities are exponentiated before they are averaged. In hundreds of dimensions they leave the floats: exp "
    "overflows to inf or underflows to 0. Stay with logarithms, as in exercise 01.",
)
def naive_exponentials(mu, log_sigma, eps):
    log_q = table(mu, log_sigma, eps)
    return float(np.mean(diagonal(log_q) - np.log(np.mean(np.exp(log_q), axis=2))))


@misconception(
    "mutual_information",
    "A small number added inside the logarithm hides the underflow and puts a wrong value in its place: far out, q_agg "
    "becomes that number. Nothing need be added when the sum is done in logarithms.",
)
def epsilon_in_the_logarithm(mu, log_sigma, eps):
    log_q = table(mu, log_sigma, eps)
    return float(np.mean(diagonal(log_q) - np.log(np.mean(np.exp(log_q), axis=2) + 1e-12)))


@misconception(
    "mutual_information",
    "The log density is averaged over the d dimensions. The dimensions of a diagonal Gaussian are independent: their "
    "log densities add up.",
)
def mean_over_dimensions(mu, log_sigma, eps):
    log_q = terms(draw(mu, log_sigma, eps), mu, log_sigma).mean(axis=-1)
    return information(log_q, np.log(len(mu)))


@misconception(
    "mutual_information",
    "The dimensions are treated apart: a q_agg for each, their informations added. q_agg is a mixture of whole "
    "densities: sum log densities over the dimensions first, then mix. Yours can reach d log n.",
)
def one_q_agg_per_dimension(mu, log_sigma, eps):
    parts = terms(draw(mu, log_sigma, eps), mu, log_sigma)
    own = np.diagonal(parts, axis1=1, axis2=2).sum(axis=1)
    log_q_agg = (logsumexp(parts, axis=2) - np.log(len(mu))).sum(axis=-1)
    return float(np.mean(own - log_q_agg))


@misconception(
    "mutual_information",
    "The mixture runs over the samples' objects, not over the posteriors: for one posterior you add up its density at "
    "everybody's samples. q_agg is wanted at one sample, over everybody's posteriors: look at which axis is which.",
)
def summed_over_the_samples_axis(mu, log_sigma, eps):
    log_q = table(mu, log_sigma, eps)
    return float(np.mean(diagonal(log_q) - logsumexp(log_q, axis=1) + np.log(len(mu))))


@misconception(
    "mutual_information",
    "The aggregated posterior is replaced by one Gaussian with its mean and spread. It is a mixture of n Gaussians, "
    "and the lecture's point is how little like a Gaussian it can be.",
)
def one_gaussian_for_q_agg(mu, log_sigma, eps):
    spread = np.sqrt(np.mean(np.exp(2 * log_sigma), axis=0) + np.var(mu, axis=0))
    log_q_agg = norm.logpdf(draw(mu, log_sigma, eps), mu.mean(axis=0), spread).sum(axis=-1)
    return float(np.mean(diagonal(table(mu, log_sigma, eps)) - log_q_agg))


@misconception(
    "mutual_information",
    "The square is multiplied out, z² − 2zμ + μ². Far from zero its terms are huge and nearly cancel, and float32 "
    "keeps seven digits of each: nothing is left. Subtract first, centre, or sum in float64.",
)
def square_multiplied_out(mu, log_sigma, eps):
    z, precision = draw(mu, log_sigma, eps), np.exp(-2 * log_sigma)
    square = (z**2) @ precision.T - 2 * z @ (mu * precision).T + np.sum(mu**2 * precision, axis=1)
    log_q = -0.5 * square - np.sum(log_sigma, axis=1) - mu.shape[1] * 0.9189385332046727
    return information(log_q, np.log(len(mu)))


@misconception(
    "mutual_information",
    "You return a number for each object. I_q is one number for the data set, the mean of them.",
)
def one_number_per_object(mu, log_sigma, eps):
    log_q = table(mu, log_sigma, eps)
    return np.mean(diagonal(log_q) - logsumexp(log_q, axis=2) + np.log(len(mu)), axis=0)


@misconception(
    "mutual_information",
    "Your code multiplies the noise by sigma in place: eps, the caller's array, is changed, and a second call gives "
    "another answer. Make a new array.",
)
def noise_changed_in_place(mu, log_sigma, eps):
    z = eps
    z *= np.exp(log_sigma)
    z += mu
    return information(terms(z, mu, log_sigma).sum(axis=-1), np.log(len(mu)))


@misconception(
    "mutual_information",
    "The sign is turned round: you subtract log q(z|x_i) from log q_agg(z). Mutual information is never negative.",
)
def sign_turned(mu, log_sigma, eps):
    return -information(table(mu, log_sigma, eps), np.log(len(mu)))


@misconception(
    "mutual_information",
    "The entropy of the posteriors is missing or taken for zero: this is −mean log q_agg alone. I_q compares it with "
    "log q(z|x_i) at the same samples.",
)
def own_density_missing(mu, log_sigma, eps):
    return float(np.mean(np.log(len(mu)) - logsumexp(table(mu, log_sigma, eps), axis=2)))


@misconception(
    "mutual_information",
    "The sample is compared with its own object's mean for every k: all posteriors look like the own one, and the "
    "estimate is 0 whatever they are. In (samples, n, n, d), which axis is the sample's object, which the posterior's?",
)
def own_posterior_for_all(mu, log_sigma, eps):
    log_q = table(mu, log_sigma, eps)
    return information(np.repeat(diagonal(log_q)[:, :, None], len(mu), axis=2), np.log(len(mu)))


@misconception(
    "mutual_information",
    "q(z_si|x_k) is given the mean of object k but the width of object i, the sample's. Both belong to the posterior: "
    "index σ like μ. (With equal widths nobody notices.)",
)
def width_of_the_samples_object(mu, log_sigma, eps):
    own = log_sigma[:, None]
    u = (draw(mu, log_sigma, eps)[:, :, None] - mu) * np.exp(-own)
    return information(np.sum(-0.5 * u**2 - own, axis=-1), np.log(len(mu)))


@misconception(
    "mutual_information",
    "You subtract the logarithm of the number of samples from log q_agg. The average in q_agg is over the n "
    "posteriors; the samples are averaged outside the logarithm.",
)
def log_of_the_samples(mu, log_sigma, eps):
    return information(table(mu, log_sigma, eps), np.log(len(eps)))


@misconception(
    "mutual_information",
    "All posteriors are given σ = 1 in their densities. The samples were drawn with exp(log_sigma): the densities need "
    "it too.",
)
def unit_widths(mu, log_sigma, eps):
    return information(terms(draw(mu, log_sigma, eps), mu, 0 * log_sigma).sum(axis=-1), np.log(len(mu)))


# ------------------------------------------------------------------ mutual_information, right


@misconception(
    "mutual_information",
    "log q(z|x_i) and log q_agg(z) do not have the same constant: −½ log 2π a dimension stands in one of them only. "
    "Either both have it, or neither, since it cancels.",
)
def constant_in_q_agg_alone(mu, log_sigma, eps):
    return information(table(mu, log_sigma, eps), np.log(len(mu))) + 0.5 * np.log(2 * np.pi) * mu.shape[1]


@misconception(
    "mutual_information",
    "You clip the estimate to [0, log n]. The truth lies there, an estimate need not: with few samples it may fall "
    "below 0, and clipping moves its mean away from the truth.",
)
def clipped_at_zero(mu, log_sigma, eps):
    return max(0.0, min(information(table(mu, log_sigma, eps), np.log(len(mu))), np.log(len(mu))))


@misconception(
    "mutual_information",
    "You take the absolute value. An estimate below 0 says that the noise was unlucky; turned round it is just wrong.",
)
def absolute_value(mu, log_sigma, eps):
    return abs(information(table(mu, log_sigma, eps), np.log(len(mu))))


@misconception(
    "mutual_information",
    "q_agg is evaluated at the means, q(z|x) at the samples. The ratio compares two densities at the same z.",
)
def q_agg_at_the_means(mu, log_sigma, eps):
    log_q_agg = logsumexp(table(mu, log_sigma, 0 * eps), axis=2) - np.log(len(mu))
    return float(np.mean(diagonal(table(mu, log_sigma, eps)) - log_q_agg))


@right_answer("mutual_information")
def loops(mu, log_sigma, eps):
    n, total = len(mu), 0.0
    for sample in eps:
        for i in range(n):
            z = mu[i] + np.exp(log_sigma[i]) * sample[i]
            log_q = [norm.logpdf(z, mu[k], np.exp(log_sigma[k])).sum() for k in range(n)]
            total += log_q[i] - (logsumexp(log_q) - np.log(n))
    return total / (n * len(eps))


@right_answer("mutual_information")
def log_n_minus_the_doubt(mu, log_sigma, eps):
    """I = log n − H(i|z): the posterior over the objects is a softmax of the table."""
    return np.log(len(mu)) + np.mean(diagonal(log_softmax(table(mu, log_sigma, eps), axis=2)))


@right_answer("mutual_information")
def products_in_float64_after_centring(mu, log_sigma, eps):
    mu, log_sigma, eps = (a.astype(np.float64) for a in (mu, log_sigma, eps))
    mu = mu - mu.mean(axis=0)
    z, precision = draw(mu, log_sigma, eps), np.exp(-2 * log_sigma)
    square = np.einsum("snd,kd->snk", z**2, precision) - 2 * np.einsum("snd,kd->snk", z, mu * precision)
    log_q = -0.5 * (square + np.sum(mu**2 * precision, axis=1)) - np.sum(log_sigma, axis=1)  # 2π cancels
    return np.float64(information(log_q, np.log(len(mu))))


@right_answer("mutual_information")
def own_density_from_the_noise(mu, log_sigma, eps):
    own = np.sum(-0.5 * eps**2 - log_sigma - 0.5 * np.log(2 * np.pi), axis=-1)
    return np.mean(own - logsumexp(table(mu, log_sigma, eps), axis=2, b=1 / len(mu)))


# ------------------------------------------------------------------ minibatch_mutual_information, wrong


def weighted(log_q, own, other):
    """The estimate with q_agg weighing the own posterior by `own` and each other one by `other`."""
    batch = log_q.shape[1]
    weights = np.where(np.eye(batch, dtype=bool), own, other)
    return float(np.mean(diagonal(log_q) - logsumexp(log_q, b=weights, axis=2)))


def share(batch, total):
    """The weight of one other posterior."""
    return (total - 1) / total / max(batch - 1, 1)


@misconception(
    "minibatch_mutual_information",
    "You clip the estimate at 0. The truth lies above, an estimate need not: with few samples it may fall below 0, and "
    "clipping moves its mean away from the truth.",
)
def minibatch_clipped_at_zero(mu, log_sigma, eps, total):
    return max(0.0, weighted(table(mu, log_sigma, eps), 1 / total, share(len(mu), total)))


@misconception(
    "minibatch_mutual_information",
    "The batch is treated as if it were the whole data set: every posterior weighs 1/B, and the estimate cannot pass "
    "log B, however large the data set. Where does `total` enter?",
)
def batch_as_data_set(mu, log_sigma, eps, total):
    return weighted(table(mu, log_sigma, eps), 1 / len(mu), 1 / len(mu))


@misconception(
    "minibatch_mutual_information",
    "Every posterior weighs 1/N, so the weights of a batch sum to B/N, not to one; that equals adding log(N/B) to the "
    "batch's own estimate. Equal posteriors give you log(N/B) where 0 is due: the others must stand for all N − 1.",
)
def all_weigh_one_over_total(mu, log_sigma, eps, total):
    return weighted(table(mu, log_sigma, eps), 1 / total, 1 / total)


@misconception(
    "minibatch_mutual_information",
    "The others share (N−1)/N among B of them; there are B − 1 others. The weights of one object must sum to one.",
)
def others_shared_among_the_batch(mu, log_sigma, eps, total):
    return weighted(table(mu, log_sigma, eps), 1 / total, (total - 1) / total / len(mu))


@misconception(
    "minibatch_mutual_information",
    "Each other posterior weighs (N−1)/N: together they weigh that much, and share it. The weights of one object must "
    "sum to one; yours sum to nearly B − 1.",
)
def others_not_shared(mu, log_sigma, eps, total):
    return weighted(table(mu, log_sigma, eps), 1 / total, (total - 1) / total)


@misconception(
    "minibatch_mutual_information",
    "The others share a weight of 1 beside the own 1/N: together that is more than one. An object's own posterior has "
    "taken 1/N, so less than 1 is left.",
)
def others_share_everything(mu, log_sigma, eps, total):
    return weighted(table(mu, log_sigma, eps), 1 / total, 1 / max(len(mu) - 1, 1))


@misconception(
    "minibatch_mutual_information",
    "The two weights are exchanged: the own posterior is the rare one, with 1/N, and the others stand for everybody "
    "else.",
)
def weights_exchanged(mu, log_sigma, eps, total):
    return weighted(table(mu, log_sigma, eps), (total - 1) / total, 1 / total / max(len(mu) - 1, 1))


@misconception(
    "minibatch_mutual_information",
    "Your q_agg leaves out the object's own posterior (leave-one-out). It is rare, 1/N, but it alone keeps the "
    "estimate below log N: without it posteriors that do not overlap give no finite limit.",
)
def leave_one_out(mu, log_sigma, eps, total):
    return weighted(table(mu, log_sigma, eps), 0.0, 1 / max(len(mu) - 1, 1))


@misconception(
    "minibatch_mutual_information",
    "You stretch the batch's estimate by log N / log B. 0 and log N come out, but nothing between: the weights belong "
    "inside q_agg, one by one.",
)
def stretched_afterwards(mu, log_sigma, eps, total):
    log_q = table(mu, log_sigma, eps)
    batch = len(mu)
    return weighted(log_q, 1 / batch, 1 / batch) * (np.log(total) / np.log(batch) if batch > 1 else 1.0)


@misconception(
    "minibatch_mutual_information",
    "The weights multiply the log densities. A mixture weighs densities: inside the logarithm the logarithm of a "
    "weight is added.",
)
def weights_times_logs(mu, log_sigma, eps, total):
    log_q = table(mu, log_sigma, eps)
    weights = np.where(np.eye(len(mu), dtype=bool), 1 / total, share(len(mu), total))
    return float(np.mean(diagonal(log_q) - np.sum(weights * log_q, axis=2)))


@misconception(
    "minibatch_mutual_information",
    "The weights are added to the log densities as they are; it is their logarithms that belong there.",
)
def weights_without_logarithm(mu, log_sigma, eps, total):
    log_q = table(mu, log_sigma, eps)
    weights = np.where(np.eye(len(mu), dtype=bool), 1 / total, share(len(mu), total))
    return float(np.mean(diagonal(log_q) - logsumexp(log_q + weights, axis=2)))


@misconception(
    "minibatch_mutual_information",
    "Samples and densities use exp(log_sigma / 2), as if log_sigma were the logarithm of the variance. It is that of "
    "the standard deviation.",
)
def batch_log_variance(mu, log_sigma, eps, total):
    return weighted(table(mu, 0.5 * log_sigma, eps), 1 / total, share(len(mu), total))


@misconception(
    "minibatch_mutual_information",
    "The objects' contributions are summed where their mean over the batch is wanted.",
)
def batch_summed(mu, log_sigma, eps, total):
    return len(mu) * weighted(table(mu, log_sigma, eps), 1 / total, share(len(mu), total))


@misconception(
    "minibatch_mutual_information",
    "The estimate is scaled up from B to N objects. I_q is a mean over objects: a batch's mean already stands for the "
    "data set's.",
)
def scaled_to_the_data_set(mu, log_sigma, eps, total):
    return total / len(mu) * weighted(table(mu, log_sigma, eps), 1 / total, share(len(mu), total))


@misconception(
    "minibatch_mutual_information",
    "Densities are exponentiated before they are mixed. In hundreds of dimensions they overflow to inf or underflow to "
    "0. Stay with logarithms; the weights' logarithms join them there.",
)
def batch_naive_exponentials(mu, log_sigma, eps, total):
    log_q = table(mu, log_sigma, eps)
    weights = np.where(np.eye(len(mu), dtype=bool), 1 / total, share(len(mu), total))
    return float(np.mean(diagonal(log_q) - np.log(np.sum(weights * np.exp(log_q), axis=2))))


@misconception(
    "minibatch_mutual_information",
    "Only the first sample of each object is used. The expectation over q(z|x_i) is the mean over all of them: eps has "
    "an axis for samples.",
)
def batch_first_sample_only(mu, log_sigma, eps, total):
    return weighted(table(mu, log_sigma, eps[:1]), 1 / total, share(len(mu), total))


@misconception(
    "minibatch_mutual_information",
    "log B is subtracted from log q_agg beside the weights. The weights sum to one already: with them q_agg is an "
    "average, and needs no further division.",
)
def divided_once_more(mu, log_sigma, eps, total):
    return weighted(table(mu, log_sigma, eps), 1 / total, share(len(mu), total)) + np.log(len(mu))


@misconception(
    "minibatch_mutual_information",
    "The sample is compared with its own object's mean for every k: all posteriors look like the own one, and the "
    "estimate is 0 whatever they are. In (samples, B, B, d), which axis is the sample's object, which the posterior's?",
)
def batch_own_posterior_for_all(mu, log_sigma, eps, total):
    own = diagonal(table(mu, log_sigma, eps))
    return weighted(np.repeat(own[:, :, None], len(mu), axis=2), 1 / total, share(len(mu), total))


@misconception(
    "minibatch_mutual_information",
    "q(z_si|x_k) is given the mean of object k but the width of object i, the sample's. Both belong to the posterior: "
    "index σ like μ.",
)
def batch_width_of_the_samples_object(mu, log_sigma, eps, total):
    own = log_sigma[:, None]
    u = (draw(mu, log_sigma, eps)[:, :, None] - mu) * np.exp(-own)
    return weighted(np.sum(-0.5 * u**2 - own, axis=-1), 1 / total, share(len(mu), total))


# ------------------------------------------------------------------ minibatch_mutual_information, right


@misconception(
    "minibatch_mutual_information",
    "You divide by B − 1 also when there are no others (B = 1). What share has an object that is alone, and what "
    "weight has its own posterior when N = 1?",
)
def divides_by_no_others(mu, log_sigma, eps, total):
    return weighted(table(mu, log_sigma, eps), 1 / total, (total - 1) / total / (len(mu) - 1))


@right_answer("minibatch_mutual_information")
def batch_in_loops(mu, log_sigma, eps, total):
    batch, result = len(mu), []
    for sample in eps:
        for i in range(batch):
            z = mu[i] + np.exp(log_sigma[i]) * sample[i]
            log_q = [norm.logpdf(z, mu[k], np.exp(log_sigma[k])).sum() for k in range(batch)]
            mixed = [log_q[k] + np.log(share(batch, total)) for k in range(batch) if k != i]
            result.append(log_q[i] - logsumexp([log_q[i] - np.log(total), *mixed]))
    return np.mean(result)


@right_answer("minibatch_mutual_information")
def own_and_others_apart(mu, log_sigma, eps, total):
    log_q = table(mu, log_sigma, eps)
    own, batch = diagonal(log_q), len(mu)
    if batch == 1:
        return np.log(total)
    others = logsumexp(without_own(log_q), axis=2) - np.log(batch - 1)
    return np.mean(own - np.logaddexp(own - np.log(total), others + np.log1p(-1 / total)))


@right_answer("minibatch_mutual_information")
def log_weights_added(mu, log_sigma, eps, total):
    log_q = table(mu, log_sigma, eps)
    log_weights = np.full((len(mu), len(mu)), np.log(max(share(len(mu), total), 1e-300)))
    np.fill_diagonal(log_weights, -np.log(total))
    return float(-np.mean(logsumexp(log_q - diagonal(log_q)[:, :, None] + log_weights, axis=2)))


# ------------------------------------------------------------------ more of each


@misconception(
    "mutual_information",
    "You weight the samples by q(z|x_i). They were drawn from it: each counts the same, in a plain mean.",
)
def weighted_by_the_density(mu, log_sigma, eps):
    log_q = table(mu, log_sigma, eps)
    own, n = diagonal(log_q), len(mu)
    return float(np.mean(np.exp(own) * (own - logsumexp(log_q, axis=2) + np.log(n))))


@misconception(
    "mutual_information",
    "You weight the samples by q(z|x_i), normalized over the samples. They were drawn from it: each counts the same, "
    "in a plain mean.",
)
def weighted_by_the_normalized_density(mu, log_sigma, eps):
    log_q = table(mu, log_sigma, eps)
    own, n = diagonal(log_q), len(mu)
    weights = np.exp(own - logsumexp(own, axis=0))
    return float(np.mean(np.sum(weights * (own - logsumexp(log_q, axis=2) + np.log(n)), axis=0)))


@misconception(
    "mutual_information",
    "Your codes are μ + log σ · ε. log_sigma is a logarithm: the scale of the noise is its exponential.",
)
def noise_times_log_sigma(mu, log_sigma, eps):
    log_q = terms(mu + log_sigma * eps, mu, log_sigma).sum(axis=-1)
    own = np.sum(-0.5 * eps**2 - log_sigma - 0.5 * np.log(2 * np.pi), axis=-1)
    return float(np.mean(own - logsumexp(log_q, axis=2) + np.log(len(mu))))


@misconception(
    "mutual_information",
    "Your codes are μ + σ² ε. The noise is scaled by the standard deviation, σ.",
)
def noise_times_the_variance(mu, log_sigma, eps):
    log_q = terms(mu + np.exp(2 * log_sigma) * eps, mu, log_sigma).sum(axis=-1)
    own = np.sum(-0.5 * eps**2 - log_sigma - 0.5 * np.log(2 * np.pi), axis=-1)
    return float(np.mean(own - logsumexp(log_q, axis=2) + np.log(len(mu))))


@misconception(
    "mutual_information",
    "Two things: your codes are μ + σ² ε where the standard deviation scales, and q_agg lacks its −log n.",
)
def variance_and_log_n(mu, log_sigma, eps):
    log_q = terms(mu + np.exp(2 * log_sigma) * eps, mu, log_sigma).sum(axis=-1)
    own = np.sum(-0.5 * eps**2 - log_sigma - 0.5 * np.log(2 * np.pi), axis=-1)
    return float(np.mean(own - logsumexp(log_q, axis=2)))


@misconception(
    "mutual_information",
    "You add log2 n after natural logarithms: everything is in nats, np.log.",
)
def log2_of_n(mu, log_sigma, eps):
    return information(table(mu, log_sigma, eps), np.log2(len(mu)))


@misconception(
    "mutual_information",
    "That is the KL to the prior N(0, I) in closed form. I_q compares each posterior with q_agg, the mixture of all of "
    "them; the prior has no part in it.",
)
def closed_form_kl_to_the_prior(mu, log_sigma, eps):
    return float(np.mean(0.5 * np.sum(mu**2 + np.exp(2 * log_sigma) - 1 - 2 * log_sigma, axis=1)))


@misconception(
    "minibatch_mutual_information",
    "An object's own posterior weighs 1/B in your q_agg. It weighs 1/N: seen over the whole data set it is rare.",
)
def own_weighs_one_over_b(mu, log_sigma, eps, total):
    n = len(mu)
    return weighted(table(mu, log_sigma, eps), 1 / n, (total - 1) / total / max(n - 1, 1))


@misconception(
    "minibatch_mutual_information",
    "You cut the estimate off at log B. With the weights of the formula it may reach log N: that is what they are for.",
)
def cut_off_at_log_b(mu, log_sigma, eps, total):
    n = len(mu)
    other = share(n, total) if n > 1 else 0.0
    return min(weighted(table(mu, log_sigma, eps), 1 / total, other), float(np.log(n)))


@misconception(
    "minibatch_mutual_information",
    "Your codes are μ + log σ · ε. log_sigma is a logarithm: the scale of the noise is its exponential.",
)
def batch_noise_times_log_sigma(mu, log_sigma, eps, total):
    log_q = terms(mu + log_sigma * eps, mu, log_sigma).sum(axis=-1)
    n = len(mu)
    return weighted(log_q, 1 / total, share(n, total) if n > 1 else 0.0)


@misconception(
    "minibatch_mutual_information",
    "q_agg is replaced by one Gaussian with the batch's mean and spread. It is a mixture, with the weights of the "
    "formula.",
)
def batch_one_gaussian(mu, log_sigma, eps, total):
    z, mean = draw(mu, log_sigma, eps), np.mean(mu, axis=0)
    spread = np.mean(np.exp(2 * log_sigma) + mu**2, axis=0) - mean**2
    log_q_agg = np.sum(norm.logpdf(z, mean, np.sqrt(spread)), axis=-1)
    return float(np.mean(diagonal(table(mu, log_sigma, eps)) - log_q_agg))


@misconception(
    "minibatch_mutual_information",
    "q_agg is evaluated at the means, q(z|x) at the samples. The ratio compares two densities at the same z.",
)
def batch_q_agg_at_the_means(mu, log_sigma, eps, total):
    n = len(mu)
    own = np.where(np.eye(n, dtype=bool), 1 / total, share(n, total) if n > 1 else 0.0)
    with np.errstate(divide="ignore"):
        log_q_agg = logsumexp(table(mu, log_sigma, 0 * eps) + np.log(own), axis=2)
    return float(np.mean(diagonal(table(mu, log_sigma, eps)) - log_q_agg))
