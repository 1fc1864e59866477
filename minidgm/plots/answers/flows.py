"""What a student's own functions of exercises 05 to 09 and 27 do, beside the right ones; `basics`: what a panel is."""

import functools
from collections.abc import Callable

import autograd.numpy as anp
import numpy as np

from minidgm.data import Moons, moons
from minidgm.nn import MLP
from minidgm.optim import Adam, warmup_cosine
from minidgm.plots.answers.shared import BOX, apart, bars, bend, grid, last, lines, maf_f, maf_g, normal, plane
from minidgm.plots.common import BLUE, GREY, ORANGE, draw_points, label_ends
from minidgm.plots.flows import draw_jacobian
from minidgm.tensor import Module, value_and_grad

# ------------------------------------------------------------------ 05, 06, 27 autoregressive flows


def density_of(f, ax, mine, truth, title: str, box=BOX) -> str:
    """The plane under a flow's f: `f(functions, x)` returns z and log_det."""
    x = grid(box)
    yours, right = (normal(z) + log_det for z, log_det in (f(mine, x), f(truth, x)))
    total = plane(ax, yours, right, box)
    ax.set_title(title)
    return f"your density integrates to {total:.3f} (contours: the right one)"


def samples_of(g, ax, mine, truth, title: str) -> str:
    """Samples of a flow's g upon the right ones."""
    z = np.random.default_rng(0).standard_normal((500, 2))
    yours, right = g(mine, z)[0], g(truth, z)[0]
    ax.scatter(*right.T, s=50, color=GREY, alpha=0.5, linewidths=0)
    draw_points(ax, yours, BLUE, 10)
    ax.set(xlim=BOX[:2], ylim=BOX[2:], title=title, xticks=[], yticks=[])
    return f"samples at most {apart(yours, right):.2g} from the right ones"


def calls_of(f, g, ax, mine, truth, title: str) -> str:
    """How often each direction calls the net, against the number of dimensions."""
    sizes = (1, 2, 4, 8)
    counts: dict[str, list[int]] = {"f": [], "g": []}
    for m in sizes:
        for name, way in (("f", f), ("g", g)):
            count = [0]

            def net(x, count=count):
                count[0] += 1
                before = np.cumsum(x, axis=1) - x
                return 0.1 * before, np.exp(0.1 * np.tanh(before))

            way(truth, np.ones((1, m)), net)
            once, count[0] = count[0], 0
            way(mine, np.ones((1, m)), net)  # each call of yours is made of the right one, too
            counts[name].append(count[0] - once)
    for values, colour in zip(counts.values(), (BLUE, ORANGE)):
        ax.plot(sizes, values, "o-", color=colour)
    ax.set(xlabel="dimensions m", ylabel="calls of the net", title=title)
    label_ends(ax, {name: (values[-1], colour) for (name, values), colour in zip(counts.items(), (BLUE, ORANGE))})
    return f"at m = 8: f takes {counts['f'][-1]}, g {counts['g'][-1]}"


def of_autoregressive(letters: str) -> tuple[Callable, Callable, Callable]:
    """The density, the samples and the calls of the net of ar_f and ar_g, or of iar_f and iar_g."""

    def f(own, x, net=bend):
        return getattr(own, f"{letters}_f")(x, net)

    def g(own, z, net=bend):
        return getattr(own, f"{letters}_g")(z, net)

    return (
        functools.partial(density_of, f, title=f"density by {letters}_f"),
        functools.partial(samples_of, g, title=f"500 samples by {letters}_g"),
        functools.partial(calls_of, f, g, title="passes of the net"),
    )


def iaf_density(ax, mine, truth) -> str:
    def f(own, x):
        return own.iaf_f(x, maf_f, maf_g)

    return density_of(f, ax, mine, truth, "density of the exchanged MAF", (-3.5, 3.5, -7, 5))


def iaf_samples(ax, mine, truth) -> str:
    return samples_of(lambda own, z: own.iaf_g(z, maf_f, maf_g), ax, mine, truth, "500 samples by iaf_g")


