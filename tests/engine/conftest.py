"""A test file with the line `BOTH_WAYS = True` runs twice: as the engine is used, and with the formulas as written."""

import contextlib

import pytest

from minidgm.tensor import plain


def pytest_generate_tests(metafunc):
    if getattr(metafunc.module, "BOTH_WAYS", False):
        metafunc.fixturenames.append("way")
        metafunc.parametrize("way", ["fast", "plain"], indirect=True)


@pytest.fixture
def way(request):
    with plain() if request.param == "plain" else contextlib.nullcontext():
        yield
