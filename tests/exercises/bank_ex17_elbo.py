"""Misconceptions and other right answers for exercise 17."""

import numpy as np
from scipy.special import expit, log_expit

from minidgm.course.bank import misconception, right_answer

# ------------------------------------------------------------------ reparameterize


@misconception(
    "reparameterize",
    "You multiply by log σ itself. A scale is positive, and the network's output isn't: it has to be brought back from "
    "the logarithm.",
)
def log_sigma_as_the_scale(mu, log_sigma, eps):
    return mu + log_sigma * eps


@misconception(
    "reparameterize",
    "You treat log_sigma as the logarithm of the variance (many codebases have one). Here it's that of the standard "
    "deviation, so nothing is halved.",
)
def log_variance(mu, log_sigma, eps):
    return mu + np.exp(log_sigma / 2) * eps


@misconception(
    "reparameterize",
    "You scale the noise by the variance σ². Noise is scaled by the standard deviation.",
)
def scaled_by_the_variance(mu, log_sigma, eps):
    return mu + np.exp(2 * log_sigma) * eps


@misconception(
    "reparameterize",
    "All objects share the first object's noise: the batch's samples are no longer independent, and their average is "
    "as noisy as a single one.",
)
def noise_shared_by_the_objects(mu, log_sigma, eps):
    return mu + np.exp(log_sigma) * eps[..., :1, :]


@misconception(
    "reparameterize",
    "All dimensions of an object share one noise number, so z only moves along a line.",
)
def noise_shared_by_the_dimensions(mu, log_sigma, eps):
    return mu + np.exp(log_sigma) * eps[..., :1]


@misconception(
    "reparameterize",
    "You return the mean without noise. That's a deterministic encoder, and the bound isn't one any more.",
)
def without_noise(mu, log_sigma, eps):
    return mu + 0 * eps


@misconception(
    "reparameterize",
    "You scale the shifted noise: the mean comes out as σμ. Scale first, then shift.",
)
def shifted_before_scaling(mu, log_sigma, eps):
    return np.exp(log_sigma) * (eps + mu)


@misconception(
    "reparameterize",
    "You standardize: (ε − μ)/σ is the way back, from a sample to its noise.",
)
def standardized(mu, log_sigma, eps):
    return (eps - mu) / np.exp(log_sigma)


@misconception(
    "reparameterize",
    "You subtract the noise. It has the same distribution, but these noise numbers must give the other sample: a "
    "larger ε, a larger z.",
)
def noise_subtracted(mu, log_sigma, eps):
    return mu - np.exp(log_sigma) * eps


@misconception(
    "reparameterize",
    "You make the scale by softplus. That is one way to get a positive number out of a network, but the argument here "
    "is called log_sigma, and means it.",
)
def scale_by_softplus(mu, log_sigma, eps):
    return mu + np.logaddexp(0, log_sigma) * eps


@misconception(
    "reparameterize",
    "You added a small constant to σ. Tiny scales are scales like any other: e^{−40} becomes the constant.",
)
def scale_with_an_epsilon(mu, log_sigma, eps):
    return mu + (np.exp(log_sigma) + np.asarray(1e-8, eps.dtype)) * eps


@right_answer("reparameterize")
def by_exponential_of_a_half(mu, log_sigma, eps):
    return np.sqrt(np.exp(2 * log_sigma)) * eps + mu


@right_answer("reparameterize")
def dimension_by_dimension(mu, log_sigma, eps):
    z = np.array(eps, order="F")
    for j in range(mu.shape[1]):
        z[..., j] = mu[:, j] + np.exp(log_sigma[:, j]) * eps[..., j]
    return z


# ------------------------------------------------------------------ gaussian_kl


def kl_terms(mu, log_sigma):
    return 0.5 * (mu**2 + np.exp(2 * log_sigma) - 1 - 2 * log_sigma)


@misconception(
    "gaussian_kl",
    "Your sign is turned around: a KL is never negative. (In the ELBO it's subtracted, but that happens there.)",
)
def negative_kl(mu, log_sigma):
    return -np.sum(kl_terms(mu, log_sigma), axis=1)


