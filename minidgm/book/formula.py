r"""Formulas as MathML, which browsers draw without a script: a small part of TeX's notation, read by hand.

    z_j = \frac{x_j - \mu_j}{\sigma_j}        _ and ^ take one sign or a group {...}
    \sum_{i=1}^{n}   \prod   \int   \frac{}{}   \log \det \max   \mu \sigma \tau \epsilon \pi   \quad

Words of more letters (ELBO, KL, agg) stand upright, single letters slanted, as the slides set them.
"""

import html
import re

GREEK = {"mu": "μ", "sigma": "σ", "tau": "τ", "epsilon": "ε", "pi": "π", "phi": "φ", "theta": "θ"}
LARGE = {"sum": "∑", "prod": "∏", "int": "∫"}
NAMED = ("log", "det", "max", "min", "exp")
TOKEN = re.compile(r"\\[a-zA-Z]+|[A-Za-zα-ωλ]+|\d+(?:\.\d+)?|\s+|.")


def mathml(formula: str) -> str:
    """One formula as a <math> element; its own text is what a reader without MathML sees or hears."""
    tokens = [token for token in TOKEN.findall(formula) if not token.isspace()]
    body, rest = _row(tokens)
    if rest:
        raise ValueError(f"formula: a closing brace too many in {formula!r}")
    return f'<math display="block" alttext="{html.escape(formula, quote=True)}"><mrow>{body}</mrow></math>'


def _row(tokens: list[str]) -> tuple[str, list[str]]:
    """Everything up to a closing brace, or to the end."""
    parts = []
    while tokens and tokens[0] != "}":
        part, tokens = _scripted(tokens)
        parts.append(part)
    return "".join(parts), tokens


def _scripted(tokens: list[str]) -> tuple[str, list[str]]:
    """One thing with what stands below and above it."""
    large = tokens[0].removeprefix("\\") in LARGE or tokens[0] == "\\max"
    base, tokens = _atom(tokens)
    below = above = None
    while tokens and tokens[0] in ("_", "^"):
        script, rest = _atom(tokens[1:])
        below, above = (script, above) if tokens[0] == "_" else (below, script)
        tokens = rest
    if large and (below or above):
        return f"<munderover>{base}{below or '<mrow/>'}{above or '<mrow/>'}</munderover>", tokens
    if below and above:
        return f"<msubsup>{base}{below}{above}</msubsup>", tokens
    if below or above:
        tag = "msub" if below else "msup"
        return f"<{tag}>{base}{below or above}</{tag}>", tokens
    return base, tokens


def _atom(tokens: list[str]) -> tuple[str, list[str]]:
    """A sign, a word, a group, a fraction."""
    if not tokens:
        raise ValueError("formula: ends after _, ^ or \\frac")
    token, tokens = tokens[0], tokens[1:]
    if token == "{":
        return _group(tokens)
    if token == "\\frac":
        over, tokens = _atom(tokens)
        under, tokens = _atom(tokens)
        return f"<mfrac>{over}{under}</mfrac>", tokens
    name = token.removeprefix("\\")
    if token.startswith("\\"):
        return _command(name), tokens
    if token[0].isdigit():
        return f"<mn>{token}</mn>", tokens
    if token[0].isalpha():
        upright = ' mathvariant="normal"' if len(token) > 1 else ""
        return f"<mi{upright}>{token}</mi>", tokens
    return f"<mo>{html.escape(token.replace('-', '−'))}</mo>", tokens


def _group(tokens: list[str]) -> tuple[str, list[str]]:
    body, tokens = _row(tokens)
    if not tokens:
        raise ValueError("formula: a closing brace is missing")
    return f"<mrow>{body}</mrow>", tokens[1:]


def _command(name: str) -> str:
    if name in GREEK:
        return f"<mi>{GREEK[name]}</mi>"
    if name in LARGE:
        return f'<mo largeop="true">{LARGE[name]}</mo>'
    if name in NAMED:
        return f"<mi>{name}</mi><mspace width='0.17em'/>" if name != "max" else "<mi>max</mi>"
    if name == "quad":
        return '<mspace width="1.2em"/>'
    raise ValueError(f"formula: no sign is called \\{name}")
