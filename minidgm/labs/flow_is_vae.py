"""Row 4: the MLE of a flow is the ELBO of a VAE with deterministic encoder and decoder, θ ≡ φ.

Encoder z = f(x) + τ ε, decoder x = g(z + τ · noise). Measured: the three terms of the ELBO as τ → 0, against the flow's
own log-likelihood; the gap against ½ m τ², its exact value; the same flow trained once by maximum likelihood and once
as a VAE, by the ELBO alone. On two moons, and on images (dequantized).
"""

import numpy as np

from minidgm.data import load_images, moons
from minidgm.distributions import StandardNormal
from minidgm.flows import FlowModel, Logit, real_nvp
from minidgm.labs import Options
from minidgm.labs.report import Report, mean_and_error
from minidgm.labs.tour import negative_log_likelihood, noisy
from minidgm.optim import Adam, warmup_cosine
from minidgm.plots.vae import flow_as_vae_figure
from minidgm.train import mean_loss, train
from minidgm.vae import Terms, flow_as_vae, negative_elbo
from minidgm.vae.equivalences import exact_gap

TAUS = (1.0, 0.3, 0.1, 0.03, 0.01, 0.001)
TRAINING_TAU = 0.01


def run(report: Report, options: Options) -> None:
    """Train by both objectives, then let τ go to zero."""
    report.say(
        "Row 4: MLE of a flow = ELBO of a VAE with deterministic encoder and decoder. Encoder z = f(x) + τ ε, decoder\n"
        "x = g(z + τ · noise): then log p(x) − ELBO = ½ m τ² for a standard normal base, zero in the limit."
    )
    model, x = both_objectives(report, options)
    rows = limit(report, "moons", model, x, "Two moons (m = 2)")
    report.figure("moons", flow_as_vae_figure(model, x[:1500], rows, (0.3, 0.1, 0.01)))
    images(report, options)


def both_objectives(report: Report, options: Options):
    """The same flow from the same start, by maximum likelihood and by the ELBO; returns the last flow and test data."""
    steps = 60 if options.quick else 1500
    scores: dict[str, list] = {"maximum likelihood": [], "ELBO": []}
    for seed in range(options.seeds):
        train_x, validation_x, test_x = (moons(np.random.default_rng(seed), n) for n in (10_000, 2_000, 5_000))
        for name in scores:
            rng = np.random.default_rng(seed)
            model = FlowModel(real_nvp(2, 8, (64, 64), rng), StandardNormal(2))
            model.initialize(train_x[:1000])
            trained, loss = model, negative_log_likelihood
            if name == "ELBO":  # the VAE's parts hold the flow itself: to train them is to train it
                trained, loss = flow_as_vae(model, TRAINING_TAU), negative_elbo()
            train(trained, loss, train_x, rng, steps=steps, batch=256, clip=1.0, validation=validation_x,
                  optimizer=Adam(warmup_cosine(3e-3, steps // 20, steps)), every=max(steps // 10, 1),
                  name=f"{name}, seed {seed}")  # fmt: skip
            scores[name].append(-mean_loss(model, negative_log_likelihood, test_x))
    rows = [(name, mean_and_error(values)) for name, values in scores.items()]
    title = (
        f"RealNVP on two moons, trained by two objectives ({options.seeds} seeds, {steps} steps; τ = {TRAINING_TAU})"
    )
    report.table("objectives", ("trained by", "test log p(x), nats"), rows, title)
    difference = np.subtract(scores["ELBO"], scores["maximum likelihood"])
    report.say(
        f"The flow trained as a VAE minus the one trained by likelihood: {mean_and_error(difference)} nats; the ELBO "
        f"is off by {exact_gap(2, TRAINING_TAU):.1e}, whatever the parameters."
    )
    return model, test_x


def limit(report: Report, name: str, model: FlowModel, x, title: str) -> list[dict]:
    """The terms of the ELBO at each τ, in float64; the flow itself is the limit."""
    model, x = model.astype(np.float64), x.astype(np.float64)
    log_p, m, found = model.log_prob(x), x.shape[1], []
    for tau in TAUS:
        terms = terms_of_pairs(flow_as_vae(model, tau), x, np.random.default_rng(0))
        gap = log_p - terms.log_weight
        found.append({
            "tau": tau, "log_lik": np.mean(terms.log_lik), "log_prior": np.mean(terms.log_prior),
            "entropy": -np.mean(terms.log_q), "elbo": np.mean(terms.log_weight), "gap": np.mean(gap),
            "error": np.std(gap) / np.sqrt(len(gap)), "exact": exact_gap(m, tau),
        })  # fmt: skip
    header = ("τ", "E log p(x|z)", "E log p(z)", "−E log q(z|x)", "ELBO", "log p(x) − ELBO", "standard error", "½ m τ²")
    rows = [tuple(row[key] for key in ("tau", "log_lik", "log_prior", "entropy", "elbo", "gap", "error", "exact"))
            for row in found]  # fmt: skip
    report.table(name, header, rows, f"{title}: the flow's own mean log p(x) is {np.mean(log_p):.4f} nats")
    last = found[-1]
    worst = max(abs(row["gap"] - row["exact"]) / row["error"] for row in found)
    report.say(
        f"At τ = {last['tau']:g} the ELBO is {last['elbo']:.6f}, the log-likelihood {np.mean(log_p):.6f}. Over all τ "
        f"the gap is ½ m τ² within {worst:.1f} standard errors."
    )
    return found


def terms_of_pairs(vae, x, rng) -> Terms:
    """The ELBO's terms, averaged over ε and −ε: the part of the error that is linear in τ ε cancels."""
    eps, pair = rng.standard_normal(x.shape), []
    for noise in (eps, -eps):
        z, log_q = vae.posterior.reparameterize(x, noise)
        pair.append((vae.decoder.log_prob(x, z), vae.prior.log_prob(z), log_q))
    return Terms(*np.mean(pair, axis=0))


def images(report: Report, options: Options) -> None:
    """The same limit for a flow on dequantized images, whose m is larger."""
    data, rng = load_images(options.data), np.random.default_rng(0)
    train_y, test_y = (part.y.astype(np.float32) for part in (data.train, data.test))
    m, steps, logit = train_y.shape[1], 20 if options.quick else 300, Logit(0.05, data.levels)

    def on_the_line(y, rng):
        """Pixels made continuous, and then real numbers of any size, as a decoder gives them."""
        return logit.f(noisy(y, rng))[0]

    model = FlowModel(real_nvp(m, 4, (128, 128), rng), StandardNormal(m))
    model.initialize(on_the_line(train_y[:2000], rng))
    train(model, lambda model, y, rng: negative_log_likelihood(model, on_the_line(y, rng), rng), train_y, rng,
          steps=steps, clip=20.0, optimizer=Adam(warmup_cosine(1e-3, steps // 10, steps)), name="images")  # fmt: skip
    limit(report, "images", model, on_the_line(test_y[:1000], rng), f"Images: logits of dequantized pixels (m = {m})")
