"""Before anything imports numpy: one thread for BLAS, as on the command line."""

from minidgm.cli import one_blas_thread

one_blas_thread()
