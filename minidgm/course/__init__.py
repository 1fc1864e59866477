"""The course: the list of exercises, the checker, the hints, the grading of submissions.

exercises.py   the list
grading.py     what a grader is written with: grades, close, shape, dtype, finite, numerical_jacobian, Counted
bank.py        what a bank of misconceptions and right answers is written with
diagnose.py    which misconception an answer's outputs equal
confusion.py   the proof that every misconception is rejected and named, and every right answer accepted
stubs.py       exercises/ generated from solutions/, and the check that nothing drifts
answer.py      a student's functions as a grader sees them
worker.py      the process in which a student's code runs; remote.py is the checker's end of it, codec.py what passes
               between the two, confine.py the walls around it when a lecturer grades
check.py       one exercise graded; feedback.py what a student reads of it, terminal.py how it looks
progress.py    what a clone remembers
commands.py    check, status, next, hint, solution, reset, watch, grade
grade.py       many submissions graded (GRADING.md); bundle.py what Gradescope and GitHub need for that
"""
