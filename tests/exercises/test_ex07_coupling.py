"""Graders of exercise 07: the coupling layer."""

import autograd.numpy as np

from minidgm.course.grading import Counted, Wrong, close, dtype, grades, numerical_jacobian, reference, same, shape

solution = reference("ex07_coupling")
ar_f = reference("ex05_gaussian_ar").ar_f


def check_shape(x1, d):
    """A net takes (n, d) and nothing else."""
    if np.ndim(x1) != 2 or np.shape(x1)[1] != d:
        raise ValueError(f"net: expected shape (n, {d}), got {np.shape(x1)}")


def make_net(d, out, low=-0.5, high=1.0):
    """A net (n, d) -> mu, sigma of shape (n, out), curved, sigma between e^low and e^high; works in x's dtype."""
    rng = np.random.RandomState(d + 10 * out)
    weights, bias = rng.standard_normal((2, d, out)), rng.standard_normal((2, out))

    def net(x1):
        check_shape(x1, d)
        a, b = weights.astype(x1.dtype), bias.astype(x1.dtype)
        mu = 2 * np.tanh(np.dot(x1, a[0]) + b[0]) + 1
        return mu, np.exp(low + (high - low) * (np.sin(np.dot(x1, a[1]) + b[1]) + 1) / 2)

    return net


def constant_net(sigma, out):
    """A net that says mu = 0 and the same sigma everywhere."""
    return lambda x1: (np.zeros((len(x1), out)), np.full((len(x1), out), sigma))


def data(n, m, dtype=np.float64):
    return np.random.RandomState(100 * n + m).standard_normal((n, m)).astype(dtype)


def each_case(call):
    """(x, d, net, z or x, log_det) for sizes of every kind: d below, above and at m/2, one object, two dimensions."""
    for n, m, d in ((3, 4, 2), (4, 6, 3), (5, 5, 2), (3, 7, 5), (1, 4, 1), (2, 2, 1), (5, 3, 2)):
        x, net = data(n, m), make_net(d, m - d)
        moved, log_det = call(x, d, net)
        shape(moved, (n, m), f"The mapped array for n={n}, m={m}, d={d}")
        shape(log_det, (n,), f"log_det for n={n}, m={m}, d={d} (one number per object)")
        yield x, d, net, moved, log_det


def at_one_point(call, d, net):
    """The map (m,) -> (m,) that `call` makes of one object."""
    return lambda point: call(point[None], d, net)[0][0]


def check_log_det(call, name):
    """log_det of the map just applied, against numerical differentiation, object by object."""
    for x, d, net, _, log_det in each_case(call):
        for i in range(len(x)):
            matrix = numerical_jacobian(at_one_point(getattr(solution, name), d, net), x[i])
            wanted = np.linalg.slogdet(matrix)[1]
            case = f"{name} with m={x.shape[1]}, d={d}: log_det[{i}] must be log|det| of the Jacobian of {name} itself"
            close(log_det[i], wanted, case)


def check_single_precision(call, name):
    x = data(4, 5, np.float32)
    net = make_net(2, 3)
    moved, log_det = call(x, 2, net)
    dtype(moved, np.float32, f"The mapped array of {name} for float32 input")
    dtype(log_det, np.float32, f"log_det of {name} for float32 input")
    wide = getattr(solution, name)(x.astype(np.float64), 2, net)
    close(moved, wide[0], f"{name} in float32")
    close(log_det, wide[1], f"log_det of {name} in float32")


def check_small_scales(call, name, sign):
    x = data(2, 502)
    for power in (-3.0, 3.0):  # a product of 500 such sigmas is 1e-1500 or 1e1500
        _, log_det = call(x, 2, constant_net(10.0**power, 500))
        wanted = np.full(2, sign * 500 * np.log(10.0**power))
        close(log_det, wanted, f"{name}: log_det with 500 sigmas of 1e{power:+.0f}, whose product is no longer a float")


def check_tiny_sigma(call, name, wanted):
    moved, _ = call(data(3, 3), 1, constant_net(1e-9, 2))
    close(moved, wanted, f"{name} with sigma = 1e-9, a sigma like any other", atol=1e-15)


def check_one_pass(call, name):
    net = Counted(make_net(3, 9))
    call(data(1, 12), 3, net)
    if net.calls > 2:
        raise Wrong(f"{name} called net {net.calls} times for one object of m=12: a coupling layer needs one pass.")


