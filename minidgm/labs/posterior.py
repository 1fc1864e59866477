"""Rows 19 to 22: log p(x) = ELBO + KL(q(z|x) ‖ p(z|x)); flow posteriors close the gap.

First where log p(x) is known in closed form (`posterior_exact`). Then VAEs of images: Gaussian, coupling, inverse AR
and AR posteriors, trained with the decoder; two latent dimensions, where quadrature gives log p(x) and p(z|x), and the
E-step, θ held; a flow moved from the posterior to the prior, and the ELBO that does not change. With --mine the flow
posteriors call your flow_posterior (exercise 23).
"""

import numpy as np

from minidgm.data import load_images
from minidgm.flows import iaf, maf, real_nvp
from minidgm.labs import Options, Part, mine
from minidgm.labs.posterior_exact import e_step, linear_gaussian, two_moons
from minidgm.labs.report import Report, mean_and_error
from minidgm.labs.timing import seconds
from minidgm.labs.vaes import BATCH, Task, fit, mean_elbo, mean_iwae, tasks, training_step
from minidgm.plots.vae import grid_posteriors_figure, samples_figure
from minidgm.tensor import parameters
from minidgm.vae import (
    VAE,
    FlowPosterior,
    GaussianPosterior,
    StandardNormalPrior,
    elbo,
    grid_log_prob,
    iwae_bound,
    posterior_flow_to_prior,
)

CONTEXT = 16  # numbers that the encoder gives a flow beside μ and log σ
FLOWS = {
    "coupling": lambda d, rng, context: real_nvp(d, 4, (64,), rng, context=context),
    "inverse AR": lambda d, rng, context: iaf(d, 2, (64,), rng, context=context),
    "AR": lambda d, rng, context: maf(d, 2, (64,), rng, context=context),
}
COLUMNS = ("train ELBO", "test ELBO", "test IWAE", "gap", "step, ms")


def run(report: Report, options: Options) -> None:
    """Exact cases, then images."""
    report.say("Rows 19 to 22: log p(x) − ELBO = KL(q(z|x) ‖ p(z|x)). What does a better q gain?")
    flow_posterior = my_flow_posterior() if options.mine else FlowPosterior
    linear_gaussian(report, options)
    two_moons(report, options, flow_posterior)
    found = tasks(load_images(options.data), options.quick)
    for task in found:
        vaes = compare(report, task, options, flow_posterior)
        report.figure(f"samples-{task.file}", samples_figure(task, vaes))
    on_the_grid(report, found[0], options, flow_posterior)
    moved_to_the_prior(report, found[0], options, flow_posterior)


def posterior_of(name: str, task: Task, d: int, rng, flow_posterior, context: int = CONTEXT):
    """The posterior of one row of the tables."""
    if name == "Gaussian":
        return GaussianPosterior(task.encoder(2 * d, rng))
    return flow_posterior(task.encoder(2 * d + context, rng), FLOWS[name](d, rng, context), context)


def compare(report: Report, task: Task, options: Options, flow_posterior) -> dict:
    """Row 20: a VAE for each posterior and seed, prior N(0, I); returns the last seed's VAEs."""
    steps, samples = (20, 5) if options.quick else (1500 if task.levels == 2 else 1000, 200)
    found: dict = {name: {column: [] for column in COLUMNS} for name in ("Gaussian", *FLOWS)}
    vaes, test = {}, task.test[:1000]
    for seed in range(options.seeds):
        for name in found:
            rng = np.random.default_rng(seed)
            posterior = posterior_of(name, task, task.d, rng, flow_posterior)
            vae = VAE(posterior, task.decoder(task.d, rng), StandardNormalPrior(task.d))
            fit(vae, task, rng, steps, f"{task.name}: {name} posterior, seed {seed}")
            bound, tighter = mean_elbo(vae, test, min(samples, 50)), mean_iwae(vae, test, samples)
            values = mean_elbo(vae, task.train[:2000], 5), bound, tighter, tighter - bound
            for column, value in zip(COLUMNS, (*values, 1e3 * seconds(training_step(vae, task)))):
                found[name][column].append(value)
            vaes[name] = vae
    rows = [(name, *(mean_and_error(values) for values in columns.values())) for name, columns in found.items()]
    title = (
        f"{task.name}, {task.d} latent dimensions: nats, {options.seeds} seeds, {steps} steps of {BATCH}; "
        f"gap: IWAE − ELBO, K = {samples}, at most log p(x) − ELBO"
    )
    report.table(f"posteriors-{task.file}", ("posterior", *COLUMNS), rows, title)
    answer(report, task, found)
    return vaes


def answer(report: Report, task: Task, found: dict) -> None:
    """The slide's question, answered from the table's numbers."""

    def less(a, b, column="test ELBO"):
        return mean_and_error(np.subtract(found[a][column], found[b][column]))

    step = {name: float(np.mean(columns["step, ms"])) for name, columns in found.items()}
    gaps = ", ".join(f"{name} {less(name, 'Gaussian', 'gap')}" for name in FLOWS)
    report.say(
        f"Row 20, {task.name}. Is an AR flow all right as the posterior? In test ELBO it gains "
        f"{less('AR', 'Gaussian')} over the Gaussian, {less('AR', 'inverse AR')} over the inverse AR flow. But its "
        f"samples take d = {task.d} passes a layer, in every step: {step['AR']:.1f} ms a step, the inverse AR flow "
        f"{step['inverse AR']:.1f}, the Gaussian {step['Gaussian']:.1f}. Gap minus the Gaussian's: {gaps}.\n"
    )


