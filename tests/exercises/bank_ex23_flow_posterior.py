"""Wrong and other right answers to exercise 23."""

import numpy as np
from scipy.special import expit

from minidgm.course.bank import misconception, right_answer
from minidgm.course.densities import norm

HALF_LOG_2PI = 0.9189385332046727  # a Python number: float32 stays float32


def draw(mu, log_sigma, eps):
    return mu + np.exp(log_sigma) * eps


def normal(z):
    """log N(z; 0, I), a number per point."""
    return np.sum(-0.5 * z**2 - HALF_LOG_2PI, axis=1)


def base(log_sigma, eps):
    """log q(z|x) of the encoder at its sample."""
    return normal(eps) - np.sum(log_sigma, axis=1)


def gaussian(z, mu, log_sigma):
    """log N(z; mu, sigma²)."""
    return normal((z - mu) * np.exp(-log_sigma)) - np.sum(log_sigma, axis=1)


# ------------------------------------------------------------------ flow_posterior, wrong


@misconception(
    "flow_posterior",
    "log q is that of the encoder's sample, before the flow: log_det is missing. Where f stretches, z is spread more "
    "thinly. Integrate your density over the z that you return.",
)
def log_det_forgotten(mu, log_sigma, eps, f):
    return f(draw(mu, log_sigma, eps))[0], base(log_sigma, eps)


@misconception(
    "flow_posterior",
    "log_det has the wrong sign. Here we go from the base sample to z, and f is this map itself: stretching lowers the "
    "density. (In the prior of exercise 22 f goes the other way, from z to the base.)",
)
def log_det_added(mu, log_sigma, eps, f):
    z, log_det = f(draw(mu, log_sigma, eps))
    return z, base(log_sigma, eps) + log_det


@misconception(
    "flow_posterior",
    "The encoder's density is evaluated at the flow's output. N(μ, σ²) is the law of the encoder's sample, before f.",
)
def encoder_density_after_the_flow(mu, log_sigma, eps, f):
    z, log_det = f(draw(mu, log_sigma, eps))
    return z, gaussian(z, mu, log_sigma) - log_det


@misconception(
    "flow_posterior",
    "The encoder's density is evaluated at the flow's output, and log_det is left out: the flow plays no part in log "
    "q.",
)
def encoder_density_alone(mu, log_sigma, eps, f):
    z, _ = f(draw(mu, log_sigma, eps))
    return z, gaussian(z, mu, log_sigma)


@misconception(
    "flow_posterior",
    "The base is taken for a standard normal: −log σ of the encoder is missing. μ + σε stretches the noise too, and "
    "its log-determinant counts like the flow's.",
)
def log_sigma_forgotten(mu, log_sigma, eps, f):
    z, log_det = f(draw(mu, log_sigma, eps))
    return z, normal(eps) - log_det


@misconception(
    "flow_posterior",
    "Σ log σ has the wrong sign: a wider posterior has a lower density.",
)
def log_sigma_added(mu, log_sigma, eps, f):
    z, log_det = f(draw(mu, log_sigma, eps))
    return z, normal(eps) + np.sum(log_sigma, axis=1) - log_det


@misconception(
    "flow_posterior",
    "You return the encoder's sample, not the flow's output. The decoder and the prior must see what comes out of f, "
    "which is where your log q belongs.",
)
def base_sample_returned(mu, log_sigma, eps, f):
    z = draw(mu, log_sigma, eps)
    return z, base(log_sigma, eps) - f(z)[1]


@misconception(
    "flow_posterior",
    "The flow is not used: this is the Gaussian posterior alone.",
)
def flow_not_used(mu, log_sigma, eps, f):
    return draw(mu, log_sigma, eps), base(log_sigma, eps)


@misconception(
    "flow_posterior",
    "The order is turned: the noise goes through f and μ, σ come after. The encoder is the base: its sample goes into "
    "f.",
)
def flow_before_the_encoder(mu, log_sigma, eps, f):
    warped, log_det = f(eps)
    return draw(mu, log_sigma, warped), base(log_sigma, eps) - log_det


@misconception(
    "flow_posterior",
    "The mean goes through f, without noise: the posterior has no spread, and log q belongs to another point.",
)
def mean_through_the_flow(mu, log_sigma, eps, f):
    z, log_det = f(mu)
    return z, base(log_sigma, eps) - log_det


