"""Source code on the page: cut out by the names of `minidgm map`, coloured by the standard library's tokenizer."""

import ast
import builtins
import html
import io
import keyword
import tokenize
from pathlib import Path
from typing import NamedTuple

PACKAGE = Path(__file__).resolve().parents[1]


class Piece(NamedTuple):
    """A class or a function: its name, its file below minidgm/, the line it starts on, its text."""

    name: str
    file: str
    line: int
    text: str

    @property
    def anchor(self) -> str:
        """What a link to it on the page is called."""
        return f"code-{self.file.replace('/', '-').removesuffix('.py')}-{self.name}"


def piece(code: str) -> Piece | None:
    """What `module:name` names; None where it is defined by something else than a class or a function."""
    module, _, name = code.partition(":")
    base = PACKAGE.joinpath(*module.split("."))
    path = base / "__init__.py" if base.is_dir() else base.with_suffix(".py")
    source = path.read_text(encoding="utf-8")
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            text = "\n".join(source.splitlines()[first - 1 : node.end_lineno])
            return Piece(name, str(path.relative_to(PACKAGE)), first, text)
        if isinstance(node, ast.ImportFrom) and node.module and any(a.name == name for a in node.names):
            return piece(f"{node.module.removeprefix('minidgm.')}:{name}")
    return None


def highlighted(text: str, known: dict[str, str], own: str = "") -> str:
    """Python as HTML: keywords, strings, numbers and comments in spans, and links to the names that are `known`."""
    rows = text.splitlines(keepends=True)
    starts = [0]
    for row in rows:
        starts.append(starts[-1] + len(row))
    parts, done = [], 0
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, IndentationError, SyntaxError):
        return html.escape(text)
    for token in tokens:
        start = starts[token.start[0] - 1] + token.start[1] if token.start[0] <= len(rows) else len(text)
        end = starts[token.end[0] - 1] + token.end[1] if token.end[0] <= len(rows) else len(text)
        if not token.string.strip() or start < done:
            continue
        parts += [html.escape(text[done:start]), _token(token, known, own)]
        done = end
    return "".join(parts) + html.escape(text[done:])


def _token(token, known: dict[str, str], own: str) -> str:
    shown = html.escape(token.string)
    if token.type == tokenize.NAME:
        if keyword.iskeyword(token.string):
            return f'<span class="k">{shown}</span>'
        if token.string in known and token.string != own:
            return f'<a href="#{known[token.string]}">{shown}</a>'
        return f'<span class="b">{shown}</span>' if hasattr(builtins, token.string) else shown
    kinds = {tokenize.STRING: "s", tokenize.NUMBER: "n", tokenize.COMMENT: "c"}
    kind = kinds.get(token.type) or ("s" if tokenize.tok_name[token.type].startswith("FSTRING") else "")
    return f'<span class="{kind}">{shown}</span>' if kind else shown
