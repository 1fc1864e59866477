"""Rows 15 to 18: the optimal prior is q_agg; learnable priors, flows among them; priors that are not invertible.

Row 15: with encoder and decoder held, q_agg in the prior's place, on training and on test images; and N(0, I), a
VampPrior and q_agg trained together with the rest, their ELBO drawn against the steps. Rows 16 to 18: nine priors
trained with encoder and decoder, and fitted with both held, where only KL(q_agg ‖ p(z|λ)) is left to gain; time of a
training step and of sampling; latent spaces, the holes of the prior, samples. With --mine the mixture, the VampPrior
and the flow prior evaluate your exercises 21 and 22.
"""

import numpy as np

from minidgm.labs import Options, Part
from minidgm.labs.judge import every, positive, signed, told
from minidgm.labs.priors import LARGEST, PRIORS, my_priors
from minidgm.labs.report import Report
from minidgm.labs.timing import seconds
from minidgm.labs.training import fit as recipe
from minidgm.labs.training import trained
from minidgm.labs.vaes import BATCH, Task, fit, mean_elbo, mean_iwae, tasks, training_step
from minidgm.optim import Adam, warmup_cosine
from minidgm.plots.common import drawn_images
from minidgm.plots.vae import elbo_curves_figure, latent_figure, samples_figure
from minidgm.vae import AggregatedPosterior, MixturePrior, VampPrior, elbo_surgery, negative_elbo

NOT_INVERTIBLE = ("mixture", "VampPrior", "autoregressive")
HELD = ("train ELBO", "test ELBO", "KL(q_agg ‖ p)", "in holes, %")
HOLE = 0.01  # z lies in a hole where q_agg is lower than at all but so many of its own draws
COLUMNS = ("train ELBO", "test ELBO", "test IWAE", "KL(q_agg ‖ p)", "I_q", "step, ms", "1000 z, ms")


def with_prior(task: Task, make, rng, d: int | None = None):
    """A VAE for the task, its prior one of PRIORS."""
    return task.vae(rng, lambda d, q: make(d, q, task.train, rng), d)


# ------------------------------------------------------------------ row 15


