"""Closed forms about Gaussians and flows."""

import numpy as np

from minidgm.course.derive.task import Task, calls_of_net, kl, log_normal, mean_under, slope

TASKS = (
    Task(
        "kl_standard",
        "KL to the standard normal",
        "KL( N(mu, sigma^2) || N(0, 1) ) in one dimension, in nats.",
        {"mu": (-2, 2), "sigma": (0.3, 2.5)},
        lambda v: kl(v["mu"], v["sigma"], 0.0, 1.0),
        "(mu^2 + sigma^2 - 1)/2 - log(sigma)",
        "E log q = -log sigma - 1/2 + c and E log p = -(mu^2 + sigma^2)/2 + c, with the same c. At mu = 0, sigma = 1 "
        "it is 0, and nowhere less.",
        (
            (
                "(1 - mu^2 - sigma^2)/2 + log(sigma)",
                "This is -KL, the term as it stands in the ELBO. A KL is positive.",
            ),
            ("(mu^2 + sigma^2 - 1 - log(sigma))/2", "log sigma^2 is 2 log sigma: half of it is log sigma, not half."),
            ("mu^2 + sigma^2 - 1 - 2*log(sigma)", "The factor 1/2 is missing."),
            ("(mu^2 + sigma^2)/2 - log(sigma)", "The -1/2 is missing: E_q of ((z - mu)/sigma)^2 is 1, not 0."),
            ("(mu^2 + sigma - 1)/2 - log(sigma)", "sigma stands where its square belongs."),
            ("(mu^2 + 1)/(2*sigma^2) + log(sigma) - 1/2", "This is the KL the other way round, KL(N(0, 1) || q)."),
        ),
    ),
    Task(
        "kl_gaussians",
        "KL of two Gaussians",
        "KL( N(mu_1, sigma_1^2) || N(mu_2, sigma_2^2) ) in one dimension, in nats.",
        {"mu_1": (-2, 2), "sigma_1": (0.4, 2), "mu_2": (-2, 2), "sigma_2": (0.4, 2)},
        lambda v: kl(v["mu_1"], v["sigma_1"], v["mu_2"], v["sigma_2"]),
        "log(sigma_2/sigma_1) + (sigma_1^2 + (mu_1 - mu_2)^2)/(2*sigma_2^2) - 1/2",
        "E_q (x - mu_2)^2 = sigma_1^2 + (mu_1 - mu_2)^2: the spread of q, and how far it is off. Both are measured in "
        "units of sigma_2, the width of the second.",
        (
            (
                "log(sigma_1/sigma_2) + (sigma_2^2 + (mu_1 - mu_2)^2)/(2*sigma_1^2) - 1/2",
                "This is the KL the other way round. The mean is taken under the first.",
            ),
            (
                "log(sigma_1/sigma_2) + (sigma_1^2 + (mu_1 - mu_2)^2)/(2*sigma_2^2) - 1/2",
                "The ratio inside the logarithm is upside down: a narrow first gives a large KL.",
            ),
            (
                "log(sigma_2/sigma_1) + (mu_1 - mu_2)^2/(2*sigma_2^2)",
                "The widths appear in the logarithm only: E_q (x - mu_2)^2 contains sigma_1^2 as well.",
            ),
            (
                "log(sigma_2/sigma_1) + (sigma_1^2 + (mu_1 - mu_2)^2)/(2*sigma_2^2)",
                "The -1/2 is missing: of two equal Gaussians the KL is 0.",
            ),
        ),
    ),
    Task(
        "entropy",
        "The entropy of a Gaussian",
        "-E log p(x) for x ~ p = N(mu, sigma^2) in one dimension, in nats.",
        {"mu": (-2, 2), "sigma": (0.05, 3)},
        lambda v: -mean_under(lambda x: log_normal(x, v["mu"], v["sigma"]), v["mu"], v["sigma"]),
        "log(sigma) + (1 + log(2*pi))/2",
        "E ((x - mu)/sigma)^2 = 1 gives the 1/2. It is negative for narrow Gaussians: that of a density may be.",
        (
            ("log(sigma) + log(2*pi)/2", "The 1/2 of the exponent is missing: E ((x - mu)/sigma)^2 is 1, not 0."),
            ("-log(sigma) - (1 + log(2*pi))/2", "This is E log p. The entropy has the minus."),
            ("log(sigma^2) + (1 + log(2*pi))/2", "log sigma^2 is 2 log sigma: with the 1/2 in front only log sigma."),
            ("log(sigma) + log(2*pi*e)", "The 1/2 belongs to log 2 pi e as well."),
        ),
    ),
    Task(
        "affine_log_det",
        "The log-determinant of standardizing",
        "z_j = (x_j - mu)/sigma for each of m dimensions. log|det dz/dx|.",
        {"m": (1, 9), "mu": (-2, 2), "sigma": (0.3, 3)},
        lambda v: float(np.log(slope(lambda x: (x - v["mu"]) / v["sigma"], 0.3)) * v["m"]),
        "-m*log(sigma)",
        "Each dimension shrinks by sigma, so the Jacobian is 1/sigma on the diagonal; the log of a product is a sum.",
        (
            ("m*log(sigma)", "This is the log-determinant of the way back, x = sigma z + mu."),
            ("-log(sigma)", "This is one dimension; there are m of them."),
            ("sigma^(-m)", "This is the determinant itself; its logarithm is asked for."),
            ("-m*log(sigma) - m*mu/sigma", "A shift stretches nothing: mu has no place here."),
        ),
    ),
    Task(
        "passes",
        "How many passes a sample costs",
        "k autoregressive flows in a chain, m dimensions, sampled one coordinate after the other. How often are their "
        "nets called for one sample?",
        {"k": (1, 9), "m": (2, 50)},
        lambda v: calls_of_net(v["m"], v["k"]),
        "k*m",
        "Each flow of the chain waits for the whole output of the one before, and needs m calls itself.",
        (
            ("k", "These are the calls for the density. A sample is sequential in every flow."),
            ("m", "Each of the k flows is sequential by itself."),
            ("k + m", "The flows come one after the other, each with m calls: a product."),
            ("m^k", "The calls of one flow are not made again inside those of another."),
        ),
    ),
    Task(
        "vae_gap",
        "The gap of a flow seen as a VAE",
        "q(z|x) = N(f(x), tau^2 I) in m dimensions; the decoder is the flow's inverse with the same noise tau, the "
        "base N(0, I). How far is the ELBO, on average over q, below the flow's log-likelihood?",
        {"m": (1, 12), "tau": (0.05, 1.5)},
        lambda v: v["m"] * (log_normal(0.7, 0, 1) - mean_under(lambda z: log_normal(z, 0, 1), 0.7, v["tau"])),
        "m*tau^2/2",
        "Encoder and decoder differ by |det| exactly, so the gap is log p(f(x)) - E_q log p(z): the mean of z^2 grows "
        "from f(x)^2 to f(x)^2 + tau^2, half of that per dimension.",
        (
            ("-m*tau^2/2", "This is the ELBO minus the log-likelihood. Asked is how far below it is."),
            ("tau^2/2", "This is one dimension; there are m."),
            ("m*tau^2", "The base's 1/2 is missing."),
            ("m*tau/2", "It is the variance tau^2 that is added to z^2, not tau."),
            ("m*(tau^2 - 1)/2 - m*log(tau)", "This is a KL to N(0, I). The entropy of q cancels against the decoder."),
            ("-m*log(tau)", "Encoder and decoder both contain -m log tau: it cancels."),
        ),
    ),
)
