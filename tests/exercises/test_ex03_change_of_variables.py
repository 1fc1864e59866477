"""Graders of exercise 03: the change of variables."""

import autograd.numpy as np

from minidgm.course.grading import close, dtype, finite, grades, numerical_jacobian, reference, same, shape

solution = reference("ex03_change_of_variables")


def numbers(seed, shape):
    return np.random.RandomState(seed).standard_normal(shape)


# ------------------------------------------------------------------ the affine flow, both ways

SIZES = ((4, 3), (3, 3), (2, 5), (1, 4), (5, 1))


def affine_cases():
    """(name, point, mu, sigma) with every combination of shapes, and sizes of every kind: n = m, one object, m = 1."""
    for n, m in SIZES:
        for mu_shape in ((m,), (n, m)):
            for sigma_shape in ((m,), (n, m)):
                name = f"n={n}, m={m}, mu {mu_shape}, sigma {sigma_shape}"
                point = 3 * numbers(n + m, (n, m)) + 1
                yield name, point, numbers(1, mu_shape) - 2, np.exp(0.7 * numbers(2, sigma_shape) + 0.4)


def row(parameter, i):
    """What a parameter of shape (m,) or (n, m) is for object i alone."""
    return parameter if parameter.ndim == 1 else parameter[i]


def at_one_point(f, mu, sigma):
    """The map (m,) -> (m,) that f makes of one object."""
    return lambda point: f(point[None], mu, sigma)[0][0]


def check_shapes(call, out):
    for name, point, mu, sigma in affine_cases():
        moved, log_det = call(point, mu, sigma)
        shape(moved, point.shape, f"{out} for {name}")
        shape(log_det, point.shape[:1], f"log_det for {name} (one number per object)")


def check_log_det(call, name):
    exact = getattr(solution, name)
    for case, point, mu, sigma in affine_cases():
        log_det = call(point, mu, sigma)[1]
        for i in range(len(point)):
            alone = at_one_point(exact, row(mu, i), row(sigma, i))
            wanted = np.linalg.slogdet(numerical_jacobian(alone, point[i]))[1]
            close(log_det[i], wanted, f"log_det[{i}] against log|det| of the Jacobian of {name} ({case})")


def check_many_dimensions(call, sign):
    point, mu = numbers(3, (2, 500)), numbers(4, 500)
    for scale in (0.1, 10.0):
        sigma = scale * np.exp(0.1 * numbers(5, 500))
        log_det = call(point, mu, sigma)[1]
        name = f"log_det for m=500 and sigma around {scale:g}"
        finite(log_det, name)
        close(log_det, np.full(2, sign * np.sum(np.log(sigma))), name)


def check_dtype(call, out):
    point, mu, sigma = (a.astype(np.float32) for a in (numbers(6, (3, 4)), numbers(7, 4), np.exp(numbers(8, 4))))
    moved, log_det = call(point, mu, sigma)
    dtype(moved, np.float32, f"{out} in float32")
    dtype(log_det, np.float32, "log_det in float32")
    dtype(call(point, mu, np.tile(sigma, (3, 1)))[1], np.float32, "log_det in float32, sigma (n, m)")


@grades("affine_f")
def test_affine_f_returns_latents_and_one_number_per_object(answer):
    check_shapes(answer.affine_f, "z")


@grades("affine_f")
def test_affine_f_standardizes(answer):
    mu, sigma = np.array([5.0, -3.0, 0.5]), np.array([2.0, 0.25, 1.0])
    x = mu + sigma * np.array([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0], [-2.0, -2.0, -2.0]])
    z = answer.affine_f(x, mu, sigma)[0]
    close(z[0], np.zeros(3), "x = mu must become z = 0")
    close(z[1], np.ones(3), "x = mu + sigma, one standard deviation up, must become z = 1")
    close(z[2], -2 * np.ones(3), "x = mu - 2 sigma must become z = -2")


@grades("affine_f")
def test_affine_f_is_undone_by_g(answer):
    for case, x, mu, sigma in affine_cases():
        z = answer.affine_f(x, mu, sigma)[0]
        close(solution.affine_g(z, mu, sigma)[0], x, f"g(f(x)) must be x ({case})", rtol=1e-9)


@grades("affine_f")
def test_affine_f_log_det_is_that_of_its_jacobian(answer):
    check_log_det(answer.affine_f, "affine_f")


@grades("affine_f")
def test_affine_f_survives_many_dimensions(answer):
    check_many_dimensions(answer.affine_f, -1)


@grades("affine_f")
def test_affine_f_takes_arrays_that_are_not_contiguous(answer):
    x, mu, sigma = numbers(9, (4, 6)).T[::2], numbers(10, 8)[::2], np.exp(numbers(11, 8))[::2]
    z, log_det = answer.affine_f(x, mu, sigma)
    close(z, (x - mu) / sigma, "z for sliced and transposed arrays")
    close(log_det, np.full(3, -np.log(sigma).sum()), "log_det for sliced arrays")


@grades("affine_f")
def test_affine_f_keeps_the_dtype(answer):
    check_dtype(answer.affine_f, "z")


