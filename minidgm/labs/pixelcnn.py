"""Row 9: PixelCNN++, an autoregressive model of pixels whose conditionals are discretized logistic mixtures.

Measured: bits/dim on the test images of PixelCNN and of a MADE with a categorical, one logistic and a mixture of 5;
that no output sees what comes later; and the claim where it belongs, at many levels. The digits' 17 levels become 272
by 16 equally likely ones each: exactly 4 bits/dim more for the best model, whatever the images, so what a model pays
beyond them is its own. A categorical learns each level by itself, a mixture shares. `--data` takes MNIST-like images or
CIFAR-10, whose three channels PixelCNN connects as PixelCNN++ does (the MADE reads every number as a pixel of its own).
"""

import numpy

from minidgm.data import Images, Split
from minidgm.discrete import CategoricalOutput, MixtureOutput, PixelCNN, PixelMADE, bits_per_dim
from minidgm.labs import Options, Part
from minidgm.labs.images import images_for
from minidgm.labs.judge import every, mean_and_error, positive, signed
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
LARGEST = 3_000_000  # weights of a MADE: it needs some for each pixel and output, PixelCNN shares its own
HIDDEN = 128  # of the MADE
FINER = (1, 4, 16)  # levels that one level becomes


def pixelcnn(report: Report, options: Options) -> None:
    """Row 9: train all, compare at few levels and at many, answer."""
    images, causal = images_for(options), later_pixels()
    bits: dict = {}  # (network, output, levels) → one value per seed
    sizes, walls, left_out = {}, {}, []
    drawn = 8 if options.quick else 64 if images.train.y.shape[1] <= 100 else 16
    walls["test images"] = images.test.images[:drawn].reshape(-1, *images.shape)
    for seed in range(options.seeds):
        for network, output, factor in plan(images):
            finer = refined(images, factor, numpy.random.default_rng(seed))
            model = build(network, finer, output, numpy.random.default_rng(seed))
            sizes[network, output, finer.levels] = sum(theta.size for theta in parameters(model).values())
            if network == "MADE" and sizes[network, output, finer.levels] > LARGEST:
                left_out.append((network, output, finer.levels))
                continue
            value = trained_bits(model, finer, options, seed, f"{network}, {output}, {finer.levels} levels")
            bits.setdefault((network, output, finer.levels), []).append(value)
            if seed == 0 and factor == 1 and output != "logistic":
                samples = model.sample(numpy.random.default_rng(0), drawn)
                walls[f"{network}, {output}"] = samples.reshape(-1, *images.shape)
    answer(report, images, bits, causal)
    rows = [(network, output, levels, sizes[network, output, levels], values)
            for (network, output, levels), values in bits.items()]  # fmt: skip
    report.table("pixelcnn", ("network", "output", "levels", "weights", "test bits/dim"), rows,
                 f"{len(images.train):,} training images, {options.seeds} seeds")  # fmt: skip
    for network, output, levels in dict.fromkeys(left_out):
        report.say(f"{network}, {output}, {levels} levels: left out, {sizes[network, output, levels]:,} weights.\n")
    few = {(network, output): values for (network, output, levels), values in bits.items() if levels == images.levels}
    report.figure(
        "bits", bits_figure(few), bits={f"{network} {output}": values for (network, output), values in few.items()}
    )
    prices = prices_of(images, bits)
    if any(len(curve) > 1 for curve in prices.values()):
        report.figure("levels", levels_figure(prices), prices=prices)
    report.figure("samples", walls_figure(walls, images.levels), **walls)


def plan(images: Images):
    """What to train: (network, output, levels that one level becomes)."""
    for network in ("MADE", "PixelCNN"):
        yield from ((network, output, 1) for output in OUTPUTS)
        if images.levels <= 32:  # others have many levels themselves
            factors = FINER[1:] if network == "MADE" else FINER[-1:]
            yield from ((network, output, factor) for factor in factors for output in ("categorical", "mixture of 5"))


def refined(images: Images, factor: int, rng) -> Images:
    """Each level y as `factor` equally likely ones: y · factor + 0..factor − 1."""
    if factor == 1:
        return images

    def finer(part: Split) -> Split:
        wide = part.images.astype(numpy.int32) * factor
        return Split(wide + rng.integers(0, factor, wide.shape), part.labels)

    return Images(*(finer(part) for part in images[:3]), images.levels * factor, images.shape)


def build(network: str, images: Images, output: str, rng):
    """A MADE on flat images, or a PixelCNN."""
    if network == "MADE":
        return PixelMADE(images.train.y.shape[1], OUTPUTS[output](images.levels, 1), (HIDDEN,), rng)
    return PixelCNN(images.shape, OUTPUTS[output](images.levels, images.shape[2]), rng, width=24, blocks=2)


def trained_bits(model, images: Images, options: Options, seed: int, name: str) -> float:
    """Train one model, the best on the validation images kept; its bits/dim on the test images."""
    rng, y = numpy.random.default_rng(seed), images.train.y
    steps = 20 if options.quick else 700
    announce(name, model, negative_log_likelihood, y[:32], steps)
    fit(model, negative_log_likelihood, y, rng, steps=steps, batch=32, validation=images.validation.y[:300], checks=14,
        name=f"{name}, seed {seed}")  # fmt: skip
    return float(bits_per_dim(-mean_loss(model, negative_log_likelihood, images.test.y), y.shape[1]))


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


def prices_of(images: Images, bits: dict) -> dict:
    """ "network, output" → levels → bits/dim beyond what finer levels cost any model, log₂ of the factor."""
    prices: dict = {}
    for (network, output, levels), values in bits.items():
        if output != "logistic":
            price = numpy.array(values) - numpy.log2(levels / images.levels)
            prices.setdefault(f"{network}, {output}", {})[levels] = price
    return prices


def answer(report: Report, images: Images, bits: dict, causal: float) -> None:
    """Row 9, from the paired differences between outputs."""

    def gain(network: str, levels: int, over: str = "categorical"):
        """Bits/dim that a mixture of 5 saves, seed by seed; nan where one is left out."""
        pair = [bits.get((network, output, levels)) for output in (over, "mixture of 5")]
        return numpy.subtract(*pair) if all(pair) else numpy.array([numpy.nan])

    few, many = images.levels, max(levels for _, _, levels in bits)
    per_level = images.train.y.size // few
    at_many, at_few = gain("PixelCNN", many), gain("PixelCNN", few)
    because = f"at {many} levels a mixture saves {signed(at_many)} bits/dim over a categorical"
    if many > few:
        because += f"; at {few}, seen {per_level:,} times each, {numpy.mean(at_few):+.3f}"
    report.answer(
        9,
        every(causal == 0, positive(at_many)),
        because,
        number=f"{mean_and_error(at_many)} bits/dim saved at {many} levels",
        at_many=at_many, at_few=at_few, over_one_logistic=gain("PixelCNN", few, "logistic"),
        made={str(levels): gain("MADE", levels) for network, output, levels in bits
              if network == "MADE" and output == "mixture of 5"},
        later_pixels=causal,
        network=numpy.subtract(bits["MADE", "mixture of 5", few], bits["PixelCNN", "mixture of 5", few])
        if ("MADE", "mixture of 5", few) in bits else [],
    )  # fmt: skip


PARTS = (Part((9,), pixelcnn),)
