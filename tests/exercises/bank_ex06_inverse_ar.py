"""Exercise 06: what students answer, wrong and right."""

import numpy as np

from minidgm.course.bank import misconception, right_answer

# ------------------------------------------------------------------ iar_g


@misconception(
    "iar_g",
    "Your log_det is that of f, the way back: g multiplies by σ, so log|det ∂x/∂z| is positive where σ > 1. A log_det "
    "belongs to the map just applied.",
)
def g_with_log_det_of_f(z, net):
    mu, sigma = net(z)
    return sigma * z + mu, -np.sum(np.log(sigma), axis=1)


@misconception(
    "iar_g",
    "You average log σ over the dimensions. The determinant of a triangular matrix is the product of its whole "
    "diagonal, and its logarithm a sum.",
)
def g_mean_over_dimensions(z, net):
    mu, sigma = net(z)
    return sigma * z + mu, np.mean(np.log(sigma), axis=1)


@misconception(
    "iar_g",
    "You sum over the objects as well: log_det has one number per object, (n,), and knows nothing of the other objects "
    "in the batch.",
)
def g_batch_summed(z, net):
    mu, sigma = net(z)
    return sigma * z + mu, np.full(len(z), np.sum(np.log(sigma)), z.dtype)


@misconception(
    "iar_g",
    "You return one log_det for the whole batch, a single number: here σ differs from object to object, and each has "
    "its own.",
)
def g_scalar_log_det(z, net):
    mu, sigma = net(z)
    return sigma * z + mu, np.sum(np.log(sigma))


@misconception("iar_g", "Your log_det still has one number per dimension: sum over axis 1, the dimensions.")
def g_dimensions_not_summed(z, net):
    mu, sigma = net(z)
    return sigma * z + mu, np.log(sigma)


@misconception(
    "iar_g",
    "You sum over axis 0, the objects, and keep the dimensions: the shapes fit only when n = m. Batch first: axis 1 "
    "holds the dimensions.",
)
def g_summed_over_objects(z, net):
    mu, sigma = net(z)
    return sigma * z + mu, np.sum(np.log(sigma), axis=0)


@misconception(
    "iar_g",
    "You standardize, (z - μ(z))/σ(z): that is the f of the AR flow with z in the place of x. Here g scales the noise "
    "up and shifts it.",
)
def g_standardizes(z, net):
    mu, sigma = net(z)
    return (z - mu) / sigma, -np.sum(np.log(sigma), axis=1)


@misconception(
    "iar_g",
    "You make x one number after the other, conditioned on the x before it: that is sampling from the AR flow, "
    "exercise 05. Here μ_j and σ_j depend on z_<j, and z is all there.",
)
def g_conditions_on_x(z, net):
    x = np.zeros_like(z)
    for j in range(z.shape[1]):
        mu, sigma = net(x)
        x[:, j] = sigma[:, j] * z[:, j] + mu[:, j]
    return x, np.sum(np.log(sigma), axis=1)


@misconception(
    "iar_g",
    "The numbers are right, but you go coordinate by coordinate and call the network each time. All of z is known: "
    "what is there to wait for?",
)
def g_sequential(z, net):
    x, log_det = np.zeros_like(z), np.zeros(len(z), z.dtype)
    for j in range(z.shape[1]):
        mu, sigma = net(z)
        x[:, j] = sigma[:, j] * z[:, j] + mu[:, j]
        log_det += np.log(sigma[:, j])
    return x, log_det


@misconception(
    "iar_g",
    "The numbers are right, but you call the network once for each object. It takes the whole batch in one call.",
)
def g_object_by_object(z, net):
    each = [net(z[i : i + 1]) for i in range(len(z))]
    mu, sigma = np.concatenate([e[0] for e in each]), np.concatenate([e[1] for e in each])
    return sigma * z + mu, np.sum(np.log(sigma), axis=1)


@misconception(
    "iar_g",
    "The numbers are right, but you call the network twice, once for mu and once for sigma: it returns both together.",
)
def g_two_calls(z, net):
    mu, sigma = net(z)[0], net(z)[1]
    return sigma * z + mu, np.sum(np.log(sigma), axis=1)


@misconception(
    "iar_g",
    "You multiply sigma and z as matrices. σ_j z_j is one number times one number, for every object and every "
    "coordinate: elementwise.",
)
def g_matrix_product(z, net):
    mu, sigma = net(z)
    return sigma @ z + mu, np.sum(np.log(sigma), axis=1)


