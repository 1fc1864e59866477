"""Grade the answers in a folder: `pytest tests/exercises --answers exercises -k ex07`. The default is solutions/.

Answers from any folder but solutions/ run in a process of their own, so that none of them can stop the others.
"""

import functools
import warnings
from pathlib import Path

import pytest

from minidgm.course.answer import Answer, InProcess
from minidgm.course.exercises import find
from minidgm.course.explain import verdict
from minidgm.course.files import load, read_answer
from minidgm.course.grading import judge
from minidgm.course.sandbox.runner import Worker
from minidgm.errors import UserError

ROOT = Path(__file__).resolve().parents[2]
SOLUTIONS = ROOT / "solutions"


def pytest_addoption(parser):
    parser.addoption("--answers", default=None, help="folder of the answers to grade (default: solutions)")


def answers_folder(config):
    """The folder that --answers names, from here or from the clone's root."""
    named = config.getoption("--answers", default=None)
    folder = SOLUTIONS if named is None else Path(named)
    folder = folder if folder.is_dir() else ROOT / folder
    if not folder.is_dir():
        raise pytest.UsageError(f"--answers {named}: no such folder")
    return folder.resolve()


def pytest_configure(config):
    answers_folder(config)  # a folder that isn't there is a user's mistake, not 400 failures


def stem_of(module):
    """The exercise's stem, `ex07_coupling`, of a grader's module."""
    return module.__name__.rsplit(".", 1)[-1].removeprefix("test_")


@pytest.fixture(scope="module")
def runner(request):
    """What runs the answers of this test file's exercise."""
    folder = answers_folder(request.config)
    path = folder / f"{stem_of(request.module)}.py"
    if folder == SOLUTIONS:
        yield InProcess(vars(load(path)), str(path))
        return
    if not path.exists():
        pytest.skip(f"{path.name}: not in {folder.name}")
    try:
        source = read_answer(path)
    except UserError as error:
        pytest.fail(str(error), pytrace=False)
    with Worker(path, source) as worker:
        yield worker


@pytest.fixture
def answer(request, runner):
    """The functions of the exercise that this test file grades."""
    return Answer(runner, load(SOLUTIONS / f"{stem_of(request.module)}.py"))


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Not started is skipped; wrong fails with the sentence alone, no traceback of the grader's."""
    grader = pyfuncitem.obj
    if not hasattr(grader, "function"):
        return None
    result = judge(grader, pyfuncitem.funcargs["answer"])
    if result.status == "not started":
        pytest.skip(result.message)
    if result.status == "remark":
        warnings.warn(f"{grader.function} is right, with one remark: {result.message}")
    if result.status == "failed":
        sentence = sentence_on(pyfuncitem.module, grader.function, pyfuncitem.funcargs["answer"]._runner)
        pytest.fail(f"{sentence}\n{result.message}" if sentence else result.message, pytrace=False)
    return True


@functools.cache
def sentence_on(module, function, runner):
    """What `minidgm check` says of a function: judged by all of its graders, whichever of them pytest runs."""
    return verdict(ROOT, find(stem_of(module)), function, runner).sentence
