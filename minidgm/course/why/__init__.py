"""`minidgm why`: the questions that people ask in public threads again and again.

The learner predicts, an experiment of a few lines of the engine's own code runs, a sentence resolves it. The questions
are in flows.py, discrete.py and vae.py; question.py says what one is; ask.py asks.
"""

import argparse


def register(commands) -> None:
    """Add `minidgm why` to argparse's subparsers."""
    parser = commands.add_parser("why", help="a question people really ask: guess, measure, understand")
    parser.add_argument("number", nargs="?", help="which question (default: the next one that is due)")
    parser.add_argument("--answer", metavar="GUESS", help="your guess: the number of a choice, or a number asked for")
    parser.add_argument("--list", action="store_true", help="list the questions and how your guesses were")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Ask one question; the exit status is 1 for a wrong guess, so that scripts can tell."""
    from minidgm.course.why.ask import ask

    return ask(args.number, args.answer, args.list)
