"""Posteriors where log p(x) is known: a linear-Gaussian VAE in closed form, and a posterior shaped as two moons.

What the lab `posterior` shows first (rows 19, 20 and 22), before it goes on to images.
"""

import autograd.numpy as np
import numpy

from minidgm.data import Moons
from minidgm.flows import GaussianAR, iaf, real_nvp
from minidgm.labs import Options
from minidgm.labs.report import Report, mean_and_error
from minidgm.nn import MLP, Dense
from minidgm.optim import Adam, warmup_cosine
from minidgm.plots.vae import e_step_figure, moons_posteriors_figure
from minidgm.tensor import Module
from minidgm.train import train
from minidgm.vae import (
    VAE,
    FlowPosterior,
    GaussianDecoder,
    GaussianPosterior,
    LinearGaussianVAE,
    StandardNormalPrior,
    elbo,
    iwae_bound,
    log_weights,
)
from minidgm.vae.surgery import estimate

WEIGHT = numpy.array([[1.0, 0.8, 0.1], [0.5, 0.9, 0.4], [-0.3, 0.4, 1.0], [0.7, -0.2, 0.6]])  # (m, d) = (4, 3)
S = 0.5


def e_step(vae, data, rng, steps: int, lr: float = 3e-3, name: str = "E-step") -> None:
    """Hold θ, optimize q: maximize the ELBO over the posterior's parameters alone; decoder and prior are constants."""

    def loss(posterior, x, rng):
        return -elbo(vae.with_parts(posterior=posterior), x, rng).mean()

    train(vae.posterior, loss, data, rng, steps=steps, batch=100, optimizer=Adam(warmup_cosine(lr, steps // 20, steps)),
          clip=10.0, name=name)  # fmt: skip


# ------------------------------------------------------------------ linear-Gaussian


def linear_gaussian(report: Report, options: Options) -> None:
    """The E-step on a VAE that is known in closed form: each family stops at its own limit."""
    exact, rng = LinearGaussianVAE(WEIGHT, numpy.zeros(4), S), numpy.random.default_rng(0)
    x = exact.sample(rng, 2000).astype(numpy.float32)
    evidence, evaluated = exact.log_prob(x), x[:500]
    decoder = GaussianDecoder(Dense(3, 4, rng))
    decoder.net.weight[...], decoder.log_sigma[...] = WEIGHT.T, numpy.log(S)
    families = {
        "diagonal Gaussian": GaussianPosterior(small(Dense(4, 6, rng))),
        "linear AR flow": FlowPosterior(small(Dense(4, 6, rng)), GaussianAR(3, (), rng)),  # any covariance at all
    }
    limits = {"diagonal Gaussian": exact.smallest_gap(), "linear AR flow": 0.0}
    rounds, curves, rows = 2 if options.quick else 12, {}, []
    for name, posterior in families.items():
        vae, gaps = VAE(posterior, decoder, StandardNormalPrior(3)), []
        for k in range(rounds + 1):
            gaps.append(estimate(evidence[:500] - log_weights(vae, evaluated, numpy.random.default_rng(0), 100)))
            if k < rounds:
                e_step(vae, x, rng, steps=100, lr=3e-3 if k < rounds - 2 else 5e-4, name=name)
        curves[name] = [gap.value for gap in gaps]
        loose = estimate(
            evidence[None, :500] - iwae_bound(vae, numpy.tile(evaluated, (20, 1)), rng, 50).reshape(20, 500)
        )
        rows.append((name, str(gaps[0]), str(gaps[-1]), limits[name], str(loose)))
    header = ("q(z|x)", "gap at the start", "gap after the E-step", "limit, closed form", "log p(x) − IWAE, K = 50")
    title = f"Linear-Gaussian VAE, θ held: mean log p(x) = {numpy.mean(evidence[:500]):.4f}, in closed form"
    report.table("linear-gaussian", header, rows, title)
    report.figure("e-step", e_step_figure(curves, limits, every=100))
    report.say(
        f"Rows 19 and 22. log p(x) − ELBO = KL(q ‖ p(z|x)): the diagonal family ends {rows[0][2]} below log p(x), its "
        f"best member {rows[0][3]:.4f}; the family that holds the exact posterior ends {rows[1][2]} below."
    )


def small(encoder: Dense) -> Dense:
    """Start where every posterior is near N(0, I)."""
    encoder.weight *= 0.1
    return encoder


# ------------------------------------------------------------------ two moons


class MoonsDecoder(Module):
    """log p(x|z) = log Moons(z) − log N(z): with the prior N(0, I) the posterior p(z|x) is two moons, and p(x) = 1."""

    prior = StandardNormalPrior(2)

    def log_prob(self, x, z):
        """(n,), the same for every x."""
        return log_moons(z) - self.prior.log_prob(z)

    def sample(self, rng, z):
        """x says nothing: (n, 1) zeros."""
        return numpy.zeros((len(z), 1), z.dtype)


def log_moons(z):
    """Two moons around the origin."""
    return Moons().log_prob(z + np.array([0.5, 0.25], z.dtype))


def two_moons(report: Report, options: Options, make_flow_posterior) -> None:
    """Row 20: one posterior, far from unimodal, and what each family makes of it; the gap is −ELBO, exactly."""
    steps, x = 30 if options.quick else 1500, numpy.zeros((256, 1), numpy.float32)
    families = {
        "Gaussian": lambda rng: GaussianPosterior(MLP((1, 4), rng)),
        "coupling": lambda rng: make_flow_posterior(MLP((1, 4), rng), real_nvp(2, 8, (64,), rng), 0),
        "inverse AR": lambda rng: make_flow_posterior(MLP((1, 4), rng), iaf(2, 8, (64,), rng), 0),
    }
    gaps: dict = {name: [] for name in families}
    posteriors = {}
    for seed in range(options.seeds):
        for name, make in families.items():
            rng = numpy.random.default_rng(seed)
            vae = VAE(make(rng), MoonsDecoder(), StandardNormalPrior(2))
            e_step(vae, x, rng, steps, name=f"two moons: {name}, seed {seed}")
            gaps[name].append(-float(numpy.mean(elbo(vae, numpy.repeat(x, 40, 0), numpy.random.default_rng(0)))))
            posteriors[name] = vae.posterior
    rows = [(name, mean_and_error(values)) for name, values in gaps.items()]
    title = f"A posterior shaped as two moons, {options.seeds} seeds, {steps} steps: log p(x) − ELBO, nats"
    report.table("two-moons", ("q(z|x)", "gap"), rows, title)
    report.figure("two-moons", moons_posteriors_figure(posteriors, log_moons, gaps))
