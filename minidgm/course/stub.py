"""A stub, made from its solution: the same file, with each public function's body after its docstring left out."""

import ast
from pathlib import Path

from minidgm.course.exercises import Exercise


def stub(solution: str, exercise: Exercise) -> str:
    """Make the stub's text from the solution's text."""
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


def write(root: Path, exercise: Exercise) -> Path:
    """Write one stub; returns its path."""
    target = exercise.answer(root)
    target.write_text(stub(exercise.solution(root).read_text(encoding="utf-8"), exercise), encoding="utf-8")
    return target
