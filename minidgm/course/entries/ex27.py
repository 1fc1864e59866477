"""Exercise 27: its place in the list, and three hints per function, the weakest first."""

from minidgm.course.exercises import entry

EXERCISE = entry(
    27,
    "iaf_is_inverse_maf",
    "The IAF in one line",
    functions="iaf_f iaf_g passes",
    rows=(2, 17, 20),
    read="minidgm/flows/base.py",
)

HINTS = {
    "iaf_f": (
        "Write down x_j = ... of the inverse flow (exercise 06) and z_j = ... of the MAF. Read one from right to left.",
        "The inverse flow's map from data to latent solves for z one coordinate at a time. Which of the MAF's two "
        "directions does just that?",
        "One line, one call: the MAF's g, applied to x. It returns the log_det of the map just applied, which is what "
        "is wanted, with its sign.",
    ),
    "iaf_g": (
        "If the inverse flow's f is the MAF's g, what must its g be, so that one undoes the other?",
        "The inverse flow samples in a single pass. Which of the MAF's directions takes a single pass?",
        "One line, one call: the MAF's f, applied to z, array and log_det as they come.",
    ),
    "passes": (
        "For each flow ask: what are mu and sigma functions of, x or z? And which of the two is given?",
        "Where the net's input is given whole, one pass does. Where it is what we look for, each coordinate waits for "
        "those before it.",
        'm passes for ("maf", "g") and for ("iaf", "f"); 1 for the other two.',
    ),
}
