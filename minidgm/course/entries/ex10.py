"""Exercise 10: its place in the list, and three hints per function, the weakest first."""

from minidgm.course.exercises import entry

EXERCISE = entry(
    10,
    "degenerate",
    "Continuous models on discrete data",
    functions="spike_log_likelihood categorical_mle",
    rows=(5, 6),
    read="minidgm/distributions.py",
)

HINTS = {
    "spike_log_likelihood": (
        "It is a mixture of `levels` Gaussians with equal weights. What is the log-density of one, at one y?",
        "Make a table (n, levels) of log N(y_i; k, sigma²). How do you get the logarithm of a row's mean density?",
        "logsumexp over the levels, minus log(levels) for the weights. Keep each Gaussian's −log sigma and −½ log 2π.",
    ),
    "categorical_mle": (
        "Maximum likelihood for a categorical distribution is counting. Counting what, and divided by what?",
        "Every level 0 … levels−1 has an entry, in the data or not: the result's length is `levels`.",
        "numpy.bincount counts non-negative integers, and its minlength sees to it that none is missing at the end.",
    ),
}
