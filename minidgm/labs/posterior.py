"""Rows 19 to 22: log p(x) = ELBO + KL(q(z|x) ‖ p(z|x)); flow posteriors close the gap.

First where log p(x) is known in closed form (`posterior_exact`), and half an image, after which two codes are possible
(`posterior_half`). Then VAEs of images with two latent dimensions, where quadrature gives log p(x) and p(z|x): the
decoder held, a Gaussian encoder trained until its gap stays; then each flow starts *at* it, as the identity, with the
encoder copied, and all get the same further steps. And a flow moved from the posterior to the prior, and the ELBO that
does not change. With --mine the flow posteriors call your exercise 23.
"""

import numpy as np

from minidgm.flows import iaf, maf, real_nvp
from minidgm.functional import logsumexp
from minidgm.labs import Options, Part, mine
from minidgm.labs.judge import every, mean_and_error, positive, signed, told
from minidgm.labs.posterior_exact import e_step, linear_gaussian, show_moons, two_moons
from minidgm.labs.posterior_half import half_an_image, show_half
from minidgm.labs.report import Report
from minidgm.labs.timing import seconds
from minidgm.labs.vaes import Task, fit, tasks, training_step
from minidgm.plots.common import drawn_images
from minidgm.plots.vae import grid_posteriors_figure
from minidgm.vae import (
    VAE,
    FlowPosterior,
    FromLevels,
    GaussianPosterior,
    StandardNormalPrior,
    elbo,
    iwae_bound,
    posterior_flow_to_prior,
    zoomed_log_joint,
)

CONTEXT = 16  # numbers that the encoder gives a flow beside μ and log σ
FLOWS = {
    "coupling": lambda d, rng, context: real_nvp(d, 4, (64,), rng, context=context),
    "inverse AR": lambda d, rng, context: iaf(d, 2, (64,), rng, context=context),
    "AR": lambda d, rng, context: maf(d, 2, (64,), rng, context=context),
}


def not_unimodal(report: Report, options: Options) -> None:
    """Row 19, where the posterior is known and has two modes: two moons, and half an image."""
    kind = flow_kind(options)
    moons, half = two_moons(options, kind), half_an_image(options, kind)
    gained = [
        positive(np.subtract(found["gaps"]["Gaussian"], found["gaps"][name]))
        for found in (moons, half)
        for name in ("coupling", "inverse AR")
    ]
    gaps = half["gaps"]
    report.answer(
        19,
        every(*gained),
        f"given half an image (two modes) a Gaussian is {np.mean(gaps['Gaussian']):.2f} nats off, a coupling flow "
        f"{np.mean(gaps['coupling']):.2f}; on two moons {np.mean(moons['gaps']['Gaussian']):.2f} and "
        f"{np.mean(moons['gaps']['coupling']):.2f}",
        number=told(
            f"{np.mean(gaps['Gaussian']):.2f} → {np.mean(gaps['coupling']):.2f} nats",
            np.subtract(gaps["Gaussian"], gaps["coupling"]),
        ),
        truth=f"one of two equal modes: log 2 = {np.log(2):.3f}",
        gaps=gaps, limits=half["limits"], moons=moons["gaps"],
    )  # fmt: skip
    show_half(report, half)
    show_moons(report, moons)


def flow_kind(options: Options):
    """The FlowPosterior to use: the engine's, or one that calls the student's function."""
    return my_flow_posterior() if options.mine else FlowPosterior


def posterior_of(name: str, task: Task, d: int, rng, kind, context: int = CONTEXT):
    """A posterior of one row of the tables, near N(0, I)."""
    if name == "Gaussian":
        return GaussianPosterior(task.encoder(2 * d, rng))
    return kind(task.encoder(2 * d + context, rng), FLOWS[name](d, rng, context), context)


def started_at(gaussian: GaussianPosterior, name: str, task: Task, d: int, rng, kind):
    """A flow posterior that is the Gaussian one: its encoder copied, the flow the identity."""
    posterior = posterior_of(name, task, d, rng, kind)
    for new, old in zip(network(posterior.encoder).layers, network(gaussian.encoder).layers):
        columns = old.weight.shape[1]
        new.weight[:, :columns], new.bias[:columns] = old.weight, old.bias
    return posterior


def network(encoder):
    """The MLP inside an encoder."""
    return encoder.net if isinstance(encoder, FromLevels) else encoder


