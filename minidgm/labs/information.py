"""Beyond the slides: estimates of a mutual information from batches, beside the exact one.

    x ~ N(0, I), z|x ~ N(ρ x, (1 − ρ²) I) in d dimensions:   I(x, z) = −(d/2) log(1 − ρ²)

Rows 13 and 14 take q(z|x) as known. Here the same estimates stand beside bounds that ask for a critic only (Poole et
al. 2019, whose experiment this is: d = 20, batches of 128, I from 1 to 10 nats), first with the best critic, known in
closed form, then with one that a network has learned. With the best critic InfoNCE *is* the slides' naive estimate.
"""

import math

import numpy as np

from minidgm.distributions import standard_normal_log_prob
from minidgm.labs import Options, Part
from minidgm.labs.judge import every, mean_and_error, positive, signed
from minidgm.labs.report import Report
from minidgm.labs.training import fit
from minidgm.nn import MLP, start_at_zero
from minidgm.plots.vae import critics_figure
from minidgm.tensor import Module
from minidgm.vae import (
    gaussian_log_prob_table,
    info_nce_bound,
    interpolated_bound,
    leave_one_out_mutual_information,
    mutual_information,
    nwj_bound,
)

D, B = 20, 128
ALPHA = 0.01  # of the interpolated bound, as published
INFORMATION = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)  # nats
LEARNED = (2, 4, 6, 8, 10)
BOUNDS = ("NWJ", "interpolated", "InfoNCE")
KNOWN = (*BOUNDS, "naive", "leave-one-out")


def rho_of(information: float) -> float:
    """The correlation at which d pairs of numbers share so many nats."""
    return math.sqrt(1 - math.exp(-2 * information / D))


def draw(rng, rho: float, n: int = B):
    """n pairs (x, z), float64: (n, d) each; and the noise of z."""
    x, eps = rng.standard_normal((n, D)), rng.standard_normal((n, D))
    return x, rho * x + math.sqrt(1 - rho**2) * eps, eps


def with_the_best_critic(rng, rho: float) -> list[float]:
    """One batch's estimates, in the order of KNOWN, from log q(z|x) as it is."""
    x, z, eps = draw(rng, rho)
    mu, log_sigma = rho * x, np.full_like(x, 0.5 * math.log(1 - rho**2))
    log_q = gaussian_log_prob_table(z, mu, log_sigma).T  # log q(z_j|x_i)
    log_p = standard_normal_log_prob(z)
    return [
        nwj_bound(1 + log_q - log_p),
        interpolated_bound(log_q, log_p, ALPHA),
        info_nce_bound(log_q),
        mutual_information(mu, log_sigma, eps[None]),
        leave_one_out_mutual_information(mu, log_sigma, eps[None]),
    ]


class Critic(Module):
    """f(x, z) = h(x) · k(z), and log q(z) for the bound that asks for it: three networks."""

    def __init__(self, rng, width: int = 128, features: int = 32):
        self.h, self.k = (MLP((D, width, width, features), rng) for _ in range(2))
        self.log_q = MLP((D, 32, 1), rng)
        start_at_zero(self.k)  # f = 0: e^f of a critic that nobody has trained would be anything
        start_at_zero(self.log_q)

    def scores(self, x, z):
        """f(x_i, z_j): (n, n)."""
        return self.h(x) @ self.k(z).T


def bound_of(name: str, critic: Critic, x, z):
    """One of BOUNDS, by a critic that learns."""
    scores = critic.scores(x, z)
    if name == "interpolated":
        return interpolated_bound(scores, critic.log_q(z)[:, 0], ALPHA)
    return {"NWJ": nwj_bound, "InfoNCE": info_nce_bound}[name](scores)


def learned(name: str, truth: int, seed: int, steps: int, batches: int) -> list[float]:
    """A critic trained to raise its bound, every z drawn anew; then its bound on so many fresh batches."""
    rng, rho = np.random.default_rng((seed, truth)), rho_of(truth)
    critic = Critic(rng)

    def loss(critic, x, rng):
        z = rho * x + math.sqrt(1 - rho**2) * rng.standard_normal(x.shape, dtype=np.float32)
        return -bound_of(name, critic, x, z)

    x = rng.standard_normal((20_000, D), dtype=np.float32)
    fit(critic, loss, x, rng, steps=steps, batch=B, lr=1e-3, name=f"{name}, I = {truth}, seed {seed}")
    fresh = (draw(rng, rho)[:2] for _ in range(batches))
    return [float(bound_of(name, critic, x.astype(np.float32), z.astype(np.float32))) for x, z in fresh]


