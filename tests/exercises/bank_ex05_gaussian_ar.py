"""Exercise 05: what students answer, wrong and right."""

import numpy as np

from minidgm.course.bank import misconception, right_answer

# ------------------------------------------------------------------ ar_f


@misconception(
    "ar_f",
    "Your log_det is that of g, the way back: f divides by σ, so log|det ∂z/∂x| is negative where σ > 1. A log_det "
    "belongs to the map just applied.",
)
def f_with_log_det_of_g(x, net):
    mu, sigma = net(x)
    return (x - mu) / sigma, np.sum(np.log(sigma), axis=1)


@misconception(
    "ar_f",
    "You average log σ over the dimensions. The determinant of a triangular matrix is the product of its whole "
    "diagonal, and its logarithm a sum.",
)
def f_mean_over_dimensions(x, net):
    mu, sigma = net(x)
    return (x - mu) / sigma, -np.mean(np.log(sigma), axis=1)


@misconception(
    "ar_f",
    "You sum over the objects as well: log_det has one number per object, (n,), and knows nothing of the other objects "
    "in the batch.",
)
def f_batch_summed(x, net):
    mu, sigma = net(x)
    return (x - mu) / sigma, np.full(len(x), -np.sum(np.log(sigma)), x.dtype)


@misconception(
    "ar_f",
    "You return one log_det for the whole batch, a single number: here σ differs from object to object, and each has "
    "its own.",
)
def f_scalar_log_det(x, net):
    mu, sigma = net(x)
    return (x - mu) / sigma, -np.sum(np.log(sigma))


@misconception(
    "ar_f",
    "Your log_det still has one number per dimension: sum over axis 1, the dimensions.",
)
def f_dimensions_not_summed(x, net):
    mu, sigma = net(x)
    return (x - mu) / sigma, -np.log(sigma)


@misconception(
    "ar_f",
    "You sum over axis 0, the objects, and keep the dimensions: the shapes fit only when n = m. Batch first: axis 1 "
    "holds the dimensions.",
)
def f_summed_over_objects(x, net):
    mu, sigma = net(x)
    return (x - mu) / sigma, -np.sum(np.log(sigma), axis=0)


@misconception("ar_f", "You compute σ(x) x + μ(x): that is neither f nor g. f takes μ away and divides by σ.")
def f_scales_up(x, net):
    mu, sigma = net(x)
    return sigma * x + mu, np.sum(np.log(sigma), axis=1)


@misconception(
    "ar_f",
    "You take sigma for a variance. It is σ itself: x = μ + σ must land on z = 1.",
)
def f_sigma_as_variance(x, net):
    mu, sigma = net(x)
    return (x - mu) / np.sqrt(sigma), -np.sum(np.log(sigma), axis=1) / 2


@misconception(
    "ar_f",
    "You take sigma for log σ and exponentiate it. This net returns σ itself, positive already.",
)
def f_sigma_as_logarithm(x, net):
    mu, sigma = net(x)
    return (x - mu) * np.exp(-sigma), -np.sum(sigma, axis=1)


@misconception(
    "ar_f",
    "You multiply all the σ and take the logarithm of the product, which is 0 or infinite in floating point when m is "
    "large. Add logarithms instead.",
)
def f_log_of_product(x, net):
    mu, sigma = net(x)
    return (x - mu) / sigma, -np.log(np.prod(sigma, axis=1))


@misconception(
    "ar_f",
    "You condition on the z made so far. In an AR flow μ_j and σ_j depend on x_<j; with z_<j in their place it is the "
    "inverse AR flow, the next exercise.",
)
def f_conditions_on_z(x, net):
    z = np.zeros_like(x)
    for j in range(x.shape[1]):
        mu, sigma = net(z)
        z[:, j] = (x[:, j] - mu[:, j]) / sigma[:, j]
    return z, -np.sum(np.log(sigma), axis=1)


@misconception(
    "ar_f",
    "The numbers are right, but you go coordinate by coordinate and call the network each time. All of x is known: "
    "what is there to wait for?",
)
def f_sequential(x, net):
    z, log_det = np.zeros_like(x), np.zeros(len(x), x.dtype)
    for j in range(x.shape[1]):
        mu, sigma = net(x)
        z[:, j] = (x[:, j] - mu[:, j]) / sigma[:, j]
        log_det -= np.log(sigma[:, j])
    return z, log_det


