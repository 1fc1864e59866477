"""Closed forms about discrete data."""

import numpy as np
from scipy.integrate import quad

from minidgm.course.derive.task import Task, fewest_levels, log_normal, logit_chain, slope
from minidgm.functional import logsumexp

TASKS = (
    Task(
        "logit_chain",
        "The log-derivative of the logit chain",
        "x = logit(alpha + (1 - 2 alpha) y/L). log dx/dy, for one pixel y between 0 and L.",
        {"alpha": (0.01, 0.1), "L": (4, 256), "y": (1, 3)},
        lambda v: float(np.log(slope(lambda y: logit_chain(y, v["alpha"], v["L"]), v["y"]))),
        "log((1 - 2*alpha)/L) - log(alpha + (1 - 2*alpha)*y/L) - log(1 - alpha - (1 - 2*alpha)*y/L)",
        "With s = alpha + (1 - 2 alpha) y/L: ds/dy = (1 - 2 alpha)/L, and dlogit/ds = 1/(s (1 - s)). A chain's "
        "log-derivatives add up.",
        (
            (
                "-log(alpha + (1 - 2*alpha)*y/L) - log(1 - alpha - (1 - 2*alpha)*y/L)",
                "Only the logit is in it. Dividing by L and squeezing by 1 - 2 alpha are maps like any other.",
            ),
            (
                "-log(L) - log(alpha + (1 - 2*alpha)*y/L) - log(1 - alpha - (1 - 2*alpha)*y/L)",
                "log(1 - 2 alpha), the squeeze, is missing.",
            ),
            (
                "log(1 - 2*alpha) - log(alpha + (1 - 2*alpha)*y/L) - log(1 - alpha - (1 - 2*alpha)*y/L)",
                "-log L, the division, is missing.",
            ),
            (
                "log(alpha + (1 - 2*alpha)*y/L) + log(1 - alpha - (1 - 2*alpha)*y/L) - log((1 - 2*alpha)/L)",
                "This is log dy/dx, the way back.",
            ),
            (
                "log((1 - 2*alpha)/L) + log(alpha + (1 - 2*alpha)*y/L) + log(1 - alpha - (1 - 2*alpha)*y/L)",
                "The slope of the logit is 1/(s (1 - s)); s (1 - s) is that of the sigmoid.",
            ),
        ),
    ),
    Task(
        "bits_per_dim",
        "Bits per dimension of scaled data",
        "A flow on x = y/L in m dimensions gives log p(x) = l nats. The bits per dimension of y.",
        {"l": (-200, 200), "m": (2, 20), "L": (2, 256)},
        lambda v: float(-np.log2(np.exp(v["l"] / v["m"]) / v["L"])),
        "(m*log(L) - l)/(m*log(2))",
        "p(y) = p(x) L^-m, so log p(y) = l - m log L. Then minus, divided by m, divided by log 2.",
        (
            ("-l/(m*log(2))", "These are the bits of x. Dividing by L has a price, log2 L per dimension."),
            ("(-m*log(L) - l)/(m*log(2))", "log L has the wrong sign: y is wider than x, so its density is lower."),
            ("(log(L) - l)/(m*log(2))", "log L is needed once per dimension, m times."),
            ("(m*log(L) - l)/m", "These are nats: bits want a division by log 2."),
            ("(m*log(L) - l)/log(2)", "These are the bits of all m dimensions together."),
            ("(l - m*log(L))/(m*log(2))", "This is the logarithm itself; a code length is minus that."),
        ),
    ),
    Task(
        "spikes",
        "Spikes on the levels",
        "An equal mixture of L Gaussians of width sigma, centred on the levels, sigma tiny. log p(y) at a level y.",
        {"L": (2, 256), "sigma": (0.001, 0.05)},
        lambda v: float(
            logsumexp(np.array([log_normal(0.0, k, v["sigma"]) for k in range(int(v["L"]))])) - np.log(v["L"])
        ),
        "-log(L) - log(sigma) - log(2*pi)/2",
        "Only the spike on y counts: weight 1/L times its height 1/(sigma sqrt(2 pi)). -log sigma has no limit.",
        (
            ("-log(sigma) - log(2*pi)/2", "The spike has weight 1/L."),
            ("-log(L) + log(sigma) - log(2*pi)/2", "A narrower spike is higher: -log sigma."),
            ("log(L) - log(sigma) - log(2*pi)/2", "The weight is 1/L, its logarithm -log L."),
            ("-log(L) - log(sigma) - log(2*pi)", "The root is missing: sigma sqrt(2 pi) has half of log 2 pi."),
            ("-log(L)", "This is log P(y) of the discrete model. The density at the spike's tip is asked for."),
        ),
    ),
    Task(
        "logistic_bin",
        "The probability of a level",
        "P(y) = F(y + 1/2) - F(y - 1/2) for a logistic with mean mu and scale s, y an inner level.",
        {"y": (-3, 3), "mu": (-3, 3), "s": (0.3, 3)},
        lambda v: quad(
            lambda x: 0.25 / np.cosh((x - v["mu"]) / (2 * v["s"])) ** 2 / v["s"],
            v["y"] - 0.5,
            v["y"] + 0.5,
            epsrel=1e-11,
        )[0],
        "sigmoid((y + 1/2 - mu)/s) - sigmoid((y - 1/2 - mu)/s)",
        "The cdf of the logistic is the sigmoid of (x - mu)/s.",
        (
            ("sigmoid((y + 1/2 - mu)/s)", "This is the cdf: everything up to y + 1/2. Take off what is below the bin."),
            (
                "sigmoid((y - 1/2 - mu)/s) - sigmoid((y + 1/2 - mu)/s)",
                "The order makes it negative: upper minus lower.",
            ),
            (
                "exp(-(y - mu)/s)/(s*(1 + exp(-(y - mu)/s))^2)",
                "This is the density at y, not the probability of the bin.",
            ),
            (
                "sigmoid((y + 1 - mu)/s) - sigmoid((y - mu)/s)",
                "This is the bin from y to y + 1; asked is the one about y.",
            ),
            ("sigmoid(y + 1/2 - mu) - sigmoid(y - 1/2 - mu)", "The scale s is missing."),
        ),
    ),
    Task(
        "break_even",
        "A mixture of logistics against a categorical",
        "A pixel's distribution is a mixture of K logistics (weights, means, scales) or a categorical over L levels. "
        "From which L on does the categorical have at least as many free parameters? (The weights sum to 1.)",
        {"K": (1, 20)},
        lambda v: fewest_levels(v["K"]),
        "3*K",
        "(K - 1) + K + K = 3K - 1 free parameters against L - 1.",
        (
            ("3*K - 1", "L levels have L - 1 free probabilities: they sum to 1, too."),
            ("3*K + 1", "The mixture's weights sum to 1 as well: K - 1 of them are free."),
            ("2*K", "The weights are parameters, too."),
            ("K", "A logistic has a mean, a scale and a weight."),
        ),
    ),
    Task(
        "uniform_gap",
        "What uniform noise costs",
        "Inside the cell p(y + u) is proportional to exp(a u), 0 < u < 1, with P(y) = 1. The gap log P(y) - E_u log "
        "p(y + u), u uniform.",
        {"a": (0.2, 6)},
        lambda v: (
            np.log(quad(lambda u: np.exp(v["a"] * u), 0, 1, epsrel=1e-12)[0])
            - quad(lambda u: v["a"] * u, 0, 1, epsrel=1e-12)[0]
        ),
        "log((exp(a) - 1)/a) - a/2",
        "The density is a exp(a u)/(exp(a) - 1), and E u = 1/2. It is KL(U || p(u|y)): 0 only for a = 0.",
        (
            ("a/2 - log((exp(a) - 1)/a)", "This is E log p(y + u), the bound itself; the gap is 0 minus that."),
            ("log((exp(a) - 1)/a)", "E_u of a u, a/2, is missing."),
            ("-a/2", "The density is not normalized: exp(a u) has the integral (exp(a) - 1)/a."),
            ("log((exp(a) - 1)/a) - a", "E u is 1/2."),
            ("a/(1 - exp(-a)) - 1 - log((exp(a) - 1)/a)", "This is the KL the other way round, under p(u|y)."),
        ),
    ),
)
