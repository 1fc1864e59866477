"""For who writes exercises: `python -m minidgm.course.author new|stubs|confusion|trial` (CONTRIBUTING.md).

new.py         the files of a new exercise
stubs.py       exercises/ generated from solutions/, and the check that nothing drifts
confusion.py   the proof that every misconception is rejected and named, and every right answer accepted
trial.py       what is said of answers that no bank was made of
"""
