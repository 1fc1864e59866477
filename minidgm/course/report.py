"""What is known of one exercise's answers: a verdict for each function, and for the whole."""

from typing import NamedTuple

from minidgm.course.exercises import Exercise


class FunctionReport(NamedTuple):
    """One function's verdict: "right", "remark" (right but for a dtype), "wrong" or "not started"; and what to say."""

    name: str
    status: str
    held: int = 0
    properties: int = 0
    sentence: str = ""  # the misconception's, where one matches
    property: str = ""  # the first that fails
    message: str = ""  # its numbers: got, and wanted
    case: str = ""  # the arguments of the failing call
    others: tuple[str, ...] = ()  # the other properties that fail
    cut_short: bool = False  # its process was ended from outside, so that no value came back
    waits_for: tuple[str, ...] = ()  # wrong functions that it calls, where nothing else is known to be wrong


class Report(NamedTuple):
    """One exercise's verdict; `problem` is set when the file can't be used at all."""

    exercise: Exercise
    functions: tuple[FunctionReport, ...]
    problem: str = ""
    printed: str = ""
    walls: str = ""

    @property
    def status(self) -> str:
        """ "right" when every function is, "not started" when none is begun, "wrong" when something is."""
        states = {f.status for f in self.functions}
        if self.problem or "wrong" in states:
            return "wrong"
        return "right" if states == {"right"} else "not started" if states == {"not started"} else "begun"

    @property
    def right(self) -> int:
        """How many functions are right."""
        return sum(f.status == "right" for f in self.functions)
