"""Beyond the slides: are a VAE's samples blurred by the prior, or by averaging?

A sample is shown as its mean, μ(z) = E_p(x|z) x. Three things can make it grey where an image is black or white:

    the prior       z ~ p(z) falls where no object is: swap z ~ q_agg in, which takes KL(q_agg ‖ p) out of the picture
    averaging       objects whose posteriors overlap share a z. The best mean is then exactly known, for n objects:
                    μ*(z) = E[x|z] = Σ_i r_i(z) x_i,    r_i(z) = q(z|x_i) / Σ_k q(z|x_k)
    the decoder     μ(z) is not μ*(z):   E[|x − μ|² | z] = Σ_i r_i |x_i − μ*|² + |μ* − μ|²,  at every z

Blur of a mean of pixels 0 or 1 is 4 μ (1 − μ), averaged over pixels: 0 for black and white, 1 for grey all over; images
themselves have 0. The narrower the code, the smaller I_q, the more objects share a z. Two limits: a black-and-white
picture of no digit, which a hole can give, is not blurred; and shares are taken off in this order, the prior's first.
"""

import numpy as np

from minidgm.functional import log_softmax, sigmoid
from minidgm.labs import Options, Part
from minidgm.labs.judge import every, mean_and_error, positive
from minidgm.labs.report import Report
from minidgm.labs.vaes import Task, fit, tasks
from minidgm.plots.vae import blur_figure
from minidgm.vae import AggregatedPosterior, elbo_surgery, gaussian_log_prob_table

CODES = (2, 4, 8)  # latent dimensions
OBJECTS = 2000  # that q_agg and E[x|z] are made of
BLUR = ("samples, z ~ p", "z ~ q_agg", "best mean, z ~ q_agg")
ERROR = ("averaging", "decoder", "both")
TERMS = ("I_q", "KL(q_agg ‖ p)")


def mean_of(vae, z):
    """μ(z), the probability of a 1 at each pixel: (n, m), float64."""
    return sigmoid(vae.decoder.net(z.astype(np.float32)).astype(np.float64))


def best_mean(vae, x, z):
    """E[x|z] over the n objects x, and the weights r_i(z): (len(z), m) and (len(z), n)."""
    mu, log_sigma = (part.astype(np.float64) for part in vae.posterior.mu_log_sigma(x))
    r = np.exp(log_softmax(gaussian_log_prob_table(z.astype(np.float64), mu, log_sigma), axis=1))
    return r @ x, r


def expected_error(x, r, mean) -> float:
    """Σ_i r_i(z) |x_i − μ(z)|² per pixel, averaged over z."""
    x = x.astype(np.float64)
    distances = np.sum(x**2, axis=1) - 2 * mean @ x.T + np.sum(mean**2, axis=1, keepdims=True)
    return float(np.mean(np.sum(r * distances, axis=1)) / x.shape[1])


def blur_of(mean) -> float:
    """4 μ (1 − μ), averaged over pixels and objects."""
    return float(np.mean(4 * mean * (1 - mean)))


def measure(vae, x, rng, draws: int) -> dict:
    """Every number of one VAE, by name; errors are squared, per pixel."""
    z = AggregatedPosterior(vae.posterior, x).sample(rng, draws)
    from_prior, from_q_agg = mean_of(vae, vae.prior.sample(rng, draws)), mean_of(vae, z)
    best, r = best_mean(vae, x, z)
    averaging, both = (expected_error(x, r, mean) for mean in (best, from_q_agg))
    terms = elbo_surgery(vae, x, rng)
    blurs = map(blur_of, (from_prior, from_q_agg, best))
    return dict(zip((*BLUR, *ERROR, *TERMS), (*blurs, averaging, np.mean((best - from_q_agg) ** 2), both,
                    terms.mutual_information.value, terms.marginal_kl.value)))  # fmt: skip


def blur(report: Report, options: Options) -> None:
    """One VAE per code and seed; shares of the blur; the same z decoded and averaged."""
    task, steps = tasks(options)[0], 20 if options.quick else 1500
    found: dict = {d: [] for d in CODES}
    walls: dict = {}
    for seed in range(options.seeds):
        for d in CODES:
            vae = task.vae(rng := np.random.default_rng(seed), d=d)
            fit(vae, task, rng, steps, f"{d} latent dimensions, seed {seed}")
            x = task.train[:OBJECTS]
            found[d].append(measure(vae, x, np.random.default_rng((seed, d)), 200 if options.quick else 2000))
            if seed == 0:
                walls[d] = drawn(vae, x, np.random.default_rng(0))
    answer(report, found)
    tables(report, task, found)
    shares = {d: {name: [of[name] for of in by_seed] for name in BLUR} for d, by_seed in found.items()}
    report.figure("blur", blur_figure(shares, walls, task.shape), shares=shares,
                  walls={f"d={d}": wall for d, wall in walls.items()})  # fmt: skip


def drawn(vae, x, rng) -> dict:
    """What the figure shows: name → (8, m)."""
    z = AggregatedPosterior(vae.posterior, x).sample(rng, 8)
    prior = mean_of(vae, vae.prior.sample(rng, 8))
    return dict(zip(BLUR, (prior, mean_of(vae, z), best_mean(vae, x, z)[0])))


def shares_of(by_seed: list[dict]) -> dict:
    """The prior's, the decoder's and averaging's share of the blur of samples, one value per seed each."""
    samples, q_agg, best = (np.array([of[name] for of in by_seed]) for name in BLUR)
    return {"prior": samples - q_agg, "decoder": q_agg - best, "averaging": best}


def answer(report: Report, found: dict) -> None:
    """Averaging, if its share is above the prior's, for every code, seed by seed."""
    shares = {d: shares_of(by_seed) for d, by_seed in found.items()}
    narrow, wide = shares[CODES[0]], shares[CODES[-1]]
    off = max(abs(of["both"] - of["averaging"] - of["decoder"]) for by_seed in found.values() for of in by_seed)
    more = [positive(of["averaging"] - of["prior"]) for of in shares.values()]
    report.answer(
        "blur",
        every(*more, positive(narrow["averaging"] - wide["averaging"]), off < 1e-9),  # off: a check of the sums
        f"averaging makes {narrow['averaging'].mean():.2f} of the blur at d = {CODES[0]}, "
        f"{wide['averaging'].mean():.2f} at d = {CODES[-1]}; the prior {mean_and_error(narrow['prior'])} and "
        f"{mean_and_error(wide['prior'])}",
        number=f"averaging {narrow['averaging'].mean():.3f}, prior {narrow['prior'].mean():+.3f} (d = {CODES[0]})",
        shares=shares, found=found, off=off,
    )  # fmt: skip


def tables(report: Report, task: Task, found: dict) -> None:
    """Blur and squared errors, beside the terms of the ELBO that they belong to."""

    def column(by_seed, name):
        return [of[name] for of in by_seed]

    shares = {d: shares_of(by_seed) for d, by_seed in found.items()}
    rows = [(d, *(column(of, name) for name in BLUR), *map(list, shares[d].values())) for d, of in found.items()]
    header = ("d", *BLUR, "prior's share", "decoder's", "averaging's")
    report.table("blur", header, rows, f"{task.name}: 4 μ (1 − μ) of the mean of a sample; test images: 0")
    rows = [(d, *(column(of, name) for name in (*ERROR, *TERMS))) for d, of in found.items()]
    title = "z ~ q_agg: squared error per pixel, averaging + decoder = both; and the terms of the ELBO, nats"
    report.table("errors", ("d", *ERROR, *TERMS), rows, title)


PARTS = (Part(("blur",), blur),)