def optimal_prior(report: Report, options: Options) -> None:
    """Row 15: q_agg as the prior, with the rest held, and trained with the rest to the end."""
    task = tasks(options)[0]
    steps, rounds = (20, 4) if options.quick else (1500, 20)
    names = ("standard", "VampPrior", "aggregated")
    curves: dict = {name: {of: [] for of in ("train", "validation", "test")} for name in names}
    held: dict = {of: [] for of in ("train", "test")}
    for seed in range(options.seeds):
        for name in names:
            rng = np.random.default_rng(seed)
            vae = with_prior(task, PRIORS[name], rng)
            found = curve(vae, task, rng, steps, rounds, f"{name} prior, seed {seed}")
            for of, values in found.items():
                curves[name][of].append(values)
        vae = task.vae(rng := np.random.default_rng(seed))
        fit(vae, task, rng, steps, f"N(0, I), best on validation, seed {seed}")
        other = vae.with_parts(prior=AggregatedPosterior(vae.posterior, task.train[:LARGEST]))
        for of, x in (("train", task.train[:LARGEST]), ("test", task.test)):
            held[of].append(mean_elbo(other, x, 10) - mean_elbo(vae, x, 10))
    survives = 100 * np.mean(held["test"]) / np.mean(held["train"])
    end = {name: np.array(curves[name]["test"])[:, -1] for name in names}
    report.answer(
        15,
        every(positive(held["train"]), positive(np.subtract(end["standard"], end["aggregated"]))),
        f"with the rest held q_agg gains {np.mean(held['train']):+.2f} nats on training, {np.mean(held['test']):+.2f} "
        f"on test images ({survives:.0f} %); trained along, test falls to {np.mean(end['aggregated']):.0f}",
        number=told(f"{np.mean(held['train']):+.2f} train, {np.mean(held['test']):+.2f} test", held["train"]),
        held=held, end_on_test=end,
    )  # fmt: skip
    rows = []
    for name in names:
        c = {of: np.array(values) for of, values in curves[name].items()}
        kept = np.argmax(c["validation"], axis=1)
        at = [list(c[of][np.arange(len(kept)), kept]) for of in ("train", "test")]
        rows.append((name, list((kept + 1) * steps // rounds), *at, list(c["train"][:, -1]), list(c["test"][:, -1])))
    header = ("prior", "kept step", "train, kept", "test, kept", "train, last", "test, last")
    title = f"{task.name}: trained together with the prior, mean ELBO in nats; kept: the best on validation"
    report.table("optimal-prior", header, rows, title)
    title = "encoder and decoder held: q_agg in the place of N(0, I), change of the mean ELBO, nats"
    report.table("held", ("prior", "train", "test"), [("aggregated", held["train"], held["test"])], title)
    axis = (1 + np.arange(rounds)) * steps // rounds
    means = {name: {of: np.mean(curves[name][of], axis=0) for of in ("train", "test")} for name in names}
    report.figure("optimal-prior", elbo_curves_figure(axis, means), steps=axis, curves=means)


def curve(vae, task: Task, rng, steps: int, rounds: int, name: str) -> dict:
    """The mean ELBO on each split after each of `rounds` pieces of a training without early stopping."""
    optimizer = Adam(warmup_cosine(3e-3, steps // 20, steps))
    splits = {"train": task.train[:LARGEST], "validation": task.validation, "test": task.test}
    found: dict = {of: [] for of in splits}
    for _ in range(rounds):
        trained(vae, negative_elbo(), task.train, rng, steps=steps // rounds, batch=BATCH, clip=100.0, name=name,
                optimizer=optimizer)  # fmt: skip
        for of, x in splits.items():
            found[of].append(mean_elbo(vae, x, 2))
    return found


# ------------------------------------------------------------------ rows 16 to 18


def learnable_priors(report: Report, options: Options) -> None:
    """Rows 16 to 18: every prior trained with the rest, and with the rest held; answers, latent spaces, samples."""
    priors = my_priors() if options.mine else PRIORS
    task = tasks(options)[0]
    found, vaes = compare(task, priors, options)
    held = refit(task, priors, options)
    answers(report, task, found, held)
    title = f"{task.name}, {task.d} latent dimensions, trained together: nats, {steps_of(options)} steps"
    rows = [(name, *(found[name][column] for column in COLUMNS)) for name in found]
    report.table(f"priors-{task.file}", ("prior", *COLUMNS), rows, title)
    title = (
        f"{task.name}: encoder and decoder trained with N(0, I) and held, the prior fitted to q_agg, nats. In holes: "
        f"z ~ p(z) where q_agg is lower than at {1 - HOLE:.0%} of its own draws; q_agg itself has {HOLE:.0%} there"
    )
    report.table("refit", ("prior", *HELD), [(name, *(held[name][c] for c in HELD)) for name in held], title)
    draws = {name: vae.sample(np.random.default_rng(0), 30) for name, vae in vaes.items()}
    report.figure(f"samples-{task.file}", samples_figure(task, draws), test=task.test[:30], **draws)
    figure = latent_figure(latent(task, priors, steps=20 if options.quick else 800), task.train[:LARGEST])
    report.figure("latent", figure, **drawn_images(figure))


def compare(task: Task, priors: dict, options: Options):
    """One VAE per prior and seed; returns the measurements, name → column → values, and the last seed's VAEs."""
    found: dict = {name: {column: [] for column in COLUMNS} for name in priors}
    vaes = {}
    for seed in range(options.seeds):
        for name, make in priors.items():
            rng = np.random.default_rng(seed)
            vae = with_prior(task, make, rng)
            fit(vae, task, rng, steps_of(options), f"{name} prior, seed {seed}")
            for column, value in zip(COLUMNS, measure(vae, task, few=options.quick)):
                found[name][column].append(value)
            vaes[name] = vae
    return found, vaes


def steps_of(options: Options) -> int:
    """How long to train."""
    return 20 if options.quick else 1000


def measure(vae, task: Task, few: bool) -> tuple:
    """The numbers of one row, in the order of COLUMNS."""
    x, test = task.train[:LARGEST], task.test[:LARGEST]
    terms = elbo_surgery(vae, x, np.random.default_rng(0), samples=2 if few else 5)
    return (
        terms.elbo.value,
        mean_elbo(vae, test, 2 if few else 20),
        mean_iwae(vae, test[:1000], 2 if few else 100),
        terms.marginal_kl.value,
        terms.mutual_information.value,
        1e3 * seconds(training_step(vae, task)),
        1e3 * seconds(vae.prior.sample, np.random.default_rng(0), 1000),
    )


def answers(report: Report, task: Task, found: dict, held: dict) -> None:
    """The slides' questions, answered from the numbers; `--mine` answers those whose priors it has."""

    def gain(name, over="standard", of="test ELBO"):
        return np.subtract(found[name][of], found[over][of])

    def time_of(name, column):
        return float(np.mean(found[name][column]))

    learned = [name for name in held if name not in ("standard", "aggregated")]
    gains = {name: np.subtract(held[name]["train ELBO"], held["standard"]["train ELBO"]) for name in learned}
    mixture = next(name for name in learned if name.startswith("mixture"))  # the slide's own: no best one is picked
    empty = np.mean(held["standard"]["in holes, %"])
    report.answer(
        16,
        every(positive(gains[mixture]), *(False for gain in gains.values() if positive(gain) is False)),
        f"with the rest held the {mixture} gains {signed(gains[mixture])} nats, others "
        f"{min(np.mean(gain) for gain in gains.values()):+.2f} or more; {empty:.0f} % of N(0, I) is holes",
        number=told(f"{np.mean(gains[mixture]):+.2f} nats ({mixture})", gains[mixture]),
        gains=gains, holes={name: held[name]["in holes, %"] for name in held},
    )  # fmt: skip
    flow = next((name for name in found if "inverse" in name), next(name for name in found if "flow" in name))
    because, number = (
        f"the {flow} prior gains {signed(gain(flow))} nats of test ELBO",
        f"{np.mean(gain(flow)):+.2f} nats",
    )
    if flow == "inverse AR flow":
        longer = time_of(flow, "step, ms") / time_of("AR flow", "step, ms")
        because += f"; but {task.d} passes: a step takes {longer:.1f} times the AR flow's"
        number += f", step × {longer:.1f}"
    report.answer(17, positive(gain(flow)), because, number=told(number, gain(flow)), gain=gain(flow))
    others = [name for name in found if name.split(",")[0] in NOT_INVERTIBLE]
    best = next(name for name in others if name.startswith("VampPrior"))  # the slide's own: no best one is picked
    report.answer(
        18,
        positive(gain(best)),
        f"the ELBO asks for log p(z) and a sampler only: {best} gains {signed(gain(best))} nats, without an inverse",
        number=told(f"{np.mean(gain(best)):+.2f} nats ({best})", gain(best)),
        gains={name: gain(name) for name in others},
    )


def refit(task: Task, priors: dict, options: Options) -> dict:
    """Encoder and decoder of a VAE with N(0, I) held, and other priors fitted to its q_agg: name → column → values."""
    steps, x = 20 if options.quick else 800, task.train[:LARGEST]
    found: dict = {name: {column: [] for column in HELD} for name in priors}
    for seed in range(options.seeds):
        rng = np.random.default_rng(seed)
        vae = task.vae(rng)
        fit(vae, task, rng, steps_of(options), f"standard prior, seed {seed}")
        for name, make in priors.items():
            prior = make(task.d, vae.posterior, task.train, rng)
            if isinstance(prior, MixturePrior):
                start_at(prior, vae, task, rng)
            if name not in ("standard", "aggregated"):
                forward_kl(prior, vae, task, rng, steps, f"refit: {name}, seed {seed}")
            other = vae.with_parts(prior=prior)
            terms = elbo_surgery(other, x, np.random.default_rng(0), samples=2 if options.quick else 5)
            q_agg, seeded = AggregatedPosterior(vae.posterior, x), np.random.default_rng((seed, 16))
            holes = 100 * mass_in_holes(prior, q_agg, seeded, 500 if options.quick else 4000)
            values = terms.elbo.value, mean_elbo(other, task.test, 20), terms.marginal_kl.value, holes
            for column, value in zip(HELD, values):
                found[name][column].append(value)
    return found


def mass_in_holes(prior, q_agg, rng, n: int) -> float:
    """The prior's mass where q_agg hardly is: the share of z ~ p(z) at which q_agg is lower than at 99 % of its draws.

    With q_agg itself as the prior it is HOLE.
    """
    edge = np.quantile(q_agg.log_prob(q_agg.sample(rng, n)), HOLE)
    return float(np.mean(q_agg.log_prob(prior.sample(rng, n)) < edge))


def start_at(prior: MixturePrior, vae, task: Task, rng) -> None:
    """Start one component at N(0, I) itself, many at posteriors of training images, of which q_agg is made."""
    k = rng.permutation(len(task.train))[: len(prior.mu)]
    mu, _ = vae.posterior.mu_log_sigma(task.train[k])
    prior.mu[...] = 0
    if len(mu) == len(prior.mu) > 1:
        prior.mu[...] = mu


def forward_kl(prior, vae, task: Task, rng, steps: int, name: str) -> None:
    """Fit p(z|λ) to z ~ q_agg by maximum likelihood: KL(q_agg ‖ p) up to a constant."""
    if isinstance(prior, VampPrior):
        prior.constants = ("posterior",)  # λ are the pseudo-inputs alone: the encoder is held fixed

    def loss(prior, x, rng):
        return -prior.log_prob(vae.posterior.draw(rng, x)[0]).mean()

    recipe(prior, loss, task.train, rng, steps=steps, batch=BATCH, validation=task.validation, average=None, name=name)


def latent(task: Task, priors: dict, steps: int) -> dict:
    """Two latent dimensions, to be looked at: a VAE for each prior."""
    vaes = {}
    for name, make in priors.items():
        rng = np.random.default_rng(0)
        vae = with_prior(task, make, rng, d=2)
        fit(vae, task, rng, steps, f"two latent dimensions: {name} prior")
        vaes[name] = vae
    return vaes


PARTS = (Part((15,), optimal_prior), Part((16, 17, 18), learnable_priors))
