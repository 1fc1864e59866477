"""Graders of exercise 02: momentum and Adam."""

import numpy as np

from minidgm.course.grading import close, dtype, grades, same, shape

LR = 0.1


def numbers(seed, shape, kind=np.float64):
    return np.random.default_rng(seed).standard_normal(shape).astype(kind)


# ------------------------------------------------------------------ momentum


@grades("momentum_step")
def test_momentum_step_from_rest_is_gradient_descent(answer):
    theta, grad = numbers(1, (2, 3)), numbers(2, (2, 3))
    new_theta, velocity = answer.momentum_step(theta, grad, np.zeros((2, 3)), LR, 0.9)
    shape(new_theta, (2, 3), "theta")
    shape(velocity, (2, 3), "velocity")
    close(velocity, grad, "the first velocity, starting at rest, is the gradient itself")
    close(new_theta, theta - LR * grad, "the first step, starting at rest: theta - lr · grad")


@grades("momentum_step")
def test_momentum_step_rolls_on_where_the_gradient_is_zero(answer):
    theta, velocity = np.array([1.0, -2.0, 0.5]), np.array([1.0, 2.0, -4.0])
    new_theta, new_velocity = answer.momentum_step(theta, np.zeros(3), velocity, LR, 0.75)
    close(new_velocity, 0.75 * velocity, "with zero gradient only friction acts: velocity becomes β · velocity")
    close(new_theta, theta - LR * 0.75 * velocity, "with zero gradient theta still moves, by the new velocity")


@grades("momentum_step")
def test_momentum_step_with_beta_zero_forgets_the_past(answer):
    theta, grad, velocity = numbers(3, 4), numbers(4, 4), numbers(5, 4)
    new_theta, new_velocity = answer.momentum_step(theta, grad, velocity, LR, 0.0)
    close(new_velocity, grad, "β = 0: the velocity is the gradient, whatever it was before")
    close(new_theta, theta - LR * grad, "β = 0: a plain gradient step")


@grades("momentum_step")
def test_momentum_step_adds_up_equal_gradients(answer):
    theta, grad, velocity = np.zeros(2), np.array([1.0, -3.0]), np.zeros(2)
    for _ in range(60):
        theta, velocity = answer.momentum_step(theta, grad, velocity, LR, 0.5)
    close(velocity, 2 * grad, "under a constant gradient the velocity grows to grad / (1 - β)")


@grades("momentum_step")
def test_momentum_step_keeps_the_learning_rate_out_of_the_velocity(answer):
    theta, grad, velocity = numbers(6, 3), numbers(7, 3), numbers(8, 3)
    large, small = (answer.momentum_step(theta, grad, velocity, lr, 0.9) for lr in (1.0, 0.01))
    same(small[1], large[1], "the velocity does not depend on lr")
    same(small[0] - theta, (large[0] - theta) / 100, "a hundredth of lr makes a hundredth of the step")


@grades("momentum_step")
def test_momentum_step_follows_the_formula_over_several_steps(answer):
    grads = numbers(9, (5, 2, 2))
    theta, velocity = np.ones((2, 2)), np.zeros((2, 2))
    want_theta, want_velocity = theta, velocity
    for step, grad in enumerate(grads, 1):
        theta, velocity = answer.momentum_step(theta, grad.T, velocity, 0.3, 0.8)
        want_velocity = 0.8 * want_velocity + grad.T
        want_theta = want_theta - 0.3 * want_velocity
        close(velocity, want_velocity, f"velocity after step {step}")
        close(theta, want_theta, f"theta after step {step}")


@grades("momentum_step")
def test_momentum_step_keeps_the_dtype(answer):
    theta, grad, velocity = (numbers(seed, 3, np.float32) for seed in (1, 2, 3))
    new_theta, new_velocity = answer.momentum_step(theta, grad, velocity, LR, 0.9)
    dtype(new_theta, np.float32, "theta in float32")
    dtype(new_velocity, np.float32, "velocity in float32")
    close(new_velocity, 0.9 * velocity.astype(float) + grad, "the new velocity in float32")


# ------------------------------------------------------------------ Adam

BETAS = (0.9, 0.999)


def first_step(answer, grad, eps=1e-10):
    """The change of theta in the first step, from theta = 0."""
    theta, m, v = (np.zeros_like(grad) for _ in range(3))
    return answer.adam_step(theta, grad, m, v, 1, LR, *BETAS, eps)


@grades("adam_step")
def test_adam_step_averages_the_gradient_and_its_square(answer):
    grad, m, v = np.array([2.0, -3.0]), np.array([1.0, 5.0]), np.array([4.0, 0.5])
    theta, new_m, new_v = answer.adam_step(np.zeros(2), grad, m, v, 3, LR, *BETAS, 1e-8)
    for name, array in (("theta", theta), ("m", new_m), ("v", new_v)):
        shape(array, (2,), name)
    close(new_m, 0.9 * m + 0.1 * grad, "m for the next step: β_1 m + (1 - β_1) g, without a hat")
    close(new_v, 0.999 * v + 0.001 * grad**2, "v for the next step: β_2 v + (1 - β_2) g², without a hat")


