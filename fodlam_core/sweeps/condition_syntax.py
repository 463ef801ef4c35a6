"""The syntax of conditions: a small part of SQL, parsed into a tree.

The parser is our own, and not a library's: what is accepted is exactly what is written here, so a
release of a library cannot add a function that opens files, and no SQL engine ever sees the text.
Python's ``ast`` would need the operators of SQL translated first; sqlglot knows a thousand times
the syntax, nearly all of which would have to be refused.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, NamedTuple

from fodlam_core.errors import unknown
from fodlam_core.model.converters import words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

MOST_CHARACTERS = 4_000
DEEPEST = 40

COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
SAME = {"==": "=", "<>": "!="}
# Function -> the least and the greatest number of arguments.
FUNCTIONS = {
    **dict.fromkeys(("ABS", "CEIL", "FLOOR", "SQRT", "LN", "LOG10", "EXP"), (1, 1)),
    **dict.fromkeys(("LOWER", "UPPER", "LENGTH"), (1, 1)),
    **dict.fromkeys(("LEAST", "GREATEST", "COALESCE"), (1, 20)),
    "POWER": (2, 2),
    "ROUND": (1, 2),
}
FUNCTION_NAMES = {**{name: name for name in FUNCTIONS}, "CEILING": "CEIL", "POW": "POWER"}
# Words of SQL with which a condition would look elsewhere than at its point.
ELSEWHERE = words("SELECT WITH FROM EXISTS CASE CAST OVER")
KEYWORDS = words("AND OR NOT IN BETWEEN LIKE ILIKE IS NULL TRUE FALSE")


class Column(NamedTuple):
    """A column by its name."""

    name: str
    depth: int = 0


class Literal(NamedTuple):
    """A number, a text, true, false or null."""

    value: int | float | str | bool | None
    depth: int = 0


class Call(NamedTuple):
    """An operator or a function with what it is applied to.

    Attributes:
        name: a comparison; ``+ - * / %``, ``NEGATE``; ``AND``, ``OR``, ``NOT``; ``IN``, ``LIKE``,
            ``ILIKE``, ``BETWEEN``; ``IS NULL``, ``IS TRUE``, ``IS FALSE``; or one of `FUNCTIONS`.
        parts: the operands.
        depth: the longest way to a column or a literal.
    """

    name: str
    parts: tuple[Node, ...]
    depth: int


Node = Column | Literal | Call


class Token(NamedTuple):
    """A piece of the text.

    Attributes:
        kind: ``"number"``, ``"text"``, ``"column"``, ``"word"``, ``"sign"`` or ``"end"``.
        text: what it says: without quotes, words in capitals.
        shown: how it is written.
    """

    kind: str
    text: str
    shown: str


def parse(text: str, columns: Collection[str]) -> Node:
    """Parse a condition.

    Args:
        text: the condition.
        columns: the columns that there are; these may have dots, which need no quotes.

    Raises:
        ValueError: saying what is wrong.

    >>> parse("latency_s < 0.1", ["latency_s"])
    Call(name='<', parts=(Column(name='latency_s', depth=0), Literal(value=0.1, depth=0)), depth=1)
    """
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"is {len(text):,} characters long; at most {MOST_CHARACTERS:,} are taken")
    return _Parser(_tokens(text, columns), columns).whole()


def _tokens(text: str, columns: Collection[str]) -> list[Token]:
    names = "|".join(sorted(map(re.escape, columns), key=len, reverse=True)) or "(?!)"
    pattern = re.compile(
        rf"""\s*(?:(?P<column>(?<![\w.])(?:{names})(?![\w.]))
        |(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))
        |'(?P<text>(?:[^']|'')*)'
        |"(?P<quoted>(?:[^"]|"")*)"
        |(?P<word>[A-Za-z_]\w*(?:\.\w+)*)
        |(?P<sign>--|<=|>=|<>|!=|==|[-=<>+*/%(),]))""",
        re.ASCII | re.VERBOSE,
    )
    tokens, place, end = [], 0, len(text.rstrip())
    while place < end:
        match = pattern.match(text, place)
        if match is None:
            raise ValueError(f"cannot be read from {text[place:].lstrip()[:20]!r} on")
        tokens.append(_token(match))
        place = match.end()
    return [*tokens, Token("end", "", "the end")]


def _token(match: re.Match[str]) -> Token:
    kind, said, shown = match.lastgroup or "", match[match.lastgroup or 0], match[0].strip()
    if kind == "quoted":
        return Token("column", said.replace('""', '"'), shown)
    if kind == "text":
        return Token("text", said.replace("''", "'"), shown)
    return Token(kind, said.upper() if kind == "word" else SAME.get(said, said), shown)


class _Parser:
    """Goes through the tokens by recursive descent: one method for each rank of operators."""

    def __init__(self, tokens: list[Token], columns: Collection[str]) -> None:
        self.tokens, self.columns = tokens, columns
        self.place = self.nested = 0

    def whole(self) -> Node:
        node = self.either()
        if self.next.kind != "end":
            raise ValueError(f"{self.next.shown[:40]} is not expected there")
        return node

    @property
    def next(self) -> Token:
        return self.tokens[self.place]

    def took(self, *texts: str) -> str | None:
        """Go past a word or a sign if it is one of these, and return it."""
        if self.next.kind in ("word", "sign") and self.next.text in texts:
            self.place += 1
            return self.tokens[self.place - 1].text
        return None

    def expect(self, text: str, where: str) -> None:
        if not self.took(text):
            raise ValueError(f"expected {text} {where}, got {self.next.shown[:40]}")

    def either(self) -> Node:
        """Parse terms between OR."""
        self.nested += 1
        if self.nested > DEEPEST:
            raise ValueError(f"is nested more than {DEEPEST} deep")
        terms = [self.all()]
        while self.took("OR"):
            terms.append(self.all())
        self.nested -= 1
        return _call("OR", *terms) if len(terms) > 1 else terms[0]

    def all(self) -> Node:
        """Parse terms between AND."""
        terms = [self.negated()]
        while self.took("AND"):
            terms.append(self.negated())
        return _call("AND", *terms) if len(terms) > 1 else terms[0]

    def negated(self) -> Node:
        times = 0
        while self.took("NOT"):
            times += 1
        node = self.comparison()
        return _call("NOT", node) if times % 2 else node

    def comparison(self) -> Node:
        node = self.sum()
        sign = self.took(*COMPARISONS)
        if sign:
            return _call(sign, node, self.sum())
        if self.took("IS"):
            return self.negatable(self.took("NOT"), self.state(node))
        negated = self.took("NOT")
        if self.took("BETWEEN"):
            low = self.sum()
            self.expect("AND", "of BETWEEN")
            return self.negatable(negated, _call("BETWEEN", node, low, self.sum()))
        if self.took("IN"):
            return self.negatable(negated, _call("IN", node, *self.arguments("IN")))
        like = self.took("LIKE", "ILIKE")
        if like:
            return self.negatable(negated, _call(like, node, self.sum()))
        if negated:
            raise ValueError(f"expected IN, BETWEEN or LIKE after NOT, got {self.next.shown[:40]}")
        return node

    def state(self, node: Node) -> Node:
        what = self.took("NULL", "TRUE", "FALSE")
        if not what:
            raise ValueError(f"expected NULL, TRUE or FALSE after IS, got {self.next.shown[:40]}")
        return _call(f"IS {what}", node)

    @staticmethod
    def negatable(negated: str | None, node: Node) -> Node:
        return _call("NOT", node) if negated else node

    def sum(self) -> Node:
        return self.chain(("+", "-"), lambda: self.chain(("*", "/", "%"), self.signed))

    def chain(self, signs: tuple[str, ...], operand: Callable[[], Node]) -> Node:
        """Parse operands between signs of one rank, from left to right."""
        node = operand()
        while sign := self.took(*signs):
            node = _call(sign, node, operand())
        return node

    def signed(self) -> Node:
        negative = False
        while sign := self.took("-", "+"):
            negative ^= sign == "-"
        node = self.value()
        if negative and isinstance(node, Literal) and type(node.value) in (int, float):
            return Literal(-node.value)  # type: ignore[operator]
        return _call("NEGATE", node) if negative else node

    def value(self) -> Node:
        token = self.next
        if self.took("("):
            node = self.either()
            self.expect(")", "to close (")
            return node
        self.place += token.kind != "end"
        if token.kind == "number":
            return Literal(_number(token.text))
        if token.kind == "text":
            return Literal(token.text)
        if token.kind == "column":
            return self.column(token.text)
        if token.kind == "word" and token.text in ("TRUE", "FALSE", "NULL"):
            return Literal({"TRUE": True, "FALSE": False}.get(token.text))
        if token.kind == "word" and (token.text in ELSEWHERE or self.next[:2] == ("sign", "(")):
            return self.function(token.text)
        if token.kind == "word" and token.text not in KEYWORDS:
            return self.column(token.shown)
        raise ValueError(f"expected a value, got {token.shown[:40]}")

    def column(self, name: str) -> Column:
        if name not in self.columns:
            raise ValueError(unknown("column", name, self.columns))
        return Column(name)

    def function(self, name: str) -> Node:
        known = FUNCTION_NAMES.get(name)
        if known is None:
            raise ValueError(
                f"{name[:40]}: not known; a condition is about one point, with the functions "
                f"{', '.join(FUNCTIONS)}"
            )
        arguments = self.arguments(name)
        least, most = FUNCTIONS[known]
        if not least <= len(arguments) <= most:
            wanted = f"{least}" if least == most else f"{least} to {most}"
            raise ValueError(f"{name}: takes {wanted} values, got {len(arguments)}")
        return _call(known, *arguments)

    def arguments(self, name: str) -> list[Node]:
        """Parse values in parentheses."""
        self.expect("(", f"after {name}")
        found: list[Node] = []
        while not self.took(")"):
            if found:
                self.expect(",", f"between the values of {name}")
            found.append(self.either())
        return found


def _call(name: str, *parts: Node) -> Call:
    depth = 1 + max((part.depth for part in parts), default=0)
    if depth > DEEPEST:
        raise ValueError(f"has more than {DEEPEST} operators one inside the other")
    return Call(name, parts, depth)


def _number(text: str) -> float:
    value = int(text) if text.isdigit() and len(text) < 19 else float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:40]}: the number is too large")
    return value
