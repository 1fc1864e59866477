"""Row 4: the MLE of a flow is the ELBO of a VAE with deterministic encoder and decoder, θ ≡ φ.

Encoder z = f(x) + τ ε, decoder x = g(z + τ · noise). Measured: the three terms of the ELBO as τ → 0, against the flow's
own log-likelihood; the gap against ½ m τ², its exact value, each τ with draws of its own; the same flow trained once by
maximum likelihood and once as a VAE, by the ELBO alone, on the same batches. On two moons, and on dequantized images.
"""

import math

import numpy as np

from minidgm.data import moons
from minidgm.distributions import StandardNormal
from minidgm.flows import FlowModel, Logit, real_nvp
from minidgm.labs import Options, Part
from minidgm.labs.images import images_for
from minidgm.labs.judge import signed, worst_of
from minidgm.labs.report import Report
from minidgm.labs.training import fit, negative_log_likelihood, noisy
from minidgm.plots.flows import gap_figure, noisy_pairs_figure
from minidgm.train import mean_loss
from minidgm.vae import Terms, flow_as_vae, negative_elbo
from minidgm.vae.equivalences import exact_gap

TAUS = (1.0, 0.3, 0.1, 0.03, 0.01, 0.001)
TRAINING_TAU = 0.01


def flow_as_a_vae(report: Report, options: Options) -> None:
    """Row 4: train by both objectives, let τ go to zero on moons and on images, answer."""
    scores, model, x = both_objectives(options)
    of_moons = limit(model, x)
    of_images, images_m = images(options)
    found = {"images": of_images, "two moons": of_moons}
    deviations = np.array([(row["gap"] - row["exact"]) / row["error"] for rows in found.values() for row in rows])
    allowed = worst_of(len(deviations))
    last, difference = of_moons[-1], np.subtract(scores["ELBO"], scores["maximum likelihood"])
    report.answer(
        4,
        bool(np.abs(deviations).max() < allowed),
        f"at τ = {last['tau']:g} the ELBO is {last['elbo']:.5f}, log p(x) {last['log_p']:.5f}; "
        f"all {len(deviations)} gaps are ½ m τ² within {np.abs(deviations).max():.1f} standard errors "
        f"({allowed:.1f} allowed)",
        number=f"gap {last['gap']:.1e} at τ = {last['tau']:g}",
        truth=f"½ m τ² = {last['exact']:.0e}",
        deviations=deviations, difference=difference, scores=scores,
    )  # fmt: skip
    for name, rows, m in (("moons", of_moons, 2), ("images", of_images, images_m)):
        keys = ("tau", "log_lik", "log_prior", "entropy", "elbo", "gap", "error", "exact")
        header = ("τ", "log p(x|z)", "log p(z)", "−log q(z|x)", "ELBO", "gap", "error", "½ m τ²")
        title = (
            f"{name}, m = {m}: means in nats; the flow's own log p(x) is {rows[0]['log_p']:.4f}; gap: log p(x) − ELBO"
        )
        report.table(name, header, [tuple(row[key] for key in keys) for row in rows], title)
    report.table("objectives", ("trained by", "test log p(x), nats"), list(scores.items()),
                 f"RealNVP on two moons, {options.seeds} seeds, the same batches; τ = {TRAINING_TAU}")  # fmt: skip
    report.say(
        f"Trained as a VAE minus by likelihood: {signed(difference)} nats; the objectives differ by "
        f"{exact_gap(2, TRAINING_TAU):.0e}, whatever the parameters, and the rest is the noise of the gradient.\n"
    )
    report.figure("gap", gap_figure(found), **{name: columns(rows) for name, rows in found.items()})
    drawn = {tau: noisy_pairs(model, x[:1500], tau) for tau in (0.3, 0.1, 0.01)}
    report.figure("pairs", noisy_pairs_figure(x[:1500], drawn), x=x[:1500], drawn=drawn)


