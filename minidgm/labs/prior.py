"""Rows 15 to 18: the optimal prior is q_agg; learnable priors, flows among them; priors that are not invertible.

Measured for nine priors, each trained together with encoder and decoder, on binarized images and on levels: ELBO on
training and test images, IWAE, KL(q_agg ‖ p), I_q, the time of a training step and of sampling. Then with encoder and
decoder held fixed, where only KL(q_agg ‖ p(z|λ)) is left to gain. Latent spaces in the plane and samples are drawn.
With --mine the mixture, the VampPrior and the flow prior evaluate your exercises 21 and 22.
"""

import numpy as np

from minidgm.data import load_images
from minidgm.flows import iaf, maf, real_nvp
from minidgm.functional import log_softmax
from minidgm.labs import Options, Part, mine
from minidgm.labs.report import Report, mean_and_error
from minidgm.labs.timing import seconds
from minidgm.labs.vaes import BATCH, Task, fit, mean_elbo, mean_iwae, tasks, training_step
from minidgm.optim import Adam
from minidgm.plots.vae import latent_figure, samples_figure
from minidgm.train import train
from minidgm.vae import (
    AggregatedPosterior,
    AutoregressivePrior,
    FlowPrior,
    MixturePrior,
    StandardNormalPrior,
    VampPrior,
    elbo_surgery,
)

COMPONENTS = 50  # of the mixture, and pseudo-inputs of the VampPrior
LARGEST = 2000  # objects whose posteriors make up the aggregated prior, and q_agg in the measurements
PRIORS = {
    "standard": lambda d, q, x, rng: StandardNormalPrior(d),
    "learned Gaussian": lambda d, q, x, rng: MixturePrior(d, 1, rng),
    "mixture": lambda d, q, x, rng: MixturePrior(d, COMPONENTS, rng),
    "VampPrior": lambda d, q, x, rng: VampPrior(q, x[:COMPONENTS].astype(np.float32)),
    "coupling flow": lambda d, q, x, rng: FlowPrior(real_nvp(d, 4, (64,), rng)),
    "AR flow": lambda d, q, x, rng: FlowPrior(maf(d, 2, (64,), rng)),
    "inverse AR flow": lambda d, q, x, rng: FlowPrior(iaf(d, 2, (64,), rng)),
    "autoregressive": lambda d, q, x, rng: AutoregressivePrior(d, (64,), 5, rng),
    "aggregated": lambda d, q, x, rng: AggregatedPosterior(q, x[:LARGEST]),
}
FLOWS, NOT_INVERTIBLE = ("coupling flow", "AR flow", "inverse AR flow"), ("mixture", "VampPrior", "autoregressive")
COLUMNS = ("train ELBO", "test ELBO", "test IWAE", "KL(q_agg ‖ p)", "I_q", "step, ms", "1000 z, ms")


def run(report: Report, options: Options) -> None:
    """Train with every prior, measure, refit, draw, answer."""
    report.say(
        "Rows 15 to 18: the prior stands in KL(q_agg ‖ p) only, so the best one is q_agg; N(0, I) over-regularizes,\n"
        "q_agg overfits and is expensive, a learnable prior lies between. Must it be a flow? Must it be invertible?"
    )
    priors = my_priors() if options.mine else PRIORS
    for task in tasks(load_images(options.data), options.quick):
        found, vaes = compare(report, task, priors, options)
        report.figure(f"samples-{task.file}", samples_figure(task, vaes))
        if not options.mine:
            overfitting(report, task, found, options)
            answers(report, task, found)
    binary = tasks(load_images(options.data), options.quick)[0]
    refit(report, binary, priors, options)
    latent(report, binary, priors, steps=20 if options.quick else 1500)


def compare(report: Report, task: Task, priors: dict, options: Options):
    """A VAE for each prior and seed; returns the measurements, name → column → values, and the last seed's VAEs."""
    steps = steps_of(task, options)
    found: dict = {name: {column: [] for column in COLUMNS} for name in priors}
    vaes = {}
    for seed in range(options.seeds):
        for name, make in priors.items():
            rng = np.random.default_rng(seed)
            vae = task.vae(rng, lambda d, q, make=make, rng=rng: make(d, q, task.train, rng))
            fit(vae, task, rng, steps, f"{task.name}: {name} prior, seed {seed}")
            for column, value in zip(COLUMNS, measure(vae, task, few=options.quick)):
                found[name][column].append(value)
            vaes[name] = vae
    rows = [(name, *(mean_and_error(values) for values in columns.values())) for name, columns in found.items()]
    title = f"{task.name}, {task.d} latent dimensions: nats, {options.seeds} seeds, {steps} steps of {BATCH}"
    report.table(f"priors-{task.file}", ("prior", *COLUMNS), rows, title)
    return found, vaes


