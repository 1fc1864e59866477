"""Exact inversion of an AR flow in about the work of one pass of its net, where the formula takes m passes.

The formula runs the whole net once for each dimension, although most of it has not changed: a hidden unit that sees
x_1, ..., x_k only (k is its degree) is final as soon as these are known. So here every unit is computed once, at the
moment when the last of its inputs is known:

    for j = 1, ..., m in the order of generation:
        the hidden units, layer by layer, that have become final with x_1, ..., x_{j−1}
        μ_j and log σ_j from them;  x_j = σ_j z_j + μ_j

The formulas are in flows/autoregressive.py. Exercise 06.
"""

import numpy as np

from minidgm.errors import check_array
from minidgm.fast.affine import affine_f, affine_g, mu_and_log_sigma


def gaussian_ar_g(flow, z, context=None):
    """x_j = σ_j(x_<j) z_j + μ_j(x_<j)."""
    check_array("z", z, ("n", flow.m))
    return _invert(flow.net, affine_g, z, context)


def inverse_gaussian_ar_f(flow, x, context=None):
    """z_j = (x_j − μ_j(z_<j)) / σ_j(z_<j)."""
    check_array("x", x, ("n", flow.m))
    return _invert(flow.net, affine_f, x, context)


def _invert(net, affine, v, context):
    """u and log_det for u_j = affine(v_j, μ_j(u_<j), log σ_j(u_<j)), v and u (n, m), log_det (n,).

    net: a MADE with two outputs per dimension.
    """
    n, m = v.shape
    weights, final = _sorted_by_finality(net)
    given = net.inputs(v, context)
    v = v.astype(np.result_type(given, *weights), copy=False)
    units = [np.empty((len(weight), n), v.dtype) for weight in weights]  # what enters each layer, one unit per row
    zeros = np.zeros((max(np.max(np.diff(known, prepend=1)) for known in final), n), v.dtype)
    for layer in units:
        layer[0] = 1  # times the bias
    units[0][1 : 1 + net.context] = given[:, : net.context].T
    u, log_det = np.empty_like(v), np.zeros(n, v.dtype)
    for j, column in enumerate(net.order):
        for i in range(1, len(units)):
            new, seen = slice(final[i][j - 1] if j else 1, final[i][j]), final[i - 1][j]
            h = product(weights[i - 1][:seen, new].T, units[i - 1][:seen])
            np.maximum(h, zeros[: len(h)], out=units[i][new])  # relu
        seen = final[-1][j]
        table = product(weights[-1][:seen, 2 * j + 1 : 2 * j + 3].T, units[-1][:seen])
        (mu, log_sigma), _ = mu_and_log_sigma(table.T)
        (u_j, term), _ = affine(v[:, column, None], mu, log_sigma)
        u[:, column] = units[0][1 + net.context + j] = u_j[:, 0]
        log_det += term
    return u, log_det


def product(a, b):
    """a · b of narrow matrices, without BLAS's warning of lanes beyond them: what lies there is nobody's number."""
    with np.errstate(invalid="ignore"):
        return np.dot(a, b)


def _sorted_by_finality(net):
    """The net's masked weights (1 + inputs, 1 + outputs), its units sorted by when they are final, and `final`:

    final[i][j], the number of units entering layer i that are final when j dimensions are known. Unit 0 is always 1,
    its weights are the biases.
    """
    when = np.empty(net.m, np.int32)
    when[net.order] = np.arange(1, net.m + 1)
    when = np.concatenate([np.zeros(net.context, np.int32), when])  # the context is known from the start
    places, final = [], []
    for layer in net.layers:
        in_order = np.all(when[1:] >= when[:-1])
        places.append(slice(None) if in_order else np.argsort(when, kind="stable"))
        final.append(1 + np.searchsorted(when[places[-1]], np.arange(net.m + 1), side="right"))
        when = np.max(layer.mask * when[:, None], axis=0)  # a unit waits for the last of its inputs
    places.append(np.stack([net.order, net.m + net.order], axis=1).ravel())  # μ_j and log σ_j side by side
    weights = []
    for layer, inputs, outputs in zip(net.layers, places[:-1], places[1:]):
        weights.append(np.zeros(np.add(layer.mask.shape, 1), layer.weight.dtype))
        weights[-1][0, 1:] = layer.bias[outputs]
        weights[-1][1:, 1:] = (layer.weight * layer.mask)[inputs][:, outputs]
    return weights, final
