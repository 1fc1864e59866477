"""The same functions, faster: nothing here is needed to understand anything else.

Each function stands in for a formula elsewhere, above which it is named: `@runs_as(fast.affine_f)`. It takes arrays and
returns its value and its gradient rule, `backward`, which takes what comes back and returns a gradient per argument;
those of `layers` and the networks take what the formula takes, and make one step of it (see `minidgm.tensor.steps`).
`tests/engine/test_pairs.py` holds each equal to its formula. Gains are those of value and gradient that
`python -m benchmarks.pairs` prints, on one of two idle cores of an AMD EPYC:

file        runs for                                 gain      because
affine      flows/affine.py: affine_f, affine_g      1.4       the map, its log-determinant and the split into μ and
            mu_and_log_sigma                         2.8       log σ are one step each, with two values: it is the
            flows/coupling.py: coupling_f, _g        2.7       small batches that gain
network     nn/dense.py: MLP; nn/made.py: table      1.1–2.0   a whole network is one step; the products leave out the
                                                               zeros of masks sorted by degree
convolution nn/conv.py: conv                         1.6       patches without a border of zeros around the image
layers      flows/base.py: Chain.f, Chain.g          2.2–4.2   network, map and the next layer are one step; the more
            GaussianAR.f, InverseGaussianAR.g, the   1.4–2.2   the smaller the numbers
            mu_log_sigma of both, AffineCoupling     1.5
            flows/elementwise.py: ActNorm            1.5
inversion   flows/autoregressive.py: GaussianAR.g    13–57     each hidden unit is computed once, when the last of its
            InverseGaussianAR.f                                inputs is known: one pass' work instead of m passes
densities   distributions.py: standard_normal_…      2.8       one step instead of five
            bernoulli_log_prob                       3.3
            vae/posteriors.py: gaussian_draw         1.8       one step instead of six
mixture     discrete/discretize.py:                  1.9       blocks that stay in the cache, components first, so that
            discretized_mixture_log_prob                       sums run along memory
gaussians   vae/gaussians.py: mixture_log_prob,      14        a product of matrices, one block of rows at a time, so
            aggregated_log_prob                                that memory stays flat
            vae/surgery.py: mutual informations      46        the same
adam        optim.py: adam_step                      6.5       in place, in blocks, nine operations per number
"""

# ruff: noqa: F401  (names for `@runs_as`)

from minidgm.fast.adam import adam_step
from minidgm.fast.affine import affine_f, affine_g, coupling_f, coupling_g, mu_and_log_sigma
from minidgm.fast.convolution import conv
from minidgm.fast.densities import bernoulli_log_prob, gaussian_draw, standard_normal_log_prob
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
from minidgm.fast.layers import (
    act_norm_f,
    act_norm_g,
    ar_f,
    ar_mu_log_sigma,
    chain_f,
    chain_g,
    coupling_layer_f,
    coupling_layer_g,
    coupling_mu_log_sigma,
    inverse_ar_g,
)
from minidgm.fast.memory import keep_freed_memory
from minidgm.fast.mixture import discretized_mixture_log_prob
from minidgm.fast.network import made_table, mlp
