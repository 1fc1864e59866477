"""The same functions, faster: nothing here is needed to understand anything else.

Each function stands in for a formula elsewhere, above which it is named: `@runs_as(fast.affine_f)`. It takes arrays and
returns its value and its gradient rule, `backward`, which takes what comes back and returns a gradient per argument
(see `minidgm.tensor.steps`). `tests/engine/test_pairs.py` holds each equal to its formula.
"""

from minidgm.fast.adam import adam_step
from minidgm.fast.affine import affine_f, affine_g, coupling_f, coupling_g, mu_and_log_sigma
from minidgm.fast.densities import bernoulli_log_prob, standard_normal_log_prob
from minidgm.fast.gaussians import (
    aggregated_log_prob,
    gaussian_mixture_log_prob,
    leave_one_out_mutual_information,
    log_ratios,
    mean,
    minibatch_mutual_information,
    mutual_information,
)
from minidgm.fast.inversion import gaussian_ar_g, inverse_gaussian_ar_f
from minidgm.fast.mixture import discretized_mixture_log_prob
from minidgm.fast.network import relu_network

__all__ = [
    "adam_step",
    "affine_f",
    "affine_g",
    "aggregated_log_prob",
    "bernoulli_log_prob",
    "coupling_f",
    "coupling_g",
    "discretized_mixture_log_prob",
    "gaussian_ar_g",
    "gaussian_mixture_log_prob",
    "inverse_gaussian_ar_f",
    "leave_one_out_mutual_information",
    "log_ratios",
    "mean",
    "minibatch_mutual_information",
    "mu_and_log_sigma",
    "mutual_information",
    "relu_network",
    "standard_normal_log_prob",
]
