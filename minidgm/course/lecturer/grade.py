"""Many submissions graded, each in a process of its own: `minidgm grade submissions/* --out results`.

All submissions are read before any is run (submissions.py). Then there are three kinds of process, so that no code can
reach anybody's points: this one starts one grader per submission, which sends back a report; the grader starts one
process per exercise, in which the student's code runs, shut in (bubble.py, walls.py), and which gets arguments and
sends back what a function returned (runner.py). Only this one writes.

GRADING.md says what is written, and what is and is not defended; tests/course/test_attacks.py tries it.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import minidgm
from minidgm.course.answer import printable
from minidgm.course.checker import check_exercise
from minidgm.course.exercises import EXERCISES, Exercise
from minidgm.course.files import decoded
from minidgm.course.lecturer.likeness import code_digests
from minidgm.course.lecturer.results import PLAIN, Marking, print_table, tallied, write_results, write_table
from minidgm.course.lecturer.submissions import Submission, collect
from minidgm.course.report import FunctionReport, Report
from minidgm.course.sandbox.process import limit
from minidgm.course.sandbox.runner import LIMITS, Limits
from minidgm.course.terminal import Screen
from minidgm.errors import UserError

LONGEST = 1800.0  # seconds for one submission, all in all


# ------------------------------------------------------------------ one submission, in a process of its own


def grade_one(root: Path, submission: Submission, exercises: Sequence[Exercise], limits: Limits = LIMITS) -> dict:
    """Grade one submission: its verdicts as plain data."""
    found = []
    with tempfile.TemporaryDirectory(prefix="minidgm-") as folder:  # for nobody else to read, by a name none can guess
        for name, content in submission.files.items():
            Path(folder, name).write_bytes(content)
        for exercise in exercises:
            entry: dict[str, Any] = {"exercise": exercise.stem, "title": exercise.title}
            report = graded_answer(root, submission, exercise, Path(folder, f"{exercise.stem}.py"), limits)
            entry |= {"problem": report.problem, "printed": report.printed, "walls": report.walls}
            entry["status"] = "not started" if report.problem == "not handed in" else report.status
            codes = code_digests(submission.files.get(f"{exercise.stem}.py", b"").decode("utf-8-sig", "replace"))
            entry["functions"] = [{**f._asdict(), "code": codes.get(f.name, "")} for f in report.functions]
            found.append(entry)
    return {"exercises": found}


def graded_answer(root: Path, submission: Submission, exercise: Exercise, path: Path, limits: Limits) -> Report:
    """One exercise of a submission: whatever is wrong with it, the others count."""

    def lost(status: str, problem: str) -> Report:
        return Report(exercise, tuple(FunctionReport(name, status) for name in exercise.functions), problem)

    if problem := submission.problems.get(exercise.stem):
        return lost("wrong", problem)
    if path.name not in submission.files:
        return lost("not started", "not handed in")
    try:
        source = decoded(path.name, submission.files[path.name])
    except UserError as error:
        return lost("wrong", str(error))
    try:
        return check_exercise(root, exercise, path, limits, hidden=root, source=source)
    except UserError:
        raise
    except Exception as error:
        print(f"{submission.name}, {exercise.key}: {type(error).__name__}: {error}", file=sys.stderr)
        return lost("wrong", f"{path.name} could not be graded: what it returns made the grader stumble.")


def main(args: list[str]) -> int:
    """`python -m minidgm.course.lecturer.grade ROOT STEM…`: grade the submission on standard input, print verdicts."""
    limit(memory=8 << 30, seconds=int(LONGEST), confined=False)  # what a student's code makes graders do, too
    root, *stems = args
    chosen = [e for e in EXERCISES if e.stem in stems]
    sent = json.load(sys.stdin)
    try:
        graded = grade_one(Path(root), Submission.from_json(sent["submission"]), chosen, Limits(*sent["limits"]))
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    json.dump(graded, sys.stdout)
    return 0


# ------------------------------------------------------------------ all of them


def grade(
    root: Path,
    folders: Sequence[Path],
    out: Path,
    jobs: int,
    exercises: Sequence[Exercise] = EXERCISES,
    options: Marking = PLAIN,
    limits: Limits = LIMITS,
) -> int:
    """Grade submissions, at most `jobs` at a time, and write and print the results; 1 when a folder was left out.

    All are read before any is run. Raises UserError when none is there, when `out` is in use, and when the graders
    changed meanwhile.
    """
    submissions, skipped = collect(folders, exercises)
    if not submissions:
        raise UserError(skipped[0])
    out = claim(out)
    before, screen, done = digests(root, exercises), Screen(sys.stderr), 0

    def work(submission: Submission) -> dict:
        nonlocal done
        name = submission.name
        graded = {"submission": name, "minidgm": minidgm.__version__}
        graded |= graded_apart(root, submission, exercises, limits)
        after = digests(root, exercises)
        if changed := [str(path) for path in before | after if before.get(path) != after.get(path)]:
            raise UserError(
                f"{changed[0]} changed while submissions were graded, {name} among them: results from then on are not "
                "to be trusted. Grade again in a fresh clone."
            )
        graded = tallied(graded, options)
        write_results(out / name, graded, options)
        done += 1
        if screen.terminal:
            print(f"\r{done} of {len(submissions)} graded", end="", file=sys.stderr, flush=True)
        return graded

    with ThreadPoolExecutor(max(jobs, 1)) as pool:
        try:
            results = list(pool.map(work, submissions))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    if screen.terminal:
        print("\r" + " " * 40 + "\r", end="", file=sys.stderr)
    write_table(out / "table.csv", results, exercises)
    table = Screen()
    print_table(table, results, exercises)
    table.line()
    table.paragraph(f"Written to {out}/: table.csv, and report.json and results.json for each submission.")
    walls = sorted({e["walls"] for r in results for e in r["exercises"] if e["walls"]})
    table.paragraph(f"Walls around the students' code: {' / '.join(walls) or 'none was needed'} (GRADING.md).")
    for sentence in skipped:
        table.paragraph(f"Left out: {sentence}")
    return 1 if skipped else 0


def claim(out: Path) -> Path:
    """Make the folder for the results.

    Raises UserError when something is in it already.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UserError(f"{out}: in use already; name a folder that is new or empty with --out.")
    out.mkdir(parents=True, exist_ok=True)
    return out


