"""Exercise 04: what students answer, wrong and right."""

import numpy as np

from minidgm.course.bank import misconception, right_answer

# ------------------------------------------------------------------ degrees


@misconception(
    "made_degrees",
    "Your hidden degrees start at 0: such a unit may see no input, and the highest degree, m - 1, is never given, so "
    "the last output cannot see the input before it.",
)
def hidden_from_zero(m, hidden_sizes):
    return [np.arange(1, m + 1)] + [np.arange(size) % max(m - 1, 1) for size in hidden_sizes]


@misconception(
    "made_degrees",
    "Your hidden degrees go up to m: a unit of degree m has seen everything, so no output may look at it, and it is "
    "wasted. What is the last degree that serves somebody?",
)
def hidden_up_to_m(m, hidden_sizes):
    return [np.arange(1, m + 1)] + [1 + np.arange(size) % m for size in hidden_sizes]


@misconception(
    "made_degrees",
    "You number the inputs from 0. The degrees of inputs and hidden units are compared with each other, and hidden "
    "ones start at 1: count the inputs from 1 to m.",
)
def inputs_from_zero(m, hidden_sizes):
    return [np.arange(m)] + [1 + np.arange(size) % max(m - 1, 1) for size in hidden_sizes]


@misconception(
    "made_degrees",
    "You number all layers from 0, inputs and hidden units alike. That could be made to work with its own rules; the "
    "rules here count from 1.",
)
def everything_from_zero(m, hidden_sizes):
    return [np.arange(m)] + [np.arange(size) % max(m - 1, 1) for size in hidden_sizes]


@misconception(
    "made_degrees",
    "You number the hidden units one after the other, past m: units of a degree of m or more may not be seen by any "
    "output. Degrees have to come round again.",
)
def hidden_numbered_through(m, hidden_sizes):
    return [np.arange(1, m + 1)] + [np.arange(1, size + 1) for size in hidden_sizes]


@misconception(
    "made_degrees",
    "Your hidden degrees start at 0, and all units beyond m - 1 get one and the same degree. A unit of degree 0 sees "
    "no input; and degrees that come round again use a wide layer better.",
)
def hidden_cut_off_at_zero(m, hidden_sizes):
    return [np.arange(1, m + 1)] + [np.minimum(np.arange(size), m - 1) for size in hidden_sizes]


@misconception(
    "made_degrees",
    "The list lacks the inputs' own degrees: it starts with 1..m, and only then come the hidden layers.",
)
def no_inputs(m, hidden_sizes):
    return [1 + np.arange(size) % max(m - 1, 1) for size in hidden_sizes]


@misconception(
    "made_degrees",
    "You list the outputs as a layer of their own. Their degrees are those of the inputs, so the list ends with the "
    "last hidden layer.",
)
def outputs_listed_too(m, hidden_sizes):
    return [
        np.arange(1, m + 1),
        *(1 + np.arange(size) % max(m - 1, 1) for size in hidden_sizes),
        np.arange(1, m + 1),
    ]


@misconception(
    "made_degrees",
    "All hidden units have the degree m - 1: then only the last output may look at them, and all others are constants.",
)
def all_of_the_highest_degree(m, hidden_sizes):
    return [np.arange(1, m + 1)] + [np.full(size, max(m - 1, 1)) for size in hidden_sizes]


@misconception(
    "made_degrees",
    "All hidden units have the degree 1: every output may look at them, and they know nothing but the first input.",
)
def all_of_degree_one(m, hidden_sizes):
    return [np.arange(1, m + 1)] + [np.ones(size, int) for size in hidden_sizes]


@misconception("made_degrees", "Your degrees are floating-point numbers. They are places in an order: integers.")
def floating_point_degrees(m, hidden_sizes):
    return [np.arange(1.0, m + 1)] + [1.0 + np.arange(size) % max(m - 1, 1) for size in hidden_sizes]


