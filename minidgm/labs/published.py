"""Ours beside theirs: figures that papers print, and what our labs measured for the same claim, on smaller data.

A verdict of sizes, not of truth: within a factor of 2 it is the same size, of 10 the same order; other data, other
networks and hours instead of weeks make more than that a matter of luck. `minidgm lab all` prints the table.
"""

import textwrap
from typing import NamedTuple

import numpy as np

from minidgm.labs.report import WIDTH, columns, readable


class Published(NamedTuple):
    """One figure of a paper, its source and how it was checked, and where our values are in a row's results.

    ours: names joined by dots, as in "gains.VampPrior"; less: what to take away from it, seed by seed.
    """

    row: int | str
    what: str
    figure: float
    source: str
    checked: str
    ours: str
    less: str = ""


FROM_MEMORY = "from memory: the paper was not at hand"

PUBLISHED = (
    Published(
        9,
        "mixture for softmax: bits/dim",
        0.11,
        "CIFAR-10, gated PixelCNN 3.03, PixelCNN++ 2.92 with other changes (Salimans 2017)",
        "2.92 is in the README of a reimplementation, too; 3.03 from memory",
        "at_most",
    ),
    Published(
        11,
        "variational for uniform: bits/dim",
        0.127,
        "CIFAR-10, 3.292 with uniform noise, 3.165 without (Ho 2019, ablation)",
        FROM_MEMORY,
        "saved",
    ),
    Published(
        18,
        "VampPrior for N(0, I): nats",
        2.99,
        "static MNIST, one layer, test log-likelihood −88.56 and −85.57 (Tomczak & Welling 2018)",
        FROM_MEMORY,
        "gains.VampPrior",
    ),
    Published(
        20,
        "inverse AR posterior: nats of gap",
        3.28,
        "MNIST, ELBO −84.08 and −80.80, θ trained along (Kingma 2016)",
        FROM_MEMORY,
        "gaps.binarized.Gaussian",
        "gaps.binarized.inverse AR",
    ),
    Published(
        "information",
        "InfoNCE at 10 nats, 128 pairs",
        4.85,
        "log 128, where its curve ends (Poole 2019, figure of the bounds)",
        "a theorem",
        "best.InfoNCE.mean.9",
    ),
)


def verdict(ours: float, theirs: float) -> str:
    """Same size, same order, or not reproduced."""
    ratio = ours / theirs
    return "same size" if 0.5 <= ratio <= 2 else "same order" if 0.1 <= ratio <= 10 else "not reproduced"


def at(values, path: str):
    """What lies at names joined by dots in nested dictionaries and lists; None if it does not."""
    for name in path.split("."):
        if isinstance(values, dict) and name in values:
            values = values[name]
        elif isinstance(values, list) and name.isdigit() and int(name) < len(values):
            values = values[int(name)]
        else:
            return None
    return values


def compare(found: dict[str, dict]) -> list[dict]:
    """For each figure whose row is among the results (of `results.collect`): ours, theirs, data, verdict."""
    rows = []
    for published in PUBLISHED:
        result = found.get(str(published.row))
        if not result or result["quick"]:
            continue
        values = at(result["values"], published.ours)
        less = at(result["values"], published.less) if published.less else 0
        if values is not None and less is not None and np.size(values):
            ours = float(np.mean(np.subtract(values, less)))
            rows.append(published._asdict() | {
                "ours": ours, "data": result["data"], "verdict": verdict(ours, published.figure)})  # fmt: skip
    return rows


def table(found: dict[str, dict]) -> str:
    """The comparison as text, "" without a full run of any of its rows."""
    rows = compare(found)
    if not rows:
        return ""
    header = ("row", "ours beside theirs", "theirs", "ours", "our data", "verdict")
    cells = [(str(row["row"]), row["what"], row["figure"], row["ours"], row["data"], row["verdict"]) for row in rows]
    sources = [readable(f"row {row['row']}: {row['source']}; {row['checked']}") for row in rows]
    return "\n".join([columns(header, cells), *(line for source in sources for line in textwrap.wrap(source, WIDTH))])
