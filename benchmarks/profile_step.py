"""Where the time of one problem goes in minidgm: `python -m benchmarks.profile_step maf-63`.

It counts processor time, not the clock's, so that what else the machine does disturbs little; set OMP_NUM_THREADS=1,
or the threads of BLAS are counted too. Prints the time of a run, then the functions by the time spent in themselves.
"""

import argparse
import cProfile
import pstats
import time

import numpy as np

from benchmarks.peers.minidgm import build
from benchmarks.problems import PROBLEMS, inputs


def main() -> None:
    problems = {problem.name: problem for problem in PROBLEMS}
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile_step", description=__doc__)
    parser.add_argument("problem", choices=problems)
    parser.add_argument("--runs", type=int, default=50)
    options = parser.parse_args()
    problem = problems[options.problem]
    run, _ = build(problem, inputs(problem))
    seconds = []
    for _ in range(options.runs):
        start = time.process_time()
        run()
        seconds.append(time.process_time() - start)
    print(f"{problem.title}: {1e3 * min(seconds):.2f} ms at best, {1e3 * np.median(seconds):.2f} in the median")
    profile = cProfile.Profile(time.process_time)
    profile.enable()
    for _ in range(options.runs):
        run()
    profile.disable()
    pstats.Stats(profile).sort_stats("tottime").print_stats(15)


if __name__ == "__main__":
    main()
