"""Pictures of VAEs: estimators of the mutual information, latent spaces, posteriors, samples."""

import numpy as np

from minidgm.plots.common import (
    BLACK,
    BLUE,
    COLOURS,
    GREEN,
    GREY,
    ORANGE,
    SKY,
    bare,
    draw_bright,
    draw_density,
    draw_images,
    draw_points,
    label_ends,
    lecture_hall,
    new_figure,
    new_panels,
    new_sheet,
    points_of,
)
from minidgm.vae import AggregatedPosterior, zoomed_log_joint


@lecture_hall
def information_figure(sizes, by_n, scales, by_sigma, log_n):
    """I_q against the number of objects beside log n, and against a factor on every σ, from log n down to 0."""
    figure, (axes,) = new_figure(1, 2, width=6.5, height=5)
    axes[0].plot(sizes, np.log(sizes), color=GREY)
    axes[0].plot(sizes, by_n, "o-", color=BLUE)
    axes[0].set(xscale="log", xlabel="objects n", ylabel="I_q, nats", title="never above log n")
    label_ends(axes[0], {"log n": (np.log(sizes[-1]), GREY), "I_q": (by_n[-1], BLUE)})
    axes[1].axhline(log_n, color=GREY)
    axes[1].plot(scales, by_sigma, "o-", color=BLUE)
    axes[1].set(xscale="log", xlabel="σ of all posteriors, times", title="from log n down to 0")
    label_ends(axes[1], {"log n": (log_n, GREY), "I_q": (by_sigma[-1], BLUE)})
    return figure


