"""Three pictures with sliders. The page draws each once, from the engine's functions; the script only moves them.

    row 4    τ of a flow seen as a VAE: the terms of the ELBO run away, their sum stays ½ m τ² below log p(x)
    row 8    a mixture of two logistics cut into levels: what lies beyond the ends goes into the edge bins
    row 13   σ of three encoders and of the prior: the mean KL parts into I_q and KL(q_agg ‖ p)

A picture is a few curves in the unit square and a few numbers; `script.SCRIPT` computes the same ones, and a test
holds the two together to six digits.
"""

import html
import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from minidgm.book.words import rich
from minidgm.discrete import discretized_log_prob
from minidgm.distributions import LogisticMixture, Normal
from minidgm.vae.equivalences import exact_gap
from minidgm.vae.gaussians import aggregated_log_prob, gaussian_log_prob_table, mixture_log_prob

WIDTH, HEIGHT = 480, 200


class Slider(NamedTuple):
    """One input: its name in the script, its label, its range, where it starts; `log` if it is a power of ten."""

    name: str
    label: str
    least: float
    most: float
    step: float
    start: float
    log: bool = False


class Drawn(NamedTuple):
    """What a picture shows at one setting: curves name → SVG path in the unit square, and numbers in their order."""

    curves: dict[str, str]
    numbers: dict[str, float]


def path(x, y, closed: bool = False) -> str:
    """A line through points of the unit square, y upward; closed: down to the ground."""
    points = [f"{a:.4f} {1 - min(max(b, -0.02), 1.02):.4f}" for a, b in zip(x, y)]
    if closed:
        points = [f"{x[0]:.4f} 1.0000", *points, f"{x[-1]:.4f} 1.0000"]
    return "M" + "L".join(points) + "Z" * closed


# ------------------------------------------------------------------ row 13: ELBO surgery

MEANS = np.array([-2.0, 0.0, 2.0])
EPS = np.arange(-900, 901) / 100  # nodes of a sum over ε; its weights are the density's values


def information(s1: float, s2: float, s3: float, sp: float) -> Drawn:
    """I_q and KL(q_agg ‖ p) of three encoders N(−2, σ_1²), N(0, σ_2²), N(2, σ_3²) and the prior N(0, σ_p²)."""
    mu, log_sigma = MEANS[:, None], np.log([s1, s2, s3])[:, None]
    prior = np.zeros(1), np.zeros((1, 1)), np.full((1, 1), math.log(sp))  # a mixture of one
    weight = np.exp(Normal(0.0, 1.0).log_prob(EPS)) / 100
    I_q = marginal = 0.0
    for k in range(3):
        z = mu[k] + math.exp(log_sigma[k, 0]) * EPS[:, None]
        log_q_agg = aggregated_log_prob(z, mu, log_sigma)
        I_q += float(np.sum(weight * (gaussian_log_prob_table(z, mu, log_sigma)[:, k] - log_q_agg))) / 3
        marginal += float(np.sum(weight * (log_q_agg - mixture_log_prob(z, *prior)))) / 3
    x = np.linspace(-8, 8, 321)
    q = [np.exp(Normal(MEANS[k], math.exp(log_sigma[k, 0])).log_prob(x)) / 3 for k in range(3)]
    q_agg, p = np.exp(aggregated_log_prob(x[:, None], mu, log_sigma)), np.exp(mixture_log_prob(x[:, None], *prior))
    top, place = 1.05 * max(q_agg.max(), p.max()), (x + 8) / 16
    curves = {f"q{k + 1}": path(place, q[k] / top, closed=True) for k in range(3)}
    curves |= {"agg": path(place, q_agg / top), "prior": path(place, p / top)}
    numbers = {"I_q": I_q, "KL(q_agg ‖ p)": marginal, "mean KL(q_i ‖ p)": I_q + marginal, "log n": math.log(3)}
    return Drawn(curves, numbers)


