"""Exercise 01: its place in the list, and three hints per function, the weakest first."""

from minidgm.course.exercises import entry

EXERCISE = entry(
    1,
    "stable",
    "Stable functions",
    functions="logsumexp softplus log_sigmoid log_diff_sigmoid",
    rows=(8,),
    read="minidgm/functional.py",
)

HINTS = {
    "logsumexp": (
        "log(e^{a_1} + e^{a_2}) does not change if you write every a_i as c + (a_i − c). Which c makes all exponents "
        "safe?",
        "Take the largest number of each slice out of the sum: log Σ e^{a_i} = c + log Σ e^{a_i − c}. `keepdims=True` "
        "lets c broadcast against a. What is c in a slice of nothing but −inf, and what is a − c then?",
        "c = the maximum along the axis with keepdims=True, replaced by 0 where it is infinite; then c with that axis "
        "squeezed out, plus np.log of np.sum of np.exp(a − c) along the axis.",
    ),
    "softplus": (
        "For a = 1000 the answer is 1000, for a = −100 it is 3.7e−44. Which of the two does your formula lose?",
        "For positive a take e^a out: log(1 + e^a) = a + log(1 + e^{−a}). For negative a leave it in. np.log1p keeps "
        "the digits of log(1 + small). One expression covers both signs.",
        "In both cases the exponential is of −|a|, and what stands in front is a or 0, whichever is larger.",
    ),
    "log_sigmoid": (
        "Simplify log(1 / (1 + e^{−a})) on paper first: the division goes away.",
        "log σ(a) = −log(1 + e^{−a}): that is a function you have written already, at another argument. (Can your "
        "softplus be trusted at both ends?)",
        "It is minus the softplus of −a; written out, the smaller of a and 0, minus np.log1p of e^{−|a|}.",
    ),
    "log_diff_sigmoid": (
        "The docstring's formula has three terms; two of them are log_sigmoid, already written and exact.",
        "The third, log(1 − e^{b−a}): np.exp(b − a) rounds to a number near 1 before you subtract. np.expm1(x) is e^x "
        "− 1 with all its digits. What sign has it here?",
        "log_sigmoid(a) + log_sigmoid(−b) + np.log of minus np.expm1 of the negative number b − a.",
    ),
}
