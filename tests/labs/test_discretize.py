"""The lab discretize on a few steps: probabilities sum to one, no mixture beats the entropy, --mine gives the same."""

import numpy as np
import pytest
from scipy import stats

from minidgm.data import load_digits
from minidgm.labs import discretize


def test_no_mixture_beats_the_entropy_and_the_students_functions_give_the_engines_numbers(quick_lab):
    engine, own = (quick_lab("discretize", own=own).rows[8]["values"] for own in (False, True))
    for values in (engine, own):
        assert values["deviation_of_the_sum"] < 1e-12
        assert min(values["train"].values()) > values["entropy"]
        for n, bits in values["train"].items():
            assert bits == pytest.approx(engine["train"][n], abs=0.01)


def test_entropy_and_bits_of_one_logistic_recomputed_without_the_engine(quick_lab):
    """The second of the numbers recomputed by other code: the entropy of the counts, and a fitted logistic's bits."""
    levels = load_digits().train.images[:300].ravel()
    shares = np.bincount(levels, minlength=17) / levels.size
    values = quick_lab("discretize").rows[8]["values"]
    assert values["entropy"] == pytest.approx(stats.entropy(shares, base=2), abs=1e-12)
    model = discretize.fitted_mixture(shares, 1, 200, 0, None)
    (mu,), (s,) = model.mu, np.exp(model.log_s)
    ends = np.concatenate([[-np.inf], np.arange(16) + 0.5, [np.inf]])
    P = np.diff(stats.logistic.cdf(ends, mu, s))
    assert discretize.cross_entropy(model, shares) == pytest.approx(-np.sum(shares * np.log2(P)), abs=1e-9)


def test_several_starts_end_in_several_optima():
    shares = np.bincount(load_digits().train.y.ravel(), minlength=17) / (1200 * 64)
    found = [discretize.fitted_mixture(shares, 2, 1000, start, None) for start in range(4)]
    ends = [discretize.cross_entropy(model, shares) for model in found]
    assert min(ends) == pytest.approx(2.9832, abs=1e-3) and max(ends) > 3.02
