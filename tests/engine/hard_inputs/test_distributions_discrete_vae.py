"""Hard inputs over every public name of distributions, discrete and vae: the right value, or one clear sentence.

Each row is a call of one array that holds n objects, its row i answering to object i alone, unless `whole` says
otherwise. A name that is exported and has no row fails the test. No warning may escape, and no input may change.
"""

import inspect
import re
import warnings
from typing import NamedTuple

import numpy as np
import pytest

import minidgm.discrete as discrete
import minidgm.distributions as distributions
import minidgm.vae as vae
from minidgm.discrete import CategoricalOutput, MixtureOutput, PixelCNN, PixelMADE
from minidgm.distributions import Bernoulli, Categorical, Logistic, LogisticMixture, Normal, StandardNormal
from minidgm.flows import ActNorm, AffineCoupling, FlowModel
from minidgm.nn import MADE, MLP

BOTH_WAYS = True  # as the engine is used, and with the formulas as written
RNG = np.random.default_rng(0)
N, D, M, K, LEVELS = 4, 2, 3, 3, 5
f32 = np.float32


def noise(*shape):
    return np.random.default_rng(1).standard_normal(shape).astype(f32)


def rng():
    return np.random.default_rng(7)


REAL = noise(N, M)
CODE = noise(N, D)
BITS = (REAL > 0).astype(f32)
Y = np.random.default_rng(2).integers(0, LEVELS, (N, M))


class Row(NamedTuple):
    call: object  # array of n objects → array whose first axis is n, or a number
    x: np.ndarray
    kind: str  # what x holds: "real", "bits" (0 and 1, or between), "levels"
    whole: bool = False  # the value answers to all objects together


GAUSSIAN = vae.GaussianPosterior(MLP((M, 4, 2 * D), RNG))
FLOW = FlowModel(AffineCoupling(M, (4,), RNG), StandardNormal(M))
SHIFTED_FLOW = AffineCoupling(D, (4,), RNG)
BINARY = vae.VAE(GAUSSIAN, vae.BernoulliDecoder(MLP((D, 4, M), RNG)), vae.StandardNormalPrior(D))
FLOW_VAE = vae.VAE(vae.FlowPosterior(GAUSSIAN.encoder, SHIFTED_FLOW), BINARY.decoder, BINARY.prior)
EPS = noise(2, N, D)


def decoded(decoder, kind):
    return {
        "real": Row(lambda x: decoder.log_prob(x, noise(len(x), D)), REAL, "real"),
        "bits": Row(lambda x: decoder.log_prob(x, noise(len(x), D)), BITS, "bits"),
        "levels": Row(lambda x: decoder.log_prob(x, noise(len(x), D)), Y, "levels"),
    }[kind]


def gaussians(function, *more):
    """A function of μ and log σ = 0, the objects' posteriors, and of all of them together."""
    return Row(lambda mu: function(mu, np.zeros_like(mu), *more), CODE, "real", whole=True)


