"""What a class has understood: counts, order, shared mistakes; a made-up class of forty with two pairs of copies."""

import itertools
import json
import re
from pathlib import Path

import numpy as np
import pytest

from minidgm.cli import main, make_parser
from minidgm.course.exercises import EXERCISES, find
from minidgm.course.files import load
from minidgm.course.lecturer.insight import Answer, Results, answers_of, read, standings, to_ask, to_show, troubles
from minidgm.course.lecturer.likeness import _chance, code_digests, pairs

made_up_class = load(Path(__file__).with_name("made_up_class.py"))
EIGHT = (2, 4, 7, 8, 13, 14, 16, 17)
ROOT = made_up_class.ROOT


def a_class(seed, numbers=EIGHT, copies=True):
    drawn = made_up_class.draw(seed, numbers, copies=copies)
    answers = []
    for name, mine in drawn.items():
        for entry in json.loads(json.dumps(made_up_class.report_json(name, mine)))["exercises"]:
            answers += answers_of(name, entry)
    return Results("results", tuple(drawn), tuple(answers))


def answer(student, function, status="wrong", **what):
    return Answer(student, find(function), function, status, **what)


@pytest.fixture
def run(tmp_path, capsys, monkeypatch):
    """Run a command line in an empty folder: its exit status, what it printed, and its errors."""
    monkeypatch.chdir(tmp_path)

    def command(*args):
        status = main(list(map(str, args)))
        return status, *capsys.readouterr()

    return command


# ------------------------------------------------------------------ copies


@pytest.mark.parametrize("seed", [3, 6])  # where both who were copied had mistakes enough: without, nobody could tell
def test_both_pairs_of_copies_are_found_among_forty_and_no_other_pair(seed):
    assert {pair.students for pair in pairs(a_class(seed))} == set(made_up_class.COPIES.items())


def test_among_submissions_made_apart_hardly_a_pair_is_listed():
    listed = [len(pairs(a_class(seed, copies=False))) for seed in range(100, 105)]
    assert sum(listed) <= 1  # 5 classes, at most 0.05 expected in each: 0.25, and 1 at most in 97 of 100 cases


def test_two_who_share_the_mistake_that_everybody_makes_are_not_listed():
    functions = [exercise.functions[0] for exercise in EXERCISES]
    everybody = [answer(f"s{k}", f, sentence="The common one.") for k in range(30) for f in functions]
    assert pairs(Results("results", tuple(f"s{k}" for k in range(30)), tuple(everybody))) == []


def test_right_answers_and_those_that_wait_for_another_never_count():
    functions = [exercise.functions[0] for exercise in EXERCISES]
    same = [answer(s, f, "right", code="same") for s in ("a", "b") for f in functions]
    same += [answer(s, f, message="got 1", waits_for=("g",)) for s in ("a", "b") for f in functions]
    alone = [answer(f"s{k}", f, message=f"got {k}") for k in range(30) for f in functions]
    results = Results("results", ("a", "b", *(f"s{k}" for k in range(30))), tuple(same + alone))
    assert pairs(results) == []


def test_wrong_numbers_without_a_name_are_shared_like_mistakes_with_one():
    functions = [exercise.functions[0] for exercise in EXERCISES[:6]]
    names = tuple(f"s{k:02d}" for k in range(20))
    answers = [answer(s, f, message=f"got {s}, wanted 0") for s in names for f in functions]
    answers += [answer(s, f, message="got 0.731059, wanted 0") for s in ("anna", "otto") for f in functions]
    (pair,) = pairs(Results("results", (*names, "anna", "otto"), tuple(answers)))
    assert pair.students == ("anna", "otto") and [(s.sharers, s.wrong) for s in pair.shared] == [(2, 22)] * 6
    q = 1 / 21  # one of the 21 others
    assert pair.expected == pytest.approx(231 * q**6, rel=1e-9)  # all six shared, of 22 · 21 / 2 pairs


def test_the_chance_of_sharing_so_much_is_the_one_counted_case_by_case():
    rng = np.random.default_rng(0)
    students = [f"s{k}" for k in range(12)]
    both = [{s: {f"mistake {rng.integers(4)}": None} for s in students} for _ in range(6)]
    for a, b in itertools.combinations(students[:5], 2):
        like = [[wrong[a].keys() == wrong[s].keys() for s in students if s != a] for wrong in both]
        q = [np.mean(row) for row in like]
        shared = [wrong[a].keys() == wrong[b].keys() for wrong in both]
        weight, chance = sum(-np.log(p) for p, s in zip(q, shared) if s), 0.0
        known = [p for p in q if p > 0]
        for case in itertools.product([False, True], repeat=len(known)):
            if sum(-np.log(p) for p, s in zip(known, case) if s) >= weight - 1e-9:
                chance += np.prod([p if s else 1 - p for p, s in zip(known, case)])
        assert (
            chance <= _chance(both, a, b, 1.1) * (1 + 1e-9) <= chance * 1.2 + 1e-9
        )  # sums are rounded, never downward


