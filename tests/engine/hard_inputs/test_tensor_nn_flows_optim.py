"""Hard inputs over every public name of functional, nn, flows, tensor and optim: the right value, or one sentence.

`ROWS` are calls of one array (n, m), row i of the value answering to row i alone; `SENTENCES` are wrong uses of what is
no function of an array. A public name that has neither fails the test. No warning may escape, and no input may change.
"""

import inspect
import math
import re
import warnings

import autograd.numpy as anp
import numpy as np
import pytest
from scipy import special

import minidgm.flows as flows
import minidgm.functional as functional
import minidgm.nn as nn
import minidgm.optim as optim
import minidgm.tensor as tensor
from minidgm.distributions import StandardNormal
from minidgm.flows import FlowModel
from minidgm.tensor import Module, parameters, value_and_grad

BOTH_WAYS = True
N, M = 5, 4
f32 = np.float32
RNG = np.random.default_rng(0)
X = np.random.default_rng(1).standard_normal((N, M)).astype(f32)
UNIT = np.random.default_rng(2).random((N, M), dtype=f32)  # in [0, 1), for Logit
W, B = np.random.default_rng(3).standard_normal((M, 3)).astype(f32), np.ones(3, f32)
LABELS = np.array([0, 3, 1, 2, 2])


def shaken(model):
    """Flows start as the identity, which would test nothing."""
    for theta in parameters(model).values():
        theta += 0.3 * np.random.default_rng(4).standard_normal(theta.shape).astype(theta.dtype)
    return model


def both(flow):
    """f and log_det beside each other, and g of the same numbers."""

    def call(x):
        (z, log_det), (y, log_det_g) = flow.f(x), flow.g(x)
        return np.concatenate([z, log_det[:, None], y, log_det_g[:, None]], axis=1)

    return call


def model_of(flow):
    return FlowModel(shaken(flow), StandardNormal(M)).log_prob


ROWS = {
    "functional": {
        "sigmoid": functional.sigmoid,
        "softplus": functional.softplus,
        "log_sigmoid": functional.log_sigmoid,
        "log1mexp": lambda a: functional.log1mexp(np.abs(a)),
        "log_diff_sigmoid": lambda a: functional.log_diff_sigmoid(np.add(a, 1), a),
        "logsumexp": lambda a: functional.logsumexp(a, axis=-1),
        "log_softmax": functional.log_softmax,
        "below_largest": lambda a: functional.below_largest(a, -1)[1],
        "normal_cdf": functional.normal_cdf,
        "log_normal_cdf": functional.log_normal_cdf,
        "relu": functional.relu,
        "soft_bound": lambda a: functional.soft_bound(a, limit=3.0),
        "row_sums": functional.row_sums,
        "column_sums": lambda a: functional.column_sums(np.transpose(a)),
        "total": lambda a: functional.total(a, a),
        "dense": lambda a: functional.dense(a, W, B),
        "columns": lambda a: functional.columns(a, index=np.array([2, 0])),
        "merge_columns": lambda a: functional.merge_columns(a, a, np.array([0, 2, 4, 6]), np.array([1, 3, 5, 7])),
        "split": lambda a: np.concatenate(functional.split(a, 2), axis=1),
        "pick": lambda a: functional.pick(a, index=LABELS[: len(a)]),
    },
    "nn": {
        "Dense": nn.Dense(M, 3, RNG),
        "MLP": nn.MLP((M, 6, 3), RNG),
        "network": lambda x: nn.network(x, nn.Dense(M, 3, np.random.default_rng(0))),
        "MaskedDense": nn.MaskedDense(W > 0, RNG),
        "MADE": nn.MADE(M, (7,), 2, RNG).table,
        "Conv2d": lambda x: nn.Conv2d(3, 1, 2, np.random.default_rng(0))(np.reshape(x, (len(x), 2, 2, 1))),
        "MaskedConv2d": lambda x: nn.MaskedConv2d(np.tri(3, dtype=bool), 1, 2, np.random.default_rng(0))(
            np.reshape(x, (len(x), 2, 2, 1))
        ),
    },
    "flows": {
        "ActNorm": both(shaken(flows.ActNorm(M))),
        "AffineCoupling": both(shaken(flows.AffineCoupling(M, (6,), RNG))),
        "Chain": both(shaken(flows.Chain([flows.ActNorm(M), flows.AffineCoupling(M, (6,), RNG)]))),
        "FlowModel": model_of(flows.AffineCoupling(M, (6,), RNG)),
        "GaussianAR": both(shaken(flows.GaussianAR(M, (6,), RNG))),
        "Inverse": both(flows.Inverse(shaken(flows.GaussianAR(M, (6,), RNG)))),
        "InverseGaussianAR": both(shaken(flows.InverseGaussianAR(M, (6,), RNG))),
        "Logit": lambda x: flows.Logit(0.05).f(functional.sigmoid(x))[0],
        "Permutation": both(flows.Permutation([2, 0, 3, 1])),
        "iaf": model_of(flows.iaf(M, 2, (6,), RNG)),
        "maf": model_of(flows.maf(M, 2, (6,), RNG)),
        "real_nvp": model_of(flows.real_nvp(M, 2, (6,), RNG)),
    },
}
ALL = {f"{package}.{name}": call for package, rows in ROWS.items() for name, call in rows.items()}
ARRAYS_ONLY = {"nn.Conv2d", "nn.MaskedConv2d", "flows.Logit"}  # the row itself works on an array before the call