def both_objectives(options: Options):
    """The same flow from the same start, by maximum likelihood and by the ELBO: scores, the last flow, test data."""
    steps = 60 if options.quick else 1500
    scores: dict[str, list] = {"maximum likelihood": [], "ELBO": []}
    for seed in range(options.seeds):
        train_x, validation_x, test_x = (moons(np.random.default_rng(seed), n) for n in (10_000, 2_000, 5_000))
        for name in scores:
            rng, noise = np.random.default_rng(seed), np.random.default_rng(1000 + seed)  # batches and noise apart
            model = FlowModel(real_nvp(2, 8, (64, 64), rng), StandardNormal(2))
            model.initialize(train_x[:1000])
            trained, loss = model, negative_log_likelihood
            if name == "ELBO":  # the VAE's parts hold the flow itself: to train them is to train it
                elbo = negative_elbo()
                trained, loss = flow_as_vae(model, TRAINING_TAU), lambda vae, x, _, n=noise, e=elbo: e(vae, x, n)

            def likelihood(_, x, rng, model=model):
                return negative_log_likelihood(model, x, rng)

            fit(trained, loss, train_x, rng, steps=steps, batch=256, clip=1.0, average=None, validation=validation_x,
                validation_loss=likelihood, name=f"{name}, seed {seed}")  # fmt: skip
            scores[name].append(-mean_loss(model, negative_log_likelihood, test_x))
    return scores, model, test_x


def limit(model: FlowModel, x) -> list[dict]:
    """The terms of the ELBO at each τ, with draws of its own, in float64; the flow itself is the limit."""
    model, x = model.astype(np.float64), x.astype(np.float64)
    log_p, m, found = model.log_prob(x), x.shape[1], []
    for k, tau in enumerate(TAUS):
        terms = terms_of_pairs(flow_as_vae(model, tau), x, np.random.default_rng(k))
        gap = log_p - terms.log_weight
        found.append({
            "m": m, "tau": tau, "log_lik": np.mean(terms.log_lik), "log_prior": np.mean(terms.log_prior),
            "entropy": -np.mean(terms.log_q), "elbo": np.mean(terms.log_weight), "gap": np.mean(gap),
            "error": np.std(gap) / math.sqrt(len(gap)), "exact": exact_gap(m, tau), "log_p": np.mean(log_p),
        })  # fmt: skip
    return found


def terms_of_pairs(vae, x, rng) -> Terms:
    """The ELBO's terms, averaged over ε and −ε: the part of the error that is linear in τ ε cancels."""
    eps, pair = rng.standard_normal(x.shape), []
    for noise in (eps, -eps):
        z, log_q = vae.posterior.reparameterize(x, noise)
        pair.append((vae.decoder.log_prob(x, z), vae.prior.log_prob(z), log_q))
    return Terms(*np.mean(pair, axis=0))


def images(options: Options) -> tuple[list[dict], int]:
    """The same limit for a flow on dequantized images, whose m is larger."""
    data, rng = images_for(options), np.random.default_rng(0)
    train_y, test_y = (part.y.astype(np.float32) for part in (data.train, data.test))
    m, steps, logit = train_y.shape[1], 20 if options.quick else 300, Logit(0.05, data.levels)

    def on_the_line(y, rng):
        """Pixels made continuous, and then real numbers of any size, as a decoder gives them."""
        return logit.f(noisy(y, rng))[0]

    def loss(model, y, rng):
        return negative_log_likelihood(model, on_the_line(y, rng), rng)

    model = FlowModel(real_nvp(m, 4, (128, 128), rng), StandardNormal(m))
    model.initialize(on_the_line(train_y[:2000], rng))
    fit(model, loss, train_y, rng, steps=steps, lr=1e-3, clip=20.0, name="images")
    return limit(model, on_the_line(test_y[:1000], rng)), m


def noisy_pairs(model: FlowModel, x, tau: float):
    """x → z → x by the VAE's encoder and decoder."""
    vae, rng = flow_as_vae(model, tau), np.random.default_rng(0)
    return vae.decoder.sample(rng, vae.posterior.draw(rng, x)[0])


def columns(rows: list[dict]) -> dict:
    """Rows of numbers as an array per key."""
    return {key: np.array([row[key] for row in rows]) for key in rows[0]}


PARTS = (Part((4,), flow_as_a_vae),)
