"""Exercise 17: its place in the list, and three hints per function, the weakest first."""

from minidgm.course.exercises import entry

EXERCISE = entry(
    17,
    "elbo",
    "The ELBO",
    functions="reparameterize gaussian_kl bernoulli_log_prob elbo",
    rows=(13, 19),
    read="minidgm/vae/model.py",
)

HINTS = {
    "reparameterize": (
        "How do you turn a standard normal number into one with mean 5 and standard deviation 3?",
        "Scale, then shift. You have log σ: what function gives σ back from it?",
        "σ is np.exp(log_sigma), without any factor ½. Multiply eps by it and add mu; a leading axis of samples "
        "broadcasts by itself.",
    ),
    "gaussian_kl": (
        "Everything in the formula can be written in terms of mu and log_sigma. What is σ² then?",
        "σ² = exp(2 log σ), and −2 log σ is there as it stands: don't make σ² first and take its logarithm again.",
        "Half of the sum over axis 1 (the dimensions) of mu² + exp(2 log_sigma) − 1 − 2 log_sigma: one number per "
        "object.",
    ),
    "bernoulli_log_prob": (
        "What does the second form of the formula give for x = 1 and for x = 0? Where could it overflow?",
        "log(1 + e^l) is the logarithm of e^0 + e^l. NumPy has a function for the logarithm of a sum of two "
        "exponentials.",
        "np.logaddexp(0, logits) is that function, at no risk for any logit. Subtract it from x times the logits, and "
        "sum over the pixels, axis 1.",
    ),
    "elbo": (
        "Name the three steps from an object to its ELBO: sample, decode, compare.",
        "z comes from reparameterize, the logits from decoder(z), the reconstruction from bernoulli_log_prob. Which "
        "sign has the KL: does telling the decoder something cost or gain?",
        "bernoulli_log_prob(x, decoder(z)) minus gaussian_kl(mu, log_sigma), both (n,). No mean over anything.",
    ),
}
