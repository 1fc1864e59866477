"""Install minidgm: `pip install -e .` in a clone; see README.md."""

import re
import shutil
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).parent


def version():
    """The version that minidgm/__init__.py states, read without importing the package."""
    text = (HERE / "minidgm" / "__init__.py").read_text(encoding="utf-8")
    return re.search(r'^__version__ = "(.+)"$', text, re.MULTILINE).group(1)


class WithExercises(build_py):
    """A wheel also carries what `minidgm start` copies: exercises, solutions and graders."""

    def run(self):
        super().run()
        if self.editable_mode:  # the clone itself is at hand
            return
        for name in ("exercises", "solutions", "tests/exercises"):
            target = Path(self.build_lib, "minidgm", "course", "clone", name)
            ignore = shutil.ignore_patterns("__pycache__", "*.old*")
            shutil.copytree(HERE / name, target, ignore=ignore, dirs_exist_ok=True)


setup(
    name="minidgm",
    version=version(),
    description="Flows, discrete data and VAEs: one lecture on deep generative models, made executable",
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    author="The minidgm authors",
    license="MIT",
    cmdclass={"build_py": WithExercises},
    packages=find_packages(include=["minidgm", "minidgm.*"]),
    package_data={"minidgm": ["py.typed", "data/*.npz", "data/*.txt", "book/shipped/*"]},
    python_requires=">=3.10",
    install_requires=[
        "numpy>=2.0",  # since then a float32 number times a Python float is float32
        "scipy>=1.13",
        "autograd>=1.7",  # the first that runs on NumPy 2
        "matplotlib>=3.9",
        "pytest>=7.4",
    ],
    extras_require={
        "dev": ["ruff", "mypy", "hypothesis", "coverage", "build", "pre-commit"],
        "bench": ["torch==2.13.0", "zuko", "nflows", "normflows", "jax"],
    },
    entry_points={"console_scripts": ["minidgm = minidgm.cli:main"]},
)