@misconception(
    "flow_posterior",
    "All objects get the noise of the first one. Each has a row of eps of its own.",
)
def shared_noise(mu, log_sigma, eps, f):
    eps = np.repeat(eps[:1], len(eps), axis=0)
    z, log_det = f(draw(mu, log_sigma, eps))
    return z, base(log_sigma, eps) - log_det


@misconception(
    "flow_posterior",
    "log_sigma is taken for the logarithm of the variance. It is that of the standard deviation.",
)
def log_variance(mu, log_sigma, eps, f):
    z, log_det = f(draw(mu, 0.5 * log_sigma, eps))
    return z, base(0.5 * log_sigma, eps) - log_det


@misconception(
    "flow_posterior",
    "log_det is summed over the batch: every object gets everybody's. It has one entry per object.",
)
def log_det_summed(mu, log_sigma, eps, f):
    z, log_det = f(draw(mu, log_sigma, eps))
    return z, base(log_sigma, eps) - log_det.sum()


@misconception(
    "flow_posterior",
    "log_det is averaged over the batch. It differs from object to object, and each needs its own.",
)
def log_det_averaged(mu, log_sigma, eps, f):
    z, log_det = f(draw(mu, log_sigma, eps))
    return z, base(log_sigma, eps) - log_det.mean()


@misconception(
    "flow_posterior",
    "The base log density is averaged over the d dimensions; independent dimensions' log densities add up.",
)
def mean_over_dimensions(mu, log_sigma, eps, f):
    z, log_det = f(draw(mu, log_sigma, eps))
    return z, base(log_sigma, eps) / mu.shape[1] - log_det


@misconception(
    "flow_posterior",
    "The constant ½ log 2π, once per dimension, is missing from the base density: q does not integrate to one.",
)
def two_pi_left_out(mu, log_sigma, eps, f):
    z, log_det = f(draw(mu, log_sigma, eps))
    return z, base(log_sigma, eps) + mu.shape[1] * HALF_LOG_2PI - log_det


@misconception(
    "flow_posterior",
    "½ log 2π is subtracted once per object; every one of the d dimensions brings its own.",
)
def two_pi_once(mu, log_sigma, eps, f):
    z, log_det = f(draw(mu, log_sigma, eps))
    return z, base(log_sigma, eps) + (mu.shape[1] - 1) * HALF_LOG_2PI - log_det


@misconception("flow_posterior", "The two results are exchanged: z comes first, then log q.")
def results_exchanged(mu, log_sigma, eps, f):
    z, log_det = f(draw(mu, log_sigma, eps))
    return base(log_sigma, eps) - log_det, z


@misconception(
    "flow_posterior",
    "log q is summed to one number for the batch. One per object is wanted, shape (n,).",
)
def batch_summed(mu, log_sigma, eps, f):
    z, log_det = f(draw(mu, log_sigma, eps))
    return z, np.sum(base(log_sigma, eps) - log_det)


@misconception(
    "flow_posterior",
    "The noise is recovered from the sample, (z − μ)/σ. That is right on paper; in float32 a narrow posterior far from "
    "zero has rounded the noise away. You have eps itself.",
)
def noise_recovered_from_the_sample(mu, log_sigma, eps, f):
    z = draw(mu, log_sigma, eps)
    z_star, log_det = f(z)
    return z_star, gaussian(z, mu, log_sigma) - log_det


@misconception(
    "flow_posterior",
    "The result of float32 input is float64: something of type float64 met the arrays, most likely np.log(2 * np.pi), "
    "which is a float64 number, not a Python one.",
)
def upcast_to_float64(mu, log_sigma, eps, f):
    z, log_det = f(draw(mu, log_sigma, eps))
    return z, np.sum(-0.5 * eps**2 - log_sigma - 0.5 * np.log(2 * np.pi), axis=1) - log_det


@misconception(
    "flow_posterior",
    "The squares of the noise are summed over the whole batch: np.sum without an axis. log q has one entry per object.",
)
def squares_summed_over_the_batch(mu, log_sigma, eps, f):
    z, log_det = f(draw(mu, log_sigma, eps))
    return z, -0.5 * np.sum(eps**2) - mu.shape[1] * HALF_LOG_2PI - np.sum(log_sigma, axis=1) - log_det


@misconception(
    "flow_posterior",
    "q is taken for a standard normal at the flow's output, as if f led to the base. That is a flow prior; here the "
    "base is the encoder's Gaussian, and f leads away from it.",
)
def standard_normal_at_the_output(mu, log_sigma, eps, f):
    z, log_det = f(draw(mu, log_sigma, eps))
    return z, normal(z) + log_det


