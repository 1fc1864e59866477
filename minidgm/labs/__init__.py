"""The labs: each shows claims of the lecture on real data: it trains, measures, answers, prints tables, draws figures.

A lab is a module with PARTS: which rows of the lecture a part answers, and the function `(report, options)` that
measures and calls `report.answer` for each of them. `minidgm lab NAME` runs one, `minidgm lab all` what is missing of
all. LABS is the list, in the lecture's order; `claims` has the 22 claims, `report` what a lab can print and save,
`judge` how a difference is judged, `training` the one recipe, `images` the one way to the data.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple


class Lab(NamedTuple):
    """One lab: its name, rows of the lecture, what it shows, and the exercises whose functions `--mine` runs."""

    name: str
    rows: tuple[int, ...]
    claim: str
    mine: tuple[str, ...] = ()

    @property
    def module(self) -> str:
        return f"minidgm.labs.{self.name.replace('-', '_')}"


class Part(NamedTuple):
    """What a lab does at one go: the rows that it answers (a name for what is beyond the slides), and the function."""

    rows: tuple[int | str, ...]
    run: Callable


@dataclass(frozen=True)
class Options:
    """What a user may choose: how many seeds, smaller and shorter (quick), another data set, their own functions.

    tour: quick, but where a few steps would show nothing, as many as show the claim.
    """

    seeds: int = 3
    quick: bool = False
    data: Path | None = None
    mine: bool = False
    tour: bool = False

    def size(self, quick, tour, full):
        """How much is done: in a quick run, in the tour, in full."""
        return full if not self.quick else tour if self.tour else quick


LABS = (
    Lab("autoregressive", (1, 2), "density parallel, sampling sequential; the inverse flow has it crossed"),
    Lab("coupling", (3,), "one pass each way; a special case of an AR flow", ("ex07_coupling",)),
    Lab("flow-is-vae", (4,), "MLE of a flow is the ELBO of a VAE with deterministic encoder and decoder"),
    Lab("degenerate", (5, 6), "a density on discrete data is unbounded; a level never seen gets probability zero"),
    Lab("pixels", (7,), "pixel values are smooth with spikes at the ends"),
    Lab("discretize", (8,), "P(y) = F(y + ½) − F(y − ½): mixtures of 1 to 10 logistics", ("ex12_discretize",)),
    Lab("pixelcnn", (9,), "autoregressive models of pixels: categorical against discretized mixtures"),
    Lab(
        "dequantize",
        (10, 11, 12),
        "uniform ≤ variational ≤ flow dequantization ≤ exact",
        ("ex14_uniform_dequantization", "ex15_variational_dequantization"),
    ),
    Lab("preprocessing", (), "what each constant of the preprocessing costs in bits/dim"),
    Lab(
        "surgery",
        (13, 14),
        "mean KL = KL(q_agg‖p) + I_q; 0 ≤ I_q ≤ log n, and what minibatches make of it",
        ("ex19_mutual_information", "ex20_elbo_surgery"),
    ),
    Lab(
        "prior",
        (15, 16, 17, 18),
        "the optimal prior is q_agg; learnable, flow and non-invertible priors",
        ("ex21_learnable_prior", "ex22_flow_prior"),
    ),
    Lab(
        "posterior",
        (19, 20, 21, 22),
        "log p(x) = ELBO + KL(q‖p(z|x)): flow posteriors close the gap",
        ("ex23_flow_posterior",),
    ),
    Lab("collapse", (), "a decoder that sees earlier pixels does without z; warm-up and free nats bring it back"),
    Lab("information", (), "estimates of a mutual information, beside an exact one of 1 to 10 nats"),
    Lab("blur", (), "what makes samples grey: the prior, averaging over a narrow code, or the decoder"),
)