@misconception(
    "ar_f",
    "The numbers are right, but you call the network once for each object. It takes the whole batch in one call.",
)
def f_object_by_object(x, net):
    each = [net(x[i : i + 1]) for i in range(len(x))]
    mu, sigma = np.concatenate([e[0] for e in each]), np.concatenate([e[1] for e in each])
    return (x - mu) / sigma, -np.sum(np.log(sigma), axis=1)


@misconception(
    "ar_f",
    "The numbers are right, but you call the network twice, once for mu and once for sigma: it returns both together.",
)
def f_two_calls(x, net):
    mu, sigma = net(x)[0], net(x)[1]
    return (x - mu) / sigma, -np.sum(np.log(sigma), axis=1)


@misconception(
    "ar_f",
    "You shift the network's columns by one, so that coordinate j uses what was meant for j - 1. Column j has seen "
    "x_<j only, already: nothing needs shifting.",
)
def f_shifted_by_one(x, net):
    mu, sigma = net(x)
    mu = np.concatenate([np.zeros_like(mu[:, :1]), mu[:, :-1]], axis=1)
    sigma = np.concatenate([np.ones_like(sigma[:, :1]), sigma[:, :-1]], axis=1)
    return (x - mu) / sigma, -np.sum(np.log(sigma), axis=1)


@misconception(
    "ar_f",
    "You reverse the columns on the way in and not on the way out (or the other way round): the network's order is "
    "1..m, as the columns stand.",
)
def f_reversed_on_one_side(x, net):
    mu, sigma = net(x[:, ::-1])
    return (x - mu) / sigma, -np.sum(np.log(sigma), axis=1)


@misconception(
    "ar_f",
    "Your log_det leaves the last coordinate out: it influences no other, but its own derivative, 1/σ_m, stands on "
    "the diagonal too.",
)
def f_without_the_last(x, net):
    mu, sigma = net(x)
    return (x - mu) / sigma, -np.sum(np.log(sigma[:, :-1]), axis=1)


@misconception(
    "ar_f",
    "Your log_det leaves the first coordinate out: it depends on no other, but its own derivative, 1/σ_1, stands on "
    "the diagonal too.",
)
def f_without_the_first(x, net):
    mu, sigma = net(x)
    return (x - mu) / sigma, -np.sum(np.log(sigma[:, 1:]), axis=1)


@misconception(
    "ar_f",
    "Your log_det contains -½ z²: that is a log-density. The change of volume alone was asked for.",
)
def f_log_density(x, net):
    mu, sigma = net(x)
    z = (x - mu) / sigma
    return z, -np.sum(z**2 / 2 + np.log(sigma), axis=1)


@misconception(
    "ar_f",
    "You add an epsilon to σ: that changes z and the density wherever σ is small, and f no longer undoes g. σ is "
    "positive as it is.",
)
def f_with_epsilon(x, net):
    mu, sigma = net(x)
    return (x - mu) / (sigma + 1e-8), -np.sum(np.log(sigma + 1e-8), axis=1)


@misconception(
    "ar_f",
    "float32 went in and float64 came out: look for a float64 constant, or an array made without a dtype: np.zeros(n) "
    "is float64 unless you tell it otherwise.",
)
def f_upcast(x, net):
    mu, sigma = net(x)
    return np.zeros(x.shape) + (x - mu) / sigma, np.zeros(len(x)) - np.sum(np.log(sigma), axis=1)


@misconception("ar_f", "You return log_det first and z second: every flow here returns z, log_det.")
def f_log_det_first(x, net):
    mu, sigma = net(x)
    return -np.sum(np.log(sigma), axis=1), (x - mu) / sigma


@misconception(
    "ar_f",
    "You cut off the columns from j on before you ask the network, and ask m times. Column j of its output ignores "
    "them anyway: give it the whole of x, once.",
)
def f_asks_with_the_prefix(x, net):
    z, log_det = np.zeros_like(x), np.zeros_like(x[:, 0])
    for j in range(x.shape[1]):
        mu, sigma = net(x[:, :j])
        z[:, j] = (x[:, j] - mu[:, j]) / sigma[:, j]
        log_det = log_det - np.log(sigma[:, j])
    return z, log_det


