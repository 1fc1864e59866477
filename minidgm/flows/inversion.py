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
    units = [np.zeros((n, len(weight)), v.dtype, order="F") for weight in weights]  # what enters each layer, sorted
    units[0][:, : net.context] = net.inputs(v, context)[:, : net.context]
    u, log_det = np.empty_like(v), np.zeros(n, v.dtype)
    for j, column in enumerate(net.order):
        for i in range(1, len(units)):
            new, seen = slice(final[i][j - 1] if j else 0, final[i][j]), final[i - 1][j]
            h = units[i - 1][:, :seen] @ weights[i - 1][:seen, new]
            h += biases[i - 1][new]
            np.maximum(h, 0, out=units[i][:, new])
        seen, both = final[-1][j], [column, m + column]
        table = units[-1][:, :seen] @ weights[-1][:seen, both] + biases[-1][both]
        u_j, term = affine(v[:, column : column + 1], *mu_and_log_sigma(table))
        u[:, column] = units[0][:, net.context + j] = u_j[:, 0]
        log_det += term
    return u, log_det


def sorted_by_finality(net):
    """The net's masked weights and biases with the units of each layer sorted by when they are final, and `final`:

    final[i][j], the number of units entering layer i that are final when j dimensions are known.
    """
    when = np.empty(net.m, int)
    when[net.order] = np.arange(1, net.m + 1)
    when = np.concatenate([np.zeros(net.context, int), when])  # the context is known from the start
    weights, biases, final = [], [], []
    place = np.argsort(when, kind="stable")
    for layer in net.layers:
        weights.append((layer.weight * layer.mask)[place])
        final.append(np.searchsorted(when[place], np.arange(net.m + 1), side="right"))
        when = np.max(np.where(layer.mask, when[:, None], 0), axis=0)  # a unit waits for the last of its inputs
        if layer is not net.layers[-1]:
            place = np.argsort(when, kind="stable")
            weights[-1] = weights[-1][:, place]
            biases.append(layer.bias[place])
    return weights, [*biases, net.layers[-1].bias], final
