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
    weights, biases, final = sorted_by_finality(net)
    v = v.astype(np.result_type(v, weights[-1]), copy=False)
    units = [np.empty((len(weight), n), v.dtype) for weight in weights]  # what enters each layer, a unit a row
    units[0][: net.context] = net.inputs(v, context)[:, : net.context].T
    u, log_det = np.empty_like(v), np.zeros(n, v.dtype)
    for j, column in enumerate(net.order):
        for i in range(1, len(units)):
            new, seen = slice(final[i][j - 1] if j else 0, final[i][j]), final[i - 1][j]
            h = weights[i - 1][:seen, new].T @ units[i - 1][:seen]
            h += biases[i - 1][new, None]
            np.maximum(h, 0, out=units[i][new])
        seen, both = final[-1][j], [column, m + column]
        table = weights[-1][:seen, both].T @ units[-1][:seen] + biases[-1][both, None]
        u_j, term = affine(v[:, column, None], *mu_and_log_sigma(table.T))
        u[:, column] = units[0][net.context + j] = u_j[:, 0]
        log_det += term
    return u, log_det


def sorted_by_finality(net):
    """The net's masked weights and biases, the units of a layer sorted by when they are final, and `final`:

    final[i][j], the number of units entering layer i that are final when j dimensions are known.
    """
    when = np.empty(net.m, int)
    when[net.order] = np.arange(1, net.m + 1)
    when = np.concatenate([np.zeros(net.context, int), when])  # the context is known from the start
    places, final = [], []
    for layer in net.layers:
        places.append(np.argsort(when, kind="stable"))
        final.append(np.searchsorted(when[places[-1]], np.arange(net.m + 1), side="right"))
        when = np.max(np.where(layer.mask, when[:, None], 0), axis=0)  # a unit waits for the last of its inputs
    places.append(np.arange(2 * net.m))  # the outputs stay where they are
    weights = [
        (layer.weight * layer.mask)[np.ix_(inputs, outputs)]
        for layer, inputs, outputs in zip(net.layers, places[:-1], places[1:])
    ]
    return weights, [layer.bias[outputs] for layer, outputs in zip(net.layers, places[1:])], final