@misconception(
    "ar_f",
    "You unpack what the network returns in the wrong order: it is mu first, then sigma. What you scale by is "
    "the shift, which may be negative or 0.",
)
def f_mu_and_sigma_exchanged(x, net):
    sigma, mu = net(x)
    return (x - mu) / sigma, -np.sum(np.log(sigma), axis=1)


@misconception(
    "ar_f",
    "You divide by σ², the variance. What has the standard deviation σ has 1/σ in latent space then, not 1: divide by "
    "σ.",
)
def f_divided_by_the_variance(x, net):
    mu, sigma = net(x)
    return (x - mu) / sigma**2, -np.sum(np.log(sigma), axis=1)


@misconception(
    "ar_f",
    "You take logarithms to the base 2. Log-densities are in nats here, and log_det is added to them: natural "
    "logarithms (bits come last, in reports).",
)
def f_in_bits(x, net):
    mu, sigma = net(x)
    return (x - mu) / sigma, -np.sum(np.log2(sigma), axis=1)


@misconception(
    "ar_f",
    "You standardize by the batch's own mean and standard deviation. The map would change with whoever shares the "
    "batch: μ and σ come from net, of the dimensions before.",
)
def f_by_the_batch(x, net):
    return (x - np.mean(x, axis=0)) / np.std(x, axis=0), -np.sum(np.log(net(x)[1]), axis=1)


@right_answer("ar_f")
def f_coordinate_by_coordinate_after_one_call(x, net):
    mu, sigma = net(x)
    z, log_det = np.empty_like(x), np.zeros(len(x), x.dtype)
    for j in range(x.shape[1]):
        z[:, j] = (x[:, j] - mu[:, j]) / sigma[:, j]
        log_det -= np.log(sigma[:, j])
    return z, log_det


@right_answer("ar_f")
def f_with_log_sigma(x, net):
    mu, sigma = net(x)
    log_sigma = np.log(sigma)
    return np.einsum("nm,nm->nm", x - mu, np.exp(-log_sigma)), np.einsum("nm->n", -log_sigma)


@right_answer("ar_f")
def f_by_slogdet(x, net):
    mu, sigma = net(x)
    return (x - mu) / sigma, np.array([np.linalg.slogdet(np.diag(1 / s))[1] for s in sigma], x.dtype)


# ------------------------------------------------------------------ ar_g


def sequential(z, net):
    """The right x, and mu and sigma at it."""
    x = np.zeros_like(z)
    for j in range(z.shape[1]):
        mu, sigma = net(x)
        x[:, j] = sigma[:, j] * z[:, j] + mu[:, j]
    return x, mu, sigma


@misconception(
    "ar_g",
    "You ask the network about z, in one pass. It wants x_<j: with z in its place you sample from the inverse AR "
    "flow, whose density is another one.",
)
def g_in_one_pass(z, net):
    mu, sigma = net(z)
    return sigma * z + mu, np.sum(np.log(sigma), axis=1)


@misconception(
    "ar_g",
    "You go coordinate by coordinate, but ask the network about z every time. It wants the x that you have made so "
    "far.",
)
def g_conditions_on_z(z, net):
    x = np.zeros_like(z)
    for j in range(z.shape[1]):
        mu, sigma = net(z)
        x[:, j] = sigma[:, j] * z[:, j] + mu[:, j]
    return x, np.sum(np.log(sigma), axis=1)


@misconception(
    "ar_g",
    "You ask the network once, about an array of zeros, and never again: the numbers after the first need the x "
    "before them.",
)
def g_conditions_on_zeros(z, net):
    mu, sigma = net(np.zeros_like(z))
    return sigma * z + mu, np.sum(np.log(sigma), axis=1)


@misconception(
    "ar_g",
    "You repeat a fixed number of times (two), which is right for two coordinates only: after k passes the first k "
    "coordinates are right.",
)
def g_in_two_passes(z, net):
    x = np.zeros_like(z)
    for _ in range(2):
        mu, sigma = net(x)
        x = sigma * z + mu
    return x, np.sum(np.log(sigma), axis=1)


@misconception(
    "ar_g",
    "You stop one coordinate too early: the last column was never made from the finished x before it.",
)
def g_one_pass_too_few(z, net):
    x = np.zeros_like(z)
    mu, sigma = net(x)
    for _ in range(z.shape[1] - 1):
        mu, sigma = net(x)
        x = sigma * z + mu
    return x, np.sum(np.log(sigma), axis=1)


