"""Normalizing flows: f maps data to latent, g = f⁻¹ latent to data, each with the log-determinant of its own map."""

from minidgm.flows.autoregressive import GaussianAR, InverseGaussianAR
from minidgm.flows.base import Chain, Flow, FlowModel, Inverse
from minidgm.flows.coupling import AffineCoupling, checkerboard_mask, half_mask
from minidgm.flows.elementwise import ActNorm, Logit, Permutation
from minidgm.flows.named import iaf, maf, real_nvp

__all__ = [
    "ActNorm",
    "AffineCoupling",
    "Chain",
    "Flow",
    "FlowModel",
    "GaussianAR",
    "Inverse",
    "InverseGaussianAR",
    "Logit",
    "Permutation",
    "checkerboard_mask",
    "half_mask",
    "iaf",
    "maf",
    "real_nvp",
]
