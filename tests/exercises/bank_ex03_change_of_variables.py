"""Exercise 03: what students answer, wrong and right."""

import autograd.numpy as np
from autograd import elementwise_grad, jacobian

from minidgm.course.bank import misconception, right_answer

# ------------------------------------------------------------------ affine_f


def total_log(sigma, like):
    """Σ_j log σ_j for each object."""
    return np.sum(np.log(sigma) * np.ones_like(like), axis=1)


@misconception(
    "affine_f",
    "Your log_det is that of g, the way back: dividing by a large σ shrinks space, so log|det ∂z/∂x| must be negative "
    "for σ > 1. A log_det belongs to the map just applied.",
)
def f_with_log_det_of_g(x, mu, sigma):
    return (x - mu) / sigma, total_log(sigma, x)


@misconception(
    "affine_f",
    "You average over the dimensions where the determinant multiplies over them: the log_det of 500 dimensions is a "
    "sum of 500 terms, not their mean.",
)
def f_mean_over_dimensions(x, mu, sigma):
    return (x - mu) / sigma, -total_log(sigma, x) / x.shape[1]


@misconception(
    "affine_f",
    "You sum over the objects of the batch as well as over the dimensions: log_det has one number per object, (n,). A "
    "sum over the batch makes every object's density depend on the others.",
)
def f_batch_summed(x, mu, sigma):
    return (x - mu) / sigma, np.full(len(x), -np.sum(total_log(sigma, x)), x.dtype)


@misconception(
    "affine_f",
    "You sum over everything, objects and dimensions, and return a single number: log_det has one number per object, "
    "(n,), which knows nothing of the other objects.",
)
def f_everything_summed(x, mu, sigma):
    return (x - mu) / sigma, -np.sum(np.log(sigma) * np.ones_like(x))


@misconception(
    "affine_f",
    "You sum over axis 1 of sigma, which it has only when it is (n, m). When it is (m,), one number for all objects "
    "would be left, and (n,) was asked for.",
)
def f_axis_1_of_sigma(x, mu, sigma):
    return (x - mu) / sigma, -np.sum(np.log(sigma), axis=1)


@misconception(
    "affine_f",
    "You return one log_det for the whole batch, a single number: each object has its own, so the shape is (n,), even "
    "when σ is the same for all.",
)
def f_scalar_log_det(x, mu, sigma):
    return (x - mu) / sigma, -np.sum(np.log(sigma))


@misconception(
    "affine_f",
    "You sum the last axis of σ as it came: that gives (n,) when σ is (n, m), and a single number when σ is (m,). "
    "log_det must have one number per object in both cases.",
)
def f_log_det_shaped_by_sigma(x, mu, sigma):
    return (x - mu) / sigma, -np.sum(np.log(sigma), axis=-1)


@misconception(
    "affine_f",
    "Your log_det still has one number per dimension: the determinant of a diagonal matrix is the product of the whole "
    "diagonal.",
)
def f_dimensions_not_summed(x, mu, sigma):
    return (x - mu) / sigma, -np.log(sigma) * np.ones_like(x)


@misconception(
    "affine_f",
    "You return the logarithms of sigma, as many as sigma has: they are still to be summed over the dimensions, and "
    "there is one sum per object.",
)
def f_logarithms_of_sigma_alone(x, mu, sigma):
    return (x - mu) / sigma, -np.log(sigma)


@misconception(
    "affine_f",
    "You compute σ x + μ, the way from latent to data: that is g. f takes the data's mean away and divides by the "
    "data's scale.",
)
def f_and_g_exchanged(x, mu, sigma):
    return sigma * x + mu, total_log(sigma, x)


@misconception(
    "affine_f",
    "You divide before you shift: x/σ - μ. To undo x = σ z + μ the last step has to be undone first.",
)
def f_divided_first(x, mu, sigma):
    return x / sigma - mu, -total_log(sigma, x)


@misconception(
    "affine_f",
    "You multiply by σ where you should divide: data of standard deviation σ then has σ², not 1, in latent space.",
)
def f_multiplied(x, mu, sigma):
    return (x - mu) * sigma, -total_log(sigma, x)


@misconception(
    "affine_f",
    "You treat σ as a variance and divide by its root. In these exercises sigma is the scale itself: x = μ + σ must "
    "land on z = 1.",
)
def f_sigma_as_variance(x, mu, sigma):
    return (x - mu) / np.sqrt(sigma), -total_log(sigma, x) / 2


