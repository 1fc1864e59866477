"""A student's process: it gives what the function gives, and nothing that it does stops the checker."""

import subprocess
import sys
import time

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

from minidgm.course.answer import Answer, Counted, InProcess, Wrong
from minidgm.course.checker import check_exercise
from minidgm.course.exercises import find, find_root
from minidgm.course.sandbox.runner import Limits, Worker
from minidgm.course.sandbox.spawn import spawn

QUICK = Limits(seconds=1.0, total=20.0, memory=2 << 30, output=100_000)
X = np.random.default_rng(0).normal(size=(2, 3))


@pytest.fixture
def worker(tmp_path):
    """Start a worker on a file's text."""
    started = []

    def start(source, limits=QUICK):
        path = tmp_path / "ex99_test.py"
        path.write_text(source, encoding="utf-8")
        started.append(Worker(path, source, limits))
        return started[-1]

    yield start
    for each in started:
        each.close()


def message(outcome, name="f"):
    assert outcome.error is not None
    return outcome.error.sentence(name)


# ------------------------------------------------------------------ what a function gives


def test_a_call_gives_the_value_and_the_arguments_that_were_changed(worker):
    outcome = worker("def f(x, y):\n    y[0] = 7\n    return x * 2, 'text', [1.5]").call("f", (X, [1, 2]))
    np.testing.assert_array_equal(outcome.value[0], X * 2)
    assert outcome.value[1:] == ("text", [1.5]) and outcome.mutated == (1,) and outcome.error is None


def test_the_checkers_callables_are_called_and_counted_there(worker):
    net = Counted(lambda x: (x + 1, anp.exp(x)))
    run = worker("def f(x, net):\n    mu, sigma = net(x)\n    return mu + net(x=x)[1]")
    outcome = run.call("f", (X, net))
    np.testing.assert_allclose(outcome.value, X + 1 + np.exp(X))
    assert outcome.counts == (2,) and net.calls == 2


JACOBIANS = """
import autograd.numpy as np
from autograd import grad, hessian, jacobian, make_jvp
def one(f, x): return jacobian(f)(x)
def both_parts(f, x): return jacobian(lambda v: f(v)[0] * f(v)[1])(x)
def twice(f, x): return hessian(lambda v: np.sum(f(v) ** 2))(x)
def onward(f, x): return make_jvp(f)(x)(np.ones_like(x))[1]
def second(f, x): return grad(lambda b: np.sum(f(x, b)))(2 * x)
"""


@pytest.mark.parametrize(
    "name, f",
    [
        ("one", lambda v: anp.sin(v) * v[0]),
        ("both_parts", lambda v: (anp.sin(v), v**2)),
        ("twice", lambda v: anp.sin(v) * v[1]),
        ("onward", lambda v: anp.sin(v) * v[0]),
        ("second", lambda a, b: a * b**2),
    ],
)
def test_autograd_differentiates_through_the_checkers_callables(worker, name, f):
    functions = {}
    exec(JACOBIANS, functions)
    here = InProcess(functions).call(name, (f, X[0]))
    there = worker(JACOBIANS).call(name, (f, X[0]))
    assert here.error is None and there.error is None
    np.testing.assert_allclose(there.value, here.value, rtol=1e-14)
    assert there.counts == here.counts


def test_derivatives_of_the_checkers_callables_keep_float32(worker):
    outcome = worker(JACOBIANS).call("one", (lambda v: anp.sin(v), X[0].astype(np.float32)))
    assert outcome.value.dtype == np.float32


def test_an_exception_of_the_checkers_callable_is_raised_in_the_students_code(worker):
    def net(x):
        raise ValueError("x: expected shape (2, 3)")

    run = worker("def f(net):\n    try:\n        net(1)\n    except ValueError as e:\n        return str(e)\n")
    assert run.call("f", (net,)).value == "x: expected shape (2, 3)"


def test_arguments_arrive_with_their_layout(worker):
    run = worker("def f(x):\n    return [x.flags.c_contiguous, x.flags.f_contiguous, x.flags.writeable]")
    for x in (X, X.T, X[:, ::2], np.broadcast_to(1.0, (2, 2))):
        assert run.call("f", (x,)).value == [x.flags.c_contiguous, x.flags.f_contiguous, x.flags.writeable]


