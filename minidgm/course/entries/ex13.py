"""Exercise 13: its place in the list, and three hints per function, the weakest first."""

from minidgm.course.exercises import entry

EXERCISE = entry(
    13,
    "pixelcnn",
    "An autoregressive model of pixels",
    functions="causal_mask ar_log_prob ar_sample",
    rows=(9,),
    read="minidgm/discrete/pixelcnn.py",
)

HINTS = {
    "causal_mask": (
        "Number the places of the kernel in the order in which they are read. What can you say of those before the "
        "centre?",
        "np.arange(k * k).reshape(k, k) is that numbering, row by row. The centre is row k // 2, column k // 2.",
        "Compare the numbering with the centre's number: strictly smaller for kind A, smaller or equal for kind B. A "
        "comparison is a boolean array already.",
    ),
    "ar_log_prob": (
        "Write out log P(y) for m = 3. How many columns does the conditional of each term see?",
        "Loop over the pixels: the prefix of pixel j is y[:, :j], which for j = 0 is empty. From the (n, levels) table "
        "that comes back, object i wants the entry in column y[i, j].",
        "table[np.arange(n), y[:, j]] takes one entry per row. Add these (n,) arrays up over j, starting from the "
        "number 0 rather than from np.zeros, which would turn float32 into float64.",
    ),
    "ar_sample": (
        "Draw the interval [0, 1) and cut it into pieces as long as the probabilities 0.2, 0.3, 0.5. Where do they "
        "end?",
        "Start with an empty (n, 0) integer array and append one column per pixel: ask the conditional for the columns "
        "so far, exponentiate, cumulate along the levels, and compare with this pixel's column of uniforms.",
        "The level is the number of pieces that end at u or before it: a sum of (cumulative <= u) along axis 1. The "
        "last piece must never be counted as ended: divide by the last cumulative sum, or leave its column out.",
    ),
}