@misconception(
    "affine_f",
    "You treat sigma as log σ and take its exponential: here it is σ itself, positive already.",
)
def f_sigma_as_logarithm(x, mu, sigma):
    return (x - mu) * np.exp(-sigma), -np.sum(sigma * np.ones_like(x), axis=1)


@misconception(
    "affine_f",
    "Your log_det is half of what it should be: ½ Σ log σ² and Σ log σ are the same, ½ Σ log σ is not.",
)
def f_half_log_det(x, mu, sigma):
    return (x - mu) / sigma, -total_log(sigma, x) / 2


@misconception(
    "affine_f",
    "You multiply all the σ first and take the logarithm of the product: at 500 dimensions the product is 0 or "
    "infinite. The logarithm of a product is a sum of logarithms, which never leaves the range.",
)
def f_log_of_product(x, mu, sigma):
    return (x - mu) / sigma, -np.log(np.prod(sigma * np.ones_like(x), axis=1))


@misconception(
    "affine_f",
    "You return the determinant, not its logarithm. log_det is what is added to a log-density.",
)
def f_determinant_itself(x, mu, sigma):
    return (x - mu) / sigma, np.prod(1 / (sigma * np.ones_like(x)), axis=1)


@misconception(
    "affine_f",
    "Your log_det contains -½ z²: that is the log-density of a Gaussian. The change of volume alone was asked for; "
    "the base distribution adds its density elsewhere.",
)
def f_log_density(x, mu, sigma):
    z = (x - mu) / sigma
    return z, -np.sum(z**2 / 2 + np.log(sigma), axis=1)


@misconception(
    "affine_f",
    "float32 went in and float64 came out: look for a float64 constant, or an array made without a dtype: np.zeros(n) "
    "is float64 unless you tell it otherwise.",
)
def f_upcast(x, mu, sigma):
    return (x - mu) / sigma, -np.sum(np.log(sigma) * np.ones(x.shape), axis=1)


@misconception(
    "affine_f",
    "You shift and scale inside the caller's array (`x -= mu`): the caller still needs its data. Make a new array.",
)
def f_in_place(x, mu, sigma):
    x -= mu
    x /= sigma
    return x, -total_log(sigma, x)


@misconception("affine_f", "You return log_det first and z second: every flow here returns z, log_det.")
def f_log_det_first(x, mu, sigma):
    return -total_log(sigma, x), (x - mu) / sigma


@misconception(
    "affine_f",
    "Every object gets the log_det of the first one: σ may differ from object to object, that is what makes it (n, m).",
)
def f_first_object_for_all(x, mu, sigma):
    return (x - mu) / sigma, np.zeros_like(x[:, 0]) - total_log(sigma, x)[0]


@misconception(
    "affine_f",
    "You sum over axis 0, the objects, and get one number per dimension, (m,). The determinant of one object's "
    "Jacobian is a product over its m dimensions: which axis counts those?",
)
def f_sum_over_the_objects(x, mu, sigma):
    return (x - mu) / sigma, -np.sum(np.log(sigma) * np.ones_like(x), axis=0)


@misconception(
    "affine_f",
    "You sum all of σ as it came, for every object the same. That is right when σ is (m,); when it is (n, m), every "
    "object has its own row of σ and its own log_det.",
)
def f_all_of_sigma_for_everybody(x, mu, sigma):
    return (x - mu) / sigma, -np.sum(np.log(sigma)) * np.ones_like(x[:, 0])


@misconception(
    "affine_f",
    "You divide by σ², the variance. Data of standard deviation σ has 1/σ in latent space then, not 1: divide by σ.",
)
def f_divided_by_the_variance(x, mu, sigma):
    return (x - mu) / sigma**2, -total_log(sigma, x)


@misconception(
    "affine_f",
    "You divide by σ², the variance, and your log_det is that of this map. Data of standard deviation σ has 1/σ in "
    "latent space then, not 1: divide by σ.",
)
def f_of_the_variance_throughout(x, mu, sigma):
    return (x - mu) / sigma**2, -2 * total_log(sigma, x)


