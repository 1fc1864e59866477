"""Answers that the banks were not made of: none is called right, and nothing is said that was not found true of it.

Every fifth here; all of them by `python -m minidgm.course.author trial`.
"""

import numpy as np
import pytest

from minidgm.course.author.trial import judged, trials
from minidgm.course.exercises import EXERCISES, find_root

ROOT = find_root(__file__)


@pytest.mark.filterwarnings("ignore")  # a wrong answer's numbers may be anything
@pytest.mark.parametrize("exercise", EXERCISES, ids=[e.key for e in EXERCISES])
def test_no_wrong_answer_is_accepted_no_right_one_rejected_and_no_sentence_is_untrue(exercise):
    np.random.seed(0)  # for the answers that draw numbers of their own
    tried, found = trials(ROOT, exercise, every=5), judged(ROOT)
    bad = [f"{t.key}: {t.report.status}: {t.said}" for t in tried if not t.good(found)]
    assert tried and not bad
