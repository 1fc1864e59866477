"""Discrete data and continuous models: the model is discretized, or the data is dequantized."""

from minidgm.discrete.discretize import DiscretizedLogisticMixture, bits_per_dim, discretized_log_prob

__all__ = ["DiscretizedLogisticMixture", "bits_per_dim", "discretized_log_prob"]