# ------------------------------------------------------------------ two latent dimensions: log p(x) by quadrature


def on_the_grid(report: Report, task: Task, options: Options, flow_posterior) -> None:
    """Rows 19 and 22: the exact gap of a trained VAE on test images, and the E-step on them with θ held."""
    steps, n, points = (20, 10, 60) if options.quick else (1000, 100, 200)
    x, names = task.test[:n], ("Gaussian", *FLOWS)
    gaps: dict = {name: [] for name in ("as trained", *names)}
    for seed in range(options.seeds):
        rng = np.random.default_rng(seed)
        vae = VAE(GaussianPosterior(task.encoder(4, rng)), task.decoder(2, rng), StandardNormalPrior(2))
        fit(vae, task, rng, steps, f"two latent dimensions, seed {seed}")
        log_p = grid_log_prob(vae, x, points)
        bounds = [(k, log_p - iwae_bound(vae, x, np.random.default_rng(0), k)) for k in (1, 10, 100, 1000)]
        optimized = {"as trained": vae}
        for name in names:
            posterior = posterior_of(name, task, 2, rng, flow_posterior)
            optimized[name] = vae.with_parts(posterior=posterior)
            e_step(optimized[name], x, rng, steps, name=f"E-step: {name}, seed {seed}")
        for name, other in optimized.items():
            values = elbo(other, x, np.random.default_rng(1), 5 if options.quick else 200)
            gaps[name].append(float(np.mean(log_p - values)))
    title = f"{task.name}, 2 latent dimensions, {n} test images: log p(x) − IWAE_K, log p(x) by quadrature, last seed"
    report.table("iwae", ("K", "mean", "standard error"),
                 [(k, np.mean(b), np.std(b) / np.sqrt(n)) for k, b in bounds], title)  # fmt: skip
    rows = [("Gaussian, encoder as trained", mean_and_error(gaps["as trained"]))]
    rows += [(f"{name}, after the E-step", mean_and_error(gaps[name])) for name in names]
    report.table("e-step", ("q(z|x)", "log p(x) − ELBO"), rows, "θ held, q optimized on these images: the exact gap")
    change = np.max(np.abs(log_p - grid_log_prob(vae, x, points // 2)))
    report.say(f"Quadrature on {points}² points; half as many a side change log p(x) by {change:.1e} nats at most.")
    report.say(
        f"Row 22. With θ held, the gap of the Gaussian goes from {mean_and_error(gaps['as trained'])} to "
        f"{mean_and_error(gaps['Gaussian'])}; less is beyond its family, or this E-step. A coupling flow reaches "
        f"{mean_and_error(gaps['coupling'])}, an inverse AR flow {mean_and_error(gaps['inverse AR'])}."
    )
    report.figure("grid", grid_posteriors_figure(optimized, task, x[:4], points))


# ------------------------------------------------------------------ row 21, and --mine


def moved_to_the_prior(report: Report, task: Task, options: Options, flow_posterior) -> None:
    """Row 21: the flow moved from the posterior to the prior; the same ELBO, object by object."""
    rng, steps = np.random.default_rng(0), 20 if options.quick else 500
    posterior = posterior_of("inverse AR", task, task.d, rng, flow_posterior, context=0)
    vae = VAE(posterior, task.decoder(task.d, rng), StandardNormalPrior(task.d))
    fit(vae, task, rng, steps, "inverse AR posterior without a context")
    x, differences = task.test[:1000], []
    for dtype in (np.float32, np.float64):
        one = vae.astype(dtype)
        values = [elbo(v, x.astype(dtype), np.random.default_rng(0)) for v in (one, posterior_flow_to_prior(one))]
        differences.append(float(np.max(np.abs(values[0] - values[1]))))
    same = len(parameters(vae)) == len(parameters(posterior_flow_to_prior(vae)))
    report.say(
        f"Row 21. The flow moved from the posterior to the prior, and before the decoder, with the same noise: ELBO "
        f"{np.mean(values[0]):.6f} and {np.mean(values[1]):.6f}. The largest difference of one image is "
        f"{differences[1]:.1e} nats in float64, {differences[0]:.1e} in float32. "
        f"{'Both have the same parameters.' if same else 'Their parameters differ.'} The inverse AR flow's g, one "
        "pass, samples the posterior in the one, and is the f of an AR flow as the prior in the other."
    )


def my_flow_posterior():
    """A FlowPosterior whose samples and densities come from the student's flow_posterior."""
    answers = mine.load("ex23_flow_posterior")

    class MyFlowPosterior(FlowPosterior):
        def _move(self, mu, log_sigma, context, eps):
            return answers.flow_posterior(mu, log_sigma, eps, lambda z: self.flow.g(z, context))

    return MyFlowPosterior


PARTS = (Part((19, 20, 21, 22), run),)
