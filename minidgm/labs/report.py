"""What a lab prints and saves: an answer for each row, tables, figures, all in a folder of its own.

    report.txt      everything that was said
    results.json    each row's answer, with its numbers (see `results`)
    NAME.csv/.json  a table; one value per seed, with all digits
    NAME.png/.svg   a figure, and NAME.npz: the arrays that it draws

Nothing printed is wider than 80 columns.
"""

import contextlib
import csv
import json
import sys
import textwrap
from pathlib import Path
from typing import NamedTuple

import numpy as np

from minidgm.course.spelling import has_letters, spelled
from minidgm.errors import UserError
from minidgm.files import written_whole
from minidgm.labs.claims import CLAIMS
from minidgm.labs.judge import mean_and_error

DEFAULT = Path("minidgm-results")
WIDTH = 80
LISTS = (list, tuple, np.ndarray)  # a cell that is one of them holds one value per seed
VERDICTS = {True: "Yes", False: "No", None: "Not shown here"}
QUICK, STOPPED = "Quick run, no verdict", "Stopped early, no verdict"


class Answer(NamedTuple):
    """What a lab found for one row: the verdict and why, the number, the known truth, one value per seed of each."""

    row: int | str
    verdict: str
    because: str
    number: str
    truth: str
    values: dict


