"""Install minidgm: `pip install -e .` in a clone; see README.md."""

import re
from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent


def version():
    """The version that minidgm/__init__.py states, read without importing the package."""
    text = (HERE / "minidgm" / "__init__.py").read_text(encoding="utf-8")
    return re.search(r'^__version__ = "(.+)"$', text, re.MULTILINE).group(1)


setup(
    name="minidgm",
    version=version(),
    description="Flows, discrete data and VAEs: one lecture on deep generative models, made executable",
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    author="The minidgm authors",
    license="MIT",
    packages=find_packages(include=["minidgm", "minidgm.*"]),
    package_data={"minidgm": ["py.typed", "data/*.npz", "data/*.txt"]},
    python_requires=">=3.10",
    install_requires=[
        "numpy>=2.0",  # since then a float32 number times a Python float is float32
        "scipy>=1.13",
        "autograd>=1.7",  # the first that runs on NumPy 2
        "matplotlib>=3.9",
        "pytest>=7.4",
    ],
    extras_require={
        "dev": ["ruff", "mypy"],
        "bench": ["torch==2.13.0", "zuko", "nflows", "normflows", "jax"],
    },
    entry_points={"console_scripts": ["minidgm = minidgm.cli:main"]},
)
