"""Exercise 26: which implementations the student's checks let through, a row for each check."""

from minidgm.plots.common import BLUE, GREY, ORANGE


def caught(ax, mine, truth) -> str:
    """A disc for each implementation, the published bug first: blue where the check is right about it."""
    right = total = 0
    for number in range(1, 9):
        verdicts = mine.verdicts(number)
        if verdicts is None:
            ax.text(1, number, "not started", color=GREY, va="center", fontsize=14)
            continue
        for place, (wanted, found) in enumerate(verdicts, 1):
            agreed = wanted == found
            ax.plot(place, number, "o" if agreed else "X", color=BLUE if agreed else ORANGE, markersize=11,
                    markerfacecolor="none" if agreed and not wanted else BLUE if agreed else ORANGE)  # fmt: skip
            right, total = right + agreed, total + 1
    ax.set(yticks=range(1, 9), ylim=(8.7, 0.3), ylabel="check", xticks=[], xlim=(0, None))
    ax.set_xlabel("implementations: published bug, relatives, right ones")
    ax.set_title("full: bug caught   ring: right one accepted   X: taken for the other")
    return f"{right} of {total} implementations judged rightly"
