"""Questions about discrete data: pixels, noise, bins and bits."""

import numpy as np

from minidgm.course.why.question import asks
from minidgm.data import load_digits
from minidgm.discrete import bits_per_dim, discretized_log_prob
from minidgm.discrete.dequantize import dequantize
from minidgm.discrete.exact import discrete_log_prob
from minidgm.distributions import Logistic, Normal
from minidgm.functional import log_diff_sigmoid, sigmoid


@asks(
    "Noise of up to 1/256 is added to the pixels. Why 256 and not 255?",
    "Levels y = 0..255 get uniform noise u, and x = (y + u) / c is to lie in [0, 1), where a logit is finite. Which c?",
    choices=("255, so that white is 1.", "256, the number of levels.", "It does not matter."),
    right=lambda v: 2 if v["largest x, c = 255"] > 1 > v["largest x, c = 256"] else 3,
    answer="With 255 the brightest pixel reaches {largest x, c = 255:.4f}, where a logit is NaN; with 256 it ends at "
    "{largest x, c = 256:.6f}. 256 levels are 256 cells of width 1. Without noise 255 is a habit like another; with "
    "noise the number of levels is meant, and log c goes into the log-likelihood, once per pixel.",
    thread="https://github.com/y0ast/Glow-PyTorch/issues/23",
    read="minidgm/flows/elementwise.py (Logit); exercise 25",
)
def by_255_or_256():
    rng = np.random.default_rng(0)
    x = dequantize(np.full((1000, 1), 255), rng.random((1000, 1)))
    return {
        "largest x, c = 255": x.max() / 255,
        "largest x, c = 256": x.max() / 256,
    }


@asks(
    "The density at the pixel, or the difference of the cdf?",
    "P(y) of a pixel is to come from a logistic with mu = 100 and s = 0.1. One way takes the density p(y) itself. What "
    "do these p(y) sum to over the 256 levels?",
    choices=("To about 0.4.", "To 1, or very nearly.", "To about 2.5."),
    right=lambda v: 1 + int(np.argmin(np.abs(np.array([0.4, 1, 2.5]) - v["sum of densities"]))),
    answer="To {sum of densities:.2f}; the differences F(y + 1/2) - F(y - 1/2) sum to {sum of differences:.2f}. A "
    "density is a fine stand-in while it is flat across a cell; as soon as a model is sure of its pixel it is not, and "
    "training is rewarded for making s small. The difference is a probability whatever s is.",
    thread="https://github.com/r9y9/wavenet_vocoder/issues/14",
    read="minidgm/discrete/discretize.py; exercise 12; minidgm lab discretize",
)
def pdf_or_cdf():
    y, model = np.arange(256), Logistic(100.0, 0.1)
    densities = np.exp(model.log_prob(y.astype(float)))
    differences = np.exp(discretized_log_prob(y, model, 256))
    return {
        "sum of densities": densities.sum(),
        "sum of differences": differences.sum(),
    }


@asks(
    "Why are 0 and 255 special cases in the loss of PixelCNN++?",
    "A logistic with mu = -2, s = 3 is put on levels 0..15 by differences of its cdf over y - 1/2 .. y + 1/2. If level "
    "0 and level 15 are treated like the others, what do the probabilities sum to?",
    right=lambda v: v["ordinary ends"],
    tolerance=0.1,
    answer="{ordinary ends:.2f}: the rest lies below -1/2, where no pixel can be. The first bin is opened to minus "
    "infinity and the last to infinity, and the sum is {open ends:.2f}. Without it a model that is sure of black would "
    "throw most of its probability away.",
    thread="https://github.com/openai/pixel-cnn/issues/23",
    read="minidgm/discrete/discretize.py; exercise 12",
)
def open_ends():
    y, model = np.arange(16), Logistic(-2.0, 3.0)
    ordinary = model.cdf(y + 0.5) - model.cdf(y - 0.5)
    opened = np.exp(discretized_log_prob(y, model, 16))
    return {"ordinary ends": ordinary.sum(), "open ends": opened.sum()}


@asks(
    "What is the log-density in the middle of the bin for, 'in extreme cases'?",
    "log(sigmoid(a) - sigmoid(b)) is wanted at a = 40.5, b = 39.5, a pixel far out in the tail. What does this very "
    "line give in float64?",
    choices=("-40.0, the right value.", "About -36, the log of the rounding error.", "-inf."),
    right=lambda v: 3 if v["as written"] == -np.inf else 1 if abs(v["as written"] - v["log_diff_sigmoid"]) < 0.1 else 2,
    answer="{as written}: both sigmoids are 1 to the last digit. The exact value is {log_diff_sigmoid:.3f}. Well-known "
    "code has a threshold here and a density instead; log s(a) + log s(-b) + log(1 - exp(b - a)) needs neither.",
    thread="https://github.com/openai/pixel-cnn/issues/25",
    read="minidgm/functional.py; exercise 01",
)
def tail():
    a, b = np.array(40.5), np.array(39.5)
    with np.errstate(divide="ignore"):
        written = np.log(sigmoid(a) - sigmoid(b))
    return {"as written": written, "log_diff_sigmoid": log_diff_sigmoid(a, b)}


