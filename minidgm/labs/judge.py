"""Is a difference real? One answer for all labs: a t-test on one number per seed, the seeds paired.

Two models are compared seed by seed, d_i = a_i − b_i, so that what a seed does to both cancels. With t = mean(d) over
its standard error, |t| above the 97.5 % quantile of Student's distribution with n − 1 degrees of freedom (4.3 for three
seeds, 2.8 for five) happens by chance in 5 of 100 labs; two standard errors of three seeds would err in 18 of 100.
True, False and None stand for yes, no and "too small to tell": one seed never tells.
"""

import numpy as np
from scipy.special import ndtri, stdtrit


def threshold(n: int, of: int = 1) -> float:
    """How many standard errors the mean of n values has to be away to count: Student's t, two-sided, 95 %.

    Of several such means the worst is further away by chance: `of` says how many are judged together.
    """
    return float(stdtrit(n - 1, 1 - tail(of))) if n > 1 else np.inf


def tail(of: int) -> float:
    """What is beyond the threshold on one side, so that the worst of so many is beyond it in 5 of 100 labs."""
    return (1 - 0.95 ** (1 / of)) / 2


def positive(difference) -> bool | None:
    """Is the mean of one difference per seed above 0 (True), below (False), or is it too small to tell (None)?"""
    d = np.asarray(difference, dtype=np.float64)
    mean, error = d.mean(), standard_error(d)
    if len(d) < 2 or not abs(mean) > threshold(len(d)) * error:
        return None
    return bool(mean > 0)


def agrees(values, truth: float, of: int = 1) -> bool | None:
    """Is the mean of one value per seed within the threshold of a known truth, as one `of` several that must be?"""
    d = np.asarray(values, dtype=np.float64) - truth
    return bool(abs(d.mean()) <= threshold(len(d), of) * standard_error(d)) if len(d) > 1 else None


def worst_of(count: int) -> float:
    """How many standard errors the worst of `count` right estimates, of many draws each, exceeds in 5 of 100 labs."""
    return float(-ndtri(tail(count)))


def every(*answers: bool | None) -> bool | None:
    """Yes if all are; no if one is no; else too small to tell."""
    return False if False in answers else None if None in answers else True


def standard_error(values) -> float:
    """The standard error of the mean of one value per seed; 0 for one value, of which nothing is known."""
    values = np.asarray(values, dtype=np.float64)
    return float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else 0.0


def mean_and_error(values) -> str:
    """Mean ± standard error over seeds, written with two digits of the error: `1.234 ± 0.056`."""
    values = np.asarray(values, dtype=np.float64)
    mean, error = values.mean(), standard_error(values)
    if len(values) < 2 or not error > 1e-9 * abs(mean):  # nothing varies
        return f"{mean:.4g}"
    digits = int(np.clip(1 - np.floor(np.log10(error)), 0, 6)) if np.isfinite(error) else 3
    return f"{mean:.{digits}f} ± {error:.{digits}f}"


def signed(values) -> str:
    """The same for a difference, with its sign, and whether it can be told from 0: `+0.012 ± 0.040 (too small)`."""
    text = mean_and_error(values)
    text = text if text.startswith("-") else f"+{text}"
    return f"{text} ({doubt(values)})" if doubt(values) else text


def told(text: str, difference) -> str:
    """A number that compares, and behind it whether its difference, one value per seed, can be told from 0."""
    return f"{text}, {doubt(difference)}" if doubt(difference) else text


def doubt(difference) -> str:
    """Why a difference is not told from 0; "" where it is."""
    return "" if positive(difference) is not None else "one seed" if np.size(difference) < 2 else "too small to tell"
