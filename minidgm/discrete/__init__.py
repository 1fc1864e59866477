"""Discrete data and continuous models: the model is discretized, or the data is dequantized."""

from minidgm.discrete.dequantize import (
    FlowDequantizer,
    UniformDequantizer,
    VariationalDequantizer,
    dequantization_bound,
    importance_weighted_bound,
)
from minidgm.discrete.discretize import DiscretizedLogisticMixture, bits_per_dim, discretized_log_prob
from minidgm.discrete.exact import discrete_log_prob, noise_posterior_kl
from minidgm.discrete.levels import centred
from minidgm.discrete.outputs import CategoricalOutput, MixtureOutput
from minidgm.discrete.pixelcnn import PixelCNN, PixelMADE

__all__ = [
    "CategoricalOutput",
    "DiscretizedLogisticMixture",
    "FlowDequantizer",
    "MixtureOutput",
    "PixelCNN",
    "PixelMADE",
    "UniformDequantizer",
    "VariationalDequantizer",
    "bits_per_dim",
    "centred",
    "dequantization_bound",
    "discrete_log_prob",
    "discretized_log_prob",
    "importance_weighted_bound",
    "noise_posterior_kl",
]
