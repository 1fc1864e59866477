"""Graders of exercise 04: MADE's degrees and masks.

Degrees may be chosen in many ways, so their graders ask for properties alone; masks follow from the degrees.
"""

import numpy as np

from minidgm.course.grading import Wrong, close, grades, reference, shape

solution = reference("ex04_made")

# ------------------------------------------------------------------ degrees

SIZES = ((4, (3,)), (4, (8, 5)), (6, (5, 11, 7)), (2, (3, 2)), (3, (2, 2)), (5, (9,)), (3, (7, 4)), (4, ()))
NARROW = ((8, (3,)), (6, (2, 9)), (10, (4, 4)))


def integers(array, name):
    """An integer array of one axis, or Wrong."""
    if np.asarray(array).dtype.kind not in "iu":
        raise Wrong(f"{name} has dtype {np.asarray(array).dtype}; degrees are integers, they are only ever compared.")


def paths(masks):
    """paths[i, j]: how many ways lead from input i to output j."""
    count = masks[0].astype(int)
    for mask in masks[1:]:
        count = count @ mask.astype(int)
    return count


def check_dependence(count, order, case, everything):
    """Output j must see input i only if i comes before j in the order, and must see it if `everything` is asked for."""
    for i in range(len(order)):
        for j in range(len(order)):
            if count[i, j] and order[i] >= order[j]:
                itself = " itself" if i == j else ""
                raise Wrong(f"output {j + 1} sees input {i + 1}{itself} by {count[i, j]} paths ({case}); it must not.")
            if everything and not count[i, j] and order[i] < order[j]:
                raise Wrong(f"no path leads from input {i + 1} to output {j + 1} ({case}), which may depend on it.")


@grades("made_degrees")
def test_made_degrees_has_one_array_for_the_inputs_and_one_a_hidden_layer(answer):
    for m, hidden in SIZES + NARROW:
        degrees = answer.made_degrees(m, hidden)
        if len(degrees) != 1 + len(hidden):
            raise Wrong(
                f"made_degrees({m}, {hidden}) has {len(degrees)} arrays; wanted {1 + len(hidden)}: one for the inputs "
                f"and one for each of the {len(hidden)} hidden layers."
            )
        for layer, (array, size) in enumerate(zip(degrees, (m, *hidden))):
            name = f"made_degrees({m}, {hidden})[{layer}]"
            shape(array, (size,), name)
            integers(array, name)


@grades("made_degrees")
def test_made_degrees_numbers_the_inputs_from_1_to_m(answer):
    for m, hidden in SIZES:
        inputs = answer.made_degrees(m, hidden)[0]
        close(inputs, np.arange(1, m + 1), f"made_degrees({m}, {hidden})[0], the inputs' places in the order, 1..m")


@grades("made_degrees")
def test_made_degrees_of_hidden_units_lie_between_1_and_m_minus_1(answer):
    for m, hidden in SIZES + NARROW:
        for layer, array in enumerate(answer.made_degrees(m, hidden)[1:], 1):
            name = f"hidden layer {layer} of made_degrees({m}, {hidden}) has"
            if np.min(array) < 1:
                raise Wrong(f"{name} the degree {np.min(array)}: below 1, such a unit may see no input at all.")
            if np.max(array) > m - 1:
                raise Wrong(f"{name} the degree {np.max(array)}: above m - 1 = {m - 1}, no output may see such a unit.")


@grades("made_degrees")
def test_made_degrees_of_a_wide_layer_holds_every_degree(answer):
    for m, hidden in SIZES:
        degrees = answer.made_degrees(m, hidden)
        for layer, array in enumerate(degrees[1:], 1):
            missing = set(range(1, m)) - set(array.tolist())
            if missing:
                raise Wrong(
                    f"hidden layer {layer} of made_degrees({m}, {hidden}) has no unit of degree {min(missing)}, though "
                    f"its {len(array)} units are enough for all of 1..{m - 1}: got {array.tolist()}."
                )
        count = paths(solution.made_masks(degrees))
        check_dependence(count, degrees[0], f"made_degrees({m}, {hidden}) with the right masks", everything=True)


@grades("made_degrees")
def test_made_degrees_of_a_narrow_layer_stay_in_range(answer):
    for m, hidden in NARROW:
        degrees = answer.made_degrees(m, hidden)
        count = paths(solution.made_masks(degrees))
        check_dependence(count, degrees[0], f"made_degrees({m}, {hidden}) with the right masks", everything=False)
        if not count.any():
            raise Wrong(f"with made_degrees({m}, {hidden}) no output depends on any input.")


@grades("made_degrees")
def test_made_degrees_of_one_input_lets_the_output_see_nothing(answer):
    degrees = answer.made_degrees(1, (4, 2))
    for layer, (array, size) in enumerate(zip(degrees, (1, 4, 2))):
        shape(array, (size,), f"made_degrees(1, (4, 2))[{layer}]")
    close(degrees[0], np.array([1]), "made_degrees(1, (4, 2))[0], the only input's place")
    check_dependence(paths(solution.made_masks(degrees)), degrees[0], "m = 1", everything=True)