@misconception("iar_g", "You shift before you scale, σ (z + μ): z = 0 must land on μ.")
def g_shifted_first(z, net):
    mu, sigma = net(z)
    return sigma * (z + mu), np.sum(np.log(sigma), axis=1)


@misconception("iar_g", "You take sigma for a variance. It is σ itself: z = 1 must land on μ + σ.")
def g_sigma_as_variance(z, net):
    mu, sigma = net(z)
    return np.sqrt(sigma) * z + mu, np.sum(np.log(sigma), axis=1) / 2


@misconception("iar_g", "You take sigma for log σ and exponentiate it. This net returns σ itself, positive already.")
def g_sigma_as_logarithm(z, net):
    mu, sigma = net(z)
    return np.exp(sigma) * z + mu, np.sum(sigma, axis=1)


@misconception(
    "iar_g",
    "You multiply all the σ and take the logarithm of the product, which is 0 or infinite in floating point when m is "
    "large. Add logarithms instead.",
)
def g_log_of_product(z, net):
    mu, sigma = net(z)
    return sigma * z + mu, np.log(np.prod(sigma, axis=1))


@misconception(
    "iar_g",
    "You shift the network's columns by one, so that coordinate j uses what was meant for j - 1. Column j has seen "
    "z_<j only, already: nothing needs shifting.",
)
def g_shifted_by_one(z, net):
    mu, sigma = net(z)
    mu = np.concatenate([np.zeros_like(mu[:, :1]), mu[:, :-1]], axis=1)
    sigma = np.concatenate([np.ones_like(sigma[:, :1]), sigma[:, :-1]], axis=1)
    return sigma * z + mu, np.sum(np.log(sigma), axis=1)


@misconception(
    "iar_g",
    "You reverse the columns on one side of the network only: its order is 1..m, as the columns stand. What is "
    "inverse here are the conditions, not the order.",
)
def g_reversed_on_one_side(z, net):
    mu, sigma = net(z[:, ::-1])
    return sigma * z + mu, np.sum(np.log(sigma), axis=1)


@misconception(
    "iar_g",
    "Your log_det leaves the last coordinate out: it influences no other, but its own derivative, σ_m, stands on the "
    "diagonal too.",
)
def g_without_the_last(z, net):
    mu, sigma = net(z)
    return sigma * z + mu, np.sum(np.log(sigma[:, :-1]), axis=1)


@misconception(
    "iar_g",
    "Your log_det contains -½ z²: that is the base distribution's part of a log-density. The change of volume alone "
    "was asked for.",
)
def g_log_density(z, net):
    mu, sigma = net(z)
    return sigma * z + mu, np.sum(np.log(sigma) - z**2 / 2, axis=1)


@misconception(
    "iar_g",
    "You scale and shift inside the caller's array (`z *= sigma`): the caller still needs its noise. Make a new one.",
)
def g_in_place(z, net):
    mu, sigma = net(z)
    z *= sigma
    z += mu
    return z, np.sum(np.log(sigma), axis=1)


@misconception(
    "iar_g",
    "float32 went in and float64 came out: look for a float64 constant, or an array made without a dtype: np.zeros(n) "
    "is float64 unless you tell it otherwise.",
)
def g_upcast(z, net):
    mu, sigma = net(z)
    return np.zeros(z.shape) + sigma * z + mu, np.zeros(len(z)) + np.sum(np.log(sigma), axis=1)


@misconception("iar_g", "You return log_det first and x second: every flow here returns x, log_det.")
def g_log_det_first(z, net):
    mu, sigma = net(z)
    return np.sum(np.log(sigma), axis=1), sigma * z + mu


@misconception(
    "iar_g",
    "You cut off the columns from j on before you ask the network, and ask m times. Column j of its output ignores "
    "them anyway: give it the whole of z, once.",
)
def g_asks_with_the_prefix(z, net):
    x, log_det = np.zeros_like(z), np.zeros_like(z[:, 0])
    for j in range(z.shape[1]):
        mu, sigma = net(z[:, :j])
        x[:, j] = sigma[:, j] * z[:, j] + mu[:, j]
        log_det = log_det + np.log(sigma[:, j])
    return x, log_det


