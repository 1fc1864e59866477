"""Graders of exercise 17: the ELBO and its three parts."""

import itertools

import numpy as np
from scipy.special import expit, log_expit, ndtri

from minidgm.course.grading import Wrong, close, dtype, grades, reference, shape

solution = reference("ex17_elbo")
SIZES = ((5, 3), (1, 4), (3, 3), (4, 1), (2, 7))


def posterior(n, d, dtype=np.float64):
    """(mu, log_sigma, eps) of shape (n, d), none of them zero."""
    mu, log_sigma, eps = np.random.RandomState(10 * n + d).standard_normal((3, n, d))
    return (mu + 0.7).astype(dtype), (0.6 * log_sigma - 0.4).astype(dtype), (eps + 0.2).astype(dtype)


def pixels(n, m, dtype=np.float64):
    """(x, logits) of shape (n, m)."""
    rng = np.random.RandomState(7 * n + m)
    return rng.randint(0, 2, (n, m)).astype(dtype), (2 * rng.standard_normal((n, m)) + 0.5).astype(dtype)


def make_decoder(d, m):
    """A curved decoder (n, d) -> logits (n, m), in the dtype of z."""
    rng = np.random.RandomState(d + 10 * m)
    weights, bias = 1.5 * rng.standard_normal((d, m)), rng.standard_normal(m)

    def decoder(z):
        if np.ndim(z) != 2 or z.shape[1] != d:
            raise ValueError(f"decoder: expected z of shape (n, {d}), got {np.shape(z)}")
        return (3 * np.tanh(z @ weights.astype(z.dtype)) + bias.astype(z.dtype)).astype(z.dtype)

    return decoder


# ------------------------------------------------------------------ reparameterize


@grades("reparameterize")
def test_reparameterize_has_the_shape_of_the_noise(answer):
    for n, d in SIZES:
        mu, log_sigma, eps = posterior(n, d)
        shape(answer.reparameterize(mu, log_sigma, eps), (n, d), "z for eps of (n, d)")
        shape(answer.reparameterize(mu, log_sigma, np.stack([eps] * 6)), (6, n, d), "z for eps of (samples, n, d)")


@grades("reparameterize")
def test_reparameterize_is_mu_without_noise(answer):
    mu, log_sigma, eps = posterior(4, 3)
    close(answer.reparameterize(mu, log_sigma, 0 * eps), mu, "z for eps = 0 is the posterior's mean")


@grades("reparameterize")
def test_reparameterize_scales_noise_by_the_standard_deviation(answer):
    mu, log_sigma, eps = posterior(4, 3)
    z = answer.reparameterize(mu, np.full((4, 3), np.log(3.0)), eps)
    close((z - mu) / eps, np.full((4, 3), 3.0), "(z − mu) / eps for log_sigma = log 3 is the standard deviation, 3")
    z = answer.reparameterize(mu, np.full((4, 3), -2.0), eps)
    close((z - mu) / eps, np.full((4, 3), np.exp(-2.0)), "(z − mu) / eps for log_sigma = −2 is e^−2")


@grades("reparameterize")
def test_reparameterize_uses_every_noise_number(answer):
    for n, d in SIZES:
        mu, log_sigma, eps = posterior(n, d)
        several = np.random.RandomState(n).standard_normal((6, n, d))
        wanted = mu + np.exp(log_sigma) * several
        close(answer.reparameterize(mu, log_sigma, eps), mu + np.exp(log_sigma) * eps, f"z for n={n}, d={d}")
        close(answer.reparameterize(mu, log_sigma, several), wanted, f"z for 6 samples, n={n}, d={d}")


@grades("reparameterize")
def test_reparameterize_keeps_tiny_scales(answer):
    mu, _, eps = posterior(4, 3)
    z = answer.reparameterize(0 * mu, np.full((4, 3), -40.0), eps)
    close(z, np.exp(-40) * eps, "z for mu = 0, log_sigma = −40", rtol=1e-9, atol=0)


