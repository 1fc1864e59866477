"""`python -m benchmarks`: minidgm and each installed peer, side by side; tables and a plot into --out."""

import argparse
import json
import time
from pathlib import Path

from benchmarks import curves, report
from benchmarks.measure import TRAINING, Peer, installed, measure
from benchmarks.problems import PROBLEMS, small


def main() -> None:
    names = [problem.name for problem in PROBLEMS]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="three minutes: fewer rounds, long problems made smaller")
    parser.add_argument("--only", nargs="+", choices=names, metavar="PROBLEM", help=f"of {', '.join(names)}; no curves")
    parser.add_argument("--peers", nargs="+", metavar="PEER", help="only these beside minidgm")
    parser.add_argument("--rounds", type=int, help="turns each peer takes (default 9, quick 4)")
    parser.add_argument("--threads", type=int, default=2, help="threads for each library (default 2)")
    parser.add_argument("--out", type=Path, default=Path("minidgm-results/benchmarks"), help="folder for the results")
    options = parser.parse_args()

    start = time.perf_counter()
    here, missing = installed()
    if options.peers:
        here = [name for name in here if name == "minidgm" or name in options.peers]
    problems = [problem for problem in PROBLEMS if not options.only or problem.name in options.only]
    if options.quick:
        problems = [small(problem) for problem in problems]
    rounds = options.rounds or (4 if options.quick else 9)

    peers = [Peer(name, options.threads) for name in here]
    results = {}
    for problem in problems:
        results[problem.name] = measure(problem, peers, rounds, seconds=0.15 if options.quick else 0.25)
        print("\n".join(report.one_problem(problem, results[problem.name])), flush=True)
    options.out.mkdir(parents=True, exist_ok=True)
    lines = heading(options, peers, missing) + ["", "## Goals", "", *report.summary(problems, results)]
    lines += report.against_broadcasting(results)
    trained = [problem for problem in problems if problem.kind in TRAINING]
    if trained:
        lines += ["", "## Compilation included", "", *report.first_steps(trained, results)]
    if not options.only:
        found = curves.curves(peers, options.quick)
        curves.draw(found, options.out / "cost.png")
        lines += ["", "## Cost against size", "", "![cost against size](cost.png)", *curves.table(found)]
    lines += ["", "## Problem by problem"]
    for problem in problems:
        lines += report.one_problem(problem, results[problem.name])
    lines += ["", f"All of it took {time.perf_counter() - start:.0f} seconds."]
    for peer in peers:
        peer.close()
    (options.out / "results.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (options.out / "results.json").write_text(json.dumps(results, indent=1), encoding="utf-8")
    print("\n".join(lines[: lines.index("## Problem by problem")]))
    print(f"\nwritten: {options.out}/results.md, results.json" + ("" if options.only else ", cost.png"))


def heading(options, peers: list, missing: list) -> list:
    """What ran, on what, with what."""
    command = "python -m benchmarks" + " --quick" * options.quick + f" --threads {options.threads}"
    lines = ["# minidgm beside its peers", "", f"`{command}` on {report.machine(options.threads)};"]
    lines += [f"{report.versions(peers)}."]
    if missing:
        lines.append(
            f"Not installed, so left out: {', '.join(missing)} (`pip install torch==2.13.0`, then `.[bench]`)."
        )
    imports = ", ".join(f"{peer.name} {peer.about['import']:.2f}" for peer in peers if "-" not in peer.name)
    return [*lines, f"Seconds to import, with what the benchmark itself needs: {imports}."]


if __name__ == "__main__":
    main()