@misconception(
    "iar_g",
    "You unpack what the network returns in the wrong order: it is mu first, then sigma. What you scale by is "
    "the shift, which may be negative or 0.",
)
def g_mu_and_sigma_exchanged(z, net):
    sigma, mu = net(z)
    return sigma * z + mu, np.sum(np.log(sigma), axis=1)


@right_answer("iar_g")
def g_coordinate_by_coordinate_after_one_call(z, net):
    mu, sigma = net(z)
    x, log_det = np.empty_like(z), np.zeros(len(z), z.dtype)
    for j in range(z.shape[1]):
        x[:, j] = sigma[:, j] * z[:, j] + mu[:, j]
        log_det += np.log(sigma[:, j])
    return x, log_det


@right_answer("iar_g")
def g_with_log_sigma(z, net):
    mu, sigma = net(z)
    log_sigma = np.log(sigma)
    return mu + np.einsum("nm,nm->nm", np.exp(log_sigma), z), np.einsum("nm->n", log_sigma)


@right_answer("iar_g")
def g_as_f_of_the_ar_flow(z, net):
    mu, sigma = net(z)
    mu, sigma = -mu / sigma, 1 / sigma
    return (z - mu) / sigma, -np.sum(np.log(sigma), axis=1)


# ------------------------------------------------------------------ iar_f


def sequential(x, net):
    """The right z, and mu and sigma at it."""
    z = np.zeros_like(x)
    for j in range(x.shape[1]):
        mu, sigma = net(z)
        z[:, j] = (x[:, j] - mu[:, j]) / sigma[:, j]
    return z, mu, sigma


@misconception(
    "iar_f",
    "You ask the network about x, in one pass: that is the f of the AR flow, exercise 05. In the inverse AR flow μ_j "
    "and σ_j depend on z_<j, which f has to recover first.",
)
def f_in_one_pass(x, net):
    mu, sigma = net(x)
    return (x - mu) / sigma, -np.sum(np.log(sigma), axis=1)


@misconception(
    "iar_f",
    "You go coordinate by coordinate, but ask the network about x every time. It wants the z that you have recovered "
    "so far.",
)
def f_conditions_on_x(x, net):
    z = np.zeros_like(x)
    for j in range(x.shape[1]):
        mu, sigma = net(x)
        z[:, j] = (x[:, j] - mu[:, j]) / sigma[:, j]
    return z, -np.sum(np.log(sigma), axis=1)


@misconception(
    "iar_f",
    "You ask the network once, about an array of zeros, and never again: the numbers after the first need the z "
    "before them.",
)
def f_conditions_on_zeros(x, net):
    mu, sigma = net(np.zeros_like(x))
    return (x - mu) / sigma, -np.sum(np.log(sigma), axis=1)


@misconception(
    "iar_f",
    "You repeat a fixed number of times (two), which is right for two coordinates only: after k passes the first k "
    "coordinates are right.",
)
def f_in_two_passes(x, net):
    z = np.zeros_like(x)
    for _ in range(2):
        mu, sigma = net(z)
        z = (x - mu) / sigma
    return z, -np.sum(np.log(sigma), axis=1)


@misconception(
    "iar_f",
    "You stop one coordinate too early: the last column was never recovered from the finished z before it.",
)
def f_one_pass_too_few(x, net):
    z = np.zeros_like(x)
    mu, sigma = net(z)
    for _ in range(x.shape[1] - 1):
        mu, sigma = net(z)
        z = (x - mu) / sigma
    return z, -np.sum(np.log(sigma), axis=1)


@misconception(
    "iar_f",
    "You go from the last coordinate to the first. What is inverse here are the conditions, not the order: column 1 "
    "is the one that depends on nothing, so start there.",
)
def f_from_the_last(x, net):
    z = np.zeros_like(x)
    for j in reversed(range(x.shape[1])):
        mu, sigma = net(z)
        z[:, j] = (x[:, j] - mu[:, j]) / sigma[:, j]
    return z, -np.sum(np.log(sigma), axis=1)


@misconception(
    "iar_f",
    "You give the network only the columns that are finished. It takes (n, m), no less: let something harmless stand "
    "in the columns that are not known yet.",
)
def f_gives_the_prefix(x, net):
    z = np.zeros_like(x)
    for j in range(x.shape[1]):
        mu, sigma = net(z[:, :j])
        z[:, j] = (x[:, j] - mu[:, -1]) / sigma[:, -1]
    return z, -np.sum(np.log(sigma), axis=1)