@grades("reparameterize")
def test_reparameterize_keeps_float32(answer):
    mu, log_sigma, eps = posterior(4, 3, np.float32)
    z = answer.reparameterize(mu, log_sigma, eps)
    dtype(z, np.float32, "z for float32 arguments")
    close(z, solution.reparameterize(mu, log_sigma, eps), "z in float32")


# ------------------------------------------------------------------ gaussian_kl


@grades("gaussian_kl")
def test_gaussian_kl_is_one_number_per_object(answer):
    for n, d in SIZES:
        mu, log_sigma, _ = posterior(n, d)
        shape(answer.gaussian_kl(mu, log_sigma), (n,), f"The KL for n={n}, d={d} (one number per object)")


@grades("gaussian_kl")
def test_gaussian_kl_is_zero_at_the_prior_and_positive_elsewhere(answer):
    close(answer.gaussian_kl(np.zeros((3, 4)), np.zeros((3, 4))), np.zeros(3), "The KL of N(0, I) to itself")
    for mu, log_sigma in ((0.01, 0.0), (0.0, 0.1), (0.0, -0.1), (-3.0, 1.0), (0.5, -4.0)):
        got = answer.gaussian_kl(np.full((1, 2), mu), np.full((1, 2), log_sigma))
        if np.any(got <= 0):
            raise Wrong(f"The KL for mu={mu}, log_sigma={log_sigma} is {np.min(got):.6g}; a KL is positive.")


@grades("gaussian_kl")
def test_gaussian_kl_is_the_integral(answer):
    t = np.linspace(-12, 12, 20001)
    for mu, log_sigma in ((1.0, 0.0), (0.0, -1.0), (0.7, 0.5), (-1.2, -0.3)):
        log_q = -0.5 * t**2 - 0.5 * np.log(2 * np.pi) - log_sigma
        log_p = -0.5 * (mu + np.exp(log_sigma) * t) ** 2 - 0.5 * np.log(2 * np.pi)
        wanted = np.sum(np.exp(log_q + log_sigma) * (log_q - log_p)) * (t[1] - t[0])
        got = answer.gaussian_kl(np.array([[mu]]), np.array([[log_sigma]]))
        close(got, np.array([wanted]), f"∫ q (log q − log p) dz for mu={mu}, log_sigma={log_sigma}, d=1")


@grades("gaussian_kl")
def test_gaussian_kl_adds_up_over_dimensions_and_not_over_objects(answer):
    for n, d in SIZES:
        mu, log_sigma, _ = posterior(n, d)
        parts = [[solution.gaussian_kl(mu[[i]][:, [j]], log_sigma[[i]][:, [j]])[0] for j in range(d)] for i in range(n)]
        message = f"n={n}, d={d}: the KL of an object is the sum of its dimensions' KLs"
        close(answer.gaussian_kl(mu, log_sigma), np.sum(parts, axis=1), message)


@grades("gaussian_kl")
def test_gaussian_kl_survives_extremes(answer):
    mu, log_sigma = np.array([[0.0, 3.0], [1e3, 0.0]]), np.array([[-400.0, 0.0], [0.0, 5.0]])
    wanted = np.array([0.5 * (9 - 1 + 800), 0.5 * (1e6 + np.exp(10) - 1 - 10)])
    close(answer.gaussian_kl(mu, log_sigma), wanted, "The KL for log_sigma = −400, where σ² is zero in floating point")


@grades("gaussian_kl")
def test_gaussian_kl_keeps_float32(answer):
    mu, log_sigma, _ = posterior(4, 3, np.float32)
    got = answer.gaussian_kl(mu, log_sigma)
    dtype(got, np.float32, "The KL for float32 arguments")
    close(got, solution.gaussian_kl(mu.astype(float), log_sigma.astype(float)), "The KL in float32")


