"""Exercise 04: its place in the list, and three hints per function, the weakest first."""

from minidgm.course.exercises import entry

EXERCISE = entry(
    4,
    "made",
    "MADE: degrees and masks",
    functions="made_degrees made_masks",
    rows=(1, 9),
    read="minidgm/nn/made.py",
)

HINTS = {
    "made_degrees": (
        "A list that starts with the numbers 1..m and then gets one array for each hidden size. Which numbers may a "
        "hidden unit have, so that it sees something and is seen by somebody?",
        "Count 1, 2, ..., m − 1 and come round again until the layer is full. The remainder `%` comes round by "
        "itself; mind that it starts at 0, and what it would divide by for m = 1.",
        "For each size: 1 + np.arange(size) % (m − 1), with 1 in place of m − 1 where m is 1.",
    ),
    "made_masks": (
        "Two neighbouring layers and a comparison of every degree with every degree make one mask. Which layer gives "
        "the rows?",
        "a[:, None] against b[None, :] compares all pairs and gives an array (len(a), len(b)). The outputs are one "
        "more layer behind the last one, with the degrees of the inputs.",
        "For each pair of neighbours: b[None, :] >= a[:, None]; at the end the same with > from the last layer's "
        "degrees to degrees[0].",
    ),
}