class Report:
    """A lab's output, printed and kept; with quick=True every verdict is withheld."""

    def __init__(self, folder: Path, quick: bool = False):
        self.folder, self.quick = folder, quick
        self.answers: dict[int | str, Answer] = {}
        self.names: list[str] = []  # of the tables and figures so far
        self.stopped: list[str] = []  # trainings that Ctrl-C has ended early

    def say(self, text: str = "") -> None:
        """Print text, its lines broken at 80 columns."""
        lines = (textwrap.wrap(line, WIDTH, replace_whitespace=False) or [""] for line in readable(text).split("\n"))
        self._print("\n".join(line for broken in lines for line in broken))

    def answer(self, row, yes: bool | None, because: str, *, number: str, truth: str | None = None, **values) -> None:
        """Answer a row: yes, no (False) or not shown here (None), because of what, in at most two lines.

        number: the measured number with its unit, short; truth: what it should be, if `claims` does not say it already;
        values: name → one value per seed, or a number. Say it before the row's tables.
        """
        verdict = QUICK if self.quick else STOPPED if self.stopped else VERDICTS[yes]
        truth = CLAIMS[row].truth if truth is None else truth
        self.answers[row] = Answer(row, verdict, because, number, truth, plain(values))
        name = f"Row {row}" if isinstance(row, int) else row.capitalize()
        self.say(f"\n{name}. {verdict}{', because' if verdict in VERDICTS.values() else ':'} {because}.\n")

    def table(self, name: str, header, rows, title: str = "") -> None:
        """Print rows in columns, a cell being text, a number, or a list of one value per seed: mean ± standard error.

        The same goes to <name>.csv, a line for each row and seed, and to <name>.json, with all digits.
        """
        rows = [list(row) for row in rows]
        csv_path = self.folder / f"{name}.csv"
        with writing(csv_path), open(csv_path, "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(by_seed(header, rows))
        save_json(self.folder / f"{name}.json", {"title": title, "header": list(header), "rows": plain(rows)})
        self.names.append(f"{name}.csv")
        if title:
            self.say(title)
        self._print(f"{columns(header, rows)}\n")

    def figure(self, name: str, figure, **arrays) -> Path:
        """Save a figure as <name>.png and <name>.svg, and the arrays it was drawn from as <name>.npz."""
        path = self.folder / f"{name}.png"
        with writing(path):
            figure.savefig(path, dpi=150, bbox_inches="tight")
            figure.savefig(path.with_suffix(".svg"), bbox_inches="tight", metadata={"Date": None})
            if arrays:
                np.savez(path.with_suffix(".npz"), **flat(arrays))
        self.names.append(path.name)
        self._print(f"figure: {path}")
        return path

    def _print(self, text: str) -> None:
        print(text, flush=True)
        path = self.folder / "report.txt"
        with writing(path), open(path, "a", encoding="utf-8") as file:
            file.write(text + "\n")


def new_report(lab: str, out: Path | None, quick: bool = False) -> Report:
    """A report in a folder that was not there or is empty: the one asked for, else minidgm-results/<lab>, <lab>-2, ...

    Raises UserError when the folder asked for holds files, or cannot be made.
    """
    folder = next_free(DEFAULT / lab) if out is None else out
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(f"--out {folder}: is there already and not an empty folder; name another one")
    make_folder(folder)
    return Report(folder, quick)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it; UserError where that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{folder}: cannot be made ({error.strerror}); name another folder with --out") from error


def next_free(folder: Path) -> Path:
    """The first of folder, folder-2, folder-3, ... that does not exist."""
    k, free = 1, folder
    while free.exists():
        k += 1
        free = folder.with_name(f"{folder.name}-{k}")
    return free


# ------------------------------------------------------------------ text


def readable(text: str) -> str:
    """Text in letters that standard output has, before it is laid out: spelled in ASCII ± takes two columns."""
    return text if has_letters(sys.stdout) else spelled(text)


def columns(header, rows) -> str:
    """Rows as text of at most 80 columns: the first column to the left, the others to the right.

    Headers break at spaces where that makes a column narrower; columns that do not fit follow below, in a second block.
    """
    cells = [[readable(cell(c)) for c in row] for row in rows]
    heads = [break_to(readable(str(h)), max([len(row[k]) for row in cells] + [1])) for k, h in enumerate(header)]
    widths = [max(map(len, [*head, *(row[k] for row in cells)])) for k, head in enumerate(heads)]
    blocks: list[list[int]] = [[0]]
    for k in range(1, len(header)):
        if len(blocks[-1]) > 1 and sum(widths[j] + 2 for j in blocks[-1]) + widths[k] > WIDTH:
            blocks.append([0])
        blocks[-1].append(k)

    def line(texts, block):
        return "  ".join(t.rjust(widths[k]) if k else t.ljust(widths[k]) for t, k in zip(texts, block)).rstrip()

    text = []
    for block in blocks:
        height = max(len(heads[k]) for k in block)
        tall = {k: [""] * (height - len(heads[k])) + heads[k] for k in block}
        text += [line([tall[k][i] for k in block], block) for i in range(height)]
        text += [
            "  ".join(readable("─") * widths[k] for k in block),
            *(line([row[k] for k in block], block) for row in cells),
            "",
        ]
    return "\n".join(text[:-1])


def break_to(text: str, width: int) -> list[str]:
    """A header in lines of about `width`, broken at spaces only."""
    return textwrap.wrap(text, max(width, 10), break_long_words=False, break_on_hyphens=False) or [""]


def cell(value) -> str:
    """A number with four digits; one value per seed as mean ± standard error; text as it is."""
    if isinstance(value, LISTS):
        return mean_and_error(value)
    return f"{value:.4g}" if isinstance(value, float | np.floating) else str(value)


# ------------------------------------------------------------------ files


def by_seed(header, rows) -> list[list]:
    """The lines of a CSV file: a line for each row and seed, if a cell of the row holds one value per seed."""
    counts = [max((len(c) for c in row if isinstance(c, LISTS)), default=0) for row in rows]
    if not any(counts):
        return [list(header), *rows]
    lines = [[*header, "seed"]]
    for row, count in zip(rows, counts):
        for seed in range(max(count, 1)):
            values = [c[seed] if isinstance(c, LISTS) else c for c in row]
            lines.append([*values, seed if count else ""])
    return lines


def flat(arrays: dict, above: str = "") -> dict:
    """Arrays of nested dictionaries under one name each, `curves.raw levels`."""
    named = {}
    for name, value in arrays.items():
        key = f"{above}{name}".replace("/", "_")
        named.update(flat(value, f"{key}.") if isinstance(value, dict) else {key: np.asarray(value)})
    return named


def plain(value):
    """Arrays, tuples and numpy's numbers as the lists and numbers that JSON knows."""
    if isinstance(value, dict):
        return {str(key): plain(v) for key, v in value.items()}
    if isinstance(value, LISTS):
        return [plain(v) for v in value]
    value = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(value, float) and not np.isfinite(value) else value  # JSON knows no infinity


@contextlib.contextmanager
def writing(path: Path):
    """UserError that names the file, where the operating system only says that the disk is full."""
    try:
        yield
    except OSError as error:
        raise UserError(f"{path}: cannot be written ({error.strerror or error})") from error


def save_json(path: Path, value) -> None:
    """Write a file whole or not at all."""
    text = json.dumps(value, ensure_ascii=False, indent=1) + "\n"
    with written_whole(path) as file:
        file.write(text.encode())
