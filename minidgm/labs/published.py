"""Ours beside theirs: figures that papers print, and what our labs measured for the same claim, on smaller data.

A verdict of sizes, not of truth: within a factor of 2 it is the same size, of 10 the same order; other data, other
networks and hours instead of weeks make more than that a matter of luck. `minidgm lab all` prints the table.
"""

import textwrap
from typing import NamedTuple

import numpy as np

from minidgm.labs.report import WIDTH, columns


class Published(NamedTuple):
    """One figure of a paper with its source, and the name of our values for it in a row's results (see `results`)."""

    row: int | str
    what: str
    figure: float
    source: str
    ours: str


PUBLISHED = (
    Published(
        9,
        "mixture for softmax: bits/dim",
        0.11,
        "CIFAR-10, gated PixelCNN 3.03, PixelCNN++ 2.92 with other changes (Salimans 2017)",
        "at_most",
    ),
    Published(
        11,
        "variational for uniform: bits/dim",
        0.127,
        "CIFAR-10, 3.292 with uniform noise, 3.165 without (Ho 2019, ablation)",
        "saved",
    ),
)


def verdict(ours: float, theirs: float) -> str:
    """Same size, same order, or not reproduced."""
    ratio = ours / theirs
    return "same size" if 0.5 <= ratio <= 2 else "same order" if 0.1 <= ratio <= 10 else "not reproduced"


def compare(found: dict[str, dict]) -> list[dict]:
    """For each figure whose row is among the results (of `results.collect`): ours, theirs, data, verdict."""
    rows = []
    for published in PUBLISHED:
        result = found.get(str(published.row))
        values = result["values"].get(published.ours) if result and not result["quick"] else None
        if values is not None and np.size(values):
            ours = float(np.mean(values))
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
    sources = [f"row {row['row']}: {row['source']}" for row in rows]
    return "\n".join([columns(header, cells), *(line for source in sources for line in textwrap.wrap(source, WIDTH))])
