"""Exercise 02: what students answer, wrong and right."""

import numpy as np

from minidgm.course.bank import misconception, right_answer

# ------------------------------------------------------------------ momentum


@misconception(
    "momentum_step",
    "Theta moves by the gradient alone: you compute the velocity and hand it back, but the step never uses it. That "
    "is plain gradient descent.",
)
def velocity_not_used(theta, grad, velocity, lr, beta):
    return theta - lr * grad, beta * velocity + grad


@misconception(
    "momentum_step",
    "You move theta before you update the velocity, so every step lags one gradient behind, and the first one does "
    "not move at all. The formula's second line takes the new v.",
)
def old_velocity_used(theta, grad, velocity, lr, beta):
    return theta - lr * velocity, beta * velocity + grad


@misconception(
    "momentum_step",
    "Your velocity is an average, β v + (1 - β) g, as in Adam. Momentum sums: a constant gradient builds up to g / (1 "
    "- β), while your steps stay the size of plain gradient descent.",
)
def velocity_as_an_average(theta, grad, velocity, lr, beta):
    velocity = beta * velocity + (1 - beta) * grad
    return theta - lr * velocity, velocity


@misconception(
    "momentum_step",
    "The learning rate went into the velocity: the path is the same as long as lr is constant, and wrong once a "
    "schedule changes it, since old steps keep their old lr. Where does lr stand in the formula?",
)
def lr_inside_the_velocity(theta, grad, velocity, lr, beta):
    velocity = beta * velocity + lr * grad
    return theta - velocity, velocity


@misconception(
    "momentum_step",
    "Your velocity points downhill and contains lr (v ← β v - lr g, θ ← θ + v). Books write it so too, but whoever "
    "calls this function passes the other velocity, a sum of gradients.",
)
def velocity_points_downhill(theta, grad, velocity, lr, beta):
    velocity = beta * velocity - lr * grad
    return theta + velocity, velocity


@misconception(
    "momentum_step", "You climb: theta moves along the gradient, and the loss grows. Look at the sign in front of lr."
)
def uphill(theta, grad, velocity, lr, beta):
    velocity = beta * velocity + grad
    return theta + lr * velocity, velocity


@misconception(
    "momentum_step",
    "Theta moves rightly, but you return the velocity you were given: the next step then knows nothing of this "
    "gradient.",
)
def velocity_not_updated(theta, grad, velocity, lr, beta):
    return theta - lr * (beta * velocity + grad), velocity


@misconception(
    "momentum_step",
    "You look ahead: g + β v with the new v is Nesterov's momentum. It is a good method, and another one than the "
    "formula asks for.",
)
def nesterov(theta, grad, velocity, lr, beta):
    velocity = beta * velocity + grad
    return theta - lr * (grad + beta * velocity), velocity


@misconception(
    "momentum_step",
    "Your β multiplies the gradient; the old velocity is kept whole and never forgets. β is the friction: what is it "
    "that has to fade?",
)
def beta_on_the_gradient(theta, grad, velocity, lr, beta):
    velocity = velocity + beta * grad
    return theta - lr * velocity, velocity


@misconception(
    "momentum_step",
    "β and 1 - β are exchanged, and the result is an average besides: with β = 0.9 you keep a tenth of the past "
    "instead of nine tenths.",
)
def beta_exchanged(theta, grad, velocity, lr, beta):
    velocity = (1 - beta) * velocity + beta * grad
    return theta - lr * velocity, velocity


@misconception("momentum_step", "You return the two arrays in the wrong order: first theta, then the velocity.")
def velocity_first(theta, grad, velocity, lr, beta):
    velocity = beta * velocity + grad
    return velocity, theta - lr * velocity


@misconception(
    "momentum_step",
    "You update the caller's arrays in place (`*=`, `+=`, `-=`). This function gets its state and returns a new one: "
    "make new arrays.",
)
def momentum_in_place(theta, grad, velocity, lr, beta):
    velocity *= beta
    velocity += grad
    theta -= lr * velocity
    return theta, velocity


