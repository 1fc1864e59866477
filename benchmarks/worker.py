"""One peer in a process of its own, so that no library's threads or memory disturb another's.

It reads one request per line from stdin and answers with one line of JSON on stdout:

    hello                          → versions, seconds to import
    load PROBLEM                   → {"offered": bool}; a Problem as JSON
    first                          → seconds of the first run, which compiles where a peer compiles
    outputs FILE                   → the problem's outputs, written to the .npy file; {"first": seconds} if it was a run
    run SECONDS                    → seconds of each run, for about so long, at least one
    memory                         → the highest memory since `load`, above what was there before it, in MiB
"""

import ctypes
import gc
import importlib
import json
import os
import resource
import sys
import time
from importlib.metadata import version

import numpy as np

MAX_RUNS = 200


def main(peer_name: str, threads: int) -> None:
    if hasattr(os, "sched_setaffinity"):  # Linux; JAX takes every processor it may run on, whatever it is told
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    start = time.perf_counter()
    module, _, variant = peer_name.partition("-")
    peer = importlib.import_module(f"benchmarks.peers.{module}")
    if variant == "fused":
        importlib.import_module("benchmarks.peers.torch").ADAM["fused"] = True
    getattr(peer, "threads", lambda count: None)(threads)
    from benchmarks.problems import Problem, inputs

    imported = time.perf_counter() - start
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints must not be taken for an answer
    run = outputs = None
    for line in sys.stdin:
        request, _, word = line.strip().partition(" ")
        answer = {}
        if request == "hello":
            answer = {"versions": {name: version(name) for name in peer.PACKAGES}, "import": imported}
            answer["torch"] = peer.TORCH
        elif request == "load":
            run = outputs = None
            problem = Problem(**json.loads(word))
            data = inputs(problem)
            before = reset_memory()
            built = peer.build(problem, data)
            answer = {"offered": built is not None}
            if built is not None:
                run, outputs = built
        elif request == "outputs":
            start = time.perf_counter()
            values = outputs()
            if outputs is run:  # nothing is trained: this was the first run
                answer = {"first": time.perf_counter() - start}
            np.save(word, np.asarray(values, np.float64))
        elif request == "first":
            start = time.perf_counter()
            run()
            answer = {"first": time.perf_counter() - start}
        elif request == "run":
            answer = {"seconds": timed(run, float(word))}
        elif request == "memory":
            answer = {"memory": max(0.0, highest_memory() - before)}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def timed(run, seconds: float) -> list:
    times, end = [], time.perf_counter() + seconds
    while not times or (time.perf_counter() < end and len(times) < MAX_RUNS):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return times


def reset_memory() -> float:
    """Forget the highest memory so far, where the system can (Linux); returns the memory in use now, in MiB."""
    gc.collect()
    try:
        ctypes.CDLL(None).malloc_trim(0)  # what earlier problems have freed would hide what this one takes
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except (OSError, AttributeError, TypeError):
        pass
    return highest_memory()


def highest_memory() -> float:
    """The highest memory since the last reset, or since the start where it cannot be reset, in MiB."""
    try:
        with open("/proc/self/status") as file:
            line = next(line for line in file if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    except (OSError, StopIteration):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / 2**20 if sys.platform == "darwin" else peak / 1024


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
