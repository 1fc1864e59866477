"""The command line: `minidgm tour`, `minidgm lab NAME`, `minidgm map`, and the course's commands.

A user's mistake prints one sentence and exits with status 2; nothing heavy is imported before it is known what to do.
"""

import argparse
import os
import sys
from pathlib import Path

import minidgm
from minidgm.course.spelling import spell
from minidgm.errors import UserError

BLAS_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def one_blas_thread() -> None:
    """Let numpy's BLAS use one thread, unless the user has set another number; numpy must not be imported yet.

    Its threads wait for each other by spinning: on small matrices they gain little on an idle machine, and a second
    busy program makes every product wait for a thread that is not running.
    """
    if not any(name in os.environ for name in BLAS_THREADS):
        os.environ.update(dict.fromkeys(BLAS_THREADS, "1"))


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    if sys.stdout is None:  # started with a closed standard output
        sys.stdout = open(os.devnull, "w")
    for stream in (sys.stdout, sys.stderr):
        spell(stream)
    one_blas_thread()
    os.environ["MPLBACKEND"] = "agg"  # figures go into files, whatever a notebook or a desktop would have
    parser = make_parser()
    args, unknown = parser.parse_known_args(argv)
    if unknown:  # told with the usage of the command that was meant, not of all
        getattr(args, "parser", parser).error(f"unrecognized arguments: {' '.join(unknown)}")
    if not hasattr(args, "run"):
        parser.print_help()
        return 0
    try:
        return args.run(args) or 0
    except UserError as error:
        tell(f"minidgm: {error}")
        return 2
    except KeyboardInterrupt:
        print("\nminidgm: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:  # `minidgm map | head` is no mistake
        sys.stderr.close()
        return 0
    except OSError as error:  # a full disk, a folder that may not be read
        print(f"minidgm: {error.filename or 'output'}: {error.strerror}", file=sys.stderr)
        return 2


def tell(sentence: str) -> None:
    """Print a user's mistake on standard error: folded at a terminal, one line in a pipe."""
    from minidgm.course.terminal import Screen

    screen = Screen(sys.stderr)
    if screen.terminal:
        screen.paragraph(sentence)
    else:
        print(sentence, file=sys.stderr)


def make_parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    parser = argparse.ArgumentParser(prog="minidgm", description=minidgm.__doc__.split("\n")[0])
    parser.add_argument("--version", action="version", version=f"minidgm {minidgm.__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    tour = commands.add_parser(
        "tour", help="the whole lecture: every row measured in quick form, then the page (minutes)"
    )
    tour.add_argument(
        "--out", type=Path, metavar="DIR", help="a new folder for all of it (default: minidgm-results/tour)"
    )
    tour.add_argument("--quick", action="store_true", help="one seed, to see that everything runs")
    tour.set_defaults(run=run_tour)

    lab = commands.add_parser(
        "lab",
        help="show a claim of the lecture on real data; without a name, list the labs",
        allow_abbrev=False,  # --seed must not mean --seeds
    )
    lab.add_argument("name", nargs="?", help="one of the labs, or all: what is missing of every lab, then their table")
    lab.add_argument("--seeds", type=positive, default=3, help="how many runs, for the standard errors (default: 3)")
    lab.add_argument("--quick", action="store_true", help="smaller and shorter, to see that everything runs")
    lab.add_argument("--data", type=Path, metavar="PATH", help="MNIST-like files or CIFAR-10 instead of the digits")
    lab.add_argument("--mine", action="store_true", help="train with your own functions from exercises/")
    lab.add_argument("--out", type=Path, metavar="DIR", help="where it saves (default: minidgm-results/NAME)")
    lab.set_defaults(run=run_lab)

    begin = commands.add_parser("start", help="copy exercises and graders into a new folder, to work in")
    begin.add_argument("folder", type=Path, metavar="DIR", help="a folder that is not there yet, or empty")
    begin.set_defaults(run=run_start)

    book = commands.add_parser("book", help="write the lecture as one page: formula, code, results, your answers")
    book.add_argument("--out", type=Path, default=Path("minidgm-results/book.html"), metavar="FILE", help="where to")
    book.add_argument("--open", action="store_true", help="and show it in the browser")
    book.set_defaults(run=run_book)

    insight = commands.add_parser("insight", help="write what a graded class has understood as a page, for lecturers")
    insight.add_argument("results", type=Path, metavar="DIR", help="a folder that `minidgm grade` wrote")
    insight.add_argument("--out", type=Path, metavar="FILE", help="where to (default: DIR/insight.html)")
    insight.add_argument("--anonymous", action="store_true", help="without names, to show it in the lecture")
    insight.set_defaults(run=run_insight)

    commands.add_parser("map", help="slide → code → exercise → lab").set_defaults(run=run_map)
    from minidgm.course import commands as course
    from minidgm.course import derive, lecturer, why

    for group in (course, lecturer, why, derive):
        group.register(commands)
    for command in commands.choices.values():
        command.set_defaults(parser=command)
    return parser


def positive(text: str) -> int:
    """A whole number from 1 on, for argparse."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 on, got {text!r}")
    return int(text)


def run_tour(args) -> int:
    from minidgm.book.page import write_book
    from minidgm.course.terminal import Screen
    from minidgm.labs.report import DEFAULT
    from minidgm.labs.tour import run

    folder, broken = run(args.out, args.quick)
    path = write_book(args.out / "book.html" if args.out else DEFAULT / "book.html", args.out or DEFAULT)
    screen = Screen()
    screen.line(f"The lecture as one page ({path.stat().st_size / 1e6:.1f} MB): {screen.link(path, str(path))}")
    screen.line("It shows full runs: yours where there are, else those of the release.")
    screen.line("Next: minidgm next (exercises), minidgm map (code), minidgm lab (in full).")
    if broken:
        screen.line(f"Rows that could not be measured: {', '.join(broken)}; see error.txt in their folders.")
    return 1 if broken else 0


def run_lab(args) -> int:
    from minidgm.course.terminal import Screen
    from minidgm.labs import LABS, Options
    from minidgm.labs.report import new_report

    if args.name is None:
        screen = Screen()
        for name, rows, claim in [("lab", "rows", "shows"), *((lab.name, _rows(lab.rows), lab.claim) for lab in LABS)]:
            screen.paragraph(claim, 23, begin=f"{name:<16}{rows:<7}")
        return 0
    found = [lab for lab in LABS if args.name in (lab.name, "all")]
    if not found:
        raise UserError(f"{args.name}: no such lab; there are {', '.join(lab.name for lab in LABS)}, and all")
    if args.mine and not any(lab.mine for lab in found):
        able = ", ".join(other.name for other in LABS if other.mine)
        raise UserError(f"--mine: the lab {args.name} uses no exercise's functions; these do: {able}")
    if args.data is not None and not args.data.exists():
        raise UserError(f"{args.data}: no such file or folder")
    from minidgm.labs.mine import blamed, load
    from minidgm.labs.run import run_all
    from minidgm.labs.run import run_lab as run_one

    if args.mine:
        for stem in (stem for lab in found for stem in lab.mine):  # before anything is written or trained
            load(stem)
    options = Options(args.seeds, args.quick, args.data, args.mine)
    with blamed(args.mine):
        if args.name == "all":
            run_all(args.out, options)
        else:
            run_one(found[0], new_report(args.name, args.out, args.quick), options)
    return 0


def run_start(args) -> int:
    from minidgm.course.start import start

    for folder in start(args.folder):
        print(folder)
    print(f"Go on there: cd {args.folder} && minidgm next")
    return 0


def run_book(args) -> int:
    from minidgm.book.page import write_book

    path = write_book(args.out)
    print(f"{path}  ({path.stat().st_size / 1e6:.1f} MB)")
    if args.open:
        import webbrowser

        webbrowser.open(path.resolve().as_uri())
    return 0


def run_insight(args) -> int:
    from minidgm.book.insight import write_insight
    from minidgm.course.lecturer import insight, likeness, summary
    from minidgm.course.terminal import Screen

    results = insight.read(args.results)
    pairs = [] if args.anonymous else likeness.pairs(results)
    out = args.out or args.results / ("insight-anonymous.html" if args.anonymous else "insight.html")
    path = write_insight(results, pairs, out, args.anonymous)
    summary.print_summary(Screen(), results, pairs)
    print(path)
    return 0


def run_map(args) -> int:
    from minidgm.map import print_map

    print_map()
    return 0


def _rows(rows) -> str:
    if not rows:
        return "—"
    return str(rows[0]) if len(rows) == 1 else f"{rows[0]}–{rows[-1]}"
