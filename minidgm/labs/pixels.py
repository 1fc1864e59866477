"""Row 7: the levels of pixels are distributed smoothly, with spikes at the ends.

Measured: how often each level occurs; how much two neighbouring levels differ inside the range; how far the two end
levels rise above their neighbours. The digits have 17 levels; `--data` takes CIFAR-10, the slide's example.
"""

import numpy as np

from minidgm.data import load_images
from minidgm.labs import Options
from minidgm.labs.report import Report
from minidgm.plots.discrete import histogram_figure


def run(report: Report, options: Options) -> None:
    """Count, compare, draw."""
    report.say("Row 7: pixel values are smooth with spikes at the ends")
    images = load_images(options.data)
    y = images.train.y
    shares = np.bincount(y.ravel(), minlength=images.levels) / y.size
    inner = shares[1:-1]
    roughness = np.mean(np.abs(np.diff(inner))) / np.mean(inner)
    low, high = shares[0] / shares[1], shares[-1] / shares[-2]
    bits = -np.sum(shares[shares > 0] * np.log2(shares[shares > 0]))

    name = "digits" if options.data is None else options.data.name
    title = f"{name}: {y.size:,} training pixels, {images.levels} levels"
    if images.levels <= 32:
        report.table("shares", ("level", "share"), [(k, float(p)) for k, p in enumerate(shares)], title)
    rows = [
        ("lowest level's share / its neighbour's", float(low)),
        ("highest level's share / its neighbour's", float(high)),
        ("inner levels: mean |difference of neighbours| / mean share", float(roughness)),
        ("entropy of a pixel, bits", float(bits)),
    ]
    report.table("pixels", ("measured", "value"), rows, title)
    report.say(
        f"Inside the range neighbouring levels differ by {roughness:.0%} of their share on average; "
        f"the ends rise above their neighbours {low:.1f}-fold (0) and {high:.1f}-fold ({images.levels - 1}): "
        + verdict(low, high, roughness)
    )
    report.figure("pixels", histogram_figure(shares, title))


def verdict(low: float, high: float, roughness: float) -> str:
    """What the numbers say about the slide's sentence; a spike is a rise beyond what neighbours differ by."""
    spikes = [end for end, rise in (("the lower end", low), ("the upper end", high)) if rise > 1 + 3 * roughness]
    return f"smooth, with a spike at {' and at '.join(spikes)}." if spikes else "no spikes at the ends in these images."