def passes(ax, mine, truth) -> str:
    kinds = [(kind, way) for kind in ("maf", "iaf") for way in "fg"]
    yours, right = ([own.passes(*kind, 64) for kind in kinds] for own in (mine, truth))
    bars(ax, [f"{kind}\n{way}" for kind, way in kinds], yours, right, "passes at m = 64")
    ax.set_title("which way is slow")
    return "; ".join(f"{kind} {way}: {number}" for (kind, way), number in zip(kinds, yours))


# ------------------------------------------------------------------ 07 coupling


class Nets(Module):
    """Two coupling layers' networks for the plane: (n, 1) → μ and σ; the right coupling_f trains them."""

    def __init__(self, rng, layers: int = 6):
        self.nets = [MLP((1, 32, 32, 2), rng) for _ in range(layers)]

    def layer(self, k: int):
        def net(x1):
            out = self.nets[k](x1)
            return out[:, :1], anp.exp(2 * anp.tanh(out[:, 1:]))

        return net

    def log_prob(self, x, coupling_f):
        total = 0
        for k in range(len(self.nets)):
            x, log_det = coupling_f(x, 1, self.layer(k))
            x, total = x[:, ::-1], total + log_det
        return -0.5 * anp.sum(x**2, axis=1) - float(np.log(2 * np.pi)) + total


def trained_nets(truth, steps: int = 300) -> Nets:
    """Nets that the right coupling_f has trained on two moons, for a second or two."""
    rng = np.random.default_rng(0)
    model, optimizer = Nets(rng), Adam(warmup_cosine(5e-3, 20, steps))
    step = value_and_grad(lambda model, x: -anp.mean(model.log_prob(x, truth.coupling_f)))
    for _ in range(steps):
        optimizer.step(model, step(model, moons(rng, 256))[1])
    return model.astype(np.float64)


def moons_density(ax, mine, truth) -> str:
    mine.coupling_f(np.zeros((1, 2)), 1, lambda x1: (x1, x1 + 1))  # whether it is started, before nets are trained
    model, box = trained_nets(truth), (-2.2, 3.2, -1.8, 2.2)
    x = grid(box)
    yours, right = (model.log_prob(x, own.coupling_f) for own in (mine, truth))
    total = plane(ax, yours, right, box)
    test = moons(np.random.default_rng(1), 2000).astype(np.float64)
    score = float(np.mean(model.log_prob(test, mine.coupling_f)))
    ax.set_title("two moons, 300 steps of training")
    return f"integral {total:.3f}; test log p(x) {score:.2f}, of the true density {np.mean(Moons().log_prob(test)):.2f}"


def warped(ax, mine, truth) -> str:
    """A grid of z as g puts it into data space, and how far f brings it back."""

    def net(x1):
        return 0.8 * anp.sin(1.5 * x1), anp.exp(0.7 * anp.cos(x1))

    line, knots = np.linspace(-2.5, 2.5, 60), np.linspace(-2.5, 2.5, 11)
    curves = [np.stack([line, np.full(60, k)], 1) for k in knots] + [np.stack([np.full(60, k), line], 1) for k in knots]
    z = np.concatenate(curves)
    (yours, log_det), (right, _) = mine.coupling_g(z, 1, net), truth.coupling_g(z, 1, net)
    for a, b in zip(right.reshape(-1, 60, 2), yours.reshape(-1, 60, 2)):
        ax.plot(*a.T, color=GREY, linewidth=4, alpha=0.5)
        ax.plot(*b.T, color=BLUE, linewidth=1)
    ax.scatter(*yours[:660:4].T, c=log_det[:660:4], cmap="cividis", s=30, zorder=3)
    ax.set(title="a grid of z, seen in x by coupling_g", xticks=[], yticks=[])
    far = f"x at most {apart(yours, right):.1g} away from the right one"
    return f"{far}; dots: your log_det, {log_det.min():.2f} to {log_det.max():.2f}"