# ------------------------------------------------------------------ bernoulli_log_prob


@grades("bernoulli_log_prob")
def test_bernoulli_log_prob_is_one_number_per_object(answer):
    for n, m in SIZES:
        shape(answer.bernoulli_log_prob(*pixels(n, m)), (n,), f"log p(x|z) for n={n}, m={m} (one number per object)")


@grades("bernoulli_log_prob")
def test_bernoulli_log_prob_sums_to_one_over_all_images(answer):
    for m in (1, 3, 5):
        every = np.array(list(itertools.product([0.0, 1.0], repeat=m)))
        logits = np.repeat(pixels(1, m)[1], 2**m, axis=0)
        got = answer.bernoulli_log_prob(every, logits)
        shape(got, (2**m,), f"log p(x|z) of all {2**m} images")
        close(np.sum(np.exp(got)), 1.0, f"The probabilities of all {2**m} images of {m} binary pixels must sum to one")


@grades("bernoulli_log_prob")
def test_bernoulli_log_prob_likes_ones_where_the_logit_is_large(answer):
    logits = np.full((2, 1), np.log(3.0))
    got = answer.bernoulli_log_prob(np.array([[1.0], [0.0]]), logits)
    close(got, np.log([0.75, 0.25]), "A pixel with P(x = 1) = 3/4, for x = 1 and x = 0")


@grades("bernoulli_log_prob")
def test_bernoulli_log_prob_multiplies_the_pixels(answer):
    for n, m in SIZES:
        x, logits = pixels(n, m)
        wanted = np.log(np.prod(np.where(x == 1, expit(logits), 1 - expit(logits)), axis=1))
        close(answer.bernoulli_log_prob(x, logits), wanted, f"n={n}, m={m}: the product of the pixels' probabilities")


@grades("bernoulli_log_prob")
def test_bernoulli_log_prob_survives_confident_decoders(answer):
    for size in (1000.0, 40.0):
        x, logits = np.array([[1.0], [1.0], [0.0], [0.0]]), np.array([[size], [-size], [size], [-size]])
        got = answer.bernoulli_log_prob(x, logits)
        wanted = np.array([log_expit(size), log_expit(-size), log_expit(-size), log_expit(size)])
        message = f"Logits ±{size:g} for x = 1, 1, 0, 0: the right pixel costs nothing, the wrong one |logit| nats"
        close(got, wanted, message, rtol=1e-9)
    close(answer.bernoulli_log_prob(np.ones((1, 500)), np.zeros((1, 500))), [500 * np.log(0.5)], "500 fair pixels")


@grades("bernoulli_log_prob")
def test_bernoulli_log_prob_keeps_float32(answer):
    x, logits = pixels(4, 6, np.float32)
    got = answer.bernoulli_log_prob(x, logits)
    dtype(got, np.float32, "log p(x|z) for float32 arguments")
    close(got, solution.bernoulli_log_prob(x.astype(float), logits.astype(float)), "log p(x|z) in float32")


@grades("bernoulli_log_prob")
def test_bernoulli_log_prob_survives_confident_decoders_in_float32(answer):
    got = answer.bernoulli_log_prob(np.array([[1], [0]], np.float32), np.array([[-120], [120]], np.float32))
    close(got, np.array([-120.0, -120.0]), "Logits −120 for x = 1 and 120 for x = 0, in float32")


# ------------------------------------------------------------------ elbo


def each_model(answer):
    for n, d, m in ((5, 3, 4), (1, 2, 6), (3, 3, 3), (4, 1, 2), (2, 4, 1)):
        (mu, log_sigma, eps), x, decoder = posterior(n, d), pixels(n, m)[0], make_decoder(d, m)
        got = answer.elbo(x, mu, log_sigma, eps, decoder)
        shape(got, (n,), f"The ELBO for n={n}, d={d}, m={m} (one number per object)")
        yield x, mu, log_sigma, eps, decoder, got, f"n={n}, d={d}, m={m}"