@misconception(
    "affine_f",
    "You standardize by the batch's own mean and standard deviation. The map would change with whoever shares the "
    "batch: μ and σ are given.",
)
def f_by_the_batch(x, mu, sigma):
    return (x - np.mean(x, axis=0)) / np.std(x, axis=0), -total_log(sigma, x)


@misconception(
    "affine_f",
    "You take logarithms to the base 2. Log-densities are in nats here, and log_det is added to them: natural "
    "logarithms (bits come last, in reports).",
)
def f_in_bits(x, mu, sigma):
    return (x - mu) / sigma, -total_log(sigma, x) / np.log(np.array(2, x.dtype))


@misconception(
    "affine_f",
    "You take logarithms to the base 10. Log-densities are in nats here: natural logarithms, np.log.",
)
def f_to_the_base_ten(x, mu, sigma):
    return (x - mu) / sigma, -total_log(sigma, x) / np.log(np.array(10, x.dtype))


@misconception(
    "affine_f",
    "You return z as lists. A caller wants to go on with arrays.",
)
def f_as_lists(x, mu, sigma):
    return ((x - mu) / sigma).tolist(), (-total_log(sigma, x)).tolist()


@right_answer("affine_f")
def f_object_by_object(x, mu, sigma):
    z, log_det = np.empty_like(x), np.zeros(len(x), x.dtype)
    for i in range(len(x)):
        for j in range(x.shape[1]):
            m = mu[j] if mu.ndim == 1 else mu[i, j]
            s = sigma[j] if sigma.ndim == 1 else sigma[i, j]
            z[i, j] = (x[i, j] - m) / s
            log_det[i] -= np.log(s)
    return z, log_det


@right_answer("affine_f")
def f_with_log_of_reciprocals(x, mu, sigma):
    scale = np.broadcast_to(1 / sigma, x.shape)
    return (x - mu) * scale, np.log(scale).sum(-1)


@right_answer("affine_f")
def f_with_einsum(x, mu, sigma):
    log_sigma = np.log(np.broadcast_to(sigma, x.shape))
    return np.einsum("nm,nm->nm", x - mu, np.exp(-log_sigma)), -np.einsum("nm->n", log_sigma)


# ------------------------------------------------------------------ affine_g


@misconception(
    "affine_g",
    "Your log_det is that of f, the way back: multiplying by a large σ stretches space, so log|det ∂x/∂z| must be "
    "positive for σ > 1. A log_det belongs to the map just applied.",
)
def g_with_log_det_of_f(z, mu, sigma):
    return sigma * z + mu, -total_log(sigma, z)


@misconception(
    "affine_g",
    "You average over the dimensions where the determinant multiplies over them: the log_det is a sum over all m, not "
    "their mean.",
)
def g_mean_over_dimensions(z, mu, sigma):
    return sigma * z + mu, total_log(sigma, z) / z.shape[1]


@misconception(
    "affine_g",
    "You sum over the objects of the batch as well as over the dimensions: log_det has one number per object, (n,), "
    "and knows nothing of the other objects.",
)
def g_batch_summed(z, mu, sigma):
    return sigma * z + mu, np.full(len(z), np.sum(total_log(sigma, z)), z.dtype)


@misconception(
    "affine_g",
    "You sum over everything, objects and dimensions, and return a single number: log_det has one number per object, "
    "(n,), which knows nothing of the other objects.",
)
def g_everything_summed(z, mu, sigma):
    return sigma * z + mu, np.sum(np.log(sigma) * np.ones_like(z))


@misconception(
    "affine_g",
    "You sum over axis 1 of sigma, which it has only when it is (n, m). When it is (m,), one number for all objects "
    "would be left, and (n,) was asked for.",
)
def g_axis_1_of_sigma(z, mu, sigma):
    return sigma * z + mu, np.sum(np.log(sigma), axis=1)


@misconception(
    "affine_g",
    "You return one log_det for the whole batch, a single number: each object has its own, so the shape is (n,), even "
    "when σ is the same for all.",
)
def g_scalar_log_det(z, mu, sigma):
    return sigma * z + mu, np.sum(np.log(sigma))


@misconception(
    "affine_g",
    "You sum the last axis of σ as it came: that gives (n,) when σ is (n, m), and a single number when σ is (m,). "
    "log_det must have one number per object in both cases.",
)
def g_log_det_shaped_by_sigma(z, mu, sigma):
    return sigma * z + mu, np.sum(np.log(sigma), axis=-1)