@misconception(
    "iar_f",
    "You fill rows: z[j] is object j, and z[:, j] is coordinate j of all objects. Batch first.",
)
def f_fills_rows(x, net):
    z = np.zeros_like(x)
    for j in range(x.shape[1]):
        mu, sigma = net(z)
        z[j] = (x[j] - mu[j]) / sigma[j]
    return z, -np.sum(np.log(sigma), axis=1)


@misconception(
    "iar_f",
    "Your log_det is that of g, the way back: f divides by σ, so log|det ∂z/∂x| is negative where σ > 1.",
)
def f_with_log_det_of_g(x, net):
    z, _, sigma = sequential(x, net)
    return z, np.sum(np.log(sigma), axis=1)


@misconception(
    "iar_f",
    "Your log_det takes the σ at x: the network is to be asked about z here as well.",
)
def f_log_det_at_x(x, net):
    z, _, _ = sequential(x, net)
    return z, -np.sum(np.log(net(x)[1]), axis=1)


@misconception(
    "iar_f",
    "Your log_det uses the σ of the first call, which saw an array without any z in it. Each σ_j counts as it was "
    "when z_j was recovered.",
)
def f_log_det_of_the_first_call(x, net):
    z, _, _ = sequential(x, net)
    return z, -np.sum(np.log(net(np.zeros_like(x))[1]), axis=1)


@misconception(
    "iar_f",
    "In every step you take all the columns' log σ off log_det, so each of them is counted m times, mostly before it "
    "is right. Step j takes off one number, its own.",
)
def f_log_det_of_every_call(x, net):
    z, log_det = np.zeros_like(x), np.zeros(len(x), x.dtype)
    for j in range(x.shape[1]):
        mu, sigma = net(z)
        z[:, j] = (x[:, j] - mu[:, j]) / sigma[:, j]
        log_det -= np.sum(np.log(sigma), axis=1)
    return z, log_det


@misconception(
    "iar_f",
    "Your log_det holds the last coordinate's log σ alone: it is overwritten in every step instead of summed.",
)
def f_log_det_of_the_last(x, net):
    z, _, sigma = sequential(x, net)
    return z, -np.log(sigma[:, -1])


@misconception("iar_f", "You average log σ over the dimensions where the determinant multiplies over them.")
def f_mean_over_dimensions(x, net):
    z, _, sigma = sequential(x, net)
    return z, -np.mean(np.log(sigma), axis=1)


@misconception(
    "iar_f",
    "You sum over the objects as well: log_det has one number per object, (n,), and knows nothing of the other objects "
    "in the batch.",
)
def f_batch_summed(x, net):
    z, _, sigma = sequential(x, net)
    return z, np.full(len(x), -np.sum(np.log(sigma)), x.dtype)


@misconception("iar_f", "You return one log_det for the whole batch, a single number: each object has its own, (n,).")
def f_scalar_log_det(x, net):
    z, _, sigma = sequential(x, net)
    return z, -np.sum(np.log(sigma))


@misconception(
    "iar_f",
    "You multiply all the σ and take the logarithm of the product, which is 0 or infinite in floating point when m is "
    "large. Add logarithms instead.",
)
def f_log_of_product(x, net):
    z, _, sigma = sequential(x, net)
    return z, -np.log(np.prod(sigma, axis=1))


@misconception(
    "iar_f",
    "You compute σ x + μ, as g does with z. f goes the other way: take μ away, divide by σ.",
)
def f_with_the_formula_of_g(x, net):
    z = np.zeros_like(x)
    for j in range(x.shape[1]):
        mu, sigma = net(z)
        z[:, j] = sigma[:, j] * x[:, j] + mu[:, j]
    return z, np.sum(np.log(sigma), axis=1)


@misconception("iar_f", "You take sigma for log σ and exponentiate it. This net returns σ itself, positive already.")
def f_sigma_as_logarithm(x, net):
    z = np.zeros_like(x)
    for j in range(x.shape[1]):
        mu, sigma = net(z)
        z[:, j] = (x[:, j] - mu[:, j]) * np.exp(-sigma[:, j])
    return z, -np.sum(sigma, axis=1)


