"""What a lab prints and saves: sentences, tables with standard errors, figures, all in a folder of its own."""

import csv
from pathlib import Path

import numpy as np

from minidgm.errors import UserError

DEFAULT = Path("minidgm-results")


class Report:
    """A lab's output: everything said is printed and kept in report.txt, beside the tables (csv) and figures (png)."""

    def __init__(self, folder: Path):
        self.folder = folder

    def say(self, text: str = "") -> None:
        """Print a line or more."""
        print(text, flush=True)
        with open(self.folder / "report.txt", "a", encoding="utf-8") as file:
            file.write(text + "\n")

    def table(self, name: str, header, rows, title: str = "") -> None:
        """Print rows of numbers and strings in columns; the same goes to <name>.csv."""
        with open(self.folder / f"{name}.csv", "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header, *rows])
        self.say(f"\n{title}\n{columns(header, rows)}\n" if title else f"\n{columns(header, rows)}\n")

    def figure(self, name: str, figure) -> Path:
        """Save a matplotlib figure as <name>.png, and say where."""
        path = self.folder / f"{name}.png"
        figure.savefig(path, dpi=150, bbox_inches="tight")
        self.say(f"figure: {path}")
        return path


def new_report(lab: str, out: Path | None) -> Report:
    """A report in a folder that was not there or is empty: the one asked for, else minidgm-results/<lab>, <lab>-2, ...

    Raises UserError when the folder asked for holds files, or cannot be made.
    """
    folder = next_free(DEFAULT / lab) if out is None else out
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UserError(f"--out {folder}: is there already and not an empty folder; name another one")
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{folder}: cannot be made ({error.strerror}); name another folder with --out") from error
    return Report(folder)


def next_free(folder: Path) -> Path:
    """The first of folder, folder-2, folder-3, ... that does not exist."""
    k, free = 1, folder
    while free.exists():
        k += 1
        free = folder.with_name(f"{folder.name}-{k}")
    return free


def mean_and_error(values) -> str:
    """Mean ± standard error over seeds, written with two digits of the error: `1.234 ± 0.056`."""
    values = np.asarray(values, dtype=np.float64)
    mean = values.mean()
    if len(values) < 2:
        return f"{mean:.4g}"
    error = values.std(ddof=1) / np.sqrt(len(values))
    digits = 3 if error == 0 or not np.isfinite(error) else int(np.clip(1 - np.floor(np.log10(error)), 0, 6))
    return f"{mean:.{digits}f} ± {error:.{digits}f}"


def columns(header, rows) -> str:
    """Rows as text: the first column to the left, the others to the right, as wide as they need."""
    cells = [[str(c) for c in header], *([cell(c) for c in row] for row in rows)]
    widths = [max(len(row[k]) for row in cells) for k in range(len(header))]

    def line(row):
        return "  ".join(c.ljust(w) if k == 0 else c.rjust(w) for k, (c, w) in enumerate(zip(row, widths))).rstrip()

    return "\n".join([line(cells[0]), "  ".join("─" * w for w in widths), *map(line, cells[1:])])


def cell(value) -> str:
    """A number with four digits; text as it is."""
    return f"{value:.4g}" if isinstance(value, float | np.floating) else str(value)
