"""The lab dequantize on a few steps: every gap is the KL by quadrature, bounds of a student are the engine's."""

import numpy as np
import pytest
from scipy import integrate, stats

from minidgm.labs import Options, dequantize


def test_each_gap_is_the_kl_and_the_images_are_measured(quick_lab):
    found = quick_lab("dequantize", seeds=3)
    values = found.rows[10]["values"]
    error = np.std(values["gaps"], ddof=1) / np.sqrt(3)
    assert abs(np.mean(values["gaps"]) - values["kl"]) < 6 * error + 0.01 * values["kl"]
    for row in found.table("two_pixels"):
        assert float(row["gap"]) == pytest.approx(float(row["KL by quadrature"]), rel=0.1)
    chain = found.rows[11]["values"]["bits"]
    assert np.all(np.subtract(chain["flow"], chain["flow, importance-weighted"]) > 0)  # bits: fewer are better
    assert found.figures() == {"cells", "slide", "chain", "noise"}


def test_the_uniform_gap_recomputed_without_the_engine():
    """The third number recomputed by other code: KL(U ‖ p(u|y)) of the banana in one cell, by nested quadrature."""
    model, y = dequantize.TwoPixels(), np.array([[3.0, 1.0]])

    def log_p(b, a):  # the banana, x_1 ~ N(0, 1) and x_2 ~ N((x_1² − 1) / 2, 0.3²), moved by (3.5, 1.5)
        x1, x2 = 3 + a - 3.5, 1 + b - 1.5
        return stats.norm.logpdf(x1) + stats.norm.logpdf(x2, (x1**2 - 1) / 2, 0.3)

    P, _ = integrate.dblquad(lambda b, a: np.exp(log_p(b, a)), 0, 1, 0, 1)
    mean, _ = integrate.dblquad(log_p, 0, 1, 0, 1)
    found = dequantize.noise_posterior_kl(model, dequantize.UniformDequantizer(), y, 48)
    assert found[0] == pytest.approx(np.log(P) - mean, rel=1e-6)


def test_the_students_bounds_are_the_engines(solved):
    own, engine = dequantize.bounds_of(Options(mine=True)), dequantize.ENGINE
    model, y = dequantize.TwoPixels(), np.array([[3, 1], [2, 2], [4, 0]], np.int32)
    for name in ("uniform", "variational", "flow"):
        noise = dequantize.new_noise(name, 2, 7, 8, np.random.default_rng(0))
        for mine_, theirs in zip(own, engine):
            rngs = [np.random.default_rng(1) for _ in range(2)]
            wanted = theirs(model, noise, y, rngs[0], 5)
            assert mine_(model, noise, y, rngs[1], 5) == pytest.approx(wanted, rel=1e-5)


def test_a_flow_starts_at_the_variational_noise_that_it_goes_on_from():
    rng = np.random.default_rng(0)
    variational = dequantize.new_noise("variational", 4, 7, 8, rng)
    for theta in (variational.net.layers[-1].weight, variational.net.layers[-1].bias):
        theta += 0.01 * rng.standard_normal(theta.shape).astype(np.float32)
    flow = dequantize.flow_from(variational, 4, 7, 8, rng)
    y = rng.integers(0, 7, (50, 4)).astype(np.int32)
    (u, log_q), (u_flow, log_q_flow) = (noise.draw(np.random.default_rng(1), y) for noise in (variational, flow))
    np.testing.assert_allclose(u, u_flow, atol=2e-3)  # the coupling bounds its log σ softly
    np.testing.assert_allclose(log_q, log_q_flow, atol=2e-2)


def test_overfitting_is_named_only_where_it_is_seen():
    gain, none = [0.10, 0.11, 0.12], [0.1, -0.1, 0.02]
    assert dequantize.overfitting(gain, none) == "it has overfitted."
    assert dequantize.overfitting(gain, gain) == "100% of it survives."
    assert dequantize.overfitting(none, none) == "no clear gain."


def test_pixels_that_hardly_vary_are_left_out_of_large_images_alone():
    from minidgm.data import Images, Split, load_digits
    from minidgm.labs.images import varying

    kept, sentence = varying(load_digits())
    assert kept.all() and len(kept) == 64 and sentence == ""
    pixels = np.zeros((200, 12, 12), np.uint8)
    pixels[:, 6, 6], pixels[:3, 0, 0], pixels[:1, 0, 1] = np.arange(200), 9, 9  # 1.5 % and 0.5 % differ
    part = Split(pixels, np.zeros(200, int))
    kept, sentence = varying(Images(part, part, part, 256, (12, 12, 1)))
    assert np.flatnonzero(kept).tolist() == [0, 78] and sentence.startswith("142 of 144 pixels")
