"""Bounds by a critic: below I for every f, at I for the best one; limits, caps, gradients; correlated Gaussians."""

import math

import autograd.numpy as np
import numpy
import pytest
from autograd.test_util import check_grads

from minidgm.vae import gaussian_log_prob_table, info_nce_bound, interpolated_bound, mutual_information, nwj_bound

BOTH_WAYS = True
D, B = 3, 16


def gaussian_batch(rng, information, pairs=B):
    """log q(z_j|x_i) and log p(z_j) of pairs that share so many nats, (B, B) and (B,); and μ, log σ, ε."""
    rho = math.sqrt(1 - math.exp(-2 * information / D))
    x, eps = rng.standard_normal((pairs, D)), rng.standard_normal((pairs, D))
    z, log_sigma = rho * x + math.sqrt(1 - rho**2) * eps, numpy.full((pairs, D), 0.5 * math.log(1 - rho**2))
    log_p = numpy.sum(-0.5 * z**2 - 0.5 * math.log(2 * math.pi), axis=1)
    return gaussian_log_prob_table(z, rho * x, log_sigma).T, log_p, (rho * x, log_sigma, eps[None])


def mean_of(bound, information, batches=600):
    """The mean of a bound over batches, and its standard error."""
    rng = numpy.random.default_rng(0)
    values = [bound(*gaussian_batch(rng, information)[:2]) for _ in range(batches)]
    return numpy.mean(values), numpy.std(values) / math.sqrt(batches)


def test_the_best_critic_of_nwj_has_no_bias():
    mean, error = mean_of(lambda log_q, log_p: nwj_bound(1 + log_q - log_p), information=0.7)
    assert abs(mean - 0.7) < 4 * error and error < 0.03


@pytest.mark.parametrize("scale, shift", [(0.5, 1.0), (1.0, 1.7), (1.2, 0.5)])
def test_any_other_critic_of_nwj_stays_below(scale, shift):
    mean, error = mean_of(lambda log_q, log_p: nwj_bound(shift + scale * (log_q - log_p)), information=0.7)
    assert mean < 0.7 - 4 * error


@pytest.mark.parametrize("scale", [0.5, 1.0, 1.5])
def test_info_nce_and_the_interpolated_bound_stay_below(scale):
    for bound in (
        lambda log_q, log_p: info_nce_bound(scale * log_q),
        lambda log_q, log_p: interpolated_bound(scale * log_q, log_p, 0.1),
        lambda log_q, log_p: interpolated_bound(scale * log_q, log_p, 0.9),
    ):
        mean, error = mean_of(bound, information=1.5)
        assert mean < 1.5 + 3 * error


def test_interpolated_lies_between_the_two():
    at = {alpha: mean_of(lambda f, q, a=alpha: interpolated_bound(f, q, a), 3.0)[0] for alpha in (0.01, 0.3, 0.99)}
    nce = mean_of(lambda log_q, log_p: info_nce_bound(log_q), information=3.0)[0]
    assert 3.0 > at[0.01] > at[0.3] > at[0.99] > nce - 0.05


def test_limits_of_alpha():
    f = numpy.random.default_rng(3).standard_normal((B, B))
    to_nwj = interpolated_bound(f, numpy.ones(B), 1e-12)
    assert to_nwj == pytest.approx(nwj_bound(f), abs=1e-9)
    e = numpy.exp(f)
    own = [(e[:, j].sum() - e[(j + 1) % B, j]) / (B - 1) for j in range(B)]
    assert interpolated_bound(f, numpy.zeros(B), 1 - 1e-12) == pytest.approx(
        numpy.mean(numpy.diag(f) - numpy.log(own)), abs=1e-9
    )


def test_info_nce_never_passes_log_b_and_comes_there():
    rng = numpy.random.default_rng(0)
    for _ in range(100):
        assert info_nce_bound(10 * rng.standard_normal((B, B))) <= math.log(B)
    assert info_nce_bound(1e4 * numpy.eye(B)) == pytest.approx(math.log(B), rel=1e-15)


def test_info_nce_by_the_best_critic_is_the_naive_estimate():
    log_q, _, posteriors = gaussian_batch(numpy.random.default_rng(1), 2.0)
    assert info_nce_bound(log_q) == pytest.approx(mutual_information(*posteriors), rel=1e-12)


def test_formulas_as_sums():
    f, B = numpy.array([[0.3, -1.0, 2.0], [0.1, 0.7, -0.4], [1.1, 0.0, -0.2]]), 3
    off = [math.exp(f[i, j]) for i in range(B) for j in range(B) if i != j]
    assert nwj_bound(f) == pytest.approx((0.3 + 0.7 - 0.2) / 3 - sum(off) / 6 / math.e, rel=1e-14)
    nce = [f[j, j] - math.log(sum(math.exp(f[i, j]) for i in range(B)) / B) for j in range(B)]
    assert info_nce_bound(f) == pytest.approx(sum(nce) / 3, rel=1e-14)
    q, alpha, first, second = [0.5, 1.0, 2.0], 0.25, 0.0, 0.0
    for j in range(B):
        others = [math.exp(f[i, j]) for i in range(B) if i != j]
        own = [math.exp(f[i, j]) for i in range(B) if i != (j + 1) % B]
        first += math.log(math.exp(f[j, j]) / (alpha * sum(own) / 2 + (1 - alpha) * q[j])) / B
        second += sum(e / (alpha * sum(others) / 2 + (1 - alpha) * q[j]) for e in others) / 2 / B
    assert interpolated_bound(f, numpy.log(q), alpha) == pytest.approx(1 + first - second, rel=1e-14)


def test_gradients():
    rng = numpy.random.default_rng(0)
    f, log_q = rng.standard_normal((5, 5)), rng.standard_normal(5)
    check_grads(nwj_bound, modes=["rev"], order=1)(f)
    check_grads(info_nce_bound, modes=["rev"], order=1)(f)
    check_grads(lambda f, q: interpolated_bound(f, q, 0.3), modes=["rev"], order=1)(f, log_q)


@pytest.mark.parametrize("bound", [nwj_bound, info_nce_bound, lambda f: interpolated_bound(f, f[0], 0.5)])
def test_hard_scores(bound):
    f32 = numpy.random.default_rng(0).standard_normal((6, 6)).astype(np.float32)
    assert bound(f32).dtype == np.float32
    big = f32.astype(np.float64) * 1e3  # e^f is out of reach, its logarithm is not
    with numpy.errstate(over="ignore"):
        assert not numpy.isnan(bound(big))
    for wrong in (f32[:, :3], f32[:1, :1]):
        with pytest.raises(ValueError, match="scores: expected"):
            bound(wrong)


@pytest.mark.parametrize("alpha", [0, 1, -0.5, 2, "0.5", None, float("nan")])
def test_alpha_between_0_and_1(alpha):
    with pytest.raises(ValueError, match=r"alpha: expected a number in \(0, 1\)"):
        interpolated_bound(numpy.zeros((3, 3)), numpy.zeros(3), alpha)