@misconception(
    "gaussian_kl",
    "You average over the latent dimensions. The KL of a product of independent Gaussians is the sum of theirs; a mean "
    "makes the prior d times too weak.",
)
def mean_over_dimensions(mu, log_sigma):
    return np.mean(kl_terms(mu, log_sigma), axis=1)


@misconception(
    "gaussian_kl",
    "You sum over the batch as well. Every object pays its own KL: shape (n,).",
)
def summed_over_objects(mu, log_sigma):
    return np.sum(kl_terms(mu, log_sigma))


@misconception(
    "gaussian_kl",
    "You sum over the objects and keep the dimensions: check the axis.",
)
def over_the_wrong_axis(mu, log_sigma):
    return np.sum(kl_terms(mu, log_sigma), axis=0)


@misconception(
    "gaussian_kl",
    "You return one number for each dimension; an object has one KL, their sum.",
)
def not_summed(mu, log_sigma):
    return kl_terms(mu, log_sigma)


@misconception(
    "gaussian_kl",
    "You treat log_sigma as the logarithm of the variance: the formula with log σ² in the place of 2 log σ. Check what "
    "the argument is.",
)
def log_variance_in_the_kl(mu, log_sigma):
    return 0.5 * np.sum(mu**2 + np.exp(log_sigma) - 1 - log_sigma, axis=1)


@misconception(
    "gaussian_kl",
    "The variance is right, but its logarithm isn't: log σ² is 2 log σ. Look at σ = e: the KL comes out at its "
    "smallest somewhere else than at σ = 1.",
)
def log_sigma_counted_once(mu, log_sigma):
    return 0.5 * np.sum(mu**2 + np.exp(2 * log_sigma) - 1 - log_sigma, axis=1)


@misconception(
    "gaussian_kl",
    "You use σ where the formula has the variance σ².",
)
def sigma_not_squared(mu, log_sigma):
    return 0.5 * np.sum(mu**2 + np.exp(log_sigma) - 1 - 2 * log_sigma, axis=1)


@misconception(
    "gaussian_kl",
    "The factor ½ is missing: your prior weighs twice what it should.",
)
def half_forgotten(mu, log_sigma):
    return 2 * np.sum(kl_terms(mu, log_sigma), axis=1)


@misconception(
    "gaussian_kl",
    "The −1 is missing: the KL of the prior to itself comes out as d/2, not zero.",
)
def one_forgotten(mu, log_sigma):
    return np.sum(kl_terms(mu, log_sigma) + 0.5, axis=1)


@misconception(
    "gaussian_kl",
    "You computed the KL the other way round, from the prior to the posterior. The expectation in the ELBO is under q, "
    "so q stands first.",
)
def prior_first(mu, log_sigma):
    return np.sum(log_sigma + 0.5 * (1 + mu**2) * np.exp(-2 * log_sigma) - 0.5, axis=1)


@misconception(
    "gaussian_kl",
    "The square of μ is missing: a mean of −1 then lowers the KL.",
)
def mu_not_squared(mu, log_sigma):
    return np.sum(kl_terms(mu, log_sigma) - 0.5 * mu**2 + 0.5 * mu, axis=1)


@misconception(
    "gaussian_kl",
    "You make σ² and take its logarithm again. For log σ = −400 σ² is zero in floating point and its logarithm −inf; "
    "you were given the logarithm.",
)
def there_and_back(mu, log_sigma):
    variance = np.exp(2 * log_sigma)
    return 0.5 * np.sum(mu**2 + variance - 1 - np.log(variance), axis=1)


@misconception(
    "gaussian_kl",
    "You make σ² and take the logarithm of it plus a small constant. A confident encoder then pays too little; you "
    "were given the logarithm.",
)
def there_and_back_with_an_epsilon(mu, log_sigma):
    variance = np.exp(2 * log_sigma)
    return 0.5 * np.sum(mu**2 + variance - 1 - np.log(variance + np.asarray(1e-12, mu.dtype)), axis=1)


