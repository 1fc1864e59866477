"""The tables and the plot: what `python -m benchmarks` writes."""

import platform
import sys
from pathlib import Path

import numpy as np

from benchmarks.measure import TRAINING

STEPS = 1000


def machine(threads: int) -> str:
    """One line: processor, cores, system, Python."""
    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        models = [line.split(":")[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
        name = f"{len(models)} × {models[0]}" if models else name
    each = f"{threads} thread{'s' * (threads != 1)} for each library"
    return f"{name}, {platform.system()}, Python {sys.version.split()[0]}, float32, {each}"


def versions(peers: list) -> str:
    found: dict = {}
    for peer in peers:
        found |= peer.about["versions"]
    return ", ".join(f"{name} {number}" for name, number in found.items())


def ratios(row: dict, ours: dict):
    """How many times longer than minidgm a peer takes, in each round that both took part in."""
    return np.array([theirs / own for theirs, own in zip(row["rounds"], ours["rounds"])])


def milliseconds(seconds: float) -> str:
    return f"{1e3 * seconds:,.2f}" if seconds < 0.1 else f"{1e3 * seconds:,.0f}"


def spread(values, show) -> str:
    """Median and quartiles."""
    low, middle, high = np.percentile(values, [25, 50, 75])
    return f"{show(middle)} ({show(low)}–{show(high)})"


def one_problem(problem, result: dict) -> list:
    """The lines of one problem's table, one per peer."""
    ours = result["minidgm"]
    lines = [f"\n### {problem.name}: {problem.title}\n"]
    lines += [
        "| | ms, median (quartiles) | times minidgm's | MiB | first run, s | difference |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for name, row in sorted(result.items(), key=lambda item: np.median(item[1]["rounds"])):
        times, ratio = spread(row["rounds"], milliseconds), spread(ratios(row, ours), "{:.2f}".format)
        cells = [times, ratio, f"{row['memory']:,.0f}", f"{row['first']:.2f}", f"{row['difference']:.0e}"]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def fastest(result: dict, ours: dict, fused: bool):
    """The fastest torch-based peer, with Adam as torch gives it or with its fused one too: (name, ratio)."""
    names = [name for name, row in result.items() if row["torch"] and (fused or not name.endswith("-fused"))]
    found = [(float(np.median(ratios(result[name], ours))), name) for name in names]
    return min(found) if found else None


def summary(problems, results: dict) -> list:
    """The goals: how many times faster than the fastest torch-based peer, and than JAX's compiled step."""
    lines = ["| | minidgm, ms | fastest torch-based | × | goal | | with fused Adam | × | JAX × | goal | |"]
    lines.append("|---|--:|---|--:|--:|---|---|--:|--:|--:|---|")
    for problem in problems:
        result = results[problem.name]
        ours = result["minidgm"]
        cells = [problem.title, milliseconds(np.median(ours["rounds"]))]
        torch = fastest(result, ours, fused=False)
        cells += goal(torch, problem.goal)
        either = fastest(result, ours, fused=True) if problem.kind in TRAINING else None
        cells += [either[1], f"{either[0]:.2f}"] if either else ["", ""]
        jax = float(np.median(ratios(result["jax"], ours))) if "jax" in result else None
        cells += goal(jax and (jax, "jax"), problem.goal_jax)[1:]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def against_broadcasting(results: dict) -> list:
    """The aggregated posterior as it is usually written: its own goals, in time and in memory."""
    result = results.get("aggregated", {})
    if "torch_broadcast" not in result:
        return []
    ours, theirs = result["minidgm"], result["torch_broadcast"]
    times, memory = float(np.median(ratios(theirs, ours))), ours["memory"] / max(theirs["memory"], 1)
    return [
        "",
        f"The aggregated posterior against torch by broadcasting (in pieces of 500 points): {times:.0f} × (goal 50), "
        f"{memory:.2f} of its memory (goal 0.1).",
    ]


def goal(found, wanted) -> list:
    """[name, ratio, goal, met or not]."""
    if not found:
        return ["not installed", "", "", ""]
    ratio, name = found
    if wanted is None:
        return [name, f"{ratio:.2f}", "", ""]
    return [name, f"{ratio:.2f}", f"{wanted:g}", "met" if ratio >= wanted else "not met"]


def first_steps(problems, results: dict) -> list:
    """Seconds until the first 1,000 training steps are done, compilation included (importing not)."""
    names = sorted({name for problem in problems for name in results[problem.name]})
    lines = [f"| seconds to the first {STEPS:,} steps | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    for problem in problems:
        row = results[problem.name]
        seconds = {name: r["first"] + (STEPS - 1) * float(np.median(r["rounds"])) for name, r in row.items()}
        lines.append(f"| {problem.title} | {' | '.join(f'{seconds[n]:.1f}' if n in seconds else '' for n in names)} |")
    return lines
