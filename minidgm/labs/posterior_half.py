"""Row 19 on images: what z was, given half an image. Two answers fit, so p(z|half) has two modes, by construction.

An 8 and a 9 share their upper half (of the digits no two classes share more of one). Here it says nothing at all: the
training images' upper halves are exchanged at random. Each class has a component of the prior to itself,

    p(z) = ½ N(z; −a, I) + ½ N(z; a, I),  a = (2.5, 0),     p(x|z) = Π_j p(x_j|z)

and the model of the upper half S is the same decoder without its other outputs: p(x_S|z) = Π_{j∈S} p(x_j|z). Then
p(z|x_S) is exact on a grid. A q that sits on one of two equal modes far apart is KL(q ‖ p(z|x_S)) = log 2 away, however
well it fits that one: log 2 is the price of one mode. Measured with θ held: the gap of a Gaussian, the best of several
starts, and of two flows; and per image, by quadrature, the least gap of any Gaussian and of two Gaussians together.
"""

import math

import autograd.numpy as np
import numpy
from scipy import optimize

from minidgm.data import Images
from minidgm.flows import iaf, real_nvp
from minidgm.functional import log_softmax, logsumexp
from minidgm.labs import Options
from minidgm.labs.images import images_for
from minidgm.labs.posterior_exact import e_step
from minidgm.labs.report import Report
from minidgm.labs.training import fit
from minidgm.labs.vaes import Task
from minidgm.nn import MLP
from minidgm.plots.vae import half_posteriors_figure
from minidgm.tensor import Module, value_and_grad
from minidgm.vae import (
    VAE,
    BernoulliDecoder,
    GaussianPosterior,
    MixturePrior,
    StandardNormalPrior,
    elbo,
    grid_log_joint,
    zoomed_log_joint,
)
from minidgm.vae.exact import grid

CLASSES = (8, 9)
A = 2.5  # the components' distance from 0
POINTS, HALF_WIDTH = 100, 6.0  # of the grid
CONTEXT = 16  # numbers that the encoder gives a flow
COPIES = 10  # of each image, each time with another's upper half
STARTS = {"left": -A, "between": 0.0, "right": A}  # of a Gaussian's μ_1: there is a local optimum per mode


def half_images(images: Images, rng) -> tuple[Task, dict]:
    """Binarized 8s and 9s whose upper halves are exchanged, as a Task; split → each image's component, its μ (n, 2)."""
    splits, centres = [], {}
    for name, split, copies in zip(("train", "validation", "test"), images[:3], (COPIES, 1, 1)):
        kept = numpy.isin(split.labels, CLASSES)
        x = numpy.tile((split.y[kept] >= images.levels / 2).astype(numpy.float32), (copies, 1))
        upper = x.shape[1] // 2
        x[:, :upper] = x[rng.permutation(len(x)), :upper]
        splits.append(x)
        side = numpy.where(numpy.tile(split.labels[kept], copies) == CLASSES[0], -A, A)
        centres[name] = numpy.stack([side, 0 * side], axis=1).astype(numpy.float32)
    return Task("halves", *splits, images.shape, 2), centres


def trained_vae(task: Task, centres: dict, rng, steps: int, name: str) -> VAE:
    """A VAE with two latent dimensions, trained with each image's class known, so that each has its own component."""
    prior, component = MixturePrior(2, 2, rng), StandardNormalPrior(2)
    prior.mu[...] = [[-A, 0], [A, 0]]

    def loss(vae, data, rng):
        x, centre = data
        z, log_q = vae.posterior.draw(rng, x)
        return -np.mean(vae.decoder.log_prob(x, z) + component.log_prob(z - centre) - log_q)

    vae = VAE(GaussianPosterior(task.encoder(4, rng)), task.decoder(2, rng), prior)
    fit(vae, loss, (task.train, centres["train"]), rng, steps=steps, batch=100, clip=100.0, average=None, name=name,
        validation=(task.validation, centres["validation"]))  # fmt: skip
    return vae