# ------------------------------------------------------------------ flow_posterior, right


@misconception(
    "flow_posterior",
    "You subtract log σ with its axis of d dimensions from something that is summed already. Each dimension has a log "
    "σ of its own, and they belong inside the sum.",
)
def log_sigma_outside_the_sum(mu, log_sigma, eps, f):
    z, log_det = f(draw(mu, log_sigma, eps))
    return z, normal(eps) - log_sigma - log_det


@right_answer("flow_posterior")
def standard_normal_through_two_maps(mu, log_sigma, eps, f):
    """eps is the base; the encoder is a flow too."""
    z, log_det = f(mu + np.exp(log_sigma) * eps)
    return z, normal(eps) - (np.sum(log_sigma, axis=1) + log_det)


@right_answer("flow_posterior")
def object_by_object(mu, log_sigma, eps, f):
    z = np.array([[m + np.exp(s) * e for m, s, e in zip(*row)] for row in zip(mu, log_sigma, eps)], mu.dtype)
    z_star, log_det = f(z)
    log_q = [norm.logpdf(e.astype(float)).sum() - s.sum() - t for e, s, t in zip(eps, log_sigma, log_det)]
    return z_star, np.array(log_q, mu.dtype)


@right_answer("flow_posterior")
def constant_for_all_dimensions(mu, log_sigma, eps, f):
    sigma = np.exp(log_sigma)
    z, log_det = f(mu + sigma * eps)
    square = np.einsum("ij,ij->i", eps, eps)
    return z, -0.5 * (square + mu.shape[1] * float(np.log(2 * np.pi))) - np.log(sigma).sum(axis=1) - log_det


# ------------------------------------------------------------------ flow_posterior_elbo, wrong


def bernoulli(x, logits):
    return np.sum(x * logits - np.logaddexp(0, logits), axis=1)


def through(mu, log_sigma, eps, f):
    """The encoder's sample, the flow's output, log q of it, log_det."""
    z = draw(mu, log_sigma, eps)
    z_star, log_det = f(z)
    return z, z_star, base(log_sigma, eps) - log_det, log_det


@misconception(
    "flow_posterior_elbo",
    "The decoder is given the encoder's sample, from before the flow. From the flow on there is one code, f's output, "
    "for decoder, prior and log q alike.",
)
def decoder_before_the_flow(x, mu, log_sigma, eps, f, decoder):
    z, z_star, log_q, _ = through(mu, log_sigma, eps, f)
    return bernoulli(x, decoder(z)) + normal(z_star) - log_q


@misconception(
    "flow_posterior_elbo",
    "The prior is evaluated at the encoder's sample, from before the flow. The decoder reads f's output, so that is "
    "the code that the prior must expect.",
)
def prior_before_the_flow(x, mu, log_sigma, eps, f, decoder):
    z, z_star, log_q, _ = through(mu, log_sigma, eps, f)
    return bernoulli(x, decoder(z_star)) + normal(z) - log_q


@misconception(
    "flow_posterior_elbo",
    "The prior is evaluated at the noise ε. ε is where the sample began; the prior judges where it came out of f.",
)
def prior_at_the_noise(x, mu, log_sigma, eps, f, decoder):
    _, z_star, log_q, _ = through(mu, log_sigma, eps, f)
    return bernoulli(x, decoder(z_star)) + normal(eps) - log_q


@misconception(
    "flow_posterior_elbo",
    "The flow is not used: this is the ELBO of the Gaussian posterior.",
)
def elbo_without_the_flow(x, mu, log_sigma, eps, f, decoder):
    z = draw(mu, log_sigma, eps)
    return bernoulli(x, decoder(z)) + normal(z) - base(log_sigma, eps)


@misconception(
    "flow_posterior_elbo",
    "The closed-form KL of the encoder's Gaussian is used. It measures the posterior before the flow; after it q is no "
    "Gaussian, and its KL has to be estimated at the sample.",
)
def closed_form_kl(x, mu, log_sigma, eps, f, decoder):
    _, z_star, _, _ = through(mu, log_sigma, eps, f)
    kl = 0.5 * np.sum(mu**2 + np.exp(2 * log_sigma) - 1 - 2 * log_sigma, axis=1)
    return bernoulli(x, decoder(z_star)) - kl


