"""`autograd.scipy` without all of scipy: importing it takes four times as long as grading an exercise.

`from autograd.scipy.special import logsumexp` imports the package autograd.scipy first, whose first line imports its
four modules, and with them scipy.stats, scipy.signal and scipy.integrate. Here each of them waits until it is named.
"""

import importlib
import importlib.abc
import importlib.machinery
import sys

PACKAGE = "autograd.scipy"


class Lean(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the package where it is, and leaves its first line out."""

    def find_spec(self, fullname, path, target=None):
        if fullname != PACKAGE:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        if spec is not None:
            spec.loader = self
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
