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
from minidgm.course.lecturer.results import print_table
from minidgm.course.lecturer.submissions import answers, plain_name
from minidgm.course.terminal import Screen

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
        (["grade", "class/ada", "--bundle", "actions"], "leave the submissions out"),
        (["grade", "class/ada", "--jobs", "0"], "expected a whole number from 1 on"),
        (["grade", "class/ada", "--visibility", "sometimes"], "expected one of visible, hidden"),
    ],
)
def test_a_lecturers_mistakes_are_told_in_a_sentence(run, tmp_path, args, wanted):
    for name in ("ada", "blaise"):
        hand_in(tmp_path / "class" / name, "ex02_optimizers")
    status, text = run(*args)
    assert status == 2 and wanted in text and len(text.splitlines()) == 1
    assert os.listdir(tmp_path) == ["class"]


def test_solutions_are_graded_from_a_copy_that_cannot_read_the_clone(run, tmp_path):
    status, text = run("grade", ROOT / "solutions", "--only", "2")
    assert status == 0 and re.search(r"solutions +2/2", text) and "Walls around the students' code:" in text


def test_a_class_and_all_exercises_fit_80_columns(capsys):
    entries = [{"status": "right", "functions": [{"status": "right"}] * len(e.functions)} for e in EXERCISES]
    result = {"submission": "ada", "right": 72, "functions": 72, "note": "its grader ended", "exercises": entries}
    print_table(Screen(), [result], EXERCISES)
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 80 and text.count("✓") == len(EXERCISES)
    assert all(len(re.findall(rf" {e.key[2:]}\b", text)) == 1 for e in EXERCISES) and "ada: its grader ended" in text


def test_one_bad_submission_does_not_stop_the_class(run, tmp_path):
    hand_in(tmp_path / "class" / "ada", "ex02_optimizers")
    hand_in(tmp_path / "class" / "table.csv", "ex02_optimizers")  # a folder named like the table
    hand_in(tmp_path / "class" / "deep" / "homework", "ex02_optimizers")  # one folder too deep
    for name in ("a_b", "a%b"):  # names that differ by a character that no file name should have
        hand_in(tmp_path / "class" / name, "ex02_optimizers")
    (tmp_path / "class" / "linked").mkdir()
    (tmp_path / "class" / "linked" / "exercises").symlink_to(ROOT / "solutions")
    (tmp_path / "class" / "late.zip").write_bytes(b"PK")
    (tmp_path / "class" / "nothing").mkdir()
    status, text = run("grade", *sorted((tmp_path / "class").iterdir()), "--only", "2")
    assert status == 1
    with open(tmp_path / "results" / "table.csv", newline="") as stream:
        points = {row["submission"]: row["right"] for row in csv.DictReader(stream)}
    assert points == {"a_b": "2", "class-a_b": "2", "ada": "2", "deep": "2", "nothing": "0", "class-table.csv": "2"}
    said = " ".join(text.split())  # folded at 80 columns
    assert "linked: its exercises/ is a link" in said and "late.zip: not a folder" in said


@pytest.mark.parametrize("value", ["'todo'", "10**400", "None", "[1, 'x']", "object()", "float('nan')"])
def test_whatever_one_function_returns_the_others_count(value, run, tmp_path):
    hand_in(tmp_path / "ada", "ex02_optimizers", "ex16_flow_dequantizer")
    path = tmp_path / "ada" / "ex02_optimizers.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + f"\n\ndef momentum_step(theta, grad, velocity, lr, beta):\n    return theta, {value}\n")
    status, text = run("grade", "ada", "--only", "2,16")
    assert status == 0 and re.search(r"ada +2/3", text)
    report = (tmp_path / "results" / "ada" / "report.json").read_text(encoding="utf-8")
    assert "beta * velocity + grad" not in report and "Traceback" not in report


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_costs_itself_alone(run, tmp_path):
    hand_in(tmp_path / "ada", "ex02_optimizers", "ex16_flow_dequantizer")
    (tmp_path / "ada" / "ex02_optimizers.py").chmod(0)
    status, text = run("grade", "ada", "--only", "2,16")
    assert status == 0 and re.search(r"ada +1/3", text)


def test_a_remark_counts_what_the_lecturer_says(run, tmp_path):
    hand_in(tmp_path / "ada", "ex16_flow_dequantizer")
    path = tmp_path / "ada" / "ex16_flow_dequantizer.py"
    text = path.read_text(encoding="utf-8").replace("0.5 * float(np.log(2 * np.pi))", "0.5 * np.log(2 * np.pi)")
    path.write_text(text, encoding="utf-8")
    for points in ("1", "0.5"):
        run("grade", "ada", "--only", "16", "--remark", points, "--out", f"results{points}", "--visibility", "hidden")
        results = json.loads((tmp_path / f"results{points}" / "ada" / "results.json").read_text())
        (test,) = results["tests"]
        assert test["score"] == float(points) and "remark" in test["tags"] and test["visibility"] == "hidden"
        assert "right, with one remark" in test["output"]


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
    assert "its exercises/ is a link" in answers(tmp_path / "ada")


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


