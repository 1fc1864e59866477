"""`minidgm derive`: a parser of arithmetic that runs nothing, closed forms against integrals, mistakes with a name."""

import math

import numpy as np
import pytest

from minidgm.cli import main
from minidgm.course.derive.ask import TASKS, compare
from minidgm.course.derive.language import DEEPEST, LONGEST, evaluate, parse
from minidgm.errors import UserError

NAMES = ("m", "mu", "sigma", "tau", "mu_1", "x")
VALUES = {"m": 3.0, "mu": 0.5, "sigma": 2.0, "tau": 0.25, "mu_1": -1.5, "x": 7.0}
each_task = pytest.mark.parametrize("task", TASKS, ids=[task.name for task in TASKS])


def value(text):
    return evaluate(parse(text, NAMES), VALUES)


def derive(capsys, *argv):
    """(status, what it printed, what it complained)."""
    status = main(["derive", *argv])
    out = capsys.readouterr()
    return status, out.out, out.err


# ------------------------------------------------------------------ the language


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("1 + 2*3", 7),
        ("2 - 3 - 4", -5),
        ("12/2/3", 2),
        ("2^3^2", 512),
        ("2**3**2", 512),
        ("-2^2", -4),
        ("(-2)^2", 4),
        ("2^-1", 0.5),
        ("--3", 3),
        ("+3", 3),
        ("2*-3", -6),
        ("1e3 + .5 + 2.", 1002.5),
        ("log(exp(2))", 2),
        ("ln(e)", 1),
        ("sqrt(abs(-9))", 3),
        ("sigmoid(0)", 0.5),
        ("2*pi", 2 * math.pi),
        ("-m*log(tau)", 3 * math.log(4)),
        ("mu_1*m", -4.5),
        ("(μ² + σ² − 1)/2", 1.625),
        ("μ_1·m", -4.5),
        ("μ₁", -1.5),
        ("½·m", 1.5),
        ("[1 + 2]×2", 6),
        ("√(4)⋅3–1", 5),
        ("np.log(m) + numpy.exp(0)*np.pi", float(np.log(VALUES["m"]) + np.pi)),
    ],
)
def test_expressions_mean_what_they_do_on_paper(text, wanted):
    assert value(text) == pytest.approx(wanted, rel=1e-15)


def an_expression(rng, depth=0):
    """Random arithmetic over the names, in a spelling that Python reads as well."""
    kind = rng.integers(7) if depth < 4 else 0
    if kind <= 1:
        return str(rng.choice(NAMES)) if rng.integers(2) else str(rng.integers(1, 10))
    inner = an_expression(rng, depth + 1)
    if kind <= 3:
        return inner + str(rng.choice([" + ", " - ", "*", "/"])) + an_expression(rng, depth + 1)
    return {4: f"({inner})", 5: f"-({inner})", 6: f"({inner})**2"}[int(kind)]


def any_text(rng):
    """Up to 60 characters: of the language, of ASCII, or of all of Unicode."""
    alphabets = "0123456789.e+-*/^()[]{}, mutaxsig_μσ²½·×−₁", "".join(map(chr, range(128))), None
    alphabet = alphabets[rng.integers(3)]
    codes = rng.integers(0xD800, size=rng.integers(61)).tolist()
    return "".join(chr(code) if alphabet is None else alphabet[code % len(alphabet)] for code in codes)


@pytest.mark.parametrize("seed", range(5))
def test_the_parser_agrees_with_python_on_random_arithmetic(seed):
    rng = np.random.default_rng(seed)
    for _ in range(100):
        agrees_with_python(an_expression(rng))


def agrees_with_python(text):
    if len(text) > LONGEST:
        return
    with np.errstate(all="ignore"):
        wanted = eval(text, {"__builtins__": {}}, {name: np.float64(v) for name, v in VALUES.items()} | {})
    try:
        got = value(text)
    except UserError as error:
        assert "deep" in str(error), text
        return
    assert np.isclose(got, float(wanted), rtol=1e-12, equal_nan=True), text


@pytest.mark.parametrize(
    "text, sentence",
    [
        ("", "the expression is empty"),
        ("2m", "an operator is missing before 'm': write 2*m"),
        ("2 m", "an operator is missing before 'm'"),
        ("(2 m)", "an operator is missing before 'm'"),
        ("2*", "expected a number, a name or ( at the end"),
        ("*2", "expected a number, a name or ( before '*'"),
        ("(m", "a ( is not closed"),
        ("m)", "there is a ) without its ("),
        ("()", "expected a number, a name or ( before ')'"),
        ("log m", "log wants its argument in brackets: log(...)"),
        ("n*2", "n: no such name here; there are m, mu, sigma, tau, mu_1, x, and pi and e."),
        ("tanh(m)", "tanh: no such function; there are log, ln, exp, sqrt, abs, sigmoid."),
        ("m(2)", "an operator is missing before '('"),
        ("m = 2", "'=' is not part of the language: give the right-hand side alone.\n    m = 2\n      ^"),
        ("m, 2", "',' is not part of the language: give one expression"),
        ("2*|m|", "'|' is not part of the language: write abs(...)"),
        ("os.log(m)", "'.' is not part of the language"),
        ("__import__('os')", "is not part of the language"),
        ("m.real", "'.' is not part of the language"),
        ("m; m", "';' is not part of the language"),
        ("λ", "λ"),
        ("m" * (LONGEST + 1), f"at most {LONGEST} are read"),
        ("(" * 100 + "1" + ")" * 100, f"nested more than {DEEPEST} deep"),
        ("-" * 200 + "1", f"nested more than {DEEPEST} deep"),
    ],
)
def test_what_is_no_expression_is_told_in_a_sentence(text, sentence):
    with pytest.raises(UserError) as error:
        parse(text, NAMES)
    assert sentence in str(error.value)


