"""Beyond the slides: the price of preprocessing. Levels → + u → /L → α-squeeze → logit, each constant in bits/dim.

    y + u      u uniform in the cell: costs nothing, the bound of row 10
    x / L      x in [0, 1]:           log|det| = −m log L
    squeeze    s = α + (1 − 2α) x/L:  log|det| = m log(1 − 2α)
    logit      z = log s − log(1 − s): log|det| = −Σ log s + log(1 − s)

bits/dim = −(log p(z) + all three) / (m log 2). Published code has left one out, or taken it at the wrong place; what is
reported then is off by a constant that looks like progress. Measured on one trained flow; and the total mass
Σ_y P(y) of a one-pixel model under each formula, by quadrature: it is 1 for the right one alone.
"""

import math
from collections.abc import Callable

import numpy as np

from minidgm.distributions import Logistic, StandardNormal
from minidgm.flows import Chain, FlowModel, Logit, checkerboard_mask, real_nvp
from minidgm.labs import Options, Part
from minidgm.labs.images import images_for, varying
from minidgm.labs.judge import every
from minidgm.labs.report import Report
from minidgm.labs.training import dequantized_loss, fit, noisy
from minidgm.plots.discrete import ledger_figure

ALPHA = 0.05
LOG_L, L_MINUS_1 = "log L forgotten", "log(L − 1), data / L"
SQUEEZE, SIGN = "squeeze's log(1 − 2α) forgotten", "squeeze's log-det with the other sign"


def steps_to_logits(x, levels: int) -> dict:
    """Name → (what the step makes of x in [0, L)^m, its log|det|, (n,)), in the order of the chain; float64."""
    m, unit = x.shape[1], x / levels
    s = ALPHA + (1 - 2 * ALPHA) * unit
    return {
        "/ L": (unit, np.full(len(x), -m * math.log(levels))),
        "squeeze": (s, np.full(len(x), m * math.log(1 - 2 * ALPHA))),
        "logit": (np.log(s) - np.log1p(-s), -np.sum(np.log(s) + np.log1p(-s), axis=1)),
    }


def mistakes(levels: int) -> dict[str, Callable]:
    """Name → what the formula wrongly adds to log p(x), (n, m) → (n,)."""

    def constant(value):
        return lambda x: np.full(len(x), x.shape[1] * value)

    def logit_at_the_unsqueezed(x):
        unit, (s, _) = x / levels, steps_to_logits(x, levels)["squeeze"]
        return np.sum(np.log(s) + np.log1p(-s) - np.log(unit) - np.log1p(-unit), axis=1)

    return {
        LOG_L: constant(math.log(levels)),
        L_MINUS_1: constant(math.log(levels / (levels - 1))),
        SQUEEZE: constant(-math.log(1 - 2 * ALPHA)),
        SIGN: constant(-2 * math.log(1 - 2 * ALPHA)),
        "logit's log-det at the unsqueezed x": logit_at_the_unsqueezed,
        "logit's log-det forgotten": lambda x: -steps_to_logits(x, levels)["logit"][1],
    }