@misconception(
    "affine_g",
    "Your log_det still has one number per dimension: the determinant of a diagonal matrix is the product of the whole "
    "diagonal.",
)
def g_dimensions_not_summed(z, mu, sigma):
    return sigma * z + mu, np.log(sigma) * np.ones_like(z)


@misconception(
    "affine_g",
    "You return the logarithms of sigma, as many as sigma has: they are still to be summed over the dimensions, and "
    "there is one sum per object.",
)
def g_logarithms_of_sigma_alone(z, mu, sigma):
    return sigma * z + mu, np.log(sigma)


@misconception(
    "affine_g",
    "You compute (z - μ)/σ, the way from data to latent: that is f. g brings noise to the data's scale and place.",
)
def g_and_f_exchanged(z, mu, sigma):
    return (z - mu) / sigma, -total_log(sigma, z)


@misconception(
    "affine_g",
    "You shift before you scale, σ (z + μ): then z = 0 does not land on μ. f ends with the division by σ, and what it "
    "did last has to be undone first.",
)
def g_shifted_first(z, mu, sigma):
    return sigma * (z + mu), total_log(sigma, z)


@misconception("affine_g", "The shift has the wrong sign: z = 0 must land on μ, not on -μ.")
def g_shift_subtracted(z, mu, sigma):
    return sigma * z - mu, total_log(sigma, z)


@misconception(
    "affine_g",
    "You treat sigma as a variance and multiply by its root. In these exercises sigma is the scale itself: z = 1 must "
    "land on μ + σ.",
)
def g_sigma_as_variance(z, mu, sigma):
    return np.sqrt(sigma) * z + mu, total_log(sigma, z) / 2


@misconception("affine_g", "You treat sigma as log σ and take its exponential: here it is σ itself, positive already.")
def g_sigma_as_logarithm(z, mu, sigma):
    return np.exp(sigma) * z + mu, np.sum(sigma * np.ones_like(z), axis=1)


@misconception(
    "affine_g",
    "You multiply all the σ first and take the logarithm of the product: at 500 dimensions the product is 0 or "
    "infinite. Add logarithms instead.",
)
def g_log_of_product(z, mu, sigma):
    return sigma * z + mu, np.log(np.prod(sigma * np.ones_like(z), axis=1))


@misconception("affine_g", "You return the determinant, not its logarithm. log_det is what is added to a log-density.")
def g_determinant_itself(z, mu, sigma):
    return sigma * z + mu, np.prod(sigma * np.ones_like(z), axis=1)


@misconception(
    "affine_g",
    "float32 went in and float64 came out: look for a float64 constant, or an array made without a dtype: np.zeros(n) "
    "is float64 unless you tell it otherwise.",
)
def g_upcast(z, mu, sigma):
    return sigma * z + mu, np.sum(np.log(sigma) * np.ones(z.shape), axis=1)


@misconception(
    "affine_g",
    "You scale and shift inside the caller's array (`z *= sigma`): the caller still needs its noise. Make a new array.",
)
def g_in_place(z, mu, sigma):
    z *= sigma
    z += mu
    return z, total_log(sigma, z)


@misconception("affine_g", "You return log_det first and x second: every flow here returns x, log_det.")
def g_log_det_first(z, mu, sigma):
    return total_log(sigma, z), sigma * z + mu


@misconception(
    "affine_g",
    "Every object gets the log_det of the first one: σ may differ from object to object, that is what makes it (n, m).",
)
def g_first_object_for_all(z, mu, sigma):
    return sigma * z + mu, np.zeros_like(z[:, 0]) + total_log(sigma, z)[0]


@misconception(
    "affine_g",
    "You sum over axis 0, the objects, and get one number per dimension, (m,). The determinant of one object's "
    "Jacobian is a product over its m dimensions: which axis counts those?",
)
def g_sum_over_the_objects(z, mu, sigma):
    return sigma * z + mu, np.sum(np.log(sigma) * np.ones_like(z), axis=0)


@misconception(
    "affine_g",
    "You sum all of σ as it came, for every object the same. That is right when σ is (m,); when it is (n, m), every "
    "object has its own row of σ and its own log_det.",
)
def g_all_of_sigma_for_everybody(z, mu, sigma):
    return sigma * z + mu, np.sum(np.log(sigma)) * np.ones_like(z[:, 0])


