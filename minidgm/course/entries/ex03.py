"""Exercise 03: its place in the list, and three hints per function, the weakest first."""

from minidgm.course.exercises import entry

EXERCISE = entry(
    3,
    "change_of_variables",
    "The change of variables",
    functions="affine_f affine_g jacobian_log_det flow_log_prob",
    rows=(1, 2, 3),
    read="minidgm/flows/base.py minidgm/flows/elementwise.py",
)

HINTS = {
    "affine_f": (
        "z needs one line: solve x = σ z + μ for z. For the log_det ask: a unit step in x is how long a step in z?",
        "The Jacobian is diagonal with 1/σ_j, so log|det| = −Σ_j log σ_j, summed over dimensions, never over objects. "
        "When sigma is (m,), one number would be left: it has to be repeated for each of the n objects.",
        "Stretch log σ to the shape of x first (times np.ones_like(x), which keeps the dtype too), then minus its sum "
        "over axis 1.",
    ),
    "affine_g": (
        "It is affine_f read backwards: what f did last, g undoes first.",
        "x = σ z + μ; the log_det is that of this map, so its sign is the other one.",
        "sigma * z + mu, and the sum over axis 1 of log σ stretched to the shape of z.",
    ),
    "jacobian_log_det": (
        "`jacobian(f)` is a function: call it at one point (m,) and you get the matrix (m, m). What about the n "
        "points?",
        "A Python loop over the rows of x is fine here. np.linalg.slogdet returns the sign of a determinant and the "
        "logarithm of its absolute value.",
        "For each point of x take np.linalg.slogdet(jacobian(f)(point))[1], and make an array of these n numbers.",
    ),
    "flow_log_prob": (
        "The formula has two terms. f returns what both of them need.",
        "f(x) is a pair: z for the base distribution, and log_det, which is that of f already. Which sign does it get "
        "in the formula?",
        "z, log_det = f(x), then the base's log-density at z plus log_det: (n,) plus (n,).",
    ),
}
