"""Exercise 16: the noise is a flow (Ho et al. 2019, Flow++).

Variational dequantization needs a distribution q(u|y) on the unit cube that can be sampled and whose density is known:
a flow, with y as its context. The flow has to end in the open unit cube, so its last layer is a sigmoid. The simplest
one that can be learned has one affine layer before it; exercise 15 takes what it returns. Flow++ puts coupling layers
in between, and nothing else changes.

    ε ~ N(0, I),   u = g(ε, y) = sigmoid(μ(y) + σ(y) · ε)

    q(u|y) = p(ε) · |det ∂g/∂ε|^{−1}

The density is needed at the samples alone, where ε is known: nothing has to be inverted.
Read afterwards: minidgm/discrete/dequantize.py.
"""

import autograd.numpy as np
from autograd.scipy.special import expit


def sigmoid_flow(eps, mu, sigma):
    """Map base noise to dequantization noise in (0, 1), and say how likely it is.

    Each coordinate passes through two maps, and the density is divided by the derivative of each; the coordinates are
    independent, so their log-densities add up. Take the derivative of the sigmoid by hand; then find a form of its
    logarithm that is a number even where u has rounded to 0 or 1, at a = μ + σε = ±1000 say, without a small constant
    added to anything. (`np.logaddexp` and `expit`, which is the sigmoid, are stable and keep float32.)

        a = μ + σ ε,   u = sigmoid(a) = 1 / (1 + e^{−a}),   log q(u|y) = log N(ε; 0, 1) − log|∂u/∂ε|,  summed over j

    eps: (..., m), for example (samples, n, m); mu, sigma > 0: anything that broadcasts to it, such as (n, m), (m,) or
    (n, 1). Returns u (..., m) and log_q (...), in nats, both of the dtype of the arguments.
    (Mind: np.log(2 * np.pi) is a float64 number, and turns float32 arrays it meets into float64.)

    With ε = 0, μ = 0, σ = 2: u = 1/2, where the sigmoid has slope 1/4, so ∂u/∂ε = 2 · 1/4 and q = 0.3989 / 0.5.

    >>> u, log_q = sigmoid_flow(np.array([[0.0]]), np.array([0.0]), np.array([2.0]))
    >>> print(u, np.round(np.exp(log_q), 4))
    [[0.5]] [0.7979]
    """
    raise NotImplementedError("ex16: write sigmoid_flow")
