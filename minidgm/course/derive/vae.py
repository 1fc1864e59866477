"""Closed forms about VAEs: the best encoder, the evidence, the caps of mutual information."""

import numpy as np
from scipy.integrate import quad

from minidgm.course.derive.task import Task, far_apart, kl, normal, posterior_moments

TASKS = (
    Task(
        "posterior_mean",
        "The best encoder's mean",
        "p(z) = N(0, 1), p(x|z) = N(w z, s^2). The encoder N(mu, sigma^2) with the largest ELBO: mu, for an object x.",
        {"w": (0.3, 2), "s": (0.3, 1.5), "x": (-2, 2)},
        lambda v: posterior_moments(v["w"], v["s"], v["x"])[0],
        "w*x/(w^2 + s^2)",
        "The best q is p(z|x), whose log is quadratic in z: precision 1 + w^2/s^2, and w x/s^2 in front of z.",
        (
            ("x/w", "This undoes the decoder without noise or prior: their pull towards 0 is missing."),
            ("w*x/s^2", "This still has to be divided by the precision, 1 + w^2/s^2."),
            ("w*x/(1 + w^2)", "The noise s is missing."),
            ("w*x", "This is the way from z to x."),
            ("w*x/(w^2 + s)", "s stands where its square belongs."),
        ),
    ),
    Task(
        "posterior_variance",
        "The best encoder's variance",
        "The same model, p(z) = N(0, 1), p(x|z) = N(w z, s^2): sigma^2 of the encoder with the largest ELBO.",
        {"w": (0.3, 2), "s": (0.3, 1.5)},
        lambda v: posterior_moments(v["w"], v["s"], 0.5)[1],
        "s^2/(w^2 + s^2)",
        "One over the precision 1 + w^2/s^2. It does not depend on x, and never exceeds the prior's 1.",
        (
            ("1 + w^2/s^2", "This is the precision, one over the variance."),
            ("s^2/w^2", "The prior is missing: it adds 1 to the precision."),
            ("w^2/(w^2 + s^2)", "This is how much of the variance x explains; what is left is 1 minus that."),
            ("s/sqrt(w^2 + s^2)", "This is sigma; its square is asked for."),
            ("w^2 + s^2", "This is the variance of x."),
        ),
    ),
    Task(
        "evidence",
        "The evidence of a linear-Gaussian VAE",
        "The same model, p(z) = N(0, 1), p(x|z) = N(w z, s^2): log p(x).",
        {"w": (0.3, 2), "s": (0.3, 1.5), "x": (-2, 2)},
        lambda v: float(
            np.log(
                quad(lambda z: normal(z, 0, 1) * normal(v["x"], v["w"] * z, v["s"]), -9, 9, epsrel=1e-11, limit=200)[0]
            )
        ),
        "-log(2*pi*(w^2 + s^2))/2 - x^2/(2*(w^2 + s^2))",
        "x = w z + s * noise is Gaussian with variance w^2 + s^2.",
        (
            ("-log(2*pi*s^2)/2 - x^2/(2*s^2)", "This is log p(x|z = 0). z has to be integrated out."),
            ("-log(2*pi*(w + s)^2)/2 - x^2/(2*(w + s)^2)", "Variances add, not standard deviations."),
            ("-log(2*pi*(1 + s^2))/2 - x^2/(2*(1 + s^2))", "z is multiplied by w before the noise comes in."),
            ("-log(2*pi*(w^2 + s^2)) - x^2/(2*(w^2 + s^2))", "The 1/2 of the logarithm is missing."),
        ),
    ),
    Task(
        "narrow_encoder",
        "The price of a wrong width",
        "An encoder has the right mean and variance v where p(z|x) has variance s. The gap, log p(x) - ELBO.",
        {"v": (0.1, 3), "s": (0.1, 3)},
        lambda v: kl(0.4, np.sqrt(v["v"]), 0.4, np.sqrt(v["s"])),
        "(v/s - 1 - log(v/s))/2",
        "The gap is KL(q || p(z|x)), of two Gaussians with one mean: 0 at v = s. Too narrow is worse than too "
        "wide by the same amount, and better than too wide by the same factor.",
        (
            ("(s/v - 1 - log(s/v))/2", "This is KL(p(z|x) || q). The ELBO's gap is the other one, under q."),
            ("v/s - 1 - log(v/s)", "The 1/2 is missing."),
            ("log(v/s)/2", "E_q of z^2/s is v/s, not 1."),
            ("(v/s - 1 + log(v/s))/2", "log(v/s) has the wrong sign: the gap cannot be negative."),
            ("(v^2/s^2 - 1)/2 - log(v/s)", "v and s are the variances already."),
        ),
    ),
    Task(
        "cap_of_a_batch",
        "The cap of a minibatch estimate",
        "I_q is estimated from a minibatch of B out of N objects, q_agg as the mean of the batch's B posteriors. The "
        "largest value that this estimate can take.",
        {"B": (2, 500), "N": (1000, 60000)},
        lambda v: far_apart(1 / v["B"], (v["B"] - 1) / v["B"]),
        "log(B)",
        "q_agg(z) is at least q(z|x_i)/B, an object's own term, so log q(z|x_i) - log q_agg(z) is at most log B.",
        (
            ("log(N)", "That is the cap of the truth. The batch's estimate has 1/B where 1/N belongs."),
            ("log(B - 1)", "An object's own posterior is one of the B."),
            ("log(N/B)", "N does not enter an estimate that takes the batch for the whole."),
            ("B", "It is a logarithm of a ratio: log B."),
            ("log(B)/log(2)", "In nats, please: log B."),
        ),
    ),
    Task(
        "cap_stratified",
        "The cap of the stratified estimate",
        "Now an object's own posterior has weight 1/N and the other B - 1 share (N - 1)/N equally. The largest value "
        "that this estimate can take.",
        {"B": (2, 500), "N": (1000, 60000)},
        lambda v: far_apart(1 / v["N"], (v["N"] - 1) / v["N"]),
        "log(N)",
        "The own term alone is q(z|x_i)/N: what is left when the others are far away. It is the truth's cap, too.",
        (
            ("log(B)", "That was the cap with weight 1/B. The own posterior weighs 1/N now."),
            ("log(N/(N - 1))", "That is the own weight left out, which does not vanish when the others are far away."),
            ("log(N*(B - 1)/(N - 1))", "That is the cap from another object's weight; the own one stays, with 1/N."),
            ("log(N/B)", "B enters only through the others, and those are far away in the extreme case."),
        ),
    ),
)
