"""Which of a file's functions call which: where two are not right, the one that is called comes first."""

import ast
from collections.abc import Sequence

from minidgm.course.report import FunctionReport


def culprits(reports: Sequence[FunctionReport], source: str) -> dict[str, list[str]]:
    """For each function that is not right, the others that are not right and that it calls, itself or by a helper."""
    bad = [r.name for r in reports if r.status in ("wrong", "not started")]
    uses = _uses(functions_of(source))
    return {name: [other for other in bad if other != name and other in uses.get(name, ())] for name in bad}


def begun(function: ast.FunctionDef | None) -> bool:
    """Whether there is anything in a function beside its docstring and a `raise`."""
    return function is not None and any(not isinstance(s, (ast.Expr, ast.Raise)) for s in function.body)


def functions_of(source: str) -> dict[str, ast.FunctionDef]:
    """A file's functions, by name."""
    try:
        return {node.name: node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # it was compiled before, but by another process
        return {}


def named(functions: Sequence[str]) -> str:
    """Names in a sentence: a, b and c."""
    return " and ".join(filter(None, [", ".join(functions[:-1]), functions[-1]]))


def _uses(functions: dict[str, ast.FunctionDef]) -> dict[str, set[str]]:
    """The names that each function uses, those that its helpers use included."""
    found = {name: {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} for name, node in functions.items()}
    for _ in found:
        for names in found.values():
            names |= set().union(*(found[n] for n in names if n in found))
    return found
