"""Exercise 02: optimizers, one step of gradient descent with momentum and one step of Adam.

Every model of the lecture is trained by one of these two, and nothing in them is more than a line of arithmetic:
    momentum   v ← β v + g                    θ ← θ − lr · v
    Adam       m ← β_1 m + (1 − β_1) g        v ← β_2 v + (1 − β_2) g²
               m̂ = m / (1 − β_1^t)            v̂ = v / (1 − β_2^t)
               θ ← θ − lr · m̂ / (√v̂ + ε)
g is the gradient of the loss at θ. All operations are elementwise: a coordinate knows nothing of the others.
(Polyak 1964; Kingma & Ba 2015, algorithm 1.)

An optimizer here is a function: the state comes in and goes out, and nothing is changed in place.
Read afterwards: minidgm/optim.py, where the state lives in an object.
"""

import numpy as np


def momentum_step(theta, grad, velocity, lr, beta):
    """One step of gradient descent with momentum: the velocity gathers gradients, the parameters follow it.

    In a narrow valley gradients point from wall to wall; summed over steps these parts cancel, and the part along the
    valley adds up, to as much as 1 / (1 − β) gradients. The learning rate stays outside the velocity, so a schedule
    that changes lr acts at once.
        v ← β v + g                    θ ← θ − lr · v    (the new v)

    theta, grad, velocity: arrays of one shape, velocity zero before the first step. lr, beta: numbers.
    Returns the new theta and the new velocity, as new arrays of the shape and dtype of theta.

    >>> theta, velocity = np.array([1.0, 2.0]), np.zeros(2)
    >>> theta, velocity = momentum_step(theta, np.array([1.0, -1.0]), velocity, 0.1, 0.5)
    >>> theta, velocity
    (array([0.9, 2.1]), array([ 1., -1.]))
    >>> momentum_step(theta, np.array([1.0, 0.0]), velocity, 0.1, 0.5)
    (array([0.75, 2.15]), array([ 1.5, -0.5]))
    """
    velocity = beta * velocity + grad
    theta = theta - lr * velocity
    return theta, velocity


def adam_step(theta, grad, m, v, t, lr, beta1, beta2, eps):
    """One step of Adam: the averaged gradient, divided by its typical size, coordinate by coordinate.

    The division makes a step's length about lr in every coordinate, however large or small gradients are there. Both
    averages start at zero and so are too small at first, v far more than m (after one step it is (1 − β_2) g², a
    thousandth of g²); the hats undo exactly that. The hats serve this step only: the averages that go on to the next
    step are m and v themselves.
        m ← β_1 m + (1 − β_1) g        v ← β_2 v + (1 − β_2) g²
        m̂ = m / (1 − β_1^t)            v̂ = v / (1 − β_2^t)            θ ← θ − lr · m̂ / (√v̂ + ε)

    theta, grad, m, v: arrays of one shape, m and v zero before the first step. t: the number of this step, starting at
    1. lr, beta1, beta2, eps: numbers. Returns the new theta, m and v, as new arrays of the shape and dtype of theta.

    >>> theta, grad, zero = np.array([1.0, 2.0]), np.array([4.0, -0.5]), np.zeros(2)
    >>> theta, m, v = adam_step(theta, grad, zero, zero, 1, 0.1, 0.9, 0.999, 1e-8)
    >>> np.round(theta, 6), np.round(m, 6), np.round(v, 6)
    (array([0.9, 2.1]), array([ 0.4 , -0.05]), array([0.016  , 0.00025]))
    """
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps)
    return theta, m, v
