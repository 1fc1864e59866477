"""Graders of exercise 25: the price of preprocessing."""

import numpy as np

from minidgm.course.grading import Wrong, close, dtype, grades, numerical_jacobian, reference, shape

solution = reference("ex25_preprocessing")

CASES = ((3, 4, 17, 0.05), (2, 3, 256, 1e-6), (4, 2, 8, 0.2), (2, 5, 4, 0.45), (1, 1, 2, 0.05))  # n, m, levels, alpha


def data(n, m, levels, dtype=np.float64):
    """Levels, and noise away from the cells' edges, where rounding may choose another level."""
    rng = np.random.RandomState(1000 * n + 10 * m + levels)
    return rng.randint(0, levels, (n, m)), rng.uniform(0.02, 0.98, (n, m)).astype(dtype)


def each_case():
    for n, m, levels, alpha in CASES:
        y, u = data(n, m, levels)
        yield y, u, levels, alpha, f"with levels={levels}, alpha={alpha:g}, m={m}"


# ------------------------------------------------------------------ to_latent


@grades("to_latent")
def test_to_latent_is_the_logit_of_the_squeezed_pixel(answer):
    for y, u, levels, alpha, case in each_case():
        z, log_det = answer.to_latent(y, u, levels, alpha)
        shape(z, y.shape, "z")
        shape(log_det, (len(y),), "log_det (one number per object)")
        s = 1 / (1 + np.exp(-z))
        close(s, alpha + (1 - 2 * alpha) * (y + u) / levels, f"sigmoid(z) {case}: alpha + (1 − 2 alpha)(y + u)/levels")


@grades("to_latent")
def test_to_latent_log_det_is_that_of_its_jacobian(answer):
    for y, u, levels, alpha, case in each_case():
        _, log_det = answer.to_latent(y, u, levels, alpha)
        for i in range(len(y)):
            zero = np.zeros_like(y[i : i + 1])

            def f(point, levels=levels, alpha=alpha, zero=zero):
                return solution.to_latent(zero, point[None], levels, alpha)[0][0]

            wanted = np.linalg.slogdet(numerical_jacobian(f, (y + u)[i], h=1e-4))[1]
            close(log_det[i], wanted, f"log_det[{i}] {case}: log|det| of ∂z/∂(y + u)")


@grades("to_latent")
def test_to_latent_bits_do_not_depend_on_the_unit(answer):
    y, u = data(4, 3, 16)
    for levels, alpha in ((16, 0.05), (32, 0.05), (256, 0.01), (16, 0.3)):  # pixels of 16 levels, in a wider range too
        _, log_det = answer.to_latent(y, u, levels, alpha)
        log_p_z = -3 * np.log(16) - solution.to_latent(y, u, levels, alpha)[1]  # all of the 16^3 cells equally likely
        bits = solution.bits_per_dim_of(log_p_z, log_det, 3)
        close(bits, np.full(4, 4.0), f"bits/dim with levels={levels}, alpha={alpha}: 16 equally likely levels need 4")


@grades("to_latent")
def test_to_latent_is_finite_for_black_and_white(answer):
    y, u = np.array([[0, 255]]), np.array([[0.0, 1 - 2.0**-40]])
    z, log_det = answer.to_latent(y, u, 256, 1e-6)
    wanted = solution.to_latent(y, u, 256, 1e-6)
    close(z, wanted[0], "z of black without noise, and of white with almost 1, alpha=1e-6")
    close(log_det, wanted[1], "log_det of black without noise, and of white with almost 1, alpha=1e-6")


@grades("to_latent")
def test_to_latent_takes_any_integer_type(answer):
    y, u = data(3, 4, 256)
    wanted = solution.to_latent(y, u, 256, 0.05)
    for kind in (np.uint8, np.int32, np.float64):
        z, _ = answer.to_latent(y.astype(kind), u, 256, 0.05)
        close(z, wanted[0], f"z of levels in {np.dtype(kind)}")


@grades("to_latent")
def test_to_latent_keeps_float32(answer):
    y, u = data(3, 4, 17, np.float32)
    z, log_det = answer.to_latent(y, u, 17, 0.05)
    wanted = solution.to_latent(y, u.astype(np.float64), 17, 0.05)
    close(z, wanted[0], "z in float32", rtol=1e-4, atol=1e-5)
    close(log_det, wanted[1], "log_det in float32", rtol=1e-4)
    dtype(z, np.float32, "z for float32 noise")
    dtype(log_det, np.float32, "log_det for float32 noise")


# ------------------------------------------------------------------ to_levels


@grades("to_levels")
def test_to_levels_undoes_to_latent(answer):
    for y, u, levels, alpha, case in each_case():
        z, _ = solution.to_latent(y, u, levels, alpha)
        back, log_det = answer.to_levels(z, levels, alpha)
        shape(back, y.shape, "y")
        shape(log_det, (len(y),), "log_det (one number per object)")
        close(back, y, f"the levels {case}, on the way there and back")


