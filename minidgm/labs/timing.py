"""How long one call takes: the median of several, after one that warms up."""

import time

import numpy as np


def seconds(call, *args, repeats: int = 9) -> float:
    """The median time of `call(*args)`, each time repeated until 2 ms are over."""
    call(*args)
    start, inner = time.perf_counter(), 0
    while time.perf_counter() - start < 2e-3:
        call(*args)
        inner += 1
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        for _ in range(inner):
            call(*args)
        times.append((time.perf_counter() - start) / inner)
    return float(np.median(times))
