"""`minidgm map`: slide → code → exercise → lab, a block per row of the lecture.

ROWS names the code; the exercises and labs of a row are read off their own lists, so nothing is said twice.
"""

import os
import re
import textwrap
from pathlib import Path
from typing import NamedTuple

from minidgm.course.exercises import EXERCISES
from minidgm.course.spelling import spelled
from minidgm.course.terminal import Screen
from minidgm.formula import first
from minidgm.labs import LABS


class Term(NamedTuple):
    """A term of a formula and where it is computed: the code, as `module:name`, and a piece of the line's text.

    "A … B" means the first line with B from the line with A on, where B alone would be found on several lines.
    """

    code: str
    line: str


class Row(NamedTuple):
    """One claim of the lecture: its slide, formula (in `minidgm.formula`'s notation), code as `module:name`, terms."""

    number: int
    slide: str
    formula: str
    code: tuple[str, ...]
    terms: tuple[Term, ...]


def _row(number: int, slide: str, formula: str, code: str, *lines: str) -> Row:
    """`lines` are the formula's terms 1, 2, ...: "name: a piece of the line's text", the name being one in `code`."""
    names = {item.partition(":")[2]: item for item in code.split()}
    terms = (line.partition(": ") for line in lines)
    return Row(number, slide, formula, tuple(code.split()), tuple(Term(names[n], text) for n, _, text in terms))


PARTS = {1: "Flows", 5: "Discrete data", 13: "ELBO surgery", 15: "VAE prior", 19: "VAE posterior"}  # first row of each