def check_views(call, name):
    x, net = np.asfortranarray(data(4, 10))[::-1, ::2], make_net(2, 3)
    moved, log_det = call(x, 2, net)
    wanted = getattr(solution, name)(np.ascontiguousarray(x), 2, net)
    close(moved, wanted[0], f"{name} on a strided view of an array")
    close(log_det, wanted[1], f"log_det of {name} on a strided view of an array")


# ------------------------------------------------------------------ coupling_f


@grades("coupling_f")
def test_coupling_f_keeps_the_first_d_coordinates(answer):
    for x, d, _, z, _ in each_case(answer.coupling_f):
        close(z[:, :d], x[:, :d], f"z[:, :{d}] with m={x.shape[1]}, d={d}: the first d coordinates must pass unchanged")


@grades("coupling_f")
def test_coupling_f_standardizes_the_second_part(answer):
    for x, d, net, z, _ in each_case(answer.coupling_f):
        mu, sigma = net(x[:, :d])
        case = f"with m={x.shape[1]}, d={d}"
        close(z[:, d:], (x[:, d:] - mu) / sigma, f"z_2 {case}: x_2 minus mu(x_1), in units of sigma(x_1)")


@grades("coupling_f")
def test_coupling_f_is_undone_by_g(answer):
    for x, d, net, z, _ in each_case(answer.coupling_f):
        back, _ = solution.coupling_g(z, d, net)
        close(back, x, f"g(f(x)) with m={x.shape[1]}, d={d} must give x back")


@grades("coupling_f")
def test_coupling_f_log_det_is_that_of_its_jacobian(answer):
    check_log_det(answer.coupling_f, "coupling_f")


@grades("coupling_f")
def test_coupling_f_is_an_ar_flow_whose_net_sees_the_first_part_only(answer):
    for x, d, net, z, log_det in each_case(answer.coupling_f):

        def ar_net(
            x, d=d, net=net
        ):  # mu = 0 and sigma = 1 for the first d, what the coupling's net says for the others
            mu, sigma = net(x[:, :d])
            return np.concatenate([0 * x[:, :d], mu], axis=1), np.concatenate([1 + 0 * x[:, :d], sigma], axis=1)

        wanted, wanted_log_det = ar_f(x, ar_net)
        case = f"m={x.shape[1]}, d={d}, against the AR flow whose net sees the first d coordinates only:"
        close(z, wanted, f"{case} the same z")
        close(log_det, wanted_log_det, f"{case} the same log_det")


@grades("coupling_f")
def test_coupling_f_treats_every_object_by_itself(answer):
    x, net = data(6, 5), make_net(2, 3)
    z, log_det = answer.coupling_f(x, 2, net)
    for i in (0, 3, 5):
        one, one_log_det = solution.coupling_f(x[i : i + 1], 2, net)
        close(z[i : i + 1], one, f"z[{i}] in a batch of 6 must be what object {i} gets alone")
        close(log_det[i : i + 1], one_log_det, f"log_det[{i}] in a batch of 6 must be what object {i} gets alone")


@grades("coupling_f")
def test_coupling_f_survives_many_dimensions(answer):
    check_small_scales(answer.coupling_f, "coupling_f", -1)


@grades("coupling_f")
def test_coupling_f_divides_by_sigma_alone(answer):
    x = data(3, 3)
    check_tiny_sigma(answer.coupling_f, "coupling_f", np.concatenate([x[:, :1], x[:, 1:] / 1e-9], axis=1))


@grades("coupling_f")
def test_coupling_f_keeps_float32(answer):
    check_single_precision(answer.coupling_f, "coupling_f")


@grades("coupling_f")
def test_coupling_f_takes_one_pass(answer):
    check_one_pass(answer.coupling_f, "coupling_f")


@grades("coupling_f")
def test_coupling_f_takes_strided_views(answer):
    check_views(answer.coupling_f, "coupling_f")


# ------------------------------------------------------------------ coupling_g


@grades("coupling_g")
def test_coupling_g_keeps_the_first_d_coordinates(answer):
    for z, d, _, x, _ in each_case(answer.coupling_g):
        close(x[:, :d], z[:, :d], f"x[:, :{d}] with m={z.shape[1]}, d={d}: the first d coordinates must pass unchanged")


@grades("coupling_g")
def test_coupling_g_undoes_f(answer):
    for x, d, net, _, _ in each_case(solution.coupling_f):
        z, _ = solution.coupling_f(x, d, net)
        back, _ = answer.coupling_g(z, d, net)
        close(back, x, f"g(f(x)) with m={x.shape[1]}, d={d} must give x back")


