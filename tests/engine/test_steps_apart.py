"""One step leaves nothing behind for the next: no array is shared, no cache outlives what it was made from."""

import copy
import gc
import threading
import weakref

import autograd.numpy as anp
import numpy as np
import pytest

from minidgm.distributions import StandardNormal
from minidgm.fast import network
from minidgm.flows import AffineCoupling, Chain, FlowModel, maf, real_nvp
from minidgm.nn import MADE, MLP
from minidgm.optim import Adam
from minidgm.tensor import Module, arrays, parameters, value_and_grad
from minidgm.vae import VAE, BernoulliDecoder, GaussianPosterior, StandardNormalPrior, negative_elbo

BOTH_WAYS = True
M, N = 4, 16


def flow(make, seed=0):
    return FlowModel(make(M, 3, (8,), np.random.default_rng(seed)), StandardNormal(M))


def vae(seed=0):
    rng = np.random.default_rng(seed)
    return VAE(GaussianPosterior(MLP((M, 8, 4), rng)), BernoulliDecoder(MLP((2, 8, M), rng)), StandardNormalPrior(2))


def nll(model, x, rng=None):
    return -anp.mean(model.log_prob(x))


MODELS = {
    "maf": (lambda seed=0: flow(maf, seed), nll),
    "real_nvp": (lambda seed=0: flow(real_nvp, seed), nll),
    "vae": (vae, negative_elbo()),
}
each_model = pytest.mark.parametrize("name", MODELS)


def batches(count, seed=0):
    rng = np.random.default_rng(seed)
    return [(rng.random((N, M)) < 0.5).astype(np.float32) for _ in range(count)]


def trained(name, steps=6, seed=0):
    """A model after some steps, and the values of the loss."""
    make, loss = MODELS[name]
    model, optimizer, rng, values = make(seed), Adam(1e-2), np.random.default_rng(seed), []
    step_of = value_and_grad(loss)
    for x in batches(steps, seed):
        value, grad = step_of(model, x, rng)
        optimizer.step(model, grad)
        values.append(float(value))
    return parameters(model), values


def assert_same(got, wanted):
    assert got.keys() == wanted.keys()
    for path in got:
        assert np.array_equal(got[path], wanted[path]), path


@each_model
def test_what_a_step_gave_is_left_alone_by_the_next_one(name):
    make, loss = MODELS[name]
    model, optimizer, rng = make(), Adam(1e-2), np.random.default_rng(0)
    step_of, held = value_and_grad(loss), []
    for x in batches(4):
        value, grad = step_of(model, x, rng)
        before = {path: g.copy() for path, g in grad.items()}
        optimizer.step(model, grad)
        held.append((grad, before))
        held.append(({"x": x}, {"x": x.copy()}))
    for got, wanted in held:
        assert_same(got, wanted)
    every = [g for grad, _ in held[::2] for g in grad.values()] + list(parameters(model).values())
    every += [optimizer.m, optimizer.v]
    for i, a in enumerate(every):
        assert not any(np.shares_memory(a, b) for b in every[:i])


@pytest.mark.parametrize("make", [maf, real_nvp])
def test_values_of_a_flow_are_left_alone_by_the_next_call(make):
    model = flow(make)
    first, second = batches(2)
    held = model.flow.f(first)
    before = [a.copy() for a in held]
    model.flow.f(second)
    model.flow.g(second)
    assert all(np.array_equal(a, b) for a, b in zip(held, before))


@each_model
def test_two_models_in_turn_are_as_each_alone(name):
    make, loss = MODELS[name]
    models, step_of = [make(0), make(1)], value_and_grad(loss)
    optimizers, rngs = [Adam(1e-2), Adam(1e-2)], [np.random.default_rng(k) for k in (0, 1)]
    for both in zip(batches(6, 0), batches(6, 1)):
        for model, optimizer, rng, x in zip(models, optimizers, rngs, both):
            optimizer.step(model, step_of(model, x, rng)[1])
    for k, model in enumerate(models):
        assert_same(parameters(model), trained(name, seed=k)[0])


@each_model
def test_a_step_that_fails_leaves_nothing_behind(name):
    make, loss = MODELS[name]
    model, x = make(), batches(1)[0]

    def failing(model, x, rng):
        loss(model, x, rng)
        raise ArithmeticError("in the middle")

    with pytest.raises(ArithmeticError):
        value_and_grad(failing)(model, x, np.random.default_rng(0))
    with pytest.raises(ValueError, match="expected"):
        value_and_grad(loss)(model, x[:, :2], np.random.default_rng(0))
    got = value_and_grad(loss)(model, x, np.random.default_rng(0))
    wanted = value_and_grad(loss)(make(), x, np.random.default_rng(0))
    assert got[0] == wanted[0]
    assert_same(got[1], wanted[1])
    assert all(type(a) is np.ndarray for a in arrays(model).values())  # no traced array is left in it


@each_model
def test_a_model_is_free_as_soon_as_it_is_dropped(name):
    make, loss = MODELS[name]
    gc.collect()
    gc.disable()
    try:
        model, step_of = make(), value_and_grad(loss)
        Adam().step(model, step_of(model, batches(1)[0], np.random.default_rng(0))[1])
        gone = [weakref.ref(model), *map(weakref.ref, parameters(model).values())]
        del model
        assert not any(ref() is not None for ref in gone)
    finally:
        gc.enable()