# ------------------------------------------------------------------ row 4: a flow as a VAE

POINT, STRETCH = 0.5, 0.25  # in every dimension f(x) = ½, and log|det ∂f/∂x| gets ¼


def flow_terms(m: int, tau):
    """E log p(x|z), E log p(z), −E log q(z|x) of vae/equivalences.py, at a point x with f(x) = ½ in every dimension."""
    entropy = m * np.log(tau) + 0.5 * m * math.log(2 * math.pi * math.e)
    log_base = -0.5 * m * (POINT**2 + math.log(2 * math.pi))
    return m * STRETCH - entropy, log_base - exact_gap(m, tau), entropy


def flow_vae(tau: float, m: float) -> Drawn:
    """The terms of the ELBO at one τ = 10^`tau`, m dimensions, and as curves, per dimension, against τ."""
    at, whole = 10.0**tau, int(m)
    terms = flow_terms(whole, at)
    log_p = whole * (STRETCH - 0.5 * (POINT**2 + math.log(2 * math.pi)))
    grid = np.linspace(-2, 0.5, 101)
    place = (grid + 2) / 2.5
    found = flow_terms(1, 10.0**grid)

    def up(nats):
        return (nats + 7) / 12  # from −7 to 5 nats

    curves = {name: path(place, up(values)) for name, values in zip(("lik", "prior", "entropy"), found)}
    curves["elbo"] = path(place, up(sum(found)))
    curves["logp"] = path(place[[0, -1]], [up(log_p / whole)] * 2)
    curves["at"] = path([(tau + 2) / 2.5] * 2, [0, 1])
    names = ("E log p(x|z)", "E log p(z)", "−E log q(z|x)")
    return Drawn(curves, {**dict(zip(names, map(float, terms))), "ELBO": float(sum(terms)), "log p(x)": log_p,
                          "gap": exact_gap(whole, at)})  # fmt: skip


# ------------------------------------------------------------------ row 8: bins


def bins(mu: float, s: float, levels: float) -> Drawn:
    """A mixture of two logistics, ½ at `mu` with scale s, ½ at ¾ of the range with scale 1, cut into the levels."""
    L = int(levels)
    mixture = LogisticMixture(np.zeros(2), np.array([mu, 0.75 * (L - 1)]), np.array([s, 1.0]))
    log_P = discretized_log_prob(np.arange(L), mixture, L)
    P, x = np.exp(log_P), np.linspace(-4, L + 3, 401)
    density = np.exp(mixture.log_prob(x))
    top = 1.05 * max(P.max(), min(density.max(), 2 * P.max()))

    def across(x):
        return (x + 4) / (L + 7)

    bars = "".join(
        f"M{across(k - 0.46):.4f} 1.0000V{1 - P[k] / top:.4f}H{across(k + 0.46):.4f}V1.0000Z" for k in range(L)
    )
    left, right = x <= -0.5, x >= L - 0.5
    curves = {"bars": bars, "density": path(across(x), density / top)}
    curves["left"] = path(across(x[left]), density[left] / top, closed=True)
    curves["right"] = path(across(x[right]), density[right] / top, closed=True)
    numbers = {"P(0)": P[0], "P(L − 1)": P[-1], "log P(0)": log_P[0], "Σ P(y)": np.sum(P)}
    return Drawn(curves, {name: float(value) for name, value in numbers.items()})


# ------------------------------------------------------------------ as HTML

STYLES = {  # curve → classes of its line
    "q1": "area c1", "q2": "area c1", "q3": "area c1", "agg": "line c1", "prior": "line c2 dashed",
    "lik": "line c3", "entropy": "line c4", "elbo": "line c1 thick", "logp": "line c0 dashed", "at": "line c0",
    "bars": "area c1", "density": "line c2", "left": "area c2", "right": "area c2",
}  # fmt: skip


