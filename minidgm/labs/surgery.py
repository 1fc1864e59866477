"""Rows 13 and 14: ELBO surgery, mean KL(q(z|x_i) ‖ p) = KL(q_agg ‖ p) + I_q[x, z], and the mutual information.

Measured on trained VAEs, binarized images and images of levels: the terms of the ELBO, both sides of the identity (the
left one in closed form, KL(q_agg ‖ p) from draws of its own); I_q against the number of objects n and against the width
of the posteriors, from 0 to log n; the encoder's width, an annealed KL term and one with free nats; the estimators from
minibatches side by side; 60,000 objects of 40 latent dimensions in little memory. With --mine your exercises 19 and 20
compute terms and estimates.
"""

import math
import time
import tracemalloc

import numpy as np

from minidgm.labs import Options, Part, mine
from minidgm.labs.judge import agrees, every, mean_and_error, positive
from minidgm.labs.report import Report
from minidgm.labs.vaes import TERMS, Task, fit, tasks
from minidgm.nn import MLP
from minidgm.plots.vae import estimators_figure, information_figure
from minidgm.vae import (
    VAE,
    AggregatedPosterior,
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

LARGEST = 2_000  # objects of a data set that the tables look at
LARGEST_MINE = 400  # with a student's functions, which keep the whole table of pairs in memory


def identity(report: Report, options: Options) -> None:
    """Row 13: train, cut the ELBO into its terms, compare both sides."""
    found, rows = {}, {}
    for task in tasks(options):
        found[task.name] = terms(task, options)
        rows[task.name] = found[task.name]["rows"]
    off = {name: np.subtract(f["right"], f["left"]) for name, f in found.items()}
    name, first = next(iter(found.items()))
    report.answer(
        13,
        every(*(agrees(d, 0.0, of=len(off)) for d in off.values())),
        f"mean KL(q ‖ p) is {np.mean(first['left']):.3f} nats in closed form, KL(q_agg ‖ p) + I_q "
        f"{np.mean(first['right']):.3f} from samples; they differ by {mean_and_error(off[name])}",
        number=f"{np.mean(first['left']):.3f} nats, off by {mean_and_error(off[name])}",
        **{key: {n: f[key] for n, f in found.items()} for key in ("left", "right")},
    )  # fmt: skip
    for task_name, columns in rows.items():
        n = found[task_name]["n"]
        title = f"{task_name}: terms of the mean ELBO of {n} training images, nats (log n = {math.log(n):.3f})"
        report.table(f"terms-{task_name.replace(' ', '-')}", ("", *TERMS), [("trained VAE", *columns)], title)
    what_moves_the_terms(report, options)


def terms(task: Task, options: Options) -> dict:
    """The terms of the ELBO over the training images, one VAE per seed, and both sides of the identity."""
    x, steps = task.train[: LARGEST_MINE if options.mine else LARGEST], options.size(40, 300, 1500)
    samples = 2 if options.quick or options.mine else 20
    values, left, right = [], [], []
    for seed in range(options.seeds):
        rng = np.random.default_rng(seed)
        vae = task.vae(rng)
        fit(vae, task, rng, steps, f"{task.name}, seed {seed}")
        mu, log_sigma = vae.posterior.mu_log_sigma(x)
        if options.mine:
            mine_found = my_terms(vae, x, samples, rng)
            values.append(
                [float(mine_found[k]) for k in ("reconstruction", "mutual_information", "marginal_kl", "elbo")]
            )
            marginal_kl = values[-1][2]
        else:
            values.append([term.value for term in elbo_surgery(vae, x, rng, samples)])
            marginal_kl = kl_of_aggregated(vae, x, samples, np.random.default_rng((seed, 13)))
        left.append(float(np.mean(gaussian_kl(mu, log_sigma))))
        right.append(values[-1][1] + marginal_kl)
    return {"rows": [list(column) for column in zip(*values)], "left": left, "right": right, "n": len(x)}


def kl_of_aggregated(vae, x, samples: int, rng) -> float:
    """KL(q_agg ‖ p) from draws of q_agg itself: with the terms' own noise log q_agg would cancel against I_q's."""
    q_agg = AggregatedPosterior(vae.posterior, x)
    kl = []
    for _ in range(samples):
        z = q_agg.sample(rng, len(x))
        kl.append(np.mean(q_agg.log_prob(z) - vae.prior.log_prob(z), dtype=np.float64))
    return float(np.mean(kl))


def my_terms(vae, x, samples: int, rng) -> dict:
    """The same by the student's elbo_surgery, from the same noise."""
    answers = mine.load("ex20_elbo_surgery")
    mu, log_sigma = vae.posterior.mu_log_sigma(x)
    eps = rng.standard_normal((samples, *mu.shape), dtype=mu.dtype)
    log_lik = np.mean([vae.decoder.log_prob(x, vae.posterior.reparameterize(x, e)[0]) for e in eps], axis=0)
    return answers.elbo_surgery(log_lik, mu, log_sigma, eps, vae.prior.log_prob)


# ------------------------------------------------------------------ row 14


def bounds_of_information(report: Report, options: Options) -> None:
    """Row 14: I_q against n and σ, on the binarized VAE, whose posteriors overlap; then what minibatches make of it."""
    task = tasks(options)[0]
    information = mine.load("ex19_mutual_information") if options.mine else surgery
    rng, steps = np.random.default_rng(0), options.size(40, 300, 1500)
    vae = task.vae(rng)
    fit(vae, task, rng, steps, f"{task.name}, for I_q")
    x = distinct(task.train)[: LARGEST_MINE if options.mine else LARGEST]
    mu, log_sigma = vae.posterior.mu_log_sigma(x)

    def estimate(mu, log_sigma, rng):
        eps = rng.standard_normal((max(2, 4000 // len(mu)), *mu.shape), dtype=np.float32)
        return information.mutual_information(mu, log_sigma, eps)

    sizes = [n for n in (2, 5, 10, 30, 100, 300, 1000, 3000, 10_000) if n < len(mu)] + [len(mu)]
    draws = range(options.seeds)  # of the noise: the VAE is one, for the bound is about its posteriors
    capped = [[estimate(mu[:n], log_sigma[:n], np.random.default_rng((seed, n, 1))) for seed in draws] for n in sizes]
    by_n = [float(np.mean(values)) for values in capped]
    few, scales = min(len(mu), 300), np.array([1e-6, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 1e6])
    common = np.repeat(np.mean(log_sigma, axis=0, keepdims=True), few, axis=0)
    by_sigma = [estimate(mu[:few], common + np.log(scale).astype(mu.dtype), rng) for scale in scales]
    shares = [value / math.log(n) for n, value in zip(sizes, by_n)]
    free = [[by_subtraction(vae, x[:n], np.random.default_rng((seed, n))) for seed in draws] for n in sizes]
    off, log_n = np.mean(np.subtract(free, capped), axis=0), math.log(sizes[-1])
    limits = by_sigma[0] > math.log(few) - 1e-3 and abs(by_sigma[-1]) < 1e-3
    report.answer(
        14,
        every(limits, agrees(off, 0.0), positive(np.subtract(log_n, free[-1]))),
        f"{sizes[-1]} objects have I_q = {by_n[-1]:.3f} of log n = {log_n:.3f} nats, uncapped "
        f"{mean_and_error(free[-1])}; σ from 0 to ∞ takes {few} from {by_sigma[0]:.3f} to {zero(by_sigma[-1])}",
        number=f"{by_n[-1]:.3f} of {log_n:.3f} nats at n = {sizes[-1]}",
        by_n=by_n, share=shares, by_sigma=by_sigma, by_subtraction=free,
    )  # fmt: skip
    rows = [(n, zero(value), other, math.log(n), share) for n, value, other, share in zip(sizes, by_n, free, shares)]
    header = ("n", "I_q", "by subtraction", "log n", "share")
    title = f"{task.name}: I_q of the first n objects, nats; by subtraction: mean KL(q ‖ p) − KL(q_agg ‖ p)"
    report.table("information-n", header, rows, title)
    title = f"{few} objects, one σ for all (the geometric mean of the trained ones) times a factor"
    rows = [(f"{scale:g}", zero(value)) for scale, value in zip(scales, by_sigma)]
    report.table("information-sigma", ("σ times", "I_q"), rows, title)
    report.figure(
        "information", information_figure(sizes, by_n, scales, by_sigma, math.log(few)),
        n=sizes, I_q=by_n, scales=scales, I_q_of_scale=by_sigma,
    )  # fmt: skip
    estimators(report, mu, log_sigma, information, batches=20 if options.quick else 200)
    many_objects(report, n=2000 if options.quick else 60_000)


def by_subtraction(vae, x, rng) -> float:
    """I_q as mean KL(q ‖ p), in closed form, less KL(q_agg ‖ p), from draws of q_agg: nothing caps it at log n."""
    samples = max(2, 8000 // len(x))
    return float(np.mean(gaussian_kl(*vae.posterior.mu_log_sigma(x)))) - kl_of_aggregated(vae, x, samples, rng)


def distinct(x):
    """Each image once, in the order given: two equal ones have equal posteriors, and no code can tell them apart."""
    return x[np.sort(np.unique(x, axis=0, return_index=True)[1])]


def zero(value: float) -> str:
    """A number as a table shows it; an estimate of 0 that is below it by less than 1e-4 is 0 by its noise."""
    return f"{value:.4f}" if value > 5e-5 or value < -1e-4 else "0.0000"


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
        rows.append((batch, math.log(batch), *map(list, np.transpose(values))))
    title = f"I_q of N = {n} objects from minibatches of B, nats; exact, from all posteriors: {exact:.4f}"
    header = ("B", "log B", "naive", "stratified", "leave-one-out")
    report.table("estimators", header, [(b, cap, *map(mean_and_error, found)) for b, cap, *found in rows], title)
    arrays = {name: [np.mean(row[k]) for row in rows] for k, name in enumerate(header)}
    report.figure("estimators", estimators_figure(rows, exact, math.log(n)), exact=exact, **arrays)
    capped = sum(np.max(naive) <= cap + 1e-6 for _, cap, naive, *_ in rows)
    against = sum(positive(np.subtract(naive, exact)) is True or positive(np.subtract(exact, strat)) is True
                  for _, _, naive, strat, _ in rows)  # fmt: skip
    report.say(
        f"naive ≤ exact ≤ stratified in expectation: contradicted for {against} of {len(rows)} batch sizes. The naive "
        f"estimate is below log B in all batches of {capped} of them.\n"
    )


def many_objects(report: Report, n: int, d: int = 40) -> None:
    """The exact estimate for as many objects as MNIST has, in float32: time, and memory beyond the inputs."""
    rng = np.random.default_rng(0)
    mu = rng.standard_normal((n, d), dtype=np.float32)
    log_sigma = np.full((n, d), -0.5, np.float32)
    eps = rng.standard_normal((1, n, d), dtype=np.float32)
    tracemalloc.start()
    start = time.process_time()
    value = mutual_information(mu, log_sigma, eps)  # once: it is what takes the lab's time
    took, peak = time.process_time() - start, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    report.say(
        f"{n} objects, {d} latent dimensions, all posteriors: I_q = {value:.5f} (log n = {math.log(n):.5f}) in "
        f"{took:.1f} s and {peak / 1e6:.0f} MB; the whole table would take {4 * n * n / 1e6:.0f} MB in float32.\n"
    )


# ------------------------------------------------------------------ what moves the terms


def what_moves_the_terms(report: Report, options: Options) -> None:
    """Networks of another width, a KL term that comes in slowly, free nats: the terms of the ELBO tell the story."""
    task, steps = tasks(options)[0], 20 if options.quick else 800

    def of_width(width, rng):
        posterior = GaussianPosterior(MLP((task.m, width, 2 * task.d), rng))
        return VAE(posterior, task.decoder(task.d, rng), StandardNormalPrior(task.d))

    kinds = {f"{width} hidden units": ((lambda rng, w=width: of_width(w, rng)), negative_elbo) for width in (2, 8, 32)}
    kinds |= {
        "128 hidden units": (task.vae, negative_elbo),
        "β from 0 to 1": (task.vae, lambda: negative_elbo(beta=warm_up(max(steps // 2, 1)))),
        "8 free nats": (task.vae, lambda: negative_elbo(free_nats=8.0)),
    }
    rows = []
    for kind, (make, make_loss) in kinds.items():
        values = []
        for seed in range(options.seeds):
            rng = np.random.default_rng(seed)
            vae = make(rng)
            fit(vae, task, rng, steps, f"{kind}, seed {seed}", loss=make_loss())
            found = elbo_surgery(vae, task.train[:LARGEST], np.random.default_rng(0))
            values.append([term.value for term in found])
        rows.append((kind, *map(list, zip(*values))))
    title = f"{task.name}: what moves the terms of the ELBO; {steps} steps, nats"
    report.table("what-moves-the-terms", ("encoder, objective", *TERMS), rows, title)


PARTS = (Part((13,), identity), Part((14,), bounds_of_information))
