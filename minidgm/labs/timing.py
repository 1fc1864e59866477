"""How long one call takes, by the process's own time, and how long a long training will take."""

import sys
import time

import numpy as np

from minidgm.progress import clock
from minidgm.tensor import value_and_grad


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


def announce(what: str, model, loss, batch, steps: int) -> None:
    """Say on a terminal, before a training starts, how long its steps will take, if that is more than a minute."""
    if not sys.stderr.isatty():
        return
    step, rng, start = value_and_grad(loss), np.random.default_rng(0), time.process_time()
    for _ in range(2):
        step(model, batch, rng)
    total = (time.process_time() - start) / 2 * steps
    if total > 60:
        print(f"{what}: about {clock(total)} on this machine", file=sys.stderr)