def test_code_is_the_same_whatever_its_names_comments_and_docstring():
    first = 'def f(x, mu):\n    """Mine."""\n    d = x - mu\n    return d * d / 2 + np.log(2 * np.pi) / 2, np.sum(d)\n'
    same = "def f(a, m):\n    # another\n    b = a - m\n    return b * b / 2 + np.log(2 * np.pi) / 2, np.sum(b)\n"
    other = first.replace("/ 2 +", "/ 2 -")
    assert code_digests(first)["f"] == code_digests(same)["f"] != code_digests(other)["f"]
    assert code_digests("def f(x):\n    return x\n") == {"f": ""} and code_digests("def f(:\n") == {}
    assert code_digests("def f(x):\n    return " + "-" * 3000 + "x\n") in ({}, {"f": ""})


# ------------------------------------------------------------------ the class


def test_most_stuck_comes_first_and_whoever_waits_counts_for_the_function_that_is_waited_for():
    answers = [answer(s, "coupling_f", sentence="Sign.") for s in "abc"]
    answers += [answer(s, "coupling_jacobian", message="got 1", waits_for=("coupling_f",)) for s in "ab"]
    answers += [answer("d", "coupling_jacobian", sentence="Axis."), answer("c", "coupling_g", "remark", sentence="f32")]
    answers += [answer(s, "affine_g", sentence="Way.") for s in "ab"] + [answer("c", "affine_g", message="got 7")]
    found = troubles(Results("results", tuple("abcd"), tuple(answers)))
    assert [(t.function, len(t.stuck), t.waiting) for t in found] == [
        ("affine_g", 3, 0),  # of equals, exercise 03 comes before 07
        ("coupling_f", 3, 2),
        ("coupling_jacobian", 1, 0),
    ]
    assert [(m.sentence, len(m.answers)) for m in found[0].mistakes] == [("Way.", 2), ("", 1)]


def test_a_submission_stands_in_an_exercise_as_its_weakest_function_does():
    def state(*statuses):
        functions = find(7).functions
        answers = tuple(answer("a", f, s) for f, s in zip(functions, statuses, strict=True))
        counted = standings(Results("results", ("a",), answers), find(7))
        (found,) = [name for name, n in counted.items() if n]
        return found

    assert state("right", "right", "right") == "right"
    assert state("right", "remark", "right") == "remark"
    assert state("right", "remark", "not started") == "begun"
    assert state("right", "wrong", "not started") == "wrong"
    assert state("not started", "not started", "not started") == "not started"


def test_a_mistake_is_the_same_wherever_its_sentence_is_said():
    sentence = "Your log_det is that of g: look."
    said = [
        sentence,
        f"As to log_det: {sentence}",
        f"First of all, judged by the case below alone: {sentence}",
        f"coupling_f calls your split, not right yet. With a right one in its place: {sentence}",
        f"coupling_f calls your a and b, not right yet. With right ones in their place: As to the first value you "
        f"return: {sentence}",
    ]
    for text in said:
        functions = [{"name": f, "status": "wrong", "sentence": text} for f in find(7).functions]
        assert {a.sentence for a in answers_of("a", {"exercise": "ex07_coupling", "functions": functions})} == {
            sentence
        }


def test_every_function_has_a_question_to_ask_and_every_command_is_there():
    from minidgm.course.why.ask import QUESTIONS

    for exercise in EXERCISES:
        for function in exercise.functions:
            stuck = (answer("a", function, sentence="x"),)
            (trouble,) = troubles(Results("results", ("a",), stuck))
            assert to_ask(trouble)
        for command in to_show(exercise)[1:]:
            args = make_parser().parse_args(command.split()[1:])
            assert 1 <= int(args.number) <= len(QUESTIONS)


# ------------------------------------------------------------------ through `minidgm grade`


def hand_in(folder, stem, *changes):
    folder.mkdir(parents=True, exist_ok=True)
    text = (ROOT / "solutions" / f"{stem}.py").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / f"{stem}.py").write_text(text, encoding="utf-8")


