"""The parts of the page: formulas, terms and their lines, letters, code, colours, the numbers behind the sliders."""

import html
import math
import re
import xml.dom.minidom

import numpy as np
import pytest

from minidgm.book import figures, glossary
from minidgm.book.code import Piece, highlighted, listing, piece
from minidgm.book.engine import ELSEWHERE, engines
from minidgm.book.exercise import mistake
from minidgm.book.row import new_book, place
from minidgm.book.sliders import DRAW, POINT, STRETCH, bins, flow_vae, information
from minidgm.book.style import INKS
from minidgm.book.words import rich, sentence
from minidgm.course.exercises import EXERCISES
from minidgm.discrete import DiscretizedLogisticMixture
from minidgm.distributions import StandardNormal
from minidgm.flows import ActNorm, FlowModel
from minidgm.formula import first, mathml, terms, text
from minidgm.map import ROWS
from minidgm.vae import flow_as_vae
from minidgm.vae.surgery import log_ratios

# ------------------------------------------------------------------ formulas


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row.number))
def test_a_formula_is_well_formed_mathml_and_one_line_of_text(row):
    document = xml.dom.minidom.parseString(mathml(row.formula))
    assert document.documentElement.tagName == "math"
    shown = document.documentElement.getAttribute("alttext")
    assert shown == text(row.formula) and "\\" not in shown and "\n" not in shown and "{}" not in shown


def test_formulas_as_text():
    assert first(ROWS[0].formula) == "z_j = (x_j − μ_j(x_<j)) / σ_j(x_<j)"
    assert text(r"\frac{1}{n} \sum_{i=1}^{n} KL(q(z|x_i) ‖ p)") == "1/n Σ_i KL(q(z|x_i) ‖ p)"
    assert text(r"-\log \sigma + \tau^2 \d u") == "−log σ + τ² du"
    assert text(r"\E_{q(z|x)} [\1{\log p}]") == "E_{q(z|x)} [log p]"


def test_a_number_of_several_digits_is_no_term():
    assert text("x_{12} = 12 y^{10}") == "x_12 = 12 y^10"
    assert terms("12 y") == set() and "<mn>12</mn><mi>y</mi>" in mathml("12 y")


def test_a_formula_in_mathml():
    assert mathml("x_j") == (
        '<math display="block" alttext="x_j"><mrow class="piece"><msub><mi>x</mi><mi>j</mi></msub></mrow></math>'
    )
    two = mathml(r"\1{a}, \quad b \\ + c", mark=lambda k: f"[{k}]")
    assert two.count('class="piece') == 3 and two.count("piece next") == 1 and 'form="infix">+' in two
    assert '<mrow class="term t1"><mrow><mi>a</mi></mrow></mrow><mtext class="of">[1]</mtext>' in two


def test_what_is_no_formula_is_refused():
    for wrong in ("a}", "{a", "\\frac{a}", "\\unknown", "a_", "\\1"):
        with pytest.raises(ValueError, match="formula"):
            mathml(wrong)


# ------------------------------------------------------------------ terms and lines


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row.number))
def test_every_term_of_a_formula_is_computed_on_one_line_of_its_code(row):
    assert terms(row.formula) == set(range(1, len(row.terms) + 1)) and row.terms
    book = new_book({}, None)
    for k in range(1, len(row.terms) + 1):
        found, line = place(row, k, book)
        assert row.terms[k - 1].line.rpartition(" … ")[2] in found.text.splitlines()[line]


def test_a_term_whose_line_is_gone_or_not_the_only_one_is_refused():
    found = Piece("f", "flows/x.py", 7, "def f(x):\n    a = 1\n    return x\ndef g(x):\n    return x")
    assert found.find("a = 1") == 1 and found.find("def g … return x") == 4
    for wrong in ("return x", "b = 1"):
        with pytest.raises(ValueError, match=r"minidgm/flows/x.py: \d lines of f hold"):
            found.find(wrong)


# ------------------------------------------------------------------ code and letters


