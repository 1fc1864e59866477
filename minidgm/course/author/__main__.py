"""`python -m minidgm.course.author new|stubs|confusion|trial`."""

import argparse
import sys

from minidgm.course.spelling import spell
from minidgm.errors import UserError


def main() -> int:
    for stream in (sys.stdout, sys.stderr):
        spell(stream)
    parser = argparse.ArgumentParser(prog="python -m minidgm.course.author", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    new = commands.add_parser("new", help="begin the files of a new exercise")
    new.add_argument("number", type=int)
    new.add_argument("topic", help="the end of its files' names, as in flow_prior")
    new.add_argument("functions", nargs="*", help="the functions to write (default: the topic)")
    stubs = commands.add_parser("stubs", help="make exercises/ from solutions/, over what is there")
    stubs.add_argument("exercises", nargs="*", metavar="NN")
    stubs.add_argument("--check", action="store_true", help="write nothing; list what has drifted")
    confusion = commands.add_parser("confusion", help="prove the banks: all rejected, all named, all accepted")
    confusion.add_argument("exercises", nargs="*", metavar="NN")
    trial = commands.add_parser("trial", help="try answers that the banks have never seen, and show what is said")
    trial.add_argument("exercises", nargs="*", metavar="NN")
    trial.add_argument("--record", action="store_true", help="keep what is said as read and found true")
    args = parser.parse_args()
    try:
        if args.command == "new":
            from minidgm.course.author.new import new as begin

            print(*begin(args.number, args.topic, args.functions or [args.topic]), sep="\n")
            print(f"Write these, then: python -m minidgm.course.author stubs {args.number}")
            return 0
        if args.command == "stubs":
            from minidgm.course.author.stubs import run as stubs_run

            return stubs_run(args.exercises, args.check)
        if args.command == "trial":
            from minidgm.course.author.trial import run as trial_run

            return trial_run(args.exercises, args.record)
        from minidgm.course.author.confusion import run as confusion_run

        return confusion_run(args.exercises)
    except UserError as error:
        print(f"author: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