@misconception(
    "affine_g",
    "You multiply by σ², the variance. Noise of standard deviation 1 has to get the standard deviation σ: multiply by "
    "σ.",
)
def g_multiplied_by_the_variance(z, mu, sigma):
    return sigma**2 * z + mu, total_log(sigma, z)


@misconception(
    "affine_g",
    "You take logarithms to the base 2. Log-densities are in nats here, and log_det is added to them: natural "
    "logarithms (bits come last, in reports).",
)
def g_in_bits(z, mu, sigma):
    return sigma * z + mu, total_log(sigma, z) / np.log(np.array(2, z.dtype))


@misconception(
    "affine_g",
    "You take logarithms to the base 10. Log-densities are in nats here: natural logarithms, np.log.",
)
def g_to_the_base_ten(z, mu, sigma):
    return sigma * z + mu, total_log(sigma, z) / np.log(np.array(10, z.dtype))


@right_answer("affine_g")
def g_object_by_object(z, mu, sigma):
    x, log_det = np.empty_like(z), np.zeros(len(z), z.dtype)
    for i in range(len(z)):
        for j in range(z.shape[1]):
            m = mu[j] if mu.ndim == 1 else mu[i, j]
            s = sigma[j] if sigma.ndim == 1 else sigma[i, j]
            x[i, j] = s * z[i, j] + m
            log_det[i] += np.log(s)
    return x, log_det


@right_answer("affine_g")
def g_undoing_the_division(z, mu, sigma):
    reciprocal = np.broadcast_to(1 / sigma, z.shape)
    return z / reciprocal + mu, -np.log(reciprocal).sum(-1)


@right_answer("affine_g")
def g_by_slogdet(z, mu, sigma):
    sigma = np.broadcast_to(sigma, z.shape)
    return np.einsum("nm,nm->nm", sigma, z) + mu, np.linalg.slogdet(np.stack([np.diag(s) for s in sigma]))[1]


# ------------------------------------------------------------------ jacobian_log_det


def at_each_point(f, x, number):
    """number(Jacobian) for each object, in the dtype of x."""
    return np.array([number(jacobian(f)(point)) for point in x], x.dtype)


@misconception(
    "jacobian_log_det",
    "The absolute value is missing: where f turns space over the determinant is negative and its logarithm NaN. "
    "Volumes have no sign.",
)
def log_of_signed_determinant(f, x):
    return at_each_point(f, x, lambda matrix: np.log(np.linalg.det(matrix)))


@misconception(
    "jacobian_log_det",
    "You compute the determinant first and its logarithm second: forty small numbers multiply to 0, forty large ones "
    "to infinity, though the logarithm is an ordinary number. numpy computes the logarithm directly.",
)
def log_of_the_determinant(f, x):
    return at_each_point(f, x, lambda matrix: np.log(np.abs(np.linalg.det(matrix))))


@misconception(
    "jacobian_log_det",
    "You multiply the diagonal alone: that is the determinant of a triangular matrix, as AR flows and coupling layers "
    "have it. This function judges any map, so it may assume nothing.",
)
def diagonal_only(f, x):
    return at_each_point(f, x, lambda matrix: np.sum(np.log(np.abs(np.diag(matrix)))))


@misconception(
    "jacobian_log_det",
    "Your sign is that of the inverse map: f stretching space by 3 must give +log 3.",
)
def of_the_inverse(f, x):
    return at_each_point(f, x, lambda matrix: -np.linalg.slogdet(matrix)[1])


@misconception("jacobian_log_det", "You return |det| itself: take its logarithm, since log-densities add.")
def no_logarithm(f, x):
    return at_each_point(f, x, lambda matrix: np.abs(np.linalg.det(matrix)))


@misconception(
    "jacobian_log_det",
    "slogdet returns two things, and you took the first: that is the sign, +1 or -1.",
)
def sign_of_the_determinant(f, x):
    return at_each_point(f, x, lambda matrix: np.linalg.slogdet(matrix)[0])


@misconception(
    "jacobian_log_det",
    "You add up the batch: one number came back where one number per object, (n,), was asked for.",
)
def one_number_for_the_batch(f, x):
    return np.sum(at_each_point(f, x, lambda matrix: np.linalg.slogdet(matrix)[1]))