def test_code_is_found_coloured_and_unchanged():
    for row in ROWS:
        for code in row.code:
            found = piece(code)
            assert found is not None, code
            link = glossary.in_code()
            shown = "\n".join(highlighted(found.text, link))
            assert html.unescape(re.sub(r"<[^>]+>", "", shown)) == found.text
            rows = listing(found.text, found.line)
            assert rows.count('<span class="l ') == found.lines and f'data-n="{found.line}"' in rows
    assert highlighted("return 1") == ['<span class="k">return</span> <span class="n">1</span>']
    assert highlighted("return (")[0] == "return ("  # what is no Python stays as it is


def test_the_engine_has_its_own_of_what_the_exercises_ask_for():
    without = {f for e in EXERCISES for f in e.functions if engines(e, f) is None}
    assert without == {"jacobian_log_det", "coupling_jacobian", "reverse_kl_loss", "deterministic_elbo",
                       "categorical_mle", "passes", *(f"check_{k}" for k in range(1, 9))}  # fmt: skip
    assert set(ELSEWHERE) <= {f for e in EXERCISES for f in e.functions}
    found = piece("flows.autoregressive:GaussianAR.f")
    assert found.name == "GaussianAR.f" and "\ndef f(self" in "\n" + found.text and piece("flows.base:Flow.h") is None


def test_letters_link_to_entries_that_are_there():
    entries = set(re.findall(r'id="letter-([^"]+)"', glossary.table()))
    assert entries == {letter.key for letter in glossary.LETTERS}
    assert set(glossary.IN_CODE.values()) | set(glossary.IN_FORMULAS.values()) <= entries
    link = glossary.in_code()
    assert 'href="#letter-mu"' in link("mu") and link("mu") == "" and link("nothing") == ""
    for name, key in (("q_agg", "q_agg"), ("I_q", "I_q"), ("μ", "mu"), ("q", "q"), ("det", "det")):
        assert f'href="#letter-{key}"' in glossary.in_formula(name, "x")


def test_words():
    assert rich("q_agg <b> of z_0: -0.5, x_<j, log_det") == (
        "q<sub>agg</sub> &lt;b&gt; of z<sub>0</sub>: −0.5, x<sub>&lt;j</sub>, log_det"
    )
    assert rich("`x_1` and x_1") == "<code>x_1</code> and x<sub>1</sub>"
    assert (
        sentence("a density is") == "A density is."
        and sentence("g takes") == "g takes."
        and sentence("log p") == "log p."
    )


# ------------------------------------------------------------------ colours


