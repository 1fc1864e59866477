"""Each fast step beside the plain function that it is read as: the same values, the same gradients, float32 kept."""

import functools

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from autograd.test_util import check_grads

from minidgm import fast
from minidgm.discrete import discretize
from minidgm.distributions import standard_normal_log_prob
from minidgm.flows import GaussianAR, InverseGaussianAR, affine
from minidgm.functional import column_sums, row_sums
from minidgm.tensor import Module, parameters, value_and_grad

N, M = 6, 4


class Arrays(Module):
    """A model that is nothing but its arrays, so that `value_and_grad` differentiates by each of them."""

    def __init__(self, *values):
        self.values = list(values)


def normal(*shapes, dtype=np.float64):
    rng = np.random.default_rng(0)
    return [rng.standard_normal(shape).astype(dtype) for shape in shapes]


def moving(step):
    """A coupling step that moves two of the M columns, which do not stand side by side."""
    return functools.partial(step, moved=np.array([3, 1]))


STEPS = {
    "mu_and_log_sigma": (affine.mu_and_log_sigma.__wrapped__, affine.mu_and_log_sigma, [(N, 2 * M)]),
    "affine_f": (affine.affine_f.__wrapped__, affine.affine_f, [(N, M)] * 3),
    "affine_g": (affine.affine_g.__wrapped__, affine.affine_g, [(N, M)] * 3),
    "coupling_f": (moving(affine.coupling_f.__wrapped__), moving(affine.coupling_f), [(N, M), (N, 2), (N, 2)]),
    "coupling_g": (moving(affine.coupling_g.__wrapped__), moving(affine.coupling_g), [(N, M), (N, 2), (N, 2)]),
}


def losses(step):
    """Numbers that use both values of a step, one of them, the other, and one of them twice."""
    both = lambda *v: [anp.sum(anp.sin(anp.reshape(a, -1))) for a in step(*v)]  # noqa: E731
    return {
        "both": lambda model: sum(both(*model.values)) ** 2,
        "first": lambda model: anp.sum(step(*model.values)[0] ** 3),
        "second": lambda model: anp.sum(step(*model.values)[1] ** 3),
        "twice": lambda model: anp.sum(step(*model.values)[0] * step(*model.values)[0]) * both(*model.values)[1],
    }