class Weights(Module):
    def __init__(self, *values):
        self.values = list(values)


def adam_of_another_model():
    adam = optim.Adam()
    adam.step(Weights(np.ones(3)), {"values.0": np.ones(3)})
    adam.step(Weights(np.ones(4)), {"values.0": np.ones(4)})


SENTENCES = {
    "nn": {
        "made_degrees": [(lambda: nn.MADE(3, (0,), 2, RNG), "hidden: expected")],
        "made_masks": [(lambda: nn.MADE(3, (2,), 2, RNG, order=[0, 1, 1]), "order: expected")],
        "start_at_zero": [(lambda: nn.MLP(3, RNG), "sizes: expected")],
        "MLP": [
            (lambda: nn.MLP((3, 0), RNG), "sizes: expected"),
            (lambda: nn.MLP((3, 1), 0), "rng: expected a numpy.random.Generator"),
        ],
        "MADE": [(lambda: nn.MADE(3, (4,), 2, None), "rng: expected a numpy.random.Generator")],
        "Conv2d": [(lambda: nn.Conv2d(2, 1, 1, RNG), "kernel_size: expected")],
        "MaskedConv2d": [
            (lambda: nn.MaskedConv2d(np.zeros((3, 3), bool), 1, 1, RNG), "mask: expected"),
            (lambda: nn.MaskedConv2d(np.ones((3, 3), bool), 1, 1, np.random), "rng: expected a numpy.random.Generator"),
        ],
    },
    "flows": {
        "Flow": [(lambda: flows.Chain([flows.ActNorm(2), flows.ActNorm(3)]), "flows: expected")],
        "half_mask": [(lambda: flows.AffineCoupling(1, (4,), RNG), "m: expected 2 or more")],
        "checkerboard_mask": [
            (lambda: flows.AffineCoupling(3, (4,), RNG, flows.checkerboard_mask(2, 2)), r"mask: expected shape \(3,\)")
        ],
        "real_nvp": [(lambda: flows.real_nvp(3, 2, (4,), RNG, masks=[]), "masks: expected")],
        "Logit": [
            (lambda: flows.Logit(0.0).f(np.zeros((1, 1))), "x: expected values inside"),
            (lambda: flows.Logit().f(np.full((1, 1), np.nan)), "x: expected values in"),
            (lambda: flows.Logit(math.nan), "alpha: expected"),
        ],
        "ActNorm": [
            (lambda: flows.ActNorm(2).initialize(np.zeros((0, 2))), "x: expected at least one"),
            (lambda: flows.ActNorm(2).initialize(np.full((3, 2), math.inf)), "x: expected at least one"),
            (lambda: flows.ActNorm(2).initialize(np.zeros((3, 2), int)), "x: expected a float array"),
        ],
        "Permutation": [(lambda: flows.Permutation([1, 2]), "permutation: expected")],
    },
    "tensor": {
        "Module": [(lambda: Weights(np.ones(2)).astype(int), "dtype: expected a float type")],
        "arrays": [(lambda: tensor.arrays(Weights({1: np.ones(2), "1": np.ones(3)})), "model: two arrays")],
        "parameters": [(lambda: parameters(Weights({1: np.ones(2), "1": np.ones(3)})), "model: two arrays")],
        "value_and_grad": [
            (lambda: value_and_grad(lambda model: model.values[0])(Weights(np.ones(2))), "loss: expected one number"),
            (lambda: value_and_grad(lambda model: None)(Weights(np.ones(2))), "loss: expected one number"),
            (lambda: value_and_grad(lambda model: "text")(Weights(np.ones(2))), "loss: expected one number"),
            (lambda: value_and_grad(lambda model: 1.0)(Weights({1: np.ones(2), "1": np.ones(3)})), "model: two arrays"),
        ],
    },
    "optim": {
        "Optimizer": [
            (lambda: optim.Optimizer("1e-3"), "lr: expected a number from 0 on, got '1e-3'"),
            (lambda: optim.Optimizer(math.nan), "lr: expected a number from 0 on, got nan"),
            (lambda: optim.Optimizer(0.1).step(Weights(), {}), "model: expected one with parameters"),
            (lambda: optim.Optimizer(0.1).restore({"t": 1.5}), "state: expected t"),
        ],
        "SGD": [
            (lambda: optim.SGD().step(Weights(np.ones(2)), {}), "grad: expected one array per parameter"),
            (
                lambda: optim.SGD().step(Weights(np.ones(2)), {"values.0": [1.0, 2.0]}),
                r"grad: values.0: expected shape \(2,\), got list",
            ),
            (lambda: optim.SGD(0.1, 1.0), r"beta: expected a number in \[0, 1\), got 1.0"),
            (lambda: optim.SGD(0.1, 0.9).restore({"t": 1}), "state: expected"),
        ],
        "Adam": [
            (adam_of_another_model, "model: this optimizer has averages"),
            (lambda: optim.Adam(-1e-3), "lr: expected a number from 0 on, got -0.001"),
            (lambda: optim.Adam(beta2=1.0), r"beta2: expected a number in \[0, 1\), got 1.0"),
            (lambda: optim.Adam(eps=-1.0), "eps: expected a number from 0 on, got -1.0"),
            (lambda: optim.Adam().restore({"t": 1, "m": np.ones(2)}), "state: expected"),
        ],
        "warmup_cosine": [
            (lambda: optim.warmup_cosine(1.0, 5, 5), "warmup: expected"),
            (lambda: optim.warmup_cosine(1.0, 0, 0), "warmup: expected"),
        ],
        "MovingAverage": [
            (lambda: optim.MovingAverage(Weights(np.ones(2)), 1.0), "decay: expected"),
            (lambda: optim.MovingAverage(Weights(np.ones(2))).update(Weights(np.ones(3))), "model: expected"),
        ],
        "clip_by_norm": [(lambda: optim.clip_by_norm({"a": np.ones(2)}, 0.0), "max_norm: expected")],
        "adam_step": [(adam_of_another_model, "model: this optimizer")],
    },
}
ELSEWHERE = {
    "functional": {"as_float": "test_distributions.py", "float_dtype": "test_distributions.py"},
    "tensor": {
        "PAIRS": "test_pairs.py",
        "WithGradient": "a type",
        "differentiable": "test_tensor.py",
        "is_traced": "test_pairs.py",
        "one_step": "test_pairs.py",
        "plain": "test_pairs.py",
        "runs_as": "test_pairs.py",
        "stands": "test_pairs.py",
        "stop_gradient": "test_tensor.py",
    },
}