def test_what_grade_writes_is_what_insight_reads(run, tmp_path):
    flipped = ("beta * velocity + grad", "beta * velocity - grad")
    for name in ("zoe", "kim"):
        hand_in(tmp_path / "class" / name, "ex02_optimizers", flipped)
    hand_in(tmp_path / "class" / "ravi", "ex02_optimizers")
    (tmp_path / "class" / "lou").mkdir()
    (tmp_path / "class" / "lou" / "ex02_optimizers.py").write_text("def momentum_step(:\n")
    softplus = (ROOT / "exercises" / "ex01_stable.py").read_text(encoding="utf-8")
    softplus = re.sub(
        r'    raise NotImplementedError\("ex01: write softplus"\)', "    return np.log(1 + np.exp(a))", softplus
    )
    softplus = re.sub(
        r'    raise NotImplementedError\("ex01: write log_sigmoid"\)', "    return -softplus(-a)", softplus
    )
    (tmp_path / "class" / "ravi" / "ex01_stable.py").write_text(softplus, encoding="utf-8")
    assert run("grade", *sorted((tmp_path / "class").iterdir()), "--only", "1,2", "--out", "results")[0] == 0
    results = read(tmp_path / "results")
    assert results.students == ("kim", "lou", "ravi", "zoe") and [e.number for e in results.exercises] == [1, 2]
    assert [(who, e.number) for who, e, _ in results.problems] == [("lou", 2)]
    found = {t.function: t for t in troubles(results)}
    assert len(found["momentum_step"].stuck) == 2 and len(found["momentum_step"].mistakes) == 1
    assert [a.student for a in found["softplus"].stuck] == ["ravi"] and found["softplus"].waiting == 1
    assert "log_sigmoid" not in found
    status, out, error = run("insight", "results")
    assert status == 0 and not error and max(map(len, out.splitlines())) <= 80
    assert "1. momentum_step: 2 are stuck" in out and "1 more waits for it" in out
    assert not any(name in out for name in results.students)
    assert "zoe" in (tmp_path / "results" / "insight.html").read_text(encoding="utf-8")
    digests = {a.code for a in results.answers if a.function == "momentum_step" and a.student in ("zoe", "kim")}
    assert len(digests) == 1


def test_the_page_is_written_again_but_never_over_anything_else(run, tmp_path):
    (tmp_path / "results" / "ada").mkdir(parents=True)
    entry = made_up_class.report_json("ada", made_up_class.draw(3, (16,), 2, copies=False)["s01"])
    (tmp_path / "results" / "ada" / "report.json").write_text(json.dumps(entry))
    assert run("insight", "results")[0] == run("insight", "results")[0] == 0
    (tmp_path / "thesis.html").write_text("mine")
    for out in ("thesis.html", "results"):
        status, _, error = run("insight", "results", "--out", out)
        assert status == 2 and "name another with --out" in error and len(error.splitlines()) == 1
    assert (tmp_path / "thesis.html").read_text() == "mine"


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"exercises": 3}', '{"exercises": [{"exercise": "ex99_none"}]}'])
def test_a_damaged_report_is_told_in_a_sentence(run, tmp_path, damage):
    (tmp_path / "results" / "ada").mkdir(parents=True)
    (tmp_path / "results" / "ada" / "report.json").write_text(damage)
    status, out, error = run("insight", "results")
    assert status == 2 and "ada/report.json: is damaged" in error and len(error.splitlines()) == 1 and not out


def test_any_field_of_another_kind_is_damage_too(run, tmp_path):
    (tmp_path / "results" / "ada").mkdir(parents=True)
    good = made_up_class.report_json("ada", made_up_class.draw(3, (2,), 2, copies=False)["s01"])
    path = tmp_path / "results" / "ada" / "report.json"
    for place, bad in [
        ("status", "fine"),
        ("status", 1),
        ("sentence", 3),
        ("message", []),
        ("waits_for", 1),
        ("name", "f"),
    ]:
        content = json.loads(json.dumps(good))
        content["exercises"][0]["functions"][0][place] = bad
        path.write_text(json.dumps(content))
        status, _, error = run("insight", "results")
        assert status == 2 and "is damaged" in error and len(error.splitlines()) == 1, place


@pytest.mark.parametrize(
    "folder, wanted",
    [
        ("nowhere", "no such folder"),
        ("file", "not a folder"),
        ("empty", "holds no NAME/report.json"),
        ("lab", "holds no"),
    ],
)
def test_another_folder_is_told_in_a_sentence(run, tmp_path, folder, wanted):
    (tmp_path / "empty").mkdir()
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab" / "report.txt").write_text("Row 1.")
    (tmp_path / "file").write_text("")
    status, out, error = run("insight", folder)
    assert status == 2 and wanted in error and len(error.splitlines()) == 1 and not out


def test_one_submissions_folder_leads_to_the_class(run, tmp_path):
    (tmp_path / "results" / "ada").mkdir(parents=True)
    (tmp_path / "results" / "ada" / "report.json").write_text("{}")
    status, _, error = run("insight", "results/ada")
    assert status == 2 and "try `minidgm insight results`" in error
