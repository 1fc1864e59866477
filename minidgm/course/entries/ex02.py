"""Exercise 02: its place in the list, and three hints per function, the weakest first."""

from minidgm.course.exercises import entry

EXERCISE = entry(
    2,
    "optimizers",
    "Momentum and Adam",
    functions="momentum_step adam_step",
    rows=(1,),
    read="minidgm/optim.py",
)

HINTS = {
    "momentum_step": (
        "Two lines of code for two arrows of the formula, in that order. Which v does the second arrow use?",
        "First a new velocity out of the old one and grad; then a new theta out of the old one and the new velocity. "
        "Bind new names (velocity = ...) and nothing of the caller's changes.",
        "velocity = beta times velocity plus grad; then theta minus lr times that; return both, theta first.",
    ),
    "adam_step": (
        "Five lines for five formulas: m, v, the two hats, theta. The square is elementwise, and so is everything "
        "else.",
        "Keep m and v under their names and give the corrected ones new names, m_hat and v_hat: they are used once, "
        "in the last line. Powers are `beta1**t`, and t is 1 in the first step.",
        "m = beta1 * m + (1 - beta1) * grad, and v likewise with beta2 and grad**2; divide each by 1 minus its beta "
        "to the power t for the step; eps is added after the square root of v_hat. Return theta, m, v.",
    ),
}
