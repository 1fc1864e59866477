"""The priors of the lab `prior`, and a student's: name → (d, posterior, training images, rng) → the prior."""

import numpy as np

from minidgm.flows import iaf, maf, real_nvp
from minidgm.functional import log_softmax
from minidgm.labs import mine
from minidgm.vae import (
    AggregatedPosterior,
    AutoregressivePrior,
    FlowPrior,
    MixturePrior,
    StandardNormalPrior,
    VampPrior,
)

COMPONENTS = 50  # of the mixture, and pseudo-inputs of the VampPrior
LARGEST = 2000  # objects whose posteriors make up the aggregated prior, and q_agg in the measurements
PRIORS = {
    "standard": lambda d, q, x, rng: StandardNormalPrior(d),
    "learned Gaussian": lambda d, q, x, rng: MixturePrior(d, 1, rng),
    "mixture": lambda d, q, x, rng: MixturePrior(d, COMPONENTS, rng),
    "VampPrior": lambda d, q, x, rng: VampPrior(q, x[:COMPONENTS].astype(np.float32)),
    "coupling flow": lambda d, q, x, rng: FlowPrior(real_nvp(d, 4, (64,), rng)),
    "AR flow": lambda d, q, x, rng: FlowPrior(maf(d, 2, (64,), rng)),
    "inverse AR flow": lambda d, q, x, rng: FlowPrior(iaf(d, 2, (64,), rng)),
    "autoregressive": lambda d, q, x, rng: AutoregressivePrior(d, (64,), 5, rng),
    "aggregated": lambda d, q, x, rng: AggregatedPosterior(q, x[:LARGEST]),
}


def my_priors() -> dict:
    """N(0, I), and the three priors whose log p(z) the student has written."""
    learnable, flow = mine.load("ex21_learnable_prior"), mine.load("ex22_flow_prior")

    class MyMixture(MixturePrior):
        def log_prob(self, z):
            return learnable.mixture_log_prob(z, log_softmax(self.log_pi), self.mu, self.log_sigma)

    class MyVamp(VampPrior):
        def log_prob(self, z):
            return learnable.vamp_log_prob(z, self.x, self.posterior.mu_log_sigma)

    class MyFlow(FlowPrior):
        def log_prob(self, z, context=None):
            return flow.flow_prior_log_prob(z, self.flow.f)

    return {
        "standard": PRIORS["standard"],
        "mixture, yours": lambda d, q, x, rng: MyMixture(d, COMPONENTS, rng),
        "VampPrior, yours": lambda d, q, x, rng: MyVamp(q, x[:COMPONENTS].astype(np.float32)),
        "coupling flow, yours": lambda d, q, x, rng: MyFlow(real_nvp(d, 4, (64,), rng)),
    }