def steps_of(task: Task, options: Options) -> int:
    """How long to train."""
    return 20 if options.quick else 1500 if task.levels == 2 else 1000


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


def overfitting(report: Report, task: Task, found: dict, options: Options) -> None:
    """Row 15: N(0, I) and q_agg once more, without the validation split: the parameters of the last step."""
    steps, names = steps_of(task, options), ("standard", "aggregated")
    last: dict = {name: {"train ELBO": [], "test ELBO": []} for name in names}
    for seed in range(options.seeds):
        for name in names:
            rng = np.random.default_rng(seed)
            vae = task.vae(rng, lambda d, q, name=name, rng=rng: PRIORS[name](d, q, task.train, rng))
            fit(vae, task, rng, steps, f"{task.name}: {name} prior to the end, seed {seed}", keep_best=False)
            last[name]["train ELBO"].append(mean_elbo(vae, task.train[:LARGEST], 5))
            last[name]["test ELBO"].append(mean_elbo(vae, task.test[:LARGEST], 5))
    rows = [(f"{name}, {kept}", *(mean_and_error(values) for values in (
                columns["train ELBO"], columns["test ELBO"], np.subtract(columns["train ELBO"], columns["test ELBO"]))))
            for kept, table in (("best on validation", found), ("last step", last))
            for name, columns in table.items() if name in names]  # fmt: skip
    title = f"{task.name}: does the optimal prior overfit? {options.seeds} seeds, {steps} steps"
    report.table(f"overfitting-{task.file}", ("prior", "train ELBO", "test ELBO", "train − test"), rows, title)
    gain = {of: mean_and_error(np.subtract(last["aggregated"][of], last["standard"][of])) for of in last["standard"]}
    times = np.mean(found["aggregated"]["step, ms"]) / np.mean(found["standard"]["step, ms"])
    report.say(
        f"Row 15, {task.name}. Trained to the end, q_agg as the prior gains {gain['train ELBO']} nats over N(0, I) on "
        f"training images and {gain['test ELBO']} on test images. KL(q_agg ‖ p) is "
        f"{np.mean(found['aggregated']['KL(q_agg ‖ p)']):.1e}; a step takes {times:.1f} times as long."
    )


def answers(report: Report, task: Task, found: dict) -> None:
    """The slides' questions, answered from the table's numbers."""
    mean = {name: {column: float(np.mean(v)) for column, v in columns.items()} for name, columns in found.items()}

    def less(a, b):
        return mean_and_error(np.subtract(found[a]["test ELBO"], found[b]["test ELBO"]))

    iar, ar = mean["inverse AR flow"], mean["AR flow"]
    report.say(
        f"Row 17, {task.name}. Is an inverse AR flow all right as the prior? In test ELBO it gains "
        f"{less('inverse AR flow', 'standard')} over N(0, I), {less('inverse AR flow', 'AR flow')} over the AR flow. "
        f"But log p(z) of the encoder's samples takes d = {task.d} passes a layer, in every step: "
        f"{iar['step, ms']:.1f} ms a step, the AR flow {ar['step, ms']:.1f}. Sampling is where it is fast: "
        f"{iar['1000 z, ms']:.1f} ms for 1000 z, the AR flow {ar['1000 z, ms']:.1f}."
    )
    best = {group: max(group, key=lambda name: mean[name]["test ELBO"]) for group in (FLOWS, NOT_INVERTIBLE)}
    gains = ", ".join(f"{name} {less(name, 'standard')}" for name in NOT_INVERTIBLE)
    report.say(
        f"Row 18, {task.name}. Can the prior be a model that is not invertible? Training asks for log p(z) only, "
        f"generation for a sampler. Gain in test ELBO over N(0, I): {gains}. The best one ({best[NOT_INVERTIBLE]}) "
        f"minus the best flow ({best[FLOWS]}): {less(best[NOT_INVERTIBLE], best[FLOWS])}.\n"
    )