def information(report: Report, options: Options) -> None:
    """Both critics, the answer, the tables, the figure."""
    batches, steps = (30, 20) if options.quick else (400, 1500)
    seeds = range(options.seeds)

    def known(truth, seed):
        rng = np.random.default_rng((seed, truth))
        return np.array([with_the_best_critic(rng, rho_of(truth)) for _ in range(batches)])

    found = np.array([[known(truth, seed) for seed in seeds] for truth in INFORMATION])
    best = {name: mean_and_spread(found[..., k]) for k, name in enumerate(KNOWN)}
    trained = {
        name: mean_and_spread(
            [[learned(name, truth, seed, steps, batches // 2) for seed in seeds] for truth in LEARNED]
        )
        for name in BOUNDS
    }
    answer(report, best, trained)
    tables(report, best, trained)
    panels = {
        "the best critic, known": (INFORMATION, best, (*BOUNDS, "leave-one-out")),
        "a critic that a network learned": (LEARNED, trained, BOUNDS),
    }
    figure = critics_figure(panels, math.log(B))
    report.figure("information", figure, I=INFORMATION, learned_I=LEARNED, best=best, learned=trained)


def mean_and_spread(estimates) -> dict:
    """Over the batches, for each truth and seed: estimates (truths, seeds, batches)."""
    return {"mean": np.mean(estimates, axis=2).tolist(), "spread": np.std(estimates, axis=2).tolist()}


def answer(report: Report, best: dict, trained: dict) -> None:
    """Is InfoNCE too low where I is above log B, NWJ without bias where it is small, and the wider everywhere?"""
    at = {truth: k for k, truth in enumerate(INFORMATION)}
    nce, nwj = best["InfoNCE"], best["NWJ"]
    wider = np.log(nwj["spread"]) - np.log(nce["spread"])  # spreads are compared as ratios
    learned_wider = np.log(trained["NWJ"]["spread"][-1]) - np.log(trained["InfoNCE"]["spread"][-1])
    report.answer(
        "information",
        every(
            positive(np.subtract(10, nce["mean"][at[10]])),
            *(positive(wider[at[truth]]) for truth in (4, 6, 8)),
            positive(learned_wider),
        ),
        f"at I = 10 nats InfoNCE says {np.mean(nce['mean'][at[10]]):.2f} (log B = {math.log(B):.2f}), by a learned "
        f"critic {np.mean(trained['InfoNCE']['mean'][-1]):.2f}; NWJ spreads by "
        f"{np.mean(nwj['spread'][at[10]]):.2f} per batch, InfoNCE by {np.mean(nce['spread'][at[10]]):.2f}",
        number=f"{np.mean(nce['mean'][at[10]]):.2f} of 10 nats by InfoNCE",
        best=best, learned=trained,
    )  # fmt: skip


def tables(report: Report, best: dict, trained: dict) -> None:
    """Bias and spread of each estimate; what a learned critic makes of it."""
    for name, title in (("bias", "mean over batches, less I"), ("spread", "standard deviation from batch to batch")):
        rows = []
        for k, truth in enumerate(INFORMATION):
            values = [np.subtract(best[of]["mean"][k], truth) if name == "bias" else best[of]["spread"][k]
                      for of in KNOWN]  # fmt: skip
            rows.append((truth, *map(list, values)))
        report.table(name, ("I", *KNOWN), rows, f"The best critic, {B} pairs, d = {D}, nats: {title}")
    columns = [list(trained[of][what]) for of in BOUNDS for what in ("mean", "spread")]
    rows = [(truth, *values) for truth, *values in zip(LEARNED, *columns)]
    header = ("I", *(text for of in BOUNDS for text in (of, f"spread of {of}")))
    report.table("learned", header, rows, f"A critic h(x) · k(z) trained for each bound, {B} fresh pairs, nats")
    small = np.subtract(best["NWJ"]["mean"][0], INFORMATION[0])
    large = np.subtract(best["NWJ"]["mean"][-1], INFORMATION[-1])
    report.say(
        f"NWJ has no bias in expectation: at I = 1 it is off by {signed(small)}, at I = 10 by {signed(large)}: there "
        "its second mean lives on pairs so rare that no batch holds one. The naive estimate is InfoNCE by the best "
        "critic: "
        f"they differ by {mean_and_error(np.subtract(best['naive']['mean'], best['InfoNCE']['mean']).ravel())}.\n"
    )


PARTS = (Part(("information",), information),)
