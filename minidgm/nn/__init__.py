"""Networks: dense layers, masked dense layers, MADE; convolutions and masked convolutions."""

from minidgm.nn.conv import Conv2d, MaskedConv2d
from minidgm.nn.dense import MLP, Dense, network, start_at_zero
from minidgm.nn.made import MADE, MaskedDense, made_degrees, made_masks

__all__ = [
    "MADE",
    "MLP",
    "Conv2d",
    "Dense",
    "MaskedConv2d",
    "MaskedDense",
    "made_degrees",
    "made_masks",
    "network",
    "start_at_zero",
]
