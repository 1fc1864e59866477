"""Exercise 06: its place in the list, and three hints per function, the weakest first."""

from minidgm.course.exercises import entry

EXERCISE = entry(
    6,
    "inverse_ar",
    "The inverse AR flow",
    functions="iar_g iar_f",
    rows=(2,),
    read="minidgm/flows/autoregressive.py",
)

HINTS = {
    "iar_g": (
        "All of z is known, so the network can be asked about all of it at once.",
        "Column j of mu and sigma depends on z_<j already: the rest is elementwise. The Jacobian of g is triangular "
        "with σ_j on its diagonal.",
        "mu, sigma = net(z); sigma times z plus mu; log_det is the sum of log sigma over axis 1.",
    ),
    "iar_f": (
        "Which column of net(anything) is right before a single number of z is known? What can be recovered with it?",
        "It is the loop of ar_g in exercise 05 with other names: start with zeros of x's shape and dtype, ask the net "
        "about the z recovered so far, fill one column per step.",
        "for j in range(m): mu, sigma = net(z); z[:, j] = (x[:, j] - mu[:, j]) / sigma[:, j]. In the last step every "
        "column of sigma is right; log_det is minus the sum of its log over axis 1.",
    ),
}