@lecture_hall
def estimators_figure(rows, exact, log_n):
    """Estimates of I_q from minibatches of B, each with its spread over batches; rows (B, log B, naive, ...)."""
    figure, ax = new_sheet()
    batch = [row[0] for row in rows]
    ax.axhline(exact, color=BLACK, linewidth=2)
    ax.axhline(log_n, color=GREY, linewidth=2)
    ax.plot(batch, [row[1] for row in rows], "--", color=GREY)
    ends = {}
    for k, (name, colour) in enumerate((("naive", ORANGE), ("stratified", BLUE), ("leave-one-out", GREEN)), start=2):
        mean, spread = (np.array([of(row[k]) for row in rows]) for of in (np.mean, np.std))
        ax.plot(batch, mean, "o-", color=colour)
        ax.fill_between(batch, mean - spread, mean + spread, color=colour, alpha=0.15, linewidth=0)
        ends[name] = (mean[-1], colour)
    ax.set(xscale="log", xlabel="objects in a minibatch, B", ylabel="I_q, nats", ylim=(0, 2 * log_n))
    middle = rows[len(rows) // 2]
    for name, x, y, colour, place in (
        ("log N", middle[0], log_n, GREY, (0, 4)),
        ("exact", batch[0], exact, BLACK, (0, -18)),
        ("log B", middle[0], middle[1], GREY, (-62, 2)),
    ):
        ax.annotate(name, (x, y), xytext=place, textcoords="offset points", color=colour, fontsize=15)
    label_ends(ax, ends)
    return figure


@lecture_hall
def critics_figure(panels: dict, log_b):
    """Estimates against the exact I, with their spread from batch to batch: title → (I, name → of → values, names)."""
    figure, axes = new_figure(1, len(panels), width=7.4, height=5.6)
    colours = {"NWJ": ORANGE, "interpolated": GREEN, "InfoNCE": BLUE, "leave-one-out": SKY}
    for ax, (title, (information, found, names)) in zip(axes[0], panels.items()):
        top = 1.3 * information[-1]
        ax.plot([0, information[-1]], [0, information[-1]], color=BLACK, linewidth=2)
        ax.axhline(log_b, color=GREY, linestyle="--", linewidth=2)
        ends = {"exact": (information[-1], BLACK), "log B": (log_b, GREY)}
        for name in names:
            mean, spread = (np.mean(found[name][of], axis=1) for of in ("mean", "spread"))
            ax.plot(information, mean, "o-", color=colours[name])
            ax.fill_between(information, mean - spread, mean + spread, color=colours[name], alpha=0.2, linewidth=0)
            ends[name] = (mean[-1], colours[name])
        ax.set(xlabel="exact I(x, z), nats", ylabel="estimate, nats", ylim=(0, top), xlim=(0, information[-1]))
        ax.set_title(title)
        label_ends(ax, ends)
    return figure


@lecture_hall
def elbo_curves_figure(steps, curves: dict):
    """The mean ELBO against training steps, on training images (dashed) and on test images: name → split → values."""
    figure, ax = new_sheet()
    ends = {}
    for (name, of), colour in zip(curves.items(), (BLUE, GREEN, ORANGE)):
        ax.plot(steps, of["train"], "--", color=colour)
        ax.plot(steps, of["test"], color=colour)
        ends[name] = (of["test"][-1], colour)
    values = np.concatenate([of["train"] for of in curves.values()])
    low, high = np.quantile(values, 0.1), values.max()
    ax.set(xlabel="training steps", ylabel="mean ELBO, nats", ylim=(low - (high - low), high + 1))
    ax.set_title("dashed: training images; full: test images (those of q_agg fall out of sight)")
    for (name, of), colour in zip(curves.items(), (BLUE, GREEN, ORANGE)):
        if of["test"][-1] < ax.get_ylim()[0]:
            ends[f"{name},\ntraining"] = (of["train"][-1], colour)
    label_ends(ax, ends)
    return figure


@lecture_hall
def latent_figure(vaes: dict, x):
    """Two latent dimensions: q_agg of the objects x, and two contours of the prior, inside which holes are dark."""
    figure, axes = new_panels(len(vaes), -(-len(vaes) // 2), width=3.2, height=3.4)
    for ax, (name, vae) in zip(axes, vaes.items()):
        z = np.concatenate([vae.posterior.draw(np.random.default_rng(0), x)[0], prior_draws(vae.prior)])
        (left, bottom), (right, top) = np.quantile(z, 0.003, axis=0) - 0.3, np.quantile(z, 0.997, axis=0) + 0.3
        box = (left, right, bottom, top)
        draw_density(ax, AggregatedPosterior(vae.posterior, x).log_prob, box)
        log_p = vae.prior.log_prob(points_of(box, 150).astype(np.float32)).reshape(150, 150)
        levels = np.quantile(vae.prior.log_prob(prior_draws(vae.prior)), (0.05, 0.5))
        ax.contour(log_p, levels=levels, extent=box, colors="white", linewidths=1, linestyles="solid")
        ax.set_title(name)
    figure.suptitle("q_agg (bright); the prior's 95 % and 50 % regions (white); dark inside: holes")
    return figure


def prior_draws(prior):
    """2,000 z of a prior."""
    return prior.sample(np.random.default_rng(0), 2000)


@lecture_hall
def samples_figure(task, draws: dict):
    """30 test images, and as many samples of each VAE: name → x (30, m)."""
    walls = {"test images": task.test[:30], **draws}
    figure, axes = new_panels(len(walls), -(-len(walls) // 2), width=2.9, height=3.5)
    for ax, (name, x) in zip(axes, walls.items()):
        draw_images(ax, task.images(x), columns=5, levels=task.levels)
        ax.set_title(name)
    return figure


@lecture_hall
def blur_figure(shares: dict, walls: dict, shape):
    """Blur of samples, cut into its shares, per code; below, the means of one VAE: code → name → values, → (n, m)."""
    codes, names = list(shares), list(next(iter(shares.values())))
    figure, axes = new_figure(2, len(codes), width=4.4, height=4.2)
    for (top, below), d in zip(axes.T, codes):
        samples, q_agg, best = (np.mean(shares[d][name]) for name in names)
        parts = (("averaging", best, BLUE), ("decoder", q_agg - best, GREEN), ("prior", samples - q_agg, ORANGE))
        top.barh(range(3), [value for _, value, _ in parts], color=[colour for *_, colour in parts])
        top.set_yticks(range(3), [name for name, *_ in parts] if d == codes[0] else [""] * 3)
        top.invert_yaxis()
        ends = [f"{value:+.3f}".replace("-", "−") for _, value, _ in parts]
        for k, text in enumerate(ends):
            top.annotate(text, (max(parts[k][1], 0), k), xytext=(6, 0), textcoords="offset points", va="center")
        top.set(xlim=(-0.05, 0.6), xlabel="share of the blur 4 μ (1 − μ)", title=f"{d} latent dimensions")
        draw_images(below, np.concatenate([walls[d][name] for name in names]).reshape(-1, *shape), 8, levels=2)
        below.set_title("\n".join(("rows: samples, z ~ p;", "z ~ q_agg; E[x|z], same z")), fontsize=14)
    return figure


@lecture_hall
def e_step_figure(curves: dict, limits: dict, every: int):
    """The gap log p(x) − ELBO as q is optimized, θ held, and the least gap that each family can have (dashed)."""
    figure, ax = new_sheet()
    ends = {}
    for (name, gaps), colour in zip(curves.items(), (BLUE, ORANGE)):
        ax.plot(every * np.arange(len(gaps)), np.maximum(gaps, 1e-4), "o-", color=colour)
        if limits[name] > 0:
            ax.axhline(limits[name], color=colour, linestyle="--", linewidth=1.5)
            ax.text(0, 0.9 * limits[name], f"its limit: {limits[name]:.4f}", color=colour, va="top")
        ends[name.replace(" ", "\n", 1)] = (max(gaps[-1], 1e-4), colour)
    ax.set(xlabel="steps of the E-step, θ held", ylabel="log p(x) − ELBO, nats", yscale="log")
    ax.set_title("each family stops at its limit; the AR flow's is 0")
    label_ends(ax, ends)
    return figure


@lecture_hall
def ladder_figure(bounds: dict):
    """ELBO ≤ IWAE_K ≤ log p(x), as bars from below: name → nats."""
    figure, ax = new_sheet()
    names, values = list(bounds), list(bounds.values())
    bottom = min(values) - 0.35 * (max(values) - min(values))
    colours = [ORANGE, *[BLUE] * (len(names) - 2), BLACK]
    bars = ax.bar(names, [v - bottom for v in values], bottom=bottom, color=colours, width=0.7)
    ax.bar_label(bars, [f"{v:.3f}".replace("-", "−") for v in values], padding=-24, color="white")
    ax.axhline(values[-1], color=BLACK, linewidth=1.5, linestyle="--")
    ax.set(ylabel="nats", ylim=(bottom, max(values) + 0.12 * (max(values) - bottom)))
    ax.set_title("no bound passes log p(x)")
    return figure


@lecture_hall
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


@lecture_hall
def grid_posteriors_figure(vaes: dict, task, x):
    """For each image p(z|x) by quadrature, and draws from each q(z|x)."""
    points = 150
    figure, axes = new_figure(len(x), 1 + len(vaes), width=2.6, height=2.6)
    where, log_joint = zoomed_log_joint(next(iter(vaes.values())), x, points)
    for ax, name in zip(axes[0, 1:], vaes):
        ax.set_title(name)
    for row, image, z, log_p in zip(axes, x, where, log_joint):
        draw_images(row[0], task.images(image[None]), columns=1, levels=task.levels)
        p = np.exp(log_p - log_p.max())
        centre = p @ z / p.sum()
        width = 4 * np.sqrt(np.max(p @ (z - centre) ** 2 / p.sum()))
        (left, bottom), (right, top) = z.min(axis=0), z.max(axis=0)
        for ax, vae in zip(row[1:], vaes.values()):
            box = (left, right, bottom, top)
            draw_bright(ax, p.reshape(points, points).T, box, interpolation="bilinear")
            draws = vae.posterior.draw(np.random.default_rng(0), np.repeat(image[None], 150, axis=0))[0]
            draw_points(ax, draws, SKY, size=6)
            ax.set(xlim=(centre[0] - width, centre[0] + width), ylim=(centre[1] - width, centre[1] + width))
            bare(ax)
    figure.suptitle("p(z|x) by quadrature (bright); draws from q(z|x) (blue)")
    return figure


@lecture_hall
def half_posteriors_figure(vaes: dict, task, x, log_posterior, chosen, gaps: dict, half_width: float):
    """For each chosen half image: what is seen, p(z|half) on its grid, and each q(z|half) with its mean gap."""
    figure, axes = new_figure(len(chosen), 2 + len(vaes), width=3.0, height=2.7)
    points = round(np.sqrt(log_posterior.shape[1]))
    titles = (f"{name}: gap {np.mean(gaps[name]):.2f}" for name in vaes)
    for ax, title in zip(axes[0], ("seen", "p(z|seen), exact", *titles)):
        ax.set_title(title)
    for row, i in zip(axes, chosen):
        hidden = np.full(task.m - x.shape[1], 0.5, np.float32)  # grey
        image = np.concatenate([x[i], hidden]).reshape(1, *task.shape)
        draw_images(row[0], image, columns=1, levels=task.levels)
        extent = (-half_width, half_width, -half_width, half_width)
        p = np.exp(log_posterior[i]).reshape(points, points).T
        draw_bright(row[1], p, extent, interpolation="bilinear")
        bare(row[1])
        for ax, vae in zip(row[2:], vaes.values()):

            def log_q(z, vae=vae, i=i):
                return vae.posterior.log_prob(z, np.repeat(x[i : i + 1], len(z), axis=0))

            draw_density(ax, log_q, extent)
        for ax in row[1:]:
            ax.set(xlim=(-5, 5), ylim=(-3.5, 3.5))
    return figure


@lecture_hall
def collapse_figure(steps, curves: dict):
    """Reconstruction, I_q and the test ELBO against training steps: name → (rounds, 5), the lab `collapse`'s terms."""
    figure, axes = new_figure(1, 3, width=5.2, height=5.2)
    panels = ((0, "reconstruction, nats"), (1, "I_q, nats"), (4, "test ELBO, nats"))
    for ax, (column, title) in zip(axes[0], panels):
        for (name, of), colour in zip(curves.items(), COLOURS):
            ax.plot(steps, of[:, column], "--" if name == "factorized" else "-", color=colour)
        values = np.concatenate([of[1:, column] for of in curves.values()])
        margin = 0.06 * np.ptp(values)
        ax.set(xlabel="training steps", ylim=(values.min() - margin, values.max() + margin))
        ax.set_title(title)
    ends = {name: (of[-1, 4], colour) for (name, of), colour in zip(curves.items(), COLOURS)}
    label_ends(axes[0, 2], ends)
    return figure
