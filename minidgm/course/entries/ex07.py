"""Exercise 07: its place in the list, and three hints per function, the weakest first."""

from minidgm.course.exercises import entry

EXERCISE = entry(
    7,
    "coupling",
    "The coupling layer",
    functions="coupling_f coupling_g coupling_jacobian",
    rows=(3,),
    read="minidgm/flows/coupling.py",
)

HINTS = {
    "coupling_f": (
        "Cut x at column d into x_1 and x_2. Which of the two may the network see, if the receiver has only z?",
        "Call net once on x_1, standardize x_2 with the mu and sigma it returns, and put the two parts side by side. "
        "The Jacobian is triangular: its determinant is the product of the diagonal.",
        "The diagonal of ∂z/∂x is 1 (d times) and then 1/σ_j. The logarithm of that product is a sum over j, axis=1, "
        "of −log σ_j: one number per object.",
    ),
    "coupling_g": (
        "Solve z_2 = (x_2 − μ)/σ for x_2. What does the network need to see, and do you have it at once?",
        "z_1 equals x_1, so the network gives the same mu and sigma as on the way there, in a single call.",
        "Scale first, then shift: σ · z_2 + μ. The log-determinant is that of this map, so it's the one of coupling_f "
        "with the opposite sign.",
    ),
    "coupling_jacobian": (
        "Draw the matrix with rows for z_1, z_2 and columns for x_1, x_2. Which blocks do you know already?",
        "∂z_2/∂x_1 depends on how mu AND sigma change with x_1. Rather than work it out, let autograd's jacobian "
        "differentiate the map from one point x to one point z.",
        "jacobian wants a function from (m,) to (m,). Write a small one that adds the batch axis (point[None, :]), "
        "calls coupling_f, and takes z of the first object; then evaluate its jacobian at x.",
    ),
}