@right_answer("gaussian_kl")
def by_expm1(mu, log_sigma):
    return 0.5 * np.sum(np.square(mu) + np.expm1(2 * log_sigma) - 2 * log_sigma, axis=1)


@right_answer("gaussian_kl")
def by_einsum_and_loops(mu, log_sigma):
    squares = np.einsum("nd,nd->n", mu, mu)
    rest = [np.sum(np.exp(row) ** 2) - len(row) - 2 * np.sum(row) for row in log_sigma]
    return (squares + np.array(rest, dtype=mu.dtype)) / 2


# ------------------------------------------------------------------ bernoulli_log_prob


def pixel_terms(x, logits):
    return x * logits - np.logaddexp(0, logits)


@misconception(
    "bernoulli_log_prob",
    "You return the cross-entropy, which is −log p(x|z). As a loss it's fine; here a log-probability is asked for, and "
    "it's never positive.",
)
def cross_entropy(x, logits):
    return -np.sum(pixel_terms(x, logits), axis=1)


@misconception(
    "bernoulli_log_prob",
    "You average over the pixels. An image's log-probability is the sum of its pixels'; with a mean the KL outweighs "
    "it, and the posterior collapses.",
)
def mean_over_pixels(x, logits):
    return np.mean(pixel_terms(x, logits), axis=1)


@misconception(
    "bernoulli_log_prob",
    "You sum over the batch as well. Each image has its own log-probability: shape (n,).",
)
def summed_over_images(x, logits):
    return np.sum(pixel_terms(x, logits))


@misconception(
    "bernoulli_log_prob",
    "You return one number per pixel; an image's log-probability is their sum.",
)
def pixel_by_pixel(x, logits):
    return pixel_terms(x, logits)


@misconception(
    "bernoulli_log_prob",
    "Your pixels of value 0 cost nothing: the term of 1 − x is missing. A decoder that paints everything white would "
    "win.",
)
def zeros_forgotten(x, logits):
    return np.sum(x * log_expit(logits), axis=1)


@misconception(
    "bernoulli_log_prob",
    "The normalization is missing: x times the logit alone can be made as large as you like, and is no probability.",
)
def not_normalized(x, logits):
    return np.sum(x * logits, axis=1)


@misconception(
    "bernoulli_log_prob",
    "You take the logits for probabilities. A logit is any number; the probability of a one is its sigmoid.",
)
def logits_as_probabilities(x, logits):
    return np.sum(x * np.log(logits) + (1 - x) * np.log(1 - logits), axis=1)


@misconception(
    "bernoulli_log_prob",
    "Ones and zeros are exchanged: a large logit makes x = 0 likely in your version.",
)
def ones_and_zeros_exchanged(x, logits):
    return np.sum(pixel_terms(1 - x, logits), axis=1)


@misconception(
    "bernoulli_log_prob",
    "Your normalization has the wrong sign inside: log(1 + e^{−l}) belongs to the form in which 1 − x multiplies the "
    "logit.",
)
def softplus_of_minus_the_logit(x, logits):
    return np.sum(x * logits - np.logaddexp(0, -logits), axis=1)


@misconception(
    "bernoulli_log_prob",
    "You take the logarithm of the sigmoid after it has rounded to 0 or 1: −inf, or NaN where it's multiplied by zero. "
    "Use the form that never forms the probability.",
)
def logarithm_of_the_sigmoid(x, logits):
    p = expit(logits)
    return np.sum(x * np.log(p) + (1 - x) * np.log(1 - p), axis=1)


@misconception(
    "bernoulli_log_prob",
    "You compute log(1 + e^l) as it stands: e^1000 overflows, although the result is 1000.",
)
def naive_softplus(x, logits):
    return np.sum(x * logits - np.log(1 + np.exp(logits)), axis=1)


@misconception(
    "bernoulli_log_prob",
    "You added a small constant inside the logarithms. A pixel that is wrong by 1000 nats then costs 27.6, and its "
    "gradient is zero: the worst mistakes are never learned from.",
)
def with_an_epsilon(x, logits):
    p, tiny = expit(logits), np.asarray(1e-12, logits.dtype)
    return np.sum(x * np.log(p + tiny) + (1 - x) * np.log(1 - p + tiny), axis=1)