@misconception(
    "flow_posterior_elbo",
    "To the closed-form KL of the encoder's Gaussian you add the flow's log_det. The entropy is then right, but the "
    "prior is still met at the encoder's sample and not at f's output.",
)
def closed_form_kl_and_log_det(x, mu, log_sigma, eps, f, decoder):
    _, z_star, _, log_det = through(mu, log_sigma, eps, f)
    kl = 0.5 * np.sum(mu**2 + np.exp(2 * log_sigma) - 1 - 2 * log_sigma, axis=1)
    return bernoulli(x, decoder(z_star)) - kl + log_det


@misconception(
    "flow_posterior_elbo",
    "log q lacks the flow's log_det: it is the density of the encoder's sample, while prior and decoder are at f's "
    "output. Such a bound can pass log p(x).",
)
def elbo_log_det_forgotten(x, mu, log_sigma, eps, f, decoder):
    _, z_star, _, _ = through(mu, log_sigma, eps, f)
    return bernoulli(x, decoder(z_star)) + normal(z_star) - base(log_sigma, eps)


@misconception(
    "flow_posterior_elbo",
    "log_det has the wrong sign in the ELBO. A flow that stretches makes q thinner, lowers log q, and so raises the "
    "bound: mind the two minus signs.",
)
def elbo_log_det_subtracted(x, mu, log_sigma, eps, f, decoder):
    _, z_star, _, log_det = through(mu, log_sigma, eps, f)
    return bernoulli(x, decoder(z_star)) + normal(z_star) - base(log_sigma, eps) - log_det


@misconception(
    "flow_posterior_elbo",
    "log q is added. The ELBO is log p(x, z) − log q(z|x).",
)
def log_q_added(x, mu, log_sigma, eps, f, decoder):
    _, z_star, log_q, _ = through(mu, log_sigma, eps, f)
    return bernoulli(x, decoder(z_star)) + normal(z_star) + log_q


@misconception(
    "flow_posterior_elbo",
    "The prior is missing: this is log p(x|z) − log q(z|x).",
)
def prior_forgotten(x, mu, log_sigma, eps, f, decoder):
    _, z_star, log_q, _ = through(mu, log_sigma, eps, f)
    return bernoulli(x, decoder(z_star)) - log_q


@misconception(
    "flow_posterior_elbo",
    "The decoder's output is taken for probabilities. It is logits, of any size: a sigmoid turns them into "
    "probabilities.",
)
def logits_as_probabilities(x, mu, log_sigma, eps, f, decoder):
    _, z_star, log_q, _ = through(mu, log_sigma, eps, f)
    p = np.clip(decoder(z_star), 1e-7, 1 - 1e-7)
    return np.sum(x * np.log(p) + (1 - x) * np.log1p(-p), axis=1) + normal(z_star) - log_q


@misconception(
    "flow_posterior_elbo",
    "The likelihood is made from rounded probabilities: for large logits the sigmoid is exactly 0 or 1 and its "
    "logarithm −inf. The form with softplus needs no sigmoid.",
)
def log_of_a_sigmoid(x, mu, log_sigma, eps, f, decoder):
    _, z_star, log_q, _ = through(mu, log_sigma, eps, f)
    p = expit(decoder(z_star))
    return np.sum(x * np.log(p) + (1 - x) * np.log(1 - p), axis=1) + normal(z_star) - log_q


@misconception(
    "flow_posterior_elbo",
    "A small number inside the logarithms hides the rounded sigmoid: a pixel that is wrong by a logit of 1000 costs "
    "1000 nats, yours costs a few dozen.",
)
def epsilon_in_the_logarithm(x, mu, log_sigma, eps, f, decoder):
    _, z_star, log_q, _ = through(mu, log_sigma, eps, f)
    p = expit(decoder(z_star))
    log_lik = np.sum(x * np.log(p + 1e-10) + (1 - x) * np.log(1 - p + 1e-10), axis=1)
    return (log_lik + normal(z_star) - log_q).astype(x.dtype)


@misconception(
    "flow_posterior_elbo",
    "softplus is computed as log(1 + e^l): for large logits e^l overflows. For which l is softplus(l) nearly l?",
)
def naive_softplus(x, mu, log_sigma, eps, f, decoder):
    _, z_star, log_q, _ = through(mu, log_sigma, eps, f)
    logits = decoder(z_star)
    return np.sum(x * logits - np.log(1 + np.exp(logits)), axis=1) + normal(z_star) - log_q


