"""Exercise 04: MADE, an ordinary network in which output j has seen the inputs before j only.

An autoregressive model needs μ_j(x_<j) and σ_j(x_<j) for every j. One network for each j would do, and cost m passes.
MADE (Germain et al. 2015) gets all of them in one pass of one network, by setting some of its weights to zero. Every
unit gets a degree, the place in the order up to which it may look:
    input i    has the degree i = 1..m
    hidden     units have degrees between 1 and m − 1
    output j   has the degree j again
and a connection stays where it leads no unit to see too much:
    into a hidden unit    degree(unit) ≥ degree(where it comes from)
    into an output        degree(output) > degree(where it comes from)
The second rule is strict, since output j must not see input j. Only one rule may be strict: each strict step shortens
the view by one. The product of all masks says which output has some path to which input: it is strictly triangular.
Read afterwards: minidgm/nn/made.py.
"""

import numpy as np


def made_degrees(m, hidden_sizes):
    """The degrees of all units: those of the inputs, then those of each hidden layer.

    A hidden unit of degree k collects what the outputs after k may know of the inputs up to k. A unit of degree 0
    would see nothing, one of degree m would be seen by nobody, and a degree that no unit has is a dependence that the
    model cannot express; so spread the degrees over 1..m − 1. The order within a layer does not matter.

    m: number of inputs. hidden_sizes: the widths of the hidden layers, a sequence of integers, may be empty.
    Returns a list of integer arrays: first 1..m, then one of length `size` for every hidden size, with numbers from
    1..m − 1, each at least once if size ≥ m − 1. For m = 1 no such number exists; there give every unit the degree 1,
    which no output sees.

    >>> degrees = made_degrees(4, [3, 5])
    >>> degrees[0].tolist(), sorted(degrees[1].tolist()), len(degrees[2]), sorted(set(degrees[2].tolist()))
    ([1, 2, 3, 4], [1, 2, 3], 5, [1, 2, 3])
    """
    degrees = [np.arange(1, m + 1)]
    for size in hidden_sizes:
        degrees.append(1 + np.arange(size) % max(m - 1, 1))
    return degrees


def made_masks(degrees):
    """Which connections stay, layer by layer: True for a weight that is kept.

        into a hidden layer   mask[a, b] = degree(b) ≥ degree(a)
        into the outputs      mask[a, b] = degree(b) > degree(a)
    The outputs have the degrees of the inputs, in the same order. With no hidden layer at all there is one mask, from
    the inputs to the outputs.

    degrees: a list of integer arrays as made_degrees returns it; degrees[0] may also be 1..m in another order, which
    makes the model generate its dimensions in that order. Returns a list of as many boolean arrays, each of shape
    (inputs, outputs), so that x · (weight ∘ mask) is the masked layer.

    >>> for mask in made_masks([np.array([1, 2, 3]), np.array([1, 2])]):
    ...     print(mask.astype(int))
    [[1 1]
     [0 1]
     [0 0]]
    [[0 1 1]
     [0 0 1]]
    """
    masks = []
    for inputs, outputs in zip(degrees[:-1], degrees[1:]):
        masks.append(outputs[None, :] >= inputs[:, None])
    masks.append(degrees[0][None, :] > degrees[-1][:, None])
    return masks
