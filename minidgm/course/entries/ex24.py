"""Exercise 24: its place in the list, and three hints per function, the weakest first."""

from minidgm.course.exercises import entry

EXERCISE = entry(
    24,
    "bound_gap",
    "How loose is the bound",
    functions="iwae_bound bound_gap",
    rows=(19, 22),
    read="minidgm/vae/bounds.py",
)

HINTS = {
    "iwae_bound": (
        "One log weight per sample and object, (K, n). What is averaged here, and what did the ELBO average?",
        "The logarithm of a sum of exponentials is a logsumexp, over the samples' axis. What makes a mean of the sum? "
        "Doubling every sample must change nothing.",
        "logsumexp(log_joint − log_q, axis 0) less log K, with log K as a Python float.",
    ),
    "bound_gap": (
        "Two numbers per object from the same log weights: the ELBO, and the importance-weighted bound of all samples.",
        "Both are means over the samples: one of the log weights, one of the weights themselves (then the logarithm). "
        "Which of the two is larger?",
        "iwae_bound(log_joint, log_q) less the mean of log_joint − log_q over axis 0.",
    ),
}
