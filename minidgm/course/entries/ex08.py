"""Exercise 08: its place in the list, and three hints per function, the weakest first."""

from minidgm.course.exercises import entry

EXERCISE = entry(
    8,
    "kl_losses",
    "Forward and reverse KL",
    functions="forward_kl_loss reverse_kl_loss",
    rows=(1, 2),
    read="minidgm/flows/base.py",
)

HINTS = {
    "forward_kl_loss": (
        "Only − E_π log p(x|θ) depends on the flow. What is log p(x|θ) in terms of the two things that f returns?",
        "Take both results of f at once: the base scores z, and log_det says how much f squeezed or stretched there.",
        "Add base_log_prob(z) and log_det, both (n,), and only then take one mean over the objects; a loss is smaller "
        "where the likelihood is larger.",
    ),
    "reverse_kl_loss": (
        "KL(p ‖ π) is the mean of log p(x|θ) − log π(x) over draws x of the flow. How do you get such draws from z?",
        "g gives x and its own log_det. Where g stretches space (log_det > 0), x is less dense than z.",
        "The flow's log-density at x is base_log_prob at z minus log_det of g; the target is scored at x. Subtract the "
        "two, and take the mean.",
    ),
}
