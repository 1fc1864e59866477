"""The command line as a user meets it: help, version, map, one sentence and status 2 for a mistake."""

import importlib
import io
import operator
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from minidgm import __version__
from minidgm.cli import BLAS_THREADS, main
from minidgm.course.exercises import EXERCISES
from minidgm.labs import LABS
from minidgm.map import BEHIND, ROWS
from minidgm.map import place as map_place


def minidgm(capsys, *argv):
    """(status, what it printed, what it complained)."""
    try:
        status = main(list(argv))
    except SystemExit as stop:  # argparse
        status = stop.code
    out = capsys.readouterr()
    return status, out.out, out.err


def test_help_and_version(capsys):
    status, out, _ = minidgm(capsys, "--help")
    assert status == 0 and all(command in out for command in ("tour", "lab", "map", "check", "hint", "grade"))
    assert minidgm(capsys, "--version")[:2] == (0, f"minidgm {__version__}\n")
    assert minidgm(capsys)[0] == 0


def test_python_m_minidgm_is_the_command():
    run = subprocess.run([sys.executable, "-m", "minidgm", "--version"], capture_output=True, text=True)
    assert run.returncode == 0 and run.stdout == f"minidgm {__version__}\n"


@pytest.mark.parametrize(
    "argv, sentence",
    [
        (["nonsense"], "invalid choice: 'nonsense'"),
        (["lab", "nonsense"], "nonsense: no such lab; there are autoregressive, coupling"),
        (["lab", "coupling", "--seeds", "0"], "expected a whole number from 1 on, got '0'"),
        (["lab", "pixels", "--mine"], "--mine: the lab pixels uses no exercise's functions; these do: coupling"),
        (["lab", "pixels", "--data", "/nowhere"], "/nowhere: no such file or folder"),
        (["lab", "pixels", "--seed", "4"], "minidgm lab: error: unrecognized arguments: --seed 4"),
        (["see", "7", "12"], "usage: minidgm see [-h] [--out DIR] NN"),
        (["--quick"], "minidgm: error: unrecognized arguments: --quick"),
    ],
)
def test_a_mistake_is_one_sentence_and_status_2(capsys, argv, sentence):
    status, _, err = minidgm(capsys, *argv)
    assert status == 2 and sentence in err and "Traceback" not in err


def test_at_a_terminal_a_mistake_is_folded_between_words(monkeypatch):
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setattr("sys.stderr", terminal)
    assert main(["lab", "nonsense"]) == 2
    lines = terminal.getvalue().splitlines()
    assert len(lines) > 1 and max(map(len, lines)) <= 80
    assert "flow-is-vae" in " ".join(lines) and lines[-1].endswith("and all")


def test_a_folder_with_files_in_it_is_not_written_into(capsys, tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    status, _, err = minidgm(capsys, "tour", "--quick", "--out", str(tmp_path))
    assert status == 2 and "is there already and not an empty folder" in err
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


def test_output_that_cannot_be_written_or_read_is_one_sentence(capsys, monkeypatch):
    def full(text):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("minidgm.map.print", full, raising=False)
    assert minidgm(capsys, "map")[::2] == (2, "minidgm: output: No space left on device\n")
    status, _, err = minidgm(capsys, "lab", "coupling", "--data", "a" * 5000)
    assert status == 2 and err.endswith("File name too long\n") and err.count("\n") == 1


def test_a_closed_standard_output_is_no_mistake(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    assert main(["map"]) == 0
    sys.stdout.close()  # nowhere, opened in its place


def test_lab_without_a_name_lists_them(capsys):
    status, out, _ = minidgm(capsys, "lab")
    assert status == 0 and all(lab.name in out for lab in LABS)


def test_the_map_names_code_that_exists_and_every_row_exercise_and_lab(capsys):
    for row in ROWS:
        for place in row.code:
            module, _, name = place.partition(":")
            assert hasattr(importlib.import_module(f"minidgm.{module}"), name), place
    for module, _, name in (place.partition(":") for place in BEHIND.values()):
        assert operator.attrgetter(name or "__doc__")(importlib.import_module(f"minidgm.{module}")), module
        path, _, line = map_place(f"{module}:{name}").partition(":")
        defined = Path(path).read_text(encoding="utf-8").splitlines()[int(line or 1) - 1]
        assert not name or re.match(rf"\s*(def|class) {name.rpartition('.')[2]}\b", defined), (name, defined)
    assert [row.number for row in ROWS] == list(range(1, 23))
    status, out, _ = minidgm(capsys, "map")
    assert status == 0 and all(lab.name in out for lab in LABS) and all(e.title in out for e in EXERCISES)
    covered = {row for lab in LABS for row in lab.rows}
    assert covered == set(range(1, 23))
    for lab in LABS:
        assert importlib.import_module(lab.module).PARTS


@pytest.mark.parametrize("name, value, wanted", [("NOTHING", "0", "1"), ("OMP_NUM_THREADS", "2", "2")])
def test_blas_gets_one_thread_unless_the_user_says_otherwise(name, value, wanted):
    code = "import os, minidgm.cli as cli; cli.main(['lab']); print(os.environ['OMP_NUM_THREADS'])"
    environment = {k: v for k, v in os.environ.items() if k not in BLAS_THREADS} | {name: value}
    out = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert out.split()[-1] == wanted
