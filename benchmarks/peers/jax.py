"""JAX, models written by hand, masks multiplied in, the whole training step (or sampling loop) compiled by jit."""

import math

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.problems import LEVELS, LIMIT, LR, batches

PACKAGES = ["jax", "jaxlib"]
TORCH = False
LOG_2PI = math.log(2 * math.pi)


def build(problem, data):
    """(run, outputs) as in peers/minidgm.py; the first run compiles."""
    others = {"sample": sample, "vae": vae, "mixture": mixture, "aggregated": aggregated}
    return others.get(problem.kind, flow)(problem, data)


def theta_and_masks(nets):
    theta = [[(jnp.array(weight), jnp.array(bias)) for weight, bias, _ in net] for net in nets]
    masks = [[None if mask is None else jnp.array(mask, weight.dtype) for weight, _, mask in net] for net in nets]
    return theta, masks


def network(layers, masks, x):
    for i, ((weight, bias), mask) in enumerate(zip(layers, masks)):
        x = jnp.maximum(x, 0) if i else x
        x = x @ (weight if mask is None else weight * mask) + bias
    return x


def mu_log_sigma(layers, masks, x):
    mu, a = jnp.split(network(layers, masks, x), 2, axis=1)
    return mu, a / (1 + jnp.abs(a) / LIMIT)


def training(theta, loss, stream):
    """A compiled training step: value, gradient, Adam."""
    zeros = jax.tree.map(jnp.zeros_like, theta)

    @jax.jit
    def step(theta, m, v, t, *batch):
        value, g = jax.value_and_grad(loss)(theta, *batch)
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
        move = lambda p, m, v: p - LR * (m / (1 - 0.9**t)) / (jnp.sqrt(v / (1 - 0.999**t)) + 1e-8)  # noqa: E731
        return jax.tree.map(move, theta, m, v), m, v, t + 1, value

    state = [theta, zeros, zeros, jnp.float32(1)]

    def run():
        *state[:], value = step(*state, *next(stream))
        return float(value)

    return run


def density_of(problem, masks):
    """log p(x) of the flow as a function of its weights and x."""
    m, half = problem.m, problem.m // 2

    def f(theta, x):
        log_det = 0
        for i, (layers, layer_masks) in enumerate(zip(theta, masks)):
            if problem.kind.startswith("coupling"):
                x1, x2 = (x[:, :half], x[:, half:]) if i % 2 == 0 else (x[:, half:], x[:, :half])
                mu, log_sigma = mu_log_sigma(layers, layer_masks, x1)
                z2 = (x2 - mu) * jnp.exp(-log_sigma)
                x = jnp.concatenate([x1, z2] if i % 2 == 0 else [z2, x1], axis=1)
            else:
                mu, log_sigma = mu_log_sigma(layers, layer_masks, x)
                x = (x - mu) * jnp.exp(-log_sigma)
            log_det -= log_sigma.sum(1)
        return x, log_det

    def log_prob(theta, x):
        z, log_det = f(theta, x)
        return -0.5 * (z**2).sum(1) - 0.5 * m * LOG_2PI + log_det

    return log_prob


def flow(problem, data):
    theta, masks = theta_and_masks(data["nets"])
    log_prob = density_of(problem, masks)
    compiled = jax.jit(log_prob)
    outputs = lambda: np.asarray(compiled(theta, data["x"][: problem.n]))  # noqa: E731
    if problem.kind in ("density", "coupling-density"):
        return outputs, outputs
    return training(theta, lambda theta, x: -log_prob(theta, x).mean(), batches(problem, data["x"])), outputs


def sample(problem, data):
    theta, masks = theta_and_masks(data["nets"])

    @jax.jit
    def g(theta, z):
        for layers, layer_masks in reversed(list(zip(theta, masks))):

            def one_pass(_, x, layers=layers, layer_masks=layer_masks, z=z):
                mu, log_sigma = mu_log_sigma(layers, layer_masks, x)
                return z * jnp.exp(log_sigma) + mu

            z = jax.lax.fori_loop(0, problem.m, one_pass, jnp.zeros_like(z))
        return z

    run = lambda: np.asarray(g(theta, data["x"]))  # noqa: E731
    return run, run


def vae(problem, data):
    theta, masks = theta_and_masks(data["nets"])
    loss = lambda theta, x, eps: -elbo_of(theta, masks, x, eps).mean()  # noqa: E731
    run = training(theta, loss, batches(problem, data["x"], data["eps"]))
    return run, lambda: np.asarray(elbo_of(theta, masks, data["x"][: problem.n], data["eps"][: problem.n]))


def elbo_of(theta, masks, x, eps):
    """One sample's ELBO of a VAE with a Bernoulli decoder: (n,)."""
    mu, log_sigma = jnp.split(network(theta[0], masks[0], x), 2, axis=1)
    z = mu + jnp.exp(log_sigma) * eps
    logits = network(theta[1], masks[1], z)
    log_x = (x * jax.nn.log_sigmoid(logits) + (1 - x) * jax.nn.log_sigmoid(-logits)).sum(1)
    log_prior = (-0.5 * z**2 - 0.5 * LOG_2PI).sum(1)
    log_q = (-0.5 * eps**2 - 0.5 * LOG_2PI - log_sigma).sum(1)
    return log_x + log_prior - log_q


