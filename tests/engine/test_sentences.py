"""What a reader who writes a part of their own meets first, and what a reader sees printed."""

import numpy as np
import pytest

from minidgm.discrete.dequantize import Dequantizer
from minidgm.flows import Flow
from minidgm.nn import MLP
from minidgm.optim import Optimizer
from minidgm.tensor import Module
from minidgm.vae import Decoder, Estimate

X, RNG = np.zeros((2, 3), np.float32), np.random.default_rng(0)


@pytest.mark.parametrize(
    "base, call, missing",
    [
        (Flow, lambda part: part.f(X), "f"),
        (Flow, lambda part: part.g(X), "g"),
        (Dequantizer, lambda part: part.draw(RNG, X), "draw"),
        (Dequantizer, lambda part: part.log_prob(X, X), "log_prob"),
        (Decoder, lambda part: part.log_prob(X, X), "given"),
        (
            Optimizer,
            lambda part: part.step(MLP((3, 1), RNG), {"layers.0.weight": X.T[:, :1], "layers.0.bias": X[0, :1]}),
            "update",
        ),
    ],
)
def test_a_part_of_ones_own_says_which_method_it_lacks(base, call, missing):
    part = type("Mine", (base,), {})(*([0.1] if base is Optimizer else []))
    with pytest.raises(NotImplementedError, match=rf"^Mine: write {missing}$"):
        call(part)


def test_what_is_private_is_no_part_of_a_modules_repr_and_an_estimate_shows_its_error():
    class Mine(Module):
        def __init__(self):
            self.scale, self._cache = np.zeros(3, np.float32), 7

    assert "_cache" not in repr(Mine()) and "scale=" in repr(Mine())
    assert str(Estimate(1.25, 0.0312)) == "1.2500 ± 0.0312"
