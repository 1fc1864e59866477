"""Exercise 04 as new users answer it."""

import numpy as np

from minidgm.course.bank import misconception as wrong
from minidgm.course.bank import right_answer as right

D, M = "made_degrees", "made_masks"


@wrong(D, "degrees from 0")
def from_zero(m, hidden_sizes):
    return [np.arange(m)] + [np.arange(h) % max(m - 1, 1) for h in hidden_sizes]


@wrong(D, "hidden degrees up to m")
def up_to_m(m, hidden_sizes):
    return [np.arange(1, m + 1)] + [np.arange(h) % m + 1 for h in hidden_sizes]


@wrong(D, "random degrees, as in the paper")
def drawn(m, hidden_sizes):
    return [np.arange(1, m + 1)] + [np.random.randint(1, max(m, 2), size=h) for h in hidden_sizes]


@wrong(D, "random degrees with a seed")
def drawn_with_a_seed(m, hidden_sizes):
    rng = np.random.default_rng(0)
    return [np.arange(1, m + 1)] + [rng.integers(1, max(m, 2), size=h) for h in hidden_sizes]


@wrong(D, "the inputs left out")
def no_inputs(m, hidden_sizes):
    return [np.arange(h) % max(m - 1, 1) + 1 for h in hidden_sizes]


@right(D)
def m_one(m, hidden_sizes):
    return [np.arange(1, m + 1)] + [np.arange(h) % (m - 1) + 1 for h in hidden_sizes]


@wrong(D, "lists of numbers, not arrays")
def python_lists(m, hidden_sizes):
    return [list(range(1, m + 1))] + [[i % max(m - 1, 1) + 1 for i in range(h)] for h in hidden_sizes]


@wrong(D, "spread by linspace, cut down to integers: float dtype")
def floats(m, hidden_sizes):
    return [np.arange(1.0, m + 1)] + [np.ceil(np.linspace(0.5, max(m - 1, 1), h)) for h in hidden_sizes]


@wrong(D, "outputs appended")
def outputs_too(m, hidden_sizes):
    inner = [np.arange(h) % max(m - 1, 1) + 1 for h in hidden_sizes]
    return [np.arange(1, m + 1), *inner, np.arange(1, m + 1)]


@wrong(D, "all hidden units of degree 1")
def all_one(m, hidden_sizes):
    return [np.arange(1, m + 1)] + [np.ones(h, int) for h in hidden_sizes]


@right(D)
def from_the_top(m, hidden_sizes):
    return [np.arange(1, m + 1)] + [max(m - 1, 1) - np.arange(h) % max(m - 1, 1) for h in hidden_sizes]


@right(D)
def sorted_blocks(m, hidden_sizes):
    return [1 + np.arange(m)] + [
        np.arange(h) * max(m - 1, 1) // max(h, max(m - 1, 1)) + 1 if h >= m - 1 else np.arange(1, h + 1)
        for h in hidden_sizes
    ]


def pairs(degrees):
    return list(zip(degrees[:-1], degrees[1:]))


@wrong(M, "strict everywhere")
def strict(degrees):
    return [b[None] > a[:, None] for a, b in pairs([*degrees, degrees[0]])]


@wrong(M, "nowhere strict: outputs see their own input")
def nowhere_strict(degrees):
    return [b[None] >= a[:, None] for a, b in pairs([*degrees, degrees[0]])]


@wrong(M, "transposed")
def transposed(degrees):
    masks = [b[:, None] >= a[None] for a, b in pairs(degrees)]
    return [*masks, degrees[0][:, None] > degrees[-1][None]]


@wrong(M, "the output's mask left out")
def no_output(degrees):
    return [b[None] >= a[:, None] for a, b in pairs(degrees)]


@wrong(M, "integers, not booleans")
def integers(degrees):
    masks = [(b[None] >= a[:, None]).astype(int) for a, b in pairs(degrees)]
    return [*masks, (degrees[0][None] > degrees[-1][:, None]).astype(int)]


@wrong(M, "outputs in the order 1..m whatever the inputs'")
def outputs_in_order(degrees):
    masks = [b[None] >= a[:, None] for a, b in pairs(degrees)]
    return [*masks, np.arange(1, len(degrees[0]) + 1)[None] > degrees[-1][:, None]]


@wrong(M, "the other way round: sees the later ones")
def later_ones(degrees):
    masks = [b[None] <= a[:, None] for a, b in pairs(degrees)]
    return [*masks, degrees[0][None] < degrees[-1][:, None]]


@wrong(M, "strict at the first layer, not at the last")
def strict_first(degrees):
    masks = [b[None] > a[:, None] if i == 0 else b[None] >= a[:, None] for i, (a, b) in enumerate(pairs(degrees))]
    return [*masks, degrees[0][None] >= degrees[-1][:, None]]


@right(M)
def outer(degrees):
    masks = [np.less_equal.outer(a, b) for a, b in pairs(degrees)]
    return masks + [np.less.outer(degrees[-1], degrees[0])]


@right(M)
def loops(degrees):
    layers = [*degrees, degrees[0]]
    masks = []
    for i in range(len(layers) - 1):
        last = i == len(layers) - 2
        rule = (lambda a, b: b > a) if last else (lambda a, b: b >= a)
        masks.append(np.array([[rule(a, b) for b in layers[i + 1]] for a in layers[i]], dtype=bool))
    return masks