@grades("affine_g")
def test_affine_g_returns_data_and_one_number_per_object(answer):
    check_shapes(answer.affine_g, "x")


@grades("affine_g")
def test_affine_g_moves_noise_to_the_data(answer):
    mu, sigma = np.array([5.0, -3.0, 0.5]), np.array([2.0, 0.25, 1.0])
    x = answer.affine_g(np.array([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0], [-2.0, -2.0, -2.0]]), mu, sigma)[0]
    close(x[0], mu, "z = 0 must become x = mu")
    close(x[1], mu + sigma, "z = 1 must become x = mu + sigma")
    close(x[2], mu - 2 * sigma, "z = -2 must become x = mu - 2 sigma")


@grades("affine_g")
def test_affine_g_is_undone_by_f(answer):
    for case, z, mu, sigma in affine_cases():
        x = answer.affine_g(z, mu, sigma)[0]
        close(solution.affine_f(x, mu, sigma)[0], z, f"f(g(z)) must be z ({case})", rtol=1e-9)


@grades("affine_g")
def test_affine_g_log_det_is_that_of_its_jacobian(answer):
    check_log_det(answer.affine_g, "affine_g")


@grades("affine_g")
def test_affine_g_survives_many_dimensions(answer):
    check_many_dimensions(answer.affine_g, +1)


@grades("affine_g")
def test_affine_g_takes_arrays_that_are_not_contiguous(answer):
    z, mu, sigma = numbers(9, (4, 6)).T[::2], numbers(10, 8)[::2], np.exp(numbers(11, 8))[::2]
    x, log_det = answer.affine_g(z, mu, sigma)
    close(x, sigma * z + mu, "x for sliced and transposed arrays")
    close(log_det, np.full(3, np.log(sigma).sum()), "log_det for sliced arrays")


@grades("affine_g")
def test_affine_g_keeps_the_dtype(answer):
    check_dtype(answer.affine_g, "x")


# ------------------------------------------------------------------ the determinant by brute force


def dense_map(m, seed=0):
    """A smooth map (m,) -> (m,) whose Jacobian is full, not symmetric, and in x's dtype."""
    matrix = numbers(seed, (m, m)) + np.eye(m)

    def f(point):
        if np.shape(point) != (m,):
            raise ValueError(f"f: expected one point of shape ({m},), got shape {np.shape(point)}")
        a = matrix.astype(point.dtype)
        return np.dot(a, np.sinh(point)) + point[::-1] ** 2

    return f


@grades("jacobian_log_det")
def test_jacobian_log_det_is_one_number_per_object(answer):
    for n, m in ((4, 3), (3, 3), (1, 2), (5, 1)):
        shape(answer.jacobian_log_det(dense_map(m), numbers(1, (n, m))), (n,), f"jacobian_log_det for n={n}, m={m}")


@grades("jacobian_log_det")
def test_jacobian_log_det_of_a_diagonal_map_is_a_sum_of_logarithms(answer):
    scale, x = np.array([2.0, 0.5, 3.0]), numbers(2, (2, 3))
    got = answer.jacobian_log_det(lambda point: scale * point + 1, x)
    close(got, np.full(2, np.log(3.0)), "log|det| of x -> (2, 0.5, 3) x + 1 at any x is log 3")
    close(answer.jacobian_log_det(lambda point: point + 7, x), np.zeros(2), "a shift stretches nothing: log|det| = 0")


@grades("jacobian_log_det")
def test_jacobian_log_det_does_not_mind_a_negative_determinant(answer):
    x = numbers(3, (3, 2))
    mirror = answer.jacobian_log_det(lambda point: np.array([-2.0, 1.0]) * point, x)
    close(mirror, np.full(3, np.log(2.0)), "x -> (-2 x_1, x_2) turns space over: |det| = 2")
    swap = answer.jacobian_log_det(lambda point: 3 * point[::-1], x)
    close(swap, np.full(3, np.log(9.0)), "x -> (3 x_2, 3 x_1) has zeros on the diagonal: |det| = 9")


@grades("jacobian_log_det")
def test_jacobian_log_det_agrees_with_differences_at_every_object(answer):
    for n, m in ((4, 3), (3, 3), (1, 4)):
        f, x = dense_map(m, m), numbers(4, (n, m))
        wanted = np.array([np.linalg.slogdet(numerical_jacobian(f, point))[1] for point in x])
        close(answer.jacobian_log_det(f, x), wanted, f"log|det| against numerical differentiation (n={n}, m={m})")


@grades("jacobian_log_det")
def test_jacobian_log_det_of_g_is_minus_that_of_f(answer):
    mu, sigma = np.array([1.0, -2.0]), np.array([3.0, 0.2])
    x = numbers(5, (2, 2))
    f = answer.jacobian_log_det(lambda point: np.arcsinh((point - mu) / sigma), x)
    g = answer.jacobian_log_det(lambda point: mu + sigma * np.sinh(point), np.arcsinh((x - mu) / sigma))
    same(f, -g, "log|det| of a map and of its inverse, at the same object, differ in sign only")


