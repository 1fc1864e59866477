"""A learner's folder with a few answers, made once; each test gets a copy of its own."""

import shutil

import pytest

from minidgm.cli import main


@pytest.fixture(scope="session")
def answered(tmp_path_factory):
    """Exercise 07 is right, 16 wrong, 01 no Python, 12 half done; no results of their own."""
    work = tmp_path_factory.mktemp("book") / "work"
    assert main(["start", str(work)]) == 0
    exercises, solutions = work / "exercises", work / "solutions"

    def answer(stem: str, *changes: tuple[str, str]) -> None:
        text = (solutions / f"{stem}.py").read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (exercises / f"{stem}.py").write_text(text, encoding="utf-8")

    answer("ex07_coupling")
    answer("ex16_flow_dequantizer", ("-0.5 * eps**2", "0.5 * eps**2"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(work)
        main(["check", "7", "16"])
    (exercises / "ex01_stable.py").write_text("def logsumexp(", encoding="utf-8")
    return work


@pytest.fixture
def folder(answered, tmp_path, monkeypatch):
    """A copy of it, which is the working directory."""
    work = tmp_path / "work"
    shutil.copytree(answered, work)
    monkeypatch.chdir(work)
    return work
