"""`minidgm derive`: pen and paper, checked. A closed form is typed as an expression and compared at random parameters.

language.py reads expressions (a parser of arithmetic; nothing is ever run as Python). The closed forms, each with the
mistakes that have a name, are in flows.py, discrete.py and vae.py; task.py says what one is; ask.py asks.
"""

import argparse


def register(commands) -> None:
    """Add `minidgm derive` to argparse's subparsers."""
    usage = "minidgm derive [NUMBER] [--answer='EXPRESSION'] [--solution] [--list]"  # =, for a minus may come first
    parser = commands.add_parser("derive", help="type a closed form from pen and paper, have it checked", usage=usage)
    parser.add_argument("number", nargs="?", help="which one (default: the next one that is due)")
    parser.add_argument("--answer", metavar="EXPRESSION", help="your expression, such as --answer='-m*log(sigma)'")
    parser.add_argument("--list", action="store_true", help="list all, and which of them you have")
    parser.add_argument("--solution", action="store_true", help="print an answer and how it comes about")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Ask for one closed form; the exit status is 1 for a wrong one, so that scripts can tell."""
    from minidgm.course.derive.ask import ask

    return ask(args.number, args.answer, args.list, args.solution)
