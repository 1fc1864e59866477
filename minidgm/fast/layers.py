"""Layers of a flow, whole and in a row, as one step: network, μ and log σ, affine map, the next layer; and back.

The tracer's cost is per step and not per number, so that on small models it would be half of the time. The formulas are
in flows/. Where a subclass or an attribute brings another `mu_log_sigma` or another net, they run.
"""

import functools
from collections.abc import Callable
from typing import Any

import autograd.numpy as anp
import numpy as np

from minidgm.errors import check_array, check_context
from minidgm.fast.affine import affine_f, affine_g, coupling_f, coupling_g, mu_and_log_sigma
from minidgm.fast.network import made_table, mlp, relu_network
from minidgm.functional import column_sums, relu
from minidgm.tensor import one_step, stands

# ------------------------------------------------------------------ layers in a row


def chain_f(chain, x, context=None):
    """First to last, where each is a layer of this file."""
    check_array("x", x, ("n", "m"))
    return _in_a_row([(flow, _layer_of(flow.f)) for flow in chain.flows], "x", x, context)


def chain_g(chain, z, context=None):
    """Last to first."""
    check_array("z", z, ("n", "m"))
    return _in_a_row([(flow, _layer_of(flow.g)) for flow in reversed(chain.flows)], "z", z, context)


def _layer_of(method):
    """What the fast function of a flow's f or g works with; None for a method that has none, or another one."""
    return LAYERS.get(getattr(method, "fast", None))


def _in_a_row(flows, name, x, context):
    """(flow, its layer) pairs; a layer takes a flow, and gives its value with gradient rule, modules, and context."""
    runs, modules = [], []
    for flow, layer in flows:
        found = layer and layer(flow)
        if found is None:
            return NotImplemented
        run, own, length = found
        check_array(name, x, ("n", flow.m))
        if length is not None:
            check_context(context, len(x), length)
        runs.append((run, len(own)))
        modules += own
    return _row(x, context, *modules, runs=runs)


@one_step
def _row(x, context, *modules, runs):
    """The log-determinants add up; what comes back of them goes to each layer."""
    backs: list = []
    start, log_det = 0, np.zeros(len(x), x.dtype)
    for run, count in runs:
        (x, term), back = run(x, context, *modules[start : start + count])
        backs.append(back)
        start += count
        log_det = log_det + term

    def backward(g, g_log_det):
        g_x: Callable = lambda: g  # noqa: E731
        g_contexts: list = []
        g_modules: list = []
        while backs:  # what a layer has kept is free as soon as it is used
            g_x, g_context, *own = backs.pop()(g_x(), g_log_det)
            g_contexts.append(g_context)
            g_modules = own + g_modules
        return g_x, lambda: sum((part() for part in g_contexts if part), np.zeros_like(context)), *g_modules

    return (x, log_det), backward


# ------------------------------------------------------------------ AR flows


def ar_mu_log_sigma(flow, x, context=None):
    """A MADE's outputs as μ and log σ."""
    if not stands(flow.net.table, made_table):
        return NotImplemented
    return _mu_log_sigma(flow.net.inputs(x, context), *flow.net.layers)


def ar_f(flow, x, context=None):
    """`affine_f` by a MADE of x."""
    return _in_a_row([(flow, LAYERS[ar_f])], "x", x, context)


def inverse_ar_g(flow, z, context=None):
    """`affine_g` by a MADE of z."""
    return _in_a_row([(flow, LAYERS[inverse_ar_g])], "z", z, context)


def _ar(flow, affine):
    if stands(flow.mu_log_sigma, ar_mu_log_sigma) and stands(flow.net.table, made_table):
        return functools.partial(_run_ar, affine), flow.net.layers, flow.net.context
    return None


def _run_ar(affine, x, context, *layers):
    inputs, d = (x, 0) if context is None else (np.concatenate([context, x], axis=1), context.shape[1])
    (mu, log_sigma), back_through_net = mu_log_sigma_of(inputs, *layers)
    values, back_through_affine = affine(x, mu, log_sigma)

    def backward(g, g_log_det):
        g_x, g_mu, g_log_sigma = back_through_affine(g, g_log_det)
        g_inputs, *g_layers = back_through_net(g_mu, g_log_sigma)
        if context is None:
            return lambda: g_x + g_inputs(), None, *g_layers
        g_inputs = functools.cache(g_inputs)
        return lambda: g_x + g_inputs()[:, d:], lambda: g_inputs()[:, :d], *g_layers

    return values, backward


# ------------------------------------------------------------------ coupling


