"""minidgm: one lecture on deep generative models, made executable.

Flows, discrete data, and VAEs, in numpy and autograd, small enough to read. `minidgm map` prints which module
belongs to which slide. This file imports nothing, so `import minidgm` costs nothing: import the part you want,
as in `from minidgm.flows import AffineCoupling`.
"""

__version__ = "0.1.0"
