"""`minidgm see NN`: a picture for every exercise, whatever the student's functions do."""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from minidgm.cli import main
from minidgm.course import picture
from minidgm.course.answer import InProcess
from minidgm.course.exercises import EXERCISES, find
from minidgm.course.files import load
from minidgm.course.progress import Progress
from minidgm.errors import UserError
from minidgm.plots.answers import PICTURES

ROOT = Path(__file__).resolve().parents[2]


def see(clone, number, capsys):
    """(status, what it printed)."""
    return main(["see", str(number)]), capsys.readouterr().out


def png_size(path):
    """Width and height of a PNG, from its header."""
    head = path.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")


def test_every_exercise_has_a_picture_in_which_each_of_its_functions_is_called():
    assert sorted(PICTURES) == [e.number for e in EXERCISES]


class Trusted(InProcess):
    """In place of the sandbox, which takes its time to start; like it, it cannot be called from within a call."""

    busy = False

    def __init__(self, path, source, limits):
        super().__init__(vars(load(path)))

    def call(self, name, args):
        assert not Trusted.busy, f"{name} is called by a function that was given to the student's code"
        Trusted.busy = True
        try:
            return super().call(name, args)
        finally:
            Trusted.busy = False

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        pass

    def file_error(self):
        return None


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.key)
def test_the_right_answer_is_drawn_upon_itself(clone, exercise, monkeypatch):
    shutil.copy(ROOT / "solutions" / f"{exercise.stem}.py", clone / "exercises")
    made, functions = [], picture._functions
    monkeypatch.setattr(picture, "_functions", lambda *args: made.append(functions(*args)) or made[-1])
    monkeypatch.setattr(picture, "Worker", Trusted)
    path, panels = picture.draw(clone, exercise)
    assert [panel.status for panel in panels] == ["same"] * len(panels), panels
    if exercise.number != 26:  # its checks are called by the graders' own way
        assert {name for mine, _ in made for name in mine.called} == set(exercise.functions)
    width, height = png_size(path)
    assert 500 < width < 1400 and 300 < height < 1200 and path.stat().st_size < 250_000
    assert all(any(c.isdigit() for c in panel.said) for panel in panels)
    assert picture.picture_of(Progress(clone), exercise).path == path


WRONG = [
    # stem, function, body, panel, status, what is said
    ("ex01_stable", "softplus", "return np.log(1 + np.exp(a))", 1, "differs", "softplus gave"),
    ("ex04_made", "made_degrees", "return [np.arange(1, m + 1)] + [np.full(size, 2) for size in hidden_sizes]", 0,
     "differs", "some layer has none of [1, 3, 4, 5]"),
    ("ex05_gaussian_ar", "ar_f", "mu, sigma = net(x)\nreturn (x - mu) / sigma, np.sum(np.log(sigma), axis=1)", 0,
     "differs", "integrates to"),
    ("ex07_coupling", "coupling_g", "return z, np.zeros(len(z))", 0, "differs", "coupling_g gave"),
    ("ex12_discretize", "discretized_logistic_log_prob", "raise ValueError('tired')", 0, "failed", "ValueError: tired"),
    ("ex12_discretize", "bits_per_dim", "return log_prob / m", 1, "not started", "discretized_mixture_log_prob"),
    ("ex13_pixelcnn", "causal_mask", "return np.ones((kernel_size, kernel_size), bool)", 0, "differs", "wrong (x)"),
    ("ex17_elbo", "gaussian_kl", "return np.full(len(mu), np.nan)", 1, "failed", "gaussian_kl returned NaN"),
    ("ex18_aggregated_posterior", "aggregated_log_prob", "return np.zeros(3)", 1, "failed", "shape (3,)"),
    ("ex19_mutual_information", "mutual_information", "pass", 0, "failed", "is its `return` missing?"),
    ("ex23_flow_posterior", "flow_posterior", "import os\nos._exit(3)", 0, "failed", "exit status 3"),
    ("ex24_bound_gap", "iwae_bound", "return np.full(log_q.shape[1], np.inf)", 0, "differs", "iwae_bound gave inf"),
    ("ex26_museum", "check_5", "pass", 0, "differs", "check_5: wrong about some"),
]  # fmt: skip


