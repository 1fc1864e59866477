"""What students write for exercise 07: misconceptions, and other right answers."""

import autograd.numpy as np
from autograd import jacobian

from minidgm.course.bank import misconception, right_answer


def split(x, d, net):
    """x_1, x_2, mu, sigma: the part every entry shares."""
    return x[:, :d], x[:, d:], *net(x[:, :d])


def right_f(x, d, net):
    x1, x2, mu, sigma = split(x, d, net)
    return np.concatenate([x1, (x2 - mu) / sigma], axis=1), -np.sum(np.log(sigma), axis=1)


def right_g(z, d, net):
    z1, z2, mu, sigma = split(z, d, net)
    return np.concatenate([z1, z2 * sigma + mu], axis=1), np.sum(np.log(sigma), axis=1)


# ------------------------------------------------------------------ coupling_f

F = "coupling_f"


@misconception(
    F,
    "Your log_det is that of g, the way back. f divides by sigma: where sigma is large, f squeezes space.",
)
def f_log_det_of_g(x, d, net):
    z, log_det = right_f(x, d, net)
    return z, -log_det


@misconception(
    F,
    "Your log_det is one number for the whole batch. Every object has a Jacobian of its own, and so its own log_det: "
    "look at the axis of the sum.",
)
def f_log_det_summed_over_the_batch(x, d, net):
    z, log_det = right_f(x, d, net)
    return z, np.sum(log_det)


@misconception(
    F,
    "Your log_det averages over the dimensions. The determinant is a product over them, so its logarithm is a sum: "
    "the mean is too small by the factor m − d.",
)
def f_log_det_mean_over_dimensions(x, d, net):
    x1, x2, mu, sigma = split(x, d, net)
    return right_f(x, d, net)[0], -np.mean(np.log(sigma), axis=1)


@misconception(
    F,
    "You sum over axis 0, over the objects. That leaves one number per dimension; wanted is one number per object.",
)
def f_log_det_over_axis_0(x, d, net):
    x1, x2, mu, sigma = split(x, d, net)
    return right_f(x, d, net)[0], -np.sum(np.log(sigma), axis=0)


@misconception(
    F,
    "Your log_det keeps the summed axis, (n, 1) instead of (n,). Added to a log_prob of shape (n,), it would silently"
    " broadcast to (n, n).",
)
def f_log_det_keeps_an_axis(x, d, net):
    z, log_det = right_f(x, d, net)
    return z, log_det[:, None]


@misconception(
    F,
    "You returned the determinant itself, Π 1/σ_j. Asked is its logarithm, which also survives many dimensions.",
)
def f_det_without_log(x, d, net):
    z, log_det = right_f(x, d, net)
    return z, np.exp(log_det)


@misconception(
    F,
    "You take the logarithm of the product of the sigmas. That's right on paper, but five hundred sigmas multiplied "
    "are 0 or infinity in floating point: turn the logarithm of a product into something else first.",
)
def f_log_of_the_product(x, d, net):
    x1, x2, mu, sigma = split(x, d, net)
    return right_f(x, d, net)[0], -np.log(np.prod(sigma, axis=1))


@misconception(
    F,
    "You take the logarithm of the sum of the sigmas. The determinant of a triangular matrix is the product of its "
    "diagonal, and log turns a product into a sum of logarithms.",
)
def f_log_of_the_sum(x, d, net):
    x1, x2, mu, sigma = split(x, d, net)
    return right_f(x, d, net)[0], -np.log(np.sum(sigma, axis=1))


@misconception(
    F,
    "You use the net's second output as log sigma. In this exercise net returns sigma itself, so no exp is needed, "
    "and log_det needs its logarithm.",
)
def f_sigma_taken_for_log_sigma(x, d, net):
    x1, x2, mu, sigma = split(x, d, net)
    return np.concatenate([x1, (x2 - mu) * np.exp(-sigma)], axis=1), -np.sum(sigma, axis=1)


@misconception(F, "Your log_det sums sigma instead of log sigma.")
def f_log_det_sums_sigma(x, d, net):
    return right_f(x, d, net)[0], -np.sum(split(x, d, net)[3], axis=1)


