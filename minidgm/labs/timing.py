"""How long one call takes: the median of several, after one that warms up, by the process's own time."""

import time

import numpy as np


def seconds(call, *args, repeats: int = 9) -> float:
    """The median time of `call(*args)`, each time repeated until 2 ms are over; other programs' time is not counted."""
    call(*args)
    start, inner = time.process_time(), 0
    while time.process_time() - start < 2e-3:
        call(*args)
        inner += 1
    times = []
    for _ in range(repeats):
        start = time.process_time()
        for _ in range(inner):
            call(*args)
        times.append((time.process_time() - start) / inner)
    return float(np.median(times))
