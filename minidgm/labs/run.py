"""Running labs: one, part by part, and all of them, going on where the last run stopped."""

import importlib
import sys
import time
from pathlib import Path

from minidgm.errors import UserError
from minidgm.labs import LABS, Lab, Options, Part, published, results, training
from minidgm.labs.report import DEFAULT, Report, make_folder


def run_lab(lab: Lab, report: Report, options: Options) -> None:
    """Run the parts of a lab whose rows are not in its folder's results yet, and write each part's when it is done."""
    report.say(f"{lab.name}: {lab.claim}")
    if lab.mine:
        report.say(f"Functions: {whose(lab, options)}.")
    for part in parts_of(lab):
        if not set(map(str, part.rows)) <= results.done(report.folder):
            run_part(lab, part, report, options)


def run_part(lab: Lab, part: Part, report: Report, options: Options) -> None:
    """Run one part of a lab, and write its rows into the results."""
    start = time.process_time()
    report.answers, report.names, report.stopped = {}, [], training.SHORTENED
    report.stopped.clear()
    part.run(report, options)
    answers = [report.answers[row] for row in part.rows if row in report.answers]
    results.add(report.folder, lab, options, answers, seconds=round(time.process_time() - start, 1),
                shortened=list(report.stopped), files=report.names)  # fmt: skip


def parts_of(lab: Lab) -> list[Part]:
    """What a lab does, in its order."""
    return importlib.import_module(lab.module).PARTS


def whose(lab: Lab, options: Options) -> str:
    """Whose functions a lab runs that can run a student's."""
    files = ", ".join(f"{stem}.py" for stem in lab.mine)
    return f"yours, from {files}" if options.mine else f"the engine's (--mine: yours, from {files})"


def run_all(out: Path | None, options: Options) -> None:
    """Run what is missing of all labs, each in a folder below `out`, and print the table of all rows.

    Raises UserError if `out` holds results of other options, which must not stand in one table.
    """
    folder = DEFAULT / "all" if out is None else out
    for lab in LABS:
        found, wanted = results.load(folder / lab.name), results.head(lab, options)
        other = [name for name, value in wanted.items() if found and found.get(name) != value]
        if other:
            raise UserError(
                f"{folder / lab.name}: made with another setting of {other[0]} ({found.get(other[0])}, not "
                f"{wanted[other[0]]}); name another folder with --out"
            )
    for lab in LABS:
        make_folder(folder / lab.name)
        if set(map(str, rows_of(lab))) <= results.done(folder / lab.name):
            continue
        try:
            run_lab(lab, Report(folder / lab.name, options.quick), options)
        except KeyboardInterrupt:
            print(f"\nwhat is done is in {folder}; the same command goes on from there", file=sys.stderr)
            raise
    found = results.collect(folder)
    beside = published.table(found)
    print(f"\n{results.table(found)}\n")
    print(f"{beside}\n\nresults: {folder}" if beside else f"results: {folder}")


def rows_of(lab: Lab) -> list:
    """The rows that a lab answers, with what it shows beyond the slides."""
    return [row for part in parts_of(lab) for row in part.rows]
