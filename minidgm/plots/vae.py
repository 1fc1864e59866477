"""Pictures of VAEs: estimators of the mutual information, latent spaces, posteriors, samples."""

import numpy as np

from minidgm.plots.common import BLUE, GREY, ORANGE, bare, draw_density, draw_images, new_figure
from minidgm.vae import AggregatedPosterior, grid_log_joint, grid_log_prob


def information_figure(sizes, by_n, scales, by_sigma, log_n):
    """I_q against the number of objects beside log n, and against a factor on every σ, from log n down to 0."""
    figure, (axes,) = new_figure(1, 2, width=4)
    axes[0].plot(sizes, np.log(sizes), color=GREY, label="log n")
    axes[0].plot(sizes, by_n, "o-", color=BLUE, markersize=4, label="I_q")
    axes[0].set(xscale="log", xlabel="objects n")
    axes[1].axhline(log_n, color=GREY, label="log n")
    axes[1].plot(scales, by_sigma, "o-", color=BLUE, markersize=4, label="I_q")
    axes[1].set(xscale="log", xlabel="one σ for all, times")
    for ax in axes:
        ax.set_ylabel("nats")
        ax.legend(frameon=False)
    return figure


def estimators_figure(rows, exact, log_n):
    """Estimates of I_q from minibatches of B, each with its spread over batches; rows (B, log B, naive, ...)."""
    figure, ((ax,),) = new_figure(1, 1, width=6, height=4)
    batch = [row[0] for row in rows]
    ax.axhline(exact, color="black", linewidth=1, label="exact, all N posteriors")
    ax.axhline(log_n, color=GREY, linewidth=1, label="log N")
    ax.plot(batch, [row[1] for row in rows], "--", color=GREY, label="log B, the naive one's cap")
    for k, (name, color) in enumerate((("naive", ORANGE), ("stratified", BLUE), ("leave-one-out", "#2f855a")), start=2):
        mean, spread = (np.array([of(row[k]) for row in rows]) for of in (np.mean, np.std))
        ax.plot(batch, mean, "o-", color=color, markersize=4, label=name)
        ax.fill_between(batch, mean - spread, mean + spread, color=color, alpha=0.15, linewidth=0)
    ax.set(xscale="log", xlabel="minibatch B", ylabel="I_q, nats", ylim=(0, 2 * log_n))
    ax.legend(frameon=False, fontsize=8)
    return figure


