"""The labs' frame: answers, tables and figures as files, verdicts, and going on where a run has stopped."""

import ast
import csv
import errno
import importlib
import io
import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from minidgm.errors import UserError
from minidgm.labs import LABS, Lab, Options, Part, judge, published, results, run, training
from minidgm.labs.claims import CLAIMS
from minidgm.labs.report import Report, columns, next_free, save_json

# ------------------------------------------------------------------ verdicts


def test_three_seeds_need_more_than_four_standard_errors():
    assert judge.threshold(3) == pytest.approx(4.302653, abs=1e-6)  # any table of Student's t
    assert judge.threshold(2) == pytest.approx(12.706205, abs=1e-6)
    mean_over_error = [1.0, 2.0, 3.0]  # 2 / (1/√3) = 3.46: two standard errors would have called it
    assert judge.positive(mean_over_error) is None
    assert judge.positive([1.5, 2.0, 2.5]) is True and judge.positive([-1.5, -2.0, -2.5]) is False
    assert judge.positive([1.0]) is None


def test_no_difference_is_found_in_five_of_a_hundred_labs():
    rng = np.random.default_rng(0)
    found = [judge.positive(d) is not None for d in rng.standard_normal((4000, 3))]
    assert np.mean(found) == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / 4000))


def test_answers_to_several_questions_are_joined():
    assert judge.every(True, True) is True
    assert judge.every(True, None) is None
    assert judge.every(None, False) is False


def test_agreement_with_a_truth():
    assert judge.agrees([0.9, 1.0, 1.1], 1.2) and not judge.agrees([0.99, 1.0, 1.01], 1.2)
    assert judge.agrees([1.0], 1.0) is None  # one seed


def test_of_several_right_values_one_is_called_wrong_in_five_of_a_hundred_labs():
    rng = np.random.default_rng(0)
    found = [judge.every(*(judge.agrees(d, 0.0, of=2) for d in pair)) for pair in rng.standard_normal((4000, 2, 3))]
    assert np.mean([one is False for one in found]) == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / 4000))


def test_means_are_written_with_two_digits_of_their_error():
    assert judge.mean_and_error([1.0, 1.1, 1.2]) == "1.100 ± 0.058" and judge.mean_and_error([2.0]) == "2"
    assert judge.signed([1.0, 1.1, 1.2]) == "+1.100 ± 0.058"
    assert judge.signed([-1.0, 1.1, 1.2]).endswith("(too small to tell)")


def test_a_number_that_compares_says_where_its_difference_cannot_be_told():
    assert judge.told("1.12 → 1.79 nats", [-0.7, 0.2, -0.6]) == "1.12 → 1.79 nats, too small to tell"
    assert judge.told("1.12 → 1.79 nats", [-0.7]) == "1.12 → 1.79 nats, one seed"
    assert judge.told("0.57 → 0.02 nats", [0.5, 0.55, 0.6]) == "0.57 → 0.02 nats"


# ------------------------------------------------------------------ report


def test_an_answer_comes_with_its_claims_truth_and_is_withheld_from_a_quick_run(tmp_path):
    report, quick = Report(tmp_path), Report(tmp_path, quick=True)
    for one in (report, quick):
        one.answer(5, True, "it grows", number="+11.2 nats", raw=np.array([11.0, 11.4]))
    assert report.answers[5].verdict == "Yes" and report.answers[5].truth == CLAIMS[5].truth
    assert report.answers[5].values == {"raw": [11.0, 11.4]}
    assert quick.answers[5].verdict == "Quick run, no verdict"
    text = (tmp_path / "report.txt").read_text("utf-8")
    assert "Row 5. Yes, because it grows." in text and "Row 5. Quick run, no verdict: it grows." in text


def test_a_table_is_saved_with_one_value_per_seed(tmp_path):
    Report(tmp_path).table("t", ("model", "bits"), [("a", [1.0, 1.25]), ("b", 2.0)], "title")
    with open(tmp_path / "t.csv", encoding="utf-8") as file:
        lines = list(csv.reader(file))
    assert lines == [["model", "bits", "seed"], ["a", "1.0", "0"], ["a", "1.25", "1"], ["b", "2.0", ""]]
    saved = json.loads((tmp_path / "t.json").read_text("utf-8"))
    assert saved == {"title": "title", "header": ["model", "bits"], "rows": [["a", [1.0, 1.25]], ["b", 2.0]]}
    assert "1.12 ± 0.12" in (tmp_path / "report.txt").read_text("utf-8")


