"""Exercise 20: its place in the list, and three hints per function, the weakest first."""

from minidgm.course.exercises import entry

EXERCISE = entry(
    20,
    "elbo_surgery",
    "ELBO surgery",
    functions="elbo_surgery",
    rows=(13,),
    read="minidgm/vae/surgery.py",
)

HINTS = {
    "elbo_surgery": (
        "Three log densities at the same samples are all you need: the object's own posterior, q_agg, and the prior. "
        "Two of them were in exercise 19.",
        "Make three arrays of shape (samples, n). log_prior takes (n, d): give it the samples one by one, or all of "
        "them flattened. Which two differences average to the two KL terms?",
        "mutual_information = mean(log_q − log_q_agg), marginal_kl = mean(log_q_agg − log_p), "
        "elbo = mean(log_lik) − mean(log_q − log_p); log_q_agg is a logsumexp over the posteriors less log n.",
    ),
}