@misconception(
    "bernoulli_log_prob",
    "You clip the probabilities before the logarithm: confident mistakes then all cost the same, with no gradient.",
)
def clipped(x, logits):
    p = np.clip(expit(logits), 1e-6, 1 - 1e-6)
    return np.sum(x * np.log(p) + (1 - x) * np.log(1 - p), axis=1)


@misconception(
    "bernoulli_log_prob",
    "You compute a squared error. That's a Gaussian decoder of unit scale without its constant; binary pixels have a "
    "Bernoulli.",
)
def squared_error(x, logits):
    return -0.5 * np.sum((x - expit(logits)) ** 2, axis=1)


@misconception(
    "bernoulli_log_prob",
    "You return the probability itself: for 784 pixels it's zero in floating point. Keep the logarithm.",
)
def probability_itself(x, logits):
    return np.exp(np.sum(pixel_terms(x, logits), axis=1))


@misconception("bernoulli_log_prob", "You count in bits; log-probabilities are in nats here.")
def in_bits(x, logits):
    return np.sum(pixel_terms(x, logits), axis=1) / float(np.log(2))


@right_answer("bernoulli_log_prob")
def by_the_sign_of_the_logit(x, logits):
    return -np.sum(np.logaddexp(0, (1 - 2 * x) * logits), axis=1)


@right_answer("bernoulli_log_prob")
def by_two_log_sigmoids(x, logits):
    return np.where(x == 1, log_expit(logits), log_expit(-logits)).sum(axis=1)


@right_answer("bernoulli_log_prob")
def by_the_largest_taken_out(x, logits):
    total = 0
    for j in range(x.shape[1]):
        column = logits[:, j]
        total = total + x[:, j] * column - np.maximum(column, 0) - np.log1p(np.exp(-np.abs(column)))
    return total


# ------------------------------------------------------------------ elbo


def parts(x, mu, log_sigma, eps, decoder):
    """Reconstruction at the sample and KL, (n,) each."""
    z = mu + np.exp(log_sigma) * eps
    return np.sum(pixel_terms(x, decoder(z)), axis=1), np.sum(kl_terms(mu, log_sigma), axis=1)


@misconception(
    "elbo",
    "Your KL has the wrong sign: information that the encoder passes on is paid for. As it stands, the best encoder is "
    "infinitely far from the prior.",
)
def kl_added(x, mu, log_sigma, eps, decoder):
    reconstruction, kl = parts(x, mu, log_sigma, eps, decoder)
    return reconstruction + kl


@misconception(
    "elbo",
    "The KL is missing: what you return is the reconstruction alone. That's an autoencoder, from which one can't "
    "sample.",
)
def kl_forgotten(x, mu, log_sigma, eps, decoder):
    return parts(x, mu, log_sigma, eps, decoder)[0]


@misconception(
    "elbo",
    "You return the loss, −ELBO. The bound itself is asked for; it lies below log p(x).",
)
def as_a_loss(x, mu, log_sigma, eps, decoder):
    reconstruction, kl = parts(x, mu, log_sigma, eps, decoder)
    return kl - reconstruction


@misconception(
    "elbo",
    "You decode the mean of the posterior. The expectation is over samples of q: without noise the decoder never "
    "learns that codes near each other must mean similar images, and the result isn't a bound.",
)
def decodes_the_mean(x, mu, log_sigma, eps, decoder):
    return parts(x, mu, log_sigma, 0 * eps, decoder)[0] - np.sum(kl_terms(mu, log_sigma), axis=1)


@misconception(
    "elbo",
    "You decode the noise ε: a sample of the prior, which knows nothing of x. The sample of the posterior is wanted.",
)
def decodes_the_noise(x, mu, log_sigma, eps, decoder):
    return np.sum(pixel_terms(x, decoder(eps)), axis=1) - np.sum(kl_terms(mu, log_sigma), axis=1)


