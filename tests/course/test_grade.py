"""A class graded, its tables, and the bundles, run in the layout of the services they are for."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from minidgm.cli import main
from minidgm.course.exercises import EXERCISES
from minidgm.course.lecturer.grade import answers, plain_name

ROOT = Path(__file__).resolve().parents[2]


def hand_in(folder, *stems, source="solutions"):
    folder.mkdir(parents=True, exist_ok=True)
    for stem in stems:
        shutil.copy(ROOT / source / f"{stem}.py", folder / f"{stem}.py")


@pytest.fixture
def run(tmp_path, capsys, monkeypatch):
    """Run a command line in an empty folder: its exit status and what it printed."""
    monkeypatch.chdir(tmp_path)

    def command(*args):
        status = main(list(map(str, args)))
        printed = capsys.readouterr()
        return status, printed.out + printed.err

    return command


def test_a_class_gets_a_table_and_reports(run, tmp_path):
    hand_in(tmp_path / "class" / "ada", "ex02_optimizers", "ex16_flow_dequantizer")
    hand_in(tmp_path / "class" / "blaise" / "exercises", "ex02_optimizers", source="exercises")
    (tmp_path / "class" / "carl").mkdir()
    (tmp_path / "class" / "carl" / "ex02_optimizers.py").write_text("def momentum_step(:\n")
    status, text = run("grade", *sorted((tmp_path / "class").iterdir()), "--out", "results", "--only", "2,16")
    assert status == 0 and re.search(r"ada +3/3 +✓ +✓", text) and re.search(r"blaise +0/3", text)
    with open(tmp_path / "results" / "table.csv", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(r["submission"], r["right"], r["ex02"], r["ex16"]) for r in rows] == [
        ("ada", "3", "2", "1"),
        ("blaise", "0", "0", "0"),
        ("carl", "0", "0", "0"),
    ]
    carl = json.loads((tmp_path / "results" / "carl" / "report.json").read_text())
    assert "SyntaxError" in carl["exercises"][0]["problem"] and carl["exercises"][1]["problem"] == "not handed in"


def test_results_for_gradescope_count_a_point_a_function_and_say_what_is_wrong(run, tmp_path):
    hand_in(tmp_path / "ada", "ex02_optimizers")
    path = tmp_path / "ada" / "ex02_optimizers.py"
    path.write_text(path.read_text(encoding="utf-8").replace("beta * velocity + grad", "beta * velocity - grad"))
    assert run("grade", "ada", "--only", "2")[0] == 0
    results = json.loads((tmp_path / "results" / "ada" / "results.json").read_text())
    first, second = results["tests"]
    assert (first["score"], first["max_score"], first["status"]) == (0, 1, "failed")
    assert "got" in first["output"] and "wanted" in first["output"] and "Traceback" not in first["output"]
    assert (second["score"], second["status"], second["name"]) == (1, "passed", "ex02 adam_step")
    assert results["stdout_visibility"] == "hidden" and "1 of 2" in results["output"]


def test_an_answer_may_use_the_submissions_other_files(run, tmp_path):
    hand_in(tmp_path / "ada", "ex02_optimizers")
    (tmp_path / "ada" / "ex02_optimizers.py").rename(tmp_path / "ada" / "helper.py")
    (tmp_path / "ada" / "ex02_optimizers.py").write_text("from helper import adam_step, momentum_step\n")
    status, text = run("grade", "ada", "--only", "2")
    assert status == 0 and re.search(r"ada +2/2", text)


def test_nothing_is_written_where_something_is(run, tmp_path):
    hand_in(tmp_path / "ada", "ex02_optimizers")
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "thesis.txt").write_text("mine")
    status, text = run("grade", "ada", "--out", "results")
    assert status == 2 and "in use already" in text and os.listdir(tmp_path / "results") == ["thesis.txt"]
    (tmp_path / "file").write_text("mine")
    assert run("grade", "ada", "--out", "file")[0] == 2 and (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize(
    "args, wanted",
    [
        (["grade"], "name the submissions' folders"),
        (["grade", "nowhere"], "no such folder"),
        (["grade", "class"], "holds submissions, not answers"),
        (["grade", "class/ada", "--only", "99"], "no such exercise"),
        (["grade", "class/ada", "--bundle", "github"], "leave the submissions out"),
    ],
)
def test_a_lecturers_mistakes_are_told_in_a_sentence(run, tmp_path, args, wanted):
    hand_in(tmp_path / "class" / "ada", "ex02_optimizers")
    status, text = run(*args)
    assert status == 2 and wanted in text and len(text.splitlines()) == 1
    assert os.listdir(tmp_path) == ["class"]


def test_solutions_that_could_read_themselves_are_not_graded_in_their_place(run, tmp_path):
    status, text = run("grade", ROOT / "solutions", "--only", "2")
    assert status == 2 and "grade a copy elsewhere" in text and len(text.splitlines()) == 1


def test_two_submissions_of_one_name_are_told_apart(run, tmp_path):
    for group in ("a", "b"):
        hand_in(tmp_path / group / "exercises", "ex02_optimizers")
    status, text = run("grade", "a/exercises", "b/exercises", "--only", "2")
    assert status == 0 and sorted(os.listdir("results")) == ["b-exercises", "exercises", "table.csv"]


@pytest.mark.parametrize("name", ["../up", "=1+1", "a\033[2Jb", "..", "-x"])
def test_a_submissions_name_does_no_harm(name):
    assert re.fullmatch(r"[\w][\w.@+-]*", plain_name(name))


def test_a_link_to_a_folder_elsewhere_is_not_followed(tmp_path):
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "exercises").symlink_to(ROOT / "solutions")
    assert answers(tmp_path / "ada") == tmp_path / "ada"


# ------------------------------------------------------------------ bundles


@pytest.mark.skipif(os.name == "nt", reason="the services run Linux")
def test_gradescopes_bundle_grades_in_gradescopes_layout(run, tmp_path):
    assert run("grade", "--bundle", "gradescope", "--only", "2,16", "--out", "autograder.zip")[0] == 0
    autograder = tmp_path / "autograder"
    with zipfile.ZipFile("autograder.zip") as bundle:
        bundle.extractall(autograder / "source")
        assert {i.external_attr >> 16 for i in bundle.infolist() if i.filename in ("setup.sh", "run_autograder")} == {
            0o755
        }
        assert not [name for name in bundle.namelist() if "__pycache__" in name or name.startswith(("/", "."))]
    hand_in(autograder / "submission", "ex02_optimizers")
    bin = autograder / "source" / ".venv" / "bin"  # what setup.sh makes, from this Python
    bin.mkdir(parents=True)
    (bin / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (bin / "python").chmod(0o755)
    script = autograder / "source" / "run_autograder"
    done = subprocess.run(["bash", script], env={**os.environ, "AUTOGRADER": str(autograder)}, capture_output=True)
    assert done.returncode == 0, done.stderr
    results = json.loads((autograder / "results" / "results.json").read_text())
    assert [t["score"] for t in results["tests"]] == [1, 1, 0]
    subprocess.run(["bash", "-n", autograder / "source" / "setup.sh"], check=True)


def test_the_set_up_script_installs_what_setup_py_asks_for(run, tmp_path):
    run("grade", "--bundle", "gradescope")
    with zipfile.ZipFile("minidgm-gradescope.zip") as bundle:
        script = bundle.read("setup.sh").decode()
    wanted = re.search(r"install_requires=\[(.*?)\]", (ROOT / "setup.py").read_text(), re.DOTALL)[1]
    assert re.findall(r"'([\w>=.]+)'", script.splitlines()[-1]) == re.findall(r'"([\w>=.]+)"', wanted) != []


def test_githubs_bundle_has_a_check_an_exercise_and_points_a_function(run, tmp_path):
    status, text = run("grade", "--bundle", "github")
    assert status == 0 and "INSTRUCTIONS.md" in text
    workflow = (tmp_path / "minidgm-github" / ".github" / "workflows" / "classroom.yml").read_text()
    scores = re.findall(r"right.py .* (ex\d\d_\w+)'\n +timeout: \d\n +max-score: (\d)", workflow)
    assert scores == [(e.stem, str(len(e.functions))) for e in EXERCISES]
    assert "{" not in re.sub(r"\$\{\{[^{}]*\}\}|\{ echo|; \}", "", workflow)
    subprocess.run(["bash", "-n", tmp_path / "minidgm-github" / ".github" / "grade.sh"], check=True)


def test_githubs_script_says_which_exercise_is_right(run, tmp_path):
    hand_in(tmp_path / "submission", "ex02_optimizers")
    run("grade", "submission", "--only", "2,16")
    run("grade", "--bundle", "github")
    script = tmp_path / "minidgm-github" / ".github" / "right.py"
    for stem, status in (("ex02_optimizers", 0), ("ex16_flow_dequantizer", 1)):
        done = subprocess.run([sys.executable, script, "results/submission/report.json", stem], capture_output=True)
        assert done.returncode == status


@pytest.mark.parametrize("service", ["gradescope", "github"])
def test_a_bundle_is_not_written_over_another(run, service):
    assert run("grade", "--bundle", service)[0] == 0
    status, text = run("grade", "--bundle", service)
    assert status == 2 and "there already" in text