def digests(root: Path, exercises: Sequence[Exercise]) -> dict[Path, str]:
    """A digest of each file that decides a verdict; of those that aren't there, the empty text."""
    paths = sorted((root / "minidgm" / "course").rglob("*.py"))
    for e in exercises:
        paths += [e.solution(root), e.graders(root), e.bank(root)]
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else "" for path in paths}


def graded_apart(root: Path, submission: Submission, exercises: Sequence[Exercise], limits: Limits) -> dict:
    """Grade one submission in a process of its own; whatever becomes of that process is a result."""
    command = [sys.executable, "-m", "minidgm.course.lecturer.grade", str(root), *(e.stem for e in exercises)]
    sent = json.dumps({"submission": submission.as_json(), "limits": limits}).encode()
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, timeout=LONGEST, input=sent)
        words = done.stderr.decode(errors="replace").strip()
        if done.returncode == 2:  # the lecturer's mistake
            raise UserError(words.splitlines()[-1])
        if words:
            print(printable(words, 2000), file=sys.stderr)  # for the lecturer's eyes: it may quote a solution
        if done.returncode == 0:
            return {"note": "", **json.loads(done.stdout)}
        note = f"its grader ended with exit status {done.returncode}"
    except subprocess.TimeoutExpired:
        note = f"its grading took more than {LONGEST:.0f} seconds"
    lost = []
    for e in exercises:
        functions = [{"name": name, "status": "wrong"} for name in e.functions]
        lost.append({"exercise": e.stem, "title": e.title, "status": "wrong", "problem": note, "functions": functions})
        lost[-1] |= {"walls": ""}
    return {"note": note, "exercises": lost}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