def of_upper_half(vae: VAE, posterior, seen: int) -> VAE:
    """The VAE of the first `seen` pixels: the decoder without the outputs of the others, and a posterior for it."""
    net = vae.decoder.net.copy()
    last = net.layers[-1]
    last.weight, last.bias = last.weight[:, :seen].copy(), last.bias[:seen].copy()
    return VAE(posterior, BernoulliDecoder(net), vae.prior)


def families(seen: int, make_flow_posterior) -> dict:
    """Name → (rng, μ_1 of the base distribution at the start) → q(z|x_S)."""

    def encoder(outputs, rng, mu, log_sigma):
        net = MLP((seen, 128, outputs), rng)
        net.layers[-1].weight *= 0.1
        net.layers[-1].bias[:4] = mu, 0, log_sigma, log_sigma
        return net

    def flow(make):
        return lambda rng, mu: make_flow_posterior(encoder(4 + CONTEXT, rng, mu, 0.5), make(rng), CONTEXT)

    return {
        "Gaussian": lambda rng, mu: GaussianPosterior(encoder(4, rng, mu, 0)),
        "coupling": flow(lambda rng: real_nvp(2, 8, (64,), rng, context=CONTEXT)),
        "inverse AR": flow(lambda rng: iaf(2, 8, (64,), rng, context=CONTEXT)),
    }


