"""Every formula beside what runs in its place: the same values, gradients and dtypes, also where inputs are hard.

A pair without a case below fails. A case is a function of a generator and of `cast`, which brings an array to the dtype
under test; it yields calls, `call(*args, **settings)`. In "mixed" every second array is float64, the others float32.
"""

import importlib
import itertools
import pkgutil

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from autograd.test_util import check_grads

import minidgm
from minidgm.flows import (
    ActNorm,
    AffineCoupling,
    Chain,
    GaussianAR,
    InverseGaussianAR,
    Permutation,
    half_mask,
    iaf,
    maf,
    real_nvp,
)
from minidgm.functional import column_sums, log_softmax, relu, row_sums
from minidgm.nn import MADE, MLP
from minidgm.tensor import PAIRS, Module, parameters, plain, value_and_grad

N, M = 6, 4

for module in pkgutil.walk_packages(minidgm.__path__, "minidgm."):  # a pair is known when its module has been imported
    if module.name.split(".")[1] not in ("__main__", "cli", "course", "labs", "plots", "book"):
        importlib.import_module(module.name)


def call(*args, **settings):
    return args, settings


def shaken(model, rng, cast, scale=0.5):
    """The model in another dtype, with noise on every parameter."""
    for theta in parameters(model).values():
        theta += (scale * rng.standard_normal(theta.shape)).astype(theta.dtype)
    return model.astype(cast(np.zeros(1)).dtype)


# ------------------------------------------------------------------ cases: nn, flows, optim


def affine(rng, cast):
    yield call(*(cast(rng.standard_normal((N, M))) for _ in range(3)))
    yield call(*(cast(rng.standard_normal((1, 1))) for _ in range(3)))
    yield call(*(cast(np.zeros((0, M))) for _ in range(3)))  # no objects
    x, mu, log_sigma = (rng.standard_normal((N, M)) for _ in range(3))
    yield call(cast(1e6 * x), cast(1e6 * mu), cast(3 * log_sigma / abs(log_sigma)))  # scales at the bounds
    yield call(*(np.asfortranarray(cast(a))[::2] for a in (x, mu, log_sigma)))


def coupling(rng, cast):
    for moved in (np.array([3, 1]), slice(0, 4, 3), np.arange(0), np.arange(M)):
        width = len(np.arange(M)[moved])
        parts = (cast(rng.standard_normal((N, width))) for _ in range(2))
        yield call(cast(rng.standard_normal((N, M))), *parts, moved=moved)
    yield call(*(cast(np.zeros((0, k))) for k in (M, 2, 2)), moved=np.array([0, 2]))


def table_of_mu_and_log_sigma(rng, cast):
    for scale in (1, 1e-6, 1e6):
        yield call(cast(scale * rng.standard_normal((N, 2 * M))))
    yield call(cast(np.zeros((N, 2 * M))))
    yield call(cast(np.zeros((0, 2 * M))))


def mlps(rng, cast):
    for sizes, activation in (((3, 5, 4, 2), relu), ((3, 2), relu), ((3, 4, 2), anp.tanh)):
        net = shaken(MLP(sizes, rng, activation), rng, cast)
        for n in (N, 0):
            yield call(net, cast(rng.standard_normal((n, 3))))


def mades(rng, cast):
    for net in (MADE(M, (7, 5), 2, rng), MADE(3, (1,), 1, rng)):
        net = shaken(net, rng, cast)
        for n in (N, 0):
            yield call(net, cast(rng.standard_normal((n, net.m))))
    net = shaken(MADE(M, (7, 5), 2, rng, context=3), rng, cast)
    yield call(net, *(cast(rng.standard_normal((N, k))) for k in (M, 3)))
    for scale in (1, 1e4):
        net = shaken(MADE(64, (256, 256), 2, rng), rng, cast, 0.05)  # cut into blocks
        yield call(net, cast(scale * rng.standard_normal((3, 64))))
    net = net.copy()
    for layer in net.layers:
        layer.mask = ~layer.mask  # no stairs any more
    yield call(net, cast(rng.standard_normal((3, 64))))
    net = net.copy()
    for layer in net.layers:
        layer.mask = np.zeros_like(layer.mask)
    yield call(net, cast(rng.standard_normal((3, 64))))