ROWS = (
    _row(
        1,
        "Gaussian AR flow",
        r"\1{z_j} = \frac{x_j - \2{\mu_j}(\3{x_{<j}})}{\2{\sigma_j}(\3{x_{<j}})}, \quad "
        r"\log|\det ∂z/∂x| = \4{-\sum_{j} \log \sigma_j(x_{<j})}",
        "flows.autoregressive:GaussianAR flows.affine:affine_f nn.made:made_masks nn.made:MADE",
        "affine_f: z = (x - mu) * np.exp(-log_sigma)",
        "GaussianAR: def f( … mu, log_sigma = self.mu_log_sigma(x, context)",
        "made_masks: degrees[0][None, :] > degrees[-1][:, None]",
        "affine_f: return z, -np.sum(log_sigma, axis=1)",
    ),
    _row(
        2,
        "Inverse Gaussian AR flow",
        r"\1{x_j} = \2{\tilde{\sigma}_j}(z_{<j}) z_j + \2{\tilde{\mu}_j}(z_{<j}), \quad "
        r"\log|\det ∂x/∂z| = \3{\sum_{j} \log \tilde{\sigma}_j(z_{<j})}",
        "flows.autoregressive:InverseGaussianAR flows.affine:affine_g",
        "affine_g: x = np.exp(log_sigma) * z + mu",
        "InverseGaussianAR: def g( … mu, log_sigma = self.mu_log_sigma(z, context)",
        "affine_g: return x, np.sum(log_sigma, axis=1)",
    ),
    _row(
        3,
        "Coupling layer",
        r"x_2 = \1{\sigma(z_1) ⊙ z_2 + \mu(z_1)}, \quad z_2 = \2{\frac{x_2 - \3{\mu}(x_1)}{\3{\sigma}(x_1)}}, \quad "
        r"\log|\det ∂z/∂x| = \4{-\sum_{j} \log \sigma_j(x_1)}",
        "flows.coupling:coupling_f flows.coupling:coupling_g flows.coupling:AffineCoupling flows.named:real_nvp",
        "coupling_g: x2 = np.exp(log_sigma) * z2 + mu",
        "coupling_f: z2 = (x2 - mu) * np.exp(-log_sigma)",
        "AffineCoupling: mu, log_sigma = self.mu_log_sigma(x1, context)",
        "coupling_f: log_det = -np.sum(log_sigma, axis=1)",
    ),
    _row(
        4,
        "VAE against NF",
        r"\log p(x) - ELBO = \1{½ m \tau^2} → 0, \quad q(z|x) = \2{N(z; f(x), \tau^2 I)}, \quad "
        r"p(x|z) = \3{N(f(x); z, \tau^2 I)} \\ · \4{|\det ∂f/∂x|}",
        "vae.equivalences:flow_as_vae vae.equivalences:FlowEncoder vae.equivalences:FlowDecoder "
        "vae.equivalences:exact_gap",
        "exact_gap: return 0.5 * m * tau**2",
        "FlowEncoder: return np.concatenate([z, np.full(",
        "FlowDecoder: return np.sum(normal_log_prob((f_x - z) / self.tau",
        "FlowDecoder: f_x, log_det = self.flow.f(x)",
    ),
    _row(
        5,
        "Continuous model, discrete data",
        r"\log p(x) = \1{-\log \sigma + const} → \infinity, \quad "
        r"p(x_j|x_{<j}) = \\ \sum_{l} \2{\pi_l(x_{<j})} \3{N(x_j; l, \sigma^2)}",
        "labs.degenerate:spikes labs.degenerate:Spikes",
        'spikes: rows.append((f"{sigma:g}", log_likelihood, const - math.log(sigma)))',
        "Spikes: log_pi = log_softmax(",
        "Spikes: return logsumexp(log_pi - 0.5 * a * a, axis=1) - self.log_sigma - HALF_LOG_2PI",
    ),
    _row(
        6,
        "Discrete model",
        r"P(y) = \1{\pi_y}, \quad \pi = \2{softmax(l)}",
        "distributions:Categorical discrete.outputs:CategoricalOutput",
        "Categorical: return pick(log_p, index=numpy.broadcast_to(y, shape))",
        "Categorical: log_p, y = log_softmax(self.logits), numpy.asarray(y)",
    ),
    _row(
        7,
        "Pixel values",
        r"P(y) = \1{\frac{n_y}{n m}}, \quad y = 0, …, L - 1",
        "labs.images:level_shares data:load_images data:load_digits",
        "level_shares: return np.bincount(split.y.ravel(), minlength=levels) / split.y.size",
    ),
    _row(
        8,
        "Discretization through the CDF",
        r"P(y) = \1{F(y + ½) - F(y - ½)}, \quad \2{P(0) = F(½)}, \quad \2{P(L - 1) = 1 - F(L - \frac{3}{2})}, \quad "
        r"F(x) = \3{\sum_{k} \pi_k F_k(x)}, \quad F_k(x) = \4{\sigma((x - \mu_k) / s_k)}",
        "discrete.discretize:discretized_log_prob distributions:LogisticMixture distributions:Logistic "
        "functional:log_diff_sigmoid",
        "discretized_log_prob: return np.log(np.where(highest, 1, cdf(y + 0.5)) - np.where(lowest, 0, cdf(y - 0.5)))",
        "discretized_log_prob: (y == 0, y == levels - 1)",
        "LogisticMixture: return np.sum(np.exp(log_softmax(self.log_pi)) * F, axis=-1)",
        "Logistic: return sigmoid((as_float(x, self.mu, self.s) - self.mu) / self.s)",
    ),
    _row(
        9,
        "PixelCNN++",
        r"P(x) = \1{\prod_{j=1}^{m}} \\ \2{\sum_{k=1}^{K} \pi_k (F_k(x_j + ½) - F_k(x_j - ½))}, \quad "
        r"\3{\pi_k, \mu_k, s_k} of \4{x_{<j}}",
        "discrete.pixelcnn:PixelCNN discrete.pixelcnn:horizontal_mask discrete.outputs:MixtureOutput "
        "nn.conv:MaskedConv2d",
        "PixelCNN: return np.sum(np.reshape(log_p,",
        "MixtureOutput: return DiscretizedLogisticMixture(",
        "MixtureOutput: log_pi, *rest = split(h, self.parts)  # (n, K) each",
        'horizontal_mask: return (row == 0) & (column < (kind == "B"))',
    ),
    _row(
        10,
        "Uniform dequantization",
        r"\E_{\1{u}} \log p(\2{y + u}) \\ ≤ \log \3{\int_{[0,1]^m} \4{p(y + u)} \d u} \\ = \log P(y)",
        "discrete.dequantize:UniformDequantizer discrete.dequantize:dequantize discrete.exact:discrete_log_prob",
        "UniformDequantizer: u = rng.random(y.shape, dtype=noise_dtype(y))",
        "dequantize: x, end = y + u, y + 1",
        "discrete_log_prob: return logsumexp(log_p + log_weight[:, None], axis=0)",
        "discrete_log_prob: log_p = np.stack([model.log_prob(y + row) for row in u])",
    ),
    _row(
        11,
        "Variational dequantization",
        r"\1{\E_{q(u|y)}} \2{\log \frac{p(y + u)}{q(u|y)}} ≤ \log P(y), "
        r"\quad u = \3{sigmoid(\mu(y) + \sigma(y) \epsilon)}, "
        r"\quad \log q(u|y) = \\ \4{\log p(\epsilon) - \log|\det ∂u/∂\epsilon|}",
        "discrete.dequantize:dequantization_bound discrete.dequantize:log_weights "
        "discrete.dequantize:VariationalDequantizer",
        "dequantization_bound: return np.mean(log_weights(model, dequantizer, y, rng, samples), axis=0)",
        "log_weights: return model.log_prob(dequantize(y, u)) - log_q",
        "VariationalDequantizer: v = mu + np.exp(log_sigma) * eps",
        "VariationalDequantizer: return sigmoid(v), log_p - np.sum(log_sigma, axis=1) - log_slope(v)",
    ),
    _row(
        12,
        "Flow++ dequantizer",
        r"u = sigmoid(\1{g(\epsilon, y)}), \quad \log q(u|y) = \2{\log p(\epsilon)} \\ - \3{\log|\det ∂u/∂\epsilon|}",
        "discrete.dequantize:FlowDequantizer discrete.dequantize:log_slope",
        "FlowDequantizer: v, log_det = self.flow.g(eps, centred(y, self.levels))",
        "FlowDequantizer: eps, log_p = standard_draws(self.base, rng, y)",
        "FlowDequantizer: return sigmoid(v), log_p - log_det - log_slope(v)",
    ),
    _row(
        13,
        "ELBO surgery",
        r"\frac{1}{n} \sum_{i=1}^{n} \1{KL(q(z|x_i) ‖ p(z))} \\ = \2{KL(q_{agg}(z) ‖ p(z))} + \3{I_q[x, z]}",
        "vae.surgery:elbo_surgery vae.surgery:log_ratios",
        "elbo_surgery: log_kl.append(log_q - model.prior.log_prob(z))",
        "elbo_surgery: return Surgery(*map(estimate, (reconstruction, ratios, kl - ratios, reconstruction - kl)))",
        "elbo_surgery: ratios = log_ratios(mu, log_sigma, eps)",
    ),
    _row(
        14,
        "Mutual information",
        r"0 ≤ I_q[x, z] = \1{\frac{1}{n} \sum_{i=1}^{n} \E_{q(z|x_i)}} \\ [\2{\log q(z|x_i)} - \3{\log q_{agg}(z)}] "
        r"≤ \log n",
        "vae.surgery:mutual_information vae.surgery:own_and_aggregated",
        "mutual_information: return np.mean(log_q - log_q_agg)",
        "own_and_aggregated: log_q = np.sum(normal_log_prob(eps, log_sigma), axis=2)",
        "own_and_aggregated: return log_q, np.stack([aggregated_log_prob(",
    ),
    _row(
        15,
        "Optimal prior",
        r"p(z) = \1{q_{agg}(z)} = \2{\frac{1}{n} \sum_{i=1}^{n}} \3{q(z|x_i)}",
        "vae.gaussians:aggregated_log_prob vae.gaussians:gaussian_log_prob_table vae.priors:AggregatedPosterior",
        "AggregatedPosterior: return aggregated_log_prob(z, *self.posterior.mu_log_sigma(self.x)) + log_det",
        "aggregated_log_prob: return logsumexp(gaussian_log_prob_table(z, mu, log_sigma), axis=1) - math.log(n)",
        "gaussian_log_prob_table: return np.sum(normal_log_prob(eps, log_sigma), axis=2)",
    ),
    _row(
        16,
        "Learnable prior",
        r"\max_{λ} \E_{q_{agg}(z)} \1{\log p(z|λ)}, \quad p(z|λ) = \2{\sum_{k} \pi_k N(z; \mu_k, \sigma_k^2)}, \quad "
        r"or p(z|λ) = \frac{1}{K} \sum_{k} q(z|\3{u_k})",
        "vae.gaussians:mixture_log_prob vae.priors:MixturePrior vae.priors:VampPrior",
        "MixturePrior: return mixture_log_prob(z, log_softmax(self.log_pi), self.mu, self.log_sigma)",
        "mixture_log_prob: return logsumexp(log_pi + gaussian_log_prob_table(z, mu, log_sigma), axis=1)",
        "VampPrior: super().__init__(posterior, numpy.array(pseudo_inputs))",
    ),
    _row(
        17,
        "Flow prior",
        r"\log p(z|λ) = \1{\log p(f(z, λ))} \\ + \2{\log|\det J_f|}",
        "flows.base:FlowModel vae.priors:FlowPrior",
        "FlowModel: return self.base.log_prob(z) + log_det",
        "FlowModel: z, log_det = self.flow.f(x, context)",
    ),
    _row(
        18,
        "Non-invertible prior",
        r"p(z) = \1{\prod_{j=1}^{d}} \2{p(z_j | z_{<j})}",
        "vae.priors:AutoregressivePrior",
        "AutoregressivePrior: return np.sum(self.conditionals(z).log_prob(z), axis=1)",
        "AutoregressivePrior: return LogisticMixture(",
    ),
    _row(
        19,
        "Variational posterior",
        r"\log p(x) = ELBO \\ + KL(q(z|x) ‖ p(z|x)), \quad "
        r"ELBO = \1{\E_{q(z|x)}} \\ [\2{\log p(x|z)} + \3{\log p(z)} \\ - \4{\log q(z|x)}]",
        "vae.model:elbo vae.model:Terms vae.model:elbo_terms vae.model:VAE vae.bounds:iwae_bound",
        "elbo: return np.mean(log_w, axis=0)",
        "Terms: return self.log_lik + self.log_prior - self.log_q",
        "Terms: return self.log_lik + self.log_prior - self.log_q",
        "Terms: return self.log_lik + self.log_prior - self.log_q",
    ),
    _row(
        20,
        "Flow posterior",
        r"z = \1{g(z_0)}, \quad z_0 = \2{\mu(x) + \sigma(x) \epsilon}, \quad "
        r"\log q(z|x) = \3{\log q(z_0|x)} \\ - \4{\log|\det ∂g/∂z_0|}",
        "vae.posteriors:FlowPosterior vae.posteriors:GaussianPosterior",
        "FlowPosterior: z, log_det = self.flow.g(z_0, context)",
        "FlowPosterior: z_0, log_q = _gaussian(mu, log_sigma, eps)",
        "FlowPosterior: z_0, log_q = _gaussian(mu, log_sigma, eps)",
        "FlowPosterior: return z, log_q - log_det",
    ),
    _row(
        21,
        "Prior against posterior",
        r"q(z|x), p(z), p(x|z) \\ ⟺ \1{q(z_0|x)}, \\ \2{p(g(z_0)) |\det ∂g/∂z_0|}, \\ \3{p(x|g(z_0))}",
        "vae.equivalences:posterior_flow_to_prior vae.equivalences:ShiftedDecoder",
        "posterior_flow_to_prior: return VAE(GaussianPosterior(posterior.encoder)",
        "posterior_flow_to_prior: prior = FlowModel(Inverse(posterior.flow), vae.prior)",
        "ShiftedDecoder: return self.decoder.given(self.flow.g(z)[0])",
    ),
    _row(
        22,
        "VAE limitations",
        r"\log p(x) - ELBO \\ = \1{KL(q(z|x) ‖ p(z|x))} \\ ≥ \2{\E IWAE_K - ELBO} ≥ 0, \quad "
        r"IWAE_K = \3{\log \frac{1}{K} \sum_{k} w_k}",
        "vae.bounds:bound_gap importance:importance_bound vae.exact:LinearGaussianVAE",
        "LinearGaussianVAE: return 0.5 * (trace - self.d - log_det + squares)",
        "bound_gap: return importance_bound(log_w) - np.mean(log_w, axis=0)",
        "importance_bound: return logsumexp(log_w, axis=0) - math.log(len(log_w))",
    ),
)


