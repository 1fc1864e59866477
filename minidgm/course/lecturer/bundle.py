"""What other services need to grade: `minidgm grade --bundle gradescope`, `actions` or `classroom50`.

gradescope    minidgm-gradescope.zip, to upload as the assignment's autograder: the graders, the solutions, a set-up
              script that installs the five packages, and a run script that needs nothing but what is in the zip
actions       minidgm-actions/: a GitHub Actions workflow that a course's template repository carries
classroom50   minidgm-classroom50/: an autograder for Classroom 50, the graders beside it

GRADING.md tells how to use them.
"""

import os
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

from minidgm.course.exercises import Exercise
from minidgm.course.lecturer.results import Marking
from minidgm.course.terminal import Screen
from minidgm.errors import UserError

# ------------------------------------------------------------------ Gradescope

SETUP = """#!/usr/bin/env bash
# Runs once, when Gradescope builds the autograder: Python and the five packages. Nothing is fetched later.
set -euo pipefail
source_folder="${AUTOGRADER:-/autograder}/source"
if ! python3 -c 'import venv, ensurepip, sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
    apt-get update -y && apt-get install -y python3 python3-venv
fi
python3 -m venv "$source_folder/.venv"
"$source_folder/.venv/bin/pip" install --quiet PACKAGES
"""

RUN = """#!/usr/bin/env bash
# Runs for each submission: grades /autograder/submission and writes /autograder/results/results.json.
set -euo pipefail
autograder="${AUTOGRADER:-/autograder}"
out="$(mktemp -d)"
cd "$autograder/source"
.venv/bin/python -m minidgm grade "$autograder/submission" --only ONLY MARKING --out "$out"
mkdir -p "$autograder/results"
cp "$out/submission/results.json" "$autograder/results/results.json"
rm -r "$out"
"""


def write(root: Path, service: str, out: Path | None, exercises: Sequence[Exercise], marking: Marking) -> int:
    """Write the bundle for a service, which marks as `marking` says.

    Raises UserError when what it would write is there already.
    """
    writers = {"gradescope": write_gradescope, "actions": write_actions, "classroom50": write_classroom50}
    return writers[service](root, out, exercises, marking)


def packages(root: Path) -> str:
    """The packages that setup.py asks for, as a shell reads them."""
    asked = re.search(r"install_requires=\[(.*?)\]", (root / "setup.py").read_text(encoding="utf-8"), re.DOTALL)
    assert asked is not None
    return " ".join(f"'{package}'" for package in re.findall(r'^ *"([^"]+)"', asked[1], re.MULTILINE))


def numbers(exercises: Sequence[Exercise]) -> str:
    """The exercises' numbers as --only reads them."""
    return ",".join(str(e.number) for e in exercises)


def options(marking: Marking) -> str:
    """How a bundle's own call of `minidgm grade` says how to mark."""
    return f"--remark {marking.remark:g} --visibility {marking.visibility}"


def write_gradescope(root: Path, out: Path | None, exercises: Sequence[Exercise], marking: Marking) -> int:
    """Write the autograder's zip."""
    path = out or Path("minidgm-gradescope.zip")
    if path.suffix != ".zip":
        path = path / "minidgm-gradescope.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        bundle = zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED)
    except FileExistsError:
        raise UserError(f"{path}: there already; move it, or name another with --out.") from None
    with bundle:
        for name, text in (
            ("setup.sh", SETUP.replace("PACKAGES", packages(root))),
            ("run_autograder", RUN.replace("ONLY", numbers(exercises)).replace("MARKING", options(marking))),
        ):
            script = zipfile.ZipInfo(name)
            script.external_attr = 0o755 << 16
            bundle.writestr(script, text)
        for file in files(root):
            bundle.write(file, file.relative_to(root))
    points = sum(len(e.functions) for e in exercises)
    say = Screen().paragraph
    say(f"Wrote {path}: on Gradescope, Configure Autograder, Zip file upload. Each function counts one point.")
    say(f"The assignment is worth {points} points.")
    return 0


def files(root: Path) -> list[Path]:
    """What grading needs: the package, the stubs (they mark the clone's root), the solutions, the graders and banks."""
    folders = ("minidgm", "exercises", "solutions", "tests/exercises")
    found = []
    for folder in folders:
        found += [p for p in sorted((root / folder).rglob("*")) if p.suffix in (".py", ".npz", ".txt", ".typed")]
    return [p for p in found if p.is_file() and "__pycache__" not in p.parts]


# ------------------------------------------------------------------ GitHub Actions

