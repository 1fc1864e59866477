"""Exercise 14: its place in the list, and three hints per function, the weakest first."""

from minidgm.course.exercises import entry

EXERCISE = entry(
    14,
    "uniform_dequantization",
    "Uniform dequantization",
    functions="dequantize uniform_bound discrete_log_prob",
    rows=(10,),
    read="minidgm/discrete/dequantize.py",
)

HINTS = {
    "dequantize": (
        "Where does the cell of level 3 begin and end, on the slide? Then try it with y of int64 and u of float32, and "
        "print the result's dtype.",
        "The sum of an int64 and a float32 array is float64, because float32 can't hold every int64. Levels are small: "
        "float32 holds them exactly.",
        "Convert y to u's dtype first (y.astype makes a new array, y stays as it is), then add; broadcasting does the "
        "rest.",
    ),
    "uniform_bound": (
        "Which comes first, the logarithm of the density or the mean over the noise? And over which axis is the mean?",
        "log_p wants rows of m numbers. Either call it for one sample after the other, or make the samples rows too: "
        "reshape (samples, n, m) to (samples · n, m), and the answer back.",
        "The values come back in the order sample by sample, so they reshape to (samples, n), not (n, samples); the "
        "mean over axis 0 leaves one number per object.",
    ),
    "discrete_log_prob": (
        "For m = 1 it is a mean over `points` places of the cell. What does the volume of a little cube become for m = "
        "2?",
        "The places on an axis are (np.arange(points) + 0.5) / points; np.meshgrid combines the axes to all points^m "
        "places. What is the mean of exponentials, when only the logarithms can be trusted?",
        "log of a sum of exponentials is logsumexp along the places; each little cube has the volume points^(−m), so "
        "m · log(points) is subtracted.",
    ),
}
