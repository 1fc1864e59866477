r"""Formulas, written once and read twice: as MathML, which browsers draw without a script, and as plain text.

    z_j = \frac{x_j - \mu_j}{\sigma_j}        _ and ^ take one sign or a group {...}
    \sum_{i=1}^{n}   \prod   \int   \frac{}{}   \tilde{}   \log \det \max \exp   \mu \sigma \tau \epsilon   \E
    \1{...} to \9{...}                        a term: the page ties it to the line of code that computes it
    \quad, \\                                 the next formula; where a narrow page may break a long one

Words of more letters (ELBO, KL, agg) stand upright, single letters slanted, as the slides set them.
"""

import html
import re
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

GREEK = {
    "mu": "μ", "sigma": "σ", "tau": "τ", "epsilon": "ε", "pi": "π", "phi": "φ", "theta": "θ", "lambda": "λ",
    "d": "d", "E": "𝔼", "infinity": "∞",
}  # fmt: skip
LARGE = {"sum": ("∑", "Σ"), "prod": ("∏", "Π"), "int": ("∫", "∫"), "max": ("max", "max")}
NAMED = ("log", "det", "exp")
RELATIONS = "=≤≥⟺→≈⇒"
BINARY = "+−⊙‖∘"
TOKEN = re.compile(r"\\[a-zA-Z]+|\\\d|\\\\|[A-Za-zα-ωλ]+|\d+(?:\.\d+)?|½|\s+|.")
POWERS = {"2": "²", "3": "³", "−1": "⁻¹"}


class Node(NamedTuple):
    """A part of a formula: its kind, its sign or number, and the parts in it."""

    kind: str  # row, word, number, sign, large, named, frac, tilde, scripts, term, quad, break
    sign: str = ""
    parts: tuple["Node | None", ...] = ()


def terms(formula: str) -> set[int]:
    """The numbers of the terms that a formula names."""
    return {int(number) for number in re.findall(r"\\(\d)", formula)}


# ------------------------------------------------------------------ reading


def read(formula: str) -> Node:
    """A formula as a tree. Raises ValueError where it is none."""
    tokens = deque(token for token in TOKEN.findall(formula) if not token.isspace())
    row = _row(tokens)
    if tokens:
        raise ValueError(f"formula: a closing brace too many in {formula!r}")
    return row


def _row(tokens: deque[str]) -> Node:
    """Everything up to a closing brace, or to the end, taken from the tokens."""
    parts = []
    while tokens and tokens[0] != "}":
        parts.append(_scripted(tokens))
    return Node("row", parts=tuple(parts))


def _scripted(tokens: deque[str]) -> Node:
    """One thing with what stands below and above it."""
    base, below, above = _atom(tokens), None, None
    while tokens and tokens[0] in ("_", "^"):
        if tokens.popleft() == "_":
            below = _atom(tokens)
        else:
            above = _atom(tokens)
    return Node("scripts", parts=(base, below, above)) if below or above else base


def _atom(tokens: deque[str]) -> Node:
    """A sign, a word, a group, a fraction, a term."""
    if not tokens:
        raise ValueError("formula: ends after _, ^ or a command")
    token = tokens.popleft()
    name = token.removeprefix("\\")
    if token == "{":
        row = _row(tokens)
        if not tokens:
            raise ValueError("formula: a closing brace is missing")
        tokens.popleft()
        return row
    if token == "\\frac":
        return Node("frac", parts=(_atom(tokens), _atom(tokens)))
    if token == "\\tilde" or (token[0] == "\\" and name.isdigit()):
        return Node("tilde" if name == "tilde" else "term", name, (_atom(tokens),))
    if token in ("\\quad", "\\\\"):
        return Node("quad" if name == "quad" else "break")
    if token.startswith("\\"):
        return _command(name)
    if token[0].isdigit() or token == "½":
        return Node("number", token)
    return Node("word" if token[0].isalpha() else "sign", token.replace("-", "−"))


def _command(name: str) -> Node:
    if name in GREEK:
        return Node("word", GREEK[name])
    for kind, names in (("large", LARGE), ("named", NAMED)):
        if name in names:
            return Node(kind, name)
    raise ValueError(f"formula: no sign is called \\{name}")


# ------------------------------------------------------------------ as MathML


def plain(name: str, shown: str) -> str:
    """A letter without a link."""
    return html.escape(shown)


def mathml(formula: str, letter: Callable[[str, str], str] = plain, mark: Callable[[int], str] = str) -> str:
    """One formula as a <math> element, in pieces that may stand below each other where there is little room.

    letter: the name of a letter (x, q_agg) and what is shown of it → the same as HTML, a link perhaps; mark: the
    number of a term → what stands beside the term. The formula's text is in `alttext`, for who does not see it.
    """
    pieces: list[list[Node]] = [[]]
    after = [""]
    for part in read(formula).parts:
        assert part is not None
        if part.kind in ("quad", "break"):
            pieces.append([])
            after.append(part.kind)
        else:
            pieces[-1].append(part)
    rows = "".join(
        f'<mrow class="piece{" next" if kind == "quad" else ""}">'
        f"{_continued(''.join(_ml(part, letter, mark) for part in piece), kind)}</mrow>"
        for kind, piece in zip(after, pieces)
    )
    return f'<math display="block" alttext="{html.escape(text(formula), quote=True)}">{rows}</math>'


def _continued(piece: str, kind: str) -> str:
    """A piece that goes on with + or − keeps the space of a sign between two things."""
    return piece.replace("<mo>", '<mo form="infix">', 1) if kind == "break" and piece.startswith("<mo>") else piece


