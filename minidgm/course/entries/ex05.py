"""Exercise 05: its place in the list, and three hints per function, the weakest first."""

from minidgm.course.exercises import entry

EXERCISE = entry(
    5,
    "gaussian_ar",
    "The Gaussian AR flow",
    functions="ar_f ar_g",
    rows=(1,),
    read="minidgm/flows/autoregressive.py",
)

HINTS = {
    "ar_f": (
        "All of x is known, so the network can be asked about all of it at once. What does it return?",
        "Column j of mu and sigma depends on x_<j already: the rest is elementwise. The Jacobian is triangular with "
        "1/σ_j on its diagonal.",
        "mu, sigma = net(x); take mu away and divide by sigma; log_det is minus the sum of log sigma over axis 1.",
    ),
    "ar_g": (
        "Which column of net(anything) is right before a single number of x is known? What can be made of it?",
        "Start with an array of zeros of z's shape and dtype. In a loop over the columns ask the net about it, and "
        "make column j of x from column j of z, mu and sigma. When is each σ_j final?",
        "for j in range(m): mu, sigma = net(x); x[:, j] = sigma[:, j] * z[:, j] + mu[:, j]. In the last step every "
        "column of sigma is right, and its log, summed over axis 1, is log_det.",
    ),
}
