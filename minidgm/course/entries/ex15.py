"""Exercise 15: its place in the list, and three hints per function, the weakest first."""

from minidgm.course.exercises import entry

EXERCISE = entry(
    15,
    "variational_dequantization",
    "Variational dequantization",
    functions="variational_bound importance_bound",
    rows=(11,),
    read="minidgm/discrete/dequantize.py",
)

HINTS = {
    "variational_bound": (
        "An ELBO is E_q [log joint − log q]. What stands in the place of the joint here, and where were the samples "
        "drawn?",
        "Compute log p(y + u) as in exercise 14, for every sample and object, shape (samples, n): the shape of log_q.",
        "Subtract log_q from it, entry by entry, and take the mean over axis 0. No weighting by q: the samples are "
        "q's.",
    ),
    "importance_bound": (
        "Which comes first now, the logarithm or the mean over the samples? What happens to e^{−2000}?",
        "The logarithm of each weight is log p(y + u) − log q(u|y), shape (samples, n). The mean of the weights is "
        "their sum divided by their number.",
        "logsumexp over axis 0 is the logarithm of the sum; subtract the logarithm of the number of samples. np.log(5) "
        "is a NumPy float64, which turns a float32 array into float64; float(np.log(5)) doesn't.",
    ),
}
