"""Graders of exercise 05: the Gaussian AR flow.

The nets handed in are curved, and strictly triangular in the order 1..m: column j depends on every column before j.
"""

import autograd.numpy as np

from minidgm.course.grading import (
    Counted,
    Wrong,
    close,
    dtype,
    finite,
    grades,
    numerical_jacobian,
    reference,
    same,
    shape,
)

solution = reference("ex05_gaussian_ar")

SIZES = ((4, 3), (3, 3), (2, 6), (1, 4), (5, 2), (4, 1))


def check_shape(x, m):
    """A net takes (n, m) and nothing else."""
    if np.ndim(x) != 2 or np.shape(x)[1] != m:
        raise ValueError(f"net: expected shape (n, {m}), got {np.shape(x)}")


def make_net(m, low=-0.6, high=0.9):
    """A net x (n, m) -> mu, sigma (n, m); column j has seen x_<j; sigma between e^low and e^high; in x's dtype."""
    rng = np.random.RandomState(m)
    earlier = np.triu(np.ones((m, m)), 1)
    weights, bias = (0.5 + rng.uniform(0, 1, (2, m, m))) * earlier, rng.uniform(-1, 1, (2, m))

    def net(x):
        check_shape(x, m)
        a, b = weights.astype(x.dtype), bias.astype(x.dtype)
        mu = np.dot(np.sin(x), a[0]) + 2 * b[0]
        return mu, np.exp(low + (high - low) * (np.sin(np.dot(x, a[1]) + 2 * b[1]) + 1) / 2)

    return net


def constant_net(mu, sigma):
    """A net that says the same mu (m,) and sigma (m,) for every object."""

    def net(x):
        check_shape(x, len(sigma))
        return np.zeros_like(x) + mu, np.zeros_like(x) + sigma

    return net


def data(n, m, kind=np.float64):
    return (1.5 * np.random.RandomState(100 * n + m).standard_normal((n, m)) + 0.3).astype(kind)


def each_case(call, out):
    """(case, input, net, output, log_det) for sizes of every kind: n = m, one object, m = 1."""
    for n, m in SIZES:
        case, point, net = f"n={n}, m={m}", data(n, m), make_net(m)
        moved, log_det = call(point, net)
        shape(moved, (n, m), f"{out} for {case}")
        shape(log_det, (n,), f"log_det for {case} (one number per object)")
        yield case, point, net, moved, log_det


def at_one_point(f, net):
    """The map (m,) -> (m,) that f makes of one object."""
    return lambda point: f(point[None], net)[0][0]


def check_log_det(call, name, out):
    for case, point, net, _, log_det in each_case(call, out):
        wanted = [
            np.linalg.slogdet(numerical_jacobian(at_one_point(getattr(solution, name), net), one))[1] for one in point
        ]
        close(log_det, np.array(wanted), f"log_det against log|det| of the Jacobian of {name} ({case})")


def check_many_dimensions(call, sign):
    for sigma in (1e-3, 1e3):
        log_det = call(data(2, 200), constant_net(0.0, np.full(200, sigma)))[1]
        name = f"log_det with 200 sigmas of {sigma:g}, whose product is no longer a float,"
        finite(log_det, name)
        close(log_det, np.full(2, sign * 200 * np.log(sigma)), name)


def check_objects_apart(call, name):
    point, net = data(5, 4), make_net(4)
    moved, log_det = call(point, net)
    for i in (0, 2, 4):
        alone = getattr(solution, name)(point[i : i + 1], net)
        close(moved[i : i + 1], alone[0], f"object {i} of a batch of 5 must be mapped as if it were alone")
        close(log_det[i : i + 1], alone[1], f"log_det of object {i} of a batch of 5 must be what it is alone")


def check_views(call, name):
    point, net = np.asfortranarray(data(4, 10))[::-1, ::2], make_net(5)
    moved, log_det = call(point, net)
    wanted = getattr(solution, name)(np.ascontiguousarray(point), net)
    close(moved, wanted[0], f"{name} of an array that is not contiguous")
    close(log_det, wanted[1], f"log_det of {name} for an array that is not contiguous")


def check_dtype(call, name, out):
    point, net = data(3, 4, np.float32), make_net(4)
    moved, log_det = call(point, net)
    dtype(moved, np.float32, f"{out} of {name} in float32")
    dtype(log_det, np.float32, f"log_det of {name} in float32")
    close(moved, getattr(solution, name)(point.astype(np.float64), net)[0], f"{name} in float32", rtol=1e-3)


# ------------------------------------------------------------------ ar_f


@grades("ar_f")
def test_ar_f_standardizes_every_coordinate(answer):
    mu, sigma = np.array([5.0, -3.0, 0.5]), np.array([2.0, 0.25, 1.5])
    x = mu + sigma * np.array([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]])
    z = answer.ar_f(x, constant_net(mu, sigma))[0]
    shape(z, (2, 3), "z for n=2, m=3")
    close(z[0], np.zeros(3), "x = mu must become z = 0")
    close(z[1], np.ones(3), "x = mu + sigma must become z = 1")


@grades("ar_f")
def test_ar_f_takes_mu_and_sigma_from_x(answer):
    for case, x, net, z, _ in each_case(answer.ar_f, "z"):
        mu, sigma = net(x)
        close(z, (x - mu) / sigma, f"z_j must be x_j minus mu_j(x), in units of sigma_j(x) ({case})")