@misconception(
    "momentum_step",
    "float32 parameters came back as float64. Look for the conversion, or for a float64 array you made on the way.",
)
def momentum_upcast(theta, grad, velocity, lr, beta):
    velocity = beta * velocity + np.asarray(grad, np.float64)
    return theta - lr * velocity, velocity


@misconception(
    "momentum_step",
    "You subtract the gradient from the velocity, and the velocity from theta: two minus signs make theta climb, "
    "while the old velocity pulls the other way.",
)
def gradient_subtracted(theta, grad, velocity, lr, beta):
    velocity = beta * velocity - grad
    return theta - lr * velocity, velocity


@right_answer("momentum_step")
def parts_added_one_by_one(theta, grad, velocity, lr, beta):
    return theta - lr * beta * velocity - lr * grad, grad + velocity * beta


@right_answer("momentum_step")
def number_by_number(theta, grad, velocity, lr, beta):
    new_theta, new_velocity = np.empty_like(theta), np.empty_like(velocity)
    for i in np.ndindex(theta.shape):
        new_velocity[i] = beta * velocity[i] + grad[i]
        new_theta[i] = theta[i] - lr * new_velocity[i]
    return new_theta, new_velocity


@right_answer("momentum_step")
def copies_changed_in_place(theta, grad, velocity, lr, beta):
    theta, velocity = theta.copy(), velocity.copy()
    velocity *= beta
    velocity += grad
    theta -= lr * velocity
    return theta, velocity


# ------------------------------------------------------------------ Adam