@asks(
    "Why do people add 8 to the bits per dimension?",
    "Pixels 0..255, all equally likely, cost 8 bits each. A flow sees x = (y + u) / 256 and has learned the truth, "
    "p(x) = 1 on [0, 1). How many bits must be added to -log2 p(x) per pixel, to get the bits per pixel?",
    right=lambda v: v["bits of y"] - v["bits of x"],
    answer="0 bits become {bits of y:.0f}: log2 256 = 8, the price of the division. A density of x is "
    "256 times as high as that of 256 x. With 32 levels it would be 5: the 8 is no law of nature.",
    thread="https://github.com/jhjacobsen/invertible-resnet/issues/9",
    read="minidgm/discrete/discretize.py (bits_per_dim); exercise 25",
)
def eight_bits():
    m = 10
    log_p_x = np.zeros(1)  # log p(x) = 0 on the unit cube
    log_p_y = log_p_x - m * np.log(256)  # y + u = 256 x
    return {
        "bits of x": bits_per_dim(log_p_x, m)[0],
        "bits of y": bits_per_dim(log_p_y, m)[0],
    }


@asks(
    "And why do others add 7?",
    "Now images are scaled to [-1, 1): x = (y + u) / 128 - 1. Again all levels are equally likely and the flow has "
    "learned it. How many bits must be added to -log2 p(x) per pixel?",
    right=lambda v: v["bits of y"] - v["bits of x"],
    answer="{bits of y:.0f} - {bits of x:.0f}: p(x) is 1/2 on an interval of length 2, which is 1 bit, and dividing by "
    "128 costs 7. Whatever was done to the data, its log-derivative belongs to the likelihood.",
    thread="https://github.com/yang-song/score_sde_pytorch/issues/51",
    read="exercise 25",
)
def seven_bits():
    m = 10
    log_p_x = np.array([-m * np.log(2)])  # uniform on [-1, 1)^m
    log_p_y = log_p_x - m * np.log(128)  # y + u = 128 (x + 1)
    return {
        "bits of x": bits_per_dim(log_p_x, m)[0],
        "bits of y": bits_per_dim(log_p_y, m)[0],
    }


@asks(
    "Why are the bits per dimension of two papers not comparable?",
    "The handwritten digits have 17 gray levels. Another paper keeps fewer of them, y // 4. The same simple model, the "
    "histogram of the pixel values, is fitted to both. What does it say?",
    choices=(
        "The same bits/dim: they are the same images.",
        "More bits/dim for fewer levels, as they are harder to tell apart.",
        "Fewer bits/dim for fewer levels.",
    ),
    right=lambda v: 3 if v["y // 4"] < v["17 levels"] - 0.2 else 1,
    answer="{17 levels:.2f} bits against {y // 4:.2f}. Coarser data are cheaper to store. Levels, crop, channels, "
    "noise and bound all enter the number; compare only where all of them agree.",
    thread="https://github.com/rosinality/glow-pytorch/issues/4",
    read="minidgm/discrete/discretize.py; minidgm lab pixelcnn",
)
def two_papers():
    y = load_digits().train.y
    bits = {}
    for name, levels in (("17 levels", y), ("y // 4", y // 4)):
        p = np.bincount(levels.ravel().astype(int)) / levels.size
        bits[name] = -np.sum(p[p > 0] * np.log2(p[p > 0]))
    return bits


@asks(
    "Does it help to drop the noise at test time?",
    "A density has been trained on y + u. For the test a colleague leaves the noise out, and reports log p(y), which "
    "looks better. Here p is a Gaussian about the level, N(0, 0.3^2); P(y) is its integral over the cell [0, 1). Which "
    "is true?",
    choices=(
        "log p(y) is above log P(y): the score is better than the truth, so it is no score.",
        "log p(y) is a better estimate of log P(y) than the bound E log p(y + u).",
        "Both are below log P(y); the noise does not matter.",
    ),
    right=lambda v: 1 if v["log p(y), no noise"] > v["log P(y)"] > v["E log p(y + u)"] else 2,
    answer="log p(y) = {log p(y), no noise:.2f}, the exact log P(y) = {log P(y):.2f}, the bound {E log p(y + u):.2f}. "
    "A density at a point is not a probability. A bound may be loose, but whoever reports it promises too little, not "
    "too much; a better noise q(u|y) makes it tight.",
    thread="https://github.com/openai/glow/issues/43",
    read="minidgm/discrete/dequantize.py; exercises 14 and 15; minidgm lab dequantize",
)
def without_noise():
    class Model:
        def log_prob(self, x):
            return Normal(0.0, 0.3).log_prob(x)[:, 0]

    y = np.zeros((1, 1))
    u = np.random.default_rng(0).random((100_000, 1))
    bound = np.mean(Model().log_prob(dequantize(np.zeros_like(u), u)))
    exact = discrete_log_prob(Model(), y)[0]
    return {
        "log p(y), no noise": Model().log_prob(y)[0],
        "log P(y)": exact,
        "E log p(y + u)": bound,
    }
