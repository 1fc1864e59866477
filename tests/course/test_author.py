"""`python -m minidgm.course.author`: a new exercise is four files, and everything that walks the list finds it."""

import os
import shutil
import subprocess
import sys

import pytest

from minidgm.course.exercises import find_root

ROOT = find_root(__file__)
NUMBER = "99"


@pytest.fixture
def clone(tmp_path):
    for name in ("minidgm", "exercises", "solutions", "tests/exercises"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def author(clone, *words):
    done = subprocess.run(
        [sys.executable, "-m", "minidgm.course.author", *words],
        cwd=clone,
        env=os.environ | {"PYTHONPATH": str(clone)},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_new_exercise_is_four_files_that_agree(clone):
    status, text = author(clone, "new", NUMBER, "row_sums", "row_sums", "row_totals")
    assert status == 0 and len([line for line in text.splitlines() if line.endswith(".py")]) == 4
    assert author(clone, "stubs", NUMBER) == (0, "exercises/ex99_row_sums.py\n")
    status, text = author(clone, "stubs", "--check")
    assert status == 0 and "stubs, solutions, graders, banks and hints agree" in text
    status, text = author(clone, "confusion", NUMBER)
    assert status == 0 and "2 misconceptions: 2 rejected, 2 rejected and named; 2 right answers: 2 accepted" in text
    status, text = author(clone, "new", NUMBER, "other")
    assert status == 2 and "99: taken" in text


def test_what_cannot_be_made_is_one_sentence(clone):
    for words, wanted in (
        (("new", "7", "mine"), "7: taken; the next free number is"),
        (("stubs", "77"), "no such exercise"),
    ):
        status, text = author(clone, *words)
        assert status == 2 and wanted in text and len(text.splitlines()) == 1