def contrast(a: str, b: str) -> float:
    """WCAG's contrast of two colours #rrggbb."""

    def light(colour):
        parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return np.dot([0.2126, 0.7152, 0.0722], linear)

    high, low = sorted((light(a), light(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_colours_have_the_contrast_of_aa():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    for k in (0, 1):
        for name in set(INKS) - {"paper", "soft", "line"}:
            for ground in ("paper", "soft"):
                assert contrast(INKS[name][k], INKS[ground][k]) >= 4.5, (name, ground, k)
        for colour, shown in figures.COLOURS.items():
            least = 2.2 if colour == "#56b4e9" else 4.5  # the sky blue fills areas; no text has it
            assert contrast(shown[k], figures.PAPER[k]) >= least, (colour, k)


def test_a_figure_takes_the_page_s_colours_and_keeps_the_rest():
    svg = (
        '<svg><metadata>x</metadata><defs></defs><g id="patch_1">\n<path d="M 0 0" style="fill: #ffffff"/></g>'
        '<g id="line"><path d="M 1 1" style="fill: none; stroke: #0072b2"/></g></svg>'
    )
    shown = figures.recoloured(svg)
    assert "fill: none" in shown and "stroke: var(--c0072b2)" in shown and "#ffffff" not in shown.split("</style>")[1]
    assert "prefers-color-scheme:dark" in shown and "<metadata>" not in shown
    xml.dom.minidom.parseString(shown)
    for path in sorted(figures.Path(figures.__file__).parent.glob("shipped/*.svg")):
        shown = figures.recoloured(path.read_text(encoding="utf-8"))
        xml.dom.minidom.parseString(shown)
        left = set(re.findall(r"#[0-9a-f]{6}", shown.split("</style>", 1)[1])) - {"#ffffff"}
        assert not left, f"{path.name}: {left} are no colours of minidgm.plots"


# ------------------------------------------------------------------ the numbers behind the sliders


@pytest.mark.parametrize("s, sp", [(0.1, 1.0), (0.6, 1.0), (1.5, 0.5), (3.0, 4.0)])
def test_surgery_adds_up_to_the_mean_kl_in_closed_form(s, sp):
    numbers = information(s, s, s, sp).numbers
    kl = np.mean([math.log(sp / s) + (s**2 + mu**2) / (2 * sp**2) - 0.5 for mu in (-2, 0, 2)])
    assert numbers["mean KL(q_i ‖ p)"] == pytest.approx(kl, rel=1e-9)
    assert 0 <= numbers["I_q"] <= math.log(3) + 1e-12 and numbers["KL(q_agg ‖ p)"] >= 0
    mu, log_sigma = np.array([[-2.0], [0.0], [2.0]]), np.full((3, 1), math.log(s))
    nodes, weights = np.polynomial.hermite_e.hermegauss(120)
    ratios = log_ratios(mu, log_sigma, np.tile(nodes[:, None, None], (1, 3, 1)))  # the engine's, at other nodes
    assert numbers["I_q"] == pytest.approx(np.sum(weights[:, None] * ratios) / (3 * weights.sum()), abs=1e-7)
    assert information(0.1, 0.1, 0.1, sp).numbers["I_q"] == pytest.approx(math.log(3), abs=1e-9)


@pytest.mark.parametrize("tau, m", [(-2.0, 1), (-0.5, 2), (0.5, 3)])
def test_the_terms_of_a_flow_as_a_vae_are_the_engine_s(tau, m):
    flow = ActNorm(m).astype(np.float64)
    x = np.full((1, m), 1.0)
    flow.log_sigma = np.full(m, -STRETCH)
    flow.mu = x[0] - POINT * math.exp(-STRETCH)
    z, log_det = flow.f(x)
    assert z == pytest.approx(np.full((1, m), POINT)) and log_det == pytest.approx(STRETCH * m)
    vae = flow_as_vae(FlowModel(flow, StandardNormal(m)), 10**tau)
    nodes, weights = np.polynomial.hermite_e.hermegauss(8)  # exact for the squares that the terms are
    grid = np.stack(np.meshgrid(*[nodes] * m, indexing="ij"), axis=-1).reshape(-1, m)
    weight = np.prod(
        np.stack(np.meshgrid(*[weights / weights.sum()] * m, indexing="ij"), axis=-1).reshape(-1, m), axis=1
    )
    z, log_q = vae.posterior.reparameterize(np.repeat(x, len(grid), axis=0), grid)
    found = [vae.decoder.log_prob(np.repeat(x, len(grid), axis=0), z), vae.prior.log_prob(z), -log_q]
    wanted = [float(np.sum(weight * values)) for values in found]
    numbers = list(flow_vae(tau, m).numbers.values())
    assert numbers[:3] == pytest.approx(wanted, rel=1e-9) and numbers[3] == pytest.approx(sum(wanted), rel=1e-9)
    assert numbers[4] - numbers[3] == pytest.approx(numbers[5], rel=1e-6)


def test_the_bins_are_the_engine_s_and_sum_to_one():
    for mu, s, levels in ((1.0, 1.2, 16), (-6.0, 0.05, 2), (22.0, 4.0, 32)):
        model = DiscretizedLogisticMixture(np.zeros(2), np.array([mu, 0.75 * (levels - 1)]), np.array([s, 1.0]), levels)
        log_P = model.log_prob(np.arange(levels))
        numbers = bins(mu, s, levels).numbers
        assert numbers["log P(0)"] == pytest.approx(log_P[0], rel=1e-12) and numbers["Σ P(y)"] == pytest.approx(1)
        assert numbers["P(L − 1)"] == pytest.approx(math.exp(log_P[-1]), rel=1e-12)
    assert set(DRAW) == {"information", "flow", "bins"}


def test_a_mistakes_name_reads_as_words():
    assert [mistake(name) for name in ("g_log_det_of_f", "silent_8", "log_of_2m")] == [
        "Log det of f",
        "Silent",
        "Log of 2m",
    ]
