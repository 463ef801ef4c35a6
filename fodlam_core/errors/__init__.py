"""The errors a user can cause, and the wording they share.

Every error is a list of problems, which say where, what and what to do; the command line prints
them without a traceback, in the words of the command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.errors.problem import Problem, Setting, in_toml, parts, place
from fodlam_core.errors.wording import MOST_QUOTED, is_one_line, listed, quoted, similar, unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fodlam_core.errors.problem import Parts, Words

__all__ = [
    "MOST_QUOTED",
    "MOST_SHOWN",
    "ConfigError",
    "FactorError",
    "FodlamError",
    "LayerError",
    "MissingInputsError",
    "NetworkError",
    "PluginError",
    "PredictionError",
    "Problem",
    "ScalingError",
    "Setting",
    "UnknownNameError",
    "in_toml",
    "is_one_line",
    "listed",
    "place",
    "quoted",
    "similar",
    "unknown",
]

MOST_SHOWN = 25


class FodlamError(Exception):
    """A request that cannot be met. Its text is complete: one line for each mistake.

    Args:
        problems: the mistakes: each a complete text, or a `Problem`, or an error, whose problems
            are taken.
        where: the places that lead to all of them, the outermost first.
        cure: what to do about all of them, where they do not say it themselves.

    Attributes:
        problems: the mistakes.

    >>> print(FodlamError("no such chip", where="a.toml", cure="install its plugin"))
    a.toml: no such chip; install its plugin
    """

    problems: tuple[Problem, ...]

    def __init__(
        self, *problems: str | Problem | FodlamError, where: Parts = (), cure: Parts = ()
    ) -> None:
        found = dict.fromkeys(problem for each in problems for problem in _problems(each))
        places, todo = parts(where), parts(cure)
        if todo:
            found = dict.fromkeys(each if each.cure else each._replace(cure=todo) for each in found)
        self.problems = tuple([each.at(*places) for each in found] if places else found)
        super().__init__(*self.problems)

    @property
    def brief(self) -> str:
        """What is wrong, for a cell of a table: without the place, the details and the cure.

        >>> FodlamError(Problem("65 nm is not in the table", more=", which has 45 nm")).brief
        '65 nm is not in the table'
        """
        return self.problems[0].what if self.problems else ""

    def lines(self, words: Words = in_toml) -> list[str]:
        """Return a line for each mistake, the first of them only where they are many.

        Args:
            words: how settings are said; by default as in a configuration file.
        """
        lines = [each.text(words) for each in self.problems]
        more = len(lines) - MOST_SHOWN
        # One more takes no more room than to count it.
        return lines if more <= 1 else [*lines[:MOST_SHOWN], f"... and {more} more"]

    def __str__(self) -> str:
        return "\n".join(self.lines())


def _problems(given: str | Problem | FodlamError) -> Iterable[Problem]:
    if isinstance(given, Problem):
        return (given,)
    if isinstance(given, FodlamError):
        return given.problems
    return (Problem(str(given)),)


class ConfigError(FodlamError):
    """All the mistakes of one configuration.

    Args:
        problems: the mistakes.
        where: the places that lead to all of them, such as the name of the configuration.
    """

    def __init__(self, problems: Iterable[str | Problem], *, where: Parts = ()) -> None:
        super().__init__(*problems, where=where)

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return type(self), (self.problems,)


class LayerError(FodlamError, ValueError):
    """A layer or a shape that contradicts itself."""


class NetworkError(FodlamError):
    """A network that is unknown, or a network file that cannot be read."""


class PredictionError(FodlamError):
    """A layer whose cost a predictor cannot tell."""


class ScalingError(FodlamError):
    """A pair of technology points outside the domain of a scaling rule."""


class FactorError(ScalingError):
    """A factor that is not positive and finite."""


class MissingInputsError(ScalingError):
    """Technology points that lack what a rule needs.

    Attributes:
        missing: ``(side, key)`` pairs, such as ``("source", "vdd")`` or ``("target", "flavor")``.
    """

    def __init__(self, missing: Iterable[tuple[str, str]]) -> None:
        self.missing = tuple(missing)
        keys = listed(dict.fromkeys(key for _, key in self.missing))
        sides = dict.fromkeys(side for side, _ in self.missing)
        lacks = (
            f"{listed(k for s, k in self.missing if s == side)} of the {side}" for side in sides
        )
        super().__init__(Problem(f"{keys} not stated", cure=(f"state {listed(lacks)}",)))

    def __reduce__(self) -> tuple[type, tuple[object]]:
        return type(self), (self.missing,)


class PluginError(FodlamError):
    """A plugin, or something that a plugin should have supplied, that cannot be used."""


class UnknownNameError(FodlamError):
    """A name that nothing answers to."""
