"""The commands as a student meets them, from the command line's entry on."""

import itertools
import re
import signal
import subprocess
import sys
import threading
import time

import pytest

from minidgm.cli import main
from minidgm.course.exercises import EXERCISES, ORDER, find
from minidgm.course.progress import Progress
from minidgm.course.source import stub

LOGISTIC = """
y = np.asarray(y, np.asarray(mu).dtype)
a, b = (y + 0.5 - mu) / s, (y - 0.5 - mu) / s
first, last = y == 0, y == levels - 1
upper, lower = np.where(last, 0, -np.logaddexp(0, -a)), np.where(first, 0, -np.logaddexp(0, b))
return upper + lower + np.where(first | last, 0, np.log(-np.expm1(b - a)))
"""
MOMENTUM = "velocity = beta * velocity + grad\nreturn theta - lr * velocity, velocity"
ADAM = """m = beta1 * m + (1 - beta1) * grad
v = beta2 * v + (1 - beta2) * grad**2
step = lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
return theta - step.astype(theta.dtype), m, v"""
LOGISTIC = """y = np.asarray(y, np.asarray(mu).dtype)
a, b = (y + 0.5 - mu) / s, (y - 0.5 - mu) / s
first, last = y == 0, y == levels - 1
upper, lower = np.where(last, 0, -np.logaddexp(0, -a)), np.where(first, 0, -np.logaddexp(0, b))
return upper + lower + np.where(first | last, 0, np.log(-np.expm1(b - a)))"""


@pytest.fixture
def run(clone, capsys):
    """Run a command line: its exit status and what it printed."""

    def command(*args):
        status = main(list(args))
        printed = capsys.readouterr()
        return status, printed.out + printed.err

    return command


def done_before(clone, number):
    """Have a clone remember that all exercises before one, in the order of `minidgm next`, are finished."""
    from minidgm.course.report import FunctionReport, Report

    progress = Progress(clone)
    for e in itertools.takewhile(lambda e: e.number != number, ORDER):
        functions = tuple(FunctionReport(name, "right", 3, 3) for name in e.functions)
        progress.remember(Report(e, functions), progress.digest(e))


# ------------------------------------------------------------------ check


def test_on_a_fresh_clone_nothing_is_wrong_and_the_first_file_is_named(run):
    status, text = run("check")
    assert status == 0 and re.search(r"exercises/ex03_change_of_variables.py:\d+", text) and "Next: 03" in text


def test_from_within_the_clone_paths_lead_to_the_file(run, clone, monkeypatch):
    monkeypatch.chdir(clone / "exercises")
    assert re.search(r"^ +ex03_change_of_variables.py:\d+$", run("next")[1], re.MULTILINE)


def test_an_exercise_asked_for_by_number_has_to_be_right(run):
    status, text = run("check", "2")
    assert status == 1 and text.count("not started") == 2


def test_a_right_exercise_is_found_right_and_remembered(run, write, monkeypatch):
    write("ex02_optimizers", momentum_step=MOMENTUM, adam_step=ADAM)
    status, text = run("check", "2")
    assert status == 0 and "ex02 is right" in text and "minidgm/optim.py" in text
    monkeypatch.setattr("minidgm.course.checker.check_exercise", None)  # it isn't graded again
    status, text = run("check", "2")
    assert status == 0 and "Unchanged since it was found right" in text


def test_a_finished_exercise_that_changes_is_graded_again(run, write):
    path = write("ex02_optimizers", momentum_step=MOMENTUM, adam_step=ADAM)
    run("check", "2")
    path.write_text(path.read_text().replace("beta * velocity + grad", "beta * velocity - grad"))
    assert run("check", "2")[0] == 1


def test_one_functions_wrong_answer_hides_nothing_of_the_others(run, write):
    write("ex02_optimizers", momentum_step="return theta, velocity", adam_step=ADAM)
    status, text = run("check", "2")
    assert status == 1 and re.search(r"✗ momentum_step +\d of \d", text) and re.search(r"✓ adam_step", text)


def test_a_misconception_is_named_with_the_failing_case_and_its_numbers(run, write):
    write("ex02_optimizers", momentum_step="velocity = beta * velocity + lr * grad\nreturn theta - velocity, velocity")
    status, text = run("check", "ex02")
    from minidgm.course.bank import collect
    from minidgm.course.exercises import find_root

    sentences = [e.sentence for e in collect(find_root(__file__), find(2)) if e.function == "momentum_step"]
    flat = " ".join(text.split())
    assert status == 1 and any(" ".join(s.split()) in flat for s in sentences if s)
    assert "got" in text and "wanted" in text and re.search(r"lr +=", text)
    assert re.search(r"exercises/ex02_optimizers.py:\d+ +minidgm hint 2 momentum_step", text)
    assert "Traceback" not in text and "test_ex02" not in text and "grading.py" not in text


