"""What a student's own functions of exercises 17 to 24 do, beside the right ones; `basics`: what a panel is."""

import numpy as np

from minidgm.plots.answers.shared import BOX, apart, bars, bend, grid, last, lines, maf_f, maf_g, normal, plane
from minidgm.plots.common import BLACK, BLUE, GREY, ORANGE, draw_density, draw_points

# ------------------------------------------------------------------ 17 the ELBO


def samples(ax, mine, truth) -> str:
    eps = np.random.default_rng(0).standard_normal((600, 2))
    mu, log_sigma = np.tile([1.0, -0.5], (600, 1)), np.tile(np.log([0.4, 1.2]), (600, 1))
    yours, right = (own.reparameterize(mu, log_sigma, eps) for own in (mine, truth))
    ax.scatter(*right.T, s=40, color=GREY, alpha=0.5, linewidths=0)
    ax.scatter(*yours.T, s=6, color=BLUE)
    ax.set(xlabel="z_1", ylabel="z_2", xlim=(-1.5, 3.5), ylim=BOX[2:], title="reparameterize: σ = 0.4 and 1.2")
    return f"your standard deviations {yours[:, 0].std():.2f} and {yours[:, 1].std():.2f}"


def kl_curve(ax, mine, truth) -> str:
    log_sigma = np.linspace(-4, 1.2, 53)[:, None]
    yours, right = (own.gaussian_kl(np.full((53, 1), 0.5), log_sigma) for own in (mine, truth))
    lines(ax, log_sigma[:, 0], yours, right, xlabel="log σ", ylabel="KL, nats", title="gaussian_kl, μ = ½")
    k = int(np.argmin(yours))
    return f"least {yours[k]:.3f} at log σ = {log_sigma[k, 0]:.2f} (right: 0.125 at 0)"


def bernoulli_curve(ax, mine, truth) -> str:
    logits = np.linspace(-1000, 1000, 201)[:, None]
    yours, right = (own.bernoulli_log_prob(np.ones((201, 1)), logits) for own in (mine, truth))
    lines(ax, logits[:, 0], yours, right, xlabel="logit", ylabel="log P(x = 1), nats", title="bernoulli_log_prob")
    zero = mine.bernoulli_log_prob(np.zeros((1, 1)), np.array([[1000.0]]))
    return f"x = 1 at logit −1000: {yours[0]:.1f}; x = 0 at logit 1000: {float(zero[0]):.1f}"


def bound_curve(ax, mine, truth) -> str:
    """One latent number, two pixels: the ELBO against the mean of q, below log p(x) by quadrature."""
    means, eps = np.linspace(-2, 3, 41), np.random.default_rng(0).standard_normal((300, 1))

    def decoder(z):
        return np.concatenate([2 * z, z - 1], axis=1)

    x = np.array([[1.0, 1.0]])

    def curve(own):
        tiled, log_sigma = np.tile(x, (300, 1)), np.full((300, 1), np.log(0.7))
        return np.array([np.mean(own.elbo(tiled, np.full((300, 1), m), log_sigma, eps, decoder)) for m in means])

    z = np.linspace(-8, 8, 2001)[:, None]
    joint = normal(z) - np.sum(np.logaddexp(0, -decoder(z)), axis=1)
    exact = np.log(np.trapezoid(np.exp(joint), z[:, 0]))
    yours = curve(mine)
    ax.axhline(exact, color=BLACK, linewidth=2)
    lines(ax, means, yours, curve(truth), xlabel="mean of q(z|x), σ = 0.7", ylabel="nats",
          title="elbo; log p(x) in black")  # fmt: skip
    return f"highest {yours.max():.3f}; log p(x) = {exact:.3f}"


# ------------------------------------------------------------------ 18 the aggregated posterior


