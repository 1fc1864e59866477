"""Questions about VAEs: the KL, the prior, mutual information, bounds."""

import numpy as np

from minidgm.course.why.question import asks
from minidgm.distributions import Normal
from minidgm.functional import logsumexp
from minidgm.vae import AggregatedPosterior, StandardNormalPrior, mutual_information
from minidgm.vae.exact import LinearGaussianVAE
from minidgm.vae.gaussians import aggregated_log_prob
from minidgm.vae.posteriors import gaussian_kl
from minidgm.vae.surgery import leave_one_out_mutual_information


@asks(
    "Should the KL be a sum or a mean over the latent dimensions?",
    "A VAE with 8 latent dimensions and the exact posterior: the ELBO is log p(x) itself. Instead of the sum over the "
    "8 dimensions somebody takes the mean of the KL. What becomes of 'reconstruction minus KL'?",
    choices=(
        "It rises above log p(x): it is no bound any more.",
        "It stays below log p(x), only scaled.",
        "Nothing changes but the learning rate.",
    ),
    right=lambda v: 1 if v["with the mean"] > v["log p(x)"] + 1e-6 else 2,
    answer="log p(x) = {log p(x):.2f}, with the sum {with the sum:.2f}, with the mean {with the mean:.2f}. The KL of "
    "independent dimensions is their sum. The mean is a beta-VAE with beta = 1/8, whose beta moves with the size of "
    "the latent space. To scale one term of two is more than a change of the learning rate.",
    thread="https://github.com/podgorskiy/VAE/issues/1",
    read="minidgm/vae/model.py; exercise 17",
)
def sum_or_mean():
    rng = np.random.default_rng(0)
    w = np.linalg.qr(rng.standard_normal((10, 8)))[0]  # orthogonal columns
    model = LinearGaussianVAE(w, np.zeros(10), 0.5)
    x = model.sample(rng, 500)
    mu, covariance = model.posterior(x)  # diagonal
    log_sigma = np.tile(0.5 * np.log(np.diag(covariance)), (500, 1))
    kl = gaussian_kl(mu, log_sigma).mean()
    elbo = model.elbo(x, mu, covariance).mean()
    return {
        "log p(x)": model.log_prob(x).mean(),
        "with the sum": elbo,
        "with the mean": elbo + kl - kl / 8,
    }


@asks(
    "Why did the KL go to zero?",
    "Data N(0, 1); decoder N(w z, s^2) with w to be learned and s held at a value; encoder exact. For every s we take "
    "the w of greatest likelihood, and look at the KL of its posterior. What happens at s = 1.2?",
    choices=(
        "The KL is large: a noisy decoder needs all the help from z it can get.",
        "The KL is 0: the best decoder ignores z.",
        "The KL is 0 because the optimizer got stuck; a better w exists.",
    ),
    right=lambda v: 2 if v["KL, large s"] < 1e-3 < v["KL, small s"] else 1,
    answer="s = 0.3: w = {w, small s:.2f}, KL {KL, small s:.2f} nats. s = 1.2: w = {w, large s:.2f}, KL "
    "{KL, large s:.2f}. Once the decoder's own noise explains the data as well without z, using z only costs. This is "
    "the global optimum, no accident of training; s learned, a weaker decoder, or free bits change the optimum.",
    thread="https://github.com/molecularsets/moses/issues/45",
    read="minidgm/vae/bounds.py (free nats, warm-up); minidgm lab posterior",
)
def collapse():
    x = np.random.default_rng(0).standard_normal((2000, 1))
    found: dict[str, float] = {}
    for name, s in (("small s", 0.3), ("large s", 1.2)):
        weights = np.arange(0, 1.5, 0.01)[:, None, None]
        models = [LinearGaussianVAE(w, np.zeros(1), s) for w in weights]
        best = max(models, key=lambda model: model.log_prob(x).mean())
        mu, covariance = best.posterior(x)
        log_sigma = np.full_like(mu, 0.5 * np.log(covariance[0, 0]))
        kl = gaussian_kl(mu, log_sigma).mean()
        found |= {f"w, {name}": best.weight[0, 0], f"KL, {name}": kl}
    return found


@asks(
    "My encoder says that the variance is negative. How can that be?",
    "The second output of an encoder is -3 for some object. It is called log_var. What is sigma?",
    right=lambda v: v["sigma"],
    answer="sigma = exp(-3/2) = {sigma:.3f}. The net is free to return any number; exp makes it positive. exp(-3) = "
    "{variance:.3f} would be the variance: forgetting the half is a bug of its own, seen in published code. Here the "
    "nets return log_sigma, and no half is needed.",
    thread="https://github.com/AntixK/PyTorch-VAE/issues/15",
    read="minidgm/vae/posteriors.py; exercise 17",
)
def negative_variance():
    log_var = -3.0
    return {"sigma": np.exp(log_var / 2), "variance": np.exp(log_var)}


