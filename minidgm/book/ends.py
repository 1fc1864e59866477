"""What stands before the rows of the page, contents and progress, and after them: letters, onwards."""

import datetime

from minidgm.book import glossary
from minidgm.book.exercise import SIGNS, State, state
from minidgm.book.measured import Measured
from minidgm.book.row import ASKED, Book, measured, sentence
from minidgm.book.words import rich, t
from minidgm.course.exercises import EXERCISES
from minidgm.course.progress import Progress
from minidgm.labs.claims import CLAIMS
from minidgm.map import PARTS, ROWS, Row

PEERS = ("jax", "zuko", "nflows", "normflows", "torch")
WORDS = {
    "right": "right",
    "wrong": "not right yet",
    "begun": "begun",
    "unchecked": "not checked",
    "not started": "open",
}


def head(progress: Progress | None) -> str:
    """Title, what the page is, progress, contents."""
    states = {e.key: state(e, progress) for e in EXERCISES} if progress else {}
    return (
        '<a class="skip" href="#row-1">To the first row</a><header><h1>The lecture on one page</h1>'
        '<p class="lead">Flows, discrete data, ELBO surgery, VAE priors and posteriors. For each claim: its formula, '
        "the code that computes it, what was measured, and your own answer.</p>"
        '<p class="small">A number beside a term, <span class="mark m1">1</span>, leads to the line of code that '
        "computes it, and back. Letters and names are links. "
        f"Made by <code>minidgm book</code> on {datetime.date.today().isoformat()}.</p>"
        f"{_progress(states)}</header>\n{_contents(states)}\n<main>"
    )


def _progress(states: dict[str, State]) -> str:
    if not states:
        return ""
    kinds = [s.kind for s in states.values()]
    done = kinds.count("right")
    others = [f"{kinds.count(kind)} {WORDS[kind]}" for kind in ("wrong", "begun", "unchecked") if kind in kinds]
    rest = f" ({', '.join(others)})" if others else ""
    return (
        f'<div class="progress"><p><label for="done"><strong>{done} of {len(kinds)}</strong> exercises are right{rest}.'
        f'</label> <progress id="done" max="{len(kinds)}" value="{done}">{done}</progress></p></div>'
    )


def _contents(states: dict[str, State]) -> str:
    """The rows by the lecture's parts, each with its exercises' states."""
    starts = list(PARTS)
    parts = []
    for start, end in zip(starts, [*starts[1:], len(ROWS) + 1]):
        rows = "".join(_item(row, states) for row in ROWS[start - 1 : end - 1])
        parts.append(f"<div><h2>{PARTS[start]}</h2><ol>{rows}</ol></div>")
    key = ""
    if states:
        key = "".join(
            f'<span><span class="chip {k.split()[0]}">{sign}</span> {WORDS[k]}</span>' for k, sign in SIGNS.items()
        )
        key = f'<p class="key small">Exercises: {key}</p>'
    rest = (("beyond", "Beyond the slides"), ("letters", "Letters"), ("onwards", "Onwards"))
    ends = " · ".join(
        f'<a href="#{anchor}">{name}</a>' for anchor, name in (("open", "What the slides leave open"), *rest)
    )
    return f'<nav aria-label="Contents"><div class="parts">{"".join(parts)}</div>{key}<p>{ends}</p></nav>'


def _item(row: Row, states: dict[str, State]) -> str:
    chips = "".join(
        f'<a class="chip {states[e.key].kind.split()[0]}" href="#{e.key}" '
        f'title="Exercise {e.number:02d}, {t(e.title)}: {states[e.key].words}" '
        f'aria-label="Exercise {e.number}: {states[e.key].words}">{e.number:02d}{_sign(states[e.key])}</a>'
        for e in EXERCISES
        if e.rows and e.rows[0] == row.number and states
    )
    link = f'<a href="#row-{row.number}">{t(row.slide)}</a>'
    return f'<li value="{row.number}">{link} <span class="chips">{chips}</span></li>'


def _sign(of: State) -> str:
    return "" if of.kind == "not started" else f"&thinsp;{of.sign}"


def asked(found: dict[str, Measured]) -> str:
    """The open questions of the slides, each with the sentence and the number that answer it."""
    items = []
    for row, question in ASKED.items():
        answer = '<span class="small">no result yet</span>'
        if result := found.get(str(row)):
            r = result.result
            verdict = "" if question.endswith("= ?") else f"{t(r['verdict'])}. "
            answer = f"{verdict}{rich(sentence(r['because']))} <b>{rich(r['number'])}</b>"
        items.append(f'<dt><a href="#row-{row}">{row}</a> {rich(question)}</dt><dd>{answer}</dd>')
    return f'<section id="open"><h2>What the slides leave open</h2><dl class="open">{"".join(items)}</dl></section>'


def part(row: Row) -> str:
    """The heading of a part of the lecture, before its first row."""
    return f'<p class="part-title">{PARTS[row.number]}</p>' if row.number in PARTS else ""


def tail(found: dict[str, Measured], book: Book) -> str:
    """Beyond the slides, the letters, onwards."""
    names = [row for row in CLAIMS if isinstance(row, str)]
    beyond = "".join(
        f"<h3>{rich(sentence(CLAIMS[name].text, ''))}</h3>{measured(name, found.get(name), book)}" for name in names
    )
    peers = ", ".join(f"<code>benchmarks/peers/{name}.py</code>" for name in PEERS)
    return (
        f'<section id="beyond"><h2>Beyond the slides</h2>{beyond}</section>'
        f'<section id="letters"><h2>Letters</h2><div class="wide" tabindex="0" role="region" aria-label="Letters">'
        f"{glossary.table()}</div></section>"
        '<section id="onwards"><h2>Onwards</h2><p>When numpy is outgrown: the same flows and VAE in JAX, zuko, '
        f"nflows, normflows and PyTorch are in {peers}. They load our weights, and <code>python -m benchmarks</code> "
        "checks that they compute the same function before it times them.</p>"
        "<p><code>python -m benchmarks.carry CHECKPOINT PEER</code> takes a flow or VAE that was trained here over to "
        "one of them, and shows that both give the same log-likelihoods.</p></section></main>"
        "<footer><p class='small'>minidgm, MIT licence.</p></footer>"
    )
