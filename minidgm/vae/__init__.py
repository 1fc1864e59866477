"""VAEs: a posterior, a decoder and a prior put together; their bound, its surgery, and what closes its gap."""

from minidgm.importance import importance_bound
from minidgm.vae.bounds import bound_gap, iwae_bound, negative_elbo, warm_up
from minidgm.vae.critics import info_nce_bound, interpolated_bound, nwj_bound
from minidgm.vae.decoders import (
    AutoregressiveDecoder,
    BernoulliDecoder,
    CategoricalDecoder,
    Decoder,
    FromLevels,
    GaussianDecoder,
    LogisticMixtureDecoder,
)
from minidgm.vae.equivalences import FlowDecoder, FlowEncoder, ShiftedDecoder, flow_as_vae, posterior_flow_to_prior
from minidgm.vae.exact import LinearGaussianVAE, grid_log_joint, grid_log_prob, zoomed_log_joint
from minidgm.vae.gaussians import aggregated_log_prob, gaussian_log_prob_table, mixture_log_prob
from minidgm.vae.model import VAE, Terms, elbo, elbo_terms, log_weights
from minidgm.vae.posteriors import FlowPosterior, GaussianPosterior, gaussian_kl
from minidgm.vae.priors import (
    AggregatedPosterior,
    AutoregressivePrior,
    FlowPrior,
    MixturePrior,
    StandardNormalPrior,
    VampPrior,
)
from minidgm.vae.surgery import (
    Estimate,
    Surgery,
    elbo_surgery,
    leave_one_out_mutual_information,
    log_ratios,
    minibatch_mutual_information,
    mutual_information,
)

blocked_mixture_log_prob = mixture_log_prob  # an older name

__all__ = [
    "AggregatedPosterior",
    "AutoregressiveDecoder",
    "AutoregressivePrior",
    "BernoulliDecoder",
    "CategoricalDecoder",
    "Decoder",
    "Estimate",
    "FlowDecoder",
    "FlowEncoder",
    "FlowPosterior",
    "FlowPrior",
    "FromLevels",
    "GaussianDecoder",
    "GaussianPosterior",
    "LinearGaussianVAE",
    "LogisticMixtureDecoder",
    "MixturePrior",
    "ShiftedDecoder",
    "StandardNormalPrior",
    "Surgery",
    "Terms",
    "VAE",
    "VampPrior",
    "aggregated_log_prob",
    "blocked_mixture_log_prob",
    "bound_gap",
    "elbo",
    "elbo_surgery",
    "elbo_terms",
    "flow_as_vae",
    "gaussian_kl",
    "gaussian_log_prob_table",
    "grid_log_joint",
    "grid_log_prob",
    "importance_bound",
    "info_nce_bound",
    "interpolated_bound",
    "iwae_bound",
    "leave_one_out_mutual_information",
    "log_ratios",
    "log_weights",
    "minibatch_mutual_information",
    "mixture_log_prob",
    "mutual_information",
    "negative_elbo",
    "nwj_bound",
    "posterior_flow_to_prior",
    "warm_up",
    "zoomed_log_joint",
]
