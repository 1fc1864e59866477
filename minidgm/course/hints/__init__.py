"""Hints: exNN.HINTS maps each function of exercise NN to three hints, the weakest first."""
