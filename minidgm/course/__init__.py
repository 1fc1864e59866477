"""The course: the list of exercises, the checker, the hints, the grading of submissions.

exercises.py   the list
grading.py     what a grader is written with: grades, close, shape, dtype, finite, numerical_jacobian, Counted
bank.py        what a bank of misconceptions and right answers is written with
diagnose.py    which misconception an answer's outputs equal
worker.py      the process in which a student's code runs; remote.py is the checker's end of it
check.py       one exercise graded, and the feedback a student reads
grade.py       many submissions graded; what is and is not defended
stubs.py       exercises/ generated from solutions/, and the check that nothing drifts
"""
