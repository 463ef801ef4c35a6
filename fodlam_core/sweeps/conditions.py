"""Conditions in SQL on the points of a result."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from fodlam_core.errors import ConfigError, unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

AGGREGATES = re.compile(
    r"\.(sum|mean|min|max|count|len|first|last|median|std|var|n_unique)\(|\.over\("
)


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
            found.append(_condition(text, schema))
        except (pl.exceptions.PolarsError, ValueError) as error:
            reason = str(error).splitlines()[0]
            problems.append(f"{where}: {text!r}: {reason}")
    if problems:
        raise ConfigError(problems)
    return found


def _condition(text: str, schema: pl.Schema) -> pl.Expr:
    expression = pl.sql_expr(_quoted(text, schema))
    for name in expression.meta.root_names():
        if name not in schema:
            raise ValueError(unknown("column", name, schema))
    if AGGREGATES.search(str(expression)):
        raise ValueError("a condition is about one point, and cannot look at the others")
    pl.LazyFrame(schema=schema).filter(expression).collect()
    return expression


def _quoted(text: str, columns: Iterable[str]) -> str:
    """Return the text with quotes around columns that have a dot; strings are left alone."""
    dotted = sorted((re.escape(name) for name in columns if "." in name), key=len, reverse=True)
    tokens = re.compile(
        r"""(?P<quoted>'(?:[^']|'')*'|"(?:[^"]|"")*")"""
        + (
            rf"|(?P<column>(?<![\w.])(?:{'|'.join(dotted)})(?![\w.]))"
            if dotted
            else "(?P<column>a^)"
        )
        + r"|(?P<other>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)"
    )

    def quote(match: re.Match[str]) -> str:
        if match["other"]:
            raise ValueError(unknown("column", match["other"], columns))
        return match.group() if match["quoted"] else f'"{match.group()}"'

    return tokens.sub(quote, text)