@grades("adam_step")
def test_adam_step_has_length_lr_at_first(answer):
    grad = np.array([3.0, -3.0, 1e-3, -500.0])
    close(
        first_step(answer, grad)[0],
        -LR * np.sign(grad),
        "the first step moves each coordinate by lr against its gradient, however large that is",
    )


@grades("adam_step")
def test_adam_step_has_length_lr_under_a_constant_gradient(answer):
    grad = np.array([[3.0, -0.5, 20.0]])
    theta, m, v = (np.zeros((1, 3)) for _ in range(3))
    for t in range(1, 6):
        before = theta
        theta, m, v = answer.adam_step(theta, grad, m, v, t, LR, *BETAS, 1e-10)
        wanted = -LR * np.sign(grad)
        close(theta - before, wanted, f"under a constant gradient step {t} moves each coordinate by lr")


@grades("adam_step")
def test_adam_step_does_not_see_the_scale_of_the_loss(answer):
    grads = numbers(1, (4, 3))
    paths = []
    for scale in (1.0, 1000.0):
        theta, m, v = (np.zeros(3) for _ in range(3))
        for t, grad in enumerate(grads, 1):
            theta, m, v = answer.adam_step(theta, scale * grad, m, v, t, LR, *BETAS, 1e-12)
        paths.append(theta)
    same(paths[1], paths[0], "a loss multiplied by 1000 gives the same theta (for a tiny ε)")


@grades("adam_step")
def test_adam_step_treats_coordinates_separately(answer):
    theta, grad, m = (numbers(seed, 4) for seed in (2, 3, 4))
    v = numbers(5, 4) ** 2
    together = answer.adam_step(theta, grad, m, v, 7, LR, *BETAS, 1e-8)[0]
    for i in range(4):
        one = slice(i, i + 1)
        alone = answer.adam_step(theta[one], grad[one], m[one], v[one], 7, LR, *BETAS, 1e-8)[0]
        same(alone, together[one], f"coordinate {i} moves alone as it moves among the others")


@grades("adam_step")
def test_adam_step_adds_eps_to_the_square_root(answer):
    grad, eps = np.array([2.0, -0.01, 1e-4]), 0.05
    got = first_step(answer, grad, eps)[0]
    close(got, -LR * grad / (np.abs(grad) + eps), "the first step with a large ε = 0.05: -lr · g / (|g| + ε)")


@grades("adam_step")
def test_adam_step_follows_the_formula_over_several_steps(answer):
    grads = numbers(6, (6, 3, 2))
    theta, m, v = np.ones((2, 3)), np.zeros((2, 3)), np.zeros((2, 3))
    want, want_m, want_v = theta, m, v
    for t, grad in enumerate(grads, 1):
        theta, m, v = answer.adam_step(theta, grad.T, m, v, t, 0.3, 0.8, 0.95, 0.01)
        want_m, want_v = 0.8 * want_m + 0.2 * grad.T, 0.95 * want_v + 0.05 * grad.T**2
        m_hat, v_hat = want_m / (1 - 0.8**t), want_v / (1 - 0.95**t)
        want = want - 0.3 * m_hat / (np.sqrt(v_hat) + 0.01)
        close(m, want_m, f"m after step {t}")
        close(v, want_v, f"v after step {t}")
        close(theta, want, f"theta after step {t}")


@grades("adam_step")
def test_adam_step_late_in_training_needs_no_correction(answer):
    theta, grad, m, v = np.ones(2), np.array([1.0, -2.0]), np.array([0.5, 1.0]), np.array([4.0, 9.0])
    got = answer.adam_step(theta, grad, m, v, 100_000, LR, *BETAS, 1e-8)[0]
    want = theta - LR * (0.9 * m + 0.1 * grad) / np.sqrt(0.999 * v + 0.001 * grad**2)
    close(got, want, "at t = 100000 the hats change nothing: theta - lr · m / √v")


@grades("adam_step")
def test_adam_step_keeps_the_dtype(answer):
    theta, grad, m = (numbers(seed, 3, np.float32) for seed in (1, 2, 3))
    v = numbers(4, 3, np.float32) ** 2
    got = answer.adam_step(theta, grad, m, v, 2, LR, *BETAS, 1e-8)
    for name, array in zip(("theta", "m", "v"), got):
        dtype(array, np.float32, f"{name} in float32")
    close(got[1], 0.9 * m.astype(float) + 0.1 * grad, "m in float32")