@grades("ar_f")
def test_ar_f_is_undone_by_g(answer):
    for case, x, net, z, _ in each_case(answer.ar_f, "z"):
        close(solution.ar_g(z, net)[0], x, f"g(f(x)) must be x ({case})")


@grades("ar_f")
def test_ar_f_log_det_is_that_of_its_jacobian(answer):
    check_log_det(answer.ar_f, "ar_f", "z")


@grades("ar_f")
def test_ar_f_of_a_linear_net_is_a_gaussian_with_a_triangular_factor(answer):
    factor = np.array([[2.0, 0.0, 0.0], [1.5, 0.5, 0.0], [-1.0, 0.7, 3.0]])  # x = factor · z
    lower = np.tril(factor, -1) @ np.linalg.inv(factor)  # mu = lower · x
    x = data(4, 3)
    z, log_det = answer.ar_f(x, lambda x: (np.dot(x, lower.T), np.zeros_like(x) + np.diag(factor)))
    got = log_det - np.sum(z**2 + np.log(2 * np.pi), axis=1) / 2
    covariance = factor @ factor.T
    distance = np.sum(x * np.linalg.solve(covariance, x.T).T, axis=1)
    wanted = -(distance + np.linalg.slogdet(2 * np.pi * covariance)[1]) / 2
    close(got, wanted, "log N(z; 0, I) + log_det of a linear AR flow is the log-density of a correlated Gaussian")


@grades("ar_f")
def test_ar_f_calls_the_net_once(answer):
    for n, m in ((7, 5), (1, 8), (6, 2)):
        net = Counted(make_net(m))
        answer.ar_f(data(n, m), net)
        if net.calls != 1:
            raise Wrong(f"ar_f called net {net.calls} times for n={n}, m={m}; x is all there, so one call is enough.")


@grades("ar_f")
def test_ar_f_survives_many_dimensions(answer):
    check_many_dimensions(answer.ar_f, -1)


@grades("ar_f")
def test_ar_f_divides_by_sigma_alone(answer):
    x, sigma = data(3, 2), np.array([1e-9, 1e9])
    close(answer.ar_f(x, constant_net(0.0, sigma))[0], x / sigma, "z with sigma = 1e-9 and 1e9", atol=0)


@grades("ar_f")
def test_ar_f_maps_every_object_alone(answer):
    check_objects_apart(answer.ar_f, "ar_f")


@grades("ar_f")
def test_ar_f_takes_arrays_that_are_not_contiguous(answer):
    check_views(answer.ar_f, "ar_f")


@grades("ar_f")
def test_ar_f_keeps_the_dtype(answer):
    check_dtype(answer.ar_f, "ar_f", "z")


# ------------------------------------------------------------------ ar_g


@grades("ar_g")
def test_ar_g_moves_noise_to_mu_and_sigma(answer):
    mu, sigma = np.array([5.0, -3.0, 0.5]), np.array([2.0, 0.25, 1.5])
    x = answer.ar_g(np.array([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]), constant_net(mu, sigma))[0]
    shape(x, (2, 3), "x for n=2, m=3")
    close(x[0], mu, "z = 0 must become x = mu")
    close(x[1], mu + sigma, "z = 1 must become x = mu + sigma")


@grades("ar_g")
def test_ar_g_takes_mu_and_sigma_from_the_x_it_makes(answer):
    for case, z, net, x, _ in each_case(answer.ar_g, "x"):
        mu, sigma = net(x)
        for j in range(z.shape[1]):
            before = f"after {j} right coordinates" if j else "the first, which depends on no other"
            name = f"x[:, {j}] ({before}; {case}) must be sigma · z + mu, with mu and sigma of the x before it"
            close(x[:, j], sigma[:, j] * z[:, j] + mu[:, j], name)


@grades("ar_g")
def test_ar_g_undoes_f(answer):
    for n, m in SIZES:
        x, net = data(n, m), make_net(m)
        close(answer.ar_g(solution.ar_f(x, net)[0], net)[0], x, f"g(f(x)) must be x (n={n}, m={m})")


@grades("ar_g")
def test_ar_g_log_det_is_that_of_its_jacobian(answer):
    check_log_det(answer.ar_g, "ar_g", "x")


@grades("ar_g")
def test_ar_g_log_det_is_minus_that_of_f(answer):
    for case, _, net, x, log_det in each_case(answer.ar_g, "x"):
        same(log_det, -solution.ar_f(x, net)[1], f"log_det of g at z must be minus that of f at x = g(z) ({case})")


@grades("ar_g")
def test_ar_g_calls_the_net_no_more_than_needed(answer):
    for n, m in ((1, 8), (3, 5)):
        net = Counted(make_net(m))
        answer.ar_g(data(n, m), net)
        if net.calls > n * (m + 1):
            raise Wrong(f"ar_g called net {net.calls} times for n={n}, m={m}: one call a coordinate, {m}, is enough.")


@grades("ar_g")
def test_ar_g_survives_many_dimensions(answer):
    check_many_dimensions(answer.ar_g, +1)


@grades("ar_g")
def test_ar_g_maps_every_object_alone(answer):
    check_objects_apart(answer.ar_g, "ar_g")


@grades("ar_g")
def test_ar_g_takes_arrays_that_are_not_contiguous(answer):
    check_views(answer.ar_g, "ar_g")


@grades("ar_g")
def test_ar_g_keeps_the_dtype(answer):
    check_dtype(answer.ar_g, "ar_g", "x")
