"""One file per exercise, exNN.py: EXERCISE, its entry in the list, and HINTS, three per function, weaker first."""
