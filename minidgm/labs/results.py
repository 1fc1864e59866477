"""results.json, one in each lab's folder: what the lab measured, row by row; and the table of all rows.

    {"format": 1, "lab": "degenerate", "seeds": 3, "quick": false, "data": "digits", "functions": "the engine's",
     "rows": {"5": {"row": 5, "claim": ..., "verdict": "Yes", "because": ..., "number": "+11.2 ± 0.1 nats/pixel",
                    "truth": ..., "values": {"raw": [11.1, 11.3, 11.2]}, "date": "2026-11-27", "seconds": 93.1,
                    "shortened": [], "files": ["spikes.csv", "spikes.png"]}}}

A row is written when its part of the lab is done, so an interrupted lab goes on where it stopped.
"""

import datetime
import json
import textwrap
from pathlib import Path

from minidgm.errors import UserError
from minidgm.labs import LABS, Lab, Options
from minidgm.labs.claims import CLAIMS
from minidgm.labs.report import Answer, readable, save_json

FILE = "results.json"
WIDTHS = (3, 25, 19, 17, 8)  # of the table of all rows: 80 columns with the spaces between
ABOUT = {"format", "lab", "seeds", "quick", "data", "functions", "rows"}  # what every file says
ROW = {"row", "claim", *Answer._fields, "date", "seconds", "shortened", "files"}  # and every row of it
SHORT = {"Quick run, no verdict": "quick"}


def head(lab: Lab, options: Options) -> dict:
    """What a results file says about all of its rows."""
    return {
        "format": 1,
        "lab": lab.name,
        "seeds": options.seeds,
        "quick": options.quick,
        "data": "digits" if options.data is None else options.data.name,
        "functions": "yours" if options.mine and lab.mine else "the engine's",
    }


def load(folder: Path) -> dict:
    """A folder's results, {} if there are none. Raises UserError for a file that is damaged."""
    path = folder / FILE
    if not path.exists():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if not ABOUT <= found.keys() or not all(ROW <= row.keys() for row in found["rows"].values()):
            raise KeyError
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        raise UserError(f"{path}: not a lab's results, or a damaged file; move it away") from error
    return found


def done(folder: Path) -> set[str]:
    """The rows whose results are there; one whose training was stopped early is not."""
    return {row for row, result in load(folder).get("rows", {}).items() if not result["shortened"]}


def add(folder: Path, lab: Lab, options: Options, answers: list[Answer], **more) -> None:
    """Write the rows that a part of a lab has answered beside those that are there."""
    found = load(folder) or {**head(lab, options), "rows": {}}
    for answer in answers:
        row = {"row": answer.row, "claim": CLAIMS[answer.row].text, **answer._asdict()}
        found["rows"][str(answer.row)] = row | {"date": datetime.date.today().isoformat(), **more}
    save_json(folder / FILE, found)


def collect(folder: Path) -> dict[str, dict]:
    """The best result there is for each row in a folder and all below it: a full run before a quick one, then the last.

    Each row has beside its own entries `lab`, `seeds`, `quick`, `data`, `functions` and `folder`. Damaged files are
    passed over.
    """
    best: dict[str, dict] = {}
    for path in sorted(folder.rglob(FILE), key=lambda path: path.stat().st_mtime):
        try:
            found = load(path.parent)
        except UserError:
            continue
        about = {key: value for key, value in found.items() if key != "rows"} | {"folder": str(path.parent)}
        for row, result in found.get("rows", {}).items():
            if row not in best or best[row]["quick"] or not about["quick"]:
                best[row] = about | result
    order = [str(row) for row in CLAIMS]
    return {row: best[row] for row in order if row in best}


def table(found: dict[str, dict]) -> str:
    """All rows of the lecture, and what is beyond it: the claim, the number, the known truth, the verdict."""
    lines = wrapped(("row", "claim", "number", "known truth", "verdict"))
    lines.append("  ".join(readable("─") * width for width in WIDTHS))
    for row, claim in CLAIMS.items():
        result = found.get(str(row))
        if result is None and isinstance(row, str):
            continue
        number = result["number"] if result else f"minidgm lab {lab_of(row)}"
        verdict = SHORT.get(result["verdict"], result["verdict"]) if result else "not run"
        label, text = (str(row), claim.text) if isinstance(row, int) else ("+", f"{row}: {claim.text}")
        lines += wrapped((label, text, number, result["truth"] if result else claim.truth, verdict))
    return "\n".join(lines)


def lab_of(row) -> str:
    """The lab that answers a row; what is beyond the slides has the name of its lab."""
    return next((lab.name for lab in LABS if row in lab.rows), str(row))


def wrapped(cells) -> list[str]:
    """One row of the table, its cells broken at spaces: as many lines as the highest cell needs."""
    texts = zip(map(readable, cells), WIDTHS)
    broken = [textwrap.wrap(text, width, break_on_hyphens=False) or [""] for text, width in texts]
    height = max(map(len, broken))
    tall = [lines + [""] * (height - len(lines)) for lines in broken]
    return ["  ".join(text.ljust(width) for text, width in zip(line, WIDTHS)).rstrip() for line in zip(*tall)]
