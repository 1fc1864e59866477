"""Row 7: the levels of pixels are distributed smoothly, with spikes at the ends.

Measured: how often each level occurs; how much two neighbouring levels differ inside the range; how far the two end
levels rise above their neighbours. The digits have 17 levels; `--data` takes CIFAR-10, the slide's example.
"""

import numpy as np

from minidgm.labs import Options, Part
from minidgm.labs.images import bits_of, images_for, level_shares
from minidgm.labs.report import Report
from minidgm.plots.discrete import histogram_figure


def histogram(report: Report, options: Options) -> None:
    """Count, compare, draw."""
    images = images_for(options)
    y = images.train.y
    shares = level_shares(images.train, images.levels)
    roughness = roughness_of(shares[1:-1])
    low, high = (float(end / max(beside, 1 / y.size)) for end, beside in (shares[:2], shares[:-3:-1]))
    entropy = bits_of(shares, shares)
    yes, sentence = verdict(low, high, roughness)
    report.answer(7, yes, sentence, number=f"ends {low:.1f}× and {high:.1f}×",
                  low=low, high=high, roughness=roughness, entropy=entropy)  # fmt: skip
    name = "digits" if options.data is None else options.data.name
    title = f"{name}: {y.size:,} training pixels, {images.levels} levels"
    rows = [
        ("lowest level's share / its neighbour's", low),
        ("highest level's share / its neighbour's", high),
        ("inner levels: mean |difference of neighbours| / mean share", "—" if roughness is None else roughness),
        ("entropy of a pixel, bits", entropy),
    ]
    report.table("pixels", ("measured", "value"), rows, title)
    if images.levels <= 32:
        report.table("shares", ("level", "share"), [(k, float(p)) for k, p in enumerate(shares)])
    count = "no pixels inside" if roughness is None else f"{sum(spikes(low, high, roughness))} of 2 ends are spikes"
    report.figure("pixels", histogram_figure(shares, f"{name}: {count}"), shares=shares)


def roughness_of(inner) -> float | None:
    """How much two neighbours differ, by their mean share; None where there are no two, or where no pixel is inside."""
    if len(inner) < 2 or not np.any(inner):
        return None
    return float(np.mean(np.abs(np.diff(inner))) / np.mean(inner))


def spikes(low: float, high: float, roughness: float) -> tuple[bool, bool]:
    """Whether each end is a spike: a rise beyond three times what neighbours differ by."""
    return low > 1 + 3 * roughness, high > 1 + 3 * roughness


def verdict(low: float, high: float, roughness: float | None) -> tuple[bool | None, str]:
    """What the numbers say about the slide's sentence: yes if smooth with two spikes, no if no end is one."""
    if roughness is None:
        return None, "fewer than two levels lie between the ends, or no pixel does: nothing there could be smooth"
    ends = spikes(low, high, roughness)
    numbers = f"inside, neighbours differ by {roughness:.0%}; the ends rise {low:.1f}-fold and {high:.1f}-fold"
    return (True if all(ends) else None if any(ends) else False), numbers


PARTS = (Part((7,), histogram),)
