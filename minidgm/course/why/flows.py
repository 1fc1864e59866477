"""Questions about densities and flows."""

import numpy as np

from minidgm.course.why.question import asks
from minidgm.distributions import LogisticMixture, Normal
from minidgm.flows import GaussianAR, Permutation
from minidgm.flows.named import real_nvp


@asks(
    "Why is my negative log-likelihood negative?",
    "A Gaussian is fitted to 1000 lengths of about a centimetre, once written in metres, once in millimetres. In "
    "metres the mean of -log p comes out below zero. What is wrong?",
    choices=(
        "There is a bug: a likelihood is at most 1, so -log of it is at least 0.",
        "Nothing: a density may be larger than 1, and how large depends on the unit.",
        "The log-determinant has the wrong sign.",
    ),
    right=lambda v: 2 if v["loss in metres"] < 0 < v["loss in millimetres"] and abs(v["area"] - 1) < 1e-3 else 1,
    answer="The same data and the same fit, and still {loss in metres:.2f} nats in metres against "
    "{loss in millimetres:.2f} in millimetres: they differ by log 1000. A density is a probability per unit of length. "
    "Only its area is bounded, and that is {area:.3f}. So a loss tells nothing until its unit is known.",
    thread="https://github.com/google-deepmind/distrax/issues/202",
    read="minidgm/distributions.py; minidgm lab degenerate",
)
def negative_loss():
    x = 0.01 * np.random.default_rng(0).standard_normal(1000)  # metres
    metres, millimetres = Normal(0.0, x.std()), Normal(0.0, (1000 * x).std())
    loss = -np.mean(metres.log_prob(x))
    loss_mm = -np.mean(millimetres.log_prob(1000 * x))
    line = np.linspace(-0.1, 0.1, 10001)
    area = np.sum(np.exp(metres.log_prob(line))) * (line[1] - line[0])
    return {
        "loss in metres": loss,
        "loss in millimetres": loss_mm,
        "area": area,
    }


@asks(
    "My flow's loss on raw pixels is -100 and still falling. Is it learning?",
    "A continuous density with a narrow bump on each of 16 gray levels is given pixels that are uniform over the "
    "levels: there is nothing to learn. Only the width s of the bumps is made smaller, 0.1, 0.001, 0.00001. What does "
    "the loss do?",
    choices=(
        "It stays where it is, as there is nothing to learn.",
        "It falls to log 16, the entropy of the pixels, and no further.",
        "It falls for ever, by log 100 each time.",
    ),
    right=lambda v: 3 if v["s = 1/100000"] < v["s = 1/1000"] - 4 < v["s = 1/10"] - 8 else 2,
    answer="{s = 1/10:.1f}, {s = 1/1000:.1f}, {s = 1/100000:.1f}: without end, and without anything learned. Data on a "
    "grid have probability, not density; a continuous model collapses onto the grid. Add noise (dequantize), or take a "
    "discrete model.",
    thread="https://github.com/vislearn/FrEIA/issues/16",
    read="minidgm/discrete/dequantize.py; minidgm lab degenerate",
)
def endless_loss():
    levels = np.arange(16.0)
    y = np.random.default_rng(0).integers(0, 16, 1000).astype(float)
    losses = {}
    for one_in in (10, 1000, 100_000):
        equal, s = np.full(16, -np.log(16)), np.full(16, 1 / one_in)
        bumps = LogisticMixture(equal, levels, s)
        losses[f"s = 1/{one_in}"] = -np.mean(bumps.log_prob(y))
    return losses


@asks(
    "Why is one direction of a masked autoregressive flow slow?",
    "x_j = mu_j + sigma_j z_j, where mu_j and sigma_j are read off a masked net that sees x_1, ..., x_(j-1). We begin "
    "with x = z, and call the net again and again on what we have so far. After how many calls are all m = 12 "
    "coordinates of the sample right?",
    right=lambda v: v["calls until x is right"],
    tolerance=0.0,
    answer="{calls until x is right:.0f}: each call settles one more coordinate, because it needs the one before. The "
    "way from x to z needs a single call: all of x is known. Put the flow in backwards (inverse AR) and the fast and "
    "the slow direction change places.",
    thread="https://github.com/bayesiains/nflows/pull/16",
    read="minidgm/flows/autoregressive.py; exercise 27; minidgm lab autoregressive",
)
def slow_direction():
    rng, m = np.random.default_rng(0), 12
    flow = GaussianAR(m, (64,), rng).astype(np.float64)
    for layer in flow.net.layers:  # a trained net is far from the identity
        layer.weight += rng.standard_normal(layer.weight.shape)
        layer.bias += rng.standard_normal(layer.bias.shape)
    z = rng.standard_normal((100, m))
    wanted, _ = flow.g(z)
    x, calls = z, 0
    while not np.allclose(x, wanted, rtol=1e-9):
        mu, log_sigma = flow.mu_log_sigma(x)
        x, calls = mu + np.exp(log_sigma) * z, calls + 1
    return {"calls until x is right": calls, "calls for x to z": 1}


