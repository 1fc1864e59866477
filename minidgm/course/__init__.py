"""The course: the list of exercises, the checker, the hints, the grading of submissions.

exercises.py   the list
grading.py     what a grader is written with: grades, close, shape, dtype, finite, numerical_jacobian, Counted
bank.py        what a bank of misconceptions and right answers is written with
answer.py      a student's functions as a grader sees them
checker.py     one exercise graded; diagnose.py which misconception an answer's outputs equal
feedback.py    what a student reads of it, terminal.py how it looks, spelling.py where there are no Greek letters
entries/       one file per exercise: its place in the list, its hints
progress.py    what a clone remembers; start.py a folder to work in without a clone
editor.py      the learner's editor, opened at a function
case.py        a failing case as a script; interactive.py `check(f)` in a notebook
commands.py    the commands and their options; checking.py, looking.py and reset.py what they do
sandbox/       the process in which a student's code runs
lecturer/      many submissions graded (GRADING.md)
author/        new exercises, and the proofs of the old ones
"""


def check(function):
    """Grade one of your functions as it stands, `check(coupling_f)`: its exercise is found by its name.

    Returns a verdict that a REPL prints and Jupyter shows; `check(f).right` is True or False.
    Raises UserError when no exercise has a function of that name.
    """
    from minidgm.course.interactive import check_function

    return check_function(function)
