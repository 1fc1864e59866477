"""What other services need to grade: `minidgm grade --bundle gradescope` and `--bundle github`.

gradescope   minidgm-gradescope.zip, to upload as the assignment's autograder: the graders, the solutions, a set-up
             script that installs the five packages, and a run script that needs nothing but what is in the zip.
github       minidgm-github/: .github/workflows/classroom.yml for the students' template repository, the script it runs,
             and INSTRUCTIONS.md.

GRADING.md tells how to use them.
"""

import os
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

from minidgm.course.exercises import Exercise
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
.venv/bin/python -m minidgm grade "$autograder/submission" --only ONLY --out "$out"
mkdir -p "$autograder/results"
cp "$out/submission/results.json" "$autograder/results/results.json"
rm -r "$out"
"""


def write(root: Path, service: str, out: Path | None, exercises: Sequence[Exercise]) -> int:
    """Write the bundle for a service.

    Raises UserError when what it would write is there already.
    """
    return {"gradescope": write_gradescope, "github": write_github}[service](root, out, exercises)


def packages(root: Path) -> str:
    """The packages that setup.py asks for, as a shell reads them."""
    asked = re.search(r"install_requires=\[(.*?)\]", (root / "setup.py").read_text(encoding="utf-8"), re.DOTALL)
    assert asked is not None
    return " ".join(f"'{package}'" for package in re.findall(r'^ *"([^"]+)"', asked[1], re.MULTILINE))


def numbers(exercises: Sequence[Exercise]) -> str:
    """The exercises' numbers as --only reads them."""
    return ",".join(str(e.number) for e in exercises)


def write_gradescope(root: Path, out: Path | None, exercises: Sequence[Exercise]) -> int:
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
            ("run_autograder", RUN.replace("ONLY", numbers(exercises))),
        ):
            script = zipfile.ZipInfo(name)
            script.external_attr = 0o755 << 16
            bundle.writestr(script, text)
        for file in files(root):
            bundle.write(file, file.relative_to(root))
    print(f"Wrote {path}: on Gradescope, Configure Autograder, Zip file upload. Each function counts one point.")
    print(f"The assignment is worth {sum(len(e.functions) for e in exercises)} points.")
    return 0


def files(root: Path) -> list[Path]:
    """What grading needs: the package, the stubs (they mark the clone's root), the solutions, the graders and banks."""
    folders = ("minidgm", "exercises", "solutions", "tests/exercises")
    found = []
    for folder in folders:
        found += [p for p in sorted((root / folder).rglob("*")) if p.suffix in (".py", ".npz", ".txt", ".typed")]
    return [p for p in found if p.is_file() and "__pycache__" not in p.parts]


# ------------------------------------------------------------------ GitHub

SCRIPT = """#!/usr/bin/env bash
# Grades a student's files with graders the student can't change: ./grade.sh GRADER SUBMISSION RESULTS
#   GRADER       a clone of minidgm (the lecturer's, at a fixed version)
#   SUBMISSION   the student's repository
#   RESULTS      a new folder
set -euo pipefail
python3 -m venv "$3.venv"
"$3.venv/bin/pip" install --quiet -e "$1"
cd "$1"
"$3.venv/bin/minidgm" grade "$2" --only ONLY --out "$3"
"""

INSTRUCTIONS = """# Grading minidgm with GitHub Classroom

1. Make a template repository that holds `exercises/` (the stubs) and what is in this folder:
   `.github/workflows/classroom.yml` and `.github/grade.sh`.
2. In `classroom.yml`, set `repository:` to your copy of minidgm and `ref:` to the commit you grade with.
   A private copy needs a token that may read it, as the secret `GRADER_TOKEN`; a public one needs none.
3. Create the assignment from the template, with no other autograding tests.

Each push grades the student's `exercises/`. The run's summary shows the table, the artifact `results` holds each
function's feedback, and every exercise is a check of its own, worth one point a function, in Classroom's grades.

A student can edit the workflow in their own repository, and so the grade it reports. It is there for feedback. For
marks, clone the repositories (`gh classroom clone student-repos`) and grade them yourself:
`minidgm grade SUBMISSIONS/* --out results`.
"""


def workflow(exercises: Sequence[Exercise]) -> str:
    """The classroom's workflow: grade everything once, then report each exercise."""
    steps, environment, runners = [], [], []
    for e in exercises:
        report = '"$RUNNER_TEMP/results/submission/report.json"'
        steps.append(
            f"""      - name: "{e.key} {e.title}"
        id: {e.key}
        uses: classroom-resources/autograding-command-grader@v1
        with:
          test-name: "{e.key} {e.title}"
          command: 'python3 .github/right.py {report} {e.stem}'
          timeout: 1
          max-score: {len(e.functions)}
"""
        )
        environment.append(f"          {e.key.upper()}_RESULTS: ${{{{ steps.{e.key}.outputs.result }}}}\n")
        runners.append(e.key)
    return WORKFLOW.format(steps="".join(steps), environment="".join(environment), runners=",".join(runners))


RIGHT = '''"""Exit with 0 when an exercise is right in a report: `python right.py report.json ex07_coupling`."""

import json
import sys

with open(sys.argv[1]) as stream:
    entries = {entry["exercise"]: entry for entry in json.load(stream)["exercises"]}
entry = entries[sys.argv[2]]
for function in entry["functions"]:
    print(function["name"], function["status"], function.get("sentence", ""), function.get("message", ""))
print(entry["problem"])
sys.exit(entry["status"] != "right")
'''

WORKFLOW = """name: Autograding Tests
on: [push, workflow_dispatch, repository_dispatch]
permissions:
  checks: write
  actions: read
  contents: read
jobs:
  run-autograding-tests:
    runs-on: ubuntu-latest
    if: github.actor != 'github-classroom[bot]'
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
          token: ${{{{ secrets.GRADER_TOKEN || github.token }}}}
          persist-credentials: false
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - name: Grade
        run: |
          mv .grader "$RUNNER_TEMP/grader"
          mkdir "$RUNNER_TEMP/submission" && cp -r exercises "$RUNNER_TEMP/submission/"
          bash .github/grade.sh "$RUNNER_TEMP/grader" "$RUNNER_TEMP/submission" "$RUNNER_TEMP/results" | tee table.txt
          {{ echo '```'; cat table.txt; echo '```'; }} >> "$GITHUB_STEP_SUMMARY"
      - uses: actions/upload-artifact@v4
        with:
          name: results
          path: ${{{{ runner.temp }}}}/results
{steps}      - name: Autograding Reporter
        uses: classroom-resources/autograding-grading-reporter@v1
        env:
{environment}        with:
          runners: {runners}
"""


def write_github(root: Path, out: Path | None, exercises: Sequence[Exercise]) -> int:
    """Write the classroom's workflow, its scripts, and how to use them."""
    folder = out or Path("minidgm-github")
    texts = {
        ".github/workflows/classroom.yml": workflow(exercises),
        ".github/grade.sh": SCRIPT.replace("ONLY", numbers(exercises)),
        ".github/right.py": RIGHT,
        "INSTRUCTIONS.md": INSTRUCTIONS,
    }
    taken = [name for name in texts if os.path.lexists(folder / name)]
    if taken:
        raise UserError(f"{folder / taken[0]}: there already; name another folder with --out.")
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    print(f"Wrote {folder}/: read INSTRUCTIONS.md.")
    return 0