@asks(
    "Why does my flow not give x back?",
    "An invertible network is run on x, and then once more on what came out. The result is not x. Why?",
    choices=(
        "It was run the same way twice. The way back is another function.",
        "Coupling layers are invertible only in theory; rounding piles up.",
        "It is not trained yet; inverting is learned.",
    ),
    right=lambda v: 1 if v["|g(f(x)) - x|"] < 1e-6 < v["|f(f(x)) - x|"] else 2,
    answer="f twice is off by {|f(f(x)) - x|:.2f}; f and then g, untrained, by {|g(f(x)) - x|:.0e}. Libraries call one "
    "direction `forward` and disagree on which; that is why it is f (data to latent) and g (back) here.",
    thread="https://github.com/bayesiains/nflows/issues/37",
    read="minidgm/flows/base.py; minidgm/flows/coupling.py",
)
def twice_forward():
    rng = np.random.default_rng(0)
    flow = real_nvp(4, 6, (32,), rng).astype(np.float64)
    x = 3 + rng.standard_normal((100, 4))
    flow.initialize(x)
    z, _ = flow.f(x)
    twice, back = flow.f(z)[0], flow.g(z)[0]
    return {
        "|f(f(x)) - x|": np.abs(twice - x).max(),
        "|g(f(x)) - x|": np.abs(back - x).max(),
    }


@asks(
    "Does shuffling the dimensions between layers change the log-determinant?",
    "Between two coupling layers the columns are permuted. What is log|det| of a permutation of 5 columns?",
    right=lambda v: v["log|det|"],
    answer="{log|det|:.0f}: the matrix is a reordered identity, its determinant {determinant:+.0f}, and log|det| takes "
    "the absolute value. Shuffling moves volume without stretching it; it is free.",
    thread="https://github.com/karpathy/pytorch-normalizing-flows/pull/1",
    read="minidgm/flows/elementwise.py",
)
def permutation():
    order = np.array([2, 0, 3, 1, 4])
    _, log_det = Permutation(order).f(np.zeros((1, 5)))
    return {
        "log|det|": log_det[0],
        "determinant": np.linalg.det(np.eye(5)[order]),
    }


@asks(
    "A forward KL is my loss, and it is negative. But a KL never is?",
    "A library calls -mean log p(x) over the data its forward KL. The data come from N(0, 0.1^2), and so does the "
    "model: the true KL is 0. What is the loss?",
    right=lambda v: v["loss"],
    tolerance=0.15,
    answer="{loss:.2f} nats, the entropy of the data ({entropy:.2f}). KL(data || model) = -E log p(x) minus that "
    "entropy, which no parameter changes, so it is left out of the loss. What is minimized is the KL up to a constant; "
    "the KL itself is {loss minus entropy:.2f}.",
    thread="https://github.com/VincentStimper/normalizing-flows/issues/44",
    read="minidgm/flows/base.py; exercise 08",
)
def negative_kl():
    x = 0.1 * np.random.default_rng(0).standard_normal(100_000)
    loss = -np.mean(Normal(0.0, 0.1).log_prob(x))
    entropy = 0.5 * np.log(2 * np.pi * np.e * 0.1**2)
    return {
        "loss": loss,
        "entropy": entropy,
        "loss minus entropy": loss - entropy,
    }


@asks(
    "Is the log of a product as good as the sum of logs?",
    "A coupling layer scales 500 coordinates by 0.001 each. log|det| is -500 log 1000 = -3454. What does "
    "log(prod(sigma)) give in float64?",
    choices=("-3454, like the sum.", "-745, the log of the smallest number there is.", "-inf."),
    right=lambda v: 3 if v["log of the product"] == -np.inf else 1,
    answer="{log of the product}: the product, 1e-1500, rounds to 0 long before its log is taken. The sum of logs is "
    "{sum of the logs:.0f}. Probabilities and determinants live as logarithms from the start.",
    thread="https://github.com/ndeutschmann/zunis/issues/28",
    read="minidgm/functional.py; exercises 01 and 07",
)
def log_of_product():
    sigma = np.full(500, 1e-3)
    with np.errstate(divide="ignore", under="ignore"):
        return {
            "log of the product": np.log(np.prod(sigma)),
            "sum of the logs": np.sum(np.log(sigma)),
        }
