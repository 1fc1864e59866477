"""One row of the lecture on the page: formula and code beside each other, then what was measured, and the exercises."""

import html
from typing import NamedTuple

from minidgm.book import exercise, glossary
from minidgm.book.code import SHORT, Piece, listing, piece
from minidgm.book.measured import Measured
from minidgm.book.sliders import SLIDERS
from minidgm.book.words import rich, sentence, t
from minidgm.course.exercises import EXERCISES
from minidgm.course.progress import Progress
from minidgm.formula import mathml, text
from minidgm.labs.claims import CLAIMS
from minidgm.labs.report import cell
from minidgm.labs.results import lab_of
from minidgm.map import ROWS, Row

# What the slides ask and leave open, in their words or ours.
ASKED = {
    4: "A flow as a VAE with deterministic encoder and decoder: does its ELBO equal the log-likelihood?",
    15: "Is the aggregated posterior the optimal prior?",
    17: "Is it OK to use an inverse AR flow as the VAE's prior?",
    18: "Is it possible to use a non-invertible model as the VAE's prior?",
    20: "Is it OK to use an AR flow as the VAE's posterior?",
    21: "Is a flow in the posterior the same as a flow in the prior?",
    22: "log p(x) − ELBO = ?",
}
# The same model where numpy is outgrown: which peers of benchmarks/ have it.
ELSEWHERE = {
    1: ("AR flow", ("jax", "zuko", "nflows")),
    3: ("coupling flow", ("jax", "zuko", "nflows", "normflows")),
    8: ("discretized mixture", ("jax", "torch")),
    15: ("aggregated posterior", ("jax", "torch")),
    19: ("VAE", ("jax", "torch")),
}


class Book(NamedTuple):
    """What all rows share: results, exercises, the pieces of code, and what stands on the page already."""

    found: dict[str, Measured]
    progress: Progress | None
    pieces: dict[str, Piece | None]
    anchors: dict[str, str]  # name → where it is defined on the page
    homes: dict[str, int]  # code → the row that shows it
    shown: dict[str, int]  # exercises and figures → the row that shows them


def new_book(found: dict[str, Measured], progress: Progress | None) -> Book:
    """The book before its first row."""
    pieces = {code: piece(code) for row in ROWS for code in row.code}
    anchors: dict[str, str] = {}
    homes: dict[str, int] = {}
    for row in ROWS:
        for code in row.code:
            homes.setdefault(code, row.number)
            if (p := pieces[code]) is not None:
                anchors.setdefault(p.name, p.anchor)
    return Book(found, progress, pieces, anchors, homes, {})


def section(row: Row, book: Book) -> str:
    """The whole row."""
    n, result = row.number, book.found.get(str(row.number))
    mine = []
    for e in EXERCISES:
        if n in e.rows:
            mine.append(exercise.block(e, book.progress, in_full=e.key not in book.shown))
            book.shown.setdefault(e.key, n)
    codes = "".join(_code(code, row, book) for code in row.code)
    elsewhere = _elsewhere(n)
    return (
        f'<section class="row" id="row-{n}" aria-labelledby="title-{n}">'
        f'<h2 id="title-{n}"><a href="#row-{n}">{n}</a> {t(row.slide)}</h2>'
        f'<p class="claim">{rich(sentence(CLAIMS[n].text, ""))}</p>'
        f'<div class="two"><div class="col"><div class="part one">{formula(row, book)}</div>'
        f'<div class="part three">{measured(n, result, book)}{SLIDERS[n]() if n in SLIDERS else ""}</div></div>'
        f'<div class="col"><div class="part two-code">{codes}{elsewhere}</div>'
        f'</div></div><div class="mine">{"".join(mine)}</div></section>\n'
    )


# ------------------------------------------------------------------ formula and code


def formula(row: Row, book: Book) -> str:
    """The formula, its terms marked with numbers that lead to their lines of code; text for who cannot see MathML."""
    marked: set[int] = set()

    def mark(k: int) -> str:
        if k in marked:
            return ""
        marked.add(k)
        p, line = place(row, k, book)
        where = f"term {k}: line {p.line + line} of minidgm/{p.file}"
        return (
            f'<a class="mark m{k}" id="term-{row.number}-{k}" href="#line-{row.number}-{k}" title="{where}" '
            f'aria-label="{where}">{k}</a>'
        )

    seen: set[str] = set()

    def letter(name: str, shown: str) -> str:
        if name in seen:
            return html.escape(shown)
        linked = glossary.in_formula(name, shown)
        if linked != html.escape(shown):
            seen.add(name)
        return linked

    plain = f'<p class="plain">{t(text(row.formula))}</p>'
    return f'<div class="formula">{mathml(row.formula, letter, mark)}{plain}</div>'


