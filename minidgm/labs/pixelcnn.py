"""Row 9: PixelCNN++, an autoregressive model of pixels whose conditionals are discretized logistic mixtures.

Measured: bits/dim on the test images of PixelCNN and of a MADE, each with five outputs: a categorical, one discretized
logistic, and mixtures of 2, 5 and 10; samples of both drawn. All train alike, the best on the validation images kept.
The digits take five minutes on one core; `--data` takes MNIST-like images or CIFAR-10, whose three channels PixelCNN
connects as PixelCNN++ does (the MADE reads every number as a pixel of its own).
"""

import time

import autograd.numpy as np
import numpy

from minidgm.data import load_images
from minidgm.discrete import CategoricalOutput, MixtureOutput, PixelCNN, PixelMADE, bits_per_dim
from minidgm.labs import Options
from minidgm.labs.report import Report, mean_and_error
from minidgm.optim import Adam, warmup_cosine
from minidgm.plots.discrete import bits_figure, walls_figure
from minidgm.tensor import parameters
from minidgm.train import mean_loss, train

COMPONENTS = (1, 2, 5, 10)
LIMITS = {"train": 20_000, "validation": 1000, "test": 2000}  # images of a larger data set that a laptop has time for
QUICK = {"train": 200, "validation": 32, "test": 32}
LARGEST = 20_000_000  # parameters of a MADE: it needs some for each pixel and output, PixelCNN shares its own
WIDTH = 256  # of the MADE's hidden layer


def run(report: Report, options: Options) -> None:
    """Train, compare, sample."""
    report.say("Row 9: P(y) = Π_j P(y_j | y_<j), each conditional a discretized mixture of logistics (PixelCNN++)")
    images = load_images(options.data)
    steps = {"MADE": 60, "PixelCNN": 12} if options.quick else {"MADE": 800, "PixelCNN": 1200}
    seeds = 1 if options.quick else options.seeds
    m, drawn = images.train.y.shape[1], 8 if options.quick else 64 if images.train.y.shape[1] < 100 else 16
    limits = QUICK if options.quick else LIMITS
    data = {part: getattr(images, part).y[:limit] for part, limit in limits.items()}
    rows, means, walls = [], {}, {"test images": images.test.images[:drawn].reshape(-1, *images.shape)}
    for network in steps:
        for name, output in outputs(images, 1 if network == "MADE" else images.shape[2]).items():
            if network == "MADE" and WIDTH * m * output().size > LARGEST:
                report.say(f"MADE, {name}: left out, more than {LARGEST:,} parameters")
                continue
            bits, size, start = [], 0, time.perf_counter()
            for seed in range(seeds):
                model = build(network, images, output(), numpy.random.default_rng(seed))
                test_loss = fit(model, data, steps[network], seed, f"{network}, {name}")
                bits.append(float(bits_per_dim(-test_loss, m)))
                size = sum(theta.size for theta in parameters(model).values())
            means[network, name] = bits
            seconds = (time.perf_counter() - start) / seeds
            rows.append((network, name, size, mean_and_error(bits), f"{seconds:.0f}"))
            if name in ("categorical", "mixture of 5"):
                samples = model.sample(numpy.random.default_rng(0), drawn)
                walls[f"{network}, {name}"] = samples.reshape(-1, *images.shape)
    header = ("network", "output", "parameters", "test bits/dim", "seconds a seed")
    report.table("pixelcnn", header, rows, f"{len(data['train']):,} training images, {seeds} seeds")
    conclude(report, means)
    report.figure("bits", bits_figure(means))
    report.figure("samples", walls_figure(walls, images.levels))


def outputs(images, channels: int) -> dict:
    """Name → a function that makes the output."""
    made = {"categorical": lambda: CategoricalOutput(images.levels, channels)}
    for k in COMPONENTS:
        name = "logistic" if k == 1 else f"mixture of {k}"
        made[name] = lambda k=k: MixtureOutput(images.levels, k, channels)
    return made


def build(network: str, images, output, rng):
    """A MADE on flat images, or a PixelCNN."""
    if network == "MADE":
        return PixelMADE(images.train.y.shape[1], output, (WIDTH,), rng)
    return PixelCNN(images.shape, output, rng, width=32, blocks=3)


def fit(model, data: dict, steps: int, seed: int, name: str) -> float:
    """Train one model; its mean −log P on the test images."""
    rng = numpy.random.default_rng(seed)
    train(model, negative_log_likelihood, data["train"], rng, steps=steps, batch=32, validation=data["validation"],
          optimizer=Adam(warmup_cosine(3e-3, steps // 20, steps)), every=max(steps // 15, 10), patience=4, clip=10.0,
          average=0.98, name=f"{name}, seed {seed}")  # fmt: skip
    return mean_loss(model, negative_log_likelihood, data["test"])


def negative_log_likelihood(model, y, rng):
    return -np.mean(model.log_prob(y))


def conclude(report: Report, means: dict) -> None:
    """What the numbers say, in sentences; a difference counts from two standard errors of it on."""
    for network in dict.fromkeys(network for network, _ in means):
        mine = {name: bits for (net, name), bits in means.items() if net == network}
        if "categorical" not in mine:
            continue
        best = min(mine, key=lambda name: numpy.mean(mine[name]))
        report.say(
            f"{network}: best with {best}, {numpy.mean(mine[best]):.3f} bits/dim; "
            f"a mixture of 5 against the categorical: {difference(mine['mixture of 5'], mine['categorical'])}; "
            f"against one logistic: {difference(mine['mixture of 5'], mine['logistic'])}."
        )
    both = [means[network, "mixture of 5"] for network in ("PixelCNN", "MADE")]
    report.say(f"PixelCNN against MADE, both with mixtures of 5: {difference(*both)}.")


def difference(bits, others) -> str:
    """Mean ± standard error of the differences seed by seed, and who is better, if that can be said."""
    delta = numpy.subtract(bits, others)
    if len(delta) < 2:
        return f"{delta[0]:+.3f} bits/dim (one seed)"
    error = delta.std(ddof=1) / numpy.sqrt(len(delta))
    sure = "better" if delta.mean() < -2 * error else "worse" if delta.mean() > 2 * error else "no clear difference"
    return f"{delta.mean():+.3f} ± {error:.3f} bits/dim ({sure})"
