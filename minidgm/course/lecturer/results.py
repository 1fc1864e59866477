"""What is written of a class: points, each submission's report and the same in Gradescope's form, and the table."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from minidgm.course.exercises import Exercise
from minidgm.course.terminal import Screen


class Marking(NamedTuple):
    """What a lecturer chooses: what a right function with a remark (a dtype) counts, and who sees a test's output."""

    remark: float = 1.0
    visibility: str = "visible"


PLAIN = Marking()
VISIBILITIES = ("visible", "hidden", "after_due_date", "after_published")  # Gradescope's


def tallied(graded: dict, options: Marking) -> dict:
    """Add the points up."""
    mine = [points_of(f, options) for e in graded["exercises"] for f in e["functions"]]
    return {**graded, "right": sum(mine), "functions": len(mine)}


def points_of(function: dict, options: Marking) -> float:
    """What one function counts: 1 when it is right, `options.remark` when it is but for a dtype."""
    return {"right": 1, "remark": options.remark}.get(function["status"], 0)


def write_results(folder: Path, graded: dict, options: Marking) -> None:
    """Write one submission's report, and the same in Gradescope's form."""
    folder.mkdir()
    for name, data in (("report.json", graded), ("results.json", gradescope(graded, options))):
        (folder / name).write_text(json.dumps(data, indent=1), encoding="utf-8")


def gradescope(graded: dict, options: Marking) -> dict:
    """Results as Gradescope's autograder specification reads them: one test per function, one point each."""
    tests = []
    for entry in graded["exercises"]:
        number = int(entry["exercise"][2:4])
        for i, function in enumerate(entry["functions"], 1):
            score = points_of(function, options)
            said = " ".join((function.get("sentence") or "").split())
            test = {
                "number": f"{number}.{i}",
                "name": f"{entry['exercise'][:4]} {function['name']}",
                "score": score,
                "max_score": 1,
                "status": "passed" if score == 1 else "failed",
                "output": explanation(entry, function),
                "output_format": "text",
                "tags": [entry["exercise"][:4], function["status"], *([said[:80]] if said else [])],
                "visibility": options.visibility,
                "extra_data": {"sentence": said, "property": function.get("property", "")},
            }
            tests.append(test)
    return {
        "output": f"{graded['right']:g} of {graded['functions']} functions are right.",
        "visibility": options.visibility,
        "stdout_visibility": "hidden",
        "extra_data": {"minidgm": graded["minidgm"], "note": graded["note"]},
        "tests": tests,
    }


def explanation(entry: dict, function: dict) -> str:
    """One function's feedback as text."""
    if entry.get("problem"):
        return entry["problem"]
    if function["status"] == "remark":
        return f"right, with one remark: {function['sentence'] or function['message']}"
    if function["status"] != "wrong":
        return function["message"] or function["status"]
    case = f"in the case\n{function['case']}" if function["case"] else ""
    parts = [function["sentence"], f"{function['property'] or function['name']}:\n{function['message']}", case]
    return "\n\n".join(part for part in parts if part)


def write_table(path: Path, results: list[dict], exercises: Sequence[Exercise]) -> None:
    """Write the class as a table: one row per submission, one column per exercise, functions that are right."""
    with open(path, "x", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["submission", "right", "functions", *(e.key for e in exercises), "note"])
        for graded in results:
            row = [sum(f["status"] == "right" for f in entry["functions"]) for entry in graded["exercises"]]
            writer.writerow([graded["submission"], graded["right"], graded["functions"], *row, graded["note"]])


def print_table(screen: Screen, results: list[dict], exercises: Sequence[Exercise]) -> None:
    """Print the class: a tick where an exercise is right, else how many of its functions are.

    Exercises that do not fit beside each other stand below.
    """
    width = max([len("submission"), *(len(r["submission"]) for r in results)])
    fit = max((screen.width - width - 9) // 3, 1)
    for first in range(0, len(exercises), fit):
        if first:
            screen.line()
        numbers = " ".join(e.key[2:] for e in exercises[first : first + fit])
        screen.line(screen.style(f"{'submission':<{width}}   right  {numbers}", "bold"))
        for graded in results:
            cells = " ".join(f" {_cell(screen, entry)}" for entry in graded["exercises"][first : first + fit])
            total = f"{graded['right']:g}/{graded['functions']}"
            screen.line(f"{graded['submission']:<{width}}  {total:>6}  {cells}")
    for graded in results:
        if graded["note"]:
            screen.paragraph(f"{graded['submission']}: {graded['note']}")


def _cell(screen: Screen, entry: dict) -> str:
    right = sum(f["status"] == "right" for f in entry["functions"])
    if 0 < right < len(entry["functions"]):
        return str(right)
    return screen.mark({"begun": "wrong"}.get(entry["status"], entry["status"]))