def half_an_image(options: Options, make_flow_posterior) -> dict:
    """What is measured, one value per seed: the gaps of each family, the least gaps; and the last seed's densities."""
    images = images_for(options)
    steps, shown = options.size((30, 2), (300, 2), (1500, 10))
    found: dict = {"gaps": {}, "limits": {"any Gaussian": [], "two Gaussians": [], "one mode": []}, "shown": shown}
    for seed in range(options.seeds):
        rng = numpy.random.default_rng(seed)
        task, centres = half_images(images, rng)
        vae = trained_vae(task, centres, rng, steps, f"8s and 9s, seed {seed}")
        x = task.test[:100, : task.m // 2]
        gaps, vaes, log_posterior = with_decoder_held(vae, x, make_flow_posterior, steps, seed)
        for name, gap in gaps.items():
            found["gaps"].setdefault(name, []).append(gap)
        best = [least_gaps(row) for row in log_posterior[:shown]]
        for name in ("any Gaussian", "two Gaussians"):
            found["limits"][name].append(float(numpy.mean([gap[name] for gap in best])))
        found["limits"]["one mode"].append(float(numpy.mean(-numpy.log(larger_mode(log_posterior)))))
    return found | {"task": task, "x": x, "vaes": vaes, "log_posterior": log_posterior}


def with_decoder_held(vae: VAE, x, make_flow_posterior, steps: int, seed: int) -> tuple[dict, dict, numpy.ndarray]:
    """Name → gap, name → VAE of the upper half, its posterior optimized for x (n, seen); log masses of the cells."""
    seen, values, vaes = x.shape[1], {}, {}
    for name, make in families(seen, make_flow_posterior).items():
        tried = []
        for start, mu in STARTS.items() if name == "Gaussian" else [("between", STARTS["between"])]:
            rng = numpy.random.default_rng(seed)
            half = of_upper_half(vae, make(rng, mu), seen)
            e_step(half, x, rng, steps, name=f"half an image, {name}, {start}, seed {seed}")
            tried.append((float(numpy.mean(elbo(half, x, numpy.random.default_rng((seed, 1)), 400))), start, half))
        values[name], _, vaes[name] = max(tried)
    log_p = logsumexp(zoomed_log_joint(vaes["Gaussian"], x)[1], axis=1)
    gaps = {name: float(numpy.mean(log_p)) - value for name, value in values.items()}
    log_joint = grid_log_joint(vaes["Gaussian"], x, POINTS, HALF_WIDTH)
    return gaps, vaes, log_joint - logsumexp(log_joint, axis=1, keepdims=True)


def show_half(report: Report, found: dict) -> None:
    """The tables and the figure of what `half_an_image` has measured."""
    gaps, limits, shown = found["gaps"], found["limits"], found["shown"]
    title = f"Upper half of an 8 or a 9: log p(x_S) − ELBO of {len(found['x'])} test images, θ held, nats"
    report.table("half-image", ("q(z|x_S)", "gap"), list(gaps.items()), title)
    rows = [
        (f"of any Gaussian, {shown} of the images", limits["any Gaussian"]),
        (f"of a mixture of two Gaussians, {shown} of the images", limits["two Gaussians"]),
        (f"−log of the larger mode's mass; of equal ones log 2 = {math.log(2):.3f}", limits["one mode"]),
    ]
    report.table("half-image-limits", ("the least gap, by quadrature, image by image", "nats"), rows)
    chosen = numpy.argsort(larger_mode(found["log_posterior"]))[:3]  # whose modes weigh most alike
    figure = half_posteriors_figure(
        found["vaes"], found["task"], found["x"], found["log_posterior"], chosen, gaps, HALF_WIDTH
    )
    columns = numpy.reshape(figure.axes, (len(chosen), -1)).T
    arrays = {c[0].get_title("left"): [ax.images[0].get_array().data for ax in c] for c in columns}
    report.figure("half-image", figure, **arrays)


# ------------------------------------------------------------------ by quadrature


def centres_of_cells() -> numpy.ndarray:
    """The grid's points, (POINTS², 2)."""
    return grid(2, POINTS, HALF_WIDTH)[0]


def larger_mode(log_posterior) -> numpy.ndarray:
    """The mass of p(z|x_S) on the heavier side of z_1 = 0: log masses of cells (n, cells) → (n,)."""
    left = numpy.sum(numpy.exp(log_posterior)[:, centres_of_cells()[:, 0] < 0], axis=1)
    return numpy.maximum(left, 1 - left)


def least_gaps(log_mass) -> dict:
    """The least KL(q ‖ p) of all Gaussians, and of all mixtures of two: log masses of p in the cells, (cells,)."""
    mass, z = numpy.exp(log_mass), centres_of_cells()
    left, right = (start_at(z, mass * side) for side in (z[:, 0] < 0, z[:, 0] >= 0))
    whole = start_at(z, mass)
    single = min(least_kl(start[None], log_mass) for start in (left, right, whole))
    return {"any Gaussian": single, "two Gaussians": least_kl(numpy.stack([left, right]), log_mass)}


def start_at(z, mass) -> numpy.ndarray:
    """log weight, μ (2) and the Cholesky factor of the precision (log, log, below) of a part of the mass: (6,)."""
    weight = numpy.sum(mass)
    mu = mass @ z / weight
    covariance = (mass[:, None] * (z - mu)).T @ (z - mu) / weight + 1e-3 * numpy.eye(2)
    factor = numpy.linalg.cholesky(numpy.linalg.inv(covariance))
    return numpy.array([math.log(weight), *mu, math.log(factor[0, 0]), math.log(factor[1, 1]), factor[1, 0]])


def least_kl(start, log_mass) -> float:
    """KL(q ‖ p) at its minimum near `start`, one row per Gaussian of q, as a sum over the cells."""
    z = centres_of_cells()

    def kl(q, log_mass):
        log_q = log_softmax(q.log_prob(z))  # of the cells: outside of the grid there is no q
        return np.sum(np.exp(log_q) * (log_q - log_mass))

    q, step = Gaussians(start), value_and_grad(kl)

    def value_and_slope(theta):
        q.theta = theta.reshape(start.shape)
        value, gradient = step(q, log_mass)
        return float(value), gradient["theta"].ravel()

    return float(optimize.minimize(value_and_slope, start.ravel(), jac=True, method="BFGS").fun)


class Gaussians(Module):
    """A mixture of full Gaussians in the plane: theta (K, 6), a row per Gaussian as `start_at` makes it."""

    def __init__(self, theta):
        self.theta = theta

    def log_prob(self, z):
        """log Σ_k π_k N(z; μ_k, (L_k L_kᵀ)⁻¹): z (n, 2) → (n,)."""
        log_pi, mu1, mu2, a, b, below = (self.theta[:, k] for k in range(6))
        d1, d2 = z[:, :1] - mu1, z[:, 1:] - mu2
        squares = (np.exp(a) * d1 + below * d2) ** 2 + (np.exp(b) * d2) ** 2
        return logsumexp(log_softmax(log_pi) + a + b - math.log(2 * math.pi) - 0.5 * squares, axis=1)
