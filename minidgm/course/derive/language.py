"""Arithmetic as one writes it down, read by a small parser: `-m*log(tau) + (mu^2 - 1)/2`.

    sum      = product (("+" | "-") product)*
    product  = signed (("*" | "/") signed)*
    signed   = ("-" | "+") signed | power
    power    = atom (("^" | "**") signed)?            so -x^2 is -(x^2), and 2^-1 works
    atom     = number | name | function "(" sum ")" | "(" sum ")"

Greek letters stand for their names (µ or μ is mu), and np.log is log. Nothing is handed to Python: an expression
becomes a tree of tuples, and a tree a float64 number, where too large is inf and 0/0 is NaN.
"""

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from minidgm.errors import UserError

GREEK = {"α": "alpha", "β": "beta", "μ": "mu", "µ": "mu", "π": "pi", "σ": "sigma", "τ": "tau", "ε": "eps", "φ": "phi"}
SAME = {
    "−": "-",
    "–": "-",
    "·": "*",
    "⋅": "*",
    "×": "*",
    "÷": "/",
    "²": "^2",
    "³": "^3",
    "½": "(1/2)",
    "√": "sqrt",
    "₁": "_1",
    "₂": "_2",
    "[": "(",
    "]": ")",
}
FUNCTIONS: dict[str, Callable] = {"log": np.log, "ln": np.log, "exp": np.exp, "sqrt": np.sqrt, "abs": np.abs}
FUNCTIONS["sigmoid"] = lambda a: 1 / (1 + np.exp(-a))
CONSTANTS = {"pi": np.pi, "e": np.e}
ADVICE = {"|": "write abs(...)", "=": "give the right-hand side alone", ",": "give one expression"}
LONGEST, DEEPEST = 400, 60  # characters; brackets and signs inside each other

_TOKEN = re.compile(r"\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)|([A-Za-z_]\w*)|(\*\*|[-+*/^()])|(\S))")


def parse(text: str, names: tuple[str, ...]) -> Any:
    """The expression as a tree; `names` are the parameters it may use.

    Raises UserError for what is no expression, saying where.
    """
    if len(text) > LONGEST:
        raise UserError(f"the expression has {len(text)} characters; at most {LONGEST} are read.")
    if not text.strip():
        raise UserError("the expression is empty.")
    return _Parser(text, names).whole()


def evaluate(tree: Any, values: dict[str, float]) -> float:
    """The tree's value in float64."""
    kind, *parts = tree
    if kind == "number":
        return np.float64(parts[0])
    if kind == "name":
        return np.float64(values[parts[0]] if parts[0] in values else CONSTANTS[parts[0]])
    a, *rest = (evaluate(part, values) for part in parts)
    with np.errstate(all="ignore"):
        if kind in FUNCTIONS:
            return FUNCTIONS[kind](a)
        if kind == "negative":
            return -a
        (b,) = rest
        return {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "^": np.power}[kind](a, b)


class _Parser:
    """One pass over the tokens, (kind, text, position); one method a rule of the grammar."""

    def __init__(self, text: str, names: tuple[str, ...]):
        for sign, spelled in SAME.items():
            text = text.replace(sign, spelled)
        for letter, spelled in GREEK.items():
            text = re.sub(rf"{letter}(?!_)", f" {spelled} ", text).replace(letter, f" {spelled}")
        text = re.sub(r"\b(?:np|numpy|math)\.(?=[a-z])", "", text)
        self.text, self.names, self.at, self.depth = text, names, 0, 0
        self.tokens = []
        for found in _TOKEN.finditer(text):
            number, name, sign, other = found.groups()
            if other is not None:
                what = ADVICE.get(other, "numbers, names, + - * / ^ and ( )")
                self.tokens = [("other", other, found.end() - 1)]
                raise self.error(f"{other!r} is not part of the language: {what}")
            kind = "number" if number else "name" if name else "sign"
            self.tokens.append((kind, number or name or sign, found.end() - len(number or name or sign)))
        self.tokens.append(("end", "", len(text)))

    def whole(self) -> Any:
        tree = self.sum()
        kind, text, _ = self.tokens[self.at]
        if text == ")":
            raise self.error("there is a ) without its (")
        if kind != "end":
            raise self.error(f"an operator is missing before {text!r}: write 2*m, not 2m or 2 m")
        return tree

    def sum(self) -> Any:
        tree = self.product()
        while sign := self.take("+", "-"):
            tree = (sign, tree, self.product())
        return tree

    def product(self) -> Any:
        tree = self.signed()
        while sign := self.take("*", "/"):
            tree = (sign, tree, self.signed())
        return tree

    def signed(self) -> Any:
        self.deeper()
        if sign := self.take("-", "+"):
            tree = ("negative", self.signed()) if sign == "-" else self.signed()
        else:
            tree = self.power()
        self.depth -= 1
        return tree

    def power(self) -> Any:
        tree = self.atom()
        return ("^", tree, self.signed()) if self.take("^", "**") else tree

    def atom(self) -> Any:
        kind, text, _ = self.tokens[self.at]
        if kind == "number":
            self.at += 1
            return ("number", float(text))
        if kind == "name":
            self.at += 1
            return self.called(text) if text in FUNCTIONS else self.named(text)
        if self.take("("):
            return self.inside()
        raise self.error(f"expected a number, a name or ( {'at the end' if kind == 'end' else f'before {text!r}'}")

    def called(self, function: str) -> Any:
        if not self.take("("):
            raise self.error(f"{function} wants its argument in brackets: {function}(...)")
        return (function if function != "ln" else "log", self.inside())

    def named(self, name: str) -> Any:
        if name in self.names or name in CONSTANTS:
            return ("name", name)
        known = ", ".join(self.names)
        if self.tokens[self.at][1] == "(" and name not in self.names:
            raise UserError(f"{name}: no such function; there are {', '.join(FUNCTIONS)}.")
        raise UserError(f"{name}: no such name here; there are {known}, and pi and e.")

    def inside(self) -> Any:
        self.deeper()
        tree = self.sum()
        if not self.take(")"):
            _, text, _ = self.tokens[self.at]
            if text:
                raise self.error(f"an operator is missing before {text!r}: write 2*m, not 2m or 2 m")
            raise self.error("a ( is not closed")
        self.depth -= 1
        return tree

    def take(self, *signs: str) -> str:
        """The next token, if it is one of these signs; ** comes back as ^."""
        kind, text, _ = self.tokens[self.at]
        if kind != "sign" or text not in signs:
            return ""
        self.at += 1
        return "^" if text == "**" else text

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise UserError(f"the expression is nested more than {DEEPEST} deep.")

    def error(self, what: str) -> UserError:
        """A sentence, and a mark under the place."""
        position = self.tokens[self.at][2]
        return UserError(f"{what}.\n    {self.text}\n    {' ' * position}^")