def codes(n: int = 12, spread: float = 1.6):
    """Posteriors on a ring, as an encoder might have them: mu and log_sigma (n, 2)."""
    angle = 2 * np.pi * np.arange(n) / n
    mu = spread * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return mu, np.log(0.25 + 0.2 * np.stack([np.sin(angle) ** 2, np.cos(angle) ** 2], axis=1))


def ring(ax, mine, truth) -> str:
    z = grid()
    total = plane(ax, *(own.aggregated_log_prob(z, *codes()) for own in (mine, truth)))
    ax.set_title("q_agg of 12 objects")
    return f"your q_agg integrates to {total:.3f}"


def tables(ax, mine, truth) -> str:
    mu, log_sigma = codes()
    yours, right = (own.gaussian_log_prob_table(mu, mu, log_sigma) for own in (mine, truth))
    ax.imshow(np.clip(yours, -30, 2), cmap="cividis")
    ax.set(xlabel="posterior of object i", ylabel="code z_k = μ_k", xticks=[], yticks=[],
           title="log q(z_k|x_i)")  # fmt: skip
    return f"{apart(yours, right):.1g} from the right table; its diagonal from {np.diag(yours).min():.2f} nats on"


# ------------------------------------------------------------------ 19, 20 surgery


def information(ax, mine, truth) -> str:
    n, eps, spreads = 8, np.random.default_rng(0).standard_normal((60, 8, 1)), np.geomspace(0.05, 12, 20)
    mu = np.arange(n)[:, None] - 3.5

    def curve(own):
        return np.array([own.mutual_information(s * mu, np.zeros((n, 1)), eps) for s in spreads])

    yours = curve(mine)
    ax.axhline(np.log(n), color=BLACK, linewidth=2)
    lines(ax, spreads, yours, curve(truth), xscale="log", xlabel="distance of neighbours, in σ", ylabel="I_q, nats",
          title="I_q of 8 objects; log 8 in black")  # fmt: skip
    return f"from {yours[0]:.3f} to {yours[-1]:.3f}; log 8 = {np.log(8):.3f}"


def batches(ax, mine, truth) -> str:
    rng, total, sizes = np.random.default_rng(0), 256, (1, 2, 4, 8, 16, 32, 64)
    mu, log_sigma = 3 * rng.standard_normal((total, 4)), np.full((total, 4), np.log(0.3))
    eps = rng.standard_normal((4, total, 4))

    def curve(of):
        return np.array([np.mean([of(mu[k : k + b], log_sigma[k : k + b], eps[:, k : k + b])
                                  for k in range(0, total, max(b, 32))]) for b in sizes])  # fmt: skip

    yours, right = (curve(lambda *a, own=own: own.minibatch_mutual_information(*a, total)) for own in (mine, truth))
    ax.axhline(np.log(total), color=BLACK, linewidth=2)
    lines(ax, sizes, yours, right, {"log B": np.log(sizes)}, xscale="log", xlabel="objects in the batch, B",
          ylabel="I_q, nats", title="minibatches of 256; log 256 in black")  # fmt: skip
    return f"B = 64: {yours[-1]:.2f} nats; log B = {np.log(64):.2f}, log 256 = {np.log(256):.2f}"


def surgery_bars(ax, mine, truth) -> str:
    mu, log_sigma = codes()
    eps, log_lik = np.random.default_rng(0).standard_normal((60, 12, 2)), np.full(12, -4.0)
    yours, right = (own.elbo_surgery(log_lik, mu, log_sigma, eps, normal) for own in (mine, truth))
    names = ("reconstruction", "mutual_information", "marginal_kl", "elbo")
    heights = [[terms[name] for name in names] for terms in (yours, right)]
    bars(ax, ["recon-\nstruction", "I_q", "KL(q_agg‖p)", "ELBO"], heights[0], heights[1], "nats")
    ax.set_title("elbo_surgery, 12 objects")
    ax.tick_params(axis="x", labelsize=12)
    left = yours["reconstruction"] - yours["mutual_information"] - yours["marginal_kl"] - yours["elbo"]
    return f"reconstruction − I_q − KL − ELBO = {left:.1g} (right: 0)"


