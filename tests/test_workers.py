"""Tests shared among processes: whatever was collected is reported, or the run is no success."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SUITE = """
import os
import pytest

@pytest.mark.parametrize("number", range(200))
def test_it(number):
    if number == LAST:
        os._exit(0)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="one process there")
@pytest.mark.parametrize("last, status, said", [(-1, 0, "400 passed"), (100, 2, "200 tests were not reported")])
def test_a_worker_that_ends_early_without_an_error_is_one(tmp_path, last, status, said):
    shutil.copy(HERE / "conftest.py", tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]")
    for name, number in (("one", -1), ("two", last)):
        (tmp_path / f"test_{name}.py").write_text(SUITE.replace("LAST", str(number)))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--workers", "2"]
    env = {**os.environ, "PYTHONPATH": str(HERE.parent)}
    found = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert (found.returncode, said in found.stdout) == (status, True), found.stdout + found.stderr