def better_posteriors(report: Report, options: Options) -> None:
    """Row 20: the exact gap on test images, θ held, from the Gaussian's own optimum on."""
    kind, all_tasks = flow_kind(options), tasks(options)
    tested = {task.name: task.test[: 10 if options.quick else 100 if task.m <= 100 else 30] for task in all_tasks}
    found = {task.name: gaps_of(task, tested[task.name], options, kind) for task in all_tasks}
    of = {name: gaps for name, (gaps, _, _) in found.items()}
    gains = {name: {flow: np.subtract(gaps["Gaussian"], gaps[flow]) for flow in FLOWS} for name, gaps in of.items()}
    task, gaps = all_tasks[-1], of[all_tasks[-1].name]
    times = step_times(task, kind)
    slower = times["AR"] / times["inverse AR"]
    report.answer(
        20,
        every(*(positive(gain) for by_flow in gains.values() for gain in by_flow.values())),
        f"from the Gaussian's optimum at {mean_and_error(gaps['Gaussian'])} nats an AR flow gains "
        f"{signed(gains[task.name]['AR'])}; a step takes {slower:.1f} times the inverse AR's",
        number=told(
            f"gap {np.mean(gaps['Gaussian']):.3f} → {np.mean(gaps['AR']):.3f} nats", gains[task.name]["AR"]
        ),
        gaps=of,
    )  # fmt: skip
    for task in all_tasks:
        x, (gaps, bounds, optimized) = tested[task.name], found[task.name]
        title = f"{task.name}, {len(x)} test images, 2 latent dimensions: exact log p(x) − ELBO, θ held, nats"
        report.table(f"gaps-{task.file}", ("q(z|x)", "gap"), list(gaps.items()), title)
        title = f"{task.name}: log p(x) − IWAE_K of the trained VAE, nats"
        report.table(f"iwae-{task.file}", ("K", "gap"), list(bounds.items()), title)
        shown = {name: optimized[name] for name in ("as trained", "Gaussian", "coupling", "inverse AR")}
        figure = grid_posteriors_figure(shown, task, x[:3])
        report.figure(f"grid-{task.file}", figure, **drawn_images(figure))


def gaps_of(task: Task, x, options: Options, kind) -> tuple[dict, dict, dict]:
    """Gaps of x under each posterior, one per seed; log p(x) − IWAE_K likewise; the VAEs of the last seed."""
    steps, draws, d = (20, 5, 2) if options.quick else (1000, 200, 2)
    gaps: dict = {name: [] for name in ("as trained", "Gaussian, converged", "Gaussian", *FLOWS)}
    bounds: dict = {k: [] for k in (1, 10, 100, 1000)}
    for seed in range(options.seeds):
        rng = np.random.default_rng(seed)
        vae = VAE(GaussianPosterior(task.encoder(2 * d, rng)), task.decoder(d, rng), StandardNormalPrior(d))
        fit(vae, task, rng, steps, f"{task.name}, 2 latent dimensions, seed {seed}")
        log_p = logsumexp(zoomed_log_joint(vae, x)[1], axis=1)
        for k, values in bounds.items():
            values.append(float(np.mean(log_p - iwae_bound(vae, x, np.random.default_rng(0), k))))
        converged = vae.with_parts(posterior=vae.posterior.copy())
        e_step(converged, x, rng, 2 * steps, name=f"{task.name}, Gaussian, θ held, seed {seed}")
        optimized = {"as trained": vae, "Gaussian, converged": converged}
        for name in ("Gaussian", *FLOWS):
            start = converged.posterior.copy()
            if name != "Gaussian":
                start = started_at(converged.posterior, name, task, d, rng, kind)
            optimized[name] = vae.with_parts(posterior=start)
            e_step(optimized[name], x, rng, steps, name=f"{task.name}, {name} from there, seed {seed}")
        for name, other in optimized.items():
            gaps[name].append(float(np.mean(log_p - elbo(other, x, np.random.default_rng((seed, 1)), draws))))
    return gaps, bounds, optimized


def step_times(task: Task, kind) -> dict:
    """Milliseconds of a training step with each posterior."""
    found = {}
    for name in ("Gaussian", *FLOWS):
        rng = np.random.default_rng(0)
        vae = VAE(posterior_of(name, task, task.d, rng, kind), task.decoder(task.d, rng), StandardNormalPrior(task.d))
        found[name] = 1e3 * seconds(training_step(vae, task))
    return found


def moved_to_the_prior(report: Report, options: Options) -> None:
    """Row 21: the flow moved from the posterior to the prior; the same ELBO, object by object."""
    task, rng, steps = tasks(options)[0], np.random.default_rng(0), 500
    posterior = posterior_of("inverse AR", task, task.d, rng, flow_kind(options), context=0)
    vae = VAE(posterior, task.decoder(task.d, rng), StandardNormalPrior(task.d))
    fit(vae, task, rng, 20 if options.quick else steps, "inverse AR posterior without a context")
    x, differences, means = task.test[:1000], {}, []
    for dtype in (np.float32, np.float64):
        one = vae.astype(dtype)
        values = [elbo(v, x.astype(dtype), np.random.default_rng(0)) for v in (one, posterior_flow_to_prior(one))]
        differences[dtype.__name__] = float(np.max(np.abs(values[0] - values[1])))
        means = [float(np.mean(v)) for v in values]
    report.answer(
        21,
        differences["float64"] < 1e-9,
        f"with the same noise the ELBOs are {means[0]:.6f} and {means[1]:.6f}; the largest difference of one image is "
        f"{differences['float64']:.0e} in float64",
        number=f"{differences['float64']:.0e} nats",
        truth="0, to rounding",
        differences=differences,
    )  # fmt: skip
    report.table("moved", ("dtype", "largest difference of one image, nats"), list(differences.items()),
                 "ELBO with the flow in the posterior, and in the prior and before the decoder")  # fmt: skip


def my_flow_posterior():
    """A FlowPosterior whose samples and densities come from the student's flow_posterior."""
    answers = mine.load("ex23_flow_posterior")

    class MyFlowPosterior(FlowPosterior):
        def _move(self, mu, log_sigma, context, eps):
            return answers.flow_posterior(mu, log_sigma, eps, lambda z: self.flow.g(z, context))

    return MyFlowPosterior


PARTS = (
    Part((19,), not_unimodal),
    Part((20,), better_posteriors),
    Part((21,), moved_to_the_prior),
    Part((22,), linear_gaussian),
)