@misconception(
    "flow_posterior_elbo",
    "The likelihood has its sign turned: you subtract log p(x|z), as if the cross-entropy were a reward.",
)
def cross_entropy_added(x, mu, log_sigma, eps, f, decoder):
    _, z_star, log_q, _ = through(mu, log_sigma, eps, f)
    return -bernoulli(x, decoder(z_star)) + normal(z_star) - log_q


@misconception(
    "flow_posterior_elbo",
    "The likelihood is averaged over the pixels. Pixels are independent given z: their log-probabilities add up. With "
    "a mean the KL outweighs them m times.",
)
def mean_over_pixels(x, mu, log_sigma, eps, f, decoder):
    _, z_star, log_q, _ = through(mu, log_sigma, eps, f)
    return bernoulli(x, decoder(z_star)) / x.shape[1] + normal(z_star) - log_q


@misconception(
    "flow_posterior_elbo",
    "The bounds are averaged over the batch. One per object is wanted; the mean belongs to the loss.",
)
def batch_averaged(x, mu, log_sigma, eps, f, decoder):
    _, z_star, log_q, _ = through(mu, log_sigma, eps, f)
    return np.mean(bernoulli(x, decoder(z_star)) + normal(z_star) - log_q)


@misconception("flow_posterior_elbo", "This is the negative ELBO, a loss. The bound itself is wanted.")
def loss_for_elbo(x, mu, log_sigma, eps, f, decoder):
    _, z_star, log_q, _ = through(mu, log_sigma, eps, f)
    return -(bernoulli(x, decoder(z_star)) + normal(z_star) - log_q)


@misconception(
    "flow_posterior_elbo",
    "The prior's constant, ½ log 2π a dimension, is missing while log q has its own: they would have to cancel.",
)
def prior_two_pi_left_out(x, mu, log_sigma, eps, f, decoder):
    _, z_star, log_q, _ = through(mu, log_sigma, eps, f)
    return bernoulli(x, decoder(z_star)) - 0.5 * np.sum(z_star**2, axis=1) - log_q


@misconception(
    "flow_posterior_elbo",
    "log_sigma is taken for the logarithm of the variance. It is that of the standard deviation.",
)
def elbo_log_variance(x, mu, log_sigma, eps, f, decoder):
    _, z_star, log_q, _ = through(mu, 0.5 * log_sigma, eps, f)
    return bernoulli(x, decoder(z_star)) + normal(z_star) - log_q


@misconception(
    "flow_posterior_elbo",
    "The result of float32 input is float64: most likely np.log(2 * np.pi), a float64 number, met the arrays.",
)
def elbo_upcast_to_float64(x, mu, log_sigma, eps, f, decoder):
    _, z_star, log_q, _ = through(mu, log_sigma, eps, f)
    log_prior = np.sum(-0.5 * z_star**2 - 0.5 * np.log(2 * np.pi), axis=1)
    return bernoulli(x, decoder(z_star)) + log_prior - log_q


@misconception(
    "flow_posterior_elbo",
    "The likelihood is a squared error. These objects are binary: the decoder returns logits of Bernoullis, and the "
    "ELBO needs their log-probability.",
)
def squared_error(x, mu, log_sigma, eps, f, decoder):
    _, z_star, log_q, _ = through(mu, log_sigma, eps, f)
    return -0.5 * np.sum((x - decoder(z_star)) ** 2, axis=1) + normal(z_star) - log_q


@misconception(
    "flow_posterior_elbo",
    "Only the pixels that are 1 are counted. A pixel that is 0 has a probability too, 1 − sigmoid(l).",
)
def ones_only(x, mu, log_sigma, eps, f, decoder):
    _, z_star, log_q, _ = through(mu, log_sigma, eps, f)
    return np.sum(-x * np.logaddexp(0, -decoder(z_star)), axis=1) + normal(z_star) - log_q


# ------------------------------------------------------------------ flow_posterior_elbo, right


@right_answer("flow_posterior_elbo")
def likelihood_less_a_kl_estimate(x, mu, log_sigma, eps, f, decoder):
    """The constants ½ log 2π of prior and posterior cancel."""
    z_star, log_det = f(draw(mu, log_sigma, eps))
    kl = 0.5 * np.sum(z_star**2 - eps**2, axis=1) - np.sum(log_sigma, axis=1) - log_det
    return bernoulli(x, decoder(z_star)) - kl