@grades("elbo")
def test_elbo_is_one_number_per_object(answer):
    list(each_model(answer))


@grades("elbo")
def test_elbo_of_a_blind_decoder_is_log_p_minus_the_kl(answer):
    for n, d, m in ((4, 2, 5), (1, 3, 2)):
        (mu, log_sigma, eps), (x, logits) = posterior(n, d), pixels(n, m)

        def blind(z, row=logits[:1]):
            return np.repeat(row, len(z), axis=0)

        wanted = solution.bernoulli_log_prob(x, blind(x))
        got = answer.elbo(x, 0 * mu, 0 * log_sigma, eps, blind)
        close(got, wanted, "A decoder that ignores z, and q = p: the ELBO is log p(x)")
        got = answer.elbo(x, mu, log_sigma, eps, blind)
        kl = solution.gaussian_kl(mu, log_sigma)
        close(got, wanted - kl, "A decoder that ignores z: a posterior that differs from the prior costs its KL")


@grades("elbo")
def test_elbo_decodes_the_sample(answer):
    for x, mu, log_sigma, eps, decoder, got, case in each_model(answer):
        z = mu + np.exp(log_sigma) * eps
        reconstruction = np.sum(np.where(x == 1, log_expit(decoder(z)), log_expit(-decoder(z))), axis=1)
        message = f"{case}: the ELBO plus the KL must be log p(x|z) at the sample z = mu + sigma · eps"
        close(got + solution.gaussian_kl(mu, log_sigma), reconstruction, message)


@grades("elbo")
def test_elbo_is_below_log_p_on_average(answer):
    decoder, count = make_decoder(1, 3), 400
    grid = np.linspace(-10, 10, 8001)
    eps = ndtri((np.arange(count) + 0.5) / count)[:, None]  # even quantiles: noise without randomness
    for pixel in ((0.0, 1.0, 1.0), (1.0, 0.0, 0.0)):
        joint = solution.bernoulli_log_prob(np.tile(pixel, (8001, 1)), decoder(grid[:, None])) - grid**2 / 2
        log_p = np.log(np.sum(np.exp(joint)) * (grid[1] - grid[0]) / np.sqrt(2 * np.pi))
        for mu, log_sigma in ((0.0, 0.0), (0.8, -0.5), (-0.6, -1.0)):
            q = np.full((count, 1), mu), np.full((count, 1), log_sigma)
            got = answer.elbo(np.tile(pixel, (count, 1)), *q, eps, decoder)
            shape(got, (count,), f"The ELBO for n={count}")
            if np.mean(got) > log_p:
                raise Wrong(
                    f"For x = {pixel}, mu={mu}, log_sigma={log_sigma}, the ELBO averages {np.mean(got):.6g} over the "
                    f"noise, above log p(x) = {log_p:.6g}, which a bound cannot be."
                )


@grades("elbo")
def test_elbo_survives_a_confident_encoder_and_decoder(answer):
    x = np.array([[1.0, 0.0], [0.0, 1.0]])
    mu, log_sigma = np.zeros((2, 1)), np.full((2, 1), -400.0)
    got = answer.elbo(x, mu, log_sigma, np.ones((2, 1)), lambda z: np.tile([1000.0, -1000.0], (len(z), 1)))
    close(got, np.array([0.0, -2000.0]) - (400 - 0.5), "Logits ±1000 and log_sigma = −400", rtol=1e-9)


@grades("elbo")
def test_elbo_keeps_float32(answer):
    (mu, log_sigma, eps), x = posterior(4, 3, np.float32), pixels(4, 5, np.float32)[0]
    got = answer.elbo(x, mu, log_sigma, eps, make_decoder(3, 5))
    dtype(got, np.float32, "The ELBO for float32 arguments")
    close(got, solution.elbo(x, mu, log_sigma, eps, make_decoder(3, 5)), "The ELBO in float32")
