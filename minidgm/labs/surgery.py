"""Rows 13 and 14: ELBO surgery, mean KL(q(z|x_i) ‖ p) = KL(q_agg ‖ p) + I_q[x, z], and the mutual information.

Measured on trained VAEs, binarized images and images of levels: the terms of the ELBO with their standard errors, both
sides of the identity (the left one in closed form); I_q against the number of objects n, against the width of the
posteriors from 0 to log n, against the width of the encoder's network, and for an annealed KL term and one with free
nats; the estimators from minibatches side by side; 60,000 objects of 40 latent dimensions in little memory. With --mine
the terms and the estimates are computed by your exercises 19 and 20.
"""

import math
import time
import tracemalloc

import numpy as np

from minidgm.data import load_images
from minidgm.labs import Options, Part, mine
from minidgm.labs.report import Report, mean_and_error
from minidgm.labs.vaes import Task, fit, tasks
from minidgm.nn import MLP
from minidgm.plots.vae import estimators_figure, information_figure
from minidgm.vae import (
    VAE,
    GaussianPosterior,
    StandardNormalPrior,
    elbo_surgery,
    gaussian_kl,
    leave_one_out_mutual_information,
    mutual_information,
    negative_elbo,
    surgery,
    warm_up,
)

LARGEST = 10_000  # objects of a data set that the tables look at
LARGEST_MINE = 400  # with a student's functions, which keep the whole table of pairs in memory


def run(report: Report, options: Options) -> None:
    """Train, then cut the ELBO into its terms."""
    report.say("Rows 13 and 14: mean KL(q(z|x_i) ‖ p) = KL(q_agg ‖ p) + I_q[x, z],  0 ≤ I_q ≤ log n")
    found = tasks(load_images(options.data), options.quick)
    of_binary, of_levels = (terms(report, task, options) for task in found)
    information = mine.load("ex19_mutual_information") if options.mine else surgery
    against_n_and_sigma(report, found[1], *of_levels, information)
    encoder_width(report, found[0], options)
    objectives(report, found[0], options)
    estimators(report, *of_binary, information, batches=20 if options.quick else 200)
    many_objects(report, n=2000 if options.quick else 60_000)