def test_an_exception_tells_the_students_own_lines_alone(worker):
    run = worker("import numpy as np\ndef helper(x):\n    return np.reshape(x, 7)\ndef f(x):\n    return helper(x)\n")
    text = message(run.call("f", (X,)))
    assert "f raised ValueError: cannot reshape" in text
    assert "line 5: return helper(x)" in text and "line 3: return np.reshape(x, 7)" in text and "numpy/" not in text


def test_a_stub_is_not_started_but_autograds_own_gap_is_an_error(worker):
    run = worker(
        "import autograd, numpy\nfrom autograd.extend import primitive\n"
        "def f(x):\n    raise NotImplementedError('ex99: write f')\n"
        "def g(x):\n    return autograd.grad(primitive(lambda v: v.sum()))(x)\n"
    )
    assert run.call("f", (X,)).error.kind == "NotImplementedError"
    assert run.call("g", (X,)).error.kind != "NotImplementedError"


def test_what_is_printed_is_kept_apart(worker):
    run = worker("import sys\ndef f(x):\n    print('x is', x)\n    print('here', file=sys.stderr)\n    return x")
    assert run.call("f", (3,)).value == 3
    run.close()
    deadline = time.monotonic() + 5
    while b"here" not in run.printed and time.monotonic() < deadline:
        time.sleep(0.01)
    assert b"x is 3" in run.printed


# ------------------------------------------------------------------ what stops one function stops no other

BAD = {
    "while True: pass": "took more than 1 seconds",
    "import time\n    time.sleep(100)": "took more than 1 seconds",
    "while True: print('again', 'and again' * 50)": "printed more than",
    "import os\n    os._exit(3)": "ended Python (exit status 3)",
    "import sys\n    sys.exit(0)": "f raised SystemExit: 0",
    "raise KeyboardInterrupt": "f raised KeyboardInterrupt",
    "return f(x)": "RecursionError",
    "import ctypes\n    ctypes.string_at(0)": "crashed Python",
    "import os, signal\n    os.kill(os.getpid(), signal.SIGKILL)": "crashed Python (SIGKILL)",
    "return bytearray(10**13)": "f raised MemoryError",
    "import os\n    [os.close(i) for i in range(20)]": "",
    "import sys\n    sys.stdout.close()\n    print(1)": "f raised ValueError",
    "import os\n    [os.write(i, bytes(100)) for i in range(3, 9)]": "",
    "x = []\n    for _ in range(10**5): x = [x]\n    return x": "RecursionError",
    "return 10 ** 10000": "",
}


@pytest.mark.parametrize("body, wanted", BAD.items(), ids=range(len(BAD)))
def test_nothing_that_one_function_does_stops_another(worker, body, wanted):
    run = worker(f"def f(x):\n    {body}\n\ndef good(x):\n    return x + 1\n")
    bad = run.call("f", (1,))
    assert bad.error is not None and wanted in message(bad)
    assert run.call("good", (1,)).value == 2
    assert "Traceback" not in message(bad)


def test_a_value_too_large_to_send_is_told_of(worker):
    run = worker("import numpy as np\ndef f(x):\n    return np.zeros((1 << 25) + 1)", Limits())
    assert "can't be sent: an array of more than 256 MB" in message(run.call("f", (1,)))


def test_a_function_that_ended_its_process_is_not_called_again(worker):
    run = worker("def f(x):\n    while True: pass\n")
    first = run.call("f", (1,))
    begun = time.process_time()
    assert all(run.call("f", (1,)) == first for _ in range(50)) and time.process_time() - begun < 1


def test_all_calls_of_an_exercise_together_are_limited(worker):
    run = worker("import time\ndef f(x):\n    time.sleep(0.2)\n    return x", QUICK._replace(total=0.3))
    outcomes = [run.call("f", (1,)) for _ in range(3)]
    assert outcomes[0].error is None and outcomes[2].error.kind == "Timeout"