ROWS = {
    "distributions": {
        "normal_log_prob": Row(lambda x: distributions.normal_log_prob(x, 0.0), REAL, "real"),
        "standard_normal_log_prob": Row(distributions.standard_normal_log_prob, REAL, "real"),
        "bernoulli_log_prob": Row(lambda x: distributions.bernoulli_log_prob(x, noise(M)), BITS, "bits"),
        "StandardNormal": Row(StandardNormal(M).log_prob, REAL, "real"),
        "Normal": Row(Normal(f32(0.3), f32(2)).log_prob, REAL, "real"),
        "Logistic": Row(Logistic(f32(0.3), f32(2)).log_prob, REAL, "real"),
        "LogisticMixture": Row(LogisticMixture(noise(K), noise(K), np.ones(K, f32)).log_prob, REAL, "real"),
        "Bernoulli": Row(Bernoulli(noise(M)).log_prob, BITS, "bits"),
        "Categorical": Row(Categorical(noise(M, LEVELS)).log_prob, Y, "levels"),
    },
    "discrete": {
        "CategoricalOutput": Row(lambda y: CategoricalOutput(LEVELS, M).log_prob(noise(len(y), 15), y), Y, "levels"),
        "MixtureOutput": Row(lambda y: MixtureOutput(LEVELS, 2, M).log_prob(noise(len(y), 20), y), Y, "levels"),
        "DiscretizedLogisticMixture": Row(
            discrete.DiscretizedLogisticMixture(noise(M, K), noise(M, K), np.ones((M, K), f32), LEVELS).log_prob,
            Y,
            "levels",
        ),
        "PixelCNN": Row(PixelCNN((1, 3, 1), CategoricalOutput(LEVELS), RNG, width=4, blocks=1).log_prob, Y, "levels"),
        "PixelMADE": Row(PixelMADE(M, MixtureOutput(LEVELS, 2), (4,), RNG).log_prob, Y, "levels"),
        "UniformDequantizer": Row(lambda y: discrete.UniformDequantizer().draw(rng(), y)[0], Y, "levels"),
        "VariationalDequantizer": Row(
            lambda y: discrete.VariationalDequantizer(M, (4,), LEVELS, rng()).draw(rng(), y)[1], Y, "levels"
        ),
        "FlowDequantizer": Row(
            lambda y: discrete.FlowDequantizer(AffineCoupling(M, (4,), rng(), context=M), LEVELS).draw(rng(), y)[1],
            Y,
            "levels",
        ),
        "bits_per_dim": Row(lambda x: discrete.bits_per_dim(x, 3), REAL, "real"),
        "centred": Row(lambda y: discrete.centred(np.asarray(y), LEVELS), Y, "levels"),
        "dequantization_bound": Row(
            lambda y: discrete.dequantization_bound(FLOW, discrete.UniformDequantizer(), y, rng()), Y, "levels"
        ),
        "importance_weighted_bound": Row(
            lambda y: discrete.importance_weighted_bound(FLOW, discrete.UniformDequantizer(), y, rng(), 3), Y, "levels"
        ),
        "discretized_log_prob": Row(
            lambda y: discrete.discretized_log_prob(y, Logistic(f32(2), f32(1)), LEVELS), Y, "levels"
        ),
        "discrete_log_prob": Row(lambda y: discrete.discrete_log_prob(FLOW.astype(np.float64), y, 4), Y, "levels"),
        "noise_posterior_kl": Row(
            lambda y: discrete.noise_posterior_kl(FLOW.astype(np.float64), discrete.UniformDequantizer(), y, 4),
            Y,
            "levels",
        ),
    },
    "vae": {
        "AggregatedPosterior": Row(vae.AggregatedPosterior(GAUSSIAN, REAL).log_prob, CODE, "real"),
        "VampPrior": Row(vae.VampPrior(GAUSSIAN, REAL).log_prob, CODE, "real"),
        "AutoregressivePrior": Row(vae.AutoregressivePrior(D, (4,), 2, RNG).log_prob, CODE, "real"),
        "StandardNormalPrior": Row(vae.StandardNormalPrior(D).log_prob, CODE, "real"),
        "MixturePrior": Row(vae.MixturePrior(D, 3, RNG).log_prob, CODE, "real"),
        "FlowPrior": Row(vae.FlowPrior(SHIFTED_FLOW).log_prob, CODE, "real"),
        "AutoregressiveDecoder": decoded(vae.AutoregressiveDecoder(MADE(M, (4,), 1, RNG, context=D)), "bits"),
        "BernoulliDecoder": decoded(BINARY.decoder, "bits"),
        "GaussianDecoder": decoded(vae.GaussianDecoder(MLP((D, 4, M), RNG)), "real"),
        "CategoricalDecoder": decoded(vae.CategoricalDecoder(MLP((D, 4, M * LEVELS), RNG), LEVELS), "levels"),
        "LogisticMixtureDecoder": decoded(vae.LogisticMixtureDecoder(MLP((D, 4, M * 6), RNG), LEVELS, 2), "levels"),
        "ShiftedDecoder": decoded(vae.ShiftedDecoder(SHIFTED_FLOW, BINARY.decoder), "bits"),
        "FlowDecoder": Row(lambda x: vae.FlowDecoder(ActNorm(M), 0.5).log_prob(x, noise(len(x), M)), REAL, "real"),
        "FlowEncoder": Row(lambda x: vae.FlowEncoder(ActNorm(M), 0.5)(x)[:, :M], REAL, "real"),
        "FromLevels": Row(vae.FromLevels(MLP((M, 4, D), RNG), LEVELS), Y, "levels"),
        "GaussianPosterior": Row(lambda x: GAUSSIAN.log_prob(noise(len(x), D), x), REAL, "real"),
        "FlowPosterior": Row(lambda x: FLOW_VAE.posterior.log_prob(noise(len(x), D), x), REAL, "real"),
        "VAE": Row(lambda x: vae.elbo(BINARY, x, rng()), BITS, "bits"),
        "LinearGaussianVAE": Row(vae.LinearGaussianVAE(noise(M, D), noise(M), 0.5).log_prob, REAL, "real"),
        "elbo": Row(lambda x: vae.elbo(BINARY, x, rng(), 2), BITS, "bits"),
        "elbo_terms": Row(lambda x: vae.elbo_terms(BINARY, x, rng()).log_lik, BITS, "bits"),
        "Terms": Row(lambda x: vae.elbo_terms(BINARY, x, rng()).log_weight, BITS, "bits"),
        "iwae_bound": Row(lambda x: vae.iwae_bound(BINARY, x, rng(), 2), BITS, "bits"),
        "bound_gap": Row(lambda x: vae.bound_gap(BINARY, x, rng(), 2), BITS, "bits"),
        "log_weights": Row(lambda x: vae.log_weights(BINARY, x, rng(), 2).T, BITS, "bits"),
        "importance_bound": Row(lambda x: vae.importance_bound(np.transpose(x)), CODE, "real"),
        "elbo_surgery": Row(lambda x: vae.elbo_surgery(BINARY, x, rng()).elbo.value, BITS, "bits", whole=True),
        "Surgery": Row(lambda x: vae.elbo_surgery(FLOW_VAE, x, rng()).marginal_kl.value, BITS, "bits", whole=True),
        "Estimate": Row(
            lambda x: vae.elbo_surgery(BINARY, x, rng()).mutual_information.error, BITS, "bits", whole=True
        ),
        "mutual_information": gaussians(lambda mu, s: vae.mutual_information(mu, s, EPS[:, : len(mu)])),
        "minibatch_mutual_information": gaussians(
            lambda mu, s: vae.minibatch_mutual_information(mu, s, EPS[:, : len(mu)], 10)
        ),
        "leave_one_out_mutual_information": gaussians(
            lambda mu, s: vae.leave_one_out_mutual_information(mu, s, EPS[:, : len(mu)])
        ),
        "log_ratios": gaussians(lambda mu, s: vae.log_ratios(mu, s, EPS[:, : len(mu)])),
        "gaussian_kl": Row(lambda mu: vae.gaussian_kl(mu, np.zeros_like(mu)), CODE, "real"),
        "gaussian_log_prob_table": Row(
            lambda z: vae.gaussian_log_prob_table(z, noise(K, D), noise(K, D)), CODE, "real"
        ),
        "mixture_log_prob": Row(
            lambda z: vae.mixture_log_prob(z, np.zeros(K, f32), noise(K, D), noise(K, D)), CODE, "real"
        ),
        "aggregated_log_prob": Row(lambda z: vae.aggregated_log_prob(z, noise(K, D), noise(K, D)), CODE, "real"),
        "grid_log_joint": Row(lambda x: vae.grid_log_joint(BINARY, x, 8), BITS, "bits"),
        "grid_log_prob": Row(lambda x: vae.grid_log_prob(BINARY, x, 8), BITS, "bits"),
        "zoomed_log_joint": Row(lambda x: vae.zoomed_log_joint(BINARY, x, 8)[1], BITS, "bits"),
        "flow_as_vae": Row(lambda x: vae.elbo(vae.flow_as_vae(FLOW, 0.5), x, rng()), REAL, "real"),
        "posterior_flow_to_prior": Row(
            lambda x: vae.elbo(vae.posterior_flow_to_prior(FLOW_VAE), x, rng()), BITS, "bits"
        ),
    },
}
# What has no array of objects, with the test that has its hard inputs.
ELSEWHERE = {
    "Decoder": "what the decoders share",
    "blocked_mixture_log_prob": "another name of mixture_log_prob",
    "nwj_bound": "takes a square of critic values, see test_critics.py",
    "info_nce_bound": "takes a square of critic values, see test_critics.py",
    "interpolated_bound": "takes a square of critic values, see test_critics.py",
    "negative_elbo": "a loss to train with, see test_bounds.py",
    "warm_up": "a schedule, see test_bounds.py",
}
FORMULAS = {"normal_log_prob", "standard_normal_log_prob", "bernoulli_log_prob"}  # of arrays; the classes take lists
ANY_LEVEL = {  # these do not know how many levels there are
    "UniformDequantizer",
    "dequantization_bound",
    "importance_weighted_bound",
    "discrete_log_prob",
    "noise_posterior_kl",
}
MAPS = {"centred", "FromLevels"}  # of levels onto [−1, 1], for what lies between them (pseudo-inputs) as well
ALL = {f"{module}.{name}": row for module, rows in ROWS.items() for name, row in rows.items()}


