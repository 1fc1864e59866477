"""Exercise 18: its place in the list, and three hints per function, the weakest first."""

from minidgm.course.exercises import entry

EXERCISE = entry(
    18,
    "aggregated_posterior",
    "The aggregated posterior",
    functions="gaussian_log_prob_table aggregated_log_prob",
    rows=(13, 15),
    read="minidgm/vae/surgery.py minidgm/vae/priors.py",
)

HINTS = {
    "gaussian_log_prob_table": (
        "For one pair you know the formula. How can z of (n_z, d) and mu of (n, d) be subtracted so that every row "
        "meets every row?",
        "An axis of length one broadcasts: (n_z, 1, d) minus (n, d) is (n_z, n, d). The log_sigma of the posteriors "
        "belongs to the same axis as their mu.",
        "With z[:, None, :], standardize (difference times np.exp(−log_sigma)), and sum −½ eps² − log_sigma − ½ log 2π "
        "over the last axis. Write the constant as a Python float, float(np.log(2 * np.pi)).",
    ),
    "aggregated_log_prob": (
        "The table has all the log q(z_k|x_i). Over which axis does the mixture run, and what is each component's "
        "weight?",
        "The logarithm of a sum of exponentials is logsumexp; over the objects, that is axis 1. What does the weight "
        "1/n become in the logarithm?",
        "logsumexp of the table over axis 1, minus the logarithm of the number of objects, len(mu). Make that a Python "
        "float: np.log(5) is a NumPy float64 and would turn float32 into float64.",
    ),
}