@grades("made_degrees")
def test_made_degrees_takes_a_list_of_sizes(answer):
    degrees = answer.made_degrees(5, [4, 6])
    for array, size in zip(degrees, (5, 4, 6)):
        shape(array, (size,), "made_degrees(5, [4, 6]): each array")


# ------------------------------------------------------------------ masks


def degree_cases():
    """(name, degrees, whether every allowed dependence can be had), in sorted, cyclic and shuffled orders."""
    rng = np.random.default_rng(0)
    cases = [
        ("m = 3, one hidden layer of 2", [[1, 2, 3], [1, 2]], True),
        ("m = 4, hidden layers of 6 and 3", [[1, 2, 3, 4], [1, 2, 3, 1, 2, 3], [3, 1, 2]], True),
        ("m = 4, hidden layers of 3, 5 and 7", [[1, 2, 3, 4], [1, 2, 3], [2, 1, 3, 3, 1], [1, 1, 2, 2, 3, 3, 3]], True),
        ("m = 5, all layers of 5", [[1, 2, 3, 4, 5], [1, 2, 3, 4, 4], [4, 3, 2, 1, 1]], True),
        ("m = 5 in the order 3, 1, 5, 2, 4", [[3, 1, 5, 2, 4], [1, 2, 3, 4, 2, 3]], True),
        ("m = 3 in reversed order", [[3, 2, 1], [1, 2, 2, 1]], True),
        ("m = 5, a narrow layer", [[1, 2, 3, 4, 5], [1, 2, 3, 4], [4, 2]], False),
        ("m = 2, two hidden layers", [[1, 2], [1, 1, 1], [1, 1]], True),
    ]
    for name, degrees, everything in cases:
        yield name, [np.array(d) for d in degrees], everything
    yield "m = 9 in a shuffled order", [1 + rng.permutation(9), rng.permutation(np.arange(16) % 8) + 1], True


@grades("made_masks")
def test_made_masks_has_one_mask_per_layer(answer):
    for name, degrees, _ in degree_cases():
        masks = answer.made_masks(degrees)
        if len(masks) != len(degrees):
            raise Wrong(
                f"{len(masks)} masks for {name}; wanted {len(degrees)}: one into each hidden layer, and one into "
                "the outputs."
            )
        sizes = [len(d) for d in degrees] + [len(degrees[0])]
        for layer, mask in enumerate(masks):
            shape(mask, (sizes[layer], sizes[layer + 1]), f"mask {layer} for {name}, (inputs, outputs),")


@grades("made_masks")
def test_made_masks_let_no_output_see_itself_or_what_comes_after(answer):
    for name, degrees, _ in degree_cases():
        check_dependence(paths(answer.made_masks(degrees)), degrees[0], name, everything=False)


@grades("made_masks")
def test_made_masks_let_every_output_see_all_that_comes_before(answer):
    for name, degrees, everything in degree_cases():
        if everything:
            check_dependence(paths(answer.made_masks(degrees)), degrees[0], name, everything=True)


@grades("made_masks")
def test_made_masks_without_hidden_layers_is_one_strict_mask(answer):
    masks = answer.made_masks([np.arange(1, 5)])
    if len(masks) != 1:
        raise Wrong(f"{len(masks)} masks without a hidden layer; wanted 1, from the inputs to the outputs.")
    shape(masks[0], (4, 4), "the only mask without a hidden layer")
    check_dependence(paths(masks), np.arange(1, 5), "m = 4, no hidden layer", everything=True)


@grades("made_masks")
def test_made_masks_keep_every_connection_that_is_allowed(answer):
    for name, degrees, _ in degree_cases():
        sizes = [*degrees, degrees[0]]
        for layer, mask in enumerate(answer.made_masks(degrees)):
            last = layer == len(degrees) - 1
            for a, b in np.ndindex(mask.shape):
                low, high = int(sizes[layer][a]), int(sizes[layer + 1][b])
                wanted = high > low if last else high >= low
                if bool(mask[a, b]) != wanted:
                    into = "an output" if last else "a hidden unit"
                    raise Wrong(
                        f"mask {layer} for {name}: the connection from degree {low} into {into} of degree {high} is "
                        f"{'kept' if mask[a, b] else 'cut'}; it must be {'kept' if wanted else 'cut'}."
                    )


@grades("made_masks")
def test_made_masks_of_one_input_cut_the_output_off(answer):
    masks = answer.made_masks([np.array([1]), np.array([1, 1, 1])])
    check_dependence(paths(masks), np.array([1]), "m = 1, hidden layer of 3", everything=True)


@grades("made_masks")
def test_made_masks_are_boolean(answer):
    for layer, mask in enumerate(answer.made_masks([np.array([1, 2, 3]), np.array([1, 2])])):
        if np.asarray(mask).dtype != bool:
            raise Wrong(f"mask {layer} has dtype {np.asarray(mask).dtype}; wanted bool: it says which weights exist.")
