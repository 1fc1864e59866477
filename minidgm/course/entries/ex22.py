"""Exercise 22: its place in the list, and three hints per function, the weakest first."""

from minidgm.course.exercises import entry

EXERCISE = entry(
    22,
    "flow_prior",
    "A flow as the prior",
    functions="flow_prior_log_prob flow_prior_elbo",
    rows=(17,),
    read="minidgm/vae/priors.py",
)

HINTS = {
    "flow_prior_log_prob": (
        "This is exercise 03's change of variables with z in the data's place and z* in the latent's.",
        "Check your answer with f(z) = 2z: p(z) must be a normal of standard deviation ½, higher at 0 than N(0, 1) is.",
        "z_star, log_det = f(z); the sum over axis 1 of −½ z_star² − ½ log 2π, and log_det added to it.",
    ),
    "flow_prior_elbo": (
        "Three log densities at the same z: likelihood, prior, posterior. Which two are added, which one subtracted?",
        "Your flow_prior_log_prob is the whole of the prior's term, log_det included.",
        "log_lik + flow_prior_log_prob(z, f) − log_q, nothing summed over the objects.",
    ),
}
