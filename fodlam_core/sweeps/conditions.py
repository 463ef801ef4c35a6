"""Conditions on the points of a result, as expressions of polars.

Each is about one point only, so a sweep gives the same rows in one part and in many. Text is
parsed by `condition_syntax`; the expression is built from the tree, and no engine sees the text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from fodlam_core.errors import ConfigError, quoted
from fodlam_core.sweeps.condition_syntax import COMPARISONS, Call, Column, Literal, Node, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

NUMBER, TEXT, FLAG, NULL = "a number", "a text", "a condition", "null"


class Typed(NamedTuple):
    """An expression, what its values are, and whether NaN can be among them."""

    expr: pl.Expr
    type: str
    nan: bool = False

    @property
    def known(self) -> pl.Expr:
        """The expression, null where it is NaN, which polars would call the greatest number.

        Polars writes the expression out twice for that, so this is never put into arithmetic.
        """
        return self.expr.fill_nan(None) if self.nan else self.expr


def conditions(
    texts: Sequence[str], schema: pl.Schema, where: str = "[sweep] where"
) -> list[pl.Expr]:
    """Return conditions as expressions.

    Args:
        texts: conditions in SQL; columns with a dot need no quotes.
        schema: the columns that they may use.
        where: what messages call them.

    Raises:
        ConfigError: with a line for each condition that is wrong.

    >>> schema = pl.Schema({"technology.vdd": pl.Float64(), "latency_s": pl.Float64()})
    >>> len(conditions(["technology.vdd > 0.8 AND latency_s < 0.1"], schema))
    1
    """
    found, problems = [], []
    for text in texts:
        try:
            found.append(_flag(_typed(parse(text, schema), schema), "the whole"))
        except ValueError as error:
            problems.append(f"{where}: {quoted(text)}: {error}")
    if problems:
        raise ConfigError(problems)
    return found


def _typed(node: Node, schema: pl.Schema) -> Typed:
    if isinstance(node, Column):
        return _column(node.name, schema[node.name])
    if isinstance(node, Literal):
        return _literal(node)
    parts = [_typed(part, schema) for part in node.parts]
    special = SPECIAL.get(node.name)
    if special is not None:
        return special(node, parts)
    if node.name in COMPARISONS:
        return _compared(node.name, *parts)
    if node.name in CONDITIONS:
        flags = [_flag(part, node.name) for part in parts]
        return Typed(CONDITIONS[node.name](flags), FLAG)
    if node.name in TEXTS:
        result = NUMBER if node.name == "LENGTH" else TEXT
        return Typed(TEXTS[node.name](_is(parts[0], TEXT, node.name)), result)
    numbers = [_is(part, NUMBER, node.name).cast(pl.Float64) for part in parts]
    return Typed(NUMBERS[node.name](*numbers), NUMBER, nan=True)


def _column(name: str, dtype: pl.DataType) -> Typed:
    if dtype.is_numeric():
        return Typed(pl.col(name), NUMBER)
    if dtype == pl.Boolean():
        return Typed(pl.col(name), FLAG)
    return Typed(pl.col(name).cast(pl.String), TEXT)


def _literal(literal: Literal) -> Typed:
    value = literal.value
    if value is None:
        return Typed(pl.lit(None), NULL)
    if isinstance(value, bool):
        return Typed(pl.lit(value), FLAG)
    return Typed(pl.lit(value), TEXT if isinstance(value, str) else NUMBER)


def _is(part: Typed, type_: str, where: str) -> pl.Expr:
    if part.type not in (type_, NULL):
        raise ValueError(f"{where}: expected {type_}, got {part.type}")
    return part.expr


def _flag(part: Typed, where: str) -> pl.Expr:
    return _is(part, FLAG, where).cast(pl.Boolean)


def _common(parts: Sequence[Typed], where: str) -> str:
    """Return the one type that all parts have, but for null."""
    types = list(dict.fromkeys(part.type for part in parts if part.type != NULL))
    if len(types) > 1:
        raise ValueError(f"{where}: {' and '.join(types)} cannot be compared")
    return types[0] if types else NULL


def _compared(sign: str, left: Typed, right: Typed) -> Typed:
    if _common((left, right), sign) == NULL or NULL in (left.type, right.type):
        raise ValueError(f"{sign}: a comparison with null is never true; write IS NULL")
    return Typed(COMPARE[sign](left.known, right.known), FLAG)


def _between(node: Call, parts: Sequence[Typed]) -> Typed:
    if _common(parts, node.name) == NULL or NULL in {part.type for part in parts}:
        raise ValueError("BETWEEN: null is between no values; write IS NULL")
    value, low, high = (part.known for part in parts)
    return Typed(value.is_between(low, high), FLAG)


def _coalesced(node: Call, parts: Sequence[Typed]) -> Typed:
    type_ = _common(parts, node.name)
    return Typed(pl.coalesce([part.expr for part in parts]), type_, type_ == NUMBER)


def _in(node: Call, parts: Sequence[Typed]) -> Typed:
    values = [part.value for part in node.parts[1:] if isinstance(part, Literal)]
    if not values or len(values) < len(parts) - 1 or None in values:
        raise ValueError("IN: expected a list of numbers or texts, such as IN (45, 65)")
    type_ = _common(parts, "IN")
    kind = {NUMBER: pl.Float64(), TEXT: pl.String(), FLAG: pl.Boolean()}[type_]
    listed = pl.Series(values, dtype=kind, strict=False).to_list()
    return Typed(parts[0].known.cast(kind).is_in(listed), FLAG)


def _like(node: Call, part: Typed) -> Typed:
    pattern = node.parts[1]
    if not isinstance(pattern, Literal) or not isinstance(pattern.value, str):
        raise ValueError(f"{node.name}: expected a pattern in quotes, such as 'VGG%'")
    pieces = (LIKE.get(letter) or re.escape(letter) for letter in pattern.value)
    flags = "(?is)" if node.name == "ILIKE" else "(?s)"
    regex = f"{flags}^{''.join(pieces)}$"
    return Typed(_is(part, TEXT, node.name).str.contains(regex), FLAG)


def _state(node: Call, parts: Sequence[Typed]) -> Typed:
    if node.name == "IS NULL":
        return Typed(parts[0].known.is_null(), FLAG)
    wanted = node.name == "IS TRUE"
    return Typed(_flag(parts[0], node.name).eq_missing(wanted), FLAG)


def _rounded(node: Call, parts: Sequence[Typed]) -> Typed:
    number = _is(parts[0], NUMBER, "ROUND").cast(pl.Float64)
    digits = node.parts[1] if parts[1:] else Literal(0)
    if isinstance(digits, Literal) and isinstance(digits.value, int) and 0 <= digits.value < 16:
        return Typed(number.round(digits.value), NUMBER, nan=True)
    raise ValueError("ROUND: expected a number of digits from 0 to 15")


def _divisor(number: pl.Expr) -> pl.Expr:
    """Return null for zero, by which nothing is divided; the operand stands in it once only."""
    return number.replace(0.0, None)


SPECIAL: dict[str, Callable[[Call, Sequence[Typed]], Typed]] = {
    "BETWEEN": _between,
    "COALESCE": _coalesced,
    "ILIKE": lambda node, parts: _like(node, parts[0]),
    "LIKE": lambda node, parts: _like(node, parts[0]),
    "IN": _in,
    "IS FALSE": _state,
    "IS NULL": _state,
    "IS TRUE": _state,
    "ROUND": _rounded,
}
LIKE = {"%": ".*", "_": "."}
COMPARE: dict[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "=": lambda one, other: one == other,
    "!=": lambda one, other: one != other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}
CONDITIONS: dict[str, Callable[[list[pl.Expr]], pl.Expr]] = {
    "AND": pl.all_horizontal,
    "OR": pl.any_horizontal,
    "NOT": lambda flags: ~flags[0],
}
TEXTS: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "LOWER": lambda text: text.str.to_lowercase(),
    "UPPER": lambda text: text.str.to_uppercase(),
    "LENGTH": lambda text: text.str.len_chars(),
}
NUMBERS: dict[str, Callable[..., pl.Expr]] = {
    "+": lambda one, other: one + other,
    "-": lambda one, other: one - other,
    "*": lambda one, other: one * other,
    "/": lambda one, other: one / _divisor(other),
    "%": lambda one, other: one % _divisor(other),
    "NEGATE": lambda number: -number,
    "ABS": lambda number: number.abs(),
    "CEIL": lambda number: number.ceil(),
    "FLOOR": lambda number: number.floor(),
    "SQRT": lambda number: number.sqrt(),
    "LN": lambda number: number.log(),
    "LOG10": lambda number: number.log10(),
    "EXP": lambda number: number.exp(),
    "POWER": lambda base, exponent: base.pow(exponent),
    "LEAST": pl.min_horizontal,
    "GREATEST": pl.max_horizontal,
}