@pytest.mark.parametrize(
    "text", ["9^9^9^9^9", "exp(exp(exp(m)))", "1e308*1e308", "1/0", "0/0", "log(-1)", "(-8)^(1/3)"]
)
def test_nothing_raises_or_grows_however_large(text):
    assert not np.isfinite(value(text))  # floating point throughout: a whole-number power would take hours


@pytest.mark.parametrize("seed", range(5))
def test_any_text_is_read_or_refused_in_a_sentence(seed):
    rng = np.random.default_rng(seed)
    for _ in range(200):
        text = any_text(rng)
        try:
            value(text)
        except UserError as error:
            assert str(error), repr(text)


# ------------------------------------------------------------------ the closed forms


def test_there_are_at_least_twelve_and_each_has_named_mistakes():
    assert len(TASKS) >= 12 and len({task.name for task in TASKS}) == len(TASKS)
    assert all(len(task.mistakes) >= 4 for task in TASKS)


@each_task
def test_the_answer_agrees_with_an_integral_or_a_count_at_many_parameters(task):
    rng = np.random.default_rng(1)
    tree = parse(task.answer, tuple(task.ranges))
    for _ in range(30):
        values = task.draw(rng)
        assert evaluate(tree, values) == pytest.approx(task.exact(values), rel=1e-7, abs=1e-9)


@each_task
def test_every_named_mistake_is_refused_with_its_sentence(task):
    assert compare(task, task.answer) == (True, "", "")
    for wrong, sentence in task.mistakes:
        assert compare(task, wrong)[:2] == (False, sentence)
        assert compare(task, f"0 + ({wrong})*1")[:2] == (False, sentence)  # by value, not by letters


@pytest.mark.parametrize(
    "text", ["log(sqrt(1/sigma^2)^m)", "m*log(1/sigma)", "-m*log(sigma^2)/2", "-log(sigma^m)", "−m·log(σ)"]
)
def test_other_forms_of_a_right_answer_are_right(text):
    task = next(task for task in TASKS if task.name == "affine_log_det")
    assert compare(task, text)[0]


@pytest.mark.parametrize(
    "text, sentence",
    [
        ("-3*m*log(sigma)", "3 times the right one"),
        ("-m*log(sigma) + 1/4", "differ by +0.25"),
        ("m*log(sigma - 10)", "not a finite number"),
        ("m + sigma", ""),
        ("0", ""),
    ],
)
def test_what_is_said_of_other_wrong_answers_is_true_at_all_parameters_or_not_said(text, sentence):
    task = next(task for task in TASKS if task.name == "affine_log_det")
    right, said, case = compare(task, text)
    assert not right and sentence in said and bool(said) == bool(sentence)
    assert "With m = " in case and "the exact value is" in case


# ------------------------------------------------------------------ the command


def test_a_wrong_answer_is_status_1_and_a_right_one_moves_on(capsys, clone):
    status, out, _ = derive(capsys, "--answer=mu^2+sigma^2-1-2*log(sigma)")
    assert status == 1 and "The factor 1/2 is missing." in out
    status, out, _ = derive(capsys, "1", f"--answer={TASKS[0].answer}")
    assert status == 0 and "Right, at 8 random parameters." in out
    status, out, _ = derive(capsys)
    assert status == 0 and out.startswith(f"02  {TASKS[1].title}")
    assert f"1 of {len(TASKS)} are yours" in derive(capsys, "--list")[1]


def test_a_slip_of_the_pen_is_status_2_and_is_not_remembered(capsys, clone):
    status, out, err = derive(capsys, "1", "--answer=2mu")
    assert (status, out) == (2, "") and "write 2*m" in err
    assert derive(capsys, "99")[0] == 2
    assert not (clone / ".minidgm").exists()


def test_outside_a_clone_it_works_and_writes_nothing(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, out, _ = derive(capsys, str(len(TASKS)), f"--answer={TASKS[-1].answer}")
    assert status == 0 and "Next: minidgm derive 1" in out
    assert list(tmp_path.iterdir()) == []


@each_task
def test_everything_fits_eighty_columns(task, capsys, clone):
    number = str(TASKS.index(task) + 1)
    said = [derive(capsys, number, "--solution")[1], derive(capsys, number, f"--answer={task.mistakes[0][0]}")[1]]
    lines = [line for text in said for line in text.splitlines() if line.strip() != task.answer]
    assert max(map(len, lines)) <= 80 and len(task.answer) <= 100