def test_numbers_without_an_end_are_null_in_json(tmp_path):
    Report(tmp_path).table("t", ("a",), [(np.float32(np.inf),), ([1.0, np.nan],)])
    text = (tmp_path / "t.json").read_text("utf-8")
    assert json.loads(text, parse_constant=pytest.fail)["rows"] == [[None], [[1.0, None]]]


def test_columns_are_plain_and_a_wide_table_goes_on_below():
    text = columns(("a", "b"), [("x", 1.23456), ("long", 7)])
    assert text.split("\n") == ["a         b", "────  ─────", "x     1.235", "long      7"]
    wide = columns(("name", *["a header of words"] * 12), [("row", *range(12))])
    assert max(map(len, wide.split("\n"))) <= 80 and wide.count("row") >= 2


def test_reports_never_take_a_folder_that_is_there(tmp_path):
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab-2").mkdir()
    assert next_free(tmp_path / "lab").name == "lab-3"


# ------------------------------------------------------------------ runs


@pytest.fixture
def labs(monkeypatch):
    """Two labs of rows 1 to 3 that count how often they run; the second row's can be made to fail."""
    runs, broken = [], []

    def part(row):
        def measure(report, options):
            if row in broken:
                raise KeyboardInterrupt
            runs.append(row)
            report.answer(row, True, "so", number="1")

        return Part((row,), measure)

    monkeypatch.setitem(sys.modules, "minidgm.labs.one", SimpleNamespace(PARTS=(part(1), part(2))))
    monkeypatch.setitem(sys.modules, "minidgm.labs.two", SimpleNamespace(PARTS=(part(3),)))
    for module in (run, results):
        monkeypatch.setattr(module, "LABS", (Lab("one", (1, 2), "claims"), Lab("two", (3,), "a claim")))
    return runs, broken


def test_all_labs_go_on_where_they_stopped_row_by_row(labs, tmp_path, capsys):
    runs, broken = labs
    broken.append(2)
    with pytest.raises(KeyboardInterrupt):
        run.run_all(tmp_path / "all", Options())
    assert runs == [1]
    broken.clear()
    run.run_all(tmp_path / "all", Options())
    assert runs == [1, 2, 3]
    run.run_all(tmp_path / "all", Options())
    assert runs == [1, 2, 3]
    assert capsys.readouterr().out.count("not run") == 2 * 19
    with pytest.raises(UserError, match="made with another setting of seeds"):
        run.run_all(tmp_path / "all", Options(seeds=4))


def test_a_row_whose_training_was_stopped_has_no_verdict_and_is_done_again(labs, tmp_path, monkeypatch):
    runs, _ = labs

    def stopped(report, options):
        training.SHORTENED.append("MADE, seed 0")
        report.answer(3, True, "so", number="1")

    whole = sys.modules["minidgm.labs.two"].PARTS
    sys.modules["minidgm.labs.two"].PARTS = (Part((3,), stopped),)
    run.run_all(tmp_path / "all", Options())
    found = results.collect(tmp_path)["3"]
    assert found["verdict"] == "Stopped early, no verdict" and found["shortened"] == ["MADE, seed 0"]
    assert "Row 3. Stopped early, no verdict: so." in (tmp_path / "all" / "two" / "report.txt").read_text("utf-8")
    sys.modules["minidgm.labs.two"].PARTS = whole
    run.run_all(tmp_path / "all", Options())
    assert runs == [1, 2, 3] and results.collect(tmp_path)["3"]["verdict"] == "Yes"


def test_of_several_results_a_full_run_counts_before_a_quick_one(labs, tmp_path):
    for name, quick in (("full", False), ("quick", True)):
        run.run_all(tmp_path / name, Options(quick=quick))
    found = results.collect(tmp_path)
    assert [found[row]["quick"] for row in ("1", "2", "3")] == [False] * 3
    assert found["1"]["lab"] == "one" and found["1"]["claim"] == CLAIMS[1].text
    assert max(map(len, results.table(found).split("\n"))) <= 80
    (tmp_path / "full" / "one" / "results.json").write_text("{")
    assert results.collect(tmp_path)["1"]["quick"] is True