def widget(
    kind: str, draw: Callable[..., Drawn], inputs: tuple[Slider, ...], about: str, key: dict, ends: tuple
) -> str:
    """One picture with its sliders, complete as it stands; without the script the inputs stay hidden."""
    drawn = draw(**{i.name: i.start for i in inputs})
    curves = "".join(f'<path class="{STYLES[name]}" data-curve="{name}" d="{d}"/>' for name, d in drawn.curves.items())
    legend = "".join(f'<span class="{STYLES[name]}">{rich(label)}</span>' for name, label in key.items())
    labels = "".join(
        f'<div><label for="{kind}-{i.name}">{rich(i.label)}</label> '
        f"<output>{shown(10**i.start if i.log else i.start)}</output>"
        f'<input type="range" id="{kind}-{i.name}" name="{i.name}" min="{i.least}" max="{i.most}" step="{i.step}" '
        f'value="{i.start}"{" data-log" * i.log} hidden></div>'
        for i in inputs
    )
    numbers = "".join(
        f"<div><dt>{rich(name)}</dt><dd>{minus(f'{value:#.7g}')}</dd></div>" for name, value in drawn.numbers.items()
    )
    axis = "".join(f"<span>{html.escape(end)}</span>" for end in ends)
    return (
        f'<figure class="slider" id="slider-{kind}" data-kind="{kind}"><figcaption>{rich(about)}</figcaption>'
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{html.escape(about, quote=True)}">'
        f'<g transform="scale({WIDTH} {HEIGHT})">{curves}</g></svg><p class="axis">{axis}</p>'
        f'<p class="key">{legend}</p><div class="inputs">{labels}</div><dl class="numbers">{numbers}</dl></figure>'
    )


def shown(value: float) -> str:
    """A setting in three digits, as the script writes it."""
    return f"{value:.3g}"


def minus(number: str) -> str:
    """With a minus sign instead of a hyphen."""
    return number.replace("-", "−")


def surgery_widget() -> str:
    """Row 13's."""
    inputs = [Slider(f"s{k}", f"σ_{k}", 0.1, 3, 0.05, 0.6) for k in (1, 2, 3)]
    about = (
        "Three encoders, each a third of q_agg, and the prior. Narrow encoders tell the objects apart: I_q nears log 3."
    )
    key = {"q1": "q(z|x_i)", "agg": "q_agg", "prior": "p(z)"}
    return widget("information", information, (*inputs, Slider("sp", "σ of the prior", 0.5, 4, 0.05, 1)), about, key,
                  ("−8", "z", "8"))  # fmt: skip


def flow_widget() -> str:
    """Row 4's."""
    inputs = (Slider("tau", "τ", -2, 0.5, 0.01, -0.5, log=True), Slider("m", "m", 1, 64, 1, 2))
    about = "The ELBO's terms per dimension against τ: two run away from each other, their sum nears log p(x)."
    key = {"lik": "E log p(x|z)", "entropy": "−E log q(z|x)", "prior": "E log p(z)", "elbo": "ELBO", "logp": "log p(x)"}
    return widget("flow", flow_vae, inputs, about, key, ("τ = 0.01", "0.1", "1", ""))


def bins_widget() -> str:
    """Row 8's."""
    inputs = (
        Slider("mu", "μ", -6, 22, 0.1, 1),
        Slider("s", "s", 0.05, 4, 0.05, 1.2),
        Slider("levels", "levels L", 2, 32, 1, 16),
    )
    about = "Two logistics cut into levels: what lies beyond the ends goes into the bins of 0 and L − 1."
    key = {"bars": "P(y)", "density": "density", "left": "tails, in the edge bins"}
    return widget("bins", bins, inputs, about, key, ("−4", "y", "L + 3"))


SLIDERS: dict[int, Callable[[], str]] = {4: flow_widget, 8: bins_widget, 13: surgery_widget}
DRAW: dict[str, Callable[..., Drawn]] = {"information": information, "flow": flow_vae, "bins": bins}
