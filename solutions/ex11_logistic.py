"""Exercise 11: the logistic distribution, and mixtures of it.

To turn a continuous model into one of pixels, PixelCNN++ takes differences of the cumulative distribution function. So
it wants a distribution with a bell-shaped density and a cdf that is cheap and easy to differentiate. The logistic one
is that: its cdf is the sigmoid. A mixture of a few of them follows any histogram, several peaks and spikes included.

    p(x | μ, s) = e^{−(x−μ)/s} / ( s (1 + e^{−(x−μ)/s})² )         F(x) = ∫_{−∞}^x p = sigmoid((x − μ)/s)

    p(x | π, μ, s) = Σ_k π_k p(x | μ_k, s_k)                        F(x) = Σ_k π_k F_k(x)

s is the scale: the standard deviation is sπ/√3 = 1.81 s. Everything is elementwise, with the usual broadcasting.
Read afterwards: minidgm/distributions.py.
"""

import autograd.numpy as np
from autograd.scipy.special import expit, logsumexp


def logistic_log_pdf(x, mu, s):
    """Compute the logarithm of the logistic density, elementwise.

    A network's guess for mu can be a thousand scales off, at the start of training above all, and the loss has to pull
    it back from there: e^{1000} is no number, but log p is −1000 − log s, and must come out as that on both sides.

        log p = −a − log s − 2 log(1 + e^{−a}),   a = (x − μ)/s

    x, mu, s: arrays that broadcast, s > 0. Returns an array of the broadcast shape, in nats, of the dtype of x.

    At its peak the density is 1/(4s). At a = 1000 and a = −1000 it's e^{−1000}/s:

    >>> print(np.round(logistic_log_pdf(np.array([3.0, 2003.0, -1997.0]), 3.0, 2.0), 4))
    [   -2.0794 -1000.6931 -1000.6931]
    """
    a = (x - mu) / s
    return -np.logaddexp(0, a) - np.logaddexp(0, -a) - np.log(s)


def logistic_cdf(x, mu, s):
    """Compute F(x) = P(X ≤ x), elementwise: the sigmoid of (x − μ)/s.

    Small probabilities have to keep their digits: 40 scales below the mean F is 4·10⁻¹⁸, not 0.

        F(x) = 1 / (1 + e^{−(x−μ)/s})

    x, mu, s: arrays that broadcast, s > 0. Returns an array of the broadcast shape, of the dtype of x, within [0, 1].

    >>> print(logistic_cdf(np.array([3.0, 3.0 + 2 * np.log(3.0), -77.0]), 3.0, 2.0))
    [5.00000000e-01 7.50000000e-01 4.24835426e-18]
    """
    return expit((x - mu) / s)


def mixture_log_pdf(x, log_pi, mu, s):
    """Compute the log-density of a mixture of K logistics, elementwise: one number for each number of x.

    Each x is compared with all K components. They lie on the last axis of the parameters, which x doesn't have: give it
    one. The weights come as logarithms, because that's what a network makes; −∞ is a weight of 0, and is allowed.

        log p(x) = log Σ_k π_k p(x | μ_k, s_k) = log Σ_k exp( log π_k + log p(x | μ_k, s_k) )

    x: (...); log_pi, mu, s: (..., K) or (K,), with Σ_k e^{log_pi_k} = 1. Returns an array of the shape and dtype of x,
    in nats, finite even where every component's density rounds to 0.

    Two equal halves at ±1, s = 1, seen from the middle: both densities are e⁻¹/(1 + e⁻¹)² = 0.1966.

    >>> log_pi, mu, s = np.log(np.array([0.5, 0.5])), np.array([-1.0, 1.0]), np.array([1.0, 1.0])
    >>> print(np.round(np.exp(mixture_log_pdf(np.array([0.0, 1.0]), log_pi, mu, s)), 4))
    [0.1966 0.1775]
    """
    return logsumexp(log_pi + logistic_log_pdf(x[..., None], mu, s), axis=-1)


def mixture_cdf(x, log_pi, mu, s):
    """Compute F(x) of a mixture of K logistics, elementwise.

    Integrals add up as densities do: the cdf of a mixture is the mixture of the cdfs.

        F(x) = Σ_k π_k F_k(x)

    x: (...); log_pi, mu, s: (..., K) or (K,), as for mixture_log_pdf. Returns an array of the shape and dtype of x.

    >>> log_pi, mu, s = np.log(np.array([0.5, 0.5])), np.array([-1.0, 1.0]), np.array([1.0, 1.0])
    >>> print(np.round(mixture_cdf(np.array([0.0, 1.0]), log_pi, mu, s), 4))
    [0.5    0.6904]
    """
    return np.sum(np.exp(log_pi) * logistic_cdf(x[..., None], mu, s), axis=-1)