def test_every_public_name_has_a_row():
    own = [
        name
        for name, value in vars(distributions).items()
        if inspect.getmodule(value) is distributions and not name.startswith("_") and callable(value)
    ]
    for module, names in {"distributions": own, "discrete": discrete.__all__, "vae": vae.__all__}.items():
        assert set(names) - set(ROWS[module]) - set(ELSEWHERE) == set()
        assert set(ROWS[module]) - set(names) == set()


def outcome(row, x, allowed=None):
    """The value, or the sentence of the ValueError; the input has not changed and no warning escaped."""
    before = np.array(x, copy=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        if allowed:
            warnings.filterwarnings("ignore", message=allowed)
        try:
            value = np.asarray(row.call(x))
        except ValueError as error:
            assert re.match(r"[a-z_]+: \w.*[^.]$", str(error)) and "\n" not in str(error), error
            value = str(error)
    np.testing.assert_array_equal(x, before)
    return value


def is_random(row):
    """Whether the call draws noise of its own."""
    return hasattr(row.call, "__code__") and "rng" in row.call.__code__.co_names


def readonly(x):
    x = x.copy()
    x.flags.writeable = False
    return x


# The same numbers in another guise.
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
    row = ALL[name]
    value, wanted = outcome(row, LAYOUTS[layout](row.x)), outcome(row, row.x)
    assert not isinstance(wanted, str), wanted
    np.testing.assert_allclose(value, wanted, rtol=2e-6, atol=2e-6)


@pytest.mark.parametrize("dtype", [np.float16, np.float64, np.int64, np.uint8, np.int8, bool])
@pytest.mark.parametrize("name", ALL)
def test_another_dtype_gives_the_same_value_or_a_sentence(name, dtype):
    row = ALL[name]
    if row.kind == "levels" or dtype in (np.float16, np.float64):
        x = row.x if row.kind != "levels" or dtype is not bool else np.minimum(row.x, 1)
    else:
        x = np.rint(np.clip(row.x, 0, 1)).astype(row.x.dtype)
    x = x.astype(dtype).astype(row.x.dtype)
    value = outcome(row, x.astype(dtype))
    if not isinstance(value, str):
        assert value.dtype.kind == "f" and value.shape == outcome(row, x).shape
        if is_random(row) and dtype is np.float64:
            return  # numpy draws other noise in float64
        tolerance = 2e-2 if dtype is np.float16 else 1e-5
        np.testing.assert_allclose(value, outcome(row, x), rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", [name for name in ALL if name.split(".")[1] not in FORMULAS])
def test_lists_give_the_same_value_or_a_sentence(name):
    row = ALL[name]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            value = np.asarray(row.call(row.x.tolist()))
        except ValueError as error:
            assert re.match(r"[a-z_]+: \w.*[^.]$", str(error)), error
        else:
            np.testing.assert_allclose(value, outcome(row, row.x), rtol=2e-6, atol=2e-6)


@pytest.mark.parametrize("name", ALL)
def test_objects_one_by_one_are_the_batch(name):
    row = ALL[name]
    if row.whole:
        value = outcome(row, row.x[:1])
        assert isinstance(value, str) or np.all(np.isfinite(value))
    elif not is_random(row):
        first = outcome(row, row.x[:1])
        np.testing.assert_allclose(first[0], outcome(row, row.x)[0], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", ALL)
def test_no_objects_give_no_numbers_or_a_sentence(name):
    row = ALL[name]
    value = outcome(row, row.x[:0])
    assert isinstance(value, str) or value.size == 0


@pytest.mark.parametrize("scale", [1e-6, 1e-3, 1e3, 1e6])
@pytest.mark.parametrize("name", [name for name, row in ALL.items() if row.kind == "real"])
def test_small_and_large_numbers_give_finite_values_and_those_of_float64(name, scale):
    row = ALL[name]
    x = row.x * f32(scale)
    if name in ("vae.GaussianPosterior", "vae.FlowPosterior"):
        x = np.minimum(np.abs(x), 1)  # their encoder's log σ grows with x, without a bound
    value = outcome(row, x)
    if name in ("vae.FlowEncoder", "vae.flow_as_vae") and scale == 1e6:
        assert re.match("tau: 0.5 is too small for float32 where", str(value))
    else:
        assert not isinstance(value, str) and np.all(np.isfinite(value)), value
        exact = outcome(row, x.astype(np.float64))
        if not is_random(row) and not isinstance(exact, str):
            np.testing.assert_allclose(value, exact, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", [name for name, row in ALL.items() if row.x.dtype.kind == "f"])
def test_nan_and_infinity_are_never_turned_into_a_finite_number(name, bad):
    row = ALL[name]
    x = row.x.copy()
    x[1, 0] = bad
    if name == "vae.importance_bound" and bad == -np.inf:
        assert np.isfinite(outcome(row, x)[1])  # one weight of zero among others
        return
    value = outcome(row, x, "invalid value" if np.isinf(bad) else None)  # inf − inf is NaN, and numpy may say so
    if not isinstance(value, str):
        if row.whole:
            assert not np.all(np.isfinite(value))
        else:
            assert not np.all(np.isfinite(value[1]))
            rest = np.delete(value, 1, axis=0)
            np.testing.assert_allclose(rest, np.delete(outcome(row, row.x), 1, axis=0), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", [name for name, row in ALL.items() if row.kind == "levels"])
def test_levels_all_zero_and_all_maximal_are_finite_and_fractions_or_levels_outside_are_refused(name):
    row = ALL[name]
    for level in (0, LEVELS - 1):
        value = outcome(row, np.full_like(row.x, level))
        assert not isinstance(value, str) and np.all(np.isfinite(value))
    if name.split(".")[1] not in MAPS:
        assert isinstance(outcome(row, row.x / (LEVELS - 1)), str)
        assert isinstance(outcome(row, np.full(row.x.shape, np.nan)), str)
        if name.split(".")[1] not in ANY_LEVEL:
            assert isinstance(outcome(row, row.x + LEVELS), str)
            assert isinstance(outcome(row, row.x - LEVELS), str)


@pytest.mark.parametrize("name", [name for name, row in ALL.items() if row.kind == "bits"])
def test_bits_all_zero_and_all_one_are_finite_and_larger_ones_are_refused(name):
    row = ALL[name]
    for bit in (0, 1):
        value = outcome(row, np.full_like(row.x, bit))
        assert not isinstance(value, str) and np.all(np.isfinite(value))
    if name != "distributions.bernoulli_log_prob":  # the formula itself
        assert isinstance(outcome(row, 2 * row.x), str)


SATURATED = {
    "Bernoulli": lambda a, y: Bernoulli(a[..., 0]).log_prob(y % 2),
    "Categorical": lambda a, y: Categorical(a).log_prob(y),
    "Logistic": lambda a, y: Logistic(a[..., 0], np.ones((), a.dtype)).log_prob(y),
    "LogisticMixture weights": lambda a, y: LogisticMixture(a, noise(LEVELS).astype(a.dtype), 1.0).log_prob(y),
    "LogisticMixture means": lambda a, y: LogisticMixture(np.zeros(LEVELS, a.dtype), a, 1.0).log_prob(y),
    "discretized weights": lambda a, y: discretized(a, np.zeros_like(a), np.ones_like(a)).log_prob(y),
    "discretized means": lambda a, y: discretized(np.zeros_like(a), a, np.ones_like(a)).log_prob(y),
    "categorical output": lambda a, y: CategoricalOutput(LEVELS).log_prob(a, y[:, None]),
    "mixture output": lambda a, y: MixtureOutput(LEVELS, 2).log_prob(np.tile(a, 2)[:, :6], y[:, None]),
    "mixture of Gaussians": lambda a, y: vae.mixture_log_prob(
        y[:, None].astype(a.dtype), a[0], noise(LEVELS, 1).astype(a.dtype), noise(LEVELS, 1).astype(a.dtype)
    ),
}


def discretized(log_pi, mu, s):
    return discrete.DiscretizedLogisticMixture(log_pi, mu, s, LEVELS)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [1e2, 1e4, 1e6])
@pytest.mark.parametrize("name", SATURATED)
def test_saturated_logits_and_weights_give_finite_logarithms_of_at_most_zero_where_they_are_probabilities(
    name, size, dtype
):
    signs = np.array(np.meshgrid(*[[-1, 1]] * LEVELS)).reshape(LEVELS, -1).T
    a, y = (size * signs).astype(dtype), np.arange(len(signs)) % LEVELS
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        value = SATURATED[name](a, y)
    assert value.dtype == dtype and value.shape == y.shape and np.all(np.isfinite(value))
    if name in ("Bernoulli", "Categorical", "categorical output", "mixture output") or "discretized" in name:
        assert np.max(value) <= 10 * np.finfo(dtype).eps


def test_one_dimension_one_level_one_component_one_object():
    x, y, generator = np.zeros((1, 1), f32), np.zeros((1, 1), int), rng()
    code = vae.GaussianPosterior(vae.FromLevels(MLP((1, 2, 2), generator), 1))
    for prior in (
        vae.StandardNormalPrior(1),
        vae.MixturePrior(1, 1, generator),
        vae.VampPrior(code, x),
        vae.AggregatedPosterior(code, x),
        vae.AutoregressivePrior(1, (2,), 1, generator),
        vae.FlowPrior(ActNorm(1)),
    ):
        for decoder, data in (
            (vae.BernoulliDecoder(MLP((1, 2, 1), generator)), x),
            (vae.GaussianDecoder(MLP((1, 2, 1), generator)), x),
            (vae.LogisticMixtureDecoder(MLP((1, 2, 3), generator), 1, 1), x),
        ):
            model = vae.VAE(code, decoder, prior)
            assert np.isfinite(vae.elbo(model, data, generator)[0]) and model.sample(generator, 1).shape == (1, 1)
            assert vae.elbo_surgery(model, data, generator).mutual_information.value == pytest.approx(0, abs=1e-6)
    for output in (CategoricalOutput(1), MixtureOutput(1, 1)):
        assert PixelMADE(1, output, (2,), generator).log_prob(y)[0] == pytest.approx(0, abs=1e-6)
    u, log_q = discrete.VariationalDequantizer(1, (2,), 1, generator).draw(generator, y)
    assert 0 < u.item() < 1 and np.isfinite(log_q.item())