def latent_figure(vaes: dict, x):
    """Two latent dimensions: q_agg of the objects x, and two contours of the prior, inside which holes are dark."""
    columns = -(-len(vaes) // 2)
    figure, axes = new_figure(2, columns, width=2.6, height=2.7)
    for ax in axes.ravel()[len(vaes) :]:
        ax.axis("off")
    for ax, (name, vae) in zip(axes.ravel(), vaes.items()):
        z = np.concatenate([vae.posterior.draw(np.random.default_rng(0), x)[0], prior_draws(vae.prior)])
        (left, bottom), (right, top) = np.quantile(z, 0.003, axis=0) - 0.3, np.quantile(z, 0.997, axis=0) + 0.3
        draw_density(ax, AggregatedPosterior(vae.posterior, x).log_prob, (left, right, bottom, top))
        grid = np.meshgrid(np.linspace(left, right, 150), np.linspace(bottom, top, 150))
        log_p = vae.prior.log_prob(np.stack(grid, axis=-1).reshape(-1, 2).astype(np.float32)).reshape(150, 150)
        levels = np.quantile(vae.prior.log_prob(prior_draws(vae.prior)), (0.05, 0.5))
        ax.contour(*grid, log_p, levels=levels, colors="white", linewidths=0.8, linestyles="solid")
        ax.set_title(name, fontsize=10)
    figure.suptitle("q_agg, and the regions that hold 95 % and 50 % of the prior's draws (white)", fontsize=11)
    return figure


def prior_draws(prior):
    """2,000 z of a prior."""
    return prior.sample(np.random.default_rng(0), 2000)


def samples_figure(task, vaes: dict, n: int = 30):
    """Test images, and as many samples of each VAE."""
    walls = {"test images": task.test[:n]}
    walls |= {name: vae.sample(np.random.default_rng(0), n) for name, vae in vaes.items()}
    columns = -(-len(walls) // 2)
    figure, axes = new_figure(2, columns, width=2.3, height=2.7)
    for ax in axes.ravel()[len(walls) :]:
        ax.axis("off")
    for ax, (name, x) in zip(axes.ravel(), walls.items()):
        draw_images(ax, task.images(x), columns=5, levels=task.levels)
        ax.set_title(name, fontsize=10)
    return figure


def e_step_figure(curves: dict, limits: dict, every: int):
    """The gap log p(x) − ELBO as q is optimized, θ held, and the least gap that each family can have."""
    figure, ((ax,),) = new_figure(1, 1, width=5, height=3.5)
    for (name, gaps), color in zip(curves.items(), (BLUE, ORANGE)):
        ax.plot(every * np.arange(len(gaps)), gaps, "o-", color=color, markersize=3, label=name)
        ax.axhline(limits[name], color=color, linestyle="--", linewidth=1, label=f"its limit, {limits[name]:.3f}")
    ax.set(xlabel="steps of the E-step", ylabel="log p(x) − ELBO, nats", yscale="symlog", ylim=(-0.1, None))
    ax.legend(frameon=False)
    return figure


def moons_posteriors_figure(posteriors: dict, log_target, gaps: dict):
    """The true posterior, and each q's density with draws from it."""
    figure, (axes,) = new_figure(1, 1 + len(posteriors), width=2.8)
    box = (-1.9, 1.9, -1.4, 1.4)
    draw_density(axes[0], log_target, box)
    axes[0].set_title("p(z|x)")
    for ax, (name, posterior) in zip(axes[1:], posteriors.items()):

        def log_q(z, posterior=posterior):
            return posterior.log_prob(z, np.zeros((len(z), 1), np.float32))

        draw_density(ax, log_q, box)
        ax.set_title(f"{name}: gap {np.mean(gaps[name]):.2f}")
    return figure


def grid_posteriors_figure(vaes: dict, task, x, points: int):
    """For each image p(z|x) by quadrature, and draws from each q(z|x)."""
    figure, axes = new_figure(len(x), 1 + len(vaes), width=2.1, height=2.1)
    true = next(iter(vaes.values()))
    p = np.exp(grid_log_joint(true, x, points) - grid_log_prob(true, x, points)[:, None]).reshape(
        len(x), points, points
    )
    line = np.linspace(-6, 6, points)
    for ax, name in zip(axes[0, 1:], vaes):
        ax.set_title(name, fontsize=9)
    for row, image, density in zip(axes, x, p):
        draw_images(row[0], task.images(image[None]), columns=1, levels=task.levels)
        marginals = density.sum(axis=1), density.sum(axis=0)
        centre = [float(np.sum(line * m)) for m in marginals]
        width = max(4 * np.sqrt(np.sum((line - c) ** 2 * m)) for c, m in zip(centre, marginals))
        for ax, vae in zip(row[1:], vaes.values()):
            ax.imshow(density.T, origin="lower", extent=(-6, 6, -6, 6), cmap="magma", aspect="auto")
            z = vae.posterior.draw(np.random.default_rng(0), np.repeat(image[None], 150, axis=0))[0]
            ax.scatter(*z.T, s=2, color="#68d391", linewidths=0)
            ax.set(xlim=(centre[0] - width, centre[0] + width), ylim=(centre[1] - width, centre[1] + width))
            bare(ax)
    figure.suptitle("p(z|x) by quadrature, and draws from q(z|x) (green)", fontsize=10)
    return figure