@grades("jacobian_log_det")
def test_jacobian_log_det_takes_derivatives_and_not_differences(answer):
    x = 1e6 + numbers(9, (2, 3))
    slope = np.array([0.5, 1.0, 2.0])
    got = answer.jacobian_log_det(lambda point: point + slope * np.sin(point) / 4, x)
    wanted = np.sum(np.log(1 + slope * np.cos(x) / 4), axis=1)
    close(got, wanted, "a wavy map at x near 1e6, where differences of f lose most digits", rtol=1e-10)


@grades("jacobian_log_det")
def test_jacobian_log_det_survives_tiny_and_huge_determinants(answer):
    x = numbers(6, (1, 40))
    mix = numbers(7, (40, 40))
    wanted = np.linalg.slogdet(mix)[1]
    for scale in (1e-10, 1e10):
        got = answer.jacobian_log_det(lambda point, scale=scale: scale * np.dot(mix, point), x)
        close(got, np.array([wanted + 40 * np.log(scale)]), f"log|det| of a map scaled by {scale:g} in 40 dimensions")


@grades("jacobian_log_det")
def test_jacobian_log_det_keeps_the_dtype(answer):
    f, x = dense_map(3), numbers(8, (2, 3)).astype(np.float32)
    got = answer.jacobian_log_det(f, x)
    dtype(got, np.float32, "jacobian_log_det of float32 points")
    wanted = [np.linalg.slogdet(numerical_jacobian(f, point))[1] for point in x]
    close(got, np.array(wanted), "log|det| in float32", rtol=1e-3)


# ------------------------------------------------------------------ the density of a flow


def normal(z):
    return -np.sum(z**2 + np.log(2 * np.pi), axis=1) / 2


def logistic(z):
    return -np.sum(np.abs(z) + 2 * np.log1p(np.exp(-np.abs(z))), axis=1)


def stretch(x):
    """A curved flow: z_j = sinh(a_j x_j) + x_j / 2 + c_j."""
    a, c = np.linspace(0.5, 1.0, x.shape[1]), np.linspace(-0.3, 0.8, x.shape[1])
    return np.sinh(a * x) + x / 2 + c, np.sum(np.log(a * np.cosh(a * x) + 0.5), axis=1)


@grades("flow_log_prob")
def test_flow_log_prob_is_one_number_per_object(answer):
    for n, m in ((4, 2), (3, 3), (1, 2), (5, 1)):
        shape(answer.flow_log_prob(numbers(1, (n, m)), stretch, normal), (n,), f"flow_log_prob for n={n}, m={m}")


@grades("flow_log_prob")
def test_flow_log_prob_of_a_shift_is_the_shifted_base(answer):
    x, shift = numbers(2, (4, 3)), np.array([3.0, -1.0, 0.5])
    for base, name in ((normal, "normal"), (logistic, "logistic")):
        got = answer.flow_log_prob(x, lambda x: (x - shift, np.zeros(len(x))), base)
        close(got, base(x - shift), f"a shift stretches nothing: the {name} base at z = x - shift")


@grades("flow_log_prob")
def test_flow_log_prob_of_a_scaled_normal_is_a_gaussian(answer):
    x, mu, sigma = numbers(3, (5, 2)), np.array([0.5, -1.0]), np.array([0.1, 4.0])
    got = answer.flow_log_prob(x, lambda x: solution.affine_f(x, mu, sigma), normal)
    wanted = -np.sum(((x - mu) / sigma) ** 2 / 2 + np.log(sigma) + np.log(2 * np.pi) / 2, axis=1)
    close(got, wanted, "an affine flow of N(0, I) is N(mu, diag sigma²)")


@grades("flow_log_prob")
def test_flow_log_prob_integrates_to_one(answer):
    line = np.linspace(-12.0, 12.0, 601)[:, None]
    for base, name in ((normal, "normal"), (logistic, "logistic")):
        mass = np.sum(np.exp(answer.flow_log_prob(line, stretch, base))) * (line[1, 0] - line[0, 0])
        close(mass, 1.0, f"the density p(x) on the line, over a {name} base, must integrate to 1", rtol=1e-4)
    axis = np.linspace(-6.0, 6.0, 41)
    plane = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    mass = np.sum(np.exp(answer.flow_log_prob(plane, stretch, normal))) * (axis[1] - axis[0]) ** 2
    close(mass, 1.0, "the density p(x) in the plane must integrate to 1", rtol=1e-4)


@grades("flow_log_prob")
def test_flow_log_prob_is_of_each_object_alone(answer):
    x = numbers(4, (4, 2))
    together = answer.flow_log_prob(x, stretch, logistic)
    for i in range(4):
        alone = answer.flow_log_prob(x[i : i + 1], stretch, logistic)
        close(alone[0], together[i], f"object {i} has the same density alone and in a batch")


@grades("flow_log_prob")
def test_flow_log_prob_keeps_the_dtype(answer):
    x = numbers(6, (3, 2)).astype(np.float32)
    log_prob = answer.flow_log_prob(
        x, lambda x: (2 * x, np.full(len(x), 1.5, x.dtype)), lambda z: -np.sum(z**2, axis=1)
    )
    dtype(log_prob, np.float32, "flow_log_prob in float32")