def refit(report: Report, task: Task, priors: dict, options: Options) -> None:
    """Row 16: encoder and decoder of a VAE with N(0, I) held fixed, and other priors fitted to its q_agg."""
    steps, x = 20 if options.quick else 1500, task.train[:LARGEST]
    columns = ("train ELBO", "test ELBO", "KL(q_agg ‖ p)")
    found: dict = {name: {column: [] for column in columns} for name in priors}
    for seed in range(options.seeds):
        rng = np.random.default_rng(seed)
        vae = task.vae(rng)
        fit(vae, task, rng, steps, f"standard prior, seed {seed}")
        for name, make in priors.items():
            prior = make(task.d, vae.posterior, task.train, rng)
            if name not in ("standard", "aggregated"):
                forward_kl(prior, vae, task, rng, steps, f"refit: {name}, seed {seed}")
            other = vae.with_parts(prior=prior)
            terms = elbo_surgery(other, x, np.random.default_rng(0), samples=2 if options.quick else 5)
            values = terms.elbo.value, mean_elbo(other, task.test[:LARGEST], 20), terms.marginal_kl.value
            for column, value in zip(columns, values):
                found[name][column].append(value)
    rows = [(name, *(mean_and_error(found[name][column]) for column in columns)) for name in found]
    title = (
        f"{task.name}: the encoder and decoder trained with N(0, I), fixed; the prior fitted to q_agg, {steps} steps"
    )
    report.table("refit", ("prior", *columns), rows, title)
    lower = sum(np.sum(np.less(found[n]["train ELBO"], found["standard"]["train ELBO"])) for n in found)
    runs = (len(found) - 1) * options.seeds
    report.say(f"Row 16. Of {runs} refitted priors, {lower} lowered the training ELBO of N(0, I).")
    if "aggregated" in found:
        loss = np.subtract(found["aggregated"]["test ELBO"], found["standard"]["test ELBO"])
        gain = np.subtract(found["aggregated"]["train ELBO"], found["standard"]["train ELBO"])
        report.say(
            f"Row 15. With encoder and decoder fixed q_agg is the best prior there is on the training images: "
            f"{mean_and_error(gain)} nats above N(0, I); on test images the difference is {mean_and_error(loss)}."
        )


def forward_kl(prior, vae, task: Task, rng, steps: int, name: str) -> None:
    """Fit p(z|λ) to z ~ q_agg by maximum likelihood: KL(q_agg ‖ p) up to a constant."""
    if isinstance(prior, VampPrior):
        prior.constants = ("posterior",)  # λ are the pseudo-inputs alone: the encoder is held fixed

    def loss(prior, x, rng):
        return -prior.log_prob(vae.posterior.draw(rng, x)[0]).mean()

    train(prior, loss, task.train, rng, steps=steps, batch=BATCH, validation=task.validation, optimizer=Adam(3e-3),
          every=max(steps // 20, 1), clip=10.0, name=name)  # fmt: skip


def latent(report: Report, task: Task, priors: dict, steps: int) -> None:
    """Two latent dimensions, to be looked at: q_agg over each prior."""
    vaes = {}
    for name, make in priors.items():
        rng = np.random.default_rng(0)
        vae = task.vae(rng, lambda d, q, make=make, rng=rng: make(d, q, task.train, rng), d=2)
        fit(vae, task, rng, steps, f"two latent dimensions: {name} prior")
        vaes[name] = vae
    report.figure("latent", latent_figure(vaes, task.train[:LARGEST]))


# ------------------------------------------------------------------ --mine


def my_priors() -> dict:
    """N(0, I), and the three priors whose log p(z) the student has written."""
    learnable, flow = mine.load("ex21_learnable_prior"), mine.load("ex22_flow_prior")

    class MyMixture(MixturePrior):
        def log_prob(self, z):
            return learnable.mixture_log_prob(z, log_softmax(self.log_pi), self.mu, self.log_sigma)

    class MyVamp(VampPrior):
        def log_prob(self, z):
            return learnable.vamp_log_prob(z, self.x, self.posterior.mu_log_sigma)

    class MyFlow(FlowPrior):
        def log_prob(self, z, context=None):
            return flow.flow_prior_log_prob(z, self.flow.f)

    return {
        "standard": PRIORS["standard"],
        "mixture, yours": lambda d, q, x, rng: MyMixture(d, COMPONENTS, rng),
        "VampPrior, yours": lambda d, q, x, rng: MyVamp(q, x[:COMPONENTS].astype(np.float32)),
        "coupling flow, yours": lambda d, q, x, rng: MyFlow(real_nvp(d, 4, (64,), rng)),
    }


PARTS = (Part((15, 16, 17, 18), run),)
