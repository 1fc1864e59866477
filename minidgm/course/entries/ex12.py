"""Exercise 12: its place in the list, and three hints per function, the weakest first."""

from minidgm.course.exercises import entry

EXERCISE = entry(
    12,
    "discretize",
    "Discretization through the CDF",
    functions="discretized_logistic_log_prob discretized_mixture_log_prob bits_per_dim",
    rows=(8, 9),
    read="minidgm/discrete/discretize.py",
)

HINTS = {
    "discretized_logistic_log_prob": (
        "Compute a and b for every y, then the three terms of log σ(a) + log σ(−b) + log(1 − e^{b−a}). Which terms "
        "does the first bin need, and which the last?",
        "In the first bin b = −∞, so only log σ(a) is left; in the last a = ∞, so only log σ(−b). log σ is minus a "
        "softplus: np.logaddexp. And a − b is known without a and b.",
        "a − b = 1/s. For log(1 − e^{−1/s}), log(−expm1(−1/s)) keeps the digits where 1/s is small and "
        "log1p(−e^{−1/s}) where it's large. np.where with y == 0 and y == levels − 1 blanks terms in the outer bins.",
    ),
    "discretized_mixture_log_prob": (
        "You have log P(y | μ_k, s_k) for one logistic. What's missing are the weights and the sum.",
        "Give y an axis for the components: y[..., None] broadcasts against (..., K).",
        "Add log_pi to discretized_logistic_log_prob of y[..., None], and take logsumexp over the last axis.",
    ),
    "bits_per_dim": (
        "A nat is 1/log 2 bits. And how many dimensions share the log-probability of an object?",
        "Likelier objects need fewer bits: there's a minus.",
        "Divide −log_prob by m log 2. np.log(2) is a float64 scalar: float(...) of it leaves float32 arrays alone.",
    ),
}
