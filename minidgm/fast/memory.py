"""What the C library does with the memory of a step that has been taken."""

import functools

import numpy as np


@functools.cache
def keep_freed_memory() -> None:
    """Let the C library (glibc) keep up to 64 MB of freed memory for the next step, instead of returning it.

    It does so from then on, once an array of this size has been freed. A step that waits for fresh pages, one by one,
    takes a fifth longer on a large model. An optimizer calls it when it is made: there training starts.
    """
    np.empty(31 << 20, np.uint8)
