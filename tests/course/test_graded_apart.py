"""What can go wrong around a submission's grader: its own points are lost, with a note, and nothing else."""

import json
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from minidgm.course.exercises import find
from minidgm.course.lecturer import grade as grading
from minidgm.course.lecturer import results
from minidgm.course.lecturer.submissions import Submission
from minidgm.course.sandbox.runner import LIMITS
from minidgm.errors import UserError

ROOT, EX = Path(__file__).resolve().parents[2], find(2)
SOLUTION = (ROOT / "solutions" / f"{EX.stem}.py").read_bytes()


def submission(content=SOLUTION):
    return Submission("ada", {f"{EX.stem}.py": content}, {})


def timeout(*_, **__):
    raise subprocess.TimeoutExpired("grade", 1800)


@pytest.mark.parametrize(
    "ends, note",
    [
        (
            lambda *_, **__: SimpleNamespace(returncode=-9, stdout=b"", stderr=b""),
            "its grader ended with exit status -9",
        ),
        (timeout, "its grading took more than 1800 seconds"),
    ],
    ids=["killed", "endless"],
)
def test_a_grader_that_is_killed_or_never_ends_is_a_note_and_no_points(monkeypatch, ends, note):
    monkeypatch.setattr(subprocess, "run", ends)
    graded = grading.tallied(grading.graded_apart(ROOT, submission(), [EX], LIMITS), grading.PLAIN)
    assert (graded["note"], graded["right"], graded["functions"]) == (note, 0, 2)
    assert results.gradescope(graded | {"minidgm": "0"}, grading.PLAIN)["tests"][0]["output"] == note


def test_the_lecturers_own_mistake_stops_the_grading_in_a_sentence(monkeypatch):
    said = SimpleNamespace(returncode=2, stdout=b"", stderr=b"/clone: code from here can read /clone/solutions\n")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: said)
    with pytest.raises(UserError, match="^/clone: code from here can read /clone/solutions$"):
        grading.graded_apart(ROOT, submission(), [EX], LIMITS)


def test_what_a_grader_says_is_for_the_lecturers_eyes(monkeypatch, capsys):
    said = SimpleNamespace(returncode=0, stdout=b'{"exercises": []}', stderr=b"ada, ex02: \x1b[2JTypeError\n")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: said)
    assert grading.graded_apart(ROOT, submission(), [EX], LIMITS) == {"note": "", "exercises": []}
    printed = capsys.readouterr()
    assert printed.out == "" and "TypeError" in printed.err and "\x1b" not in printed.err


def test_graders_that_change_meanwhile_stop_the_grading(monkeypatch, tmp_path):
    (folder := tmp_path / "ada").mkdir()
    (folder / f"{EX.stem}.py").write_bytes(SOLUTION)
    states = iter([{Path("bank.py"): "a"}, {Path("bank.py"): "b"}])
    monkeypatch.setattr(grading, "digests", lambda *_: next(states))
    monkeypatch.setattr(grading, "graded_apart", lambda *_: {"note": "", "exercises": []})
    with pytest.raises(UserError, match="bank.py changed while submissions were graded, ada among them"):
        grading.grade(ROOT, [folder], tmp_path / "results", 1, [EX])
    assert not (tmp_path / "results" / "ada").exists()


def test_where_a_grader_stumbles_the_exercise_is_lost_and_the_next_one_counts(monkeypatch, capsys):
    def stumble(*_, **__):
        raise RecursionError("in line 7 of a solution")

    monkeypatch.setattr(grading, "check_exercise", stumble)
    (entry,) = grading.grade_one(ROOT, submission(), [EX])["exercises"]
    assert entry["status"] == "wrong" and [f["status"] for f in entry["functions"]] == ["wrong", "wrong"]
    assert entry["problem"] == f"{EX.stem}.py could not be graded: what it returns made the grader stumble."
    assert "line 7" not in json.dumps(entry) and "ada, ex02: RecursionError" in capsys.readouterr().err


@pytest.mark.parametrize(
    "content, problems, status, problem",
    [
        (b"# \xff\xfe\n", {}, "wrong", f"{EX.stem}.py: not UTF-8 text; save it as UTF-8."),
        (SOLUTION, {EX.stem: "a link elsewhere"}, "wrong", "a link elsewhere"),
        (None, {}, "not started", "not handed in"),
    ],
)
def test_an_answer_that_cannot_be_read_is_told_before_anything_runs(content, problems, status, problem):
    files = {} if content is None else {f"{EX.stem}.py": content}
    (entry,) = grading.grade_one(ROOT, Submission("ada", files, problems), [EX])["exercises"]
    assert (entry["status"], entry["problem"], entry["walls"]) == (status, problem, "")