def surgery_curve(ax, mine, truth) -> str:
    spreads, eps = np.linspace(0.1, 4, 14), np.random.default_rng(0).standard_normal((30, 12, 2))

    def curves(own):
        cut = [own.elbo_surgery(np.zeros(12), *codes(12, s), eps, normal) for s in spreads]
        return [np.array([terms[key] for terms in cut]) for key in ("mutual_information", "marginal_kl")]

    yours, right = curves(mine), curves(truth)
    ax.axhline(np.log(12), color=BLACK, linewidth=1.5)
    ax.plot(spreads, right[1], color=GREY, linewidth=8, alpha=0.55)
    ax.plot(spreads, yours[1], color=ORANGE, linewidth=2.5)
    lines(ax, spreads, yours[0], right[0], xlabel="radius of the ring of codes", ylabel="nats",
          title="I_q blue, KL(q_agg‖p) orange, log 12 black")  # fmt: skip
    return f"I_q ends at {yours[0][-1]:.2f} (log 12 = {np.log(12):.2f}), the marginal KL at {yours[1][-1]:.2f}"


# ------------------------------------------------------------------ 21, 22 priors

COMPONENTS = (np.log(np.array([0.5, 0.3, 0.2])), np.array([[-1.5, 0.5], [1.5, 1.0], [0.5, -1.8]]),
              np.log(np.array([[0.4, 0.9], [0.7, 0.4], [0.9, 0.3]])))  # fmt: skip


def mixture_prior(ax, mine, truth) -> str:
    z = grid()
    total = plane(ax, *(own.mixture_log_prob(z, *COMPONENTS) for own in (mine, truth)))
    ax.set_title("mixture_log_prob, weights .5 .3 .2")
    return f"your prior integrates to {total:.3f}"


def vamp_prior(ax, mine, truth) -> str:
    inputs = np.random.default_rng(1).standard_normal((5, 6))
    weight = np.random.default_rng(2).standard_normal((6, 2)) / 2.2

    def encoder(u):
        mu = u @ weight
        return mu, -0.9 + 0.2 * np.tanh(mu)

    z = grid()
    total = plane(ax, *(own.vamp_log_prob(z, inputs, encoder) for own in (mine, truth)))
    ax.plot(*encoder(inputs)[0].T, "x", color="white", markersize=10)
    ax.set_title("vamp_log_prob, 5 pseudo-inputs (x)")
    return f"your prior integrates to {total:.3f}"


def flow_prior(ax, mine, truth) -> str:
    z = grid()
    total = plane(ax, *(own.flow_prior_log_prob(z, maf_f) for own in (mine, truth)))
    ax.set_title("flow_prior_log_prob: a banana")
    return f"your prior integrates to {total:.3f}"


def prior_bound(ax, mine, truth) -> str:
    """The ELBO of codes that lie on the banana, as the prior bends from N(0, I) to it."""
    eps, bends = np.random.default_rng(0).standard_normal((300, 2)), np.linspace(0, 1.5, 16)
    z = maf_g(eps)[0]
    zeros = np.zeros(300)

    def bent(t):
        def f(z):
            mu, sigma = bend(z)
            return (z - t * mu) / sigma**t, -t * np.sum(np.log(sigma), axis=1)

        return f

    yours, right = (
        np.array([np.mean(own.flow_prior_elbo(zeros - 5, z, zeros - 1, bent(t))) for t in bends])
        for own in (mine, truth)
    )
    lines(ax, bends, yours, right, xlabel="bend of the prior: 0 normal, 1 as the codes", ylabel="mean ELBO, nats",
          title="flow_prior_elbo")  # fmt: skip
    return f"highest at {bends[np.argmax(yours)]:.1f}, {yours.max() - yours[0]:.2f} nats above N(0, I)"


