"""`minidgm start DIR`: a folder to work in, for whoever has no clone; nothing is written over."""

import pytest

from minidgm.cli import main
from minidgm.course.exercises import EXERCISES, find_root


def test_the_folder_holds_what_check_needs(tmp_path, capsys, monkeypatch):
    folder = tmp_path / "a" / "work"
    assert main(["start", str(folder)]) == 0
    assert f"cd {folder} && minidgm next" in capsys.readouterr().out
    assert find_root(folder) == folder
    for name, form in (("exercises", "{}.py"), ("solutions", "{}.py"), ("tests/exercises", "test_{}.py")):
        assert {form.format(e.stem) for e in EXERCISES} <= {path.name for path in (folder / name).iterdir()}
    monkeypatch.chdir(folder)
    (folder / "exercises" / "ex07_coupling.py").write_bytes((folder / "solutions" / "ex07_coupling.py").read_bytes())
    assert main(["check", "7"]) == 0


def test_answers_and_cases_of_a_clone_stay_there(clone, tmp_path, monkeypatch):
    answer = clone / "exercises" / "ex07_coupling.py"
    stub = answer.read_text(encoding="utf-8")
    answer.write_bytes((clone / "solutions" / "ex07_coupling.py").read_bytes())
    (clone / "exercises" / "case_ex07_coupling_f.py").write_text("")
    monkeypatch.setattr("minidgm.course.start.origin", lambda: clone)
    assert main(["start", str(tmp_path / "work")]) == 0
    made = tmp_path / "work" / "exercises"
    assert (made / answer.name).read_text(encoding="utf-8") == stub and not list(made.glob("case_*"))


@pytest.mark.parametrize("what", ["a file", "a folder with a file"])
def test_nothing_is_written_over(what, tmp_path, capsys):
    folder = tmp_path / "work"
    mine = folder if what == "a file" else folder / "mine.txt"
    mine.parent.mkdir(exist_ok=True)
    mine.write_text("mine")
    assert main(["start", str(folder)]) == 2
    assert "is there already and not an empty folder; name another one" in capsys.readouterr().err
    assert mine.read_text() == "mine"


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["start", str(tmp_path / "file" / "work")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
