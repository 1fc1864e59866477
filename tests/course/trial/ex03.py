"""Exercise 03 as new users answer it."""

import autograd.numpy as np
from autograd import jacobian

from minidgm.course.bank import misconception as wrong
from minidgm.course.bank import right_answer as right

F, G, J, P = "affine_f", "affine_g", "jacobian_log_det", "flow_log_prob"


@wrong(F, "division by the variance")
def variance(x, mu, sigma):
    return (x - mu) / sigma**2, -np.sum(np.log(sigma + 0 * x), axis=1)


@wrong(F, "division by the variance, in log_det too")
def variance_everywhere(x, mu, sigma):
    return (x - mu) / sigma**2, -2 * np.sum(np.log(sigma + 0 * x), axis=1)


@wrong(F, "its own mean and standard deviation of the batch")
def own_statistics(x, mu, sigma):
    mean, std = x.mean(axis=0), x.std(axis=0) + 1e-12
    return (x - mean) / std, -np.sum(np.log(std + 0 * x), axis=1)


@wrong(F, "one log_det for all objects, a number")
def one_number(x, mu, sigma):
    return (x - mu) / sigma, -np.sum(np.log(sigma))


@wrong(F, "log_det of g")
def other_sign(x, mu, sigma):
    return (x - mu) / sigma, np.sum(np.log(sigma + 0 * x), axis=1)


@wrong(F, "log10")
def decimal(x, mu, sigma):
    return (x - mu) / sigma, -np.sum(np.log10(sigma + 0 * x), axis=1)


@wrong(F, "log2")
def binary(x, mu, sigma):
    return (x - mu) / sigma, -np.sum(np.log2(sigma + 0 * x), axis=1)


@wrong(F, "the logarithm of a product")
def product(x, mu, sigma):
    return (x - mu) / sigma, np.log(np.prod(1 / (sigma + 0 * x), axis=1))


@wrong(F, "mean over dimensions")
def mean_over_dimensions(x, mu, sigma):
    return (x - mu) / sigma, -np.mean(np.log(sigma + 0 * x), axis=1)


@wrong(F, "not summed: one a coordinate")
def not_summed(x, mu, sigma):
    return (x - mu) / sigma, -np.log(sigma + 0 * x)


@wrong(F, "precedence: x - mu / sigma")
def precedence(x, mu, sigma):
    return x - mu / sigma, -np.sum(np.log(sigma + 0 * x), axis=1)


@wrong(F, "a list where a tuple of arrays is wanted, of lists")
def lists(x, mu, sigma):
    return ((x - mu) / sigma).tolist(), (-np.sum(np.log(sigma + 0 * x), axis=1)).tolist()


@right(F)
def broadcast_first(x, mu, sigma):
    scale = np.broadcast_to(sigma, x.shape).astype(x.dtype)
    return (x - np.broadcast_to(mu, x.shape)) / scale, np.log(1 / scale).sum(-1)


@wrong(G, "adds mu before it scales")
def shift_first(z, mu, sigma):
    return (z + mu) * sigma, np.sum(np.log(sigma + 0 * z), axis=1)


@wrong(G, "log_det of f")
def sign_of_f(z, mu, sigma):
    return z * sigma + mu, -np.sum(np.log(sigma + 0 * z), axis=1)


@wrong(G, "its own random numbers for z")
def draws_its_own(z, mu, sigma):
    return np.random.normal(size=z.shape) * sigma + mu, np.sum(np.log(sigma + 0 * z), axis=1)


@wrong(G, "sigma for log sigma in the log_det")
def no_logarithm(z, mu, sigma):
    return z * sigma + mu, np.sum(sigma + 0 * z, axis=1)


@wrong(G, "summed over the batch")
def over_the_batch(z, mu, sigma):
    return z * sigma + mu, np.sum(np.log(sigma + 0 * z), axis=0)


@wrong(G, "variance, two mistakes: sigma squared and the sign")
def two_mistakes(z, mu, sigma):
    return z * sigma**2 + mu, -np.sum(np.log(sigma + 0 * z), axis=1)


@right(G)
def undoes_by_division(z, mu, sigma):
    return mu + z / (1 / sigma), -np.sum(np.log(1 / (sigma + 0 * z)), axis=1)


@wrong(J, "s times the log-determinant")
def sign_times(f, x):
    out = []
    for point in x:
        sign, log_det = np.linalg.slogdet(jacobian(f)(point))
        out.append(sign * log_det)
    return np.array(out)


@wrong(J, "the logarithm of det")
def log_of_det(f, x):
    return np.array([np.log(np.linalg.det(jacobian(f)(point))) for point in x])


@wrong(J, "log |det|, which underflows")
def log_of_abs_det(f, x):
    return np.array([np.log(np.abs(np.linalg.det(jacobian(f)(point)))) for point in x])


@wrong(J, "finite differences")
def differences(f, x):
    out = []
    for point in x:
        h = 1e-5
        columns = [(f(point + h * e) - f(point - h * e)) / (2 * h) for e in np.eye(len(point))]
        out.append(np.linalg.slogdet(np.array(columns).T)[1])
    return np.array(out)