@misconception("iar_f", "You take sigma for a variance. It is σ itself: x = μ + σ must land on z = 1.")
def f_sigma_as_variance(x, net):
    z = np.zeros_like(x)
    for j in range(x.shape[1]):
        mu, sigma = net(z)
        z[:, j] = (x[:, j] - mu[:, j]) / np.sqrt(sigma[:, j])
    return z, -np.sum(np.log(sigma), axis=1) / 2


@misconception(
    "iar_f",
    "You add an epsilon to σ: that changes z and the density wherever σ is small, and g no longer undoes f. σ is "
    "positive as it is.",
)
def f_with_epsilon(x, net):
    z = np.zeros_like(x)
    for j in range(x.shape[1]):
        mu, sigma = net(z)
        z[:, j] = (x[:, j] - mu[:, j]) / (sigma[:, j] + 1e-8)
    return z, -np.sum(np.log(sigma + 1e-8), axis=1)


@misconception(
    "iar_f",
    "Coordinate j uses column j - 1 of the network: column j has seen z_<j only, already, so it is the one to take.",
)
def f_shifted_by_one(x, net):
    z, log_det = np.zeros_like(x), np.zeros(len(x), x.dtype)
    for j in range(x.shape[1]):
        mu, sigma = net(z)
        z[:, j] = (x[:, j] - mu[:, j - 1]) / sigma[:, j - 1] if j else x[:, j]
        log_det = log_det - np.log(sigma[:, j - 1]) if j else log_det
    return z, log_det


@misconception(
    "iar_f",
    "The numbers are right, but for every coordinate you start over from the first: m calls do, and you make about "
    "m²/2.",
)
def f_starting_over(x, net):
    z = np.zeros_like(x)
    for k in range(x.shape[1]):
        z = np.zeros_like(x)
        for j in range(k + 1):
            mu, sigma = net(z)
            z[:, j] = (x[:, j] - mu[:, j]) / sigma[:, j]
    return z, -np.sum(np.log(sigma), axis=1)


@misconception(
    "iar_f",
    "You write z into the caller's x: its columns are gone after the call. Make a new array for z.",
)
def f_in_place(x, net):
    for j in range(x.shape[1]):
        mu, sigma = net(x)
        x[:, j] = (x[:, j] - mu[:, j]) / sigma[:, j]
    return x, -np.sum(np.log(sigma), axis=1)


@misconception(
    "iar_f",
    "float32 went in and float64 came out: look for a float64 constant, or an array made without a dtype: np.zeros(n) "
    "is float64 unless you tell it otherwise.",
)
def f_upcast(x, net):
    z = np.zeros(x.shape)
    for j in range(x.shape[1]):
        mu, sigma = net(z)
        z[:, j] = (x[:, j] - mu[:, j]) / sigma[:, j]
    return z, -np.sum(np.log(sigma), axis=1)


@misconception(
    "iar_f",
    "z keeps its dtype, log_det does not: look for a float64 constant, or an array made without a dtype: np.zeros(n) "
    "is float64 unless you tell it otherwise.",
)
def f_log_det_upcast(x, net):
    z, _, sigma = sequential(x, net)
    return z, np.zeros(len(x)) - np.sum(np.log(sigma), axis=1)


@misconception("iar_f", "You return log_det first and z second: every flow here returns z, log_det.")
def f_log_det_first(x, net):
    z, _, sigma = sequential(x, net)
    return -np.sum(np.log(sigma), axis=1), z


@misconception(
    "iar_f",
    "Your loop ends before the last coordinate: its column is never filled. range(m) runs through 0 … m − 1, and all "
    "of them are wanted.",
)
def f_loop_ends_early(x, net):
    z, log_det = np.zeros_like(x), np.zeros_like(x[:, 0])
    for j in range(x.shape[1] - 1):
        mu, sigma = net(z)
        z[:, j] = (x[:, j] - mu[:, j]) / sigma[:, j]
        log_det = log_det - np.log(sigma[:, j])
    return z, log_det


@misconception(
    "iar_f",
    "Your loop begins with the second coordinate, and the first stays 0. Nothing comes before it, but it has a μ and a "
    "σ as well, which depend on nothing.",
)
def f_first_column_left_out(x, net):
    z = np.zeros_like(x)
    for j in range(1, x.shape[1]):
        mu, sigma = net(z)
        z[:, j] = (x[:, j] - mu[:, j]) / sigma[:, j]
    mu, sigma = net(z)
    return z, -np.sum(np.log(sigma), axis=1)


