"""Exercise 12: discretization through the cdf, the likelihood of PixelCNN++ (Salimans et al. 2017).

A continuous density becomes a distribution over levels by giving every level the probability of its bin. Unlike a
categorical distribution it knows that 127 lies between 126 and 128: an absent level gets what its neighbours suggest.
The outer bins reach to infinity, so that nothing is lost at the ends, where real images have their spikes.

    P(y) = F(y + ½) − F(y − ½),   with −∞ for the lower end of bin 0 and +∞ for the upper end of bin levels−1

    logistic:  P(y) = σ(a) − σ(b),   a = (y + ½ − μ)/s,   b = (y − ½ − μ)/s

A difference of two sigmoids near 1 has no digits left. Its logarithm is exact in the form of exercise 01,

    log(σ(a) − σ(b)) = log σ(a) + log σ(−b) + log(1 − e^{b−a}),   a > b,

with terms of one sign only. Read afterwards: minidgm/discrete/discretize.py.
"""

import autograd.numpy as np
from autograd.scipy.special import logsumexp


def discretized_logistic_log_prob(y, mu, s, levels):
    """Compute log P(y) of a logistic distribution cut into bins, elementwise: nothing is summed over dimensions.

    It has to be right wherever the bin lies: at the start of training a pixel may be thousands of scales from mu, and
    at the end s may be so small that the bin holds all but 10⁻¹³ of the probability. Scales from 1e-6 to 1e6 are asked
    for; no threshold and no small constant is needed, except to choose between log1p and expm1 for log(1 − e^{b−a}).

        log P(y) = log(σ(a) − σ(b)),   a = (y + ½ − μ)/s,   b = (y − ½ − μ)/s   (last bin: a = ∞; first: b = −∞)

    y: integers 0 … levels−1 (uint8 as well); mu, s: floats, broadcasting with y, s > 0; levels: an integer; where it is
    1, the only bin is the first and the last. Returns log-probabilities of the broadcast shape, in nats, of the dtype
    of mu. (An integer array plus a float32 one is float64 in numpy, so give y the dtype of mu first.)

    Four levels, mu = 1.2, s = 0.5: probabilities that sum to one. In bin 3, seen from mu = −1000, P is e^{−2005}:

    >>> y = np.array([0, 1, 2, 3])
    >>> print(np.round(np.exp(discretized_logistic_log_prob(y, 1.2, 0.5, 4)), 4))
    [0.1978 0.4478 0.2852 0.0691]
    >>> print(discretized_logistic_log_prob(np.array([3]), -1000.0, 0.5, 4))
    [-2005.]
    """
    x = np.asarray(y).astype(np.result_type(mu))
    a, b = (x + 0.5 - mu) / s, (x - 0.5 - mu) / s
    first, last = x == 0, x == levels - 1
    log_below_a = np.where(last, 0.0, -np.logaddexp(0, -a))  # log σ(a), and log σ(∞) = 0
    log_above_b = np.where(first, 0.0, -np.logaddexp(0, b))  # log σ(−b), and log σ(∞) = 0
    d = 1 / (s + 0 * x)  # a − b, without the rounding of a and b, in the dtype of x
    log_width = np.where(d > np.log(2), np.log1p(-np.exp(-d)), np.log(-np.expm1(-d)))  # each keeps its digits there
    return log_below_a + log_above_b + np.where(first | last, 0.0, log_width)


def discretized_mixture_log_prob(y, log_pi, mu, s, levels):
    """Compute log P(y) of a mixture of K logistics cut into bins, elementwise: nothing is summed over dimensions.

    The bin of a mixture holds the mixture of what its components have there. This is what PixelCNN++ evaluates for each
    pixel and colour, with parameters that the network read off the pixels before.

        log P(y) = log Σ_k π_k P(y | μ_k, s_k)

    y: (...), integers 0 … levels−1; log_pi, mu, s: (..., K) or (K,), components on the last axis, Σ_k e^{log_pi_k} = 1.
    Returns an array of the shape of y, in nats, of the dtype of mu, finite however far the components are.

    Two components, at 0 and at 3, with the weights ¾ and ¼:

    >>> y, log_pi = np.array([0, 1, 2, 3]), np.log(np.array([0.75, 0.25]))
    >>> mu, s = np.array([0.0, 3.0]), np.array([0.2, 0.2])
    >>> print(np.round(np.exp(discretized_mixture_log_prob(y, log_pi, mu, s, 4)), 4))
    [0.6931 0.0566 0.0192 0.231 ]
    """
    log_prob = discretized_logistic_log_prob(np.asarray(y)[..., None], mu, s, levels)
    return logsumexp(log_pi + log_prob, axis=-1)


def bits_per_dim(log_prob, m):
    """Turn log-probabilities in nats into bits per dimension, the unit in which likelihoods of images are compared.

    It's the length of the best code for the object, per pixel and channel. A uniform distribution over 256 levels needs
    8 bits per dimension, and every model of pixels should need fewer.

        bits/dim = −log P(y) / (m log 2)

    log_prob: any shape, usually (n,), of whole objects; m: how many dimensions an object has, an integer.
    Returns an array of the shape and dtype of log_prob, object by object: the mean over a data set comes later.
    (Mind: np.log(2) is a float64 number, and turns float32 arrays it meets into float64; float(np.log(2)) doesn't.)

    Three dimensions with 16 equally likely levels each: log P = −3 log 16, which is 4 bits per dimension.

    >>> print(bits_per_dim(np.array([-3 * np.log(16.0)]), 3))
    [4.]
    """
    return -log_prob / float(m * np.log(2))
