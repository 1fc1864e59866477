"""Figures on the page: their colours follow the page's, light and dark, and their texts say what is seen."""

import base64
import re
from pathlib import Path

LARGEST = 250_000  # bytes of an SVG; a larger one is shown as the PNG beside it

# A colour of minidgm.plots.common, and what stands for it on white and on the dark page: as text 4.5 : 1 or more.
COLOURS = {
    "#000000": ("#1b1f24", "#e6e9ed"),
    "#222222": ("#1b1f24", "#e6e9ed"),
    "#0072b2": ("#0069a6", "#64b5f0"),
    "#d55e00": ("#b34e00", "#ff9d57"),
    "#009e73": ("#007a58", "#45cf9f"),
    "#aa4499": ("#aa4499", "#e590d8"),
    "#56b4e9": ("#56b4e9", "#3f86b0"),
    "#8c8c8c": ("#6a6f76", "#a0a7b0"),
}
PAPER = ("#ffffff", "#14171b")
SHORTER = re.compile(r"(\d{2,}\.\d{2}|\d\.\d{3})\d+(?![\de])")  # a hundredth of a point is not seen
GROUND = re.compile(r'(<g id="patch_\d+">\s*<path d="[^"]*" style=")fill: #ffffff')

SEEN = {
    "autoregressive/times-ar": (
        "Line chart, both axes logarithmic: milliseconds per call against the dimensions m from 2 to 128, for g in m "
        "passes (highest), g by the engine's inversion, and f (lowest)."
    ),
    "autoregressive/times-inverse": (
        "Line chart, both axes logarithmic: milliseconds per call against the dimensions m from 2 to 128, for f in m "
        "passes (highest), f by the engine's inversion, and g (lowest)."
    ),
    "coupling/times": (
        "Line chart, both axes logarithmic: milliseconds per call against the dimensions m from 2 to 256; the lines "
        "of f and of g lie upon each other."
    ),
    "coupling/jacobian": "The Jacobian of a coupling layer as a matrix of coloured squares in four blocks.",
    "flow-is-vae/gap": (
        "Dots on straight lines, both axes logarithmic: the gap between log p(x) and the ELBO against the noise τ, "
        "measured and by the formula, for two moons and for images."
    ),
    "degenerate/diverge": (
        "Line chart: log-likelihood per pixel against training steps; on raw levels it rises at every look, with "
        "uniform noise it stays level below zero."
    ),
    "degenerate/deleted": (
        "Line chart, logarithmic: probability of each level where the deleted level was right; the categorical falls "
        "into a hole there, the mixture does not."
    ),
    "pixels/pixels": "Bar chart: the share of pixels at each level; the bars of the two end levels stand out.",
    "discretize/discretize": (
        "Panels for mixtures of more and more logistics: bars P(y), the density as a line, the data's shares as dots, "
        "and grey tails that the edge bins take."
    ),
    "pixelcnn/bits": (
        "Dots, one per seed: test bits per dimension of each kind of output, for the MADE and for PixelCNN."
    ),
    "dequantize/cells": (
        "Three panels: probabilities of levels as sticks, the same as uniform blocks over the cells, and a smooth "
        "density whose area over each cell is the same."
    ),
    "dequantize/chain": (
        "Lines, one per seed: bits per dimension fall from the uniform bound over the variational and the flow's to "
        "the importance-weighted ones."
    ),
    "preprocessing/mistakes": (
        "Bar chart: what each mistake reports less the truth, in bits per dimension; bars to the left are mistakes "
        "that look like progress."
    ),
    "surgery/information": (
        "Two line charts of I_q: against the number of objects below the line log n, and against a factor on all σ, "
        "falling from log n to 0."
    ),
    "prior/optimal-prior": (
        "Line chart: mean ELBO against training steps for three priors, training images dashed and test images full; "
        "the two lines of q_agg part."
    ),
    "prior/samples": "Walls of small images: data, and samples under each of the priors.",
    "posterior/half-image": (
        "Three rows of pictures: the upper half of an image, its exact posterior with two bright modes, the best "
        "Gaussian, which takes one of them, and two flows that take both."
    ),
    "posterior/two-moons": (
        "Four panels: the true posterior in the shape of two moons, and the Gaussian, coupling and AR flow "
        "posteriors, each as a bright density on dark."
    ),
    "posterior/grid": (
        "A table of small pictures: an image, its exact posterior over two latent dimensions, and on it, as dots, "
        "draws from the encoder as trained and from each family at its best."
    ),
    "posterior/e-step": (
        "Line chart: the gap log p(x) − ELBO against steps with θ held, for the diagonal Gaussian above its limit, a "
        "dashed line, and for the exact family towards 0."
    ),
    "collapse/collapse": (
        "Line charts of the terms of the ELBO during training, for decoders with and without sight of the earlier "
        "pixels, with a KL term that comes in slowly, and with free nats."
    ),
    "information/information": (
        "Two line charts of estimates against the exact information, with bands for their spread: NWJ wide around the "
        "diagonal, InfoNCE narrow and flat below log B, the interpolated bound between; left with the best critic, "
        "right with a learned one."
    ),
    "blur/blur": (
        "For 2, 4 and 8 latent dimensions three bars, the share of averaging (longest), of the decoder and of the "
        "prior in the blur of samples; below, small images: samples, the same from q_agg, and E[x|z]."
    ),
}