def public(module):
    if hasattr(module, "__all__"):
        return set(module.__all__)
    return {
        name
        for name, value in vars(module).items()
        if inspect.getmodule(value) is module and not name.startswith("_") and callable(value)
    }


@pytest.mark.parametrize("module", [functional, nn, flows, tensor, optim], ids=lambda module: module.__name__)
def test_every_public_name_has_a_row(module):
    package = module.__name__.split(".")[-1]
    tables = [table.get(package, {}) for table in (ROWS, SENTENCES, ELSEWHERE)]
    assert public(module) == {name for table in tables for name in table}


WRONG = [(name, *row) for table in SENTENCES.values() for name, rows in table.items() for row in rows]


@pytest.mark.parametrize("name, call, sentence", WRONG, ids=[row[0] for row in WRONG])
def test_a_wrong_use_is_one_sentence(name, call, sentence):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match=sentence) as caught:
            call()
    assert re.match(r"[a-z_\d]+: \w.*[^.]$", str(caught.value)) and "\n" not in str(caught.value)


def outcome(call, x):
    """The value, or the sentence of the ValueError; the input has not changed and no warning escaped."""
    before = np.array(x, copy=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            value = np.asarray(call(x))
        except ValueError as error:
            assert re.match(r"[a-z_\d]+: \w.*[^.]$", str(error)) and "\n" not in str(error), error
            value = str(error)
    np.testing.assert_array_equal(x, before)
    return value


def readonly(x):
    x = x.copy()
    x.flags.writeable = False
    return x


LAYOUTS = {
    "read-only": readonly,
    "strided": lambda x: np.repeat(x, 2, axis=0)[::2],
    "reversed": lambda x: x[::-1].copy()[::-1],
    "Fortran": np.asfortranarray,
    "big-endian": lambda x: x.astype(x.dtype.newbyteorder(">")),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", ALL)
def test_the_layout_of_an_array_does_not_matter(name, layout):
    value, wanted = outcome(ALL[name], LAYOUTS[layout](X)), outcome(ALL[name], X)
    assert not isinstance(wanted, str), wanted
    assert value.dtype.newbyteorder("=") == f32
    np.testing.assert_allclose(value, wanted, rtol=2e-6, atol=2e-6)


@pytest.mark.parametrize("dtype", [np.float16, np.float64, np.int64, np.uint8])
@pytest.mark.parametrize("name", ALL)
def test_another_dtype_gives_the_same_value_or_a_sentence(name, dtype):
    x = (np.abs(np.rint(2 * X)) if np.dtype(dtype).kind in "iu" else X).astype(dtype)
    value, wanted = outcome(ALL[name], x), outcome(ALL[name], x.astype(f32))
    if isinstance(value, str):
        assert np.dtype(dtype).kind in "iu" and "expected a float array" in value
    else:
        tolerance = 2e-2 if dtype is np.float16 else 1e-5
        np.testing.assert_allclose(value.astype(float), wanted, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(
    "name", [name for name in ALL if not name.startswith("functional") and name not in ARRAYS_ONLY]
)
def test_a_list_is_refused_in_a_sentence(name):
    with pytest.raises(ValueError, match=r"^[a-z]+: expected an array of shape \(n, \w+\), got list$"):
        ALL[name](X.tolist())


@pytest.mark.parametrize("name", ALL)
def test_no_objects_give_no_values_and_one_object_its_own(name):
    whole = outcome(ALL[name], X)
    assert outcome(ALL[name], X[:0]).shape == (0, *whole.shape[1:])
    if name != "functional.pick":  # its row has labels
        np.testing.assert_allclose(outcome(ALL[name], X[2:3]), whole[2:3], rtol=2e-6, atol=2e-6)


@pytest.mark.parametrize("scale", [1e-6, 1e-3, 1e3, 1e6])
@pytest.mark.parametrize("name", ALL)
def test_numbers_of_every_scale_give_finite_ones_that_float64_confirms(name, scale):
    x = (scale * X).astype(f32)
    value, wanted = outcome(ALL[name], x), outcome(ALL[name], x.astype(np.float64))
    if name == "functional.log_diff_sigmoid" and scale == 1e6:
        wanted = outcome(lambda a: functional.log_diff_sigmoid(a + 1, a), x).astype(float)  # x + 1 itself is rounded
    assert np.all(np.isfinite(value))
    size = np.maximum(np.max(np.abs(wanted), axis=-1, keepdims=True), 1)
    if wanted.ndim > 1 and name.startswith("flows"):
        size = np.max(size)
    np.testing.assert_allclose(value / size, wanted / size, atol=2e-4 if name.startswith("flows") else 2e-5)


@pytest.mark.parametrize("name", ALL)
def test_a_nan_stays_in_its_row_or_is_refused(name):
    x = X.copy()
    x[1] = np.nan
    value = outcome(ALL[name], x)
    if isinstance(value, str):
        assert value.startswith("x: expected")
    else:
        assert np.any(np.isnan(value[1]))
        np.testing.assert_allclose(np.delete(value, 1, 0), np.delete(outcome(ALL[name], X), 1, 0), rtol=2e-6, atol=2e-6)


# ------------------------------------------------------------------ exact values at the ends

INF = math.inf
ENDS = {  # at −inf and +inf
    "sigmoid": (0, 1),
    "softplus": (0, INF),
    "log_sigmoid": (-INF, 0),
    "normal_cdf": (0, 1),
    "log_normal_cdf": (-INF, 0),
    "relu": (0, INF),
    "log1mexp": (0, 0),  # of |a|
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ENDS)
def test_the_ends_are_exact_with_gradients_of_zero_or_one(name, dtype):
    a = np.array([-INF, INF], dtype)
    call = ROWS["functional"][name]
    np.testing.assert_array_equal(outcome(call, a), ENDS[name])
    if name not in ("log1mexp", "log_normal_cdf"):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            _, grad = value_and_grad(lambda model: anp.sum(call(model.values[0])))(
                Weights(np.array([-1e4, 1e4], dtype))
            )
        assert set(grad["values.0"].tolist()) <= {0.0, 1.0}


SCIPYS = {
    "sigmoid": special.expit,
    "log_sigmoid": special.log_expit,
    "softplus": lambda a: -special.log_expit(-a),
    "normal_cdf": special.ndtr,
    "log_normal_cdf": special.log_ndtr,
}


@pytest.mark.parametrize("name", SCIPYS)
def test_values_are_scipys_over_the_whole_range(name):
    a = np.concatenate([np.linspace(-700, 700, 2001), 10.0 ** np.arange(-300, 6, 9), -(10.0 ** np.arange(-300, 6, 9))])
    np.testing.assert_allclose(outcome(ROWS["functional"][name], a), SCIPYS[name](a), rtol=1e-13)


def test_sums_of_exponentials_with_nothing_in_them():
    a = np.array([[-INF, -INF], [0.0, -INF], [INF, 0.0], [INF, INF], [-1e30, -1e30]])
    np.testing.assert_array_equal(outcome(ROWS["functional"]["logsumexp"], a), [-INF, 0, INF, INF, -1e30])
    np.testing.assert_array_equal(outcome(ROWS["functional"]["logsumexp"], np.zeros((3, 0))), [-INF] * 3)
    assert outcome(functional.log_softmax, np.zeros((3, 0))).shape == (3, 0)
    np.testing.assert_allclose(np.exp(outcome(functional.log_softmax, a)).sum(axis=1), 1)


def test_a_gradient_that_is_not_finite_stays_visible():
    _, norm = optim.clip_by_norm({"a": np.array([np.nan, 1.0])}, 1.0)
    assert math.isnan(norm)
    clipped, norm = optim.clip_by_norm({"a": np.zeros(3)}, 1.0)
    assert norm == 0 and np.array_equal(clipped["a"], np.zeros(3))
    assert optim.clip_by_norm({}, 1.0) == ({}, 0.0)
