"""`minidgm map`: slide → code → exercise → lab, a block per row of the lecture.

ROWS names the code; the exercises and labs of a row are read off their own lists, so nothing is said twice.
"""

import os
import re
from pathlib import Path
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

    @property
    def math(self) -> str:
        """The formula for the page, in the notation of `minidgm.book.formula`."""
        return MATH[self.number]


def _row(number: int, slide: str, formula: str, code: str) -> Row:
    return Row(number, slide, formula, tuple(code.split()))


ROWS = (
    _row(1, "Gaussian AR flow", "z_j = (x_j − μ_j(x_<j)) / σ_j(x_<j)", "flows.autoregressive:GaussianAR nn.made:MADE"),
    _row(2, "Inverse Gaussian AR flow", "x_j = σ̃_j(z_<j) z_j + μ̃_j(z_<j)", "flows.autoregressive:InverseGaussianAR"),
    _row(
        3,
        "Coupling layer",
        "x_2 = z_2 ⊙ σ(z_1) + μ(z_1)",
        "flows.coupling:coupling_f flows.coupling:AffineCoupling flows.named:real_nvp",
    ),
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


# The formulas once more, as the page draws them (`minidgm.book.formula` reads them).
MATH = {
    1: r"z_j = \frac{x_j - \mu_j(x_{<j})}{\sigma_j(x_{<j})}, \quad \log|\det \frac{∂z}{∂x}| = "
    r"-\sum_{j}^{} \log \sigma_j(x_{<j})",
    2: r"x_j = \sigma_j(z_{<j}) z_j + \mu_j(z_{<j}), \quad \log|\det \frac{∂x}{∂z}| = \sum_{j}^{} "
    r"\log \sigma_j(z_{<j})",
    3: r"x_2 = \sigma(z_1) ⊙ z_2 + \mu(z_1), \quad \log|\det \frac{∂z}{∂x}| = -\sum_{j}^{} \log "
    r"\sigma_j(x_1)",
    4: r"\log p(x) - ELBO = \frac{1}{2} m \tau^2 → 0",
    5: r"\log p(x) = -\log \sigma + const → ∞",
    6: r"P(y) = Cat(\pi), \quad \pi_y = \frac{n_y}{n}",
    7: r"P(y) = \frac{n_y}{n}, \quad y = 0, …, L - 1",
    8: r"P(y) = F(y + \frac{1}{2}) - F(y - \frac{1}{2}), \quad p(x) = \sum_{k=1}^{K} \pi_k p(x | \mu_k, s_k)",
    9: r"P(x) = \prod_{j=1}^{m} \sum_{k=1}^{K} \pi_k (F_k(x_j + \frac{1}{2}) - F_k(x_j - "
    r"\frac{1}{2})), \quad \pi_k, \mu_k, s_k of x_{<j}",
    10: r"E_u \log p(y + u) ≤ \log \int_{[0,1]^m}^{} p(y + u) du = \log P(y)",
    11: r"E_{q(u|y)} \log \frac{p(y + u)}{q(u|y)} ≤ \log P(y)",
    12: r"u = g(\epsilon, y), \quad \log q(u|y) = \log p(\epsilon) - \log|\det \frac{∂u}{∂\epsilon}|",
    13: r"\frac{1}{n} \sum_{i=1}^{n} KL(q(z|x_i) ‖ p(z)) = KL(q_{agg}(z) ‖ p(z)) + I_q[x, z]",
    14: r"0 ≤ I_q[x, z] = \frac{1}{n} \sum_{i=1}^{n} KL(q(z|x_i) ‖ q_{agg}(z)) ≤ \log n",
    15: r"p(z) = q_{agg}(z) = \frac{1}{n} \sum_{i=1}^{n} q(z|x_i)",
    16: r"\max_{λ} E_{q_{agg}(z)} \log p(z|λ)",
    17: r"\log p(z|λ) = \log p(f(z, λ)) + \log|\det J_f|",
    18: r"p(z) = \prod_{j=1}^{d} p(z_j | z_{<j})",
    19: r"\log p(x) = ELBO + KL(q(z|x) ‖ p(z|x))",
    20: r"z = g(z_0), \quad \log q(z|x) = \log q(z_0|x) - \log|\det \frac{∂g}{∂z_0}|",
    21: r"q(z|x), p(z), p(x|z) ⟺ q(z_0|x), p(g(z_0)) |\det \frac{∂g}{∂z_0}|, p(x|g(z_0))",
    22: r"\log p(x) - ELBO = KL(q(z|x) ‖ p(z|x)) ≥ 0",
}


def place(code: str) -> str:
    """Where `module:name` is defined, as path:line from here, which editors open; of a module, its path."""
    module, _, name = code.partition(":")
    base = Path(__file__).parent.joinpath(*module.split("."))
    path = base / "__init__.py" if base.is_dir() else base.with_suffix(".py")
    if not name:
        return os.path.relpath(path)
    text = path.read_text(encoding="utf-8")
    found = re.search(rf"^(?:def|class) {name}\b", text, re.MULTILINE)
    if not found:  # made known here, defined next door
        source = re.search(rf"^from minidgm\.([\w.]+) import [^\n]*\b{name}\b", text, re.MULTILINE)
        return place(f"{source[1]}:{name}") if source else os.path.relpath(path)
    return f"{os.path.relpath(path)}:{text.count(chr(10), 0, found.start()) + 1}"


# What no slide names, and where it is.
BEHIND = {
    "gradients, float32 kept": "tensor.gradient:Node",
    "MADE's mask multiplied": "nn.made:MaskedDense",
    "bits per dimension": "discrete.discretize:bits_per_dim",
    "training": "train:train",
    "checkpoints written": "checkpoint:save_arrays",
    "what runs for a formula": "fast",
    "a wrong answer explained": "course.explain:explain",
    "a lab's tables": "labs.report:Report",
}


def print_map() -> None:
    """Print the map, a block per row, at most 80 columns wide."""
    screen = Screen()
    for row in ROWS:
        print(f"{row.number:>2}  {screen.style(row.slide, 'bold')}   {row.formula}")
        for k, code in enumerate(row.code):
            print(f"      {'read' if not k else '':<10}{place(code)}  {code.partition(':')[2]}")
        exercises = [f"{e.number:02d} {e.title}" for e in EXERCISES if row.number in e.rows]
        for k, exercise in enumerate(exercises):
            print(f"      {'complete' if not k else '':<10}{exercise}")
        print(f"      {'see':<10}minidgm lab {', '.join(lab.name for lab in LABS if row.number in lab.rows)}")
    screen.line(f"\n    {screen.style('Behind the slides', 'bold')}")
    for what, code in BEHIND.items():
        screen.line(f"      {what:<26}{place(code)}  {code.partition(':')[2]}".rstrip())
    screen.line(f"\n    {screen.style('Beyond the slides', 'bold')}")
    for lab in (lab for lab in LABS if not lab.rows):
        screen.paragraph(f"minidgm lab {lab.name}: {lab.claim}", 16, begin=f"      {'see':<10}")
