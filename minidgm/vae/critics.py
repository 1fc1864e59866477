"""Lower bounds of a mutual information from a critic f(x, z) (Poole et al. 2019): no density has to be known.

`scores` (B, B) holds f(x_i, z_j) of B pairs (x_i, z_i) ~ p(x, z): on the diagonal what belongs together, beside it
what is independent. Each bound holds for every f, and has a best one:

    NWJ           E f(x, z) − e⁻¹ E_p(x)p(z) e^f(x, z)                  best f = 1 + log p(z|x) / p(z)
    InfoNCE       E [ f(x_i, z_i) − log (1/B) Σ_k e^f(x_k, z_i) ]       best f = log p(z|x)
    interpolated  1 + E log r − E_p(x)p(z) r                            best f = log p(z|x), with q = p(z)
                  r = e^f(x, z) / (α m(z) + (1 − α) q(z)),  m(z) = (1/K) Σ_k e^f(x_k, z)

NWJ takes any value, but the spread of its second mean grows like e^I. InfoNCE hardly spreads, and never passes log B;
with the best f it is the naive minibatch estimate of `surgery`. Between them α trades one for the other: α = 1 is
InfoNCE, α = 0 with q = e is NWJ. (NWJ: Nguyen, Wainwright and Jordan 2010; InfoNCE: van den Oord et al. 2018.)
Lab information.
"""

import math

import autograd.numpy as np
from numpy import ndarray

from minidgm.errors import check_array, check_number
from minidgm.functional import logsumexp


def nwj_bound(scores: ndarray) -> float:
    """E f − e⁻¹ E_p(x)p(z) e^f of critic values (B, B), in nats; ValueError for fewer than two pairs."""
    B = pairs(scores)
    log_mean = logsumexp(scores + itself(scores)) - math.log(B * (B - 1))
    return np.mean(diagonal(scores)) - np.exp(log_mean - 1)


def info_nce_bound(scores: ndarray) -> float:
    """E [ f(x_i, z_i) − log (1/B) Σ_k e^f(x_k, z_i) ] of critic values (B, B), in nats: log B at most."""
    B = pairs(scores)
    log_m = logsumexp(scores, axis=0) - math.log(B)
    return np.mean(diagonal(scores) - log_m)


def interpolated_bound(scores: ndarray, log_q: ndarray, alpha: float) -> float:
    """1 + E log r − E_p(x)p(z) r of critic values (B, B) and log q(z_j) (B,), in nats; 0 < α < 1.

    m(z) is a mean over K = B − 1 of the x in both terms: in the first z's own and all but one of the others, in the
    second the others, which know nothing of z. Raises ValueError for another α, and for fewer than two pairs.
    """
    B = pairs(scores)
    check_array("log_q", log_q, (B,))
    check_number("alpha", alpha, "(0, 1)")
    f = diagonal(scores)
    log_m_own = logsumexp(scores + next_one(scores), axis=0) - math.log(B - 1)
    log_m_others = logsumexp(scores + itself(scores), axis=0) - math.log(B - 1)

    def log_mix(log_m):
        return np.logaddexp(math.log(alpha) + log_m, math.log(1 - alpha) + log_q)

    return 1 + np.mean(f - log_mix(log_m_own)) - np.mean(np.exp(log_m_others - log_mix(log_m_others)))


def pairs(scores: ndarray) -> int:
    """B, the number of pairs; ValueError unless scores is a square of two or more."""
    check_array("scores", scores, ("B", "B"))
    if scores.shape[0] != scores.shape[1] or len(scores) < 2:
        raise ValueError(f"scores: expected (B, B) with B = 2 or more, got {scores.shape}")
    return len(scores)


def diagonal(scores: ndarray) -> ndarray:
    """f(x_i, z_i) of the pairs: (B,)."""
    return scores[np.arange(len(scores)), np.arange(len(scores))]


def itself(scores: ndarray) -> ndarray:
    """−inf on the diagonal, else 0: leaves out what belongs together."""
    return np.where(np.eye(len(scores), dtype=bool), -math.inf, 0).astype(scores.dtype)


def next_one(scores: ndarray) -> ndarray:
    """−inf where i is the one after j, else 0: leaves out one of those that are independent."""
    return np.roll(itself(scores), 1, axis=0)