@misconception(
    "jacobian_log_det",
    "You give f the whole batch. It maps one point, (m,) to (m,), and its Jacobian at one point is one matrix: take "
    "the objects one by one.",
)
def whole_batch_at_once(f, x):
    return np.linalg.slogdet(jacobian(f)(x))[1]


@misconception(
    "jacobian_log_det",
    "You differentiate at the first object only and repeat the number: right for affine maps, whose Jacobian is the "
    "same everywhere, and for n = 1.",
)
def at_the_first_point_only(f, x):
    return np.full(len(x), np.linalg.slogdet(jacobian(f)(x[0]))[1], x.dtype)


@misconception(
    "jacobian_log_det",
    "elementwise_grad sums each column of the Jacobian: it equals the diagonal for an elementwise map, and is "
    "something else for a map that mixes its inputs.",
)
def by_elementwise_grad(f, x):
    return np.array([np.sum(np.log(np.abs(elementwise_grad(f)(point)))) for point in x], x.dtype)


@misconception(
    "jacobian_log_det",
    "You take the mean over the dimensions: log|det| is already the sum that was asked for.",
)
def divided_by_m(f, x):
    return at_each_point(f, x, lambda matrix: np.linalg.slogdet(matrix)[1] / len(matrix))


@misconception(
    "jacobian_log_det",
    "You hand the point to jacobian as its second argument, which says by which of f's arguments to differentiate. "
    "jacobian(f) is a function: call it at the point.",
)
def point_beside_the_map(f, x):
    return np.array([np.linalg.slogdet(jacobian(f, point))[1] for point in x])


@misconception(
    "jacobian_log_det",
    "You have log det of JᵀJ, which is twice log|det J|: the root is missing.",
)
def of_the_gram_matrix(f, x):
    return at_each_point(f, x, lambda matrix: np.linalg.slogdet(np.dot(matrix.T, matrix))[1])


@misconception(
    "jacobian_log_det",
    "You take the logarithm of the largest stretch alone, the spectral norm; the change of volume is the product of "
    "the stretches in all directions.",
)
def largest_singular_value(f, x):
    return at_each_point(f, x, lambda matrix: np.log(np.linalg.norm(matrix, 2)))


@misconception(
    "jacobian_log_det",
    "You take the logarithm of the trace: the trace is the sum of the diagonal, the determinant changes volumes.",
)
def log_of_the_trace(f, x):
    return at_each_point(f, x, lambda matrix: np.log(np.abs(np.trace(matrix))))


@misconception(
    "jacobian_log_det",
    "float32 points gave float64 log-determinants: look for a float64 constant, or an array made without a dtype: "
    "np.zeros(n) is float64 unless you tell it otherwise.",
)
def log_det_upcast(f, x):
    log_det = np.zeros(len(x))
    for i, point in enumerate(x):
        log_det[i] = np.linalg.slogdet(jacobian(f)(point))[1]
    return log_det


@misconception(
    "jacobian_log_det",
    "You keep both things that slogdet returns, the sign and the logarithm of the absolute value. The second is asked.",
)
def sign_and_logarithm(f, x):
    return at_each_point(f, x, lambda matrix: np.array([*np.linalg.slogdet(matrix)]))


def differences(f, point, h):
    """The Jacobian by central differences of width h."""
    columns = [(f(point + step) - f(point - step)) / (2 * h) for step in h * np.eye(len(point), dtype=point.dtype)]
    return np.stack(columns, axis=-1)


@misconception(
    "jacobian_log_det",
    "You differentiate by differences, (f(x + h) − f(x − h)) / 2h. No h is right everywhere: a large one sees the "
    "curve, a small one loses the digits. autograd's jacobian follows the computation itself, exactly.",
)
def by_small_differences(f, x):
    return np.array([np.linalg.slogdet(differences(f, point, 1e-6))[1] for point in x], x.dtype)


@misconception(
    "jacobian_log_det",
    "You differentiate by differences, (f(x + h) − f(x − h)) / 2h. No h is right everywhere: a large one sees the "
    "curve, a small one loses the digits. autograd's jacobian follows the computation itself, exactly.",
)
def by_differences_of_a_thousandth(f, x):
    return np.array([np.linalg.slogdet(differences(f, point, 1e-3))[1] for point in x], x.dtype)


