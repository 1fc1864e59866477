"""`minidgm case NN function`: the failing case as a script of its own, to run and to debug.

Arrays and numbers are written out. A function among the arguments (a net, an f) can't be: the script has the exercise's
graders hand it over, by `argument`, so it is the very one that `check` called.
"""

from pathlib import Path
from typing import Any

import numpy as np

from minidgm.course.answer import Answer, InProcess, Outcome, argument_name, first
from minidgm.course.exercises import Exercise, find
from minidgm.course.explain import property_of
from minidgm.course.files import load, read_answer
from minidgm.course.grading import Result, graders_of, run_all
from minidgm.course.sandbox.runner import Worker
from minidgm.errors import UserError

WRITTEN_OUT = 400  # numbers of an array; a larger one comes from the grader


def write(root: Path, exercise: Exercise, function: str) -> Path | None:
    """Write the first failing case of a function beside the answers, under a name that is free; None if none fails.

    Raises UserError when the file can't be used, the function isn't started, or no call could be repeated.
    """
    path = exercise.answer(root)
    solution = load(exercise.solution(root))
    with Worker(path, read_answer(path)) as worker:
        if problem := worker.file_error():
            raise UserError(problem.message)
        results = run_all(graders_of(root, exercise).get(function, ()), worker, solution)
    if results and results[0].status == "not started":
        raise UserError(f"case: {function} is not started, so no case of it fails; minidgm next says where to begin.")
    failed = [r for r in results if r.status in ("failed", "remark")]
    if not failed:
        return None
    worst = next((r for r in failed if r.status == "failed"), failed[0])
    numbers = [i for i, call in enumerate(worst.calls) if call.function == function]
    if not numbers:
        raise UserError(f"case: {function} fails before it is called; `minidgm check {exercise.number}` says why.")
    text = script(exercise, function, worst, numbers[-1], solution)
    for number in range(1, 1000):
        path = root / "exercises" / f"case_{exercise.key}_{function}{f'_{number}' if number > 1 else ''}.py"
        try:
            with open(path, "x", encoding="utf-8") as file:
                file.write(text)
            return path
        except FileExistsError:
            if path.read_text(encoding="utf-8") == text:
                return path  # the same case, written before
    raise UserError(f"case: exercises/ holds a thousand cases of {function}; delete some.")


def script(exercise: Exercise, function: str, result: Result, number: int, solution: Any) -> str:
    """The text of the script: one call, the `number`-th of a grader."""
    call = result.calls[number]
    names = [argument_name(solution, function, i) for i in range(len(call.args))]
    values = [written(value) for value in call.args]
    asked = [f'argument("{exercise.stem}", "{result.test}", {number}, {i})' for i in range(len(names))]
    lines = [f"{name} = {value or ask}" for name, value, ask in zip(names, values, asked)]
    helper = "from minidgm.course.case import argument  # what can't be written out, from the graders\n"
    message = result.message.replace("\\", "\\\\").replace('"""', "'''")
    return (
        f'"""A case in which {function} of exercise {exercise.number} fails: {property_of(result, function)}.\n\n'
        f'{message}\n\nRun this file, or debug it: breakpoint() works here and in your answer.\n"""\n\n'
        f"import numpy as np\nfrom {exercise.stem} import {function}\n"
        f"{helper if not all(values) else ''}\ninf, nan = np.inf, np.nan\n"
        + "\n".join(lines)
        + f"\n\nprint({function}({', '.join(names)}))\n"
    )


def written(value: Any) -> str:
    """A value as Python code; "" when it holds a function, or more numbers than one wants to read."""
    if first(value, callable) is not None:
        return ""
    if isinstance(value, (np.ndarray, np.generic)):
        if value.size > WRITTEN_OUT:
            return ""
        if value.ndim == 0:
            return f"np.array({value.tolist()!r}, np.{value.dtype})[()]"
        empty = f".reshape({value.shape})" if not value.size else ""
        return f"np.array({value.tolist()!r}, np.{value.dtype}){empty}"
    if isinstance(value, (list, tuple)):
        inside = [written(v) for v in value]
        if not all(inside):
            return ""
        end = "," if len(value) == 1 and isinstance(value, tuple) else ""
        return f"[{', '.join(inside)}]" if isinstance(value, list) else f"({', '.join(inside)}{end})"
    return repr(value) if isinstance(value, (bool, int, float, str, type(None))) else ""


class _Reached(BaseException):
    """Ends a grader at the call that was asked for."""


class _Until(InProcess):
    """Runs the reference up to one call, whose arguments it keeps."""

    def __init__(self, functions: Any, number: int):
        super().__init__(functions)
        self.left, self.args = number, ()

    def call(self, name: str, args: tuple) -> Outcome:
        if self.left == 0:
            self.args = args
            raise _Reached
        self.left -= 1
        return super().call(name, args)


def argument(stem: str, test: str, number: int, position: int) -> Any:
    """One argument of one call that a grader makes: grader `test` of exercise `stem`, call `number`, from 0.

    Raises UserError when the grader makes no such call, as after an update.
    """
    from minidgm.course.start import origin

    root, exercise = origin(), find(stem)
    solution, grader = load(exercise.solution(root)), getattr(load(exercise.graders(root)), test, None)
    runner = _Until(vars(solution), number)
    try:
        if grader is not None:
            grader(Answer(runner, solution))
    except (_Reached, AssertionError):
        pass
    if position >= len(runner.args):
        raise UserError(f"{stem}: {test} makes no such call any more; have `minidgm case` write the case anew.")
    return runner.args[position]
