"""Imports go one way, the exercises stand alone, and `import minidgm` costs nothing."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from minidgm.course.exercises import EXERCISES

ROOT = Path(__file__).resolve().parents[1]
# Each layer may import from itself and from the layers before it.
LAYERS = (
    ("errors", "files", "progress", "tensor"),
    ("functional",),
    ("fast",),
    ("nn", "optim", "distributions", "importance"),
    ("flows",),
    ("discrete",),
    ("vae",),
    ("checkpoint", "run", "train", "data", "plots"),
    ("course",),
    ("labs",),
    ("formula",),
    ("map",),
    ("book",),
    ("cli",),
)
LEVEL = {name: k for k, layer in enumerate(LAYERS) for name in layer}


def imported(path):
    """Every module that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


@pytest.mark.parametrize("path", sorted((ROOT / "minidgm").rglob("*.py")), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_one_way(path):
    place = path.relative_to(ROOT / "minidgm").parts[0].removesuffix(".py")
    if place in ("__init__", "__main__"):
        return
    for module in imported(path):
        parts = module.split(".")
        if parts[0] == "minidgm" and len(parts) > 1:
            assert LEVEL[parts[1]] <= LEVEL[place], f"{place} imports {module}"
        allowed = {"minidgm", "numpy", "scipy", "autograd", "matplotlib", "pytest"} | set(sys.stdlib_module_names)
        assert parts[0] in allowed, f"{module} is not one of the five packages"


@pytest.mark.parametrize("folder", ["exercises", "solutions"])
def test_exercises_import_numpy_and_autograd_alone(folder):
    files = sorted((ROOT / folder).glob("*.py"))
    assert len(files) == len(EXERCISES)
    for path in files:
        for module in imported(path):
            assert module.split(".")[0] in ("numpy", "math") or module.startswith("autograd"), f"{path.name}: {module}"


def test_importing_minidgm_and_asking_for_help_loads_nothing_heavy():
    code = "import sys, minidgm, minidgm.cli; minidgm.cli.make_parser(); print([m for m in ('numpy', 'scipy', "
    code += "'autograd', 'matplotlib') if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"


def test_engine_files_can_be_read_in_one_sitting():
    long = {p.name: n for p in (ROOT / "minidgm").rglob("*.py") if (n := len(p.read_text().splitlines())) > 350}
    assert long == {}
