"""Many submissions graded, each in a process of its own: `minidgm grade submissions/* --out results`.

Three kinds of process, so that nobody's code can reach anybody's points: this one starts one grader a submission, which
sends back a report; the grader starts one process an exercise, in which the student's code runs, shut in (walls.py),
and which gets arguments and sends back what a function returned (runner.py). Only this one writes.

GRADING.md says what is written, and what is and is not defended; tests/course/test_attacks.py tries it.
"""

import csv
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import minidgm
from minidgm.course.check import check_exercise
from minidgm.course.exercises import EXERCISES, Exercise
from minidgm.course.report import FunctionReport, Report
from minidgm.course.sandbox.process import limit
from minidgm.course.terminal import Screen
from minidgm.errors import UserError

LONGEST = 1800.0  # seconds for one submission, all in all

# ------------------------------------------------------------------ one submission, in a process of its own


def answers(folder: Path) -> Path:
    """Where a submission's files are: the folder itself, or its exercises/."""
    inner = folder / "exercises"
    return inner if inner.is_dir() and not inner.is_symlink() and not any(folder.glob("ex[0-9]*.py")) else folder


def grade_one(root: Path, folder: Path, exercises: Sequence[Exercise]) -> dict:
    """Grade one submission: its verdicts as plain data."""
    found = []
    for exercise in exercises:
        path = answers(folder) / f"{exercise.stem}.py"
        entry: dict[str, Any] = {"exercise": exercise.stem, "title": exercise.title}
        if os.path.lexists(path):
            report = check_exercise(root, exercise, path, hidden=root)
        else:
            blank = tuple(FunctionReport(name, "not started") for name in exercise.functions)
            report = Report(exercise, blank, "not handed in")
        entry |= {"problem": report.problem, "printed": report.printed, "walls": report.walls}
        entry["status"] = "not started" if report.problem == "not handed in" else report.status
        entry["functions"] = [f._asdict() for f in report.functions]
        found.append(entry)
    return {"exercises": found}


def main(args: list[str]) -> int:
    """`python -m minidgm.course.lecturer.grade ROOT FOLDER STEM…`: grade one submission, print its verdicts as JSON."""
    limit(memory=8 << 30, seconds=int(LONGEST), confined=False)  # what a student's code makes graders do, too
    root, folder, *stems = args
    chosen = [e for e in EXERCISES if e.stem in stems]
    try:
        graded = grade_one(Path(root), Path(folder), chosen)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    json.dump(graded, sys.stdout)
    return 0


# ------------------------------------------------------------------ all of them


def grade(root: Path, folders: Sequence[Path], out: Path, jobs: int, exercises: Sequence[Exercise] = EXERCISES) -> int:
    """Grade submissions, at most `jobs` at a time, and write and print the results.

    Raises UserError when a folder isn't there, when `out` is in use, and when the graders changed meanwhile.
    """
    named = names(folders)
    out = claim(out)
    before, screen, done = digests(root, exercises), Screen(sys.stderr), 0

    def work(item: tuple[str, Path]) -> dict:
        nonlocal done
        name, folder = item
        graded = {"submission": name, "minidgm": minidgm.__version__, **graded_apart(root, folder, exercises)}
        after = digests(root, exercises)
        if changed := [str(path) for path in before | after if before.get(path) != after.get(path)]:
            raise UserError(
                f"{changed[0]} changed while submissions were graded, {name} among them: results from then on are not "
                "to be trusted. Grade again in a fresh clone."
            )
        write_results(out / name, graded)
        done += 1
        if screen.terminal:
            print(f"\r{done} of {len(named)} graded", end="", file=sys.stderr, flush=True)
        return graded

    with ThreadPoolExecutor(max(jobs, 1)) as pool:
        try:
            results = list(pool.map(work, named.items()))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    if screen.terminal:
        print("\r" + " " * 40 + "\r", end="", file=sys.stderr)
    write_table(out / "table.csv", results, exercises)
    print_table(Screen(), results, exercises)
    print(f"\nWritten to {out}/: table.csv, and report.json and results.json for each submission.")
    return 0


def names(folders: Sequence[Path]) -> dict[str, Path]:
    """Name each submission after its folder; of two with one name, after the folder above as well.

    Raises UserError when a folder isn't there, or holds other folders instead of answers.
    """
    found: dict[str, Path] = {}
    for folder in folders:
        if not folder.is_dir():
            raise UserError(f"{folder}: no such folder; a submission is a folder with a student's exNN_topic.py files.")
        path = folder.resolve()
        inside = [p for p in sorted(path.iterdir()) if p.is_dir() and any(answers(p).glob("ex[0-9]*.py"))]
        if not any(answers(path).glob("ex[0-9]*.py")) and inside:
            raise UserError(f"{folder}: holds submissions, not answers; name them, as in `minidgm grade {folder}/*`.")
        name = plain_name(path.name)
        if name in found:
            name = plain_name(f"{path.parent.name}-{path.name}")
        if name in found:
            raise UserError(f"{folder}: a second submission named {name}; rename one of the folders.")
        found[name] = path
    return found