@misconception(
    "ar_g",
    "You go from the last coordinate to the first. Column 1 is the one that depends on nothing: start there.",
)
def g_from_the_last(z, net):
    x = np.zeros_like(z)
    for j in reversed(range(z.shape[1])):
        mu, sigma = net(x)
        x[:, j] = sigma[:, j] * z[:, j] + mu[:, j]
    return x, np.sum(np.log(sigma), axis=1)


@misconception(
    "ar_g",
    "You give the network only the columns that are finished. It takes (n, m), no less: let something harmless stand "
    "in the columns that do not exist yet.",
)
def g_gives_the_prefix(z, net):
    x = np.zeros_like(z)
    for j in range(z.shape[1]):
        mu, sigma = net(x[:, :j])
        x[:, j] = sigma[:, -1] * z[:, j] + mu[:, -1]
    return x, np.sum(np.log(sigma), axis=1)


@misconception(
    "ar_g",
    "You fill rows: x[j] is object j, and x[:, j] is coordinate j of all objects. Batch first.",
)
def g_fills_rows(z, net):
    x = np.zeros_like(z)
    for j in range(z.shape[1]):
        mu, sigma = net(x)
        x[j] = sigma[j] * z[j] + mu[j]
    return x, np.sum(np.log(sigma), axis=1)


@misconception(
    "ar_g",
    "Your log_det is that of f, the way back: g multiplies by σ, so log|det ∂x/∂z| is positive where σ > 1.",
)
def g_with_log_det_of_f(z, net):
    x, _, sigma = sequential(z, net)
    return x, -np.sum(np.log(sigma), axis=1)


@misconception(
    "ar_g",
    "Your log_det uses the σ of the first call, which saw an array without any x in it. Each σ_j counts as it was "
    "when x_j was made.",
)
def g_log_det_of_the_first_call(z, net):
    x, _, _ = sequential(z, net)
    return x, np.sum(np.log(net(np.zeros_like(z))[1]), axis=1)


@misconception(
    "ar_g",
    "In every step you add all the columns' log σ to log_det, so each of them is counted m times, mostly before it is "
    "right. Step j adds one number, its own.",
)
def g_log_det_of_every_call(z, net):
    x, log_det = np.zeros_like(z), np.zeros(len(z), z.dtype)
    for j in range(z.shape[1]):
        mu, sigma = net(x)
        x[:, j] = sigma[:, j] * z[:, j] + mu[:, j]
        log_det += np.sum(np.log(sigma), axis=1)
    return x, log_det


@misconception(
    "ar_g",
    "Your log_det holds the last coordinate's log σ alone: it is overwritten in every step instead of summed.",
)
def g_log_det_of_the_last(z, net):
    x, _, sigma = sequential(z, net)
    return x, np.log(sigma[:, -1])


@misconception(
    "ar_g",
    "You average log σ over the dimensions where the determinant multiplies over them.",
)
def g_mean_over_dimensions(z, net):
    x, _, sigma = sequential(z, net)
    return x, np.mean(np.log(sigma), axis=1)


@misconception(
    "ar_g",
    "You sum over the objects as well: log_det has one number per object, (n,), and knows nothing of the other objects "
    "in the batch.",
)
def g_batch_summed(z, net):
    x, _, sigma = sequential(z, net)
    return x, np.full(len(z), np.sum(np.log(sigma)), z.dtype)


@misconception("ar_g", "You return one log_det for the whole batch, a single number: each object has its own, (n,).")
def g_scalar_log_det(z, net):
    x, _, sigma = sequential(z, net)
    return x, np.sum(np.log(sigma))


@misconception(
    "ar_g",
    "You multiply all the σ and take the logarithm of the product, which is 0 or infinite in floating point when m is "
    "large. Add logarithms instead.",
)
def g_log_of_product(z, net):
    x, _, sigma = sequential(z, net)
    return x, np.log(np.prod(sigma, axis=1))


@misconception(
    "ar_g",
    "You standardize, (z - μ)/σ, as f does. g goes the other way: noise is scaled up and shifted.",
)
def g_with_the_formula_of_f(z, net):
    x = np.zeros_like(z)
    for j in range(z.shape[1]):
        mu, sigma = net(x)
        x[:, j] = (z[:, j] - mu[:, j]) / sigma[:, j]
    return x, -np.sum(np.log(sigma), axis=1)


