"""An exercise on the page: its text, your state, your function once it is right, hints, common mistakes."""

import ast
import html
import re
import textwrap
from pathlib import Path
from typing import NamedTuple

from minidgm.book.code import listing
from minidgm.book.engine import engines
from minidgm.book.figures import address
from minidgm.book.words import rich, t
from minidgm.course.bank import collect
from minidgm.course.exercises import Exercise
from minidgm.course.picture import picture_of
from minidgm.course.progress import Progress
from minidgm.course.report import FunctionReport, Report

QUESTIONS = 4  # common mistakes shown per function
SIGNS = {"right": "✓", "wrong": "✗", "begun": "◐", "unchecked": "~", "not started": "○"}


class State(NamedTuple):
    """Where an exercise stands: a key of SIGNS, in words, and the last verdict that still holds."""

    kind: str
    words: str
    report: Report | None = None

    @property
    def sign(self) -> str:
        """One character for it."""
        return SIGNS[self.kind]


def state(exercise: Exercise, progress: Progress) -> State:
    """What is known of a student's exercise."""
    report, total = progress.remembered(exercise), len(exercise.functions)
    if report is None or report.status == "not started":
        untouched = progress.untouched(exercise) or report is not None
        return State("not started", "not started") if untouched else State("unchecked", "not checked yet")
    if report.problem:
        return State("wrong", "cannot be read yet", report)
    wrong = sum(f.status == "wrong" for f in report.functions)
    done = sum(f.status in ("right", "remark") for f in report.functions)
    words = f"{done} of {total} right" + (f", {wrong} not yet" if wrong else "")
    return State("wrong" if wrong else "right" if done == total else "begun", words, report)


def block(exercise: Exercise, progress: Progress | None, in_full: bool) -> str:
    """One exercise; a second time on the page its name and state alone. Never a solution before it is right."""
    title = f"{exercise.number:02d} · {t(exercise.title)}"
    if not in_full:
        return f'<p class="small"><a href="#{exercise.key}">Exercise {title}</a> belongs to this row too.</p>'
    if progress is None:
        names = ", ".join(f"<code>{name}</code>" for name in exercise.functions)
        return f'<p class="small" id="{exercise.key}">Exercise {title}: {names}.</p>'
    now, source = state(exercise, progress), text_of(progress.file(exercise))
    known = {f.name: f for f in now.report.functions} if now.report else {}
    hints = exercise.hints
    bank = [entry for entry in collect(progress.root, exercise) if entry.sentence]
    unknown = FunctionReport("", "not started" if now.kind == "not started" else "not checked yet")
    body = "".join(_function(exercise, f, known.get(f, unknown), source, hints[f], bank) for f in exercise.functions)
    if now.report and now.report.problem:
        body = f'<p class="wrong">{t(now.report.problem)}</p>{body}'
    return (
        f'<details class="exercise" id="{exercise.key}"{" open" * (now.kind in ("wrong", "begun"))}><summary>'
        f'<span class="chip {now.kind.split()[0]}" aria-hidden="true">{now.sign}</span> Exercise {title}'
        f'<span class="state">{now.words}</span></summary>{_picture(exercise, progress)}{body}'
        f'<p class="small">In <code>exercises/{exercise.stem}.py</code>; check it with '
        f"<code>minidgm check {exercise.number}</code>.</p></details>"
    )


def _picture(exercise: Exercise, progress: Progress) -> str:
    """What `minidgm see` has drawn of the answer as it is now; how to draw it, where there is an answer."""
    picture = picture_of(progress, exercise)
    if picture is None:
        draw = f'<p class="small">Draw it: <code>minidgm see {exercise.number}</code></p>'
        return "" if progress.untouched(exercise) else draw
    alt = html.escape(f"What your functions do: {picture.said}", quote=True)
    source = address(picture.path)
    kind = "" if source.startswith("data:image/svg") else ' class="card"'
    return f'<figure{kind}><img src="{source}" alt="{alt}"></figure>'


def mistake(name: str) -> str:
    """A misconception's name in words, without what tells namesakes apart: g_log_det_of_f is "Log det of f"."""
    return re.sub(r"^[fg]_|_\d$", "", name).replace("_", " ").capitalize()


def _function(exercise: Exercise, name: str, found: FunctionReport, source: str, hints, bank) -> str:
    """What to write, hints and mistakes beside each other; then, once it is right, yours and the engine's."""
    status = found.status
    words = {"right": "✓ right", "remark": "✓ right, with a remark", "wrong": "✗ not right yet"}.get(status, status)
    colour = {"right": "right", "remark": "right", "wrong": "wrong"}.get(status, "small")
    node = function_of(source, name)
    said = ""
    if status in ("wrong", "remark"):
        said = f'<p class="{colour}">{t(found.sentence or found.message)}</p>'
    text = words_of(ast.get_docstring(node) or "") if node else "<p>This function is not in your file.</p>"
    nested = ""
    for number, hint in reversed(list(enumerate(hints, 1))):  # each inside the one before it: the weakest first
        nested = _fold(f"Hint {number} of {len(hints)}", f"<p>{rich(hint)}</p>{nested}")
    mistakes = "".join(
        _fold(f"{t(mistake(entry.name))}?", f"<p>{rich(entry.sentence)}</p>")
        for entry in [entry for entry in bank if entry.function == name][:QUESTIONS]
    )
    if mistakes:
        nested += _fold("Common mistakes: what is wrong with …", mistakes)
    pair = _pair(exercise, name, source, node) if node and status in ("right", "remark") else ""
    return (
        f'<section class="function"><h4><code>{name}</code> <span class="{colour}">{words}</span></h4>{said}'
        f'<div class="sides">{_fold("What to write", text)}<div>{nested}</div></div>{pair}</section>'
    )


def _pair(exercise: Exercise, name: str, source: str, node: ast.FunctionDef) -> str:
    """A student's right function, and the engine's that does the same."""
    mine = "\n".join(source.splitlines()[node.lineno - 1 : node.end_lineno])
    sides = f"<div><h5>Your function</h5>{listing(without_docstring(mine))}</div>"
    if p := engines(exercise, name):
        title = f'<h5>The engine’s: <code>{p.name}</code> <span class="where">minidgm/{p.file}:{p.line}</span></h5>'
        sides += f"<div>{title}{listing(without_docstring(p.text))}</div>"
    return f'<div class="sides">{sides}</div>'


def words_of(docstring: str) -> str:
    """A docstring as paragraphs; what is indented in it, or an example, stands as it is."""
    out = []
    for block in docstring.split("\n\n"):
        fixed = block.startswith((" ", ">>>")) or any(row.startswith(" ") for row in block.splitlines()[1:])
        out.append(f'<pre class="doc">{t(textwrap.dedent(block))}</pre>' if fixed else f"<p>{rich(block)}</p>")
    return "".join(out)


def _fold(summary: str, body: str) -> str:
    return f"<details><summary>{summary}</summary>{body}</details>"


def without_docstring(text: str) -> str:
    """A function's text without its docstring."""
    node, lines = ast.parse(text).body[0], text.splitlines()
    if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) is not None and len(node.body) > 1:
        lines = lines[: node.body[0].lineno - 1] + lines[node.body[0].end_lineno :]
    return "\n".join(lines)


def text_of(path: Path) -> str:
    """A file's text, "" where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return ""


def function_of(source: str, name: str) -> ast.FunctionDef | None:
    """A function of the student's file; None where the file cannot be read as Python."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):
        return None
    return next((n for n in body if isinstance(n, ast.FunctionDef) and n.name == name), None)
