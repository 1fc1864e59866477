"""Cost against size, and what theory says of it: the plot and its table.

AR flow      density: one pass, linear in the layers     samples: one pass' work where units are kept, m passes else
coupling     one pass each way, linear in the layers
aggregated   n Gaussians at n points: n² with flat memory
"""

import matplotlib.pyplot as plt
import numpy as np

from benchmarks.measure import measure
from benchmarks.problems import Problem

HIDDEN = (512, 512)
DIMENSIONS, LAYERS, OBJECTS = (2, 8, 32, 128, 392, 784), (1, 2, 4, 8, 16), (1_000, 3_000, 10_000, 30_000, 60_000)
KINDS = {"density": "AR flow, density", "sample": "AR flow, samples", "coupling-density": "coupling, density"}
LONGEST = 1.0  # seconds: a peer whose run has taken longer is not asked for the next size
BESIDE = ("zuko", "torch", "jax")  # drawn beside minidgm


def curves(peers: list, quick: bool) -> dict:
    """{curve: {peer: [(size, seconds, MiB), ...]}}, the seconds those of the least disturbed of three rounds."""
    by_m = [
        (title, m, Problem(kind, kind, title, 100, m, HIDDEN, 1, tolerance=1e-3))
        for kind, title in KINDS.items()
        for m in DIMENSIONS
    ]
    by_layers = [
        (
            f"{KINDS[kind]}, m = 64, by layers",
            layers,
            Problem(kind, kind, kind, 256, 64, (128,), layers, tolerance=1e-3),
        )
        for kind in ("density", "coupling-density")
        for layers in LAYERS
    ]
    by_n = [("aggregated posterior", n, Problem("aggregated", "aggregated", "q_agg", n, 40)) for n in OBJECTS]
    found: dict = {}
    for title, size, problem in by_m + by_layers + by_n:
        if quick and (problem.n > 10_000 or problem.m > 128):
            continue
        curve = found.setdefault(title, {})
        asked = [peer for peer in peers if wanted(peer.name, curve, problem)]
        for name, row in measure(problem, asked, rounds=3, seconds=0.1).items():
            curve.setdefault(name, []).append((size, min(row["rounds"]), row["memory"]))
    return found


def wanted(name: str, curve: dict, problem) -> bool:
    """minidgm always; a peer while its runs are short, and the n × n table fits into the memory."""
    if name == "minidgm":
        return True
    if name not in BESIDE or (problem.kind == "aggregated" and problem.n > 10_000):
        return False
    return not curve.get(name) or curve[name][-1][1] < LONGEST


def slope(points) -> float:
    """The power of the size that the time grows with, between the two largest sizes."""
    (size1, time1, _), (size2, time2, _) = points[-2:]
    return float(np.log(time2 / time1) / np.log(size2 / size1))


def table(found: dict) -> list:
    lines = []
    for title, curve in found.items():
        sizes = [size for size, _, _ in curve["minidgm"]]
        lines += ["", f"### {title}", "", f"| ms | {' | '.join(f'{s:,}' for s in sizes)} | power at the end |"]
        lines.append("|---" + "|--:" * (len(sizes) + 1) + "|")
        for name, points in curve.items():
            cells = [f"{1e3 * seconds:,.1f}" for _, seconds, _ in points]
            cells += [""] * (len(sizes) - len(cells)) + [f"{slope(points):.2f}" if len(points) > 1 else ""]
            lines.append(f"| {name} | {' | '.join(cells)} |")
        if title == "aggregated posterior":
            for name, points in curve.items():
                lines.append(f"| {name}, MiB | {' | '.join(f'{mib:,.0f}' for _, _, mib in points)} | |")
    return lines


def draw(found: dict, path) -> None:
    """One panel a curve, both axes logarithmic."""
    figure, axes = plt.subplots(2, 3, figsize=(13, 7.5), layout="constrained")
    for axis, (title, curve) in zip(axes.flat, found.items()):
        for name, points in curve.items():
            sizes, seconds, _ = zip(*points)
            axis.loglog(sizes, seconds, "o-", label=name, lw=2.5 if name == "minidgm" else 1)
        axis.set_title(title, fontsize=10)
        axis.set_xlabel("layers" if "layers" in title else "n" if "aggregated" in title else "m")
        axis.set_ylabel("seconds")
        axis.legend(fontsize=8)
    figure.savefig(path, dpi=110)
    plt.close(figure)