def place(code: str) -> str:
    """Where `module:name` or `module:Class.name` begins, as path:line, which editors open; of a module, its path."""
    module, _, name = code.partition(":")
    base = Path(__file__).parent.joinpath(*module.split("."))
    path = base / "__init__.py" if base.is_dir() else base.with_suffix(".py")
    if not name:
        return os.path.relpath(path)
    text = path.read_text(encoding="utf-8")
    owner, _, method = name.rpartition(".")
    begins = rf"^class {owner}\b(?:.*\n)+?    def {method}\b" if owner else rf"^(?:def|class) {name}\b"
    found = re.search(begins, text, re.MULTILINE)
    if not found:  # made known here, defined next door
        source = re.search(rf"^from minidgm\.([\w.]+) import [^\n]*\b{name}\b", text, re.MULTILINE)
        return place(f"{source[1]}:{name}") if source else os.path.relpath(path)
    return f"{os.path.relpath(path)}:{text.count(chr(10), 0, found.end()) + 1}"


# What no slide names, and where it is.
BEHIND = {
    "gradients, float32 kept": "tensor.gradient:Node.receive",
    "MADE's mask multiplied": "nn.made:MaskedDense.__call__",
    "PixelCNN's other mask": "discrete.pixelcnn:vertical_mask",
    "bits per dimension": "discrete.discretize:bits_per_dim",
    "the ELBO's three terms": "vae.model:Terms.log_weight",
    "(N - 1)/N of a minibatch": "vae.surgery:minibatch_mutual_information",
    "training": "train:train",
    "checkpoints written": "checkpoint:save_arrays",
    "what runs for a formula": "fast",  # its first lines are the table
    "formulas run themselves": "tensor.steps:plain",
    "a wrong answer explained": "course.explain:explain",
    "which mistake it is": "course.diagnose:diagnose",
    "a lab's tables": "labs.report:Report",
}


