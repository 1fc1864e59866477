"""`minidgm map`: slide → code → exercise → lab, a block a row of the lecture.

ROWS names the code; the exercises and labs of a row are read off their own lists, so nothing is said twice.
"""

from typing import NamedTuple

from minidgm.course.exercises import EXERCISES
from minidgm.course.terminal import Screen
from minidgm.labs import LABS


class Row(NamedTuple):
    """One claim of the lecture: its slide, the formula, and the code, as `module:name` within minidgm."""

    number: int
    slide: str
    formula: str
    code: tuple[str, ...]


def _row(number: int, slide: str, formula: str, code: str) -> Row:
    return Row(number, slide, formula, tuple(code.split()))


ROWS = (
    _row(1, "Gaussian AR flow", "z_j = (x_j − μ_j(x_<j)) / σ_j(x_<j)", "flows.autoregressive:GaussianAR nn.made:MADE"),
    _row(2, "Inverse Gaussian AR flow", "x_j = σ̃_j(z_<j) z_j + μ̃_j(z_<j)", "flows.autoregressive:InverseGaussianAR"),
    _row(3, "Coupling layer", "x_2 = z_2 ⊙ σ(z_1) + μ(z_1)", "flows.coupling:AffineCoupling flows.named:real_nvp"),
    _row(4, "VAE against NF", "MLE of a flow = ELBO, q and p deterministic", "vae.equivalences:flow_as_vae"),
    _row(5, "Continuous model, discrete data", "log-likelihood → ∞ on the grid", "labs.degenerate:unbounded"),
    _row(6, "Discrete model", "P(y) = Cat(π)", "distributions:Categorical discrete.outputs:CategoricalOutput"),
    _row(7, "Pixel values", "their histogram", "data:load_digits data:load_images"),
    _row(
        8,
        "Discretization through the CDF",
        "P(y) = F(y + ½) − F(y − ½)",
        "discrete.discretize:discretized_log_prob distributions:LogisticMixture functional:log_diff_sigmoid",
    ),
    _row(
        9,
        "PixelCNN++",
        "p(x) = Π_j Σ_k π_k p(x_j | μ_k, s_k)",
        "discrete.pixelcnn:PixelCNN nn.conv:MaskedConv2d discrete.outputs:MixtureOutput",
    ),
    _row(
        10,
        "Uniform dequantization",
        "E_u log p(y + u) ≤ log P(y)",
        "discrete.dequantize:UniformDequantizer discrete.exact:discrete_log_prob",
    ),
    _row(
        11,
        "Variational dequantization",
        "E_q log p(y + u)/q(u|y) ≤ log P(y)",
        "discrete.dequantize:VariationalDequantizer discrete.dequantize:dequantization_bound",
    ),
    _row(12, "Flow++ dequantizer", "u = g(ε, y)", "discrete.dequantize:FlowDequantizer"),
    _row(13, "ELBO surgery", "mean KL(q_i‖p) = KL(q_agg‖p) + I_q", "vae.surgery:elbo_surgery"),
    _row(14, "Mutual information", "0 ≤ I_q ≤ log n", "vae.surgery:mutual_information"),
    _row(
        15,
        "Optimal prior",
        "p = q_agg = 1/n Σ_i q(z|x_i)",
        "vae.gaussians:aggregated_log_prob vae.priors:AggregatedPosterior",
    ),
    _row(
        16,
        "Learnable prior",
        "forward KL(q_agg ‖ p(z|λ))",
        "vae.gaussians:mixture_log_prob vae.priors:MixturePrior vae.priors:VampPrior",
    ),
    _row(17, "Flow prior", "log p(z|λ) = log p(f(z)) + log|det J_f|", "vae.priors:FlowPrior"),
    _row(18, "Non-invertible prior", "any log p(z) with a sampler", "vae.priors:AutoregressivePrior"),
    _row(
        19,
        "Variational posterior",
        "log p(x) = ELBO + KL(q ‖ p(z|x))",
        "vae.model:elbo vae.model:VAE vae.bounds:iwae_bound",
    ),
    _row(20, "Flow posterior", "z* = f(z), z ~ N(μ(x), σ²(x))", "vae.posteriors:FlowPosterior"),
    _row(21, "Prior against posterior", "the same ELBO, the flow moved", "vae.equivalences:posterior_flow_to_prior"),
    _row(22, "VAE limitations", "log p(x) − ELBO = ?", "vae.bounds:bound_gap vae.exact:LinearGaussianVAE"),
)


def print_map() -> None:
    """Print the map, a block a row."""
    screen = Screen()
    for row in ROWS:
        print(f"{row.number:>2}  {screen.style(row.slide, 'bold')}   {row.formula}")
        print(f"      read      {', '.join(row.code)}")
        exercises = [f"{e.number:02d} {e.title}" for e in EXERCISES if row.number in e.rows]
        if exercises:
            print(f"      complete  {', '.join(exercises)}")
        print(f"      see       minidgm lab {', '.join(lab.name for lab in LABS if row.number in lab.rows)}")
    print(f"\n    {screen.style('Beyond the slides', 'bold')}")
    for lab in (lab for lab in LABS if not lab.rows):
        print(f"      see       minidgm lab {lab.name}: {lab.claim}")
