"""`minidgm insight results`: a class on one page, for its lecturer; `--anonymous` makes one to project, without names.

What is counted is in minidgm/course/lecturer/insight.py, the pairs in likeness.py; here it becomes a page that stands
by itself, like the book.
"""

import ast
import datetime
import re
import textwrap
from pathlib import Path

from minidgm.book.exercise import function_of, text_of
from minidgm.book.style import CSS, document
from minidgm.book.words import rich, t
from minidgm.course.exercises import Exercise
from minidgm.course.lecturer.insight import (
    STANDINGS,
    Mistake,
    Results,
    Trouble,
    remarks,
    standings,
    to_ask,
    to_show,
    troubles,
)
from minidgm.course.lecturer.likeness import LISTED, Pair, Shared
from minidgm.course.lecturer.summary import FIRST, stuck
from minidgm.course.start import origin
from minidgm.errors import UserError
from minidgm.labs import LABS
from minidgm.map import ROWS

MADE_BY = '<meta name="generator" content="minidgm insight">'
_CSS = """
.bars { width: 100%; height: auto; max-width: 60rem; }
.bars text { font: 13px system-ui, sans-serif; fill: var(--ink); }
.bars rect { stroke: var(--paper); print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.bars .right { fill: var(--ok); } .bars .remark, .bars .begun { fill: var(--ok); fill-opacity: .55; }
.bars .begun { fill-opacity: .25; } .bars .wrong { fill: var(--bad); } .bars .not { fill: var(--soft);
  stroke: var(--mute); } .bars .hatch { stroke: var(--paper); stroke-opacity: .3;
  stroke-width: 3; } .bars text.in { text-anchor: middle; } .bars text.on { fill: var(--paper); }
td, td code { white-space: nowrap; overflow-wrap: normal; } th, td.words, .words code { white-space: normal; }
.words { text-align: left; } .wide { overflow-x: auto; }
@media screen and (min-width: 60rem) { .words { min-width: 20rem; } }
@media print { table { display: table; } table, .wide { overflow: visible; } table, td.words { break-inside: auto; }
  tr { break-inside: avoid; } td.words { overflow-wrap: anywhere; } }
 dt { font-weight: 600; } dd { margin: 0 0 .5rem; }
article { break-inside: avoid; } details pre { white-space: pre-wrap; }
"""


def write_insight(results: Results, pairs: list[Pair], out: Path, anonymous: bool = False) -> Path:
    """Write the page. UserError when `out` cannot be written, or is a file that is no such page."""
    try:
        if out.exists() and (out.is_dir() or MADE_BY not in out.read_text(encoding="utf-8", errors="replace")[:1000]):
            raise UserError(f"{out}: is there already, and no page of `minidgm insight`; name another with --out.")
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(page(results, pairs, anonymous), encoding="utf-8")
    except OSError as error:
        raise UserError(f"{out}: cannot be written ({error.strerror}); name another file with --out.") from error
    return out


def page(results: Results, pairs: list[Pair], anonymous: bool = False) -> str:
    """The page as text."""
    found = troubles(results)
    body = [_head(results, anonymous), _first(found, len(results.students)), _class(results)]
    body += [_mistakes(found, anonymous), _remarks(results, anonymous), _problems(results, anonymous)]
    body += [] if anonymous else [_pairs(pairs, results)]
    return document("minidgm: the class", MADE_BY, CSS + _CSS, f"{''.join(body)}</main>")


def _head(results: Results, anonymous: bool) -> str:
    names = "No names on this page." if anonymous else "This page holds names: for the lecturer alone."
    which = ", ".join(f"{e.number:02d}" for e in results.exercises)
    return (
        f"<header><h1>What the class has understood</h1><p>{len(results.students)} submissions; exercises {which}. "
        f'{names} <span class="small">Made by <code>minidgm insight</code> on {datetime.date.today().isoformat()}.'
        "</span></p></header>\n<main>"
    )


# ------------------------------------------------------------------ what to say


def _first(found: list[Trouble], n: int) -> str:
    """The functions to discuss, most are stuck there."""
    if not found:
        return _section("first", "In the next lecture", "<p>Nothing that was begun is wrong.</p>")
    start = (
        f"<p>Where most of the {n} are stuck; of equals, what comes first in the course. A function that is wrong only "
        "because one that it calls is wrong counts for that one. <code>minidgm see</code> draws the answer that is in "
        "<code>exercises/</code>: copy one there first, from <code>solutions/</code> or what was handed in.</p>"
    )
    return _section("first", "In the next lecture, five minutes", start + "".join(map(_trouble, found[:FIRST])))