WORKFLOW = """name: Feedback
on: [push, workflow_dispatch]
permissions:
  contents: read
jobs:
  grade:
    runs-on: ubuntu-latest
    timeout-minutes: 40
    steps:
      - name: The student's repository
        uses: actions/checkout@v4
      - name: The graders
        uses: actions/checkout@v4
        with:
          repository: YOUR-ORGANIZATION/minidgm
          ref: COMMIT-YOU-GRADE-WITH
          path: .grader
          token: ${{ secrets.GRADER_TOKEN || github.token }}
          persist-credentials: false
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - name: Grade
        run: |
          mkdir "$RUNNER_TEMP/submission" && cp -r exercises "$RUNNER_TEMP/submission/"
          mv .grader "$RUNNER_TEMP/grader" && cd "$RUNNER_TEMP/grader"
          python -m pip install --quiet -e .
          cd "$RUNNER_TEMP"
          python -m minidgm grade "$RUNNER_TEMP/submission" --only ONLY MARKING --out results | tee table.txt
          { echo '```'; cat table.txt; echo '```'; } >> "$GITHUB_STEP_SUMMARY"
      - uses: actions/upload-artifact@v4
        with:
          name: results
          path: ${{ runner.temp }}/results
"""

INSTRUCTIONS = """# Grading minidgm by GitHub Actions

1. Make a template repository that holds `exercises/` (the stubs) and `.github/workflows/minidgm.yml` from this folder.
2. In the workflow, set `repository:` to your copy of minidgm and `ref:` to the commit you grade with. A private copy
   needs a token that may read it, as the secret `GRADER_TOKEN`; a public one needs none.
3. Students make their repositories from the template, by whatever tool your course uses.

Each push grades the student's `exercises/`. The run's summary shows the table, the artifact `results` holds each
function's feedback. Any other CI can run the same three lines: install, `minidgm grade`, keep the results.

A student can edit the workflow in their own repository, and so what it reports. It is there for feedback. For marks,
clone the repositories and grade them yourself: `minidgm grade SUBMISSIONS/* --out results`.
"""


def write_actions(root: Path, out: Path | None, exercises: Sequence[Exercise], marking: Marking) -> int:
    """Write the workflow, and how to use it."""
    folder = out or Path("minidgm-actions")
    texts = {
        ".github/workflows/minidgm.yml": WORKFLOW.replace("ONLY", numbers(exercises)).replace(
            "MARKING", options(marking)
        ),
        "INSTRUCTIONS.md": INSTRUCTIONS,
    }
    write_new(folder, {name: text.encode() for name, text in texts.items()})
    Screen().paragraph(f"Wrote {folder}/: read INSTRUCTIONS.md.")
    return 0


def write_new(folder: Path, contents: dict[str, bytes]) -> None:
    """Write files into a folder. Raises UserError when one of them is there already."""
    taken = [name for name in contents if os.path.lexists(folder / name)]
    if taken:
        raise UserError(f"{folder / taken[0]}: there already; name another folder with --out.")
    for name, content in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        with open(folder / name, "xb") as stream:
            stream.write(content)


# ------------------------------------------------------------------ Classroom 50

AUTOGRADER = '''"""Grades the checkout it runs in with the graders beside it, and writes Classroom 50's result.json."""

import datetime
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE, CHECKOUT = Path(__file__).resolve().parent, Path.cwd()
if "--no-install" not in sys.argv:
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--user", PACKAGES], check=True)
with tempfile.TemporaryDirectory() as out:
    command = [sys.executable, "-m", "minidgm", "grade", str(CHECKOUT), "--only", "ONLY", "--out", out]
    subprocess.run(command, cwd=HERE, check=True)
    (report,) = Path(out).glob("*/report.json")
    graded = json.loads(report.read_text(encoding="utf-8"))
tests = []
for entry in graded["exercises"]:
    for function in entry["functions"]:
        right = function["status"] in RIGHT
        said = function.get("sentence") or function.get("message") or entry["problem"]
        test = {"test-name": f"{entry['exercise'][:4]} {function['name']}", "passed": right, "score": int(right)}
        tests.append({**test, "max-score": 1, "output": said})
result = {
    "schema": "classroom50/result/v1",
    "classroom": os.environ["CLASSROOM"],
    "assignment": os.environ["ASSIGNMENT"],
    "submission": os.environ["SUBMISSION_TAG"],
    "commit": os.environ["COMMIT_URL"],
    "release": os.environ["RELEASE_URL"],
    "review": os.environ.get("REVIEW_URL") or os.environ["COMMIT_URL"],
    "datetime": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
    "score": sum(test["score"] for test in tests),
    "max-score": len(tests),
    "tests": tests,
}
(CHECKOUT / "result.json").write_text(json.dumps(result, indent=2), encoding="utf-8")
'''


def write_classroom50(root: Path, out: Path | None, exercises: Sequence[Exercise], marking: Marking) -> int:
    """Write an autograder after Classroom 50's contract (its wiki, Advanced Autograding, August 2026)."""
    folder = out or Path("minidgm-classroom50")
    asked = packages(root).replace("'", '"').replace('" "', '", "')
    text = AUTOGRADER.replace("PACKAGES", asked).replace("ONLY", numbers(exercises))
    counted = ("right", "remark") if marking.remark == 1 else ("right",)  # its scores are whole numbers
    text = text.replace("in RIGHT", f"in {counted}")
    contents = {"autograder.py": text.encode()}
    contents |= {str(file.relative_to(root)): file.read_bytes() for file in files(root)}
    write_new(folder, contents)
    where = "CLASSROOM/autograders/ASSIGNMENT/ of your configuration repository"
    Screen().paragraph(f"Wrote {folder}/: copy what is in it to {where}.")
    return 0
