"""Row 9: PixelCNN++, an autoregressive model of pixels whose conditionals are discretized logistic mixtures.

Measured: bits/dim on the test images of PixelCNN and of a MADE with a categorical, one logistic and a mixture of 5;
that no output sees what comes later; and the claim where it belongs, at many levels: the same digits moved by a part of
a pixel, which makes their values smooth, in 17, 65 and 257 levels. A categorical learns each level by itself, a mixture
shares. On the digits as they are, half of whose pixels are exactly 0, a few free numbers per pixel do as well.
`--data` takes MNIST-like images or CIFAR-10, whose three channels PixelCNN connects as PixelCNN++ does (the MADE reads
every number as a pixel of its own).
"""

import numpy

from minidgm.data import Images, Split
from minidgm.discrete import CategoricalOutput, MixtureOutput, PixelCNN, PixelMADE, bits_per_dim
from minidgm.labs import Options, Part
from minidgm.labs.images import LARGEST, images_for
from minidgm.labs.judge import every, mean_and_error, positive, signed, told
from minidgm.labs.report import Report
from minidgm.labs.timing import announce
from minidgm.labs.training import fit, negative_log_likelihood
from minidgm.plots.discrete import bits_figure, levels_figure, walls_figure
from minidgm.tensor import parameters
from minidgm.train import mean_loss

OUTPUTS = {
    "categorical": CategoricalOutput,
    "logistic": lambda levels, channels: MixtureOutput(levels, 1, channels),
    "mixture of 5": lambda levels, channels: MixtureOutput(levels, 5, channels),
}
HIDDEN = 128  # of the MADE
FINER = (17, 65, 257)  # levels of the moved digits


def pixelcnn(report: Report, options: Options) -> None:
    """Row 9: train all, compare at few levels and at many, answer."""
    images, causal = images_for(options), later_pixels()
    bits: dict = {}  # (network, output, data) → one value per seed
    sizes, drawn = {}, 8 if options.quick else 64 if images.train.y.shape[1] <= 100 else 16
    walls = {"test images": images.test.images[:drawn].reshape(-1, *images.shape)}
    for seed in range(options.seeds):
        for data, network, output in plan(images):
            part = moved(images, data[1], numpy.random.default_rng(seed)) if data[0] else images
            key, outputs = (network, output, data), OUTPUTS[output](part.levels, 1).size
            if network == "MADE" and HIDDEN * part.train.y.shape[1] * outputs > LARGEST:
                sizes[key] = HIDDEN * part.train.y.shape[1] * outputs
                continue
            model = build(network, part, output, numpy.random.default_rng(seed))
            sizes[key] = sum(theta.size for theta in parameters(model).values())
            value = trained_bits(model, part, options, seed, f"{network}, {output}, {part.levels} levels")
            bits.setdefault(key, []).append(value)
            if seed == 0 and not data[0] and output != "logistic":
                samples = model.sample(numpy.random.default_rng(0), drawn)
                walls[f"{network}, {output}"] = samples.reshape(-1, *images.shape)
    answer(report, images, bits, causal)
    rows = [(network, output, name_of(data), sizes[network, output, data], values)
            for (network, output, data), values in bits.items()]  # fmt: skip
    report.table("pixelcnn", ("network", "output", "images", "weights", "test bits/dim"), rows,
                 f"{len(images.train):,} training images, {options.seeds} seeds")  # fmt: skip
    for network, output, data in (key for key in sizes if key not in bits):
        report.say(f"{network}, {output}: left out, {sizes[network, output, data]:,} weights.\n")
    if images.train.y.shape[1] > 100:
        report.say("PixelCNN takes 400 steps of 16 images, not 1,000 of 32: a comparison, not its best.\n")
    if images.levels <= 32:
        report.say(why(images))
    few = {(network, output): values for (network, output, data), values in bits.items() if not data[0]}
    report.figure(
        "bits", bits_figure(few), **{f"{network}, {output}": values for (network, output), values in few.items()}
    )
    if images.levels <= 32:
        gains = {name: {levels: gain(bits, name, (True, levels)) for levels in FINER} for name in ("MADE", "PixelCNN")}
        report.figure("levels", levels_figure(gains), gains=gains)
    report.figure("samples", walls_figure(walls, images.levels), **walls)


def why(images: Images) -> str:
    """Why order saves nothing in PixelCNN on images of few levels as they are."""
    y = images.train.y
    at_ends = numpy.mean((y == 0) | (y == images.levels - 1))
    return (
        f"As they are, {at_ends:.0%} of the pixels are at one of the two ends, where no neighbouring level helps, and "
        f"each of the {images.levels} levels is seen {y.size // images.levels:,} times by the output that PixelCNN "
        "uses for all pixels: there is little to share. A MADE has an output of its own for each pixel.\n"
    )


