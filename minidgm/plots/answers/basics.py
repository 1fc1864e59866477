"""What a student's own functions of exercises 01 to 04 do, beside the right ones.

A panel takes the axes, the student's functions and the right ones, and returns what is to be said, with a number.
"""

import autograd.numpy as anp
import numpy as np

from minidgm.plots.answers.shared import apart, errors, grid, lines, maf_f, matrix, normal, plane
from minidgm.plots.common import BLUE, COLOURS, GREY, ORANGE

FAR = np.linspace(-800, 800, 401)
EXACT = FAR.astype(np.longdouble)  # more digits than a float64 has, where the machine knows them

# ------------------------------------------------------------------ 01 stable functions


def logsumexp_error(ax, mine, truth) -> str:
    a = np.stack([FAR, FAR + 1], axis=1)
    ax.set_title("logsumexp of a, a + 1")
    with np.errstate(all="ignore"):
        naive = np.log(np.sum(np.exp(a), axis=1))
    return errors(ax, FAR, mine.logsumexp(a, 1), truth.logsumexp(a.astype(np.longdouble), 1), naive, "log Σ exp")


def softplus_error(ax, mine, truth) -> str:
    ax.set_title("softplus")
    with np.errstate(all="ignore"):
        return errors(ax, FAR, mine.softplus(FAR), truth.softplus(EXACT), np.log(1 + np.exp(FAR)), "log(1 + exp a)")


def log_sigmoid_error(ax, mine, truth) -> str:
    ax.set_title("log_sigmoid")
    with np.errstate(all="ignore"):
        naive = np.log(1 / (1 + np.exp(-FAR)))
    return errors(ax, FAR, mine.log_sigmoid(FAR), truth.log_sigmoid(EXACT), naive, "log 1/(1 + exp −a)")


def log_diff_sigmoid_error(ax, mine, truth) -> str:
    ax.set_title("log_diff_sigmoid of a, a − 1")
    with np.errstate(all="ignore"):
        naive = np.log(1 / (1 + np.exp(-FAR)) - 1 / (1 + np.exp(1 - FAR)))
    yours, right = mine.log_diff_sigmoid(FAR, FAR - 1), truth.log_diff_sigmoid(EXACT, EXACT - 1)
    return errors(ax, FAR, yours, right, naive, "log(σ(a) − σ(b))")


# ------------------------------------------------------------------ 02 optimizers

VALLEY = np.array([1.0, 25.0])


def momentum_path(ax, mine, truth) -> str:
    def walk(functions):
        theta, velocity, path = np.array([-4.0, 1.5]), np.zeros(2), []
        for _ in range(60):
            path.append(theta)
            theta, velocity = functions.momentum_step(theta, VALLEY * theta, velocity, 0.02, 0.8)
        return np.array(path)

    return paths(ax, walk(mine), walk(truth), "momentum, 60 steps")


def adam_path(ax, mine, truth) -> str:
    def walk(functions):
        theta, m, v, path = np.array([-4.0, 1.5]), np.zeros(2), np.zeros(2), []
        for t in range(1, 61):
            path.append(theta)
            theta, m, v = functions.adam_step(theta, VALLEY * theta, m, v, t, 0.15, 0.9, 0.999, 1e-8)
        return np.array(path)

    return paths(ax, walk(mine), walk(truth), "Adam, 60 steps")


def paths(ax, yours, right, title: str) -> str:
    """Two walks down a narrow valley, ½ (x² + 25 y²)."""
    x, y = np.meshgrid(np.linspace(-4.6, 2, 100), np.linspace(-2, 2, 100))
    ax.contour(x, y, np.sqrt(x**2 + 25 * y**2), levels=8, colors=GREY, linewidths=0.8, alpha=0.6)
    ax.plot(*right.T, color=GREY, linewidth=8, alpha=0.55)
    ax.plot(*yours.T, "o-", color=BLUE, markersize=4, linewidth=1.5)
    ax.plot(0, 0, "*", color=ORANGE, markersize=16)
    ax.set(xlim=(-4.6, 2), ylim=(-2, 2), title=title, xlabel="θ_1", ylabel="θ_2")
    far = [np.linalg.norm(path[-1]) for path in (yours, right)]
    return f"at the end {far[0]:.3g} from the minimum (star); the right one {far[1]:.3g}"


