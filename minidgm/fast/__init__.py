"""The same functions, faster: nothing here is needed to understand anything else.

Each function stands in for a formula elsewhere, above which it is named: `@runs_as(fast.affine_f)`. It takes arrays and
returns its value and its gradient rule, `backward`, which takes what comes back and returns a gradient per argument
(see `minidgm.tensor.steps`). `tests/engine/test_pairs.py` holds each equal to its formula.
"""

from minidgm.fast.affine import affine_f, affine_g, coupling_f, coupling_g, mu_and_log_sigma

__all__ = ["affine_f", "affine_g", "coupling_f", "coupling_g", "mu_and_log_sigma"]
