"""Exercise 23: its place in the list, and three hints per function, the weakest first."""

from minidgm.course.exercises import entry

EXERCISE = entry(
    23,
    "flow_posterior",
    "A flow as the posterior",
    functions="flow_posterior flow_posterior_elbo",
    rows=(20, 21),
    read="minidgm/vae/posteriors.py",
)

HINTS = {
    "flow_posterior": (
        "Two steps: the encoder's reparameterized sample with its log density, then the flow with its log_det.",
        "f goes from the base sample to the result, so its log_det is taken off. Check with f(z) = 4z: q must come out "
        "as a Gaussian four times as wide, log q lower by log 4 per dimension.",
        "z = mu + exp(log_sigma) * eps; log_q = sum over dimensions of −½ eps² − log_sigma − ½ log 2π; "
        "z_star, log_det = f(z); return z_star and log_q − log_det.",
    ),
    "flow_posterior_elbo": (
        "Likelihood, prior, posterior: at which point is each of them evaluated? It is the same one for all three.",
        "flow_posterior gives you that point and log q. For the likelihood: np.logaddexp(0, l) is a softplus that "
        "never overflows.",
        "z, log_q = flow_posterior(...); logits = decoder(z); sum of x · logits − softplus(logits) over the pixels, "
        "plus the sum of −½ z² − ½ log 2π over the dimensions, minus log_q.",
    ),
}