def test_of_an_exception_only_the_students_own_lines_are_shown(run, write):
    write("ex02_optimizers", momentum_step="return theta - lr * gradient, velocity")
    text = run("check", "2")[1]
    assert "raised NameError: name 'gradient' is not defined" in text
    assert "return theta - lr * gradient, velocity" in text and "File " not in text and "worker" not in text


def test_what_is_right_but_for_its_dtype_says_what_is_left_to_do(run, write):
    write(
        "ex03_change_of_variables",
        affine_g="s = sigma * np.ones(z.shape)\nreturn s * z + mu, np.sum(np.log(s), axis=1)",
    )
    status, text = run("check", "3")
    assert status == 1 and "affine_g           right, but to finish it, mend this:" in text
    assert "float64" in text
    assert "affine_g" in text.split("Next: 03")[1]


@pytest.mark.parametrize("begin", ["np.zeros_like(x)", "x.copy()", "np.copy(x)"])
def test_a_line_that_autograd_cannot_differentiate_is_told_with_the_way_out(run, write, begin):
    filled = "mu, sigma = net(x[:, :d])\nz[:, :d] = x[:, :d]\nz[:, d:] = (x[:, d:] - mu) / sigma"
    write(
        "ex07_coupling",
        coupling_f=f"z = {begin}\n{filled}\nreturn z, -np.sum(np.log(sigma), axis=1)",
        coupling_jacobian="return jacobian(lambda p: coupling_f(p[None], d, net)[0][0])(x)",
    )
    text = run("check", "7")[1]
    assert "✓ coupling_f" in text and "✗ coupling_jacobian" in text
    assert "autograd can't differentiate the last of the lines below" in " ".join(text.split())
    assert text.count("coupling_f(p[None], d, net)[0][0])(x)") == 1  # not again for its lambda


def test_an_array_that_is_filled_where_nothing_is_differentiated_is_not_autograds_matter(run, write):
    write("ex07_coupling", coupling_f="z = np.zeros(2)\nz[0] = x\nreturn z, z")
    text = run("check", "7")[1]
    assert "setting an array element" in text and "can't differentiate" not in text


def test_a_small_number_in_a_case_does_not_look_like_zero(run, write):
    naive = "lp = discretized_logistic_log_prob(y[..., None], mu, s, levels)\n"
    naive += "return np.log(np.sum(np.exp(log_pi + lp), axis=-1))"
    write("ex12_discretize", discretized_mixture_log_prob=naive, discretized_logistic_log_prob=LOGISTIC)
    text = run("check", "12")[1]
    assert "s      = [1.e-06 2.e-06]" in text and "[0. 0.]" not in text


def test_an_array_where_two_were_wanted_is_told_as_such(run, write):
    write("ex02_optimizers", momentum_step="return theta")
    assert "returned an array of shape (2, 3); wanted a tuple of 2" in run("check", "2")[1]


def test_two_values_in_the_wrong_order_are_told_as_such(run, write):
    write("ex03_change_of_variables", affine_f="return -np.log(sigma * np.ones_like(x)).sum(1), (x - mu) / sigma")
    text = " ".join(run("check", "3")[1].split())
    assert "a tuple of 2 (an array of shape (4,), an array of shape (4, 3)); wanted a tuple of 2" in text


def test_a_function_that_calls_a_wrong_one_says_so_and_one_that_calls_a_stub_waits(run, write):
    write("ex01_stable", log_sigmoid="return -softplus(-a)", softplus="return np.maximum(a, 0)")
    text = " ".join(run("check", "1")[1].split())
    assert "Right, once softplus is: log_sigmoid calls your softplus, not right yet. Mend that first." in text
    write("ex07_coupling", coupling_jacobian="return jacobian(lambda x: coupling_f(x[None], d, net)[0][0])(x)")
    text = run("check", "7")[1]
    assert "waits for coupling_f" in text and "✗" not in text
    write("ex07_coupling", coupling_f="raise NotImplementedError\nreturn x, 0")
    assert "coupling_f          begun, but it still raises NotImplementedError" in run("check", "7")[1]
    assert "waits for coupling_f" in run("check", "7")[1]


