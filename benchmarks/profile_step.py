"""Where the time of one problem goes in minidgm: `python -m benchmarks.profile_step maf-63`.

It counts processor time, not the clock's, so that what else the machine does disturbs little; set OMP_NUM_THREADS=1,
or the threads of BLAS are counted too. Prints the time of a run, that of its parts (each step of the tracer forward and
backward, Adam, the walks through the model), then the functions by the time spent in themselves.
"""

import argparse
import cProfile
import functools
import pstats
import time

import numpy as np

from minidgm.tensor import gradient, model, steps


class Parts:
    """Seconds of each call of each part of the runs; a part inside another counts as that one's."""

    def __init__(self):
        self.seconds, self.inside = {}, False

    def timed(self, name: str, function):
        @functools.wraps(function)
        def wrapped(*args, **kwargs):
            if self.inside:
                return function(*args, **kwargs)
            self.inside, start = True, time.process_time()
            try:
                return function(*args, **kwargs)
            finally:
                self.inside = False
                self.seconds.setdefault(name, []).append(time.process_time() - start)

        return wrapped

    def step(self, function):
        """A function that returns its value and its gradient rule, with both timed."""
        forward, name = self.timed(f"{function.__name__}, forward", function), f"{function.__name__}, backward"

        def wanted(g):
            return self.timed(name, g) if callable(g) else g

        @functools.wraps(function)
        def both(*args, **settings):
            value, backward = forward(*args, **settings)
            return value, lambda *g: tuple(wanted(part) for part in self.timed(name, backward)(*g))

        return both

    def table(self, runs: int) -> list[str]:
        """A line for each part, the largest first."""
        sums = sorted(((sum(times) / runs, name) for name, times in self.seconds.items()), reverse=True)
        return [f"{1e3 * seconds:8.3f} ms  {len(self.seconds[name]) / runs:3.0f} ×  {name}" for seconds, name in sums]


def main() -> None:
    parts, make = Parts(), steps._step
    # Every step is made by `_step` when its module is imported, which is below.
    steps._step = lambda function, formula=None: make(parts.step(function), formula)
    gradient.structure_of = parts.timed("the parameters found", gradient.structure_of)
    model.Structure.copy = parts.timed("the model copied into boxes", model.Structure.copy)

    from benchmarks.peers.minidgm import build
    from benchmarks.problems import PROBLEMS, inputs
    from minidgm import optim

    optim.parameters = parts.timed("the parameters found", optim.parameters)
    optim.Adam.update = parts.timed("Adam's formula", optim.Adam.update)

    problems = {problem.name: problem for problem in PROBLEMS}
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile_step", description=__doc__)
    parser.add_argument("problem", choices=problems)
    parser.add_argument("--runs", type=int, default=100)
    options = parser.parse_args()
    problem = problems[options.problem]
    run, _ = build(problem, inputs(problem))
    for _ in range(5):
        run()
    parts.seconds.clear()
    seconds = []
    for _ in range(options.runs):
        start = time.process_time()
        run()
        seconds.append(time.process_time() - start)
    print(f"{problem.title}: {1e3 * min(seconds):.2f} ms at best, {1e3 * np.median(seconds):.2f} in the median")
    print("\nIts parts, a run's mean:", *parts.table(options.runs), sep="\n")
    print(f"{1e3 * np.mean(seconds):8.3f} ms  in all")
    profile = cProfile.Profile(time.process_time)
    profile.enable()
    for _ in range(options.runs):
        run()
    profile.disable()
    pstats.Stats(profile).sort_stats("tottime").print_stats(15)


if __name__ == "__main__":
    main()