def preprocessing(report: Report, options: Options) -> None:
    """Train one flow, follow the constants, count what each mistake costs."""
    images = images_for(options)
    ledger, costs, difference = on_images(images, options)
    masses = {name: mass(images.levels, wrong) for name, wrong in mistakes(images.levels).items()}
    right, L = mass(images.levels, lambda x: np.zeros(len(x))), images.levels
    total = sum(np.mean(values) for values in ledger.values())
    known = {LOG_L: -math.log2(L), L_MINUS_1: -math.log2(L / (L - 1)), SQUEEZE: math.log2(1 - 2 * ALPHA)}
    off = max(abs(np.mean(costs[name]) - value) for name, value in known.items())
    report.answer(
        "preprocessing",
        every(max(difference, off, abs(right - 1)) < 1e-6, min(abs(value - 1) for value in masses.values()) > 1e-3),
        f"{total:.2f} bits/dim become {total + known[LOG_L]:.2f} without log L, {total + known[SQUEEZE]:.2f} without "
        f"log(1 − 2α); a pixel's probabilities then sum to {masses[LOG_L]:.0f}, to {masses[SQUEEZE]:.2f}",
        number=f"log L forgotten: {-math.log2(L):+.3f} bits/dim",
        ledger=ledger, costs=costs, masses=masses, difference=difference,
    )  # fmt: skip
    left_out = varying(images)[1]
    if left_out:
        report.say(f"{left_out}\n")
    rows = [*((name, values) for name, values in ledger.items()), ("bits/dim", f"{total:.4f}")]
    report.table(
        "ledger", ("step", "test bits/dim"), rows, f"RealNVP on logits, α = {ALPHA}, L = {L}: where bits come from"
    )
    known_256 = {LOG_L: -8.0, L_MINUS_1: -math.log2(256 / 255), SQUEEZE: known[SQUEEZE], SIGN: 2 * known[SQUEEZE]}
    rows = [(name, costs[name], f"{known_256[name]:+.4f}" if name in known_256 else "", f"{masses[name]:.4f}")
            for name in costs]  # fmt: skip
    header = ("mistake", f"off by, bits/dim, L = {L}", "L = 256", "Σ_y P(y), one pixel")
    report.table("mistakes", header, [*rows, ("none", "0", "0", f"{right:.4f}")],
                 "What each mistake reports, less the truth; a model's probabilities sum to one")  # fmt: skip
    means = {name: float(np.mean(values)) for name, values in costs.items()}
    report.figure("mistakes", ledger_figure(means), **means)


def on_images(images, options: Options) -> tuple[dict, dict, float]:
    """Step → bits/dim and mistake → bits/dim off, one value per seed, and how far the sum is from the model's own."""
    kept, _ = varying(images)
    y, test = (part.y[:, kept].astype(np.float32) for part in (images.train, images.test))
    m, white = y.shape[1], checkerboard_mask(*images.shape)[kept]
    ledger: dict = {name: [] for name in ("−log p(z), the flow's", "/ L", "squeeze", "logit")}
    costs, difference = {name: [] for name in mistakes(images.levels)}, 0.0
    for seed in range(options.seeds):
        rng = np.random.default_rng(seed)
        flow = real_nvp(m, 4, (64,), rng, [white, ~white])
        model = FlowModel(Chain([Logit(ALPHA, images.levels), *flow.flows]), StandardNormal(m))
        model.initialize(noisy(y, rng))
        fit(
            model, dequantized_loss, y, rng, steps=20 if options.quick else 600, lr=1e-3, clip=20.0, name=f"seed {seed}"
        )
        x = noisy(test.astype(np.float64), np.random.default_rng(0))
        exact, steps = model.astype(np.float64), steps_to_logits(x, images.levels)
        z, log_det = Chain(exact.flow.flows[1:]).f(steps["logit"][0])
        parts = [exact.base.log_prob(z) + log_det, *(log_det for _, log_det in steps.values())]
        difference = max(difference, float(np.abs(sum(parts) - exact.log_prob(x)).max()))
        for name, part in zip(ledger, parts):
            ledger[name].append(float(-np.mean(part) / (m * math.log(2))))
        for name, wrong in mistakes(images.levels).items():
            costs[name].append(float(-np.mean(wrong(x)) / (m * math.log(2))))
    return ledger, costs, difference


def mass(levels: int, wrong: Callable) -> float:
    """Σ_y ∫ p(y + u) du of one pixel whose logit is standard logistic, with a wrong term in log p, by quadrature."""
    nodes, weights = np.polynomial.legendre.leggauss(200)
    t = (nodes + 1) / 2
    unit, du = t**3 * (10 - 15 * t + 6 * t * t), weights / 2 * 30 * t**2 * (1 - t) ** 2  # dense at both ends
    x = (levels * unit)[:, None]
    steps = steps_to_logits(x, levels)
    base = Logistic(0, 1).log_prob(steps["logit"][0][:, 0]) - math.log(1 - 2 * ALPHA)  # of the z that data can reach
    log_p = base + sum(log_det for _, log_det in steps.values()) + wrong(x)
    return float(np.sum(levels * du * np.exp(log_p)))


PARTS = (Part(("preprocessing",), preprocessing),)