def plan(images: Images):
    """What to train: ((whether moved, levels), network, output)."""
    for network in ("MADE", "PixelCNN"):
        yield from (((False, images.levels), network, output) for output in OUTPUTS)
        if images.levels <= 32:  # others have many levels themselves
            for levels in FINER if network == "MADE" else FINER[::2]:  # PixelCNN takes its time
                yield from (((True, levels), network, output) for output in ("categorical", "mixture of 5"))


def name_of(data: tuple[bool, int]) -> str:
    """The images in a table."""
    return f"{'moved, ' if data[0] else ''}{data[1]} levels"


def moved(images: Images, levels: int, rng) -> Images:
    """Each image moved by a part of a pixel, drawn once per image, in as many levels as asked for."""

    def part(split: Split) -> Split:
        n, height, width = split.images.shape[:3]
        y = numpy.pad(split.images.reshape(n, height, width, -1).astype(float), ((0, 0), (0, 1), (0, 1), (0, 0)))
        a, b = rng.random((2, n, 1, 1, 1))
        upper, lower = ((1 - b) * rows[:, :, :-1] + b * rows[:, :, 1:] for rows in (y[:, :-1], y[:, 1:]))
        value = ((1 - a) * upper + a * lower) / (images.levels - 1)
        return Split(numpy.rint((levels - 1) * value).astype(numpy.int32).reshape(split.images.shape), split.labels)

    return Images(*(part(split) for split in images[:3]), levels, images.shape)


def build(network: str, images: Images, output: str, rng):
    """A MADE on flat images, or a PixelCNN."""
    if network == "MADE":
        return PixelMADE(images.train.y.shape[1], OUTPUTS[output](images.levels, 1), (HIDDEN,), rng)
    return PixelCNN(images.shape, OUTPUTS[output](images.levels, images.shape[2]), rng, width=24, blocks=2)


def trained_bits(model, images: Images, options: Options, seed: int, name: str) -> float:
    """Train one model, the best on the validation images kept; its bits/dim on the test images."""
    rng, y = numpy.random.default_rng(seed), images.train.y
    steps, batch = (20, 32) if options.quick else schedule(model)
    announce(name, model, negative_log_likelihood, y[:batch], steps)
    fit(model, negative_log_likelihood, y, rng, steps=steps, batch=batch, validation=images.validation.y[:300],
        checks=14 if steps > 500 else 5, name=f"{name}, seed {seed}")  # fmt: skip
    return float(bits_per_dim(-mean_loss(model, negative_log_likelihood, images.test.y), y.shape[1]))


def schedule(model) -> tuple[int, int]:
    """Steps of a training, and images per step: what a laptop does in a minute. PixelCNN's time grows with pixels."""
    if isinstance(model, PixelMADE):
        return 700, 32
    return (1000, 32) if numpy.prod(model.shape) <= 100 else (400, 16)


def later_pixels() -> float:
    """How much the conditionals of pixels up to j change when those after j do: the largest, which must be 0."""
    rng, largest = numpy.random.default_rng(0), 0.0
    model = PixelCNN((5, 5, 1), MixtureOutput(17, 2), rng, width=8, blocks=2)
    y = rng.integers(0, 17, (4, 5, 5, 1)).astype(numpy.int32)
    for j in (0, 7, 12, 23):
        other = y.reshape(4, 25).copy()
        other[:, j + 1 :] = rng.integers(0, 17, (4, 24 - j))
        before, after = (model.net(a.reshape(y.shape)).reshape(4, 25, -1)[:, : j + 2] for a in (y, other))
        largest = max(largest, float(numpy.abs(before - after).max()))
    return largest


# ------------------------------------------------------------------ what the numbers say


def gain(bits: dict, network: str, data: tuple[bool, int], over: str = "categorical"):
    """Bits/dim that a mixture of 5 saves, one value per seed; none where one of the two is left out."""
    pair = [bits.get((network, output, data), []) for output in (over, "mixture of 5")]
    return numpy.subtract(*pair) if all(pair) else numpy.array([])


def answer(report: Report, images: Images, bits: dict, causal: float) -> None:
    """Row 9, from the paired differences between outputs."""
    own = False, images.levels
    most = max((data for _, _, data in bits), key=lambda data: data[1])
    at_most, as_they_are = gain(bits, "PixelCNN", most), gain(bits, "PixelCNN", own)
    made = gain(bits, "MADE", most)
    because = f"in PixelCNN a mixture saves {signed(at_most)} bits/dim at {most[1]} levels"
    if len(made):
        because += f", in a MADE {numpy.mean(made):+.2f}"
    if most != own:
        because += f"; {numpy.mean(as_they_are):+.3f} on digits as they are"
    report.answer(
        9,
        every(causal == 0, positive(at_most)),
        because,
        number=told(f"{mean_and_error(at_most)} bits/dim saved", at_most),
        at_most=at_most, as_they_are=as_they_are, made=made, later_pixels=causal,
        over_one_logistic=gain(bits, "PixelCNN", own, "logistic"), made_as_they_are=gain(bits, "MADE", own),
    )  # fmt: skip


PARTS = (Part((9,), pixelcnn),)