def test_a_bundle_marks_as_was_asked(run, tmp_path):
    asked = ("--only", "2", "--remark", "0.5", "--visibility", "hidden")
    for service in ("gradescope", "actions", "classroom50"):
        assert run("grade", "--bundle", service, *asked)[0] == 0
    with zipfile.ZipFile("minidgm-gradescope.zip") as bundle:
        assert "--remark 0.5 --visibility hidden" in bundle.read("run_autograder").decode()
    workflow = (tmp_path / "minidgm-actions" / ".github" / "workflows" / "minidgm.yml").read_text()
    assert "--only 2 --remark 0.5 --visibility hidden" in workflow
    assert 'in ("right",)' in (tmp_path / "minidgm-classroom50" / "autograder.py").read_text().replace("'", '"')
    assert run("grade", "--bundle", "gradescope", "--visibility", "sometimes")[0] == 2


def test_the_set_up_script_installs_what_setup_py_asks_for(run, tmp_path):
    run("grade", "--bundle", "gradescope")
    with zipfile.ZipFile("minidgm-gradescope.zip") as bundle:
        script = bundle.read("setup.sh").decode()
    wanted = re.search(r"install_requires=\[(.*?)\]", (ROOT / "setup.py").read_text(), re.DOTALL)[1]
    assert re.findall(r"'([\w>=.]+)'", script.splitlines()[-1]) == re.findall(r'"([\w>=.]+)"', wanted) != []


def test_gradescopes_results_have_the_fields_of_its_specification(run, tmp_path):
    hand_in(tmp_path / "ada", "ex02_optimizers")
    run("grade", "ada", "--only", "2")
    results = json.loads((tmp_path / "results" / "ada" / "results.json").read_text())
    known = {
        "score",
        "execution_time",
        "output",
        "output_format",
        "test_output_format",
        "test_name_format",
        "visibility",
    }
    assert set(results) <= known | {"stdout_visibility", "extra_data", "tests", "leaderboard"}
    fields = {"score", "max_score", "status", "name", "name_format", "number", "output", "output_format", "tags"}
    for test in results["tests"]:
        assert set(test) <= fields | {"visibility", "extra_data"}
        assert test["status"] in ("passed", "failed") and test["output_format"] == "text"
        assert all(isinstance(tag, str) for tag in test["tags"]) and isinstance(test["extra_data"], dict)


def test_the_actions_workflow_grades_what_was_set_and_keeps_the_results(run, tmp_path):
    status, text = run("grade", "--bundle", "actions", "--only", "2,16")
    assert status == 0 and "INSTRUCTIONS.md" in text
    workflow = (tmp_path / "minidgm-actions" / ".github" / "workflows" / "minidgm.yml").read_text()
    assert 'grade "$RUNNER_TEMP/submission" --only 2,16' in workflow and "upload-artifact" in workflow
    script = workflow.split("run: |\n")[1].split("      - uses")[0]
    subprocess.run(["bash", "-n"], input=script.encode(), check=True)
    assert "\t" not in workflow and not re.search(r"ONLY|classroom", workflow)


def test_classroom_50s_autograder_writes_the_result_of_its_contract(run, tmp_path):
    assert run("grade", "--bundle", "classroom50", "--only", "2,16")[0] == 0
    hand_in(tmp_path / "checkout" / "exercises", "ex02_optimizers")
    names = ("CLASSROOM", "ASSIGNMENT", "SUBMISSION_TAG", "COMMIT_URL", "RELEASE_URL")
    autograder = tmp_path / "minidgm-classroom50" / "autograder.py"
    done = subprocess.run(
        [sys.executable, autograder, "--no-install"],
        cwd=tmp_path / "checkout",
        env=os.environ | {name: name.lower() for name in names} | {"PYTHONPATH": str(autograder.parent)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads((tmp_path / "checkout" / "result.json").read_text())
    assert result["schema"] == "classroom50/result/v1" and result["classroom"] == "classroom"
    assert (result["score"], result["max-score"]) == (2, 3)
    assert [(t["test-name"], t["passed"], t["score"], t["max-score"]) for t in result["tests"]] == [
        ("ex02 momentum_step", True, 1, 1),
        ("ex02 adam_step", True, 1, 1),
        ("ex16 sigmoid_flow", False, 0, 1),
    ]


@pytest.mark.parametrize("service", ["gradescope", "actions", "classroom50"])
def test_a_bundle_is_not_written_over_another(run, service):
    status, text = run("grade", "--bundle", service)
    assert status == 0 and max(map(len, text.splitlines())) <= 80
    status, text = run("grade", "--bundle", service)
    assert status == 2 and "there already" in text