@grades("coupling_g")
def test_coupling_g_log_det_is_that_of_its_jacobian(answer):
    check_log_det(answer.coupling_g, "coupling_g")


@grades("coupling_g")
def test_coupling_g_log_det_is_minus_that_of_f(answer):
    for z, d, net, x, log_det in each_case(answer.coupling_g):
        _, there = solution.coupling_f(x, d, net)
        same(log_det, -there, f"m={z.shape[1]}, d={d}: log_det of g at z must be minus log_det of f at x = g(z)")


@grades("coupling_g")
def test_coupling_g_treats_every_object_by_itself(answer):
    z, net = data(6, 5), make_net(2, 3)
    x, log_det = answer.coupling_g(z, 2, net)
    for i in (0, 3, 5):
        one, one_log_det = solution.coupling_g(z[i : i + 1], 2, net)
        close(x[i : i + 1], one, f"x[{i}] in a batch of 6 must be what object {i} gets alone")
        close(log_det[i : i + 1], one_log_det, f"log_det[{i}] in a batch of 6 must be what object {i} gets alone")


@grades("coupling_g")
def test_coupling_g_survives_many_dimensions(answer):
    check_small_scales(answer.coupling_g, "coupling_g", 1)


@grades("coupling_g")
def test_coupling_g_multiplies_by_sigma_alone(answer):
    z = data(3, 3)
    check_tiny_sigma(answer.coupling_g, "coupling_g", np.concatenate([z[:, :1], z[:, 1:] * 1e-9], axis=1))


@grades("coupling_g")
def test_coupling_g_keeps_float32(answer):
    check_single_precision(answer.coupling_g, "coupling_g")


@grades("coupling_g")
def test_coupling_g_takes_one_pass(answer):
    check_one_pass(answer.coupling_g, "coupling_g")


@grades("coupling_g")
def test_coupling_g_takes_strided_views(answer):
    check_views(answer.coupling_g, "coupling_g")


# ------------------------------------------------------------------ coupling_jacobian


def each_point(answer):
    """(d, matrix, numerical Jacobian of f) at points of every kind of size."""
    for m, d in ((6, 3), (5, 2), (4, 3), (4, 1), (2, 1)):
        x, net = data(1, m)[0], make_net(d, m - d)
        matrix = answer.coupling_jacobian(x, d, net)
        shape(matrix, (m, m), f"The Jacobian for m={m}, d={d}")
        yield m, d, matrix, numerical_jacobian(at_one_point(solution.coupling_f, d, net), x)


@grades("coupling_jacobian")
def test_coupling_jacobian_upper_blocks_are_identity_and_zero(answer):
    for m, d, matrix, _ in each_point(answer):
        wanted = np.eye(m)[:d]
        close(matrix[:d], wanted, f"m={m}, d={d}, rows of z_1 (row i, column j is ∂z_i/∂x_j): z_1 = x_1 says [I 0]")


@grades("coupling_jacobian")
def test_coupling_jacobian_lower_right_block_is_diagonal(answer):
    for m, d, matrix, wanted in each_point(answer):
        close(
            matrix[d:, d:], wanted[d:, d:], f"m={m}, d={d}, the block ∂z_2/∂x_2: each z_2 moves with its own x_2 only"
        )


@grades("coupling_jacobian")
def test_coupling_jacobian_lower_left_block_holds_the_net(answer):
    for m, d, matrix, wanted in each_point(answer):
        message = f"m={m}, d={d}, the block ∂z_2/∂x_1: mu and sigma both move with x_1"
        close(matrix[d:, :d], wanted[d:, :d], message, atol=1e-7)


@grades("coupling_jacobian")
def test_coupling_jacobian_has_the_determinant_of_f(answer):
    x, net = data(1, 7)[0], make_net(3, 4)
    matrix = answer.coupling_jacobian(x, 3, net)
    shape(matrix, (7, 7), "The Jacobian for m=7, d=3")
    log_det = solution.coupling_f(x[None], 3, net)[1][0]
    close(np.linalg.slogdet(matrix)[1], log_det, "log|det| of the matrix must be log_det of coupling_f")


@grades("coupling_jacobian")
def test_coupling_jacobian_keeps_float32(answer):
    x, net = data(1, 5, np.float32)[0], make_net(2, 3)
    matrix = answer.coupling_jacobian(x, 2, net)
    shape(matrix, (5, 5), "The Jacobian for m=5, d=2")
    dtype(matrix, np.float32, "The Jacobian for float32 input")
    close(matrix, solution.coupling_jacobian(x.astype(float), 2, net), "The Jacobian in float32", atol=1e-3)