@grades("to_levels")
def test_to_levels_throws_the_noise_away(answer):
    for u in (0.001, 0.5, 0.999):
        y = np.arange(8)[None]
        z, _ = solution.to_latent(y, np.full((1, 8), u), 8, 0.05)
        back, _ = answer.to_levels(z, 8, 0.05)
        close(back, y, f"the levels 0..7 with noise {u}: whole numbers, the same for any noise")


@grades("to_levels")
def test_to_levels_stays_within_the_levels(answer):
    z = np.array([[-1000.0, -5.0, 5.0, 1000.0]])
    for alpha, (back, _) in [(alpha, answer.to_levels(z, 16, alpha)) for alpha in (0.05, 0.45)]:
        close(back, [[0, 0, 15, 15]], f"y for z = −1000, −5, 5, 1000 with alpha={alpha}, where no pixel is")


@grades("to_levels")
def test_to_levels_log_det_is_minus_that_of_to_latent(answer):
    for y, u, levels, alpha, case in each_case():
        z, there = solution.to_latent(y, u, levels, alpha)
        _, log_det = answer.to_levels(z, levels, alpha)
        close(log_det, -there, f"log_det {case}: that of ∂(y + u)/∂z, minus that of the way there")


@grades("to_levels")
def test_to_levels_survives_far_z(answer):
    for z in (-1000.0, 40.0, 1000.0):
        _, log_det = answer.to_levels(np.array([[z]]), 16, 0.05)
        close(log_det, [-abs(z) + np.log(16 / 0.9)], f"log_det at z = {z:g}, where the sigmoid is flat")


@grades("to_levels")
def test_to_levels_keeps_float32(answer):
    y, u = data(3, 4, 17, np.float32)
    z = solution.to_latent(y, u, 17, 0.05)[0]
    back, log_det = answer.to_levels(z, 17, 0.05)
    close(back, y, "the levels from float32 z")
    close(log_det, solution.to_levels(z.astype(np.float64), 17, 0.05)[1], "log_det in float32", rtol=1e-4)
    dtype(log_det, np.float32, "log_det for float32 z")


# ------------------------------------------------------------------ bits_per_dim_of


@grades("bits_per_dim_of")
def test_bits_per_dim_of_equally_likely_levels(answer):
    for m, levels in ((1, 256), (3, 16), (10, 2)):
        y, u = data(4, m, levels)
        _, log_det = solution.to_latent(y, u, levels, 0.05)
        bits = answer.bits_per_dim_of(-m * np.log(levels) - log_det, log_det, m)
        shape(bits, (4,), "bits/dim (one number per object)")
        close(bits, np.full(4, np.log2(levels)), f"bits/dim of {levels} equally likely levels, m={m}")


@grades("bits_per_dim_of")
def test_bits_per_dim_of_does_not_depend_on_the_unit(answer):
    log_p, log_det = np.array([-3.0, 2.0, -40.0]), np.array([1.0, -5.0, 7.5])
    wanted = -(log_p + log_det) / (6 * np.log(2))
    for scale in (1.0, 255.0, 1e-3):  # z in another unit: its density changes, the log-determinant changes back
        bits = answer.bits_per_dim_of(log_p + 6 * np.log(scale), log_det - 6 * np.log(scale), 6)
        close(bits, wanted, f"bits/dim with z measured in units of {scale:g}")


@grades("bits_per_dim_of")
def test_bits_per_dim_of_many_dimensions(answer):
    log_p, log_det = np.array([-9000.0, 800.0]), np.array([-2000.0, 1200.0])
    wanted = -(log_p + log_det) / (3072 * np.log(2))
    close(answer.bits_per_dim_of(log_p, log_det, 3072), wanted, "bits/dim of 3072 dimensions, whose p is no float")


@grades("bits_per_dim_of")
def test_bits_per_dim_of_treats_every_object_by_itself(answer):
    log_p, log_det = np.array([-3.0, 2.0, -40.0, 0.5]), np.array([1.0, -5.0, 7.5, 0.25])
    bits = answer.bits_per_dim_of(log_p, log_det, 2)
    if np.shape(bits) != (4,):
        raise Wrong(f"bits/dim of 4 objects has shape {np.shape(bits)}; wanted (4,).")
    close(bits, solution.bits_per_dim_of(log_p, log_det, 2), "bits/dim of 4 objects with very different densities")


@grades("bits_per_dim_of")
def test_bits_per_dim_of_keeps_float32(answer):
    log_p, log_det = np.array([-3.0, 2.0], np.float32), np.array([1.0, -5.0], np.float32)
    bits = answer.bits_per_dim_of(log_p, log_det, 2)
    close(bits, solution.bits_per_dim_of(log_p, log_det, 2), "bits/dim in float32")
    dtype(bits, np.float32, "bits/dim of float32 numbers")