@misconception(
    "made_degrees",
    "You repeat each degree size // (m - 1) times, which fills a layer only if m - 1 divides its width: otherwise "
    "some units have no degree.",
)
def repeated_whole_times(m, hidden_sizes):
    degrees = np.arange(1, max(m, 2))
    return [np.arange(1, m + 1)] + [np.repeat(degrees, size // len(degrees)) for size in hidden_sizes]


@misconception(
    "made_degrees",
    "You lay 1..m - 1 side by side a whole number of times: when m - 1 does not divide the width, the last units have "
    "no degree. A layer has exactly as many degrees as units.",
)
def tiled_whole_times(m, hidden_sizes):
    return [np.arange(1, m + 1)] + [np.tile(np.arange(1, m), size // max(m - 1, 1)) for size in hidden_sizes]


@misconception(
    "made_degrees",
    "Your second hidden layer starts one degree higher than the first, and so on. Degrees need not grow from layer to "
    "layer: a unit of degree k may feed one of degree k.",
)
def higher_with_every_layer(m, hidden_sizes):
    degrees = [np.arange(1, m + 1)]
    for layer, size in enumerate(hidden_sizes, 1):
        low = min(layer, max(m - 1, 1))
        degrees.append(low + np.arange(size) % max(m - low, 1))
    return degrees


@misconception(
    "made_degrees",
    "You give degrees to the first hidden layer only: each hidden layer needs its own array, one number per unit.",
)
def first_hidden_layer_only(m, hidden_sizes):
    return [np.arange(1, m + 1)] + [1 + np.arange(size) % max(m - 1, 1) for size in hidden_sizes[:1]]


@misconception(
    "made_degrees",
    "You draw the degrees at random: a degree may come up in no unit at all, and then a dependence is missing that "
    "the model should have. A layer that is wide enough has to hold each of them.",
)
def drawn_at_random(m, hidden_sizes):
    rng = np.random.RandomState(0)
    return [np.arange(1, m + 1)] + [rng.randint(1, max(m, 2), size) for size in hidden_sizes]


@misconception(
    "made_degrees",
    "You come round every m - 2 numbers, so that degree m - 1 is never given: the last output cannot see the input "
    "before it.",
)
def highest_degree_left_out(m, hidden_sizes):
    return [np.arange(1, m + 1)] + [1 + np.arange(size) % max(m - 2, 1) for size in hidden_sizes]


@misconception(
    "made_degrees",
    "All degrees stand in one long array: a list with one array per layer was asked for, since each mask lies between "
    "two layers.",
)
def one_long_array(m, hidden_sizes):
    return np.concatenate([np.arange(1, m + 1)] + [1 + np.arange(size) % max(m - 1, 1) for size in hidden_sizes])


@right_answer("made_degrees")
def spread_evenly_and_sorted(m, hidden_sizes):
    return [np.arange(1, m + 1)] + [np.linspace(1, max(m - 1, 1), size).astype(int) for size in hidden_sizes]


@right_answer("made_degrees")
def unit_by_unit(m, hidden_sizes):
    degrees = [np.array([i + 1 for i in range(m)])]
    for size in hidden_sizes:
        layer, degree = [], 0
        for _ in range(size):
            degree = degree + 1 if degree < m - 1 else 1
            layer.append(degree)
        degrees.append(np.array(layer))
    return degrees


@right_answer("made_degrees")
def from_the_highest_down(m, hidden_sizes):
    return [np.arange(1, m + 1)] + [max(m - 1, 1) - np.arange(size) % max(m - 1, 1) for size in hidden_sizes]


@right_answer("made_degrees")
def random_after_one_of_each(m, hidden_sizes):
    rng = np.random.default_rng(m)
    degrees = [np.arange(1, m + 1, dtype=np.int32)]
    for size in hidden_sizes:
        each = np.arange(1, max(m, 2))[:size]
        degrees.append(rng.permutation(np.concatenate([each, rng.integers(1, max(m, 2), size - len(each))])))
    return degrees


@right_answer("made_degrees")
def degree_zero_where_m_is_one(m, hidden_sizes):
    lowest = 0 if m == 1 else 1
    return [np.arange(1, m + 1)] + [lowest + np.arange(size) % (m - lowest) for size in hidden_sizes]


# ------------------------------------------------------------------ masks


def rules(degrees, hidden, output):
    """The masks for two comparisons (from, into)."""
    masks = [hidden(a[:, None], b[None, :]) for a, b in zip(degrees[:-1], degrees[1:])]
    return [*masks, output(degrees[-1][:, None], degrees[0][None, :])]


def at_most(a, b):
    return b >= a


def below(a, b):
    return b > a


@misconception(
    "made_masks",
    "Every mask of yours is strict. Each strict step shortens the view by one, so with L hidden layers output j sees "
    "only what lies L + 1 places before it. Exactly one step has to be strict: which one?",
)
def strict_everywhere(degrees):
    return rules(degrees, below, below)


@misconception(
    "made_masks",
    "No mask of yours is strict: output j is reached from input j, and the model predicts each number from itself.",
)
def never_strict(degrees):
    return rules(degrees, at_most, at_most)


@misconception(
    "made_masks",
    "Your masks are (outputs, inputs). Here a layer is x · weight with x (n, inputs), so a mask is (inputs, outputs): "
    "rows are where a connection comes from.",
)
def transposed(degrees):
    return [mask.T for mask in rules(degrees, at_most, below)]


@misconception(
    "made_masks",
    "Only your last mask lies the other way round, (outputs, inputs): with as many hidden units as inputs the shape "
    "even fits, and the dependence runs backwards.",
)
def last_one_transposed(degrees):
    masks = rules(degrees, at_most, below)
    return [*masks[:-1], masks[-1].T]


@misconception(
    "made_masks",
    "You compare two layers unit by unit, first with first, second with second. A mask compares every unit of one "
    "layer with every unit of the next: one of the two has to stand as a column.",
)
def unit_with_unit(degrees):
    masks = [b >= a for a, b in zip(degrees[:-1], degrees[1:])]
    return [*masks, degrees[0] > degrees[-1]]


@misconception(
    "made_masks",
    "Your comparisons point the other way in every layer: output j sees what comes after j. A unit may see degrees up "
    "to its own.",
)
def order_reversed(degrees):
    return rules(degrees, lambda a, b: b <= a, lambda a, b: b < a)


@misconception(
    "made_masks",
    "The order is reversed on one side only: hidden units look at what comes before, outputs at what comes after, and "
    "together everything leaks.",
)
def order_reversed_at_the_output(degrees):
    return rules(degrees, at_most, lambda a, b: b < a)


@misconception(
    "made_masks",
    "The first step is strict and the last is not. No output sees itself, but degree m - 1 then never reaches input m "
    "- 1, so the last output does not see it: with degrees from 1 to m - 1 the strict step is another one.",
)
def strict_at_the_input(degrees):
    masks = rules(degrees, at_most, at_most)
    return [below(degrees[0][:, None], degrees[1][None, :]), *masks[1:]] if len(degrees) > 1 else masks


@misconception(
    "made_masks",
    "The first step is strict as well as the last: strict twice, so output j does not see input j - 1.",
)
def strict_at_both_ends(degrees):
    masks = rules(degrees, at_most, below)
    return [below(degrees[0][:, None], degrees[1][None, :]), *masks[1:]] if len(degrees) > 1 else masks


@misconception(
    "made_masks",
    "Between two hidden layers your masks are strict too: every deeper layer then sees one input less. A unit of "
    "degree k may feed one of degree k.",
)
def strict_between_hidden_layers(degrees):
    masks = rules(degrees, below, below)
    return [at_most(degrees[0][:, None], degrees[1][None, :]), *masks[1:]] if len(degrees) > 1 else masks


@misconception(
    "made_masks",
    "You connect only units of equal degree between hidden layers. Nothing leaks, but most connections that are "
    "allowed are cut: a unit may know everything up to its degree.",
)
def equal_degrees_only(degrees):
    masks = rules(degrees, lambda a, b: b == a, below)
    return [at_most(degrees[0][:, None], degrees[1][None, :]), *masks[1:]] if len(degrees) > 1 else masks


@misconception(
    "made_masks",
    "The mask into the outputs is missing: the masks of the hidden layers alone cannot keep output j from seeing "
    "input j.",
)
def no_mask_to_the_outputs(degrees):
    return rules(degrees, at_most, below)[:-1]


@misconception(
    "made_masks",
    "You number the outputs 0..m - 1 and compare strictly: that is strict twice, and output j does not see input j - "
    "1. The outputs have the inputs' degrees.",
)
def outputs_from_zero(degrees):
    masks = rules(degrees, at_most, below)
    return [*masks[:-1], below(degrees[-1][:, None], degrees[0][None, :] - 1)]


@misconception(
    "made_masks",
    "You number the outputs 1..m whatever the order of the inputs: right for 1, 2, 3, ..., and a leak for every other "
    "order. Output j has the degree of input j.",
)
def outputs_always_in_order(degrees):
    masks = rules(degrees, at_most, below)
    return [*masks[:-1], below(degrees[-1][:, None], np.arange(1, len(degrees[0]) + 1)[None, :])]


@misconception(
    "made_masks",
    "You compare every hidden layer with the inputs, not with the layer before it: a mask lies between two neighbours.",
)
def all_from_the_inputs(degrees):
    masks = [at_most(degrees[0][:, None], b[None, :]) for b in degrees[1:]]
    return [*masks, below(degrees[-1][:, None], degrees[0][None, :])]


@misconception(
    "made_masks",
    "Your masks are True where a connection is cut: weight ∘ mask then keeps exactly the weights that must go.",
)
def true_where_cut(degrees):
    return [~mask for mask in rules(degrees, at_most, below)]


@misconception(
    "made_masks",
    "Your masks are numbers. They say which weights exist, which is a matter of True and False; as floats they would "
    "count as parameters, and a float64 mask would upcast float32 weights.",
)
def masks_of_numbers(degrees):
    return [mask.astype(float) for mask in rules(degrees, at_most, below)]


@misconception(
    "made_masks",
    "You multiplied the masks together: the product says which output sees which input, but the network needs each "
    "layer's own.",
)
def product_of_the_masks(degrees):
    product = np.eye(len(degrees[0]), dtype=int)
    for mask in rules(degrees, at_most, below):
        product = np.dot(product, mask.astype(int))
    return [product > 0]


@misconception(
    "made_masks",
    "Without a hidden layer your only mask is not strict: it leads into the outputs, so it has to be.",
)
def not_strict_without_hidden_layers(degrees):
    return rules(degrees, at_most, below if len(degrees) > 1 else at_most)


@right_answer("made_masks")
def connection_by_connection(degrees):
    masks = []
    for layer in range(len(degrees)):
        into = degrees[layer + 1] if layer + 1 < len(degrees) else degrees[0]
        last = layer + 1 == len(degrees)
        masks.append(np.array([[b > a or (b == a and not last) for b in into] for a in degrees[layer]]))
    return masks


@right_answer("made_masks")
def with_outer(degrees):
    masks = [np.less_equal.outer(a, b) for a, b in zip(degrees, degrees[1:])]
    return [*masks, np.less.outer(degrees[-1], degrees[0])]


@right_answer("made_masks")
def output_degrees_lowered_by_one(degrees):
    """Strictly above is the same as at least, for outputs whose degrees are one lower."""
    layers = [*degrees, degrees[0] - 1]
    return tuple((b[:, None] >= a).T for a, b in zip(layers[:-1], layers[1:]))