@right_answer("flow_posterior_elbo")
def softplus_by_cases(x, mu, log_sigma, eps, f, decoder):
    _, z_star, log_q, _ = through(mu, log_sigma, eps, f)
    logits = decoder(z_star)
    sign = np.where(x > 0.5, -1, 1).astype(x.dtype) * logits  # −log p of a pixel is softplus of this
    log_lik = -np.sum(np.maximum(sign, 0) + np.log1p(np.exp(-np.abs(sign))), axis=1)
    return log_lik + normal(z_star) - log_q


@right_answer("flow_posterior_elbo")
def pixel_by_pixel(x, mu, log_sigma, eps, f, decoder):
    _, z_star, log_q, _ = through(mu, log_sigma, eps, f)
    logits, log_lik = decoder(z_star), np.zeros(len(x), x.dtype)
    for j in range(x.shape[1]):
        log_lik = log_lik + np.where(x[:, j] == 1, -np.logaddexp(0, -logits[:, j]), -np.logaddexp(0, logits[:, j]))
    return log_lik + normal(z_star) - log_q


# ------------------------------------------------------------------ more of each


@misconception(
    "flow_posterior",
    "Your sample is μ + log σ · ε. log_sigma is a logarithm: the scale of the noise is its exponential.",
)
def noise_times_log_sigma(mu, log_sigma, eps, f):
    z, log_det = f(mu + log_sigma * eps)
    return z, base(log_sigma, eps) - log_det


@misconception("flow_posterior", "Your constant is ½ log(2d). Each dimension has ½ log 2π.")
def log_of_2d(mu, log_sigma, eps, f):
    z, log_det = f(draw(mu, log_sigma, eps))
    d = mu.shape[1]
    return z, base(log_sigma, eps) + d * HALF_LOG_2PI - d * float(0.5 * np.log(2 * d)) - log_det


@misconception("flow_posterior", "The constant is log 2π a dimension where ½ log 2π belongs: it is 1/√(2π).")
def constant_not_halved(mu, log_sigma, eps, f):
    z, log_det = f(draw(mu, log_sigma, eps))
    return z, base(log_sigma, eps) - mu.shape[1] * HALF_LOG_2PI - log_det


@misconception("flow_posterior", "The noise is scaled by the variance, σ². The standard deviation scales.")
def noise_times_the_variance(mu, log_sigma, eps, f):
    z, log_det = f(mu + np.exp(2 * log_sigma) * eps)
    return z, base(log_sigma, eps) - log_det


@misconception(
    "flow_posterior_elbo",
    "The KL is added: log q − log p(z*) is its estimate, and a cost. The prior has to raise the bound, log q to lower "
    "it.",
)
def kl_added(x, mu, log_sigma, eps, f, decoder):
    _, z, log_q, _ = through(mu, log_sigma, eps, f)
    return bernoulli(x, decoder(z)) - normal(z) + log_q


@misconception(
    "flow_posterior_elbo",
    "The KL's part is weighted by q(z*|x). The sample was drawn from q: it counts once.",
)
def weighted_by_q(x, mu, log_sigma, eps, f, decoder):
    _, z, log_q, _ = through(mu, log_sigma, eps, f)
    return bernoulli(x, decoder(z)) - np.exp(log_q) * (log_q - normal(z))


@misconception(
    "flow_posterior_elbo",
    "Your sample is μ + log σ · ε. log_sigma is a logarithm: the scale of the noise is its exponential.",
)
def elbo_noise_times_log_sigma(x, mu, log_sigma, eps, f, decoder):
    z, log_det = f(mu + log_sigma * eps)
    return bernoulli(x, decoder(z)) + normal(z) - base(log_sigma, eps) + log_det


@misconception(
    "flow_posterior_elbo",
    "You add the batch's mean of log p(z*) − log q to every object. Each has its own.",
)
def elbo_kl_averaged(x, mu, log_sigma, eps, f, decoder):
    _, z, log_q, _ = through(mu, log_sigma, eps, f)
    return bernoulli(x, decoder(z)) + np.mean(normal(z) - log_q)


@misconception(
    "flow_posterior_elbo",
    "f returns two things, z* and log_det, and the decoder is given both as if they were one: z_star, log_det = f(z).",
)
def pair_decoded(x, mu, log_sigma, eps, f, decoder):
    return bernoulli(x, decoder(f(draw(mu, log_sigma, eps))))