# ------------------------------------------------------------------ files that can't be used


@pytest.mark.parametrize(
    "source, wanted",
    [
        ("def f(:\n", "line 1: def f(:"),
        ("import numpyy\n", "No module named 'numpyy'"),
        ("x = 1\ny = x / 0\n", "line 2: y = x / 0"),
        ("import sys\nsys.exit()\n", "SystemExit"),
        ("while True: pass\n", "took more than 1 seconds"),
        ("import os\nos._exit(0)\n", "ended Python"),
        ("from minidgm.functional import softplus\n", "numpy and autograd alone"),
        ("import minidgm.course.grading\n", "numpy and autograd alone"),
        ("\0", "null byte"),
    ],
)
def test_a_file_that_cannot_be_imported_is_one_sentence(worker, source, wanted):
    run = worker(source)
    error = run.call("f", (1,)).error
    assert (
        error.kind == "Import" and error.message.startswith("ex99_test.py can't be used: ") and wanted in error.message
    )
    assert run.call("g", (1,)).error == error


def test_a_function_that_was_renamed_is_missed_by_name(worker):
    with pytest.raises(Wrong, match="ex99_test.py has no function f: was it renamed?"):
        Answer(worker("def F(x):\n    return x")).f(1)


def test_text_from_the_students_process_is_made_fit_to_print(worker):
    text = message(worker("def f(x):\n    raise ValueError('\\033[2J\\x07' + 'a' * 10000)").call("f", (1,)))
    assert "\033" not in text and "\x07" not in text and len(text) < 700


def test_the_engine_here_is_the_worker_there():
    assert autograd.grad(lambda x: x**2)(3.0) == 6.0  # autograd's state here is untouched by all of the above


# ------------------------------------------------------------------ right functions in the place of the file's

CALLS_ANOTHER = """
def inner(x, net):
    return 0
def f(x, net):
    return inner(x, net) + net(x)
def with_its_own(x, net):
    return inner(x, lambda x: 2 * net(x))
def hands_it_back(x, net):
    return net
"""


def test_a_right_function_in_anothers_place_is_given_the_callables_that_the_file_was_given(worker):
    run = worker(CALLS_ANOTHER)
    net = Counted(np.square)
    with run.standing_in(inner=lambda x, net: 10 * net(x)):
        outcome = run.call("f", (X, net))
    assert outcome.error is None and np.allclose(outcome.value, 11 * X**2) and outcome.counts == (2,)
    assert np.allclose(run.call("f", (X, net)).value, X**2)


def test_a_callable_of_the_files_own_cannot_go_to_a_function_in_anothers_place(worker):
    run = worker(CALLS_ANOTHER)
    with run.standing_in(inner=lambda x, net: 10 * net(x)):
        outcome = run.call("with_its_own", (X, np.square))
    assert outcome.error.kind == "Stopped" and "hands a function of its own" in outcome.error.message


def test_a_callable_that_comes_back_is_no_answer(worker):
    run = worker(CALLS_ANOTHER)
    outcome = run.call("hands_it_back", (X, np.square))
    assert outcome.error is None and "a function" in outcome.value.what


# ------------------------------------------------------------------ a process that was started before


def test_a_process_can_be_started_before_numpy_is_imported():
    code = "import sys; from minidgm.course.sandbox import spawn; print('numpy' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out == "False\n"


def test_a_process_that_was_started_before_runs_the_file_and_ends_with_the_worker(tmp_path):
    started = spawn(tmp_path)
    with Worker(tmp_path / "ex99_test.py", "def f(x):\n    return 2 * x\n", QUICK, started=started) as run:
        assert np.array_equal(run.call("f", (X,)).value, 2 * X)
        assert started.process.poll() is None
    assert started.process.poll() is not None


def test_a_process_that_was_started_for_a_file_that_cannot_be_read_ends_too(tmp_path):
    started, exercise = spawn(tmp_path), find(2)
    report = check_exercise(find_root(__file__), exercise, exercise.answer(tmp_path), started=started)
    assert "no such file" in report.problem and started.process.poll() is not None
