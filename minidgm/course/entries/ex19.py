"""Exercise 19: its place in the list, and three hints per function, the weakest first."""

from minidgm.course.exercises import entry

EXERCISE = entry(
    19,
    "mutual_information",
    "Mutual information",
    functions="mutual_information minibatch_mutual_information",
    rows=(14,),
    read="minidgm/vae/surgery.py",
)

HINTS = {
    "mutual_information": (
        "Everything you need is one table of log q(z_si|x_k): samples by objects by posteriors. Exercise 18 built it.",
        "The own posterior's density is on the diagonal of that table, log q_agg is a logsumexp along its last axis. "
        "Which constant makes the sum of n densities an average?",
        "z = mu + exp(log_sigma) * eps; broadcast z[:, :, None] against mu to get (samples, n, n, d), sum the normal "
        "log densities over the last axis; then the mean of: diagonal − (logsumexp over k − log n).",
    ),
    "minibatch_mutual_information": (
        "Only q_agg differs from `mutual_information`. For one object, what do the B weights sum to?",
        "Make the (B, B) array of weights: one value on the diagonal, one value everywhere else. A weight w inside a "
        "logsumexp is log w added to the term.",
        "weights = 1/N on the diagonal, (N−1)/N/(B−1) off it (mind B = 1, where nothing is off it); "
        "log q_agg = logsumexp of (table + log weights) over k, and no further constant.",
    ),
}
