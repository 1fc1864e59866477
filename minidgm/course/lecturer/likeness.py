"""Submissions that share more wrong answers than chance explains: a hint for copying, never a proof.

Right answers never count: short ones all look alike. Let A and B both be wrong in the exercises i ∈ C. They share
exercise i if some function in it went wrong in the same way: the same misconception, or without a name the same wrong
numbers. If B is anyone, then the chance of that is about

    q_i = how many others share A's mistake / how many others are wrong in exercise i

which is near 1 for the mistake that everybody makes, and small for a rare one. The shared exercises S weigh
w = Σ_{i∈S} −log q_i; were the exercises independent, a pair would weigh so much with the chance

    P = Pr( Σ_{i∈C} −log q_i · X_i ≥ w ),   X_i ~ Bernoulli(q_i)

and a class with that many pairs would show `expected` = pairs · P of them by chance alone. Being wrong is given, so
that two weak students are not suspect for being wrong in the same places; mistakes within an exercise come together, so
it counts once. A pair is listed where `expected` is below one in twenty.
"""

import ast
import hashlib
import itertools
import math
from collections.abc import Iterable
from typing import NamedTuple

from minidgm.course.lecturer.insight import Answer, Results
from minidgm.course.source import functions_of

LISTED = 0.05
SHORT = 20  # a function of fewer nodes is so short that equal code says nothing


class Shared(NamedTuple):
    """A wrong answer that two submissions share: how many have it, of how many that are wrong in its exercise."""

    first: Answer
    second: Answer
    sharers: int
    wrong: int

    @property
    def same_code(self) -> bool:
        """Whether the code is the same too, but for names and comments."""
        return self.first.code != "" and self.first.code == self.second.code


class Pair(NamedTuple):
    """Two submissions, what they share, and how many such pairs chance would show in a class like this one."""

    shared: tuple[Shared, ...]
    expected: float

    @property
    def students(self) -> tuple[str, str]:
        """The two."""
        return self.shared[0].first.student, self.shared[0].second.student


def pairs(results: Results) -> list[Pair]:
    """The pairs of submissions that share more than chance explains, the most striking first."""
    kinds: dict[str, dict[str, dict[str, Answer]]] = {}  # exercise → student → function and kind → answer
    for answer in results.answers:
        if answer.status == "wrong" and not answer.waits_for:
            mine = kinds.setdefault(answer.exercise.key, {}).setdefault(answer.student, {})
            if answer.kind:
                mine[f"{answer.function}: {answer.kind}"] = answer
    met = []
    for a, b in itertools.combinations(results.students, 2):
        if both := [wrong for wrong in kinds.values() if a in wrong and b in wrong]:
            met.append((a, b, both))
    found = []
    for a, b, both in met:
        if shared := tuple(itertools.chain.from_iterable(_shared(wrong, a, b) for wrong in both)):
            expected = len(met) * max(_chance(both, a, b, LISTED / len(met)), _chance(both, b, a, LISTED / len(met)))
            if expected < LISTED:
                found.append(Pair(tuple(sorted(shared, key=lambda s: s.first.exercise.number)), expected))
    return sorted(found, key=lambda pair: pair.expected)


def _shared(wrong: dict[str, dict[str, Answer]], a: str, b: str) -> Iterable[Shared]:
    """What a and b share in one exercise: `wrong` are a student's answers there, by their kind."""
    for kind in wrong[a]:
        if kind in wrong[b]:
            yield Shared(wrong[a][kind], wrong[b][kind], sum(kind in mine for mine in wrong.values()), len(wrong))


def _chance(both: list[dict[str, dict[str, Answer]]], a: str, b: str, small: float) -> float:
    """P above, for the exercises `both` in which a and b are wrong; where it is not below `small`, a lower bound."""
    q, weight = [], 0.0
    for wrong in both:
        others = [mine for student, mine in wrong.items() if student != a]
        like = [not wrong[a].keys().isdisjoint(mine) for mine in others]
        if any(like):
            q.append(sum(like) / len(others))
            weight -= math.log(q[-1]) * (not wrong[a].keys().isdisjoint(wrong[b]))
    if math.exp(-weight) >= small:  # the chance of S alone
        return math.exp(-weight)
    chances = {0.0: 1.0}  # of each sum, rounded
    for q_i in q:
        new: dict[float, float] = {}
        for total, chance in chances.items():
            more = round(total - math.log(q_i), 2)
            new[total] = new.get(total, 0.0) + chance * (1 - q_i)
            new[more] = new.get(more, 0.0) + chance * q_i
        chances = new
    return sum(chance for total, chance in chances.items() if total >= weight - 0.005 * (len(q) + 1))


# ------------------------------------------------------------------ code


def code_digests(source: str) -> dict[str, str]:
    """A digest of each function in a file, equal for code that is the same but for names, comments and docstrings."""
    return {name: _digest(function) for name, function in functions_of(source).items()}


def _digest(function: ast.FunctionDef) -> str:
    """The digest; "" for a function so short that equal code says nothing, or too deep to be walked through."""
    body = function.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    try:
        nodes = [node for statement in body for node in ast.walk(statement)]
        if len(nodes) < SHORT:
            return ""
        names: dict[str, str] = {}
        own = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        own |= {argument.arg for argument in function.args.args}
        for node in nodes:
            if isinstance(node, ast.Name) and node.id in own:
                node.id = names.setdefault(node.id, f"v{len(names)}")
        text = "\n".join(ast.dump(statement) for statement in body)
    except RecursionError:
        return ""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