def print_map() -> None:
    """Print the map, a block per row, at most 80 columns wide."""
    screen = Screen()
    for row in ROWS:
        print(f"{row.number:>2}  {screen.style(row.slide, 'bold')}")
        formula = first(row.formula) if screen.unicode else spelled(first(row.formula))  # before it is folded
        print(textwrap.fill(formula, 80, initial_indent=" " * 6, subsequent_indent=" " * 8))
        for k, code in enumerate(row.code):
            print(f"      {'read' if not k else '':<10}{place(code)}  {code.partition(':')[2]}")
        exercises = [f"{e.number:02d} {e.title}" for e in EXERCISES if row.number in e.rows]
        for k, exercise in enumerate(exercises):
            print(f"      {'complete' if not k else '':<10}{exercise}")
        print(f"      {'see':<10}minidgm lab {', '.join(lab.name for lab in LABS if row.number in lab.rows)}")
    screen.line(f"\n    {screen.style('Behind the slides', 'bold')}")
    for what, code in BEHIND.items():
        where, name = f"      {what:<26}{place(code)}", f"  {code.partition(':')[2]}".rstrip()
        screen.line(where + name if len(where + name) <= 80 else where)
    screen.line(f"\n    {screen.style('Beyond the slides', 'bold')}")
    for lab in (lab for lab in LABS if not lab.rows):
        screen.paragraph(f"minidgm lab {lab.name}: {lab.claim}", 16, begin=f"      {'see':<10}")
