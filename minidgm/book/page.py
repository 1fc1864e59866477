"""`minidgm book`: the lecture as one page that stands by itself: formula, code, what was measured, your own answer."""

import datetime
import html
from pathlib import Path

from minidgm.book import exercise
from minidgm.book.code import Piece, highlighted, piece
from minidgm.book.formula import mathml
from minidgm.book.glossary import LETTERS
from minidgm.book.measured import Measured, measured
from minidgm.book.style import CSS
from minidgm.course.exercises import EXERCISES, find_root
from minidgm.course.progress import Progress
from minidgm.errors import UserError
from minidgm.labs import LABS
from minidgm.labs.claims import CLAIMS
from minidgm.labs.report import DEFAULT, cell
from minidgm.map import ROWS, Row

PEERS = ("jax", "zuko", "nflows", "normflows")


def write_book(out: Path, results: Path = DEFAULT) -> Path:
    """Write the page, with what was measured below the folder `results`.

    Raises UserError when `out` is a folder or cannot be written.
    """
    if out.is_dir():
        raise UserError(f"--out {out}: expected the name of a file, got a folder")
    text = page(results)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(f"{out}: cannot be written ({error.strerror}); name another file with --out") from error
    return out


def page(results: Path = DEFAULT) -> str:
    """The whole page as text."""
    try:
        progress = Progress(find_root())
    except UserError:  # not in a clone: then nothing is known of exercises
        progress = None
    found = measured(results)
    pieces = {code: piece(code) for row in ROWS for code in row.code}
    known: dict[str, str] = {}
    for p in pieces.values():
        if p is not None:
            known.setdefault(p.name, p.anchor)
    shown: set[str] = set()
    body = [_head(progress), _contents()]
    body += [_row(row, [pieces[code] for code in row.code], known, shown, found.get(str(row.number)), progress)
             for row in ROWS]  # fmt: skip
    body += [_beyond(found), _letters(), _onwards()]
    title = "minidgm: the lecture on one page"
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">'
        f"<style>{CSS}</style></head>\n<body>{''.join(body)}</body></html>\n"
    )


def _head(progress: Progress | None) -> str:
    done = sum(progress.finished(e) for e in EXERCISES) if progress else 0
    bar = ""
    if progress:
        bar = (f'<p><label for="done">{done} of {len(EXERCISES)} exercises are right.</label><br>'
               f'<progress id="done" max="{len(EXERCISES)}" value="{done}">{done}</progress></p>')  # fmt: skip
    return (
        "<header><h1>The lecture on one page</h1><p>Flows, discrete data, ELBO surgery, VAE priors and posteriors: for "
        "each claim its formula, the code that runs, what was measured, and your own answer. "
        f'<span class="small">Made by <code>minidgm book</code> on {datetime.date.today().isoformat()}.</span></p>'
        f"{bar}</header>\n<main>"
    )


def _contents() -> str:
    items = "".join(f'<li value="{row.number}"><a href="#row-{row.number}">{_t(row.slide)}</a></li>' for row in ROWS)
    rest = '<a href="#beyond">Beyond the slides</a> · <a href="#letters">Letters</a> · <a href="#onwards">Onwards</a>'
    return f'<nav aria-label="Contents"><ol>{items}</ol><p>{rest}</p></nav>'


def _row(row: Row, pieces: list[Piece | None], known, shown: set, result: Measured | None, progress) -> str:
    """One row of the lecture: left formula, measurement and exercise, right the code."""
    claim = CLAIMS[row.number]
    left = [f"<p>{_t(claim.text)}</p>", mathml(row.math), _measured(row.number, result)]
    for e in EXERCISES:
        if row.number in e.rows:
            first = e.key not in shown
            shown.add(e.key)
            left.append(exercise.block(e, progress, in_full=first))
    right = [_code(p, known, shown, row) for p in pieces if p is not None]
    return (
        f'<section class="row" id="row-{row.number}" aria-labelledby="title-{row.number}">'
        f'<h2 id="title-{row.number}">{row.number} · {_t(row.slide)}</h2>'
        f'<div class="two"><div>{"".join(left)}</div><div>{"".join(right)}</div></div></section>\n'
    )