def test_a_function_that_was_renamed_is_told_without_a_case(run, clone):
    path = clone / "exercises" / "ex12_discretize.py"
    path.write_text(path.read_text(encoding="utf-8").replace("def bits_per_dim", "def bits"), encoding="utf-8")
    text = run("check", "12")[1]
    assert "has no function bits_per_dim: was it renamed?" in text and "in the case" not in text


def test_a_mark_that_windows_puts_in_front_does_no_harm(run, write):
    path = write("ex02_optimizers", momentum_step=MOMENTUM, adam_step=ADAM)
    path.write_text(path.read_text(encoding="utf-8"), encoding="utf-8-sig", newline="\r\n")
    assert run("check", "2")[0] == 0


def test_a_syntax_error_is_one_sentence_and_other_exercises_are_graded(run, write, clone):
    (clone / "exercises" / "ex01_stable.py").write_text("def logsumexp(a, axis:\n")
    write("ex02_optimizers", momentum_step=MOMENTUM, adam_step=ADAM)
    status, text = run("check", "1", "2")
    assert (
        status == 1
        and "SyntaxError" in text
        and "ex01_stable.py:1: def logsumexp(a, axis:" in text
        and "ex02 is right" in text
    )


def test_a_file_that_is_not_text_is_one_sentence_and_other_exercises_are_graded(run, write, clone):
    (clone / "exercises" / "ex01_stable.py").write_bytes(b"# na\xefve\n")
    write("ex02_optimizers", momentum_step=MOMENTUM, adam_step=ADAM)
    status, text = run("check", "1", "2")
    assert status == 1 and "ex01_stable.py: not UTF-8 text" in text and "ex02 is right" in text


def test_what_the_students_code_prints_is_shown_and_cut(run, write):
    write("ex02_optimizers", momentum_step="for i in range(99): print('look', i)\nreturn theta, velocity")
    text = run("check", "2")[1]
    assert "Your code printed" in text and "look 3" in text and "look 50" not in text


def test_check_goes_on_from_the_first_unfinished_one(run, write, clone):
    done_before(clone, 2)
    write("ex02_optimizers", momentum_step=MOMENTUM, adam_step=ADAM)
    status, text = run("check")
    assert status == 0 and "ex02 is right" in text and "Stable" not in text and "Next: 04" in text


def test_check_says_what_else_was_written_to(run, write):
    write("ex02_optimizers", momentum_step=MOMENTUM)
    assert "Written to, but not checked: minidgm check 2" in run("check")[1]


def test_an_exercise_half_done_is_not_wrong(run, write, clone):
    done_before(clone, 2)
    write("ex02_optimizers", momentum_step=MOMENTUM)
    status, text = run("check")
    assert status == 0 and "Next: 02" not in text.split("not started")[0] and "adam_step" in text


def test_the_end_is_celebrated(run, clone):
    done_before(clone, len(EXERCISES) + 1)
    status, text = run("check")
    assert status == 0 and f"All {len(EXERCISES)} exercises are right" in text


@pytest.mark.parametrize("name", ["99", "0", "ex7", "seven", "-"])
def test_an_unknown_exercise_is_a_users_mistake(run, name):
    for command in ("check", "hint", "solution", "reset"):
        status, text = run(command, name)
        assert status == 2 and "no such exercise" in text and len(text.splitlines()) == 1


def test_outside_a_clone_one_sentence_says_so(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for command in ("check", "status", "next", "watch"):
        status, text = run(command)
        assert status == 2 and "inside your clone" in text and len(text.splitlines()) == 1


def test_a_file_that_is_gone_is_told_with_its_remedy(run, clone):
    (clone / "exercises" / "ex02_optimizers.py").unlink()
    status, text = run("check", "2")
    assert status == 2 and "minidgm reset 2" in text
    assert run("status")[0] == 0
    assert run("reset", "2")[0] == 0 and (clone / "exercises" / "ex02_optimizers.py").exists()


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"exercises": 3}', '{"exercises": {"ex02": {"functions": [[]]}}}'])
def test_a_damaged_memory_costs_the_memory_alone(run, clone, damage):
    (clone / ".minidgm").mkdir()
    (clone / ".minidgm" / "progress.json").write_text(damage)
    assert run("status")[0] == 0 and run("next")[0] == 0


# ------------------------------------------------------------------ status, next, hint, solution