def coupling_mu_log_sigma(flow, x1, context=None):
    """An MLP's outputs as μ and log σ."""
    if not _is_relu_mlp(flow.net):
        return NotImplemented
    check_context(context, len(x1), flow.context)
    inputs = x1 if context is None else anp.concatenate([x1, context], axis=1)
    check_array("x", inputs, ("n", len(flow.net.layers[0].weight)))
    return _mu_log_sigma(inputs, *flow.net.layers)


def coupling_layer_f(flow, x, context=None):
    """`coupling_f` by an MLP of x_1."""
    return _in_a_row([(flow, LAYERS[coupling_layer_f])], "x", x, context)


def coupling_layer_g(flow, z, context=None):
    """`coupling_g` by an MLP of z_1."""
    return _in_a_row([(flow, LAYERS[coupling_layer_g])], "z", z, context)


def _coupling(flow, coupling):
    if stands(flow.mu_log_sigma, coupling_mu_log_sigma) and _is_relu_mlp(flow.net):
        return functools.partial(_run_coupling, coupling, flow._kept, flow._moved), flow.net.layers, flow.context
    return None


def _run_coupling(coupling, kept, moved, x, context, *layers):
    inputs = x1 = x[:, kept]
    if context is not None:
        inputs = np.concatenate([x1, context], axis=1)
    (mu, log_sigma), back_through_net = mu_log_sigma_of(inputs, *layers)
    values, back_through_coupling = coupling(x, mu, log_sigma, moved)

    def backward(g, g_log_det):
        g_x, g_mu, g_log_sigma = back_through_coupling(g, g_log_det)
        g_inputs, *g_layers = back_through_net(g_mu, g_log_sigma)
        g_inputs = g_inputs if context is None else functools.cache(g_inputs)

        def g_x_of_both():
            g_x[:, kept] += g_inputs()[:, : x1.shape[1]]
            return g_x

        return g_x_of_both, None if context is None else lambda: g_inputs()[:, x1.shape[1] :], *g_layers

    return values, backward


def _is_relu_mlp(net):
    return stands(net.__call__, mlp) and net.activation is relu


# ------------------------------------------------------------------ what AR and coupling share


def mu_log_sigma_of(inputs, *layers):
    """A network's outputs as μ and log σ, and back."""
    table, back_through_layers = relu_network(inputs, *layers)
    values, back_through_bound = mu_and_log_sigma(table)
    return values, lambda g_mu, g_log_sigma: back_through_layers(*back_through_bound(g_mu, g_log_sigma))


_mu_log_sigma = one_step(mu_log_sigma_of)

# ------------------------------------------------------------------ ActNorm


def act_norm_f(flow, x, context=None):
    """∂z/∂x = 1/σ = −∂z/∂μ, ∂z/∂log σ = −z, summed over the objects."""
    return _in_a_row([(flow, LAYERS[act_norm_f])], "x", x, None)


def act_norm_g(flow, z, context=None):
    """∂x/∂z = σ, ∂x/∂μ = 1, ∂x/∂log σ = σ z, summed over the objects."""
    return _in_a_row([(flow, LAYERS[act_norm_g])], "z", z, None)


def _run_act_norm_f(x, context, flow):
    inverse_sigma = np.exp(-flow["log_sigma"])
    z = (x - flow["mu"]) * inverse_sigma

    def backward(g_z, g_log_det):
        g_x = g_z * inverse_sigma
        g_log_sigma = -column_sums(g_z * z) - np.sum(g_log_det)
        return lambda: g_x, None, {"mu": -column_sums(g_x), "log_sigma": g_log_sigma}

    return (z, -np.sum(flow["log_sigma"])), backward


def _run_act_norm_g(z, context, flow):
    sigma = np.exp(flow["log_sigma"])
    sigma_z = sigma * z

    def backward(g_x, g_log_det):
        g_log_sigma = column_sums(g_x * sigma_z) + np.sum(g_log_det)
        return lambda: g_x * sigma, None, {"mu": column_sums(g_x), "log_sigma": g_log_sigma}

    return (sigma_z + flow["mu"], np.sum(flow["log_sigma"])), backward


LAYERS: dict[Any, Callable] = {
    ar_f: lambda flow: _ar(flow, affine_f),
    inverse_ar_g: lambda flow: _ar(flow, affine_g),
    coupling_layer_f: lambda flow: _coupling(flow, coupling_f),
    coupling_layer_g: lambda flow: _coupling(flow, coupling_g),
    act_norm_f: lambda flow: (_run_act_norm_f, [flow], None),
    act_norm_g: lambda flow: (_run_act_norm_g, [flow], None),
}
