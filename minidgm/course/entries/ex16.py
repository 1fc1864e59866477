"""Exercise 16: its place in the list, and three hints per function, the weakest first."""

from minidgm.course.exercises import entry

EXERCISE = entry(
    16,
    "flow_dequantizer",
    "The noise is a flow",
    functions="sigmoid_flow",
    rows=(12,),
    read="minidgm/discrete/dequantize.py",
)

HINTS = {
    "sigmoid_flow": (
        "Name the two maps, ε → a → u, and write down the derivative of each. Where the map stretches, is the density "
        "larger or smaller?",
        "∂u/∂ε = σ · s(a) · s(−a), s being the sigmoid: its logarithm is a sum of three. log s(a) is a stable function "
        "of a, −log(1 + e^{−a}), and np.logaddexp(0, b) is log(1 + e^b) without overflow.",
        "log q is the sum over the last axis of −ε²/2 − log(2π)/2 − log σ + logaddexp(0, a) + logaddexp(0, −a). Make "
        "the constant a Python float, or float32 turns into float64.",
    ),
}
