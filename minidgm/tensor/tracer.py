"""All that minidgm uses of autograd beside its public functions: a new version may change these unasked."""

from autograd.core import (
    VJPNode,  # a step of the graph
    add_outgrads,  # the sum of what comes back, of arrays and of autograd's sparse ones
    primitive_vjps,  # the gradient rules, by function
)
from autograd.numpy.numpy_vjps import unbroadcast  # the gradient by an array that was broadcast
from autograd.tracer import (
    Box,  # an array that remembers which step made it
    isbox,
    new_box,
    notrace_primitives,  # functions without a gradient: shapes, comparisons
    trace_stack,  # which of several nested gradients is being taken
)

__all__ = [
    "Box",
    "VJPNode",
    "add_outgrads",
    "isbox",
    "new_box",
    "notrace_primitives",
    "primitive_vjps",
    "trace_stack",
    "unbroadcast",
]
