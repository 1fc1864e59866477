"""A file of functions as text: where each of them stands, which calls which, and its stub. Nothing of it is run."""

import ast
from pathlib import Path

from minidgm.course.exercises import Exercise


def functions_of(source: str) -> dict[str, ast.FunctionDef]:
    """A file's functions, by name; none where it can't be read as Python."""
    try:
        return {node.name: node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}


def place(path: Path, function: str) -> int:
    """The line on which a function is defined; 1 when it isn't found."""
    try:
        return functions_of(path.read_text(encoding="utf-8"))[function].lineno
    except (OSError, UnicodeDecodeError, KeyError):
        return 1


def begun(source: str, function: str) -> bool:
    """Whether there is anything in a function beside its docstring and a `raise`."""
    node = functions_of(source).get(function)
    return node is not None and any(not isinstance(s, (ast.Expr, ast.Raise)) for s in node.body)


def names_used(source: str) -> dict[str, set[str]]:
    """The names that each function uses, those that its helpers use included."""
    functions = functions_of(source)
    found = {name: {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} for name, node in functions.items()}
    for _ in found:
        for names in found.values():
            names |= set().union(*(found[n] for n in names if n in found))
    return found


def stub(solution: str, exercise: Exercise) -> str:
    """The stub of a solution: the same text, with each public function's body after its docstring left out."""
    lines = solution.splitlines()
    parts = []
    for node in ast.parse(solution).body:
        first, last = node.lineno - 1, node.end_lineno
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            parts.append("\n".join(lines[first:last]))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            parts.append("\n".join(lines[first:last]))
        elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            kept = lines[first : node.body[0].end_lineno]  # the docstring is the first statement of the body
            message = f'    raise NotImplementedError("{exercise.key}: write {node.name}")'
            parts.append("\n\n" + "\n".join([*kept, message]))
    body = "\n".join(parts[1:])
    gap = "\n" if body.startswith("\n") else "\n\n"  # a file without imports begins with a function
    return parts[0] + gap + body + "\n"
