"""Terminals without Greek letters: every command's letters are spelled, none becomes "?", nothing ends in an error."""

import argparse
import io
import json
import os
import re
import subprocess
import sys

import pytest

from minidgm.book.measured import SHIPPED
from minidgm.cli import main, make_parser
from minidgm.course.exercises import find_root
from minidgm.course.spelling import spell, spelled
from minidgm.labs import LABS, Options, results, tour
from minidgm.labs.claims import CLAIMS
from minidgm.labs.report import make_folder, save_json

ROOT = find_root(__file__)
SHOWN = [p for part in ("minidgm", "exercises", "solutions", "tests/exercises") for p in (ROOT / part).rglob("*.py")]
WRONG = "return x, -np.sum(np.log(net(x[:, :d])[1]), axis=0)"


def test_every_letter_of_the_project_has_a_name():
    letters = sorted({c for path in SHOWN for c in path.read_text(encoding="utf-8") if not c.isascii()})
    assert len(letters) > 60
    without = [c for c in letters if not spelled(c).isascii() or "\\" in spelled(c) or "?" in spelled(c)]
    assert without == []


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("μσ of xμ, σ̃_j, 2πτ", "mu sigma of x mu, sigma_tilde_j, 2pi tau"),
        ("Σσ², √d, √(2), ∂z/∂x", "sum sigma^2, sqrt d, sqrt(2), dz/dx"),
        ("4·10⁻¹⁶ ≤ ½ ⟺ x₁₂ → ∞", "4-10^-16 <= 1/2 <=> x_12 -> inf"),
        ("Σ log σ_j ± 0.1, ✗", "sum log sigma_j +- 0.1, x"),
        ("Zoë, 中", "Zoe, \\u4e2d"),
        ("plain?", "plain?"),
    ],
)
def test_letters_are_spelled_as_a_reader_would(text, wanted):
    assert spelled(text) == wanted
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    spell(stream)
    stream.write(text)
    stream.flush()
    assert stream.buffer.getvalue().decode("ascii") == wanted


def test_what_an_old_windows_console_knows_stays():
    stream = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    spell(stream)
    stream.write("½·τ² − σ")
    stream.flush()
    assert stream.buffer.getvalue().decode("cp1252") == "½·tau² - sigma"


@pytest.mark.parametrize(
    "environment, ascii_only",
    [({"LC_ALL": "C"}, True), ({}, False), ({"LC_ALL": "C", "PYTHONUTF8": "1"}, False)],
)
def test_the_c_locale_gets_ascii_where_it_was_chosen(environment, ascii_only):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHONUTF8", "PYTHONIOENCODING"))}
    command = [sys.executable, "-m", "minidgm", "map"]
    done = subprocess.run(command, env=kept | environment, cwd=ROOT, capture_output=True, check=True)
    assert done.stdout.isascii() == ascii_only
    assert (b"mu_j(x_<j)" if ascii_only else "μ_j(x_<j)".encode()) in done.stdout


# ------------------------------------------------------------------ every command

COMMANDS = {
    "tour": [["--quick"]],
    "lab": [[], ["pixels", "--quick", "--seeds", "1"], ["σ"]],
    "start": [["new"], ["exercises"]],
    "book": [[], ["--out", "exercises"]],
    "insight": [["graded"], ["σ"]],
    "map": [[]],
    "check": [[], ["7", "16"], ["μ"]],
    "next": [[]],
    "status": [[]],
    "hint": [["7", "coupling_f"], ["16"], ["12", "discretized_logistic_log_prob"], ["25"]],
    "case": [["7", "coupling_f"], ["99"]],
    "solution": [["12"], ["0"]],
    "reset": [["7"], ["σ"]],
    "grade": [["exercises", "--only", "7", "--out", "again"], ["ω"]],
    "why": [["--list"], ["1", "--answer", "1"], ["8", "--answer", "2"], ["16", "--answer", "μ"]],
    "derive": [["--list"], ["1"], ["3", "--answer", "mu +"], ["2", "--solution"], ["1", "--answer", "τ"]],
}
AS_IT_IS = ("solution", "grade")  # code, and a table as wide as the class is
ALIKE = ("map", "lab", "hint", "solution", "status", "why", "derive")  # what says the same a second time


def said(encoding, arguments, monkeypatch):
    """What a command writes to both streams, in one encoding, as bytes read back."""
    streams = [io.TextIOWrapper(io.BytesIO(), encoding=encoding) for _ in range(2)]
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", streams[0])
        patch.setattr(sys, "stderr", streams[1])
        try:
            main(arguments)
        except SystemExit:  # argparse
            pass
    for stream in streams:
        stream.flush()
    return "".join(stream.buffer.getvalue().decode(encoding) for stream in streams)


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    """A learner's folder with an answer that is wrong, one that is right, and graded results."""
    folder = tmp_path_factory.mktemp("ascii") / "work"
    assert main(["start", str(folder)]) == 0
    path = folder / "exercises" / "ex07_coupling.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r'raise NotImplementedError\("ex07: write coupling_f"\)', WRONG, text), encoding="utf-8")
    (folder / "exercises" / "ex16_flow_dequantizer.py").write_bytes(
        (ROOT / "solutions" / "ex16_flow_dequantizer.py").read_bytes()
    )
    assert main(["grade", str(folder / "exercises"), "--only", "7", "--out", str(folder / "graded")]) == 0
    tour_with_all_rows(folder / "minidgm-results" / "tour")
    return folder


def tour_with_all_rows(folder):
    """A quick tour in which every row is done, with the claims and numbers of the release's own."""
    rows = json.loads((SHIPPED / "results.json").read_text(encoding="utf-8"))
    options = Options(seeds=1, quick=True)
    tour.prepare(folder, options)
    for lab in LABS:
        mine = {row: result for row, result in rows.items() if result["lab"] == lab.name}
        make_folder(folder / lab.name)
        save_json(folder / lab.name / results.FILE, results.head(lab, options) | {"rows": mine})


def test_no_command_is_forgotten():
    parser = make_parser()
    (commands,) = (a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    for name, command in commands.choices.items():
        assert spelled(command.format_help()).isascii(), name
    assert COMMANDS.keys() <= commands.choices.keys()


@pytest.mark.parametrize("name", sorted(COMMANDS, key=lambda name: (name == "reset", name)))
def test_every_command_spells_what_it_says(name, work, monkeypatch):
    monkeypatch.chdir(ROOT if name == "map" else work)  # paths are as long as they are
    for arguments in COMMANDS[name]:
        text = said("ascii", [name, *arguments], monkeypatch)
        assert "Traceback" not in text and not re.search(r"\\[ux]", text), arguments
        assert name != "tour" or text.count("| known:") == len(CLAIMS)
        if letters := [a for a in arguments if not a.isascii()]:
            assert spelled(letters[0]) in text
        if name not in AS_IT_IS and "--quick" not in arguments:
            sentences = ("minidgm:", "usage:")  # a mistake is told in one line, which the terminal folds
            assert [line for line in text.splitlines() if len(line) > 80 and not line.startswith(sentences)] == []
        if name in ALIKE and "--quick" not in arguments:
            assert text.count("?") == said("utf-8", [name, *arguments], monkeypatch).count("?")
