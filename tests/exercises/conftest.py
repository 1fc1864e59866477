"""Grade the answers in a folder: `pytest tests/exercises --answers exercises -k ex07`. The default is solutions/."""

from pathlib import Path

import pytest

from minidgm.course.answer import Answer, InProcess, NotStarted
from minidgm.course.bank import collect
from minidgm.course.diagnose import diagnose
from minidgm.course.exercises import find
from minidgm.course.grading import load

ROOT = Path(__file__).resolve().parents[2]


def pytest_addoption(parser):
    parser.addoption("--answers", default="solutions", help="folder of the answers to grade (default: solutions)")


@pytest.fixture(scope="module")
def runner(request):
    """What runs the answers of this test file's exercise."""
    stem = request.module.__name__.rsplit(".", 1)[-1].removeprefix("test_")
    path = ROOT / request.config.getoption("--answers") / f"{stem}.py"
    module = load(path)
    return InProcess(vars(module), str(path))


@pytest.fixture
def answer(request, runner):
    """The functions of the exercise that this test file grades."""
    stem = request.module.__name__.rsplit(".", 1)[-1].removeprefix("test_")
    return Answer(runner, load(ROOT / "solutions" / f"{stem}.py"))


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Not started is skipped; wrong fails with the sentence alone, no traceback of the grader's."""
    grader = pyfuncitem.obj
    if not hasattr(grader, "function"):
        return None
    answer = pyfuncitem.funcargs["answer"]
    try:
        grader(answer)
    except NotStarted as e:
        pytest.skip(str(e))
    except AssertionError as e:
        stem = pyfuncitem.module.__name__.rsplit(".", 1)[-1].removeprefix("test_")
        rivals = [b for b in collect(ROOT, find(stem)) if b.function == grader.function and b.sentence]
        named = diagnose(answer._calls, [], rivals, answer._reference)
        pytest.fail(f"{named.sentence}\n{e}" if named else str(e), pytrace=False)
    return True