def place(row: Row, k: int, book: Book) -> tuple[Piece, int]:
    """The piece and the line in it, from 0, on which term k of a row is computed. ValueError if there is none."""
    term = row.terms[k - 1]
    found = book.pieces[term.code]
    if found is None:
        raise ValueError(f"row {row.number}, term {k}: {term.code} is no class or function")
    return found, found.find(term.line)


def _code(code: str, row: Row, book: Book) -> str:
    """A class or function with its place; where it stands already, a link to it."""
    p = book.pieces[code]
    if p is None:
        return ""
    where = f'<span class="where">minidgm/{p.file}:{p.line}</span>'
    if book.homes[code] != row.number:
        return (
            f'<p class="piece"><a href="#{p.anchor}"><code>{p.name}</code></a> {where}, in row {book.homes[code]}</p>'
        )
    marks = _marks(code, book)
    letter = glossary.in_code()

    def link(name: str) -> str:
        known = book.anchors.get(name.removeprefix("."))
        if known and known != p.anchor:
            return f'<a href="#{known}">{t(name.removeprefix("."))}</a>'
        return letter(name)

    body = listing(p.text, p.line, link, marks)
    title = f"<code>{t(p.name)}</code> {where}"
    if marks or p.lines <= SHORT:
        return f'<h3 class="piece" id="{p.anchor}">{title}</h3>{body}'
    return (
        f'<details class="fold" id="{p.anchor}"><summary class="piece">{title}<span class="where">, {p.lines} lines'
        f"</span></summary>{body}</details>"
    )


def _marks(code: str, book: Book) -> dict[int, str]:
    """Line of a piece → the marks of the terms that are computed on it, of whatever row."""
    marks: dict[int, list[str]] = {}
    for row in ROWS:
        for k, term in enumerate(row.terms, 1):
            if term.code == code:
                shown = str(k) if book.homes[code] == row.number else f"{row.number}·{k}"
                marks.setdefault(place(row, k, book)[1], []).append(
                    f'<a class="mark m{k}" id="line-{row.number}-{k}" href="#term-{row.number}-{k}" '
                    f'aria-label="term {k} of the formula of row {row.number}">{shown}</a>'
                )
    return {line: f'<span class="marks">{"".join(found)}</span>' for line, found in marks.items()}


def _elsewhere(number: int) -> str:
    if number not in ELSEWHERE:
        return ""
    model, peers = ELSEWHERE[number]
    names = ", ".join(f"<code>benchmarks/peers/{peer}.py</code>" for peer in peers)
    return f'<p class="small">The same {model} elsewhere: {names} (<a href="#onwards">onwards</a>).</p>'


# ------------------------------------------------------------------ what was measured


def measured(row: int | str, result: Measured | None, book: Book) -> str:
    """What the lab found: answer, figure, table, with date and seeds; where there is no result, how to make one."""
    asked = f'<p class="asked"><span>The slides ask</span> {rich(ASKED[row])}</p>' if row in ASKED else ""  # type: ignore
    if result is None:
        return f'{asked}<p class="small">No result yet: <code>minidgm lab {lab_of(row)}</code> measures it.</p>'
    r = result.result
    source = "shipped with this release" if result.shipped else "measured in this clone"
    about = f"{source}, {r['date']}, {r['seeds']} seeds, {t(r['data'])}" + (", a quick run" if r["quick"] else "")
    parts = [
        f'<div class="answer">{asked}<p><strong>{t(r["verdict"])}.</strong> {rich(sentence(r["because"]))}</p>'
        f"<dl><div><dt>measured</dt><dd>{t(r['number'])}</dd></div>"
        f"<div><dt>known</dt><dd>{rich(r['truth'])}</dd></div></dl>"
        f'<p class="small">{about}: <code>minidgm lab {r["lab"]}</code></p></div>'
    ]
    if result.figure:
        before = book.shown.setdefault(result.figure, row)  # type: ignore[arg-type]
        if before == row:
            alt = html.escape(result.alt, quote=True)
            kind = "" if result.figure.startswith("data:image/svg") else ' class="card"'
            parts.append(f'<figure{kind}><img src="{result.figure}" alt="{alt}"></figure>')
        else:
            parts.append(f'<p class="small">Its picture stands in <a href="#row-{before}">row {before}</a>.</p>')
    if result.table:
        parts.append(f'<details class="fold"><summary>The numbers</summary>{_table(result.table)}</details>')
    return "".join(parts)


def _table(content: dict) -> str:
    head = "".join(f'<th scope="col">{t(str(h))}</th>' for h in content["header"])
    rows = "".join(
        "<tr>" + "".join(f"<td>{t('—' if c is None else cell(c))}</td>" for c in row) + "</tr>"
        for row in content["rows"]
    )
    caption = f"<caption>{t(content['title'])}</caption>" if content.get("title") else ""
    label = html.escape(content.get("title") or "The numbers", quote=True)
    table = f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<div class="wide" tabindex="0" role="region" aria-label="{label}">{table}</div>'
