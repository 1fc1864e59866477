"""Every flow through one loop: f∘g = id, log_det against the numerical Jacobian, dtype, gradients, context, errors."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from autograd.test_util import check_grads

from minidgm.distributions import StandardNormal
from minidgm.flows import (
    ActNorm,
    AffineCoupling,
    Chain,
    FlowModel,
    GaussianAR,
    Inverse,
    InverseGaussianAR,
    Logit,
    Permutation,
    checkerboard_mask,
    half_mask,
    iaf,
    maf,
    real_nvp,
)
from minidgm.flows.affine import mu_and_log_sigma
from minidgm.flows.coupling import as_slice
from minidgm.functional import LOG_SIGMA_LIMIT, soft_bound
from minidgm.tensor import parameters, plain, value_and_grad

BOTH_WAYS = True
M = 5
ORDER = [3, 0, 4, 2, 1]
MASK = np.array([True, False, False, True, False])


def shaken(model, rng, scale=0.3):
    """The model with noise on every parameter: flows start as the identity, which would test nothing."""
    for theta in parameters(model).values():
        theta += scale * rng.standard_normal(theta.shape).astype(theta.dtype)
    return model


FLOWS = {
    "ar": lambda rng: GaussianAR(M, (16, 11), rng),
    "ar, ordered": lambda rng: GaussianAR(M, (16,), rng, order=ORDER),
    "ar, linear": lambda rng: GaussianAR(M, (), rng),
    "inverse ar": lambda rng: InverseGaussianAR(M, (16,), rng, order=ORDER),
    "coupling": lambda rng: AffineCoupling(M, (16,), rng),
    "coupling, mask": lambda rng: AffineCoupling(M, (16, 8), rng, mask=MASK),
    "actnorm": lambda rng: ActNorm(M),
    "permutation": lambda rng: Permutation(ORDER),
    "logit": lambda rng: Chain([Inverse(Logit(0.0)), Logit(0.02, levels=1.0)]),  # on the whole line, as the others
    "inverse": lambda rng: Inverse(GaussianAR(M, (8,), rng)),
    "chain": lambda rng: Chain(
        [
            ActNorm(M),
            AffineCoupling(M, (8,), rng),
            Permutation(ORDER),
            GaussianAR(M, (8,), rng),
            InverseGaussianAR(M, (8,), rng),
        ]
    ),
}
CONTEXT_FLOWS = {
    "ar": lambda rng: GaussianAR(M, (16, 11), rng, order=ORDER, context=3),
    "ar of one dimension": lambda rng: GaussianAR(1, (16,), rng, context=3),
    "inverse ar": lambda rng: InverseGaussianAR(M, (16,), rng, context=3),
    "coupling": lambda rng: AffineCoupling(M, (16,), rng, mask=MASK, context=3),
    "chain": lambda rng: Chain([AffineCoupling(M, (8,), rng, context=3), GaussianAR(M, (8,), rng, context=3)]),
}


@pytest.fixture(params=FLOWS)
def flow(request):
    rng = np.random.default_rng(7)
    return shaken(FLOWS[request.param](rng), rng).astype(np.float64)


def points(n, m=M, dtype=np.float64):
    return np.random.default_rng(1).normal(0.3, 1.4, (n, m)).astype(dtype)


def jacobian(f, x):
    """∂f/∂x at one point (m,), by central differences."""
    h = 1e-6
    columns = [(f(x[None] + h * e)[0][0] - f(x[None] - h * e)[0][0]) / (2 * h) for e in np.eye(len(x))]
    return np.stack(columns, axis=1)


def test_g_undoes_f_and_f_undoes_g(flow):
    x = points(7)
    z, log_det_f = flow.f(x)
    back, log_det_g = flow.g(z)
    np.testing.assert_allclose(back, x, atol=1e-10)
    np.testing.assert_allclose(log_det_f, -log_det_g, atol=1e-10)
    np.testing.assert_allclose(flow.f(flow.g(points(7) * 0.5)[0])[0], points(7) * 0.5, atol=1e-10)


def test_log_det_is_that_of_the_numerical_jacobian(flow):
    x = points(4)
    for direction in (flow.f, flow.g):
        value = flow.f(x)[0] if direction == flow.g else x
        log_det = direction(value)[1]
        assert log_det.shape == (4,)
        for i in range(4):
            assert log_det[i] == pytest.approx(np.linalg.slogdet(jacobian(direction, value[i]))[1], abs=1e-6)


def test_objects_of_a_batch_do_not_see_each_other(flow):
    x = points(6)
    z, log_det = flow.f(x)
    z_one, log_det_one = flow.f(x[2:3])
    np.testing.assert_allclose(z_one, z[2:3], atol=1e-12)
    np.testing.assert_allclose(log_det_one, log_det[2:3], atol=1e-12)


@pytest.mark.parametrize("name", FLOWS)
def test_float32_stays_float32_forward_and_backward(name):
    rng = np.random.default_rng(7)
    flow32 = shaken(FLOWS[name](rng), rng)
    flow64 = flow32.astype(np.float64)
    x = points(6)
    for direction in ("f", "g"):
        loss = lambda flow, v, direction=direction: anp.mean(sum_of(getattr(flow, direction)(v)))  # noqa: E731
        out, log_det = getattr(flow32, direction)(x.astype(np.float32))
        assert out.dtype == log_det.dtype == np.float32
        value, grad = value_and_grad(loss)(flow32, x.astype(np.float32))
        _, grad64 = value_and_grad(loss)(flow64, x)
        assert np.asarray(value).dtype == np.float32
        for path, g in grad.items():
            assert g.dtype == np.float32
            np.testing.assert_allclose(g, grad64[path], atol=2e-4 * max(1, np.abs(grad64[path]).max()))


@pytest.mark.parametrize(
    "name", [name for name in FLOWS if name not in ("permutation", "logit")]
)  # these have no parameters
def test_a_float64_model_computes_in_float64_whatever_its_noise_is(name):
    rng = np.random.default_rng(7)
    flow = shaken(FLOWS[name](rng), rng).astype(np.float64)
    for direction in (flow.f, flow.g):
        value, log_det = direction(points(6, dtype=np.float32))
        exact, exact_log_det = direction(points(6, dtype=np.float32).astype(np.float64))
        assert value.dtype == log_det.dtype == np.float64
        np.testing.assert_allclose(value, exact, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(log_det, exact_log_det, rtol=1e-12, atol=1e-12)


def sum_of(out):
    return anp.sum(out[0] ** 2, axis=1) - out[1]


def test_gradients_by_x(flow):
    check_grads(lambda x: sum_of(flow.f(x)), modes=["rev"], order=1)(points(2))
    check_grads(lambda z: sum_of(flow.g(z)), modes=["rev"], order=1)(points(2) * 0.5)


@pytest.mark.parametrize("name", ["ar", "inverse ar", "coupling, mask", "chain"])
def test_gradients_by_parameters(name):
    rng = np.random.default_rng(3)
    flow = shaken(FLOWS[name](rng), rng).astype(np.float64)
    x = points(3)
    loss = lambda flow: anp.mean(sum_of(flow.f(x)))  # noqa: E731
    _, grad = value_and_grad(loss)(flow)
    for path, theta in parameters(flow).items():
        index = tuple(rng.integers(s) for s in theta.shape)
        kept, h = theta[index], 1e-6
        theta[index] = kept + h
        up = loss(flow)
        theta[index] = kept - h
        down = loss(flow)
        theta[index] = kept
        assert grad[path][index] == pytest.approx((up - down) / (2 * h), abs=1e-6), path


@pytest.mark.parametrize("name", CONTEXT_FLOWS)
def test_conditioned_flows_invert_for_each_context_and_depend_on_it(name):
    rng = np.random.default_rng(5)
    flow = shaken(CONTEXT_FLOWS[name](rng), rng).astype(np.float64)
    m = 1 if "one" in name else M
    x, context = points(6, m), rng.normal(size=(6, 3))
    z, log_det = flow.f(x, context)
    back, log_det_g = flow.g(z, context)
    np.testing.assert_allclose(back, x, atol=1e-10)
    np.testing.assert_allclose(log_det, -log_det_g, atol=1e-10)
    z_other, _ = flow.f(x, context + 1)
    assert np.all(np.abs(z_other - z).max(axis=1) > 1e-3)
    J = jacobian(lambda v: flow.f(v, context[:1]), x[0])
    assert log_det[0] == pytest.approx(np.linalg.slogdet(J)[1], abs=1e-6)
    with pytest.raises(ValueError, match="context"):
        flow.f(x)


@pytest.mark.parametrize("name", ["ar", "inverse ar", "coupling", "chain"])
def test_density_integrates_to_one_in_two_dimensions(name):
    rng = np.random.default_rng(2)
    make = {
        "ar": lambda: GaussianAR(2, (16,), rng, order=[1, 0]),
        "inverse ar": lambda: InverseGaussianAR(2, (16,), rng),
        "coupling": lambda: Chain([AffineCoupling(2, (16,), rng), AffineCoupling(2, (16,), rng, mask=~half_mask(2))]),
        "chain": lambda: Chain(
            [ActNorm(2), AffineCoupling(2, (8,), rng), Permutation([1, 0]), GaussianAR(2, (8,), rng)]
        ),
    }[name]
    model = FlowModel(shaken(make(), rng, 0.2), StandardNormal(2)).astype(np.float64)
    side = np.linspace(-30, 30, 1201)
    grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    total = np.sum(np.exp(model.log_prob(grid))) * (side[1] - side[0]) ** 2
    assert total == pytest.approx(1, abs=1e-4)


def test_flow_model_samples_have_the_density_that_log_prob_says():
    rng = np.random.default_rng(4)
    flow = shaken(GaussianAR(1, (), rng), rng).astype(np.float64)  # x = σ z + μ with constants: a known Gaussian
    mu, log_sigma = (a.item() for a in mu_and_log_sigma(flow.net.layers[-1].bias[None]))
    x = FlowModel(flow, StandardNormal(1).astype(np.float64)).sample(rng, 40_000)[:, 0]
    standard_error = np.exp(log_sigma) / np.sqrt(len(x))
    assert abs(x.mean() - mu) < 4 * standard_error
    assert abs(x.std() - np.exp(log_sigma)) < 4 * standard_error / np.sqrt(2)


def test_a_linear_ar_flow_is_the_gaussian_with_that_triangular_factor():
    rng = np.random.default_rng(0)
    flow = GaussianAR(4, (), rng).astype(np.float64)
    layer = flow.net.layers[0]
    A = np.tril(rng.normal(size=(4, 4)), -1)  # x = A x + σ z + c, so x = (I − A)⁻¹ (σ z + c)
    c, log_sigma = rng.normal(size=4), 0.3 * rng.normal(size=4)
    layer.weight[:, :4], layer.weight[:, 4:] = A.T, 0
    layer.bias[:4], layer.bias[4:] = c, log_sigma
    sigma = np.exp(soft_bound(log_sigma, limit=LOG_SIGMA_LIMIT))
    L = np.linalg.solve(np.eye(4) - A, np.diag(sigma))
    mean, covariance = np.linalg.solve(np.eye(4) - A, c), L @ L.T
    x = rng.normal(size=(9, 4))
    from scipy.stats import multivariate_normal

    model = FlowModel(flow, StandardNormal(4).astype(np.float64))
    np.testing.assert_allclose(model.log_prob(x), multivariate_normal(mean, covariance).logpdf(x), atol=1e-10)
    z = rng.normal(size=(3, 4))
    np.testing.assert_allclose(flow.g(z)[0], mean + z @ L.T, atol=1e-10)


def test_an_ar_flow_whose_nets_see_the_first_part_only_is_the_coupling_layer():
    rng = np.random.default_rng(0)
    m, d, width = 5, 2, 12
    coupling = shaken(AffineCoupling(m, (width,), rng), rng).astype(np.float64)
    ar = GaussianAR(m, (width,), rng).astype(np.float64)
    for mask in (ar.net.layers[0].mask, ar.net.layers[1].mask):
        mask[...] = False
    ar.net.layers[0].mask[:d] = True  # every hidden unit sees x_1 ...
    ar.net.layers[1].mask[:, list(range(d, m)) + list(range(m + d, 2 * m))] = True  # ... and moves x_2 only
    ar.net.layers[0].weight[:d], ar.net.layers[0].bias[:] = coupling.net.layers[0].weight, coupling.net.layers[0].bias
    last = coupling.net.layers[1]
    ar.net.layers[1].weight[:, d:m], ar.net.layers[1].weight[:, m + d :] = np.split(last.weight, 2, axis=1)
    ar.net.layers[1].bias[:] = 0
    ar.net.layers[1].bias[d:m], ar.net.layers[1].bias[m + d :] = np.split(last.bias, 2)
    x = points(8)
    for direction in ("f", "g"):
        for got, wanted in zip(getattr(ar, direction)(x), getattr(coupling, direction)(x)):
            np.testing.assert_allclose(got, wanted, atol=1e-12)


def test_the_inverse_ar_flow_is_the_ar_flow_with_f_and_g_exchanged():
    rng = np.random.default_rng(0)
    ar = shaken(GaussianAR(M, (16,), rng), rng).astype(np.float64)
    inverse = InverseGaussianAR(M, (16,), rng).astype(np.float64)

    def exchanged(v, context=None):  # σ̃ = 1/σ and μ̃ = −μ/σ make x = σ̃ z + μ̃ the same map as z = (x − μ)/σ
        mu, log_sigma = ar.mu_log_sigma(v)
        return -mu * np.exp(-log_sigma), -log_sigma

    inverse.mu_log_sigma = exchanged
    v = points(6)
    with plain():
        inverse_f = inverse.f(v)  # what runs otherwise looks at the net itself
    for got, wanted in zip(inverse.g(v) + inverse_f, ar.f(v) + ar.g(v)):
        np.testing.assert_allclose(got, wanted, atol=1e-10)


@pytest.mark.parametrize("order", [None, ORDER])
def test_the_ar_jacobian_is_triangular_in_the_order(order):
    rng = np.random.default_rng(1)
    flow = shaken(GaussianAR(M, (40, 40), rng, order=order), rng).astype(np.float64)
    J = autograd.jacobian(lambda v: flow.f(v[None])[0][0])(points(1)[0])
    J = J[np.ix_(flow.net.order, flow.net.order)]
    assert np.all(np.triu(J, 1) == 0) and np.all(np.abs(np.tril(J)[np.tril_indices(M)]) > 0)


def test_actnorm_starts_with_mean_zero_and_variance_one():
    x = points(500) * [1, 2, 3, 4, 0] + [5, 4, 3, 2, 1]
    flow = ActNorm(M).astype(np.float64)
    z = flow.initialize(x)
    np.testing.assert_allclose(z.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(z.std(axis=0), [1, 1, 1, 1, 0], atol=1e-12)


@pytest.mark.parametrize(
    "value, dtype", [(0.1, np.float32), (0.1, np.float64), (1000, np.float16), (-7e30, np.float32)]
)
def test_a_constant_column_gets_sigma_1(value, dtype):
    flow = ActNorm(1)
    z = flow.initialize(np.full((1000, 1), value, dtype))
    assert flow.log_sigma[0] == 0 and flow.mu[0] == pytest.approx(value, rel=1e-3)
    np.testing.assert_allclose(z, 0, atol=1e-7 * abs(value))


def test_a_constant_column_counts_nothing_in_the_density_of_a_real_nvp():
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.standard_normal((1000, 2)), np.full((1000, 1), 0.1)], axis=1).astype(np.float32)
    model = FlowModel(real_nvp(3, 2, (8,), rng), StandardNormal(3))
    model.initialize(x)
    assert model.log_prob(x).max() < 0  # it was +28.8 with rounding noise for a standard deviation


def test_columns_of_any_scale_are_standardized():
    x = points(500) * [1e-30, 1e-6, 1, 1e6, 1e30]
    flow = ActNorm(M).astype(np.float64)
    z = flow.initialize(x)
    np.testing.assert_allclose(z.std(axis=0), 1, rtol=1e-12)
    narrow = 1000 + 1e-3 * points(500).astype(np.float32)  # a few times float32's rounding: not constant
    assert np.all(np.abs(ActNorm(M).initialize(narrow).std(axis=0) - 1) < 0.05)
    with pytest.raises(ValueError, match="x: expected numbers that float32 can hold, got 1e"):
        ActNorm(M).initialize(1e300 * np.ones((2, M)))


@pytest.mark.parametrize(
    "index, wanted", [([0, 1], slice(0, 2, 1)), ([1, 3, 5], slice(1, 6, 2)), ([4], slice(4, 5, 1))]
)
def test_evenly_spaced_columns_are_a_slice(index, wanted):
    assert as_slice(np.array(index)) == wanted


def test_the_largest_number_of_the_dtype_and_the_least_spread_are_at_the_border():
    largest = float(np.finfo(np.float32).max)
    flow = ActNorm(1)
    assert np.all(flow.initialize(np.full((2, 1), largest, np.float32)) == 0) and flow.mu[0] == np.float32(largest)
    flow, eps = ActNorm(1).astype(np.float64), np.finfo(float).eps
    flow.initialize(np.array([[1.0], [1 - 2 * eps]]))  # its standard deviation is eps: rounding, and so constant
    assert flow.log_sigma[0] == 0


def test_logits_interval_and_its_margin():
    z, _ = Logit(levels=0.5).f(np.array([[0.0, 0.25, 0.5]]))
    np.testing.assert_allclose(z, np.log([[0.05 / 0.95, 1, 0.95 / 0.05]]), atol=1e-12)
    for wrong in ([[-0.1]], [[0.6]]):
        with pytest.raises(ValueError, match=r"x: expected values in \[0, 0.5\]"):
            Logit(levels=0.5).f(np.array(wrong))


def test_a_context_that_no_layer_uses_has_a_gradient_of_zeros():
    x, context = np.ones((5, 3)), [np.ones((5, 2))]
    _, grad = value_and_grad(lambda context: anp.sum(Chain([ActNorm(3)]).f(x, *context)[0]))(context)
    np.testing.assert_array_equal(grad["0"], np.zeros((5, 2)))


def test_a_real_nvp_of_one_dimension_lives_on_its_context():
    rng = np.random.default_rng(0)
    flow = shaken(real_nvp(1, 3, (8,), rng, context=2), rng).astype(np.float64)
    x, context = points(6, 1), rng.normal(size=(6, 2))
    z, log_det = flow.f(x, context)
    np.testing.assert_allclose(flow.g(z, context)[0], x, atol=1e-12)
    for call, sentence in (
        (lambda: real_nvp(1, 3, (8,), rng), "m: expected 2 or more, for one part moves the other"),
        (lambda: real_nvp(2, 3, (8,), rng, masks=[]), "masks: expected at least one"),
        (lambda: maf(2, -1, (8,), rng), "layers: expected a whole number from 0 on, got -1"),
        (lambda: GaussianAR(0, (8,), rng), "m: expected a whole number from 1 on, got 0"),
    ):
        with pytest.raises(ValueError, match=sentence):
            call()


@pytest.mark.parametrize("name", FLOWS)
def test_a_flow_states_its_number_of_dimensions(name):
    flow = FLOWS[name](np.random.default_rng(0))
    assert flow.m == (None if name == "logit" else M)
    chain = Chain([Logit()])
    inverse = Inverse(chain)
    chain.flows.append(flow)
    assert inverse.m == chain.m == flow.m  # of the flow as it is now
    with pytest.raises(ValueError, match="flows: expected all of one number of dimensions, got 2 and 3"):
        Chain([ActNorm(2), ActNorm(3)])


def test_a_permutation_changed_in_place_is_still_undone():
    flow = Permutation(ORDER)
    flow.permutation[...] = flow.permutation[::-1].copy()
    np.testing.assert_array_equal(flow.g(flow.f(points(3))[0])[0], points(3))


def test_logit_without_alpha_refuses_the_ends_in_a_sentence():
    for end in (0.0, 256.0):
        with pytest.raises(ValueError, match=r"x: expected values inside \(0, 256\), for alpha = 0 maps the ends"):
            Logit(0.0, levels=256).f(np.array([[end, 3.0]], np.float32))
    z, log_det = Logit(0.0).f(np.array([[1e-30, 0.5]]))
    np.testing.assert_allclose(z[0], [np.log(1e-30), 0], atol=1e-12)
    np.testing.assert_allclose(log_det, -np.log(1e-30) - np.log(0.25), rtol=1e-12)


def test_logit_maps_the_ends_to_finite_points_and_counts_its_scaling():
    flow = Logit(0.05, levels=17)
    x = np.array([[0.0, 17.0, 8.5]])
    z, log_det = flow.f(x)
    np.testing.assert_allclose(z[0], [np.log(0.05 / 0.95), np.log(0.95 / 0.05), 0], atol=1e-14)
    s = 0.05 + 0.9 * x / 17
    assert log_det[0] == pytest.approx(np.sum(np.log(0.9 / 17 / (s * (1 - s)))))
    with pytest.raises(ValueError, match=r"x: expected values in \[0, 17\], got -1 to"):
        flow.f(np.array([[-1.0, 3.0]]))


def test_logit_is_symmetric_near_its_ends_in_float32_too():
    x = np.array([[0.0, 256.0, 2.0**-10, 256 - 2.0**-10]], np.float32)
    z = Logit(1e-6, levels=256).f(x)[0][0]
    np.testing.assert_allclose(z[[1, 3]], -z[[0, 2]], rtol=1e-6)


def test_logit_g_keeps_its_log_det_in_the_tails():
    log_det = Logit(0.0).g(np.array([[-300.0], [300.0]]))[1]
    np.testing.assert_allclose(log_det, [-300, -300], rtol=1e-12)


def test_masks():
    assert half_mask(5).tolist() == [True, True, False, False, False]
    assert checkerboard_mask(2, 3).tolist() == [True, False, True, False, True, False]
    assert checkerboard_mask(1, 2, 3).tolist() == [True] * 3 + [False] * 3


@pytest.mark.parametrize(
    "call, sentence",
    [
        (lambda rng: GaussianAR(M, (8,), rng).f(np.zeros(M)), r"x: expected shape \(n, 5\), got \(5,\)"),
        (lambda rng: AffineCoupling(M, (8,), rng).f(np.zeros((2, 4))), r"x: expected shape \(n, 5\), got \(2, 4\)"),
        (lambda rng: AffineCoupling(M, (8,), rng).g(np.zeros((2, 5), int)), "z: expected a float array"),
        (lambda rng: AffineCoupling(M, (8,), rng, mask=np.ones(M, bool)), "mask: expected both True and False"),
        (lambda rng: AffineCoupling(M, (8,), rng, mask=np.ones(M)), "mask: expected a boolean array"),
        (lambda rng: GaussianAR(M, (8,), rng, order=[0, 1, 1, 2, 3]), "order: expected each of 0..4 once"),
        (lambda rng: Permutation([0, 0, 1]), "permutation: expected each of 0..2 once"),
        (lambda rng: GaussianAR(M, (8,), rng).f(np.zeros((2, 5)), np.zeros((2, 3))), "context: this network was built"),
        (lambda rng: GaussianAR(M, (8,), rng).g([[0.0] * M]), r"z: expected an array of shape \(n, 5\), got list"),
        (lambda rng: InverseGaussianAR(M, (8,), rng).f(np.zeros(M)), r"x: expected shape \(n, 5\), got \(5,\)"),
        (lambda rng: AffineCoupling(M, 8, rng), r"hidden: expected the widths of the layers"),
        (lambda rng: Permutation(3), r"permutation: expected shape \(m,\), got \(\)"),
        (lambda rng: Logit(0.6), "alpha: expected a number in"),
        (lambda rng: Logit(levels=0), "levels: expected a positive number"),
        (lambda rng: ActNorm(M).initialize(np.full((3, M), np.nan)), "x: expected at least one object, and finite"),
    ],
)
def test_errors_say_what_was_wanted(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call(np.random.default_rng(0))


@pytest.mark.parametrize("mask", [[1, 1, 0, 0, 0], [0, 0, 1, 1, 1], [1, 0, 1, 0, 1], [1, 0, 0, 1, 0], [0, 0, 0, 0, 1]])
def test_a_coupling_moves_exactly_the_columns_that_its_mask_leaves_out(mask):
    mask, rng = np.array(mask, bool), np.random.default_rng(0)
    flow = shaken(AffineCoupling(M, (8,), rng, mask=mask), rng).astype(np.float64)
    x = points(5)
    assert np.array_equal((flow.f(x)[0] != x).all(axis=0), ~mask) and np.array_equal(
        (flow.f(x)[0] == x).all(axis=0), mask
    )


@pytest.mark.parametrize("make", [maf, iaf])
def test_the_order_is_reversed_from_one_flow_to_the_next(make):
    flows = [flow for flow in make(3, 4, (8,), np.random.default_rng(0)).flows if hasattr(flow, "net")]
    assert [flow.net.order.tolist() for flow in flows] == [[0, 1, 2], [2, 1, 0], [0, 1, 2], [2, 1, 0]]


def test_coupling_masks_take_turns():
    flows = [flow for flow in real_nvp(3, 4, (8,), np.random.default_rng(0)).flows if hasattr(flow, "net")]
    widths = [flow.net.layers[0].weight.shape[0] for flow in flows]
    assert widths == [1, 2, 1, 2]
