"""Exercise 02 as new users answer it."""

import numpy as np

from minidgm.course.bank import misconception as wrong
from minidgm.course.bank import right_answer as right

M, A = "momentum_step", "adam_step"


@wrong(M, "the learning rate inside the velocity")
def lr_in_velocity(theta, grad, velocity, lr, beta):
    velocity = beta * velocity + lr * grad
    return theta - velocity, velocity


@wrong(M, "an average: (1 - beta) times the gradient")
def averaged(theta, grad, velocity, lr, beta):
    velocity = beta * velocity + (1 - beta) * grad
    return theta - lr * velocity, velocity


@wrong(M, "the old velocity moves the parameters")
def old_velocity(theta, grad, velocity, lr, beta):
    return theta - lr * velocity, beta * velocity + grad


@wrong(M, "uphill")
def uphill(theta, grad, velocity, lr, beta):
    v = beta * velocity + grad
    return theta + lr * v, v


@wrong(M, "in place")
def in_place(theta, grad, velocity, lr, beta):
    velocity *= beta
    velocity += grad
    theta -= lr * velocity
    return theta, velocity


@wrong(M, "Nesterov's look ahead")
def nesterov(theta, grad, velocity, lr, beta):
    v = beta * velocity + grad
    return theta - lr * (grad + beta * v), v


@wrong(M, "returns theta only")
def theta_only(theta, grad, velocity, lr, beta):
    v = beta * velocity + grad
    return theta - lr * v


@right(M)
def stacked(theta, grad, velocity, lr, beta):
    v = beta * velocity + grad
    return np.array([theta - lr * v, v])


@wrong(M, "velocity goes downhill already, and theta adds it (sign of the returned velocity)")
def velocity_points_down(theta, grad, velocity, lr, beta):
    v = beta * velocity - grad
    return theta + lr * v, v


@wrong(M, "the gradient normalized to length 1")
def normalized(theta, grad, velocity, lr, beta):
    g = grad / (np.linalg.norm(grad) + 1e-12)
    v = beta * velocity + g
    return theta - lr * v, v


@right(M)
def elementwise_lists(theta, grad, velocity, lr, beta):
    v = np.add(np.multiply(velocity, beta), grad).astype(theta.dtype)
    return np.subtract(theta, np.multiply(v, lr)).astype(theta.dtype), v


@right(M)
def written_apart(theta, grad, velocity, lr, beta):
    out = velocity.copy()
    out *= beta
    out += grad
    return theta + (-lr) * out, out


@wrong(A, "no bias correction")
def no_hats(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - lr * m / (np.sqrt(v) + eps), m, v


@wrong(A, "the hats go on as the state")
def hats_returned(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m = (beta1 * m + (1 - beta1) * grad) / (1 - beta1**t)
    v = (beta2 * v + (1 - beta2) * grad**2) / (1 - beta2**t)
    return theta - lr * m / (np.sqrt(v) + eps), m, v


@wrong(A, "eps inside the root")
def eps_inside(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - lr * (m / (1 - beta1**t)) / np.sqrt(v / (1 - beta2**t) + eps), m, v


@wrong(A, "division by v, not by its root")
def no_root(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - lr * (m / (1 - beta1**t)) / (v / (1 - beta2**t) + eps), m, v


@wrong(A, "t + 1 in the powers")
def t_plus_one(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - lr * (m / (1 - beta1 ** (t + 1))) / (np.sqrt(v / (1 - beta2 ** (t + 1))) + eps), m, v


@wrong(A, "betas exchanged")
def betas_exchanged(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m = beta2 * m + (1 - beta2) * grad
    v = beta1 * v + (1 - beta1) * grad**2
    return theta - lr * (m / (1 - beta2**t)) / (np.sqrt(v / (1 - beta1**t)) + eps), m, v


@wrong(A, "mean of squares over all coordinates")
def one_v_for_all(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * np.mean(grad**2)
    return theta - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@wrong(A, "own default constants")
def defaults(theta, grad, m, v, t, lr, beta1, beta2, eps):
    b1, b2 = 0.9, 0.999
    m = b1 * m + (1 - b1) * grad
    v = b2 * v + (1 - b2) * grad**2
    return theta - lr * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + 1e-8), m, v


@wrong(A, "two mistakes: no hats, uphill")
def uphill_without_hats(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta + lr * m / (np.sqrt(v) + eps), m, v


@wrong(A, "the variance of the gradient: (g - m)^2")
def variance(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * (grad - m) ** 2
    return theta - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@right(A)
def factors_folded(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m = m + (1 - beta1) * (grad - m)
    v = v + (1 - beta2) * (grad * grad - v)
    root = (1 - beta2**t) ** 0.5
    return theta - lr * root / (1 - beta1**t) * m / (np.sqrt(v) + eps * root), m, v


@right(A)
def coordinate_by_coordinate(theta, grad, m, v, t, lr, beta1, beta2, eps):
    new = [np.empty_like(theta) for _ in range(3)]
    for i in np.ndindex(theta.shape):
        new[1][i] = beta1 * m[i] + (1 - beta1) * grad[i]
        new[2][i] = beta2 * v[i] + (1 - beta2) * grad[i] ** 2
        hat_m, hat_v = new[1][i] / (1 - beta1**t), new[2][i] / (1 - beta2**t)
        new[0][i] = theta[i] - lr * hat_m / (np.sqrt(hat_v) + eps)
    return tuple(new)


# ------------------------------------------------------------------ a second trial, after the first was mended


@wrong(M, "weight decay added")
def weight_decay(theta, grad, velocity, lr, beta):
    v = beta * velocity + grad + 1e-2 * theta
    return theta - lr * v, v


@wrong(M, "the gradient clipped to 1")
def clipped_gradient(theta, grad, velocity, lr, beta):
    v = beta * velocity + np.clip(grad, -1, 1)
    return theta - lr * v, v


@wrong(M, "beta and lr exchanged")
def exchanged(theta, grad, velocity, lr, beta):
    v = lr * velocity + grad
    return theta - beta * v, v


@wrong(A, "RMSProp: no first moment")
def rmsprop(theta, grad, m, v, t, lr, beta1, beta2, eps):
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - lr * grad / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@wrong(A, "AMSGrad: the maximum of v")
def amsgrad(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * grad
    v = np.maximum(v, beta2 * v + (1 - beta2) * grad**2)
    return theta - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@wrong(A, "the order of the result: m, v, theta")
def other_order(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return m, v, theta - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)


@wrong(A, "sign of the gradient")
def sign_only(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - lr * np.sign(m), m, v


# ------------------------------------------------------------------ a third trial, after the second was mended


@wrong(A, "m hat squared in the denominator")
def own_square(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * m**2
    return theta - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@wrong(M, "the learning rate decays by itself")
def decays(theta, grad, velocity, lr, beta):
    v = beta * velocity + grad
    return theta - lr * (1 - beta) * v, v
