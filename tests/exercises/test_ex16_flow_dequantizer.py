"""Graders of exercise 16: the dequantization noise as a flow."""

import numpy as np
from scipy.special import expit

from minidgm.course.grading import Wrong, close, dtype, grades, numerical_jacobian, reference, shape

solution = reference("ex16_flow_dequantizer")


def case(lead, m, dtype=np.float64):
    """(eps, mu, sigma) of the shape (*lead, m), none of them zero or one."""
    rng = np.random.RandomState(sum(lead) + 10 * m)
    eps, mu, log_sigma = rng.standard_normal((3, *lead, m))
    return eps.astype(dtype), (2 * mu + 0.5).astype(dtype), np.exp(0.7 * log_sigma + 0.3).astype(dtype)


CASES = [case(*c) for c in (((4,), 3), ((1,), 2), ((5,), 1), ((3,), 3), ((2, 4), 3), ((), 4))]


def log_normal(eps):
    return -0.5 * eps**2 - 0.5 * np.log(2 * np.pi)


@grades("sigmoid_flow")
def test_sigmoid_flow_returns_noise_and_one_density_per_object(answer):
    for eps, mu, sigma in CASES:
        u, log_q = answer.sigmoid_flow(eps, mu, sigma)
        shape(u, eps.shape, f"u for eps of shape {eps.shape}")
        shape(log_q, eps.shape[:-1], f"log_q for eps of shape {eps.shape} (summed over the last axis)")


@grades("sigmoid_flow")
def test_sigmoid_flow_stays_in_the_unit_cube_and_is_the_sigmoid(answer):
    for eps, mu, sigma in CASES:
        u, _ = answer.sigmoid_flow(eps, mu, sigma)
        if np.min(u) <= 0 or np.max(u) >= 1:
            raise Wrong(
                f"u must lie between 0 and 1: got {np.min(u):.6g} to {np.max(u):.6g}; a cell has no other points."
            )
        close(u, expit(mu + sigma * eps), f"u = sigmoid(mu + sigma · eps) for eps of shape {eps.shape}")


@grades("sigmoid_flow")
def test_sigmoid_flow_has_a_density_that_integrates_to_one(answer):
    eps = np.linspace(-9, 9, 4001)[:, None]
    for mu, sigma in ((0.0, 1.0), (0.7, 0.4), (-1.5, 2.0)):
        u, log_q = answer.sigmoid_flow(eps, np.array([mu]), np.array([sigma]))
        shape(u, (4001, 1), "u for eps of shape (4001, 1)")
        shape(log_q, (4001,), "log_q for eps of shape (4001, 1)")
        area = np.sum((np.exp(log_q[1:]) + np.exp(log_q[:-1])) / 2 * np.diff(u[:, 0]))
        close(area, 1.0, f"∫ q(u) du over the unit interval, for mu={mu}, sigma={sigma}", rtol=1e-4)


@grades("sigmoid_flow")
def test_sigmoid_flow_density_is_the_change_of_variables(answer):
    for eps, mu, sigma in CASES[:4]:
        _, log_q = answer.sigmoid_flow(eps, mu, sigma)
        shape(log_q, eps.shape[:1], f"log_q for eps of shape {eps.shape}")
        for i in range(len(eps)):
            matrix = numerical_jacobian(lambda e, i=i: expit(mu[i] + sigma[i] * e), eps[i])  # noqa: B023
            wanted = np.sum(log_normal(eps[i])) - np.linalg.slogdet(matrix)[1]
            name = f"log_q[{i}] for m={eps.shape[1]}: log N(eps) minus log|det| of the numerical Jacobian of eps → u"
            close(log_q[i], wanted, name)


@grades("sigmoid_flow")
def test_sigmoid_flow_adds_up_over_dimensions(answer):
    eps, mu, sigma = case((3,), 4)
    _, whole = answer.sigmoid_flow(eps, mu, sigma)
    parts = sum(solution.sigmoid_flow(eps[:, [j]], mu[:, [j]], sigma[:, [j]])[1] for j in range(4))
    close(whole, parts, "Independent coordinates: log_q of four is the sum of the four one-dimensional ones")


@grades("sigmoid_flow")
def test_sigmoid_flow_broadcasts_mu_and_sigma(answer):
    eps, _, _ = case((5, 4), 3)
    for lead in ((4,), (), (1,)):
        _, mu, sigma = case(lead, 3)
        if lead == (1,):
            sigma = case((4,), 1)[2]  # one scale for all dimensions of an object
        u, log_q = answer.sigmoid_flow(eps, mu, sigma)
        wanted = solution.sigmoid_flow(eps, *np.broadcast_arrays(mu + 0 * eps, sigma + 0 * eps))
        close(u, wanted[0], f"u for eps of shape (5, 4, 3), mu {mu.shape}, sigma {sigma.shape}")
        close(log_q, wanted[1], f"log_q for eps of shape (5, 4, 3), mu {mu.shape}, sigma {sigma.shape}")


@grades("sigmoid_flow")
def test_sigmoid_flow_keeps_the_digits_of_small_noise(answer):
    mu = np.array([[-50.0, -300.0, -3.0]])
    u, _ = answer.sigmoid_flow(np.full((1, 3), 0.5), mu, np.full((1, 3), 2.0))
    close(u, expit(mu + 1), "u for a = −49, −299, −2: small, but with all its digits", rtol=1e-9, atol=0)


@grades("sigmoid_flow")
def test_sigmoid_flow_density_survives_the_tails(answer):
    eps, sigma = np.array([[1.0], [-1.0], [2.0], [0.5]]), np.array([[5.0], [3.0], [0.1], [1e-6]])
    mu = np.array([[995.0], [-997.0], [39.8], [-60.0]])
    _, log_q = answer.sigmoid_flow(eps, mu, sigma)
    a = np.abs(mu + sigma * eps)
    wanted = (log_normal(eps) - np.log(sigma) + a + 2 * np.log1p(np.exp(-a)))[:, 0]
    message = "log_q for a = 1000, −1000, 40, −60, where u has rounded to 0 or 1 but log q is an ordinary number"
    close(log_q, wanted, message, rtol=1e-9)


@grades("sigmoid_flow")
def test_sigmoid_flow_keeps_float32(answer):
    eps, mu, sigma = case((4,), 3, np.float32)
    u, log_q = answer.sigmoid_flow(eps, mu, sigma)
    dtype(u, np.float32, "u for float32 arguments")
    dtype(log_q, np.float32, "log_q for float32 arguments")
    wanted = solution.sigmoid_flow(eps.astype(float), mu.astype(float), sigma.astype(float))
    close(u, wanted[0], "u in float32")
    close(log_q, wanted[1], "log_q in float32", atol=1e-5)


@grades("sigmoid_flow")
def test_sigmoid_flow_density_survives_the_tails_in_float32(answer):
    mu = np.array([[30.0], [-200.0]], np.float32)
    _, log_q = answer.sigmoid_flow(np.zeros((2, 1), np.float32), mu, np.ones((2, 1), np.float32))
    close(log_q, log_normal(0.0) + np.array([30.0, 200.0]), "log_q in float32 for a = 30, −200")
