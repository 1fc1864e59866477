"""What the labs measured: the newest results of this clone, else those that ship with the release; nothing else.

`python -m minidgm.book.measured FOLDER…` makes the shipped ones: results.json, and a figure for each row.
"""

import json
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

from minidgm.book.figures import LARGEST, address, seen
from minidgm.labs import results
from minidgm.labs.report import DEFAULT, save_json

SHIPPED = Path(__file__).parent / "shipped"


class Measured(NamedTuple):
    """One row's result, its first figure as a data address ("" for none) and in words, its first table, its source."""

    result: dict
    figure: str
    alt: str
    table: dict
    shipped: bool


def measured(folder: Path = DEFAULT) -> dict[str, Measured]:
    """Row → what is known of it."""
    found = {row: _read(result, SHIPPED, True) for row, result in _shipped().items()}
    if folder.is_dir():
        for row, result in results.collect(folder).items():
            if not result["quick"] or row not in found:
                found[row] = _read(result, Path(result["folder"]), False)
    return found


def _shipped() -> dict[str, dict]:
    path = SHIPPED / "results.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _read(result: dict, folder: Path, shipped: bool) -> Measured:
    figures = [name for name in result["files"] if name.endswith(".png")]
    tables = [name for name in result["files"] if name.endswith(".csv")]
    content = _table(folder / tables[0].replace(".csv", ".json")) if tables else {}
    figure = address(folder / figures[0]) if figures else ""
    alt = seen(result["lab"], figures[0], result["because"]) if figures else ""
    return Measured(result, figure, alt, content, shipped)


def _table(path: Path) -> dict:
    """A table that a lab has kept; {} if it is gone or damaged."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return content if content["header"] and content["rows"] else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def ship(folders: list[Path]) -> None:
    """Keep the results of full runs with the release: numbers, the first table and the first figure of each row.

    Rows that the folders do not have stay as they are.
    """
    SHIPPED.mkdir(exist_ok=True)
    kept = _shipped()
    for folder in folders:
        for row, result in results.collect(folder).items():
            if result["quick"] or result["data"] != "digits":
                continue
            source, names = Path(result.pop("folder")), []
            for ending, other in ((".csv", ".json"), (".png", ".svg")):
                for name in [n for n in result["files"] if n.endswith(ending)][:1]:
                    stem = f"{result['lab']}-{name.removesuffix(ending)}"
                    small = other == ".json" or (source / name).with_suffix(other).stat().st_size <= LARGEST
                    from_, to = (name.replace(ending, other), stem + other) if small else (name, stem + ending)
                    shutil.copy(source / from_, SHIPPED / to)
                    names.append(stem + ending)
            kept[row] = {**result, "files": names, "values": {}}
    save_json(SHIPPED / "results.json", kept)


if __name__ == "__main__":
    ship([Path(name) for name in sys.argv[1:]])