@pytest.mark.parametrize("stem, function, body, place, status, said", WRONG, ids=lambda v: str(v)[:24])
def test_a_wrong_answer_is_drawn_beside_the_right_one_or_is_a_sentence(
    clone, write, stem, function, body, place, status, said
):
    write(stem, **{function: body})
    path, panels = picture.draw(clone, find(stem))
    assert panels[place].status == status and said in panels[place].said, panels[place]
    assert {panel.status for k, panel in enumerate(panels) if k != place} <= {"not started", "failed", "differs"}
    if status != "not started":
        png_size(path)


def test_a_loop_without_end_costs_its_panel_alone(clone, write, monkeypatch):
    monkeypatch.setattr(picture, "LIMITS", picture.Limits(seconds=1.0, total=10.0))
    shutil.copy(ROOT / "solutions" / "ex02_optimizers.py", clone / "exercises")
    path = clone / "exercises" / "ex02_optimizers.py"
    path.write_text(
        path.read_text().replace("    velocity = beta", "    while True:\n        pass\n    velocity = beta")
    )
    _, panels = picture.draw(clone, find(2))
    assert [panel.status for panel in panels] == ["failed", "same"] and "a loop without end?" in panels[0].said


def test_nothing_is_drawn_of_what_is_not_started(clone, capsys):
    status, out = see(clone, 7, capsys)
    assert status == 1 and out == "ex07 is not started: nothing to draw yet; minidgm next says where to begin.\n"
    path = clone / "exercises" / "ex07_coupling.py"
    path.write_text(path.read_text() + "\n# begun\n")
    status, out = see(clone, 7, capsys)
    assert status == 1 and "coupling_f: not started" in out and not Path("minidgm-results").exists()


def test_a_file_that_cannot_be_used_or_written_is_one_sentence(clone, write, capsys):
    path = write("ex02_optimizers", momentum_step="return theta - lr * grad, velocity")
    (clone / "minidgm-results").write_text("in the way")
    assert main(["see", "2"]) == 2 and "cannot be written" in capsys.readouterr().err
    path.write_text("def momentum_step(:\n")
    with pytest.raises(UserError, match="SyntaxError"):
        picture.draw(clone, find(2))
    path.unlink()
    assert main(["see", "2"]) == 2 and "is gone" in capsys.readouterr().err


def test_check_names_the_command_and_the_page_shows_the_picture_of_this_answer_alone(clone, write, capsys):
    path = write(
        "ex02_optimizers", momentum_step="velocity = beta * velocity + grad\nreturn theta - velocity, velocity"
    )
    assert main(["check", "2"]) == 1 and "See it: minidgm see 2" in capsys.readouterr().out
    status, out = see(clone, 2, capsys)
    assert status == 0 and "minidgm-results/see/ex02.png" in out.replace("\\", "/") and "Why: minidgm check 2" in out
    from minidgm.book.exercise import block

    page = block(find(2), Progress(clone), in_full=True)
    assert "data:image/svg+xml;" in page and "momentum_step gave" in page
    path.write_text(path.read_text() + "\n")
    assert picture.picture_of(Progress(clone), find(2)) is None
    assert "Draw it: <code>minidgm see 2</code>" in block(find(2), Progress(clone), in_full=True)


def test_a_damaged_note_beside_a_picture_is_no_picture(clone):
    picture.FOLDER.mkdir(parents=True)
    (picture.FOLDER / "ex02.png").write_bytes(b"")
    for text in ("", "[]", json.dumps({"digest": Progress(clone).digest(find(2))})):
        (picture.FOLDER / "ex02.json").write_text(text)
        assert picture.picture_of(Progress(clone), find(2)) is None


def test_the_differences_of_rounding_are_none():
    compared = picture.Compared(None, None)
    compared.called = ["f"]
    compared._compare("f", np.array([1.0, 0.0, np.inf]), np.array([1.0 + 1e-9, 1e-12, np.inf]))
    assert compared.difference() == ""
    compared._compare("f", np.array([1.0]), np.array([1.1]))
    assert compared.difference() == "f gave 1, right is 1.1"


@pytest.mark.skipif(sys.platform == "win32", reason="no such folder")
def test_out_is_taken(clone, write, tmp_path, capsys):
    write("ex02_optimizers", momentum_step="return theta - lr * grad, velocity")
    assert main(["see", "2", "--out", str(tmp_path / "here")]) == 0
    assert (tmp_path / "here" / "ex02.png").exists() and not Path("minidgm-results").exists()