def _ml(node: Node | None, letter, mark) -> str:
    if node is None:
        return ""
    parts = [_ml(part, letter, mark) for part in node.parts] if node.kind != "scripts" else []
    match node.kind:
        case "row":
            return f"<mrow>{''.join(parts)}</mrow>"
        case "frac":
            return f"<mfrac>{parts[0]}{parts[1]}</mfrac>"
        case "tilde":
            return f'<mover accent="true">{parts[0]}<mo stretchy="false">~</mo></mover>'
        case "term":
            inner = f'<mrow class="term t{node.sign}">{parts[0]}</mrow>'
            return f'<mrow>{inner}<mtext class="of">{mark(int(node.sign))}</mtext></mrow>'
        case "scripts":
            return _scripts_ml(node, letter, mark)
        case "word":
            upright = ' mathvariant="normal"' if len(node.sign) > 1 or node.sign in "d𝔼∞" else ""
            gap = '<mspace width="0.3em"></mspace>' if node.sign in ("of", "or") else ""
            return f"{gap}<mi{upright}>{letter(node.sign, node.sign)}</mi>{gap}"
        case "number":
            return f"<mn>{node.sign}</mn>"
        case "large":
            sign = LARGE[node.sign][0]
            return f"<mi>{sign}</mi>" if node.sign == "max" else f'<mo largeop="true" movablelimits="false">{sign}</mo>'
        case "named":
            return f'<mi>{node.sign}</mi><mspace width="0.15em"></mspace>'
    space = {"‖": "0.25em", "·": "0.2em", **dict.fromkeys("|()[],;/<", "0.05em")}.get(node.sign)
    narrow = f' stretchy="false" lspace="{space}" rspace="{space}"' if space else ""
    return f"<mo{narrow}>{html.escape(node.sign)}</mo>" + ('<mspace width="0.2em"></mspace>' * (node.sign in ",;"))


def _scripts_ml(node: Node, letter, mark) -> str:
    base, below, above = node.parts
    assert base is not None
    low, high = (_ml(part, letter, mark) for part in (below, above))
    shown = _ml(base, letter, mark)
    if base.kind == "word" and below:  # q_agg and I_q are names, not a q and an I
        name = letter(f"{base.sign}_{_text(below)}", base.sign)
        shown = f"<mi>{name}</mi>" if name != plain("", base.sign) else shown
    if base.kind == "large":
        return f"<munderover>{shown}{low or '<mrow></mrow>'}{high or '<mrow></mrow>'}</munderover>"
    if low and high:
        return f"<msubsup>{shown}{low}{high}</msubsup>"
    return f"<msub>{shown}{low}</msub>" if low else f"<msup>{shown}{high}</msup>"


# ------------------------------------------------------------------ as text


def text(formula: str) -> str:
    """A formula as a line of plain text, as one would type it."""
    return _text(read(formula))


def first(formula: str) -> str:
    """The first of the formulas that \\quad separates, as text."""
    return text(formula.split("\\quad")[0].rstrip(", "))


def _text(node: Node | None) -> str:
    if node is None:
        return ""
    match node.kind:
        case "row":
            return _joined([part for part in node.parts if part is not None])
        case "frac":
            over, under = (_grouped(part) for part in node.parts)
            return f"{over}/{under}" if over.isdigit() else f"{over} / {under}"
        case "tilde":
            return _text(node.parts[0]) + "\u0303"
        case "term":
            return _text(node.parts[0])
        case "scripts":
            base, below, above = node.parts
            if base is not None and base.kind == "large":
                low = _text(below).split(" = ")[0]
                return LARGE[base.sign][1] + (f"_{low}" if low and base.sign != "int" else "")
            power = _text(above)
            raised = POWERS.get(power, f"^{power}") if power else ""
            low = _text(below)
            return _text(base) + (f"_{{{low}}}" if "(" in low else f"_{low}" if low else "") + raised
        case "large":
            return LARGE[node.sign][1]
        case "quad":
            return "  "
        case "break":
            return ""
    return "E" if node.sign == "𝔼" else node.sign


def _grouped(node: Node | None) -> str:
    """In parentheses where there is a space in it and none around it yet."""
    shown = _text(node)
    return f"({shown})" if " " in shown and not re.fullmatch(r"\w+\([^()]*\)", shown) else shown


def _joined(parts: list[Node]) -> str:
    """Parts beside each other, with the spaces that a reader expects."""
    out = ""
    for part in parts:
        shown, sign = _text(part), part.sign if part.kind == "sign" else ""
        if sign == "−" and (not out or out.rstrip()[-1:] in "([,|" + RELATIONS):  # a minus before, not between
            out += "−"
        elif sign and sign in RELATIONS + BINARY:
            out = out.rstrip() + f" {sign} "
        elif sign in (",", ";"):
            out = out.rstrip() + f"{sign} "
        else:
            base = part.parts[0] if part.kind == "scripts" else part
            wide = base is not None and base.kind in ("large", "named", "frac")
            after_letter = (out[-1:].isalnum() or out[-1:] in (")", "]", "}")) and not sign and not out.endswith(" d")
            out += (" " if after_letter or (sign == "[" and out[-1:] == "}") else "") + shown
            out += " " * (part.kind == "named" or (wide and part.kind != "frac"))
    return re.sub(r"(log|exp|det) (?=[|(])", lambda found: found[1], out).strip().replace("  ,", ",")
