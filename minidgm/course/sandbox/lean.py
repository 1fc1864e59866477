"""`autograd.scipy` without all of scipy and numpy: importing them takes four times as long as grading an exercise.

`from autograd.scipy.special import logsumexp` imports the package autograd.scipy first, whose first line imports its
four modules, and with them scipy.stats, scipy.signal and scipy.integrate; and scipy.special asks for every name that
numpy has, so for its Fortran tools and its tests. Here each of them waits until it is used.
"""

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys

PACKAGE = "autograd.scipy"
LATER = ("numpy.f2py", "numpy.testing")


class Lean(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the package where it is, and leaves its first line out; has numpy's modules run when they are used."""

    def find_spec(self, fullname, path, target=None):
        if fullname != PACKAGE and fullname not in LATER:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        if spec is not None and spec.loader is not None:
            spec.loader = self if fullname == PACKAGE else importlib.util.LazyLoader(spec.loader)
        return spec

    def create_module(self, spec):
        return None

    def exec_module(self, module) -> None:
        def part(name: str):
            if name.startswith("_"):
                raise AttributeError(f"module {PACKAGE!r} has no attribute {name!r}")
            try:
                return importlib.import_module(f"{PACKAGE}.{name}")
            except ModuleNotFoundError:
                raise AttributeError(f"module {PACKAGE!r} has no attribute {name!r}") from None

        module.__getattr__ = part


def lean_autograd() -> None:
    """From now on this process imports of autograd.scipy what is named, and no more."""
    if not any(isinstance(finder, Lean) for finder in sys.meta_path):
        sys.meta_path.insert(0, Lean())