def address(png: Path) -> str:
    """A figure as an address that holds it: SVG in the page's colours if it is small, else PNG; "" if it is gone."""
    svg = png.with_suffix(".svg")
    if svg.is_file() and svg.stat().st_size <= LARGEST:
        text = svg.read_text(encoding="utf-8", errors="replace")
        if text.rstrip().endswith("</svg>"):  # else it was cut short
            return inlined(recoloured(text))
    return f"data:image/png;base64,{base64.b64encode(png.read_bytes()).decode()}" if png.is_file() else ""


def inlined(svg: str) -> str:
    """An SVG as an address within double quotes: as it is, a third shorter than in base64."""
    for sign, code in (("%", "%25"), ("#", "%23"), ("&", "%26"), ("'", "%27"), ('"', "'")):
        svg = svg.replace(sign, code)
    return f"data:image/svg+xml;charset=utf-8,{svg}"


def recoloured(svg: str) -> str:
    """One of our SVGs with its colours as variables, which the reader's setting of light and dark decides."""
    svg = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->|<!DOCTYPE[^>]*>", "", svg, flags=re.DOTALL)
    svg = GROUND.sub(r"\1fill: none", svg)
    svg = re.sub(r' (?:d|x|y|points)="[^"]*"', lambda found: SHORTER.sub(r"\1", found[0]), svg)
    svg = re.sub(r"\s+", " ", svg).replace("> <", "><")
    if "<image" not in svg:  # white lines upon a picture stay white
        svg = svg.replace("stroke: #ffffff", "stroke: var(--paper)")
    for colour in COLOURS:
        svg = svg.replace(f": {colour}", f": var(--c{colour[1:]})")
    light, dark = (
        "".join(f"--c{c[1:]}:{pair[k]};" for c, pair in COLOURS.items()) + f"--paper:{PAPER[k]};" for k in (0, 1)
    )
    style = f"svg{{{light}fill:var(--c000000)}}@media (prefers-color-scheme:dark){{svg{{{dark}}}}}"
    return svg.replace("<defs>", f"<style>{style}@media print{{svg{{{light}}}}}</style><defs>", 1)


def seen(lab: str, name: str, because: str) -> str:
    """What a figure of a lab shows, in words, with what was found."""
    stem = re.sub(r"-(binarized|\d+-levels)$", "", name.removesuffix(".png").removeprefix(f"{lab}-"))
    return f"{SEEN.get(f'{lab}/{stem}', f'A picture of the lab {lab}: {stem}.')} Found: {because}."