@pytest.mark.parametrize("name", STEPS)
def test_a_fused_step_has_the_values_and_gradients_of_the_plain_one(name):
    plain, step, shapes = STEPS[name]
    model = Arrays(*normal(*shapes))
    for got, wanted in zip(step(*model.values), plain(*model.values)):
        np.testing.assert_allclose(got, wanted, rtol=1e-14, atol=1e-14)
    for loss, plain_loss in zip(losses(step).values(), losses(plain).values()):
        value, grad = value_and_grad(loss)(model)
        plain_value, plain_grad = value_and_grad(plain_loss)(model)
        assert value == pytest.approx(plain_value, rel=1e-13)
        for path in plain_grad:
            np.testing.assert_allclose(grad[path], plain_grad[path], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", STEPS)
def test_a_fused_step_keeps_float32_and_leaves_its_inputs_alone(name):
    _, step, shapes = STEPS[name]
    model = Arrays(*normal(*shapes, dtype=np.float32))
    before = [v.copy() for v in model.values]
    value, grad = value_and_grad(losses(step)["both"])(model)
    assert value.dtype == np.float32 and all(g.dtype == np.float32 for g in grad.values())
    assert all(np.array_equal(v, b) for v, b in zip(model.values, before))


@pytest.mark.parametrize("name", STEPS)
def test_gradients_of_gradients_go_through_the_plain_steps(name):
    plain, step, shapes = STEPS[name]
    values = normal(*shapes)
    second = [
        autograd.grad(lambda v, f=f: anp.sum(autograd.grad(lambda v: anp.sum(f(v, *values[1:])[0] ** 3))(v) ** 2))
        for f in (step, plain)
    ]
    np.testing.assert_allclose(second[0](values[0]), second[1](values[0]), rtol=1e-12, atol=1e-12)


def test_the_density_of_the_base_is_the_plain_one_with_its_gradient():
    z = normal((N, M))[0]
    np.testing.assert_allclose(standard_normal_log_prob(z), standard_normal_log_prob.__wrapped__(z), rtol=1e-14)
    check_grads(standard_normal_log_prob, modes=["rev"], order=2)(z)
    _, grad = value_and_grad(lambda model: anp.sum(standard_normal_log_prob(*model.values)))(
        Arrays(z.astype(np.float32))
    )
    assert grad["values.0"].dtype == np.float32


@pytest.mark.parametrize("m", [2, 65, 784])
def test_sums_by_blas_are_as_exact_as_numpys_in_float32(m):
    a = np.random.default_rng(0).random((300, m), dtype=np.float32)
    for got, exact in ((row_sums(a), a.sum(axis=1, dtype=float)), (column_sums(a), a.sum(axis=0, dtype=float))):
        assert got.dtype == np.float32
        np.testing.assert_allclose(got, exact, rtol=1e-6)


AR_FLOWS = {
    "ar": lambda rng: GaussianAR(M, (16, 11), rng),
    "ordered, with a context": lambda rng: GaussianAR(M, (16, 11), rng, order=[2, 0, 3, 1], context=3),
    "linear": lambda rng: GaussianAR(M, (), rng),
    "of one dimension": lambda rng: GaussianAR(1, (8,), rng, context=3),
    "narrow": lambda rng: GaussianAR(M, (2, 1), rng),
    "inverse": lambda rng: InverseGaussianAR(M, (16,), rng, order=[3, 2, 1, 0]),
}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", AR_FLOWS)
def test_inversion_in_one_pass_is_the_inversion_in_m_passes(name, dtype):
    rng = np.random.default_rng(0)
    flow = AR_FLOWS[name](rng)
    for theta in parameters(flow).values():
        theta += 0.5 * rng.standard_normal(theta.shape).astype(theta.dtype)
    flow = flow.astype(dtype)
    v = rng.standard_normal((7, flow.net.m)).astype(dtype)
    context = rng.standard_normal((7, flow.net.context)).astype(dtype) if flow.net.context else None
    fast, plain = (flow.f, flow.plain_f) if name == "inverse" else (flow.g, flow.plain_g)
    for got, wanted in zip(fast(v, context), plain(v, context)):
        assert got.dtype == dtype
        np.testing.assert_allclose(got, wanted, rtol=np.sqrt(np.finfo(dtype).eps), atol=np.sqrt(np.finfo(dtype).eps))


def test_inversion_follows_the_masks_even_if_they_were_changed_after_the_net_was_built():
    rng = np.random.default_rng(0)
    flow = GaussianAR(M, (12,), rng).astype(np.float64)
    for theta in parameters(flow).values():
        theta += rng.standard_normal(theta.shape)
    first, last = (layer.mask for layer in flow.net.layers)
    first[...], last[...] = False, False
    first[:2], last[:, [2, 3, M + 2, M + 3]] = True, True  # a coupling layer: x_1, x_2 move x_3, x_4
    z = rng.standard_normal((5, M))
    for got, wanted in zip(flow.g(z), flow.plain_g(z)):
        np.testing.assert_allclose(got, wanted, rtol=1e-12)


def test_inversion_is_still_differentiable():
    rng = np.random.default_rng(0)
    flow = GaussianAR(M, (12,), rng).astype(np.float64)
    check_grads(lambda z: anp.sum(flow.g(z)[0] ** 2), modes=["rev"], order=1)(rng.standard_normal((3, M)))
    _, grad = value_and_grad(lambda flow, z: anp.sum(flow.g(z)[0] ** 2))(flow, rng.standard_normal((3, M)))
    assert all(np.any(grad[f"net.layers.1.{name}"] != 0) for name in ("weight", "bias"))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_fused_discretized_mixture_is_the_plain_one_at_every_scale_and_at_both_edges(dtype, monkeypatch):
    rng, levels, K = np.random.default_rng(0), 17, 3
    monkeypatch.setattr(fast.mixture, "BLOCK", 5 * K)  # so that the values need several blocks
    y = rng.integers(0, levels, (4, 6))
    y[0, :2] = 0, levels - 1
    s = 10 ** rng.uniform(-3, 5, (4, 6, K))
    log_pi, mu = rng.standard_normal((4, 6, K)), rng.uniform(-20, 40, (4, 6, K))
    log_pi[0, 0, 0] = -np.inf  # a component of weight zero
    model = Arrays(*(a.astype(dtype) for a in (log_pi, mu, s)))
    found = []
    for step in (discretize.discretized_mixture_log_prob, discretize.discretized_mixture_log_prob.__wrapped__):
        loss = lambda model, step=step: anp.sum(anp.sin(step(*model.values, y.astype(dtype), levels)))  # noqa: E731
        value, grad = value_and_grad(loss)(model)
        found.append([step(*model.values, y.astype(dtype), levels), value, *grad.values()])
        assert all(a.dtype == dtype for a in found[-1])
    for fused, plain in zip(*found):
        np.testing.assert_allclose(fused, plain, rtol=1e3 * np.finfo(dtype).eps, atol=1e2 * np.finfo(dtype).eps)