def terms(report: Report, task: Task, options: Options):
    """The terms of the ELBO over the training images, a VAE a seed; returns μ, log σ of the last one."""
    x, steps = task.train[: LARGEST_MINE if options.mine else LARGEST], 40 if options.quick else 1500
    samples = 2 if options.quick or options.mine else max(2, 48_000 // len(x))
    rows, left, right = [], [], []
    for seed in range(options.seeds):
        rng = np.random.default_rng(seed)
        vae = task.vae(rng)
        fit(vae, task, rng, steps, f"{task.name}, seed {seed}")
        mu, log_sigma = vae.posterior.mu_log_sigma(x)
        if options.mine:
            found = my_terms(vae, x, samples, rng)
            values = [found[name] for name in ("reconstruction", "mutual_information", "marginal_kl", "elbo")]
            rows.append((seed, *map(float, values)))
        else:
            found = elbo_surgery(vae, x, rng, samples)
            values = [term.value for term in found]
            rows.append((seed, *map(str, found)))
        left.append(float(np.mean(gaussian_kl(mu, log_sigma))))
        right.append(values[1] + values[2])
    whose = "by your elbo_surgery" if options.mine else "± standard error through the noise of the samples"
    header = ("seed", "reconstruction", "I_q", "KL(q_agg ‖ p)", "ELBO")
    title = f"{task.name}: terms of the mean ELBO of {len(x)} training images, nats ({whose})"
    report.table(f"terms-{task.file}", header, rows, title)
    report.say(
        f"Both sides: mean KL(q(z|x_i) ‖ p), in closed form, is {mean_and_error(left)}; KL(q_agg ‖ p) + I_q, from "
        f"samples, {mean_and_error(right)}; they differ by {mean_and_error(np.subtract(right, left))} nats. "
        f"log n = {math.log(len(x)):.3f}."
    )
    return mu, log_sigma


def my_terms(vae, x, samples: int, rng) -> dict:
    """The same by the student's elbo_surgery, from the same noise."""
    answers = mine.load("ex20_elbo_surgery")
    mu, log_sigma = vae.posterior.mu_log_sigma(x)
    eps = rng.standard_normal((samples, *mu.shape), dtype=mu.dtype)
    log_lik = np.mean([vae.decoder.log_prob(x, vae.posterior.reparameterize(x, e)[0]) for e in eps], axis=0)
    return answers.elbo_surgery(log_lik, mu, log_sigma, eps, vae.prior.log_prob)


def against_n_and_sigma(report: Report, task: Task, mu, log_sigma, information) -> None:
    """I_q of the first n objects; and of posteriors with one σ for all objects, from log n down to 0."""
    sizes = [n for n in (2, 5, 10, 30, 100, 300, 1000, 3000, 10_000) if n < len(mu)] + [len(mu)]
    rng = np.random.default_rng(0)

    def estimate(mu, log_sigma):
        eps = rng.standard_normal((max(2, 4000 // len(mu)), *mu.shape), dtype=np.float32)
        return information.mutual_information(mu, log_sigma, eps)

    by_n = [estimate(mu[:n], log_sigma[:n]) for n in sizes]
    rows = [(n, value, math.log(n), value / math.log(n)) for n, value in zip(sizes, by_n)]
    report.table(
        "information-n", ("n", "I_q", "log n", "share"), rows, f"{task.name}: I_q of the first n objects, nats"
    )
    few, scales = min(len(mu), 300), np.array([1e-4, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 1e6])
    common = np.repeat(np.mean(log_sigma, axis=0, keepdims=True), few, axis=0)
    by_sigma = [estimate(mu[:few], common + np.log(scale).astype(mu.dtype)) for scale in scales]
    title = f"{few} objects, one σ for all (the geometric mean of the trained ones) times a factor"
    report.table("information-sigma", ("σ times", "I_q"), list(zip(scales, by_sigma)), title)
    report.say(
        f"At the extremes: σ times {scales[0]:g} gives I_q = {by_sigma[0]!r} (log {few} = {math.log(few)!r}), σ times "
        f"{scales[-1]:g} gives {by_sigma[-1]:.1e}. The largest share of log n above is {max(r[3] for r in rows):.4f}."
    )
    report.figure("information", information_figure(sizes, by_n, scales, by_sigma, math.log(few)))


def encoder_width(report: Report, task: Task, options: Options) -> None:
    """Networks of another width: how much the code knows after training."""

    def make(width, rng):
        posterior = GaussianPosterior(MLP((task.m, width, 2 * task.d), rng))
        return VAE(posterior, task.decoder(task.d, rng), StandardNormalPrior(task.d))

    kinds = {width: (lambda rng, width=width: make(width, rng), negative_elbo) for width in (2, 8, 32, 128)}
    train_kinds(report, "encoder-width", "hidden units of the encoder", task, options, kinds)


def objectives(report: Report, task: Task, options: Options) -> None:
    """What a KL term that comes in slowly, and one of which a part is free, do to the terms of the ELBO."""
    steps = 10 if options.quick else 400
    kinds = {
        "ELBO": (task.vae, negative_elbo),
        f"β from 0 to 1 in {steps} steps": (task.vae, lambda: negative_elbo(beta=warm_up(steps))),
        "8 free nats": (task.vae, lambda: negative_elbo(free_nats=8.0)),
    }
    train_kinds(report, "objectives", "trained by", task, options, kinds)


def train_kinds(report: Report, name: str, title: str, task: Task, options: Options, kinds: dict) -> None:
    """Train VAEs of several kinds, (make, make_loss) each, and print the terms of their ELBO on the training images."""
    rows, steps = [], 20 if options.quick else 800
    for kind, (make, make_loss) in kinds.items():
        values = []
        for seed in range(options.seeds):
            rng = np.random.default_rng(seed)
            vae = make(rng)
            fit(vae, task, rng, steps, f"{title}: {kind}, seed {seed}", loss=make_loss())
            found = elbo_surgery(vae, task.train[:LARGEST], np.random.default_rng(0))
            values.append([term.value for term in found])
        rows.append((kind, *map(mean_and_error, np.transpose(values))))
    header = (title, "reconstruction", "I_q", "KL(q_agg ‖ p)", "ELBO")
    report.table(name, header, rows, f"{task.name}: terms of the ELBO, {options.seeds} seeds, {steps} steps, nats")


def estimators(report: Report, mu, log_sigma, information, batches: int) -> None:
    """From minibatches of B: naive ≤ exact ≤ stratified ≤ leave-one-out, with standard errors over the batches."""
    rng, n = np.random.default_rng(0), len(mu)
    exact = mutual_information(mu, log_sigma, rng.standard_normal((20, *mu.shape), dtype=mu.dtype))
    rows = []
    for batch in [b for b in (2, 5, 10, 30, 100, 300, 1000) if b < n]:
        values = []
        for _ in range(max(2, min(batches, 20_000 // batch))):
            k = rng.permutation(n)[:batch]
            part = mu[k], log_sigma[k], rng.standard_normal((1, batch, mu.shape[1])).astype(mu.dtype)
            values.append((information.mutual_information(*part), information.minibatch_mutual_information(*part, n),
                           leave_one_out_mutual_information(*part)))  # fmt: skip
        rows.append((batch, math.log(batch), *np.transpose(values)))
    cells = [(batch, cap, *(mean_and_error(v) for v in found)) for batch, cap, *found in rows]
    title = f"I_q of N = {n} objects from minibatches of B, nats; exact, from all posteriors: {exact:.4f}"
    report.table("estimators", ("B", "log B", "naive", "stratified", "leave-one-out"), cells, title)
    report.figure("estimators", estimators_figure(rows, exact, math.log(n)))
    capped = sum(np.max(naive) <= cap for _, cap, naive, *_ in rows)
    against = sum(standard_errors(naive, exact) > 2 or standard_errors(stratified, exact) < -2
                  for _, _, naive, stratified, _ in rows)  # fmt: skip
    report.say(
        f"naive ≤ exact ≤ stratified, in expectation: contradicted by more than two standard errors for {against} of "
        f"{len(rows)} batch sizes. The naive estimate stays below log B in all batches of {capped} of them."
    )


def standard_errors(values, truth: float) -> float:
    """How many standard errors the mean of values lies above the truth."""
    return (np.mean(values) - truth) / (np.std(values, ddof=1) / math.sqrt(len(values)))


def many_objects(report: Report, n: int, d: int = 40) -> None:
    """The exact estimate for as many objects as MNIST has, in float32: time, and memory beyond the inputs."""
    rng = np.random.default_rng(0)
    mu = rng.standard_normal((n, d), dtype=np.float32)
    log_sigma = np.full((n, d), -0.5, np.float32)
    eps = rng.standard_normal((1, n, d), dtype=np.float32)
    tracemalloc.start()
    start = time.perf_counter()
    value = mutual_information(mu, log_sigma, eps)
    seconds, peak = time.perf_counter() - start, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    report.say(
        f"\n{n} objects, {d} latent dimensions, all posteriors: I_q = {value:.5f} (log n = {math.log(n):.5f}) in "
        f"{seconds:.1f} s and {peak / 1e6:.0f} MB; the whole table would take {4 * n * n / 1e6:.0f} MB in float32."
    )


PARTS = (Part((13, 14), run),)