@misconception(
    "elbo",
    "You average over the batch. One number per object is asked for; the mean is the training loop's business.",
)
def mean_over_the_batch(x, mu, log_sigma, eps, decoder):
    reconstruction, kl = parts(x, mu, log_sigma, eps, decoder)
    return np.mean(reconstruction - kl)


@misconception(
    "elbo",
    "You subtract the whole batch's KL from every object. Each pays its own.",
)
def kl_of_the_batch(x, mu, log_sigma, eps, decoder):
    reconstruction, kl = parts(x, mu, log_sigma, eps, decoder)
    return reconstruction - np.sum(kl)


@misconception(
    "elbo",
    "Your reconstruction is a mean over the pixels, and the KL a sum over dimensions: they're no longer in the same "
    "currency, and the KL outweighs an image m times.",
)
def reconstruction_per_pixel(x, mu, log_sigma, eps, decoder):
    reconstruction, kl = parts(x, mu, log_sigma, eps, decoder)
    return reconstruction / x.shape[1] - kl


@misconception(
    "elbo",
    "Your KL is a mean over the latent dimensions, and the reconstruction a sum over pixels: the prior is d times too "
    "weak, and the result may exceed log p(x).",
)
def kl_per_dimension(x, mu, log_sigma, eps, decoder):
    reconstruction, kl = parts(x, mu, log_sigma, eps, decoder)
    return reconstruction - kl / mu.shape[1]


@misconception(
    "elbo",
    "You treat log_sigma as the logarithm of the variance when you sample, but not in the KL: the sample is from "
    "another posterior than the one that pays.",
)
def log_variance_in_the_sample(x, mu, log_sigma, eps, decoder):
    reconstruction, _ = parts(x, mu, log_sigma / 2, eps, decoder)
    return reconstruction - np.sum(kl_terms(mu, log_sigma), axis=1)


@misconception(
    "elbo",
    "You treat log_sigma as the logarithm of the variance throughout.",
)
def log_variance_throughout(x, mu, log_sigma, eps, decoder):
    reconstruction, kl = parts(x, mu, log_sigma / 2, eps, decoder)
    return reconstruction - kl


@misconception(
    "elbo",
    "You estimate the KL from the sample, by log q(z|x) − log p(z). Its mean is right, but it's noisy, and its noise "
    "isn't needed: for two Gaussians the KL has a closed form.",
)
def kl_from_the_sample(x, mu, log_sigma, eps, decoder):
    z = mu + np.exp(log_sigma) * eps
    kl = np.sum(0.5 * z**2 - 0.5 * eps**2 - log_sigma, axis=1)
    return parts(x, mu, log_sigma, eps, decoder)[0] - kl


@misconception(
    "elbo",
    "You subtract log q(z|x) and forget the prior: half of the KL. What is left rewards spread-out posteriors wherever "
    "they lie.",
)
def prior_forgotten(x, mu, log_sigma, eps, decoder):
    log_q = np.sum(-0.5 * eps**2 - 0.5 * float(np.log(2 * np.pi)) - log_sigma, axis=1)
    return parts(x, mu, log_sigma, eps, decoder)[0] - log_q


@misconception(
    "elbo",
    "You take the sigmoid of the decoder's output and then treat it as logits: the probabilities never leave ½ to "
    "0.73.",
)
def sigmoid_twice(x, mu, log_sigma, eps, decoder):
    _, kl = parts(x, mu, log_sigma, eps, decoder)
    z = mu + np.exp(log_sigma) * eps
    return np.sum(pixel_terms(x, expit(decoder(z))), axis=1) - kl


@misconception(
    "elbo",
    "You compute a squared error for the reconstruction. The decoder's outputs are logits of binary pixels.",
)
def squared_error_reconstruction(x, mu, log_sigma, eps, decoder):
    _, kl = parts(x, mu, log_sigma, eps, decoder)
    z = mu + np.exp(log_sigma) * eps
    return -0.5 * np.sum((x - expit(decoder(z))) ** 2, axis=1) - kl


