"""The lecture's letters, which are the code's: what they mean and their shapes; formulas and code link to them."""

import html
from collections.abc import Callable
from typing import NamedTuple

from minidgm.book.words import rich


class Letter(NamedTuple):
    """One letter: as the formulas write it, as the code does (names parted by spaces), its shape, its meaning."""

    key: str
    sign: str
    code: str
    shape: str
    meaning: str


LETTERS = (
    Letter("n", "n, m, d", "n m d", "whole numbers", "n objects, m dimensions of the data, d of the latent code"),
    Letter("x", "x", "x x1 x2", "(n, m)", "data: n objects of m dimensions"),
    Letter("z", "z", "z z1 z2 z_0", "(n, d) or (n, m)", "the latent; of a flow it has as many dimensions as x"),
    Letter("y", "y", "y", "(n, m), whole numbers", "discrete data: the levels 0, …, L − 1"),
    Letter("L", "L", "levels", "one number", "how many levels a pixel has"),
    Letter("u", "u", "u", "(n, m)", "dequantization noise, in the unit cube; u_k are VampPrior's pseudo-inputs"),
    Letter("f", "f", ".f", "(n, m) → (n, m), (n,)", "from data to latent, with the log_det of that map"),
    Letter("g", "g", ".g", "(n, m) → (n, m), (n,)", "from latent to data, g = f⁻¹, with the log_det of that map"),
    Letter("det", "log|det|", "log_det log_dets", "(n,)", "log|det| of the Jacobian of the map just applied, in nats"),
    Letter("mu", "μ", "mu", "as x or z", "mean"),
    Letter("sigma", "σ", "sigma log_sigma", "as μ", "standard deviation, log_sigma its logarithm; of a sum: sigmoid"),
    Letter("s", "s_k", "s", "(…, K)", "scale of a logistic component, in levels"),
    Letter("pi", "π", "log_pi", "(…, K)", "weights of a mixture or of levels; they sum to one"),
    Letter("eps", "ε", "eps", "as μ", "noise, ε ~ N(0, I) unless said otherwise"),
    Letter("tau", "τ", "tau", "one number", "the noise of a flow seen as a VAE"),
    Letter("lambda", "λ", "", "—", "the parameters of a learned prior"),
    Letter("F", "F", "cdf F", "as x", "cumulative distribution function"),
    Letter("p", "p", "log_prob .log_prob log_p log_lik log_prior", "(n,)", "a density; log_prob in nats"),
    Letter("P", "P", "", "(n,)", "a probability of discrete data; −log P / (m log 2) is bits per dimension"),
    Letter("q", "q(z|x)", "log_q", "(n,)", "the variational posterior, the encoder's; q(u|y) of noise"),
    Letter("q_agg", "q_agg", "log_q_agg", "(n,)", "the aggregated posterior, (1/n) Σ_i q(z|x_i)"),
    Letter("I_q", "I_q", "", "one number", "mutual information of objects and codes, from 0 to log n"),
    Letter("KL", "KL", "kl log_kl", "0 or more", "Kullback-Leibler divergence: KL(q ‖ p) = E_q [log q − log p]"),
    Letter("ELBO", "ELBO", "", "(n,)", "E_q [log p(x|z) + log p(z) − log q(z|x)], at most log p(x)"),
    Letter("IWAE_K", "IWAE_K", "", "(n,)", "the importance-weighted bound of K draws"),
    Letter("w", "w_k", "log_w", "(K, n)", "importance weight of draw k: p(x, z_k) / q(z_k|x)"),
    Letter("E", "𝔼", "", "—", "expectation, in code a mean over draws"),
    Letter("rng", "", "rng", "—", "a numpy.random.Generator: the same seed gives the same numbers"),
)
IN_FORMULAS = {
    **{name: key for key, sign, *_ in LETTERS for name in sign.replace("(z|x)", "").split(", ") if name != "log|det|"},
    "s": "s", "w": "w", "det": "det", "J": "det",
}  # fmt: skip
IN_CODE = {name: letter.key for letter in LETTERS for name in letter.code.split()}
BY_KEY = {letter.key: letter for letter in LETTERS}


def in_formula(name: str, shown: str) -> str:
    """A letter of a formula, linked to its entry."""
    return _link(IN_FORMULAS[name], shown) if name in IN_FORMULAS else html.escape(shown)


def in_code() -> Callable[[str], str]:
    """For one piece of code: the link of a name where it stands for the first time, "" for others."""
    seen: set[str] = set()

    def link(name: str) -> str:
        key = IN_CODE.get(name, "")
        if not key or name in seen:
            return ""
        seen.add(name)
        return _link(key, name.removeprefix("."))

    return link


def _link(key: str, shown: str) -> str:
    letter = BY_KEY[key]
    title = html.escape(f"{letter.meaning}; {letter.shape}", quote=True)
    return f'<a class="letter" href="#letter-{key}" title="{title}">{html.escape(shown)}</a>'


def table() -> str:
    """All letters, with an anchor each."""
    rows = "".join(
        f'<tr id="letter-{key}"><th scope="row">{rich(sign) or "—"}</th>'
        f"<td><code>{' '.join(dict.fromkeys(code.replace('.', '').split())) or '—'}</code></td>"
        f"<td>{html.escape(shape)}</td><td>{rich(meaning)}</td></tr>"
        for key, sign, code, shape, meaning in LETTERS
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in ("letter", "in code", "shape", "meaning"))
    return f'<table class="letters"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
