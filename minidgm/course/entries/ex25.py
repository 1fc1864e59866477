"""Exercise 25: its place in the list, and three hints per function, the weakest first."""

from minidgm.course.exercises import entry

EXERCISE = entry(
    25,
    "preprocessing",
    "The price of preprocessing",
    functions="to_latent to_levels bits_per_dim_of",
    rows=(5, 10),
    read="minidgm/flows/elementwise.py minidgm/discrete/discretize.py",
)

HINTS = {
    "to_latent": (
        "Four steps, four slopes. Which of them is 1, and which of the others depend on the pixel?",
        "Write x, then s, then z, a line each. Beside each line its derivative by what came before: 1/levels, "
        "1 − 2 alpha, 1/(s(1 − s)). The chain rule multiplies them; logarithms add.",
        "log_det = Σ_j [log(1 − 2 alpha) − log(levels) − log s_j − log(1 − s_j)], axis=1. The constants go inside the "
        "sum, so they count m times; float(np.log(...)) and y.astype(u.dtype) keep float32 what it is.",
    ),
    "to_levels": (
        "Undo the steps of to_latent from the last to the first. How many are there, the noise included?",
        "sigmoid, then (s − alpha)/(1 − 2 alpha), then times levels, then the whole part. What does that give for a z "
        "where s lies below alpha, and what is wanted there?",
        "np.clip(np.floor(levels * x), 0, levels - 1). The log_det is minus that of the way there, at the same s; for "
        "far z write log s + log(1 − s) as −|z| − 2 log1p(exp(−|z|)).",
    ),
    "bits_per_dim_of": (
        "Which density has to be coded, that of z or that of y + u? How do the two differ?",
        "The change of variables: log p(y + u) = log p(z) + log_det. A code's length is minus that; then a dimension's "
        "share, in bits.",
        "Divide by m and by log 2. Nothing else: log(levels) is in log_det already.",
    ),
}