@misconception(
    "elbo",
    "You take logarithms of probabilities that have rounded to 0 or 1. Use the stable log-probability from logits.",
)
def unstable_reconstruction(x, mu, log_sigma, eps, decoder):
    _, kl = parts(x, mu, log_sigma, eps, decoder)
    p = expit(decoder(mu + np.exp(log_sigma) * eps))
    return np.sum(x * np.log(p) + (1 - x) * np.log(1 - p), axis=1) - kl


@right_answer("elbo")
def object_by_object(x, mu, log_sigma, eps, decoder):
    values = []
    for i in range(len(x)):
        z = mu[i : i + 1] + np.exp(log_sigma[i : i + 1]) * eps[i : i + 1]
        logits = decoder(z)[0]
        log_lik = -np.sum(np.logaddexp(0, np.where(x[i] == 1, -logits, logits)))
        values.append(log_lik - np.sum(kl_terms(mu[i], log_sigma[i])))
    return np.array(values)


@right_answer("elbo")
def in_double_and_back(x, mu, log_sigma, eps, decoder):
    wide_mu, wide = mu.astype(float), log_sigma.astype(float)
    logits = decoder((wide_mu + np.exp(wide) * eps).astype(mu.dtype)).astype(float)
    log_lik = np.einsum("nm->n", x * log_expit(logits) + (1 - x) * log_expit(-logits))
    return (log_lik - kl_terms(wide_mu, wide).sum(axis=1)).astype(mu.dtype)


# ------------------------------------------------------------------ more of each


@misconception("reparameterize", "You take 2 to the power of log_sigma. It is a natural logarithm: np.exp undoes it.")
def base_two(mu, log_sigma, eps):
    return mu + 2**log_sigma * eps


@misconception("gaussian_kl", "You average over the batch. One number per object is asked for, shape (n,).")
def mean_over_the_batch_of_kl(mu, log_sigma):
    return np.mean(np.sum(kl_terms(mu, log_sigma), axis=1))


@misconception("gaussian_kl", "You count in bits; the KL is in nats here.")
def kl_in_bits(mu, log_sigma):
    return np.sum(kl_terms(mu, log_sigma), axis=1) / float(np.log(2))


@misconception("bernoulli_log_prob", "You average over the batch. One number per object is asked for, shape (n,).")
def mean_over_the_batch_of_pixels(x, logits):
    return np.mean(np.sum(pixel_terms(x, logits), axis=1))


@misconception(
    "elbo",
    "You subtract the batch's mean KL from every object. Each object pays its own.",
)
def mean_kl_for_all(x, mu, log_sigma, eps, decoder):
    reconstruction, kl = parts(x, mu, log_sigma, eps, decoder)
    return reconstruction - np.mean(kl)


@misconception(
    "elbo",
    "Your reconstruction is the squared distance to the logits, halved. The decoder is a Bernoulli: use "
    "bernoulli_log_prob.",
)
def half_squared_error(x, mu, log_sigma, eps, decoder):
    _, kl = parts(x, mu, log_sigma, eps, decoder)
    return -0.5 * np.sum((x - decoder(mu + np.exp(log_sigma) * eps)) ** 2, axis=1) - kl


@misconception(
    "elbo",
    "Your sample is μ + log σ · ε. log_sigma is a logarithm: the scale of the noise is its exponential.",
)
def log_sigma_times_eps(x, mu, log_sigma, eps, decoder):
    _, kl = parts(x, mu, log_sigma, eps, decoder)
    return np.sum(pixel_terms(x, decoder(mu + log_sigma * eps)), axis=1) - kl


@misconception(
    "elbo",
    "Two things: log_sigma is taken for the logarithm of the variance in the sample, and the KL is added where it is "
    "subtracted.",
)
def log_variance_and_kl_added(x, mu, log_sigma, eps, decoder):
    _, kl = parts(x, mu, log_sigma, eps, decoder)
    return np.sum(pixel_terms(x, decoder(mu + np.exp(log_sigma / 2) * eps)), axis=1) + kl