# ------------------------------------------------------------------ 03 change of variables


def affine_density(ax, mine, truth) -> str:
    x = np.linspace(-4, 6, 400)[:, None]
    mu, sigma = np.array([1.0]), np.array([0.8])
    yours, right = (np.exp(normal(z) + log_det) for z, log_det in (own.affine_f(x, mu, sigma) for own in (mine, truth)))
    lines(ax, x[:, 0], yours, right, xlabel="x", ylabel="p(x)", title="affine_f: the density of 0.8 z + 1")
    return f"area under your density {np.trapezoid(yours, x[:, 0]):.3f}"


def banana_density(ax, mine, truth) -> str:
    x = grid()
    total = plane(ax, *(own.flow_log_prob(x, maf_f, normal) for own in (mine, truth)))
    ax.set_title("flow_log_prob of a bent flow")
    return f"your density integrates to {total:.3f} (contours: the right one)"


def affine_samples(ax, mine, truth) -> str:
    z, mu, sigma = np.random.default_rng(0).standard_normal((400, 2)), np.array([2.0, -1.0]), np.array([1.5, 0.4])
    yours, right = (own.affine_g(z, mu, sigma) for own in (mine, truth))
    ax.scatter(*right[0].T, s=60, color=GREY, alpha=0.5, linewidths=0)
    ax.scatter(*yours[0].T, s=8, color=BLUE)
    ax.set(xlabel="x_1", ylabel="x_2", title="affine_g of 400 normal z")
    return f"log_det of g {yours[1][0]:.4f}; log Π σ = {right[1][0]:.4f}"


def swirl(point):
    """A map of the plane whose log-determinant is 0.8 sin x_1."""
    a, b = point[0], point[1]
    return anp.array([a + 0.0 * b, b * anp.exp(0.8 * anp.sin(a)) + a])


def brute_force(ax, mine, truth) -> str:
    x = np.stack([np.linspace(-4, 4, 41), np.full(41, 0.5)], axis=1)
    yours, right = mine.jacobian_log_det(swirl, x), 0.8 * np.sin(x[:, 0])
    lines(ax, x[:, 0], yours, right, xlabel="x_1", ylabel="log|det|", title="jacobian_log_det of a swirl")
    return f"{apart(yours, right):.1g} from the formula 0.8 sin x_1, at most"


# ------------------------------------------------------------------ 04 MADE


def degrees(ax, mine, truth) -> str:
    found = mine.made_degrees(6, [12, 9])
    for layer, values in enumerate(found):
        numbers, counts = np.unique(values, return_counts=True)
        ax.scatter(np.full(len(numbers), layer), numbers, s=90 * counts, color=COLOURS[layer % 3], alpha=0.8)
        for number, count in zip(numbers, counts):
            ax.text(layer + 0.22, number, str(count), va="center", fontsize=13)
    ax.set_xticks(range(len(found)), ["inputs", *(f"hidden {k}" for k in range(1, len(found)))])
    ax.set(ylabel="degree", xlim=(-0.5, len(found) - 0.3), title="made_degrees(6, [12, 9])")
    hidden = [set(np.asarray(d).tolist()) for d in found[1:]]
    missing = sorted(set(range(1, 6)) - set.intersection(*hidden)) if hidden else []
    return f"{sum(map(len, found))} units; beside each degree, how many have it" + (
        f"; some layer has none of {missing}" if missing else ""
    )


def first_mask(ax, mine, truth) -> str:
    yours, right = (own.made_masks(truth.made_degrees(6, [12, 9]))[0].T for own in (mine, truth))
    ax.set_title("mask into the first hidden layer")
    return matrix(ax, yours, right, "hidden unit", "input")


def dependence(ax, mine, truth) -> str:
    def seen(own):
        masks = own.made_masks(truth.made_degrees(6, [12, 9]))
        paths = np.eye(6)
        for mask in masks:
            paths = paths @ np.asarray(mask, float)
        return paths.T

    ax.set_title("which output sees which input")
    yours = seen(mine)
    matrix(ax, yours, seen(truth), "output", "input")
    return (
        f"{np.count_nonzero(np.triu(yours))} outputs see themselves or what follows; {np.sum(yours != 0)} of 15 views"
    )