@pytest.mark.parametrize(
    "damage", ["{", "[]", "{}", '{"rows": {"1": {}}}', '{"rows": [1]}', "quick", "verdict", "shortened"]
)
def test_a_results_file_that_lacks_something_is_damaged_as_one_that_is_no_json(labs, tmp_path, damage):
    for name in ("whole", "damaged"):
        run.run_all(tmp_path / name, Options())
    path = tmp_path / "damaged" / "one" / "results.json"
    content = json.loads(path.read_text("utf-8"))
    content.pop(damage, None)
    content["rows"]["1"].pop(damage, None)
    path.write_text(damage if damage[0] in "{[" else json.dumps(content), "utf-8")
    with pytest.raises(UserError, match="not a lab's results, or a damaged file; move it away"):
        results.load(path.parent)
    assert results.collect(tmp_path)["1"]["folder"] == str(tmp_path / "whole" / "one")


def test_ours_stand_beside_theirs_where_a_full_run_has_measured_them():
    quick = {"quick": True, "data": "digits", "values": {"saved": [0.1, 0.12]}}
    assert published.table({"11": quick}) == ""
    text = published.table({"11": quick | {"quick": False}})
    assert "same size" in text and "0.127" in text and max(map(len, text.split("\n"))) <= 80
    gaps = {"binarized": {"Gaussian": [0.10, 0.12], "inverse AR": [0.04, 0.06]}}
    text = published.table({"20": quick | {"quick": False, "values": {"gaps": gaps}}})
    assert "0.06" in text and "not reproduced" in text and "memory" in text
    assert published.table({"20": quick | {"quick": False, "values": {"gaps": {}}}}) == ""
    assert published.at({"a": [{"b": 3}]}, "a.0.b") == 3 and published.at({"a": [1]}, "a.1") is None
    assert published.verdict(0.02, 0.127) == "same order" and published.verdict(-0.1, 0.127) == "not reproduced"


# ------------------------------------------------------------------ the labs themselves


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.name)
def test_the_parts_of_a_lab_answer_its_rows(lab):
    parts = importlib.import_module(lab.module).PARTS
    rows = [row for part in parts for row in part.rows]
    assert tuple(row for row in rows if isinstance(row, int)) == lab.rows
    assert all(row in CLAIMS for row in rows)


def test_every_row_of_the_lecture_has_a_lab():
    assert sorted(row for lab in LABS for row in lab.rows) == list(range(1, 23))


def test_labs_import_no_other_lab():
    folder = Path(importlib.import_module("minidgm.labs").__file__).parent
    names = {lab.module for lab in LABS}
    for lab in LABS:
        tree = ast.parse((folder / f"{lab.name.replace('-', '_')}.py").read_text("utf-8"))
        imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert not imported & names, f"{lab.name} imports {imported & names}"


def test_a_full_disk_is_named_with_its_file_and_leaves_the_old_results(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    save_json(tmp_path / "results.json", [1])
    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(UserError, match=r"results.json: cannot be written \(No space left on device\)"):
        save_json(tmp_path / "results.json", [2])
    assert [path.name for path in tmp_path.iterdir()] == ["results.json"]
    assert json.loads((tmp_path / "results.json").read_text()) == [1]


def test_where_there_is_no_plus_minus_nothing_is_wider_than_80_columns_either(tmp_path, monkeypatch):
    """± is spelled in two letters, μ in two: before a table is laid out, not after."""
    found = {str(row): {"verdict": "Yes", "number": "1.0 ± 0.5", "truth": claim.truth} for row, claim in CLAIMS.items()}
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")  # strict: a letter that is not spelled fails here
    monkeypatch.setattr(sys, "stdout", out)
    report = Report(tmp_path)
    values = [1.25, 1.5]
    report.table("t", ("prior", *["KL(q_agg ‖ p), μ"] * 5), [("N(0, σ²)", *[values] * 5)] * 2, "μ" * 3 + " ≤ σ " * 30)
    report.answer(11, True, "σ ≥ μ ± ½ " * 15, number="1")
    print(results.table(found))
    print(published.table({"11": {"quick": False, "data": "digits", "values": {"saved": values}}}))
    out.flush()
    lines = out.buffer.getvalue().decode("ascii").split("\n")
    assert max(map(len, lines)) <= 80 and sum("1.38 +- 0.12" in line for line in lines) >= 4