def adam(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


def averages(grad, m, v, beta1, beta2):
    return beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2


@misconception(
    "adam_step",
    "You leave the hats out: m and v start at zero, v is too small far longer than m, and the first steps come out "
    "several times lr. What does dividing by 1 - β^t undo?",
)
def no_bias_correction(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(grad, m, v, beta1, beta2)
    return theta - lr * m / (np.sqrt(v) + eps), m, v


@misconception(
    "adam_step",
    "Only m gets its hat. v started at zero too, and is about a thousandth of g² after the first step: the step comes "
    "out far too long.",
)
def only_m_corrected(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(grad, m, v, beta1, beta2)
    return theta - lr * m / (1 - beta1**t) / (np.sqrt(v) + eps), m, v


@misconception(
    "adam_step",
    "Only v gets its hat. m started at zero too: the first step has a tenth of the length it should have.",
)
def only_v_corrected(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(grad, m, v, beta1, beta2)
    return theta - lr * m / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@misconception(
    "adam_step",
    "You hand back the corrected averages, so the next step corrects what is corrected already. The hats serve this "
    "step only; which arrays go on?",
)
def hats_returned(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(grad, m, v, beta1, beta2)
    m, v = m / (1 - beta1**t), v / (1 - beta2**t)
    return theta - lr * m / (np.sqrt(v) + eps), m, v


@misconception(
    "adam_step",
    "The m you hand back has its hat on, v has not: the next step corrects what is corrected already. The hats serve "
    "this step only.",
)
def hat_of_m_returned(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(grad, m, v, beta1, beta2)
    m = m / (1 - beta1**t)
    return theta - lr * m / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@misconception(
    "adam_step",
    "Your v averages the gradient, not its square: its root is NaN as soon as an average is negative. v is the "
    "typical size of g, squared.",
)
def v_without_the_square(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad
    return theta - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@misconception(
    "adam_step",
    "You divide by v̂, not by its square root: g / g² grows when gradients shrink, and the step depends on the scale "
    "of the loss.",
)
def no_square_root(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(grad, m, v, beta1, beta2)
    return theta - lr * (m / (1 - beta1**t)) / (v / (1 - beta2**t) + eps), m, v


@misconception(
    "adam_step",
    "Your ε stands under the root: √(v̂ + ε) instead of √v̂ + ε. With ε = 1e-8 the first is like adding 1e-4, and "
    "small gradients stop counting.",
)
def eps_under_the_root(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(grad, m, v, beta1, beta2)
    return theta - lr * (m / (1 - beta1**t)) / np.sqrt(v / (1 - beta2**t) + eps), m, v


@misconception(
    "adam_step",
    "Your ε stands under the root, and is added to v before v has its hat. It belongs outside: √v̂ + ε.",
)
def eps_under_the_root_before_the_hat(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(grad, m, v, beta1, beta2)
    return theta - lr * (1 - beta2**t) ** 0.5 / (1 - beta1**t) * m / np.sqrt(v + eps), m, v


@misconception(
    "adam_step",
    "You add ε to √v before v has its hat, so the correction multiplies ε too: thirty times at first for β_2 = 0.999, "
    "and less with every step. (The paper mentions this faster form and says that its ε is another one.)",
)
def eps_before_the_hat(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(grad, m, v, beta1, beta2)
    return theta - lr * (1 - beta2**t) ** 0.5 / (1 - beta1**t) * m / (np.sqrt(v) + eps), m, v


@misconception(
    "adam_step",
    "Your power is one too high: t starts at 1 and is the number of this very step, so after the first one the "
    "averages hold 1 - β of the gradient.",
)
def one_power_too_high(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(grad, m, v, beta1, beta2)
    return theta - lr * (m / (1 - beta1 ** (t + 1))) / (np.sqrt(v / (1 - beta2 ** (t + 1))) + eps), m, v


@misconception(
    "adam_step",
    "Your power is one too low: at t = 1 you divide by 1 - β^0 = 0. t counts the step that is being made, not those "
    "already done.",
)
def one_power_too_low(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(grad, m, v, beta1, beta2)
    return theta - lr * (m / (1 - beta1 ** (t - 1))) / (np.sqrt(v / (1 - beta2 ** (t - 1))) + eps), m, v


@misconception(
    "adam_step",
    "You divide by 1 - β · t, which soon is negative; the weight that has been gathered after t steps is 1 - β to the "
    "power t.",
)
def beta_times_t(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(grad, m, v, beta1, beta2)
    return theta - lr * (m / (1 - beta1 * t)) / (np.sqrt(v / (1 - beta2 * t)) + eps), m, v


@misconception(
    "adam_step",
    "You divide by 1 - β without the power t: right in the first step, and in every later one the averages are blown "
    "up, though they need less and less correction.",
)
def power_forgotten(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(grad, m, v, beta1, beta2)
    return theta - lr * (m / (1 - beta1)) / (np.sqrt(v / (1 - beta2)) + eps), m, v


@misconception("adam_step", "β_1 and β_2 have changed places: β_1 belongs to m, the slower β_2 to v.")
def betas_exchanged(theta, grad, m, v, t, lr, beta1, beta2, eps):
    return adam(theta, grad, m, v, t, lr, beta2, beta1, eps)


@misconception(
    "adam_step",
    "Your step has the gradient itself above the fraction line: that is RMSprop. Adam moves by the averaged gradient, "
    "m̂.",
)
def gradient_for_m(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(grad, m, v, beta1, beta2)
    return theta - lr * grad / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@misconception("adam_step", "You climb: theta moves along the gradient. Look at the sign in front of lr.")
def adam_uphill(theta, grad, m, v, t, lr, beta1, beta2, eps):
    new_theta, m, v = adam(theta, grad, m, v, t, lr, beta1, beta2, eps)
    return 2 * theta - new_theta, m, v


@misconception(
    "adam_step",
    "Your averages are sums: β v + g without the factor 1 - β, as in momentum. The hats are made for averages, and so "
    "come out too large.",
)
def sums_for_averages(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m, v = beta1 * m + grad, beta2 * v + grad**2
    return theta - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@misconception(
    "adam_step",
    "Your v averages the square of m, not of the gradient: averaging first lets opposite gradients cancel, and their "
    "size is what v should remember.",
)
def square_of_m(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * m**2
    return theta - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@misconception(
    "adam_step",
    "You sum g² over all coordinates, so one large gradient slows all the others down. Adam has one v for each "
    "coordinate.",
)
def one_v_for_all(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * np.sum(grad**2)
    return theta - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@misconception(
    "adam_step",
    "You step with the averages you were given, and put the new gradient in only afterwards: the first step then has "
    "nothing to go by. Averages first, step second.",
)
def step_before_averages(theta, grad, m, v, t, lr, beta1, beta2, eps):
    theta = theta - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
    m, v = averages(grad, m, v, beta1, beta2)
    return theta, m, v


@misconception(
    "adam_step",
    "You return the averages you were given: the next step then knows nothing of this gradient.",
)
def averages_not_updated(theta, grad, m, v, t, lr, beta1, beta2, eps):
    return adam(theta, grad, m, v, t, lr, beta1, beta2, eps)[0], m, v


@misconception("adam_step", "You return m and v in the wrong order: theta, m, v.")
def v_before_m(theta, grad, m, v, t, lr, beta1, beta2, eps):
    theta, m, v = adam(theta, grad, m, v, t, lr, beta1, beta2, eps)
    return theta, v, m


@misconception(
    "adam_step",
    "You update the caller's arrays in place (`*=`, `+=`, `-=`). This function gets its state and returns a new one: "
    "make new arrays.",
)
def adam_in_place(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m *= beta1
    m += (1 - beta1) * grad
    v *= beta2
    v += (1 - beta2) * grad**2
    theta -= lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return theta, m, v


@misconception(
    "adam_step",
    "float32 parameters came back as float64. Look for the conversion, or for a float64 array you made on the way.",
)
def adam_upcast(theta, grad, m, v, t, lr, beta1, beta2, eps):
    return adam(theta, np.asarray(grad, np.float64), m, v, t, lr, beta1, beta2, eps)


@right_answer("adam_step")
def differences_from_the_average(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m = m + (1 - beta1) * (grad - m)
    v = v + (1 - beta2) * (grad * grad - v)
    return theta - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@right_answer("adam_step")
def correction_in_the_learning_rate(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(grad, m, v, beta1, beta2)
    root = (1 - beta2**t) ** 0.5
    return theta - lr * root / (1 - beta1**t) * m / (np.sqrt(v) + eps * root), m, v


@right_answer("adam_step")
def adam_number_by_number(theta, grad, m, v, t, lr, beta1, beta2, eps):
    out = [np.empty_like(theta) for _ in range(3)]
    for i in np.ndindex(theta.shape):
        new = adam(theta[i], grad[i], m[i], v[i], t, lr, beta1, beta2, eps)
        for array, number in zip(out, new):
            array[i] = number
    return tuple(out)


# ------------------------------------------------------------------ more of each


@misconception(
    "momentum_step",
    "Your velocity points downhill (β v − g), and theta adds it. The steps are right when the velocity begins at zero, "
    "but the formula's velocity gathers gradients as they are, v ← β v + g, and theta subtracts it: whoever hands one "
    "in or reads it gets the opposite.",
)
def velocity_downhill_and_added(theta, grad, velocity, lr, beta):
    velocity = beta * velocity - grad
    return theta + lr * velocity, velocity


@misconception(
    "momentum_step",
    "You divide the gradient by its length. Near the minimum gradients get small, and so must the steps; and the "
    "coordinates would no longer be independent of each other.",
)
def gradient_of_length_one(theta, grad, velocity, lr, beta):
    velocity = beta * velocity + grad / (np.linalg.norm(grad) + 1e-12)
    return theta - lr * velocity, velocity


@misconception(
    "adam_step",
    "Your v averages the mean square of all coordinates. Each coordinate has a v of its own: all operations are "
    "elementwise.",
)
def mean_square_of_all_coordinates(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * np.mean(grad**2)
    return theta - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@misconception(
    "adam_step",
    "You average (g − m)², a variance of the gradient. Adam's v averages g² itself: the squares, not the spread.",
)
def square_of_the_difference_from_m(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * (grad - m) ** 2
    return theta - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@misconception(
    "adam_step",
    "Two things: you climb (look at the sign in front of lr), and the hats are missing, so that the first steps come "
    "out several times lr.",
)
def uphill_without_the_hats(theta, grad, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(grad, m, v, beta1, beta2)
    return theta + lr * m / (np.sqrt(v) + eps), m, v


@misconception(
    "adam_step",
    "You compute with constants of your own, 0.9, 0.999 and 1e-8. They are the usual ones, but here they are "
    "arguments: beta1, beta2 and eps.",
)
def usual_constants(theta, grad, m, v, t, lr, beta1, beta2, eps):
    return adam(theta, grad, m, v, t, lr, 0.9, 0.999, 1e-8)