@asks(
    "Why is my estimate of the mutual information capped?",
    "1000 posteriors that do not overlap at all: z tells exactly which object it is, so I_q = log 1000 = 6.9 nats. "
    "Now a minibatch of 64 is taken for the whole data set, as many implementations do. What does the estimate say?",
    right=lambda v: v["batch of 64"],
    tolerance=0.02,
    answer="{batch of 64:.2f} = log 64, against {all 1000:.2f}. In a batch of B an object's own posterior is one of B "
    "terms, so log q(z|x) - log q_agg(z) cannot exceed log B. The own posterior needs weight 1/N, with N the size of "
    "the data set.",
    thread="https://github.com/YannDubs/disentangling-vae/issues/58",
    read="minidgm/vae/surgery.py; exercise 19; minidgm lab surgery",
)
def capped_information():
    rng = np.random.default_rng(0)
    mu, log_sigma = 100.0 * np.arange(1000)[:, None], np.zeros((1000, 1))
    eps = rng.standard_normal((1, 1000, 1))
    batch = rng.choice(1000, 64, replace=False)
    few = eps[:, batch]
    return {
        "all 1000": mutual_information(mu, log_sigma, eps),
        "batch of 64": mutual_information(mu[batch], log_sigma[batch], few),
    }


@asks(
    "Why is my estimate of the mutual information above log n?",
    "The same 1000 posteriors, which do not overlap, I_q = 6.9 nats. At z of one object, q_agg(z) is now taken from "
    "the other 999 posteriors, the own one left out. What does the estimate say?",
    choices=(
        "Thousands of nats.",
        "Nearly the same: 999 are as good as 1000.",
        "A little less than 6.9, as log 999 is less than log 1000.",
    ),
    right=lambda v: 1 if v["own one left out"] > 1000 > 7 > v["all 1000"] else 2,
    answer="{own one left out:.0f} against {all 1000:.2f}: without the own term, 1/n of q(z|x), nothing keeps q_agg(z) "
    "from being as small as it likes, and log q(z|x) - log q_agg(z) as large. A weight in the wrong place of the table "
    "does the same. Where the truth is at most log n, an estimate above it is a mistake, not good news.",
    thread="https://github.com/YannDubs/disentangling-vae/issues/54",
    read="minidgm/vae/surgery.py; exercise 19; minidgm lab surgery",
)
def boundless_information():
    rng = np.random.default_rng(0)
    mu, log_sigma = 100.0 * np.arange(1000)[:, None], np.zeros((1000, 1))
    eps = rng.standard_normal((1, 1000, 1))
    without = leave_one_out_mutual_information(mu, log_sigma, eps)
    return {
        "all 1000": mutual_information(mu, log_sigma, eps),
        "own one left out": without,
    }


@asks(
    "Why is my estimate of the mutual information below 0?",
    "Nearly equal posteriors, true I_q about 0.001 nats. One estimate takes E log q(z|x) from the closed form and E "
    "log q_agg(z) from samples; another takes log q(z|x) at the very same samples. In how many of 100 repetitions is "
    "the first one negative?",
    right=lambda v: v["negative, closed form"],
    tolerance=0.35,
    answer="In {negative, closed form:.0f}: its spread, {spread, closed form:.3f} nats, is far larger than what is to "
    "be measured. With the same z in both terms the spread is {spread, same z:.4f}: log q(z|x) and log q_agg(z) rise "
    "and fall together, and their noise cancels. Both are right in the mean.",
    thread="https://github.com/jxhe/vae-lagging-encoder/issues/8",
    read="minidgm/vae/surgery.py; exercise 19",
)
def negative_information():
    rng = np.random.default_rng(0)
    mu, log_sigma = 0.05 * rng.standard_normal((20, 1)), np.zeros((20, 1))
    closed = -0.5 * np.log(2 * np.pi) - 0.5  # E log q(z|x), the same for all
    first, second = [], []
    for _ in range(100):
        eps = rng.standard_normal((40, 20, 1))
        z = (mu + eps).reshape(-1, 1)
        log_q_agg = aggregated_log_prob(z, mu, log_sigma)
        first.append(closed - np.mean(log_q_agg))
        second.append(mutual_information(mu, log_sigma, eps))
    return {
        "negative, closed form": sum(value < 0 for value in first),
        "spread, closed form": np.std(first),
        "spread, same z": np.std(second),
    }


