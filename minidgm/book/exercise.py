"""An exercise on the page: its text, your state, your function once it is right, hints, common mistakes."""

import ast
import base64
import html
import importlib
from pathlib import Path

from minidgm.book.code import highlighted
from minidgm.course.bank import collect
from minidgm.course.exercises import Exercise
from minidgm.course.picture import picture_of
from minidgm.course.progress import Progress
from minidgm.course.report import FunctionReport

QUESTIONS = 4  # common mistakes shown per function


def block(exercise: Exercise, progress: Progress | None, in_full: bool) -> str:
    """One exercise; a second time on the page its name and state alone. Never a solution before it is right."""
    title = f"Exercise {exercise.number:02d} · {exercise.title}"
    if not in_full:
        return f'<p class="small"><a href="#{exercise.key}">{html.escape(title)}</a> belongs to this row too.</p>'
    if progress is None:
        return f"<p class='small'>{html.escape(title)}: {', '.join(exercise.functions)}.</p>"
    states, source = _states(exercise, progress), _text(progress.file(exercise))
    hints = importlib.import_module(f"minidgm.course.entries.{exercise.key}").HINTS
    bank = [b for b in collect(progress.root, exercise) if b.sentence]
    done = sum(s.status in ("right", "remark") for s in states.values())
    known = f"{done} of {len(exercise.functions)} right" if states else "not checked yet"
    if progress.untouched(exercise):
        known = "not started"
    body = "".join(_function(name, states.get(name), source, hints[name], bank) for name in exercise.functions)
    picture = _picture(exercise, progress)
    is_open = " open" if states and done < len(exercise.functions) else ""
    return (
        f'<details class="exercise" id="{exercise.key}"{is_open}><summary><strong>{html.escape(title)}</strong> · '
        f"{known}</summary>{picture}{body}<p class='small'>Check it: <code>minidgm check {exercise.number}</code></p>"
        "</details>"
    )


def _picture(exercise: Exercise, progress: Progress) -> str:
    """What `minidgm see` has drawn of the answer as it is now; how to draw it, where there is an answer."""
    picture = picture_of(progress, exercise)
    if picture is None:
        draw = f"<p class='small'>Draw it: <code>minidgm see {exercise.number}</code></p>"
        return "" if progress.untouched(exercise) else draw
    data = base64.b64encode(picture.path.read_bytes()).decode()
    alt = html.escape(f"What your functions do: {picture.said}", quote=True)
    return f'<figure><img src="data:image/png;base64,{data}" alt="{alt}" loading="lazy"></figure>'


def _states(exercise: Exercise, progress: Progress) -> dict[str, FunctionReport]:
    report = progress.remembered(exercise)
    return {f.name: f for f in report.functions} if report else {}


def _function(name: str, state: FunctionReport | None, source: str, hints, bank) -> str:
    status = state.status if state else "not started"
    words = {"right": "✓ right", "remark": "✓ right, with a remark", "wrong": "✗ not right yet"}
    colour = {"right": "right", "remark": "right", "wrong": "wrong"}.get(status, "")
    said = ""
    if state and status == "wrong":
        said = f"<p class='wrong'>{html.escape(state.sentence or state.message)}</p>"
    node = _node(source, name)
    text = html.escape(ast.get_docstring(node) or "") if node else "This function is not in your file."
    body = f"<details><summary>What to write</summary><pre tabindex='0'><code>{text}</code></pre></details>"
    if node and status in ("right", "remark"):
        mine = "\n".join(source.splitlines()[node.lineno - 1 : node.end_lineno])
        shown = f"<pre tabindex='0'><code>{highlighted(mine, {})}</code></pre>"
        body += f"<details open><summary>Your function</summary>{shown}</details>"
    nested = ""
    for number, hint in reversed(list(enumerate(hints, 1))):  # each inside the one before it: the weakest first
        nested = (
            f"<details><summary>Hint {number} of {len(hints)}</summary><p>{html.escape(hint)}</p>{nested}</details>"
        )
    body += nested
    mistakes = [b for b in bank if b.function == name][:QUESTIONS]
    if mistakes:
        items = "".join(
            f"<details><summary>{html.escape(b.name.replace('_', ' ').capitalize())}?</summary>"
            f"<p>{html.escape(b.sentence or '')}</p></details>"
            for b in mistakes
        )
        body += f"<details><summary>Common mistakes: what is wrong with …</summary>{items}</details>"
    return f'<p><code>{name}</code> <span class="{colour}">{words.get(status, status)}</span></p>{said}{body}'


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return ""


def _node(source: str, name: str) -> ast.FunctionDef | None:
    """A function of the student's file; None where the file cannot be read as Python."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):
        return None
    return next((n for n in body if isinstance(n, ast.FunctionDef) and n.name == name), None)