@misconception(
    "iar_f",
    "You unpack what the network returns in the wrong order: it is mu first, then sigma. What you scale by is "
    "the shift, which may be negative or 0.",
)
def f_mu_and_sigma_exchanged(x, net):
    z = np.zeros_like(x)
    for j in range(x.shape[1]):
        sigma, mu = net(z)
        z[:, j] = (x[:, j] - mu[:, j]) / sigma[:, j]
    return z, -np.sum(np.log(sigma), axis=1)


@right_answer("iar_f")
def f_adding_up_log_det(x, net):
    z, log_det = x.copy(), np.zeros(len(x), x.dtype)
    for j in range(x.shape[1]):
        mu, sigma = net(z)
        z[:, j] = (x[:, j] - mu[:, j]) / sigma[:, j]
        log_det -= np.log(sigma[:, j])
    return z, log_det


@right_answer("iar_f")
def f_all_columns_every_time(x, net):
    z = np.zeros_like(x)
    for _ in range(x.shape[1]):
        mu, sigma = net(z)
        z = (x - mu) / sigma
    return z, -np.sum(np.log(net(z)[1]), axis=1)


@right_answer("iar_f")
def f_one_object_after_another(x, net):
    each = [sequential(x[i : i + 1], net) for i in range(len(x))]
    return np.concatenate([e[0] for e in each]), np.concatenate([-np.log(e[2]).sum(1) for e in each])


@right_answer("iar_f")
def f_as_g_of_the_ar_flow(x, net):
    """ar_g for the net with mu' = -mu / sigma and sigma' = 1 / sigma."""
    z = np.zeros_like(x)
    for j in range(x.shape[1]):
        mu, sigma = net(z)
        mu, sigma = -mu / sigma, 1 / sigma
        z[:, j] = sigma[:, j] * x[:, j] + mu[:, j]
    return z, np.sum(np.log(sigma), axis=1)


# ------------------------------------------------------------------ more of each


@misconception("iar_g", "The shift is missing: x = σ z + μ, and your z = 0 stays at 0.")
def g_without_mu(z, net):
    mu, sigma = net(z)
    return sigma * z, np.sum(np.log(sigma), axis=1)


@misconception("iar_g", "You multiply z by log σ. σ itself scales; its logarithm belongs to log_det.")
def g_scaled_by_log_sigma(z, net):
    mu, sigma = net(z)
    return np.log(sigma) * z + mu, np.sum(np.log(sigma), axis=1)


@misconception("iar_g", "Your logarithms are those of base 2. Log-determinants are in nats: np.log.")
def g_in_bits(z, net):
    mu, sigma = net(z)
    return sigma * z + mu, np.sum(np.log2(sigma), axis=1)


@misconception(
    "iar_g",
    "You unpack what the network returns in the wrong order, mu first, then sigma; what you scale by is the shift, and "
    "you take the logarithm of its absolute value.",
)
def g_exchanged_with_absolute_value(z, net):
    sigma, mu = net(z)
    return sigma * z + mu, np.sum(np.log(np.abs(sigma)), axis=1)


@misconception("iar_g", "You multiply by σ², the variance. σ multiplies z: its square has no place here.")
def g_by_the_variance(z, net):
    mu, sigma = net(z)
    return sigma**2 * z + mu, np.sum(np.log(sigma), axis=1)


@misconception("iar_f", "You divide by σ², the variance. g multiplied by σ: dividing by σ undoes it.")
def f_divided_by_the_variance(x, net):
    z = np.zeros_like(x)
    for j in range(x.shape[1]):
        mu, sigma = net(z)
        z[:, j] = (x[:, j] - mu[:, j]) / sigma[:, j] ** 2
    return z, -np.sum(np.log(sigma), axis=1)


@misconception(
    "iar_f",
    "One pass too few: after m − 1 passes over all columns the last column still comes from a guess. Every pass makes "
    "one more column right.",
)
def f_repeated_once_too_seldom(x, net):
    z = x
    for _ in range(x.shape[1] - 1):
        mu, sigma = net(z)
        z = (x - mu) / sigma
    mu, sigma = net(z)
    return z, -np.sum(np.log(sigma), axis=1)