@misconception("ar_g", "You take sigma for log σ and exponentiate it. This net returns σ itself, positive already.")
def g_sigma_as_logarithm(z, net):
    x = np.zeros_like(z)
    for j in range(z.shape[1]):
        mu, sigma = net(x)
        x[:, j] = np.exp(sigma[:, j]) * z[:, j] + mu[:, j]
    return x, np.sum(sigma, axis=1)


@misconception("ar_g", "You take sigma for a variance. It is σ itself: z = 1 must land on μ + σ.")
def g_sigma_as_variance(z, net):
    x = np.zeros_like(z)
    for j in range(z.shape[1]):
        mu, sigma = net(x)
        x[:, j] = np.sqrt(sigma[:, j]) * z[:, j] + mu[:, j]
    return x, np.sum(np.log(sigma), axis=1) / 2


@misconception(
    "ar_g",
    "Coordinate j uses column j - 1 of the network: column j has seen x_<j only, already, so it is the one to take.",
)
def g_shifted_by_one(z, net):
    x, log_det = np.zeros_like(z), np.zeros(len(z), z.dtype)
    for j in range(z.shape[1]):
        mu, sigma = net(x)
        x[:, j] = sigma[:, j - 1] * z[:, j] + mu[:, j - 1] if j else z[:, j]
        log_det = log_det + np.log(sigma[:, j - 1]) if j else log_det
    return x, log_det


@misconception(
    "ar_g",
    "The numbers are right, but for every coordinate you start over from the first: m calls do, and you make about "
    "m²/2.",
)
def g_starting_over(z, net):
    x = np.zeros_like(z)
    for k in range(z.shape[1]):
        x = np.zeros_like(z)
        for j in range(k + 1):
            mu, sigma = net(x)
            x[:, j] = sigma[:, j] * z[:, j] + mu[:, j]
    return x, np.sum(np.log(sigma), axis=1)


@misconception(
    "ar_g",
    "You write x into the caller's z: after the first step its columns are gone. Make a new array for x.",
)
def g_in_place(z, net):
    for j in range(z.shape[1]):
        mu, sigma = net(z)
        z[:, j] = sigma[:, j] * z[:, j] + mu[:, j]
    return z, np.sum(np.log(sigma), axis=1)


@misconception(
    "ar_g",
    "float32 went in and float64 came out: look for a float64 constant, or an array made without a dtype: np.zeros(n) "
    "is float64 unless you tell it otherwise.",
)
def g_upcast(z, net):
    x = np.zeros(z.shape)
    for j in range(z.shape[1]):
        mu, sigma = net(x)
        x[:, j] = sigma[:, j] * z[:, j] + mu[:, j]
    return x, np.sum(np.log(sigma), axis=1)


@misconception(
    "ar_g",
    "x keeps its dtype, log_det does not: look for a float64 constant, or an array made without a dtype: np.zeros(n) "
    "is float64 unless you tell it otherwise.",
)
def g_log_det_upcast(z, net):
    x, _, sigma = sequential(z, net)
    return x, np.zeros(len(z)) + np.sum(np.log(sigma), axis=1)


@misconception("ar_g", "You return log_det first and x second: every flow here returns x, log_det.")
def g_log_det_first(z, net):
    x, _, sigma = sequential(z, net)
    return np.sum(np.log(sigma), axis=1), x


@misconception(
    "ar_g",
    "Your loop ends before the last coordinate: its column is never filled. range(m) runs through 0 … m − 1, and all "
    "of them are wanted.",
)
def g_loop_ends_early(z, net):
    x, log_det = np.zeros_like(z), np.zeros_like(z[:, 0])
    for j in range(z.shape[1] - 1):
        mu, sigma = net(x)
        x[:, j] = sigma[:, j] * z[:, j] + mu[:, j]
        log_det = log_det + np.log(sigma[:, j])
    return x, log_det


@misconception(
    "ar_g",
    "Your loop begins with the second coordinate, and the first stays 0. Nothing comes before it, but it has a μ and a "
    "σ as well, which depend on nothing.",
)
def g_first_column_left_out(z, net):
    x = np.zeros_like(z)
    for j in range(1, z.shape[1]):
        mu, sigma = net(x)
        x[:, j] = sigma[:, j] * z[:, j] + mu[:, j]
    mu, sigma = net(x)
    return x, np.sum(np.log(sigma), axis=1)