def _code(p: Piece, known: dict[str, str], shown: set, row: Row) -> str:
    """A class or function with its place; where it stands already, a link to it."""
    where = f"minidgm/{p.file}:{p.line}"
    if p.anchor in shown:
        return f'<p class="where"><a href="#{p.anchor}"><code>{p.name}</code></a>, {where}: see above.</p>'
    shown.add(p.anchor)
    text = highlighted(p.text, known, own=p.name)
    return (
        f'<h3 id="{p.anchor}"><code>{p.name}</code></h3><p class="where">{where} · {_t(row.formula)}</p>'
        f'<pre tabindex="0"><code>{text}</code></pre>'
    )


def _measured(row: int | str, result: Measured | None) -> str:
    """What the lab found: answer, figure, table, with date and seeds; where there is no result, how to make one."""
    if result is None:
        lab = next((lab.name for lab in LABS if row in lab.rows), str(row))
        return f'<p class="small">No result yet: <code>minidgm lab {lab}</code> measures it.</p>'
    r = result.result
    source = "shipped with this release" if result.shipped else "from this clone"
    about = f"{source}, {r['date']}, {r['seeds']} seeds, {_t(r['data'])}" + (", a quick run" if r["quick"] else "")
    parts = [
        f'<div class="answer"><p><strong>{_t(r["verdict"])}</strong>: {_t(r["because"])}.</p>'
        f'<p class="small">Measured {_t(r["number"])}; known: {_t(r["truth"])}.<br>{about} '
        f"(<code>minidgm lab {r['lab']}</code>).</p></div>"
    ]
    if result.figure:
        alt = f"Figure of the lab {r['lab']}: {r['because']}"
        parts.append(
            f'<figure><img src="{result.figure}" alt="{html.escape(alt, quote=True)}" loading="lazy"></figure>'
        )
    if result.table:
        parts.append(f"<details><summary>The numbers</summary>{_table(result.table)}</details>")
    return "".join(parts)


def _table(content: dict) -> str:
    head = "".join(f'<th scope="col">{_t(str(h))}</th>' for h in content["header"])
    rows = "".join(
        "<tr>" + "".join(f"<td>{_t('—' if c is None else cell(c))}</td>" for c in row) + "</tr>"
        for row in content["rows"]
    )
    caption = f"<p class='small'>{_t(content.get('title', ''))}</p>" if content.get("title") else ""
    return f"{caption}<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _beyond(found: dict[str, Measured]) -> str:
    names = [row for row in CLAIMS if isinstance(row, str)]
    parts = [f"<h3>{_t(CLAIMS[name].text)}</h3>{_measured(name, found.get(name))}" for name in names]
    return f'<section class="row" id="beyond"><h2>Beyond the slides</h2>{"".join(parts)}</section>'


def _letters() -> str:
    rows = "".join(f"<tr><td><code>{_t(a)}</code></td><td>{_t(b)}</td><td>{_t(c)}</td></tr>" for a, b, c in LETTERS)
    return (
        '<section class="row" id="letters"><h2>Letters</h2><table><thead><tr><th scope="col">letter</th>'
        f'<th scope="col">shape</th><th scope="col">meaning</th></tr></thead><tbody>{rows}</tbody></table></section>'
    )


def _onwards() -> str:
    peers = ", ".join(f"<code>benchmarks/peers/{name}.py</code>" for name in PEERS)
    return (
        '<section class="row" id="onwards"><h2>Onwards</h2><p>When numpy is outgrown: the same flows and VAE in JAX, '
        f"zuko, nflows and normflows are in {peers}. They load our weights, and <code>python -m benchmarks</code> "
        "checks that they compute the same function before it times them. What you have trained here goes along: "
        "<code>python -m benchmarks.carry CHECKPOINT zuko</code> (or jax, torch, nflows, normflows) "
        "loads its weights there and shows that both give the same log-likelihoods.</p></section></main>"
        "<footer><p class='small'>minidgm, MIT licence.</p></footer>"
    )


def _t(text: str) -> str:
    return html.escape(str(text), quote=False)