@misconception(
    "jacobian_log_det",
    "slogdet returns the sign s and l = log|det|, and you return s · l: for a map that turns space over the sign of "
    "your number is turned too. log|det| is l alone.",
)
def sign_times_logarithm(f, x):
    return at_each_point(f, x, lambda matrix: np.prod(np.array([*np.linalg.slogdet(matrix)])))


@right_answer("jacobian_log_det")
def matrices_first(f, x):
    return np.linalg.slogdet(np.stack([jacobian(f)(point) for point in x]))[1]


@right_answer("jacobian_log_det")
def by_singular_values(f, x):
    singular = [np.linalg.svd(jacobian(f)(point), compute_uv=False) for point in x]
    return np.array([np.sum(np.log(s)) for s in singular], x.dtype)


@right_answer("jacobian_log_det")
def half_of_the_gram_matrix(f, x):
    """log det of JᵀJ, halved; in float64, where squaring the condition number does no harm."""
    matrices = [np.asarray(jacobian(f)(point), float) for point in x]
    return np.array([np.linalg.slogdet(np.dot(a.T, a))[1] / 2 for a in matrices], x.dtype)


# ------------------------------------------------------------------ flow_log_prob


@misconception(
    "flow_log_prob",
    "You subtract log_det. f's own log_det is added: where f pulls points apart, more latent mass falls on a small "
    "piece of data space. (It would be subtracted if it were that of g.)",
)
def log_det_subtracted(x, f, base_log_prob):
    z, log_det = f(x)
    return base_log_prob(z) - log_det


@misconception(
    "flow_log_prob",
    "The log-determinant is missing: what you return does not integrate to one, and training would map everything to "
    "the mode of the base distribution.",
)
def log_det_missing(x, f, base_log_prob):
    return base_log_prob(f(x)[0])


@misconception(
    "flow_log_prob",
    "You ask the base distribution at x. It lives in latent space: ask it at z = f(x).",
)
def base_at_x(x, f, base_log_prob):
    return base_log_prob(x) + f(x)[1]


@misconception(
    "flow_log_prob",
    "You return one number for the batch, the sum: each object has its own log-density, (n,).",
)
def log_prob_of_the_batch(x, f, base_log_prob):
    z, log_det = f(x)
    return np.sum(base_log_prob(z) + log_det)


@misconception(
    "flow_log_prob",
    "You return the mean over the batch. That is the objective of training; this function is asked for each object's "
    "log-density, (n,).",
)
def mean_log_prob(x, f, base_log_prob):
    z, log_det = f(x)
    return np.mean(base_log_prob(z) + log_det)


@misconception(
    "flow_log_prob",
    "You sum log_det over the batch before adding it, so every object's density carries the volume changes of all the "
    "others.",
)
def log_det_of_the_batch(x, f, base_log_prob):
    z, log_det = f(x)
    return base_log_prob(z) + np.sum(log_det)


@misconception(
    "flow_log_prob",
    "You sum log_det over dimensions, but f has done that already: it has the shape (n,), one number per object.",
)
def log_det_summed_again(x, f, base_log_prob):
    z, log_det = f(x)
    return base_log_prob(z) + np.sum(log_det, axis=1)


@misconception(
    "flow_log_prob",
    "You average log_det over the batch: the loss's mean comes out right, and no single object's density does.",
)
def mean_log_det(x, f, base_log_prob):
    z, log_det = f(x)
    return base_log_prob(z) + np.mean(log_det)


@misconception(
    "flow_log_prob",
    "You wrote a standard normal into the formula: the base distribution is an argument, and need not be Gaussian.",
)
def always_a_normal_base(x, f, base_log_prob):
    z, log_det = f(x)
    return -np.sum(z**2 + np.log(2 * np.pi), axis=1) / 2 + log_det


@misconception(
    "flow_log_prob",
    "You return the density, not its logarithm: in 784 dimensions that is 0 or infinite in floating point.",
)
def density_itself(x, f, base_log_prob):
    z, log_det = f(x)
    return np.exp(base_log_prob(z) + log_det)


@misconception(
    "flow_log_prob",
    "You return the negative log-likelihood, the loss: flow_log_prob is the log-density itself, without the minus.",
)
def negative_log_prob(x, f, base_log_prob):
    z, log_det = f(x)
    return -(base_log_prob(z) + log_det)