def test_status_lists_every_exercise_with_what_is_known(run, write, clone):
    done_before(clone, 2)
    write("ex02_optimizers", momentum_step="return theta, velocity")
    write("ex07_coupling", coupling_f="return x")
    run("check", "2")
    status, text = run("status")
    assert status == 0 and f"2 of {len(EXERCISES)} exercises finished" in text
    for e in EXERCISES:
        assert e.title in text
    assert "0 of 2, wrong: momentum_step" in text and re.search(r"~ 07 +The coupling layer +not checked yet", text)


def test_next_prints_the_file_to_go_on_with(run, clone):
    done_before(clone, 7)
    status, text = run("next")
    assert status == 0 and re.search(r"exercises/ex07_coupling.py:\d+$", text.strip())


def test_hints_come_one_by_one_weaker_first(run):
    from minidgm.course.entries.ex07 import HINTS

    def squeezed(text):
        return " ".join(text.split())

    for shown in (1, 2, 3, 3):
        status, text = run("hint", "7", "coupling_g")
        seen = [squeezed(hint) in squeezed(text) for hint in HINTS["coupling_g"]]
        assert status == 0 and seen == [i < shown for i in range(3)]
    assert "minidgm solution 7" in text


def test_a_hint_without_a_function_is_for_the_first_unfinished_one(run, write):
    assert "momentum_step, hint 1 of 3" in run("hint", "2")[1]
    write("ex02_optimizers", momentum_step=MOMENTUM)
    run("check", "2")
    assert "adam_step, hint 1 of 3" in run("hint", "2")[1]


def test_an_unknown_function_is_a_users_mistake(run):
    status, text = run("hint", "7", "coupling_h")
    assert status == 2 and "coupling_f, coupling_g, coupling_jacobian" in text


def test_solution_prints_the_answered_file(run, clone):
    assert run("solution", "7") == (0, (clone / "solutions" / "ex07_coupling.py").read_text(encoding="utf-8"))


# ------------------------------------------------------------------ reset


def test_reset_keeps_the_old_file_and_every_older_copy(run, write, clone):
    kept = []
    for i in range(3):
        path = write("ex02_optimizers", momentum_step=f"return {i}, velocity")
        text = path.read_text()
        status, printed = run("reset", "2")
        assert status == 0
        kept.append((clone / re.search(r"exercises/\S+\.old\d", printed)[0], text))
        assert path.read_text(encoding="utf-8") == stub(
            (clone / "solutions" / "ex02_optimizers.py").read_text(encoding="utf-8"), find(2)
        )
    assert len({path for path, _ in kept}) == 3 and all(path.read_text() == text for path, text in kept)


def test_reset_leaves_an_untouched_stub_alone(run, clone):
    before = sorted((clone / "exercises").iterdir())
    assert run("reset", "2")[0] == 0 and sorted((clone / "exercises").iterdir()) == before


def test_reset_forgets_what_was_known(run, write, clone):
    write("ex02_optimizers", momentum_step=MOMENTUM, adam_step=ADAM)
    run("check", "2")
    run("hint", "2")
    run("reset", "2")
    assert not Progress(clone).finished(find(2)) and "hint 1 of 3" in run("hint", "2")[1]


# ------------------------------------------------------------------ watch


def test_watch_checks_a_file_when_it_is_saved_and_ends_by_ctrl_c(clone, write):
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "minidgm", "watch"],
        cwd=clone,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background job ignores it
    )
    lines = []
    reader = threading.Thread(target=lambda: lines.extend(iter(process.stdout.readline, "")), daemon=True)
    reader.start()
    try:
        wait_for(lambda: any("Watching" in line for line in lines))
        write("ex02_optimizers", momentum_step=MOMENTUM, adam_step=ADAM)
        wait_for(lambda: any("ex02 is right" in line for line in lines))
    finally:
        process.send_signal(2)
    assert process.wait(timeout=10) == 0
    reader.join(timeout=10)
    process.stdout.close()


def wait_for(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it didn't happen in time"
        time.sleep(0.05)


# ------------------------------------------------------------------ how it looks


def test_in_a_pipe_it_is_plain(run, write):
    write("ex02_optimizers", momentum_step="return theta, velocity")
    for command in (["check", "2"], ["status"], ["hint", "2"]):
        assert "\033" not in run(*command)[1]


def test_a_pipe_that_is_not_utf8_gets_ascii(clone):
    done = subprocess.run(
        [sys.executable, "-m", "minidgm", "status"],
        cwd=clone,
        capture_output=True,
        env={"PYTHONIOENCODING": "ascii", "PATH": ""},
    )
    assert done.returncode == 0 and done.stdout.isascii() and b"01  Stable functions" in done.stdout
