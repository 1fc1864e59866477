"""Exercise 11: its place in the list, and three hints per function, the weakest first."""

from minidgm.course.exercises import entry

EXERCISE = entry(
    11,
    "logistic",
    "Logistic mixtures",
    functions="logistic_log_pdf logistic_cdf mixture_log_pdf mixture_cdf",
    rows=(8,),
    read="minidgm/distributions.py",
)

HINTS = {
    "logistic_log_pdf": (
        "Write a = (x − μ)/s and take the logarithm of the slide's fraction. Which part overflows, on which side?",
        "log(1 + e^a) is exercise 01's softplus, and numpy's logaddexp(0, a) computes it without overflow. "
        "The density is symmetric in a: the formula can be written so that you see it.",
        "The density is σ(a) σ(−a)/s, and log σ(a) = −softplus(−a). So the logarithm has three terms, each with a "
        "minus: a softplus of a, a softplus of −a, and log s.",
    ),
    "logistic_cdf": (
        "It's the sigmoid of a standardized x.",
        "1 − (a number near 1) and 1 + tanh lose the small probabilities; e^a/(1 + e^a) overflows for large a.",
        "autograd.scipy.special has the sigmoid under the name expit; (x − mu) / s is its argument.",
    ),
    "mixture_log_pdf": (
        "The parameters have one axis more than x, the last. What must x look like to meet them all?",
        "x[..., None] broadcasts against (..., K). A product of weight and density is a sum of logarithms.",
        "Add log_pi to the components' log-densities and take logsumexp over the last axis; that is all.",
    ),
    "mixture_cdf": (
        "Weights times the components' cdfs, summed over the components.",
        "log_pi are logarithms: exponentiate them for this sum. x needs a last axis for the components.",
        "Multiply np.exp(log_pi) with logistic_cdf of x[..., None] and sum over axis −1.",
    ),
}