@misconception(
    "flow_log_prob",
    "You add the determinant, exp(log_det), to a log-density. Densities are multiplied by determinants; log-densities "
    "have log-determinants added.",
)
def determinant_added(x, f, base_log_prob):
    z, log_det = f(x)
    return base_log_prob(z) + np.exp(log_det)


@misconception(
    "flow_log_prob",
    "You multiply the log-density by log_det: the product belongs to the densities, p(z) · |det|, and becomes a sum "
    "when logarithms are taken.",
)
def logarithms_multiplied(x, f, base_log_prob):
    z, log_det = f(x)
    return base_log_prob(z) * log_det


@misconception(
    "flow_log_prob",
    "Your log_det got an axis too many, so (n,) and (n, 1) made a table (n, n) of every object with every other. Both "
    "terms have the shape (n,) already.",
)
def table_of_all_pairs(x, f, base_log_prob):
    z, log_det = f(x)
    return base_log_prob(z) + log_det[:, None]


@misconception(
    "flow_log_prob",
    "You divide by the number of dimensions: nats per dimension are for reporting, the log-density is the whole sum.",
)
def per_dimension(x, f, base_log_prob):
    z, log_det = f(x)
    return (base_log_prob(z) + log_det) / x.shape[1]


@misconception(
    "flow_log_prob",
    "You go through f twice: the log-determinant you add is that at z = f(x), one step too late. It belongs to the x "
    "that goes in.",
)
def log_det_at_z(x, f, base_log_prob):
    z = f(x)[0]
    return base_log_prob(z) + f(z)[1]


@misconception(
    "flow_log_prob",
    "float32 went in and float64 came out: look for the conversion, or for a float64 array you made on the way.",
)
def log_prob_upcast(x, f, base_log_prob):
    z, log_det = f(x)
    return np.zeros(len(x)) + base_log_prob(z) + log_det


@right_answer("flow_log_prob")
def every_second_object_first(x, f, base_log_prob):
    out = np.empty(len(x), x.dtype)
    for half in (slice(0, None, 2), slice(1, None, 2)):
        if len(x[half]):
            z, log_det = f(x[half])
            out[half] = log_det + base_log_prob(z)
    return out


@right_answer("flow_log_prob")
def two_calls_of_f(x, f, base_log_prob):
    return f(x)[1] + base_log_prob(f(x)[0])


# ------------------------------------------------------------------ more of each


@misconception(
    "affine_f",
    "The brackets are missing: x − μ/σ divides μ alone. First the difference, then the division: (x − μ)/σ.",
)
def f_without_brackets(x, mu, sigma):
    return x - mu / sigma, -total_log(sigma, x)


@misconception(
    "affine_g",
    "Your log_det sums σ itself. The determinant is the product of the σ, so its logarithm is the sum of log σ.",
)
def g_sums_sigma(z, mu, sigma):
    return sigma * z + mu, np.sum(sigma + 0 * z, axis=1)


@misconception(
    "affine_g",
    "Two things: you multiply by σ², the variance, where σ is wanted, and your log_det has the sign of f's.",
)
def g_by_the_variance_with_log_det_of_f(z, mu, sigma):
    return sigma**2 * z + mu, -total_log(sigma, z)


@misconception(
    "jacobian_log_det",
    "You return the determinant itself, sign included. Wanted is the logarithm of its absolute value: log-densities "
    "add.",
)
def signed_determinant(f, x):
    return at_each_point(f, x, np.linalg.det)


@misconception("flow_log_prob", "You count in bits. log-densities are in nats here: nothing is divided by log 2.")
def log_prob_in_bits(x, f, base_log_prob):
    z, log_det = f(x)
    return (base_log_prob(z) + log_det) / float(np.log(2))


@misconception(
    "flow_log_prob",
    "You shift and scale x by the batch's own mean and standard deviation before f sees it. f is the flow, all of it, "
    "and one object's density must not depend on who shares the batch.",
)
def standardized_by_the_batch(x, f, base_log_prob):
    z, log_det = f((x - x.mean(axis=0)) / (x.std(axis=0) + 1e-12))
    return base_log_prob(z) + log_det


@misconception(
    "flow_log_prob",
    "f returns two things, z and log_det, and you hand both to base_log_prob as if they were one: unpack them, "
    "z, log_det = f(x).",
)
def pair_passed_on(x, f, base_log_prob):
    return base_log_prob(f(x))
