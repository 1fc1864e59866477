"""Exercise 21: its place in the list, and three hints per function, the weakest first."""

from minidgm.course.exercises import entry

EXERCISE = entry(
    21,
    "learnable_prior",
    "A learnable prior",
    functions="mixture_log_prob vamp_log_prob",
    rows=(16, 18),
    read="minidgm/vae/priors.py",
)

HINTS = {
    "mixture_log_prob": (
        "First the log density of each component at each point, (n, K), summed over the dimensions; then mix.",
        "Weighing a density by π_k adds log π_k to its logarithm, and the sum over k is a logsumexp. "
        "For float32: which of your constants is a NumPy float64?",
        "Broadcast z[:, None, :] against mu, (n, K, d); sum the normal log density over the last axis; add log_pi; "
        "logsumexp over axis 1. Write the constant as float(np.log(2 * np.pi)).",
    ),
    "vamp_log_prob": (
        "Where do the components' means and widths come from? Everything else is a mixture with equal weights.",
        "Call the encoder on the pseudo-inputs, never on z. Equal weights 1/K: what do they add to a logarithm?",
        "mu, log_sigma = encoder(pseudo_inputs); the (n, K) table of log densities as in mixture_log_prob; "
        "logsumexp over axis 1, less log K (a Python float, so that float32 stays float32).",
    ),
}