def test_a_mask_is_forgotten_with_its_network():
    before = len(network._known)
    net = MADE(64, (256,), 2, np.random.default_rng(0))
    net.table(np.zeros((2, 64), np.float32))
    del net
    gc.collect()
    assert len(network._known) == before


# ------------------------------------------------------------------ models that change between two steps


class Two(Module):
    def __init__(self):
        self.a, self.b, self.parts = np.array([1.0, 2.0]), np.array([3.0]), [np.array([4.0])]


def sizes_of_gradient(model):
    """The gradient of the sum of all squares, which is twice the parameters."""

    def loss(model):
        return sum(anp.sum(a**2) for a in parameters(model).values())

    _, grad = value_and_grad(loss)(model)
    for path, g in grad.items():
        np.testing.assert_array_equal(g, 2 * parameters(model)[path])
    return set(grad)


def freeze(model):
    model.constants = ("a",)


def freeze_all_of_the_class(model):
    type(model).constants = ("b",)


def swap(model):
    model.a = np.array([7.0, 8.0])


def share(model):
    model.b = model.parts[0]


def rename(model):
    model.c = model.__dict__.pop("b")


def reorder(model):
    model.a, model.b = model.b, model.a


def grow(model):
    model.parts.append(np.array([5.0]))


def replace_in_a_list(model):
    model.parts[0] = np.array([9.0])


def add_a_dictionary(model):
    model.more = {"x": np.array([1.0])}


def add_a_part(model):
    model.part = Two()


def drop(model):
    del model.b


def no_number(model):
    model.b = "a word"


def new_attributes(model):
    model.__dict__ = {"z": np.array([2.0])}


CHANGES = {
    freeze: {"b", "parts.0"},
    freeze_all_of_the_class: {"a", "parts.0"},
    swap: {"a", "b", "parts.0"},
    share: {"a", "b"},
    rename: {"a", "c", "parts.0"},
    reorder: {"a", "b", "parts.0"},
    grow: {"a", "b", "parts.0", "parts.1"},
    replace_in_a_list: {"a", "b", "parts.0"},
    add_a_dictionary: {"a", "b", "parts.0", "more.x"},
    add_a_part: {"a", "b", "parts.0", "part.a", "part.b", "part.parts.0"},
    drop: {"a", "parts.0"},
    no_number: {"a", "parts.0"},
    new_attributes: {"z"},
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("below", [False, True])
def test_a_change_of_the_model_is_seen_by_the_next_step(change, below):
    kind = type("Two", (Two,), {})  # a class of its own, whose attributes may be changed
    part = kind()
    model = [part, part.parts] if not below else part
    if below:
        model = Two()
        model.inner = part
    prefix = "inner." if below else "0."
    sizes_of_gradient(model)
    change(part)
    found = {path.removeprefix(prefix) for path in sizes_of_gradient(model) if path.startswith(prefix)}
    assert found == CHANGES[change]
    sizes_of_gradient(model)


def test_arrays_that_move_from_one_list_to_the_next_are_seen():
    model = Two()
    model.parts, model.others = [np.array([1.0]), np.array([2.0])], [np.array([3.0])]
    assert {"parts.1", "others.0"} <= sizes_of_gradient(model)
    model.others.insert(0, model.parts.pop())
    assert {"parts.0", "others.0", "others.1"} <= sizes_of_gradient(model)
    assert "parts.1" not in parameters(model)


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda model: model.copy()])
def test_a_copy_knows_its_own_arrays(copied):
    model = Two()
    sizes_of_gradient(model)
    other = copied(model)
    other.a = np.array([10.0, 20.0])
    sizes_of_gradient(other)
    assert parameters(model)["a"][0] == 1.0 and parameters(other)["a"][0] == 10.0


def test_a_model_that_refers_to_itself_is_walked_once():
    model = Two()
    model.parts.append(model)
    assert sizes_of_gradient(model) == {"a", "b", "parts.0"}


def test_a_layer_exchanged_between_two_steps_counts_at_once():
    rng, x = np.random.default_rng(0), batches(1)[0]
    model = FlowModel(Chain([AffineCoupling(M, (8,), rng) for _ in range(2)]), StandardNormal(M))
    value_and_grad(nll)(model, x)
    model.flow.flows[0] = real_nvp(M, 1, (8,), rng).flows[1]
    for theta in parameters(model).values():
        theta += 0.1
    model.flow.flows.append(AffineCoupling(M, (3,), rng))
    value, grad = value_and_grad(nll)(model, x)
    fresh = value_and_grad(nll)(model.copy(), x)
    assert value == fresh[0]
    assert_same(grad, fresh[1])


# ------------------------------------------------------------------ threads


def test_threads_do_not_disturb_each_other(way):
    wanted = {(name, seed): trained(name, seed=seed) for name in MODELS for seed in (0, 1)}
    found, errors = {}, []

    def run(key):
        try:
            found[key] = trained(key[0], seed=key[1])
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(key,)) for key in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    for key, (theta, values) in wanted.items():
        assert found[key][1] == values
        assert_same(found[key][0], theta)
