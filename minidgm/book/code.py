"""Source code on the page: cut out by the names of `minidgm map`, coloured by the standard library's tokenizer.

Every line is an element of its own: it wraps under its own indent, carries its number in the file, and the marks of
the formula's terms that are computed on it.
"""

import ast
import builtins
import functools
import html
import io
import keyword
import textwrap
import tokenize
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

PACKAGE = Path(__file__).resolve().parents[1]
SHORT = 16  # lines; a longer piece on which no term is computed is folded


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

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return self.text.count("\n") + 1

    def find(self, wanted: str) -> int:
        """Which of its lines, from 0, holds this text; "A … B" is the first B from A on. ValueError if not just one."""
        rows = self.text.splitlines()
        first, _, then = wanted.rpartition(" … ")
        start = self.find(first) if first else 0
        found = [k for k, row in enumerate(rows) if k >= start and then in row]
        if not found or (len(found) > 1 and not first):
            raise ValueError(f"minidgm/{self.file}: {len(found)} lines of {self.name} hold {then!r}, expected one")
        return found[0]


def piece(code: str) -> Piece | None:
    """What `module:name` names, or `module:Class.name`; None where it is neither a class nor a function."""
    module, _, full = code.partition(":")
    name, _, method = full.partition(".")
    base = PACKAGE.joinpath(*module.split("."))
    path = base / "__init__.py" if base.is_dir() else base.with_suffix(".py")
    source, tree = _parsed(path)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
            if method:
                inner = [n for n in node.body if isinstance(n, ast.FunctionDef) and n.name == method]
                if not inner:
                    return None
                node = inner[0]
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            text = textwrap.dedent("\n".join(source.splitlines()[first - 1 : node.end_lineno]))
            return Piece(full, path.relative_to(PACKAGE).as_posix(), first, text)
        if isinstance(node, ast.ImportFrom) and node.module and any(a.name == name for a in node.names):
            return piece(f"{node.module.removeprefix('minidgm.')}:{full}")
    return None


@functools.cache
def _parsed(path: Path) -> tuple[str, ast.Module]:
    source = path.read_text(encoding="utf-8")
    return source, ast.parse(source)


Link = Callable[[str], str]  # a name → its HTML with a link, or "" for a name that leads nowhere


def nowhere(name: str) -> str:
    """No name leads anywhere."""
    return ""


def listing(text: str, first: int | None = None, link: Link = nowhere, marks: Mapping[int, str] | None = None) -> str:
    """Python as a block of lines: numbered from `first`, with links, and with the marks of some lines."""
    out = []
    for k, (shown, plain) in enumerate(zip(highlighted(text, link), text.split("\n"))):
        indent = len(plain) - len(plain.lstrip())
        number = "" if first is None else f' data-n="{first + k}"'
        mark = (marks or {}).get(k, "")
        kind = f"l i{min(indent, 40) // 4}" + (" marked" if mark else "")
        out.append(f'<span class="{kind}"{number}>{shown}\n{mark}</span>')
    numbered = "" if first is None else ' class="numbered"'
    return f"<pre{numbered}><code>{''.join(out)}</code></pre>"


def highlighted(text: str, link: Link = nowhere) -> list[str]:
    """The lines of some Python as HTML: keywords, strings, numbers and comments in spans, and links to names."""
    rows = text.splitlines(keepends=True)
    starts = [0]
    for row in rows:
        starts.append(starts[-1] + len(row))
    parts, done, last = [], 0, ""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, IndentationError, SyntaxError):
        return html.escape(text).split("\n")
    for token in tokens:
        start = starts[token.start[0] - 1] + token.start[1] if token.start[0] <= len(rows) else len(text)
        end = starts[token.end[0] - 1] + token.end[1] if token.end[0] <= len(rows) else len(text)
        if not token.string.strip() or start < done:
            continue
        parts += [html.escape(text[done:start]), _token(token, link, last)]
        done, last = end, token.string
    return ("".join(parts) + html.escape(text[done:])).split("\n")


def _token(token, link: Link, last: str) -> str:
    shown = html.escape(token.string)
    if token.type == tokenize.NAME:
        if keyword.iskeyword(token.string):
            return f'<span class="k">{shown}</span>'
        linked = "" if last in ("def", "class") else link(f"{'.' * (last == '.')}{token.string}")
        return linked or (f'<span class="b">{shown}</span>' if hasattr(builtins, token.string) else shown)
    kinds = {tokenize.STRING: "s", tokenize.NUMBER: "n", tokenize.COMMENT: "c"}
    kind = kinds.get(token.type) or ("s" if tokenize.tok_name[token.type].startswith("FSTRING") else "")
    if not kind:
        if token.string == "(" and last.isidentifier() and not keyword.iskeyword(last):
            return "(<wbr>"  # a long call may go on below
        return '<span class="w">-&gt;</span>' if token.string == "->" else shown
    return "\n".join(f'<span class="{kind}">{row}</span>' if row else "" for row in shown.split("\n"))