@asks(
    "Reconstructions are perfect. Why are samples from the prior bad?",
    "1000 posteriors of width 0.1, their means spread over 8 latent dimensions, so that the mixture of all of them has "
    "mean 0 and variance 1 in each dimension, like the prior. How far below its usual height is the mixture q_agg at "
    "a point drawn from the prior?",
    choices=(
        "Not at all: the means and variances agree.",
        "By a few nats, as samples differ.",
        "By a hundred nats or so: the prior's samples fall between the posteriors.",
    ),
    right=lambda v: 3 if v["at z of the posterior"] - v["at z of the prior"] > 50 else 2,
    answer="log q_agg is {at z of the posterior:.0f} where the decoder was trained, and {at z of the prior:.0f} where "
    "it is used. Equal moments say little in 8 dimensions. The term to look at is the marginal KL(q_agg || p); a "
    "prior that is learned closes the gap.",
    thread="https://github.com/openai/vdvae/issues/10",
    read="minidgm/vae/priors.py; exercise 20; minidgm lab prior",
)
def bad_samples():
    rng, n, d = np.random.default_rng(0), 1000, 8
    mu = np.sqrt(1 - 0.1**2) * rng.standard_normal((n, d))
    log_sigma = np.full((n, d), np.log(0.1))
    of_posterior = mu + 0.1 * rng.standard_normal((n, d))
    of_prior = rng.standard_normal((n, d))
    found: dict[str, float] = {}
    for name, z in (("posterior", of_posterior), ("prior", of_prior)):
        log_q_agg = aggregated_log_prob(z, mu, log_sigma)
        found[f"at z of the {name}"] = np.mean(log_q_agg)
    return found


@asks(
    "Is the bound with many samples the ELBO, or the likelihood?",
    "log (1/K) sum_k p(x, z_k) / q(z_k|x), with a q that is far too wide. K = 1 is the ELBO. What does it do as K "
    "grows to 1000?",
    choices=(
        "It stays where it is, only less noisy: it is a mean.",
        "It rises past log p(x): more samples, more probability.",
        "It rises towards log p(x), and stays below it in the mean.",
    ),
    right=lambda v: 3 if v["K = 1"] < v["K = 10"] < v["K = 1000"] < v["log p(x)"] + 0.05 else 1,
    answer="K = 1: {K = 1:.2f}, 10: {K = 10:.2f}, 1000: {K = 1000:.2f}; the exact log p(x) is {log p(x):.2f}. The mean "
    "inside the logarithm is unbiased for p(x); the logarithm of a noisy mean is too low, the less so the less noisy "
    "it is. So it is both: a bound for each K, the likelihood in the limit.",
    thread="https://github.com/BrooksResearchGroup-UM/PEVAE_Paper/issues/3",
    read="minidgm/vae/bounds.py; exercise 24",
)
def many_samples():
    rng = np.random.default_rng(0)
    model = LinearGaussianVAE(np.array([[1.0]]), np.zeros(1), 0.5)
    x, sigma = np.array([[1.0]]), 3.0  # q(z|x) = N(0, 3^2)
    prior = Normal(0.0, 1.0)
    found: dict[str, float] = {}
    for k in (1, 10, 1000):
        z = sigma * rng.standard_normal((2000, k))
        log_joint = prior.log_prob(z) + Normal(z, model.s).log_prob(x)
        log_w = log_joint - Normal(0.0, sigma).log_prob(z)
        bound = logsumexp(log_w, axis=1) - np.log(k)
        found[f"K = {k}"] = np.mean(bound)
    return found | {"log p(x)": model.log_prob(x)[0]}


@asks(
    "If the aggregated posterior is the best prior, why not use it?",
    "Posteriors of 200 objects with width 0.1, their means drawn from N(0, 1) in 4 dimensions. The prior N(0, I) and "
    "the mixture of the 200 posteriors are compared: log p(z) at z of the same 200 objects, and at z of new ones. "
    "Which is true?",
    choices=(
        "The mixture is better on its own objects, and worse on new ones.",
        "The mixture is better on both.",
        "N(0, I) is better on both.",
    ),
    right=lambda v: 1 if v["q_agg, own"] > v["N(0, I), own"] and v["q_agg, new"] < v["N(0, I), new"] else 2,
    answer="Own objects: {q_agg, own:.1f} for the mixture, {N(0, I), own:.1f} for N(0, I). New ones: {q_agg, new:.1f} "
    "against {N(0, I), new:.1f}. It is the best prior for the objects it is made of; it has learned them by heart, at "
    "200 Gaussians per evaluation. A VampPrior is the same with few components, which are learned.",
    thread="https://github.com/scverse/scvi-tools/issues/291",
    read="minidgm/vae/priors.py; exercise 21; minidgm lab prior",
)
def best_prior():
    class Posterior:
        def mu_log_sigma(self, x):
            return x, np.full_like(x, np.log(0.1))

    rng = np.random.default_rng(0)
    own, new = rng.standard_normal((2, 200, 4))
    q_agg = AggregatedPosterior(Posterior(), own)
    standard = StandardNormalPrior(4)
    found: dict[str, float] = {}
    for name, mu in (("own", own), ("new", new)):
        z = mu + 0.1 * rng.standard_normal(mu.shape)
        found |= {
            f"q_agg, {name}": q_agg.log_prob(z).mean(),
            f"N(0, I), {name}": standard.log_prob(z).mean(),
        }
    return found