@misconception(
    "ar_g",
    "You unpack what the network returns in the wrong order: it is mu first, then sigma. What you scale by is "
    "the shift, which may be negative or 0.",
)
def g_mu_and_sigma_exchanged(z, net):
    x = np.zeros_like(z)
    for j in range(z.shape[1]):
        sigma, mu = net(x)
        x[:, j] = sigma[:, j] * z[:, j] + mu[:, j]
    return x, np.sum(np.log(sigma), axis=1)


@right_answer("ar_g")
def g_adding_up_log_det(z, net):
    x, log_det = z.copy(), np.zeros(len(z), z.dtype)
    for j in range(z.shape[1]):
        mu, sigma = net(x)
        x[:, j] = sigma[:, j] * z[:, j] + mu[:, j]
        log_det += np.log(sigma[:, j])
    return x, log_det


@right_answer("ar_g")
def g_all_columns_every_time(z, net):
    x = np.zeros_like(z)
    for _ in range(z.shape[1]):
        mu, sigma = net(x)
        x = sigma * z + mu
    return x, np.sum(np.log(net(x)[1]), axis=1)


@right_answer("ar_g")
def g_one_object_after_another(z, net):
    each = [sequential(z[i : i + 1], net) for i in range(len(z))]
    return np.concatenate([e[0] for e in each]), np.concatenate([np.log(e[2]).sum(1) for e in each])


@right_answer("ar_g")
def g_putting_columns_together(z, net):
    columns, log_det = [], 0
    for j in range(z.shape[1]):
        x = np.stack([*columns, *[np.zeros_like(z[:, 0])] * (z.shape[1] - j)], axis=1)
        mu, sigma = net(x)
        columns.append(mu[:, j] + z[:, j] * sigma[:, j])
        log_det = log_det + np.log(sigma[:, j])
    return np.stack(columns, axis=1), log_det


# ------------------------------------------------------------------ more of each


@misconception(
    "ar_f",
    "Your log_det adds up |log σ|. Of det ∂z/∂x = Π 1/σ the absolute value is taken, and it is positive already; its "
    "logarithm may have either sign.",
)
def f_absolute_log_sigma(x, net):
    mu, sigma = net(x)
    return (x - mu) / sigma, -np.sum(np.abs(np.log(sigma)), axis=1)


@misconception(
    "ar_f",
    "Your logarithms are those of base 10. Log-determinants are added to log-densities, in nats: np.log.",
)
def f_to_the_base_ten(x, net):
    mu, sigma = net(x)
    return (x - mu) / sigma, -np.sum(np.log10(sigma), axis=1)


@misconception(
    "ar_f",
    "The numbers are right, but you call the network anew for each thing that you need of it. One call returns mu and "
    "sigma together: keep both.",
)
def f_three_calls(x, net):
    return (x - net(x)[0]) / net(x)[1], -np.sum(np.log(net(x)[1]), axis=1)


@misconception(
    "ar_g",
    "Your first column is z_1 as it came. x_1 = σ_1 z_1 + μ_1 as well: its μ and σ depend on nothing, but they are not "
    "0 and 1.",
)
def g_first_column_as_it_is(z, net):
    x = z.copy()
    for j in range(1, z.shape[1]):
        mu, sigma = net(x)
        x[:, j] = sigma[:, j] * z[:, j] + mu[:, j]
    mu, sigma = net(x)
    return x, np.sum(np.log(sigma), axis=1)


@misconception(
    "ar_g",
    "You multiply by σ², the variance. σ multiplies z: its square has no place here.",
)
def g_by_the_variance(z, net):
    x = np.zeros_like(z)
    for j in range(z.shape[1]):
        mu, sigma = net(x)
        x[:, j] = sigma[:, j] ** 2 * z[:, j] + mu[:, j]
    return x, np.sum(np.log(sigma), axis=1)


@misconception(
    "ar_g",
    "Your logarithms are those of base 2. Log-determinants are added to log-densities, in nats: np.log.",
)
def g_in_bits(z, net):
    x, log_det = sequential(z, net)
    return x, log_det / float(np.log(2))
