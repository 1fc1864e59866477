"""A clone to play in: the stubs are copies, the graders and solutions this checkout's."""

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A clone on which nothing has been done yet, and the current folder."""
    folder = tmp_path / "clone"
    (folder / "tests").mkdir(parents=True)
    shutil.copytree(ROOT / "exercises", folder / "exercises", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "solutions").symlink_to(ROOT / "solutions")
    (folder / "tests" / "exercises").symlink_to(ROOT / "tests" / "exercises")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def write(clone):
    """Write one function's body into a stub: `write("ex02_optimizers", momentum_step="return theta, velocity")`."""

    def fill(stem, **bodies):
        path = clone / "exercises" / f"{stem}.py"
        text = path.read_text(encoding="utf-8")
        for name, body in bodies.items():
            stub = f'    raise NotImplementedError("{stem[:4]}: write {name}")'
            assert stub in text
            text = text.replace(stub, "\n".join("    " + line for line in body.splitlines()))
        path.write_text(text, encoding="utf-8")
        return path

    return fill
