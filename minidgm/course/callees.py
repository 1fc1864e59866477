"""Which of a file's functions call which: where two are wrong, the one that is called comes first."""

import ast

from minidgm.course.explain import AS_TO, FIRST_OF_ALL
from minidgm.course.report import FunctionReport


def blamed(reports: list[FunctionReport], source: str) -> list[FunctionReport]:
    """Say of a function that isn't right which other functions that aren't right it calls: they come first."""
    bad = {r.name: r.status for r in reports if r.status != "right"}
    functions = _functions(source)
    uses = _uses(functions)
    for i, r in enumerate(reports):
        if r.status == "not started" and r.name in functions and _begun(functions[r.name]):
            reports[i] = r._replace(message="begun, but it still raises NotImplementedError")
        culprits = [name for name in bad if name != r.name and name in uses.get(r.name, ())]
        if not culprits or r.name not in bad:
            continue
        names = " and ".join(filter(None, [", ".join(culprits[:-1]), culprits[-1]]))
        if r.status == "not started":
            reports[i] = r._replace(message=f"waits for {names}")
        else:
            own = "" if r.sentence.startswith((FIRST_OF_ALL, AS_TO)) else r.sentence  # more likely it is theirs
            note = f"{r.name} calls your {names}, not right yet: mend that first."
            reports[i] = r._replace(sentence=f"{note} {own}".strip())
    return reports


def _functions(source: str) -> dict[str, ast.FunctionDef]:
    """A file's functions, by name."""
    try:
        return {node.name: node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # it was compiled before, but by another process
        return {}


def _begun(function: ast.FunctionDef) -> bool:
    """Whether there is anything in a function beside its docstring and a `raise`."""
    return any(not isinstance(statement, (ast.Expr, ast.Raise)) for statement in function.body)


def _uses(functions: dict[str, ast.FunctionDef]) -> dict[str, set[str]]:
    """The names that each function uses, those that its helpers use included."""
    found = {name: {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} for name, node in functions.items()}
    for _ in found:
        for names in found.values():
            names |= set().union(*(found[n] for n in names if n in found))
    return found