def _trouble(trouble: Trouble) -> str:
    exercise = trouble.exercise
    rows = [row for row in ROWS if row.number in exercise.rows]
    slides = ", ".join(f"row {row.number}, {t(row.slide)}" for row in rows)
    said = "".join(f"<li>{len(m.answers)}&nbsp;×&ensp;{rich(m.words)}</li>" for m in trouble.mistakes[:3])
    labs = [f"minidgm lab {lab.name}" for lab in LABS if set(lab.rows) & set(exercise.rows)]
    shown = ", ".join(f"<code>{t(command)}</code>" for command in [*to_show(exercise), *labs])
    example = trouble.mistakes[0].answers[0]
    numbers = example._replace(sentence="").kind  # the property and its numbers, without lines of code
    case = f"{numbers}\n{example.case}".strip()
    return (
        f"<article><h3><code>{trouble.function}</code>: {stuck(trouble)}</h3>"
        f"<p class='small'>Exercise {t(_name(exercise))}: {slides}</p>"
        f"{_formula(trouble)}<dl><dt>Say</dt><dd><ul>{said}</ul></dd><dt>Ask</dt><dd>{rich(to_ask(trouble))}</dd>"
        f"<dt>Show</dt><dd>{shown}</dd></dl>"
        f"<details><summary>A case in which it fails</summary><pre tabindex='0'>{t(case)}</pre></details></article>"
    )


def _formula(trouble: Trouble) -> str:
    """What the function computes: the indented lines of its docstring; "" where it has none, or where they are code."""
    node = function_of(text_of(trouble.exercise.solution(origin())), trouble.function)
    text = (ast.get_docstring(node) or "").partition(">>>")[0] if node else ""  # the example is no formula
    lines = text.splitlines()
    formula = textwrap.dedent("\n".join(line for line in lines if line.startswith("    ")))
    return f"<pre class='doc' tabindex='0'>{t(formula)}</pre>" if formula and not formula.startswith("def ") else ""


# ------------------------------------------------------------------ how the class stands


def _class(results: Results) -> str:
    counts = [(e, standings(results, e)) for e in results.exercises]
    head = "".join(f'<th scope="col">{t(words)}</th>' for words in STANDINGS.values())
    rows = "".join(
        f'<tr><th scope="row">{t(_name(e))}</th>' + "".join(f"<td>{n or '·'}</td>" for n in c.values()) + "</tr>"
        for e, c in counts
    )
    table = f'<table><thead><tr><th scope="col">exercise</th>{head}</tr></thead><tbody>{rows}</tbody></table>'
    return _section("class", "How the class stands", f'{_bars(counts)}<div class="wide">{table}</div>')


def _bars(counts: list[tuple[Exercise, dict[str, int]]]) -> str:
    """A bar per exercise, cut by how the submissions stand; its numbers are in the table below it."""
    left, width, step = 230, 560, 26
    parts, x = [], float(left)
    for name, words in STANDINGS.items():
        parts.append(f'<rect class="{name.split()[0]}" x="{x:.0f}" y="4" width="12" height="12"/>')
        parts.append(f'<text x="{x + 17:.0f}" y="15">{words}</text>')
        x += 34 + 7.2 * len(words)
    parts.append(
        '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<path d="M0 0V6" class="hatch"/></pattern></defs>'
    )
    for i, (exercise, count) in enumerate(counts):
        y, x, total = 28 + step * i, float(left), max(sum(count.values()), 1)
        parts.append(f'<text x="{left - 10}" y="{y + 15}" text-anchor="end">{t(_name(exercise))[:34]}</text>')
        for name, n in count.items():
            w = width * n / total
            if n:
                on = " on" if name in ("right", "wrong") else ""
                parts.append(f'<rect class="{name.split()[0]}" x="{x:.1f}" y="{y}" width="{w:.1f}" height="20"/>')
                if name == "wrong":  # told apart without colours, too
                    parts.append(f'<rect fill="url(#hatch)" x="{x:.1f}" y="{y}" width="{w:.1f}" height="20"/>')
                if w > 16:
                    parts.append(f'<text class="in{on}" x="{x + w / 2:.1f}" y="{y + 15}">{n}</text>')
            x += w
    said = "; ".join(
        f"{t(_name(e))}: " + ", ".join(f"{n} {STANDINGS[k]}" for k, n in c.items() if n) for e, c in counts
    )
    return (
        f'<svg class="bars" role="img" viewBox="0 0 800 {32 + step * len(counts)}" aria-labelledby="bars-t bars-d">'
        f'<title id="bars-t">How the submissions stand, a bar per exercise</title><desc id="bars-d">{said}.</desc>'
        f"{''.join(parts)}</svg>"
    )


