"""Parsed tables to attrs classes: strict, with a problem for each mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from fodlam_core.errors import ConfigError, FodlamError, Problem, Setting
from fodlam_core.schema.plain import NotPlain, made

if TYPE_CHECKING:
    from fodlam_core.schema import Path
    from fodlam_core.schema.mistakes import Mistake

T = TypeVar("T")


def structure(table: object, cls: type[T], path: Path = ()) -> tuple[T | None, list[Problem]]:
    """Return the table as an instance of an attrs class, or None and what is wrong with it.

    Args:
        table: the parsed table.
        cls: the attrs class.
        path: the keys that lead to the table, for messages.

    >>> from fodlam_core.config import TechnologyConfig
    >>> problems = structure({"node_nm": "45", "vd": 1}, TechnologyConfig, ("technology",))[1]
    >>> for problem in problems:
    ...     print(problem)
    [technology]: unknown key 'vd'; did you mean 'vdd'?
    [technology] node_nm: expected a number, got '45'
    """
    try:
        return made(table, cls), []
    except (NotPlain, TypeError, ValueError, FodlamError):
        pass
    # Not every table that is not plain has a mistake, and only few tables come so far.
    from fodlam_core.schema.mistakes import Mistakes, structured

    try:
        return structured(table, cls), []
    except Mistakes as error:
        return None, [_problem(mistake, cls, path) for mistake in error.found]


def _problem(mistake: Mistake, cls: type[Any], path: Path) -> Problem:
    *keys, last = (*path, *mistake.path)
    if isinstance(last, int):
        keys, last = [*keys, last], ""
    if not path and keys and mistake.unknown in attrs.fields_dict(cls):
        cure = ("move it there",)
        where = Setting(tuple(keys), mistake.unknown or "")
        return Problem("belongs above the first [table] of the file", (where,), cure)
    places = (Setting(tuple(keys), last),) if keys or last else ()
    return Problem(mistake.text, places, mistake.cure)


def checked_options(table: object, cls: type[T], path: Path) -> T:
    """Return the table as an instance of an attrs class.

    Raises:
        ConfigError: with a line for each mistake.
    """
    options, problems = structure(table, cls, path)
    if options is None:
        raise ConfigError(problems)
    return options