def plain_name(name: str) -> str:
    """A name that is safe in a path, a table and a terminal."""
    return re.sub(r"[^\w.@+-]", "_", name).lstrip(".=+-@") or "submission"


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
    graders = root / "tests" / "exercises"
    paths = sorted((root / "minidgm" / "course").rglob("*.py"))
    for e in exercises:
        paths += [root / "solutions" / f"{e.stem}.py", graders / f"test_{e.stem}.py", graders / f"bank_{e.stem}.py"]
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else "" for path in paths}


def graded_apart(root: Path, folder: Path, exercises: Sequence[Exercise]) -> dict:
    """Grade one submission in a process of its own; whatever becomes of that process is a result."""
    command = [sys.executable, "-m", "minidgm.course.lecturer.grade", str(root), str(folder)]
    command += [e.stem for e in exercises]
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, timeout=LONGEST, stdin=subprocess.DEVNULL)
        if done.returncode == 0:
            return tallied(json.loads(done.stdout), "")
        if done.returncode == 2:  # the lecturer's mistake
            raise UserError(done.stderr.decode(errors="replace").strip().splitlines()[-1])
        note = f"its grader ended with exit status {done.returncode}: {done.stderr.decode(errors='replace')[-300:]}"
    except subprocess.TimeoutExpired:
        note = f"its grading took more than {LONGEST:.0f} seconds"
    lost = []
    for e in exercises:
        functions = [{"name": name, "status": "wrong"} for name in e.functions]
        lost.append({"exercise": e.stem, "title": e.title, "status": "wrong", "problem": note, "functions": functions})
    return tallied({"exercises": lost}, note)


def tallied(graded: dict, note: str) -> dict:
    """Add the points up."""
    states = [f["status"] for e in graded["exercises"] for f in e["functions"]]
    return {"right": states.count("right"), "functions": len(states), "note": note, **graded}


# ------------------------------------------------------------------ what is written


def write_results(folder: Path, graded: dict) -> None:
    """Write one submission's report, and the same in Gradescope's form."""
    folder.mkdir()
    for name, data in (("report.json", graded), ("results.json", gradescope(graded))):
        (folder / name).write_text(json.dumps(data, indent=1), encoding="utf-8")


def gradescope(graded: dict) -> dict:
    """Results as Gradescope reads them: a test a function, one point each."""
    tests = []
    for entry in graded["exercises"]:
        number = int(entry["exercise"][2:4])
        for i, function in enumerate(entry["functions"], 1):
            right = function["status"] == "right"
            tests.append(
                {
                    "number": f"{number}.{i}",
                    "name": f"{entry['exercise'][:4]} {function['name']}",
                    "score": int(right),
                    "max_score": 1,
                    "status": "passed" if right else "failed",
                    "output": explanation(entry, function),
                    "output_format": "text",
                    "visibility": "visible",
                }
            )
    summary = f"{graded['right']} of {graded['functions']} functions are right."
    return {"output": summary, "visibility": "visible", "stdout_visibility": "hidden", "tests": tests}


def explanation(entry: dict, function: dict) -> str:
    """One function's feedback as text."""
    if entry.get("problem"):
        return entry["problem"]
    if function["status"] != "wrong":
        return function["message"] or function["status"]
    case = f"in the case\n{function['case']}" if function["case"] else ""
    parts = [function["sentence"], f"{function['property'] or function['name']}:\n{function['message']}", case]
    return "\n\n".join(part for part in parts if part)


def points(graded: dict) -> dict[str, int]:
    """How many functions of each exercise are right."""
    return {e["exercise"]: sum(f["status"] == "right" for f in e["functions"]) for e in graded["exercises"]}


def write_table(path: Path, results: list[dict], exercises: Sequence[Exercise]) -> None:
    """Write the class as a table: a row a submission, a column an exercise, functions that are right."""
    with open(path, "x", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["submission", "right", "functions", *(e.key for e in exercises), "note"])
        for graded in results:
            mine = points(graded)
            row = [mine[e.stem] for e in exercises]
            writer.writerow([graded["submission"], graded["right"], graded["functions"], *row, graded["note"]])


def print_table(screen: Screen, results: list[dict], exercises: Sequence[Exercise]) -> None:
    """Print the class: a tick where an exercise is right, else how many of its functions are."""
    width = max([len("submission"), *(len(r["submission"]) for r in results)])
    screen.line(screen.style(f"{'submission':<{width}}   right  " + " ".join(e.key[2:] for e in exercises), "bold"))
    for graded in results:
        cells = []
        for entry in graded["exercises"]:
            right = sum(f["status"] == "right" for f in entry["functions"])
            partly = 0 < right < len(entry["functions"])
            cells.append(
                f" {right}" if partly else " " + screen.mark({"begun": "wrong"}.get(entry["status"], entry["status"]))
            )
        total = f"{graded['right']}/{graded['functions']}"
        screen.line(f"{graded['submission']:<{width}}  {total:>6}  " + " ".join(cells) + f"  {graded['note']}".rstrip())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
