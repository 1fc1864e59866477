"""Beyond the slides: a decoder that sees the earlier pixels does without z, and the posterior collapses.

    ELBO = reconstruction − I_q[x, z] − KL(q_agg ‖ p)

Information in z costs I_q nats. A decoder whose pixels are independent given z has to pay them; one that reads x_<j,
p(x|z) = Π_j p(x_j|x_<j, z), knows most of it already (Bowman et al. 2016, Chen et al. 2017). If its weights of z start
at zero, nothing ever calls z into use: q(z|x) = p(z) is a stationary point, I_q = 0, and the ELBO is that of an
autoregressive model without z. Two remedies, from the same start: a weight β of the KL term that comes in slowly, and
free nats, which cost nothing up to a threshold. Measured on binarized images: the terms during training, for each; and
how much worse images are reconstructed from the z of another image, which is 0 where z says nothing.
"""

import numpy as np

from minidgm.labs import Options, Part
from minidgm.labs.judge import every, positive, told
from minidgm.labs.report import Report
from minidgm.labs.training import trained
from minidgm.labs.vaes import BATCH, TERMS, Task, tasks
from minidgm.nn import MADE
from minidgm.optim import Adam, warmup_cosine
from minidgm.plots.vae import collapse_figure
from minidgm.vae import (
    VAE,
    AutoregressiveDecoder,
    GaussianPosterior,
    StandardNormalPrior,
    elbo_surgery,
    negative_elbo,
)

HIDDEN = 256  # of the MADE
FREE = 4.0  # nats
LARGEST = 1000  # objects that the terms are measured on


def autoregressive(task: Task, rng, start: float) -> AutoregressiveDecoder:
    """A MADE with z as its context, whose weights start at `start` times their usual size."""
    net = MADE(task.m, (HIDDEN,), 1, rng, context=task.d)
    net.layers[0].weight[: task.d] *= start
    net.layers[-1].weight *= 0.1
    return AutoregressiveDecoder(net)


def factorized(task: Task, rng):
    """Pixels independent given z."""
    return task.decoder(task.d, rng)


def plain(done: int, steps: int) -> negative_elbo:
    """The loss after `done` of the training's steps: the ELBO."""
    return negative_elbo()


def annealed(done: int, steps: int) -> negative_elbo:
    """The KL term's weight β rises from 0 to 1 over the first half of the training."""
    return negative_elbo(beta=lambda t: min(1.0, (done + t) / (steps / 2)))


def free(done: int, steps: int) -> negative_elbo:
    """The first nats of KL cost nothing."""
    return negative_elbo(free_nats=FREE)


KINDS = {
    "factorized": (factorized, plain),
    "AR": (lambda task, rng: autoregressive(task, rng, 1.0), plain),
    "AR, z from 0": (lambda task, rng: autoregressive(task, rng, 0.0), plain),
    "AR, β 0 → 1": (lambda task, rng: autoregressive(task, rng, 0.0), annealed),
    f"AR, {FREE:g} free nats": (lambda task, rng: autoregressive(task, rng, 0.0), free),
}


def collapse(report: Report, options: Options) -> None:
    """Train each kind, follow the terms, answer."""
    task, rounds = tasks(options)[0], 10
    steps = 20 if options.quick else 1500
    curves: dict = {kind: [] for kind in KINDS}  # one (rounds, terms and test ELBO) per seed
    other: dict = {kind: [] for kind in KINDS}
    for seed in range(options.seeds):
        for kind, (make_decoder, loss) in KINDS.items():
            rng = np.random.default_rng(seed)
            posterior = GaussianPosterior(task.encoder(2 * task.d, rng))
            vae = VAE(posterior, make_decoder(task, rng), StandardNormalPrior(task.d))
            curves[kind].append(terms_of_training(vae, task, rng, steps, rounds, loss, f"{kind}, seed {seed}"))
            other[kind].append(loss_from_another(vae, task.test))
    last = {kind: np.array(found)[:, -1] for kind, found in curves.items()}  # (seeds, terms and test ELBO)
    independent, _, collapsed, annealing, freed = (last[kind] for kind in KINDS)
    information, test = 1, 4  # columns
    report.answer(
        "collapse",
        every(
            positive(independent[:, information] - collapsed[:, information]),
            bool(np.max(np.abs(collapsed[:, information])) < 0.05),  # a check that 0 is meant, no test
            positive(annealing[:, information] - collapsed[:, information]),
            positive(freed[:, information] - collapsed[:, information]),
        ),
        f"I_q falls from {independent[:, information].mean():.2f} to {abs(collapsed[:, information].mean()):.2f} nats, "
        f"with a test ELBO of {independent[:, test].mean():.1f} and {collapsed[:, test].mean():.1f}; warm-up brings "
        f"back {annealing[:, information].mean():.1f}, free nats {freed[:, information].mean():.1f}",
        number=told(
            f"I_q {independent[:, information].mean():.2f} → {abs(collapsed[:, information].mean()):.2f} nats",
            independent[:, information] - collapsed[:, information],
        ),
        last=last, other=other,
    )  # fmt: skip
    rows = [(kind, *map(list, values.T), other[kind]) for kind, values in last.items()]
    title = (
        f"{task.name}, {steps} steps: terms of the mean ELBO of {min(LARGEST, len(task.train))} training images, nats"
    )
    report.table("collapse", ("decoder, objective", *TERMS, "test ELBO", "loss from another's z"), rows, title)
    axis = (1 + np.arange(rounds)) * steps // rounds
    means = {kind: np.mean(found, axis=0) for kind, found in curves.items()}
    report.figure("collapse", collapse_figure(axis, means), steps=axis, curves=means)


def terms_of_training(vae, task: Task, rng, steps: int, rounds: int, loss, name: str) -> np.ndarray:
    """The terms over training images, and the ELBO of test images, after each of `rounds` pieces: (rounds, 5)."""
    optimizer, found = Adam(warmup_cosine(3e-3, steps // 20, steps)), []
    for k in range(rounds):
        trained(vae, loss(k * steps // rounds, steps), task.train, rng, steps=steps // rounds, batch=BATCH, clip=100.0,
                optimizer=optimizer, name=name)  # fmt: skip
        of_train, of_test = (elbo_surgery(vae, x, np.random.default_rng(0)) for x in (task.train[:LARGEST], task.test))
        found.append([*(term.value for term in of_train), of_test.elbo.value])
    return np.array(found)


def loss_from_another(vae, x) -> float:
    """The mean of log p(x|z) under the image's own z less that under the next image's, in nats."""
    z = vae.posterior.sample(np.random.default_rng(0), x)
    own, others = vae.decoder.log_prob(x, z), vae.decoder.log_prob(x, np.roll(z, 1, axis=0))
    return float(np.mean(own - others, dtype=np.float64))


PARTS = (Part(("collapse",), collapse),)
