"""Exercise 09: its place in the list, and three hints per function, the weakest first."""

from minidgm.course.exercises import entry

EXERCISE = entry(
    9,
    "flow_as_vae",
    "A flow is a VAE",
    functions="deterministic_elbo noisy_elbo",
    rows=(4,),
    read="minidgm/vae/model.py",
)

HINTS = {
    "deterministic_elbo": (
        "Which of the ELBO's three terms survive the limit, and what becomes of p(x|z)/q(z|x)?",
        "The ratio p(x|z)/q(z|x) is |det J_f(x)| for every τ. f returns its logarithm along with z.",
        "Score z = f(x) under the base, add log_det; both are (n,), and nothing is averaged.",
    ),
    "noisy_elbo": (
        "Write log N(f(x); z, τ²I) and log N(z; f(x), τ²I) out. How do they differ?",
        "They are the same number, so log p(x|z) − log q(z|x) is log_det, whatever ε was. Only log p(z) feels it.",
        "z = f(x) + τε has the shape (samples, n, m). Flatten its first two axes for base_log_prob, unflatten the "
        "result, average over the samples (axis 0), and add log_det.",
    ),
}