def coupling_blocks(ax, mine, truth) -> str:
    weight = np.random.default_rng(3).standard_normal((3, 4)) / 2

    def net(x1):
        return anp.sin(anp.dot(x1, weight)), anp.exp(0.5 * anp.cos(anp.dot(x1, weight)))

    x = np.random.default_rng(4).standard_normal(7)
    yours, step = mine.coupling_jacobian(x, 3, net), 1e-5 * np.eye(7)
    up, down = (truth.coupling_f(x + sign * step, 3, net)[0] for sign in (1, -1))
    draw_jacobian(ax, yours)
    for line in (ax.axhline, ax.axvline):
        line(2.5, color="black")
    ax.set_title("coupling_jacobian, d = 3 of 7")
    return f"{apart(yours, (up - down).T / 2e-5):.1g} from the numerical Jacobian, at most"


# ------------------------------------------------------------------ 08 losses, 09 a flow as a VAE


def forward_loss(ax, mine, truth) -> str:
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(-2, 0.5, (200, 1)), rng.normal(2, 0.5, (200, 1))])
    sigmas = np.geomspace(0.5, 6, 40)

    def curve(own):
        flow = [lambda x, s=s: (x / s, np.full(len(x), -np.log(s))) for s in sigmas]
        return np.array([own.forward_kl_loss(x, f, normal) for f in flow])

    yours = curve(mine)
    lines(ax, sigmas, yours, curve(truth), xlabel="σ of the flow, mean 0", ylabel="loss, nats",
          title="forward: two modes at ±2")  # fmt: skip
    return f"least at σ = {sigmas[np.argmin(yours)]:.2f}: it covers both modes (the data's σ: {x.std():.2f})"


def reverse_loss(ax, mine, truth) -> str:
    z, means = np.random.default_rng(0).standard_normal((400, 1)), np.linspace(-4, 4, 41)

    def target(x):
        return np.logaddexp(-2 * (x[:, 0] + 2) ** 2, -2 * (x[:, 0] - 2) ** 2) - 0.5 * np.log(2 * np.pi)

    def curve(own):
        flows = [lambda z, b=b: (0.5 * z + b, np.full(len(z), np.log(0.5))) for b in means]
        return np.array([own.reverse_kl_loss(z, g, normal, target) for g in flows])

    yours = curve(mine)
    lines(ax, means, yours, curve(truth), xlabel="mean of the flow, σ = ½", ylabel="loss, nats",
          title="reverse: the same two modes")  # fmt: skip
    return f"least at {means[np.argmin(yours)]:+.1f}: it takes one mode"


def noise_gap(ax, mine, truth) -> str:
    taus, m = np.geomspace(0.01, 1, 12), 4
    eps, x = np.random.default_rng(0).standard_normal((400, 2, m)), np.array([[1.0, 0, -1, 2], [0.0, 1, 1, -1]])

    def f(x):
        return (x - 1) / 2, np.full(len(x), -m * np.log(2.0))

    log_p = truth.deterministic_elbo(x, f, normal)
    yours, right = (
        np.array([np.mean(log_p - own.noisy_elbo(x, f, normal, t, eps)) for t in taus]) for own in (mine, truth)
    )
    lines(ax, taus, yours, right, {"½ m τ²": m * taus**2 / 2}, xscale="log", xlabel="τ of encoder and decoder",
          ylabel="log p(x) − ELBO, nats", title="noisy_elbo, m = 4")  # fmt: skip
    return f"at τ = 1 the gap is {last(yours):.3f}, from 400 draws; ½ m τ² = {m / 2:.3f}"


def no_noise(ax, mine, truth) -> str:
    x = np.linspace(-6, 10, 300)[:, None]

    def f(x):
        return np.arcsinh(x - 2), -0.5 * np.sum(np.log1p((x - 2) ** 2), axis=1)

    yours, right = (np.exp(own.deterministic_elbo(x, f, normal)) for own in (mine, truth))
    lines(ax, x[:, 0], yours, right, xlabel="x", ylabel="exp ELBO", title="deterministic_elbo: a density")
    return f"area {np.trapezoid(yours, x[:, 0]):.3f} within the picture, of the flow {np.trapezoid(right, x[:, 0]):.3f}"
