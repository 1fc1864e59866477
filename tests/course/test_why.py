"""`minidgm why`: every experiment decides its question, guesses are remembered, wrong ones come again."""

import io
import json
import math

import pytest

from minidgm.cli import main
from minidgm.course.guesses import PAUSE, Guesses
from minidgm.course.why import ask
from minidgm.course.why.ask import QUESTIONS

# What each experiment must find: the choice, or the number, worked out on paper where there is a closed form.
WANTED = {
    "negative_loss": 2,
    "endless_loss": 3,
    "slow_direction": 12,
    "twice_forward": 1,
    "permutation": 0,
    "negative_kl": 0.5 * math.log(2 * math.pi * math.e * 0.01),
    "log_of_product": 3,
    "by_255_or_256": 2,
    "pdf_or_cdf": 3,
    "open_ends": 1 / (1 + math.exp(-(15.5 + 2) / 3)) - 1 / (1 + math.exp(-(-0.5 + 2) / 3)),
    "tail": 3,
    "eight_bits": 8,
    "seven_bits": 7,
    "two_papers": 3,
    "without_noise": 1,
    "sum_or_mean": 1,
    "collapse": 2,
    "negative_variance": math.exp(-1.5),
    "capped_information": math.log(64),
    "boundless_information": 1,
    "negative_information": 50,  # a fair coin, but for the small true value
    "bad_samples": 3,
    "many_samples": 3,
    "best_prior": 1,
}
each_question = pytest.mark.parametrize("question", QUESTIONS, ids=[q.name for q in QUESTIONS])


def why(capsys, *argv):
    """(status, what it printed, what it complained)."""
    status = main(["why", *argv])
    out = capsys.readouterr()
    return status, out.out, out.err


def right_guess(question):
    wanted = WANTED[question.name]
    return str(wanted)


def wrong_guess(question):
    return "1" if question.choices and WANTED[question.name] != 1 else "2" if question.choices else "-1234"


def test_there_are_questions_of_every_kind_and_no_two_share_a_name_or_a_thread():
    assert len(QUESTIONS) == len(WANTED) >= 15
    assert {q.name for q in QUESTIONS} == set(WANTED)
    assert len({q.thread for q in QUESTIONS}) == len(QUESTIONS)


@each_question
def test_the_experiment_decides_the_question(question):
    measured = question.experiment()
    if question.choices:
        assert question.right(measured) == WANTED[question.name]
        assert WANTED[question.name] in range(1, len(question.choices) + 1)
    else:
        assert question.is_right(WANTED[question.name], measured)
    assert not question.is_right(float(wrong_guess(question)), measured)
    assert "{" not in question.answer.format(**measured)


@each_question
def test_a_question_fits_eighty_columns_and_cites_a_thread(question, capsys, clone):
    number = str(QUESTIONS.index(question) + 1)
    status, out, _ = why(capsys, number, "--answer", right_guess(question))
    assert status == 0 and "Right" in out
    assert max(map(len, out.splitlines())) <= 80
    assert question.thread.startswith("https://github.com/") and question.thread in out
    assert question.code.splitlines()[0] in out and "@asks" not in out


def test_right_choices_are_spread_over_the_places():
    places = [WANTED[q.name] for q in QUESTIONS if q.choices]
    assert all(places.count(place) <= len(places) / 2 for place in (1, 2, 3))


def test_without_an_answer_a_pipe_sees_the_question_and_how_to_answer(capsys, clone):
    status, out, _ = why(capsys)
    assert status == 0 and "minidgm why 1 --answer GUESS" in out and "experiment" not in out
    assert not (clone / ".minidgm").exists()


def test_a_wrong_guess_is_status_1_and_comes_again_after_a_few_others(capsys, clone):
    first, *others = QUESTIONS
    status, out, _ = why(capsys, "--answer", wrong_guess(first))
    assert status == 1 and "Not so" in out and "comes again" in out
    asked = []
    for _ in range(PAUSE + 1):
        asked.append(ask.chosen(None, QUESTIONS, Guesses("why"), "why", "question"))
        why(capsys, "--answer", right_guess(asked[-1]))
    assert asked == [*others[:PAUSE], first]


def test_right_guesses_are_remembered_and_the_end_is_told(capsys, clone):
    guesses = Guesses("why")
    for question in QUESTIONS:
        guesses.add(question.name, True)
    status, out, _ = why(capsys)
    assert status == 0 and f"All {len(QUESTIONS)} questions are answered" in out
    assert f"{len(QUESTIONS)} of {len(QUESTIONS)} guessed right" in why(capsys, "--list")[1]


def test_when_only_wrong_ones_are_left_they_are_asked_at_once(clone):
    guesses = Guesses("why")
    guesses.add("a", False)
    assert guesses.due(["a"]) == "a"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"guesses": 3}', '{"guesses": [["a"]]}', "\x00"])
def test_a_damaged_memory_costs_the_memory_alone(text, capsys, clone):
    (clone / ".minidgm").mkdir()
    (clone / ".minidgm" / "why.json").write_text(text)
    assert why(capsys, "3", "--answer", "12")[0] == 0
    assert json.loads((clone / ".minidgm" / "why.json").read_text()) == {"guesses": [["slow_direction", True]]}


def test_outside_a_clone_it_works_and_writes_nothing(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, out, _ = why(capsys, "3", "--answer", "11")
    assert status == 1 and "comes again" not in out and "Next: minidgm why 4" in out
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "argv, sentence",
    [
        (("0",), "0: no such question; they are numbered 1 to"),
        (("x",), "x: no such question"),
        (("1", "--answer", "7"), "7: expected one of the choices, 1 to 3."),
        (("1", "--answer", "1.5"), "1.5: expected one of the choices, 1 to 3."),
        (("3", "--answer", "many"), "many: expected a number, such as -1.5."),
        (("3", "--answer", "nan"), "nan: expected a number"),
    ],
)
def test_a_mistake_is_one_sentence_and_status_2(argv, sentence, capsys, clone):
    status, out, err = why(capsys, *argv)
    assert (status, out) == (2, "") and sentence in err and err.count("\n") == 1
    assert not (clone / ".minidgm").exists()


class Keyboard(io.StringIO):
    """A terminal's standard input."""

    def isatty(self):
        return True


def test_at_a_terminal_it_asks_until_the_guess_is_one(clone, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", Keyboard("seven\n7\n2\n"))
    monkeypatch.setattr("minidgm.course.terminal.Screen.waiting", lambda *_: io.StringIO())
    screen = ask.Screen()
    screen.terminal = True
    assert ask.prompt(screen, QUESTIONS[0]) == "2"
    assert capsys.readouterr().out.count("expected one of the choices") == 2
    monkeypatch.setattr("sys.stdin", Keyboard(""))
    assert ask.prompt(screen, QUESTIONS[0]) is None
