"""The 22 claims of the lecture in a line each, and what is known to be true: what labs answer, and tables show.

A row that is no number is beyond the slides: an experiment of ours that the lecture leads to.
"""

from typing import NamedTuple


class Claim(NamedTuple):
    """One claim, and the truth that the lab's number stands beside."""

    text: str
    truth: str


CLAIMS: dict[int | str, Claim] = {
    1: Claim("AR flow: density in one pass, sampling in m", "log|det| = −Σ log σ_j; m passes"),
    2: Claim("inverse AR flow: sampling in one pass, density in m", "the AR flow with f and g exchanged"),
    3: Claim("coupling layer: one pass each way, det = Π 1/σ_j", "an AR flow whose nets see x_1:d reproduces it"),
    4: Claim("MLE of a flow = ELBO of a deterministic VAE", "log p(x) − ELBO = ½ m τ² → 0"),
    5: Claim("a density on discrete data has unbounded likelihood", "−log σ + const → ∞"),
    6: Claim("a level absent from the training data gets P = 0", "counting gives exactly 0"),
    7: Claim("pixel values: smooth, with spikes at the ends", "none: the data decide"),
    8: Claim("P(y) = F(y + ½) − F(y − ½), edges to ±∞", "Σ_y P(y) = 1; entropy of the counts"),
    9: Claim("PixelCNN++: AR model of discretized mixtures", "output j has seen y_<j only"),
    10: Claim("E_u log p(y + u) ≤ log P(y)", "gap = KL(U ‖ p(u|y))"),
    11: Claim("E_q log p(y + u)/q(u|y) ≤ log P(y); uniform is a case", "gap = KL(q(u|y) ‖ p(u|y))"),
    12: Claim("q(u|y) is itself a flow: tighter still", "uniform ≤ variational ≤ flow ≤ exact"),
    13: Claim("mean KL(q_i ‖ p) = KL(q_agg ‖ p) + I_q", "exact identity"),
    14: Claim("0 ≤ I_q ≤ log n", "0: all q equal; log n: none overlap"),
    15: Claim("the ELBO-best prior is q_agg", "KL(q_agg ‖ q_agg) = 0"),
    16: Claim("N(0, I) over-regularizes; p(z|λ) is learned", "refitting λ never lowers the ELBO"),
    17: Claim("flow prior; is an inverse AR flow all right?", "works; log p(z) takes m passes"),
    18: Claim("can the prior be a non-invertible model?", "yes: log p(z) and a sampler suffice"),
    19: Claim("log p(x) = ELBO + KL(q ‖ p(z|x)); one mode is not enough", "closed forms, quadrature"),
    20: Claim("flow posterior; is an AR flow all right?", "works; sampling takes m passes"),
    21: Claim("a flow moved from posterior to prior: same ELBO", "equal for the same noise"),
    22: Claim("the VAE's bound is loose", "gap → the family's limit, θ held"),
    "preprocessing": Claim("every constant of the preprocessing counts", "Σ_y P(y) = 1"),
    "collapse": Claim("a decoder that sees earlier pixels lets q(z|x) collapse", "q(z|x) = p(z): I_q = 0"),
    "information": Claim("estimates of I(x, z): bias against spread", "I = −(d/2) log(1 − ρ²); InfoNCE ≤ log B"),
    "blur": Claim("samples are blurred by averaging, less by the prior", "E|x − μ|² = E|x − E[x|z]|² + |E[x|z] − μ|²"),
}
