"""Exact inversion of an AR flow in about the work of one pass of its net, where the plain way takes m passes.

The plain way runs the whole net once for each dimension, although most of it has not changed: a hidden unit that sees
x_1, ..., x_k only (k is its degree) is final as soon as these are known. So here every unit is computed once, at the
moment when the last of its inputs is known:

    for j = 1, ..., m in the order of generation:
        the hidden units, layer by layer, that have become final with x_1, ..., x_{j−1}
        μ_j and log σ_j from them;  x_j = σ_j z_j + μ_j

`GaussianAR.g` and `InverseGaussianAR.f` use it where nothing is being differentiated. Exercise 06.
"""

import numpy as np

from minidgm.flows.affine import mu_and_log_sigma


def invert(net, affine, v, context=None):
    """u and log_det for u_j = affine(v_j, μ_j(u_<j), log σ_j(u_<j)), v and u (n, m), log_det (n,).

    net: a MADE with two outputs a dimension; affine: affine_g for x = σ z + μ, affine_f for z = (x − μ) / σ.
    """
    n, m = v.shape
    weights, final = sorted_by_finality(net)
    v = v.astype(np.result_type(v, *weights), copy=False)
    units = [np.empty((len(weight), n), v.dtype) for weight in weights]  # what enters each layer, a unit a row
    zeros = np.zeros((max(np.max(np.diff(known, prepend=1)) for known in final), n), v.dtype)
    for layer in units:
        layer[0] = 1  # times the bias
    units[0][1 : 1 + net.context] = net.inputs(v, context)[:, : net.context].T
    u, log_det = np.empty_like(v), np.zeros(n, v.dtype)
    for j, column in enumerate(net.order):
        for i in range(1, len(units)):
            new, seen = slice(final[i][j - 1] if j else 1, final[i][j]), final[i - 1][j]
            h = np.dot(weights[i - 1][:seen, new].T, units[i - 1][:seen])
            np.maximum(h, zeros[: len(h)], out=units[i][new])  # relu
        seen = final[-1][j]
        table = np.dot(weights[-1][:seen, 2 * j + 1 : 2 * j + 3].T, units[-1][:seen])
        u_j, term = affine(v[:, column, None], *mu_and_log_sigma(table.T))
        u[:, column] = units[0][1 + net.context + j] = u_j[:, 0]
        log_det += term
    return u, log_det


def sorted_by_finality(net):
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