# ------------------------------------------------------------------ every mistake


def _mistakes(found: list[Trouble], anonymous: bool) -> str:
    rows = []
    in_order = sorted(found, key=lambda one: (one.exercise.number, one.exercise.functions.index(one.function)))
    for trouble in in_order:
        for k, mistake in enumerate(trouble.mistakes):
            where = f"{trouble.exercise.number:02d} <code>{trouble.function}</code>" if not k else ""
            rows.append([where, *_row(mistake, anonymous)])
    return _section("mistakes", "Every mistake", _table(["function", *_head_of(anonymous)], rows)) if rows else ""


def _remarks(results: Results, anonymous: bool) -> str:
    rows = [[f"<code>{m.answers[0].function}</code>", *_row(m, anonymous)] for m in remarks(results)]
    return _section("remarks", "Right, with a remark", _table(["function", *_head_of(anonymous)], rows)) if rows else ""


def _row(mistake: Mistake, anonymous: bool) -> list[str]:
    names = [] if anonymous else [t(", ".join(a.student for a in mistake.answers))]
    return [str(len(mistake.answers)), rich(mistake.words), *names]


def _head_of(anonymous: bool) -> list[str]:
    return ["submissions", "what went wrong", *([] if anonymous else ["whose"])]


def _problems(results: Results, anonymous: bool) -> str:
    if not results.problems:
        return ""
    rows = [[f"{e.number:02d}", t(why), *([] if anonymous else [t(who)])] for who, e, why in results.problems]
    head = ["exercise", "why", *([] if anonymous else ["whose"])]
    return _section("problems", "Files that could not be used", _table(head, rows))


# ------------------------------------------------------------------ shared mistakes


def _pairs(pairs: list[Pair], results: Results) -> str:
    start = (
        "<p>A hint to look and to talk, no proof: who learns together makes the same mistakes, and that may be what "
        "you asked for. Right answers never count, for short ones all look alike. Listed are pairs that are wrong in "
        f"the same ways so often that fewer than {LISTED} such pairs would be expected in this class by chance, if the "
        "submissions were made apart and mistakes in different exercises were independent. An exercise counts once, "
        "and being wrong is taken as given. With fewer than three exercises handed in there is hardly ever a pair.</p>"
    )
    if not pairs:
        return _section("shared", "Rare mistakes that two share", f"{start}<p>No pair is listed.</p>")
    return _section("shared", "Rare mistakes that two share", start + "".join(map(_pair, pairs)))


def _pair(pair: Pair) -> str:
    a, b = pair.students
    rows = [
        [f"<code>{s.first.function}</code>", f"{s.sharers} of {s.wrong}", t(_said(s)), "yes" if s.same_code else "no"]
        for s in pair.shared
    ]
    return (
        f"<article><h3>{t(a)} and {t(b)}</h3><p>Expected by chance in a class like this one: "
        f"{_small(pair.expected)} such pairs.</p>"
        + _table(["function", "shared by, of those wrong in it", "the mistake", "same code but for names"], rows)
        + "</article>"
    )


def _said(shared: Shared) -> str:
    return shared.first.sentence or f"The same numbers: {' '.join(shared.first.kind.split())}"


def _small(expected: float) -> str:
    return "less than 0.000 001" if expected < 1e-6 else f"{expected:.1g}" if expected >= 1e-4 else f"{expected:.6f}"


# ------------------------------------------------------------------ HTML


def _name(exercise: Exercise) -> str:
    return f"{exercise.number:02d} {exercise.title}"


def _section(key: str, title: str, body: str) -> str:
    return (
        f'<section class="row" id="{key}" aria-labelledby="title-{key}"><h2 id="title-{key}">{title}</h2>'
        f"{body}</section>\n"
    )


def _table(head: list[str], rows: list[list[str]]) -> str:
    """A table of finished cells; columns of words are those that are long."""
    wide = [
        ' class="words"' if any(len(re.sub("<.*?>", "", row[k])) > 30 for row in rows) else "" for k in range(len(head))
    ]
    top = "".join(f'<th scope="col"{w}>{name}</th>' for name, w in zip(head, wide))
    body = "".join("<tr>" + "".join(f"<td{w}>{c}</td>" for c, w in zip(row, wide)) + "</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'