@wrong(J, "the diagonal only")
def diagonal(f, x):
    return np.array([np.sum(np.log(np.abs(np.diag(jacobian(f)(point))))) for point in x])


@wrong(J, "the first object's for all")
def first_for_all(f, x):
    return np.full(len(x), np.linalg.slogdet(jacobian(f)(x[0]))[1], x.dtype)


@wrong(J, "the determinant itself")
def determinant(f, x):
    return np.array([np.linalg.det(jacobian(f)(point)) for point in x])


@wrong(J, "f applied to the batch")
def whole_batch(f, x):
    return np.linalg.slogdet(jacobian(f)(x))[1]


@wrong(J, "the sign returned")
def sign_returned(f, x):
    return np.array([np.linalg.slogdet(jacobian(f)(point))[0] for point in x])


@right(J)
def by_singular_values(f, x):
    jac = jacobian(f)
    with np.errstate(divide="ignore"):
        return (
            np.array([np.sum(np.log(np.linalg.svd(jac(point), compute_uv=False))) for point in x], dtype=x.dtype)
            if np.linalg.matrix_rank(jac(x[0])) == x.shape[1]
            else np.array([np.linalg.slogdet(jac(point))[1] for point in x], dtype=x.dtype)
        )


@wrong(P, "log_det subtracted")
def minus(x, f, base_log_prob):
    z, log_det = f(x)
    return base_log_prob(z) - log_det


@wrong(P, "base at x")
def at_x(x, f, base_log_prob):
    return base_log_prob(x) + f(x)[1]


@wrong(P, "a mean over the batch")
def mean(x, f, base_log_prob):
    z, log_det = f(x)
    return np.mean(base_log_prob(z) + log_det)


@wrong(P, "the batch's mean log_det")
def mean_log_det(x, f, base_log_prob):
    z, log_det = f(x)
    return base_log_prob(z) + np.mean(log_det)


@wrong(P, "a standard normal for every base")
def standard_normal(x, f, base_log_prob):
    z, log_det = f(x)
    return -0.5 * np.sum(z**2 + np.log(2 * np.pi), axis=1) + log_det


@wrong(P, "bits")
def in_bits(x, f, base_log_prob):
    z, log_det = f(x)
    return (base_log_prob(z) + log_det) / np.log(2)


@right(P)
def in_one_line(x, f, base_log_prob):
    return sum((lambda z, log_det: (base_log_prob(z), log_det))(*f(x)))


@right(P)
def object_by_object(x, f, base_log_prob):
    rows = [f(row[None]) for row in x]
    return np.array([base_log_prob(z)[0] + log_det[0] for z, log_det in rows])


# ------------------------------------------------------------------ a second trial, after the first was mended


@wrong(F, "log of sigma + 1e-8")
def padded_sigma(x, mu, sigma):
    return (x - mu) / (sigma + 1e-8), -np.sum(np.log(sigma + 1e-8 + 0 * x), axis=1)


@wrong(F, "log_det of one coordinate times m")
def first_sigma(x, mu, sigma):
    return (x - mu) / sigma, -x.shape[1] * np.log(sigma + 0 * x)[:, 0]


@wrong(G, "f itself")
def f_itself(z, mu, sigma):
    return (z - mu) / sigma, -np.sum(np.log(sigma + 0 * z), axis=1)


@wrong(J, "minus")
def minus_log_det(f, x):
    return -np.array([np.linalg.slogdet(jacobian(f)(point))[1] for point in x])


@wrong(J, "log10")
def log10_det(f, x):
    return np.array([np.linalg.slogdet(jacobian(f)(point))[1] for point in x]) / np.log(10)


@wrong(J, "a typo: slogdet of the tuple")
def no_index(f, x):
    return np.array([np.linalg.slogdet(jacobian(f)(point)) for point in x])


@wrong(P, "forgets f's pair")
def not_unpacked(x, f, base_log_prob):
    z = f(x)
    return base_log_prob(z)


@wrong(P, "log_det of the mean object")
def one_log_det(x, f, base_log_prob):
    z, log_det = f(x)
    return base_log_prob(z) + log_det[0]


@wrong(P, "exp of log_det added")
def exponentiated(x, f, base_log_prob):
    z, log_det = f(x)
    return base_log_prob(z) + np.exp(log_det)


# ------------------------------------------------------------------ a third trial, after the second was mended


@wrong(F, "mu scaled too: x/sigma - mu")
def divides_first(x, mu, sigma):
    return x / sigma - mu, -np.sum(np.log(sigma + 0 * x), axis=1)


@wrong(J, "trace of the Jacobian")
def trace(f, x):
    return np.array([np.trace(jacobian(f)(point)) for point in x])


@wrong(P, "a density per dimension: divided by m")
def per_dimension(x, f, base_log_prob):
    z, log_det = f(x)
    return (base_log_prob(z) + log_det) / x.shape[1]


@wrong(P, "log_det divided by the batch")
def shared(x, f, base_log_prob):
    z, log_det = f(x)
    return base_log_prob(z) + log_det / len(x)
