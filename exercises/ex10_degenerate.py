"""Exercise 10: a continuous model of discrete data, and a discrete model that forgets what it hasn't seen.

Pixels are integers, a flow is a density. Fitted to integers as they are, a density can put all its mass on them, in
spikes as narrow as it likes, and the log-likelihood grows without limit while the model learns nothing. That is the
degenerate solution of the slide, and the reason for dequantization.

    p(x) = (1/L) Σ_k N(x; k, σ²),  k = 0 … L−1      log p(y) ≈ −log σ + const → ∞   as σ → 0

The other way out, a categorical distribution, can't degenerate; but its maximum-likelihood fit gives probability 0 to a
level that happens to be absent from the training data, as it doesn't know that 127 lies between 126 and 128.

    P(y = k) = (number of k in the data) / n

Read afterwards: minidgm/distributions.py.
"""

import numpy as np
from autograd.scipy.special import logsumexp


def spike_log_likelihood(y, levels, sigma):
    """Compute log p(y) for one spike of width sigma on each level, all spikes with the same weight.

    A wide spike reaches its neighbours, so every level's spike counts at every y; in the limit only y's own does.
    sigma may be as small as 1e-100 and as large as 1e12; the values around −log sigma are ordinary numbers.

        log p(y) = log Σ_{k=0}^{levels−1} (1/levels) N(y; k, sigma²)

    y: (n,), integers 0 … levels−1 (uint8 as well); levels: how many there are, an integer; sigma: the standard
    deviation of each spike. Returns (n,), in nats, float64: y holds integers, so there is no float32 to be kept. (Where
    there is, np.log(2 * np.pi) would turn it into float64, and float(np.log(2 * np.pi)) wouldn't.)

    Two levels, sigma = 0.1, so the other spike is ten sigma away: log ½ − ½ log 2π − log 0.1 = 0.6905. A tenth of sigma
    gives log 10 = 2.3026 more, and so on for ever.

    >>> print(np.round(spike_log_likelihood(np.array([0, 1, 1]), 2, 0.1), 4))
    [0.6905 0.6905 0.6905]
    >>> print(np.round(spike_log_likelihood(np.array([0, 1, 1]), 2, 0.01), 4))
    [2.9931 2.9931 2.9931]
    """
    raise NotImplementedError("ex10: write spike_log_likelihood")


def categorical_mle(y, levels):
    """Fit a categorical distribution by maximum likelihood: P(y = k) for k = 0 … levels−1.

    Among all vectors of probabilities, this one gives the data the greatest likelihood. A level that isn't in the data
    gets exactly 0, wherever it lies, and its log-likelihood at test time would be −∞.

        P(k) = (1/n) Σ_i [y_i = k]

    y: (n,), integers 0 … levels−1 (uint8 as well), n ≥ 1. Returns (levels,), floats that sum to one.

    >>> print(categorical_mle(np.array([0, 3, 0, 1]), 5))
    [0.5  0.25 0.   0.25 0.  ]
    """
    raise NotImplementedError("ex10: write categorical_mle")
