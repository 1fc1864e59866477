"""The course: what a student meets, what grades it, and where to look for which.

a command            commands.py, what each one does; why/ and derive/, a folder each; start.py, a folder to work in
the exercises        exercises.py, the list and its files; entries/, each one's place in it and its hints
an answer            answer.py, its functions as a grader sees them; sandbox/, the process in which they run;
                     source.py, what can be told from its text; files.py, files loaded and read by their path
graders and banks    grading.py, bank.py and densities.py, what they are written with; checker.py, an exercise graded
what is wrong        explain.py, from failing calls to the sentence; diagnose.py, which misconception it is;
                     measure.py, what can be measured without one; case.py, the failing case as a script
what is shown        report.py, the verdict; feedback.py, what is said of it; terminal.py and spelling.py, how it looks;
                     picture.py, `minidgm see`; interactive.py, `check(f)` in a notebook
what is remembered   progress.py, of exercises; guesses.py, of why and derive
for lecturers        lecturer/, many submissions graded (GRADING.md)
for authors          author/, new exercises, and the proofs of the old ones
"""


def check(function):
    """Grade one of your functions as it stands, `check(coupling_f)`: its exercise is found by its name.

    Returns a verdict that a REPL prints and Jupyter shows; `check(f).right` is True or False.
    Raises UserError when no exercise has a function of that name.
    """
    from minidgm.course.interactive import check_function

    return check_function(function)