@misconception(
    F,
    "You use the net's second output as a variance and divide by its square root. It is the standard deviation, sigma.",
)
def f_sigma_taken_for_variance(x, d, net):
    x1, x2, mu, sigma = split(x, d, net)
    return np.concatenate([x1, (x2 - mu) / np.sqrt(sigma)], axis=1), -np.sum(0.5 * np.log(sigma), axis=1)


@misconception(
    F,
    "This is g: it multiplies by sigma and adds mu. f goes from data to latent, so it takes the shift and the scale "
    "away.",
)
def f_is_g(x, d, net):
    return right_g(x, d, net)


@misconception(
    F,
    "You divide by sigma before you take mu away. g scales first and shifts second, so its inverse must undo the "
    "shift first.",
)
def f_undone_in_the_wrong_order(x, d, net):
    x1, x2, mu, sigma = split(x, d, net)
    return np.concatenate([x1, x2 / sigma - mu], axis=1), right_f(x, d, net)[1]


@misconception(F, "Your x_1 has m − d coordinates instead of d. The two agree only when the halves are equally large.")
def f_split_at_m_minus_d(x, d, net):
    return right_f(x, x.shape[1] - d, net)


@misconception(F, "You cut x in the middle, whatever d is. The cut belongs at column d.")
def f_split_in_the_middle(x, d, net):
    return right_f(x, x.shape[1] // 2, net)


@misconception(
    F,
    "You show the network x_2, the part that changes. On the way back nobody has x_2 yet, so the layer couldn't be "
    "inverted: the network may see what stays the same only.",
)
def f_net_sees_x2(x, d, net):
    x1, x2 = x[:, :d], x[:, d:]
    mu, sigma = net(x2)
    return np.concatenate([x1, (x2 - mu) / sigma], axis=1), -np.sum(np.log(sigma), axis=1)


@misconception(F, "You change the first d coordinates and keep the others. The slide keeps x_1 and moves x_2.")
def f_parts_exchanged(x, d, net):
    x1, x2 = x[:, :-d], x[:, -d:]
    mu, sigma = net(x2)
    return np.concatenate([(x1 - mu) / sigma, x2], axis=1), -np.sum(np.log(sigma), axis=1)


@misconception(F, "You return z_2 alone. z has all m coordinates, and the first d of them are x_1.")
def f_second_part_only(x, d, net):
    z, log_det = right_f(x, d, net)
    return z[:, d:], log_det


@misconception(F, "You put z_2 before z_1. z = [z_1, z_2]: the parts go back to where they were cut out.")
def f_parts_in_the_wrong_order(x, d, net):
    z, log_det = right_f(x, d, net)
    return np.concatenate([z[:, d:], z[:, :d]], axis=1), log_det


@misconception(
    F,
    "You ask the net about the first object only and use its mu and sigma for all. That is right for a batch of one: "
    "give the net the whole batch.",
)
def f_net_sees_the_first_object(x, d, net):
    x1, x2 = x[:, :d], x[:, d:]
    mu, sigma = net(x1[:1])
    return np.concatenate([x1, (x2 - mu) / sigma], axis=1), -np.sum(np.log(sigma + 0 * x2), axis=1)


@misconception(
    F,
    "You add a small number to sigma. It changes the layer (g no longer undoes it), and for a sigma as small as your "
    "number the result is plainly wrong; sigma > 0 is the net's promise.",
)
def f_epsilon_added(x, d, net):
    x1, x2, mu, sigma = split(x, d, net)
    return np.concatenate([x1, (x2 - mu) / (sigma + 1e-8)], axis=1), -np.sum(np.log(sigma + 1e-8), axis=1)


@misconception(F, "You write z_2 into x itself. Whoever called you still needs x: build a new array.")
def f_in_place(x, d, net):
    x1, x2, mu, sigma = split(x, d, net)
    x[:, d:] = (x2 - mu) / sigma
    return x, -np.sum(np.log(sigma), axis=1)


@misconception(
    F,
    "Your values are right, but float32 went in and float64 comes out: look for a float64 constant, or an array made "
    "without a dtype: np.zeros(n) is float64 unless you tell it otherwise.",
)
def f_upcast(x, d, net):
    z = np.zeros(x.shape)
    z[:], log_det = right_f(x, d, net)
    return z, log_det


@misconception(
    F,
    "You call the network once a coordinate, as an AR flow's sampling does. Here every mu and sigma depends on x_1, "
    "which you have at once: one call gives them all.",
)
def f_sequential(x, d, net):
    columns = [x[:, j] for j in range(d)]
    columns += [(x[:, j] - net(x[:, :d])[0][:, j - d]) / net(x[:, :d])[1][:, j - d] for j in range(d, x.shape[1])]
    return np.stack(columns, axis=1), right_f(x, d, net)[1]


@misconception(
    F,
    "You put z_1 and z_2 one below the other. They are two groups of columns of the same objects: axis 0 counts "
    "objects, axis 1 coordinates.",
)
def f_parts_stacked_as_rows(x, d, net):
    x1, x2, mu, sigma = split(x, d, net)
    return np.concatenate([x1, (x2 - mu) / sigma], axis=0), -np.sum(np.log(sigma), axis=1)


@misconception(F, "You multiply by sigma where f divides: from data to latent the spread is taken out.")
def f_multiplied_by_sigma(x, d, net):
    x1, x2, mu, sigma = split(x, d, net)
    return np.concatenate([x1, (x2 - mu) * sigma], axis=1), right_f(x, d, net)[1]


@misconception(F, "You add mu. g added it; f takes it away.")
def f_mu_added(x, d, net):
    x1, x2, mu, sigma = split(x, d, net)
    return np.concatenate([x1, (x2 + mu) / sigma], axis=1), right_f(x, d, net)[1]


@misconception(F, "You take x_2 from mu. It's the other way round: the distance of x_2 from mu, in units of sigma.")
def f_difference_reversed(x, d, net):
    x1, x2, mu, sigma = split(x, d, net)
    return np.concatenate([x1, (mu - x2) / sigma], axis=1), right_f(x, d, net)[1]


@misconception(F, "mu is missing: you only scale x_2.")
def f_mu_missing(x, d, net):
    x1, x2, mu, sigma = split(x, d, net)
    return np.concatenate([x1, x2 / sigma], axis=1), right_f(x, d, net)[1]


@misconception(F, "z_2 isn't divided by sigma, though your log_det says that it is.")
def f_sigma_missing(x, d, net):
    x1, x2, mu, sigma = split(x, d, net)
    return np.concatenate([x1, x2 - mu], axis=1), right_f(x, d, net)[1]


@misconception(F, "You put z_2 beside the whole of x. z has m coordinates, and only x_1 passes unchanged.")
def f_whole_x_kept(x, d, net):
    z, log_det = right_f(x, d, net)
    return np.concatenate([x, z[:, d:]], axis=1), log_det


@misconception(
    F,
    "Your log_det is (n, m − d): the logarithms of the diagonal, still apart. The determinant is the product of them "
    "all.",
)
def f_log_det_not_summed(x, d, net):
    return right_f(x, d, net)[0], -np.log(split(x, d, net)[3])


@misconception(
    F,
    "You divide μ alone by σ: in x_2 - mu / sigma the division comes first. What is to be divided is the whole "
    "difference.",
)
def f_divides_mu_alone(x, d, net):
    x1, x2, mu, sigma = split(x, d, net)
    return np.concatenate([x1, x2 - mu / sigma], axis=1), -np.sum(np.log(sigma), axis=1)


@misconception(
    F,
    "You unpack what the network returns in the wrong order: it is mu first, then sigma. What you scale by is "
    "the shift, which may be negative or 0.",
)
def f_mu_and_sigma_exchanged(x, d, net):
    x1, x2, sigma, mu = split(x, d, net)
    return np.concatenate([x1, (x2 - mu) / sigma], axis=1), -np.sum(np.log(sigma), axis=1)


@misconception(
    F,
    "You divide by σ², the variance. What has the standard deviation σ has 1/σ in latent space then, not 1: divide by "
    "σ.",
)
def f_divided_by_the_variance(x, d, net):
    x1, x2, mu, sigma = split(x, d, net)
    return np.concatenate([x1, (x2 - mu) / sigma**2], axis=1), -np.sum(np.log(sigma), axis=1)


@misconception(
    F,
    "You take logarithms to the base 2. Log-densities are in nats here, and log_det is added to them: natural "
    "logarithms (bits come last, in reports).",
)
def f_in_bits(x, d, net):
    x1, x2, mu, sigma = split(x, d, net)
    return np.concatenate([x1, (x2 - mu) / sigma], axis=1), -np.sum(np.log2(sigma), axis=1)


@right_answer(F)
def f_one_object_at_a_time(x, d, net):
    z, log_det = np.copy(x), np.empty(len(x), x.dtype)
    for i in range(len(x)):
        mu, sigma = net(x[i : i + 1, :d])
        z[i, d:] = (x[i, d:] - mu[0]) / sigma[0]
        log_det[i] = -np.log(sigma[0]).sum()
    return z, log_det


@right_answer(F)
def f_by_log_sigma(x, d, net):
    x1, x2 = np.split(x, [d], axis=-1)
    mu, sigma = net(np.ascontiguousarray(x1))
    log_sigma = np.log(sigma)
    return np.hstack((x1, (x2 - mu) * np.exp(-log_sigma))), np.einsum("ij->i", -log_sigma)


@right_answer(F)
def f_by_a_padded_affine_map(x, d, net):
    mu, sigma = net(x[:, :d])
    shift = np.pad(mu, ((0, 0), (d, 0)))
    scale = np.pad(sigma, ((0, 0), (d, 0)), constant_values=1)
    return (x - shift) / scale, np.log(1 / scale).sum(-1)


# ------------------------------------------------------------------ coupling_g

G = "coupling_g"


@misconception(G, "Your log_det is that of f. g multiplies by sigma: where sigma is large, g stretches space.")
def g_log_det_of_f(z, d, net):
    x, log_det = right_g(z, d, net)
    return x, -log_det


@misconception(
    G,
    "Your log_det is one number for the whole batch. Every object has its own: look at the axis of the sum.",
)
def g_log_det_summed_over_the_batch(z, d, net):
    x, log_det = right_g(z, d, net)
    return x, np.sum(log_det)


@misconception(
    G,
    "Your log_det averages over the dimensions. The determinant is a product over them, so its logarithm is a sum.",
)
def g_log_det_mean_over_dimensions(z, d, net):
    return right_g(z, d, net)[0], np.mean(np.log(split(z, d, net)[3]), axis=1)


@misconception(
    G,
    "You take the logarithm of the product of the sigmas, and the product of many sigmas is 0 or infinity in floating"
    " point.",
)
def g_log_of_the_product(z, d, net):
    return right_g(z, d, net)[0], np.log(np.prod(split(z, d, net)[3], axis=1))


@misconception(G, "You use the net's second output as log sigma. In this exercise net returns sigma itself.")
def g_sigma_taken_for_log_sigma(z, d, net):
    z1, z2, mu, sigma = split(z, d, net)
    return np.concatenate([z1, z2 * np.exp(sigma) + mu], axis=1), np.sum(sigma, axis=1)


@misconception(
    G,
    "You shift first and scale second. f took mu away and then divided by sigma: undo the last step first.",
)
def g_undone_in_the_wrong_order(z, d, net):
    z1, z2, mu, sigma = split(z, d, net)
    return np.concatenate([z1, (z2 + mu) * sigma], axis=1), right_g(z, d, net)[1]


@misconception(G, "This is f again: it takes mu away and divides. g goes from latent to data, so that g(f(x)) = x.")
def g_is_f(z, d, net):
    return right_f(z, d, net)


@misconception(G, "You take mu away instead of adding it. Solve z_2 = (x_2 − μ)/σ for x_2 once more.")
def g_sign_of_mu(z, d, net):
    z1, z2, mu, sigma = split(z, d, net)
    return np.concatenate([z1, z2 * sigma - mu], axis=1), right_g(z, d, net)[1]


@misconception(
    G,
    "You show the network z_2. It has to see what coupling_f showed it, and z_2 was changed there; z_1 wasn't.",
)
def g_net_sees_z2(z, d, net):
    z1, z2 = z[:, :d], z[:, d:]
    mu, sigma = net(z2)
    return np.concatenate([z1, z2 * sigma + mu], axis=1), np.sum(np.log(sigma), axis=1)


@misconception(G, "Your z_1 has m − d coordinates instead of d. The two agree only when the halves are equally large.")
def g_split_at_m_minus_d(z, d, net):
    return right_g(z, z.shape[1] - d, net)


@misconception(G, "You cut z in the middle, whatever d is. The cut belongs at column d.")
def g_split_in_the_middle(z, d, net):
    return right_g(z, z.shape[1] // 2, net)


@misconception(G, "You return x_2 alone. x has all m coordinates, and the first d of them are z_1.")
def g_second_part_only(z, d, net):
    x, log_det = right_g(z, d, net)
    return x[:, d:], log_det


@misconception(
    G,
    "You ask the net about the first object only and use its mu and sigma for all. That is right for a batch of one.",
)
def g_net_sees_the_first_object(z, d, net):
    z1, z2 = z[:, :d], z[:, d:]
    mu, sigma = net(z1[:1])
    return np.concatenate([z1, z2 * sigma + mu], axis=1), np.sum(np.log(sigma + 0 * z2), axis=1)


@misconception(
    G,
    "You find x_2 one coordinate after the other, with a call of the network each, as an AR flow has to. Here mu and "
    "sigma depend on z_1 alone, which you have at once: that is what the coupling layer was invented for.",
)
def g_sequential(z, d, net):
    x = np.copy(z)
    for j in range(d, z.shape[1]):
        mu, sigma = net(x[:, :d])
        x[:, j] = z[:, j] * sigma[:, j - d] + mu[:, j - d]
    return x, right_g(z, d, net)[1]


@misconception(
    G,
    "You add a small number to sigma. It changes the layer: sigma > 0 is the net's promise, and g only multiplies by "
    "it.",
)
def g_epsilon_added(z, d, net):
    z1, z2, mu, sigma = split(z, d, net)
    return np.concatenate([z1, z2 * (sigma + 1e-8) + mu], axis=1), np.sum(np.log(sigma + 1e-8), axis=1)


@misconception(G, "You write x_2 into z itself. Whoever called you still needs z: build a new array.")
def g_in_place(z, d, net):
    z1, z2, mu, sigma = split(z, d, net)
    z[:, d:] = z2 * sigma + mu
    return z, np.sum(np.log(sigma), axis=1)


@misconception(
    G,
    "Your values are right, but float32 went in and float64 comes out: look for a float64 constant, or an array made "
    "without a dtype: np.zeros(n) is float64 unless you tell it otherwise.",
)
def g_upcast(z, d, net):
    x = np.zeros(z.shape)
    x[:], log_det = right_g(z, d, net)
    return x, log_det


@misconception(
    G,
    "You put x_1 and x_2 one below the other. They are two groups of columns of the same objects: axis 0 counts "
    "objects, axis 1 coordinates.",
)
def g_parts_stacked_as_rows(z, d, net):
    z1, z2, mu, sigma = split(z, d, net)
    return np.concatenate([z1, z2 * sigma + mu], axis=0), np.sum(np.log(sigma), axis=1)


@misconception(G, "mu is missing: you only scale z_2.")
def g_mu_missing(z, d, net):
    z1, z2, mu, sigma = split(z, d, net)
    return np.concatenate([z1, z2 * sigma], axis=1), right_g(z, d, net)[1]


@misconception(G, "x_2 isn't multiplied by sigma, though your log_det says that it is.")
def g_sigma_missing(z, d, net):
    z1, z2, mu, sigma = split(z, d, net)
    return np.concatenate([z1, z2 + mu], axis=1), right_g(z, d, net)[1]


@misconception(G, "You divide by sigma where g multiplies: f divided already.")
def g_divided_by_sigma(z, d, net):
    z1, z2, mu, sigma = split(z, d, net)
    return np.concatenate([z1, z2 / sigma + mu], axis=1), right_g(z, d, net)[1]


@misconception(G, "You put x_2 beside the whole of z. x has m coordinates, and only z_1 passes unchanged.")
def g_whole_z_kept(z, d, net):
    x, log_det = right_g(z, d, net)
    return np.concatenate([z, x[:, d:]], axis=1), log_det


@misconception(G, "Your log_det sums sigma instead of log sigma.")
def g_log_det_sums_sigma(z, d, net):
    return right_g(z, d, net)[0], np.sum(split(z, d, net)[3], axis=1)


@misconception(G, "You sum over axis 0, over the objects. Wanted is one log_det an object.")
def g_log_det_over_axis_0(z, d, net):
    return right_g(z, d, net)[0], np.sum(np.log(split(z, d, net)[3]), axis=0)


@misconception(G, "Your log_det keeps the summed axis, (n, 1) instead of (n,).")
def g_log_det_keeps_an_axis(z, d, net):
    x, log_det = right_g(z, d, net)
    return x, log_det[:, None]


@misconception(G, "Your log_det is (n, m − d): the logarithms of the diagonal, still apart.")
def g_log_det_not_summed(z, d, net):
    return right_g(z, d, net)[0], np.log(split(z, d, net)[3])


@misconception(G, "You returned the determinant itself, Π σ_j. Asked is its logarithm.")
def g_det_without_log(z, d, net):
    x, log_det = right_g(z, d, net)
    return x, np.exp(log_det)


@misconception(
    G,
    "You unpack what the network returns in the wrong order: it is mu first, then sigma. What you scale by is "
    "the shift, which may be negative or 0.",
)
def g_mu_and_sigma_exchanged(z, d, net):
    z1, z2, sigma, mu = split(z, d, net)
    return np.concatenate([z1, z2 * sigma + mu], axis=1), np.sum(np.log(sigma), axis=1)


@misconception(
    G,
    "You multiply by σ², the variance. Noise of standard deviation 1 has to get the standard deviation σ: multiply by "
    "σ.",
)
def g_multiplied_by_the_variance(z, d, net):
    z1, z2, mu, sigma = split(z, d, net)
    return np.concatenate([z1, z2 * sigma**2 + mu], axis=1), np.sum(np.log(sigma), axis=1)


@misconception(
    G,
    "You take logarithms to the base 2. Log-densities are in nats here, and log_det is added to them: natural "
    "logarithms (bits come last, in reports).",
)
def g_in_bits(z, d, net):
    z1, z2, mu, sigma = split(z, d, net)
    return np.concatenate([z1, z2 * sigma + mu], axis=1), np.sum(np.log2(sigma), axis=1)


@right_answer(G)
def g_one_object_at_a_time(z, d, net):
    rows, log_dets = [], []
    for i in range(z.shape[0]):
        mu, sigma = net(z[i : i + 1, :d])
        rows.append(np.concatenate([z[i, :d], mu[0] + sigma[0] * z[i, d:]]))
        log_dets.append(np.sum(np.log(sigma)))
    return np.array(rows), np.array(log_dets)


@right_answer(G)
def g_by_a_copy(z, d, net):
    x = z.copy()
    mu, sigma = net(x[:, :d])
    x[:, d:] *= sigma
    x[:, d:] += mu
    return x, np.log(sigma).sum(axis=-1)


@right_answer(G)
def g_minus_the_log_det_of_f(z, d, net):
    mu, sigma = net(z[:, :d])
    x = np.hstack([z[:, :d], (z[:, d:] + mu / sigma) * sigma])
    return x, -np.sum(-np.log(sigma), axis=1)


# ------------------------------------------------------------------ coupling_jacobian

J = "coupling_jacobian"


def right_jacobian(x, d, net, f=right_f):
    return jacobian(lambda point: f(point[None], d, net)[0][0])(x)


@misconception(
    J,
    "Your matrix is transposed. Row i, column j holds ∂z_i/∂x_j: the outputs go down, the inputs across. z_1 = x_1 "
    "doesn't depend on x_2, but z_2 does depend on x_1.",
)
def transposed(x, d, net):
    return right_jacobian(x, d, net).T


@misconception(J, "This is the Jacobian of g, from latent to data. Asked is that of coupling_f.")
def jacobian_of_g(x, d, net):
    return right_jacobian(x, d, net, right_g)


@misconception(
    J,
    "Your lower left block is zero. The determinant doesn't need it, but it's there: z_2 depends on x_1 through mu "
    "and sigma.",
)
def diagonal_only(x, d, net):
    return np.diag(np.diag(right_jacobian(x, d, net)))


@misconception(J, "Your lower left block has the derivative of mu only. sigma depends on x_1 too, and z_2 on sigma.")
def sigma_held_constant(x, d, net):
    sigma = net(x[None, :d])[1]
    return right_jacobian(x, d, net, lambda p, d, net: right_f(p, d, lambda x1: (net(x1)[0], sigma)))


@misconception(J, "Your lower left block has the derivative of sigma only. mu depends on x_1 too.")
def mu_held_constant(x, d, net):
    mu = net(x[None, :d])[0]
    return right_jacobian(x, d, net, lambda p, d, net: right_f(p, d, lambda x1: (mu, net(x1)[1])))


@misconception(J, "The diagonal of your lower right block is sigma, as it would be for g. f divides by sigma.")
def sigma_on_the_diagonal(x, d, net):
    matrix, sigma = right_jacobian(x, d, net), net(x[None, :d])[1][0]
    return matrix + np.diag(np.concatenate([0 * x[:d], sigma - 1 / sigma]))


@misconception(
    J,
    "The rows of z_1 are zero in your matrix. z_1 = x_1 is a map like any other, with the identity as its Jacobian.",
)
def identity_missing(x, d, net):
    return right_jacobian(x, d, net) * (np.arange(len(x)) >= d)[:, None]


@misconception(J, "You return the lower right block alone, ∂z_2/∂x_2. Asked is the whole m × m matrix.")
def one_block(x, d, net):
    return right_jacobian(x, d, net)[d:, d:]


@misconception(J, "You return the lower rows alone, ∂z_2/∂x. Asked is the whole m × m matrix, z_1's rows included.")
def lower_rows(x, d, net):
    return right_jacobian(x, d, net)[d:]


@misconception(J, "You return log|det|, one number. Asked is the matrix itself.")
def log_det_instead(x, d, net):
    return right_f(x[None], d, net)[1][0]


@misconception(
    J,
    "Your Jacobian still has the batch axes, (1, m, 1, m). Give jacobian a function from (m,) to (m,).",
)
def batch_axes_left(x, d, net):
    return jacobian(lambda batch: right_f(batch, d, net)[0])(x[None])


@misconception(
    J,
    "Your Jacobian still has a batch axis, (1, m, m): what you differentiate returns z of a batch of one object. Have "
    "it return z of that object, (m,).",
)
def batch_axis_of_z_left(x, d, net):
    return jacobian(lambda point: right_f(point[None], d, net)[0])(x)


@misconception(J, "You differentiate the pair (z, log_det), not z alone: take the first of coupling_f's two results.")
def differentiates_the_pair(x, d, net):
    return jacobian(lambda point: right_f(point[None], d, net))(x)


@misconception(
    J,
    "You hand the point to jacobian as its second argument, which says by which of f's arguments to differentiate. "
    "jacobian(f) is a function: call it at the point.",
)
def point_beside_the_map(x, d, net):
    return jacobian(lambda point: right_f(point[None], d, net)[0][0], x)


@misconception(
    J,
    "You divide a one-sided difference by its step. Its error is of the order of the step, which shows here: let "
    "autograd differentiate, or take differences to both sides in float64.",
)
def one_sided_differences(x, d, net):
    h = 1e-4
    steps = (x + h * np.eye(len(x))).astype(x.dtype)
    return ((right_f(steps, d, net)[0] - right_f(x[None], d, net)[0]) / h).T.astype(x.dtype)


@misconception(J, "Your values are right, but float32 went in and float64 comes out.")
def jacobian_upcast(x, d, net):
    return right_jacobian(x.astype(np.float64), d, net)


@misconception(
    J,
    "You give coupling_f the point as it is, with one axis. It cuts columns, so it wants a batch, (1, m).",
)
def batch_axis_missing(x, d, net):
    return jacobian(lambda point: right_f(point, d, net)[0])(x)


@misconception(
    J,
    "Your Jacobian is zero everywhere: autograd lost track of x on the way. What it differentiates has to be written "
    "with autograd.numpy throughout; plain numpy's functions, np.array(...) of numbers, and float(...) cut the thread.",
)
def thread_cut_by_plain_numpy(x, d, net):
    return np.zeros((len(x), len(x)), x.dtype)


@right_answer(J)
def block_by_block(x, d, net):
    mu, sigma = net(x[None, :d])
    d_mu = jacobian(lambda x1: net(x1[None])[0][0])(x[:d])
    d_sigma = jacobian(lambda x1: net(x1[None])[1][0])(x[:d])
    z2 = (x[d:] - mu[0]) / sigma[0]
    lower_left = -(d_mu + z2[:, None] * d_sigma) / sigma[0][:, None]
    upper = np.hstack([np.eye(d, dtype=x.dtype), np.zeros((d, len(x) - d), x.dtype)])
    return np.vstack([upper, np.hstack([lower_left, np.diag(1 / sigma[0])])])


@right_answer(J)
def row_by_row(x, d, net):
    rows = [jacobian(lambda p, i=i: right_f(p[None], d, net)[0][0, i])(x) for i in range(len(x))]
    return np.array(rows)


@right_answer(J)
def two_sided_differences(x, d, net):
    wide, h = x.astype(np.float64), 1e-5

    def f(point):
        return right_f(point[None], d, net)[0][0]

    columns = [(f(wide + step) - f(wide - step)) / (2 * h) for step in h * np.eye(len(x))]
    return np.array(columns).T.astype(x.dtype)


# ------------------------------------------------------------------ more of each


@misconception(
    F,
    "You multiply by sigma where f divides, and your log_det is that of the multiplication: from data to latent the "
    "spread is taken out.",
)
def f_multiplied_throughout(x, d, net):
    x1, x2, mu, sigma = split(x, d, net)
    return np.concatenate([x1, (x2 - mu) * sigma], axis=1), np.sum(np.log(sigma), axis=1)


@misconception(
    F,
    "You cut x into its even and odd columns. The first d coordinates pass unchanged: the cut lies at column d.",
)
def f_even_and_odd_columns(x, d, net):
    x1, x2 = x[:, ::2], x[:, 1::2]
    mu, sigma = net(x1)
    return np.concatenate([x1, (x2 - mu) / sigma], axis=1), -np.sum(np.log(sigma), axis=1)


@misconception(
    F,
    "You keep sigma above a smallest value of your own. A net may say any sigma > 0; with yours in its place f is no "
    "longer the inverse of g.",
)
def f_sigma_floored(x, d, net):
    x1, x2, mu, sigma = split(x, d, net)
    sigma = np.maximum(sigma, 1e-3)
    return np.concatenate([x1, (x2 - mu) / sigma], axis=1), -np.sum(np.log(sigma), axis=1)


@misconception(
    J,
    "You give net one point without a batch axis. net maps (n, d) to two arrays (n, m − d): one point is a batch of "
    "one, x[None].",
)
def net_without_batch_axis(x, d, net):
    def f(one):
        mu, sigma = net(one[:d])
        return np.concatenate([one[:d], (one[d:] - mu) / sigma])

    return jacobian(f)(x)


@misconception(
    J,
    "Your matrix comes from differences with a step of 1e-3, and has their error. autograd's jacobian is exact.",
)
def differences_of_a_thousandth(x, d, net):
    step = 1e-3
    now = right_f(x[None], d, net)[0][0]
    moved = [right_f((x + step * e)[None], d, net)[0][0] for e in np.eye(len(x), dtype=x.dtype)]
    return np.stack([(there - now) / step for there in moved], axis=1)