# ------------------------------------------------------------------ 23 flow posterior, 24 the gap


def bent_posterior(ax, mine, truth) -> str:
    eps = np.random.default_rng(0).standard_normal((500, 2))
    zero = np.zeros((500, 2))

    (yours, log_q), (right, _) = (own.flow_posterior(zero, zero, eps, maf_g) for own in (mine, truth))
    draw_density(ax, lambda z: normal(maf_f(z)[0]) + maf_f(z)[1], BOX)
    draw_points(ax, yours, "white", 8)
    ax.set(xlim=BOX[:2], ylim=BOX[2:], title="flow_posterior: samples on q(z|x)")
    exact = normal(maf_f(yours)[0]) + maf_f(yours)[1]
    return f"your log q is {apart(log_q, exact):.1g} from the density at your samples, at most"


def posterior_bound(ax, mine, truth) -> str:
    """A posterior that is a banana: the ELBO as the flow bends q towards it."""
    eps, bends = np.random.default_rng(0).standard_normal((400, 2)), np.linspace(0, 1.6, 17)
    zero, x = np.zeros((400, 2)), np.ones((400, 1))

    def decoder(z):
        return -2 * (z[:, 1:] - 0.7 * z[:, :1] ** 2) ** 2 + 2

    def bent(t):
        def f(z):
            z2 = z[:, 1:] * 0.5 + 0.7 * t * z[:, :1] ** 2
            return np.concatenate([z[:, :1], z2], axis=1), np.full(len(z), np.log(0.5))

        return f

    yours, right = (
        np.array([np.mean(own.flow_posterior_elbo(x, zero, zero - 0.3, eps, bent(t), decoder)) for t in bends])
        for own in (mine, truth)
    )
    lines(ax, bends, yours, right, xlabel="bend of the posterior: 0 Gaussian", ylabel="mean ELBO, nats",
          title="flow_posterior_elbo")  # fmt: skip
    return f"bent by {bends[np.argmax(yours)]:.1f} the bound is {yours.max() - yours[0]:.2f} nats higher"


def narrow(samples: int, sigma: float = 0.6, repeats: int = 400):
    """log p(x, z) and log q(z|x) (samples, repeats) for q = N(0, σ²) and the posterior N(0, 1), log p(x) = −3."""
    eps = np.random.default_rng(0).standard_normal((samples, repeats))
    half = 0.5 * np.log(2 * np.pi)
    return -3 - 0.5 * (sigma * eps) ** 2 - half, -0.5 * eps**2 - np.log(sigma) - half


def ladder(ax, mine, truth) -> str:
    sizes = (1, 2, 4, 8, 16, 32, 64, 128, 256)
    yours, right = (np.array([np.mean(own.iwae_bound(*narrow(k))) for k in sizes]) for own in (mine, truth))
    ax.axhline(-3, color=BLACK, linewidth=2)
    lines(ax, sizes, yours, right, xscale="log", xlabel="samples K", ylabel="mean bound, nats",
          title="iwae_bound; log p(x) = −3 in black")  # fmt: skip
    return f"K = 1: {yours[0]:.3f}; K = 256: {last(yours):.3f}"


def gaps(ax, mine, truth) -> str:
    sigmas = np.geomspace(0.3, 1.3, 12)
    yours, right = (np.array([np.mean(own.bound_gap(*narrow(200, s, 100))) for s in sigmas]) for own in (mine, truth))
    exact = -np.log(sigmas) + (sigmas**2 - 1) / 2
    lines(ax, sigmas, yours, right, {"KL, exact": exact}, xlabel="σ of q; that of p(z|x) is 1", ylabel="gap, nats",
          title="bound_gap, 200 samples")  # fmt: skip
    return f"at σ = {sigmas[0]:.1f}: {yours[0]:.3f}, exact {exact[0]:.3f}; least {yours.min():.3f}"