def mixture(problem, data):
    """PixelCNN++'s formula, as in peers/torch.py."""
    y = jnp.array(data["y"], jnp.float32)[..., None]

    def log_prob(log_pi, mu, log_s):
        centred, inverse_s = y - mu, jnp.exp(-log_s)
        plus, minus, middle = inverse_s * (centred + 0.5), inverse_s * (centred - 0.5), inverse_s * centred
        delta = jax.nn.sigmoid(plus) - jax.nn.sigmoid(minus)
        log_density = middle - log_s - 2 * jax.nn.softplus(middle)
        inner = jnp.where(delta > 1e-5, jnp.log(jnp.maximum(delta, 1e-12)), log_density)
        ends = jnp.where(y > LEVELS - 1.5, -jax.nn.softplus(minus), inner)
        log_p = jnp.where(y < 0.5, plus - jax.nn.softplus(plus), ends)
        return jax.nn.logsumexp(jax.nn.log_softmax(log_pi) + log_p, axis=-1)

    arguments = [jnp.array(data[name]) for name in ("log_pi", "mu", "log_s")]
    gradient = jax.jit(jax.value_and_grad(lambda *a: log_prob(*a).mean(), argnums=(0, 1, 2)))
    return lambda: jax.block_until_ready(gradient(*arguments)), lambda: np.asarray(log_prob(*arguments))


def aggregated(problem, data):
    @jax.jit
    def log_q_agg(mu, log_sigma, z):
        a = jnp.exp(-2 * log_sigma)
        constant = (-0.5 * a * mu**2 - log_sigma).sum(1) - 0.5 * problem.m * LOG_2PI
        table = z @ (a * mu).T - 0.5 * (z * z) @ a.T + constant
        return jax.nn.logsumexp(table, axis=1) - math.log(len(mu))

    run = lambda: np.asarray(log_q_agg(data["mu"], data["log_sigma"], data["z"]))  # noqa: E731
    return run, run


# ------------------------------------------------------------------ benchmarks.carry


def carried_flow(steps):
    """x → log p(x) in float64, each step written by hand, all of it compiled."""
    jax.config.update("jax_enable_x64", True)
    maps = [CARRIED[step.kind](step) for step in steps]

    def log_prob(x):
        total = jnp.zeros(len(x))
        for step in maps:
            x, log_det = step(x)
            total = total + log_det
        return -0.5 * (x**2).sum(1) - 0.5 * x.shape[1] * LOG_2PI + total

    return jax.jit(log_prob)


def carried_vae(encoder, decoder):
    """(x, eps) → the ELBO of a VAE with a Bernoulli decoder, in float64."""
    jax.config.update("jax_enable_x64", True)
    theta, masks = theta_and_masks([encoder, decoder])
    return jax.jit(lambda x, eps: elbo_of(theta, masks, x, eps))


def affine_step(step):
    mu, log_sigma = jnp.array(step.mu), jnp.array(step.log_sigma)
    return lambda x: ((x - mu) * jnp.exp(-log_sigma), -log_sigma.sum())


def logit_step(step):
    slope = (1 - 2 * step.alpha) / step.levels

    def f(x):
        s = step.alpha + slope * x
        return jnp.log(s) - jnp.log1p(-s), (math.log(slope) - jnp.log(s) - jnp.log1p(-s)).sum(1)

    return f


def coupling_step(step):
    (layers,), (masks,) = theta_and_masks([step.net])
    kept, moved = np.flatnonzero(step.mask), np.flatnonzero(~step.mask)

    def f(x):
        mu, log_sigma = mu_log_sigma(layers, masks, x[:, kept])
        return x.at[:, moved].set((x[:, moved] - mu) * jnp.exp(-log_sigma)), -log_sigma.sum(1)

    return f


def ar_step(step):
    (layers,), (masks,) = theta_and_masks([step.net])

    def f(x):
        mu, log_sigma = mu_log_sigma(layers, masks, x)
        return (x - mu) * jnp.exp(-log_sigma), -log_sigma.sum(1)

    return f


def inverse_ar_step(step):
    (layers,), (masks,) = theta_and_masks([step.net])

    def f(x):
        def one_pass(_, z):
            mu, log_sigma = mu_log_sigma(layers, masks, z)
            return (x - mu) * jnp.exp(-log_sigma)

        z = jax.lax.fori_loop(0, step.m, one_pass, jnp.zeros_like(x))
        return z, -mu_log_sigma(layers, masks, z)[1].sum(1)

    return f


CARRIED = {
    "affine": affine_step,
    "logit": logit_step,
    "permutation": lambda step: lambda x: (x[:, np.array(step.order)], 0.0),
    "coupling": coupling_step,
    "ar": ar_step,
    "inverse_ar": inverse_ar_step,
}
