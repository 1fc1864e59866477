"""Exercise 26: its place in the list, and three hints per function, the weakest first."""

from minidgm.course.exercises import entry

EXERCISE = entry(
    26,
    "museum",
    "A museum of real bugs",
    functions="check_1 check_2 check_3 check_4 check_5 check_6 check_7 check_8",
    rows=(3, 8, 9, 11, 14),
    read="tests/exercises/test_ex07_coupling.py",
)

HINTS = {
    "check_1": (
        "What does every invertible layer promise, whatever it does inside? No formula of a coupling is needed for it.",
        "g(f(x)) must be x. For which number of columns do even and odd ones coincide with the two halves? Avoid it, "
        "or rather: do not stop at it.",
        "Loop over m = 2, 3, 4, 7 with several objects, numbers up to about 10, and `assert np.allclose(g(f(x)), x, "
        "atol=1e-6)`.",
    ),
    "check_2": (
        "Two numbers that should cancel also cancel if both have the wrong sign. What third number is there?",
        "Hold f's log_det against np.linalg.slogdet of a Jacobian by differences, object by object, and g's against "
        "minus f's.",
        "Row j of (f(x_i + step_j) − f(x_i − step_j))/(2h) is one column of the Jacobian: 1e-4 * np.eye(m) makes all "
        "steps at once. np.allclose is False for NaN; `> tolerance` is, too, which lets NaN pass.",
    ),
    "check_3": (
        "Where does a squeeze about ½ leave a point unmoved? Take x elsewhere.",
        "Three things: x comes back, the log-determinants cancel, and f's is that of its Jacobian. How large may a "
        "difference be, in float64, before it is no rounding?",
        "np.allclose has rtol = 1e-5 unless you say otherwise: with rtol=0, atol=1e-7 a squeeze of 1e-5 shows. Take "
        "m = 1 and m = 3: a constant may be counted once instead of m times.",
    ),
    "check_4": (
        "What must any density do over the whole plane? And what may an object's density not depend on?",
        "Evaluate it on a grid over [-10, 10]², sum exp(log p) times the area of a cell: 1. Then compare some objects "
        "alone with the same objects in a batch.",
        "160 × 160 points and a tolerance of 1e-3 do. Both parts are needed: an overwritten log-determinant is the "
        "same alone as in a batch, and a dependence on the batch may leave the integral as it is.",
    ),
    "check_5": (
        "Write the mask for k = 5 down on paper. How many places are there to get wrong?",
        "Raster order: (row, column) is seen if it comes before the centre or is the centre. Compare every entry, for "
        "several k.",
        "np.arange(k * k).reshape(k, k) <= k * k // 2 is the whole mask. Booleans, integers and floats are all right: "
        "compare as bool.",
    ),
    "check_6": (
        "What do the probabilities of all levels have in common, whatever the model?",
        "They sum to 1. Where must mu lie for the edges to matter? And what if a 255 is written into the code?",
        "Loop over levels = 2, 16, 256; over mu below 0, inside, at the top and above; over a small and a large s. "
        "`assert abs(np.sum(np.exp(log_prob(np.arange(levels), mu, s, levels))) - 1) < 1e-6`.",
    ),
    "check_7": (
        "For one sample, what exactly must the bound be?",
        "log_p − log_q, for one sample. For several there are two right answers; one is never below the other. Which "
        "is which (Jensen)?",
        "Compute log_w = log_p − log_q, (samples, n). Right is np.mean(log_w, axis=0) ≤ bound ≤ logsumexp(log_w, "
        "axis=0) − log(samples), with a little room, for one sample and for several, one object and several.",
    ),
    "check_8": (
        "Can you write q_agg down directly, without caring for speed or far tails, and compare?",
        "The mean over n of the products over d. Which n and which d make the bug invisible, and how many points "
        "should there be?",
        "np.log(np.mean(np.exp(np.sum(log_normal, axis=2)), axis=1)) for n_z ≠ n, n > 1 and d > 1, compared with "
        "np.allclose and a tolerance of 1e-6.",
    ),
}