def with_and_without_context(make):
    """Cases of a layer, made by `make(context, rng)`, or of what it gives beside."""

    def cases(rng, cast):
        for context in (0, 3):
            flow = shaken(make(context, rng), rng, cast)
            for n in (N, 0):
                given = [cast(rng.standard_normal((n, context)))] if context else []
                yield call(flow, cast(rng.standard_normal((n, M))), *given)

    return cases


def ar(flow_class):
    return with_and_without_context(lambda context, rng: flow_class(M, (16, 11), rng, [2, 0, 3, 1], context))


def coupling_layers(rng, cast):
    for mask in (half_mask(M), np.array([True, False, False, True]), np.array([False, True, False, True])):
        yield from with_and_without_context(lambda c, rng: AffineCoupling(M, (5,), rng, mask, c))(rng, cast)  # noqa: B023
    flow = shaken(AffineCoupling(M, (5,), rng), rng, cast)
    flow.net.activation = anp.tanh  # not what runs otherwise
    yield call(flow, cast(rng.standard_normal((N, M))))


def nets_of_couplings(rng, cast):
    for context in (0, 3):
        flow = shaken(AffineCoupling(M, (5,), rng, context=context), rng, cast)
        yield call(flow, *(cast(rng.standard_normal((N, k))) for k in (M // 2, context) if k))


def chains(rng, cast):
    for context in (0, 3):
        for make in (maf, iaf, real_nvp):
            chain = shaken(make(M, 3, (6,), rng, context=context), rng, cast)
            given = [cast(rng.standard_normal((N, context)))] if context else []
            yield call(chain, cast(rng.standard_normal((N, M))), *given)
    twice = GaussianAR(M, (6,), rng)  # one layer in two places
    for flows in (
        [],
        [twice, ActNorm(M), twice],
        [ActNorm(M), Permutation([1, 0, 3, 2]), AffineCoupling(M, (5,), rng)],
    ):
        yield call(shaken(Chain(flows), rng, cast), cast(rng.standard_normal((N, M))))
    yield call(shaken(maf(M, 2, (6,), rng), rng, cast), cast(np.zeros((0, M))))


def convolutions(rng, cast):
    kernel = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    for n, size, offsets in ((3, (4, 5), kernel), (2, (4, 5), [(0, 0)]), (2, (3, 3), [(-1, 0), (0, -1)]),
                             (2, (1, 2), [(-2, 0), (0, 3), (0, 1)]), (0, (4, 5), kernel)):  # fmt: skip
        x, weight = rng.standard_normal((n, *size, 2)), rng.standard_normal((len(offsets), 2, 3))
        yield call(cast(x), cast(weight), cast(rng.standard_normal(3)), offsets=offsets)


def inversions(flow_class):
    def cases(rng, cast):
        for flow, context in (
            (flow_class(M, (16, 11), rng), None),
            (flow_class(M, (16, 11), rng, order=[2, 0, 3, 1], context=3), 3),
            (flow_class(M, (), rng), None),
            (flow_class(1, (8,), rng, context=3), 3),
            (flow_class(1, (8,), rng), None),
            (flow_class(M, (2, 1), rng), None),
        ):
            flow = shaken(flow, rng, cast)
            for n in (7, 0):
                context_n = [] if context is None else [cast(rng.standard_normal((n, context)))]
                yield call(flow, cast(rng.standard_normal((n, flow.m))), *context_n)
        flow = shaken(flow_class(M, (12,), rng), rng, cast)
        first, last = (layer.mask for layer in flow.net.layers)  # changed after the net was built
        first[...], last[...] = False, False
        first[:2], last[:, [2, 3, M + 2, M + 3]] = True, True  # a coupling layer: x_1, x_2 move x_3, x_4
        yield call(flow, cast(rng.standard_normal((5, M))))

    return cases


def adam(rng, cast):
    dtype = cast(np.zeros(1)).dtype  # an optimizer has one dtype
    for n, t, scale in ((5, 1, 1.0), (70_001, 3, 1.0), (5, 10_000, 1e-6), (5, 2, 1e6), (5, 1, 0.0), (0, 1, 1.0)):
        g, m = (scale * rng.standard_normal(n).astype(dtype) for _ in range(2))
        yield call(g.astype(dtype), m.astype(dtype), (m * m).astype(dtype), t, 1e-3, 0.9, 0.999, 1e-8)


CASES = {
    "flows.affine.affine_f": affine,
    "flows.affine.affine_g": affine,
    "flows.coupling.coupling_f": coupling,
    "flows.coupling.coupling_g": coupling,
    "flows.affine.mu_and_log_sigma": table_of_mu_and_log_sigma,
    "flows.autoregressive.GaussianAR.f": ar(GaussianAR),
    "flows.autoregressive.GaussianAR.g": inversions(GaussianAR),
    "flows.autoregressive.InverseGaussianAR.f": inversions(InverseGaussianAR),
    "nn.conv.conv": convolutions,
    "flows.autoregressive.InverseGaussianAR.g": ar(InverseGaussianAR),
    "flows.autoregressive._ARFlow.mu_log_sigma": ar(GaussianAR),
    "flows.base.Chain.f": chains,
    "flows.base.Chain.g": chains,
    "flows.coupling.AffineCoupling.f": coupling_layers,
    "flows.coupling.AffineCoupling.g": coupling_layers,
    "flows.coupling.AffineCoupling.mu_log_sigma": nets_of_couplings,
    "flows.elementwise.ActNorm.f": with_and_without_context(lambda context, rng: ActNorm(M)),
    "flows.elementwise.ActNorm.g": with_and_without_context(lambda context, rng: ActNorm(M)),
    "nn.dense.MLP.__call__": mlps,
    "nn.made.MADE.table": mades,
    "optim.adam_step": adam,
}
IN_PLACE = {"optim.adam_step": (1, 2)}  # the arguments that it brings up to date; it may write over any other


# ------------------------------------------------------------------ cases: distributions, discrete, vae


def rows(rng, cast):
    for scale in (1, 1e-6, 1e6):
        yield call(cast(scale * rng.standard_normal((N, M))))
    yield call(cast(np.zeros((0, M))))


def gaussians(rng, cast):
    for scale in (1, 10):
        yield call(*(cast(scale * rng.standard_normal((N, M))) for _ in range(3)))
    yield call(*(cast(np.zeros((0, M))) for _ in range(3)))


def bits(rng, cast):
    x = (rng.random((N, M)) < 0.5).astype(float)
    for scale in (1, 1e-6, 100):
        yield call(cast(x), cast(scale * rng.standard_normal((N, M))))
    yield call(cast(x), cast(rng.standard_normal(M)))  # the same for all objects
    yield call(cast(x), cast(np.where(x > 0, np.inf, -np.inf)))  # certain
    yield call(cast(x), cast(np.full((N, M), np.inf)))  # certain or impossible
    yield call(cast(x[:0]), cast(x[:0]))


def discretized(rng, cast):
    levels, K = 17, 3
    y = rng.integers(0, levels, (4, 6))
    y[0, :2] = 0, levels - 1
    log_pi, mu = rng.standard_normal((4, 6, K)), rng.uniform(-20, 40, (4, 6, K))
    log_pi[0, 0, 0] = -np.inf  # a component of weight zero
    for low, high in ((0, 0.5), (-3, 5)):
        s = 10 ** rng.uniform(low, high, (4, 6, K))
        yield call(cast(log_pi), cast(mu), cast(s), y=cast(y.astype(float)), levels=levels)
    yield call(cast(log_pi), cast(mu), cast(s[0, 0]), y=cast(y.astype(float)), levels=levels)  # one s for all
    log_pi[...] = -np.inf  # no weights at all: equal shares
    yield call(cast(log_pi), cast(mu), cast(s), y=cast(y.astype(float)), levels=levels)
    yield call(*(cast(a[:0]) for a in (log_pi, mu, s)), y=cast(y[:0].astype(float)), levels=levels)
    yield call(*(cast(a[:1, :1]) for a in (np.zeros_like(mu), mu, s)), y=cast(np.zeros((1, 1))), levels=1)


def mixture(rng, cast):
    K = 3
    log_pi = log_softmax(rng.standard_normal(K))
    for scale in (1, 1e-2):
        yield call(
            *(cast(rng.standard_normal((N, M))), cast(log_pi), cast(rng.standard_normal((K, M)))),
            cast(scale * rng.standard_normal((K, M))),
        )
    mu, log_pi = rng.standard_normal((K, M)), np.array([log_pi[0], -np.inf, log_pi[2]])
    for log_scales in ((-14, 0, 7), (-14, 14, -14), (-13, -13, -13)):  # where the product of matrices cancels
        log_sigma = np.array(log_scales)[:, None] + 0.1 * rng.standard_normal((K, M))
        z = np.concatenate([rng.standard_normal((N, M)), mu + np.exp(log_sigma) * rng.standard_normal((K, M))])
        yield call(cast(z), cast(log_pi), cast(mu), cast(log_sigma))
    yield call(*(cast(a) for a in (np.zeros((0, M)), log_pi, mu, mu)))
    yield call(*(cast(a) for a in (mu, np.full(K, -np.inf), mu, mu)))  # no weights at all: −inf


def aggregated(rng, cast):
    yield call(*(cast(rng.standard_normal((n, M))) for n in (N, 3, 3)))
    yield call(*(cast(rng.standard_normal((n, M))) for n in (N, 1, 1)))


def posteriors(*total):
    def cases(rng, cast):
        for n in (2, 5):
            yield call(*(cast(rng.standard_normal(s)) for s in ((n, 2), (n, 2), (3, n, 2))), *total)

    return cases


CASES |= {
    "discrete.discretize.discretized_mixture_log_prob": discretized,
    "distributions.bernoulli_log_prob": bits,
    "distributions.standard_normal_log_prob": rows,
    "vae.gaussians.aggregated_log_prob": aggregated,
    "vae.gaussians.mixture_log_prob": mixture,
    "vae.posteriors.gaussian_draw": gaussians,
    "vae.surgery.leave_one_out_mutual_information": posteriors(),
    "vae.surgery.log_ratios": posteriors(),
    "vae.surgery.minibatch_mutual_information": posteriors(20),
    "vae.surgery.mutual_information": posteriors(),
}


# ------------------------------------------------------------------ the tests


def test_every_pair_has_a_case():
    assert CASES.keys() == PAIRS.keys()


def calls(name, dtype):
    every_second = itertools.cycle([np.float32, np.float64])
    cast = (lambda a: a.astype(next(every_second))) if dtype == "mixed" else (lambda a: a.astype(dtype))
    return list(CASES[name](np.random.default_rng(0), cast))


def decorated(name):
    """What others call: the formula's name in its module."""
    formula = PAIRS[name].formula
    found = importlib.import_module(formula.__module__)
    for part in formula.__qualname__.split("."):
        found = getattr(found, part)
    return found


def values(result):
    return result if isinstance(result, tuple) else (result,)


def copied(args):
    return [a.copy() if hasattr(a, "copy") else a for a in args]


def tolerance(dtype):
    return 1e-11 if dtype == "float64" else 2e-4


def assert_same(got, wanted, dtype):
    """Equal to rounding, measured by the largest number of the array; the same dtype and shape."""
    assert got.dtype == wanted.dtype and got.shape == wanted.shape
    finite = wanted[np.isfinite(wanted)]
    scale = np.max(np.abs(finite), initial=1)
    np.testing.assert_allclose(got, wanted, rtol=tolerance(dtype), atol=tolerance(dtype) * min(scale, 1e3) * 0.1)


DTYPES = ["float64", "float32", "mixed"]
in_every_dtype = pytest.mark.parametrize("dtype", DTYPES)
for_every_pair = pytest.mark.parametrize("name", sorted(PAIRS))


@in_every_dtype
@for_every_pair
def test_a_pair_has_the_same_values_and_dtypes_and_leaves_its_inputs_alone(name, dtype):
    run = decorated(name)
    for args, settings in calls(name, dtype):
        fast_args, plain_args = copied(args), copied(args)
        got = values(run(*fast_args, **settings))
        with plain():
            wanted = values(run(*plain_args, **settings))
        assert len(got) == len(wanted)
        for a, b in zip(got, wanted):
            assert_same(np.asarray(a), np.asarray(b), dtype)
        for i, (a, b, before) in enumerate(zip(fast_args, plain_args, args)):
            if name in IN_PLACE:
                if i in IN_PLACE[name]:
                    assert_same(a, b, dtype)
            elif isinstance(before, np.ndarray):
                assert np.array_equal(a, before) and np.array_equal(b, before)


class Arguments(Module):
    """A model that is nothing but the arguments of a call, so that `value_and_grad` differentiates by each of them."""

    def __init__(self, args):
        self.args = list(args)


@in_every_dtype
@np.errstate(all="ignore")  # where the value is infinite, its gradient is not compared
@pytest.mark.parametrize("name", sorted(name for name, pair in PAIRS.items() if pair.gradient))
def test_a_pair_has_the_same_gradients(name, dtype):
    run, rng = decorated(name), np.random.default_rng(1)
    for args, settings in calls(name, dtype):
        shapes = [(np.shape(v), v.dtype) for v in values(run(*args, **settings))]
        weights = [rng.standard_normal(shape).astype(dtype) for shape, dtype in shapes]
        uses = [weights, *([w if i == k else None for i, w in enumerate(weights)] for k in range(len(weights)))]
        for used in uses if len(weights) > 1 else [weights]:  # all values, and each of them alone

            def loss(model, used=used):
                found = values(run(*model.args, **settings))  # noqa: B023
                return sum(anp.sum(w * v + w * v * v) for w, v in zip(used, found) if w is not None)

            value, grad = value_and_grad(loss)(Arguments(args))
            with plain():
                plain_value, plain_grad = value_and_grad(loss)(Arguments(args))
            if not np.isfinite(plain_value):
                continue
            assert np.asarray(value).dtype == np.asarray(plain_value).dtype
            assert grad.keys() == plain_grad.keys()
            for path, g in grad.items():
                scale = max(1, np.max(np.abs(plain_grad[path]), initial=0))
                assert g.dtype == plain_grad[path].dtype
                np.testing.assert_allclose(g / scale, plain_grad[path] / scale, rtol=0, atol=tolerance(dtype))


@pytest.mark.parametrize("name", sorted(name for name, pair in PAIRS.items() if pair.gradient))
def test_gradients_of_gradients_go_through_the_formula(name):
    run = decorated(name)
    args, settings = calls(name, "float64")[0]
    k = next(k for k, a in enumerate(args) if isinstance(a, np.ndarray))
    f = lambda a: anp.sum(values(run(*args[:k], a, *args[k + 1 :], **settings))[0] ** 2)  # noqa: E731
    second = autograd.grad(lambda a: anp.sum(autograd.grad(f)(a) ** 2))
    got = second(args[k])
    with plain():
        np.testing.assert_allclose(got, second(args[k]), rtol=1e-11, atol=1e-11)


def test_inversion_is_still_differentiable():
    rng = np.random.default_rng(0)
    flow = GaussianAR(M, (12,), rng).astype(np.float64)
    check_grads(lambda z: anp.sum(flow.g(z)[0] ** 2), modes=["rev"], order=1)(rng.standard_normal((3, M)))
    _, grad = value_and_grad(lambda flow, z: anp.sum(flow.g(z)[0] ** 2))(flow, rng.standard_normal((3, M)))
    assert all(np.any(grad[f"net.layers.1.{name}"] != 0) for name in ("weight", "bias"))


@pytest.mark.parametrize("m", [2, 65, 784])
def test_sums_by_blas_are_as_exact_as_numpys_in_float32(m):
    a = np.random.default_rng(0).random((300, m), dtype=np.float32)
    for got, exact in ((row_sums(a), a.sum(axis=1, dtype=float)), (column_sums(a), a.sum(axis=0, dtype=float))):
        assert got.dtype == np.float32
        np.testing.assert_allclose(got, exact, rtol=1e-6)


def test_a_mask_changed_in_place_counts_at_once_whatever_the_width():
    rng = np.random.default_rng(0)
    net = MADE(64, (256, 256), 2, rng).astype(np.float64)
    x = rng.standard_normal((5, 64))
    net.table(x)
    for layer in net.layers:
        layer.mask[...] = rng.random(layer.mask.shape) < 0.5
    h = x
    for i, layer in enumerate(net.layers):
        h = np.dot(np.maximum(h, 0) if i else h, layer.weight * layer.mask) + layer.bias
    np.testing.assert_allclose(net.table(x), h, rtol=1e-10, atol=1e-10)
